/*
 * reductions.h - Sums and maxima of rows and columns, for the type that elementary.h was last included for.
 */

INLINE integers FN(lanes_below)(int64_t count) {
  integers lane;
  UNROLL for (int i = 0; i < LANES; i++) lane[i] = i;
  return lane < (integers)(integer)count;
}

static void FN(row_sum)(real *y, const real *x, int64_t x_stride, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r++, x += x_stride) {
    /* Four sums side by side, since an addition takes about four cycles. */
    vector sum[4] = {0, 0, 0, 0};
    int64_t c = 0;
    for (; c + 4 * LANES <= columns; c += 4 * LANES)
      UNROLL for (int i = 0; i < 4; i++) sum[i] += FN(load)(x + c + i * LANES);
    for (; c + LANES <= columns; c += LANES) sum[0] += FN(load)(x + c);
    if (c < columns) sum[1] += FN(load_part)(x + c, columns - c);
    real lane[LANES];
    FN(store)(lane, (sum[0] + sum[1]) + (sum[2] + sum[3]));
    UNROLL for (int half = LANES / 2; half > 0; half /= 2)
      UNROLL for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    y[r] = lane[0];
  }
}

static void FN(row_maximum)(real *y, const real *x, int64_t x_stride, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r++, x += x_stride) {
    vector best = SPLAT(-INFINITY);
    int64_t c = 0;
    for (; c + LANES <= columns; c += LANES) best = FN(maximum)(best, FN(load)(x + c));
    if (c < columns) {
      vector last = FN(load_part)(x + c, columns - c);
      best = FN(maximum)(best, FN(lanes_below)(columns - c) ? last : SPLAT(-INFINITY));
    }
    real result = best[0];
    UNROLL for (int i = 1; i < LANES; i++)
      result = result > best[i] || result != result ? result : best[i];
    y[r] = result;
  }
}

/* Below `count` columns, at most `vectors` of them side by side. */
INLINE void FN(column_sum_panel)(real *y, const real *x, int64_t x_stride, int64_t rows, int vectors,
                                 int64_t count, int accumulate) {
  vector sum[4];
  int64_t full = count / LANES, rest = count % LANES;
  UNROLL for (int i = 0; i < vectors; i++) {
    sum[i] = 0;
    if (accumulate && i < full) sum[i] = FN(load)(y + i * LANES);
    if (accumulate && i == full && rest) sum[i] = FN(load_part)(y + i * LANES, rest);
  }
  for (int64_t r = 0; r < rows; r++, x += x_stride)
    UNROLL for (int i = 0; i < vectors; i++) {
      if (i < full) sum[i] += FN(load)(x + i * LANES);
      if (i == full && rest) sum[i] += FN(load_part)(x + i * LANES, rest);
    }
  UNROLL for (int i = 0; i < vectors; i++) {
    if (i < full) FN(store)(y + i * LANES, sum[i]);
    if (i == full && rest) FN(store_part)(y + i * LANES, sum[i], rest);
  }
}

static void FN(column_sum)(real *y, const real *x, int64_t x_stride, int64_t rows, int64_t columns,
                           int accumulate) {
  int64_t c = 0;
  for (; c + 4 * LANES <= columns; c += 4 * LANES)
    FN(column_sum_panel)(y + c, x + c, x_stride, rows, 4, 4 * LANES, accumulate);
  for (; c + LANES <= columns; c += LANES)
    FN(column_sum_panel)(y + c, x + c, x_stride, rows, 1, LANES, accumulate);
  if (c < columns)
    FN(column_sum_panel)(y + c, x + c, x_stride, rows, 1, columns - c, accumulate);
}
