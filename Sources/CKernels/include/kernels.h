/*
 * kernels.h - Leaf loops over plain arrays: elementwise functions, copies, reductions; and products.h and
 *   windows.h.
 *
 * Every loop exists for several instruction sets. The best one for this processor is chosen when the
 * library is loaded; a caller looks a kernel up once and keeps the pointer:
 *
 *     netjac_unary_f64 tanh_kernel = netjac_find_unary_f64(NETJAC_UNARY_TANH);
 *     tanh_kernel(y, x, n);
 *
 * Memory     Nothing here allocates, locks or keeps a pointer. Counts are nonnegative; a count of 0
 *            touches nothing. Arrays need the alignment of their element only.
 * Aliasing   A result may be the same array as an operand. Any other overlap is undefined.
 * Results    An element's result depends on its operands only, not on its position, on n or on the
 *            array's alignment. Different instruction sets may differ in the last bits.
 * Arithmetic NaN, infinities, subnormal numbers and signed zeros as IEEE 754 has them, except that
 *            the sign of a zero result of relu, minimum and maximum is unspecified.
 * Threads    Every function may run on any number of threads at once.
 */
#pragma once

#include <stdint.h>

#include "products.h"
#include "windows.h"

/* The library exports the functions of netjac.h and nothing else. */
#pragma GCC visibility push(hidden)

/* ---- Instruction sets ---- */

enum netjac_isa {
  NETJAC_ISA_BASELINE = 0, /* What the compiler assumes: SSE2 on x86-64, NEON on arm64. */
  NETJAC_ISA_AVX2 = 1,     /* AVX2 and FMA. */
  NETJAC_ISA_AVX512 = 2    /* AVX-512 F, DQ, VL and BW. */
};

/** Chooses the best instruction set. Runs when the library is loaded; running it again is harmless. */
void netjac_kernels_select(void);

/**
 * For tests: makes look-ups and packing on this thread use this instruction set, until a negative number
 * ends that. Returns 0, and changes nothing, if the processor lacks it.
 */
int netjac_kernels_select_isa(int isa);

/** The instruction set that look-ups on this thread use at present, as in `netjac_isa`. */
int netjac_kernels_isa(void);

/** How many processors this process may run on; 1 if that is not known. */
int netjac_allowed_processors(void);

/** What a thread does that waits awake: leaves the core to others for a moment. */
static inline void netjac_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* ---- y[i] = f(x[i]) ----
 *
 * exp, log, log1p, expm1, sin, cos, tanh, erf, sigmoid and softplus are vectorised and within 2 ulp;
 * the other transcendental functions call the C library for each element. */

enum netjac_unary_op {
  NETJAC_UNARY_NEGATE = 0,
  NETJAC_UNARY_ABS = 1,
  NETJAC_UNARY_SIGN = 2, /* -1, 0 or 1; NaN of NaN. */
  NETJAC_UNARY_RECIPROCAL = 3,
  NETJAC_UNARY_SQUARE = 4,
  NETJAC_UNARY_SQRT = 5,
  NETJAC_UNARY_FLOOR = 6,
  NETJAC_UNARY_CEIL = 7,
  NETJAC_UNARY_TRUNC = 8,
  NETJAC_UNARY_ROUND = 9, /* Halves go to the even neighbour. */
  NETJAC_UNARY_RELU = 10, /* NaN of NaN. */
  NETJAC_UNARY_STEP = 11, /* 1 where x > 0, else 0; 0 of NaN. */
  NETJAC_UNARY_EXP = 12,
  NETJAC_UNARY_EXPM1 = 13,
  NETJAC_UNARY_LOG = 14,
  NETJAC_UNARY_LOG1P = 15,
  NETJAC_UNARY_SIN = 16,
  NETJAC_UNARY_COS = 17,
  NETJAC_UNARY_TAN = 18,
  NETJAC_UNARY_ASIN = 19,
  NETJAC_UNARY_ACOS = 20,
  NETJAC_UNARY_ATAN = 21,
  NETJAC_UNARY_SINH = 22,
  NETJAC_UNARY_COSH = 23,
  NETJAC_UNARY_TANH = 24,
  NETJAC_UNARY_ASINH = 25,
  NETJAC_UNARY_ACOSH = 26,
  NETJAC_UNARY_ATANH = 27,
  NETJAC_UNARY_ERF = 28,
  NETJAC_UNARY_SIGMOID = 29,  /* 1 / (1 + exp(-x)) */
  NETJAC_UNARY_SOFTPLUS = 30, /* log(1 + exp(x)) */
  NETJAC_UNARY_COUNT = 31
};

typedef void (*netjac_unary_f64)(double *y, const double *x, int64_t n);
typedef void (*netjac_unary_f32)(float *y, const float *x, int64_t n);

/** NULL if there is no such operation; likewise all look-ups below. */
netjac_unary_f64 netjac_find_unary_f64(enum netjac_unary_op op);
netjac_unary_f32 netjac_find_unary_f32(enum netjac_unary_op op);

/* ---- Operands that are one number instead of an array ----
 *
 * A sum of these bits, 0 for none. Such an operand is still passed as a pointer; the kernel reads it
 * once, before it writes. At least one operand is an array. */

enum netjac_scalar_operand {
  NETJAC_SCALAR_A = 1,
  NETJAC_SCALAR_B = 2,
  NETJAC_SCALAR_C = 4
};

/* ---- y[i] = f(a[i], b[i]) ---- */

enum netjac_binary_op {
  NETJAC_BINARY_ADD = 0,
  NETJAC_BINARY_SUBTRACT = 1,
  NETJAC_BINARY_MULTIPLY = 2,
  NETJAC_BINARY_DIVIDE = 3,
  NETJAC_BINARY_MINIMUM = 4, /* NaN if either is NaN. */
  NETJAC_BINARY_MAXIMUM = 5, /* NaN if either is NaN. */
  NETJAC_BINARY_POWER = 6, /* C's pow, within 2 ulp. */
  NETJAC_BINARY_REMAINDER = 7, /* C's fmod: the sign of a. */
  NETJAC_BINARY_MODULO = 8,    /* Python's %: the sign of b. */
  NETJAC_BINARY_COUNT = 9
};

typedef void (*netjac_binary_f64)(double *y, const double *a, const double *b, int64_t n);
typedef void (*netjac_binary_f32)(float *y, const float *a, const float *b, int64_t n);

/** `scalars` is 0, NETJAC_SCALAR_A or NETJAC_SCALAR_B. */
netjac_binary_f64 netjac_find_binary_f64(enum netjac_binary_op op, int scalars);
netjac_binary_f32 netjac_find_binary_f32(enum netjac_binary_op op, int scalars);

/* ---- y[i] = a[i]·b[i] + c[i] ----
 *
 * Rounded once where the instruction set has a fused multiply-add; the baseline of x86-64 rounds twice. */

typedef void (*netjac_multiply_add_f64)(
  double *y, const double *a, const double *b, const double *c, int64_t n);
typedef void (*netjac_multiply_add_f32)(
  float *y, const float *a, const float *b, const float *c, int64_t n);

/** `scalars` is any sum of A, B and C but all three. */
netjac_multiply_add_f64 netjac_find_multiply_add_f64(int scalars);
netjac_multiply_add_f32 netjac_find_multiply_add_f32(int scalars);

/* ---- y[i] = condition[i] ≠ 0 ? a[i] : b[i] ---- */

typedef void (*netjac_select_f64)(
  double *y, const uint8_t *condition, const double *a, const double *b, int64_t n);
typedef void (*netjac_select_f32)(
  float *y, const uint8_t *condition, const float *a, const float *b, int64_t n);

/** `scalars` is any sum of A and B; the condition is always an array. */
netjac_select_f64 netjac_find_select_f64(int scalars);
netjac_select_f32 netjac_find_select_f32(int scalars);

/* ---- y[i] = a[i] < b[i], as 0 or 1 ---- */

enum netjac_compare_op {
  NETJAC_COMPARE_EQUAL = 0,
  NETJAC_COMPARE_NOT_EQUAL = 1,
  NETJAC_COMPARE_LESS = 2,
  NETJAC_COMPARE_LESS_EQUAL = 3,
  NETJAC_COMPARE_GREATER = 4,
  NETJAC_COMPARE_GREATER_EQUAL = 5,
  NETJAC_COMPARE_COUNT = 6
};

typedef void (*netjac_compare_f64)(uint8_t *y, const double *a, const double *b, int64_t n);
typedef void (*netjac_compare_f32)(uint8_t *y, const float *a, const float *b, int64_t n);

/** `scalars` is 0, NETJAC_SCALAR_A or NETJAC_SCALAR_B. */
netjac_compare_f64 netjac_find_compare_f64(enum netjac_compare_op op, int scalars);
netjac_compare_f32 netjac_find_compare_f32(enum netjac_compare_op op, int scalars);

/* ---- Truth values: bytes, 0 is false; results are 0 or 1 ---- */

void netjac_is_nan_f64(uint8_t *y, const double *x, int64_t n);
void netjac_is_nan_f32(uint8_t *y, const float *x, int64_t n);
void netjac_is_infinite_f64(uint8_t *y, const double *x, int64_t n);
void netjac_is_infinite_f32(uint8_t *y, const float *x, int64_t n);
void netjac_logical_not(uint8_t *y, const uint8_t *x, int64_t n);
void netjac_logical_and(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n);
void netjac_logical_or(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n);
void netjac_logical_xor(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n);

/* ---- Moving data ----
 *
 * The number in a name is the size of an element in bytes. Strides count elements and may be
 * negative or, for a source, 0. Source and destination must not overlap. */

void netjac_fill_8(void *y, const void *value, int64_t n);
void netjac_fill_4(void *y, const void *value, int64_t n);
void netjac_fill_1(void *y, const void *value, int64_t n);

/** y[r·y_row_stride + c·y_column_stride] = x[r·x_row_stride + c·x_column_stride] */
void netjac_copy2d_8(void *y, int64_t y_row_stride, int64_t y_column_stride, const void *x,
                     int64_t x_row_stride, int64_t x_column_stride, int64_t rows, int64_t columns);
void netjac_copy2d_4(void *y, int64_t y_row_stride, int64_t y_column_stride, const void *x,
                     int64_t x_row_stride, int64_t x_column_stride, int64_t rows, int64_t columns);
void netjac_copy2d_1(void *y, int64_t y_row_stride, int64_t y_column_stride, const void *x,
                     int64_t x_row_stride, int64_t x_column_stride, int64_t rows, int64_t columns);

/** y[c·y_stride + r] = x[r·x_stride + c] for r below `rows` and c below `columns`. */
void netjac_transpose_8(void *y, int64_t y_stride, const void *x, int64_t x_stride, int64_t rows,
                        int64_t columns);
void netjac_transpose_4(void *y, int64_t y_stride, const void *x, int64_t x_stride, int64_t rows,
                        int64_t columns);

void netjac_convert_f64_to_f32(float *y, const double *x, int64_t n);
void netjac_convert_f32_to_f64(double *y, const float *x, int64_t n);

/* ---- Groups of elementwise operations ----
 *
 * Several loops over one shape, run piece by piece so that what passes between them stays in the first-level cache.
 * The shape is seen as rows. An array of the group has a slot; within a row its elements lie side by side, or it is
 * one element for a loop that takes it as a scalar. From row to row each slot moves by steps of its own.
 */

/** Any of the loops above, with arrays of any types. */
typedef void (*netjac_loop)(void);
typedef void (*netjac_loop_1)(void *y, const void *a, int64_t n);
typedef void (*netjac_loop_2)(void *y, const void *a, const void *b, int64_t n);
typedef void (*netjac_loop_3)(void *y, const void *a, const void *b, const void *c, int64_t n);

/** A loop with as many operands as `operands` says; slots of operands that it lacks are those of others. */
typedef struct {
  netjac_loop loop;
  int32_t operands;
  int32_t operation; /* What netjac_prepare_fused() found out about the loop. */
  int32_t result, a, b, c;
} netjac_fused_step;

/** An array that has to be brought together first: rows of `length` elements `stride` apart, counted by axes. */
typedef struct {
  int64_t slot, size, length, stride, axes;
  const int64_t *dims, *strides;
} netjac_fetch;

enum {
  /** The elements that a slot for what passes between loops has to hold. Those of a dozen arrays fit in 48 KiB. */
  NETJAC_FUSED_PIECE = 512
};

typedef struct {
  const netjac_fused_step *steps;
  int64_t step_count, slot_count;
  int64_t count;        /* elements of a row */
  const int64_t *bytes; /* for each slot those of an element in memory, 0 for scalars and for what is not in memory */
  int64_t axes;         /* that rows are counted by, with their lengths */
  const int64_t *dims;
  const int64_t *row_bytes; /* for each axis the bytes that each slot moves by */
  int64_t fetch_count;
  const netjac_fetch *fetches;
  void (*run_steps)(const netjac_fused_step *steps, int64_t count, char *const *slots, int64_t n);
} netjac_fused;

/** Fills in `run_steps` and what it needs of the steps; most of the loops are of double, or else of float. */
void netjac_prepare_fused(netjac_fused *group, netjac_fused_step *steps, int is_double);

/**
 * Runs a group. `slots` begins with the address of each slot in the first row; then come the array of each fetch,
 * and room for another address of each slot and a number for each axis.
 */
void netjac_run_fused(const netjac_fused *group, char **slots);

/* ---- Reductions of a matrix x[r·x_stride + c] ----
 *
 * The order of a row's additions depends on `columns` only; a column is added from its first row on. */

/** y[r] = Σ_c x[r][c]; 0 if there are no columns. */
typedef void (*netjac_row_reduction_f64)(
  double *y, const double *x, int64_t x_stride, int64_t rows, int64_t columns);
typedef void (*netjac_row_reduction_f32)(
  float *y, const float *x, int64_t x_stride, int64_t rows, int64_t columns);

netjac_row_reduction_f64 netjac_find_row_sum_f64(void);
netjac_row_reduction_f32 netjac_find_row_sum_f32(void);

/** y[r] = max_c x[r][c]; NaN if any is NaN, -infinity if there are no columns. */
netjac_row_reduction_f64 netjac_find_row_maximum_f64(void);
netjac_row_reduction_f32 netjac_find_row_maximum_f32(void);

/** y[c] = Σ_r x[r][c], or y[c] += Σ_r x[r][c] if `accumulate` is not 0. */
typedef void (*netjac_column_sum_f64)(
  double *y, const double *x, int64_t x_stride, int64_t rows, int64_t columns, int accumulate);
typedef void (*netjac_column_sum_f32)(
  float *y, const float *x, int64_t x_stride, int64_t rows, int64_t columns, int accumulate);

netjac_column_sum_f64 netjac_find_column_sum_f64(void);
netjac_column_sum_f32 netjac_find_column_sum_f32(void);

#pragma GCC visibility pop
