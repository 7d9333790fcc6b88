/*
 * memory.c - Conversions and data movement: bound by memory, so one version serves all.
 */
#include <string.h>

#include "include/kernels.h"

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
