/*
 * runs.h - A task on a loaded network: its arrays, its call, and whether its results are right.
 */
#ifndef RUNS_H
#define RUNS_H

#include "reference.h"

#include <netjac.h>

typedef struct {
  task task;
  int is_float;
  int64_t n, m, samples;
  netjac_network *network;
  netjac_trainer *trainer;
  void *x, *weights, *y, *result; /* of the run's type; weights: lambda or targets */
  int64_t nonzeros, *columns, *rows;
} run;

/* Loads the network in this precision and makes the task ready: arrays, plan, trainer. */
run make_run(const reference *r, const char *path, task t, int is_float, int threads);
void release_run(run *p);

/* One call of the task; single samples go round the batch, so that nothing can be kept from call to call. */
netjac_status call_run(run *p, long call);

/* How far the results of a first call are off, as a share of what is right; `allowed` receives the most that passes. */
double error_of_run(run *p, reference *r, double *allowed);

#endif
