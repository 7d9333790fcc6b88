/*
 * window_loops.h - Pooling, for the type that vector.h was last included for.
 *
 * Neighbouring positions of a line are the lanes of a vector. Positions whose windows leave the row are
 * few and taken one by one.
 */

#ifdef SINGLE
typedef int64_t places_f32 __attribute__((ext_vector_type(LANES)));
typedef int64_t unaligned_places_f32 __attribute__((ext_vector_type(LANES), aligned(8)));
typedef float pair_f32 __attribute__((ext_vector_type(2 * LANES)));
#else
typedef double pair_f64 __attribute__((ext_vector_type(2 * LANES)));
#endif

/* The first `count` elements, 0 ≤ count ≤ LANES, without a branch where loads have masks. */
INLINE vector FN(load_up_to)(const real *p, int64_t count) {
#if !defined(NETJAC_VARIANT_AVX512) && !defined(NETJAC_VARIANT_AVX2)
  if (count == LANES) return FN(load)(p);
#endif
  return FN(load_part)(p, count);
}

/* p[0], p[stride], … for `count` lanes; other memory is not touched. */
INLINE vector FN(load_strided)(const real *p, int64_t stride, int64_t count) {
  if (stride == 1) return count == LANES ? FN(load)(p) : FN(load_up_to)(p, count);
  real lane[LANES] = {0};
  for (int64_t i = 0; i < count; i++) lane[i] = p[i * stride];
  return FN(load)(lane);
}

/* p[0], p[2], … and p[1], p[3], …, for `count` lanes. */
INLINE void FN(load_pairs)(vector *even, vector *odd, const real *p, int64_t count) {
  FN(pair) v;
  if (count == LANES) {
    v.lo = FN(load)(p);
    v.hi = FN(load)(p + LANES);
  } else {
    int64_t high = 2 * count - LANES;
    v.lo = FN(load_up_to)(p, high < 0 ? 2 * count : LANES);
    v.hi = high > 0 ? FN(load_up_to)(p + LANES, high) : (vector)0;
  }
  *even = v.even;
  *odd = v.odd;
}

INLINE void FN(store_places)(int64_t *place, integers v, int64_t count) {
#ifdef SINGLE
  places_f32 wide = __builtin_convertvector(v, places_f32);
  if (count == LANES)
    *(unaligned_places_f32 *)place = wide;
  else
    memcpy(place, &wide, (size_t)count * sizeof *place);
#else
  if (count == LANES)
    FN(store)((real *)place, (vector)v);
  else
    FN(store_part)((real *)place, (vector)v, count);
#endif
}

/* ---- The best element ---- */

/* How the best element is looked for: the first of the largest, of the value alone or with its place, in a
   few instructions if there is no NaN; or whatever else, with care. */
enum { FN(VALUES), FN(PLACES), FN(CAREFUL) };

typedef struct {
  vector value;
  integers code; /* The place but for the lane's position. */
  vector odd;    /* NaN where NaN or an infinity was met; 0 elsewhere. */
} FN(best);

/* Takes v where it is better. */
INLINE void FN(compete)(FN(best) *best, vector v, int64_t code, int how, int extreme) {
  integers wins = v > best->value;
  if (how == FN(CAREFUL)) {
    integers loses;
    switch (extreme) {
      case 0: loses = v <= best->value; break;
      case NETJAC_EXTREME_MINIMUM: loses = v >= best->value; break;
      case NETJAC_EXTREME_LAST: loses = v < best->value; break;
      default: loses = v > best->value;
    }
    /* Comparisons with NaN are false, so it wins, but not against another. */
    wins = ~loses & (best->value == best->value);
  } else {
    best->odd = FN(multiply_add)(v, SPLAT(0), best->odd);
  }
  best->value = wins ? v : best->value;
  if (how != FN(VALUES)) best->code = wins ? (integers)(integer)code : best->code;
}

/* `count` positions from o on, at most LANES, of a line that reaches a row at least. */
INLINE FN(best) FN(best_of)(const real *x, const int64_t *row, const int64_t *row_end,
                            const netjac_windows *w, int64_t o, int64_t count, int64_t size,
                            int64_t stride, int how, int extreme) {
  FN(best) best;
  best.value = SPLAT(extreme & NETJAC_EXTREME_MINIMUM ? INFINITY : -INFINITY);
  best.code = (integers)(integer)(*row - w->low);
  best.odd = 0;
  int64_t column = o * stride - w->low;
  for (; row < row_end; row++) {
    const real *from = x + *row + column;
    int64_t code = *row - w->low, k = 0;
    /* Two places side by side are the two halves of the same elements. */
    if (stride == 2 && w->dilation == 1)
      for (; k + 2 <= size; k += 2) {
        vector even, odd;
        FN(load_pairs)(&even, &odd, from + k, count);
        FN(compete)(&best, even, code + k, how, extreme);
        FN(compete)(&best, odd, code + k + 1, how, extreme);
      }
    for (; k < size; k++)
      FN(compete)(&best, FN(load_strided)(from + k * w->dilation, stride, count),
                  code + k * w->dilation, how, extreme);
  }
  return best;
}

static __attribute__((noinline)) FN(best) FN(careful_best_of)(
  const real *x, const int64_t *row, const int64_t *row_end, const netjac_windows *w, int64_t o,
  int64_t count, int extreme) {
  return FN(best_of)(x, row, row_end, w, o, count, w->size, w->stride, FN(CAREFUL), extreme);
}

/* `w` is a copy whose address goes nowhere, so that no store can change it; `shared` is passed on. */
INLINE void FN(extreme_block)(real *y, int64_t *place, const real *x, const int64_t *row,
                              const int64_t *row_end, const netjac_windows *w,
                              const netjac_windows *shared, int64_t o, int64_t count, int64_t size,
                              int64_t stride, int how, int extreme) {
  FN(best) best;
  if (how == FN(CAREFUL)) {
    best = FN(careful_best_of)(x, row, row_end, shared, o, count, extreme);
  } else {
    best = FN(best_of)(x, row, row_end, w, o, count, size, stride, how, 0);
    if (FN(any)(best.odd != best.odd)) best = FN(careful_best_of)(x, row, row_end, shared, o, count, 0);
  }
  if (y) {
    if (count == LANES)
      FN(store)(y + o, best.value);
    else
      FN(store_part)(y + o, best.value, count);
  }
  if (how != FN(VALUES) && place) {
    integers lane;
    UNROLL for (int i = 0; i < LANES; i++) lane[i] = i;
    FN(store_places)(place + o, best.code + (lane + (integer)o) * (integer)stride, count);
  }
}

/* A position whose window may leave the row. */
INLINE void FN(extreme_single)(real *y, int64_t *place, const real *x, const int64_t *row,
                               const int64_t *row_end, const netjac_windows *w, int64_t o, int extreme) {
  int64_t column = o * w->stride - w->low, best_place = -1;
  real best = 0;
  for (; row < row_end; row++)
    for (int64_t k = 0; k < w->size; k++) {
      int64_t at = column + k * w->dilation;
      if (at < 0 || at >= w->width) continue;
      real v = x[*row + at];
      int wins = extreme & NETJAC_EXTREME_MINIMUM ? v < best : v > best;
      if (extreme & NETJAC_EXTREME_LAST) wins |= v == best;
      if (best_place < 0 || wins || (v != v && best == best)) {
        best = v;
        best_place = *row + at;
      }
    }
  if (y) y[o] = best;
  if (place) place[o] = best_place;
}

INLINE void FN(extreme_lines)(real *y, int64_t *place, const real *x, int64_t images,
                              const netjac_windows *windows, int64_t size, int64_t stride, int how,
                              int extreme) {
  const netjac_windows copy = *windows, *w = &copy;
  for (int64_t image = 0; image < images; image++, x += w->pixels)
    for (int64_t line = 0; line < w->lines; line++) {
      const int64_t *row = w->rows + w->starts[line], *row_end = w->rows + w->starts[line + 1];
      int64_t first = row < row_end ? w->first : w->count, end = row < row_end ? w->end : w->count;
      int64_t o = 0;
      for (; o < first; o++) FN(extreme_single)(y, place, x, row, row_end, w, o, extreme);
      for (; o + LANES <= end; o += LANES)
        FN(extreme_block)(y, place, x, row, row_end, w, windows, o, LANES, size, stride, how, extreme);
      if (o < end)
        FN(extreme_block)(y, place, x, row, row_end, w, windows, o, end - o, size, stride, how, extreme);
      for (o = end; o < w->count; o++) FN(extreme_single)(y, place, x, row, row_end, w, o, extreme);
      if (y) y += w->count;
      if (place) place += w->count;
    }
}

static void FN(window_extreme)(real *y, int64_t *place, const real *x, int64_t images,
                               const netjac_windows *w, int extreme) {
  /* What networks have is compiled for its case. */
  if (extreme || w->stride > 2)
    FN(extreme_lines)(y, place, x, images, w, w->size, w->stride, FN(CAREFUL), extreme);
  else if (w->stride == 2 && w->size == 2 && w->dilation == 1 && place)
    FN(extreme_lines)(y, place, x, images, w, 2, 2, FN(PLACES), 0);
  else if (w->stride == 2 && w->size == 2 && w->dilation == 1)
    FN(extreme_lines)(y, NULL, x, images, w, 2, 2, FN(VALUES), 0);
  else if (w->stride == 2)
    FN(extreme_lines)(y, place, x, images, w, w->size, 2, FN(PLACES), 0);
  else
    FN(extreme_lines)(y, place, x, images, w, w->size, 1, FN(PLACES), 0);
}

/* ---- The sum ---- */

INLINE void FN(sum_block)(real *y, const real *x, const int64_t *row, const int64_t *row_end,
                          const netjac_windows *w, int64_t o, int64_t count, int64_t stride) {
  vector sum = 0;
  for (; row < row_end; row++) {
    const real *from = x + *row + o * stride - w->low;
    int64_t k = 0;
    if (stride == 2 && w->dilation == 1)
      for (; k + 2 <= w->size; k += 2) {
        vector even, odd;
        FN(load_pairs)(&even, &odd, from + k, count);
        sum += even;
        sum += odd;
      }
    for (; k < w->size; k++) sum += FN(load_strided)(from + k * w->dilation, stride, count);
  }
  if (count == LANES)
    FN(store)(y + o, sum);
  else
    FN(store_part)(y + o, sum, count);
}

INLINE real FN(sum_single)(const real *x, const int64_t *row, const int64_t *row_end,
                           const netjac_windows *w, int64_t o) {
  real sum = 0;
  for (; row < row_end; row++)
    for (int64_t k = 0; k < w->size; k++) {
      int64_t at = o * w->stride + k * w->dilation - w->low;
      if (at >= 0 && at < w->width) sum += x[*row + at];
    }
  return sum;
}

INLINE void FN(sum_lines)(real *y, const real *x, int64_t images, const netjac_windows *windows,
                          int64_t stride) {
  const netjac_windows copy = *windows, *w = &copy;
  for (int64_t image = 0; image < images; image++, x += w->pixels)
    for (int64_t line = 0; line < w->lines; line++, y += w->count) {
      const int64_t *row = w->rows + w->starts[line], *row_end = w->rows + w->starts[line + 1];
      int64_t o = 0;
      for (; o < w->first; o++) y[o] = FN(sum_single)(x, row, row_end, w, o);
      for (; o + LANES <= w->end; o += LANES)
        FN(sum_block)(y, x, row, row_end, w, o, LANES, stride);
      if (o < w->end) FN(sum_block)(y, x, row, row_end, w, o, w->end - o, stride);
      for (o = w->end; o < w->count; o++) y[o] = FN(sum_single)(x, row, row_end, w, o);
    }
}

static void FN(window_sum)(real *y, const real *x, int64_t images, const netjac_windows *w) {
  if (w->stride == 1)
    FN(sum_lines)(y, x, images, w, 1);
  else if (w->stride == 2)
    FN(sum_lines)(y, x, images, w, 2);
  else
    FN(sum_lines)(y, x, images, w, w->stride);
}

/* ---- Sums that windows share out ---- */

/* Going through the rows for each run, and not the other way round, keeps a load away from the store that
   it depends on: where both differ in their first address, it waits until the store is done. */
static void FN(add_runs)(real *y, int64_t y_row, const real *x, int64_t x_row, int64_t rows,
                         const netjac_run *runs, int64_t count) {
  for (const netjac_run *run = runs; run < runs + count; run++) {
    real *to = y + run->target;
    const real *from = x + run->source;
    int64_t length = run->length, step = run->step, whole = length - length % LANES;
    for (int64_t r = 0; r < rows; r++, to += y_row, from += x_row) {
      if (step != 1) {
        for (int64_t i = 0; i < length; i++) to[i * step] += from[i];
        continue;
      }
      int64_t i = 0;
      for (; i < whole; i += LANES) FN(store)(to + i, FN(load)(to + i) + FN(load)(from + i));
      if (i < length) {
        vector sum = FN(load_part)(to + i, length - i) + FN(load_part)(from + i, length - i);
        FN(store_part)(to + i, sum, length - i);
      }
    }
  }
}
