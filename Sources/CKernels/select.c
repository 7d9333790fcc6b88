/*
 * select.c - Chooses the instruction set and looks kernels up.
 *
 * The state is one pointer to an immutable table. It is set while the library is loaded, by a plain
 * constructor: IFUNC would run code of ours during relocation, which is fragile in a library that a host
 * opens with dlopen.
 */
#include <stdatomic.h>
#include <stddef.h>

#include "variant.h"

static _Atomic(const netjac_variant *) best = &netjac_variant_baseline;

/* A test's choice concerns its own thread, since other tests run at the same time. */
static _Thread_local const netjac_variant *chosen_by_test;

/* NULL if the processor or the operating system lacks it. */
static const netjac_variant *variant_for(int isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (isa == NETJAC_ISA_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2"))
    return &netjac_variant_avx2;
  if (isa == NETJAC_ISA_AVX512 && variant_for(NETJAC_ISA_AVX2) &&
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    return &netjac_variant_avx512;
#endif
  return isa == NETJAC_ISA_BASELINE ? &netjac_variant_baseline : NULL;
}

__attribute__((constructor)) void netjac_kernels_select(void) {
  const netjac_variant *variant = NULL;
  for (int isa = NETJAC_ISA_AVX512; !variant; isa--) variant = variant_for(isa);
  atomic_store_explicit(&best, variant, memory_order_release);
}

static const netjac_variant *selected(void) {
  return chosen_by_test ? chosen_by_test : atomic_load_explicit(&best, memory_order_acquire);
}

int netjac_kernels_select_isa(int isa) {
  const netjac_variant *variant = variant_for(isa);
  if (variant || isa < 0) chosen_by_test = variant;
  return variant != NULL;
}

int netjac_kernels_isa(void) {
  int isa = NETJAC_ISA_AVX512;
  while (isa > NETJAC_ISA_BASELINE && variant_for(isa) != selected()) isa--;
  return isa;
}

#define FIND(name, type, arguments, valid, entry) \
  netjac_##type##_f64 netjac_find_##name##_f64 arguments { \
    return valid ? selected()->name##_f64 entry : NULL; \
  } \
  netjac_##type##_f32 netjac_find_##name##_f32 arguments { \
    return valid ? selected()->name##_f32 entry : NULL; \
  }

#define BELOW(value, count) ((unsigned)(value) < (unsigned)(count))

FIND(unary, unary, (enum netjac_unary_op op), BELOW(op, NETJAC_UNARY_COUNT), [op])
FIND(binary, binary, (enum netjac_binary_op op, int scalars),
     BELOW(op, NETJAC_BINARY_COUNT) && BELOW(scalars, 3), [op][scalars])
FIND(compare, compare, (enum netjac_compare_op op, int scalars),
     BELOW(op, NETJAC_COMPARE_COUNT) && BELOW(scalars, 3), [op][scalars])
FIND(select, select, (int scalars), BELOW(scalars, 4), [scalars])
FIND(product_strided, product_strided, (void), 1, )
FIND(product_indexed, product_indexed, (void), 1, )
FIND(product_active, product_active, (void), 1, )
FIND(pad_lines, pad_lines, (void), 1, )
FIND(product_joined, product_joined, (void), 1, )
FIND(product_turned, product_turned, (void), 1, )
FIND(row_dots, row_dots, (void), 1, )
FIND(spread, spread, (void), 1, )
FIND(spread_sets, spread_sets, (void), 1, )
FIND(window_extreme, window_extreme, (void), 1, )
FIND(window_sum, window_sum, (void), 1, )
FIND(add_runs, add_runs, (void), 1, )

netjac_product_f64 netjac_find_product_f64(int64_t m, int64_t n, int64_t k) {
  return selected()->find_product_f64(m, n, k);
}
netjac_product_f32 netjac_find_product_f32(int64_t m, int64_t n, int64_t k) {
  return selected()->find_product_f32(m, n, k);
}

void netjac_prepare_fused(netjac_fused *group, netjac_fused_step *steps, int is_double) {
  const netjac_variant *variant = selected();
  group->run_steps = is_double ? variant->fused_steps_f64 : variant->fused_steps_f32;
  for (int64_t k = 0; k < group->step_count; k++)
    steps[k].operation = is_double ? variant->fused_operation_of_f64(steps[k].loop)
                                   : variant->fused_operation_of_f32(steps[k].loop);
}

void netjac_transpose_8(void *y, int64_t y_stride, const void *x, int64_t x_stride, int64_t rows,
                        int64_t columns) {
  selected()->transpose_f64(y, y_stride, x, x_stride, rows, columns);
}
void netjac_transpose_4(void *y, int64_t y_stride, const void *x, int64_t x_stride, int64_t rows,
                        int64_t columns) {
  selected()->transpose_f32(y, y_stride, x, x_stride, rows, columns);
}

int64_t netjac_packed_size_f64(int64_t k, int64_t n) { return selected()->packed_size_f64(k, n); }
int64_t netjac_packed_size_f32(int64_t k, int64_t n) { return selected()->packed_size_f32(k, n); }

void netjac_pack_f64(double *packed, const double *b, int64_t row_stride, int64_t column_stride, int64_t k,
                     int64_t n) {
  selected()->pack_f64(packed, b, row_stride, column_stride, k, n);
}
void netjac_pack_f32(float *packed, const float *b, int64_t row_stride, int64_t column_stride, int64_t k,
                     int64_t n) {
  selected()->pack_f32(packed, b, row_stride, column_stride, k, n);
}

int64_t netjac_active_bytes_f64(int64_t m, int64_t n, int64_t k) {
  return selected()->active_bytes_f64(m, n, k);
}
int64_t netjac_active_bytes_f32(int64_t m, int64_t n, int64_t k) {
  return selected()->active_bytes_f32(m, n, k);
}
