/*
 * stores_processes.c - Many processes on one store: points are claimed once, results survive kill -9, a child of a fork
 * uses its handles, and another SQLite in the process costs no lock of a file.
 *
 * Usage: stores_processes [kill ROUNDS]. The second form runs so many rounds of kill -9 and nothing else.
 */
#define _GNU_SOURCE
#include "stores.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static void enter_points(const char *path, int points) {
  netjac_store *store = NULL;
  double *x = malloc(sizeof *x * N * (size_t)points);
  OK(open_store(path, &store));
  netjac_study *study = foot_study(store, NULL);
  for (int k = 0; k < points; k++) x[k * N] = k, x[k * N + 1] = k % 7;
  OK(netjac_study_add(study, points, x, NULL, 0, NULL, NULL));
  netjac_study_release(study);
  netjac_store_release(store);
  free(x);
}

/* ---- Claims ---------------------------------------------------------------------------------------------------- */

enum { WORKERS = 32, POINTS = 2000 };

/* How often each sample was claimed, in memory that the processes share. */
static unsigned *claims;

static int claim_and_put(const char *path) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t ids[4], tokens[4], claimed;
  int32_t taken[4];
  double x[4 * N], y[4 * M];
  if (open_store(path, &store) != NETJAC_OK) return 10;
  if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) return 11;
  for (;;) {
    if (netjac_study_claim(study, 4, NULL, 0, ids, tokens, x, &claimed) != NETJAC_OK) return 12;
    if (claimed == 0) break;
    for (int k = 0; k < claimed; k++) {
      __atomic_fetch_add(&claims[ids[k]], 1, __ATOMIC_SEQ_CST);
      simulate(x + k * N, y + k * M);
    }
    if (netjac_study_put(study, claimed, ids, tokens, y, NULL, NULL, taken) != NETJAC_OK) return 13;
    for (int k = 0; k < claimed; k++)
      if (taken[k] != 1) return 14;
  }
  netjac_store_release(store);
  return 0;
}

static void check_results(const char *path, int points) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  double *x = malloc(sizeof *x * N * (size_t)points), *y = malloc(sizeof *y * M * (size_t)points), expected[M];
  int64_t count = 0;
  int wrong = 0;
  OK(open_store(path, &store));
  OK(netjac_study_open(store, "foot", NULL, &study));
  OK(netjac_study_read(study, NULL, 0, points, NULL, x, y, NULL, &count));
  CHECK_SAYING(count == points, "%d results of %d points", (int)count, points);
  for (int k = 0; k < count; k++) {
    simulate(x + k * N, expected);
    if (memcmp(expected, y + k * M, sizeof expected) != 0) wrong++;
  }
  CHECK_SAYING(wrong == 0, "%d results belong to other points", wrong);
  CHECK(is_sound(store));
  netjac_store_release(store);
  free(x);
  free(y);
}

static void test_claims(void) {
  pid_t workers[WORKERS];
  int twice = 0, never = 0;
  claims = mmap(NULL, (POINTS + 1) * sizeof *claims, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  enter_points("claims.db", POINTS);
  for (int k = 0; k < WORKERS; k++) {
    workers[k] = fork();
    if (workers[k] == 0) _exit(claim_and_put("claims.db"));
  }
  for (int k = 0; k < WORKERS; k++) {
    int status = -1;
    waitpid(workers[k], &status, 0);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "worker %d ended with %d", k, status);
  }
  for (int k = 1; k <= POINTS; k++) {
    if (claims[k] > 1) twice++;
    if (claims[k] == 0) never++;
  }
  CHECK_SAYING(twice == 0 && never == 0, "%d points claimed twice, %d never", twice, never);
  check_results("claims.db", POINTS);
}

/* ---- kill -9 --------------------------------------------------------------------------------------------------- */

enum { KILL_WORKERS = 4, KILL_POINTS = 4000 };

/* Each worker says through a pipe which results were acknowledged. */
static void simulate_until_killed(const char *path, int pipe) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t id, token, claimed;
  double x[N], y[M];
  if (open_store(path, &store) != NETJAC_OK) _exit(10);
  if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) _exit(11);
  for (;;) {
    if (netjac_study_claim(study, 1, NULL, 0, &id, &token, x, &claimed) != NETJAC_OK) _exit(12);
    if (claimed == 0) _exit(0);
    simulate(x, y);
    if (netjac_study_put(study, 1, &id, &token, y, NULL, NULL, NULL) != NETJAC_OK) _exit(13);
    if (write(pipe, &id, sizeof id) != sizeof id) _exit(14);
  }
}

static int kill_round(const char *path, unsigned char *acknowledged, unsigned random) {
  pid_t workers[KILL_WORKERS];
  int ends[2], count = 0;
  int64_t id;
  if (pipe(ends) != 0) return -1;
  for (int k = 0; k < KILL_WORKERS; k++) {
    workers[k] = fork();
    if (workers[k] == 0) {
      close(ends[0]);
      simulate_until_killed(path, ends[1]);
    }
  }
  close(ends[1]);
  /* From the first result on long enough to be in the middle of things, at random moments one after the other. */
  struct pollfd first = {.fd = ends[0], .events = POLLIN};
  poll(&first, 1, 20000);
  sleep_for(0.05 + 0.1 * (double)(random % 1000) / 1000);
  for (int k = 0; k < KILL_WORKERS; k++) {
    kill(workers[k], SIGKILL);
    sleep_for(1e-4 * (double)(random >> (k + 3) & 15));
  }
  for (int k = 0; k < KILL_WORKERS; k++) {
    int status;
    waitpid(workers[k], &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) CHECK_SAYING(0, "a worker ended with %d", WEXITSTATUS(status));
  }
  while (read(ends[0], &id, sizeof id) == sizeof id) {
    if (id >= 1 && id <= KILL_POINTS) acknowledged[id] = 1;
    count++;
  }
  close(ends[0]);
  return count;
}

/* Every acknowledged result is there, and belongs to its point. */
static void check_acknowledged(const char *path, const unsigned char *acknowledged) {
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  static double x[KILL_POINTS * N], y[KILL_POINTS * M];
  static int64_t ids[KILL_POINTS];
  static unsigned char stored[KILL_POINTS + 1];
  double expected[M];
  int64_t count = 0;
  int lost = 0, torn = 0;
  memset(stored, 0, sizeof stored);
  OK(open_store(path, &store));
  OK(netjac_study_open(store, "foot", NULL, &study));
  OK(netjac_study_read(study, NULL, 0, KILL_POINTS, ids, x, y, NULL, &count));
  for (int k = 0; k < count; k++) {
    stored[ids[k]] = 1;
    simulate(x + k * N, expected);
    if (memcmp(expected, y + k * M, sizeof expected) != 0) torn++;
  }
  for (int k = 1; k <= KILL_POINTS; k++)
    if (acknowledged[k] && !stored[k]) lost++;
  CHECK_SAYING(lost == 0 && torn == 0, "%d results lost, %d torn", lost, torn);
  CHECK(is_sound(store));
  netjac_store_release(store);
}

static void test_kills(int rounds) {
  static unsigned char acknowledged[KILL_POINTS + 1];
  unsigned random = (unsigned)time(NULL) ^ (unsigned)getpid();
  int64_t results = 0;
  int set = 0;
  char path[64] = "";
  printf("seed %u\n", random);
  for (int round = 0; round < rounds; round++) {
    /* A new store when the points of the last one are simulated. */
    if (round % 20 == 0) {
      if (path[0]) check_acknowledged(path, acknowledged);
      if (path[0] && !server) unlink(path);
      snprintf(path, sizeof path, "kill-%d.db", set++);
      memset(acknowledged, 0, sizeof acknowledged);
      enter_points(path, KILL_POINTS);
    }
    random = random * 1664525u + 1013904223u;
    const int count = kill_round(path, acknowledged, random >> 8);
    CHECK(count >= 0);
    results += count;
    if (round % 5 == 4) check_acknowledged(path, acknowledged);
  }
  check_acknowledged(path, acknowledged);
  CHECK(results > 0);
  printf("%d rounds of kill -9, %lld acknowledged results\n", rounds, (long long)results);
}

/* ---- fork ------------------------------------------------------------------------------------------------------ */

static void test_fork(void) {
  netjac_store *store = NULL;
  int64_t ids[2], tokens[2], claimed, count = -1;
  double x[2 * N], y[2 * M];
  int status = -1;
  OK(open_store("fork.db", &store));
  netjac_study *study = foot_study(store, (const char *const[]){"lease", "0.9", NULL});
  for (int k = 0; k < 2; k++) x[k * N] = k, x[k * N + 1] = 5;
  OK(netjac_study_add(study, 2, x, NULL, 0, NULL, NULL));
  OK(netjac_study_claim(study, 1, NULL, 0, ids, tokens, x, &claimed));
  CHECK(claimed == 1);

  const pid_t child = fork();
  if (child == 0) {
    /* The parent's claim is not the child's to return; the other point is there to be claimed. */
    if (netjac_study_claim(study, 2, NULL, 0, ids + 1, tokens + 1, x, &claimed) != NETJAC_OK || claimed != 1) _exit(1);
    simulate(x, y);
    if (netjac_study_put(study, 1, ids + 1, tokens + 1, y, NULL, NULL, NULL) != NETJAC_OK) _exit(2);
    if (netjac_study_count(study, NULL, &count) != NETJAC_OK || count != 1) _exit(3);
    netjac_study_release(study);
    netjac_store_release(store);
    _exit(0);
  }
  waitpid(child, &status, 0);
  CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with %d", status);
  CHECK(count_of(study, "status=running") == 1 && count_of(study, NULL) == 1);
  /* The parent's lease goes on being renewed. */
  sleep_for(1.6);
  OK(netjac_study_claim(study, 2, NULL, 0, ids + 1, tokens + 1, x, &claimed));
  CHECK(claimed == 0);
  simulate(x, y);
  OK(netjac_study_put(study, 1, ids, tokens, y, NULL, NULL, NULL));
  netjac_store_release(store);
}

/* Children that are made while other threads are in the middle of transactions. */
static netjac_study *busy_study;
static volatile int stop;

static void *keep_busy(void *unused) {
  double x[N] = {0, 0}, y[M] = {1, 2, 3};
  (void)unused;
  for (int k = 0; !stop; k++) {
    x[0] = k % 5000;
    if (netjac_study_insert(busy_study, 1, x, y, NULL, NULL, NULL) != NETJAC_OK) return (void *)1;
  }
  return NULL;
}

static void test_busy_fork(void) {
  netjac_store *store = NULL;
  pthread_t thread;
  void *result = NULL;
  OK(open_store("busy.db", &store));
  busy_study = foot_study(store, NULL);
  CHECK(pthread_create(&thread, NULL, keep_busy, NULL) == 0);
  for (int round = 0; round < 10; round++) {
    int status = -1;
    const pid_t child = fork();
    if (child == 0) {
      const double x[N] = {9000 + round, 1}, y[M] = {4, 5, 6};
      alarm(60);
      if (netjac_study_insert(busy_study, 1, x, y, NULL, "child", NULL) == NETJAC_OK) _exit(0);
      printf("child %d: %s\n", round, netjac_last_error());
      fflush(stdout);
      _exit(1);
    }
    waitpid(child, &status, 0);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child %d ended with %d", round, status);
  }
  stop = 1;
  pthread_join(thread, &result);
  CHECK(result == NULL);
  CHECK(count_of(busy_study, "tag=child") == 10);
  CHECK(is_sound(store));
  netjac_store_release(store);
}

/* ---- Another SQLite in the process ------------------------------------------------------------------------------ */

struct sqlite {
  int (*open)(const char *, void **);
  int (*exec)(void *, const char *, void *, void *, char **);
  int (*close)(void *);
};

static int another_process_inserts(const char *path, double busy_seconds) {
  int status = -1;
  const pid_t child = fork();
  if (child == 0) {
    char text[32];
    netjac_store *store = NULL;
    netjac_study *study = NULL;
    const double x[N] = {77, 7}, y[M] = {1, 2, 3};
    snprintf(text, sizeof text, "%g", busy_seconds);
    if (open_with(path, (const char *const[]){"busy_timeout", text, NULL}, &store) != NETJAC_OK) _exit(2);
    if (netjac_study_open(store, "foot", NULL, &study) != NETJAC_OK) _exit(3);
    _exit(netjac_study_insert(study, 1, x, y, NULL, NULL, NULL) == NETJAC_OK ? 0 : 1);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A thread that is in a transaction for long: it inserts many rows at once. */
enum { MANY = 60000 };
static volatile int is_inserting;

static void *insert_many(void *study) {
  double *x = malloc(sizeof *x * N * MANY), *y = malloc(sizeof *y * M * MANY);
  for (int k = 0; k < MANY; k++) x[k * N] = k % 9999, x[k * N + 1] = k, simulate(x + k * N, y + k * M);
  is_inserting = 1;
  const netjac_status status = netjac_study_insert(study, MANY, x, y, NULL, "many", NULL);
  is_inserting = 0;
  free(x);
  free(y);
  return (void *)(intptr_t)status;
}

/*
 * Another process that tries the byte which a writer of the file holds (SQLite's RESERVED_BYTE) each time it is asked. It is
 * made beforehand: a fork waits for the end of transactions.
 */
static pid_t start_prober(const char *path, int *ask, int *answer) {
  int questions[2], answers[2];
  if (pipe(questions) != 0 || pipe(answers) != 0) return -1;
  const pid_t prober = fork();
  if (prober == 0) {
    char byte;
    close(questions[1]);
    while (read(questions[0], &byte, 1) == 1) {
      struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000001, .l_len = 1};
      const int file = open(path, O_RDWR);
      byte = file >= 0 && fcntl(file, F_SETLK, &lock) == 0 ? 'g' : 'r';
      if (write(answers[1], &byte, 1) != 1) _exit(1);
      close(file);
    }
    _exit(0);
  }
  close(questions[0]);
  close(answers[1]);
  *ask = questions[1];
  *answer = answers[0];
  return prober;
}

static void test_two_copies(void) {
  struct sqlite other;
  void *library = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL), *database, *result = NULL;
  netjac_store *store = NULL;
  pthread_t thread;
  int rounds = 0, intrusions = 0, ask = -1, answer = -1;
  CHECK_SAYING(library != NULL, "%s", dlerror());
  if (library == NULL) return;
  *(void **)&other.open = dlsym(library, "sqlite3_open");
  *(void **)&other.exec = dlsym(library, "sqlite3_exec");
  *(void **)&other.close = dlsym(library, "sqlite3_close");

  OK(open_store("copies.db", &store));
  netjac_study *study = foot_study(store, NULL);
  const pid_t prober = start_prober("copies.db", &ask, &answer);
  CHECK(prober > 0);
  CHECK(pthread_create(&thread, NULL, insert_many, study) == 0);
  /* Keys are computed first; then comes the transaction. */
  while (!is_inserting) sleep_for(1e-4);
  while (access("copies.db-journal", F_OK) != 0 && is_inserting) sleep_for(1e-4);
  /* The other copy opens, reads and closes the file. If that dropped our lock, another process could write now. */
  while (is_inserting && rounds < 20) {
    char byte = '?';
    CHECK(other.open("copies.db", &database) == 0);
    other.exec(database, "SELECT count(*) FROM foot", NULL, NULL, NULL);
    other.close(database);
    CHECK(write(ask, "?", 1) == 1 && read(answer, &byte, 1) == 1);
    if (access("copies.db-journal", F_OK) == 0 && is_inserting) {
      rounds++;
      if (byte == 'g') intrusions++;
    }
    sleep_for(1e-3);
  }
  pthread_join(thread, &result);
  close(ask);
  waitpid(prober, NULL, 0);
  CHECK((intptr_t)result == NETJAC_OK);
  CHECK_SAYING(rounds > 0 && intrusions == 0, "%d of %d times another process got our lock", intrusions, rounds);
  CHECK(count_of(study, NULL) == MANY);

  /* And the other way round: what we close does not drop the other copy's lock. */
  CHECK(other.open("copies.db", &database) == 0);
  CHECK(other.exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL) == 0);
  netjac_store_release(store);
  CHECK(another_process_inserts("copies.db", 0.2) == 1);
  CHECK(other.exec(database, "COMMIT", NULL, NULL, NULL) == 0);
  CHECK(another_process_inserts("copies.db", 5) == 0);
  other.close(database);
}

/* ---- Waiting ---------------------------------------------------------------------------------------------------- */

static void test_waiting(void) {
  netjac_store *store = NULL;
  int64_t id, token, claimed = 0;
  double x[N] = {1, 1};
  int ends[2];
  char byte;
  OK(open_store("wait.db", &store));
  netjac_study *study = foot_study(store, (const char *const[]){"lease", "1", NULL});
  OK(netjac_study_add(study, 1, x, NULL, 0, NULL, NULL));
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    /* A worker that takes the point and dies. */
    netjac_study_claim(study, 1, NULL, 0, &id, &token, x, &claimed);
    if (write(ends[1], "c", 1) != 1) _exit(1);
    kill(getpid(), SIGKILL);
  }
  CHECK(read(ends[0], &byte, 1) == 1);
  waitpid(child, NULL, 0);
  const double start = seconds_now();
  OK(netjac_study_claim(study, 1, NULL, 0.2, &id, &token, x, &claimed));
  CHECK(claimed == 0 && seconds_now() - start >= 0.2);
  OK(netjac_study_claim(study, 1, NULL, 1e9, &id, &token, x, &claimed));
  CHECK(claimed == 1 && token == 2);
  /* Who holds all that is left does not wait for himself. */
  OK(netjac_study_claim(study, 1, NULL, 1e9, &id, &token, x, &claimed));
  CHECK(claimed == 0);
  netjac_store_release(store);
}

int main(int count, char **arguments) {
  make_folder();
  signal(SIGPIPE, SIG_IGN);
  if (count == 3 && strcmp(arguments[1], "kill") == 0) {
    test_kills(atoi(arguments[2]));
  } else {
    test_claims();
    test_kills(8);
    test_fork();
    test_busy_fork();
    if (!server) test_two_copies();
    test_waiting();
  }
  remove_folder();
  return checks_result();
}
