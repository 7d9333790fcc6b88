/*
 * store.c - Times a store of samples: 12 inputs and 8 outputs, as Benchmarks/store.py does it with Python's sqlite3.
 *
 * Usage: store FOLDER, for a file in that folder, or store postgresql://..., for a schema of that server. Environment: ROWS
 * (100000), WORKERS (4) for `workers`: so many processes that claim and put points one by one. Rows go to standard output, tab by tab as in the heading that
 * Benchmarks/run writes: the time is processor time for each sample, "wall" rows aside; that of a server does not count. The status tells whether all
 * results were right.
 */
#include <netjac.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N = 12, M = 8, BATCH = 10000 };

static int wrong = 0;
static int on_server;

#define MUST(call)                                                                 \
  do {                                                                             \
    if ((call) != NETJAC_OK) {                                                     \
      fprintf(stderr, "%s: %s\n", #call, netjac_last_error());                     \
      exit(1);                                                                     \
    }                                                                              \
  } while (0)

static double clock_of(clockid_t id) {
  struct timespec time;
  clock_gettime(id, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double processor_start, wall_start;

static void begin(void) {
  processor_start = clock_of(CLOCK_PROCESS_CPUTIME_ID);
  wall_start = clock_of(CLOCK_MONOTONIC);
}

static void row(const char *task, double seconds, int64_t count, double bytes) {
  printf("store\t%s\t%s\tf64\t1\t%.4f\t%.4f\t-\t-\t-\t-\t", on_server ? "postgresql" : "sqlite", task, 1e6 * seconds / (double)count,
         1e6 * seconds / (double)count);
  if (bytes >= 0) printf("%.0f\n", bytes); else printf("-\n");
  fflush(stdout);
}

static void end(const char *task, int64_t count) {
  char wall[64];
  const double processor = clock_of(CLOCK_PROCESS_CPUTIME_ID) - processor_start;
  const double time = clock_of(CLOCK_MONOTONIC) - wall_start;
  row(task, processor, count, -1);
  snprintf(wall, sizeof wall, "%s_wall", task);
  row(wall, time, count, -1);
}

/* The same numbers as in store.py: fractions of a linear congruential generator. */
static uint64_t state = 1;
static double next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-53;
}

static void open_store(const char *place, netjac_store **store) {
  netjac_options *options = netjac_options_create();
  MUST(netjac_options_set(options, "schema", "netjac_benchmark"));
  MUST(netjac_store_open(place, options, store));
  netjac_options_release(options);
}

/* Processes that each claim and put points, one by one, until none is left. */
static void time_workers(const char *place, netjac_study *study, int64_t points, double *x, const double *y) {
  const int workers = getenv("WORKERS") ? atoi(getenv("WORKERS")) : 4;
  for (int64_t k = 0; k < points * N; k++) x[k] = 4 + next();
  MUST(netjac_study_add(study, points, x, NULL, 0, NULL, NULL));
  fflush(stdout);
  const double start = clock_of(CLOCK_MONOTONIC);
  for (int worker = 0; worker < workers; worker++) {
    if (fork() != 0) continue;
    netjac_store *store = NULL;
    netjac_study *own = NULL;
    int64_t id, token, claimed;
    double point[N];
    open_store(place, &store);
    MUST(netjac_study_open(store, "foot", NULL, &own));
    for (;;) {
      MUST(netjac_study_claim(own, 1, NULL, 0, &id, &token, point, &claimed));
      if (claimed == 0) break;
      MUST(netjac_study_put(own, 1, &id, &token, y, NULL, NULL, NULL));
    }
    _exit(0);
  }
  for (int worker = 0; worker < workers; worker++) {
    int status = -1;
    if (wait(&status) < 0 || status != 0) wrong = 1;
  }
  row("workers_wall", clock_of(CLOCK_MONOTONIC) - start, points, -1);
}

int main(int argc, char **argv) {
  const int64_t rows = getenv("ROWS") ? atoll(getenv("ROWS")) : 100000;
  /* Claims take a thousand points, whatever the rows. */
  const int64_t room = rows > 1000 ? rows : 1000;
  char path[4096];
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t count = 0;
  if (argc != 2 || rows < 2) {
    fprintf(stderr, "usage: store FOLDER | postgresql://...\n");
    return 2;
  }
  on_server = strncmp(argv[1], "postgresql://", 13) == 0;
  snprintf(path, sizeof path, on_server ? "%s" : "%s/store.db", argv[1]);
  if (!on_server) unlink(path);
  double *x = malloc(sizeof *x * (size_t)room * N), *y = malloc(sizeof *y * (size_t)room * M);
  double *x_read = malloc(sizeof *x * (size_t)room * N), *y_read = malloc(sizeof *y * (size_t)room * M);
  int64_t *ids = malloc(sizeof *ids * (size_t)room);
  for (int64_t k = 0; k < rows * N; k++) x[k] = next();
  for (int64_t k = 0; k < rows * M; k++) y[k] = next();

  open_store(path, &store);
  MUST(netjac_study_open(store, "foot", NULL, &study));
  for (int k = 0; k < N; k++) {
    char name[8];
    snprintf(name, sizeof name, "x%d", k);
    MUST(netjac_study_variable(study, NETJAC_INPUT, name, 1, NULL));
  }
  for (int k = 0; k < M; k++) {
    char name[8];
    snprintf(name, sizeof name, "y%d", k);
    MUST(netjac_study_variable(study, NETJAC_OUTPUT, name, 1, NULL));
  }

  begin();
  for (int64_t first = 0; first < rows; first += BATCH) {
    const int64_t some = rows - first < BATCH ? rows - first : BATCH;
    MUST(netjac_study_insert(study, some, x + first * N, y + first * M, NULL, NULL, NULL));
  }
  end("insert", rows);
  struct stat status;
  if (!on_server && stat(path, &status) == 0) row("file", 0, 1, (double)status.st_size / (double)rows);

  begin();
  for (int64_t first = 0; first < rows; first += BATCH) {
    const int64_t some = rows - first < BATCH ? rows - first : BATCH;
    MUST(netjac_study_find(study, some, x + first * N, ids + first, NULL, y_read + first * M, NULL, NULL));
  }
  end("find", rows);
  if (memcmp(y, y_read, sizeof *y * (size_t)rows * M) != 0) wrong = 1;

  begin();
  const int64_t single = rows < 10000 ? rows : 10000;
  for (int64_t k = 0; k < single; k++)
    MUST(netjac_study_find(study, 1, x + k * N, ids, NULL, y_read, NULL, NULL));
  end("find_one", single);

  begin();
  MUST(netjac_study_read(study, NULL, 0, rows, ids, x_read, y_read, NULL, &count));
  end("read", rows);
  if (count != rows || memcmp(x, x_read, sizeof *x * (size_t)rows * N) != 0 ||
      memcmp(y, y_read, sizeof *y * (size_t)rows * M) != 0)
    wrong = 1;

  /* Claims beside all these rows, and durable results one at a time. */
  const int64_t points = 1000;
  int64_t tokens[1000];
  for (int64_t k = 0; k < points * N; k++) x[k] = 2 + next();
  MUST(netjac_study_add(study, points, x, NULL, 0, NULL, NULL));
  begin();
  MUST(netjac_study_claim(study, points, NULL, 0, ids, tokens, x_read, &count));
  end("claim", points);
  if (count != points) wrong = 1;
  const int64_t puts = rows < 1000 ? 5 : 100;
  begin();
  for (int64_t k = 0; k < puts; k++) MUST(netjac_study_put(study, 1, ids + k, tokens + k, y, NULL, NULL, NULL));
  end("put_one", puts);
  MUST(netjac_study_put(study, points - puts, ids + puts, tokens + puts, y, NULL, NULL, NULL));

  time_workers(path, study, rows < 1000 ? 20 : 400, x, y);

  if (!on_server) {
    char copy[4200];
    snprintf(copy, sizeof copy, "%s/store-copy.db", argv[1]);
    unlink(copy);
    begin();
    MUST(netjac_store_backup(store, copy));
    end("backup", rows);
    unlink(copy);
  }
  netjac_study_release(study);
  netjac_store_release(store);

  begin();
  open_store(path, &store);
  MUST(netjac_study_open(store, "foot", NULL, &study));
  MUST(netjac_study_find(study, 1, x, ids, NULL, y_read, NULL, NULL));
  end("open_and_find", 1);
  netjac_store_release(store);
  if (wrong) fprintf(stderr, "store: results were wrong\n");
  return wrong;
}
