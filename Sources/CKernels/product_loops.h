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

/* LANES contiguous elements of each of LANES columns, as rows; zeros for columns from `count` on. */
INLINE void FN(pack_turned)(real *packed, int64_t width, const real *b, int64_t column_stride,
                            int64_t count) {
  vector v[LANES];
  UNROLL for (int j = 0; j < LANES; j++)
    v[j] = j < count ? FN(load)(b + j * column_stride) : (vector)(real)0;
  FN(turn)(v);
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

INLINE enum FN(chain_rule) FN(chain_rule_of)(int64_t k) { return k >= LONG_K ? FN(long_terms) : FN(short_terms); }

/* All rows of one panel. */
INLINE void FN(product_panel)(const FN(product_job) *job, const real *a, const real *b, int64_t m,
                              int64_t column, int64_t count, int64_t width) {
  const FN(panel_blocks) *panel = &FN(panels_of)[job->chains][width - 1];
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
  FN(product_job) job = {y, y_stride, a_row_stride, a_column_stride, 0, k, epilogue, 0, 0, FN(chain_rule_of)(k)};
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    int64_t width = FN(next_width)(&split);
    job.b_stride = width * LANES;
    job.next_panel = k * job.b_stride;
    FN(block) pair = FN(panels_of)[job.chains][width - 1].pair;
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
                                int64_t b_column_stride, int64_t m, int64_t n, int64_t k, int is_either_way,
                                const FN(netjac_epilogue) *epilogue, real *scratch) {
  FN(product_job) job = {y, y_stride, a_row_stride, a_column_stride, 0, k, epilogue, 0, 0,
                         is_either_way ? FN(either_way) : FN(chain_rule_of)(k)};
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

#define FINISH(vectors) \
  static void FN(finish_##vectors)(const FN(product_job) *job, const real *z, int64_t row, int64_t column, \
                                   int64_t count) { \
    vector sum[vectors]; \
    UNROLL for (int v = 0; v < vectors; v++) sum[v] = FN(load)(z + v * LANES); \
    FN(finish_block)(job, sum, vectors, 1, row, column, count); \
  }
FINISH(1)
FINISH(2)
FINISH(3)
#if PANEL_VECTORS == 4
FINISH(4)
#endif
static void (*const FN(finishes)[PANEL_VECTORS])(const FN(product_job) *job, const real *z, int64_t row,
                                                 int64_t column, int64_t count) = {
  FN(finish_1), FN(finish_2), FN(finish_3),
#if PANEL_VECTORS == 4
  FN(finish_4),
#endif
};

static void FN(product_joined)(real *y1, const real *a1, int64_t a1_row_stride, int64_t m1,
                               const FN(netjac_epilogue) *epilogue1, real *y2, const real *a2,
                               int64_t a2_row_stride, int64_t m2, const FN(netjac_epilogue) *epilogue2,
                               const real *packed, int64_t n, int64_t k, real *scratch) {
  const int64_t m = m1 + m2;
  for (int64_t r = 0; r < m; r++)
    memcpy(scratch + r * k, r < m1 ? a1 + r * a1_row_stride : a2 + (r - m1) * a2_row_stride,
           (size_t)k * sizeof(real));
  real *z = scratch + m * k;
  const FN(product_job) first = {y1, n, 0, 0, 0, k, epilogue1, 0, 0};
  const FN(product_job) second = {y2, n, 0, 0, 0, k, epilogue2, 0, 0};
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    const int64_t width = FN(next_width)(&split), columns = width * LANES;
    const int64_t count = n - column < columns ? n - column : columns;
    const FN(product_job) all = {z, columns, k, 1, columns, k, NULL, 0, 0, FN(chain_rule_of)(k)};
    FN(product_panel)(&all, scratch, packed, m, 0, columns, width);
    for (int64_t r = 0; r < m; r++)
      FN(finishes)[width - 1](r < m1 ? &first : &second, z + r * columns, r < m1 ? r : r - m1, column, count);
    packed += k * columns;
    column += columns;
  }
}

/* Four columns of b, which lie as rows, times `rows` rows of a, into z[row][column]. Each sum is taken in the
   same order for any number of rows. */
INLINE void FN(row_dots_block)(const int rows, const int columns, real *z, const real *a, int64_t a_stride,
                               const real *b, int64_t b_stride, int64_t k) {
  vector sum[2][2][4];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int c = 0; c < columns; c++) sum[0][r][c] = sum[1][r][c] = 0;
  int64_t i = 0;
  for (; i + 2 * LANES <= k; i += 2 * LANES)
    UNROLL for (int u = 0; u < 2; u++) {
      vector b_i[4];
      UNROLL for (int c = 0; c < columns; c++) b_i[c] = FN(load)(b + c * b_stride + i + u * LANES);
      UNROLL for (int r = 0; r < rows; r++) {
        vector a_i = FN(load)(a + r * a_stride + i + u * LANES);
        UNROLL for (int c = 0; c < columns; c++) sum[u][r][c] = FN(multiply_add)(a_i, b_i[c], sum[u][r][c]);
      }
    }
  for (; i < k; i += LANES)
    UNROLL for (int r = 0; r < rows; r++) {
      vector a_i = FN(load_first)(a + r * a_stride + i, k - i);
      UNROLL for (int c = 0; c < columns; c++)
        sum[0][r][c] = FN(multiply_add)(a_i, FN(load_first)(b + c * b_stride + i, k - i), sum[0][r][c]);
    }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int c = 0; c < columns; c++) {
      real lane[LANES];
      FN(store)(lane, sum[0][r][c] + sum[1][r][c]);
      UNROLL for (int half = LANES / 2; half > 0; half /= 2)
        UNROLL for (int j = 0; j < half; j++) lane[j] += lane[j + half];
      z[r * LANES + c] = lane[0];
    }
}

INLINE void FN(row_dots_columns)(const int rows, int64_t columns, real *z, const real *a, int64_t a_stride,
                                 const real *b, int64_t b_stride, int64_t k) {
  switch (columns) {
    case 1: FN(row_dots_block)(rows, 1, z, a, a_stride, b, b_stride, k); break;
    case 2: FN(row_dots_block)(rows, 2, z, a, a_stride, b, b_stride, k); break;
    case 3: FN(row_dots_block)(rows, 3, z, a, a_stride, b, b_stride, k); break;
    default: FN(row_dots_block)(rows, 4, z, a, a_stride, b, b_stride, k);
  }
}

/* Columns of b as rows: few columns then leave no lane of a vector empty. */
static void FN(row_dots)(real *y, const real *a, int64_t a_stride, const real *b, int64_t b_stride, int64_t m,
                         int64_t n, int64_t k, const FN(netjac_epilogue) *epilogue) {
  const FN(product_job) job = {y, n, 0, 0, 0, k, epilogue, 0, 0};
  for (int64_t row = 0; row < m; row += 2) {
    const int rows = m - row < 2 ? 1 : 2;
    for (int64_t column = 0; column < n; column += LANES) {
      const int64_t count = n - column < LANES ? n - column : LANES;
      real z[2 * LANES] = {0};
      for (int64_t c = 0; c < count; c += 4) {
        const real *first = b + (column + c) * b_stride;
        if (rows == 2)
          FN(row_dots_columns)(2, count - c, z + c, a + row * a_stride, a_stride, first, b_stride, k);
        else
          FN(row_dots_columns)(1, count - c, z + c, a + row * a_stride, a_stride, first, b_stride, k);
      }
      for (int r = 0; r < rows; r++) {
        vector sum[1] = {FN(load)(z + r * LANES)};
        FN(finish_block)(&job, sum, 1, 1, row + r, column, count);
      }
    }
  }
}
