/*
 * allocations.c - After netjac_prepare() a call allocates nothing, and with a single sample it takes no lock.
 *
 * The allocator's functions and the locks are defined here, in the executable, which the dynamic linker searches
 * first: so they count the calls of the library, of its worker threads and of the C library too.
 *
 * Usage: allocations MODEL...
 */
#define _GNU_SOURCE
#include "calls.h"
#include "check.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *pointer);

static atomic_int counting;
static atomic_long allocations, releases, locks;

static void count(atomic_long *counter) {
  if (atomic_load_explicit(&counting, memory_order_relaxed)) atomic_fetch_add(counter, 1);
}

void *malloc(size_t size) {
  count(&allocations);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(&allocations);
  return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
  count(&allocations);
  return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  count(&allocations);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(&allocations);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  count(&allocations);
  *pointer = __libc_memalign(alignment, size);
  return *pointer == NULL ? ENOMEM : 0;
}

void free(void *pointer) {
  if (pointer != NULL) count(&releases);
  __libc_free(pointer);
}

typedef int (*lock_function)(pthread_mutex_t *);
static lock_function real_lock;

int pthread_mutex_lock(pthread_mutex_t *mutex) {
  count(&locks);
  if (real_lock == NULL) real_lock = (lock_function)dlsym(RTLD_NEXT, "pthread_mutex_lock");
  return real_lock(mutex);
}

/* The counters must work, or the zeros below would mean nothing. */
static void test_counters(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  void *volatile pointer;
  atomic_store(&counting, 1);
  pointer = malloc(10);
  pointer = realloc(pointer, 20);
  free(pointer);
  pointer = aligned_alloc(64, 64);
  free(pointer);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  /* An error allocates its message, inside the library: so its calls are counted too. */
  const long before = atomic_load(&allocations);
  netjac_input_count(NULL);
  atomic_store(&counting, 0);
  CHECK(before == 3 && atomic_load(&releases) >= 2 && atomic_load(&locks) >= 1);
  CHECK(atomic_load(&allocations) > before);
}

/* The tasks of calls.h, and behind them the distances to kinks. */
enum { KINKS = TASK_COUNT, ALL_TASKS };

static const char *task_name(int task) { return task == KINKS ? "kinks" : task_names[task]; }

static netjac_status call_any(int task, int is_float, netjac_network *network, int64_t samples, const void *x,
                              const void *direction, void *y, void *result) {
  if (task != KINKS) return call(task, is_float, network, samples, x, direction, y, result, NETJAC_ROW_MAJOR);
  return is_float ? netjac_kinks_f32(network, samples, x, result) : netjac_kinks(network, samples, x, result);
}

static void test(const char *model, int is_float, const char *precision) {
  enum { BATCH = 50, ROUNDS = 3 };
  netjac_options *options = netjac_options_create();
  netjac_network *network = NULL;
  netjac_options_set(options, "precision", precision);
  CHECK_SAYING(netjac_load(model, options, &network) == NETJAC_OK, "%s: %s", model, netjac_last_error());
  netjac_options_release(options);
  if (network == NULL) return;
  const size_t n = (size_t)netjac_input_size(network), m = (size_t)netjac_output_size(network);
  const size_t most = m * n > n * n ? m * n : n * n;
  const size_t scalar = sizeof(double);
  const int32_t kinks = netjac_kink_count(network);
  CHECK_SAYING(kinks >= 0, "%s: %s", model, netjac_last_error());
  if (kinks < 0) {
    netjac_release(network);
    return;
  }
  void *x = calloc(BATCH * n + 1, scalar), *direction = calloc(BATCH * (n + m), scalar);
  void *y = calloc(BATCH * m + 1, scalar), *result = calloc(BATCH * (most + n + m + (size_t)kinks), scalar);

  for (int task = 0; task < ALL_TASKS; task++) {
    static const int64_t batches[] = {1, 2, 7, BATCH};
    CHECK_SAYING(netjac_prepare(network, task_name(task), BATCH) == NETJAC_OK, "%s %s: %s", model,
                 task_name(task), netjac_last_error());
    for (size_t k = 0; k < sizeof batches / sizeof *batches; k++) {
      int status = NETJAC_OK;
      atomic_store(&allocations, 0);
      atomic_store(&releases, 0);
      atomic_store(&locks, 0);
      atomic_store(&counting, 1);
      for (int round = 0; round < ROUNDS; round++)
        status |= call_any(task, is_float, network, batches[k], x, direction, y, result);
      atomic_store(&counting, 0);
      CHECK_SAYING(status == NETJAC_OK, "%s %s: %s", model, task_name(task), netjac_last_error());
      CHECK_SAYING(atomic_load(&allocations) == 0 && atomic_load(&releases) == 0,
                   "%s, %s%s at %s, %d samples: %ld allocations and %ld releases in %d calls", model,
                   task_name(task), is_float ? "_f32" : "", precision, (int)batches[k], atomic_load(&allocations),
                   atomic_load(&releases), ROUNDS);
      CHECK_SAYING(batches[k] > 1 || atomic_load(&locks) == 0, "%s, %s%s at %s: %ld locks in %d calls", model,
                   task_name(task), is_float ? "_f32" : "", precision, atomic_load(&locks), ROUNDS);
    }
  }
  free(x);
  free(direction);
  free(y);
  free(result);
  netjac_release(network);
}

int main(int argc, char **argv) {
  test_counters();
  for (int k = 1; k < argc; k++) {
    test(argv[k], 0, "float64");
    test(argv[k], 1, "float64");
    test(argv[k], 0, "float32");
    test(argv[k], 1, "float32");
  }
  return checks_result();
}
