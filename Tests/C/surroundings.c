/*
 * surroundings.c - What a host has set for its threads changes no number in files and stores: flushing of small numbers,
 * other rounding. A limit on the length of files is an error.
 *
 * Usage: surroundings MODEL FOLDER
 */
#define _GNU_SOURCE
#include "check.h"

#include <fenv.h>
#include <netjac.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* A study that is made, filled and read within these surroundings; everything that it gives. */
struct found {
  double y[2], x[2];
  char csv[4096];
};

static void use_store(struct found *found) {
  const double tiny[2] = {1e-310, 0.2}, result[2] = {2e-310, 0.1};
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  int64_t count = 0, id;
  memset(found, 0, sizeof *found);
  remove("surroundings.db");
  remove("surroundings.csv");
  OK(netjac_store_open("surroundings.db", NULL, &store));
  OK(netjac_study_open(store, "tiny", NULL, &study));
  OK(netjac_study_variable(study, NETJAC_INPUT, "a", 1, NULL));
  OK(netjac_study_variable(study, NETJAC_INPUT, "b", 1, "lower=0.1 upper=0.3 step=0.1"));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "c", 1, NULL));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "d", 1, NULL));
  OK(netjac_study_insert(study, 1, tiny, result, NULL, NULL, &count));
  CHECK(count == 1);
  OK(netjac_study_read(study, NULL, 0, 1, &id, found->x, found->y, NULL, &count));
  CHECK(count == 1);
  OK(netjac_study_export(study, NULL, "surroundings.csv"));
  FILE *file = fopen("surroundings.csv", "r");
  CHECK(file != NULL && fread(found->csv, 1, sizeof found->csv - 1, file) > 0);
  if (file) fclose(file);
  netjac_study_release(study);
  netjac_store_release(store);
}

static void compare(const struct found *usual, const char *surroundings) {
  struct found found;
  use_store(&found);
  CHECK_SAYING(memcmp(found.x, usual->x, sizeof found.x) == 0, "other inputs with %s", surroundings);
  CHECK_SAYING(memcmp(found.y, usual->y, sizeof found.y) == 0, "other outputs with %s", surroundings);
  CHECK_SAYING(strstr(found.csv, "1e-310") && strstr(found.csv, "2e-310"), "another table with %s:\n%s", surroundings,
               found.csv);
}

static void test_arithmetic(void) {
  static const int roundings[] = {FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  struct found usual;
  use_store(&usual);
  CHECK(usual.x[0] == 1e-310 && usual.y[0] == 2e-310);
#if defined(__x86_64__)
  const unsigned control = _mm_getcsr();
  _mm_setcsr(control | 0x8040); /* FTZ and DAZ */
  compare(&usual, "small numbers flushed");
  CHECK((_mm_getcsr() & 0x8040) == 0x8040);
  _mm_setcsr(control);
#endif
  for (size_t k = 0; k < sizeof roundings / sizeof *roundings; k++) {
    fesetround(roundings[k]);
    compare(&usual, "another rounding");
    CHECK(fegetround() == roundings[k]);
    fesetround(FE_TONEAREST);
  }
}

static void test_file_limit(const char *model) {
  netjac_network *network = NULL;
  struct rlimit usual, few;
  struct sigaction before, after;
  OK(netjac_load(model, NULL, &network));
  sigaction(SIGXFSZ, NULL, &before);
  getrlimit(RLIMIT_FSIZE, &usual);
  few = usual;
  few.rlim_cur = 100;
  /* Nothing is printed meanwhile: standard output may be a file, too. */
  setrlimit(RLIMIT_FSIZE, &few);
  const int status = netjac_save(network, "surroundings.onnx");
  netjac_store *store = NULL;
  remove("limited.db");
  const int opened = netjac_store_open("limited.db", NULL, &store);
  setrlimit(RLIMIT_FSIZE, &usual);
  CHECK_SAYING(status == NETJAC_ERROR_FILE, "a file beyond the limit: status %d", status);
  CHECK(access("surroundings.onnx", F_OK) != 0);
  netjac_study *study = NULL;
  CHECK(opened != NETJAC_OK || netjac_study_open(store, "foot", NULL, &study) == NETJAC_OK);
  netjac_study_release(study);
  netjac_store_release(store);
  sigaction(SIGXFSZ, NULL, &after);
  CHECK(before.sa_handler == after.sa_handler);
  sigset_t pending;
  sigpending(&pending);
  CHECK(!sigismember(&pending, SIGXFSZ));
  netjac_release(network);
}

int main(int argc, char **argv) {
  char *model = argc == 3 ? realpath(argv[1], NULL) : NULL;
  if (!model || chdir(argv[2]) != 0) {
    fprintf(stderr, "usage: surroundings MODEL FOLDER\n");
    return 2;
  }
  test_arithmetic();
  test_file_limit(model);
  free(model);
  return checks_result();
}
