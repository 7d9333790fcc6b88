/*
 * exceptions.c - A host that traps floating-point exceptions may load and run networks: every network of the corpus, in a
 * process that traps invalid operations, divisions by zero and overflow, one sample and batches, both precisions.
 *
 * Usage: exceptions CORPUS
 */
#define _GNU_SOURCE
#include "calls.h"
#include "check.h"
#include "corpus_index.h"

#include <fcntl.h>
#include <fenv.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 77, MOST = 1 << 22 };
static const int trapped = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW;

/* What the child did last, for the parent. */
static int doing[2];

static void say(const char *what) {
  if (write(doing[1], what, 64) != 64) _exit(9);
}

static void run(const struct corpus_case *entry, const char *path, const double *x) {
  const size_t n = (size_t)entry->n;
  for (int is_float = 0; is_float < 2; is_float++) {
    char text[64] = "load";
    netjac_options *options = netjac_options_create();
    netjac_network *network = NULL;
    netjac_options_set(options, "precision", is_float ? "float32" : "float64");
    netjac_options_set(options, "threads", "1");
    for (int k = 0; k < entry->option_count; k++)
      netjac_options_set(options, entry->option_keys[k], entry->option_values[k]);
    say(text);
    if (netjac_load(path, options, &network) != NETJAC_OK) _exit(2);
    const size_t m = (size_t)netjac_output_size(network);
    int64_t nonzeros = 0;
    for (int task = 0; task < TASK_COUNT; task++) {
      for (size_t samples = 1; samples <= BATCH; samples += BATCH - 1) {
        if (task == JACOBIAN_SPARSE && netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL) != NETJAC_OK) continue;
        const size_t width = result_width(task, n, m, (size_t)nonzeros);
        if (samples * width > MOST || samples * n > MOST || (task == HESSIAN && n > 300)) continue;
        double *memory = calloc(samples * (2 * n + 2 * m + width + 8), sizeof *memory);
        void *points = memory, *direction = memory + samples * n, *y = memory + samples * (2 * n + m),
             *result = memory + samples * (2 * n + 2 * m);
        for (size_t k = 0; k < samples * n; k++) {
          if (is_float) ((float *)points)[k] = (float)x[k % n];
          else ((double *)points)[k] = x[k % n];
        }
        for (size_t k = 0; k < samples * (n + m); k++) {
          if (is_float) ((float *)direction)[k] = 1;
          else ((double *)direction)[k] = 1;
        }
        snprintf(text, sizeof text, "%s%s, %zu samples", task_names[task], is_float ? " in float32" : "", samples);
        say(text);
        call(task, is_float, network, (int64_t)samples, points, direction, y, result, NETJAC_ROW_MAJOR);
        free(memory);
      }
    }
    netjac_release(network);
    netjac_options_release(options);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  char path[4 * MAX_TEXT], folder[2 * MAX_TEXT];
  struct corpus_case entry;
  int died = 0, count = 0;
  snprintf(path, sizeof path, "%s/cases.txt", argv[1]);
  FILE *index = fopen(path, "r");
  while (index != NULL && next_case(index, &entry)) {
    snprintf(folder, sizeof folder, "%s/cases/%s", argv[1], entry.name);
    snprintf(path, sizeof path, "%s/%s", folder, entry.model);
    double *x = read_doubles(folder, "x", (size_t)(entry.samples * entry.n));
    char last[64] = "";
    int status;
    if (pipe2(doing, O_NONBLOCK) != 0) return 2;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      feclearexcept(FE_ALL_EXCEPT);
      feenableexcept(trapped);
      run(&entry, path, x);
      _exit(0);
    }
    waitpid(child, &status, 0);
    while (read(doing[0], last, sizeof last) == (ssize_t)sizeof last) continue;
    close(doing[0]);
    close(doing[1]);
    free(x);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s ends by signal %d at %s", entry.name,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0, last);
    count++;
    if (WIFSIGNALED(status)) died++;
  }
  printf("%d of %d networks end a process that traps exceptions\n", died, count);
  return checks_result();
}
