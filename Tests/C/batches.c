/*
 * batches.c - A sample's results are the same bits alone and in any batch: every network of the corpus, every task, both
 * precisions, batches of 1 to 200 samples with 1, 2 and 4 threads.
 *
 * Usage: batches FOLDER [CASE...]        FOLDER holds cases.txt and cases/
 */
#include "calls.h"
#include "check.h"
#include "clock.h"
#include "corpus_index.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SAMPLES = 200, MOST_BYTES = 1 << 26, THREAD_COUNTS = 3 };
static const char *const thread_counts[THREAD_COUNTS] = {"1", "2", "4"};
/* What one network, task and precision may take; lengths beside those of tiles are left out then. */
static const double patience = 0.15;

/* The arrays of a task, for MOST_SAMPLES samples. */
struct arrays {
  size_t n, directions, m, width;
  char *x, *direction, *y, *result;
};

static int run(enum task task, int is_float, netjac_network *network, size_t first, size_t samples, const struct arrays *a) {
  const size_t scalar = is_float ? sizeof(float) : sizeof(double);
  return call(task, is_float, network, (int64_t)samples, a->x + first * a->n * scalar,
              a->direction + first * a->directions * scalar, a->y + first * a->m * scalar,
              a->result + first * a->width * scalar, NETJAC_ROW_MAJOR) == NETJAC_OK;
}

/* The first of these elements that differ, or -1. */
static long first_difference(const char *one, const char *other, size_t count, size_t scalar) {
  if (memcmp(one, other, count * scalar) == 0) return -1;
  long place = 0;
  while (memcmp(one + (size_t)place * scalar, other + (size_t)place * scalar, scalar) == 0) place++;
  return place;
}

static double element(const char *array, long place, int is_float) {
  return is_float ? (double)((const float *)array)[place] : ((const double *)array)[place];
}

static void compare(const struct corpus_case *entry, netjac_network **networks, enum task task, int is_float, const double *x) {
  const size_t n = (size_t)entry->n, scalar = is_float ? sizeof(float) : sizeof(double);
  int64_t nonzeros = 0;
  if (task == JACOBIAN_SPARSE && netjac_jacobian_sparsity(networks[0], &nonzeros, NULL, NULL) != NETJAC_OK) return;
  const size_t m = (size_t)netjac_output_size(networks[0]), width = result_width(task, n, m, (size_t)nonzeros);
  const size_t each = (2 * n + 3 * m + 2 * width + 1) * scalar;
  size_t most = MOST_BYTES / each < MOST_SAMPLES ? MOST_BYTES / each : MOST_SAMPLES;
  if (most < 2 || (task == HESSIAN && n > 300)) return;
  char *memory = calloc(most + 1, each);
  struct arrays a = {n, direction_width(task, n, m), m, width, memory, NULL, NULL, NULL};
  a.direction = a.x + most * n * scalar;
  a.y = a.direction + most * a.directions * scalar;
  a.result = a.y + most * m * scalar;
  struct arrays b = a;
  b.y = a.result + most * width * scalar;
  b.result = b.y + most * m * scalar;
  for (size_t k = 0; k < most * n; k++) {
    const double value = x[k % (n * (size_t)entry->samples)];
    if (is_float) ((float *)a.x)[k] = (float)value;
    else ((double *)a.x)[k] = value;
  }
  for (size_t k = 0; k < most * a.directions; k++) {
    const double value = 1 - (double)(k * 37 % 101) / 64;
    if (is_float) ((float *)a.direction)[k] = (float)value;
    else ((double *)a.direction)[k] = value;
  }

  /* Memory that the first call takes is not asked for again. */
  if (!run(task, is_float, networks[0], 0, 1, &a)) return free(memory);
  const double start = seconds_now();
  size_t done = 1;
  while (done < most && (done < 8 || seconds_now() - start < patience)) {
    if (!run(task, is_float, networks[0], done, 1, &a)) break;
    done++;
  }
  run(task, is_float, networks[0], 0, 1, &a);
  const double each_seconds = (seconds_now() - start) / (double)done;
  most = done;
  /* All lengths of all thread counts are most²/2 samples each. */
  const int all = each_seconds * (double)(THREAD_COUNTS * most * most / 2) < 2 * patience;

  long place = -1;
  size_t failed = 0;
  char what[200] = "";
  for (int t = 0; t < THREAD_COUNTS && place < 0 && !failed; t++) {
    for (size_t length = 1; length <= most && place < 0 && !failed; length++) {
      const int isEdge = length == most || length == 8 || length == 13 || length == 64 || length == 77 || length == 130;
      if (!all && !isEdge) continue;
      if (!run(task, is_float, networks[t], 0, length, &b)) {
        failed = length;
        break;
      }
      const char *name = "y";
      if (task_has_y(task)) place = first_difference(a.y, b.y, length * m, scalar);
      if (place < 0 && task_has_result(task)) {
        name = "the result";
        place = first_difference(a.result, b.result, length * width, scalar);
      }
      if (place >= 0)
        snprintf(what, sizeof what, "element %ld of %s of %zu samples by %s threads is %.17g, alone %.17g", place, name, length,
                 thread_counts[t], element(*name == 'y' ? b.y : b.result, place, is_float),
                 element(*name == 'y' ? a.y : a.result, place, is_float));
    }
  }
  CHECK_SAYING(!failed, "%s, %s: %s", entry->name, task_names[task], netjac_last_error());
  CHECK_SAYING(place < 0, "%s, %s in %s: %s", entry->name, task_names[task], is_float ? "float32" : "float64", what);
  free(memory);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  char path[4 * MAX_TEXT], folder[2 * MAX_TEXT];
  struct corpus_case entry;
  snprintf(path, sizeof path, "%s/cases.txt", argv[1]);
  FILE *index = fopen(path, "r");
  while (index != NULL && next_case(index, &entry)) {
    int is_wanted = argc == 2;
    for (int k = 2; k < argc; k++) is_wanted |= strcmp(argv[k], entry.name) == 0;
    if (!is_wanted) continue;
    snprintf(folder, sizeof folder, "%s/cases/%s", argv[1], entry.name);
    snprintf(path, sizeof path, "%s/%s", folder, entry.model);
    double *x = read_doubles(folder, "x", (size_t)(entry.samples * entry.n));
    for (int is_float = 0; is_float < 2; is_float++) {
      netjac_network *networks[THREAD_COUNTS] = {NULL};
      int loaded = 1;
      for (int t = 0; t < THREAD_COUNTS; t++) {
        netjac_options *options = netjac_options_create();
        netjac_options_set(options, "precision", is_float ? "float32" : "float64");
        netjac_options_set(options, "threads", thread_counts[t]);
        for (int k = 0; k < entry.option_count; k++)
          netjac_options_set(options, entry.option_keys[k], entry.option_values[k]);
        loaded &= netjac_load(path, options, &networks[t]) == NETJAC_OK;
        netjac_options_release(options);
      }
      CHECK_SAYING(loaded, "%s: %s", entry.name, netjac_last_error());
      for (int task = 0; loaded && task < TASK_COUNT; task++) compare(&entry, networks, task, is_float, x);
      for (int t = 0; t < THREAD_COUNTS; t++) netjac_release(networks[t]);
    }
    free(x);
  }
  if (index != NULL) fclose(index);
  return checks_result();
}
