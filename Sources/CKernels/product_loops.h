/*
 * product_loops.h - Packing, and the loops over panels and blocks, for the type that product_blocks.h was
 * last included for.
 */

/* Panels differ in width by at most one vector, so that none is much narrower than registers allow. */
typedef struct {
  int64_t vectors, base, wider;
} FN(panel_split);

INLINE FN(panel_split) FN(split_panels)(int64_t n) {
  int64_t vectors = (n + LANES - 1) / LANES;
  if (vectors <= PANEL_VECTORS) return (FN(panel_split)){vectors, vectors, 0};
  int64_t panels = (vectors + PANEL_VECTORS - 1) / PANEL_VECTORS;
  return (FN(panel_split)){vectors, vectors / panels, vectors % panels};
}

INLINE int64_t FN(peek_width)(const FN(panel_split) *split) { return split->base + (split->wider > 0); }

INLINE int64_t FN(next_width)(FN(panel_split) *split) {
  int64_t width = FN(peek_width)(split);
  split->wider--;
  return width;
}

static int64_t FN(packed_size)(int64_t k, int64_t n) {
  int64_t size = (n + LANES - 1) / LANES * LANES * k;
  return size > 0 ? size : 1;
}

/* The first halves of two vectors, element by element in turn, and the second halves. */
#undef INTERLEAVED_LOW
#undef INTERLEAVED_HIGH
#if LANES == 2
#define INTERLEAVED_LOW 0, 2
#define INTERLEAVED_HIGH 1, 3
#elif LANES == 4
#define INTERLEAVED_LOW 0, 4, 1, 5
#define INTERLEAVED_HIGH 2, 6, 3, 7
#elif LANES == 8
#define INTERLEAVED_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define INTERLEAVED_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define INTERLEAVED_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define INTERLEAVED_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#endif

/* LANES contiguous elements of each of LANES columns, as rows; zeros for columns from `count` on. Each round
   of interleaving moves one bit of an element's column number into its row number. */
INLINE void FN(pack_turned)(real *packed, int64_t width, const real *b, int64_t column_stride,
                            int64_t count) {
  vector v[LANES], w[LANES];
  UNROLL for (int j = 0; j < LANES; j++)
    v[j] = j < count ? FN(load)(b + j * column_stride) : (vector)(real)0;
  UNROLL for (int round = 1; round < LANES; round *= 2) {
    UNROLL for (int j = 0; j < LANES / 2; j++) {
      w[2 * j] = __builtin_shufflevector(v[j], v[j + LANES / 2], INTERLEAVED_LOW);
      w[2 * j + 1] = __builtin_shufflevector(v[j], v[j + LANES / 2], INTERLEAVED_HIGH);
    }
    UNROLL for (int j = 0; j < LANES; j++) v[j] = w[j];
  }
  UNROLL for (int i = 0; i < LANES; i++) FN(store)(packed + i * width, v[i]);
}

/* Columns from `column` on, `count` of them, into k rows of `width` elements each; zeros fill up. */
static void FN(pack_panel)(real *packed, const real *b, int64_t row_stride, int64_t column_stride, int64_t k,
                           int64_t count, int64_t width) {
  if (row_stride == 1 && column_stride != 1) {
    const int64_t turned = k - k % LANES;
    for (int64_t j = 0; j < width; j += LANES)
      for (int64_t i = 0; i < turned; i += LANES)
        FN(pack_turned)(packed + i * width + j, width, b + j * column_stride + i, column_stride, count - j);
    packed += turned * width;
    b += turned;
    k -= turned;
  }
  for (int64_t i = 0; i < k; i++, packed += width, b += row_stride) {
    int64_t j = 0;
    if (column_stride == 1) {
      for (; j + LANES <= count; j += LANES) FN(store)(packed + j, FN(load)(b + j));
      if (j < count) FN(store)(packed + j, FN(load_part)(b + j, count - j));
      continue;
    }
    for (; j < count; j++) packed[j] = b[j * column_stride];
    for (; j < width; j++) packed[j] = 0;
  }
}

static void FN(pack)(real *packed, const real *b, int64_t row_stride, int64_t column_stride, int64_t k,
                     int64_t n) {
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    int64_t width = FN(next_width)(&split) * LANES;
    int64_t count = n - column < width ? n - column : width;
    FN(pack_panel)(packed, b + column * column_stride, row_stride, column_stride, k, count, width);
    packed += k * width;
    column += width;
  }
}

/* All rows of one panel. */
INLINE void FN(product_panel)(const FN(product_job) *job, const real *a, const real *b, int64_t m,
                              int64_t column, int64_t count, int64_t width) {
  const FN(panel_blocks) *panel = &FN(panels_of)[job->k >= LONG_K][width - 1];
  for (int64_t row = 0; row < m;) {
    int64_t rows = m - row;
    /* Two blocks of equal height end better than a full one and a low one. */
    if (rows >= 2 * panel->most_rows)
      rows = panel->most_rows;
    else if (rows > panel->most_rows)
      rows = (rows + 1) / 2;
    panel->blocks[rows - 1](job, a + row * job->a_row_stride, b, row, column, count);
    row += rows;
  }
}

static void FN(product)(real *y, int64_t y_stride, const real *a, int64_t a_row_stride,
                        int64_t a_column_stride, const real *packed, int64_t m, int64_t n, int64_t k,
                        const FN(netjac_epilogue) *epilogue) {
  FN(product_job) job = {y, y_stride, a_row_stride, a_column_stride, 0, k, epilogue, 0};
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    int64_t width = FN(next_width)(&split);
    job.b_stride = width * LANES;
    job.next_panel = k * job.b_stride;
    FN(block) pair = FN(panels_of)[k >= LONG_K][width - 1].pair;
    const int is_pair = m == 1 && pair && n - column > width * LANES && FN(peek_width)(&split) == width;
    int64_t columns = (1 + is_pair) * width * LANES;
    int64_t count = n - column < columns ? n - column : columns;
    if (is_pair) {
      FN(next_width)(&split);
      pair(&job, a, packed, 0, column, count);
    } else {
      FN(product_panel)(&job, a, packed, m, column, count, width);
    }
    packed += k * columns;
    column += columns;
  }
}

static FN(netjac_product) FN(find_product)(int64_t m, int64_t n, int64_t k) {
  if (m == 1 && n > 0 && n <= PANEL_VECTORS * LANES && k < LONG_K)
    return FN(row_products)[(n - 1) / LANES];
  return FN(product);
}

/* Rows of b that are contiguous are read where they are, but for the last panel where it is not full. */
static void FN(product_strided)(real *y, int64_t y_stride, const real *a, int64_t a_row_stride,
                                int64_t a_column_stride, const real *b, int64_t b_row_stride,
                                int64_t b_column_stride, int64_t m, int64_t n, int64_t k,
                                const FN(netjac_epilogue) *epilogue, real *scratch) {
  FN(product_job) job = {y, y_stride, a_row_stride, a_column_stride, 0, k, epilogue, 0};
  FN(panel_split) split = FN(split_panels)(n);
  if (m <= 0) return;
  for (int64_t column = 0; column < n;) {
    int64_t width = FN(next_width)(&split);
    int64_t count = n - column < width * LANES ? n - column : width * LANES;
    const real *panel = b + column * b_column_stride;
    job.b_stride = b_row_stride;
    if (b_column_stride != 1 || count < width * LANES) {
      FN(pack_panel)(scratch, panel, b_row_stride, b_column_stride, k, count, width * LANES);
      panel = scratch;
      job.b_stride = width * LANES;
    }
    FN(product_panel)(&job, a, panel, m, column, count, width);
    column += width * LANES;
  }
}
