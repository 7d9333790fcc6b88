/*
 * constants.h - The numbers behind elementary.h, for the type that vector.h was last included for.
 *
 * Polynomials are minimax fits, coefficients from the constant term upwards:
 *     exp_tail     (exp(r) - 1 - r) / r²               on |r| <= ln2/2, error relative to expm1(r)
 *     log_tail     (2·atanh(s) - 2s) / s³ in z = s²    on |s| <= 0.1716
 *     sin_tail     (sin(r) - r) / r³ in z = r²         on |r| <= π/4
 *     cos_tail     (cos(r) - 1 + r²/2) / r⁴ in z = r²  on |r| <= π/4
 *     erf_near     erf(x)/x - 1 in z = x²              on |x| <= 1
 *     erfc_far     log(erfc(x)) in x                   on 1 <= x <= ERF_SATURATION, weighted by erfc(x)
 *     erfc_tail    (1 + 2z)·exp(z²)·erfc(z) in t = (z - 3)/(z + 3)   on z >= 0.35
 */
#undef MANTISSA_BITS
#undef EXPONENT_BIAS
#undef ROUNDING_SHIFT
#undef LN2_HIGH
#undef LN2_LOW
#undef SQRT_HALF_BITS
#undef ONE_BITS
#undef INTEGER_SHIFT
#undef LEAST_NORMAL
#undef EXP_HIGHEST
#undef EXP_LOWEST
#undef NEGLIGIBLE
#undef TANH_SATURATION
#undef ERF_SATURATION
#undef NORMAL_SATURATION
#undef ERFC_SATURATION
#undef SQUARE_BITS
#undef GELU_SLOPE
#undef GELU_SLOPE_LOW
#undef GELU_CUBE
#undef EXPONENT_CAP

#ifdef SINGLE

#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define ROUNDING_SHIFT 0x1.8p23f
/* The high part ends in zeros, so that its products with an exponent are exact. */
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
#define SQRT_HALF_BITS 0x3f3504f3
#define ONE_BITS 0x3f800000
#define INTEGER_SHIFT 0x1p23f
#define LEAST_NORMAL 0x1p-126f
#define EXP_HIGHEST 89.0f
#define EXP_LOWEST (-104.0f)
/* Below this, f(x) = x for functions with slope 1 at 0; below -log of it, softplus = exp. */
#define NEGLIGIBLE 0x1p-30f
#define TANH_SATURATION 10.0f
#define ERF_SATURATION 4.0f
#define NORMAL_SATURATION 14.5f
#define ERFC_SATURATION 10.25f
/* Without these a number has so few digits that its square is exact. */
#define SQUARE_BITS 0xfff
#define EXPONENT_CAP 100
/* 2·√(2/π) and its rounding error. */
#define GELU_SLOPE 0x1.988454p+0f
#define GELU_SLOPE_LOW (-0x1.857936p-25f)
#define GELU_CUBE 0.044715f

static const float exp_tail_f32[] = {0x1p-1f,         0x1.555554p-3f,  0x1.5554f2p-5f,
                                     0x1.1111cap-7f,  0x1.6d407cp-10f, 0x1.9fbe38p-13f};
static const float log_tail_f32[] = {0x1.55557ap-1f, 0x1.995eb8p-2f, 0x1.31e334p-2f};
static const float sin_tail_f32[] = {-0x1.555546p-3f, 0x1.110756p-7f, -0x1.994b3ep-13f};
static const float cos_tail_f32[] = {0x1.55554ap-5f, -0x1.6c0c82p-10f, 0x1.99ff4ep-16f};
static const float erf_near_f32[] = {0x1.06eba8p-3f,  -0x1.81273ep-2f,  0x1.ce2cf8p-4f,
                                     -0x1.b7f90ep-6f, 0x1.5405b2p-8f,   -0x1.a3f6fap-11f,
                                     0x1.496a18p-14f};
static const float erfc_far_f32[] = {-0x1.72e65ep-12f, -0x1.2085b2p+0f, -0x1.46c584p-1f,
                                     -0x1.a60a8p-4f,   0x1.65421ap-6f,  -0x1.814cc2p-9f,
                                     0x1.852d12p-13f};
static const float erfc_tail_f32[] = {
  0x1.40c522p+0f, -0x1.15c078p-3f, -0x1.859d8p-5f, 0x1.0982p-3f, -0x1.e8a2d6p-4f,
  0x1.17e41p-4f, -0x1.83e892p-6f, 0x1.3ec7ep-9f, 0x1.c3bba8p-10f, -0x1.3db6cp-11f};

#else

#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define ROUNDING_SHIFT 0x1.8p52
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcd
#define ONE_BITS 0x3ff0000000000000
#define INTEGER_SHIFT 0x1p52
#define LEAST_NORMAL 0x1p-1022
#define EXP_HIGHEST 710.0
#define EXP_LOWEST (-746.0)
#define NEGLIGIBLE 0x1p-60
#define TANH_SATURATION 20.0
#define ERF_SATURATION 5.95
#define NORMAL_SATURATION 39.0
#define ERFC_SATURATION 27.6
#define SQUARE_BITS 0x7ffffff
#define EXPONENT_CAP 1000
#define GELU_SLOPE 0x1.9884533d43651p+0
#define GELU_SLOPE_LOW (-0x1.cbc0d30ebfd15p-54)
#define GELU_CUBE 0.044715

static const double exp_tail_f64[] = {
  0x1p-1,                0x1.5555555555559p-3,  0x1.5555555555548p-5,  0x1.111111110f7ebp-7,
  0x1.6c16c16c1cd4fp-10, 0x1.a01a01af76702p-13, 0x1.a01a0182e8543p-16, 0x1.71ddf9508973bp-19,
  0x1.27e52b5feb0b3p-22, 0x1.af5d2829c937bp-26, 0x1.1ef4e7379ff70p-29};
static const double log_tail_f64[] = {
  0x1.5555555555592p-1, 0x1.999999997fd7cp-2, 0x1.24924941f4e23p-2, 0x1.c71c52061457cp-3,
  0x1.74663f9f5fdaap-3, 0x1.39a1a756924f0p-3, 0x1.2f062f90047d2p-3};
static const double sin_tail_f64[] = {
  -0x1.5555555555549p-3, 0x1.111111110f842p-7,  -0x1.a01a019c0a238p-13,
  0x1.71de3570f5461p-19, -0x1.ae5e60bcb8e1ep-26, 0x1.5d915b8e60735p-33};
static const double cos_tail_f64[] = {
  0x1.555555555554cp-5,   -0x1.6c16c16c1513fp-10, 0x1.a01a019cab67cp-16,
  -0x1.27e4f80535c8ap-22, 0x1.1ee9e89804ee5p-29,  -0x1.8facd73b69e42p-37};
static const double erf_near_f64[] = {
  0x1.06eba8214db69p-3,   -0x1.812746b0379e6p-2,  0x1.ce2f21a042b20p-4,   -0x1.b82ce3128499cp-6,
  0x1.565bcd0db02d7p-8,   -0x1.c02db3d8ed016p-11, 0x1.f9a321a11a9a7p-14,  -0x1.f4d1df3921968p-17,
  0x1.b9def19cf14b6p-20,  -0x1.5f1d36c2c4518p-23, 0x1.f7a4128e46673p-27,  -0x1.386ac2e9fbb86p-30,
  0x1.0579b2db35154p-34};
static const double erfc_far_f64[] = {
  -0x1.8bf7ab88e3639p-23, -0x1.20dd55655e0a5p+0,  -0x1.45f4328d53900p-1,  -0x1.a4d9a9c2d0f5cp-4,
  0x1.388e8beadcd10p-6,   0x1.27f08720c72a9p-12,  -0x1.d03ce337088dap-10, 0x1.5107d2b1983b2p-11,
  -0x1.8182eb5f62184p-15, -0x1.248db7cf5762fp-14, 0x1.778e86be9347bp-15,  -0x1.1381a9f2c7ff2p-16,
  0x1.20aff206c3f78p-18,  -0x1.c5c23bc6d626dp-21, 0x1.0c12461d1b021p-23,  -0x1.d09e243cac9a2p-27,
  0x1.178fb8a965e5ep-30,  -0x1.a1f58a4810d72p-35, 0x1.24760631fa653p-40};
static const double erfc_tail_f64[] = {
  0x1.40c522d7e4987p+0, -0x1.15c084bb9e918p-3, -0x1.85a15c58a9d42p-5, 0x1.098366a5b5739p-3,
  -0x1.e88b803a57686p-4, 0x1.17ca2877ad521p-4, -0x1.8574c4071b69fp-6, 0x1.4b884ec2281b9p-9,
  0x1.ef1bda05d9923p-10, -0x1.98db6107de13fp-11, -0x1.b9111c056a787p-14, 0x1.065b6b3295352p-13,
  0x1.4bca35702a7ddp-18, -0x1.51582535c1d3ep-16, -0x1.80868f58e3203p-21, 0x1.d3b5b9dc52a57p-19,
  0x1.60b959fde2576p-22, -0x1.52140d1e14776p-21, -0x1.cf6d576123ad6p-24, 0x1.d1934d089e166p-24,
  0x1.33e8f60641420p-26, -0x1.c764391f3a04fp-27};

#endif
