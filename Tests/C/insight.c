/*
 * insight.c - What a network tells about itself: seeds and structure of its derivatives, its kinks, and why a file is
 * refused.
 *
 * Usage: insight SMOOTH_MODEL KINKED_MODEL UNSUPPORTED_MODEL OPERATOR...        (the operators that are missing)
 */
#include <math.h>
#include <netjac.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { POINTS = 400, LAYERS = 3, BAND = 2 * LAYERS + 1 };

/* Three 1-D convolutions of width 3 over 400 points, with tanh between them. */
static netjac_network *banded_network(void) {
  static const double kernel[3] = {0.5, -0.8, 0.6};
  const int64_t image[3] = {1, 1, POINTS}, width[3] = {1, 1, 3};
  netjac_graph *graph = NULL;
  netjac_network *network = NULL;
  int32_t x = -1, value = -1;
  CHECK(netjac_graph_create(&graph) == NETJAC_OK);
  CHECK(netjac_graph_input(graph, "x", 3, image, &x) == NETJAC_OK);
  value = x;
  for (int layer = 0; layer < LAYERS; layer++) {
    int32_t operands[2] = {value, -1}, convolved = -1;
    CHECK(netjac_graph_constant(graph, 3, width, kernel, &operands[1]) == NETJAC_OK);
    CHECK_SAYING(netjac_graph_apply(graph, "Conv", 2, operands, "pads=1,1", 1, &convolved) == NETJAC_OK, "%s",
                 netjac_last_error());
    CHECK(netjac_graph_apply(graph, "Tanh", 1, &convolved, NULL, 1, &value) == NETJAC_OK);
  }
  CHECK_SAYING(netjac_graph_network(graph, 1, &x, 1, &value, &network) == NETJAC_OK, "%s", netjac_last_error());
  netjac_graph_release(graph);
  return network;
}

static void test_band(void) {
  netjac_network *network = banded_network();
  int64_t seeds = -1, nonzeros = -1;
  char plan[1000] = "";
  if (network == NULL) return;
  CHECK(netjac_input_size(network) == POINTS && netjac_output_size(network) == POINTS);
  CHECK(netjac_jacobian_seeds(network, &seeds) == NETJAC_OK);
  CHECK_SAYING(seeds >= 1 && seeds <= BAND, "%d seeds; %d are enough", (int)seeds, BAND);
  CHECK(netjac_jacobian_plan(network, plan, sizeof plan, NULL) == NETJAC_OK);
  CHECK_SAYING(strstr(plan, "2788 of 160000 elements, 7 seeds") != NULL, "the plan is: %s", plan);
  CHECK(netjac_jacobian_seeds(network, NULL) == NETJAC_ERROR_ARGUMENT);

  /* The same values as dense. */
  double *x = malloc(POINTS * sizeof *x), *dense = malloc(POINTS * POINTS * sizeof *dense);
  double *values = malloc(POINTS * BAND * sizeof *values);
  int64_t *columns = malloc((POINTS + 1) * sizeof *columns), *rows = malloc(POINTS * BAND * sizeof *rows);
  for (int k = 0; k < POINTS; k++) x[k] = sin(0.7 * k);
  CHECK(netjac_jacobian_sparsity(network, &nonzeros, columns, rows) == NETJAC_OK && nonzeros <= POINTS * BAND);
  CHECK(netjac_jacobian(network, 1, x, NULL, dense, NETJAC_ROW_MAJOR) == NETJAC_OK);
  CHECK(netjac_jacobian_sparse(network, 1, x, NULL, values) == NETJAC_OK);
  double worst = 0;
  for (int k = 0; k < POINTS; k++)
    for (int64_t p = columns[k]; p < columns[k + 1]; p++) {
      worst = fmax(worst, fabs(values[p] - dense[rows[p] * POINTS + k]));
      dense[rows[p] * POINTS + k] = 0;
    }
  CHECK_SAYING(worst <= 1e-15, "sparse and dense differ by %.1e", worst);
  size_t outside = 0;
  for (size_t k = 0; k < POINTS * POINTS; k++) outside += dense[k] != 0;
  CHECK_SAYING(outside == 0, "%zu elements outside the structure", outside);

  /* Second derivatives reach as far as two outputs' windows overlap. */
  CHECK(netjac_hessian_sparsity(network, &nonzeros, NULL, NULL) == NETJAC_OK);
  CHECK_SAYING(nonzeros > POINTS && nonzeros <= POINTS * (4 * LAYERS + 1), "H has %ld elements", (long)nonzeros);
  free(x);
  free(dense);
  free(values);
  free(columns);
  free(rows);
  netjac_release(network);
}

static void test_smooth(const char *model) {
  netjac_network *network = NULL;
  double x[8] = {0};
  CHECK(netjac_load(model, NULL, &network) == NETJAC_OK);
  if (network == NULL) return;
  CHECK(netjac_kink_count(network) == 0);
  CHECK(netjac_kinks(network, 1, x, NULL) == NETJAC_OK);
  CHECK(netjac_kink_node(network, 0) == NULL && strstr(netjac_last_error(), "has 0") != NULL);
  CHECK(netjac_prepare(network, "kinks", 1) == NETJAC_OK);
  netjac_release(network);
}

static void test_kinked(const char *model) {
  enum { MOST = 1000, SAMPLES = 3 };
  static double x[SAMPLES * MOST], distances[SAMPLES * MOST], one[MOST];
  static float floats[MOST], rounded[MOST];
  netjac_network *network = NULL;
  CHECK(netjac_load(model, NULL, &network) == NETJAC_OK);
  if (network == NULL) return;
  const int64_t n = netjac_input_size(network);
  const int32_t count = netjac_kink_count(network);
  CHECK(count > 0 && count <= MOST && n <= MOST);
  for (int32_t k = 0; k < count; k++) {
    CHECK(strlen(netjac_kink_node(network, k)) > 0);
    CHECK(strlen(netjac_kink_operator(network, k)) > 0);
    CHECK(strlen(netjac_kink_convention(network, k)) > 0);
    CHECK(netjac_kink_node(network, k) == netjac_kink_node(network, k));
  }
  for (int32_t k = -1; k <= count; k += count + 1) {
    CHECK(netjac_kink_node(network, k) == NULL && strstr(netjac_last_error(), "does not exist") != NULL);
    CHECK(netjac_kink_operator(network, k) == NULL && netjac_kink_convention(network, k) == NULL);
  }
  CHECK(netjac_prepare(network, "kinks", SAMPLES) == NETJAC_OK);
  for (int64_t k = 0; k < SAMPLES * n; k++) x[k] = (float)sin(1.1 * (double)k);
  CHECK(netjac_kinks(network, SAMPLES, x, distances) == NETJAC_OK);
  for (int64_t s = 0; s < SAMPLES; s++) {
    for (int64_t k = 0; k < n; k++) floats[k] = (float)x[s * n + k];
    CHECK(netjac_kinks(network, 1, x + s * n, one) == NETJAC_OK);
    CHECK(netjac_kinks_f32(network, 1, floats, rounded) == NETJAC_OK);
    for (int32_t k = 0; k < count; k++) {
      CHECK(one[k] >= 0 && fabs(one[k] - distances[s * count + k]) <= 1e-12);
      CHECK(fabs(rounded[k] - one[k]) <= 1e-6 * fmax(1, one[k]));
    }
  }
  one[0] = -7;
  CHECK(netjac_kinks(network, 1, NULL, one) == NETJAC_ERROR_ARGUMENT && one[0] == -7);
  CHECK(netjac_kinks(network, 1, x, NULL) == NETJAC_ERROR_ARGUMENT);
  CHECK(strstr(netjac_last_error(), "'distances' is NULL") != NULL);
  CHECK(netjac_kinks(network, -1, x, one) == NETJAC_ERROR_ARGUMENT && one[0] == -7);
  CHECK(netjac_kink_count(NULL) == -1 && netjac_kink_operator(NULL, 0) == NULL);
  netjac_release(network);
}

/* Everything that is missing is named at once, so that nobody has to try again and again. */
static void test_refusal(const char *model, char **operators, int count) {
  netjac_network *network = NULL;
  CHECK(netjac_load(model, NULL, &network) == NETJAC_ERROR_UNSUPPORTED && network == NULL);
  for (int k = 0; k < count; k++)
    CHECK_SAYING(strstr(netjac_last_error(), operators[k]) != NULL, "'%s' does not name %s", netjac_last_error(),
                 operators[k]);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: insight SMOOTH_MODEL KINKED_MODEL UNSUPPORTED_MODEL OPERATOR OPERATOR...\n");
    return 2;
  }
  test_band();
  test_smooth(argv[1]);
  test_kinked(argv[2]);
  test_refusal(argv[3], argv + 4, argc - 4);
  return checks_result();
}
