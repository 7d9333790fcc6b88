/*
 * stores_server.c - What stores on a PostgreSQL server have besides: the client library and the way to the server may be missing,
 * the server may stop in the middle of everything, and people look into its tables.
 *
 * Usage: stores_server [stops ROUNDS | hang]. The second form stops the server so many times under working clients and does
 * nothing else; the third looks at what a put does when the server hangs.
 */
#include "stores.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>

static char programs[4096];

/* "stop", as a power failure would, or "start". */
static void let_server(const char *verb) {
  char command[8192];
  snprintf(command, sizeof command, "NETJAC_TEST_FSYNC=on '%s' %s \"$NETJAC_TEST_POSTGRES_FOLDER\"", programs, verb);
  CHECK_SAYING(system(command) == 0, "the server does not %s", verb);
}

static int tells(const char *words) { return strstr(netjac_last_error(), words) != NULL; }

/* ---- The way to the server -------------------------------------------------------------------------------------- */

static void test_ways(void) {
  netjac_store *store = NULL;
  char url[1024];
  CHECK(open_with("way", (const char *const[]){"libpq", "/no/such/libpq.so", NULL}, &store) == NETJAC_ERROR_UNSUPPORTED);
  CHECK(says("libpq5") && says("/no/such/libpq.so"));
  /* A library, but another one. */
  CHECK(open_with("way", (const char *const[]){"libpq", "libm.so.6", NULL}, &store) == NETJAC_ERROR_UNSUPPORTED);
  CHECK(says("libpq5") && says("PQconnectdbParams"));

  const double start = seconds_now();
  CHECK(netjac_store_open("postgresql://anna:geheim@127.0.0.1:1/lab", NULL, &store) == NETJAC_ERROR_STORE);
  CHECK(says("postgresql://anna@127.0.0.1:1/lab") && says("refused") && !tells("geheim"));
  CHECK(netjac_store_open("postgresql://anna@127.0.0.1:1/lab?password=geheim&connect_timeout=2", NULL, &store) ==
        NETJAC_ERROR_STORE);
  CHECK(!tells("geheim"));
  /* The client library quotes addresses that it does not understand. */
  CHECK(netjac_store_open("postgresql://anna:geheim@[::1/lab", NULL, &store) == NETJAC_ERROR_STORE && !tells("geheim"));
  CHECK(netjac_store_open("postgresql://anna:ge@heim@127.0.0.1:1/lab", NULL, &store) == NETJAC_ERROR_STORE);
  CHECK(!tells("heim"));
  snprintf(url, sizeof url, "%s&user=nobody_at_all", server);
  CHECK(netjac_store_open(url, NULL, &store) == NETJAC_ERROR_STORE && says("nobody_at_all") && says("does not exist"));
  snprintf(url, sizeof url, "postgresql:///no_such_lab?%s", strchr(server, '?') + 1);
  CHECK(netjac_store_open(url, NULL, &store) == NETJAC_ERROR_STORE && says("no_such_lab") && says("does not exist"));
  /* Tests/postgres lets this role in with a password only. */
  server_says("way", "CREATE ROLE locked LOGIN PASSWORD 'open sesame'");
  snprintf(url, sizeof url, "%s&user=locked&password=geheim", server);
  CHECK(netjac_store_open(url, NULL, &store) == NETJAC_ERROR_STORE);
  CHECK(says("password authentication failed") && says(".pgpass") && !tells("geheim"));
  /* With the right one it gets in, and may do nothing. */
  snprintf(url, sizeof url, "%s&user=locked&password=open%%20sesame", server);
  CHECK(netjac_store_open(url, NULL, &store) == NETJAC_ERROR_CONFLICT && says("permission denied") && !tells("sesame"));
  CHECK(store == NULL && seconds_now() - start < 30);
  CHECK(open_with("way", (const char *const[]){"mode", "write", NULL}, &store) == NETJAC_ERROR_FILE && says("mode=create"));
  CHECK(open_with("way", (const char *const[]){"mode", "read", NULL}, &store) == NETJAC_ERROR_FILE);
}

/* ---- What is stored --------------------------------------------------------------------------------------------- */

static uint64_t state = 88172645463325252u;
static uint64_t next_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static int is_same(const double *a, const double *b, size_t count) {
  for (size_t k = 0; k < count; k++)
    if (memcmp(a + k, b + k, sizeof *a) != 0 && !(isnan(a[k]) && isnan(b[k]))) return 0;
  return 1;
}

static void test_bits(void) {
  enum { SAMPLES = 20000, LONG = 12, WIDTH = 3 + LONG };
  static const double special[] = {0.0, -0.0, INFINITY, -INFINITY, 4.9406564584124654e-324, -2.2250738585072009e-308, NAN,
                                   1e23, 0.1, 1.7976931348623157e308};
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t count = 0;
  double *x = malloc(sizeof *x * SAMPLES * N), *y = malloc(sizeof *y * SAMPLES * WIDTH);
  double *jacobian = malloc(sizeof *y * SAMPLES * WIDTH * N), *x_read = malloc(sizeof *x * SAMPLES * N);
  double *y_read = malloc(sizeof *y * SAMPLES * WIDTH), *jacobian_read = malloc(sizeof *y * SAMPLES * WIDTH * N);
  for (int k = 0; k < SAMPLES * N; k++) {
    do {
      const uint64_t bits = next_bits();
      memcpy(x + k, &bits, sizeof bits);
    } while (!isfinite(x[k]));
  }
  for (int k = 0; k < SAMPLES * WIDTH; k++) {
    const uint64_t bits = next_bits();
    memcpy(y + k, &bits, sizeof bits);
    if (k < 200) y[k] = special[k % 10];
  }
  for (int k = 0; k < SAMPLES * WIDTH * N; k++) jacobian[k] = y[k % (SAMPLES * WIDTH)];
  OK(open_store("bits", &store));
  OK(netjac_study_open(store, "bits", NULL, &study));
  OK(netjac_study_variable(study, NETJAC_INPUT, "x", N, NULL));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "y", 3, NULL));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "long", LONG, NULL));
  OK(netjac_study_insert(study, SAMPLES, x, y, jacobian, NULL, &count));
  CHECK(count == SAMPLES);
  OK(netjac_study_read(study, NULL, 0, SAMPLES, NULL, x_read, y_read, jacobian_read, &count));
  CHECK(count == SAMPLES && is_same(x, x_read, SAMPLES * N) && is_same(y, y_read, SAMPLES * WIDTH));
  CHECK(is_same(jacobian, jacobian_read, SAMPLES * WIDTH * N));
  memset(y_read, 0, sizeof *y * SAMPLES * WIDTH);
  memset(jacobian_read, 0, sizeof *y * SAMPLES * WIDTH * N);
  OK(netjac_study_find(study, SAMPLES, x, NULL, NULL, y_read, jacobian_read, NULL));
  CHECK(is_same(y, y_read, SAMPLES * WIDTH) && is_same(jacobian, jacobian_read, SAMPLES * WIDTH * N));
  /* One at a time they take another way. */
  for (int k = 0; k < 100; k++) OK(netjac_study_find(study, 1, x + k * N, NULL, NULL, y_read + k * WIDTH, NULL, NULL));
  CHECK(is_same(y, y_read, 100 * WIDTH));
  CHECK(is_sound(store));
  printf("%d numbers of any bits came back as they were\n", SAMPLES * (N + WIDTH + WIDTH * N));

  /* The whole store as a file. */
  netjac_store *file = NULL;
  netjac_study *copy = NULL;
  OK(netjac_store_backup(store, "backup.db"));
  CHECK(netjac_store_backup(store, "backup.db") == NETJAC_ERROR_FILE);
  OK(netjac_store_open("sqlite:backup.db", NULL, &file));
  OK(netjac_study_open(file, "bits", NULL, &copy));
  memset(y_read, 0, sizeof *y * SAMPLES * WIDTH);
  OK(netjac_study_read(copy, NULL, 0, SAMPLES, NULL, x_read, y_read, NULL, &count));
  CHECK(count == SAMPLES && is_same(x, x_read, SAMPLES * N));
  for (int k = 0; k < SAMPLES * WIDTH; k++)
    if (y[k] == 0 && y_read[k] == 0) y_read[k] = y[k]; /* a column of SQLite has no -0 */
  CHECK(is_same(y, y_read, SAMPLES * WIDTH));
  netjac_store_release(file);
  netjac_store_release(store);
  free(x), free(y), free(jacobian), free(x_read), free(y_read), free(jacobian_read);
}

static netjac_status insert_one(netjac_study *study, double first) {
  const double x[N] = {first, 1};
  double y[M];
  simulate(x, y);
  return netjac_study_insert(study, 1, x, y, NULL, "a tag", NULL);
}

/* What a person sees, in the schema that a store has if nobody names one; and another store beside it. */
static void test_tables(void) {
  netjac_store *store = NULL, *other = NULL;
  OK(netjac_store_open(server, NULL, &store));
  OK(open_store("beside", &other));
  netjac_study *study = foot_study(store, NULL), *beside = foot_study(other, NULL);
  OK(insert_one(study, 0.25));
  CHECK(count_of(study, NULL) == 1 && count_of(beside, NULL) == 0);
  OK(insert_one(beside, 0.25));
  OK(insert_one(beside, 0.5));
  CHECK(count_of(study, NULL) == 1 && count_of(beside, NULL) == 2);
  const char *line = server_says("beside", "SELECT sample, speed, depth, force_1, force_2, torque, version, tag FROM netjac.foot_done");
  CHECK_SAYING(strcmp(line, "1|0.25|1|1.5|0.75|7.00025|default|a tag") == 0, "a person sees '%s'", line);
  line = server_says("beside", "SELECT * FROM netjac.foot_done");
  CHECK_SAYING(strncmp(line, "1|0.25|1|1.5|0.75|7.00025|default|a tag|", 40) == 0, "a person sees '%s'", line);
  /* Times are of the time zone that the reader has. */
  line = server_says("beside", "SELECT abs(extract(epoch FROM now() - max(finished))) < 60 FROM foot_done");
  CHECK_SAYING(strcmp(line, "t") == 0, "the result is '%s'", line);
  server_says("beside", "UPDATE foot SET force_1 = -force_1");
  double y[2 * M];
  int64_t count = 0;
  OK(netjac_study_read(beside, NULL, 0, 2, NULL, NULL, y, NULL, &count));
  CHECK(count == 2 && y[0] == -1.5 && y[1] == 0.75);
  static char text[1 << 14];
  OK(netjac_store_text(store, "schema", text, sizeof text, NULL));
  CHECK(strstr(text, "CREATE TABLE \"netjac\".\"foot\"") != NULL && strstr(text, "float8") != NULL);
  netjac_store_release(store);
  netjac_store_release(other);
  server_says("beside", "DROP SCHEMA netjac CASCADE");
}

/* ---- A server that goes away ------------------------------------------------------------------------------------- */

static void test_away(void) {
  static const char *const impatient[] = {"retry", "0.5", "busy_timeout", "1", "spool", "spool.db", NULL};
  netjac_store *store = NULL, *again = NULL;
  int64_t ids[2], tokens[2], claimed = 0, count = 0;
  double x[2 * N] = {1, 2, 3, 4}, y[2 * M];
  int32_t taken[2];
  static char text[4096];
  OK(open_with("away", impatient, &store));
  netjac_study *study = foot_study(store, NULL);
  OK(netjac_study_add(study, 2, x, NULL, 0, NULL, NULL));
  OK(netjac_study_claim(study, 2, NULL, 0, ids, tokens, x, &claimed));
  CHECK(claimed == 2);
  for (int k = 0; k < 2; k++) simulate(x + k * N, y + k * M);
  let_server("stop");
  CHECK(netjac_study_count(study, NULL, &count) == NETJAC_ERROR_STORE);
  CHECK(netjac_study_put(study, 2, ids, tokens, y, NULL, NULL, NULL) == NETJAC_ERROR_STORE && says("spool.db"));
  CHECK(insert_one(study, 7) == NETJAC_ERROR_STORE && says("spool.db"));
  CHECK(netjac_store_text(store, "unsent", text, sizeof text, NULL) == NETJAC_OK && strstr(text, "3 results") != NULL);
  CHECK(open_with("away", impatient, &again) == NETJAC_ERROR_STORE && again == NULL);
  let_server("start");
  /* The handle finds the server again by itself. */
  CHECK(count_of(study, NULL) == 0 && count_of(study, "status=running") == 2);
  OK(open_with("away", impatient, &again));
  CHECK(count_of(study, NULL) == 3 && count_of(study, "tag='a tag' speed=7") == 1);
  OK(netjac_store_text(again, "unsent", text, sizeof text, NULL));
  CHECK(strcmp(text, "nothing is unsent") == 0);
  netjac_store_release(again);
  /* Delivered once: one attempt for each, and nothing differs. */
  const char *line = server_says("away", "SELECT count(*), count(DISTINCT sample), string_agg(DISTINCT outcome, ' ') FROM netjac_attempt");
  CHECK_SAYING(strcmp(line, "2|2|done") == 0, "the attempts are '%s'", line);
  OK(netjac_study_put(study, 2, ids, tokens, y, NULL, NULL, taken));
  CHECK(taken[0] == 0 && taken[1] == 0);
  double found[2 * M];
  OK(netjac_study_read(study, NULL, 0, 2, NULL, NULL, found, NULL, &count));
  CHECK(count == 2 && memcmp(found, y, sizeof y) == 0);
  netjac_store_release(store);
}

enum { WORKERS = 4, POINTS = 3000 };

/* Claims and puts until everything is done; says through a pipe what was acknowledged. */
static void work(int pipe) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t id, token, claimed;
  double x[N], y[M];
  while (open_store("stops", &store) != NETJAC_OK) sleep_for(0.05);
  if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) _exit(11);
  for (;;) {
    if (netjac_study_claim(study, 1, NULL, 10, &id, &token, x, &claimed) != NETJAC_OK) _exit(12);
    if (claimed == 0) break;
    simulate(x, y);
    if (netjac_study_put(study, 1, &id, &token, y, NULL, NULL, NULL) != NETJAC_OK) _exit(13);
    if (write(pipe, &id, sizeof id) != sizeof id) _exit(14);
    sleep_for(0.002);
  }
  netjac_store_release(store);
  _exit(0);
}

static void test_stops(int rounds) {
  static unsigned char acknowledged[POINTS + 1];
  static double x[POINTS * N], y[POINTS * M];
  static int64_t ids[POINTS];
  netjac_store *store = NULL;
  pid_t workers[WORKERS];
  int ends[2], lost = 0, torn = 0;
  int64_t id, results = 0, count = 0;
  double expected[M];
  unsigned random = (unsigned)time(NULL);
  /* From here on the server flushes, as users' do. */
  let_server("stop");
  let_server("start");
  OK(open_store("stops", &store));
  netjac_study *study = foot_study(store, (const char *const[]){"lease", "5", NULL});
  for (int k = 0; k < POINTS; k++) x[k * N] = k, x[k * N + 1] = k % 7;
  OK(netjac_study_add(study, POINTS, x, NULL, 0, NULL, NULL));
  CHECK(pipe(ends) == 0);
  for (int k = 0; k < WORKERS; k++) {
    workers[k] = fork();
    if (workers[k] == 0) {
      close(ends[0]);
      work(ends[1]);
    }
  }
  close(ends[1]);
  for (int round = 0; round < rounds; round++) {
    random = random * 1664525u + 1013904223u;
    sleep_for(0.3 + 0.4 * (double)(random >> 8 & 0xFFFF) / 65536);
    let_server("stop");
    sleep_for(0.1);
    let_server("start");
  }
  /* What is left is done without stops; a pipe that is full would keep the workers. */
  while (read(ends[0], &id, sizeof id) == sizeof id) {
    if (id >= 1 && id <= POINTS) acknowledged[id]++;
    results++;
  }
  for (int k = 0; k < WORKERS; k++) {
    int status = -1;
    waitpid(workers[k], &status, 0);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "worker %d ended with %d", k, status);
  }
  OK(netjac_study_read(study, NULL, 0, POINTS, ids, x, y, NULL, &count));
  static unsigned char stored[POINTS + 1];
  for (int k = 0; k < count; k++) {
    stored[ids[k]]++;
    simulate(x + k * N, expected);
    if (memcmp(expected, y + k * M, sizeof expected) != 0) torn++;
  }
  for (int k = 1; k <= POINTS; k++)
    if (acknowledged[k] && !stored[k]) lost++;
  CHECK_SAYING(lost == 0 && torn == 0, "%d results lost, %d torn", lost, torn);
  CHECK_SAYING(count == POINTS, "%d points done of %d", (int)count, POINTS);
  const char *line = server_says("stops", "SELECT count(*) FROM (SELECT 1 FROM netjac_attempt WHERE outcome = 'done' GROUP BY sample HAVING count(*) > 1) a");
  CHECK_SAYING(strcmp(line, "0") == 0, "%s points have two results", line);
  CHECK(is_sound(store));
  netjac_store_release(store);
  printf("%d immediate stops under %d workers: %lld acknowledged results, %d lost\n", rounds, WORKERS, (long long)results, lost);
}

/* The server's process for this client is stopped, as on a machine that hangs: the result gets to the spool. */
static void test_hang(void) {
  netjac_store *store = NULL;
  int64_t id, token, claimed = 0;
  double x[N] = {1, 2}, y[M] = {1, 2, 3};
  OK(open_with("hang", (const char *const[]){"retry", "1", "busy_timeout", "1", "spool", "hung.db", NULL}, &store));
  netjac_study *study = foot_study(store, NULL);
  OK(netjac_study_add(study, 1, x, NULL, 0, NULL, NULL));
  OK(netjac_study_claim(study, 1, NULL, 0, &id, &token, x, &claimed));
  const int process = atoi(server_says("hang", "SELECT pid FROM pg_stat_activity WHERE application_name = 'netjac'"));
  CHECK(process > 0 && kill(process, SIGSTOP) == 0);
  const double start = seconds_now();
  CHECK(netjac_study_put(study, 1, &id, &token, y, NULL, NULL, NULL) == NETJAC_ERROR_STORE && says("hung.db"));
  printf("the server hung, and the result was in the spool after %.1f s: %s\n", seconds_now() - start, netjac_last_error());
  CHECK(seconds_now() - start < 30);
  kill(process, SIGCONT);
  /* A new connection takes it. */
  netjac_store_release(store);
  OK(open_with("hang", (const char *const[]){"spool", "hung.db", NULL}, &store));
  study = foot_study(store, NULL);
  CHECK(count_of(study, NULL) == 1);
  netjac_store_release(store);
}

int main(int count, char **arguments) {
  /* The program may be called from anywhere, and works in a folder of its own. */
  char place[2048];
  if (getcwd(place, sizeof place) == NULL) return 1;
  snprintf(programs, sizeof programs, "%s/Tests/postgres", place);
  signal(SIGPIPE, SIG_IGN);
  make_folder();
  if (server == NULL) {
    printf("this needs NETJAC_TEST_ENGINE=postgresql\n");
    return 1;
  }
  if (count == 3 && strcmp(arguments[1], "stops") == 0) {
    test_stops(atoi(arguments[2]));
  } else if (count == 2 && strcmp(arguments[1], "hang") == 0) {
    test_hang();
  } else {
    test_ways();
    test_bits();
    test_tables();
    test_away();
    test_stops(2);
  }
  remove_folder();
  return checks_result();
}
