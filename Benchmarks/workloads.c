#include "workloads.h"

#include <string.h>

#define MLP(...) 1, {__VA_ARGS__}

const workload workloads[] = {
  {"W1", "6-32-32-3 tanh", MLP(6), 0, 1, 3, {{DENSE, 32, TANH}, {DENSE, 32, TANH}, {DENSE, 3, IDENTITY}}},
  {"W2", "20-128-128-128-12 tanh", MLP(20), 0, 1, 4,
   {{DENSE, 128, TANH}, {DENSE, 128, TANH}, {DENSE, 128, TANH}, {DENSE, 12, IDENTITY}}},
  {"W3", "64-512-512-512-64 relu", MLP(64), 0, 1.4, 4,
   {{DENSE, 512, RELU}, {DENSE, 512, RELU}, {DENSE, 512, RELU}, {DENSE, 64, IDENTITY}}},
  {"W4", "784-256-64-1 tanh", MLP(784), 1, 1, 3, {{DENSE, 256, TANH}, {DENSE, 64, TANH}, {DENSE, 1, IDENTITY}}},
  {"W5", "3-128-128-1000 tanh", MLP(3), 0, 1, 3, {{DENSE, 128, TANH}, {DENSE, 128, TANH}, {DENSE, 1000, IDENTITY}}},
  {"W6", "200-256-8-256-200 tanh", MLP(200), 0, 1, 4,
   {{DENSE, 256, TANH}, {DENSE, 8, TANH}, {DENSE, 256, TANH}, {DENSE, 200, IDENTITY}}},
  {"W7", "500-10 tanh", MLP(500), 1, 1, 1, {{DENSE, 10, TANH}}},
  {"W8", "28x28, conv 8, pool, conv 16, pool, 10", 3, {1, 28, 28}, 1, 1.4, 5,
   {{CONVOLUTION, 8, RELU}, {POOL, 0, IDENTITY}, {CONVOLUTION, 16, RELU}, {POOL, 0, IDENTITY}, {DENSE, 10, IDENTITY}}},
  {"W9", "LSTM 8, 32 states, 20 steps, 4", 2, {20, 8}, 0, 1, 2, {{LSTM, 32, IDENTITY}, {DENSE, 4, IDENTITY}}},
  {"W10", "12-64, 5 residual layers of 64, 12", MLP(12), 0, 0.9, 7,
   {{DENSE, 64, TANH}, {RESIDUAL, 64, TANH}, {RESIDUAL, 64, TANH}, {RESIDUAL, 64, TANH}, {RESIDUAL, 64, TANH},
    {RESIDUAL, 64, TANH}, {DENSE, 12, IDENTITY}}},
  {"W11", "400 points, conv 8, conv 8, conv 1", 2, {1, 400}, 0, 1, 3,
   {{CONVOLUTION_1, 8, TANH}, {CONVOLUTION_1, 8, TANH}, {CONVOLUTION_1, 1, IDENTITY}}},
  {"large", "12-512-512-12 tanh", MLP(12), 0, 1, 3, {{DENSE, 512, TANH}, {DENSE, 512, TANH}, {DENSE, 12, IDENTITY}}},
  {"long", "LSTM 8, 32 states, 200 steps, 4", 2, {200, 8}, 0, 1, 2, {{LSTM, 32, IDENTITY}, {DENSE, 4, IDENTITY}}},
};
const int workload_count = sizeof workloads / sizeof *workloads;

const char *const task_labels[TASK_COUNT] = {"T1", "T2", "T2s", "T3", "T4", "T4s", "T5", "T6"};

static int is_one_of(const char *name, const char *names) {
  const char *found = strstr(names, name);
  return found != NULL && (found[strlen(name)] == ' ' || found[strlen(name)] == '\0');
}

int workload_has(const workload *w, task t) {
  const int is_banded = strcmp(w->name, "W11") == 0;
  if (w->name[0] != 'W') return 0;
  switch (t) {
  case FORWARD: case JACOBIAN: case FORWARD_BATCH: return 1;
  case JACOBIAN_BATCH: return !is_banded; /* 256 dense matrices of 400 x 400 that are zero nearly everywhere */
  case JACOBIAN_SPARSE: case SPARSE_BATCH: return is_banded;
  case HESSIAN: return is_one_of(w->name, "W1 W2 W10");
  case TRAINING: return is_one_of(w->name, "W2 W7");
  }
  return 0;
}

int is_batch(task t) {
  return t == FORWARD_BATCH || t == JACOBIAN_BATCH || t == SPARSE_BATCH;
}

int extent_size(extent e) {
  int size = 1;
  for (int axis = 0; axis < e.rank; axis++) size *= e.sizes[axis];
  return size;
}

extent extent_of_input(const workload *w) {
  extent e = {w->rank, {w->sizes[0], w->sizes[1], w->sizes[2]}};
  return e;
}

extent extent_after(extent e, const layer *l) {
  switch (l->kind) {
  case CONVOLUTION: return (extent){3, {l->units, e.sizes[1] - 2, e.sizes[2] - 2}};
  case CONVOLUTION_1: return (extent){2, {l->units, e.sizes[1]}};
  case POOL: return (extent){3, {e.sizes[0], e.sizes[1] / 2, e.sizes[2] / 2}};
  default: return (extent){1, {l->units}};
  }
}

int input_size(const workload *w) {
  return extent_size(extent_of_input(w));
}

int output_size(const workload *w) {
  extent e = extent_of_input(w);
  for (int k = 0; k < w->layer_count; k++) e = extent_after(e, &w->layers[k]);
  return extent_size(e);
}

int fan_in(extent before, const layer *l) {
  switch (l->kind) {
  case CONVOLUTION: return 9 * before.sizes[0];
  case CONVOLUTION_1: return 3 * before.sizes[0];
  case LSTM: return before.sizes[1] + l->units;
  case POOL: return 0;
  default: return extent_size(before);
  }
}

int64_t weight_count(extent before, const layer *l) {
  return (int64_t)l->units * fan_in(before, l) * (l->kind == LSTM ? 4 : 1);
}

/* Of one evaluation of one layer. */
static int64_t layer_cost(extent before, const layer *l) {
  const extent after = extent_after(before, l);
  switch (l->kind) {
  case CONVOLUTION: return weight_count(before, l) * after.sizes[1] * after.sizes[2];
  case CONVOLUTION_1: return weight_count(before, l) * after.sizes[1];
  case LSTM: return weight_count(before, l) * before.sizes[0];
  default: return weight_count(before, l);
  }
}

static int64_t forward_cost(const workload *w) {
  int64_t cost = 0;
  extent e = extent_of_input(w);
  for (int k = 0; k < w->layer_count; k++) {
    cost += layer_cost(e, &w->layers[k]);
    e = extent_after(e, &w->layers[k]);
  }
  return cost;
}

/* The product of the weight matrices in its cheapest order. */
static int64_t chain_cost(const workload *w) {
  int64_t sizes[MOST_LAYERS + 1], cost[MOST_LAYERS + 1][MOST_LAYERS + 1];
  const int count = w->layer_count;
  sizes[0] = input_size(w);
  for (int k = 0; k < count; k++) {
    sizes[k + 1] = w->layers[k].units;
    cost[k][k + 1] = 0;
  }
  for (int length = 2; length <= count; length++)
    for (int from = 0; from + length <= count; from++) {
      int64_t best = INT64_MAX;
      for (int split = from + 1; split < from + length; split++) {
        const int64_t sum
          = cost[from][split] + cost[split][from + length] + sizes[from] * sizes[split] * sizes[from + length];
        if (sum < best) best = sum;
      }
      cost[from][from + length] = best;
    }
  return cost[0][count];
}

/* A row for each output, backwards. Of a pooled window one position lets anything through. */
static int64_t reverse_cost(const workload *w) {
  int64_t cost = 0;
  extent e = extent_of_input(w);
  for (int k = 0; k + 1 < w->layer_count; k++) {
    const int is_pooled = w->layers[k + 1].kind == POOL;
    const extent pooled = is_pooled ? extent_after(extent_after(e, &w->layers[k]), &w->layers[k + 1]) : e;
    cost += is_pooled ? weight_count(e, &w->layers[k]) * pooled.sizes[1] * pooled.sizes[2]
                      : layer_cost(e, &w->layers[k]);
    e = extent_after(e, &w->layers[k]);
  }
  return output_size(w) * cost;
}

/* Of the band: the window of an output grows by two positions with every layer. */
static int64_t band_cost(const workload *w) {
  extent before[MOST_LAYERS];
  int64_t cost = 0, positions = 1;
  before[0] = extent_of_input(w);
  for (int k = 1; k < w->layer_count; k++) before[k] = extent_after(before[k - 1], &w->layers[k - 1]);
  for (int k = w->layer_count - 1; k >= 0; k--, positions += 2)
    cost += positions * weight_count(before[k], &w->layers[k]);
  return output_size(w) * cost;
}

static int64_t jacobian_cost(const workload *w) {
  int is_chain = 1, is_residual = 0, is_band = 1;
  for (int k = 0; k < w->layer_count; k++) {
    is_chain &= w->layers[k].kind == DENSE;
    is_residual |= w->layers[k].kind == RESIDUAL;
    is_band &= w->layers[k].kind == CONVOLUTION_1;
  }
  if (is_chain) return chain_cost(w);
  if (is_band) return band_cost(w);
  if (!is_residual) return reverse_cost(w);
  const int64_t all = forward_cost(w), m = output_size(w), n = input_size(w);
  const int64_t last = m * w->layers[w->layer_count - 2].units, first = n * w->layers[0].units;
  const int64_t reverse = m * (all - last), forward = n * (all - first);
  return reverse < forward ? reverse : forward;
}

/* Values and slopes of all layers, then sum of u_k'' W' W over the units, as triangles. */
static int64_t hessian_cost(const workload *w) {
  const int64_t n = input_size(w);
  int64_t cost = 2 * forward_cost(w);
  extent e = extent_of_input(w);
  for (int k = 0; k < w->layer_count; k++) {
    const layer *l = &w->layers[k];
    if (l->activation != IDENTITY) {
      if (k > 0) cost += weight_count(e, l) * n;
      cost += l->units * n * (n + 1) / 2;
    }
    e = extent_after(e, l);
  }
  return cost;
}

int64_t least_multiply_adds(const workload *w, task t) {
  switch (t) {
  case FORWARD: return forward_cost(w);
  case FORWARD_BATCH: return BATCH * forward_cost(w);
  case JACOBIAN: case JACOBIAN_SPARSE: return forward_cost(w) + jacobian_cost(w);
  case JACOBIAN_BATCH: case SPARSE_BATCH: return BATCH * (forward_cost(w) + jacobian_cost(w));
  case HESSIAN: return hessian_cost(w);
  /* Forwards, and backwards for weights and for all but the inputs. */
  case TRAINING: return BATCH * (3 * forward_cost(w) - weight_count(extent_of_input(w), &w->layers[0]));
  }
  return 0;
}
