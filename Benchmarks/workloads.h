/*
 * workloads.h - The networks that the benchmark measures, the tasks, and what each costs at least.
 *
 * The networks are written down here as lists of layers; networks.c makes ONNX files of them and reference.c
 * evaluates them in plain loops, so the benchmark needs nothing that is not in this repository.
 */
#ifndef WORKLOADS_H
#define WORKLOADS_H

#include <stdint.h>

enum { BATCH = 256, MOST_LAYERS = 8, TASK_COUNT = 8 };

typedef enum { IDENTITY, TANH, RELU } activation;

typedef enum {
  DENSE,         /* units outputs */
  RESIDUAL,      /* h + activation(W h + b) */
  CONVOLUTION,   /* units channels, window 3x3, no padding */
  CONVOLUTION_1, /* units channels, window 3, padded to keep the length */
  POOL,          /* the largest of 2x2 */
  LSTM           /* units states; the sequence's last state remains */
} layer_kind;

typedef struct {
  layer_kind kind;
  int units;
  activation activation;
} layer;

typedef struct {
  const char *name;
  const char *description;
  int rank;       /* axes of one sample */
  int sizes[3];   /* and their lengths */
  int is_uniform; /* inputs from 0 to 1, like pixels, else normal */
  double gain;    /* of the weights, which are normal with deviation gain / sqrt(inputs of the unit) */
  int layer_count;
  layer layers[MOST_LAYERS];
} workload;

/* W1 to W11 are what is compared; the others are loaded only, to time that. */
extern const workload workloads[];
extern const int workload_count;

typedef enum {
  FORWARD,
  JACOBIAN,
  JACOBIAN_SPARSE,
  FORWARD_BATCH,
  JACOBIAN_BATCH,
  SPARSE_BATCH,
  HESSIAN,
  TRAINING
} task;

/* "T1", "T2", "T2s", "T3", "T4", "T4s", "T5", "T6". */
extern const char *const task_labels[TASK_COUNT];

int workload_has(const workload *w, task t);
int is_batch(task t);

/* The shape after a layer: channels, height, width; one number for what is flat; length and features of a sequence. */
typedef struct {
  int rank;
  int sizes[3];
} extent;

int extent_size(extent e);
extent extent_of_input(const workload *w);
extent extent_after(extent before, const layer *l);
int input_size(const workload *w);
int output_size(const workload *w);

/* How many weights (biases not counted) a unit of a layer sees, and how many weights the layer has. */
int fan_in(extent before, const layer *l);
int64_t weight_count(extent before, const layer *l);

/*
 * The least multiply-adds that a task takes for a network of this structure, whatever its numbers are: matrices
 * in the best order, unit seeds and pooled windows as what they are; zeros that relu makes are counted.
 */
int64_t least_multiply_adds(const workload *w, task t);

#endif
