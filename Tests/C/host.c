/*
 * host.c - Loading the library and using it leaves the process that hosts it as it was: another BLAS and its threads,
 * signal handlers, floating-point control, locale, standard output, environment.
 *
 * The library is loaded as MATLAB and Octave load it: late, into a process that has a BLAS already.
 *
 * Usage: host LIBRARY MODEL
 */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fenv.h>
#include <link.h>
#include <locale.h>
#include <netjac.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

extern char **environ;

struct state {
  void (*handlers[65])(int);
  int rounding, blas_threads, threads;
  unsigned control;
  size_t environment;
  char locale[256];
};

static int (*blas_get_num_threads)(void);

static int count_threads(void) {
  DIR *folder = opendir("/proc/self/task");
  int count = 0;
  while (readdir(folder) != NULL) count++;
  closedir(folder);
  return count - 2;
}

static struct state observe(void) {
  struct state state;
  memset(&state, 0, sizeof state);
  for (int number = 1; number < 65; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0) state.handlers[number] = action.sa_handler;
  }
  state.rounding = fegetround();
#if defined(__x86_64__)
  /* All but the flags of exceptions that have occurred: rounding, masks, flushing of denormals. */
  state.control = _mm_getcsr() & ~0x3fu;
#endif
  for (char **entry = environ; *entry != NULL; entry++)
    for (char *c = *entry; *c != 0; c++) state.environment = state.environment * 31 + (unsigned char)*c;
  snprintf(state.locale, sizeof state.locale, "%s", setlocale(LC_ALL, NULL));
  if (blas_get_num_threads != NULL) state.blas_threads = blas_get_num_threads();
  state.threads = count_threads();
  return state;
}

static void compare(const struct state *before, const char *when) {
  const struct state after = observe();
  for (int number = 1; number < 65; number++)
    CHECK_SAYING(before->handlers[number] == after.handlers[number], "%s: the handler of signal %d changed", when,
                 number);
  CHECK_SAYING(before->rounding == after.rounding, "%s: the rounding mode changed", when);
  CHECK_SAYING(before->control == after.control, "%s: floating-point control went from %x to %x", when,
               before->control, after.control);
  CHECK_SAYING(before->environment == after.environment, "%s: the environment changed", when);
  CHECK_SAYING(strcmp(before->locale, after.locale) == 0, "%s: the locale changed", when);
  CHECK_SAYING(before->blas_threads == after.blas_threads, "%s: the host's BLAS had %d threads and has %d", when,
               before->blas_threads, after.blas_threads);
  CHECK_SAYING(before->threads == after.threads, "%s: there were %d threads and are %d", when, before->threads,
               after.threads);
}

/* The bytes of the library that are closed for writing once its addresses are in, into `size`. */
static int find_closed(struct dl_phdr_info *info, size_t ignored, void *size) {
  (void)ignored;
  if (strstr(info->dlpi_name, "libnetjac") == NULL) return 0;
  for (int k = 0; k < info->dlpi_phnum; k++)
    if (info->dlpi_phdr[k].p_type == PT_GNU_RELRO) *(size_t *)size = info->dlpi_phdr[k].p_memsz;
  return 1;
}

int main(int argc, char **argv) {
  char captured_name[] = "/tmp/netjac-host-XXXXXX";
  if (argc != 3) {
    fprintf(stderr, "usage: host LIBRARY MODEL\n");
    return 2;
  }
  setlocale(LC_ALL, "C.UTF-8");
  fesetround(FE_UPWARD);

  /* The host's own BLAS, with a number of threads that nobody would set by chance. */
  void *blas = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_GLOBAL);
  if (blas != NULL) {
    void (*set_num_threads)(int) = (void (*)(int))(intptr_t)dlsym(blas, "openblas_set_num_threads");
    blas_get_num_threads = (int (*)(void))(intptr_t)dlsym(blas, "openblas_get_num_threads");
    if (set_num_threads != NULL) set_num_threads(3);
  } else {
    printf("there is no libopenblas.so.0; the part about the host's BLAS is left out\n");
  }

  /* What would make the runtime and the BLAS inside the library talk, and catch the host's signals. */
  setenv("SWIFT_DEBUG_HELP", "1", 1);
  setenv("SWIFT_BACKTRACE", "enable=yes,warnings=enabled", 1);
  setenv("OPENBLAS_VERBOSE", "2", 1);

  fflush(stdout);
  const int captured = mkstemp(captured_name);
  const int real_output = dup(STDOUT_FILENO), real_error = dup(STDERR_FILENO);
  dup2(captured, STDOUT_FILENO);
  dup2(captured, STDERR_FILENO);

  const struct state before = observe();
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  const struct state loaded = observe();
  netjac_status status = NETJAC_ERROR_DEFECT;
  struct state used = before;
  const char *message = "";
  if (library != NULL) {
    /* clang-format off */
    netjac_status (*load)(const char *, const netjac_options *, netjac_network **) =
        (netjac_status (*)(const char *, const netjac_options *, netjac_network **))(intptr_t)dlsym(library, "netjac_load");
    netjac_status (*jacobian)(netjac_network *, int64_t, const double *, double *, double *, netjac_order) =
        (netjac_status (*)(netjac_network *, int64_t, const double *, double *, double *, netjac_order))(intptr_t)dlsym(library, "netjac_jacobian");
    int64_t (*input_size)(const netjac_network *) = (int64_t (*)(const netjac_network *))(intptr_t)dlsym(library, "netjac_input_size");
    int64_t (*output_size)(const netjac_network *) = (int64_t (*)(const netjac_network *))(intptr_t)dlsym(library, "netjac_output_size");
    const char *(*last_error)(void) = (const char *(*)(void))(intptr_t)dlsym(library, "netjac_last_error");
    void (*release)(netjac_network *) = (void (*)(netjac_network *))(intptr_t)dlsym(library, "netjac_release");
    /* clang-format on */
    netjac_network *network = NULL;
    status = load(argv[2], NULL, &network);
    message = last_error();
    if (status == NETJAC_OK) {
      const size_t n = (size_t)input_size(network), m = (size_t)output_size(network);
      double *numbers = calloc(n + m * n, sizeof *numbers);
      status = jacobian(network, 1, numbers, NULL, numbers + n, NETJAC_ROW_MAJOR);
      free(numbers);
    }
    used = observe();
    release(network);
    dlclose(library);
    library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    netjac_network *again = NULL;
    if (status == NETJAC_OK) status = load(argv[2], NULL, &again);
    release(again);
    load("no/such/file", NULL, &again);
  }

  fflush(stdout);
  fflush(stderr);
  dup2(real_output, STDOUT_FILENO);
  dup2(real_error, STDERR_FILENO);
  struct stat captured_file;
  fstat(captured, &captured_file);
  unlink(captured_name);

  CHECK_SAYING(library != NULL, "%s", dlerror());
  CHECK_SAYING(status == NETJAC_OK, "%s", message);
  CHECK_SAYING(captured_file.st_size == 0, "the library printed %ld bytes", (long)captured_file.st_size);
  size_t closed = 0;
  dl_iterate_phdr(find_closed, &closed);
  CHECK_SAYING(closed > 1 << 16, "%zu bytes are read-only after loading", closed);
  CHECK(memcmp(before.handlers, loaded.handlers, sizeof before.handlers) == 0);
  CHECK(before.control == loaded.control && before.blas_threads == loaded.blas_threads);
  CHECK_SAYING(before.threads == loaded.threads, "loading started %d threads", loaded.threads - before.threads);
  CHECK_SAYING(before.threads == used.threads, "one sample started %d threads", used.threads - before.threads);
  CHECK(blas_get_num_threads == NULL || before.blas_threads == 3);
  compare(&before, "after use");
  return checks_result();
}
