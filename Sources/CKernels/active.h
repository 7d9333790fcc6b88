/*
 * active.h - Products of which many terms and columns are known to be zero, as behind a relu, for the type
 * that product_blocks.h was last included for: what is active is packed together.
 */

static int64_t FN(find_active)(int32_t *places, const real *x, int64_t n) {
  int64_t count = 0;
#if defined(NETJAC_VARIANT_AVX512)
  for (int64_t i = 0; i < n; i += LANES) {
    const integers is_active = FN(load_first)(x + i, n - i) != SPLAT(0);
    uint32_t mask;
#ifdef SINGLE
    mask = _mm512_movepi32_mask((__m512i)is_active);
#else
    mask = _mm512_movepi64_mask((__m512i)is_active);
#endif
    for (; mask; mask &= mask - 1) places[count++] = (int32_t)(i + __builtin_ctz(mask));
  }
#else
  for (int64_t i = 0; i < n; i++) {
    places[count] = (int32_t)i;
    count += x[i] != 0;
  }
#endif
  return count;
}

/* y[r][j] = x[rows[r]][columns[j]] */
static void FN(gather_active)(real *y, int64_t y_stride, const real *x, int64_t x_stride, const int32_t *rows,
                              int64_t row_count, const int32_t *columns, int64_t column_count) {
  for (int64_t r = 0; r < row_count; r++, y += y_stride) {
    const real *from = x + rows[r] * x_stride;
    int64_t j = 0;
#if defined(NETJAC_VARIANT_AVX512) && !defined(SINGLE)
    for (; j + 8 <= column_count; j += 8)
      _mm512_storeu_pd(
        y + j, _mm512_i32gather_pd(_mm256_loadu_si256((const __m256i *)(columns + j)), from, 8));
#elif defined(NETJAC_VARIANT_AVX512)
    for (; j + 16 <= column_count; j += 16)
      _mm512_storeu_ps(y + j, _mm512_i32gather_ps(_mm512_loadu_si512(columns + j), from, 4));
#endif
    for (; j < column_count; j++) y[j] = from[columns[j]];
  }
}

/* y[r][columns[j]] = x[r][j], and zero elsewhere. */
static void FN(scatter_active)(real *y, int64_t y_stride, int64_t n, const real *x, int64_t x_stride,
                               int64_t row_count, const int32_t *columns, int64_t column_count) {
  for (int64_t r = 0; r < row_count; r++, y += y_stride, x += x_stride) {
    memset(y, 0, (size_t)n * sizeof(real));
    for (int64_t j = 0; j < column_count; j++) y[columns[j]] = x[j];
  }
}

/* z[c] = Σ_j a[places[j]]·b[places[j]·b_stride + c], in this order, eight rows of b at a time, as rows lie
   in memory. */
static void FN(combine_rows)(real *z, const real *a, const real *b, int64_t b_stride, const int32_t *places,
                             int64_t count, int64_t n) {
  enum { ROWS = 8 };
  for (int64_t j = 0; j < count || j == 0; j += ROWS) {
    const real *row[ROWS];
    vector factor[ROWS];
    /* What is missing in the last round is zero times a row that is there. */
    UNROLL for (int i = 0; i < ROWS; i++) {
      const int is_there = j + i < count;
      const int32_t place = is_there ? places[j + i] : 0;
      row[i] = b + place * b_stride;
      factor[i] = (vector)(is_there ? a[place] : 0);
    }
    for (int64_t c = 0; c < n; c += LANES) {
      const int64_t left = n - c;
      vector sum = 0;
      if (j > 0) sum = FN(load_first)(z + c, left);
      UNROLL for (int i = 0; i < ROWS; i++)
        sum = FN(multiply_add)(factor[i], FN(load_first)(row[i] + c, left), sum);
      FN(store_first)(z + c, sum, left);
    }
  }
}

/* A single row. Terms are added in the order of a product's blocks, chain by chain, and zeros change no sum:
   the row is that of a plain product, bit for bit. `sums` has room for 4·n elements. */
static void FN(combine_active)(real *y, const real *a, const real *b, const int32_t *places, int64_t count,
                               int64_t n, int64_t k, const FN(netjac_epilogue) *epilogue, int32_t *chain,
                               real *sums) {
  const FN(product_job) job = {y, n, 0, 0, 0, k, epilogue, 0, 0};
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    /* Panels of equal width, one after the other, are one range. */
    const int64_t width = FN(peek_width)(&split);
    int64_t end = column;
    while (end < n && FN(peek_width)(&split) == width) end += FN(next_width)(&split) * LANES;
    const int64_t range = (end < n ? end : n) - column;
    const int chains = FN(chains_of)[FN(chain_rule_of)(k)][width - 1];
    for (int u = 0; u < chains; u++) {
      int64_t length = 0;
      for (int64_t j = 0; j < count; j++)
        if (places[j] % chains == u) chain[length++] = places[j];
      FN(combine_rows)(sums + u * n, a, b + column, n, chain, length, range);
    }
    for (int half = chains / 2; half > 0; half /= 2)
      for (int u = 0; u < half; u++)
        for (int64_t c = 0; c < range; c++) sums[u * n + c] += sums[(u + half) * n + c];
    for (int64_t c = 0; c < range; c += LANES) {
      const int64_t left = range - c;
      vector sum[1] = {FN(load_first)(sums + c, left)};
      FN(finish_block)(&job, sum, 1, 1, 0, column + c, left < LANES ? left : LANES);
    }
    column += range;
  }
}

/* Room for the active part of b, of the result and of the scale. */
static int64_t FN(active_elements)(int64_t m, int64_t n, int64_t k) {
  return (k + m + 4) * (n + 3 * 64 / (int64_t)sizeof(real));
}

static int64_t FN(active_bytes)(int64_t m, int64_t n, int64_t k) {
  return FN(active_elements)(m, n, k) * (int64_t)sizeof(real) + (2 * k + n) * (int64_t)sizeof(int32_t);
}

static int FN(product_active)(real *y, const real *a, int64_t a_row_stride, const real *b,
                              const real *term_mask, const real *column_mask, int64_t m, int64_t n, int64_t k,
                              const FN(netjac_epilogue) *epilogue, void *memory) {
  real *scratch = memory;
  int32_t *places = (int32_t *)(scratch + FN(active_elements)(m, n, k));
  int32_t *terms = places, *columns = places + k, *rows = places + k + n;
  int64_t term_count = k, column_count = n;
  if (term_mask)
    term_count = FN(find_active)(terms, term_mask, k);
  else
    for (int64_t i = 0; i < k; i++) terms[i] = (int32_t)i;
  if (column_mask) column_count = FN(find_active)(columns, column_mask, n);
  /* Where most is active, leaving out the rest costs more than it saves. */
  if (term_count * column_count > k * n / 4 * 3) return 0;
  if (m == 1 && !column_mask) {
    FN(combine_active)(y, a, b, terms, term_count, n, k, epilogue, rows, scratch);
    return 1;
  }
  if (!column_mask) {
    for (int64_t i = 0; i < term_count; i++) rows[i] = terms[i] * (int32_t)n;
    const netjac_indexed shape = {m, term_count, n, 1, 0, 0, a_row_stride, terms, rows};
    FN(product_indexed)(y, n, 0, a, b, &shape, epilogue);
    return 1;
  }
  /* An odd number of cache lines, so that rows do not fall upon one another in the cache. */
  const int64_t line = 64 / sizeof(real), stride = ((column_count + line - 1) / line | 1) * line;
  real *packed = scratch, *result = scratch + term_count * stride;
  FN(gather_active)(packed, stride, b, n, terms, term_count, columns, column_count);
  for (int64_t i = 0; i < term_count; i++) rows[i] = (int32_t)(i * stride);
  real *scale = result + m * stride;
  const int32_t only = 0;
  FN(netjac_epilogue) last = {0};
  if (epilogue->scale) {
    FN(gather_active)(scale, stride, epilogue->scale, n, &only, 1, columns, column_count);
    last.scale = scale;
    last.rows_per_scale = m;
  }
  const netjac_indexed shape = {m, term_count, column_count, 1, 0, 0, a_row_stride, terms, rows};
  FN(product_indexed)(result, stride, 0, a, packed, &shape, &last);
  FN(scatter_active)(y, n, n, result, stride, m, columns, column_count);
  return 1;
}
