/*
 * netjac_thunk.c - The functions through which MATLAB's calllib calls libnetjac, one for each signature.
 *
 * Written by netjac_generate from include/netjac.h; do not edit. To be built as a shared library named
 * netjac_thunk, beside libnetjac. MATLAB places every argument at a multiple of 8 bytes.
 */
#include <stdint.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define ARGUMENT(type, index) (*(type const *)(arguments + 8 * (index)))

/* const char * netjac_version(void) */
EXPORT char *cstringvoidThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((char *(*)(void))function)();
}

/* const char * netjac_status_name(netjac_status status) */
EXPORT char *cstringint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((char *(*)(int32_t))function)(ARGUMENT(int32_t, 0));
}

/* int32_t netjac_handle_kind(const void *handle) */
EXPORT int32_t int32voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *))function)(ARGUMENT(void *, 0));
}

/* netjac_options * netjac_options_create(void) */
EXPORT void *voidPtrvoidThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((void *(*)(void))function)();
}

/* netjac_status netjac_options_set(netjac_options *options, const char *key, const char *value) */
EXPORT int32_t int32voidPtrcstringcstringThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, char *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(char *, 2));
}

/* void netjac_options_release(netjac_options *options) */
EXPORT void voidvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  ((void (*)(void *))function)(ARGUMENT(void *, 0));
}

/* netjac_status netjac_load(const char *path, const netjac_options *options, netjac_network **network) */
EXPORT int32_t int32cstringvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(char *, void *, void *))function)(ARGUMENT(char *, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(void *, 2));
}

/* netjac_status netjac_load_bytes(const void *bytes, size_t size, const netjac_options *options, netjac_network **network) */
EXPORT int32_t int32voidPtruint64voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, uint64_t, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(uint64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3));
}

/* const char * netjac_input_name(const netjac_network *network, int32_t index) */
EXPORT char *cstringvoidPtrint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((char *(*)(void *, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1));
}

/* int32_t netjac_input_rank(const netjac_network *network, int32_t index) */
EXPORT int32_t int32voidPtrint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1));
}

/* int64_t netjac_input_dim(const netjac_network *network, int32_t index, int32_t axis) */
EXPORT int64_t int64voidPtrint32int32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int64_t (*)(void *, int32_t, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(int32_t, 2));
}

/* int64_t netjac_input_size(const netjac_network *network) */
EXPORT int64_t int64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int64_t (*)(void *))function)(ARGUMENT(void *, 0));
}

/* netjac_status netjac_forward(netjac_network *network, int64_t samples, const double *x, double *y) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3));
}

/* netjac_status netjac_jacobian(netjac_network *network, int64_t samples, const double *x, double *y, double *jacobian, netjac_order order) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrvoidPtrint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, void *, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(int32_t, 5));
}

/* netjac_status netjac_jvp(netjac_network *network, int64_t samples, const double *x, const double *tangent, double *y, double *product) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_hessian(netjac_network *network, int64_t samples, const double *x, const double *weights, double *hessian) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_jacobian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers, int64_t *row_indices) */
EXPORT int32_t int32voidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3));
}

/* netjac_status netjac_prepare(netjac_network *network, const char *task, int64_t samples) */
EXPORT int32_t int32voidPtrcstringint64Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int64_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int64_t, 2));
}

/* netjac_status netjac_jacobian_plan(netjac_network *network, char *buffer, size_t size, size_t *needed) */
EXPORT int32_t int32voidPtrcstringuint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, uint64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(uint64_t, 2),
    ARGUMENT(void *, 3));
}

/* netjac_status netjac_network_plan(netjac_network *network, const char *task, char *buffer, size_t size, size_t *needed) */
EXPORT int32_t int32voidPtrcstringcstringuint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, char *, uint64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(uint64_t, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_jacobian_seeds(netjac_network *network, int64_t *seeds) */
EXPORT int32_t int32voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(void *, 1));
}

/* netjac_status netjac_graph_input(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims, int32_t *value) */
EXPORT int32_t int32voidPtrcstringint32voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int32_t, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int32_t, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_graph_parameter(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims, const double *initial, int32_t *value) */
EXPORT int32_t int32voidPtrcstringint32voidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int32_t, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int32_t, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_graph_constant(netjac_graph *graph, int32_t rank, const int64_t *dims, const double *data, int32_t *value) */
EXPORT int32_t int32voidPtrint32voidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_graph_apply(netjac_graph *graph, const char *operator_name, int32_t input_count, const int32_t *inputs, const char *attributes, int32_t output_count, int32_t *outputs) */
EXPORT int32_t int32voidPtrcstringint32voidPtrcstringint32voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int32_t, void *, char *, int32_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int32_t, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(char *, 4),
    ARGUMENT(int32_t, 5),
    ARGUMENT(void *, 6));
}

/* netjac_status netjac_graph_gradients(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs, int32_t *gradients) */
EXPORT int32_t int32voidPtrint32int32voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, int32_t, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(int32_t, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_graph_jvp(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs, const int32_t *tangents, int32_t *product) */
EXPORT int32_t int32voidPtrint32int32voidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, int32_t, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(int32_t, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_graph_network(netjac_graph *graph, int32_t input_count, const int32_t *inputs, int32_t output_count, const int32_t *outputs, netjac_network **network) */
EXPORT int32_t int32voidPtrint32voidPtrint32voidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, void *, int32_t, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(int32_t, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_graph_show(netjac_graph *graph, int32_t value, const char *notation, int32_t strength, int32_t count, const int32_t *operands, const char *size) */
EXPORT int32_t int32voidPtrint32cstringint32int32voidPtrcstringThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, char *, int32_t, int32_t, void *, char *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(int32_t, 3),
    ARGUMENT(int32_t, 4),
    ARGUMENT(void *, 5),
    ARGUMENT(char *, 6));
}

/* netjac_status netjac_trainer_create(const netjac_network *network, const netjac_options *options, netjac_trainer **trainer) */
EXPORT int32_t int32voidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(void *, 2));
}

/* netjac_status netjac_trainer_fit(netjac_trainer *trainer, int64_t samples, const double *x, const double *target, int32_t epochs, double *losses) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrint32voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, int32_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(int32_t, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_trainer_scales(const netjac_trainer *trainer, double *input_offset, double *input_scale, double *output_offset, double *output_scale) */
EXPORT int32_t int32voidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_mlp(int32_t layer_count, const int64_t *sizes, const char *activation, int64_t seed, netjac_network **network) */
EXPORT int32_t int32int32voidPtrcstringint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(int32_t, void *, char *, int64_t, void *))function)(ARGUMENT(int32_t, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_scaled(const netjac_network *network, const double *input_offset, const double *input_scale, const double *output_offset, const double *output_scale, netjac_network **scaled) */
EXPORT int32_t int32voidPtrvoidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, void *, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(void *, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_save(const netjac_network *network, const char *path) */
EXPORT int32_t int32voidPtrcstringThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1));
}

/* netjac_status netjac_study_open(netjac_store *store, const char *name, const netjac_options *options, netjac_study **study) */
EXPORT int32_t int32voidPtrcstringvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3));
}

/* netjac_status netjac_study_variable(netjac_study *study, int32_t role, const char *name, int64_t size, const char *details) */
EXPORT int32_t int32voidPtrint32cstringint64cstringThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int32_t, char *, int64_t, char *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(char *, 4));
}

/* netjac_status netjac_study_version(netjac_study *study, const char *label, const char *simulator, const char *parameters, const char *source) */
EXPORT int32_t int32voidPtrcstringcstringcstringcstringThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, char *, char *, char *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(char *, 3),
    ARGUMENT(char *, 4));
}

/* int64_t netjac_study_size(netjac_study *study, int32_t role) */
EXPORT int64_t int64voidPtrint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int64_t (*)(void *, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1));
}

/* const char * netjac_study_variable_name(netjac_study *study, int32_t role, int32_t index) */
EXPORT char *cstringvoidPtrint32int32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((char *(*)(void *, int32_t, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int32_t, 1),
    ARGUMENT(int32_t, 2));
}

/* netjac_status netjac_study_find(netjac_study *study, int64_t samples, const double *x, int64_t *ids, int32_t *states, double *y, double *jacobian, double *seconds) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5),
    ARGUMENT(void *, 6),
    ARGUMENT(void *, 7));
}

/* netjac_status netjac_study_add(netjac_study *study, int64_t samples, const double *x, const char *tag, double priority, int64_t *ids, int64_t *added) */
EXPORT int32_t int32voidPtrint64voidPtrcstringdoublevoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, char *, double, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(char *, 3),
    ARGUMENT(double, 4),
    ARGUMENT(void *, 5),
    ARGUMENT(void *, 6));
}

/* netjac_status netjac_study_claim(netjac_study *study, int64_t most, const char *filter, double wait, int64_t *ids, int64_t *tokens, double *x, int64_t *claimed) */
EXPORT int32_t int32voidPtrint64cstringdoublevoidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, char *, double, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(double, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5),
    ARGUMENT(void *, 6),
    ARGUMENT(void *, 7));
}

/* netjac_status netjac_study_put_array(netjac_study *study, int64_t id, const char *output, int64_t size, const double *values) */
EXPORT int32_t int32voidPtrint64cstringint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, char *, int64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(void *, 4));
}

/* netjac_status netjac_study_get_array(netjac_study *study, int64_t id, const char *output, double *values, int64_t size, int64_t *needed) */
EXPORT int32_t int32voidPtrint64cstringvoidPtrint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, char *, void *, int64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(int64_t, 4),
    ARGUMENT(void *, 5));
}

/* netjac_status netjac_study_fail(netjac_study *study, int64_t id, int64_t token, const char *message, int32_t final) */
EXPORT int32_t int32voidPtrint64int64cstringint32Thunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, int64_t, char *, int32_t))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(int64_t, 2),
    ARGUMENT(char *, 3),
    ARGUMENT(int32_t, 4));
}

/* netjac_status netjac_study_extend(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens, double seconds) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrdoubleThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, double))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(double, 4));
}

/* netjac_status netjac_study_insert(netjac_study *study, int64_t samples, const double *x, const double *y, const double *jacobian, const char *tag, int64_t *inserted) */
EXPORT int32_t int32voidPtrint64voidPtrvoidPtrvoidPtrcstringvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, int64_t, void *, void *, void *, char *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(int64_t, 1),
    ARGUMENT(void *, 2),
    ARGUMENT(void *, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(char *, 5),
    ARGUMENT(void *, 6));
}

/* netjac_status netjac_study_count(netjac_study *study, const char *filter, int64_t *count) */
EXPORT int32_t int32voidPtrcstringvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(void *, 2));
}

/* netjac_status netjac_study_read(netjac_study *study, const char *filter, int64_t after, int64_t most, int64_t *ids, double *x, double *y, double *jacobian, int64_t *count) */
EXPORT int32_t int32voidPtrcstringint64int64voidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int64_t, int64_t, void *, void *, void *, void *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int64_t, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(void *, 4),
    ARGUMENT(void *, 5),
    ARGUMENT(void *, 6),
    ARGUMENT(void *, 7),
    ARGUMENT(void *, 8));
}

/* netjac_status netjac_study_records(netjac_study *study, const char *filter, int64_t after, int64_t most, const char *fields, char *buffer, size_t size, size_t *needed) */
EXPORT int32_t int32voidPtrcstringint64int64cstringcstringuint64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int64_t, int64_t, char *, char *, uint64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int64_t, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(char *, 4),
    ARGUMENT(char *, 5),
    ARGUMENT(uint64_t, 6),
    ARGUMENT(void *, 7));
}

/* netjac_status netjac_study_change(netjac_study *study, const char *filter, const char *action, int64_t *changed) */
EXPORT int32_t int32voidPtrcstringcstringvoidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, char *, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(char *, 2),
    ARGUMENT(void *, 3));
}

/* netjac_status netjac_study_design(netjac_study *study, const char *kind, int64_t from, int64_t samples, int64_t seed, double *x) */
EXPORT int32_t int32voidPtrcstringint64int64int64voidPtrThunk(void function(void), const char *arguments, int size)
{
  (void)arguments;
  (void)size;
  return ((int32_t (*)(void *, char *, int64_t, int64_t, int64_t, void *))function)(ARGUMENT(void *, 0),
    ARGUMENT(char *, 1),
    ARGUMENT(int64_t, 2),
    ARGUMENT(int64_t, 3),
    ARGUMENT(int64_t, 4),
    ARGUMENT(void *, 5));
}
