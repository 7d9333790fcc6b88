/*
 * memory.c - Truth values, conversions and data movement: bound by memory, so one version serves all.
 */
#include <string.h>

#include "include/kernels.h"

void netjac_is_nan_f64(uint8_t *y, const double *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] != x[i];
}
void netjac_is_nan_f32(uint8_t *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] != x[i];
}
void netjac_is_infinite_f64(uint8_t *y, const double *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = __builtin_fabs(x[i]) == __builtin_inf();
}
void netjac_is_infinite_f32(uint8_t *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = __builtin_fabsf(x[i]) == __builtin_inff();
}

void netjac_logical_not(uint8_t *y, const uint8_t *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = !x[i];
}
void netjac_logical_and(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (a[i] != 0) & (b[i] != 0);
}
void netjac_logical_or(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (a[i] | b[i]) != 0;
}
void netjac_logical_xor(uint8_t *y, const uint8_t *a, const uint8_t *b, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (a[i] != 0) ^ (b[i] != 0);
}

void netjac_convert_f64_to_f32(float *y, const double *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = (float)x[i];
}
void netjac_convert_f32_to_f64(double *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i];
}

/* The elements' types below carry bit patterns; double and float data pass through them. */
typedef uint64_t element_8 __attribute__((may_alias));
typedef uint32_t element_4 __attribute__((may_alias));
typedef uint8_t element_1;

#define MOVE(size) \
  void netjac_fill_##size(void *y, const void *value, int64_t n) { \
    element_##size *to = y, pattern; \
    if (n <= 0) return; \
    memcpy(&pattern, value, size); \
    for (int64_t i = 0; i < n; i++) to[i] = pattern; \
  } \
  void netjac_copy2d_##size(void *y, int64_t y_row_stride, int64_t y_column_stride, const void *x, \
                            int64_t x_row_stride, int64_t x_column_stride, int64_t rows, \
                            int64_t columns) { \
    if (rows <= 0 || columns <= 0) return; \
    const element_##size *from = x; \
    element_##size *to = y; \
    for (int64_t r = 0; r < rows; r++, to += y_row_stride, from += x_row_stride) { \
      if (y_column_stride == 1 && x_column_stride == 1) \
        memcpy(to, from, (size_t)columns * size); \
      else \
        for (int64_t c = 0; c < columns; c++) to[c * y_column_stride] = from[c * x_column_stride]; \
    } \
  }

MOVE(8)
MOVE(4)
MOVE(1)

typedef uint64_t pair __attribute__((ext_vector_type(2)));
typedef uint64_t unaligned_pair __attribute__((ext_vector_type(2), aligned(8), may_alias));
typedef uint32_t quad __attribute__((ext_vector_type(4)));
typedef uint32_t unaligned_quad __attribute__((ext_vector_type(4), aligned(4), may_alias));

/* SIDE×SIDE elements, as many as fill one 16-byte vector a row. */
static inline void transpose_tile_8(element_8 *y, int64_t y_stride, const element_8 *x, int64_t x_stride) {
  pair a = *(const unaligned_pair *)x, b = *(const unaligned_pair *)(x + x_stride);
  *(unaligned_pair *)y = __builtin_shufflevector(a, b, 0, 2);
  *(unaligned_pair *)(y + y_stride) = __builtin_shufflevector(a, b, 1, 3);
}

static inline void transpose_tile_4(element_4 *y, int64_t y_stride, const element_4 *x, int64_t x_stride) {
  quad a = *(const unaligned_quad *)x, b = *(const unaligned_quad *)(x + x_stride);
  quad c = *(const unaligned_quad *)(x + 2 * x_stride), d = *(const unaligned_quad *)(x + 3 * x_stride);
  quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(unaligned_quad *)y = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *(unaligned_quad *)(y + y_stride) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *(unaligned_quad *)(y + 2 * y_stride) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(unaligned_quad *)(y + 3 * y_stride) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* In blocks, so that the cache lines of both sides are used up before they leave the cache. */
#define TRANSPOSE(size, side) \
  void netjac_transpose_##size(void *y, int64_t y_stride, const void *x, int64_t x_stride, int64_t rows, \
                               int64_t columns) { \
    enum { BLOCK = 32 }; \
    const element_##size *from = x; \
    element_##size *to = y; \
    for (int64_t r0 = 0; r0 < rows; r0 += BLOCK) \
      for (int64_t c0 = 0; c0 < columns; c0 += BLOCK) { \
        int64_t r_end = rows - r0 < BLOCK ? rows : r0 + BLOCK; \
        int64_t c_end = columns - c0 < BLOCK ? columns : c0 + BLOCK; \
        int64_t r_tiles = r_end - (r_end - r0) % side, c_tiles = c_end - (c_end - c0) % side; \
        for (int64_t c = c0; c < c_tiles; c += side) \
          for (int64_t r = r0; r < r_tiles; r += side) \
            transpose_tile_##size(to + c * y_stride + r, y_stride, from + r * x_stride + c, x_stride); \
        for (int64_t c = c0; c < c_end; c++) \
          for (int64_t r = c < c_tiles ? r_tiles : r0; r < r_end; r++) \
            to[c * y_stride + r] = from[r * x_stride + c]; \
      } \
  }

TRANSPOSE(8, 2)
TRANSPOSE(4, 4)
