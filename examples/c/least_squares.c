/*
 * least_squares.c - Fit a small network to samples of a function, with Levenberg and Marquardt's method and with
 * Adam, in the same time. Ends with status 0 if the former reaches the lower loss.
 */
#define _POSIX_C_SOURCE 199309L /* clock_gettime */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "netjac.h"

#define SAMPLES 400
#define SECONDS 1.0

static double x[SAMPLES][2], target[SAMPLES][1];

static void check(netjac_status status) {
  if (status == NETJAC_OK) return;
  fprintf(stderr, "%s\n", netjac_last_error());
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

/* Trains for some time and returns the loss reached. */
static double train(const netjac_network *network, const char *optimizer, const char *rate) {
  netjac_options *options = netjac_options_create();
  netjac_trainer *trainer = NULL;
  double loss;
  int steps = 0;
  check(netjac_options_set(options, "optimizer", optimizer));
  check(netjac_options_set(options, "learning_rate", rate));
  check(netjac_trainer_create(network, options, &trainer));
  const double end = now() + SECONDS;
  do {
    check(netjac_trainer_step(trainer, SAMPLES, x[0], target[0], NULL));
    steps++;
  } while (now() < end);
  check(netjac_trainer_loss(trainer, SAMPLES, x[0], target[0], &loss));
  printf("%-20s %6d steps in %.1f s: loss %.3g\n", optimizer, steps, SECONDS, loss);
  netjac_trainer_release(trainer);
  netjac_options_release(options);
  return loss;
}

int main(void) {
  static const int64_t sizes[4] = {2, 10, 10, 1};
  netjac_network *network = NULL;
  for (int k = 0; k < SAMPLES; k++) {
    x[k][0] = -1 + 2.0 * (k % 20) / 19;
    x[k][1] = -1 + 2.0 * (k / 20) / 19;
    target[k][0] = sin(3 * x[k][0]) * cos(2 * x[k][1]) + 0.5 * x[k][0] * x[k][1];
  }
  check(netjac_mlp(4, sizes, "tanh", 1, &network));
  const double adam = train(network, "adam", "0.01");
  const double squares = train(network, "levenberg_marquardt", "1");
  netjac_release(network);
  return squares < adam ? 0 : 1;
}
