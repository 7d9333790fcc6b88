/*
 * variant.h - All kernels of one instruction set, as select.c chooses among them.
 */
#pragma once

#include "include/kernels.h"

typedef struct {
  netjac_unary_f64 unary_f64[NETJAC_UNARY_COUNT];
  netjac_unary_f32 unary_f32[NETJAC_UNARY_COUNT];
  /* The second index of these is the sum of netjac_scalar_operand. */
  netjac_binary_f64 binary_f64[NETJAC_BINARY_COUNT][3];
  netjac_binary_f32 binary_f32[NETJAC_BINARY_COUNT][3];
  netjac_compare_f64 compare_f64[NETJAC_COMPARE_COUNT][3];
  netjac_compare_f32 compare_f32[NETJAC_COMPARE_COUNT][3];
  netjac_select_f64 select_f64[4];
  netjac_select_f32 select_f32[4];
  int32_t (*fused_operation_of_f64)(netjac_loop loop);
  int32_t (*fused_operation_of_f32)(netjac_loop loop);
  void (*fused_steps_f64)(const netjac_fused_step *steps, int64_t count, char *const *slots, int64_t n);
  void (*fused_steps_f32)(const netjac_fused_step *steps, int64_t count, char *const *slots, int64_t n);
  void (*transpose_f64)(double *y, int64_t y_stride, const double *x, int64_t x_stride, int64_t rows,
                        int64_t columns);
  void (*transpose_f32)(float *y, int64_t y_stride, const float *x, int64_t x_stride, int64_t rows,
                        int64_t columns);
  int64_t (*packed_size_f64)(int64_t k, int64_t n);
  int64_t (*packed_size_f32)(int64_t k, int64_t n);
  void (*pack_f64)(double *packed, const double *b, int64_t row_stride, int64_t column_stride, int64_t k,
                   int64_t n);
  void (*pack_f32)(float *packed, const float *b, int64_t row_stride, int64_t column_stride, int64_t k,
                   int64_t n);
  netjac_product_f64 (*find_product_f64)(int64_t m, int64_t n, int64_t k);
  netjac_product_f32 (*find_product_f32)(int64_t m, int64_t n, int64_t k);
  netjac_product_strided_f64 product_strided_f64;
  netjac_product_strided_f32 product_strided_f32;
  netjac_product_indexed_f64 product_indexed_f64;
  netjac_product_indexed_f32 product_indexed_f32;
  netjac_product_active_f64 product_active_f64;
  netjac_product_active_f32 product_active_f32;
  int64_t (*active_bytes_f64)(int64_t m, int64_t n, int64_t k);
  int64_t (*active_bytes_f32)(int64_t m, int64_t n, int64_t k);
  netjac_pad_lines_f64 pad_lines_f64;
  netjac_pad_lines_f32 pad_lines_f32;
  netjac_product_joined_f64 product_joined_f64;
  netjac_product_joined_f32 product_joined_f32;
  netjac_product_turned_f64 product_turned_f64;
  netjac_product_turned_f32 product_turned_f32;
  netjac_row_dots_f64 row_dots_f64;
  netjac_row_dots_f32 row_dots_f32;
  netjac_spread_f64 spread_f64;
  netjac_spread_f32 spread_f32;
  netjac_spread_sets_f64 spread_sets_f64;
  netjac_spread_sets_f32 spread_sets_f32;
  netjac_window_extreme_f64 window_extreme_f64;
  netjac_window_extreme_f32 window_extreme_f32;
  netjac_window_sum_f64 window_sum_f64;
  netjac_window_sum_f32 window_sum_f32;
  netjac_add_runs_f64 add_runs_f64;
  netjac_add_runs_f32 add_runs_f32;
} netjac_variant;

#pragma GCC visibility push(hidden)
extern const netjac_variant netjac_variant_baseline;
#if defined(__x86_64__)
extern const netjac_variant netjac_variant_avx2;
extern const netjac_variant netjac_variant_avx512;
#endif
#pragma GCC visibility pop
