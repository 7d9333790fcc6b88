/*
 * elementwise.h - The elementwise loops, for the type that elementary.h was last included for.
 *
 * The last elements of an array go through the same vector function as the others, in a vector that is
 * filled up with one of them; that is why a result does not depend on its position, and no exception is raised
 * that the elements themselves do not raise.
 */
#undef LIBRARY
#ifdef SINGLE
#define LIBRARY(name) name##f
#else
#define LIBRARY(name) name
#endif

/* ---- Functions of one operand ---- */

INLINE vector FN(negate)(vector x) { return -x; }
INLINE vector FN(sign)(vector x) {
  vector y = x > 0 ? SPLAT(1) : (x < 0 ? SPLAT(-1) : SPLAT(0));
  return x != x ? x : y;
}
INLINE vector FN(reciprocal)(vector x) { return SPLAT(1) / x; }
INLINE vector FN(square_root)(vector x) { return __builtin_elementwise_sqrt(x); }
INLINE vector FN(round_down)(vector x) { return __builtin_elementwise_floor(x); }
INLINE vector FN(round_up)(vector x) { return __builtin_elementwise_ceil(x); }
INLINE vector FN(round_to_zero)(vector x) { return __builtin_elementwise_trunc(x); }
INLINE vector FN(round_to_even)(vector x) { return __builtin_elementwise_roundeven(x); }
INLINE vector FN(relu)(vector x) { return x < 0 ? SPLAT(0) : x; }
INLINE vector FN(softsign)(vector x) { return x / (SPLAT(1) + FN(magnitude)(x)); }
INLINE vector FN(step)(vector x) { return x > 0 ? SPLAT(1) : SPLAT(0); }

#define UNARY(name, function) \
  static void FN(each_##name)(real *y, const real *x, int64_t n) { \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) FN(store)(y + i, function(FN(load)(x + i))); \
    if (i < n) FN(store_part)(y + i, function(FN(load_filled)(x + i, n - i)), n - i); \
  }

#define UNARY_LIBRARY(name) \
  static void FN(each_##name)(real *y, const real *x, int64_t n) { \
    for (int64_t i = 0; i < n; i++) y[i] = LIBRARY(name)(x[i]); \
  }

UNARY(negate, FN(negate))
UNARY(abs, FN(magnitude))
UNARY(sign, FN(sign))
UNARY(reciprocal, FN(reciprocal))
UNARY(sqrt, FN(square_root))
UNARY(floor, FN(round_down))
UNARY(ceil, FN(round_up))
UNARY(trunc, FN(round_to_zero))
UNARY(round, FN(round_to_even))
UNARY(relu, FN(relu))
UNARY(step, FN(step))
UNARY(exp, FN(exp))
UNARY(expm1, FN(expm1))
UNARY(log, FN(log))
UNARY(log1p, FN(log1p))
UNARY(sin, FN(sin))
UNARY(cos, FN(cos))
UNARY(tanh, FN(tanh))
UNARY(erf, FN(erf))
UNARY(erfc, FN(erfc))
UNARY(normal, FN(normal_distribution))
UNARY(normal_by_tanh, FN(normal_by_tanh))
UNARY(softsign, FN(softsign))
UNARY(sigmoid, FN(sigmoid))
UNARY(softplus, FN(softplus))
UNARY_LIBRARY(tan)
UNARY_LIBRARY(asin)
UNARY_LIBRARY(acos)
UNARY_LIBRARY(atan)
UNARY_LIBRARY(sinh)
UNARY_LIBRARY(cosh)
UNARY_LIBRARY(asinh)
UNARY_LIBRARY(acosh)
UNARY_LIBRARY(atanh)

/* ---- Functions of several operands, each an array or one number ---- */

INLINE vector FN(operand)(const real *p, int64_t i, int is_scalar) {
  return is_scalar ? (vector)*p : FN(load)(p + i);
}
INLINE vector FN(operand_part)(const real *p, int64_t i, int64_t count, int is_scalar) {
  return is_scalar ? (vector)*p : FN(load_filled)(p + i, count);
}

INLINE vector FN(add)(vector a, vector b) { return a + b; }
INLINE vector FN(subtract)(vector a, vector b) { return a - b; }
INLINE vector FN(multiply)(vector a, vector b) { return a * b; }
INLINE vector FN(guarded_multiply)(vector a, vector b) {
  return ((a == 0) | (b == 0)) ? SPLAT(0) : a * b;
}
INLINE vector FN(divide)(vector a, vector b) { return a / b; }
INLINE vector FN(minimum)(vector a, vector b) { return ((a < b) | (a != a)) ? a : b; }
INLINE vector FN(maximum)(vector a, vector b) { return ((a > b) | (a != a)) ? a : b; }

#include "power.h"

INLINE real FN(modulo)(real a, real b) {
  real r = LIBRARY(fmod)(a, b);
  if (r == 0) return LIBRARY(copysign)(0, b);
  return (r < 0) != (b < 0) ? r + b : r;
}

/* An operand that is one number is read before anything is written, since it may lie in the result. */
#define BINARY_CASE(name, suffix, scalars) \
  INLINE void FN(loop_##name##suffix)(real *y, const real *a, const real *b, int64_t n) { \
    if (n <= 0) return; \
    real first_a = *a, first_b = *b; \
    if (scalars & NETJAC_SCALAR_A) a = &first_a; \
    if (scalars & NETJAC_SCALAR_B) b = &first_b; \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) \
      FN(store)(y + i, FN(name)(FN(operand)(a, i, scalars & NETJAC_SCALAR_A), \
                                FN(operand)(b, i, scalars & NETJAC_SCALAR_B))); \
    if (i < n) \
      FN(store_part)(y + i, FN(name)(FN(operand_part)(a, i, n - i, scalars & NETJAC_SCALAR_A), \
                                     FN(operand_part)(b, i, n - i, scalars & NETJAC_SCALAR_B)), \
                     n - i); \
  } \
  static void FN(each_##name##suffix)(real *y, const real *a, const real *b, int64_t n) { \
    FN(loop_##name##suffix)(y, a, b, n); \
  }

#define BINARY_LIBRARY_CASE(name, suffix, scalars, function) \
  static void FN(each_##name##suffix)(real *y, const real *a, const real *b, int64_t n) { \
    if (n <= 0) return; \
    real first_a = *a, first_b = *b; \
    for (int64_t i = 0; i < n; i++) \
      y[i] = function(scalars & NETJAC_SCALAR_A ? first_a : a[i], \
                      scalars & NETJAC_SCALAR_B ? first_b : b[i]); \
  }

#define BINARY(name) BINARY_CASE(name, _vv, 0) BINARY_CASE(name, _sv, 1) BINARY_CASE(name, _vs, 2)
#define BINARY_LIBRARY(name, function) \
  BINARY_LIBRARY_CASE(name, _vv, 0, function) \
  BINARY_LIBRARY_CASE(name, _sv, 1, function) \
  BINARY_LIBRARY_CASE(name, _vs, 2, function)

BINARY(add)
BINARY(subtract)
BINARY(multiply)
BINARY(guarded_multiply)
BINARY(divide)
BINARY(minimum)
BINARY(maximum)
#if HAS_FUSED_MULTIPLY_ADD
BINARY(power)
#else
BINARY_LIBRARY(power, LIBRARY(pow))
#endif
BINARY_LIBRARY(remainder, LIBRARY(fmod))
BINARY_LIBRARY(modulo, FN(modulo))

/* ---- Truth values as operand and as result ---- */

#undef truth_values
#ifdef SINGLE
#define truth_values truth_values_f32
#else
#define truth_values truth_values_f64
#endif
typedef uint8_t truth_values __attribute__((ext_vector_type(LANES)));

INLINE integers FN(load_condition)(const uint8_t *p, int64_t count) {
  truth_values bytes = 0;
  if (count >= LANES)
    memcpy(&bytes, p, LANES);
  else
    for (int i = 0; i < count; i++) bytes[i] = p[i];
  return __builtin_convertvector(bytes, integers) != 0;
}

#define SELECT_CASE(scalars) \
  static void FN(each_select_##scalars)( \
    real *y, const uint8_t *condition, const real *a, const real *b, int64_t n) { \
    if (n <= 0) return; \
    real first_a = *a, first_b = *b; \
    if (scalars & NETJAC_SCALAR_A) a = &first_a; \
    if (scalars & NETJAC_SCALAR_B) b = &first_b; \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) \
      FN(store)(y + i, FN(load_condition)(condition + i, LANES) \
                         ? FN(operand)(a, i, scalars & NETJAC_SCALAR_A) \
                         : FN(operand)(b, i, scalars & NETJAC_SCALAR_B)); \
    if (i < n) \
      FN(store_part)(y + i, FN(load_condition)(condition + i, n - i) \
                              ? FN(operand_part)(a, i, n - i, scalars & NETJAC_SCALAR_A) \
                              : FN(operand_part)(b, i, n - i, scalars & NETJAC_SCALAR_B), \
                     n - i); \
  }

SELECT_CASE(0)
SELECT_CASE(1)
SELECT_CASE(2)
SELECT_CASE(3)

INLINE void FN(store_condition)(uint8_t *p, integers condition, int64_t count) {
  truth_values bytes = __builtin_convertvector(condition & 1, truth_values);
  if (count >= LANES)
    memcpy(p, &bytes, LANES);
  else
    for (int i = 0; i < count; i++) p[i] = bytes[i];
}

#define COMPARE_CASE(name, suffix, relation, scalars) \
  static void FN(each_##name##suffix)(uint8_t *y, const real *a, const real *b, int64_t n) { \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) \
      FN(store_condition)(y + i, \
                          FN(operand)(a, i, scalars & NETJAC_SCALAR_A) relation \
                            FN(operand)(b, i, scalars & NETJAC_SCALAR_B), \
                          LANES); \
    if (i < n) \
      FN(store_condition)(y + i, \
                          FN(operand_part)(a, i, n - i, scalars & NETJAC_SCALAR_A) relation \
                            FN(operand_part)(b, i, n - i, scalars & NETJAC_SCALAR_B), \
                          n - i); \
  }

#define COMPARE(name, relation) \
  COMPARE_CASE(name, _vv, relation, 0) \
  COMPARE_CASE(name, _sv, relation, 1) \
  COMPARE_CASE(name, _vs, relation, 2)

COMPARE(equal, ==)
COMPARE(less, <)
COMPARE(less_equal, <=)
COMPARE(greater, >)
COMPARE(greater_equal, >=)
