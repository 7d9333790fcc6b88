/*
 * fused.h - The operations of a group one after the other, for the type that elementwise.h was last included for.
 *
 * The most frequent operations are written out here: on the short arrays of small networks a call through a pointer
 * takes as long as the operation.
 */

#define FUSED_OPERATIONS(each) \
  each(add, vv, 0) each(add, sv, 1) each(add, vs, 2) \
  each(subtract, vv, 0) each(subtract, sv, 1) each(subtract, vs, 2) \
  each(multiply, vv, 0) each(multiply, sv, 1) each(multiply, vs, 2)

#define FUSED_NAME(name, suffix, scalars) FN(fused_##name##_##suffix),
enum FN(fused_operation) { FN(fused_call), FUSED_OPERATIONS(FUSED_NAME) };

/* The operation's number if it is written out below. */
static int32_t FN(fused_operation_of)(netjac_loop loop) {
#define FUSED_NUMBER(name, suffix, scalars) \
  if (loop == (netjac_loop)FN(each_##name##_##suffix)) return FN(fused_##name##_##suffix);
  FUSED_OPERATIONS(FUSED_NUMBER)
  return FN(fused_call);
}

static void FN(fused_steps)(const netjac_fused_step *step, int64_t steps, char *const *slots, int64_t n) {
  for (const netjac_fused_step *end = step + steps; step < end; step++) {
    real *y = (real *)slots[step->result];
    const real *a = (const real *)slots[step->a], *b = (const real *)slots[step->b];
    switch (step->operation) {
#define FUSED_CASE(name, suffix, scalars) \
  case FN(fused_##name##_##suffix): { \
    const vector first_a = (vector)*a, first_b = (vector)*b; \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) \
      FN(store)(y + i, FN(name)(scalars & NETJAC_SCALAR_A ? first_a : FN(load)(a + i), \
                                scalars & NETJAC_SCALAR_B ? first_b : FN(load)(b + i))); \
    if (i < n) \
      FN(store_part)(y + i, FN(name)(scalars & NETJAC_SCALAR_A ? first_a : FN(load_part)(a + i, n - i), \
                                     scalars & NETJAC_SCALAR_B ? first_b : FN(load_part)(b + i, n - i)), \
                     n - i); \
    break; \
  }
      FUSED_OPERATIONS(FUSED_CASE)
      default:
        if (step->operands == 1)
          ((netjac_loop_1)step->loop)(y, a, n);
        else if (step->operands == 2)
          ((netjac_loop_2)step->loop)(y, a, b, n);
        else
          ((netjac_loop_3)step->loop)(y, a, b, slots[step->c], n);
    }
  }
}
#undef FUSED_OPERATIONS
#undef FUSED_NAME
#undef FUSED_NUMBER
#undef FUSED_CASE
