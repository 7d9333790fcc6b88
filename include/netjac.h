/*
 * netjac.h - Load trained networks, evaluate them, differentiate them.
 *
 * This file is the whole public interface and its manual. A complete program:
 *
 *   netjac_network *network = NULL;
 *   if (netjac_load("model.onnx", NULL, &network) != NETJAC_OK) {
 *     fprintf(stderr, "%s\n", netjac_last_error());
 *     return 1;
 *   }
 *   double x[2] = {0.1, 0.2}, y[3], jacobian[3 * 2];               (for a model with n = 2 and m = 3)
 *   netjac_status status = netjac_jacobian(network, 1, x, y, jacobian, NETJAC_ROW_MAJOR);
 *   netjac_release(network);
 *
 * Samples    A sample is one evaluation of the model. It has n input scalars, netjac_input_size(), and m output
 *            scalars, netjac_output_size(). Every numeric function takes `samples` of them at once, one after
 *            the other in memory. samples == 0 is allowed and does nothing.
 *
 * Arrays     x is [samples][n], y is [samples][m]. Within a sample, a model with several inputs has them one
 *            after the other in declared order, each flattened row-major (last index fastest): element [i][j]
 *            of an input of shape [2, 3] is number 3 i + j of it. Outputs likewise. netjac_input_name(),
 *            _rank() and _dim() tell what stands where. Integer and boolean inputs (netjac_input_type()) are given
 *            as whole numbers within the range of their type, booleans as 0 or 1; anything else, such as 1.5 or
 *            NaN, is NETJAC_ERROR_ARGUMENT. Derivatives with respect to them are zero. Integer and boolean outputs
 *            come as whole numbers with derivative zero.
 *
 *            Arrays belong to the caller and must not overlap each other. A pointer may be NULL where this file
 *            says so, and where the array has no elements (samples, n or m is 0). NaN and infinity in real
 *            inputs are data, not errors: they propagate as IEEE arithmetic says.
 *
 * Batches    If the first axis of every input is symbolic or is 1 in the file, it is the batch axis: it is no
 *            part of a sample, and `samples` runs over it even where the file fixed it to 1. Binding a
 *            symbolic batch axis with the option dim.NAME makes it part of the sample. In all other models a
 *            sample is one call with the shapes that the file declares. What a sample gives is the same in every
 *            bit alone, in a batch of any length and with any number of threads.
 *
 * Precision  Networks compute in float64 unless the option `precision` says float32; whatever float type a file
 *            stores is promoted exactly, and a conversion between float types inside a model leaves numbers as
 *            they are. Functions that end in _f32 take and give float instead of double and are the same in all
 *            else; they convert at the door and compute in the network's precision.
 *
 * Derivatives are exact (not differences). Where a function has a kink:
 *            the derivative of relu at 0 is 0, of |x| at 0 is 0, of a norm at 0 is 0, and sign(0) is 0;
 *            equal arguments of max and min (elementwise, of any number, reductions, scattered maxima) share the
 *            derivative equally;
 *            clipping has derivative 1 at its bounds; relu6 and the hard activations are made of max and min;
 *            leaky and exponential relus have the derivative of their negative side at 0;
 *            max-pooling takes the first maximum of its window, in row-major order;
 *            floor, ceil, round, sign, comparisons and argmax have derivative 0 everywhere.
 *            netjac_kink_convention() tells what holds where in a network.
 *
 *            What a branch that is not taken, an argument that is cut off or an element that takes no part adds to
 *            a derivative is 0, however large, infinite or undefined the slopes there are; and a derivative outside the
 *            structure of netjac_jacobian_sparsity() or netjac_hessian_sparsity() is 0, whatever is in x.
 *            Products are sums over all that depends on each other, as IEEE arithmetic has them: where x, or what
 *            products of matrices are made of, holds NaN or infinity, a 0 of a tangent or of weights may meet a slope
 *            that is not finite, and give NaN. docs/hard_points.md lists the cases that are known.
 *
 *            An index that a network computes and that lies outside its axis, as all do that come from NaN or
 *            infinity, picks zero with derivative 0, and writes nowhere; docs/operators.md says more.
 *
 * Errors     Functions that can fail return NETJAC_OK (0) or one of the negative values of netjac_status_code.
 *            netjac_last_error() then says, on the same thread, what was wrong, with which values, and what
 *            would be right. Arguments are checked before anything else happens, and a call that fails leaves
 *            every output untouched. Queries that return a count or a pointer return -1 or NULL on
 *            failure and set netjac_last_error() too. A NULL, released or otherwise foreign handle is such an
 *            error, not a crash. What cannot be checked is the caller's duty: that arrays are as long as
 *            stated.
 *
 * Ownership  What netjac_load(), netjac_load_bytes() or netjac_options_create() hands out belongs to the
 *            caller, who releases it with netjac_release() or netjac_options_release(). Strings that are
 *            returned belong to the library: names live as long as their network, others as long as their
 *            function says. All pointers passed in are borrowed for the duration of the call.
 *
 * Threads    Every function may be called from any thread. A network never changes after loading, and any
 *            number of threads may use one network at the same time, with results that do not depend on how
 *            many. The exceptions: release a network, a graph or a trainer only when no call on it is running, and
 *            use an options object from one thread at a time. A thread needs a stack of 512 KiB for loading and
 *            planning, of 64 KiB for tasks that are prepared. A process may fork() while other threads are inside the library; the
 *            fork waits until none of them loads or plans. The child uses what is loaded and loads more; a trainer that
 *            another thread was using gives it an error.
 *
 * Memory     Where the machine has no memory for an allocation, the call ends with NETJAC_ERROR_MEMORY, gives back what
 *            it had, and may be tried again. So it is for every allocation of 64 KiB or more, and for smaller ones as
 *            long as the library's reserve of 64 MiB of address space lasts; after that the process ends.
 *
 * Real time  The first call of each task compiles a plan and allocates its memory; netjac_prepare() does both
 *            ahead. After that, netjac_forward(), _jacobian(), _jvp(), _vjp(), _hessian(), _hvp(),
 *            _jacobian_sparse() and _kinks() neither allocate nor take a lock for a single sample; a batch may
 *            in addition wake the library's worker threads (option `threads`). Calls that run at the same time have
 *            a workspace each, so a call allocates when more run at once than ever before.
 *
 * Text       UTF-8, ends with a zero byte.
 *
 * The host   The library prints nothing, installs no signal or exit handlers, whatever the environment says, and leaves
 *            locale, floating-point environment and the threads of any other BLAS in the process alone. It raises no
 *            floating-point exception that the numbers do not raise, so that hosts may trap them. Files, options
 *            and samples mean the same numbers whatever rounding the host has set; tasks are evaluated with the
 *            host's. A file that may not grow (RLIMIT_FSIZE) is an error, not a signal. It stays loaded once it is
 *            loaded.
 *
 * Versions   From 1.0.0 on, nothing declared here is removed or changes its meaning within a major version.
 */
#ifndef NETJAC_H
#define NETJAC_H

#include <stddef.h>
#include <stdint.h>

/* The version that this header belongs to. netjac_version() tells that of the library. */
#define NETJAC_VERSION_MAJOR 0
#define NETJAC_VERSION_MINOR 1
#define NETJAC_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* A network. Made by netjac_load(), netjac_load_bytes(), netjac_graph_network(), netjac_mlp() and others. */
typedef struct netjac_network netjac_network;

/* A set of options for loading or training. Made by netjac_options_create(). */
typedef struct netjac_options netjac_options;

/* The result of a call: one of netjac_status_code. An integer, because MATLAB turns enum results into text. */
typedef int32_t netjac_status;

/* Values of netjac_status. They are never renumbered; later versions may add more negative ones. */
enum netjac_status_code {
  /* The call did what it says. */
  NETJAC_OK = 0,
  /* An argument is missing, out of range or of the wrong size, or a handle is not (or no longer) valid. */
  NETJAC_ERROR_ARGUMENT = -1,
  /* An option is unknown, or its value cannot be used, alone or with this model. */
  NETJAC_ERROR_OPTION = -2,
  /* A file does not exist or cannot be read or written. */
  NETJAC_ERROR_FILE = -3,
  /* The bytes of a file are not what its format requires, or it wants data from outside its own folder. */
  NETJAC_ERROR_FORMAT = -4,
  /* The file is valid but uses something that NetJac does not support; the message lists all of it. */
  NETJAC_ERROR_UNSUPPORTED = -5,
  /* Shapes or element types inside the model do not fit together. */
  NETJAC_ERROR_SHAPE = -6,
  /* A size exceeds the option `memory_limit`, or memory ran out. */
  NETJAC_ERROR_MEMORY = -7,
  /* A defect of NetJac itself; please report it with the message. */
  NETJAC_ERROR_DEFECT = -8,
  /* A loss or a parameter became NaN or infinite in training. */
  NETJAC_ERROR_NOT_FINITE = -9,
  /* A database cannot be reached, stays locked, is full or damaged; the message has its own words. */
  NETJAC_ERROR_STORE = -10,
  /* A database and its caller disagree: variables, units, format, read-only, another machine. */
  NETJAC_ERROR_CONFLICT = -11
};

/* How a matrix is stored: one of netjac_order_code. */
typedef int32_t netjac_order;

/* Values of netjac_order, for a matrix J of m rows (outputs) and n columns (inputs). */
enum netjac_order_code {
  /* J(i, k) is element i * n + k: the order of C. */
  NETJAC_ROW_MAJOR = 0,
  /* J(i, k) is element i + k * m: the order of MATLAB, Octave, Fortran and LAPACK. */
  NETJAC_COLUMN_MAJOR = 1
};

/* ---- The library ----------------------------------------------------------------------------------------- */

/*
 * The version of the library as "MAJOR.MINOR.PATCH". The string lives as long as the process.
 */
const char *netjac_version(void);

/*
 * What went wrong in the last call that failed on this thread: one or more sentences, without a newline at the
 * end. Never NULL; empty as long as no call has failed on this thread. Successful calls leave it as it is, so
 * look at it only after a failure. The string lives until the next failing call on this thread or the end of
 * the thread.
 */
const char *netjac_last_error(void);

/*
 * What netjac_last_error() tells, as a word for programs, where the status alone leaves it open. Stores say
 *   notFound      a file, study, version, sample or output that was named is not there
 *   locked        another program keeps the database locked
 *   outOfBounds   a point is outside the bounds of an input
 *   notFinite     a point has NaN or infinity
 *   readOnly      the database may only be read
 *   unsent        results were kept in the spool instead
 * Never NULL; empty for all other failures, and as long as no call has failed on this thread. The string lives as
 * long as the process.
 */
const char *netjac_last_reason(void);

/*
 * The name of a status, such as "NETJAC_ERROR_SHAPE", for logs. "unknown status" for values that are none.
 * Never NULL; the string lives as long as the process.
 */
const char *netjac_status_name(netjac_status status);

/*
 * What a pointer is to the library: one of netjac_handle_code for a handle in use, the negative of it for one of
 * that kind that was released, 0 for anything else. For those who wrap this interface; every function checks its
 * handles itself.
 */
int32_t netjac_handle_kind(const void *handle);

/* Values of netjac_handle_kind(). */
enum netjac_handle_code {
  NETJAC_HANDLE_NONE = 0,
  NETJAC_HANDLE_NETWORK = 1,
  NETJAC_HANDLE_OPTIONS = 2,
  NETJAC_HANDLE_GRAPH = 3,
  NETJAC_HANDLE_TRAINER = 4,
  NETJAC_HANDLE_STORE = 5,
  NETJAC_HANDLE_STUDY = 6
};

/* ---- Options --------------------------------------------------------------------------------------------- */

/*
 * A new set of options with all values at their defaults. Release it with netjac_options_release(), after
 * loading or at any later time: a network keeps what it needs. Returns NULL, with netjac_last_error() set,
 * when too many options objects are alive.
 */
netjac_options *netjac_options_create(void);

/*
 * Sets one option. Setting a key again replaces its value.
 *
 *   key            value                         meaning
 *
 *   precision      float64 or float32            the type that all float computations use
 *                                                (default: float64)
 *   threads        1, 2, ...                     the most threads that share the work of one call with many
 *                                                samples (default: one per core); a single sample always runs
 *                                                on the caller's thread
 *   dim.NAME       0, 1, 2, ...                  binds the symbolic dimension NAME of the model's inputs; a
 *                                                dynamic axis without a name is called INPUT.AXIS, as in
 *                                                dim.x.1 (axes count from 0). A batch axis that is bound
 *                                                becomes part of the sample. All symbolic dimensions but the
 *                                                batch axis must be bound.
 *   input.NAME     numbers separated by commas,  fixes that input to a constant, so that it is an input no
 *                  row-major                     more: for models that take a shape, an index, a length or an
 *                                                axis as an input
 *   output         names separated by commas     keeps these outputs only, in this order (default: all, as
 *                                                declared)
 *   signature      the name of a signature       loads this one of the functions that a TensorFlow SavedModel
 *                                                offers (default: serving_default, or the only one)
 *   loop_limit     1, 2, ...                     the most turns of a loop whose number of turns depends on an
 *                                                input (default: none; such a model is refused). Turns past the
 *                                                end change nothing and cost little; real outputs of a loop
 *                                                that would go on beyond the limit are NaN, and so are their
 *                                                derivatives by what they depend on, unless turns so far made
 *                                                those zero
 *   memory_limit   bytes, a whole number         the most memory that the network may take, its weights and
 *                                                workspaces included (default: 3/4 of the machine's memory);
 *                                                loading and preparing fail with NETJAC_ERROR_MEMORY before
 *                                                they allocate more
 *
 * The options of training stand at netjac_trainer_create(), those of stores at netjac_store_open() and
 * netjac_study_open(); loading ignores them.
 *
 * An unknown key or a value that can never be right fails here with NETJAC_ERROR_OPTION, and the message lists
 * the known keys or values; a NAME that the model does not have fails when the model is loaded.
 *
 * options  The object to change.
 * key      One of the keys above, case-sensitive.
 * value    The value as text; spaces around it and around commas are ignored.
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT (bad handle, NULL text) or NETJAC_ERROR_OPTION.
 */
netjac_status netjac_options_set(netjac_options *options, const char *key, const char *value);

/*
 * Releases options. NULL is fine; a handle that is not (or no longer) valid is ignored.
 */
void netjac_options_release(netjac_options *options);

/* ---- Loading --------------------------------------------------------------------------------------------- */

/*
 * Loads a network from a file. The format is recognised by the content, whatever the file's name; this version
 * reads
 *   - ONNX, operator sets 7 to the newest. Weights in external files are read from the model's own folder only.
 *   - Keras: the archives (.keras) of Keras 3 and of Keras 2.12 to 2.15, the same as a folder, and whole models in
 *     HDF5 (.h5) of Keras 2.3 to 3; Sequential and Functional models. Layers that act in training only are passed
 *     over. Code in a file (Lambda) is never executed; such a model is refused.
 *   - TensorFlow: the folder of a SavedModel, or its saved_model.pb. Loops are unrolled; where an input decides how
 *     often they turn, up to the option loop_limit. A model that changes its variables when it is called is refused.
 *
 * path     The file, or the folder.
 * options  Options, or NULL for the defaults. They are read during the call only.
 * network  Receives the network. Left untouched on failure, so set it to NULL before.
 *
 * Returns NETJAC_OK, or NETJAC_ERROR_ARGUMENT, _OPTION, _FILE, _FORMAT, _UNSUPPORTED (the message lists every
 * operator or layer that is not supported, with its name), _SHAPE or _MEMORY.
 */
netjac_status netjac_load(const char *path, const netjac_options *options, netjac_network **network);

/*
 * Loads a network from the bytes of a file in memory. As netjac_load(), except that a model that keeps weights
 * in external files is refused, since it has no folder.
 *
 * bytes    The content of the file; not needed any more when the call returns.
 * size     Its length in bytes.
 */
netjac_status netjac_load_bytes(const void *bytes, size_t size, const netjac_options *options,
                                netjac_network **network);

/*
 * Releases a network and all its memory. NULL is fine; a handle that is not (or no longer) valid is ignored. No
 * other call on the network may be running.
 */
void netjac_release(netjac_network *network);

/* ---- What a network takes and gives ---------------------------------------------------------------------- */
/*
 * These never allocate. On failure (a handle that is not valid, an index or axis out of range) the numbers are
 * -1 and the names NULL, and netjac_last_error() tells why. Indices and axes count from 0. An input that the
 * option input.NAME fixed is not counted, nor is an output that the option output left out. The batch axis is
 * not part of a shape.
 */

/* How many inputs the network has. */
int32_t netjac_input_count(const netjac_network *network);

/* How many outputs the network has. */
int32_t netjac_output_count(const netjac_network *network);

/* The name of an input, as in the file. The string lives as long as the network. */
const char *netjac_input_name(const netjac_network *network, int32_t index);

/*
 * The type of an input: "real", or as the file calls a type of whole numbers, such as "int64", "uint8", "bool". The
 * string lives as long as the network.
 */
const char *netjac_input_type(const netjac_network *network, int32_t index);

/* The name of an output, as in the file. The string lives as long as the network. */
const char *netjac_output_name(const netjac_network *network, int32_t index);

/* The number of axes of an input of one sample; 0 for a scalar. */
int32_t netjac_input_rank(const netjac_network *network, int32_t index);

/* The number of axes of an output of one sample; 0 for a scalar. */
int32_t netjac_output_rank(const netjac_network *network, int32_t index);

/* The length of one axis of an input of one sample. */
int64_t netjac_input_dim(const netjac_network *network, int32_t index, int32_t axis);

/* The length of one axis of an output of one sample. */
int64_t netjac_output_dim(const netjac_network *network, int32_t index, int32_t axis);

/* n: how many scalars all inputs of one sample have together. */
int64_t netjac_input_size(const netjac_network *network);

/* m: how many scalars all outputs of one sample have together. */
int64_t netjac_output_size(const netjac_network *network);

/* ---- Values and derivatives ------------------------------------------------------------------------------ */
/*
 * All of these return NETJAC_OK; NETJAC_ERROR_ARGUMENT for a bad handle, a NULL pointer that must not be NULL,
 * a negative or far too large `samples`, a pointer that is not aligned for its type, or an unknown order;
 * NETJAC_ERROR_MEMORY if the first call of a task needs more than memory_limit; NETJAC_ERROR_UNSUPPORTED if
 * the model holds something that has no such derivative.
 */

/*
 * Evaluates the network.
 *
 * x        [samples][n]
 * y        [samples][m], written.
 */
netjac_status netjac_forward(netjac_network *network, int64_t samples, const double *x, double *y);

/*
 * Evaluates the network and its Jacobian, J(i, k) = d y[i] / d x[k], m rows and n columns for each sample. The
 * order of accumulation (forward, reverse, or a product of blocks) is the cheapest one; see
 * netjac_jacobian_cost().
 *
 * x         [samples][n]
 * y         [samples][m], written; NULL if not wanted.
 * jacobian  [samples] matrices of m * n elements, written, each in the given order.
 * order     NETJAC_ROW_MAJOR or NETJAC_COLUMN_MAJOR.
 */
netjac_status netjac_jacobian(netjac_network *network, int64_t samples, const double *x, double *y,
                              double *jacobian, netjac_order order);

/*
 * Evaluates the network and the product of its Jacobian with a vector, J v, at a small multiple of the cost of
 * evaluation: the change of y along the direction v.
 *
 * x        [samples][n]
 * tangent  [samples][n], the vectors v.
 * y        [samples][m], written; NULL if not wanted.
 * product  [samples][m], written: J v.
 */
netjac_status netjac_jvp(netjac_network *network, int64_t samples, const double *x, const double *tangent,
                         double *y, double *product);

/*
 * Evaluates the network and the product of a vector with its Jacobian, w' J, at a small multiple of the cost
 * of evaluation: the gradient of the weighted sum of outputs. With m = 1 and w = 1 it is the gradient.
 *
 * x          [samples][n]
 * cotangent  [samples][m], the vectors w.
 * y          [samples][m], written; NULL if not wanted.
 * product    [samples][n], written: w' J.
 */
netjac_status netjac_vjp(netjac_network *network, int64_t samples, const double *x, const double *cotangent,
                         double *y, double *product);

/*
 * Evaluates the Hessian of a weighted sum of outputs, the sum over i of weights[i] y[i]. It is symmetric, so
 * it has no order.
 *
 * x        [samples][n]
 * weights  [samples][m]
 * hessian  [samples] matrices of n * n elements, written.
 */
netjac_status netjac_hessian(netjac_network *network, int64_t samples, const double *x, const double *weights,
                             double *hessian);

/*
 * Evaluates the product of that Hessian with a vector, H v, without ever forming the matrix: at a small
 * multiple of the cost of evaluation, for large n and for iterative solvers.
 *
 * x        [samples][n]
 * weights  [samples][m]
 * tangent  [samples][n], the vectors v.
 * product  [samples][n], written: H v.
 */
netjac_status netjac_hvp(netjac_network *network, int64_t samples, const double *x, const double *weights,
                         const double *tangent, double *product);

/*
 * Which elements of the Jacobian can be other than zero, as compressed columns (CSC): column k has its rows in
 * row_indices[column_pointers[k]] up to, not including, row_indices[column_pointers[k + 1]], ascending, from
 * 0. This depends on the network only, not on x, so read it once. Call it with NULL arrays for the count, then
 * with arrays.
 *
 * nonzeros         Receives the number of elements; NULL if not wanted.
 * column_pointers  [n + 1], written; NULL if not wanted.
 * row_indices      [nonzeros], written; NULL if not wanted.
 */
netjac_status netjac_jacobian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers,
                                       int64_t *row_indices);

/*
 * Which elements of the Hessian of a weighted sum of outputs can be other than zero, whatever the weights and x:
 * compressed columns as of netjac_jacobian_sparsity(), with n rows and n columns. Symmetric; both triangles are
 * listed. Outputs that are linear in x, or piecewise so (relu), add nothing.
 *
 * nonzeros         Receives the number of elements; NULL if not wanted.
 * column_pointers  [n + 1], written; NULL if not wanted.
 * row_indices      [nonzeros], written; NULL if not wanted.
 */
netjac_status netjac_hessian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers,
                                      int64_t *row_indices);

/*
 * Evaluates the network and the elements of its Jacobian that netjac_jacobian_sparsity() lists, in that
 * sequence. Where the structure allows it, this costs fewer passes than netjac_jacobian(); see
 * netjac_jacobian_seeds().
 *
 * x        [samples][n]
 * y        [samples][m], written; NULL if not wanted.
 * values   [samples][nonzeros], written.
 */
netjac_status netjac_jacobian_sparse(netjac_network *network, int64_t samples, const double *x, double *y,
                                     double *values);

/* The same with float instead of double. */

netjac_status netjac_forward_f32(netjac_network *network, int64_t samples, const float *x, float *y);

netjac_status netjac_jacobian_f32(netjac_network *network, int64_t samples, const float *x, float *y,
                                  float *jacobian, netjac_order order);

netjac_status netjac_jvp_f32(netjac_network *network, int64_t samples, const float *x, const float *tangent,
                             float *y, float *product);

netjac_status netjac_vjp_f32(netjac_network *network, int64_t samples, const float *x, const float *cotangent,
                             float *y, float *product);

netjac_status netjac_hessian_f32(netjac_network *network, int64_t samples, const float *x, const float *weights,
                                 float *hessian);

netjac_status netjac_hvp_f32(netjac_network *network, int64_t samples, const float *x, const float *weights,
                             const float *tangent, float *product);

netjac_status netjac_jacobian_sparse_f32(netjac_network *network, int64_t samples, const float *x, float *y,
                                         float *values);

/* ---- Ahead of time --------------------------------------------------------------------------------------- */

/*
 * Compiles a task and allocates its memory, so that later calls of it with up to this many samples neither
 * compile nor allocate. Calling it is never necessary: otherwise the first call does it.
 *
 * task     "forward", "jacobian", "jvp", "vjp", "hessian", "hvp", "jacobian_sparse" or "kinks".
 * samples  The largest number of samples that will be passed.
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT (also for an unknown task), NETJAC_ERROR_MEMORY or
 * NETJAC_ERROR_UNSUPPORTED.
 */
netjac_status netjac_prepare(netjac_network *network, const char *task, int64_t samples);

/*
 * In which order the Jacobian is accumulated, as text for people: the order, its cost in multiply-adds for one
 * sample, and beside it the cost of plain forward and plain reverse accumulation; then how many of its elements
 * can be other than zero, and how many seeds the sparse Jacobian takes.
 *
 * buffer   Receives the text, cut off to fit, always ending in a zero byte; NULL or size 0 if only the length
 *          is wanted.
 * size     Length of buffer in bytes.
 * needed   Receives the bytes that the whole text takes, the zero byte included; NULL if not wanted.
 */
netjac_status netjac_jacobian_plan(netjac_network *network, char *buffer, size_t size, size_t *needed);

/*
 * What a task does when it runs, as text for people: the kernels in order with their sizes, the working memory
 * in bytes and the multiply-adds, for one sample and for a tile of a batch. Compiles the task if need be.
 *
 * task     As for netjac_prepare().
 * buffer, size, needed  As for netjac_jacobian_plan().
 */
netjac_status netjac_network_plan(netjac_network *network, const char *task, char *buffer, size_t size,
                                  size_t *needed);

/*
 * The numbers of netjac_jacobian_plan(): multiply-adds for the Jacobian of one sample. Any pointer may be NULL.
 *
 * chosen   Receives those of the order that netjac_jacobian() uses.
 * forward  Receives those of plain forward accumulation, one pass for each input.
 * reverse  Receives those of plain reverse accumulation, one pass for each output.
 */
netjac_status netjac_jacobian_cost(netjac_network *network, int64_t *chosen, int64_t *forward,
                                   int64_t *reverse);

/*
 * How many seeds, that is passes forwards or backwards, netjac_jacobian_sparse() takes: columns that share no row
 * (or rows that share no column) share a seed. A dense Jacobian takes the smaller of n and m. Where the nonzeros
 * are a band, as those of convolutions along a line, its diagonals may take their place; netjac_jacobian_plan() says.
 *
 * seeds  Receives the number.
 */
netjac_status netjac_jacobian_seeds(netjac_network *network, int64_t *seeds);

/* ---- Smoothness ------------------------------------------------------------------------------------------ */
/*
 * Where a network is not smooth, solvers that rely on derivatives slow down or stop. These functions tell which
 * nodes of the file have kinks or jumps (Relu, MaxPool, Clip, Floor, TopK, ...) and how near x is to one. A node
 * counts if it depends on x through real numbers and an output depends on it; nodes of functions and loops are
 * those of the body. On failure the count is -1 and the texts are NULL; the texts live as long as the network.
 * The first call makes the list, which allocates.
 */

/* How many nodes of the network have kinks; 0 if it is smooth. */
int32_t netjac_kink_count(netjac_network *network);

/* The name of the node in the file, or of its first output if it has no name; nodes of functions have a path. */
const char *netjac_kink_node(netjac_network *network, int32_t index);

/* The operator of the node, such as "Relu". */
const char *netjac_kink_operator(netjac_network *network, int32_t index);

/* What holds at the kinks, such as "x = 0: derivative 0". */
const char *netjac_kink_convention(netjac_network *network, int32_t index);

/*
 * How far the arguments inside the network are from the nearest kink of each node: the least |argument - kink| of
 * its elements, the least gap between the two largest (smallest) values for what takes an extreme, and between
 * neighbours in the order for what sorts. Distances are in units of that argument, not of x. 0 means at a kink.
 *
 * x          [samples][n]
 * distances  [samples][netjac_kink_count()], written; infinite where no kink can be reached.
 *
 * Returns what the functions of values and derivatives return.
 */
netjac_status netjac_kinks(netjac_network *network, int64_t samples, const double *x, double *distances);

netjac_status netjac_kinks_f32(netjac_network *network, int64_t samples, const float *x, float *distances);

/* ---- Graphs ---------------------------------------------------------------------------------------------- */
/*
 * A graph is built value by value, in the vocabulary of ONNX: the operator names and attributes of files are
 * those of graphs. A value is a number that a function of the graph handed out, and is valid for that graph
 * only. Shapes are as written: there is no batch axis. Every call checks shapes at once, so a mistake is
 * reported by the line that makes it, with the shapes and names of the operands. All float values are float64.
 * Recurrences are written as loops of the host language, which unroll. A graph may be used from one thread at a
 * time.
 *
 *   netjac_graph *graph = NULL;
 *   int32_t x, w, b, product, sum, y, gradient[2];
 *   int64_t rows[2] = {1, 3}, columns[2] = {3, 2}, bias[2] = {1, 2};
 *   netjac_graph_create(&graph);
 *   netjac_graph_input(graph, "x", 2, rows, &x);
 *   netjac_graph_parameter(graph, "W", 2, columns, weights, &w);
 *   netjac_graph_parameter(graph, "b", 2, bias, offsets, &b);
 *   int32_t factors[2] = {x, w};
 *   netjac_graph_apply(graph, "MatMul", 2, factors, NULL, 1, &product);
 *   int32_t terms[2] = {product, b};
 *   netjac_graph_apply(graph, "Add", 2, terms, NULL, 1, &sum);
 *   netjac_graph_apply(graph, "Tanh", 1, &sum, NULL, 1, &y);
 *   int32_t parameters[2] = {w, b};
 *   netjac_graph_gradients(graph, y, 2, parameters, gradient);
 *   netjac_graph_network(graph, 1, &x, 2, gradient, &network);
 *
 * The functions that return netjac_status return NETJAC_OK; NETJAC_ERROR_ARGUMENT for a bad handle or value, a
 * NULL pointer that must not be NULL, a name that is taken, or an unknown operator (the message lists similar
 * names); NETJAC_ERROR_SHAPE if shapes do not fit; NETJAC_ERROR_FORMAT or _UNSUPPORTED if an operator does not
 * take these attributes or operands; NETJAC_ERROR_MEMORY if a value is too large.
 */

/* A graph under construction. Made by netjac_graph_create(). */
typedef struct netjac_graph netjac_graph;

/*
 * A new, empty graph. Release it with netjac_graph_release(); networks made of it live on.
 */
netjac_status netjac_graph_create(netjac_graph **graph);

/*
 * Releases a graph. NULL is fine; a handle that is not (or no longer) valid is ignored.
 */
void netjac_graph_release(netjac_graph *graph);

/*
 * Adds an input: a value that a network made of this graph can take.
 *
 * name   Unique in the graph, not empty.
 * rank   The number of axes; 0 for a scalar.
 * dims   [rank], the length of each axis; NULL if rank is 0.
 * value  Receives the value.
 */
netjac_status netjac_graph_input(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims,
                                 int32_t *value);

/*
 * Adds a parameter: a value with numbers of its own, which training changes and netjac_save() stores by name.
 *
 * initial  The numbers, row-major.
 */
netjac_status netjac_graph_parameter(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims,
                                     const double *initial, int32_t *value);

/*
 * Adds a constant. Where an operator wants whole numbers (a shape, axes, indices), a constant of whole numbers
 * is taken as such.
 *
 * data   The numbers, row-major.
 */
netjac_status netjac_graph_constant(netjac_graph *graph, int32_t rank, const int64_t *dims, const double *data,
                                    int32_t *value);

/*
 * Applies an operator of ONNX, with the meaning of operator set 20 (or the newest one that NetJac knows).
 *
 * operator_name  Such as "MatMul", case-sensitive.
 * input_count    How many operands there are.
 * inputs         [input_count], the operands; -1 leaves out an optional one.
 * attributes     Attributes as "axis=1 keepdims=0 perm=1,0,2", or NULL for none.
 * output_count   How many results are wanted: the first ones that the operator has.
 * outputs        [output_count], receives the results.
 */
netjac_status netjac_graph_apply(netjac_graph *graph, const char *operator_name, int32_t input_count,
                                 const int32_t *inputs, const char *attributes, int32_t output_count,
                                 int32_t *outputs);

/*
 * Adds the gradients of the sum of all elements of y (of y itself if it is a scalar) with respect to values of
 * the graph: inputs, parameters or results. Gradients are values like others, so they can be used and
 * differentiated again. They are total: an x that another x depends on counts that dependence.
 *
 * y          A real value.
 * count      How many there are.
 * xs         [count], real values.
 * gradients  [count], receives the gradients, each with the shape of its x; zeros where y does not depend on x.
 */
netjac_status netjac_graph_gradients(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs,
                                     int32_t *gradients);

/*
 * Adds the derivative of y along a direction (forward mode): the sum over the xs of the Jacobian of y by x
 * times the tangent of x.
 *
 * tangents  [count], values with the shapes of the xs.
 * product   Receives the derivative, with the shape of y.
 */
netjac_status netjac_graph_jvp(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs,
                               const int32_t *tangents, int32_t *product);

/*
 * Makes a network of a graph. Its parameters are those of the graph that the outputs need; a parameter that is
 * listed among the inputs is an input instead. The graph can be used further.
 *
 * inputs        [input_count], inputs or parameters of the graph, in the order of the network's inputs.
 * outputs       [output_count], at least one value; the network calls those without a name y0, y1, ..., with _ behind where
 *               an input or another output has that name.
 * network       Receives the network. Release it with netjac_release().
 *
 * NETJAC_ERROR_ARGUMENT if an output needs an input that is not listed.
 */
netjac_status netjac_graph_network(netjac_graph *graph, int32_t input_count, const int32_t *inputs,
                                   int32_t output_count, const int32_t *outputs, netjac_network **network);

/*
 * Says how netjac_graph_text() shows a value, for a host language whose formulas are not those of ONNX. Once a value
 * has a notation, the texts show only inputs, parameters and values that have one: what a host needs in between is
 * its own business.
 *
 * notation  The formula, in which #1, #2, ... stand for the operands and ## for #, as in "#1 * #2", "sum(#1, 2)" or
 *           "[1 2 3]"; NULL: as the operator is written.
 * strength  How tightly it binds: + and - have 3, * and / 4, a sign in front 5, powers 7; an operand that binds less
 *           tightly is put into parentheses, and one that binds alike unless it stands at the start. 0: it binds
 *           without them, and so do its operands, as in "f(#1)".
 * count     How many operands there are.
 * operands  [count], values made before this one.
 * size      What stands for the shape; NULL: the shape.
 */
netjac_status netjac_graph_show(netjac_graph *graph, int32_t value, const char *notation, int32_t strength,
                                int32_t count, const int32_t *operands, const char *size);

/*
 * The graph as text.
 *
 * format  "text": a line for each value, for people.
 *         "dot": a drawing for Graphviz.
 *         "table": a line for each value, for programs. Five fields separated by tabs: the number of the value;
 *             "input", "parameter", "constant" or "operation"; its title (a name, an operator); its size, such as
 *             [3, 4]; the numbers of its operands, separated by commas. Control characters in names are written
 *             out, as \t and \n, so that they separate nothing.
 *         "program", "program dot", "program table": the same of all that is computed, in NetJac's primitive
 *             operations, with derivatives spelled out. They have numbers of their own, counted from 0.
 *         "value N", "value N LENGTH": the formula of value N, cut where it becomes longer than about LENGTH
 *             characters (default: 400; at most 1000000).
 * buffer, size, needed  As for netjac_jacobian_plan().
 */
netjac_status netjac_graph_text(const netjac_graph *graph, const char *format, char *buffer, size_t size,
                                size_t *needed);

/* The number of axes of a value; -1 on failure. */
int32_t netjac_graph_rank(const netjac_graph *graph, int32_t value);

/* The length of one axis of a value; -1 on failure. */
int64_t netjac_graph_dim(const netjac_graph *graph, int32_t value, int32_t axis);

/* ---- Training -------------------------------------------------------------------------------------------- */
/*
 * A trainer holds a copy of a network's parameters, its float initialisers, and changes them so that a loss
 * over samples becomes smaller. Any network can be trained: loaded, built as a graph, or made by netjac_mlp().
 * All computations are in float64. Results depend on the data, the options and the seed only. A trainer may be
 * used from one thread at a time.
 *
 * Options of netjac_trainer_create():
 *
 *   key                  default    meaning
 *
 *   loss                 mse        mse            mean over samples and outputs of (y - target)^2
 *                                   mae            mean of |y - target|
 *                                   huber          mean of d^2 / 2 where d = |y - target| is at most
 *                                                  huber_delta, else huber_delta (d - huber_delta / 2)
 *                                   cross_entropy  mean over samples of -sum target log softmax(y): y are
 *                                                  logits, targets one-hot or probabilities
 *   huber_delta          1
 *   optimizer            adam       sgd, adam, adamw, rmsprop, lbfgs, levenberg_marquardt (mse only)
 *   learning_rate        0.01 sgd; 0.001 adam, adamw, rmsprop; 1 lbfgs; levenberg_marquardt takes none
 *   momentum             0          of sgd and rmsprop
 *   nesterov             false      true: Nesterov momentum (sgd)
 *   beta1, beta2         0.9, 0.999 decay of the means of adam and adamw; beta2 is that of rmsprop (0.99)
 *   epsilon              1e-8
 *   weight_decay         0          adds weight_decay * parameter to the gradient; adamw: decoupled
 *   clip_norm            none       scales the gradient so that its Euclidean norm is at most this
 *   schedule             constant   of the learning rate over the steps t = 0, 1, ...:
 *                                   step           times schedule_factor every schedule_steps steps
 *                                   exponential    times schedule_factor ^ (t / schedule_steps)
 *                                   cosine         falls to schedule_factor times the start within
 *                                                  schedule_steps, and stays there
 *   schedule_steps       1000
 *   schedule_factor      0.1; cosine: 0
 *   warmup_steps         0          the learning rate grows linearly over this many first steps
 *   batch_size           32         samples of a step of netjac_trainer_fit(); "all" for all of them (which
 *                                   lbfgs and levenberg_marquardt take by default)
 *   shuffle              true       whether netjac_trainer_fit() takes the samples in a new order each epoch
 *   seed                 0          of the order and of the choice of held-out samples
 *   history              10         of lbfgs: how many steps the curvature is taken from
 *   damping              0.001      of levenberg_marquardt at the start
 *   jacobian_weight      0          > 0: Sobolev training. A target has, after its m values, the wanted
 *                                   Jacobian of m * n elements, row-major; the loss gains jacobian_weight
 *                                   times the mean squared error of the Jacobian
 *   scaling              none       standard: the trainer shifts and scales each input and output to mean 0 and
 *                                   standard deviation 1; range: to -1...1. The scales are those of the first
 *                                   samples that netjac_trainer_fit(), _step() or _loss() gets; one that never
 *                                   changes keeps its size, as do whole numbers and targets of cross_entropy. x
 *                                   and targets are given in the caller's units all the same, and
 *                                   netjac_trainer_network() takes and gives those; losses are those of the
 *                                   scaled numbers
 *   validation_fraction  0          netjac_trainer_fit() holds out this part of the samples, drawn by seed:
 *                                   netjac_trainer_held_out() tells which
 *   patience             none       netjac_trainer_fit() stops when the loss of the held-out samples has not
 *                                   become smaller for this many epochs (NaN is not smaller). The parameters of
 *                                   the smallest are those that netjac_trainer_network() and _parameters()
 *                                   give, and that the trainer goes back to when it stops
 *   min_delta            0          by how much it must become smaller
 *   parameters           *          names of the parameters to train, separated by commas; * stands for any
 *                                   characters; the others keep their values
 *   memory_limit                    as for netjac_load()
 *
 * The functions return NETJAC_OK; NETJAC_ERROR_ARGUMENT for a bad handle or pointer; NETJAC_ERROR_OPTION if
 * options contradict each other or the network; NETJAC_ERROR_MEMORY if a step needs more than memory_limit;
 * NETJAC_ERROR_NOT_FINITE if the loss or the parameters become NaN or infinite: training then stops, and the
 * trainer holds the last parameters whose loss was finite.
 */

/* A network in training. Made by netjac_trainer_create(). */
typedef struct netjac_trainer netjac_trainer;

/*
 * A trainer for a copy of a network's parameters; the network itself never changes.
 *
 * options  Options, or NULL for the defaults. They are read during the call only.
 * trainer  Receives the trainer. Release it with netjac_trainer_release().
 */
netjac_status netjac_trainer_create(const netjac_network *network, const netjac_options *options,
                                    netjac_trainer **trainer);

/* n: how many scalars x of one sample has; -1 on failure. */
int64_t netjac_trainer_input_size(const netjac_trainer *trainer);

/* m: how many outputs one sample has; -1 on failure. */
int64_t netjac_trainer_output_size(const netjac_trainer *trainer);

/* How many scalars the target of one sample has: m, with jacobian_weight m + m * n; -1 on failure. */
int64_t netjac_trainer_target_size(const netjac_trainer *trainer);

/*
 * One step of the optimizer on all given samples. The first step with a new number of samples compiles and
 * allocates; later ones do not.
 *
 * samples  At least 1.
 * x        [samples][n]
 * target   [samples][netjac_trainer_target_size()]
 * loss     Receives the loss before the step; NULL if not wanted.
 */
netjac_status netjac_trainer_step(netjac_trainer *trainer, int64_t samples, const double *x,
                                  const double *target, double *loss);

/*
 * Several passes over samples in steps of batch_size.
 *
 * epochs  How many passes; 0 or more. Several calls with one pass do what one call with several does.
 * losses  [epochs], receives the mean loss of each epoch's steps; NaN for the epochs that early stopping
 *         saved; NULL if not wanted. After NETJAC_ERROR_NOT_FINITE untouched.
 */
netjac_status netjac_trainer_fit(netjac_trainer *trainer, int64_t samples, const double *x,
                                 const double *target, int32_t epochs, double *losses);

/*
 * Holds out samples of the caller's, of which the trainer keeps a copy: netjac_trainer_fit() takes its losses after
 * each epoch as it does with validation_fraction, which must be 0. Replaces those held out before.
 */
netjac_status netjac_trainer_hold_out(netjac_trainer *trainer, int64_t samples, const double *x,
                                      const double *target);

/*
 * Which of so many samples netjac_trainer_fit() holds out (option validation_fraction): the same for the same seed,
 * fraction and number.
 *
 * count   Receives how many there are; NULL if not wanted.
 * places  [count], receives their places among the samples, counted from 0, ascending; NULL: count only.
 */
netjac_status netjac_trainer_held_out(netjac_trainer *trainer, int64_t samples, int64_t *count, int64_t *places);

/*
 * The losses of the held-out samples after each epoch of the last netjac_trainer_fit().
 *
 * count   Receives how many epochs there were; NULL if not wanted.
 * losses  [count], written; NaN for epochs that early stopping saved and where no samples are held out; NULL: count
 *         only.
 */
netjac_status netjac_trainer_held_out_losses(const netjac_trainer *trainer, int64_t *count, double *losses);

/*
 * The epoch after which the loss of the held-out samples was smallest, by min_delta at least; counted from 1 over
 * all calls of netjac_trainer_fit(). 0 if there is none; -1 on failure.
 */
int64_t netjac_trainer_best_epoch(const netjac_trainer *trainer);

/* 1 if patience has ended training, so that netjac_trainer_fit() does nothing any more; else 0. -1 on failure. */
int32_t netjac_trainer_has_stopped(const netjac_trainer *trainer);

/*
 * The scales in use (option scaling), as netjac_scaled() takes them; 0 and 1 where nothing is scaled, and as long as
 * there were no samples. Any pointer may be NULL.
 *
 * input_offset, input_scale    [n], written.
 * output_offset, output_scale  [m], written.
 */
netjac_status netjac_trainer_scales(const netjac_trainer *trainer, double *input_offset, double *input_scale,
                                    double *output_offset, double *output_scale);

/*
 * The loss over samples with the present parameters, without a step: for validation.
 *
 * loss  Receives the loss.
 */
netjac_status netjac_trainer_loss(netjac_trainer *trainer, int64_t samples, const double *x,
                                  const double *target, double *loss);

/*
 * A network with the trained parameters (option patience tells which), independent of the trainer.
 *
 * network  Receives the network. Release it with netjac_release().
 */
netjac_status netjac_trainer_network(const netjac_trainer *trainer, netjac_network **network);

/*
 * The trained parameters, and those that are not trained, in the file's order of initialisers, each row-major.
 *
 * count   Receives how many numbers there are; NULL if not wanted.
 * values  [count], written; NULL: count only.
 */
netjac_status netjac_trainer_parameters(const netjac_trainer *trainer, int64_t *count, double *values);

/*
 * Releases a trainer. NULL is fine; a handle that is not (or no longer) valid is ignored.
 */
void netjac_trainer_release(netjac_trainer *trainer);

/* ---- Making and saving networks -------------------------------------------------------------------------- */

/*
 * A network of fully connected layers: y = W x + b for each, with the activation between them. Weights start
 * uniform in +-sqrt(6 / (inputs + outputs)), for relu in +-sqrt(6 / inputs); biases start at 0. Parameters are
 * called layer1.weight, layer1.bias, layer2.weight, ...; weights have shape [outputs, inputs].
 *
 * layer_count  Length of sizes, at least 2.
 * sizes        [layer_count], the number of inputs, of neurons of each hidden layer, and of outputs.
 * activation   "tanh", "relu", "sigmoid", "softplus", "elu", "gelu", "silu", "sine" or "identity".
 * seed         Of the random numbers; the same seed gives the same network on every machine.
 * network      Receives the network. Release it with netjac_release().
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT or NETJAC_ERROR_MEMORY.
 */
netjac_status netjac_mlp(int32_t layer_count, const int64_t *sizes, const char *activation, int64_t seed,
                         netjac_network **network);

/*
 * The network for scaled variables: y = output_offset + output_scale * f((x - input_offset) / input_scale),
 * element by element. So a network that was trained on scaled samples takes and gives, and differentiates, in
 * the user's units. The scales are no parameters.
 *
 * input_offset, input_scale    [n]; NULL for 0 and 1.
 * output_offset, output_scale  [m]; NULL for 0 and 1.
 * scaled                       Receives the new network. Release it with netjac_release().
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT (also for a scale that is 0 or not finite) or _MEMORY.
 */
netjac_status netjac_scaled(const netjac_network *network, const double *input_offset,
                            const double *input_scale, const double *output_offset,
                            const double *output_scale, netjac_network **scaled);

/*
 * Saves a network as an ONNX file, with its parameters under their names. The file is written beside `path` and
 * then renamed, so that a failure leaves an old file whole. Floats are stored in the network's precision, so
 * loading the file in that precision gives the same numbers. What ONNX has several operators for instead of one, such
 * as a Fourier transform of windows, may differ in its last bits, and so may Hessians. An output that has the name of
 * an input or another output gets one of its own. A network with a batch axis has one in the file, of any length,
 * where its operations allow that, else of length 1. Convolutions are written as such in single
 * precision (option precision); of images whose channels stand last, as in Keras, sums may then be taken in
 * another order, which changes their last bits. In double, for which ONNX Runtime has no convolutions, they are
 * written as windows that are picked and multiplied, which netjac_load() takes for convolutions again. What ONNX
 * has no operator for, such as a value that passes no derivative, is a function of the file in the domain
 * "netjac": netjac_load() knows its derivative, others run its body.
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT, NETJAC_ERROR_FILE if the file cannot be written, or
 * NETJAC_ERROR_UNSUPPORTED if an operation cannot be expressed in ONNX.
 */
netjac_status netjac_save(const netjac_network *network, const char *path);

/*
 * Saves outputs and Jacobian as one ONNX file: the network's outputs, then an output "jacobian" of shape
 * [batch, m, n] (or [m, n] where there is no batch axis). Sums in it may be taken in another order than those of
 * netjac_forward() and netjac_jacobian(), which changes last bits. Otherwise as netjac_save().
 */
netjac_status netjac_save_jacobian(const netjac_network *network, const char *path);

/* ---- Stores of samples ----------------------------------------------------------------------------------- */
/*
 * A store keeps the samples of expensive simulators in a database, so that nothing is simulated twice. It holds
 * studies: a study is one simulator with named inputs and outputs. n is the number of its input scalars, m that of
 * its outputs.
 *
 *   netjac_store *store = NULL;
 *   netjac_study *foot = NULL;
 *   netjac_store_open("foot.db", NULL, &store);
 *   netjac_study_open(store, "foot", NULL, &foot);
 *   netjac_study_variable(foot, NETJAC_INPUT, "speed", 1, "unit=m/s lower=0 upper=0.3");
 *   netjac_study_variable(foot, NETJAC_OUTPUT, "force", 1, "unit=N");
 *   netjac_study_design(foot, "sobol", 0, 64, 1, x);
 *   netjac_study_add(foot, 64, x, "initial", 0, NULL, NULL);
 *   while (netjac_study_claim(foot, 1, NULL, 0, &id, &token, x, &claimed) == NETJAC_OK && claimed == 1) {
 *     simulate(x, y);
 *     netjac_study_put(foot, 1, &id, &token, y, NULL, NULL, NULL);
 *   }
 *
 * Life       A point that is added waits; claiming makes it run; a result makes it done, a failure failed. A claim is
 *            a lease that the library renews from a thread of its own as long as the process lives. When a worker
 *            dies, its points wait again after the lease; a result that comes late is taken all the same, unless
 *            the point is done by then. A point whose attempts are used up has failed, until it is retried.
 *            A discarded sample stays as a record, and its point may be simulated anew.
 *
 * Equality   Points are equal if all bits are, -0 being 0. An input with a step is rounded to lower + k * step
 *            first. The options equality and tolerance of a study make points equal that are near each other:
 *            then the nearest one is meant. Inputs are finite numbers within their bounds. NaN and infinity are
 *            results like any other.
 *
 * Durability What netjac_study_put() acknowledged survives the end of the process and the loss of power. Results
 *            that a database does not take within the option retry are kept in the spool, a small store beside
 *            the caller, and delivered when the store is opened again. The same holds for netjac_study_insert() and
 *            netjac_study_put_array().
 *
 * Databases  An SQLite file may be used by many processes of one machine at a time, a PostgreSQL server by many machines.
 *            Both are meant to be looked at: the table of a study is called like it, with one column for each scalar,
 *            and the view NAME_done shows what is done. On a server they are in the schema netjac, and a connection
 *            that is lost is made anew. After a fork the child may go on using its handles.
 *
 * Errors     The functions return NETJAC_OK; NETJAC_ERROR_ARGUMENT for handles, NULL, sizes, names, points that are
 *            out of bounds or not finite, and ids that were not found; NETJAC_ERROR_STORE if the database cannot be
 *            reached, stays locked, is full or damaged; NETJAC_ERROR_CONFLICT if store and caller disagree; others
 *            where their comment says so. One handle may be used from any number of threads, which take turns.
 */

/* A database of studies. Made by netjac_store_open(). */
typedef struct netjac_store netjac_store;

/* A simulator's samples in a store. Made by netjac_study_open(). */
typedef struct netjac_study netjac_study;

/* Whether a variable is an input or an output of the simulator. */
enum netjac_role_code { NETJAC_INPUT = 0, NETJAC_OUTPUT = 1 };

/* Where a point is in its life. */
enum netjac_state_code {
  NETJAC_ABSENT = 0,
  NETJAC_WAITING = 1,
  NETJAC_RUNNING = 2,
  NETJAC_DONE = 3,
  NETJAC_FAILED = 4,
  NETJAC_DISCARDED = 5
};

/*
 * Opens a store.
 *
 * Options, which netjac_options_set() takes beside those of networks:
 *
 *   key            default           meaning
 *
 *   mode           create            create: makes what is not there; write: an existing store; read: never writes
 *   busy_timeout   60                for how many seconds a call waits for locks of other programs, and for a server that
 *                                    has gone away
 *   retry          60                for how many seconds results are offered to a database before the spool takes
 *                                    them
 *   journal        auto              delete or wal, SQLite's ways to keep a transaction whole; wal is refused with
 *                                    the versions of SQLite whose wal can damage a file
 *   spool          netjac-unsent.db  the file of the spool, in the working folder of the caller
 *   schema         netjac            of a server's database, for stores beside each other
 *   libpq          libpq.so.5        the library that speaks to a server
 *
 * url      A path, "sqlite:PATH", or "postgresql://USER@HOST/DATABASE" with all that libpq knows of such addresses. The
 *          password is best kept in ~/.pgpass or in PGPASSWORD; it is never stored or shown. The server is PostgreSQL
 *          12 or newer, and the client library comes with the package libpq5; nothing else needs it.
 * options  Options, or NULL for the defaults. They are read during the call only.
 * store    Receives the store. Left untouched on failure. Release it with netjac_store_release().
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT, _OPTION, _FILE (not there, or not to be written), _FORMAT (no store),
 * _UNSUPPORTED (no client library), _STORE or _CONFLICT (made by a newer library, or in use by another machine where only one may).
 */
netjac_status netjac_store_open(const char *url, const netjac_options *options, netjac_store **store);

/*
 * Releases a store and gives back the claims that it still holds. Its studies can be used no more and should be
 * released, too. NULL is fine; a handle that is not (or no longer) valid is ignored.
 */
void netjac_store_release(netjac_store *store);

/* How many studies a store has; -1 on failure. */
int32_t netjac_store_study_count(netjac_store *store);

/* The name of a study, in alphabetical order; NULL on failure. The string lives as long as the store. */
const char *netjac_store_study_name(netjac_store *store, int32_t index);

/*
 * What a store has to say.
 *
 * what    "summary" (studies, versions, counts), "schema" (the SQL of its tables), "check" ("ok", or what is wrong:
 *         the database's own check, and all keys computed again), "unsent" (what waits in the spool).
 * buffer  Receives the text, cut off to fit; NULL if not wanted.
 * size    Length of buffer in bytes.
 * needed  Receives the bytes that the whole text needs, with its zero byte; NULL if not wanted.
 */
netjac_status netjac_store_text(netjac_store *store, const char *what, char *buffer, size_t size, size_t *needed);

/*
 * Copies a store into a new SQLite file, consistently, while others write. A store on a server is copied sample by sample:
 * points that run wait in the copy, discarded samples and the records of attempts stay behind. NETJAC_ERROR_FILE if
 * the file is there already or cannot be written.
 */
netjac_status netjac_store_backup(netjac_store *store, const char *path);

/*
 * Opens a study. Makes an empty one if there is none and the store's mode is create.
 *
 * Options:
 *
 *   key         default       meaning
 *
 *   equality    exact         exact; absolute: |a - b| <= tolerance for each input; relative: the same with
 *                             tolerance * (upper - lower), for logarithmic inputs in log10
 *   tolerance   0             of inputs that are declared without one of their own
 *   lease       60            for how many seconds a worker that is not heard of keeps its points
 *   attempts    3             how often a point is tried that fails or whose lease ends
 *   worker      HOST:PROCESS  what this worker is called in the store
 *
 * equality, lease and attempts belong to the study: NETJAC_ERROR_CONFLICT if it has others.
 *
 * name   Letters a-z and A-Z, digits and _, at most 63; not starting with netjac_ or nj_.
 * study  Receives the study. Release it with netjac_study_release().
 */
netjac_status netjac_study_open(netjac_store *store, const char *name, const netjac_options *options,
                                netjac_study **study);

/* Releases a study. NULL is fine; a handle that is not (or no longer) valid is ignored. */
void netjac_study_release(netjac_study *study);

/*
 * Declares a variable. Declaring the same again is fine; anything else is NETJAC_ERROR_CONFLICT, and the message lists
 * the differences. Outputs may be added at any time: older samples lack them, and reads of y skip those. Inputs
 * may be added while there are no samples, or with a default.
 *
 * role     NETJAC_INPUT or NETJAC_OUTPUT.
 * name     As that of a study; not "sample".
 * size     How many scalars: 1; k for a vector; 0 for an output whose length varies from sample to sample. Such
 *          an output is no part of y; see netjac_study_put_array().
 * details  "unit=m/s lower=0.01 upper=0.3 step=1e-6 tolerance=1e-9 scale=log default=0.1 description=...", each of them
 *          optional; a value reaches to the next key. NULL for none, or for those that are stored.
 */
netjac_status netjac_study_variable(netjac_study *study, int32_t role, const char *name, int64_t size,
                                    const char *details);

/*
 * Chooses the version of the simulator that later calls work in, and that the study has when it is opened next; makes
 * it if it is new. Results of different versions are not mixed unless a filter asks for it. Without this call
 * the version is the last one that was chosen, or "default".
 *
 * label       Its name.
 * simulator   The version of the simulator's program; NULL for none.
 * parameters  Constant parameters as JSON; NULL for none, or for those that are stored. NETJAC_ERROR_CONFLICT if the
 *             label has others.
 * source      A hash of the simulator's source; NULL for none. If it changes under the same label, the summary
 *             says so.
 */
netjac_status netjac_study_version(netjac_study *study, const char *label, const char *simulator,
                                   const char *parameters, const char *source);

/* n or m; -1 on failure. */
int64_t netjac_study_size(netjac_study *study, int32_t role);

/* How many inputs or outputs; -1 on failure. */
int32_t netjac_study_variable_count(netjac_study *study, int32_t role);

/* The name of an input or output; NULL on failure. The string lives as long as the study. */
const char *netjac_study_variable_name(netjac_study *study, int32_t role, int32_t index);

/* How many scalars an input or output has; 0 for an output whose length varies; -1 on failure. */
int64_t netjac_study_variable_size(netjac_study *study, int32_t role, int32_t index);

/* The details of an input or output, as it was declared; NULL on failure. The string lives as long as the study. */
const char *netjac_study_variable_details(netjac_study *study, int32_t role, int32_t index);

/* The bounds of the inputs, [n] each; -infinity and infinity where there are none. */
netjac_status netjac_study_bounds(netjac_study *study, double *lower, double *upper);

/*
 * Looks points up, all in one transaction. Each of the arrays that are written may be NULL.
 *
 * x         [samples][n]
 * ids       [samples], the numbers of the samples; 0 if there is none.
 * states    [samples], NETJAC_ABSENT and so on.
 * y         [samples][m]; NaN unless done.
 * jacobian  [samples][m][n]; NaN unless known.
 * seconds   [samples], how long the simulation took; NaN unless known.
 */
netjac_status netjac_study_find(netjac_study *study, int64_t samples, const double *x, int64_t *ids,
                                int32_t *states, double *y, double *jacobian, double *seconds);

/*
 * Enters points as waiting, all in one transaction. Points that are known keep what they have.
 *
 * x         [samples][n]
 * tag       A word to find these points by; NULL for none.
 * priority  Points of higher priority are claimed first.
 * ids       [samples], the numbers of the samples; NULL if not wanted.
 * added     Receives how many were new; NULL if not wanted.
 */
netjac_status netjac_study_add(netjac_study *study, int64_t samples, const double *x, const char *tag,
                               double priority, int64_t *ids, int64_t *added);

/*
 * Takes points to simulate: those that wait or whose lease ended, highest priority first, then in the order of entry.
 * NETJAC_OK with claimed = 0 means that nothing is left.
 *
 * most     At most so many.
 * filter   Which ones, as for netjac_study_count() but of any status; NULL for all of the version.
 * wait     For so many seconds, as long as all that are left run elsewhere; may be infinite.
 * ids      [most], the numbers of the samples.
 * tokens   [most], the numbers of the claims, to be given with the result.
 * x        [most][n]
 * claimed  Receives how many were taken.
 */
netjac_status netjac_study_claim(netjac_study *study, int64_t most, const char *filter, double wait, int64_t *ids,
                                 int64_t *tokens, double *x, int64_t *claimed);

/*
 * Stores the results of claims, all in one transaction. Doing so again is harmless. A result for a point that is done
 * already changes nothing; if it differs, it is kept as an attempt, and the summary counts it.
 * NETJAC_ERROR_STORE: the database did not take them, and they are in the spool unless the message says otherwise.
 *
 * ids, tokens  [samples], from netjac_study_claim().
 * y            [samples][m]
 * jacobian     [samples][m][n], NaN where not known; or NULL.
 * seconds      [samples], how long each took; NULL: since the claim.
 * taken        [samples], 1, or 0 where the point was done already; NULL if not wanted.
 */
netjac_status netjac_study_put(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens,
                               const double *y, const double *jacobian, const double *seconds, int32_t *taken);

/*
 * Stores an output of size 0, or of more than 8 elements, of one sample.
 *
 * size    Length of values; if the output has a size, that.
 */
netjac_status netjac_study_put_array(netjac_study *study, int64_t id, const char *output, int64_t size,
                                     const double *values);

/*
 * Reads such an output.
 *
 * values  [size], receives the numbers, as many as fit; NULL if not wanted.
 * needed  Receives how many there are; NULL if not wanted.
 */
netjac_status netjac_study_get_array(netjac_study *study, int64_t id, const char *output, double *values,
                                     int64_t size, int64_t *needed);

/*
 * Reports that a simulation failed. The point waits for another attempt, unless its attempts are used up.
 *
 * message  What happened; NULL for nothing known.
 * final    Not 0: it has failed at once.
 */
netjac_status netjac_study_fail(netjac_study *study, int64_t id, int64_t token, const char *message,
                                int32_t final);

/* Gives claims back unsimulated, which is no failure. Claims that were lost meanwhile are ignored. */
netjac_status netjac_study_return(netjac_study *study, int64_t samples, const int64_t *ids,
                                  const int64_t *tokens);

/*
 * For programs that claim in one process and put in another: keeps claims for so many seconds from now. After that
 * this process neither renews them nor gives them back.
 */
netjac_status netjac_study_extend(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens,
                                  double seconds);

/*
 * Stores results from elsewhere, without claims, all in one transaction.
 *
 * x, y      [samples][n] and [samples][m]
 * jacobian  [samples][m][n], or NULL.
 * tag       As for netjac_study_add().
 * inserted  Receives how many points were not done before; NULL if not wanted.
 */
netjac_status netjac_study_insert(netjac_study *study, int64_t samples, const double *x, const double *y,
                                  const double *jacobian, const char *tag, int64_t *inserted);

/*
 * Counts samples.
 *
 * filter  Conditions that must all hold, as in
 *         "status=done version=current tag=initial,refine3 speed>=0.1 speed<0.3 finished>=2026-11-01".
 *         There are =, != (both with several values, separated by commas), <, <=, > and >= for status, version,
 *         tag, worker, error, sample, attempts, priority, seconds, created, started, finished, inputs and outputs
 *         that are no long vectors. Values with spaces stand in quotes, as does the name of a variable that is called
 *         like one of these. status=all and version=all mean any. What a filter does not name is status=done
 *         and version=current; NULL names nothing.
 * count   Receives how many samples match.
 */
netjac_status netjac_study_count(netjac_study *study, const char *filter, int64_t *count);

/*
 * Reads samples in the order of entry. Samples that lack an output are skipped if y is wanted. To go on, pass the last
 * id as `after`.
 *
 * filter    As for netjac_study_count().
 * after     Only samples after this one; 0: from the start.
 * most      At most so many.
 * ids       [most], x [most][n], y [most][m], jacobian [most][m][n]: each may be NULL.
 * count     Receives how many were read.
 */
netjac_status netjac_study_read(netjac_study *study, const char *filter, int64_t after, int64_t most, int64_t *ids,
                                double *x, double *y, double *jacobian, int64_t *count);

/*
 * Tells what is known of samples besides their inputs and outputs: a line for each, in the order of entry, that ends in
 * a newline; fields are separated by tabs, and empty where nothing is known. In them \t, \n, \r and \\ stand for tab,
 * newline, carriage return and backslash. Also of samples that lack an output.
 *
 * filter        As for netjac_study_count().
 * after, most   As for netjac_study_read().
 * fields        Names separated by commas: sample, status, version, tag, priority, attempts, seconds, worker, created,
 *               started, finished, error (of the last attempt that failed). NULL for all, in this order.
 * buffer, size, needed   As for netjac_store_text().
 */
netjac_status netjac_study_records(netjac_study *study, const char *filter, int64_t after, int64_t most,
                                   const char *fields, char *buffer, size_t size, size_t *needed);

/*
 * Changes samples.
 *
 * filter   As for netjac_study_count(), but without a status it means all that the action applies to.
 * action   "retry" (failed ones wait again; with status=running, running ones), "discard" or "discard=REASON" (kept as
 *          a record only), "delete" (not running ones; needs a filter), "tag=NAME", "priority=NUMBER".
 * changed  Receives how many; NULL if not wanted.
 */
netjac_status netjac_study_change(netjac_study *study, const char *filter, const char *action, int64_t *changed);

/*
 * Writes samples to a new file: a table as text (.csv), all numbers exact, or a store of its own (.db).
 * NETJAC_ERROR_FILE if the file is there already or cannot be written.
 *
 * filter  As for netjac_study_count().
 */
netjac_status netjac_study_export(netjac_study *study, const char *filter, const char *path);

/*
 * Reads samples from a file: a table with the names of all inputs and of outputs in its first line (.csv), or a store
 * with a study of the same name and variables (.db), of which all versions are taken. Points that are done
 * already keep what they have. All or nothing.
 *
 * inserted  Receives how many results were new; NULL if not wanted.
 *
 * Returns NETJAC_OK, NETJAC_ERROR_ARGUMENT, _FILE, _FORMAT, _STORE or _CONFLICT (other variables).
 */
netjac_status netjac_study_import(netjac_study *study, const char *path, int64_t *inserted);

/*
 * Makes up points between the bounds, evenly on each input's scale and rounded to its step. All inputs need bounds.
 *
 * kind     "sobol" (at most 64 inputs; scrambled by seed, and continued by from), "latin" (a Latin hypercube whose
 *          points keep apart), "random", "grid", "corners", "fill" (far from each other and from all samples of
 *          the version).
 * from     The number of the first point of the sequence, from 0 on.
 * samples  How many points.
 * seed     Of the random numbers; the same seed gives the same points on every machine.
 * x        [samples][n], receives the points.
 */
netjac_status netjac_study_design(netjac_study *study, const char *kind, int64_t from, int64_t samples,
                                  int64_t seed, double *x);

#ifdef __cplusplus
}
#endif

#endif
