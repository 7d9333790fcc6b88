#include "runs.h"

#include "networks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *converted(const double *numbers, int64_t count, int is_float) {
  void *result = numbers_of(count, is_float ? 4 : 8);
  for (int64_t k = 0; k < count; k++)
    if (is_float)
      ((float *)result)[k] = (float)numbers[k];
    else
      ((double *)result)[k] = numbers[k];
  return result;
}

static double number(const run *p, const void *array, int64_t index) {
  return p->is_float ? ((const float *)array)[index] : ((const double *)array)[index];
}

static void *at(const run *p, void *array, int64_t index) {
  return (char *)array + index * (p->is_float ? 4 : 8);
}

static void option(netjac_options *options, const char *key, const char *value) {
  require(netjac_options_set(options, key, value), key);
}

static netjac_trainer *trainer_of(netjac_network *network) {
  netjac_trainer *trainer = NULL;
  netjac_options *options = netjac_options_create();
  option(options, "loss", "mse");
  option(options, "optimizer", "adam");
  option(options, "learning_rate", "0.001");
  require(netjac_trainer_create(network, options, &trainer), "trainer");
  netjac_options_release(options);
  return trainer;
}

static void prepare(run *p) {
  static const char *const names[TASK_COUNT] = {"forward", "jacobian", "jacobian_sparse", "forward",
                                                "jacobian", "jacobian_sparse", "hessian", NULL};
  const int is_sparse = p->task == JACOBIAN_SPARSE || p->task == SPARSE_BATCH;
  int64_t count = p->task == HESSIAN ? p->n * p->n : p->m * p->n;
  if (is_sparse) {
    require(netjac_jacobian_sparsity(p->network, &p->nonzeros, NULL, NULL), "sparsity");
    p->columns = numbers_of(p->n + 1, sizeof *p->columns);
    p->rows = numbers_of(p->nonzeros, sizeof *p->rows);
    require(netjac_jacobian_sparsity(p->network, NULL, p->columns, p->rows), "sparsity");
    count = p->nonzeros;
  }
  p->y = numbers_of(p->samples * p->m, 8);
  p->result = numbers_of(p->samples * count, p->is_float ? 4 : 8);
  if (p->task == TRAINING)
    p->trainer = trainer_of(p->network);
  else
    require(netjac_prepare(p->network, names[p->task], p->samples), names[p->task]);
}

run make_run(const reference *r, const char *path, task t, int is_float, int threads) {
  run p = {t, is_float, r->n, r->m, is_batch(t) ? BATCH : 1, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL};
  netjac_options *options = netjac_options_create();
  option(options, "precision", is_float ? "float32" : "float64");
  option(options, "threads", threads == 1 ? "1" : "2");
  require(netjac_load(path, options, &p.network), path);
  netjac_options_release(options);
  if (netjac_input_size(p.network) != p.n || netjac_output_size(p.network) != p.m) {
    fprintf(stderr, "%s takes and gives other sizes than the workload.\n", path);
    exit(1);
  }
  p.x = converted(r->x, BATCH * p.n, is_float);
  p.weights = t == HESSIAN ? converted(r->lambda, p.m, is_float) : converted(r->targets, BATCH * p.m, is_float);
  prepare(&p);
  return p;
}

void release_run(run *p) {
  netjac_trainer_release(p->trainer);
  netjac_release(p->network);
  free(p->x);
  free(p->weights);
  free(p->y);
  free(p->result);
  free(p->columns);
  free(p->rows);
}

/* The function for the type of the run. */
#define CALL(function, ...) (p->is_float ? function##_f32(p->network, __VA_ARGS__) : function(p->network, __VA_ARGS__))

netjac_status call_run(run *p, long call) {
  void *x = p->samples == 1 ? at(p, p->x, call % BATCH * p->n) : p->x;
  switch (p->task) {
  case FORWARD: case FORWARD_BATCH: return CALL(netjac_forward, p->samples, x, p->y);
  case JACOBIAN: case JACOBIAN_BATCH:
    return CALL(netjac_jacobian, p->samples, x, p->y, p->result, NETJAC_ROW_MAJOR);
  case JACOBIAN_SPARSE: case SPARSE_BATCH: return CALL(netjac_jacobian_sparse, p->samples, x, p->y, p->result);
  case HESSIAN: return CALL(netjac_hessian, 1, x, p->weights, p->result);
  case TRAINING: return netjac_trainer_step(p->trainer, BATCH, p->x, p->weights, NULL);
  }
  return NETJAC_ERROR_ARGUMENT;
}

/* ---- Checks ---- */

/* The largest difference as a share of the largest right number. */
typedef struct {
  double most, scale;
} deviation;

static void compare(deviation *d, double found, double right) {
  const double difference = fabs(found - right);
  if (!(difference <= d->most)) d->most = difference; /* NaN counts, too */
  if (fabs(right) > d->scale) d->scale = fabs(right);
}

static double share(deviation d) {
  return d.most / (d.scale > 0 ? d.scale : 1);
}

/* Row i, column k of a sample's Jacobian, which for sparse ones is spread out first. */
static double *dense_jacobian(const run *p, int64_t sample) {
  double *jacobian = numbers_of(p->m * p->n, sizeof *jacobian);
  if (p->nonzeros == 0) {
    for (int64_t k = 0; k < p->m * p->n; k++) jacobian[k] = number(p, p->result, sample * p->m * p->n + k);
  } else {
    for (int64_t column = 0; column < p->n; column++)
      for (int64_t k = p->columns[column]; k < p->columns[column + 1]; k++)
        jacobian[p->rows[k] * p->n + column] = number(p, p->result, sample * p->nonzeros + k);
  }
  return jacobian;
}

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/*
 * The first sample's Jacobian element by element, and of every sample its product with a direction. A difference
 * may step over a kink of relu or pooling, and single precision may fall to its other side: of a hundred samples of
 * a network with kinks, one may be off.
 */
static double jacobian_error(const run *p, const reference *r) {
  deviation first = {0, 0};
  double *each = numbers_of(p->samples, sizeof *each), scale = 0;
  int has_kinks = 0;
  for (int k = 0; k < r->workload->layer_count; k++) has_kinks |= r->workload->layers[k].activation == RELU;
  for (int64_t sample = 0; sample < p->samples; sample++) {
    double *jacobian = dense_jacobian(p, sample);
    if (sample == 0)
      for (int64_t k = 0; k < p->m * p->n; k++) compare(&first, jacobian[k], r->jacobian[k]);
    for (int64_t i = 0; i < p->m; i++) {
      double product = 0;
      for (int64_t k = 0; k < p->n; k++) product += jacobian[i * p->n + k] * r->direction[k];
      const double right = r->product[sample * p->m + i], difference = fabs(product - right);
      if (!(difference <= each[sample])) each[sample] = isnan(difference) ? INFINITY : difference;
      if (fabs(right) > scale) scale = fabs(right);
    }
    free(jacobian);
  }
  qsort(each, (size_t)p->samples, sizeof *each, compare_doubles);
  const double error = each[has_kinks ? (p->samples - 1) * 99 / 100 : p->samples - 1] / scale;
  free(each);
  return fmax(error, share(first));
}

static double hessian_error(const run *p, reference *r) {
  deviation d = {0, 0};
  double *right = numbers_of(p->n * p->n, sizeof *right);
  reference_hessian(r, right);
  for (int64_t k = 0; k < p->n * p->n; k++) compare(&d, number(p, p->result, k), right[k]);
  free(right);
  return share(d);
}

/*
 * Adam's first step moves every parameter by the learning rate against the sign of its gradient, but for tiny ones;
 * the sign comes from a difference of the loss, for some parameters of each layer.
 */
static double training_error(const run *p, reference *r) {
  static const double rate = 1e-3, epsilon = 1e-8, h = 1e-5;
  double worst = 0;
  int64_t count = 0, first = 0;
  require(netjac_trainer_parameters(p->trainer, &count, NULL), "parameters");
  double *found = numbers_of(count, sizeof *found);
  require(netjac_trainer_parameters(p->trainer, NULL, found), "parameters");
  extent e = extent_of_input(r->workload);
  for (int k = 0; k < r->workload->layer_count; k++) {
    const layer *l = &r->workload->layers[k];
    for (int kind = 0; kind < 2; kind++) {
      double *values = kind ? r->parameters.biases[k] : r->parameters.weights[k];
      const int64_t size = kind ? r->parameters.bias_count[k] : weight_count(e, l);
      for (int64_t index = size / 7; index < size; index += size / 3 + 1) {
        const double before = values[index];
        double loss[2];
        for (int side = 0; side < 2; side++) {
          values[index] = before + (side ? -h : h);
          loss[side] = reference_loss(r);
        }
        values[index] = before;
        const double gradient = (loss[0] - loss[1]) / (2 * h);
        const double right = before - rate * gradient / (fabs(gradient) + epsilon);
        const double error = fabs(found[first + index] - right) / rate;
        if (!(error <= worst)) worst = error;
      }
      first += size;
    }
    e = extent_after(e, l);
  }
  if (first != count) worst = INFINITY;
  free(found);
  return worst;
}

double error_of_run(run *p, reference *r, double *allowed) {
  const int has_y = p->task != HESSIAN && p->task != TRAINING;
  const int has_jacobian = has_y && p->task != FORWARD && p->task != FORWARD_BATCH;
  deviation values = {0, 0};
  *allowed = p->is_float ? 2e-4 : 1e-6;
  if (p->task == HESSIAN) *allowed = p->is_float ? 1e-3 : 1e-5;
  if (p->task == TRAINING) *allowed = 1e-2;
  if (call_run(p, 0) != NETJAC_OK) {
    fprintf(stderr, "%s\n", netjac_last_error());
    return INFINITY;
  }
  if (p->task == HESSIAN) return hessian_error(p, r);
  if (p->task == TRAINING) return training_error(p, r);
  for (int64_t k = 0; k < p->samples * p->m; k++) compare(&values, number(p, p->y, k), r->y[k]);
  const double error = share(values);
  if (error > (p->is_float ? 2e-4 : 1e-11)) return INFINITY; /* values are not differences, so they must be exact */
  return has_jacobian ? fmax(error, jacobian_error(p, r)) : error;
}
