/*
 * elementary.h - exp, log and their relatives on one vector, for the type that vector.h and constants.h
 * were last included for. Errors stay below 2 ulp, those of erfc and of normal
 * distributions, which are exponentials far out, below 7; the tests measure them.
 */
#define SPLAT(value) ((vector)(real)(value))
#define POLYNOMIAL(name, x) \
  FN(polynomial)(x, FN(name), (int)(sizeof FN(name) / sizeof FN(name)[0]))

/* Pairs, then pairs of pairs (Estrin): a short chain of dependent operations instead of a long one. */
INLINE vector FN(polynomial)(vector x, const real *coefficients, int count) {
  vector term[24];
  UNROLL for (int i = 0; i < count; i++) term[i] = (vector)coefficients[i];
  UNROLL for (int length = count; length > 1; length = (length + 1) / 2) {
    UNROLL for (int i = 0; i < length / 2; i++)
      term[i] = FN(multiply_add)(x, term[2 * i + 1], term[2 * i]);
    if (length % 2) term[length / 2] = term[length - 1];
    x = x * x;
  }
  return term[0];
}

INLINE vector FN(magnitude)(vector x) { return __builtin_elementwise_abs(x); }
INLINE vector FN(with_sign_of)(vector y, vector x) { return __builtin_elementwise_copysign(y, x); }

/* NaN passes all three. */
INLINE vector FN(at_most)(vector x, real bound) { return x > SPLAT(bound) ? SPLAT(bound) : x; }
INLINE vector FN(at_least)(vector x, real bound) { return x < SPLAT(bound) ? SPLAT(bound) : x; }

/* a without its last digits, so that its square is exact. */
INLINE vector FN(short_part)(vector a) {
  return (vector)((bits)a & ~(bits)((integers)(integer)SQUARE_BITS));
}

/* What a·b, rounded to `product`, has lost. */
INLINE vector FN(product_error)(vector a, vector b, vector product) {
#if HAS_FUSED_MULTIPLY_ADD
  return FN(multiply_add)(a, b, -product);
#else
  vector a_high = FN(short_part)(a), b_high = FN(short_part)(b);
  vector a_low = a - a_high, b_low = b - b_high;
  return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
#endif
}

/* 2^n for exponents of normal numbers. */
INLINE vector FN(power_of_two)(integers n) {
  return (vector)((n + (integer)EXPONENT_BIAS) << MANTISSA_BITS);
}

/* y·2^n for exponents down to subnormal and up to infinite results, rounding once. */
INLINE vector FN(scale)(vector y, vector exponent, integers n) {
#if defined(NETJAC_VARIANT_AVX512) && defined(SINGLE)
  (void)n;
  return (vector)_mm512_scalef_ps((__m512)y, (__m512)exponent);
#elif defined(NETJAC_VARIANT_AVX512)
  (void)n;
  return (vector)_mm512_scalef_pd((__m512d)y, (__m512d)exponent);
#else
  (void)exponent;
  /* Two normal powers of two; the offset keeps the halved number positive, for a logical shift. */
  integers half = (integers)((bits)(n + (integer)4096) >> 1) - (integer)2048;
  return y * FN(power_of_two)(half) * FN(power_of_two)(n - half);
#endif
}

/* x = n·ln2 + r with |r| <= ln2/2, but for the rounding of r, and exp(x) = 2^n·(1 + r + tail) with it. */
typedef struct {
  vector exponent, r, tail;
  integers n;
} FN(exp_parts);

/* Of x + x_low. */
INLINE FN(exp_parts) FN(reduce_exp_of_sum)(vector x, vector x_low) {
  FN(exp_parts) e;
  /* Adding a number whose last bit is 1 rounds to an integer, which is then in the low bits. */
  vector shifted = FN(multiply_add)(x, SPLAT(0x1.71547652b82fep+0), SPLAT(ROUNDING_SHIFT));
  e.n = (integers)shifted - (integers)SPLAT(ROUNDING_SHIFT);
  e.exponent = shifted - SPLAT(ROUNDING_SHIFT);
  vector high = FN(multiply_add)(e.exponent, SPLAT(-LN2_HIGH), x);
  vector low = FN(multiply_add)(e.exponent, SPLAT(-LN2_LOW), x_low);
  e.r = high + low;
  e.tail = FN(multiply_add)(e.r * e.r, POLYNOMIAL(exp_tail, e.r), (high - e.r) + low);
  return e;
}

INLINE FN(exp_parts) FN(reduce_exp)(vector x) {
  /* A negative zero is what the compiler can add without a trace. */
  return FN(reduce_exp_of_sum)(x, SPLAT(-0.0));
}

INLINE vector FN(exp)(vector x) {
  FN(exp_parts) e = FN(reduce_exp)(FN(at_least)(FN(at_most)(x, EXP_HIGHEST), EXP_LOWEST));
  return FN(scale)(SPLAT(1) + (e.r + e.tail), e.exponent, e.n);
}

INLINE vector FN(expm1)(vector x) {
  FN(exp_parts) e = FN(reduce_exp)(FN(at_least)(FN(at_most)(x, EXP_HIGHEST), (real)-60));
  /* s·r + (s - 1) with its rounding error kept, everything halved so that 2^n stays finite. */
  vector s = FN(power_of_two)(e.n - 1);
  vector base = s - SPLAT(0.5);
  vector product = s * e.r;
  vector sum = base + product;
  vector error = product - (sum - base);
  vector y = sum + FN(multiply_add)(s, e.tail, error);
  return FN(magnitude)(x) < SPLAT(NEGLIGIBLE) ? x : y + y;
}

/* With t = exp(-2|x|): tanh|x| = (1 - t) / (1 + t) = o + ((1 - o) - (1 + o)·t) / (1 + t) for any o. An o near the
   result keeps most of the fraction's error out of the sum; without one, tiny results keep their digits. */
INLINE vector FN(tanh)(vector x) {
  FN(exp_parts) e = FN(reduce_exp)(FN(at_most)(FN(magnitude)(x), TANH_SATURATION) * SPLAT(-2));
  vector s = FN(power_of_two)(e.n);
  vector p = e.r + e.tail;
  vector offset = FN(at_most)(e.exponent * SPLAT(-0.25), 0.5);
  vector weight = FN(multiply_add)(s, offset, s);
  vector numerator = FN(multiply_add)(-weight, p, (SPLAT(1) - offset) - weight);
  vector denominator = FN(multiply_add)(s, p, SPLAT(1) + s);
  return FN(with_sign_of)(offset + numerator / denominator, x);
}

/* Of -(x + x_low): 1 / (1 + s·(1 + p)) with s·(1 + p) = exp(x + x_low); s stays finite, and what it lacks scales the
   result. */
INLINE vector FN(sigmoid_of_opposite)(vector x, vector x_low) {
  FN(exp_parts) e = FN(reduce_exp_of_sum)(FN(at_most)(FN(at_least)(x, -40), -EXP_LOWEST), x_low);
  integers n = e.n > (integer)EXPONENT_CAP ? (integers)(integer)EXPONENT_CAP : e.n;
  vector s = FN(power_of_two)(n);
  /* A large s would swallow the 1, so only a part of it is added first. */
  vector part = FN(at_most)(s, INTEGER_SHIFT);
  vector denominator = FN(multiply_add)(s, e.r + e.tail, SPLAT(1) + part) + (s - part);
  return SPLAT(1) / denominator * FN(power_of_two)(n - e.n);
}

INLINE vector FN(sigmoid)(vector x) { return FN(sigmoid_of_opposite)(-x, SPLAT(-0.0)); }

/* The sigmoid of 2·√(2/π)·(x + a·x³). What that argument loses to rounding is kept: far out, the result would lose it
   as many times as the argument is large. Beyond ±64 it is 0 or 1. */
INLINE vector FN(normal_by_tanh)(vector x) {
  x = FN(at_least)(FN(at_most)(x, 64), -64);
  vector square = x * x, cube = square * SPLAT(GELU_CUBE);
  vector cube_low = FN(product_error)(square, SPLAT(GELU_CUBE), cube) +
                    FN(product_error)(x, x, square) * SPLAT(GELU_CUBE);
#ifdef SINGLE
  cube_low += square * SPLAT(0.044715 - (double)GELU_CUBE);
#endif
  vector factor = SPLAT(1) + cube, part = factor - SPLAT(1);
  vector factor_low = (SPLAT(1) - (factor - part)) + (cube - part) + cube_low;
  vector sum = x * factor;
  vector sum_low = FN(product_error)(x, factor, sum) + x * factor_low;
  vector y = sum * SPLAT(GELU_SLOPE);
  vector y_low = FN(product_error)(sum, SPLAT(GELU_SLOPE), y) +
                 FN(multiply_add)(sum, SPLAT(GELU_SLOPE_LOW), sum_low * SPLAT(GELU_SLOPE));
  return FN(sigmoid_of_opposite)(-y, -y_low);
}

/* log(2^k·(1 + f)) for sqrt(1/2) <= 1 + f < sqrt(2), with s = f / (2 + f):
   log(1 + f) = f - f²/2 + s·(f²/2 + s²·tail(s²)) */
INLINE vector FN(log_from_parts)(vector k, vector f) {
  vector s = f / (SPLAT(2) + f);
  vector z = s * s;
  vector half_square = SPLAT(0.5) * f * f;
  vector tail = z * POLYNOMIAL(log_tail, z);
  vector low = FN(multiply_add)(s, half_square + tail, k * SPLAT(LN2_LOW));
  return FN(multiply_add)(k, SPLAT(LN2_HIGH), f - (half_square - low));
}

/* Splits a positive normal u into 2^k·m with sqrt(1/2) <= m < sqrt(2). */
typedef struct {
  vector k, m;
  bits biased;
} FN(log_parts);

INLINE FN(log_parts) FN(reduce_log)(vector u) {
  FN(log_parts) l;
  l.biased = ((bits)u + (bits)((integers)(integer)(ONE_BITS - SQRT_HALF_BITS))) >> MANTISSA_BITS;
  l.m = (vector)((bits)u - ((l.biased - (bits)((integers)(integer)EXPONENT_BIAS)) << MANTISSA_BITS));
  l.k = (vector)(l.biased | (bits)SPLAT(INTEGER_SHIFT)) - SPLAT(INTEGER_SHIFT + EXPONENT_BIAS);
  return l;
}

/* What log has at x outside (0, infinity), given y for x inside. */
INLINE vector FN(log_or_limit)(vector x, vector y) {
  integers outside = ~((x > 0) & (x < SPLAT(INFINITY)));
  if (FN(any)(outside)) {
    vector limit = x < 0 ? SPLAT(NAN) : (x == 0 ? SPLAT(-INFINITY) : x);
    y = outside ? limit : y;
  }
  return y;
}

INLINE vector FN(log)(vector x) {
  integers subnormal = x < SPLAT(LEAST_NORMAL);
  FN(log_parts) l = FN(reduce_log)(subnormal ? x * SPLAT(INTEGER_SHIFT) : x);
  vector k = subnormal ? l.k - SPLAT(MANTISSA_BITS) : l.k;
  return FN(log_or_limit)(x, FN(log_from_parts)(k, l.m - SPLAT(1)));
}

/* log(1 + x + x_low): the rounding error of 1 + x goes into f. */
INLINE vector FN(log_of_sum)(vector x, vector x_low) {
  vector u = SPLAT(1) + x;
  vector rest = u - SPLAT(1);
  vector low = ((SPLAT(1) - (u - rest)) + (x - rest)) + x_low;
  FN(log_parts) l = FN(reduce_log)(u);
  /* 2^-k; 0 for the largest k, where the error no longer matters. */
  bits opposite = (bits)((integers)(integer)(2 * EXPONENT_BIAS)) - l.biased;
  vector scale = (vector)(opposite << MANTISSA_BITS);
  scale = (integers)opposite < 0 ? SPLAT(0) : scale;
  return FN(log_from_parts)(l.k, FN(multiply_add)(low, scale, l.m - SPLAT(1)));
}

INLINE vector FN(log1p)(vector x) {
  vector y = FN(log_or_limit)(SPLAT(1) + x, FN(log_of_sum)(x, SPLAT(0)));
  return FN(magnitude)(x) < SPLAT(NEGLIGIBLE) ? x : y;
}

/* max(x, 0) + log1p(t) with t = exp(-|x|), whose rounding error is kept. */
INLINE vector FN(softplus)(vector x) {
  FN(exp_parts) e = FN(reduce_exp)(FN(at_least)(-FN(magnitude)(x), EXP_LOWEST));
  vector p = e.r + e.tail;
  vector s = FN(scale)(SPLAT(1), e.exponent, e.n);
  vector t = FN(scale)(SPLAT(1) + p, e.exponent, e.n);
  vector y = FN(log_of_sum)(t, FN(multiply_add)(s, p, s - t));
  y = t < SPLAT(NEGLIGIBLE) ? t : y;
  return x > 0 ? x + y : y;
}

INLINE vector FN(erf)(vector x) {
  vector a = FN(at_most)(FN(magnitude)(x), ERF_SATURATION);
  integers far = a > SPLAT(1);
  vector y = FN(multiply_add)(a, POLYNOMIAL(erf_near, a * a), a);
  if (FN(any)(far)) {
    vector b = FN(at_least)(a, 1);
    FN(exp_parts) e = FN(reduce_exp)(POLYNOMIAL(erfc_far, b));
    vector s = FN(power_of_two)(e.n);
    y = far ? SPLAT(1) - FN(multiply_add)(s, e.r + e.tail, s) : y;
  }
  return FN(with_sign_of)(y, x);
}

/* erfc(z)/2 of z with this magnitude and the sign of x, given the square of z in two parts, so that its rounding does
   not reach the result. The tail is exp(-z²) times a slowly varying function. */
INLINE vector FN(half_erfc)(vector x, vector z, vector square, vector square_low) {
  integers far = z > SPLAT(0.35);
  vector half = SPLAT(0.5) * FN(multiply_add)(z, POLYNOMIAL(erf_near, z * z), z);
  vector y = SPLAT(0.5) - FN(with_sign_of)(half, x);
  if (FN(any)(far)) {
    FN(exp_parts) e = FN(reduce_exp_of_sum)(-square, -square_low);
    vector t = (z - SPLAT(3)) / (z + SPLAT(3));
    vector ratio = POLYNOMIAL(erfc_tail, t) / FN(multiply_add)(SPLAT(4), z, SPLAT(2));
    vector tail = FN(scale)(FN(multiply_add)(ratio, e.r + e.tail, ratio), e.exponent, e.n);
    y = far ? (x < 0 ? SPLAT(1) - tail : tail) : y;
  }
  return y;
}

/* Φ(x) = erfc(-x/√2)/2 */
INLINE vector FN(normal_distribution)(vector x) {
  vector a = FN(at_most)(FN(magnitude)(x), NORMAL_SATURATION);
  vector high = FN(short_part)(a), low = (a - high) * (a + high);
  return FN(half_erfc)(
    -x, a * SPLAT(0x1.6a09e667f3bcdp-1), SPLAT(0.5) * high * high, SPLAT(0.5) * low);
}

INLINE vector FN(erfc)(vector x) {
  vector a = FN(at_most)(FN(magnitude)(x), ERFC_SATURATION);
  vector high = FN(short_part)(a), low = (a - high) * (a + high);
  vector half = FN(half_erfc)(x, a, high * high, low);
  return half + half;
}

/* x = n·π/2 + r with |r| <= π/4 for 0 <= x <= SINE_FARTHEST. */
#ifdef SINGLE
INLINE vector FN(reduce_sine)(vector x, integers *n) {
  typedef float half_vector __attribute__((ext_vector_type(LANES / 2)));
  typedef int32_t half_integers __attribute__((ext_vector_type(LANES / 2)));
  half_vector half[2] = {x.lo, x.hi}, r[2];
  half_integers quadrant[2];
  UNROLL for (int i = 0; i < 2; i++) {
    vector_f64 wide = __builtin_convertvector(half[i], vector_f64);
    vector_f64 turns = multiply_add_f64(wide, 0x1.45f306dc9c883p-1, 0x1.8p52) - 0x1.8p52;
    wide = multiply_add_f64(turns, -0x1.921fb54440000p+0, wide);
    wide = multiply_add_f64(turns, -0x1.68c234c4c6629p-39, wide);
    r[i] = __builtin_convertvector(wide, half_vector);
    quadrant[i] = __builtin_convertvector(turns, half_integers);
  }
  n->lo = quadrant[0];
  n->hi = quadrant[1];
  vector y;
  y.lo = r[0];
  y.hi = r[1];
  return y;
}
#else
INLINE vector FN(reduce_sine)(vector x, integers *n) {
  vector shifted = FN(multiply_add)(x, SPLAT(0x1.45f306dc9c883p-1), SPLAT(ROUNDING_SHIFT));
  *n = (integers)shifted - (integers)SPLAT(ROUNDING_SHIFT);
  vector turns = shifted - SPLAT(ROUNDING_SHIFT);
#if HAS_FUSED_MULTIPLY_ADD
  x = FN(multiply_add)(turns, SPLAT(-0x1.921fb54442d18p+0), x);
  x = FN(multiply_add)(turns, SPLAT(-0x1.1a62633145c07p-54), x);
  return FN(multiply_add)(turns, SPLAT(0x1.f1976b7ed8fbcp-110), x);
#else
  /* π/2 in parts short enough for exact products. */
  x = x - turns * SPLAT(0x1.921fb54440000p+0);
  x = x - turns * SPLAT(0x1.68c234c4c0000p-39);
  return x - turns * SPLAT(0x1.98a2e03707345p-77);
#endif
}
#endif

#undef SINE_FARTHEST
#define SINE_FARTHEST 1e5

static __attribute__((noinline)) vector FN(each_sine)(vector x, vector y, int is_cosine) {
  for (int i = 0; i < LANES; i++) {
#ifdef SINGLE
    if (fabsf(x[i]) > (real)SINE_FARTHEST) y[i] = is_cosine ? cosf(x[i]) : sinf(x[i]);
#else
    if (fabs(x[i]) > (real)SINE_FARTHEST) y[i] = is_cosine ? cos(x[i]) : sin(x[i]);
#endif
  }
  return y;
}

INLINE vector FN(sine_or_cosine)(vector x, int is_cosine) {
  vector a = FN(magnitude)(x);
  integers far = a > SPLAT(SINE_FARTHEST);
  integers n;
  vector r = FN(reduce_sine)(far ? SPLAT(0) : a, &n);
  vector z = r * r;
  vector sine = FN(multiply_add)(r * z, POLYNOMIAL(sin_tail, z), r);
  vector cosine = FN(multiply_add)(z, FN(multiply_add)(z, POLYNOMIAL(cos_tail, z), SPLAT(-0.5)), SPLAT(1));
  int last_bit = MANTISSA_BITS == 52 ? 63 : 31;
  integers odd = n << last_bit; /* A condition is the highest bit of its lane. */
  vector y = is_cosine ? (odd ? sine : cosine) : (odd ? cosine : sine);
  bits sign = (bits)((is_cosine ? n + 1 : n) >> 1) << last_bit;
  if (!is_cosine) sign ^= (bits)x & (bits)SPLAT(-0.0);
  y = (vector)((bits)y ^ sign);
  return __builtin_expect(FN(any)(far), 0) ? FN(each_sine)(x, y, is_cosine) : y;
}

INLINE vector FN(sin)(vector x) { return FN(sine_or_cosine)(x, 0); }
INLINE vector FN(cos)(vector x) { return FN(sine_or_cosine)(x, 1); }
