/*
 * Times the kernels against OpenBLAS and against the peak of one core. From the top of the repository:
 *
 *     kernels="$(echo Sources/CKernels/[a-z]*.c)"
 *     clang -O3 -fno-math-errno -ISources/CKernels/include Benchmarks/kernels.c $kernels \
 *       $(pkg-config --cflags --libs openblas) -lm -o kernels-benchmark
 *     env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE ./kernels-benchmark [instruction set, 0 to 2]
 *
 * Times are the best of several rounds, in nanoseconds a call on one thread: the product from a packed
 * operand, the same with bias, tanh and its slope, the product from an unpacked operand, and OpenBLAS.
 * "blas/own" above 1 means that the kernel wins. OpenBLAS falls back to its oldest code on processors it does
 * not know; OPENBLAS_CORETYPE=SkylakeX shows what it can do where it knows AVX-512.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernels.h"
#include "products.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The best time of one run of `statement`, over rounds of about a tenth of a millisecond. */
#define TIME(result, statement) \
  do { \
    double start = now(); \
    long count = 1; \
    for (;; count *= 2) { \
      start = now(); \
      for (long i = 0; i < count; i++) statement; \
      if (now() - start > 1e5) break; \
    } \
    result = 1e30; \
    for (int round = 0; round < 15; round++) { \
      start = now(); \
      for (long i = 0; i < count; i++) statement; \
      double each = (now() - start) / (double)count; \
      if (each < result) result = each; \
    } \
  } while (0)

static void *numbers(int64_t count, int size) {
  void *p = aligned_alloc(64, ((size_t)count * (size_t)size + 127) / 64 * 64);
  for (int64_t i = 0; i < count; i++) {
    double value = (double)rand() / RAND_MAX - 0.5;
    if (size == 8)
      ((double *)p)[i] = value;
    else
      ((float *)p)[i] = (float)value;
  }
  return p;
}

#define PRODUCTS(real, suffix, gemm, gemv) \
  static void products_##suffix(int64_t m) { \
    static const int64_t sizes[] = {4, 8, 10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512}; \
    printf("\n%s, m = %lld\n%6s %10s %10s %10s %8s %9s %9s\n", #real, (long long)m, "k = n", "own", "tanh", \
           "unpacked", "blas", "Gflop/s", "blas/own"); \
    for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++) { \
      int64_t n = sizes[s]; \
      real *a = numbers(m * n, sizeof(real)), *b = numbers(n * n, sizeof(real)); \
      real *y = numbers(m * n, sizeof(real)), *bias = numbers(n, sizeof(real)); \
      real *slope = numbers(m * n, sizeof(real)); \
      real *packed = numbers(netjac_packed_size_##suffix(n, n), sizeof(real)); \
      netjac_pack_##suffix(packed, b, n, 1, n, n); \
      netjac_product_##suffix product = netjac_find_product_##suffix(m, n, n); \
      netjac_product_strided_##suffix strided = netjac_find_product_strided_##suffix(); \
      netjac_epilogue_##suffix layer = { \
        .bias = bias, .activation = NETJAC_ACTIVATION_TANH, .slope = slope, .slope_stride = n}; \
      double own, with_tanh, unpacked, blas; \
      TIME(own, product(y, n, a, n, 1, packed, m, n, n, NULL)); \
      TIME(with_tanh, product(y, n, a, n, 1, packed, m, n, n, &layer)); \
      TIME(unpacked, strided(y, n, a, n, 1, b, n, 1, m, n, n, NULL, packed)); \
      if (m == 1) \
        TIME(blas, gemv(CblasRowMajor, CblasTrans, (int)n, (int)n, 1, b, (int)n, a, 1, 0, y, 1)); \
      else \
        TIME(blas, gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)n, 1, a, (int)n, b, \
                        (int)n, 0, y, (int)n)); \
      double rate = 2.0 * (double)(m * n * n) / own; \
      printf("%6lld %10.1f %10.1f %10.1f %8.0f %9.1f %9.2f\n", (long long)n, own, with_tanh, unpacked, blas, \
             rate, blas / own); \
      free(a), free(b), free(y), free(bias), free(slope), free(packed); \
    } \
  }

PRODUCTS(double, f64, cblas_dgemm, cblas_dgemv)
PRODUCTS(float, f32, cblas_sgemm, cblas_sgemv)

int main(int count, char **arguments) {
  if (count > 1 && !netjac_kernels_select_isa(atoi(arguments[1]))) return 1;
  openblas_set_num_threads(1);
  printf("instruction set %d; OpenBLAS for %s\n", netjac_kernels_isa(), openblas_get_corename());
  static const int64_t rows[] = {1, 8, 32, 256};
  for (int i = 0; i < 4; i++) products_f64(rows[i]);
  for (int i = 0; i < 4; i++) products_f32(rows[i]);
  return 0;
}
