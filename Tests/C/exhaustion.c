/*
 * exhaustion.c - A machine without memory gets NETJAC_ERROR_MEMORY, not the end of the process.
 *
 * The allocator is defined here, in the executable, so the library's calls come here too. Every allocation of 64 KiB or
 * more of a piece of work fails in turn: the call returns, with NETJAC_OK or NETJAC_ERROR_MEMORY, what it made can be
 * released, the same work succeeds afterwards, and in the end no large block is left. Then the
 * work runs with less and less address space, where mapping memory fails as well, for a network of 1 MB, for one whose
 * weights take as much as all that the library holds in reserve, and for files of Keras whose weights take more.
 *
 * Usage: exhaustion FOLDER
 */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <math.h>
#include <netjac.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { LARGE = 1 << 16 };

/* Large allocations so far, and the one that fails; 0: none does. */
static atomic_long large_count, failing, failing_from;

static int fails(size_t size) {
  if (size < LARGE) return 0;
  const long number = atomic_fetch_add(&large_count, 1) + 1;
  return number == atomic_load(&failing) || (failing_from && number >= failing_from);
}

void *malloc(size_t size) { return fails(size) ? NULL : __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return fails(number * size) ? NULL : __libc_calloc(number, size); }
void *realloc(void *pointer, size_t size) { return fails(size) ? NULL : __libc_realloc(pointer, size); }
void *memalign(size_t alignment, size_t size) { return fails(size) ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return fails(size) ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void **pointer, size_t alignment, size_t size) {
  if (fails(size)) return ENOMEM;
  *pointer = __libc_memalign(alignment, size);
  return *pointer == NULL ? ENOMEM : 0;
}

enum { INPUTS = 64, OUTPUTS = 32, SAMPLES = 300 };
/* The widest layer of the networks. */
static int width = 300;
static double x[SAMPLES * INPUTS], y[SAMPLES * OUTPUTS], jacobian[SAMPLES * INPUTS * OUTPUTS];
static double hessian[INPUTS * INPUTS], weights[OUTPUTS];
static const char *folder;

static const char *path(const char *name) {
  static char paths[4][512];
  static int next;
  char *text = paths[next++ % 4];
  snprintf(text, sizeof *paths, "%s/%s", folder, name);
  return text;
}

/* Whether a status is one that a machine without memory may give. */
static int is_expected(netjac_status status, const char *what) {
  const int right = status == NETJAC_OK || status == NETJAC_ERROR_MEMORY;
  CHECK_SAYING(right, "%s gives status %d: %s", what, (int)status, netjac_last_error());
  return status == NETJAC_OK;
}
#define TRY(call) \
  if (!is_expected(call, #call)) goto end

/* ---- Pieces of work; each adds what it computes to `sum` and returns whether it came to its end ---- */

static int load_and_run(const char *name, double *sum) {
  netjac_network *network = NULL;
  int done = 0;
  TRY(netjac_load(path(name), NULL, &network));
  TRY(netjac_forward(network, 1, x, y));
  TRY(netjac_jacobian(network, 1, x, NULL, jacobian, NETJAC_COLUMN_MAJOR));
  TRY(netjac_hessian(network, 1, x, weights, hessian));
  TRY(netjac_jacobian(network, SAMPLES, x, y, jacobian, NETJAC_ROW_MAJOR));
  for (int k = 0; k < OUTPUTS * SAMPLES; k++) *sum += y[k];
  for (int k = 0; k < OUTPUTS * INPUTS; k++) *sum += jacobian[k] + hessian[k % (INPUTS * INPUTS)];
  done = 1;
end:
  netjac_release(network);
  return done;
}

static int load_model(double *sum) { return load_and_run("exhaustion.onnx", sum); }

static int load_bytes(double *sum) {
  static char bytes[40 << 20];
  netjac_network *network = NULL;
  FILE *file = fopen(path("exhaustion.onnx"), "rb");
  const size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
  int done = 0;
  if (file) fclose(file);
  TRY(netjac_load_bytes(bytes, size, NULL, &network));
  TRY(netjac_forward(network, 1, x, y));
  *sum += y[0];
  done = 1;
end:
  netjac_release(network);
  return done;
}

/* Small files with large weights, all zero: more than all that the library holds in reserve, unpacked and as numbers. */
static int load_large(const char *name, double *sum) {
  netjac_network *network = NULL;
  int done = 0;
  TRY(netjac_load(name, NULL, &network));
  TRY(netjac_forward(network, 1, x, y));
  *sum += 1 + y[0];
  done = 1;
end:
  netjac_release(network);
  return done;
}

static int load_archive(double *sum) { return load_large("Tests/Corpus/containers/large.keras", sum); }
static int load_chunks(double *sum) { return load_large("Tests/Corpus/containers/large.h5", sum); }

static int make_and_save(double *sum) {
  const int64_t sizes[] = {INPUTS, width, width, OUTPUTS};
  netjac_network *network = NULL;
  int done = 0;
  TRY(netjac_mlp(4, sizes, "tanh", 3, &network));
  TRY(netjac_save(network, path("exhaustion-2.onnx")));
  TRY(netjac_save_jacobian(network, path("exhaustion-3.onnx")));
  TRY(netjac_forward(network, 1, x, y));
  *sum += y[0];
  done = 1;
end:
  netjac_release(network);
  return done;
}

static int train(double *sum) {
  const int64_t sizes[] = {INPUTS, width, width, OUTPUTS};
  netjac_network *network = NULL, *trained = NULL;
  netjac_trainer *trainer = NULL;
  double loss = 0;
  int done = 0;
  TRY(netjac_mlp(4, sizes, "tanh", 3, &network));
  TRY(netjac_trainer_create(network, NULL, &trainer));
  TRY(netjac_trainer_fit(trainer, SAMPLES, x, y, 2, NULL));
  TRY(netjac_trainer_loss(trainer, SAMPLES, x, y, &loss));
  TRY(netjac_trainer_network(trainer, &trained));
  *sum += loss;
  done = 1;
end:
  netjac_release(trained);
  netjac_trainer_release(trainer);
  netjac_release(network);
  return done;
}

static int find_structures(double *sum) {
  const int64_t sizes[] = {width, 20, 2};
  netjac_network *network = NULL;
  int64_t nonzeros = 0;
  int done = 0;
  TRY(netjac_mlp(3, sizes, "tanh", 3, &network));
  TRY(netjac_hessian_sparsity(network, &nonzeros, NULL, NULL));
  TRY(netjac_prepare(network, "jacobian_sparse", 1));
  *sum += (double)nonzeros;
  done = 1;
end:
  netjac_release(network);
  return done;
}

static int build(double *sum) {
  const int64_t dims[2] = {width, width};
  static double numbers[1500 * 1500];
  netjac_graph *graph = NULL;
  netjac_network *network = NULL;
  int32_t values[2], product, result;
  int done = 0;
  TRY(netjac_graph_create(&graph));
  TRY(netjac_graph_input(graph, "x", 2, dims, &values[0]));
  TRY(netjac_graph_parameter(graph, "W", 2, dims, numbers, &values[1]));
  TRY(netjac_graph_apply(graph, "MatMul", 2, values, NULL, 1, &product));
  TRY(netjac_graph_apply(graph, "ReduceSum", 1, &product, NULL, 1, &result));
  TRY(netjac_graph_network(graph, 1, values, 1, &result, &network));
  TRY(netjac_prepare(network, "vjp", 1));
  *sum += 1;
  done = 1;
end:
  netjac_release(network);
  netjac_graph_release(graph);
  return done;
}

static const struct work {
  const char *name;
  int (*run)(double *sum);
} works[] = {{"load and run", load_model}, {"load bytes", load_bytes}, {"make and save", make_and_save},
             {"train", train},             {"build", build},           {"find structures", find_structures}},
  large_works[] = {{"load a large Keras archive", load_archive}, {"load a large HDF5 file", load_chunks}};

static double numbers_of(const struct work *work) {
  double sum = 0;
  CHECK_SAYING(work->run(&sum), "%s, with all memory there is", work->name);
  return sum;
}

static void test_failing_allocations(const struct work *work, int all_later) {
  const double right = numbers_of(work);
  long places = 0, refused = 0;
  for (long k = 1;; k++) {
    double sum = 0;
    atomic_store(&large_count, 0);
    atomic_store(all_later ? &failing_from : &failing, k);
    const int done = work->run(&sum);
    atomic_store(&failing, 0);
    atomic_store(&failing_from, 0);
    if (!done) refused++;
    /* Without memory for the plan of a tile samples run one by one, and sums may be taken in another order. */
    if (done && fabs(sum - right) > 1e-12 * fabs(right))
      CHECK_SAYING(0, "%s: %.17g, not %.17g", work->name, sum, right);
    if (atomic_load(&large_count) < k) break;
    places++;
  }
  CHECK_SAYING(places > 0 && refused > 0, "%s: %ld places, %ld refused", work->name, places, refused);
  CHECK(numbers_of(work) == right);
  printf("%s: %ld allocations failed%s, %ld calls ended with NETJAC_ERROR_MEMORY\n", work->name, places,
         all_later ? " with all later ones" : "", refused);
}

/* Address space: how much of it a process has now. */
static rlim_t mapped(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file) {
    if (fscanf(file, "%lu", &pages) != 1) pages = 0;
    fclose(file);
  }
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void test_address_space(const struct work *work, rlim_t step, rlim_t most) {
  int refused = 0, ran = 0;
  for (rlim_t room = step; room <= most; room += step) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      double sum = 0;
      const struct rlimit most = {mapped() + room, mapped() + room};
      setrlimit(RLIMIT_AS, &most);
      _exit(work->run(&sum) ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK_SAYING(WIFEXITED(status), "%s with %lu KiB ends by signal %d", work->name, (unsigned long)(room >> 10),
                 WTERMSIG(status));
    if (WIFEXITED(status)) WEXITSTATUS(status) ? refused++ : ran++;
  }
  CHECK(ran > 0);
  printf("%s at width %d with %.1f to %.0f MiB of address space: %d refused, %d ran\n", work->name, width,
         (double)step / (1 << 20), (double)most / (1 << 20), refused, ran);
}

/* In a child, for this process is to have no memory of its own from earlier work. */
static void write_model(void) {
  const pid_t child = fork();
  if (child == 0) {
    const int64_t sizes[] = {INPUTS, width, width, OUTPUTS};
    netjac_network *network = NULL;
    _exit(netjac_mlp(4, sizes, "tanh", 1, &network) || netjac_save(network, path("exhaustion.onnx")));
  }
  int status = 1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  folder = argv[1];
  for (size_t k = 0; k < sizeof x / sizeof *x; k++) x[k] = 0.01 * (double)(k % 97) - 0.5;
  for (int k = 0; k < OUTPUTS; k++) weights[k] = 1;

  const size_t count = sizeof works / sizeof *works;
  write_model();
  for (size_t k = 0; k < count; k++) test_address_space(&works[k], (rlim_t)1 << 19, (rlim_t)24 << 20);
  width = 1500;
  write_model();
  for (size_t k = 0; k < count; k++) test_address_space(&works[k], (rlim_t)20 << 20, (rlim_t)300 << 20);
  width = 300;
  write_model();
  for (size_t k = 0; k < count; k++) {
    test_failing_allocations(&works[k], 0);
    test_failing_allocations(&works[k], 1);
  }
  width = 3000;
  for (size_t k = 0; k < sizeof large_works / sizeof *large_works; k++) {
    test_address_space(&large_works[k], (rlim_t)20 << 20, (rlim_t)600 << 20);
    test_failing_allocations(&large_works[k], 0);
    test_failing_allocations(&large_works[k], 1);
  }
  return checks_result();
}
