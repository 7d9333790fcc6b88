/*
 * products.h - Small matrix products y = a·b, y being m-by-n and the common length k, with an epilogue.
 *
 * The right operand is packed once, into panels of whole vectors, and then used any number of times.
 * The conventions of kernels.h hold here too. Strides count elements; matrices are row-major unless
 * strides say otherwise.
 *
 * Results    A row of y depends on its row of a only: rows computed alone, in a batch or on several
 *            threads agree in every bit, and so do packed and unpacked right operands.
 * Packing    A packed operand belongs to the instruction set that was selected when it was packed.
 */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

enum netjac_activation {
  NETJAC_ACTIVATION_NONE = 0,
  NETJAC_ACTIVATION_RELU = 1,     /* slope 1 where y > 0, else 0 */
  NETJAC_ACTIVATION_TANH = 2,     /* slope 1 - y·y, with two roundings */
  NETJAC_ACTIVATION_SIGMOID = 3,  /* slope y·(1 - y), with two roundings */
  NETJAC_ACTIVATION_SOFTPLUS = 4, /* slope sigmoid(z) */
  NETJAC_ACTIVATION_COUNT = 5
};

/*
 * What happens to z[r][c] = Σ_k a[r][k]·b[k][c] before it is stored, in this order; a NULL pointer
 * leaves a step out, so zeros everywhere mean y = a·b:
 *
 *     z += bias[c]
 *     z += row_bias[r]
 *     z += addend[r·addend_stride + c]        the addend may be y itself; first of all if `adds_first`
 *     slope[r·slope_stride + c] = f'(z), then z = f(z), f being the activation
 *     unscaled[r·unscaled_stride + c] = z
 *     z *= scale[(r / rows_per_scale)·scale_stride + c]
 *
 * The functions f are those of kernels.h, bit for bit. `slope`, `unscaled` and y are different arrays.
 * `rows_per_scale` is at least 1 where `scale` is given.
 */
typedef struct {
  const double *bias;
  const double *row_bias;
  const double *addend;
  int64_t addend_stride;
  int32_t activation;
  int32_t adds_first;
  double *slope;
  int64_t slope_stride;
  double *unscaled;
  int64_t unscaled_stride;
  const double *scale;
  int64_t scale_stride;
  int64_t rows_per_scale;
} netjac_epilogue_f64;

typedef struct {
  const float *bias;
  const float *row_bias;
  const float *addend;
  int64_t addend_stride;
  int32_t activation;
  int32_t adds_first;
  float *slope;
  int64_t slope_stride;
  float *unscaled;
  int64_t unscaled_stride;
  const float *scale;
  int64_t scale_stride;
  int64_t rows_per_scale;
} netjac_epilogue_f32;

/** Elements that a packed k-by-n operand takes; at least 1 and never more than (k + 1)·(n + 16). */
int64_t netjac_packed_size_f64(int64_t k, int64_t n);
int64_t netjac_packed_size_f32(int64_t k, int64_t n);

/**
 * Packs b[i·row_stride + j·column_stride], i below k and j below n. Strides of (n, 1) pack a row-major
 * matrix, (1, k) the transpose of a row-major n-by-k matrix. An address that is a multiple of 64 is fastest.
 */
void netjac_pack_f64(double *packed, const double *b, int64_t row_stride, int64_t column_stride,
                     int64_t k, int64_t n);
void netjac_pack_f32(float *packed, const float *b, int64_t row_stride, int64_t column_stride,
                     int64_t k, int64_t n);

/** y[r·y_stride + c] = epilogue(Σ_k a[r·a_row_stride + k·a_column_stride]·b[k][c]); epilogue may be NULL. */
typedef void (*netjac_product_f64)(
  double *y, int64_t y_stride, const double *a, int64_t a_row_stride, int64_t a_column_stride,
  const double *packed, int64_t m, int64_t n, int64_t k, const netjac_epilogue_f64 *epilogue);
typedef void (*netjac_product_f32)(
  float *y, int64_t y_stride, const float *a, int64_t a_row_stride, int64_t a_column_stride,
  const float *packed, int64_t m, int64_t n, int64_t k, const netjac_epilogue_f32 *epilogue);

/** The kernel for products of these sizes; it works for all others with this n and k. */
netjac_product_f64 netjac_find_product_f64(int64_t m, int64_t n, int64_t k);
netjac_product_f32 netjac_find_product_f32(int64_t m, int64_t n, int64_t k);

/**
 * As a product, with b[i·b_row_stride + j·b_column_stride] as it is. `scratch` has room for
 * netjac_packed_size_f64(k, n) elements and is left with anything in it. If `is_either_way`, sums are taken in
 * an order that depends on k alone: (bᵀ·aᵀ)ᵀ has the same bits, and so has a part of the columns.
 */
typedef void (*netjac_product_strided_f64)(
  double *y, int64_t y_stride, const double *a, int64_t a_row_stride, int64_t a_column_stride,
  const double *b, int64_t b_row_stride, int64_t b_column_stride, int64_t m, int64_t n, int64_t k, int is_either_way,
  const netjac_epilogue_f64 *epilogue, double *scratch);
typedef void (*netjac_product_strided_f32)(
  float *y, int64_t y_stride, const float *a, int64_t a_row_stride, int64_t a_column_stride,
  const float *b, int64_t b_row_stride, int64_t b_column_stride, int64_t m, int64_t n, int64_t k, int is_either_way,
  const netjac_epilogue_f32 *epilogue, float *scratch);

netjac_product_strided_f64 netjac_find_product_strided_f64(void);
netjac_product_strided_f32 netjac_find_product_strided_f32(void);

/*
 * A product whose terms lie anywhere: y[r][c] = epilogue(Σ_k a[r·a_row_stride + a_places[k]]·b_c[b_places[k]]),
 * r below m, k below `k`. The columns come in `runs` runs of `run` columns each: in a run b_c moves on by one
 * element from column to column, and from run to run by `run_stride`. A convolution reads its windows so,
 * without a copy of them: a run is a line of the output. In y runs begin `y_run_stride` apart; in the arrays
 * beside it they follow each other without gaps.
 *
 * The rows of y and of the arrays beside it are counted from `first_row`, those of a, `row_bias` and `scale`
 * from 0.
 */
typedef struct {
  int64_t m, k, run, runs, run_stride, y_run_stride, a_row_stride;
  const int32_t *a_places;
  const int32_t *b_places;
} netjac_indexed;

typedef void (*netjac_product_indexed_f64)(
  double *y, int64_t y_stride, int64_t first_row, const double *a, const double *b,
  const netjac_indexed *shape, const netjac_epilogue_f64 *epilogue);
typedef void (*netjac_product_indexed_f32)(
  float *y, int64_t y_stride, int64_t first_row, const float *a, const float *b,
  const netjac_indexed *shape, const netjac_epilogue_f32 *epilogue);

netjac_product_indexed_f64 netjac_find_product_indexed_f64(void);
netjac_product_indexed_f32 netjac_find_product_indexed_f32(void);

/*
 * y = epilogue(a·b) where much is known to be zero, as behind a relu: a's column k is zero wherever
 * term_mask[k] is, and y's column c wherever column_mask[c] is; a mask may be NULL. b is k-by-n, row-major
 * and finite, y m-by-n without gaps. With a column mask the epilogue has no step but `scale`, which then is
 * the same for all rows.
 *
 * Returns 0, and writes nothing, if so little is zero that a plain product is faster. `memory` has room for
 * netjac_active_bytes_f64(m, n, k) bytes, at an address that is a multiple of 64; k·n is below 2³¹.
 */
typedef int (*netjac_product_active_f64)(
  double *y, const double *a, int64_t a_row_stride, const double *b, const double *term_mask,
  const double *column_mask, int64_t m, int64_t n, int64_t k, const netjac_epilogue_f64 *epilogue,
  void *memory);
typedef int (*netjac_product_active_f32)(
  float *y, const float *a, int64_t a_row_stride, const float *b, const float *term_mask,
  const float *column_mask, int64_t m, int64_t n, int64_t k, const netjac_epilogue_f32 *epilogue,
  void *memory);

netjac_product_active_f64 netjac_find_product_active_f64(void);
netjac_product_active_f32 netjac_find_product_active_f32(void);
int64_t netjac_active_bytes_f64(int64_t m, int64_t n, int64_t k);
int64_t netjac_active_bytes_f32(int64_t m, int64_t n, int64_t k);

/**
 * Lines of `line` elements with zeros around: y's line i is `low` zeros, `length` elements of x from
 * places[i] on, and zeros; all zeros where places[i] is negative. Where x is NULL what would be copied stays
 * as it is.
 */
typedef void (*netjac_pad_lines_f64)(double *y, int64_t line, int64_t low, int64_t length,
                                     const double *x, const int32_t *places, int64_t lines);
typedef void (*netjac_pad_lines_f32)(float *y, int64_t line, int64_t low, int64_t length, const float *x,
                                     const int32_t *places, int64_t lines);

netjac_pad_lines_f64 netjac_find_pad_lines_f64(void);
netjac_pad_lines_f32 netjac_find_pad_lines_f32(void);

/**
 * Two products with one right operand, which is read once: y1 (m1-by-n, without gaps) = epilogue1(a1·b),
 * rows of a1 being contiguous, and likewise y2. The second scale may be the first slope. `scratch` has room
 * for (k + 64) elements for each row of both.
 */
typedef void (*netjac_product_joined_f64)(
  double *y1, const double *a1, int64_t a1_row_stride, int64_t m1, const netjac_epilogue_f64 *epilogue1,
  double *y2, const double *a2, int64_t a2_row_stride, int64_t m2, const netjac_epilogue_f64 *epilogue2,
  const double *packed, int64_t n, int64_t k, double *scratch);
typedef void (*netjac_product_joined_f32)(
  float *y1, const float *a1, int64_t a1_row_stride, int64_t m1, const netjac_epilogue_f32 *epilogue1,
  float *y2, const float *a2, int64_t a2_row_stride, int64_t m2, const netjac_epilogue_f32 *epilogue2,
  const float *packed, int64_t n, int64_t k, float *scratch);

netjac_product_joined_f64 netjac_find_product_joined_f64(void);
netjac_product_joined_f32 netjac_find_product_joined_f32(void);

/**
 * One row times the transpose of a packed n-by-k operand: y[c] = epilogue(Σ_k a[k]·b[c][k]), bit for bit what
 * the product with the transpose itself gives. A matrix that two directions need is in memory once.
 */
typedef void (*netjac_product_turned_f64)(double *y, const double *a, const double *packed, int64_t n, int64_t k,
                                          const netjac_epilogue_f64 *epilogue);
typedef void (*netjac_product_turned_f32)(float *y, const float *a, const float *packed, int64_t n, int64_t k,
                                          const netjac_epilogue_f32 *epilogue);

netjac_product_turned_f64 netjac_find_product_turned_f64(void);
netjac_product_turned_f32 netjac_find_product_turned_f32(void);

/**
 * y[r][c] = epilogue(Σ_k a[r·a_stride + k]·b[c·b_stride + k]), y without gaps: rows times few columns, which lie
 * as rows in b. A stride of b in whole cache lines is fastest. A row is the same alone and among others.
 */
typedef void (*netjac_row_dots_f64)(double *y, const double *a, int64_t a_stride, const double *b,
                                    int64_t b_stride, int64_t m, int64_t n, int64_t k,
                                    const netjac_epilogue_f64 *epilogue);
typedef void (*netjac_row_dots_f32)(float *y, const float *a, int64_t a_stride, const float *b,
                                    int64_t b_stride, int64_t m, int64_t n, int64_t k,
                                    const netjac_epilogue_f32 *epilogue);

netjac_row_dots_f64 netjac_find_row_dots_f64(void);
netjac_row_dots_f32 netjac_find_row_dots_f32(void);

/*
 * The transpose of a convolution for an image that is zero but for `picks` pixels of each of its `channels`:
 * y[f][t] = Σ update[c][j]·kernel[c][k][f] over all c, j and k with table[place[c][j]·terms + k] = t. A place
 * outside 0..<pixels, and a table entry below 0, adds nowhere; so does an update of zero. Places of channels lie
 * `channel_stride` apart.
 */
typedef struct {
  int64_t channels, picks, channel_stride, pixels, terms, features, targets;
  const int32_t *table;
} netjac_spread;

/**
 * One image, its features side by side: kernel[c][k] has them in whole cache lines. `scratch` has room for
 * targets elements times features in whole cache lines, and for `picks` int32_t.
 */
typedef void (*netjac_spread_f64)(double *y, const double *updates, const int64_t *places,
                                  const netjac_spread *shape, const double *kernel, void *scratch);
typedef void (*netjac_spread_f32)(float *y, const float *updates, const int64_t *places,
                                  const netjac_spread *shape, const float *kernel, void *scratch);

/**
 * Several images with the same places, side by side; kernel[c][k] has its features without gaps. `scratch` has
 * room for features·targets + picks elements times images in whole cache lines, and for `picks` elements in whole
 * cache lines and int32_t. An image is the same alone and among others.
 */
typedef void (*netjac_spread_sets_f64)(double *y, const double *updates, int64_t sets, const int64_t *places,
                                       const netjac_spread *shape, const double *kernel, void *scratch);
typedef void (*netjac_spread_sets_f32)(float *y, const float *updates, int64_t sets, const int64_t *places,
                                       const netjac_spread *shape, const float *kernel, void *scratch);

netjac_spread_f64 netjac_find_spread_f64(void);
netjac_spread_f32 netjac_find_spread_f32(void);
netjac_spread_sets_f64 netjac_find_spread_sets_f64(void);
netjac_spread_sets_f32 netjac_find_spread_sets_f32(void);

#pragma GCC visibility pop
