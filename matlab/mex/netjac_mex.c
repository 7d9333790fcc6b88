/*
 * netjac_mex.c - The door from MATLAB and Octave into libnetjac.
 *
 * Called by the package +netjac only; netjac_commands.h lists the commands. matlab/library/netjac_mex.m offers the
 * same over loadlibrary, for MATLAB without a compiler; the tests run on both and expect equal results, identifiers
 * and messages. Here stands how arrays pass into the library and back. What is wrong with one is said by m-code for
 * both doors, +internal/argument.m and failure.m, which is called when a quick look finds it wrong.
 *
 * A handle is the library's own, as a uint64. The library recognises one that was released or that it never handed
 * out, so nothing is kept here but how many there are. MATLAB calls a MEX file from one thread only.
 */
#include "mex.h"

#include <netjac.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_WHOLE 9007199254740992.0
#define MOST_VALUES 65535

/* One call of a command. */
typedef struct {
  const char *area;      /* of errors */
  const mxArray **given; /* the arguments, of which there are enough */
  int wanted;            /* how many results */
  mxArray *results[2];
} call;

/* ---- Errors ---------------------------------------------------------------------------------------------- */

/* Calls a function of +netjac/+internal that raises an error; does not return. The arguments stand from 1 on. */
static void raise_by(const char *function, int count, mxArray **arguments)
{
  arguments[0] = mxCreateString(function);
  mexCallMATLAB(0, NULL, count, arguments, "feval");
  mexErrMsgIdAndTxt("netjac:mex:defect", "%s finds nothing wrong; please report this.", function);
}

/* Does not return: an argument is not as it must be. The numbers are what the kind of check takes further. */
static void refuse(const call *c, const char *kind, const char *name, const mxArray *array, int count, double first,
                   double second)
{
  mxArray *arguments[7];
  arguments[1] = mxCreateString(kind);
  arguments[2] = mxCreateString(c->area);
  arguments[3] = mxCreateString(name);
  arguments[4] = (mxArray *)array;
  arguments[5] = mxCreateDoubleScalar(first);
  arguments[6] = mxCreateDoubleScalar(second);
  raise_by("netjac.internal.argument", 5 + count, arguments);
}

static void check(const call *c, netjac_status status)
{
  mxArray *arguments[5];
  if (status == NETJAC_OK)
    return;
  arguments[1] = mxCreateString(c->area);
  arguments[2] = mxCreateDoubleScalar(status);
  arguments[3] = mxCreateString(netjac_last_error());
  arguments[4] = mxCreateString(netjac_last_reason());
  raise_by("netjac.internal.failure", 5, arguments);
}

/* Does not return: there is no memory for what is said. */
static void no_memory(const call *c, const char *message)
{
  mxArray *arguments[4];
  arguments[1] = mxCreateString(c->area);
  arguments[2] = mxCreateDoubleScalar(NETJAC_ERROR_MEMORY);
  arguments[3] = mxCreateString(message);
  raise_by("netjac.internal.failure", 4, arguments);
}

/* ---- Handles --------------------------------------------------------------------------------------------- */

/* Of all handles. "clear all" must not unload this file under living objects. */
static int64_t alive_count = 0;

static mxArray *handle_array(const void *handle)
{
  mxArray *array = mxCreateNumericMatrix(1, 1, mxUINT64_CLASS, mxREAL);
  *(uint64_t *)mxGetData(array) = (uint64_t)(uintptr_t)handle;
  return array;
}

/* A result that the caller has to release. */
static mxArray *new_handle(const void *handle)
{
  if (alive_count++ == 0)
    mexLock();
  return handle_array(handle);
}

static void count_one_less(void)
{
  if (--alive_count == 0)
    mexUnlock();
}

/* NULL for what is no handle at all. */
static void *pointer_in(const mxArray *array)
{
  if (!mxIsUint64(array) || mxGetNumberOfElements(array) != 1 || mxIsComplex(array))
    return NULL;
  return (void *)(uintptr_t)((const uint64_t *)mxGetData(array))[0];
}

/* The first argument, which must be a living handle of this kind. */
static void *handle_of(const call *c, int32_t kind)
{
  static const char *const names[] = {"", "network", "options", "graph", "trainer", "store", "study"};
  const mxArray *array = c->given[0];
  void *pointer = pointer_in(array);
  const int32_t found = netjac_handle_kind(pointer);
  if (found != kind) {
    /* What was deleted holds 0. */
    const int is_released
      = found == -kind || (!pointer && mxIsUint64(array) && mxGetNumberOfElements(array) == 1);
    mxArray *arguments[6];
    arguments[1] = mxCreateString("handle");
    arguments[2] = mxCreateString(names[kind]);
    arguments[3] = mxCreateString("");
    arguments[4] = (mxArray *)array;
    arguments[5] = mxCreateDoubleScalar(is_released ? -1 : 0);
    raise_by("netjac.internal.argument", 6, arguments);
  }
  return pointer;
}

/* A network with its sizes. */
typedef struct {
  netjac_network *network;
  int64_t input_size;
  int64_t output_size;
} subject;

static subject subject_of(const call *c)
{
  subject s;
  s.network = (netjac_network *)handle_of(c, NETJAC_HANDLE_NETWORK);
  s.input_size = netjac_input_size(s.network);
  s.output_size = netjac_output_size(s.network);
  return s;
}

static netjac_graph *graph_of(const call *c)
{
  return (netjac_graph *)handle_of(c, NETJAC_HANDLE_GRAPH);
}

static netjac_trainer *trainer_of(const call *c)
{
  return (netjac_trainer *)handle_of(c, NETJAC_HANDLE_TRAINER);
}

/* ---- Arguments ------------------------------------------------------------------------------------------- */

/* x, which decides on class, number of samples and orientation of everything else. */
typedef struct {
  const void *data;
  int is_single;
  int is_row; /* one sample, given as a row */
  int64_t samples;
} samples_argument;

static int is_real_float(const mxArray *array)
{
  return (mxIsDouble(array) || mxIsSingle(array)) && !mxIsSparse(array) && !mxIsComplex(array);
}

static int is_matrix(const mxArray *array, int64_t rows, int64_t columns)
{
  const mwSize *sizes = mxGetDimensions(array);
  return mxGetNumberOfDimensions(array) == 2 && (int64_t)sizes[0] == rows && (int64_t)sizes[1] == columns;
}

static samples_argument samples_of(const call *c, const subject *s)
{
  const mxArray *array = c->given[1];
  const int64_t rows = s->input_size;
  samples_argument x;
  x.is_row = (int64_t)mxGetM(array) != rows;
  if (!is_real_float(array) || mxGetNumberOfDimensions(array) != 2 || (x.is_row && !is_matrix(array, 1, rows)))
    refuse(c, "samples", "x", array, 1, (double)rows, 0);
  x.samples = x.is_row ? 1 : (int64_t)mxGetN(array);
  x.is_single = mxIsSingle(array);
  x.data = mxGetData(array);
  return x;
}

/* A companion of x: v, w or lambda. It is taken in the class of x, as MATLAB's arithmetic would do it. */
static const void *companion_of(const call *c, const char *name, const mxArray *array, int64_t rows,
                                const samples_argument *x)
{
  size_t k, count = mxGetNumberOfElements(array);
  if (!is_real_float(array)
      || !(is_matrix(array, rows, x->samples) || (x->samples == 1 && is_matrix(array, 1, rows))))
    refuse(c, "companion", name, array, 2, (double)rows, (double)x->samples);
  if (mxIsSingle(array) == x->is_single)
    return mxGetData(array);
  if (x->is_single) {
    const double *from = (const double *)mxGetData(array);
    float *to = (float *)mxMalloc(count * sizeof *to + 1);
    for (k = 0; k < count; k++)
      to[k] = (float)from[k];
    return to;
  } else {
    const float *from = (const float *)mxGetData(array);
    double *to = (double *)mxMalloc(count * sizeof *to + 1);
    for (k = 0; k < count; k++)
      to[k] = from[k];
    return to;
  }
}

/* Releases what companion_of() may have allocated: early in a loop of many calls, not only at the end. */
static void discard_companion(const void *data, const mxArray *array)
{
  if (data != mxGetData(array))
    mxFree((void *)data);
}

static char *text_argument(const call *c, const char *name, const mxArray *array)
{
  char *text;
  if (!mxIsChar(array) || (mxGetM(array) > 1 && !mxIsEmpty(array)))
    refuse(c, "text", name, array, 0, 0, 0);
#ifdef HAVE_OCTAVE
  text = mxArrayToString(array); /* Octave's text is UTF-8 already */
#else
  text = mxArrayToUTF8String(array);
#endif
  if (!text)
    no_memory(c, "There is no memory for a text.");
  return text;
}

static int is_double(const mxArray *array)
{
  return mxIsDouble(array) && !mxIsSparse(array) && !mxIsComplex(array);
}

/* count: -1 for any. */
static const double *doubles_argument(const call *c, const char *name, const mxArray *array, int64_t count)
{
  if (!is_double(array) || (count >= 0 && (int64_t)mxGetNumberOfElements(array) != count))
    refuse(c, "doubles", name, array, count < 0 ? 0 : 1, (double)count, 0);
  return (const double *)mxGetData(array);
}

/* A list of whole numbers in bounds that are exact as double. */
static int64_t *whole_numbers(const call *c, const char *name, const mxArray *array, double least, double most,
                              int32_t *count)
{
  size_t k, given = mxGetNumberOfElements(array);
  int is_right = is_double(array) && given <= MOST_VALUES;
  int64_t *numbers = (int64_t *)mxMalloc((is_right ? given : 0) * sizeof *numbers + 1);
  for (k = 0; is_right && k < given; k++) {
    const double number = ((const double *)mxGetData(array))[k];
    is_right = number >= least && number <= most && number == (double)(int64_t)number;
    numbers[k] = is_right ? (int64_t)number : 0;
  }
  if (!is_right)
    refuse(c, "whole", name, array, 2, least, most);
  *count = (int32_t)given;
  return numbers;
}

static int64_t whole_number(const call *c, const char *name, const mxArray *array, double least, double most)
{
  double number;
  if (!is_double(array) || mxGetNumberOfElements(array) != 1)
    refuse(c, "one", name, array, 2, least, most);
  number = *(const double *)mxGetData(array);
  if (!(number >= least && number <= most) || number != (double)(int64_t)number)
    refuse(c, "one", name, array, 2, least, most);
  return (int64_t)number;
}

/* Values of a graph; -1 is none. */
static int32_t *values_argument(const call *c, const char *name, const mxArray *array, int32_t *count)
{
  int64_t *numbers = whole_numbers(c, name, array, -1, INT32_MAX, count);
  int32_t *values = (int32_t *)mxMalloc((size_t)*count * sizeof *values + 1);
  int32_t k;
  for (k = 0; k < *count; k++)
    values[k] = (int32_t)numbers[k];
  return values;
}

static int32_t value_argument(const call *c, const char *name, const mxArray *array)
{
  return (int32_t)whole_number(c, name, array, -1, INT32_MAX);
}

static netjac_options *options_argument(const call *c, const mxArray *array)
{
  netjac_options *options;
  size_t k, count = mxGetNumberOfElements(array);
  int is_right = mxIsCell(array) && count % 2 == 0;
  for (k = 0; is_right && k < count; k++) {
    const mxArray *text = mxGetCell(array, k);
    is_right = text && mxIsChar(text) && (mxGetM(text) <= 1 || mxIsEmpty(text));
  }
  if (!is_right)
    refuse(c, "options", "options", array, 0, 0, 0);
  options = netjac_options_create();
  if (!options)
    no_memory(c, netjac_last_error());
  for (k = 0; k < count; k += 2) {
    char *key = text_argument(c, "key", mxGetCell(array, k));
    char *value = text_argument(c, "value", mxGetCell(array, k + 1));
    const netjac_status status = netjac_options_set(options, key, value);
    if (status != NETJAC_OK) {
      netjac_options_release(options);
      check(c, status);
    }
  }
  return options;
}

/* ---- Results --------------------------------------------------------------------------------------------- */

/* An array of the class of x that is not filled yet; the library writes into it directly. */
static mxArray *result_array(const call *c, const samples_argument *x, mwSize axes, const mwSize *sizes)
{
  /* The product is checked here, because an array of wrapped size would be written past its end. */
  size_t elements = 1;
  mwSize k;
  for (k = 0; k < axes; k++) {
    if (sizes[k] != 0 && elements > (SIZE_MAX / 16) / sizes[k])
      no_memory(c, "The result would have more elements than memory can hold; pass fewer samples.");
    elements *= sizes[k];
  }
  return mxCreateUninitNumericArray(axes, (mwSize *)sizes, x->is_single ? mxSINGLE_CLASS : mxDOUBLE_CLASS, mxREAL);
}

/* [rows] for each sample, in the orientation of x. */
static mxArray *result_like(const call *c, const samples_argument *x, int64_t rows)
{
  mwSize sizes[2];
  sizes[0] = x->is_row ? 1 : (mwSize)rows;
  sizes[1] = x->is_row ? (mwSize)rows : (mwSize)x->samples;
  return result_array(c, x, 2, sizes);
}

/* A matrix for each sample. */
static mxArray *result_pages(const call *c, const samples_argument *x, int64_t rows, int64_t columns)
{
  mwSize sizes[3];
  sizes[0] = (mwSize)rows;
  sizes[1] = (mwSize)columns;
  sizes[2] = (mwSize)x->samples;
  return result_array(c, x, x->samples == 1 ? 2 : 3, sizes);
}

static mxArray *double_row(int64_t count)
{
  return mxCreateDoubleMatrix(1, (mwSize)count, mxREAL);
}

static mxArray *integers_result(const int64_t *numbers, int64_t count)
{
  mxArray *result = double_row(count);
  int64_t k;
  for (k = 0; k < count; k++)
    ((double *)mxGetData(result))[k] = (double)numbers[k];
  return result;
}

static mxArray *values_result(const int32_t *values, int32_t count)
{
  mxArray *result = double_row(count);
  int32_t k;
  for (k = 0; k < count; k++)
    ((double *)mxGetData(result))[k] = values[k];
  return result;
}

static void set_text(mxArray *structure, mwIndex index, const char *field, const char *text)
{
  mxSetField(structure, index, field, mxCreateString(text ? text : ""));
}

/* ---- Commands: values and derivatives -------------------------------------------------------------------- */

/* The function for the class of x. The pointers are converted in one place for both. */
#define CALL(function, x, ...) ((x)->is_single ? function##_f32(__VA_ARGS__) : function(__VA_ARGS__))

static void forward_of(call *c, const subject *s, const samples_argument *x)
{
  mxArray *y = result_like(c, x, s->output_size);
  check(c, CALL(netjac_forward, x, s->network, x->samples, x->data, mxGetData(y)));
  c->results[0] = y;
}

static void run_forward(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  forward_of(c, &s, &x);
}

static void run_jacobian(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  mxArray *y, *pages;
  if (c->wanted < 2) {
    forward_of(c, &s, &x);
    return;
  }
  y = result_like(c, &x, s.output_size);
  pages = result_pages(c, &x, s.output_size, s.input_size);
  check(c, CALL(netjac_jacobian, &x, s.network, x.samples, x.data, mxGetData(y), mxGetData(pages),
                NETJAC_COLUMN_MAJOR));
  c->results[0] = y;
  c->results[1] = pages;
}

static void run_jvp(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  const void *v = companion_of(c, "v", c->given[2], s.input_size, &x);
  mxArray *y = result_like(c, &x, s.output_size);
  mxArray *product = result_like(c, &x, s.output_size);
  check(c, CALL(netjac_jvp, &x, s.network, x.samples, x.data, v, mxGetData(y), mxGetData(product)));
  discard_companion(v, c->given[2]);
  c->results[0] = y;
  c->results[1] = product;
}

static void run_vjp(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  const void *w = companion_of(c, "w", c->given[2], s.output_size, &x);
  mxArray *y = result_like(c, &x, s.output_size);
  mxArray *product = result_like(c, &x, s.input_size);
  check(c, CALL(netjac_vjp, &x, s.network, x.samples, x.data, w, mxGetData(y), mxGetData(product)));
  discard_companion(w, c->given[2]);
  c->results[0] = y;
  c->results[1] = product;
}

static void run_hessian(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  const void *lambda = companion_of(c, "lambda", c->given[2], s.output_size, &x);
  mxArray *pages = result_pages(c, &x, s.input_size, s.input_size);
  check(c, CALL(netjac_hessian, &x, s.network, x.samples, x.data, lambda, mxGetData(pages)));
  discard_companion(lambda, c->given[2]);
  c->results[0] = pages;
}

static void run_hvp(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  const void *lambda = companion_of(c, "lambda", c->given[2], s.output_size, &x);
  const void *v = companion_of(c, "v", c->given[3], s.input_size, &x);
  mxArray *product = result_like(c, &x, s.input_size);
  check(c, CALL(netjac_hvp, &x, s.network, x.samples, x.data, lambda, v, mxGetData(product)));
  discard_companion(lambda, c->given[2]);
  discard_companion(v, c->given[3]);
  c->results[0] = product;
}

/* ---- Commands: smoothness -------------------------------------------------------------------------------- */

static int32_t kink_count(const call *c, netjac_network *network)
{
  const int32_t count = netjac_kink_count(network);
  if (count < 0)
    check(c, NETJAC_ERROR_MEMORY);
  return count;
}

static void run_kinkNodes(call *c)
{
  static const char *fields[] = {"node", "kind", "convention"};
  netjac_network *network = subject_of(c).network;
  int32_t k, count = kink_count(c, network);
  mxArray *nodes = mxCreateStructMatrix((mwSize)count, 1, 3, fields);
  for (k = 0; k < count; k++) {
    set_text(nodes, (mwIndex)k, "node", netjac_kink_node(network, k));
    set_text(nodes, (mwIndex)k, "kind", netjac_kink_operator(network, k));
    set_text(nodes, (mwIndex)k, "convention", netjac_kink_convention(network, k));
  }
  c->results[0] = nodes;
}

static void run_kinks(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  mwSize sizes[2];
  mxArray *distances;
  sizes[0] = (mwSize)kink_count(c, s.network);
  sizes[1] = (mwSize)x.samples;
  distances = result_array(c, &x, 2, sizes);
  check(c, CALL(netjac_kinks, &x, s.network, x.samples, x.data, mxGetData(distances)));
  c->results[0] = distances;
}

/* ---- Commands: sparse Jacobians -------------------------------------------------------------------------- */

/* The structure of the Jacobian that was used last: solvers ask for the same one again and again. */
static struct {
  netjac_network *network; /* NULL for none */
  int64_t nonzeros;
  int64_t *columns; /* [n + 1] */
  int64_t *rows;    /* [nonzeros] */
} structure = {NULL, 0, NULL, NULL};

static void forget_structure(void)
{
  free(structure.columns);
  free(structure.rows);
  structure.network = NULL;
  structure.columns = NULL;
  structure.rows = NULL;
}

static void find_structure(const call *c, const subject *s)
{
  netjac_status status;
  if (structure.network == s->network)
    return;
  forget_structure();
  check(c, netjac_jacobian_sparsity(s->network, &structure.nonzeros, NULL, NULL));
  structure.columns = (int64_t *)calloc((size_t)s->input_size + 1, sizeof(int64_t));
  structure.rows = (int64_t *)calloc((size_t)structure.nonzeros + 1, sizeof(int64_t));
  if (!structure.columns || !structure.rows) {
    forget_structure();
    no_memory(c, "There is no memory for the places of the Jacobian's nonzeros.");
  }
  status = netjac_jacobian_sparsity(s->network, NULL, structure.columns, structure.rows);
  if (status != NETJAC_OK) {
    forget_structure();
    check(c, status);
  }
  structure.network = s->network;
}

static mxArray *sparse_pattern(int64_t rows, int64_t columns, int64_t nonzeros, const int64_t *starts,
                               const int64_t *places)
{
  mxArray *pattern
    = mxCreateSparseLogicalMatrix((mwSize)rows, (mwSize)columns, (mwSize)(nonzeros > 0 ? nonzeros : 1));
  int64_t k;
  for (k = 0; k <= columns; k++)
    mxGetJc(pattern)[k] = (mwIndex)starts[k];
  for (k = 0; k < nonzeros; k++) {
    mxGetIr(pattern)[k] = (mwIndex)places[k];
    ((mxLogical *)mxGetData(pattern))[k] = 1;
  }
  return pattern;
}

static void run_jacobianSparsity(call *c)
{
  const subject s = subject_of(c);
  find_structure(c, &s);
  c->results[0]
    = sparse_pattern(s.output_size, s.input_size, structure.nonzeros, structure.columns, structure.rows);
}

static void run_hessianSparsity(call *c)
{
  const subject s = subject_of(c);
  int64_t nonzeros = 0;
  int64_t *columns, *rows;
  check(c, netjac_hessian_sparsity(s.network, &nonzeros, NULL, NULL));
  columns = (int64_t *)mxCalloc((size_t)s.input_size + 1, sizeof *columns);
  rows = (int64_t *)mxCalloc((size_t)nonzeros + 1, sizeof *rows);
  check(c, netjac_hessian_sparsity(s.network, NULL, columns, rows));
  c->results[0] = sparse_pattern(s.input_size, s.input_size, nonzeros, columns, rows);
  mxFree(columns);
  mxFree(rows);
}

/*
 * The Jacobian of y(:) by x(:): for several samples a block-diagonal matrix, whose values stand in memory exactly
 * as the library writes them, sample after sample. MATLAB's sparse matrices are double and hold no zeros, so
 * values that happen to be zero are squeezed out here.
 */
static void fill_structure(const subject *s, int64_t samples, mxArray *matrix)
{
  mwIndex *rows = mxGetIr(matrix), *columns = mxGetJc(matrix);
  double *values = (double *)mxGetData(matrix);
  int64_t sample, column, k;
  mwIndex kept = 0;
  columns[0] = 0;
  for (sample = 0; sample < samples; sample++) {
    const double *from = values + sample * structure.nonzeros;
    for (column = 0; column < s->input_size; column++) {
      for (k = structure.columns[column]; k < structure.columns[column + 1]; k++) {
        if (from[k] == 0)
          continue;
        values[kept] = from[k];
        rows[kept++] = (mwIndex)(sample * s->output_size + structure.rows[k]);
      }
      columns[sample * s->input_size + column + 1] = kept;
    }
  }
}

static void run_jacobianSparse(call *c)
{
  const subject s = subject_of(c);
  const samples_argument x = samples_of(c, &s);
  mxArray *y, *matrix;
  int64_t k, count, widest;
  if (c->wanted < 2) {
    forward_of(c, &s, &x);
    return;
  }
  y = result_like(c, &x, s.output_size);
  find_structure(c, &s);
  widest = structure.nonzeros > s.output_size ? structure.nonzeros : s.output_size;
  widest = widest > s.input_size ? widest : s.input_size;
  if (widest > 0 && x.samples > INT64_MAX / 16 / widest)
    no_memory(c, "The result would have more elements than memory can hold; pass fewer samples.");
  count = structure.nonzeros * x.samples;
  matrix = mxCreateSparse((mwSize)(s.output_size * x.samples), (mwSize)(s.input_size * x.samples),
                          (mwSize)(count > 0 ? count : 1), mxREAL);
  if (x.is_single) {
    float *values = (float *)mxMalloc((size_t)count * sizeof *values + 1);
    double *to = (double *)mxGetData(matrix);
    check(c, netjac_jacobian_sparse_f32(s.network, x.samples, (const float *)x.data, (float *)mxGetData(y), values));
    for (k = 0; k < count; k++)
      to[k] = values[k];
    mxFree(values);
  } else {
    check(c, netjac_jacobian_sparse(s.network, x.samples, (const double *)x.data, (double *)mxGetData(y),
                                    (double *)mxGetData(matrix)));
  }
  fill_structure(&s, x.samples, matrix);
  c->results[0] = y;
  c->results[1] = matrix;
}

/* ---- Commands: what a network is ------------------------------------------------------------------------- */

/* A struct array with name and size, one element for each input or output; inputs have a type, too. */
static mxArray *describe_tensors(const netjac_network *network, int outputs)
{
  static const char *fields[] = {"name", "size", "type"};
  int32_t index, count = outputs ? netjac_output_count(network) : netjac_input_count(network);
  mxArray *tensors = mxCreateStructMatrix(1, (mwSize)(count < 0 ? 0 : count), outputs ? 2 : 3, fields);
  for (index = 0; index < count; index++) {
    int32_t axis, rank = outputs ? netjac_output_rank(network, index) : netjac_input_rank(network, index);
    mxArray *size = mxCreateDoubleMatrix(rank > 0 ? 1 : 0, (mwSize)(rank > 0 ? rank : 0), mxREAL);
    for (axis = 0; axis < rank; axis++)
      ((double *)mxGetData(size))[axis]
        = (double)(outputs ? netjac_output_dim(network, index, axis) : netjac_input_dim(network, index, axis));
    set_text(tensors, (mwIndex)index, "name",
             outputs ? netjac_output_name(network, index) : netjac_input_name(network, index));
    mxSetField(tensors, (mwIndex)index, "size", size);
    if (!outputs)
      set_text(tensors, (mwIndex)index, "type", netjac_input_type(network, index));
  }
  return tensors;
}

static void run_describe(call *c)
{
  static const char *fields[] = {"inputs", "outputs", "inputSize", "outputSize"};
  const subject s = subject_of(c);
  mxArray *description = mxCreateStructMatrix(1, 1, 4, fields);
  mxSetField(description, 0, "inputs", describe_tensors(s.network, 0));
  mxSetField(description, 0, "outputs", describe_tensors(s.network, 1));
  mxSetField(description, 0, "inputSize", mxCreateDoubleScalar((double)s.input_size));
  mxSetField(description, 0, "outputSize", mxCreateDoubleScalar((double)s.output_size));
  c->results[0] = description;
}

static void run_jacobianCost(call *c)
{
  int64_t cost[3] = {0, 0, 0};
  check(c, netjac_jacobian_cost(subject_of(c).network, &cost[0], &cost[1], &cost[2]));
  c->results[0] = integers_result(cost, 3);
}

static void run_jacobianSeeds(call *c)
{
  int64_t seeds = 0;
  check(c, netjac_jacobian_seeds(subject_of(c).network, &seeds));
  c->results[0] = mxCreateDoubleScalar((double)seeds);
}

static void run_jacobianPlan(call *c)
{
  netjac_network *network = subject_of(c).network;
  size_t needed = 0;
  char *text;
  check(c, netjac_jacobian_plan(network, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check(c, netjac_jacobian_plan(network, text, needed, NULL));
  c->results[0] = mxCreateString(text);
}

static void run_plan(call *c)
{
  netjac_network *network = subject_of(c).network;
  char *task = text_argument(c, "task", c->given[1]);
  size_t needed = 0;
  char *text;
  check(c, netjac_network_plan(network, task, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check(c, netjac_network_plan(network, task, text, needed, NULL));
  c->results[0] = mxCreateString(text);
}

static void run_prepare(call *c)
{
  netjac_network *network = subject_of(c).network;
  const int64_t samples = whole_number(c, "samples", c->given[2], 0, LARGEST_WHOLE);
  check(c, netjac_prepare(network, text_argument(c, "task", c->given[1]), samples));
}

/* ---- Commands: loading, making, saving ------------------------------------------------------------------- */

static void run_load(call *c)
{
  netjac_network *network = NULL;
  char *path = text_argument(c, "file", c->given[0]);
  netjac_options *options = options_argument(c, c->given[1]);
  const netjac_status status = netjac_load(path, options, &network);
  netjac_options_release(options);
  check(c, status);
  c->results[0] = new_handle(network);
}

static void run_loadBytes(call *c)
{
  netjac_network *network = NULL;
  netjac_options *options;
  netjac_status status;
  if (!mxIsUint8(c->given[0]) || mxIsSparse(c->given[0]))
    refuse(c, "bytes", "bytes", c->given[0], 0, 0, 0);
  options = options_argument(c, c->given[1]);
  status = netjac_load_bytes(mxGetData(c->given[0]), mxGetNumberOfElements(c->given[0]), options, &network);
  netjac_options_release(options);
  check(c, status);
  c->results[0] = new_handle(network);
}

static void run_release(call *c)
{
  void *pointer = pointer_in(c->given[0]);
  if (netjac_handle_kind(pointer) != NETJAC_HANDLE_NETWORK)
    return;
  if (structure.network == pointer)
    forget_structure();
  netjac_release((netjac_network *)pointer);
  count_one_less();
}

static void run_save(call *c)
{
  netjac_network *network = subject_of(c).network;
  check(c, netjac_save(network, text_argument(c, "file", c->given[1])));
}

static void run_saveJacobian(call *c)
{
  netjac_network *network = subject_of(c).network;
  check(c, netjac_save_jacobian(network, text_argument(c, "file", c->given[1])));
}

static void run_mlp(call *c)
{
  netjac_network *network = NULL;
  int32_t count;
  int64_t *sizes = whole_numbers(c, "sizes", c->given[0], 0, LARGEST_WHOLE, &count);
  char *activation = text_argument(c, "activation", c->given[1]);
  const int64_t seed = whole_number(c, "seed", c->given[2], -LARGEST_WHOLE, LARGEST_WHOLE);
  check(c, netjac_mlp(count, sizes, activation, seed, &network));
  c->results[0] = new_handle(network);
}

static void run_scaled(call *c)
{
  netjac_network *network = NULL;
  const subject s = subject_of(c);
  const double *input_offset = doubles_argument(c, "inputOffset", c->given[1], s.input_size);
  const double *input_scale = doubles_argument(c, "inputScale", c->given[2], s.input_size);
  const double *output_offset = doubles_argument(c, "outputOffset", c->given[3], s.output_size);
  const double *output_scale = doubles_argument(c, "outputScale", c->given[4], s.output_size);
  check(c, netjac_scaled(s.network, input_offset, input_scale, output_offset, output_scale, &network));
  c->results[0] = new_handle(network);
}

/* ---- Commands: graphs ------------------------------------------------------------------------------------ */

static void run_graphCreate(call *c)
{
  netjac_graph *graph = NULL;
  check(c, netjac_graph_create(&graph));
  c->results[0] = new_handle(graph);
}

static void run_graphRelease(call *c)
{
  void *pointer = pointer_in(c->given[0]);
  if (netjac_handle_kind(pointer) != NETJAC_HANDLE_GRAPH)
    return;
  netjac_graph_release((netjac_graph *)pointer);
  count_one_less();
}

/* The axes of a leaf, and how many elements it has. */
static int64_t *dims_argument(const call *c, const mxArray *array, int32_t *rank, int64_t *count)
{
  int64_t *dims = whole_numbers(c, "dims", array, 0, LARGEST_WHOLE, rank);
  int32_t k;
  *count = 1;
  for (k = 0; k < *rank; k++) {
    if (dims[k] != 0 && *count > INT64_MAX / dims[k])
      no_memory(c, "The value would have more elements than memory can hold.");
    *count *= dims[k];
  }
  return dims;
}

static void run_graphInput(call *c)
{
  netjac_graph *graph = graph_of(c);
  int32_t rank, value = -1;
  int64_t count;
  int64_t *dims = dims_argument(c, c->given[2], &rank, &count);
  check(c, netjac_graph_input(graph, text_argument(c, "name", c->given[1]), rank, dims, &value));
  c->results[0] = values_result(&value, 1);
}

static void run_graphParameter(call *c)
{
  netjac_graph *graph = graph_of(c);
  int32_t rank, value = -1;
  int64_t count;
  int64_t *dims = dims_argument(c, c->given[2], &rank, &count);
  char *name = text_argument(c, "name", c->given[1]);
  check(c, netjac_graph_parameter(graph, name, rank, dims, doubles_argument(c, "numbers", c->given[3], count),
                                  &value));
  c->results[0] = values_result(&value, 1);
}

static void run_graphConstant(call *c)
{
  netjac_graph *graph = graph_of(c);
  int32_t rank, value = -1;
  int64_t count;
  int64_t *dims = dims_argument(c, c->given[1], &rank, &count);
  check(c, netjac_graph_constant(graph, rank, dims, doubles_argument(c, "numbers", c->given[2], count), &value));
  c->results[0] = values_result(&value, 1);
}

static void run_graphApply(call *c)
{
  netjac_graph *graph = graph_of(c);
  char *name = text_argument(c, "operator", c->given[1]);
  char *attributes = text_argument(c, "attributes", c->given[3]);
  int32_t count;
  int32_t *operands = values_argument(c, "inputs", c->given[2], &count);
  const int32_t wanted = (int32_t)whole_number(c, "count", c->given[4], 1, 1000);
  int32_t *results = (int32_t *)mxCalloc((size_t)wanted, sizeof *results);
  check(c, netjac_graph_apply(graph, name, count, operands, attributes, wanted, results));
  c->results[0] = values_result(results, wanted);
}

static void run_graphGradients(call *c)
{
  netjac_graph *graph = graph_of(c);
  const int32_t y = value_argument(c, "y", c->given[1]);
  int32_t count;
  int32_t *xs = values_argument(c, "xs", c->given[2], &count);
  int32_t *results = (int32_t *)mxCalloc((size_t)count + 1, sizeof *results);
  check(c, netjac_graph_gradients(graph, y, count, xs, results));
  c->results[0] = values_result(results, count);
}

static void run_graphJvp(call *c)
{
  netjac_graph *graph = graph_of(c);
  const int32_t y = value_argument(c, "y", c->given[1]);
  int32_t count, tangent_count, product = -1;
  int32_t *xs = values_argument(c, "xs", c->given[2], &count);
  int32_t *tangents = values_argument(c, "tangents", c->given[3], &tangent_count);
  doubles_argument(c, "tangents", c->given[3], count);
  check(c, netjac_graph_jvp(graph, y, count, xs, tangents, &product));
  c->results[0] = values_result(&product, 1);
}

static void run_graphDims(call *c)
{
  netjac_graph *graph = graph_of(c);
  const int32_t value = value_argument(c, "value", c->given[1]);
  const int32_t rank = netjac_graph_rank(graph, value);
  int32_t axis;
  if (rank < 0)
    check(c, NETJAC_ERROR_ARGUMENT);
  c->results[0] = double_row(rank);
  for (axis = 0; axis < rank; axis++)
    ((double *)mxGetData(c->results[0]))[axis] = (double)netjac_graph_dim(graph, value, axis);
}

/* An empty notation is none. */
static void run_graphShow(call *c)
{
  netjac_graph *graph = graph_of(c);
  const int32_t value = value_argument(c, "value", c->given[1]);
  char *notation = text_argument(c, "notation", c->given[2]);
  const int32_t strength = (int32_t)whole_number(c, "strength", c->given[3], 0, 100);
  int32_t count;
  int32_t *operands = values_argument(c, "operands", c->given[4], &count);
  char *size = text_argument(c, "size", c->given[5]);
  check(c, netjac_graph_show(graph, value, *notation ? notation : NULL, strength, count, operands, size));
}

static void run_graphText(call *c)
{
  netjac_graph *graph = graph_of(c);
  char *format = text_argument(c, "format", c->given[1]);
  size_t needed = 0;
  char *text;
  check(c, netjac_graph_text(graph, format, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check(c, netjac_graph_text(graph, format, text, needed, NULL));
  c->results[0] = mxCreateString(text);
}

static void run_graphNetwork(call *c)
{
  netjac_graph *graph = graph_of(c);
  netjac_network *network = NULL;
  int32_t input_count, output_count;
  int32_t *inputs = values_argument(c, "inputs", c->given[1], &input_count);
  int32_t *outputs = values_argument(c, "outputs", c->given[2], &output_count);
  check(c, netjac_graph_network(graph, input_count, inputs, output_count, outputs, &network));
  c->results[0] = new_handle(network);
}

/* ---- Commands: training ---------------------------------------------------------------------------------- */

static void run_trainerCreate(call *c)
{
  netjac_network *network = subject_of(c).network;
  netjac_trainer *trainer = NULL;
  netjac_options *options = options_argument(c, c->given[1]);
  const netjac_status status = netjac_trainer_create(network, options, &trainer);
  netjac_options_release(options);
  check(c, status);
  c->results[0] = new_handle(trainer);
}

static void run_trainerRelease(call *c)
{
  void *pointer = pointer_in(c->given[0]);
  if (netjac_handle_kind(pointer) != NETJAC_HANDLE_TRAINER)
    return;
  netjac_trainer_release((netjac_trainer *)pointer);
  count_one_less();
}

/* A trainer with samples, a column each. */
typedef struct {
  netjac_trainer *trainer;
  int64_t samples;
  const double *x;
  const double *targets;
} lesson;

static lesson lesson_of(const call *c)
{
  lesson l;
  l.trainer = trainer_of(c);
  l.samples = (int64_t)mxGetN(c->given[1]);
  l.x = doubles_argument(c, "x", c->given[1], netjac_trainer_input_size(l.trainer) * l.samples);
  l.targets = doubles_argument(c, "targets", c->given[2], netjac_trainer_target_size(l.trainer) * l.samples);
  return l;
}

static void run_trainerStep(call *c)
{
  const lesson l = lesson_of(c);
  double loss = 0;
  check(c, netjac_trainer_step(l.trainer, l.samples, l.x, l.targets, &loss));
  c->results[0] = mxCreateDoubleScalar(loss);
}

static void run_trainerLoss(call *c)
{
  const lesson l = lesson_of(c);
  double loss = 0;
  check(c, netjac_trainer_loss(l.trainer, l.samples, l.x, l.targets, &loss));
  c->results[0] = mxCreateDoubleScalar(loss);
}

static void run_trainerFit(call *c)
{
  const lesson l = lesson_of(c);
  const int64_t epochs = whole_number(c, "epochs", c->given[3], 0, INT32_MAX);
  mxArray *losses = double_row(epochs);
  check(c, netjac_trainer_fit(l.trainer, l.samples, l.x, l.targets, (int32_t)epochs, (double *)mxGetData(losses)));
  c->results[0] = losses;
}

static void run_trainerHoldOut(call *c)
{
  const lesson l = lesson_of(c);
  check(c, netjac_trainer_hold_out(l.trainer, l.samples, l.x, l.targets));
}

static void run_trainerHeldOut(call *c)
{
  netjac_trainer *trainer = trainer_of(c);
  const int64_t samples = whole_number(c, "samples", c->given[1], 0, LARGEST_WHOLE);
  int64_t count = 0;
  int64_t *places;
  check(c, netjac_trainer_held_out(trainer, samples, &count, NULL));
  places = (int64_t *)mxCalloc((size_t)count + 1, sizeof *places);
  check(c, netjac_trainer_held_out(trainer, samples, NULL, places));
  c->results[0] = integers_result(places, count);
}

static void run_trainerState(call *c)
{
  static const char *fields[] = {"heldOutLosses", "bestEpoch", "hasStopped"};
  netjac_trainer *trainer = trainer_of(c);
  mxArray *state = mxCreateStructMatrix(1, 1, 3, fields), *losses;
  int64_t count = 0;
  check(c, netjac_trainer_held_out_losses(trainer, &count, NULL));
  losses = double_row(count);
  check(c, netjac_trainer_held_out_losses(trainer, NULL, (double *)mxGetData(losses)));
  mxSetField(state, 0, "heldOutLosses", losses);
  mxSetField(state, 0, "bestEpoch", mxCreateDoubleScalar((double)netjac_trainer_best_epoch(trainer)));
  mxSetField(state, 0, "hasStopped", mxCreateLogicalScalar(netjac_trainer_has_stopped(trainer) > 0));
  c->results[0] = state;
}

static void run_trainerScales(call *c)
{
  static const char *fields[] = {"inputOffset", "inputScale", "outputOffset", "outputScale"};
  netjac_trainer *trainer = trainer_of(c);
  mxArray *scales = mxCreateStructMatrix(1, 1, 4, fields);
  double *numbers[4];
  int k;
  for (k = 0; k < 4; k++) {
    const int64_t count = k < 2 ? netjac_trainer_input_size(trainer) : netjac_trainer_output_size(trainer);
    mxArray *column = mxCreateDoubleMatrix((mwSize)count, 1, mxREAL);
    numbers[k] = (double *)mxGetData(column);
    mxSetField(scales, 0, fields[k], column);
  }
  check(c, netjac_trainer_scales(trainer, numbers[0], numbers[1], numbers[2], numbers[3]));
  c->results[0] = scales;
}

static void run_trainerParameters(call *c)
{
  netjac_trainer *trainer = trainer_of(c);
  int64_t count = 0;
  check(c, netjac_trainer_parameters(trainer, &count, NULL));
  c->results[0] = mxCreateDoubleMatrix((mwSize)count, 1, mxREAL);
  check(c, netjac_trainer_parameters(trainer, NULL, (double *)mxGetData(c->results[0])));
}

static void run_trainerNetwork(call *c)
{
  netjac_network *network = NULL;
  check(c, netjac_trainer_network(trainer_of(c), &network));
  c->results[0] = new_handle(network);
}

/* ---- Commands: stores ------------------------------------------------------------------------------------ */

#include "netjac_mex_stores.h"

/* ---- The gateway ----------------------------------------------------------------------------------------- */

static void run_version(call *c)
{
  c->results[0] = mxCreateString(netjac_version());
}

static void run_alive(call *c)
{
  c->results[0] = mxCreateDoubleScalar((double)alive_count);
}

static const struct {
  const char *name;
  const char *area;
  const char *arguments;
  void (*run)(call *c);
} commands[] = {
#define COMMAND(name, area, arguments, results) {#name, #area, arguments, run_##name},
#include "netjac_commands.h"
#undef COMMAND
};

static int count_of(const char *list)
{
  int count = *list ? 1 : 0;
  for (; *list; list++)
    count += *list == ',';
  return count;
}

/* Does not return. */
static void refuse_command(const mxArray *command, const char *arguments, int given)
{
  mxArray *said[4];
  said[1] = (mxArray *)command;
  said[2] = mxCreateString(arguments ? arguments : "");
  said[3] = mxCreateDoubleScalar(given);
  raise_by("netjac.internal.refuseCommand", arguments ? 4 : command ? 2 : 1, said);
}

void mexFunction(int nlhs, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  static const size_t count = sizeof commands / sizeof *commands;
  static int has_exit = 0;
  char name[32];
  size_t k;
  call c;
  if (!has_exit) {
    mexAtExit(forget_structure);
    has_exit = 1;
  }
  if (nrhs < 1 || !mxIsChar(prhs[0]))
    refuse_command(NULL, NULL, 0);
  if (mxGetString(prhs[0], name, sizeof name) != 0)
    refuse_command(prhs[0], NULL, 0);
  for (k = 0; k < count && strcmp(name, commands[k].name); k++)
    ;
  if (k == count)
    refuse_command(prhs[0], NULL, 0);
  if (nrhs - 1 < count_of(commands[k].arguments))
    refuse_command(prhs[0], commands[k].arguments, nrhs - 1);
  c.area = commands[k].area;
  c.given = prhs + 1;
  c.wanted = nlhs;
  c.results[0] = NULL;
  c.results[1] = NULL;
  commands[k].run(&c);
  if (c.results[0])
    plhs[0] = c.results[0];
  if (c.results[1] && nlhs > 1)
    plhs[1] = c.results[1];
  else if (c.results[1])
    mxDestroyArray(c.results[1]);
}
