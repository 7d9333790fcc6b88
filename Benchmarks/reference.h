/*
 * reference.h - The networks in plain loops: what the library's results are checked against before they are timed.
 *
 * Values come from the loops, derivatives from central differences of the loops; neither shares a line with the
 * library, nor does either know a derivative formula.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "workloads.h"

/* Weights and biases of every layer, row-major; those of an LSTM in ONNX's order of gates: i, o, f, c. */
typedef struct {
  double *weights[MOST_LAYERS]; /* LSTM: [4 units][features] */
  double *states[MOST_LAYERS];  /* LSTM only: [4 units][units] */
  double *biases[MOST_LAYERS];  /* LSTM: [8 units] */
  int bias_count[MOST_LAYERS];
} parameters;

/* Deterministic numbers that single precision holds exactly, so that float64 and float32 mean the same network. */
parameters parameters_of(const workload *w);
void release_parameters(parameters *p);

typedef struct {
  const workload *workload;
  parameters parameters;
  int n, m;
  double *x;         /* [BATCH][n] */
  double *targets;   /* [BATCH][m] */
  double *lambda;    /* [m] */
  double *direction; /* [n], of length 1 */
  double *y;         /* [BATCH][m] */
  double *product;   /* [BATCH][m]: the Jacobian of each sample times direction */
  double *jacobian;  /* [m][n], of the first sample */
  double *scratch;
} reference;

reference make_reference(const workload *w);
void release_reference(reference *r);

/* [n][n], the Hessian of lambda' y at the first sample. */
void reference_hessian(reference *r, double *hessian);

/* The mean over batch and outputs of (y - target)^2, with the present parameters. */
double reference_loss(reference *r);

void *numbers_of(int64_t count, int bytes_each); /* zeros, aligned to 64 bytes; ends the program without memory */

#endif
