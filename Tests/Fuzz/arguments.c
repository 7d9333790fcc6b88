/*
 * arguments.c - Calls the functions of netjac.h with arguments at their limits and in random order: whatever comes, a
 * call returns, with an error that is none of the library's own, within time and memory.
 *
 * Usage: arguments FOLDER SEED SEQUENCES SECONDS MODEL
 *
 * FOLDER is for files of the calls, MODEL one that is loaded with each option. Runs until SEQUENCES or SECONDS are over;
 * every sequence follows from SEED and its number alone, and runs in a batch of 500. `arguments FOLDER SEED:NUMBER 1 60
 * MODEL` repeats one, and `... SEED:NUMBER 500 ...` a batch that begins with it. Options are then tried one by one, each
 * with every value and with whatever uses it. FOLDER is emptied. Ends with `N passed, N failed`.
 *
 * Arrays hold a few numbers that are right and then some that are not, so that counts beyond them meet an error; counts
 * themselves are small, negative, or so large that no array of theirs could exist. A size may be said to be the largest
 * there is: buffers hold the longest text that names of 100,000 characters can give.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <netjac.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

enum kind {
  NOTHING, INT64, INT32, SIZE, DOUBLE, TEXT, BUFFER, BYTES, RECEIVER, OPTIONS, NETWORK, GRAPH, TRAINER, STORE, STUDY,
  REALS, WHOLES64, WHOLES32
};
enum { MOST_PARAMETERS = 12, ARRAY = 1 << 16, BUFFER_SIZE = 1 << 22 };

union value {
  int64_t whole;
  double real;
  void *pointer;
};

struct function {
  const char *name;
  int (*call)(const union value *);
  int count;
  enum kind kinds[MOST_PARAMETERS];
};

#include "calls.inc"
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* ---- What is passed ---- */

static const char *texts[] = {
  "", "x", "y", "forward", "jacobian", "hessian", "kinks", "Tanh", "Add", "MatMul", "Concat", "Softmax", "axis=0",
  "axis=9223372036854775807", "axis=-9223372036854775808", "alpha=1e400", "perm=1,0", "to=1", "summary", "schema",
  "check", "unsent", "sobol", "latin", "random", "grid", "corners", "fill", "status=done", "speed>=nan", "x<1e999",
  "version=all", "retry", "discard", "delete", "tag=", "tag=a", "priority=inf", "priority=nan", "text", "dot",
  "model.onnx", "copy.db", "table.csv", "no/such/folder/file.onnx", ".", "/", "study", "unit=m lower=0 upper=1",
  "lower=nan", "step=0", "scale=log lower=0", "{}", "{\"a\":1}", "[", "\xff\xfe", "%n%s%s%s", "tanh", "relu",
  "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "-1e308", "4.9e-324", "nan", "inf",
  "-0", "0", "1", "2", "3", "0.5", "1e-300", "100000000000", "2147483648", "1.5", "all", "true", "false", "float32",
  "0x10", " 1 ", "1,2,3", "*", "**", "x=1", "x=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "none", "standard",
};
static const char *model;
static char *long_text;
static char **keys; /* of the options, as the library names them */
static size_t key_count;

static const int64_t wholes[] = {INT64_MIN, INT64_MIN + 1, -1, INT64_MAX, INT64_MAX - 1, INT64_MAX / 2 + 1,
                                 (int64_t)1 << 60, ((int64_t)1 << 61) + 1, -((int64_t)1 << 32)};
static const int32_t halves[] = {INT32_MIN, INT32_MIN + 1, -1, -2, INT32_MAX, INT32_MAX - 1};
static const double reals[] = {0, -0.0, 1, -1, 0.25, 1e308, -1e308, 4.9e-324, 1e-300, NAN, INFINITY, -INFINITY, 0.5};

static void *arrays[4]; /* reals, 64-bit and 32-bit whole numbers, bytes */
static netjac_options *options;
static netjac_network *network;
static netjac_graph *graph;
static netjac_trainer *trainer;
static netjac_store *store;
static netjac_study *study;
static void *received;

/* Behind it is a page that nothing may touch, so what is written beyond the end is seen where it happens. */
static void *fenced(size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + size, page, PROT_NONE) != 0) {
    fputs("there is no memory for arrays\n", stderr);
    exit(2);
  }
  return memory;
}

static void fill_wholes(int64_t *w) {
  for (size_t k = 0; k < ARRAY / sizeof *w; k++) w[k] = k < 8 ? (int64_t)(k % 3 + 1) : -1 - (int64_t)k;
}

static void fill_arrays(void) {
  double *r = arrays[0];
  int32_t *h = arrays[2];
  for (size_t k = 0; k < ARRAY / sizeof *r; k++) r[k] = 0.25 + 0.001 * (double)(k % 64);
  fill_wholes(arrays[1]);
  for (size_t k = 0; k < ARRAY / sizeof *h; k++) h[k] = k < 8 ? (int32_t)(k % 3) : -1 - (int32_t)k;
}

static void release_all(void) {
  netjac_study_release(study);
  netjac_store_release(store);
  netjac_trainer_release(trainer);
  netjac_graph_release(graph);
  netjac_release(network);
  netjac_options_release(options);
}

static void make_all(void) {
  const int64_t sizes[] = {2, 3, 2}, dims[] = {2, 2};
  int32_t values[3];
  double point[4] = {0.1, 0.2, 0.3, 0.4};
  options = netjac_options_create();
  netjac_options_set(options, "busy_timeout", "1");
  netjac_options_set(options, "retry", "1");
  netjac_mlp(3, sizes, "tanh", 1, &network);
  netjac_trainer_create(network, NULL, &trainer);
  netjac_graph_create(&graph);
  netjac_graph_input(graph, "x", 2, dims, &values[0]);
  netjac_graph_parameter(graph, "p", 2, dims, point, &values[1]);
  netjac_graph_apply(graph, "MatMul", 2, values, NULL, 1, &values[2]);
  store = NULL;
  study = NULL;
  netjac_store_open("fuzz.db", options, &store);
  netjac_study_open(store, "foot", options, &study);
  netjac_study_variable(study, NETJAC_INPUT, "speed", 1, "lower=0 upper=1");
  netjac_study_variable(study, NETJAC_INPUT, "depth", 1, "lower=0 upper=1");
  netjac_study_variable(study, NETJAC_OUTPUT, "force", 1, NULL);
  netjac_study_variable(study, NETJAC_OUTPUT, "torque", 1, NULL);
  netjac_study_add(study, 2, point, NULL, 0, NULL, NULL);
}

static void *some_text(int is_key) {
  if (is_key && key_count && below(8)) return keys[below(key_count)];
  switch (below(24)) {
    case 0: return NULL;
    case 1: return long_text;
    default: return (void *)(uintptr_t)ONE_OF(texts);
  }
}

static void *some_array(void *array, size_t alignment) {
  switch (below(24)) {
    case 0: return NULL;
    case 1: return alignment > 1 ? (char *)array + 1 + below(alignment - 1) : array;
    default: return array;
  }
}

static void *some_handle(void *handle) {
  void *const others[] = {NULL, network, graph, store, options, (void *)8, arrays[0]};
  return below(12) ? handle : ONE_OF(others);
}

/* Whether the first whole numbers, as lengths, are those of arrays that exist: a call may have left a large one there. */
static int are_lengths(const int64_t *w) {
  for (int k = 0; k < 8; k++)
    if (w[k] > 16) return 0;
  return 1;
}

static union value some_value(const struct function *f, int place) {
  union value v = {0};
  const int is_rare = !below(3);
  switch (f->kinds[place]) {
    case INT64: v.whole = is_rare ? ONE_OF(wholes) : (int64_t)below(4); break;
    case INT32:
      v.whole = is_rare ? ONE_OF(halves) : (int64_t)below(4);
      /* As many epochs as that would be run. */
      if (strcmp(f->name, "netjac_trainer_fit") == 0 && v.whole > 3) v.whole = -1;
      break;
    case SIZE:
      v.whole = is_rare ? -1 : (int64_t)below(200);
      break;
    case DOUBLE:
      v.real = ONE_OF(reals);
      /* As long as that would be waited. */
      if (strcmp(f->name, "netjac_study_claim") == 0 && v.real > 0) v.real = 0.001;
      break;
    case TEXT: v.pointer = some_text(strcmp(f->name, "netjac_options_set") == 0 && place == 1); break;
    case BUFFER: v.pointer = below(8) ? arrays[3] : NULL; break;
    case BYTES: v.pointer = some_array(arrays[3], 1); break;
    case RECEIVER: v.pointer = below(12) ? &received : NULL; break;
    case OPTIONS: v.pointer = below(3) ? some_handle(options) : NULL; break;
    case NETWORK: v.pointer = some_handle(network); break;
    case GRAPH: v.pointer = some_handle(graph); break;
    case TRAINER: v.pointer = some_handle(trainer); break;
    case STORE: v.pointer = some_handle(store); break;
    case STUDY: v.pointer = some_handle(study); break;
    case REALS: v.pointer = some_array(arrays[0], 8); break;
    case WHOLES64:
      if (strncmp(f->name, "netjac_st", 9) != 0 && !are_lengths(arrays[1])) fill_wholes(arrays[1]);
      v.pointer = some_array(arrays[1], 8);
      break;
    case WHOLES32: v.pointer = some_array(arrays[2], 4); break;
    default: break;
  }
  return v;
}

/* ---- Children ---- */

/* What the parent reads of a child that died. */
static struct report {
  uint64_t sequence;
  int calls;
  char doing[4096];
  uint64_t done;
} *report;

static void describe(const struct function *f, const union value *v) {
  size_t length = strlen(report->doing);
  char *text = report->doing;
  const size_t size = sizeof report->doing;
#define SAY(...) (length < size ? (void)(length += (size_t)snprintf(text + length, size - length, __VA_ARGS__)) : (void)0)
  SAY("  %s(", f->name);
  for (int k = 0; k < f->count; k++) {
    switch (f->kinds[k]) {
      case DOUBLE: SAY("%s%g", k ? ", " : "", v[k].real); break;
      case TEXT:
        if (v[k].pointer) SAY("%s\"%.60s\"", k ? ", " : "", (char *)v[k].pointer);
        else SAY("%sNULL", k ? ", " : "");
        break;
      case INT64: case INT32: case SIZE: SAY("%s%lld", k ? ", " : "", (long long)v[k].whole); break;
      default: SAY("%s%s", k ? ", " : "", v[k].pointer ? "*" : "NULL");
    }
  }
  SAY(")\n");
}

static void run_sequence(uint64_t seed, uint64_t number) {
  state = seed * 0x2545f4914f6cdd1du + number;
  report->sequence = number;
  report->doing[0] = 0;
  const int length = 1 + (int)below(6);
  int is_spoilt = 0;
  fill_arrays();
  for (int k = 0; k < length; k++) {
    const struct function *f = &functions[below(FUNCTIONS)];
    union value v[MOST_PARAMETERS];
    for (int place = 0; place < f->count; place++) v[place] = some_value(f, place);
    received = NULL;
    describe(f, v);
    begin_time_limit();
    check(f->call(v));
    report->calls++;
    if (strstr(f->name, "_release") || strcmp(f->name, "netjac_options_set") == 0) is_spoilt = 1;
    switch (netjac_handle_kind(received)) {
      case NETJAC_HANDLE_NETWORK: netjac_release(received); break;
      case NETJAC_HANDLE_GRAPH: netjac_graph_release(received); break;
      case NETJAC_HANDLE_TRAINER: netjac_trainer_release(received); break;
      case NETJAC_HANDLE_STORE: netjac_store_release(received); break;
      case NETJAC_HANDLE_STUDY: netjac_study_release(received); break;
      default: break;
    }
  }
  begin_time_limit();
  if (is_spoilt || !below(64)) {
    release_all();
    make_all();
  }
  report->done++;
}

/* One option at a value, with whatever uses it. */
static void run_option(const char *key, const char *value) {
  static const char *const optimisers[] = {"sgd", "adam", "adamw", "rmsprop", "lbfgs", "levenberg_marquardt"};
  const int64_t sizes[] = {2, 3, 2};
  double loss[4];
  snprintf(report->doing, sizeof report->doing, "  option %s = \"%.60s\"\n", key, value);
  begin_time_limit();
  fill_arrays();
  for (size_t k = 0; k < sizeof optimisers / sizeof *optimisers; k++) {
    netjac_options *o = netjac_options_create();
    netjac_network *n = NULL;
    netjac_trainer *t = NULL;
    netjac_store *s = NULL;
    netjac_study *d = NULL;
    netjac_options_set(o, "optimizer", optimisers[k]);
    netjac_options_set(o, "busy_timeout", "1");
    netjac_options_set(o, "retry", "1");
    const int status = netjac_options_set(o, key, value);
    check(status);
    report->calls++;
    if (status == NETJAC_OK) {
      if (k == 0) {
        netjac_network *file = NULL;
        check(netjac_load(model, o, &file));
        if (file) check(netjac_forward(file, 1, arrays[0], loss));
        if (file) check(netjac_jacobian(file, 1, arrays[0], NULL, arrays[3], NETJAC_ROW_MAJOR));
        netjac_release(file);
        unlink("option.db");
        check(netjac_store_open("option.db", o, &s));
        if (s) check(netjac_study_open(s, "foot", o, &d));
        netjac_study_release(d);
        netjac_store_release(s);
      }
      check(netjac_mlp(3, sizes, "relu", 1, &n));
      check(netjac_trainer_create(n, o, &t));
      if (t) {
        check(netjac_trainer_step(t, 4, arrays[0], arrays[0], loss));
        check(netjac_trainer_fit(t, 4, arrays[0], arrays[0], 2, loss));
        check(netjac_trainer_loss(t, 4, arrays[0], arrays[0], loss));
      }
    }
    netjac_trainer_release(t);
    netjac_release(n);
    netjac_options_release(o);
  }
  report->done++;
}

/* What sequences find in the folder follows from those before them in the batch alone. */
static void empty_folder(void) {
  DIR *folder = opendir(".");
  for (const struct dirent *entry; folder && (entry = readdir(folder));) unlink(entry->d_name);
  if (folder) closedir(folder);
}

static void prepare_child(void) {
#ifndef UNLIMITED
  /* Above what the library maps at its start; an allocation beyond it fails as on an exhausted machine. */
  const struct rlimit most = {(rlim_t)6 << 30, (rlim_t)6 << 30};
  setrlimit(RLIMIT_AS, &most);
#endif
  make_all();
}

/* Waits for a child; says how it ended if that was not well. */
static int ended_well(pid_t child, const char *what) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 1;
  if (WIFSIGNALED(status))
    printf("FAILED: %s %llu ended by signal %d (%s):\n%s", what, (unsigned long long)report->sequence, WTERMSIG(status),
           signal_text(WTERMSIG(status)), report->doing);
  else
    printf("FAILED: %s %llu: %s\n%s", what, (unsigned long long)report->sequence, complaint, report->doing);
  fflush(stdout);
  return 0;
}

static void find_keys(void) {
  netjac_options *o = netjac_options_create();
  netjac_options_set(o, "no such option", "1");
  char *list = strdup(netjac_last_error()), *rest = strstr(list, "are ");
  netjac_options_release(o);
  keys = calloc(256, sizeof *keys);
  for (char *key = rest ? strtok(rest + 4, ", ") : NULL; key && key_count < 256; key = strtok(NULL, ", ")) {
    if (strchr(key, '<') || strchr(key, '\'')) continue;
    keys[key_count++] = key;
  }
}

int main(int argc, char **argv) {
  if (argc != 6 || !(model = realpath(argv[5], NULL)) || chdir(argv[1]) != 0) {
    fprintf(stderr, "usage: arguments FOLDER SEED[:NUMBER] SEQUENCES SECONDS MODEL\n");
    return 2;
  }
  char *end;
  const uint64_t seed = strtoull(argv[2], &end, 10), first = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
  const uint64_t sequences = strtoull(argv[3], NULL, 10);
  const double seconds = atof(argv[4]);
  const time_t start = time(NULL);
  const uint64_t batch = 500;
  uint64_t failed = 0;

  report = shared(sizeof *report);
  complaint = shared(COMPLAINT);
  for (int k = 0; k < 4; k++) arrays[k] = fenced(k == 3 ? BUFFER_SIZE : ARRAY);
  memset(arrays[3], 7, ARRAY);
  long_text = malloc(100001);
  memset(long_text, 'n', 100000);
  long_text[100000] = 0;
  find_keys();
  setenv("OPENBLAS_NUM_THREADS", "1", 1);

  for (uint64_t k = first; k < first + sequences && difftime(time(NULL), start) < seconds && failed < 50;) {
    const uint64_t until = k + batch < first + sequences ? k + batch : first + sequences;
    empty_folder();
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      prepare_child();
      for (; k < until; k++) run_sequence(seed, k);
      _exit(0);
    }
    if (ended_well(child, "sequence")) {
      k = until;
    } else {
      failed++;
      k = report->sequence + 1;
    }
  }
  if (*end != ':') {
    for (size_t key = 0; key < key_count && failed < 50; key++) {
      for (size_t value = 0; value < sizeof texts / sizeof *texts;) {
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
          prepare_child();
          for (; value < sizeof texts / sizeof *texts; value++) {
            report->sequence = value;
            run_option(keys[key], texts[value]);
          }
          _exit(0);
        }
        if (ended_well(child, "option value")) break;
        failed++;
        value = report->sequence + 1;
      }
    }
  }
  printf("%llu sequences and values, %d calls of %d functions and %zu options in %.0f s\n",
         (unsigned long long)report->done, report->calls, (int)FUNCTIONS, key_count, difftime(time(NULL), start));
  printf("%llu passed, %llu failed\n", (unsigned long long)report->done, (unsigned long long)failed);
  return failed > 0;
}
