/*
 * kernels.h - Leaf loops over plain arrays: elementwise functions and copies; and products.h and windows.h.
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
  NETJAC_UNARY_NEGATE,
  NETJAC_UNARY_ABS,
  NETJAC_UNARY_SIGN, /* -1, 0 or 1; NaN of NaN. */
  NETJAC_UNARY_RECIPROCAL,
  NETJAC_UNARY_SQRT,
  NETJAC_UNARY_FLOOR,
  NETJAC_UNARY_CEIL,
  NETJAC_UNARY_TRUNC,
  NETJAC_UNARY_ROUND, /* Halves go to the even neighbour. */
  NETJAC_UNARY_RELU, /* NaN of NaN. */
  NETJAC_UNARY_STEP, /* 1 where x > 0, else 0; 0 of NaN. */
  NETJAC_UNARY_EXP,
  NETJAC_UNARY_EXPM1,
  NETJAC_UNARY_LOG,
  NETJAC_UNARY_LOG1P,
  NETJAC_UNARY_SIN,
  NETJAC_UNARY_COS,
  NETJAC_UNARY_TAN,
  NETJAC_UNARY_ASIN,
  NETJAC_UNARY_ACOS,
  NETJAC_UNARY_ATAN,
  NETJAC_UNARY_SINH,
  NETJAC_UNARY_COSH,
  NETJAC_UNARY_TANH,
  NETJAC_UNARY_ASINH,
  NETJAC_UNARY_ACOSH,
  NETJAC_UNARY_ATANH,
  NETJAC_UNARY_ERF,
  NETJAC_UNARY_ERFC,     /* 1 - erf(x), with all digits */
  NETJAC_UNARY_NORMAL,   /* erfc(-x/√2) / 2 */
  NETJAC_UNARY_NORMAL_BY_TANH, /* 1 / (1 + exp(-2·√(2/π)·(x + 0.044715·x³))) */
  NETJAC_UNARY_SOFTSIGN, /* x / (1 + |x|) */
  NETJAC_UNARY_SIGMOID,  /* 1 / (1 + exp(-x)) */
  NETJAC_UNARY_SOFTPLUS, /* log(1 + exp(x)) */
  NETJAC_UNARY_COUNT
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
  NETJAC_SCALAR_B = 2
};

/* ---- y[i] = f(a[i], b[i]) ---- */

enum netjac_binary_op {
  NETJAC_BINARY_ADD,
  NETJAC_BINARY_SUBTRACT,
  NETJAC_BINARY_MULTIPLY,
  NETJAC_BINARY_GUARDED_MULTIPLY, /* 0 where either is 0, whatever the other is. */
  NETJAC_BINARY_DIVIDE,
  NETJAC_BINARY_MINIMUM, /* NaN if either is NaN. */
  NETJAC_BINARY_MAXIMUM, /* NaN if either is NaN. */
  NETJAC_BINARY_POWER, /* C's pow, within 2 ulp. */
  NETJAC_BINARY_REMAINDER, /* C's fmod: the sign of a. */
  NETJAC_BINARY_MODULO,    /* Python's %: the sign of b. */
  NETJAC_BINARY_COUNT
};

typedef void (*netjac_binary_f64)(double *y, const double *a, const double *b, int64_t n);
typedef void (*netjac_binary_f32)(float *y, const float *a, const float *b, int64_t n);

/** `scalars` is 0, NETJAC_SCALAR_A or NETJAC_SCALAR_B. */
netjac_binary_f64 netjac_find_binary_f64(enum netjac_binary_op op, int scalars);
netjac_binary_f32 netjac_find_binary_f32(enum netjac_binary_op op, int scalars);

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
  NETJAC_COMPARE_EQUAL,
  NETJAC_COMPARE_LESS,
  NETJAC_COMPARE_LESS_EQUAL,
  NETJAC_COMPARE_GREATER,
  NETJAC_COMPARE_GREATER_EQUAL,
  NETJAC_COMPARE_COUNT
};

typedef void (*netjac_compare_f64)(uint8_t *y, const double *a, const double *b, int64_t n);
typedef void (*netjac_compare_f32)(uint8_t *y, const float *a, const float *b, int64_t n);

/** `scalars` is 0, NETJAC_SCALAR_A or NETJAC_SCALAR_B. */
netjac_compare_f64 netjac_find_compare_f64(enum netjac_compare_op op, int scalars);
netjac_compare_f32 netjac_find_compare_f32(enum netjac_compare_op op, int scalars);

/* ---- Moving data ----
 *
 * The number in a name is the size of an element in bytes. Strides count elements and may be
 * negative or, for a source, 0. Source and destination must not overlap. */

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

#pragma GCC visibility pop
