/*
 * fused.h - The operations of a group one after the other, for the type that elementwise.h was last included for.
 *
 * The loops of the most frequent operations stand in line here: on the short arrays of small networks a call through
 * a pointer takes as long as the operation.
 */

#define FUSED_OPERATIONS(each) \
  each(add, vv) each(add, sv) each(add, vs) \
  each(subtract, vv) each(subtract, sv) each(subtract, vs) \
  each(multiply, vv) each(multiply, sv) each(multiply, vs)

#define FUSED_NAME(name, suffix) FN(fused_##name##_##suffix),
enum FN(fused_operation) { FN(fused_call), FUSED_OPERATIONS(FUSED_NAME) };

/* The operation's number if its loop stands in line below. */
static int32_t FN(fused_operation_of)(netjac_loop loop) {
#define FUSED_NUMBER(name, suffix) \
  if (loop == (netjac_loop)FN(each_##name##_##suffix)) return FN(fused_##name##_##suffix);
  FUSED_OPERATIONS(FUSED_NUMBER)
  return FN(fused_call);
}

static void FN(fused_steps)(const netjac_fused_step *step, int64_t steps, char *const *slots, int64_t n) {
  for (const netjac_fused_step *end = step + steps; step < end; step++) {
    real *y = (real *)slots[step->result];
    const real *a = (const real *)slots[step->a], *b = (const real *)slots[step->b];
    switch (step->operation) {
#define FUSED_CASE(name, suffix) \
  case FN(fused_##name##_##suffix): FN(loop_##name##_##suffix)(y, a, b, n); break;
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
