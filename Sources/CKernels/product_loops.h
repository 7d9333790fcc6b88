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

/* Columns from `column` on, `count` of them, into k rows of `width` elements each; zeros fill up. */
static void FN(pack_panel)(real *packed, const real *b, int64_t row_stride, int64_t column_stride, int64_t k,
                           int64_t count, int64_t width) {
  if (row_stride == 1 && column_stride != 1) {
    /* A transposed matrix: tiles of it are turned, instead of one element after the other. */
    if (count < width)
      for (int64_t i = 1; i <= k; i++) FN(store)(packed + i * width - LANES, (vector)(real)0);
    if (sizeof(real) == 8)
      netjac_transpose_8(packed, width, b, column_stride, count, k);
    else
      netjac_transpose_4(packed, width, b, column_stride, count, k);
    return;
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
