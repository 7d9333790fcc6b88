/*
 * spread.h - The transpose of a convolution for an image that is zero but for a few pixels, for the type that
 * vector.h was last included for.
 */

static void FN(spread)(real *y, const real *updates, const int64_t *places, const netjac_spread *shape,
                       const real *kernel, real *sums) {
  const int64_t line = 64 / sizeof(real), wide = (shape->features + line - 1) / line * line;
  const int64_t terms = shape->terms;
  memset(sums, 0, (size_t)(shape->targets * wide) * sizeof(real));
  for (int64_t c = 0; c < shape->channels; c++, kernel += terms * wide) {
    for (int64_t j = 0; j < shape->picks; j++) {
      const real update = updates[c * shape->picks + j];
      const int64_t place = places[c * shape->channel_stride + j];
      if (update == 0 || place < 0 || place >= shape->pixels) continue;
      const int32_t *target = shape->table + place * terms;
      for (int64_t k = 0; k < terms; k++) {
        if (target[k] < 0) continue;
        real *sum = sums + target[k] * wide;
        for (int64_t f = 0; f < wide; f += LANES)
          FN(store)(sum + f, FN(multiply_add)((vector)update, FN(load)(kernel + k * wide + f), FN(load)(sum + f)));
      }
    }
  }
#ifdef SINGLE
  netjac_transpose_4(y, shape->targets, sums, wide, shape->targets, shape->features);
#else
  netjac_transpose_8(y, shape->targets, sums, wide, shape->targets, shape->features);
#endif
}
