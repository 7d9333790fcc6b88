/*
 * transpose.h - Transposing a matrix tile by tile in registers, for the type that vector.h was last included for.
 */

#ifndef LANE_LIST
/* f for each lane of a vector, as the list of constants that a shuffle wants. */
#define LANE_LIST_2(f, s) f(0, s), f(1, s)
#define LANE_LIST_4(f, s) LANE_LIST_2(f, s), f(2, s), f(3, s)
#define LANE_LIST_8(f, s) LANE_LIST_4(f, s), f(4, s), f(5, s), f(6, s), f(7, s)
#define LANE_LIST_16(f, s) \
  LANE_LIST_8(f, s), f(8, s), f(9, s), f(10, s), f(11, s), f(12, s), f(13, s), f(14, s), f(15, s)
#if VECTOR_BYTES == 64
#define LANE_LIST_f64 LANE_LIST_8
#define LANE_LIST_f32 LANE_LIST_16
#elif VECTOR_BYTES == 32
#define LANE_LIST_f64 LANE_LIST_4
#define LANE_LIST_f32 LANE_LIST_8
#else
#define LANE_LIST_f64 LANE_LIST_2
#define LANE_LIST_f32 LANE_LIST_4
#endif
#define LANE_LIST(f, s) FN(LANE_LIST)(f, s)

/* Two rows, s apart: what the first and the second become when blocks of s lanes change places across. */
#define LANE_OF_FIRST(l, s) (((l) & (s)) ? LANES + (l) - (s) : (l))
#define LANE_OF_SECOND(l, s) (((l) & (s)) ? LANES + (l) : (l) + (s))
#endif

#define SWAP_BLOCKS(v, s) \
  UNROLL for (int i = 0; i < LANES; i++) if (!(i & (s))) { \
    const vector a = v[i], b = v[i + (s)]; \
    v[i] = __builtin_shufflevector(a, b, LANE_LIST(LANE_OF_FIRST, s)); \
    v[i + (s)] = __builtin_shufflevector(a, b, LANE_LIST(LANE_OF_SECOND, s)); \
  }

/* As many rows as lanes become columns. */
INLINE void FN(turn)(vector *v) {
#if LANES > 8
  SWAP_BLOCKS(v, 8)
#endif
#if LANES > 4
  SWAP_BLOCKS(v, 4)
#endif
#if LANES > 2
  SWAP_BLOCKS(v, 2)
#endif
  SWAP_BLOCKS(v, 1)
}

/* At most LANES rows and columns; what is beyond is not touched. */
INLINE void FN(transpose_tile)(real *y, int64_t y_stride, const real *x, int64_t x_stride, int64_t rows,
                               int64_t columns) {
  vector v[LANES];
  UNROLL for (int r = 0; r < LANES; r++) {
    v[r] = 0;
    if (r < rows)
      v[r] = columns == LANES ? FN(load)(x + r * x_stride) : FN(load_part)(x + r * x_stride, columns);
  }
  FN(turn)(v);
  UNROLL for (int c = 0; c < LANES; c++) if (c < columns) {
    if (rows == LANES)
      FN(store)(y + c * y_stride, v[c]);
    else
      FN(store_part)(y + c * y_stride, v[c], rows);
  }
}

/* In blocks, so that the cache lines of both sides are used up before they leave the cache. */
static void FN(transpose)(real *y, int64_t y_stride, const real *x, int64_t x_stride, int64_t rows,
                          int64_t columns) {
  enum { BLOCK = 64 };
  for (int64_t block = 0; block < rows; block += BLOCK) {
    const int64_t end = rows - block < BLOCK ? rows : block + BLOCK;
    for (int64_t c = 0; c < columns; c += LANES)
      for (int64_t r = block; r < end; r += LANES) {
        const int64_t height = end - r < LANES ? end - r : LANES;
        const int64_t width = columns - c < LANES ? columns - c : LANES;
        real *to = y + c * y_stride + r;
        const real *from = x + r * x_stride + c;
        if (height == LANES && width == LANES)
          FN(transpose_tile)(to, y_stride, from, x_stride, LANES, LANES);
        else
          FN(transpose_tile)(to, y_stride, from, x_stride, height, width);
      }
  }
}
#undef SWAP_BLOCKS
