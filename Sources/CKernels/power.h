/*
 * power.h - a to the power of b on one vector, where the instruction set has a fused multiply-add; for the
 * type that elementary.h was last included for. Elsewhere the C library is as fast.
 *
 * exp(b·log a) multiplies the relative error of the logarithm by up to 745, so float64 carries the logarithm
 * in two numbers; float32 has enough digits in one float64.
 */
#if HAS_FUSED_MULTIPLY_ADD

#ifdef SINGLE

INLINE vector FN(power_of_magnitude)(vector a, vector b) {
  typedef float half_vector __attribute__((ext_vector_type(LANES / 2)));
  half_vector a_half[2] = {a.lo, a.hi}, b_half[2] = {b.lo, b.hi}, y_half[2];
  UNROLL for (int i = 0; i < 2; i++) {
    log_parts_f64 l = reduce_log_f64(__builtin_convertvector(a_half[i], vector_f64));
    vector_f64 log = log_from_parts_f64(l.k, l.m - 1.0);
    vector_f64 y = exp_f64(__builtin_convertvector(b_half[i], vector_f64) * log);
    y_half[i] = __builtin_convertvector(y, half_vector);
  }
  vector y;
  y.lo = y_half[0];
  y.hi = y_half[1];
  return y;
}

#else

/* (2·atanh(s) - 2s) / s³ is 2/3 + z·tail(z) in z = s². */
static const double power_tail_f64[] = {
  0x1.9999999999b30p-2, 0x1.2492492457d45p-2, 0x1.c71c722d687ddp-3, 0x1.745ce9e2968d8p-3,
  0x1.3b1eec310bb7bp-3, 0x1.0f7fe5e1062fap-3, 0x1.0e42d17b34a92p-3};

/* In pairs `x`, `x_low`, the second number is what the rounding of the first left out. */
INLINE vector FN(power_of_magnitude)(vector a, vector b) {
  FN(log_parts) l = FN(reduce_log)(a);
  vector f = l.m - SPLAT(1);

  /* s = f / (2 + f), whose reciprocal of the denominator is (1 - s) / 2. */
  vector d = SPLAT(1) + l.m;
  vector d_low = l.m - (d - SPLAT(1));
  vector s = f / d;
  vector rest = FN(multiply_add)(-s, d_low, FN(multiply_add)(-s, d, f));
  vector s_low = rest * FN(multiply_add)(s, SPLAT(-0.5), SPLAT(0.5));

  vector z = s * s;
  vector z_low = FN(multiply_add)(s + s, s_low, FN(multiply_add)(s, s, -z));

  /* q = z·(2/3 + z·tail), u = s·q */
  vector t = z * POLYNOMIAL(power_tail, z);
  vector p = SPLAT(0x1.5555555555555p-1) + t;
  vector p_low = (SPLAT(0x1.5555555555555p-1) - p) + t + SPLAT(0x1.5555555555555p-55);
  vector q = z * p;
  vector q_low = FN(multiply_add)(z, p, -q) + FN(multiply_add)(z, p_low, z_low * p);
  vector u = s * q;
  vector u_low = FN(multiply_add)(s, q, -u) + FN(multiply_add)(s, q_low, s_low * q);

  /* log a = k·ln2 + 2s + u */
  vector k_ln2 = l.k * SPLAT(LN2_HIGH);
  vector sum = k_ln2 + (s + s);
  vector sum_low = (k_ln2 - sum) + (s + s);
  vector log = sum + u;
  vector log_low = ((sum - log) + u) + sum_low +
                   FN(multiply_add)(l.k, SPLAT(LN2_LOW), FN(multiply_add)(s_low, SPLAT(2), u_low));

  vector x = b * log;
  vector x_low = FN(multiply_add)(b, log_low, FN(multiply_add)(b, log, -x));
  x_low = FN(magnitude)(x) < SPLAT(800) ? x_low : SPLAT(0);
  FN(exp_parts) e = FN(reduce_exp_of_sum)(FN(at_least)(FN(at_most)(x, EXP_HIGHEST), EXP_LOWEST), x_low);
  return FN(scale)(SPLAT(1) + (e.r + e.tail), e.exponent, e.n);
}

#endif

static __attribute__((noinline)) vector FN(each_power_of)(vector a, vector b, vector y, integers far) {
  for (int i = 0; i < LANES; i++) {
#ifdef SINGLE
    if (far[i]) y[i] = powf(a[i], b[i]);
#else
    if (far[i]) y[i] = pow(a[i], b[i]);
#endif
  }
  return y;
}

INLINE vector FN(power)(vector a, vector b) {
  vector magnitude = FN(magnitude)(a);
  vector half = b * SPLAT(0.5);
  integers is_whole = FN(round_to_zero)(b) == b;
  integers is_odd = is_whole & (FN(round_to_zero)(half) != half);

  vector y = FN(power_of_magnitude)(magnitude, b);
  y = a == 0 ? (b > 0 ? SPLAT(0) : (b < 0 ? SPLAT(INFINITY) : SPLAT(1))) : y;
  vector sign = is_odd ? a : SPLAT(0);
  y = (vector)((bits)y ^ ((bits)sign & (bits)SPLAT(-0.0)));
  y = (a < 0) & ~is_whole ? SPLAT(NAN) : y;

  /* Infinite and subnormal numbers and NaN. */
  integers far = ~((magnitude < SPLAT(INFINITY)) & ((magnitude >= SPLAT(LEAST_NORMAL)) | (a == 0)) &
                   (FN(magnitude)(b) < SPLAT(INFINITY)));
  return __builtin_expect(FN(any)(far), 0) ? FN(each_power_of)(a, b, y, far) : y;
}

#endif
