/*
 * product_blocks.h - The inner loops of the products, for the type that elementary.h was last included for.
 *
 * A block is a few rows of y by one panel, a panel being a few vectors of columns of b. An element of y is
 * summed in `chains` partial sums, k modulo `chains` telling which, because one sum after the other would wait
 * four cycles for each addition. The number of chains follows from the panel and from k and never from the
 * number of rows, and every block adds in the same order: hence rows agree however they are grouped. Products
 * of which either operand may be the right one have two chains whatever their panels are.
 */

/* The rows of the tables of blocks. */
enum FN(chain_rule) { FN(short_terms), FN(long_terms), FN(either_way), FN(chain_rules) };

/* What all blocks of a product share. */
typedef struct {
  real *y;
  int64_t y_stride, a_row_stride, a_column_stride, b_stride, k;
  const FN(netjac_epilogue) *epilogue;
  int64_t next_panel; /* From a panel of b to the next one. */
  int64_t first_row;  /* The row of y, and of what lies beside it, that the product begins with. */
  enum FN(chain_rule) chains;
} FN(product_job);

/* The columns are `count` of the panel's; fewer than it holds if n ends there. */
typedef void (*FN(block))(const FN(product_job) *job, const real *a, const real *b, int64_t row,
                          int64_t column, int64_t count);

INLINE vector FN(load_first)(const real *p, int64_t count) {
  return count >= LANES ? FN(load)(p) : FN(load_part)(p, count);
}
INLINE void FN(store_first)(real *p, vector v, int64_t count) {
  if (count >= LANES)
    FN(store)(p, v);
  else
    FN(store_part)(p, v, count);
}

INLINE vector FN(activate)(vector z, int32_t activation) {
  switch (activation) {
    case NETJAC_ACTIVATION_RELU: return FN(relu)(z);
    case NETJAC_ACTIVATION_TANH: return FN(tanh)(z);
    case NETJAC_ACTIVATION_SIGMOID: return FN(sigmoid)(z);
    case NETJAC_ACTIVATION_SOFTPLUS: return FN(softplus)(z);
    default: return z;
  }
}

/* f'(z), given y = f(z). */
INLINE vector FN(slope)(vector z, vector y, int32_t activation) {
  switch (activation) {
    case NETJAC_ACTIVATION_RELU: return FN(step)(z);
    case NETJAC_ACTIVATION_TANH: return SPLAT(1) - y * y;
    case NETJAC_ACTIVATION_SIGMOID: return y * (SPLAT(1) - y);
    case NETJAC_ACTIVATION_SOFTPLUS: return FN(sigmoid)(z);
    default: return SPLAT(1);
  }
}

/* Walks the rows of `scale` beside those of y, with at most one division for a whole block. */
typedef struct {
  const real *row;
  int64_t left;
} FN(scale_cursor);

INLINE FN(scale_cursor) FN(scale_at)(const FN(netjac_epilogue) *e, int64_t row) {
  int64_t group = row < e->rows_per_scale ? 0 : row / e->rows_per_scale;
  return (FN(scale_cursor)){
    e->scale + group * e->scale_stride, e->rows_per_scale - (row - group * e->rows_per_scale)};
}
INLINE void FN(scale_next)(FN(scale_cursor) *cursor, const FN(netjac_epilogue) *e) {
  if (--cursor->left == 0) {
    cursor->row += e->scale_stride;
    cursor->left = e->rows_per_scale;
  }
}

INLINE int FN(is_linear)(const FN(netjac_epilogue) *e) {
  return e->activation == NETJAC_ACTIVATION_NONE && !e->slope && !e->unscaled;
}

/* Cheap enough to be repeated in every block. */
INLINE int FN(is_plain_relu)(const FN(netjac_epilogue) *e) {
  return e->activation == NETJAC_ACTIVATION_RELU && !e->unscaled && !e->scale;
}

/* The steps from the activation on, for the block z. A function of its own, so that the activations are not
   repeated in every block. */
static __attribute__((noinline)) void FN(activate_block)(const FN(product_job) *job, const vector *z,
                                                         int64_t rows, int64_t row, int64_t column,
                                                         int64_t count) {
  const FN(netjac_epilogue) *e = job->epilogue;
  FN(scale_cursor) scale = {NULL, INT64_MAX};
  if (e->scale) scale = FN(scale_at)(e, row - job->first_row);
  for (; rows > 0; rows--, row++) {
    for (int64_t c = column; c < column + count; c += LANES, z++) {
      const int64_t left = column + count - c;
      vector y = FN(activate)(*z, e->activation);
      if (e->slope)
        FN(store_first)(e->slope + row * e->slope_stride + c, FN(slope)(*z, y, e->activation), left);
      if (e->unscaled) FN(store_first)(e->unscaled + row * e->unscaled_stride + c, y, left);
      if (scale.row) y *= FN(load_first)(scale.row + c, left);
      FN(store_first)(job->y + row * job->y_stride + c, y, left);
    }
    FN(scale_next)(&scale, e);
  }
}

INLINE void FN(add_addend)(const FN(netjac_epilogue) *e, vector *sum, const int vectors, const int rows,
                           int64_t row, int64_t column, int64_t last) {
  const real *addend = e->addend + row * e->addend_stride + column;
  UNROLL for (int r = 0; r < rows; r++, addend += e->addend_stride)
    UNROLL for (int v = 0; v < vectors; v++)
      sum[r * vectors + v] += FN(load_first)(addend + v * LANES, v < vectors - 1 ? LANES : last);
}

/* The epilogue and the store of a block's sums. */
INLINE void FN(finish_block)(const FN(product_job) *job, vector *sum, const int vectors, const int rows,
                             int64_t row, int64_t column, int64_t count) {
  /* The last vector may end beyond n. */
  const int64_t last = count - (vectors - 1) * LANES;
  const FN(netjac_epilogue) *e = job->epilogue;
  if (e && e->adds_first) FN(add_addend)(e, sum, vectors, rows, row, column, last);
  if (e && e->bias) {
    UNROLL for (int v = 0; v < vectors; v++) {
      vector bias = FN(load_first)(e->bias + column + v * LANES, v < vectors - 1 ? LANES : last);
      UNROLL for (int r = 0; r < rows; r++) sum[r * vectors + v] += bias;
    }
  }
  if (e && e->row_bias) {
    UNROLL for (int r = 0; r < rows; r++) {
      vector bias = (vector)e->row_bias[row - job->first_row + r];
      UNROLL for (int v = 0; v < vectors; v++) sum[r * vectors + v] += bias;
    }
  }
  if (e && e->addend && !e->adds_first) FN(add_addend)(e, sum, vectors, rows, row, column, last);
  if (e && FN(is_plain_relu)(e)) {
    if (e->slope) {
      real *slope = e->slope + row * e->slope_stride + column;
      UNROLL for (int r = 0; r < rows; r++, slope += e->slope_stride)
        UNROLL for (int v = 0; v < vectors; v++)
          FN(store_first)(slope + v * LANES, FN(step)(sum[r * vectors + v]), v < vectors - 1 ? LANES : last);
    }
    UNROLL for (int i = 0; i < rows * vectors; i++) sum[i] = FN(relu)(sum[i]);
  } else if (e && !FN(is_linear)(e)) {
    /* A copy, since what has an address cannot stay in registers. */
    vector z[8 * 4];
    UNROLL for (int i = 0; i < rows * vectors; i++) z[i] = sum[i];
    FN(activate_block)(job, z, rows, row, column, count);
    return;
  } else if (e && e->scale) {
    FN(scale_cursor) scale = FN(scale_at)(e, row - job->first_row);
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < vectors; v++)
        sum[r * vectors + v] *=
          FN(load_first)(scale.row + column + v * LANES, v < vectors - 1 ? LANES : last);
      FN(scale_next)(&scale, e);
    }
  }
  real *y = job->y + row * job->y_stride + column;
  UNROLL for (int r = 0; r < rows; r++, y += job->y_stride)
    UNROLL for (int v = 0; v < vectors; v++)
      FN(store_first)(y + v * LANES, sum[r * vectors + v], v < vectors - 1 ? LANES : last);
}

/* The vectors are those of one panel of `width` vectors, or of two. */
INLINE void FN(block_body)(const int chains, const int vectors, const int width, const int rows,
                           const FN(product_job) *job, const real *a, const real *b, int64_t row,
                           int64_t column, int64_t count) {
  const int64_t a_row = job->a_row_stride, a_column = job->a_column_stride, b_row = job->b_stride;
  const int64_t second = vectors > width ? job->next_panel - width * LANES : 0;
  vector sum[4][8 * 4];
  UNROLL for (int u = 0; u < chains; u++)
    UNROLL for (int i = 0; i < rows * vectors; i++) sum[u][i] = 0;

  int64_t left = job->k;
  for (; left >= chains; left -= chains) {
    UNROLL for (int u = 0; u < chains; u++) {
      vector b_k[8];
      UNROLL for (int v = 0; v < vectors; v++) b_k[v] = FN(load)(b + v * LANES + (v < width ? 0 : second));
      UNROLL for (int r = 0; r < rows; r++) {
        vector a_rk = (vector)a[r * a_row];
        UNROLL for (int v = 0; v < vectors; v++)
          sum[u][r * vectors + v] = FN(multiply_add)(a_rk, b_k[v], sum[u][r * vectors + v]);
      }
      a += a_column;
      __asm__("" : "+r"(a)); /* One pointer to step, instead of one for every chain. */
      b += b_row;
    }
  }
  UNROLL for (int u = 0; u < chains - 1; u++) {
    if (u >= left) break;
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < vectors; v++)
        sum[u][r * vectors + v] =
          FN(multiply_add)((vector)a[r * a_row], FN(load)(b + v * LANES + (v < width ? 0 : second)),
                           sum[u][r * vectors + v]);
    a += a_column;
    b += b_row;
  }
  UNROLL for (int half = chains / 2; half > 0; half /= 2)
    UNROLL for (int u = 0; u < half; u++)
      UNROLL for (int i = 0; i < rows * vectors; i++) sum[u][i] += sum[u + half][i];

  FN(finish_block)(job, sum[0], vectors, rows, row, column, count);
}

#define BLOCK(chains, vectors, rows) \
  static void FN(block_##chains##_##vectors##_##rows)(const FN(product_job) *job, const real *a, \
                                                      const real *b, int64_t row, int64_t column, \
                                                      int64_t count) { \
    FN(block_body)(chains, vectors, vectors, rows, job, a, b, row, column, count); \
  }

/* A single row waits for its additions unless two panels take turns. */
#define PAIR(chains, width) \
  static void FN(pair_##chains##_##width)(const FN(product_job) *job, const real *a, const real *b, \
                                          int64_t row, int64_t column, int64_t count) { \
    FN(block_body)(chains, 2 * width, width, 1, job, a, b, row, column, count); \
  }

#define BLOCKS_2(chains, vectors) BLOCK(chains, vectors, 1) BLOCK(chains, vectors, 2)
#define BLOCKS_3(chains, vectors) BLOCKS_2(chains, vectors) BLOCK(chains, vectors, 3)
#define BLOCKS_4(chains, vectors) BLOCKS_3(chains, vectors) BLOCK(chains, vectors, 4)
#define BLOCKS_6(chains, vectors) \
  BLOCKS_4(chains, vectors) BLOCK(chains, vectors, 5) BLOCK(chains, vectors, 6)
#define BLOCKS_8(chains, vectors) \
  BLOCKS_6(chains, vectors) BLOCK(chains, vectors, 7) BLOCK(chains, vectors, 8)

#define NAME_2(chains, vectors) \
  FN(block_##chains##_##vectors##_1), FN(block_##chains##_##vectors##_2)
#define NAME_3(chains, vectors) NAME_2(chains, vectors), FN(block_##chains##_##vectors##_3)
#define NAME_4(chains, vectors) NAME_3(chains, vectors), FN(block_##chains##_##vectors##_4)
#define NAME_6(chains, vectors) \
  NAME_4(chains, vectors), FN(block_##chains##_##vectors##_5), FN(block_##chains##_##vectors##_6)
#define NAME_8(chains, vectors) \
  NAME_6(chains, vectors), FN(block_##chains##_##vectors##_7), FN(block_##chains##_##vectors##_8)

/* A single row and a single panel: small networks spend their time here, so there is nothing around it. */
#define ROW_PRODUCT(chains, vectors) \
  static void FN(product_row_##vectors)( \
    real *y, int64_t y_stride, const real *a, int64_t a_row_stride, int64_t a_column_stride, \
    const real *packed, int64_t m, int64_t n, int64_t k, const FN(netjac_epilogue) *epilogue) { \
    if (m != 1) { \
      FN(product)(y, y_stride, a, a_row_stride, a_column_stride, packed, m, n, k, epilogue); \
      return; \
    } \
    FN(product_job) job = {y, y_stride, a_row_stride, a_column_stride, vectors * LANES, k, epilogue, 0, 0}; \
    FN(block_body)(chains, vectors, vectors, 1, &job, a, packed, 0, 0, n); \
  }

static void FN(product)(real *y, int64_t y_stride, const real *a, int64_t a_row_stride,
                        int64_t a_column_stride, const real *packed, int64_t m, int64_t n, int64_t k,
                        const FN(netjac_epilogue) *epilogue);

/* The blocks of a panel of this width, by the number of rows less one. */
typedef struct {
  int most_rows;
  FN(block) pair; /* One row of two such panels; NULL for a width that only the last panel has. */
  FN(block) blocks[8];
} FN(panel_blocks);

/* As many sums as registers hold, rows·vectors·chains, with a few left for the operands. A long k has sums
   enough to wait for memory rather than for additions, and taller blocks read b less often. */
#if VECTOR_REGISTERS == 32
#undef PANEL_VECTORS
#define PANEL_VECTORS 4
BLOCKS_6(4, 1)
BLOCKS_3(4, 2)
BLOCKS_8(2, 1)
BLOCKS_6(2, 2)
BLOCKS_4(2, 3)
BLOCKS_3(2, 4)
BLOCKS_8(1, 3)
BLOCKS_6(1, 4)
PAIR(2, 3)
PAIR(2, 4)
PAIR(1, 3)
PAIR(1, 4)
ROW_PRODUCT(4, 1)
ROW_PRODUCT(4, 2)
ROW_PRODUCT(2, 3)
ROW_PRODUCT(2, 4)
static const FN(netjac_product) FN(row_products)[PANEL_VECTORS] = {
  FN(product_row_1), FN(product_row_2), FN(product_row_3), FN(product_row_4)};
static const int FN(chains_of)[2][PANEL_VECTORS] = {{4, 4, 2, 2}, {4, 4, 1, 1}};
static const FN(panel_blocks) FN(panels_of)[FN(chain_rules)][PANEL_VECTORS] = {
  {{6, NULL, {NAME_6(4, 1)}},
   {3, NULL, {NAME_3(4, 2)}},
   {4, FN(pair_2_3), {NAME_4(2, 3)}},
   {3, FN(pair_2_4), {NAME_3(2, 4)}}},
  {{6, NULL, {NAME_6(4, 1)}},
   {3, NULL, {NAME_3(4, 2)}},
   {8, FN(pair_1_3), {NAME_8(1, 3)}},
   {6, FN(pair_1_4), {NAME_6(1, 4)}}},
  {{8, NULL, {NAME_8(2, 1)}},
   {6, NULL, {NAME_6(2, 2)}},
   {4, NULL, {NAME_4(2, 3)}},
   {3, NULL, {NAME_3(2, 4)}}},
};
#else
#undef PANEL_VECTORS
#undef TALL_BLOCKS
#define PANEL_VECTORS 3
BLOCKS_3(4, 1)
BLOCKS_6(2, 1)
BLOCKS_3(2, 2)
BLOCKS_2(2, 3)
PAIR(2, 2)
PAIR(2, 3)
PAIR(1, 3)
#if HAS_FUSED_MULTIPLY_ADD
BLOCKS_4(1, 3)
#define TALL_BLOCKS {4, FN(pair_1_3), {NAME_4(1, 3)}}
#else
/* A product needs a register before it is added. */
BLOCKS_3(1, 3)
#define TALL_BLOCKS {3, FN(pair_1_3), {NAME_3(1, 3)}}
#endif
ROW_PRODUCT(4, 1)
ROW_PRODUCT(2, 2)
ROW_PRODUCT(2, 3)
static const FN(netjac_product) FN(row_products)[PANEL_VECTORS] = {
  FN(product_row_1), FN(product_row_2), FN(product_row_3)};
static const int FN(chains_of)[2][PANEL_VECTORS] = {{4, 2, 2}, {4, 2, 1}};
static const FN(panel_blocks) FN(panels_of)[FN(chain_rules)][PANEL_VECTORS] = {
  {{3, NULL, {NAME_3(4, 1)}}, {3, FN(pair_2_2), {NAME_3(2, 2)}}, {2, FN(pair_2_3), {NAME_2(2, 3)}}},
  {{3, NULL, {NAME_3(4, 1)}}, {3, FN(pair_2_2), {NAME_3(2, 2)}}, TALL_BLOCKS},
  {{6, NULL, {NAME_6(2, 1)}}, {3, NULL, {NAME_3(2, 2)}}, {2, NULL, {NAME_2(2, 3)}}},
};
#endif
#undef LONG_K
#define LONG_K 128
