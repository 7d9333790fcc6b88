/*
 * threads.c - Many threads on one network get, bit for bit, what one thread gets; loading, releasing and failing at the
 * same time disturb nobody. So do the library's own threads, which share large batches, and a forked process, which has
 * none of them.
 *
 * Usage: threads MODEL...
 */
#include "calls.h"
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The sanitizer for threads does not follow a process that is forked from one with several. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER
#endif
#endif

enum { THREADS = 8, SAMPLES = 24, ROUNDS = 6 };

struct results {
  double *y[TASK_COUNT];
  double *result[TASK_COUNT];
};

struct work {
  netjac_network *network;
  const char *model;
  size_t n, m, nonzeros;
  const double *x, *direction[TASK_COUNT];
  const struct results *expected;
  int number;
  int differences, failures;
};

static size_t width(const struct work *work, int task) {
  return result_width(task, work->n, work->m, work->nonzeros);
}

static void allocate(const struct work *work, struct results *results) {
  for (int task = 0; task < TASK_COUNT; task++) {
    results->y[task] = calloc(SAMPLES * work->m + 1, sizeof(double));
    results->result[task] = calloc(SAMPLES * width(work, task) + 1, sizeof(double));
  }
}

static void release(struct results *results) {
  for (int task = 0; task < TASK_COUNT; task++) {
    free(results->y[task]);
    free(results->result[task]);
  }
}

/* Evaluates samples first to first + count. */
static int evaluate(const struct work *work, int task, size_t first, size_t count, struct results *into) {
  const size_t direction = direction_width(task, work->n, work->m);
  return call(task, 0, work->network, (int64_t)count, work->x + first * work->n,
              work->direction[task] + first * direction, into->y[task] + first * work->m,
              into->result[task] + first * width(work, task), NETJAC_COLUMN_MAJOR) == NETJAC_OK;
}

static int equal(const struct work *work, int task, const struct results *a, const struct results *b) {
  return (!task_has_y(task) || memcmp(a->y[task], b->y[task], SAMPLES * work->m * sizeof(double)) == 0) &&
         memcmp(a->result[task], b->result[task], SAMPLES * width(work, task) * sizeof(double)) == 0;
}

/* Each thread takes tasks and cuts the samples in its own way: whole batches, single samples, uneven pieces. */
static void *run(void *argument) {
  struct work *work = argument;
  struct results results;
  allocate(work, &results);
  for (int round = 0; round < ROUNDS; round++) {
    const int task = (work->number + round) % TASK_COUNT;
    const size_t piece = (round + work->number) % 3 == 0 ? SAMPLES : (round + work->number) % 3 == 1 ? 1 : 7;
    for (size_t first = 0; first < SAMPLES; first += piece) {
      const size_t count = first + piece <= SAMPLES ? piece : SAMPLES - first;
      if (!evaluate(work, task, first, count, &results)) work->failures++;
    }
    if (!equal(work, task, &results, work->expected)) work->differences++;

    netjac_network *another = NULL;
    if (netjac_load(work->model, NULL, &another) != NETJAC_OK) work->failures++;
    if (another == work->network || netjac_input_size(another) != (int64_t)work->n) work->failures++;
    netjac_release(another);
    if (netjac_input_size(another) != -1) work->failures++;
    if (netjac_forward(work->network, -1, work->x, results.y[0]) != NETJAC_ERROR_ARGUMENT) work->failures++;
  }
  release(&results);
  return NULL;
}

static double *numbers(size_t count, unsigned *state) {
  double *values = malloc((count + 1) * sizeof *values);
  for (size_t k = 0; k < count; k++) {
    *state = *state * 1664525u + 1013904223u;
    values[k] = (double)(*state >> 8) / (1 << 23) - 1.0;
  }
  return values;
}

static void test(const char *model, const char *threads) {
  struct work work;
  struct results expected;
  unsigned state = 1;
  int64_t nonzeros = 0;
  netjac_options *options = netjac_options_create();
  memset(&work, 0, sizeof work);
  work.model = model;
  CHECK(netjac_options_set(options, "threads", threads) == NETJAC_OK);
  CHECK_SAYING(netjac_load(model, options, &work.network) == NETJAC_OK, "%s: %s", model, netjac_last_error());
  netjac_options_release(options);
  if (work.network == NULL) return;
  CHECK(netjac_jacobian_sparsity(work.network, &nonzeros, NULL, NULL) == NETJAC_OK);
  work.n = (size_t)netjac_input_size(work.network);
  work.m = (size_t)netjac_output_size(work.network);
  work.nonzeros = (size_t)nonzeros;
  double *x = numbers(SAMPLES * work.n, &state);
  double *directions[TASK_COUNT];
  work.x = x;
  for (int task = 0; task < TASK_COUNT; task++)
    work.direction[task] = directions[task] = numbers(SAMPLES * direction_width(task, work.n, work.m), &state);

  allocate(&work, &expected);
  for (int task = 0; task < TASK_COUNT; task++) CHECK(evaluate(&work, task, 0, SAMPLES, &expected));
  work.expected = &expected;

  pthread_t running[THREADS];
  struct work works[THREADS];
  for (int k = 0; k < THREADS; k++) {
    works[k] = work;
    works[k].number = k;
    CHECK(pthread_create(&running[k], NULL, run, &works[k]) == 0);
  }
  for (int k = 0; k < THREADS; k++) {
    pthread_join(running[k], NULL);
    CHECK_SAYING(works[k].failures == 0, "%s, thread %d: %d calls went wrong", model, k, works[k].failures);
    CHECK_SAYING(works[k].differences == 0, "%s, thread %d: %d results differ from those of one thread", model, k,
                 works[k].differences);
  }
  release(&expected);
  for (int task = 0; task < TASK_COUNT; task++) free(directions[task]);
  free(x);
  netjac_release(work.network);
}

static netjac_network *load(const char *model, const char *threads) {
  netjac_network *network = NULL;
  netjac_options *options = netjac_options_create();
  CHECK(netjac_options_set(options, "threads", threads) == NETJAC_OK);
  CHECK_SAYING(netjac_load(model, options, &network) == NETJAC_OK, "%s: %s", model, netjac_last_error());
  netjac_options_release(options);
  return network;
}

/* The Jacobians of a batch that is large enough to be shared, and as many outputs, differ from `expected`. */
static int differs(netjac_network *network, size_t samples, const double *x, const double *expected, size_t count) {
  const size_t outputs = samples * (size_t)netjac_output_size(network);
  double *found = calloc(count + 1, sizeof *found);
  const int isEqual = netjac_jacobian(network, (int64_t)samples, x, found, found + outputs,
                                            NETJAC_COLUMN_MAJOR) == NETJAC_OK &&
                      memcmp(found, expected, count * sizeof *found) == 0;
  free(found);
  return !isEqual;
}

static void test_shared(const char *model) {
  netjac_network *alone = load(model, "1"), *shared = load(model, "3");
  if (alone == NULL || shared == NULL) return;
  const size_t n = (size_t)netjac_input_size(alone), m = (size_t)netjac_output_size(alone);
  /* Not a multiple of any tile's length. */
  const size_t samples = 4000000 / (n * m + 2000) + 67, count = samples * (m + n * m);
  unsigned state = 2;
  double *x = numbers(samples * n, &state), *expected = calloc(count + 1, sizeof *expected);
  CHECK(netjac_jacobian(alone, (int64_t)samples, x, expected, expected + samples * m,
                              NETJAC_COLUMN_MAJOR) == NETJAC_OK);
  for (int round = 0; round < 20; round++) {
    CHECK_SAYING(!differs(shared, samples, x, expected, count), "%s, round %d", model, round);
    /* The threads are found awake, falling asleep, and asleep. */
    if (round >= 5) usleep((unsigned)round * 30);
  }
#ifndef THREAD_SANITIZER
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(differs(shared, samples, x, expected, count));
  }
  int status = -1;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: a forked process ended with status %d", model, status);
  CHECK_SAYING(!differs(shared, samples, x, expected, count), "%s, after the fork", model);
#endif
  free(expected);
  free(x);
  netjac_release(alone);
  netjac_release(shared);
}

int main(int argc, char **argv) {
  for (int k = 1; k < argc; k++) {
    test(argv[k], "1");
    test(argv[k], "3");
    test_shared(argv[k]);
  }
  return checks_result();
}
