/*
 * variant_body.h - Everything that is compiled once for each instruction set, and the table of it.
 * The including file has chosen the instruction set and defined VARIANT, the table's name.
 */
#include "isa.h"
#include "variant.h"

#include "vector.h"
#include "transpose.h"
#include "constants.h"
#include "elementary.h"
#include "elementwise.h"
#include "fused.h"
#include "product_blocks.h"
#include "product_loops.h"
#include "product_turned.h"
#include "product_indexed.h"
#include "active.h"
#include "spread.h"
#include "window_loops.h"

#define SINGLE
#include "vector.h"
#include "transpose.h"
#include "constants.h"
#include "elementary.h"
#include "elementwise.h"
#include "fused.h"
#include "product_blocks.h"
#include "product_loops.h"
#include "product_turned.h"
#include "product_indexed.h"
#include "active.h"
#include "spread.h"
#include "window_loops.h"
#undef SINGLE

#define UNARY_TABLE(suffix) \
  { \
    [NETJAC_UNARY_NEGATE] = each_negate_##suffix, [NETJAC_UNARY_ABS] = each_abs_##suffix, \
    [NETJAC_UNARY_SIGN] = each_sign_##suffix, \
    [NETJAC_UNARY_RECIPROCAL] = each_reciprocal_##suffix, \
    [NETJAC_UNARY_SQRT] = each_sqrt_##suffix, \
    [NETJAC_UNARY_FLOOR] = each_floor_##suffix, [NETJAC_UNARY_CEIL] = each_ceil_##suffix, \
    [NETJAC_UNARY_TRUNC] = each_trunc_##suffix, [NETJAC_UNARY_ROUND] = each_round_##suffix, \
    [NETJAC_UNARY_RELU] = each_relu_##suffix, [NETJAC_UNARY_STEP] = each_step_##suffix, \
    [NETJAC_UNARY_EXP] = each_exp_##suffix, [NETJAC_UNARY_EXPM1] = each_expm1_##suffix, \
    [NETJAC_UNARY_LOG] = each_log_##suffix, [NETJAC_UNARY_LOG1P] = each_log1p_##suffix, \
    [NETJAC_UNARY_SIN] = each_sin_##suffix, [NETJAC_UNARY_COS] = each_cos_##suffix, \
    [NETJAC_UNARY_TAN] = each_tan_##suffix, [NETJAC_UNARY_ASIN] = each_asin_##suffix, \
    [NETJAC_UNARY_ACOS] = each_acos_##suffix, [NETJAC_UNARY_ATAN] = each_atan_##suffix, \
    [NETJAC_UNARY_SINH] = each_sinh_##suffix, [NETJAC_UNARY_COSH] = each_cosh_##suffix, \
    [NETJAC_UNARY_TANH] = each_tanh_##suffix, [NETJAC_UNARY_ASINH] = each_asinh_##suffix, \
    [NETJAC_UNARY_ACOSH] = each_acosh_##suffix, [NETJAC_UNARY_ATANH] = each_atanh_##suffix, \
    [NETJAC_UNARY_ERF] = each_erf_##suffix, [NETJAC_UNARY_ERFC] = each_erfc_##suffix, \
    [NETJAC_UNARY_NORMAL] = each_normal_##suffix, \
    [NETJAC_UNARY_NORMAL_BY_TANH] = each_normal_by_tanh_##suffix, \
    [NETJAC_UNARY_SOFTSIGN] = each_softsign_##suffix, [NETJAC_UNARY_SIGMOID] = each_sigmoid_##suffix, \
    [NETJAC_UNARY_SOFTPLUS] = each_softplus_##suffix, \
  }

#define BINARY_ROW(name, suffix) {name##_vv_##suffix, name##_sv_##suffix, name##_vs_##suffix}

#define BINARY_TABLE(suffix) \
  { \
    [NETJAC_BINARY_ADD] = BINARY_ROW(each_add, suffix), \
    [NETJAC_BINARY_SUBTRACT] = BINARY_ROW(each_subtract, suffix), \
    [NETJAC_BINARY_MULTIPLY] = BINARY_ROW(each_multiply, suffix), \
    [NETJAC_BINARY_GUARDED_MULTIPLY] = BINARY_ROW(each_guarded_multiply, suffix), \
    [NETJAC_BINARY_DIVIDE] = BINARY_ROW(each_divide, suffix), \
    [NETJAC_BINARY_MINIMUM] = BINARY_ROW(each_minimum, suffix), \
    [NETJAC_BINARY_MAXIMUM] = BINARY_ROW(each_maximum, suffix), \
    [NETJAC_BINARY_POWER] = BINARY_ROW(each_power, suffix), \
    [NETJAC_BINARY_REMAINDER] = BINARY_ROW(each_remainder, suffix), \
    [NETJAC_BINARY_MODULO] = BINARY_ROW(each_modulo, suffix), \
  }

#define COMPARE_TABLE(suffix) \
  { \
    [NETJAC_COMPARE_EQUAL] = BINARY_ROW(each_equal, suffix), \
    [NETJAC_COMPARE_LESS] = BINARY_ROW(each_less, suffix), \
    [NETJAC_COMPARE_LESS_EQUAL] = BINARY_ROW(each_less_equal, suffix), \
    [NETJAC_COMPARE_GREATER] = BINARY_ROW(each_greater, suffix), \
    [NETJAC_COMPARE_GREATER_EQUAL] = BINARY_ROW(each_greater_equal, suffix), \
  }

#define SELECT_TABLE(suffix) \
  { each_select_0_##suffix, each_select_1_##suffix, each_select_2_##suffix, each_select_3_##suffix }

const netjac_variant VARIANT = {
  .unary_f64 = UNARY_TABLE(f64),
  .unary_f32 = UNARY_TABLE(f32),
  .binary_f64 = BINARY_TABLE(f64),
  .binary_f32 = BINARY_TABLE(f32),
  .compare_f64 = COMPARE_TABLE(f64),
  .compare_f32 = COMPARE_TABLE(f32),
  .select_f64 = SELECT_TABLE(f64),
  .select_f32 = SELECT_TABLE(f32),
  .fused_operation_of_f64 = fused_operation_of_f64,
  .fused_operation_of_f32 = fused_operation_of_f32,
  .fused_steps_f64 = fused_steps_f64,
  .fused_steps_f32 = fused_steps_f32,
  .transpose_f64 = transpose_f64,
  .transpose_f32 = transpose_f32,
  .packed_size_f64 = packed_size_f64,
  .packed_size_f32 = packed_size_f32,
  .pack_f64 = pack_f64,
  .pack_f32 = pack_f32,
  .find_product_f64 = find_product_f64,
  .find_product_f32 = find_product_f32,
  .product_strided_f64 = product_strided_f64,
  .product_strided_f32 = product_strided_f32,
  .product_indexed_f64 = product_indexed_f64,
  .product_indexed_f32 = product_indexed_f32,
  .product_active_f64 = product_active_f64,
  .product_active_f32 = product_active_f32,
  .active_bytes_f64 = active_bytes_f64,
  .active_bytes_f32 = active_bytes_f32,
  .pad_lines_f64 = pad_lines_f64,
  .pad_lines_f32 = pad_lines_f32,
  .product_joined_f64 = product_joined_f64,
  .product_joined_f32 = product_joined_f32,
  .product_turned_f64 = product_turned_f64,
  .product_turned_f32 = product_turned_f32,
  .row_dots_f64 = row_dots_f64,
  .row_dots_f32 = row_dots_f32,
  .spread_f64 = spread_f64,
  .spread_f32 = spread_f32,
  .spread_sets_f64 = spread_sets_f64,
  .spread_sets_f32 = spread_sets_f32,
  .window_extreme_f64 = window_extreme_f64,
  .window_extreme_f32 = window_extreme_f32,
  .window_sum_f64 = window_sum_f64,
  .window_sum_f32 = window_sum_f32,
  .add_runs_f64 = add_runs_f64,
  .add_runs_f32 = add_runs_f32,
};
