/*
 * spread.h - The transpose of a convolution for images that are zero but for a few pixels, for the type that
 * vector.h was last included for.
 *
 * The updates that matter are listed first, without a branch: whether a relu left one is unpredictable.
 */

/* The picks that change anything: those with a number other than zero and a place inside. */
INLINE int64_t FN(active_picks)(int32_t *list, const real *numbers, const int64_t *places,
                                const netjac_spread *shape) {
  int64_t count = 0;
  for (int64_t j = 0; j < shape->picks; j++) {
    list[count] = (int32_t)j;
    count += (numbers[j] != 0) & ((uint64_t)places[j] < (uint64_t)shape->pixels);
  }
  return count;
}

#define WHOLE_LINES(count) (((count) + 64 / (int64_t)sizeof(real) - 1) & -(64 / (int64_t)sizeof(real)))

INLINE void FN(add_multiple)(real *sum, vector factor, const real *x, int64_t wide) {
  for (int64_t l = 0; l < wide; l += LANES)
    FN(store)(sum + l, FN(multiply_add)(factor, FN(load)(x + l), FN(load)(sum + l)));
}

/* Calls a function with its last argument constant where it is most often: one or two vectors. */
#define WITH_FIXED_WIDTH(function, wide, ...) \
  if ((wide) == LANES) \
    function(__VA_ARGS__, LANES); \
  else if ((wide) == 2 * LANES) \
    function(__VA_ARGS__, 2 * LANES); \
  else \
    function(__VA_ARGS__, wide)

INLINE void FN(spread_features)(real *y, const real *updates, const int64_t *places, const netjac_spread *shape,
                                const real *kernel, void *scratch, int64_t wide) {
  const int64_t terms = shape->terms;
  real *sums = scratch;
  int32_t *list = (int32_t *)(sums + shape->targets * wide);
  memset(sums, 0, (size_t)(shape->targets * wide) * sizeof(real));
  for (int64_t c = 0; c < shape->channels; c++) {
    const int64_t count = FN(active_picks)(list, updates, places, shape);
    for (int64_t i = 0; i < count; i++) {
      const vector update = (vector)updates[list[i]];
      const int32_t *target = shape->table + places[list[i]] * terms;
      for (int64_t k = 0; k < terms; k++) {
        if (target[k] < 0) continue;
        FN(add_multiple)(sums + target[k] * wide, update, kernel + k * wide, wide);
      }
    }
    updates += shape->picks;
    places += shape->channel_stride;
    kernel += terms * wide;
  }
  FN(transpose)(y, shape->targets, sums, wide, shape->targets, shape->features);
}

static void FN(spread)(real *y, const real *updates, const int64_t *places, const netjac_spread *shape,
                       const real *kernel, void *scratch) {
  const int64_t wide = WHOLE_LINES(shape->features);
  WITH_FIXED_WIDTH(FN(spread_features), wide, y, updates, places, shape, kernel, scratch);
}

/* One channel's updates with sets as lanes, [picks][wide], and which picks are not zero in all of them. */
INLINE void FN(gather_sets)(real *columns, real *nonzero, const real *updates, int64_t stride, int64_t sets,
                            int64_t wide, int64_t picks) {
  FN(transpose)(columns, wide, updates, stride, sets, picks);
  for (int64_t j = 0; j < picks; j++) {
    integers differs = 0;
    for (int64_t l = 0; l < wide; l += LANES) differs |= FN(load)(columns + j * wide + l) != 0;
    nonzero[j] = FN(any)(differs);
  }
}

INLINE void FN(spread_lanes)(real *y, const real *updates, int64_t sets, const int64_t *places,
                             const netjac_spread *shape, const real *kernel, void *scratch, int64_t wide) {
  const int64_t terms = shape->terms, features = shape->features, picks = shape->picks;
  const int64_t stride = shape->channels * picks, all = features * shape->targets;
  real *sums = scratch, *columns = sums + all * wide, *nonzero = columns + picks * wide;
  int32_t *list = (int32_t *)(nonzero + WHOLE_LINES(picks));
  memset(sums, 0, (size_t)((all + picks) * wide) * sizeof(real));
  for (int64_t c = 0; c < shape->channels; c++) {
    FN(gather_sets)(columns, nonzero, updates + c * picks, stride, sets, wide, picks);
    const int64_t count = FN(active_picks)(list, nonzero, places, shape);
    for (int64_t i = 0; i < count; i++) {
      const real *update = columns + list[i] * wide;
      const int32_t *target = shape->table + places[list[i]] * terms;
      for (int64_t k = 0; k < terms; k++) {
        if (target[k] < 0) continue;
        for (int64_t f = 0; f < features; f++) {
          const vector factor = (vector)kernel[k * features + f];
          FN(add_multiple)(sums + (f * shape->targets + target[k]) * wide, factor, update, wide);
        }
      }
    }
    places += shape->channel_stride;
    kernel += terms * features;
  }
  FN(transpose)(y, all, sums, wide, all, sets);
}

static void FN(spread_sets)(real *y, const real *updates, int64_t sets, const int64_t *places,
                            const netjac_spread *shape, const real *kernel, void *scratch) {
  const int64_t wide = WHOLE_LINES(sets);
  WITH_FIXED_WIDTH(FN(spread_lanes), wide, y, updates, sets, places, shape, kernel, scratch);
}
#undef WITH_FIXED_WIDTH
#undef WHOLE_LINES
