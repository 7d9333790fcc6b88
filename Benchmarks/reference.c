#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *numbers_of(int64_t count, int bytes_each) {
  const size_t bytes = ((size_t)count * (size_t)bytes_each + 127) / 64 * 64;
  void *pointer = aligned_alloc(64, bytes);
  if (pointer == NULL) {
    fprintf(stderr, "There is no memory for %lld numbers.\n", (long long)count);
    exit(1);
  }
  memset(pointer, 0, bytes);
  return pointer;
}

/* ---- Numbers ---- */

static uint64_t state;

static double uniform(void) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u); /* SplitMix64 */
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* Near enough to normal, and the same on every machine, since nothing but additions is involved. */
static double normal(void) {
  double sum = -6;
  for (int k = 0; k < 12; k++) sum += uniform();
  return sum;
}

static double *normals(int64_t count, double deviation) {
  double *values = numbers_of(count, sizeof *values);
  for (int64_t k = 0; k < count; k++) values[k] = (float)(deviation * normal());
  return values;
}

static void seed(const workload *w, uint64_t stream) {
  state = stream;
  for (const char *letter = w->name; *letter; letter++) state = state * 131 + (uint64_t)*letter;
}

parameters parameters_of(const workload *w) {
  parameters p = {{NULL}, {NULL}, {NULL}, {0}};
  extent e = extent_of_input(w);
  seed(w, 1);
  for (int k = 0; k < w->layer_count; k++) {
    const layer *l = &w->layers[k];
    if (l->kind == LSTM) {
      const int features = e.sizes[1];
      p.weights[k] = normals(4 * l->units * features, w->gain / sqrt(features));
      p.states[k] = normals(4 * l->units * l->units, w->gain / sqrt(l->units));
    } else if (l->kind != POOL) {
      p.weights[k] = normals(weight_count(e, l), w->gain / sqrt(fan_in(e, l)));
    }
    p.bias_count[k] = l->kind == POOL ? 0 : l->kind == LSTM ? 8 * l->units : l->units;
    if (l->kind != POOL) p.biases[k] = normals(p.bias_count[k], 0.1);
    e = extent_after(e, l);
  }
  return p;
}

void release_parameters(parameters *p) {
  for (int k = 0; k < MOST_LAYERS; k++) {
    free(p->weights[k]);
    free(p->states[k]);
    free(p->biases[k]);
  }
}

/* ---- Layers ---- */

static double activated(activation a, double z) {
  return a == TANH ? tanh(z) : a == RELU ? (z > 0 ? z : 0) : z;
}

static void dense(const layer *l, const double *w, const double *b, int inputs, const double *x, double *y) {
  for (int i = 0; i < l->units; i++) {
    double z = b[i];
    for (int k = 0; k < inputs; k++) z += w[i * inputs + k] * x[k];
    y[i] = activated(l->activation, z) + (l->kind == RESIDUAL ? x[i] : 0);
  }
}

static void convolution(const layer *l, const double *w, const double *b, extent in, const double *x, double *y) {
  const int channels = in.sizes[0], height = in.sizes[1], width = in.sizes[2];
  for (int o = 0; o < l->units; o++)
    for (int i = 0; i < height - 2; i++)
      for (int j = 0; j < width - 2; j++) {
        double z = b[o];
        for (int c = 0; c < channels; c++)
          for (int k = 0; k < 9; k++)
            z += w[(o * channels + c) * 9 + k] * x[(c * height + i + k / 3) * width + j + k % 3];
        y[(o * (height - 2) + i) * (width - 2) + j] = activated(l->activation, z);
      }
}

static void convolution_1(const layer *l, const double *w, const double *b, extent in, const double *x, double *y) {
  const int channels = in.sizes[0], length = in.sizes[1];
  for (int o = 0; o < l->units; o++)
    for (int i = 0; i < length; i++) {
      double z = b[o];
      for (int c = 0; c < channels; c++)
        for (int k = 0; k < 3; k++)
          if (i + k - 1 >= 0 && i + k - 1 < length) z += w[(o * channels + c) * 3 + k] * x[c * length + i + k - 1];
      y[o * length + i] = activated(l->activation, z);
    }
}

static void pool(extent in, const double *x, double *y) {
  const int height = in.sizes[1], width = in.sizes[2];
  for (int c = 0; c < in.sizes[0]; c++)
    for (int i = 0; i < height / 2; i++)
      for (int j = 0; j < width / 2; j++) {
        const double *corner = x + (c * height + 2 * i) * width + 2 * j;
        *y++ = fmax(fmax(corner[0], corner[1]), fmax(corner[width], corner[width + 1]));
      }
}

static double sigmoid(double z) {
  return 1 / (1 + exp(-z));
}

static void lstm(const layer *l, const parameters *p, int k, extent in, const double *x, double *y) {
  enum { MOST_UNITS = 64 };
  const int units = l->units, features = in.sizes[1];
  double gates[4 * MOST_UNITS], cell[MOST_UNITS] = {0};
  for (int i = 0; i < units; i++) y[i] = 0;
  for (int step = 0; step < in.sizes[0]; step++) {
    for (int i = 0; i < 4 * units; i++) {
      gates[i] = p->biases[k][i] + p->biases[k][4 * units + i];
      for (int j = 0; j < features; j++) gates[i] += p->weights[k][i * features + j] * x[step * features + j];
      for (int j = 0; j < units; j++) gates[i] += p->states[k][i * units + j] * y[j];
    }
    for (int i = 0; i < units; i++) {
      cell[i] = sigmoid(gates[2 * units + i]) * cell[i] + sigmoid(gates[i]) * tanh(gates[3 * units + i]);
      y[i] = sigmoid(gates[units + i]) * tanh(cell[i]);
    }
  }
}

static void evaluate(reference *r, const double *x, double *y) {
  const workload *w = r->workload;
  const parameters *p = &r->parameters;
  double *spare = r->scratch, *from = spare + 32768;
  extent e = extent_of_input(w);
  memcpy(from, x, (size_t)r->n * sizeof *x);
  for (int k = 0; k < w->layer_count; k++) {
    const layer *l = &w->layers[k];
    switch (l->kind) {
    case DENSE: case RESIDUAL: dense(l, p->weights[k], p->biases[k], extent_size(e), from, spare); break;
    case CONVOLUTION: convolution(l, p->weights[k], p->biases[k], e, from, spare); break;
    case CONVOLUTION_1: convolution_1(l, p->weights[k], p->biases[k], e, from, spare); break;
    case POOL: pool(e, from, spare); break;
    case LSTM: lstm(l, p, k, e, from, spare); break;
    }
    double *const swapped = from;
    from = spare;
    spare = swapped;
    e = extent_after(e, l);
  }
  memcpy(y, from, (size_t)r->m * sizeof *y);
}

/* ---- Differences ---- */

/* (f(x + h v) - f(x - h v)) / 2h, along an axis, or along r->direction if axis is -1. */
static void difference(reference *r, const double *x, int axis, double *result, int stride) {
  static const double h = 1e-6;
  double *shifted = numbers_of(r->n + 2 * r->m, sizeof *shifted), *after = shifted + r->n, *before = after + r->m;
  for (int side = 0; side < 2; side++) {
    for (int k = 0; k < r->n; k++)
      shifted[k] = x[k] + (side ? -h : h) * (axis < 0 ? r->direction[k] : k == axis);
    evaluate(r, shifted, side ? before : after);
  }
  for (int i = 0; i < r->m; i++) result[i * stride] = (after[i] - before[i]) / (2 * h);
  free(shifted);
}

reference make_reference(const workload *w) {
  reference r = {w, parameters_of(w), input_size(w), output_size(w), 0, 0, 0, 0, 0, 0, 0, 0};
  double length = 0;
  seed(w, 2);
  r.x = normals(BATCH * r.n, 1);
  if (w->is_uniform)
    for (int k = 0; k < BATCH * r.n; k++) r.x[k] = (float)uniform();
  r.targets = normals(BATCH * r.m, 0.5);
  r.lambda = normals(r.m, 1);
  r.direction = normals(r.n, 1);
  for (int k = 0; k < r.n; k++) length += r.direction[k] * r.direction[k];
  for (int k = 0; k < r.n; k++) r.direction[k] /= sqrt(length);
  r.scratch = numbers_of(2 * 32768, sizeof *r.scratch);
  r.y = numbers_of(BATCH * r.m, sizeof *r.y);
  r.product = numbers_of(BATCH * r.m, sizeof *r.product);
  r.jacobian = numbers_of((int64_t)r.m * r.n, sizeof *r.jacobian);
  for (int sample = 0; sample < BATCH; sample++) {
    evaluate(&r, r.x + sample * r.n, r.y + sample * r.m);
    difference(&r, r.x + sample * r.n, -1, r.product + sample * r.m, 1);
  }
  for (int k = 0; k < r.n; k++) difference(&r, r.x, k, r.jacobian + k, r.n);
  return r;
}

void release_reference(reference *r) {
  release_parameters(&r->parameters);
  free(r->x);
  free(r->targets);
  free(r->lambda);
  free(r->direction);
  free(r->y);
  free(r->product);
  free(r->jacobian);
  free(r->scratch);
}

void reference_hessian(reference *r, double *hessian) {
  static const double h = 1e-4;
  double *x = numbers_of(r->n + r->m, sizeof *x), *y = x + r->n;
  for (int i = 0; i < r->n; i++)
    for (int j = 0; j < r->n; j++) {
      double sum = 0;
      for (int corner = 0; corner < 4; corner++) {
        const double first = corner & 1 ? -h : h, second = corner & 2 ? -h : h;
        memcpy(x, r->x, (size_t)r->n * sizeof *x);
        x[i] += first;
        x[j] += second;
        evaluate(r, x, y);
        for (int k = 0; k < r->m; k++) sum += (first * second > 0 ? 1 : -1) * r->lambda[k] * y[k];
      }
      hessian[i * r->n + j] = sum / (4 * h * h);
    }
  free(x);
}

double reference_loss(reference *r) {
  double sum = 0, *y = numbers_of(r->m, sizeof *y);
  for (int sample = 0; sample < BATCH; sample++) {
    evaluate(r, r->x + sample * r->n, y);
    for (int i = 0; i < r->m; i++) {
      const double error = y[i] - r->targets[sample * r->m + i];
      sum += error * error;
    }
  }
  free(y);
  return sum / (BATCH * r->m);
}
