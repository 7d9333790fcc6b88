/*
 * netjac_mex.c - The door from MATLAB and Octave into libnetjac.
 *
 * Called by the package +netjac only. matlab/library/netjac_mex.m offers the same commands over loadlibrary, for
 * MATLAB without a compiler; the tests run on both and expect equal results, identifiers and messages.
 *
 *   handle = netjac_mex('load', path, options)           options: {key, value, key, value, ...}, all text
 *   handle = netjac_mex('loadBytes', bytes, options)     bytes: uint8
 *            netjac_mex('release', handle)               a handle that is not (or no longer) valid is ignored
 *   s      = netjac_mex('describe', handle)              inputs, outputs (name, size), inputSize, outputSize
 *   y      = netjac_mex('forward', handle, x)
 *   [y, J] = netjac_mex('jacobian', handle, x)
 *   [y, p] = netjac_mex('jvp', handle, x, v)
 *   [y, g] = netjac_mex('vjp', handle, x, w)
 *   H      = netjac_mex('hessian', handle, x, lambda)
 *   p      = netjac_mex('hvp', handle, x, lambda, v)
 *   S      = netjac_mex('jacobianSparsity', handle)
 *   S      = netjac_mex('hessianSparsity', handle)
 *   [y, J] = netjac_mex('jacobianSparse', handle, x)
 *   c      = netjac_mex('jacobianCost', handle)          [chosen, forward, reverse]
 *   text   = netjac_mex('jacobianPlan', handle)
 *   text   = netjac_mex('plan', handle, task)
 *   c      = netjac_mex('jacobianSeeds', handle)
 *   k      = netjac_mex('kinkNodes', handle)             struct array: node, kind, convention
 *   d      = netjac_mex('kinks', handle, x)              distances, a row for each of these
 *   p      = netjac_mex('pointer', handle)               what netjac_evaluator.cc calls the library with; uint64
 *            netjac_mex('prepare', handle, task, samples)
 *            netjac_mex('save', handle, path)
 *            netjac_mex('saveJacobian', handle, path)
 *   handle = netjac_mex('scaled', handle, inputOffset, inputScale, outputOffset, outputScale)
 *   handle = netjac_mex('mlp', sizes, activation, seed)
 *
 *   graph  = netjac_mex('graphCreate')
 *            netjac_mex('graphRelease', graph)
 *   value  = netjac_mex('graphInput', graph, name, dims)
 *   value  = netjac_mex('graphParameter', graph, name, dims, numbers)
 *   value  = netjac_mex('graphConstant', graph, dims, numbers)
 *   values = netjac_mex('graphApply', graph, operator, inputs, attributes, count)
 *   values = netjac_mex('graphGradients', graph, y, xs)
 *   value  = netjac_mex('graphJvp', graph, y, xs, tangents)
 *   dims   = netjac_mex('graphDims', graph, value)
 *   text   = netjac_mex('graphText', graph, format)
 *   handle = netjac_mex('graphNetwork', graph, inputs, outputs)
 *
 *   trainer = netjac_mex('trainerCreate', handle, options)
 *             netjac_mex('trainerRelease', trainer)
 *   loss    = netjac_mex('trainerStep', trainer, x, targets)
 *   losses  = netjac_mex('trainerFit', trainer, x, targets, epochs)
 *   loss    = netjac_mex('trainerLoss', trainer, x, targets)
 *   numbers = netjac_mex('trainerParameters', trainer)
 *   handle  = netjac_mex('trainerNetwork', trainer)
 *
 *   text   = netjac_mex('version')
 *   n      = netjac_mex('alive')                         how many networks, graphs and trainers there are
 *
 * A further argument after these is ignored. Function handles pass their network there, which keeps it alive.
 *
 * A handle is a place in a table below and a generation, never an address, so a stale or invented one is
 * recognised instead of followed. MATLAB calls a MEX file from one thread only; the table needs no lock.
 */
#include "mex.h"

#include <netjac.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Errors ---------------------------------------------------------------------------------------------- */

/* The only place where statuses become identifiers; +internal/problem.m is its twin for the other door. */
static const char *problem_of(netjac_status status)
{
  switch (status) {
  case NETJAC_ERROR_ARGUMENT: return "wrongArgument";
  case NETJAC_ERROR_OPTION: return "wrongOption";
  case NETJAC_ERROR_FILE: return "fileNotReadable";
  case NETJAC_ERROR_FORMAT: return "wrongFormat";
  case NETJAC_ERROR_UNSUPPORTED: return "unsupportedOperator";
  case NETJAC_ERROR_SHAPE: return "wrongShape";
  case NETJAC_ERROR_MEMORY: return "outOfMemory";
  case NETJAC_ERROR_DEFECT: return "defect";
  case NETJAC_ERROR_NOT_FINITE: return "notFinite";
  default: return "unknownProblem";
  }
}

/* Does not return. */
static void raise_error(const char *identifier, const char *message)
{
#ifdef HAVE_OCTAVE
  /* Octave's mexErrMsgIdAndTxt would put "netjac_mex: " before the message; its function error does not. */
  mxArray *arguments[3];
  arguments[0] = mxCreateString(identifier);
  arguments[1] = mxCreateString("%s");
  arguments[2] = mxCreateString(message);
  mexCallMATLAB(0, NULL, 3, arguments, "error");
#endif
  mexErrMsgIdAndTxt(identifier, "%s", message);
}

/* Does not return. `area` is the command, as in netjac:forward:wrongSize. */
static void fail(const char *area, const char *problem, const char *format, ...)
{
  char identifier[96];
  char message[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  snprintf(identifier, sizeof identifier, "netjac:%s:%s", area, problem);
  raise_error(identifier, message);
}

/* The library's messages can list many operators, so they do not pass through the buffer of fail(). */
static void check(const char *area, netjac_status status)
{
  char identifier[96];
  if (status == NETJAC_OK)
    return;
  snprintf(identifier, sizeof identifier, "netjac:%s:%s", area, problem_of(status));
  raise_error(identifier, netjac_last_error());
}

static void need(const char *command, int given, int expected)
{
  if (given < expected)
    fail("mex", "missingArgument", "'%s' takes %d arguments; %d were given.", command, expected - 1, given - 1);
}

/* ---- The table of networks ------------------------------------------------------------------------------- */

typedef struct {
  netjac_network *network; /* NULL while the place is free */
  uint32_t generation;     /* grows with every release, so that old handles stop fitting */
  int64_t input_size;
  int64_t output_size;
  int64_t nonzeros;         /* of the Jacobian; -1 until asked for */
  int64_t *column_pointers; /* [input_size + 1] */
  int64_t *row_indices;     /* [nonzeros] */
} place;

static place *places = NULL;
static uint32_t place_count = 0;
static uint32_t alive_count = 0; /* of all tables */

/* "clear all" must not unload the tables under living objects. */
static void count_one_more(void)
{
  if (alive_count++ == 0)
    mexLock();
}

static void count_one_less(void)
{
  if (--alive_count == 0)
    mexUnlock();
}

static uint64_t handle_of(uint32_t index, uint32_t generation)
{
  return (uint64_t)generation << 32 | (index + 1u);
}

static mxArray *handle_array(uint64_t handle)
{
  mxArray *array = mxCreateNumericMatrix(1, 1, mxUINT64_CLASS, mxREAL);
  *(uint64_t *)mxGetData(array) = handle;
  return array;
}

static void vacate(place *p)
{
  netjac_release(p->network);
  free(p->column_pointers);
  free(p->row_indices);
  p->network = NULL;
  p->column_pointers = NULL;
  p->row_indices = NULL;
  p->generation++;
  count_one_less();
}

static void release_networks(void)
{
  uint32_t k;
  for (k = 0; k < place_count; k++)
    if (places[k].network)
      vacate(&places[k]);
  free(places);
  places = NULL;
  place_count = 0;
}

/* A place to put a network in; found before loading, so that no loaded network can be left without one. */
static uint32_t free_place(const char *area)
{
  static const uint32_t growth = 16;
  uint32_t k;
  place *grown;
  for (k = 0; k < place_count; k++)
    if (!places[k].network)
      return k;
  grown = (place *)realloc(places, (place_count + growth) * sizeof *places);
  if (!grown)
    fail(area, "outOfMemory", "There is no memory for a further network.");
  places = grown;
  memset(places + place_count, 0, growth * sizeof *places);
  place_count += growth;
  return k;
}

static mxArray *occupy(uint32_t index, netjac_network *network)
{
  place *p = &places[index];
  p->network = network;
  p->input_size = netjac_input_size(network);
  p->output_size = netjac_output_size(network);
  p->nonzeros = -1;
  count_one_more();
  return handle_array(handle_of(index, p->generation));
}

typedef enum { HANDLE_VALID, HANDLE_RELEASED, HANDLE_FOREIGN } handle_state;

static handle_state find_place(const mxArray *argument, place **found)
{
  uint64_t handle;
  uint32_t index, generation;
  *found = NULL;
  if (!mxIsUint64(argument) || mxGetNumberOfElements(argument) != 1 || mxIsComplex(argument))
    return HANDLE_FOREIGN;
  handle = *(const uint64_t *)mxGetData(argument);
  index = (uint32_t)handle;
  generation = (uint32_t)(handle >> 32);
  if (index == 0 || index > place_count || generation > places[index - 1].generation)
    return HANDLE_FOREIGN;
  if (generation < places[index - 1].generation)
    return HANDLE_RELEASED;
  if (!places[index - 1].network)
    return HANDLE_FOREIGN;
  *found = &places[index - 1];
  return HANDLE_VALID;
}

static place *network_argument(const mxArray *argument)
{
  place *found;
  handle_state state = find_place(argument, &found);
  /* A released netjac.Network holds 0. */
  if (state == HANDLE_FOREIGN && mxIsUint64(argument) && mxGetNumberOfElements(argument) == 1
      && *(const uint64_t *)mxGetData(argument) == 0)
    state = HANDLE_RELEASED;
  if (state == HANDLE_RELEASED)
    fail("network", "released", "The network has been released (delete, clear); load it again with netjac.load.");
  if (state == HANDLE_FOREIGN)
    fail("network", "invalidHandle", "This is not the handle of a network; use what netjac.load returned.");
  return found;
}

/* ---- Arguments ------------------------------------------------------------------------------------------- */

typedef struct {
  const void *data;
  int is_single;
  int is_row; /* one sample, given as a row */
  int64_t samples;
} samples_argument;

static void size_text(const mxArray *array, char *text, size_t length)
{
  const mwSize *sizes = mxGetDimensions(array);
  mwSize k, count = mxGetNumberOfDimensions(array);
  size_t used = 0;
  text[0] = '\0';
  for (k = 0; k < count && used < length; k++)
    used += (size_t)snprintf(text + used, length - used, k ? "-by-%lld" : "%lld", (long long)sizes[k]);
}

static void check_class(const char *area, const char *name, const mxArray *array)
{
  if (mxIsSparse(array))
    fail(area, "sparse", "%s is sparse; give a full matrix: full(%s).", name, name);
  if (!mxIsDouble(array) && !mxIsSingle(array))
    fail(area, "wrongClass", "%s is of class %s; give double or single: double(%s).", name, mxGetClassName(array),
         name);
  if (mxIsComplex(array))
    fail(area, "complex", "%s is complex; networks take real numbers: real(%s).", name, name);
}

/* x, which decides on class, number of samples and orientation of everything else. */
static samples_argument samples_of(const char *area, const mxArray *array, int64_t rows)
{
  samples_argument x;
  const mwSize *sizes = mxGetDimensions(array);
  check_class(area, "x", array);
  x.is_row = 0;
  if (mxGetNumberOfDimensions(array) == 2 && (int64_t)sizes[0] == rows) {
    x.samples = (int64_t)sizes[1];
  } else if (mxGetNumberOfDimensions(array) == 2 && sizes[0] == 1 && (int64_t)sizes[1] == rows) {
    x.samples = 1;
    x.is_row = 1;
  } else {
    char text[128];
    size_text(array, text, sizeof text);
    fail(area, "wrongSize",
         "x is %s; the network takes %lld values a sample: give %lld-by-N, a sample a column, or one sample as a row "
         "of %lld.",
         text, (long long)rows, (long long)rows, (long long)rows);
    x.samples = 0;
  }
  x.is_single = mxIsSingle(array);
  x.data = mxGetData(array);
  return x;
}

/* A companion of x: v, w or lambda. It is taken in the class of x, as MATLAB's arithmetic would do it. */
static const void *companion_of(const char *area, const char *name, const mxArray *array, int64_t rows,
                                const samples_argument *x)
{
  const mwSize *sizes = mxGetDimensions(array);
  size_t k, count = mxGetNumberOfElements(array);
  int is_matrix = mxGetNumberOfDimensions(array) == 2;
  check_class(area, name, array);
  if (!(is_matrix && (int64_t)sizes[0] == rows && (int64_t)sizes[1] == x->samples)
      && !(is_matrix && x->samples == 1 && sizes[0] == 1 && (int64_t)sizes[1] == rows)) {
    char text[128];
    size_text(array, text, sizeof text);
    fail(area, "wrongSize", "%s is %s; x has %lld samples, so give %lld-by-%lld, a sample a column.", name, text,
         (long long)x->samples, (long long)rows, (long long)x->samples);
  }
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

static char *text_argument(const char *area, const char *name, const mxArray *array)
{
  char *text;
  if (!mxIsChar(array) || (mxGetM(array) > 1 && !mxIsEmpty(array)))
    fail(area, "wrongClass", "%s must be text (a char row); it is of class %s.", name, mxGetClassName(array));
#ifdef HAVE_OCTAVE
  text = mxArrayToString(array); /* Octave's text is UTF-8 already */
#else
  text = mxArrayToUTF8String(array);
#endif
  if (!text)
    fail(area, "outOfMemory", "There is no memory for the text of %s.", name);
  return text;
}

/* ---- Results --------------------------------------------------------------------------------------------- */

/* An array of the class of x that is not filled yet; the library writes into it directly. */
static mxArray *result_array(const char *area, const samples_argument *x, mwSize axes, const mwSize *sizes)
{
  /* The product is checked here, because an array of wrapped size would be written past its end. */
  size_t elements = 1;
  mwSize k;
  for (k = 0; k < axes; k++) {
    if (sizes[k] != 0 && elements > (SIZE_MAX / 16) / sizes[k])
      fail(area, "outOfMemory", "The result would have more elements than memory can hold; pass fewer samples.");
    elements *= sizes[k];
  }
  return mxCreateUninitNumericArray(axes, (mwSize *)sizes, x->is_single ? mxSINGLE_CLASS : mxDOUBLE_CLASS, mxREAL);
}

/* [rows] for each sample, in the orientation of x. */
static mxArray *result_like(const char *area, const samples_argument *x, int64_t rows)
{
  mwSize sizes[2];
  sizes[0] = x->is_row ? 1 : (mwSize)rows;
  sizes[1] = x->is_row ? (mwSize)rows : (mwSize)x->samples;
  return result_array(area, x, 2, sizes);
}

/* A matrix for each sample. */
static mxArray *result_pages(const char *area, const samples_argument *x, int64_t rows, int64_t columns)
{
  mwSize sizes[3];
  sizes[0] = (mwSize)rows;
  sizes[1] = (mwSize)columns;
  sizes[2] = (mwSize)x->samples;
  return result_array(area, x, x->samples == 1 ? 2 : 3, sizes);
}

/* ---- Commands: loading ----------------------------------------------------------------------------------- */

static netjac_options *options_argument(const char *area, const mxArray *array)
{
  netjac_options *options;
  size_t k, count;
  if (!mxIsCell(array) || mxGetNumberOfElements(array) % 2 != 0)
    fail(area, "wrongOption", "Options come in pairs of a name and a value.");
  options = netjac_options_create();
  if (!options)
    fail(area, "wrongOption", "%s", netjac_last_error());
  count = mxGetNumberOfElements(array);
  for (k = 0; k + 1 < count; k += 2) {
    const mxArray *key = mxGetCell(array, k), *value = mxGetCell(array, k + 1);
    netjac_status status;
    if (!key || !value || !mxIsChar(key) || !mxIsChar(value)) {
      netjac_options_release(options);
      fail(area, "wrongOption", "Names and values of options must be text here.");
    }
    status = netjac_options_set(options, text_argument(area, "an option's name", key),
                                text_argument(area, "an option's value", value));
    if (status != NETJAC_OK) {
      netjac_options_release(options);
      check(area, status);
    }
  }
  return options;
}

static mxArray *load(const mxArray *source, const mxArray *option_pairs, int from_bytes)
{
  netjac_network *network = NULL;
  netjac_options *options;
  netjac_status status;
  char *path = NULL;
  uint32_t index = free_place("load");
  if (from_bytes && (!mxIsUint8(source) || mxIsSparse(source)))
    fail("load", "wrongClass", "bytes must be of class uint8; they are %s.", mxGetClassName(source));
  if (!from_bytes)
    path = text_argument("load", "file", source);
  options = options_argument("load", option_pairs);
  if (from_bytes)
    status = netjac_load_bytes(mxGetData(source), mxGetNumberOfElements(source), options, &network);
  else
    status = netjac_load(path, options, &network);
  netjac_options_release(options);
  check("load", status);
  return occupy(index, network);
}

static void release(const mxArray *argument)
{
  place *found;
  if (find_place(argument, &found) != HANDLE_VALID)
    return;
  vacate(found);
}

/* ---- Commands: what a network is ------------------------------------------------------------------------- */

/* A struct array with name and size, one element for each input or output. */
static mxArray *describe_tensors(const netjac_network *network, int outputs)
{
  static const char *fields[] = {"name", "size"};
  int32_t index, count = outputs ? netjac_output_count(network) : netjac_input_count(network);
  mxArray *tensors = mxCreateStructMatrix(1, (mwSize)(count < 0 ? 0 : count), 2, fields);
  for (index = 0; index < count; index++) {
    const char *name = outputs ? netjac_output_name(network, index) : netjac_input_name(network, index);
    int32_t axis, rank = outputs ? netjac_output_rank(network, index) : netjac_input_rank(network, index);
    mxArray *size = mxCreateDoubleMatrix(rank > 0 ? 1 : 0, (mwSize)(rank > 0 ? rank : 0), mxREAL);
    for (axis = 0; axis < rank; axis++)
      ((double *)mxGetData(size))[axis]
        = (double)(outputs ? netjac_output_dim(network, index, axis) : netjac_input_dim(network, index, axis));
    mxSetField(tensors, (mwIndex)index, "name", mxCreateString(name ? name : ""));
    mxSetField(tensors, (mwIndex)index, "size", size);
  }
  return tensors;
}

static mxArray *describe(const place *p)
{
  static const char *fields[] = {"inputs", "outputs", "inputSize", "outputSize"};
  mxArray *description = mxCreateStructMatrix(1, 1, 4, fields);
  mxSetField(description, 0, "inputs", describe_tensors(p->network, 0));
  mxSetField(description, 0, "outputs", describe_tensors(p->network, 1));
  mxSetField(description, 0, "inputSize", mxCreateDoubleScalar((double)p->input_size));
  mxSetField(description, 0, "outputSize", mxCreateDoubleScalar((double)p->output_size));
  return description;
}

static mxArray *jacobian_cost(const place *p)
{
  int64_t cost[3] = {0, 0, 0};
  mxArray *result;
  int k;
  check("jacobianCost", netjac_jacobian_cost(p->network, &cost[0], &cost[1], &cost[2]));
  result = mxCreateDoubleMatrix(1, 3, mxREAL);
  for (k = 0; k < 3; k++)
    ((double *)mxGetData(result))[k] = (double)cost[k];
  return result;
}

static mxArray *jacobian_plan(const place *p)
{
  size_t needed = 0;
  char *text;
  check("jacobianPlan", netjac_jacobian_plan(p->network, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check("jacobianPlan", netjac_jacobian_plan(p->network, text, needed, NULL));
  return mxCreateString(text);
}

static mxArray *plan(const place *p, const mxArray *task)
{
  char *name = text_argument("plan", "task", task);
  size_t needed = 0;
  char *text;
  check("plan", netjac_network_plan(p->network, name, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check("plan", netjac_network_plan(p->network, name, text, needed, NULL));
  return mxCreateString(text);
}

/* ---- Commands: values and derivatives -------------------------------------------------------------------- */

/* The function for the class of x. The pointers are converted in one place for both. */
#define CALL(function, x, ...) ((x)->is_single ? function##_f32(__VA_ARGS__) : function(__VA_ARGS__))

static mxArray *forward(const char *area, const place *p, const samples_argument *x)
{
  mxArray *y = result_like(area, x, p->output_size);
  check(area, CALL(netjac_forward, x, p->network, x->samples, x->data, mxGetData(y)));
  return y;
}

static void jacobian(const place *p, const samples_argument *x, mxArray **results)
{
  mxArray *y = result_like("jacobian", x, p->output_size);
  mxArray *pages = result_pages("jacobian", x, p->output_size, p->input_size);
  check("jacobian", CALL(netjac_jacobian, x, p->network, x->samples, x->data, mxGetData(y), mxGetData(pages),
                         NETJAC_COLUMN_MAJOR));
  results[0] = y;
  results[1] = pages;
}

static void jvp(const place *p, const samples_argument *x, const mxArray *tangents, mxArray **results)
{
  const void *v = companion_of("jvp", "v", tangents, p->input_size, x);
  mxArray *y = result_like("jvp", x, p->output_size);
  mxArray *product = result_like("jvp", x, p->output_size);
  check("jvp", CALL(netjac_jvp, x, p->network, x->samples, x->data, v, mxGetData(y), mxGetData(product)));
  discard_companion(v, tangents);
  results[0] = y;
  results[1] = product;
}

static void vjp(const place *p, const samples_argument *x, const mxArray *cotangents, mxArray **results)
{
  const void *w = companion_of("vjp", "w", cotangents, p->output_size, x);
  mxArray *y = result_like("vjp", x, p->output_size);
  mxArray *product = result_like("vjp", x, p->input_size);
  check("vjp", CALL(netjac_vjp, x, p->network, x->samples, x->data, w, mxGetData(y), mxGetData(product)));
  discard_companion(w, cotangents);
  results[0] = y;
  results[1] = product;
}

static mxArray *hessian(const place *p, const samples_argument *x, const mxArray *weights)
{
  const void *lambda = companion_of("hessian", "lambda", weights, p->output_size, x);
  mxArray *pages = result_pages("hessian", x, p->input_size, p->input_size);
  check("hessian", CALL(netjac_hessian, x, p->network, x->samples, x->data, lambda, mxGetData(pages)));
  discard_companion(lambda, weights);
  return pages;
}

static mxArray *hvp(const place *p, const samples_argument *x, const mxArray *weights, const mxArray *tangents)
{
  const void *lambda = companion_of("hvp", "lambda", weights, p->output_size, x);
  const void *v = companion_of("hvp", "v", tangents, p->input_size, x);
  mxArray *product = result_like("hvp", x, p->input_size);
  check("hvp", CALL(netjac_hvp, x, p->network, x->samples, x->data, lambda, v, mxGetData(product)));
  discard_companion(lambda, weights);
  discard_companion(v, tangents);
  return product;
}

/* ---- Commands: smoothness -------------------------------------------------------------------------------- */

static int32_t kink_count(const char *area, const place *p)
{
  int32_t count = netjac_kink_count(p->network);
  if (count < 0)
    fail(area, "unknownProblem", "%s", netjac_last_error());
  return count;
}

static mxArray *kink_nodes(const place *p)
{
  static const char *fields[] = {"node", "kind", "convention"};
  int32_t k, count = kink_count("kinks", p);
  mxArray *nodes = mxCreateStructMatrix((mwSize)count, 1, 3, fields);
  for (k = 0; k < count; k++) {
    const char *node = netjac_kink_node(p->network, k), *kind = netjac_kink_operator(p->network, k);
    const char *convention = netjac_kink_convention(p->network, k);
    mxSetField(nodes, (mwIndex)k, "node", mxCreateString(node ? node : ""));
    mxSetField(nodes, (mwIndex)k, "kind", mxCreateString(kind ? kind : ""));
    mxSetField(nodes, (mwIndex)k, "convention", mxCreateString(convention ? convention : ""));
  }
  return nodes;
}

static mxArray *kinks(const place *p, const samples_argument *x)
{
  mwSize sizes[2];
  mxArray *distances;
  sizes[0] = (mwSize)kink_count("kinks", p);
  sizes[1] = (mwSize)x->samples;
  distances = result_array("kinks", x, 2, sizes);
  check("kinks", CALL(netjac_kinks, x, p->network, x->samples, x->data, mxGetData(distances)));
  return distances;
}

/* ---- Commands: sparse Jacobians -------------------------------------------------------------------------- */

/* The structure depends on the network only, so it is read once. */
static void find_structure(const char *area, place *p)
{
  int64_t nonzeros = 0;
  int64_t *column_pointers, *row_indices;
  netjac_status status;
  if (p->nonzeros >= 0)
    return;
  check(area, netjac_jacobian_sparsity(p->network, &nonzeros, NULL, NULL));
  column_pointers = (int64_t *)calloc((size_t)p->input_size + 1, sizeof(int64_t));
  row_indices = (int64_t *)calloc((size_t)nonzeros + 1, sizeof(int64_t));
  status = NETJAC_ERROR_MEMORY;
  if (column_pointers && row_indices)
    status = netjac_jacobian_sparsity(p->network, NULL, column_pointers, row_indices);
  if (status != NETJAC_OK) {
    int no_memory = !column_pointers || !row_indices;
    free(column_pointers);
    free(row_indices);
    if (no_memory)
      fail(area, "outOfMemory", "There is no memory for the %lld places of the Jacobian's nonzeros.",
           (long long)nonzeros);
    check(area, status);
  }
  p->nonzeros = nonzeros;
  p->column_pointers = column_pointers;
  p->row_indices = row_indices;
}

static mxArray *jacobian_sparsity(place *p)
{
  mxArray *structure;
  mwIndex *rows, *columns;
  mxLogical *values;
  int64_t k;
  find_structure("jacobianSparsity", p);
  structure = mxCreateSparseLogicalMatrix((mwSize)p->output_size, (mwSize)p->input_size,
                                          (mwSize)(p->nonzeros > 0 ? p->nonzeros : 1));
  rows = mxGetIr(structure);
  columns = mxGetJc(structure);
  values = (mxLogical *)mxGetData(structure);
  for (k = 0; k <= p->input_size; k++)
    columns[k] = (mwIndex)p->column_pointers[k];
  for (k = 0; k < p->nonzeros; k++) {
    rows[k] = (mwIndex)p->row_indices[k];
    values[k] = 1;
  }
  return structure;
}

/* A structure that nothing else needs, so it is read anew. */
static mxArray *hessian_sparsity(const place *p)
{
  static const char *area = "hessianSparsity";
  int64_t k, nonzeros = 0, n = p->input_size;
  int64_t *columns, *rows;
  mxArray *structure;
  check(area, netjac_hessian_sparsity(p->network, &nonzeros, NULL, NULL));
  columns = (int64_t *)mxCalloc((size_t)n + 1, sizeof *columns);
  rows = (int64_t *)mxCalloc((size_t)nonzeros + 1, sizeof *rows);
  check(area, netjac_hessian_sparsity(p->network, NULL, columns, rows));
  structure = mxCreateSparseLogicalMatrix((mwSize)n, (mwSize)n, (mwSize)(nonzeros > 0 ? nonzeros : 1));
  for (k = 0; k <= n; k++)
    mxGetJc(structure)[k] = (mwIndex)columns[k];
  for (k = 0; k < nonzeros; k++) {
    mxGetIr(structure)[k] = (mwIndex)rows[k];
    ((mxLogical *)mxGetData(structure))[k] = 1;
  }
  mxFree(columns);
  mxFree(rows);
  return structure;
}

static mxArray *jacobian_seeds(const place *p)
{
  int64_t seeds = 0;
  check("jacobianSeeds", netjac_jacobian_seeds(p->network, &seeds));
  return mxCreateDoubleScalar((double)seeds);
}

/*
 * The Jacobian of y(:) by x(:): for several samples a block-diagonal matrix, whose values stand in memory exactly
 * as the library writes them, sample after sample. MATLAB's sparse matrices are double and hold no zeros, so
 * values that happen to be zero are squeezed out afterwards.
 */
static mxArray *sparse_matrix(const place *p, int64_t samples)
{
  return mxCreateSparse((mwSize)(p->output_size * samples), (mwSize)(p->input_size * samples),
                        (mwSize)(p->nonzeros * samples > 0 ? p->nonzeros * samples : 1), mxREAL);
}

static void fill_structure(const place *p, int64_t samples, mxArray *matrix)
{
  mwIndex *rows = mxGetIr(matrix), *columns = mxGetJc(matrix);
  double *values = (double *)mxGetData(matrix);
  int64_t sample, column, k;
  mwIndex kept = 0;
  columns[0] = 0;
  for (sample = 0; sample < samples; sample++) {
    const double *from = values + sample * p->nonzeros;
    for (column = 0; column < p->input_size; column++) {
      for (k = p->column_pointers[column]; k < p->column_pointers[column + 1]; k++) {
        if (from[k] == 0)
          continue;
        values[kept] = from[k];
        rows[kept++] = (mwIndex)(sample * p->output_size + p->row_indices[k]);
      }
      columns[sample * p->input_size + column + 1] = kept;
    }
  }
}

static void jacobian_sparse(place *p, const samples_argument *x, mxArray **results)
{
  static const char *area = "jacobianSparse";
  mxArray *y = result_like(area, x, p->output_size);
  mxArray *matrix;
  int64_t k, count, widest;
  find_structure(area, p);
  widest = p->nonzeros > p->output_size ? p->nonzeros : p->output_size;
  widest = widest > p->input_size ? widest : p->input_size;
  if (widest > 0 && x->samples > INT64_MAX / 16 / widest)
    fail(area, "outOfMemory", "The result would have more elements than memory can hold; pass fewer samples.");
  matrix = sparse_matrix(p, x->samples);
  count = p->nonzeros * x->samples;
  if (x->is_single) {
    float *values = (float *)mxMalloc((size_t)count * sizeof *values + 1);
    double *to = (double *)mxGetData(matrix);
    check(area, netjac_jacobian_sparse_f32(p->network, x->samples, (const float *)x->data, (float *)mxGetData(y),
                                           values));
    for (k = 0; k < count; k++)
      to[k] = values[k];
    mxFree(values);
  } else {
    check(area, netjac_jacobian_sparse(p->network, x->samples, (const double *)x->data, (double *)mxGetData(y),
                                       (double *)mxGetData(matrix)));
  }
  fill_structure(p, x->samples, matrix);
  results[0] = y;
  results[1] = matrix;
}

/* ---- Graphs and trainers: tables ------------------------------------------------------------------------- */

typedef struct {
  void *object; /* NULL while the slot is free */
  uint32_t generation;
  int64_t input_size; /* of a trainer: numbers of one sample */
  int64_t target_size;
} slot;

typedef struct {
  const char *area; /* as in netjac:graph:released */
  const char *maker;
  slot *slots;
  uint32_t count;
} slot_table;

static slot_table graphs = {"graph", "netjac.Graph", NULL, 0};
static slot_table trainers = {"train", "netjac.train", NULL, 0};

static void release_object(const slot_table *table, void *object)
{
  if (table == &graphs)
    netjac_graph_release((netjac_graph *)object);
  else
    netjac_trainer_release((netjac_trainer *)object);
}

static void vacate_slot(const slot_table *table, slot *s)
{
  release_object(table, s->object);
  s->object = NULL;
  s->generation++;
  count_one_less();
}

static void release_slots(slot_table *table)
{
  uint32_t k;
  for (k = 0; k < table->count; k++)
    if (table->slots[k].object)
      vacate_slot(table, &table->slots[k]);
  free(table->slots);
  table->slots = NULL;
  table->count = 0;
}

static void release_all(void)
{
  release_slots(&trainers);
  release_slots(&graphs);
  release_networks();
}

/* Found before the object is made, so that none can be left without a slot. */
static uint32_t free_slot(slot_table *table)
{
  static const uint32_t growth = 16;
  uint32_t k;
  slot *grown;
  for (k = 0; k < table->count; k++)
    if (!table->slots[k].object)
      return k;
  grown = (slot *)realloc(table->slots, (table->count + growth) * sizeof *table->slots);
  if (!grown)
    fail(table->area, "outOfMemory", "There is no memory for a further %s.", table->maker);
  table->slots = grown;
  memset(grown + table->count, 0, growth * sizeof *grown);
  table->count += growth;
  return k;
}

static mxArray *occupy_slot(slot_table *table, uint32_t index, void *object, int64_t input_size, int64_t target_size)
{
  slot *s = &table->slots[index];
  s->object = object;
  s->input_size = input_size;
  s->target_size = target_size;
  count_one_more();
  return handle_array(handle_of(index, s->generation));
}

/* NULL if the handle is not (or no longer) valid. */
static slot *find_slot(const slot_table *table, const mxArray *argument, handle_state *state)
{
  uint64_t handle;
  uint32_t index, generation;
  *state = HANDLE_FOREIGN;
  if (!mxIsUint64(argument) || mxGetNumberOfElements(argument) != 1 || mxIsComplex(argument))
    return NULL;
  handle = *(const uint64_t *)mxGetData(argument);
  index = (uint32_t)handle;
  generation = (uint32_t)(handle >> 32);
  if (handle == 0)
    *state = HANDLE_RELEASED; /* what a deleted object holds */
  if (index == 0 || index > table->count || generation > table->slots[index - 1].generation)
    return NULL;
  if (generation < table->slots[index - 1].generation) {
    *state = HANDLE_RELEASED;
    return NULL;
  }
  if (!table->slots[index - 1].object)
    return NULL;
  *state = HANDLE_VALID;
  return &table->slots[index - 1];
}

static slot *slot_argument(const slot_table *table, const mxArray *argument)
{
  handle_state state;
  slot *found = find_slot(table, argument, &state);
  if (state == HANDLE_RELEASED)
    fail(table->area, "released", "This %s has been released (delete, clear); make a new one.", table->maker);
  if (state == HANDLE_FOREIGN)
    fail(table->area, "invalidHandle", "This is not a handle that %s made.", table->maker);
  return found;
}

static void release_slot(const slot_table *table, const mxArray *argument)
{
  handle_state state;
  slot *found = find_slot(table, argument, &state);
  if (found)
    vacate_slot(table, found);
}

/* ---- Graphs and trainers: arguments ---------------------------------------------------------------------- */

static const double *doubles_argument(const char *area, const char *name, const mxArray *array, int64_t count)
{
  if (!mxIsDouble(array) || mxIsSparse(array) || mxIsComplex(array))
    fail(area, "wrongClass", "%s must be real, full and of class double.", name);
  if (count >= 0 && (int64_t)mxGetNumberOfElements(array) != count)
    fail(area, "wrongSize", "%s has %lld elements; it must have %lld.", name,
         (long long)mxGetNumberOfElements(array), (long long)count);
  return (const double *)mxGetData(array);
}

/* Whole numbers between two bounds, which both are exact as double. */
static int64_t whole_number(const char *area, const char *name, double number, double least, double most)
{
  if (!(number >= least && number <= most) || number != (double)(int64_t)number)
    fail(area, "wrongArgument", "%s must be a whole number from %.0f to %.0f.", name, least, most);
  return (int64_t)number;
}

static int64_t *integers_argument(const char *area, const char *name, const mxArray *array)
{
  size_t k, count = mxGetNumberOfElements(array);
  const double *numbers = doubles_argument(area, name, array, -1);
  int64_t *integers = (int64_t *)mxMalloc(count * sizeof *integers + 1);
  for (k = 0; k < count; k++)
    integers[k] = whole_number(area, name, numbers[k], 0, 9007199254740992.0);
  return integers;
}

/* Values of a graph; -1 is none. */
static int32_t *values_argument(const char *name, const mxArray *array)
{
  size_t k, count = mxGetNumberOfElements(array);
  const double *numbers = doubles_argument("graph", name, array, -1);
  int32_t *values = (int32_t *)mxMalloc(count * sizeof *values + 1);
  for (k = 0; k < count; k++)
    values[k] = (int32_t)whole_number("graph", name, numbers[k], -1, 2147483647.0);
  return values;
}

static int32_t count_of(const char *area, const char *name, const mxArray *array)
{
  size_t count = mxGetNumberOfElements(array);
  if (count > 65535)
    fail(area, "wrongArgument", "%s are %lld; at most 65535 can be given.", name, (long long)count);
  return (int32_t)count;
}

static double scalar_argument(const char *area, const char *name, const mxArray *array)
{
  return *doubles_argument(area, name, array, 1);
}

static int32_t value_argument(const char *name, const mxArray *array)
{
  return (int32_t)whole_number("graph", name, scalar_argument("graph", name, array), -1, 2147483647.0);
}

static mxArray *values_result(const int32_t *values, int32_t count)
{
  mxArray *result = mxCreateDoubleMatrix(1, (mwSize)count, mxREAL);
  int32_t k;
  for (k = 0; k < count; k++)
    ((double *)mxGetData(result))[k] = values[k];
  return result;
}

/* ---- Commands: graphs ------------------------------------------------------------------------------------ */

static mxArray *graph_create(void)
{
  netjac_graph *graph = NULL;
  uint32_t index = free_slot(&graphs);
  check("graph", netjac_graph_create(&graph));
  return occupy_slot(&graphs, index, graph, 0, 0);
}

/* numbers: NULL for an input, else of a parameter (with a name) or of a constant (without). */
static mxArray *graph_leaf(netjac_graph *graph, const mxArray *name, const mxArray *dims, const mxArray *numbers)
{
  int32_t value = -1;
  int32_t rank = count_of("graph", "dims", dims);
  int64_t *lengths = integers_argument("graph", "dims", dims);
  char *text = name ? text_argument("graph", "name", name) : NULL;
  const double *data = NULL;
  int64_t count = 1;
  int32_t k;
  for (k = 0; k < rank; k++) {
    if (lengths[k] != 0 && count > INT64_MAX / lengths[k])
      fail("graph", "outOfMemory", "The value would have more elements than memory can hold.");
    count *= lengths[k];
  }
  if (numbers)
    data = doubles_argument("graph", "numbers", numbers, count);
  if (!numbers)
    check("graph", netjac_graph_input(graph, text, rank, lengths, &value));
  else if (name)
    check("graph", netjac_graph_parameter(graph, text, rank, lengths, data, &value));
  else
    check("graph", netjac_graph_constant(graph, rank, lengths, data, &value));
  return values_result(&value, 1);
}

static mxArray *graph_apply(netjac_graph *graph, const mxArray *name, const mxArray *inputs,
                            const mxArray *attributes, const mxArray *count)
{
  char *operator_name = text_argument("graph", "operator", name);
  char *attribute_text = text_argument("graph", "attributes", attributes);
  int32_t *operands = values_argument("inputs", inputs);
  int32_t wanted
    = (int32_t)whole_number("graph", "count", scalar_argument("graph", "count", count), 1, 1000);
  int32_t *results = (int32_t *)mxCalloc((size_t)wanted, sizeof *results);
  check("graph", netjac_graph_apply(graph, operator_name, count_of("graph", "inputs", inputs), operands,
                                    attribute_text, wanted, results));
  return values_result(results, wanted);
}

static mxArray *graph_gradients(netjac_graph *graph, const mxArray *y, const mxArray *xs)
{
  int32_t count = count_of("graph", "xs", xs);
  int32_t *values = values_argument("xs", xs);
  int32_t *results = (int32_t *)mxCalloc((size_t)count + 1, sizeof *results);
  check("graph", netjac_graph_gradients(graph, value_argument("y", y), count, values, results));
  return values_result(results, count);
}

static mxArray *graph_jvp(netjac_graph *graph, const mxArray *y, const mxArray *xs, const mxArray *tangents)
{
  int32_t count = count_of("graph", "xs", xs);
  int32_t *values = values_argument("xs", xs);
  int32_t *directions = values_argument("tangents", tangents);
  int32_t product = -1;
  if (count_of("graph", "tangents", tangents) != count)
    fail("graph", "wrongArgument", "There are %d xs and %d tangents; each x needs one.", (int)count,
         (int)mxGetNumberOfElements(tangents));
  check("graph", netjac_graph_jvp(graph, value_argument("y", y), count, values, directions, &product));
  return values_result(&product, 1);
}

static mxArray *graph_dims(netjac_graph *graph, const mxArray *argument)
{
  int32_t value = value_argument("value", argument);
  int32_t axis, rank = netjac_graph_rank(graph, value);
  mxArray *dims;
  if (rank < 0)
    fail("graph", "wrongArgument", "%s", netjac_last_error());
  dims = mxCreateDoubleMatrix(1, (mwSize)rank, mxREAL);
  for (axis = 0; axis < rank; axis++)
    ((double *)mxGetData(dims))[axis] = (double)netjac_graph_dim(graph, value, axis);
  return dims;
}

static mxArray *graph_text(netjac_graph *graph, const mxArray *argument)
{
  char *format = text_argument("graph", "format", argument);
  size_t needed = 0;
  char *text;
  check("graph", netjac_graph_text(graph, format, NULL, 0, &needed));
  text = (char *)mxCalloc(needed + 1, 1);
  check("graph", netjac_graph_text(graph, format, text, needed, NULL));
  return mxCreateString(text);
}

static mxArray *graph_network(netjac_graph *graph, const mxArray *inputs, const mxArray *outputs)
{
  netjac_network *network = NULL;
  int32_t *input_values = values_argument("inputs", inputs);
  int32_t *output_values = values_argument("outputs", outputs);
  uint32_t index = free_place("graph");
  check("graph", netjac_graph_network(graph, count_of("graph", "inputs", inputs), input_values,
                                      count_of("graph", "outputs", outputs), output_values, &network));
  return occupy(index, network);
}

static int run_on_graph(const char *command, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  static const struct {
    const char *command;
    int arity;
  } known[] = {{"graphInput", 4},     {"graphParameter", 5}, {"graphConstant", 4}, {"graphApply", 6},
               {"graphGradients", 4}, {"graphJvp", 5},       {"graphDims", 3},     {"graphText", 3},
               {"graphNetwork", 4}};
  static const size_t count = sizeof known / sizeof *known;
  netjac_graph *graph;
  size_t k;
  for (k = 0; k < count && strcmp(command, known[k].command); k++)
    ;
  if (k == count)
    return 0;
  need(command, nrhs, known[k].arity);
  graph = (netjac_graph *)slot_argument(&graphs, prhs[1])->object;
  switch (k) {
  case 0: plhs[0] = graph_leaf(graph, prhs[2], prhs[3], NULL); break;
  case 1: plhs[0] = graph_leaf(graph, prhs[2], prhs[3], prhs[4]); break;
  case 2: plhs[0] = graph_leaf(graph, NULL, prhs[2], prhs[3]); break;
  case 3: plhs[0] = graph_apply(graph, prhs[2], prhs[3], prhs[4], prhs[5]); break;
  case 4: plhs[0] = graph_gradients(graph, prhs[2], prhs[3]); break;
  case 5: plhs[0] = graph_jvp(graph, prhs[2], prhs[3], prhs[4]); break;
  case 6: plhs[0] = graph_dims(graph, prhs[2]); break;
  case 7: plhs[0] = graph_text(graph, prhs[2]); break;
  default: plhs[0] = graph_network(graph, prhs[2], prhs[3]); break;
  }
  return 1;
}

/* ---- Commands: making, saving and training --------------------------------------------------------------- */

static mxArray *mlp(const mxArray *sizes, const mxArray *activation, const mxArray *seed)
{
  netjac_network *network = NULL;
  int64_t *lengths = integers_argument("mlp", "sizes", sizes);
  char *name = text_argument("mlp", "activation", activation);
  double number = scalar_argument("mlp", "seed", seed);
  uint32_t index = free_place("mlp");
  check("mlp", netjac_mlp(count_of("mlp", "sizes", sizes), lengths, name,
                          whole_number("mlp", "seed", number, -9007199254740992.0, 9007199254740992.0), &network));
  return occupy(index, network);
}

static mxArray *scaled(const mxArray *handle, const mxArray *numbers[])
{
  netjac_network *network = NULL;
  uint32_t index = free_place("scaled"); /* may move the table, so it comes first */
  const place *p = network_argument(handle);
  const double *input_offset = doubles_argument("scaled", "inputOffset", numbers[0], p->input_size);
  const double *input_scale = doubles_argument("scaled", "inputScale", numbers[1], p->input_size);
  const double *output_offset = doubles_argument("scaled", "outputOffset", numbers[2], p->output_size);
  const double *output_scale = doubles_argument("scaled", "outputScale", numbers[3], p->output_size);
  check("scaled", netjac_scaled(p->network, input_offset, input_scale, output_offset, output_scale, &network));
  return occupy(index, network);
}

static void save(const mxArray *handle, const mxArray *path, int with_jacobian)
{
  const place *p = network_argument(handle);
  char *file = text_argument("save", "file", path);
  check("save", with_jacobian ? netjac_save_jacobian(p->network, file) : netjac_save(p->network, file));
}

/* Targets carry Jacobians where the option jacobian_weight says so; their length depends on that. */
static int wants_jacobians(const mxArray *pairs)
{
  size_t k, count = mxGetNumberOfElements(pairs);
  int wanted = 0;
  for (k = 0; k + 1 < count; k += 2)
    if (!strcmp(text_argument("train", "an option's name", mxGetCell(pairs, k)), "jacobian_weight"))
      wanted = strtod(text_argument("train", "an option's value", mxGetCell(pairs, k + 1)), NULL) > 0;
  return wanted;
}

static mxArray *trainer_create(const mxArray *handle, const mxArray *pairs)
{
  netjac_trainer *trainer = NULL;
  const place *p = network_argument(handle);
  uint32_t index = free_slot(&trainers);
  netjac_options *options = options_argument("train", pairs);
  netjac_status status = netjac_trainer_create(p->network, options, &trainer);
  int64_t target_size = p->output_size;
  netjac_options_release(options);
  check("train", status);
  if (wants_jacobians(pairs))
    target_size += p->output_size * p->input_size;
  return occupy_slot(&trainers, index, trainer, p->input_size, target_size);
}

typedef struct {
  netjac_trainer *trainer;
  int64_t samples;
  const double *x;
  const double *targets;
} lesson;

static lesson lesson_of(const mxArray *handle, const mxArray *x, const mxArray *targets)
{
  const slot *s = slot_argument(&trainers, handle);
  lesson l;
  l.trainer = (netjac_trainer *)s->object;
  l.samples = (int64_t)mxGetN(x);
  l.x = doubles_argument("train", "x", x, s->input_size * l.samples);
  l.targets = doubles_argument("train", "targets", targets, s->target_size * l.samples);
  return l;
}

static mxArray *trainer_step(const mxArray *handle, const mxArray *x, const mxArray *targets)
{
  lesson l = lesson_of(handle, x, targets);
  double loss = 0;
  check("train", netjac_trainer_step(l.trainer, l.samples, l.x, l.targets, &loss));
  return mxCreateDoubleScalar(loss);
}

static mxArray *trainer_loss(const mxArray *handle, const mxArray *x, const mxArray *targets)
{
  lesson l = lesson_of(handle, x, targets);
  double loss = 0;
  check("train", netjac_trainer_loss(l.trainer, l.samples, l.x, l.targets, &loss));
  return mxCreateDoubleScalar(loss);
}

static mxArray *trainer_fit(const mxArray *handle, const mxArray *x, const mxArray *targets, const mxArray *epochs)
{
  lesson l = lesson_of(handle, x, targets);
  int64_t count = whole_number("train", "epochs", scalar_argument("train", "epochs", epochs), 0, 2147483647.0);
  mxArray *losses = mxCreateDoubleMatrix(1, (mwSize)count, mxREAL);
  check("train", netjac_trainer_fit(l.trainer, l.samples, l.x, l.targets, (int32_t)count,
                                    (double *)mxGetData(losses)));
  return losses;
}

static mxArray *trainer_parameters(const mxArray *handle)
{
  const netjac_trainer *trainer = (const netjac_trainer *)slot_argument(&trainers, handle)->object;
  int64_t count = 0;
  mxArray *numbers;
  check("train", netjac_trainer_parameters(trainer, &count, NULL));
  numbers = mxCreateDoubleMatrix((mwSize)count, 1, mxREAL);
  check("train", netjac_trainer_parameters(trainer, NULL, (double *)mxGetData(numbers)));
  return numbers;
}

static mxArray *trainer_network(const mxArray *handle)
{
  netjac_network *network = NULL;
  const netjac_trainer *trainer = (const netjac_trainer *)slot_argument(&trainers, handle)->object;
  uint32_t index = free_place("train");
  check("train", netjac_trainer_network(trainer, &network));
  return occupy(index, network);
}

static int run_on_trainer(const char *command, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  if (!strcmp(command, "trainerFit")) {
    need(command, nrhs, 5);
    plhs[0] = trainer_fit(prhs[1], prhs[2], prhs[3], prhs[4]);
  } else if (!strcmp(command, "trainerLoss")) {
    need(command, nrhs, 4);
    plhs[0] = trainer_loss(prhs[1], prhs[2], prhs[3]);
  } else if (!strcmp(command, "trainerStep")) {
    need(command, nrhs, 4);
    plhs[0] = trainer_step(prhs[1], prhs[2], prhs[3]);
  } else if (!strcmp(command, "trainerNetwork")) {
    need(command, nrhs, 2);
    plhs[0] = trainer_network(prhs[1]);
  } else if (!strcmp(command, "trainerParameters")) {
    need(command, nrhs, 2);
    plhs[0] = trainer_parameters(prhs[1]);
  } else {
    return 0;
  }
  return 1;
}

/* Commands that make, save or release something. */
static int run_other(const char *command, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  if (run_on_graph(command, plhs, nrhs, prhs) || run_on_trainer(command, plhs, nrhs, prhs))
    return 1;
  if (!strcmp(command, "graphCreate")) {
    plhs[0] = graph_create();
  } else if (!strcmp(command, "graphRelease")) {
    need(command, nrhs, 2);
    release_slot(&graphs, prhs[1]);
  } else if (!strcmp(command, "trainerCreate")) {
    need(command, nrhs, 3);
    plhs[0] = trainer_create(prhs[1], prhs[2]);
  } else if (!strcmp(command, "trainerRelease")) {
    need(command, nrhs, 2);
    release_slot(&trainers, prhs[1]);
  } else if (!strcmp(command, "mlp")) {
    need(command, nrhs, 4);
    plhs[0] = mlp(prhs[1], prhs[2], prhs[3]);
  } else if (!strcmp(command, "scaled")) {
    need(command, nrhs, 6);
    plhs[0] = scaled(prhs[1], prhs + 2);
  } else if (!strcmp(command, "save") || !strcmp(command, "saveJacobian")) {
    need(command, nrhs, 3);
    save(prhs[1], prhs[2], !strcmp(command, "saveJacobian"));
  } else {
    return 0;
  }
  return 1;
}


/* ---- The gateway ----------------------------------------------------------------------------------------- */

static void prepare(const place *p, const mxArray *task, const mxArray *samples)
{
  double count = mxIsNumeric(samples) && mxGetNumberOfElements(samples) == 1 ? mxGetScalar(samples) : -1;
  if (!(count >= 0 && count <= 9007199254740992.0) || count != (double)(int64_t)count)
    fail("prepare", "wrongArgument", "samples must be a whole number, 0 or more.");
  check("prepare", netjac_prepare(p->network, text_argument("prepare", "task", task), (int64_t)count));
}

/* How many arguments, the command included, a command about a loaded network takes; 0 for other commands. */
static int arity_of(const char *command)
{
  static const struct {
    const char *command;
    int arity;
  } known[] = {{"forward", 3},          {"jacobian", 3},         {"jvp", 4},          {"vjp", 4},
               {"hessian", 4},          {"jacobianSparse", 3},   {"describe", 2},     {"jacobianSparsity", 2},
               {"jacobianCost", 2},     {"jacobianPlan", 2},     {"prepare", 4},      {"hvp", 5},
               {"hessianSparsity", 2},  {"jacobianSeeds", 2},    {"kinkNodes", 2},    {"kinks", 3},
               {"plan", 3},             {"pointer", 2}};
  size_t k;
  for (k = 0; k < sizeof known / sizeof *known; k++)
    if (!strcmp(command, known[k].command))
      return known[k].arity;
  return 0;
}

/* Commands about a loaded network. Those that solvers call in loops come first. */
static int run_on_network(const char *command, int nlhs, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  mxArray *results[2] = {NULL, NULL};
  samples_argument x;
  place *p;
  int arity = arity_of(command);
  if (arity == 0)
    return 0;
  need(command, nrhs, arity);
  p = network_argument(prhs[1]);
  if (arity > 2 && strcmp(command, "prepare") && strcmp(command, "plan"))
    x = samples_of(command, prhs[2], p->input_size);

  if (!strcmp(command, "forward")) {
    results[0] = forward(command, p, &x);
  } else if (!strcmp(command, "jacobian")) {
    if (nlhs < 2)
      results[0] = forward(command, p, &x);
    else
      jacobian(p, &x, results);
  } else if (!strcmp(command, "jvp")) {
    jvp(p, &x, prhs[3], results);
  } else if (!strcmp(command, "vjp")) {
    vjp(p, &x, prhs[3], results);
  } else if (!strcmp(command, "hessian")) {
    results[0] = hessian(p, &x, prhs[3]);
  } else if (!strcmp(command, "hvp")) {
    results[0] = hvp(p, &x, prhs[3], prhs[4]);
  } else if (!strcmp(command, "kinks")) {
    results[0] = kinks(p, &x);
  } else if (!strcmp(command, "jacobianSparse")) {
    if (nlhs < 2)
      results[0] = forward(command, p, &x);
    else
      jacobian_sparse(p, &x, results);
  } else if (!strcmp(command, "describe")) {
    results[0] = describe(p);
  } else if (!strcmp(command, "jacobianSparsity")) {
    results[0] = jacobian_sparsity(p);
  } else if (!strcmp(command, "jacobianCost")) {
    results[0] = jacobian_cost(p);
  } else if (!strcmp(command, "hessianSparsity")) {
    results[0] = hessian_sparsity(p);
  } else if (!strcmp(command, "jacobianSeeds")) {
    results[0] = jacobian_seeds(p);
  } else if (!strcmp(command, "kinkNodes")) {
    results[0] = kink_nodes(p);
  } else if (!strcmp(command, "jacobianPlan")) {
    results[0] = jacobian_plan(p);
  } else if (!strcmp(command, "pointer")) {
    results[0] = handle_array((uint64_t)(uintptr_t)p->network);
  } else if (!strcmp(command, "plan")) {
    results[0] = plan(p, prhs[2]);
  } else {
    prepare(p, prhs[2], prhs[3]);
  }

  if (results[0])
    plhs[0] = results[0];
  if (results[1] && nlhs > 1)
    plhs[1] = results[1];
  else if (results[1])
    mxDestroyArray(results[1]);
  return 1;
}

void mexFunction(int nlhs, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  static int has_exit = 0;
  char command[32];
  if (!has_exit) {
    mexAtExit(release_all);
    has_exit = 1;
  }
  if (nrhs < 1 || !mxIsChar(prhs[0]) || mxGetString(prhs[0], command, sizeof command) != 0)
    fail("mex", "unknownCommand", "netjac_mex belongs to the package netjac; call netjac.load instead.");

  if (run_on_network(command, nlhs, plhs, nrhs, prhs))
    return;
  if (run_other(command, plhs, nrhs, prhs))
    return;
  if (!strcmp(command, "load") || !strcmp(command, "loadBytes")) {
    need(command, nrhs, 3);
    plhs[0] = load(prhs[1], prhs[2], !strcmp(command, "loadBytes"));
  } else if (!strcmp(command, "release")) {
    need(command, nrhs, 2);
    release(prhs[1]);
  } else if (!strcmp(command, "version")) {
    plhs[0] = mxCreateString(netjac_version());
  } else if (!strcmp(command, "alive")) {
    plhs[0] = mxCreateDoubleScalar(alive_count);
  } else {
    fail("mex", "unknownCommand", "There is no command '%s'.", command);
  }
}
