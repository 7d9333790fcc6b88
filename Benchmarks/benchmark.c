/*
 * benchmark.c - Times every workload and task through the C interface, after checking the results.
 *
 * Usage: benchmark networks FOLDER     writes the networks, and for each what octave.m checks its results against
 *        benchmark calls FOLDER        the tasks
 *        benchmark loading FOLDER      loading, and loading until the Jacobian is ready
 *        benchmark planning FOLDER     the first call of tasks of growing networks
 *        benchmark memory FOLDER       memory for the Jacobians of 256 and of many samples, and of a large network
 *
 * Environment: WORKLOADS, TASKS, TYPES, THREADS (words separated by spaces; empty: all), ROW_SECONDS,
 * CLOCK=process (processor time instead of time), SAMPLES (the many of `memory`), LARGEST (size of `planning`). Rows go to standard output, tab
 * by tab as in the heading that Benchmarks/run writes; progress goes to standard error. The status tells whether all
 * results were right.
 */
#include "allocations.h"
#include "networks.h"
#include "planning.h"
#include "runs.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int wrong_results = 0;

static double now(void) {
  static int clock = -1;
  struct timespec t;
  if (clock < 0) {
    const char *name = getenv("CLOCK");
    clock = name && !strcmp(name, "process") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
  }
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double setting(const char *name, double otherwise) {
  const char *text = getenv(name);
  return text && *text ? atof(text) : otherwise;
}

static int is_wanted(const char *list_name, const char *word) {
  const char *list = getenv(list_name);
  const size_t length = strlen(word);
  if (!list || !*list) return 1;
  for (const char *found = list; (found = strstr(found, word)); found += length)
    if ((found == list || strchr(" ,", found[-1])) && (!found[length] || strchr(" ,", found[length]))) return 1;
  return 0;
}

/* One thread means one core, so that nothing can take a second one. */
static void use_cores(int threads) {
  static cpu_set_t all;
  static int is_known = 0;
  cpu_set_t last;
  if (!is_known) sched_getaffinity(0, sizeof all, &all);
  is_known = 1;
  CPU_ZERO(&last);
  for (int core = 0; core < CPU_SETSIZE; core++)
    if (CPU_ISSET(core, &all)) {
      CPU_ZERO(&last);
      CPU_SET(core, &last);
    }
  sched_setaffinity(0, sizeof all, threads == 1 ? &last : &all);
}

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void row(const char *workload, const char *task, const char *type, int threads, double median, double least,
                int64_t multiply_adds, long allocations, double bytes) {
  printf("c\t%s\t%s\t%s\t%d\t%.4f\t%.4f\t%lld\t", workload, task, type, threads, median * 1e6, least * 1e6,
         (long long)multiply_adds);
  if (multiply_adds > 0 && median > 0)
    printf("%.3f\t-\t", 1e-9 * (double)multiply_adds / median);
  else
    printf("-\t-\t");
  if (allocations >= 0)
    printf("%ld\t", allocations);
  else
    printf("-\t");
  if (bytes >= 0)
    printf("%.0f\n", bytes);
  else
    printf("-\n");
  fflush(stdout);
}

/* ---- Networks ---- */

/* Samples, values, a direction and the derivatives along it, all in double, sample after sample. */
static void write_reference(const workload *w, const char *folder) {
  char path[4096];
  reference r = make_reference(w);
  const size_t n = (size_t)r.n, m = (size_t)r.m;
  snprintf(path, sizeof path, "%s/%s.reference", folder, w->name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(r.x, sizeof(double), BATCH * n, file) != BATCH * n
      || fwrite(r.y, sizeof(double), BATCH * m, file) != BATCH * m
      || fwrite(r.direction, sizeof(double), n, file) != n
      || fwrite(r.product, sizeof(double), BATCH * m, file) != BATCH * m || fclose(file) != 0) {
    fprintf(stderr, "%s cannot be written.\n", path);
    exit(1);
  }
  release_reference(&r);
}

static void write_network(const workload *w, const char *folder) {
  char path[4096];
  fprintf(stderr, "%-5s %s\n", w->name, w->description);
  network_file(w, folder, path, sizeof path);
  if (w->name[0] == 'W') write_reference(w, folder);
}

/* ---- Calls ---- */

/* Short calls are timed in blocks of at least 20 microseconds. Returns the median and, in `least`, the minimum. */
static double time_run(run *p, double seconds, double *least) {
  enum { MOST = 100000 };
  static double times[MOST];
  long call = 1, block = 1;
  int count = 0;
  for (;; block *= 2) {
    const double start = now();
    for (long k = 0; k < block; k++) call_run(p, call++);
    if (now() - start > 20e-6) break;
  }
  for (const double end = now() + seconds / 5; now() < end;) call_run(p, call++);
  for (const double end = now() + seconds; count < MOST && (count < 3 || now() < end);) {
    const double start = now();
    for (long k = 0; k < block; k++) call_run(p, call++);
    times[count++] = (now() - start) / (double)block;
  }
  qsort(times, (size_t)count, sizeof *times, compare_doubles);
  *least = times[0];
  return times[count / 2];
}

static void measure(reference *r, const char *path, task t, int is_float, int threads) {
  const char *type = is_float ? "f32" : "f64";
  double allowed, least;
  use_cores(threads);
  run p = make_run(r, path, t, is_float, threads);
  const double error = error_of_run(&p, r, &allowed);
  if (!(error <= allowed)) {
    fprintf(stderr, "\nWRONG: %s %s %s, %d threads: off by %.2g; allowed is %.2g\n", r->workload->name,
            task_labels[t], type, threads, error, allowed);
    wrong_results++;
  } else {
    call_run(&p, 1);
    start_counting();
    for (int k = 0; k < 3; k++) call_run(&p, k);
    const long allocations = stop_counting() / 3;
    const double median = time_run(&p, setting("ROW_SECONDS", 0.2), &least);
    row(r->workload->name, task_labels[t], type, threads, median, least, least_multiply_adds(r->workload, t),
        allocations, -1);
  }
  release_run(&p);
}

static void measure_workload(const workload *w, const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.onnx", folder, w->name);
  fprintf(stderr, "%-4s %-40s", w->name, w->description);
  reference r = make_reference(w);
  for (task t = FORWARD; t <= TRAINING; t++) {
    if (!workload_has(w, t) || !is_wanted("TASKS", task_labels[t])) continue;
    fprintf(stderr, " %s", task_labels[t]);
    for (int is_float = 0; is_float < 2; is_float++)
      for (int threads = 1; threads <= 2; threads++) {
        if (!is_wanted("TYPES", is_float ? "f32" : "f64") || !is_wanted("THREADS", threads == 1 ? "1" : "2")) continue;
        if ((threads == 2 && !is_batch(t)) || (is_float && t == TRAINING)) continue;
        measure(&r, path, t, is_float, threads);
      }
  }
  fprintf(stderr, "\n");
  release_reference(&r);
}

/* ---- Loading ---- */

static void measure_loading(const workload *w, const char *folder) {
  enum { ROUNDS = 5 };
  char path[4096];
  double load[ROUNDS], ready[ROUNDS];
  snprintf(path, sizeof path, "%s/%s.onnx", folder, w->name);
  fprintf(stderr, "%-5s %s\n", w->name, w->description);
  for (int k = 0; k < ROUNDS; k++) {
    netjac_network *network = NULL;
    const double start = now();
    require(netjac_load(path, NULL, &network), path);
    load[k] = now() - start;
    require(netjac_prepare(network, "jacobian", 1), "prepare");
    ready[k] = now() - start;
    netjac_release(network);
  }
  qsort(load, ROUNDS, sizeof *load, compare_doubles);
  qsort(ready, ROUNDS, sizeof *ready, compare_doubles);
  row(w->name, "load", "f64", 1, load[ROUNDS / 2], load[0], 0, -1, -1);
  row(w->name, "ready", "f64", 1, ready[ROUNDS / 2], ready[0], 0, -1, -1);
}

/* ---- Planning ---- */

/* The least of several first calls counts as well as their median, each of a network of its own. */
static void measure_planning(const growing *g, int64_t size, const char *task) {
  enum { ROUNDS = 3 };
  double times[ROUNDS];
  char name[32];
  snprintf(name, sizeof name, "%s%lld", g->name, (long long)size);
  for (int k = 0; k < ROUNDS; k++) {
    netjac_network *network = grown(g, size);
    const double start = now();
    require(netjac_prepare(network, task, 1), name);
    times[k] = now() - start;
    const double error = k == 0 ? error_of_planned(network, task) : 0;
    if (!(error <= 1e-6)) {
      fprintf(stderr, "\nWRONG: %s %s: off by %.2g; allowed is 1e-6\n", name, task, error);
      wrong_results++;
    }
    netjac_release(network);
  }
  qsort(times, ROUNDS, sizeof *times, compare_doubles);
  row(name, task, "f64", 1, times[ROUNDS / 2], times[0], 0, -1, -1);
}

static void measure_growing(const growing *g) {
  const int64_t largest = (int64_t)setting("LARGEST", 1e9);
  fprintf(stderr, "%-6s %s\n", g->name, g->description);
  for (int t = 0; g->tasks[t]; t++)
    for (int k = 0; k < MOST_SIZES && g->sizes[k] && (k == 0 || g->sizes[k] <= largest); k++)
      measure_planning(g, g->sizes[k], g->tasks[t]);
}

/* ---- Memory ---- */

static double status_bytes(const char *field) {
  char line[256];
  double kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, field, strlen(field))) kilobytes = atof(line + strlen(field));
  if (file) fclose(file);
  return 1024 * kilobytes;
}

/* A network whose weights are most of what it takes: 47 MB of them in single precision. */
static const char large_name[] = "mlp47";

static void write_large(const char *path) {
  const int64_t sizes[] = {64, 2400, 2400, 2400, 32};
  netjac_options *options = netjac_options_create();
  netjac_network *network = NULL;
  require(netjac_mlp(sizeof sizes / sizeof *sizes, sizes, "tanh", 1, &network), large_name);
  require(netjac_save(network, path), path);
  netjac_release(network);
  /* Saved once more, in single precision. */
  require(netjac_options_set(options, "precision", "float32"), "precision");
  require(netjac_load(path, options, &network), path);
  require(netjac_save(network, path), path);
  netjac_release(network);
  netjac_options_release(options);
}

/* What stays resident when outputs and Jacobians of so many samples are ready to be computed. */
static double ready_memory(const char *path, const char *precision, int64_t samples) {
  netjac_network *network = NULL;
  netjac_options *options = netjac_options_create();
  const double before = status_bytes("VmRSS:");
  require(netjac_options_set(options, "threads", "1"), "threads");
  require(netjac_options_set(options, "precision", precision), "precision");
  require(netjac_load(path, options, &network), path);
  netjac_options_release(options);
  require(netjac_prepare(network, "forward", samples), "forward");
  require(netjac_prepare(network, "jacobian", samples), "jacobian");
  return status_bytes("VmRSS:") - before;
}

/* Each in a process of its own, whose memory nothing else has used. */
static void measure_ready(const char *folder) {
  static const char *const types[] = {"f32", "f64"};
  char path[4096];
  struct stat file;
  snprintf(path, sizeof path, "%s/%s.onnx", folder, large_name);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    write_large(path);
    exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  if (status != 0 || stat(path, &file) != 0) {
    fprintf(stderr, "%s cannot be made\n", path);
    wrong_results++;
    return;
  }
  row(large_name, "file", "f32", 1, 0, 0, 0, -1, (double)file.st_size);
  for (int k = 0; k < 2; k++)
    for (int64_t samples = 1; samples <= BATCH; samples *= BATCH) {
      char label[32];
      snprintf(label, sizeof label, "ready%lld", (long long)samples);
      fprintf(stderr, "%-5s %s %s\n", large_name, types[k], label);
      fflush(stdout);
      child = fork();
      if (child == 0) {
        row(large_name, label, types[k], 1, 0, 0, 0, -1,
            ready_memory(path, k == 0 ? "float32" : "float64", samples));
        exit(0);
      }
      waitpid(child, &status, 0);
      if (status != 0) wrong_results++;
    }
}

/* The most resident memory of loading and evaluating, less inputs, outputs and what the process had before. */
static double peak_memory(const char *path, int64_t n, int64_t m, int64_t samples) {
  netjac_network *network = NULL;
  netjac_options *options = netjac_options_create();
  double *x = numbers_of(samples * n, sizeof *x), *y = numbers_of(samples * m, sizeof *y);
  double *jacobians = numbers_of(samples * m * n, sizeof *jacobians);
  const double before = status_bytes("VmRSS:");
  require(netjac_options_set(options, "threads", "1"), "threads");
  require(netjac_load(path, options, &network), path);
  netjac_options_release(options);
  require(netjac_jacobian(network, samples, x, y, jacobians, NETJAC_ROW_MAJOR), "jacobian");
  return status_bytes("VmHWM:") - before;
}

static void measure_memory(const workload *w, const char *folder) {
  const int64_t many = (int64_t)setting("SAMPLES", 65536);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.onnx", folder, w->name);
  for (int64_t samples = BATCH; samples <= many; samples = samples == BATCH && many > BATCH ? many : many + 1) {
    char label[32];
    fprintf(stderr, "%-4s Jacobians of %lld samples\n", w->name, (long long)samples);
    fflush(stdout);
    const pid_t child = fork(); /* a process of its own has a peak of its own */
    if (child == 0) {
      snprintf(label, sizeof label, "memory%lld", (long long)samples);
      row(w->name, label, "f64", 1, 0, 0, 0, -1, peak_memory(path, input_size(w), output_size(w), samples));
      exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    if (status != 0) {
      fprintf(stderr, "the Jacobians of %lld samples failed; is there enough memory?\n", (long long)samples);
      wrong_results++;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: benchmark networks|calls|loading|planning|memory FOLDER\n");
    return 2;
  }
  for (int k = 0; k < growing_count && !strcmp(argv[1], "planning"); k++)
    if (is_wanted("WORKLOADS", growing_networks[k].name)) measure_growing(&growing_networks[k]);
  if (!strcmp(argv[1], "memory") && is_wanted("WORKLOADS", large_name)) measure_ready(argv[2]);
  for (int k = 0; k < workload_count; k++) {
    const workload *w = &workloads[k];
    const int is_loaded = !strcmp(w->name, "W3") || w->name[0] == 'l';
    if (!is_wanted("WORKLOADS", w->name)) continue;
    if (!strcmp(argv[1], "networks")) {
      write_network(w, argv[2]);
    } else if (!strcmp(argv[1], "calls") && w->name[0] == 'W') {
      measure_workload(w, argv[2]);
    } else if (!strcmp(argv[1], "loading") && is_loaded) {
      measure_loading(w, argv[2]);
    } else if (!strcmp(argv[1], "memory") && !strcmp(w->name, "W3")) {
      measure_memory(w, argv[2]);
    }
  }
  return wrong_results ? 1 : 0;
}
