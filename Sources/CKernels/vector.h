/*
 * vector.h - Vectors of one element type: included for double, and again with SINGLE defined for float.
 *
 * The definitions are macros that stand for the type at hand, so that the same source text serves both:
 * `real` an element, `vector` a full register of them, `integers` and `bits` its lanes as signed and
 * unsigned integers, FN(name) a name with the type's suffix.
 */
#undef real
#undef vector
#undef integers
#undef bits
#undef integer
#undef LANES
#undef FN

#ifdef SINGLE
#define real float
#define integer int32_t
#define FN(name) name##_f32
#define vector vector_f32
#define integers integers_f32
#define bits bits_f32
#define LANES (VECTOR_BYTES / 4)
typedef float vector_f32 __attribute__((ext_vector_type(LANES)));
typedef float unaligned_vector_f32 __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int32_t integers_f32 __attribute__((ext_vector_type(LANES)));
typedef uint32_t bits_f32 __attribute__((ext_vector_type(LANES)));
#else
#define real double
#define integer int64_t
#define FN(name) name##_f64
#define vector vector_f64
#define integers integers_f64
#define bits bits_f64
#define LANES (VECTOR_BYTES / 8)
typedef double vector_f64 __attribute__((ext_vector_type(LANES)));
typedef double unaligned_vector_f64 __attribute__((ext_vector_type(LANES), aligned(8)));
typedef int64_t integers_f64 __attribute__((ext_vector_type(LANES)));
typedef uint64_t bits_f64 __attribute__((ext_vector_type(LANES)));
#endif

INLINE vector FN(load)(const real *p) { return *(const FN(unaligned_vector) *)p; }
INLINE void FN(store)(real *p, vector v) { *(FN(unaligned_vector) *)p = v; }

/* The first `count` elements, 0 < count < LANES; zeros in the other lanes, whose memory is not touched. For functions that
   zeros would make raise an exception (1/0, log 0), load_filled() repeats the first element there instead. */
#if defined(NETJAC_VARIANT_AVX512) && defined(SINGLE)
INLINE __mmask16 FN(first)(int64_t count) { return (__mmask16)((1u << count) - 1); }
INLINE vector FN(load_part)(const real *p, int64_t count) {
  return (vector)_mm512_maskz_loadu_ps(FN(first)(count), p);
}
INLINE void FN(store_part)(real *p, vector v, int64_t count) {
  _mm512_mask_storeu_ps(p, FN(first)(count), (__m512)v);
}
INLINE vector FN(load_filled)(const real *p, int64_t count) {
  return (vector)_mm512_mask_loadu_ps(_mm512_set1_ps(*p), FN(first)(count), p);
}
#elif defined(NETJAC_VARIANT_AVX512)
INLINE __mmask8 FN(first)(int64_t count) { return (__mmask8)((1u << count) - 1); }
INLINE vector FN(load_part)(const real *p, int64_t count) {
  return (vector)_mm512_maskz_loadu_pd(FN(first)(count), p);
}
INLINE void FN(store_part)(real *p, vector v, int64_t count) {
  _mm512_mask_storeu_pd(p, FN(first)(count), (__m512d)v);
}
INLINE vector FN(load_filled)(const real *p, int64_t count) {
  return (vector)_mm512_mask_loadu_pd(_mm512_set1_pd(*p), FN(first)(count), p);
}
#elif defined(NETJAC_VARIANT_AVX2) && defined(SINGLE)
INLINE __m256i FN(first)(int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vector FN(load_part)(const real *p, int64_t count) {
  return (vector)_mm256_maskload_ps(p, FN(first)(count));
}
INLINE void FN(store_part)(real *p, vector v, int64_t count) {
  _mm256_maskstore_ps(p, FN(first)(count), (__m256)v);
}
INLINE vector FN(load_filled)(const real *p, int64_t count) {
  const __m256i first = FN(first)(count);
  return (vector)_mm256_blendv_ps(_mm256_set1_ps(*p), _mm256_maskload_ps(p, first), _mm256_castsi256_ps(first));
}
#elif defined(NETJAC_VARIANT_AVX2)
INLINE __m256i FN(first)(int64_t count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
INLINE vector FN(load_part)(const real *p, int64_t count) {
  return (vector)_mm256_maskload_pd(p, FN(first)(count));
}
INLINE void FN(store_part)(real *p, vector v, int64_t count) {
  _mm256_maskstore_pd(p, FN(first)(count), (__m256d)v);
}
INLINE vector FN(load_filled)(const real *p, int64_t count) {
  const __m256i first = FN(first)(count);
  return (vector)_mm256_blendv_pd(_mm256_set1_pd(*p), _mm256_maskload_pd(p, first), _mm256_castsi256_pd(first));
}
#else
INLINE vector FN(load_part)(const real *p, int64_t count) {
  vector v = 0;
  UNROLL for (int i = 0; i < LANES - 1; i++) if (i < count) v[i] = p[i];
  return v;
}
INLINE void FN(store_part)(real *p, vector v, int64_t count) {
  UNROLL for (int i = 0; i < LANES - 1; i++) if (i < count) p[i] = v[i];
}
INLINE vector FN(load_filled)(const real *p, int64_t count) {
  vector v = (vector)*p;
  UNROLL for (int i = 1; i < LANES - 1; i++) if (i < count) v[i] = p[i];
  return v;
}
#endif

/* Whether any lane of a comparison's result is true. */
INLINE int FN(any)(integers condition) {
#if defined(NETJAC_VARIANT_AVX512) && defined(SINGLE)
  return _mm512_movepi32_mask((__m512i)condition) != 0;
#elif defined(NETJAC_VARIANT_AVX512)
  return _mm512_movepi64_mask((__m512i)condition) != 0;
#elif defined(NETJAC_VARIANT_AVX2)
  return _mm256_movemask_epi8((__m256i)condition) != 0;
#else
  return __builtin_reduce_or(condition) != 0;
#endif
}

/* a·b + c, in one rounding where the instruction set can. */
INLINE vector FN(multiply_add)(vector a, vector b, vector c) {
#if HAS_FUSED_MULTIPLY_ADD
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}
