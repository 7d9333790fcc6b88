/*
 * stores_damage.c - What goes wrong outside: full disks, folders that cannot be written, files that are damaged, results
 * that the database does not take. There is an error for each, nothing crashes, and nothing that was acknowledged is lost.
 */
#include "stores.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static netjac_status insert_one(netjac_study *study, double first) {
  const double x[N] = {first, 1};
  double y[M];
  simulate(x, y);
  return netjac_study_insert(study, 1, x, y, NULL, NULL, NULL);
}

/* ---- A full disk ------------------------------------------------------------------------------------------------ */

static void test_full_disk(void) {
  netjac_store *store = NULL;
  struct rlimit old, small;
  struct stat status;
  int64_t id, token, claimed = 0;
  double x[N] = {5000, 1}, y[M];
  OK(open_with("full.db", (const char *const[]){"retry", "0.1", "spool", "spool.db", NULL}, &store));
  netjac_study *study = foot_study(store, NULL);
  int stored = 0;
  OK(netjac_study_add(study, 1, x, NULL, 0, NULL, NULL));
  OK(netjac_study_claim(study, 1, NULL, 0, &id, &token, x, &claimed));
  CHECK(claimed == 1 && stat("full.db", &status) == 0);

  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = (rlim_t)status.st_size + 40000;
  setrlimit(RLIMIT_FSIZE, &small);
  netjac_status result = NETJAC_OK;
  while (result == NETJAC_OK && stored < 4000) {
    result = insert_one(study, stored);
    if (result == NETJAC_OK) stored++;
  }
  CHECK_SAYING(result == NETJAC_ERROR_STORE, "a full disk gives %s: %s", netjac_status_name(result),
               netjac_last_error());
  CHECK(stored > 10);
  /* Reading goes on. */
  CHECK(count_of(study, NULL) == stored);
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK(is_sound(store));
  OK(insert_one(study, stored));

  /* No room at all, not even for a journal: results go to the spool, which must not lie on the same disk. */
  small.rlim_cur = 0;
  simulate(x, y);
  setrlimit(RLIMIT_FSIZE, &small);
  result = netjac_study_put(study, 1, &id, &token, y, NULL, NULL, NULL);
  CHECK_SAYING(result == NETJAC_ERROR_STORE && says("either"), "%s", netjac_last_error());
  setrlimit(RLIMIT_FSIZE, &old);
  OK(netjac_study_put(study, 1, &id, &token, y, NULL, NULL, NULL));
  CHECK(count_of(study, NULL) == stored + 2);
  netjac_store_release(store);
}

/* ---- No right to write ------------------------------------------------------------------------------------------- */

static int as_somebody(int (*body)(void)) {
  int status = -1;
  const pid_t child = fork();
  if (child == 0) {
    /* The superuser may write everywhere. */
    alarm(60);
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(100);
    _exit(body());
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int use_read_only(void) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t count = -1;
  if (netjac_store_open("closed/foot.db", NULL, &store) != NETJAC_ERROR_FILE || !says("mode=read") || !reads("readOnly"))
    return 1;
  if (open_with("closed/foot.db", (const char *const[]){"mode", "read", NULL}, &store) != NETJAC_OK) return 2;
  if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) return 3;
  if (netjac_study_count(study, NULL, &count) != NETJAC_OK || count != 1) return 4;
  if (insert_one(study, 2) != NETJAC_ERROR_CONFLICT || !reads("readOnly")) return 5;
  netjac_store_release(store);
  if (netjac_store_open("closed/new.db", NULL, &store) != NETJAC_ERROR_FILE) return 6;
  return 0;
}

/* The file may be written, but its folder takes no journal. */
static int use_closed_folder(void) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  if (netjac_store_open("closed/foot.db", NULL, &store) != NETJAC_OK) return 1;
  if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) return 2;
  if (insert_one(study, 2) != NETJAC_ERROR_STORE || !says("folder")) return 3;
  return 0;
}

static void test_read_only(void) {
  netjac_store *store = NULL;
  CHECK(mkdir("closed", 0777) == 0);
  OK(netjac_store_open("closed/foot.db", NULL, &store));
  OK(insert_one(foot_study(store, NULL), 1));
  netjac_store_release(store);
  CHECK(chmod(".", 0755) == 0 && chmod("closed/foot.db", 0444) == 0 && chmod("closed", 0555) == 0);
  int result = as_somebody(use_read_only);
  CHECK_SAYING(result == 0, "step %d of reading", result);
  CHECK(chmod("closed/foot.db", 0666) == 0);
  result = as_somebody(use_closed_folder);
  CHECK_SAYING(result == 0, "step %d of writing", result);
  chmod("closed", 0777);
}

/* ---- Damaged files ----------------------------------------------------------------------------------------------- */

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  unsigned char *bytes = malloc(1 << 20);
  *size = file ? fread(bytes, 1, 1 << 20, file) : 0;
  if (file) fclose(file);
  return bytes;
}

static void write_file(const char *path, const unsigned char *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, size, file) != size) perror(path);
  if (file) fclose(file);
}

/* Does everything with a file that may be damaged in any way; only crashes count. */
static void try_everything(const char *path) {
  static const char *const options[] = {"busy_timeout", "1", "retry", "0.1", NULL};
  static double x[64 * N], y[64 * M], jacobian[64 * M * N];
  static int64_t ids[64], tokens[64];
  static char text[1 << 16];
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t count = 0;
  int32_t states[64];
  if (open_with(path, options, &store) != NETJAC_OK) return;
  netjac_store_text(store, "check", text, sizeof text, NULL);
  netjac_store_text(store, "summary", text, sizeof text, NULL);
  if (netjac_study_open(store, "foot", NULL, &study) == NETJAC_OK && netjac_study_size(study, NETJAC_INPUT) == N &&
      netjac_study_size(study, NETJAC_OUTPUT) == M) {
    for (int k = 0; k < 64; k++) x[k * N] = k, x[k * N + 1] = 1;
    netjac_study_find(study, 64, x, ids, states, y, jacobian, NULL);
    netjac_study_read(study, "status=all version=all", 0, 64, ids, x, y, jacobian, &count);
    netjac_study_count(study, "status=all", &count);
    netjac_study_add(study, 1, (const double[]){500, 1}, NULL, 0, NULL, NULL);
    if (netjac_study_claim(study, 4, NULL, 0, ids, tokens, x, &count) == NETJAC_OK)
      netjac_study_put(study, count, ids, tokens, y, NULL, NULL, NULL);
    unlink("export.csv");
    netjac_study_export(study, "status=all version=all", "export.csv");
  }
  netjac_store_release(store);
}

static void test_damage(int files) {
  netjac_store *store = NULL;
  size_t size = 0;
  unsigned random = 12345;
  OK(netjac_store_open("sound.db", NULL, &store));
  netjac_study *study = foot_study(store, NULL);
  for (int k = 0; k < 40; k++) OK(insert_one(study, k));
  OK(netjac_study_add(study, 2, (const double[]){100, 1, 101, 1}, "x", 0, NULL, NULL));
  netjac_store_release(store);
  unsigned char *bytes = read_file("sound.db", &size), *copy = malloc(size);
  CHECK(size > 4096);
  for (int file = 0; file < files; file++) {
    int status = -1;
    size_t length = size;
    memcpy(copy, bytes, size);
    random = random * 1664525u + 1013904223u;
    const unsigned seed = random;
    if (file % 5 == 4) length = (random >> 4) % size;
    for (int change = 0; change < 1 + file % 40; change++) {
      random = random * 1664525u + 1013904223u;
      /* Half of the changes in the first page, which has the schema. */
      const size_t place = (random >> 4) % (change % 2 ? size : 4096);
      random = random * 1664525u + 1013904223u;
      copy[place] = (unsigned char)(random >> 16);
    }
    write_file("damaged.db", copy, length);
    unlink("damaged.db-journal");
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      if (freopen("/dev/null", "w", stdout) == NULL) _exit(1);
      try_everything("damaged.db");
      _exit(0);
    }
    waitpid(child, &status, 0);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "file %d, seed %u: status %d", file, seed, status);
    unlink("damaged.db");
  }
  free(bytes);
  free(copy);
}

int main(void) {
  make_folder();
  test_full_disk();
  test_read_only();
  test_damage(200);
  remove_folder();
  return checks_result();
}
