/*
 * forks.c - A process may fork while other threads are inside the library: the child uses what is loaded, loads and builds
 * more, or gets an error; it never waits for ever and never traps.
 *
 * Usage: forks MODEL [ROUNDS]
 */
#define _GNU_SOURCE
#include "check.h"

#include <netjac.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *model;
static atomic_int is_over;
static netjac_network *loaded;
static netjac_trainer *training;

static const int64_t sizes[] = {3, 8, 2};
static double x[64 * 3], t[64 * 2];

/* Loads, plans and runs. */
static int use(void) {
  netjac_network *network = NULL;
  double *y = NULL;
  int done = netjac_load(model, NULL, &network) == NETJAC_OK && netjac_prepare(network, "jacobian", 100) == NETJAC_OK &&
             netjac_prepare(network, "hessian", 1) == NETJAC_OK;
  if (done) {
    const size_t n = (size_t)netjac_input_size(network), m = (size_t)netjac_output_size(network);
    y = calloc(200 * (n + m), sizeof *y);
    done = netjac_forward(network, 100, y, y + 100 * n) == NETJAC_OK;
  }
  free(y);
  netjac_release(network);
  return done;
}

static int build(void) {
  const int64_t dims[1] = {4};
  netjac_graph *graph = NULL;
  netjac_network *network = NULL;
  int32_t input, value;
  int done = netjac_graph_create(&graph) == NETJAC_OK && netjac_graph_input(graph, "x", 1, dims, &input) == NETJAC_OK;
  value = input;
  for (int k = 0; k < 20 && done; k++) done = netjac_graph_apply(graph, "Tanh", 1, &value, NULL, 1, &value) == NETJAC_OK;
  done = done && netjac_graph_network(graph, 1, &input, 1, &value, &network) == NETJAC_OK &&
         netjac_prepare(network, "vjp", 1) == NETJAC_OK;
  netjac_release(network);
  netjac_graph_release(graph);
  return done;
}

static int train(void) {
  netjac_options *options = netjac_options_create();
  netjac_network *network = NULL;
  netjac_trainer *trainer = NULL;
  const int done = netjac_options_set(options, "optimizer", "adam") == NETJAC_OK &&
                   netjac_mlp(3, sizes, "tanh", 1, &network) == NETJAC_OK &&
                   netjac_trainer_create(network, options, &trainer) == NETJAC_OK &&
                   netjac_trainer_fit(trainer, 64, x, t, 2, NULL) == NETJAC_OK;
  netjac_trainer_release(trainer);
  netjac_release(network);
  netjac_options_release(options);
  return done;
}

static void *work(void *kind) {
  while (!atomic_load(&is_over)) {
    if (*(int *)kind == 0) use();
    if (*(int *)kind == 1) build();
    if (*(int *)kind == 2) train();
    if (*(int *)kind == 3) netjac_trainer_fit(training, 64, x, t, 20, NULL);
  }
  return NULL;
}

/* In the child: 0, or what did not work. */
static int try_all(void) {
  double y[64];
  if (netjac_forward(loaded, 1, x, y) != NETJAC_OK) return 1;
  if (!use()) return 2;
  if (!build()) return 3;
  if (!train()) return 4;
  /* What another thread was using may be refused. */
  const netjac_status status = netjac_trainer_fit(training, 64, x, t, 1, NULL);
  if (status != NETJAC_OK && status != NETJAC_ERROR_ARGUMENT) return 5;
  return 0;
}

/* Forks while four threads are at work, so many times. */
static void fork_at_work(int rounds) {
  static int kinds[] = {0, 1, 2, 3};
  pthread_t threads[4];
  netjac_network *network = NULL;
  CHECK(netjac_mlp(3, sizes, "tanh", 1, &loaded) == NETJAC_OK && netjac_prepare(loaded, "forward", 1) == NETJAC_OK);
  CHECK(netjac_mlp(3, sizes, "tanh", 1, &network) == NETJAC_OK);
  CHECK(netjac_trainer_create(network, NULL, &training) == NETJAC_OK);
  for (int k = 0; k < 4; k++) pthread_create(&threads[k], NULL, work, &kinds[k]);
  for (int round = 0; round < rounds; round++) {
    int status = 0;
    usleep((unsigned)(rand() % 5000));
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      _exit(try_all());
    }
    waitpid(child, &status, 0);
    CHECK_SAYING(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child %d: signal %d, status %d", round,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0, WEXITSTATUS(status));
  }
  atomic_store(&is_over, 1);
  for (int k = 0; k < 4; k++) pthread_join(threads[k], NULL);
  netjac_trainer_release(training);
  netjac_release(network);
  netjac_release(loaded);
}

int main(int argc, char **argv) {
  const int rounds = argc > 2 ? atoi(argv[2]) : 60;
  if (argc < 2) return 2;
  model = argv[1];
  for (int k = 0; k < 64 * 3; k++) x[k] = 0.01 * k;
  for (int k = 0; k < 64 * 2; k++) t[k] = 0.005 * k;
  /* In fresh processes, whose threads use the library for the first time when they fork. */
  for (int host = 0; host < rounds; host++) {
    int status = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      srand((unsigned)host);
      fork_at_work(1);
      fflush(stdout);
      _exit(checks_failed ? 1 : 0);
    }
    waitpid(child, &status, 0);
    CHECK_SAYING(status == 0, "fresh process %d ended with %#x", host, status);
  }
  fork_at_work(rounds);
  return checks_result();
}
