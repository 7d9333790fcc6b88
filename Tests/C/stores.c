/*
 * stores.c - Stores of samples through the C interface: wrong arguments are refused and leave every output untouched, and a
 * sample lives as the header says.
 */
#include "stores.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

/* ---- Wrong arguments ------------------------------------------------------------------------------------------ */

static void *foreign_handle(int kind, void *own, void *released, void *other) {
  static double elsewhere[4];
  switch (kind) {
    case 0: return NULL;
    case 1: return released;
    case 2: return elsewhere;
    case 3: return (char *)own + 1;
    case 4: return (void *)UINTPTR_MAX;
    case 5: return other;
    default: return NULL;
  }
}
enum { FOREIGN_KINDS = 6 };

#define REFUSED(call) CHECK_SAYING((call) == NETJAC_ERROR_ARGUMENT, "%s is not refused", #call)

static void test_foreign_stores(netjac_store *own, netjac_store *released, netjac_study *other) {
  for (int kind = 0; kind < FOREIGN_KINDS; kind++) {
    netjac_store *foreign = foreign_handle(kind, own, released, other);
    netjac_study *study = (netjac_study *)&own;
    char text[8] = "before";
    size_t needed = 77;
    CHECK(netjac_store_study_count(foreign) == -1 && says("netjac_store_open"));
    CHECK(netjac_store_study_name(foreign, 0) == NULL);
    REFUSED(netjac_store_text(foreign, "summary", text, sizeof text, &needed));
    REFUSED(netjac_store_backup(foreign, "backup.db"));
    REFUSED(netjac_study_open(foreign, "foot", NULL, &study));
    CHECK(study == (netjac_study *)&own && needed == 77 && strcmp(text, "before") == 0);
    if (kind != 1) netjac_store_release(foreign);
  }
}

static void test_foreign_studies(netjac_study *own, netjac_study *released, netjac_store *other) {
  for (int kind = 0; kind < FOREIGN_KINDS; kind++) {
    netjac_study *foreign = foreign_handle(kind, own, released, other);
    double numbers[8] = {7, 7, 7, 7, 7, 7, 7, 7};
    int64_t ids[2] = {7, 7}, tokens[2] = {7, 7}, count = 7;
    int32_t states[2] = {7, 7};
    REFUSED(netjac_study_variable(foreign, NETJAC_INPUT, "a", 1, NULL));
    REFUSED(netjac_study_version(foreign, "a", NULL, NULL, NULL));
    CHECK(netjac_study_size(foreign, NETJAC_INPUT) == -1 && says("netjac_study_open"));
    CHECK(netjac_study_variable_count(foreign, NETJAC_INPUT) == -1);
    CHECK(netjac_study_variable_name(foreign, NETJAC_INPUT, 0) == NULL);
    CHECK(netjac_study_variable_size(foreign, NETJAC_INPUT, 0) == -1);
    CHECK(netjac_study_variable_details(foreign, NETJAC_INPUT, 0) == NULL);
    REFUSED(netjac_study_bounds(foreign, numbers, numbers + 2));
    REFUSED(netjac_study_find(foreign, 1, numbers, ids, states, numbers, NULL, NULL));
    REFUSED(netjac_study_add(foreign, 1, numbers, NULL, 0, ids, &count));
    REFUSED(netjac_study_claim(foreign, 1, NULL, 0, ids, tokens, numbers, &count));
    REFUSED(netjac_study_put(foreign, 1, ids, tokens, numbers, NULL, NULL, states));
    REFUSED(netjac_study_put_array(foreign, 1, "a", 1, numbers));
    REFUSED(netjac_study_get_array(foreign, 1, "a", numbers, 1, &count));
    REFUSED(netjac_study_fail(foreign, 1, 1, NULL, 0));
    REFUSED(netjac_study_return(foreign, 1, ids, tokens));
    REFUSED(netjac_study_extend(foreign, 1, ids, tokens, 1));
    REFUSED(netjac_study_insert(foreign, 1, numbers, numbers, NULL, NULL, &count));
    REFUSED(netjac_study_count(foreign, NULL, &count));
    REFUSED(netjac_study_read(foreign, NULL, 0, 1, ids, numbers, NULL, NULL, &count));
    REFUSED(netjac_study_records(foreign, NULL, 0, 1, NULL, NULL, 0, NULL));
    REFUSED(netjac_study_change(foreign, NULL, "retry", &count));
    REFUSED(netjac_study_export(foreign, NULL, "a.csv"));
    REFUSED(netjac_study_import(foreign, "a.csv", &count));
    REFUSED(netjac_study_design(foreign, "sobol", 0, 1, 0, numbers));
    CHECK(numbers[0] == 7 && ids[0] == 7 && tokens[0] == 7 && count == 7 && states[0] == 7);
    if (kind != 1) netjac_study_release(foreign);
  }
}

static void test_arguments(netjac_store *store, netjac_study *study) {
  double numbers[8] = {1, 1, 7, 7, 7, 7, 7, 7};
  int64_t ids[2] = {7, 7}, tokens[2] = {7, 7}, count = 7;
  netjac_study *opened = NULL;
  netjac_store *again = NULL;
  const double bad[][N] = {{NAN, 1}, {1, INFINITY}, {-1, 1}, {10001, 1}};

  REFUSED(netjac_store_open(NULL, NULL, &again));
  REFUSED(netjac_store_open("a.db", NULL, NULL));
  REFUSED(netjac_store_open("", NULL, &again));
  CHECK(netjac_store_open("postgresql://127.0.0.1:1/lab", NULL, &again) != NETJAC_OK && again == NULL);
  CHECK(netjac_store_open("foot.db", (netjac_options *)numbers, &again) == NETJAC_ERROR_ARGUMENT);
  REFUSED(netjac_store_text(store, NULL, NULL, 0, NULL));
  REFUSED(netjac_store_text(store, "weather", NULL, 0, NULL));
  REFUSED(netjac_store_backup(store, NULL));
  REFUSED(netjac_store_backup(store, ""));
  CHECK(netjac_store_study_name(store, -1) == NULL && netjac_store_study_name(store, 1) == NULL);
  REFUSED(netjac_study_open(store, NULL, NULL, &opened));
  REFUSED(netjac_study_open(store, "foot", NULL, NULL));
  REFUSED(netjac_study_open(store, "two words", NULL, &opened));
  CHECK(opened == NULL);

  REFUSED(netjac_study_variable(study, 2, "a", 1, NULL));
  REFUSED(netjac_study_variable(study, NETJAC_INPUT, NULL, 1, NULL));
  REFUSED(netjac_study_variable(study, NETJAC_INPUT, "a", 0, NULL));
  REFUSED(netjac_study_variable(study, NETJAC_OUTPUT, "a", -1, NULL));
  REFUSED(netjac_study_variable(study, NETJAC_OUTPUT, "a", INT64_MAX, NULL));
  REFUSED(netjac_study_variable(study, NETJAC_OUTPUT, "a", 1, "colour=red"));
  REFUSED(netjac_study_version(study, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_version(study, "", NULL, NULL, NULL));
  REFUSED(netjac_study_version(study, "a", NULL, "no JSON", NULL));
  CHECK(netjac_study_variable_name(study, NETJAC_INPUT, 2) == NULL);
  CHECK(netjac_study_variable_name(study, 7, 0) == NULL);
  CHECK(netjac_study_variable_size(study, NETJAC_OUTPUT, 2) == -1 && netjac_study_variable_size(study, 7, 0) == -1);
  CHECK(netjac_study_size(study, 7) == -1);
  CHECK(reads("")); /* only some failures have a word of their own */

  REFUSED(netjac_study_find(study, -1, numbers, ids, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_find(study, 1, NULL, ids, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_find(study, INT64_MAX, numbers, ids, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_find(study, 1, (double *)((char *)numbers + 1), ids, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_add(study, -1, numbers, NULL, 0, ids, &count));
  REFUSED(netjac_study_add(study, 1, NULL, NULL, 0, ids, &count));
  REFUSED(netjac_study_add(study, 1, numbers, NULL, NAN, ids, &count));
  for (int k = 0; k < 4; k++) {
    REFUSED(netjac_study_add(study, 1, bad[k], NULL, 0, ids, &count));
    CHECK(says(k < 2 ? "not finite" : "out of bounds") && reads(k < 2 ? "notFinite" : "outOfBounds"));
    REFUSED(netjac_study_insert(study, 1, bad[k], numbers, NULL, NULL, &count));
  }
  REFUSED(netjac_study_claim(study, -1, NULL, 0, ids, tokens, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, -1, ids, tokens, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, NAN, ids, tokens, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, "height>1", 0, ids, tokens, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, 0, NULL, tokens, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, 0, ids, NULL, numbers, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, 0, ids, tokens, NULL, &count));
  REFUSED(netjac_study_claim(study, 1, NULL, 0, ids, tokens, numbers, NULL));
  REFUSED(netjac_study_put(study, 1, NULL, tokens, numbers, NULL, NULL, NULL));
  REFUSED(netjac_study_put(study, 1, ids, NULL, numbers, NULL, NULL, NULL));
  REFUSED(netjac_study_put(study, 1, ids, tokens, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_put(study, 1, ids, tokens, numbers, NULL, NULL, NULL)); /* no such sample */
  CHECK(says("not found") && reads("notFound"));
  REFUSED(netjac_study_fail(study, 7, 1, NULL, 0));
  REFUSED(netjac_study_put_array(study, 1, "absent", 1, numbers));
  REFUSED(netjac_study_put_array(study, 1, "force", 2, numbers));
  REFUSED(netjac_study_get_array(study, 1, "absent", numbers, 1, &count));
  REFUSED(netjac_study_extend(study, 1, ids, tokens, NAN));
  REFUSED(netjac_study_extend(study, 1, ids, tokens, -1));
  REFUSED(netjac_study_insert(study, 1, numbers, NULL, NULL, NULL, &count));
  REFUSED(netjac_study_count(study, NULL, NULL));
  REFUSED(netjac_study_read(study, NULL, 0, -1, ids, NULL, NULL, NULL, &count));
  REFUSED(netjac_study_read(study, NULL, 0, 1, ids, NULL, NULL, NULL, NULL));
  REFUSED(netjac_study_records(study, NULL, 0, -1, NULL, NULL, 0, NULL));
  REFUSED(netjac_study_records(study, "height>1", 0, 1, NULL, NULL, 0, NULL));
  REFUSED(netjac_study_records(study, NULL, 0, 1, "sample,colour", NULL, 0, NULL));
  CHECK(says("'colour'") && says("attempts"));
  REFUSED(netjac_study_change(study, NULL, NULL, &count));
  REFUSED(netjac_study_change(study, NULL, "forget", &count));
  REFUSED(netjac_study_change(study, NULL, "delete", &count));
  REFUSED(netjac_study_export(study, NULL, "a.txt"));
  REFUSED(netjac_study_export(study, NULL, NULL));
  REFUSED(netjac_study_import(study, NULL, &count));
  CHECK(netjac_study_import(study, "absent.csv", &count) == NETJAC_ERROR_FILE && reads("notFound"));
  REFUSED(netjac_study_design(study, "sobol", 0, 1, 0, numbers)); /* depth has no bounds */
  REFUSED(netjac_study_design(study, "spiral", 0, 1, 0, numbers));
  REFUSED(netjac_study_design(study, "sobol", -1, 1, 0, numbers));
  CHECK(numbers[2] == 7 && ids[0] == 7 && tokens[0] == 7 && count == 7);
  CHECK(count_of(study, "status=all version=all") == 0);
}

static void test_options(void) {
  static const char *const wrong[][2] = {
      {"mode", "append"}, {"busy_timeout", "-1"}, {"retry", "soon"}, {"journal", "memory"}, {"spool", ""},
      {"schema", "a b"}, {"equality", "near"}, {"tolerance", "-1"}, {"lease", "0"}, {"attempts", "0"}, {"worker", ""}};
  netjac_options *options = netjac_options_create();
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
    CHECK_SAYING(netjac_options_set(options, wrong[k][0], wrong[k][1]) == NETJAC_ERROR_OPTION, "%s", wrong[k][0]);
  CHECK(netjac_options_set(options, "colour", "red") == NETJAC_ERROR_OPTION && says("busy_timeout") && says("threads"));
  OK(netjac_options_set(options, "lease", " 5 "));
  netjac_options_release(options);
}

/* ---- The life of a sample ------------------------------------------------------------------------------------- */

static void test_life(netjac_store *store, netjac_study *study) {
  double x[4 * N] = {1, 10, 2, 20, 3, 30, 1, 10}, y[4 * M], found[4 * M], jacobian[4 * M * N], seconds[4];
  int64_t ids[4], again[4], tokens[4], added = -1, claimed = -1, changed = -1;
  int32_t states[4], taken[4];
  double lower[N], upper[N];

  CHECK(netjac_study_size(study, NETJAC_INPUT) == N && netjac_study_size(study, NETJAC_OUTPUT) == M);
  CHECK(netjac_study_variable_count(study, NETJAC_OUTPUT) == 2);
  CHECK(strcmp(netjac_study_variable_name(study, NETJAC_OUTPUT, 1), "torque") == 0);
  CHECK(strcmp(netjac_study_variable_details(study, NETJAC_OUTPUT, 1), "unit=N m") == 0);
  CHECK(netjac_study_variable_size(study, NETJAC_OUTPUT, 0) == 2 && netjac_study_variable_size(study, NETJAC_OUTPUT, 1) == 1);
  CHECK(netjac_store_study_count(store) == 1 && strcmp(netjac_store_study_name(store, 0), "foot") == 0);
  OK(netjac_study_bounds(study, lower, upper));
  CHECK(lower[0] == 0 && upper[0] == 10000 && lower[1] == -INFINITY && upper[1] == INFINITY);

  OK(netjac_study_add(study, 4, x, "initial", 0, ids, &added));
  CHECK(added == 3 && ids[3] == ids[0] && ids[1] > ids[0]);
  OK(netjac_study_add(study, 4, x, NULL, 0, again, NULL));
  CHECK(memcmp(ids, again, sizeof ids) == 0);
  OK(netjac_study_find(study, 4, x, again, states, y, jacobian, seconds));
  CHECK(states[0] == NETJAC_WAITING && isnan(y[0]) && isnan(jacobian[0]) && isnan(seconds[0]));

  OK(netjac_study_claim(study, 2, NULL, 0, again, tokens, x, &claimed));
  CHECK(claimed == 2 && again[0] == ids[0] && again[1] == ids[1] && tokens[0] == 1 && x[2] == 2);
  for (int k = 0; k < 2; k++) simulate(x + k * N, y + k * M);
  for (int k = 0; k < 2 * M * N; k++) jacobian[k] = k;
  OK(netjac_study_put(study, 2, again, tokens, y, jacobian, NULL, taken));
  CHECK(taken[0] == 1 && taken[1] == 1);
  OK(netjac_study_put(study, 2, again, tokens, y, jacobian, NULL, taken));
  CHECK(taken[0] == 0 && taken[1] == 0);

  OK(netjac_study_find(study, 4, x, NULL, states, found, jacobian, seconds));
  CHECK(states[0] == NETJAC_DONE && states[2] == NETJAC_WAITING && states[3] == NETJAC_DONE);
  CHECK(memcmp(found, y, 2 * M * sizeof *y) == 0 && isnan(found[2 * M]) && seconds[0] >= 0);
  CHECK(jacobian[0] == 0 && jacobian[M * N] == M * N && isnan(jacobian[2 * M * N]));

  OK(netjac_study_claim(study, 2, NULL, 0, again, tokens, x, &claimed));
  CHECK(claimed == 1);
  OK(netjac_study_return(study, 1, again, tokens));
  OK(netjac_study_claim(study, 2, "tag=initial", 0, again, tokens, x, &claimed));
  CHECK(claimed == 1 && tokens[0] == 2);
  OK(netjac_study_fail(study, again[0], tokens[0], "the foot got stuck", 1));
  CHECK(count_of(study, "status=failed error='the foot got stuck'") == 1);
  /* All done or failed: nothing to wait for. */
  OK(netjac_study_claim(study, 2, NULL, INFINITY, again, tokens, x, &claimed));
  CHECK(claimed == 0);
  OK(netjac_study_change(study, NULL, "retry", &changed));
  CHECK(changed == 1 && count_of(study, "status=waiting") == 1);

  int64_t count = -1;
  OK(netjac_study_read(study, NULL, 0, 4, again, x, found, jacobian, &count));
  CHECK(count == 2 && again[1] == ids[1] && x[N] == 2 && found[M] == y[M] && jacobian[1] == 1);
  OK(netjac_study_read(study, NULL, again[0], 4, again, NULL, NULL, NULL, &count));
  CHECK(count == 1 && again[0] == ids[1]);
  CHECK(is_sound(store));
}

static void test_no_samples(netjac_study *study) {
  int64_t count = -1;
  OK(netjac_study_find(study, 0, NULL, NULL, NULL, NULL, NULL, NULL));
  OK(netjac_study_add(study, 0, NULL, NULL, 0, NULL, &count));
  CHECK(count == 0);
  OK(netjac_study_put(study, 0, NULL, NULL, NULL, NULL, NULL, NULL));
  OK(netjac_study_insert(study, 0, NULL, NULL, NULL, NULL, &count));
  OK(netjac_study_return(study, 0, NULL, NULL));
  OK(netjac_study_claim(study, 0, NULL, 0, NULL, NULL, NULL, &count));
  OK(netjac_study_read(study, NULL, 0, 0, NULL, NULL, NULL, NULL, &count));
}

static void test_records(netjac_study *study) {
  char text[400], whole[400];
  size_t needed = 0;
  const double x[3 * N] = {50, 1, 51, 1, 52, 1}, y[3 * M] = {0};
  int64_t ids[3], tokens[3], changed = 0, claimed = 0;
  double claimed_x[N];
  OK(netjac_study_insert(study, 2, x, y, NULL, "a\tb\n\\c", NULL));
  OK(netjac_study_insert(study, 1, x + 2 * N, y, NULL, "last", NULL));
  OK(netjac_study_find(study, 3, x, ids, NULL, NULL, NULL, NULL));
  OK(netjac_study_records(study, "speed>=50 speed<=52", 0, 10, "tag, status,version,seconds", NULL, 0, &needed));
  OK(netjac_study_records(study, "speed>=50 speed<=52", 0, 10, "tag, status,version,seconds", text, sizeof text, NULL));
  CHECK(needed == strlen(text) + 1);
  CHECK_SAYING(strcmp(text, "a\\tb\\n\\\\c\tdone\tdefault\t\na\\tb\\n\\\\c\tdone\tdefault\t\nlast\tdone\tdefault\t\n") == 0,
               "records are %s", text);
  /* In pieces. */
  OK(netjac_study_records(study, "speed>=50 speed<=52", 0, 2, "sample", text, sizeof text, NULL));
  snprintf(whole, sizeof whole, "%lld\n%lld\n", (long long)ids[0], (long long)ids[1]);
  CHECK(strcmp(text, whole) == 0);
  OK(netjac_study_records(study, "speed>=50 speed<=52", ids[1], 2, "sample", text, sizeof text, &needed));
  snprintf(whole, sizeof whole, "%lld\n", (long long)ids[2]);
  CHECK(strcmp(text, whole) == 0);
  OK(netjac_study_records(study, NULL, 0, 0, NULL, text, sizeof text, &needed));
  CHECK(text[0] == 0 && needed == 1);
  /* All fields of one that failed. */
  OK(netjac_study_change(study, "speed=52", "delete", &changed));
  OK(netjac_study_add(study, 1, x + 2 * N, "t", 1.5, ids, NULL));
  OK(netjac_study_claim(study, 1, "speed=52", 0, ids, tokens, claimed_x, &claimed));
  OK(netjac_study_fail(study, ids[0], tokens[0], "it broke", 1));
  OK(netjac_study_records(study, "status=failed", 0, 1, NULL, text, sizeof text, NULL));
  snprintf(whole, sizeof whole, "%lld\tfailed\tdefault\tt\t1.5\t1\t\t", (long long)ids[0]);
  CHECK_SAYING(strncmp(text, whole, strlen(whole)) == 0 && strstr(text, "\tit broke\n") != NULL, "records are %s", text);
  OK(netjac_study_change(study, "speed>=50 speed<=52", "delete", &changed));
  CHECK(changed == 3);
}

static void test_text(netjac_store *store) {
  char text[40];
  size_t needed = 0;
  OK(netjac_store_text(store, "summary", NULL, 0, &needed));
  CHECK(needed > sizeof text);
  OK(netjac_store_text(store, "summary", text, sizeof text, NULL));
  CHECK(strlen(text) == sizeof text - 1 && strncmp(text, server ? "store postgre" : "store foot.db", 13) == 0);
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

/* The first half of SHA-256 over the bytes of (0.1, 0.01), as sha256sum gives it for them. */
static void test_key(netjac_study *study) {
  static const unsigned char key[] = "\x5e\x7e\x6b\x89\x2f\xbb\xf4\x98\x0e\xe0\x56\x29\xe6\x5e\x63\xae";
  const double x[N] = {0.1, 0.01};
  OK(netjac_study_add(study, 1, x, "key", 0, NULL, NULL));
  if (server) {
    const char *stored = server_says("foot.db", "SELECT nj_key FROM foot WHERE nj_tag = 'key'");
    CHECK_SAYING(strcmp(stored, "5e7e6b89-2fbb-f498-0ee0-5629e65e63ae") == 0, "the key is %s", stored);
  } else {
    static unsigned char bytes[1 << 20];
    FILE *file = fopen("foot.db", "rb");
    const size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    int found = 0;
    for (size_t k = 0; k + 16 <= size; k++)
      if (memcmp(bytes + k, key, 16) == 0) found = 1;
    if (file) fclose(file);
    CHECK(found);
  }
  OK(netjac_study_change(study, "tag=key status=waiting", "delete", NULL));
}

/* ---- Threads --------------------------------------------------------------------------------------------------- */

static netjac_study *shared;

static void *work(void *unused) {
  int64_t id, token, claimed, done = 0;
  double x[N], y[M];
  int32_t taken;
  (void)unused;
  while (netjac_study_claim(shared, 1, NULL, 0, &id, &token, x, &claimed) == NETJAC_OK && claimed == 1) {
    simulate(x, y);
    if (netjac_study_put(shared, 1, &id, &token, y, NULL, NULL, &taken) != NETJAC_OK || taken != 1) return (void *)-1;
    done++;
  }
  return (void *)(intptr_t)done;
}

static void test_threads(netjac_study *study) {
  enum { POINTS = 60, THREADS = 6 };
  double x[POINTS * N];
  pthread_t threads[THREADS];
  int64_t done = 0, added = 0;
  for (int k = 0; k < POINTS; k++) x[k * N] = 100 + k, x[k * N + 1] = k;
  OK(netjac_study_add(study, POINTS, x, "threads", 0, NULL, &added));
  shared = study;
  for (int k = 0; k < THREADS; k++) CHECK(pthread_create(&threads[k], NULL, work, NULL) == 0);
  for (int k = 0; k < THREADS; k++) {
    void *result;
    pthread_join(threads[k], &result);
    CHECK((intptr_t)result >= 0);
    done += (intptr_t)result;
  }
  CHECK_SAYING(done == POINTS + 1, "%d results of %d points and one that was left", (int)done, POINTS);
  CHECK(count_of(study, "tag=threads") == POINTS);
}

/* A handle that others use is released, again and again: they get its answers or an error. */
static _Atomic(netjac_study *) current;
static atomic_int is_over;

static void *use(void *unused) {
  intptr_t wrong = 0;
  while (!is_over) {
    const int32_t size = netjac_study_size(current, NETJAC_INPUT);
    wrong += size != N && size != -1;
    netjac_study_count(current, NULL, &(int64_t){0});
  }
  (void)unused;
  return (void *)wrong;
}

static void test_release_in_use(netjac_store *store) {
  enum { RELEASES = 2000, THREADS = 4 };
  pthread_t threads[THREADS];
  netjac_study *study = NULL;
  OK(netjac_study_open(store, "foot", NULL, &study));
  current = study;
  for (int k = 0; k < THREADS; k++) CHECK(pthread_create(&threads[k], NULL, use, NULL) == 0);
  int opened = 1;
  for (int k = 0; k < RELEASES && opened; k++) {
    netjac_study *next = NULL, *last = current;
    opened = netjac_study_open(store, "foot", NULL, &next) == NETJAC_OK;
    current = next;
    netjac_study_release(last);
  }
  CHECK(opened);
  is_over = 1;
  for (int k = 0; k < THREADS; k++) {
    void *wrong;
    pthread_join(threads[k], &wrong);
    CHECK(wrong == NULL);
  }
  netjac_study_release(current);
}

int main(void) {
  netjac_store *store = NULL, *released = NULL;
  netjac_study *study, *gone = NULL;
  make_folder();
  OK(open_store("foot.db", &store));
  OK(server ? open_store("foot.db", &released) : netjac_store_open("sqlite:foot.db", NULL, &released));
  study = foot_study(store, NULL);
  OK(netjac_study_open(released, "foot", NULL, &gone));
  CHECK(netjac_handle_kind(released) == NETJAC_HANDLE_STORE && netjac_handle_kind(gone) == NETJAC_HANDLE_STUDY);
  netjac_store_release(released);
  CHECK(netjac_handle_kind(released) == -NETJAC_HANDLE_STORE);
  /* A study whose store was released says so. */
  REFUSED(netjac_study_count(gone, NULL, &(int64_t){0}));
  CHECK(says("released"));
  netjac_study_release(gone);
  netjac_study_release(gone);

  test_foreign_stores(store, released, study);
  test_foreign_studies(study, gone, store);
  test_arguments(store, study);
  test_options();
  test_no_samples(study);
  test_life(store, study);
  test_text(store);
  test_key(study);
  test_records(study);
  test_threads(study);
  test_release_in_use(store);

  netjac_study_release(study);
  netjac_store_release(store);
  netjac_study_release(NULL);
  netjac_store_release(NULL);
  remove_folder();
  return checks_result();
}
