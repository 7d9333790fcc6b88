/*
 * product_indexed.h - Products whose terms lie anywhere, for the type that product_blocks.h was last
 * included for: the windows of a convolution, or chosen rows of a matrix, read where they are.
 */

/* What the blocks of an indexed product share besides a product_job. */
typedef struct {
  FN(product_job) job;
  const int32_t *a_places, *b_places;
} FN(indexed_job);

typedef void (*FN(indexed_block))(const FN(indexed_job) *job, const real *a, const real *b, int64_t row,
                                  int64_t column, int64_t count);

/* At most LANES of them; without a branch where the instruction set has masks. */
INLINE vector FN(load_upto)(const real *p, int64_t count) {
#if defined(NETJAC_VARIANT_AVX512) || defined(NETJAC_VARIANT_AVX2)
  return FN(load_part)(p, count);
#else
  return FN(load_first)(p, count);
#endif
}

/* Terms are added one after the other in every block, so that an element does not depend on its neighbours. */
INLINE void FN(indexed_body)(const int vectors, const int rows, const FN(indexed_job) *indexed,
                             const real *a, const real *b, int64_t row, int64_t column, int64_t count) {
  const FN(product_job) *job = &indexed->job;
  const int32_t *a_places = indexed->a_places, *b_places = indexed->b_places;
  const int64_t a_row = job->a_row_stride, last = count - (vectors - 1) * LANES;
  vector sum[8 * 4];
  UNROLL for (int i = 0; i < rows * vectors; i++) sum[i] = 0;
  for (int64_t k = 0; k < job->k; k++) {
    const real *a_k = a + a_places[k], *b_place = b + b_places[k];
    vector b_k[8];
    UNROLL for (int v = 0; v < vectors - 1; v++) b_k[v] = FN(load)(b_place + v * LANES);
    b_k[vectors - 1] = FN(load_upto)(b_place + (vectors - 1) * LANES, last);
    UNROLL for (int r = 0; r < rows; r++) {
      vector a_rk = (vector)a_k[r * a_row];
      UNROLL for (int v = 0; v < vectors; v++)
        sum[r * vectors + v] = FN(multiply_add)(a_rk, b_k[v], sum[r * vectors + v]);
    }
  }
  FN(finish_block)(job, sum, vectors, rows, row, column, count);
}

#define INDEXED(vectors, rows) \
  static void FN(indexed_##vectors##_##rows)(const FN(indexed_job) *job, const real *a, const real *b, \
                                             int64_t row, int64_t column, int64_t count) { \
    FN(indexed_body)(vectors, rows, job, a, b, row, column, count); \
  }
#define INDEXED_4(vectors) \
  INDEXED(vectors, 1) INDEXED(vectors, 2) INDEXED(vectors, 3) INDEXED(vectors, 4)
#define INDEXED_6(vectors) INDEXED_4(vectors) INDEXED(vectors, 5) INDEXED(vectors, 6)
#define INDEXED_8(vectors) INDEXED_6(vectors) INDEXED(vectors, 7) INDEXED(vectors, 8)
#define INDEXED_NAME_4(vectors) \
  FN(indexed_##vectors##_1), FN(indexed_##vectors##_2), FN(indexed_##vectors##_3), FN(indexed_##vectors##_4)
#define INDEXED_NAME_6(vectors) \
  INDEXED_NAME_4(vectors), FN(indexed_##vectors##_5), FN(indexed_##vectors##_6)
#define INDEXED_NAME_8(vectors) \
  INDEXED_NAME_6(vectors), FN(indexed_##vectors##_7), FN(indexed_##vectors##_8)

/* The blocks of a width, by the number of rows less one. */
typedef struct {
  int most_rows;
  FN(indexed_block) blocks[8];
} FN(indexed_width);

/* A single row waits for its additions unless it has many vectors. */
enum { FN(long_row) = 8 };
INDEXED(8, 1)

#if VECTOR_REGISTERS == 32
INDEXED_8(1)
INDEXED_8(2)
INDEXED_8(3)
INDEXED_6(4)
static const FN(indexed_width) FN(indexed_widths)[PANEL_VECTORS] = {
  {8, {INDEXED_NAME_8(1)}}, {8, {INDEXED_NAME_8(2)}}, {8, {INDEXED_NAME_8(3)}}, {6, {INDEXED_NAME_6(4)}}};
#else
INDEXED_8(1)
INDEXED_6(2)
INDEXED_4(3)
static const FN(indexed_width) FN(indexed_widths)[PANEL_VECTORS] = {
  {8, {INDEXED_NAME_8(1)}}, {6, {INDEXED_NAME_6(2)}}, {4, {INDEXED_NAME_4(3)}}};
#endif

static void FN(product_indexed)(real *y, int64_t y_stride, int64_t first_row, const real *a,
                                const real *b, const netjac_indexed *shape,
                                const FN(netjac_epilogue) *epilogue) {
  FN(indexed_job) indexed = {
    {y, y_stride, shape->a_row_stride, 0, 0, shape->k, epilogue, 0, first_row},
    shape->a_places, shape->b_places};
  /* A column counts those of the runs before, too: y is moved by what lies between runs. */
  const int64_t gap = shape->y_run_stride - shape->run;
  for (int64_t run = 0; run < shape->runs; run++, b += shape->run_stride, indexed.job.y += gap) {
    int64_t column = 0;
    for (; shape->m == 1 && shape->run - column >= FN(long_row) * LANES; column += FN(long_row) * LANES)
      FN(indexed_8_1)(&indexed, a, b + column, first_row, run * shape->run + column, FN(long_row) * LANES);
    FN(panel_split) split = FN(split_panels)(shape->run - column);
    while (column < shape->run) {
      int64_t width = FN(next_width)(&split);
      int64_t left = shape->run - column, count = left < width * LANES ? left : width * LANES;
      const FN(indexed_width) *blocks = &FN(indexed_widths)[width - 1];
      for (int64_t row = 0; row < shape->m;) {
        int64_t rows = shape->m - row;
        if (rows >= 2 * blocks->most_rows)
          rows = blocks->most_rows;
        else if (rows > blocks->most_rows)
          rows = (rows + 1) / 2;
        blocks->blocks[rows - 1](&indexed, a + row * shape->a_row_stride, b + column, first_row + row,
                                 run * shape->run + column, count);
        row += rows;
      }
      column += width * LANES;
    }
  }
}

static void FN(pad_lines)(real *y, int64_t line, int64_t low, int64_t length, const real *x,
                          const int32_t *places, int64_t lines) {
  for (int64_t i = 0; i < lines; i++, y += line) {
    const int64_t begin = places[i] < 0 ? line : low, end = places[i] < 0 ? line : low + length;
    for (int64_t c = 0; c < begin; c += LANES) FN(store_first)(y + c, 0, begin - c);
    for (int64_t c = end; c < line; c += LANES) FN(store_first)(y + c, 0, line - c);
    if (places[i] < 0 || !x) continue;
    const real *from = x + places[i];
    int64_t c = 0;
    for (; c + LANES <= length; c += LANES) FN(store)(y + low + c, FN(load)(from + c));
    if (c < length) FN(store_part)(y + low + c, FN(load_part)(from + c, length - c), length - c);
  }
}
