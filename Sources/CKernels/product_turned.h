/*
 * product_turned.h - One row times the transpose of a packed matrix, for the type that product_loops.h was last
 * included for. The matrix is turned in registers, tile by tile, so that it is in memory once for both directions.
 */

/* Sums of `blocks` vectors of columns, from column `first` on, in as many chains as FN(product) takes. */
INLINE void FN(turned_sums)(const int chains, const int blocks, real *z, const real *a, const real *packed,
                            int64_t first, int64_t n, int64_t k) {
  vector sum[2][4];
  UNROLL for (int b = 0; b < blocks; b++)
    UNROLL for (int u = 0; u < chains; u++) sum[b][u] = 0;
  FN(panel_split) split = FN(split_panels)(k);
  for (int64_t term = 0; term < k;) {
    const int64_t width = FN(next_width)(&split) * LANES, end = k - term < width ? k : term + width;
    const real *rows = packed + first * width;
    for (int64_t t = term; t < end; t += LANES, rows += LANES) {
      const int64_t terms = end - t;
      UNROLL for (int b = 0; b < blocks; b++) {
        vector v[LANES];
        UNROLL for (int r = 0; r < LANES; r++) {
          v[r] = 0;
          if (first + b * LANES + r < n) v[r] = FN(load)(rows + (b * LANES + r) * width);
        }
        FN(turn)(v);
        UNROLL for (int i = 0; i < LANES; i++)
          if (i < terms) sum[b][i % chains] = FN(multiply_add)((vector)a[t + i], v[i], sum[b][i % chains]);
      }
    }
    packed += n * width;
    term += width;
  }
  UNROLL for (int b = 0; b < blocks; b++) {
    UNROLL for (int half = chains / 2; half > 0; half /= 2)
      UNROLL for (int u = 0; u < half; u++) sum[b][u] += sum[b][u + half];
    FN(store)(z + b * LANES, sum[b][0]);
  }
}

INLINE void FN(turned_columns)(const int blocks, int chains, real *z, const real *a, const real *packed,
                               int64_t first, int64_t n, int64_t k) {
  if (chains == 1)
    FN(turned_sums)(1, blocks, z, a, packed, first, n, k);
  else if (chains == 2)
    FN(turned_sums)(2, blocks, z, a, packed, first, n, k);
  else
    FN(turned_sums)(4, blocks, z, a, packed, first, n, k);
}

static void FN(product_turned)(real *y, const real *a, const real *packed, int64_t n, int64_t k,
                               const FN(netjac_epilogue) *epilogue) {
  const FN(product_job) job = {y, n, 0, 0, 0, k, epilogue, 0, 0};
  FN(panel_split) split = FN(split_panels)(n);
  for (int64_t column = 0; column < n;) {
    const int64_t width = FN(next_width)(&split), columns = width * LANES;
    const int64_t count = n - column < columns ? n - column : columns;
    const int chains = FN(chains_of)[FN(chain_rule_of)(k)][width - 1];
    real z[PANEL_VECTORS * LANES];
    for (int64_t v = 0; v < width; v += 2) {
      if (v + 1 < width)
        FN(turned_columns)(2, chains, z + v * LANES, a, packed, column + v * LANES, n, k);
      else
        FN(turned_columns)(1, chains, z + v * LANES, a, packed, column + v * LANES, n, k);
    }
    FN(finishes)[width - 1](&job, z, 0, column, count);
    column += columns;
  }
}
