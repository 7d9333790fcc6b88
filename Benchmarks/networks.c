#include "networks.h"

#include <netjac.h>
#include <stdio.h>
#include <stdlib.h>

void require(int status, const char *what) {
  if (status == NETJAC_OK) return;
  fprintf(stderr, "%s: %s\n", what, netjac_last_error());
  exit(1);
}

static int32_t parameter(netjac_graph *graph, const char *kind, int layer, int rank, const int64_t *sizes,
                         const double *numbers) {
  char name[32];
  int32_t value;
  snprintf(name, sizeof name, "%s%d", kind, layer + 1);
  require(netjac_graph_parameter(graph, name, rank, sizes, numbers, &value), name);
  return value;
}

static int32_t apply(netjac_graph *graph, const char *operator_name, int count, const int32_t *operands,
                     const char *attributes) {
  int32_t result;
  require(netjac_graph_apply(graph, operator_name, count, operands, attributes, 1, &result), operator_name);
  return result;
}

/* The last state of an LSTM, [1, units], from a sequence [1, steps, features]. */
static int32_t lstm(netjac_graph *graph, const parameters *p, int k, const layer *l, extent e, int32_t x) {
  char attributes[32];
  const int64_t one = 1, units = l->units;
  const double zero = 0;
  int32_t results[2], axes;
  int32_t operands[4] = {apply(graph, "Transpose", 1, &x, "perm=1,0,2")};
  operands[1] = parameter(graph, "W", k, 3, (int64_t[]){1, 4 * units, e.sizes[1]}, p->weights[k]);
  operands[2] = parameter(graph, "R", k, 3, (int64_t[]){1, 4 * units, units}, p->states[k]);
  operands[3] = parameter(graph, "b", k, 2, (int64_t[]){1, 8 * units}, p->biases[k]);
  snprintf(attributes, sizeof attributes, "hidden_size=%d", l->units);
  require(netjac_graph_apply(graph, "LSTM", 4, operands, attributes, 2, results), "LSTM");
  require(netjac_graph_constant(graph, 1, &one, &zero, &axes), "axes");
  return apply(graph, "Squeeze", 2, (int32_t[]){results[1], axes}, NULL);
}

static int32_t weighted(netjac_graph *graph, const parameters *p, int k, const layer *l, extent e, int32_t x) {
  const int64_t units = l->units;
  int32_t operands[3] = {x};
  if (l->kind == CONVOLUTION) {
    operands[1] = parameter(graph, "W", k, 4, (int64_t[]){units, e.sizes[0], 3, 3}, p->weights[k]);
    operands[2] = parameter(graph, "b", k, 1, &units, p->biases[k]);
    return apply(graph, "Conv", 3, operands, "kernel_shape=3,3");
  }
  if (l->kind == CONVOLUTION_1) {
    operands[1] = parameter(graph, "W", k, 3, (int64_t[]){units, e.sizes[0], 3}, p->weights[k]);
    operands[2] = parameter(graph, "b", k, 1, &units, p->biases[k]);
    return apply(graph, "Conv", 3, operands, "kernel_shape=3 pads=1,1");
  }
  if (e.rank > 1) operands[0] = apply(graph, "Flatten", 1, operands, "axis=1");
  operands[1] = parameter(graph, "W", k, 2, (int64_t[]){units, extent_size(e)}, p->weights[k]);
  operands[2] = parameter(graph, "b", k, 1, &units, p->biases[k]);
  return apply(graph, "Gemm", 3, operands, "transB=1");
}

static netjac_network *network_of(const workload *w) {
  netjac_graph *graph = NULL;
  netjac_network *network = NULL;
  parameters p = parameters_of(w);
  extent e = extent_of_input(w);
  int32_t input, value;
  require(netjac_graph_create(&graph), "graph");
  require(netjac_graph_input(graph, "x", e.rank + 1, (int64_t[]){1, e.sizes[0], e.sizes[1], e.sizes[2]}, &input),
          "x");
  value = input;
  for (int k = 0; k < w->layer_count; k++) {
    const layer *l = &w->layers[k];
    const int32_t before = value;
    if (l->kind == POOL)
      value = apply(graph, "MaxPool", 1, &value, "kernel_shape=2,2 strides=2,2");
    else if (l->kind == LSTM)
      value = lstm(graph, &p, k, l, e, value);
    else
      value = weighted(graph, &p, k, l, e, value);
    if (l->activation != IDENTITY) value = apply(graph, l->activation == TANH ? "Tanh" : "Relu", 1, &value, NULL);
    if (l->kind == RESIDUAL) value = apply(graph, "Add", 2, (int32_t[]){before, value}, NULL);
    e = extent_after(e, l);
  }
  if (e.rank > 1) value = apply(graph, "Flatten", 1, &value, "axis=1");
  require(netjac_graph_network(graph, 1, &input, 1, &value, &network), w->name);
  netjac_graph_release(graph);
  release_parameters(&p);
  return network;
}

void network_file(const workload *w, const char *folder, char *path, int size) {
  snprintf(path, (size_t)size, "%s/%s.onnx", folder, w->name);
  netjac_network *network = network_of(w);
  require(netjac_save(network, path), path);
  netjac_release(network);
}
