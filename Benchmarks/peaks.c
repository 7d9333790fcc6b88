/*
 * peaks.c - What this machine can do: multiply-adds a second by OpenBLAS and by a loop that does nothing else.
 *
 * Usage: peaks SECONDS. Prints, for each type and number of threads, "peak TYPE THREADS RATE BY", the rate in 1e9
 * multiply-adds a second. Neither way is the better one everywhere: OpenBLAS falls back to old code on processors
 * that it does not know, and the loop's clock may drop with wide registers; so the larger number counts.
 */
#include <cblas.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#define WIDTH 64
#elif defined(__AVX__)
#define WIDTH 32
#else
#define WIDTH 16
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds;

/* Sixteen sums hide the latency of a multiply-add on every processor so far. */
#define LOOP(name, real) \
  typedef real vector_##real __attribute__((vector_size(WIDTH))); \
  static double name(void) { \
    enum { SUMS = 16, TURNS = 100000 }; \
    vector_##real sums[SUMS], factor, term; \
    double least = 1e30; \
    for (int k = 0; k < (int)(WIDTH / sizeof(real)); k++) factor[k] = (real)0.999, term[k] = (real)0.001; \
    for (int k = 0; k < SUMS; k++) sums[k] = term; \
    for (const double end = now() + seconds; now() < end;) { \
      const double start = now(); \
      for (int turn = 0; turn < TURNS; turn++) { \
        for (int k = 0; k < SUMS; k++) sums[k] = sums[k] * factor + term; \
        __asm__ volatile(""); \
      } \
      const double time = now() - start; \
      if (time < least) least = time; \
    } \
    for (int k = 1; k < SUMS; k++) sums[0] += sums[k]; \
    volatile real kept = sums[0][0]; \
    (void)kept; \
    return (double)TURNS * SUMS * (WIDTH / sizeof(real)) / least; \
  }
LOOP(loop_double, double)
LOOP(loop_float, float)

#define PRODUCT(name, real, gemm) \
  static double name(int size) { \
    const size_t count = (size_t)size * (size_t)size; \
    real *a = malloc(3 * count * sizeof *a), *b = a + count, *c = b + count; \
    double least = 1e30; \
    for (size_t k = 0; k < 2 * count; k++) a[k] = (real)(k % 7); \
    for (const double end = now() + seconds; now() < end || least == 1e30;) { \
      const double start = now(); \
      gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, a, size, b, size, 0, c, size); \
      const double time = now() - start; \
      if (time < least) least = time; \
    } \
    free(a); \
    return (double)size * size * size / least; \
  }
PRODUCT(product_double, double, cblas_dgemm)
PRODUCT(product_float, float, cblas_sgemm)

static void *loop_thread(void *is_float) {
  double *rate = malloc(sizeof *rate);
  *rate = is_float ? loop_float() : loop_double();
  return rate;
}

static double loops(int is_float, int threads) {
  pthread_t workers[2];
  double sum = 0;
  for (int k = 0; k < threads; k++) pthread_create(&workers[k], NULL, loop_thread, is_float ? workers : NULL);
  for (int k = 0; k < threads; k++) {
    void *rate;
    pthread_join(workers[k], &rate);
    sum += *(double *)rate;
    free(rate);
  }
  return sum;
}

int main(int argc, char **argv) {
  static const int sizes[] = {512, 1024, 2048};
  seconds = argc > 1 ? atof(argv[1]) : 0.2;
  for (int threads = 1; threads <= 2; threads++) {
    openblas_set_num_threads(threads);
    for (int is_float = 0; is_float < 2; is_float++) {
      const double loop = loops(is_float, threads);
      double product = 0;
      for (int k = 0; k < 3; k++) {
        const double rate = is_float ? product_float(sizes[k]) : product_double(sizes[k]);
        if (rate > product) product = rate;
      }
      printf("peak\t%s\t%d\t%.2f\t%s\tOpenBLAS (%s) %.2f, loop of multiply-adds %.2f\n", is_float ? "f32" : "f64",
             threads, 1e-9 * (loop > product ? loop : product), loop > product ? "loop" : "OpenBLAS",
             openblas_get_corename(), 1e-9 * product, 1e-9 * loop);
      fflush(stdout);
    }
  }
  return 0;
}
