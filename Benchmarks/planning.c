#include "planning.h"

#include "networks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Networks ---- */

static const double zero = 0;

/* Numbers between -scale and scale that are the same in every run. */
static double *drawn(int64_t count, double scale) {
  static uint64_t state = 1;
  double *numbers = numbers_of(count, sizeof *numbers);
  for (int64_t k = 0; k < count; k++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    numbers[k] = scale * ((double)(state >> 11) / 4503599627370496.0 - 1);
  }
  return numbers;
}

static int32_t weights(netjac_graph *graph, int32_t rank, const int64_t *sizes, double scale) {
  int64_t count = 1;
  int32_t value;
  for (int axis = 0; axis < rank; axis++) count *= sizes[axis];
  double *numbers = drawn(count, scale);
  require(netjac_graph_constant(graph, rank, sizes, numbers, &value), "constant");
  free(numbers);
  return value;
}

static int32_t whole_numbers(netjac_graph *graph, int64_t count, const double *numbers) {
  int32_t value;
  require(netjac_graph_constant(graph, 1, &count, numbers, &value), "constant");
  return value;
}

static int32_t applied(netjac_graph *graph, const char *operator_name, int count, const int32_t *operands,
                       const char *attributes) {
  int32_t result;
  require(netjac_graph_apply(graph, operator_name, count, operands, attributes, 1, &result), operator_name);
  return result;
}

static netjac_graph *graph_of(int32_t rank, const int64_t *sizes, int32_t *input) {
  netjac_graph *graph;
  require(netjac_graph_create(&graph), "graph");
  require(netjac_graph_input(graph, "x", rank, sizes, input), "x");
  return graph;
}

/* One LSTM of 32 states; `results` receives the states of all steps and the last one. */
static void recurrence(netjac_graph *graph, int32_t x, int64_t features, int64_t directions, int32_t *results) {
  int32_t operands[4] = {x};
  operands[1] = weights(graph, 3, (int64_t[]){directions, 128, features}, 0.3);
  operands[2] = weights(graph, 3, (int64_t[]){directions, 128, 32}, 0.2);
  operands[3] = weights(graph, 2, (int64_t[]){directions, 256}, 0.1);
  require(netjac_graph_apply(graph, "LSTM", 4, operands,
                             directions == 2 ? "hidden_size=32 direction=bidirectional" : "hidden_size=32", 2, results),
          "LSTM");
}

static netjac_graph *lstm(int64_t steps, int32_t *input, int32_t *output) {
  int32_t results[2];
  netjac_graph *graph = graph_of(3, (int64_t[]){steps, 1, 8}, input);
  recurrence(graph, *input, 8, 1, results);
  const int32_t last = applied(graph, "Squeeze", 2, (int32_t[]){results[1], whole_numbers(graph, 1, &zero)}, NULL);
  *output = applied(graph, "MatMul", 2, (int32_t[]){last, weights(graph, 2, (int64_t[]){32, 4}, 0.5)}, NULL);
  return graph;
}

static netjac_graph *bidirectional(int64_t steps, int32_t *input, int32_t *output) {
  int32_t value;
  netjac_graph *graph = graph_of(3, (int64_t[]){steps, 1, 8}, input);
  value = *input;
  for (int layer = 0; layer < 2; layer++) {
    int32_t results[2];
    const double sizes[3] = {(double)steps, 1, 64};
    recurrence(graph, value, layer ? 64 : 8, 2, results);
    value = applied(graph, "Transpose", 1, results, "perm=0,2,1,3");
    value = applied(graph, "Reshape", 2, (int32_t[]){value, whole_numbers(graph, 3, sizes)}, NULL);
  }
  *output = applied(graph, "MatMul", 2, (int32_t[]){value, weights(graph, 2, (int64_t[]){64, 4}, 0.5)}, NULL);
  return graph;
}

static netjac_graph *parts(int64_t count, int32_t *input, int32_t *output) {
  char attributes[64];
  netjac_graph *graph = graph_of(1, &count, input);
  int32_t *values = numbers_of(count, sizeof *values);
  snprintf(attributes, sizeof attributes, "axis=0 num_outputs=%lld", (long long)count);
  require(netjac_graph_apply(graph, "Split", 1, input, attributes, (int32_t)count, values), "Split");
  for (int64_t k = 0; k < count; k++) values[k] = applied(graph, "Tanh", 1, &values[k], NULL);
  *output = applied(graph, "Concat", (int)count, values, "axis=0");
  free(values);
  return graph;
}

static netjac_graph *chain(int64_t layers, int32_t *input, int32_t *output) {
  const int64_t size = 4;
  netjac_graph *graph = graph_of(1, &size, input);
  *output = *input;
  for (int64_t k = 0; k < layers; k++) *output = applied(graph, "Tanh", 1, output, NULL);
  return graph;
}

const growing growing_networks[] = {
  {"lstm", "LSTM of 32 states over N steps of 8 numbers, 4 outputs", {100, 200, 500, 1000, 2000},
   {"forward", "jacobian"}, lstm},
  {"bilstm", "two bidirectional LSTMs of 32 states over N steps, 4 outputs a step", {6, 12, 24, 48},
   {"forward", "jacobian"}, bidirectional},
  {"concat", "N numbers, tanh of each, joined", {500, 1000, 2000, 5000}, {"forward", "jacobian"}, parts},
  {"chain", "N times tanh of 4 numbers", {300, 1000, 3000}, {"jacobian", "hessian"}, chain},
};
const int growing_count = sizeof growing_networks / sizeof *growing_networks;

netjac_network *grown(const growing *g, int64_t size) {
  int32_t input, output;
  netjac_network *network = NULL;
  netjac_graph *graph = g->make(size, &input, &output);
  require(netjac_graph_network(graph, 1, &input, 1, &output, &network), g->name);
  netjac_graph_release(graph);
  return network;
}

/* ---- Checks ---- */

/* What the task's first derivative is of: y for the Jacobian, the gradient of the sum of weighted y for the Hessian. */
static void primal(netjac_network *network, int is_hessian, const double *x, const double *lambda, double *result) {
  if (is_hessian)
    require(netjac_vjp(network, 1, x, lambda, NULL, result), "vjp");
  else
    require(netjac_forward(network, 1, x, result), "forward");
}

double error_of_planned(netjac_network *network, const char *task) {
  const double h = 1e-5;
  const int is_hessian = !strcmp(task, "hessian");
  const int64_t n = netjac_input_size(network), m = is_hessian ? n : netjac_output_size(network);
  double *x = drawn(n, 1), *direction = drawn(n, 1), *lambda = drawn(netjac_output_size(network), 1);
  double *matrix = numbers_of(m * n, sizeof *matrix), *y = numbers_of(m, sizeof *y);
  double *ends[2], most = 0, scale = 0;
  if (!strcmp(task, "forward")) { /* checked as what the Jacobian is of */
    require(netjac_forward(network, 1, x, y), task);
  } else {
    require(is_hessian ? netjac_hessian(network, 1, x, lambda, matrix)
                       : netjac_jacobian(network, 1, x, NULL, matrix, NETJAC_ROW_MAJOR),
            task);
    for (int side = 0; side < 2; side++) {
      ends[side] = numbers_of(m, sizeof **ends);
      double *moved = numbers_of(n, sizeof *moved);
      for (int64_t k = 0; k < n; k++) moved[k] = x[k] + (side ? -h : h) * direction[k];
      primal(network, is_hessian, moved, lambda, ends[side]);
      free(moved);
    }
    for (int64_t i = 0; i < m; i++) {
      double product = 0;
      for (int64_t k = 0; k < n; k++) product += matrix[i * n + k] * direction[k];
      const double right = (ends[0][i] - ends[1][i]) / (2 * h);
      if (!(fabs(product - right) <= most)) most = fabs(product - right);
      if (fabs(right) > scale) scale = fabs(right);
    }
    free(ends[0]);
    free(ends[1]);
  }
  free(x);
  free(direction);
  free(lambda);
  free(matrix);
  free(y);
  return most / (scale > 0 ? scale : 1);
}
