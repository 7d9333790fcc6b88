/*
 * foot.c - The whole of NetJac in C: load a network, ask what it takes, evaluate it, differentiate it.
 *
 *   gcc foot.c -o foot $(pkg-config --cflags --libs netjac)
 *   ./foot foot_ground_contact.onnx
 */
#include <netjac.h>

#include <stdio.h>
#include <stdlib.h>

/* Every function that can fail returns a status, and netjac_last_error() says in words what was wrong. */
static void check(netjac_status status) {
  if (status != NETJAC_OK) {
    fprintf(stderr, "%s: %s\n", netjac_status_name(status), netjac_last_error());
    exit(1);
  }
}

static void print_matrix(const char *title, const double *values, int64_t rows, int64_t columns) {
  printf("%s\n", title);
  for (int64_t i = 0; i < rows; i++) {
    for (int64_t k = 0; k < columns; k++) printf(" %12.6g", values[i * columns + k]);
    printf("\n");
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: foot MODEL\n");
    return 1;
  }

  /* Options are text. Without any, pass NULL instead; these are the defaults but for the number of threads. */
  netjac_options *options = netjac_options_create();
  check(netjac_options_set(options, "precision", "float64"));
  check(netjac_options_set(options, "threads", "1"));
  netjac_network *network = NULL;
  check(netjac_load(argv[1], options, &network));
  netjac_options_release(options);

  /* A network says what it takes and gives. Several inputs lie one after the other in x. */
  for (int32_t k = 0; k < netjac_input_count(network); k++) {
    printf("input '%s' of shape [", netjac_input_name(network, k));
    for (int32_t axis = 0; axis < netjac_input_rank(network, k); axis++)
      printf("%s%lld", axis == 0 ? "" : ", ", (long long)netjac_input_dim(network, k, axis));
    printf("]\n");
  }
  const int64_t n = netjac_input_size(network), m = netjac_output_size(network);
  printf("n = %lld inputs, m = %lld outputs\n", (long long)n, (long long)m);

  /* Three samples at once: x is [3][n], y is [3][m], the Jacobians are [3][m][n]. */
  enum { SAMPLES = 3 };
  double *x = malloc((size_t)(SAMPLES * n) * sizeof *x);
  double *y = malloc((size_t)(SAMPLES * m) * sizeof *y);
  double *jacobian = malloc((size_t)(SAMPLES * m * n) * sizeof *jacobian);
  double *direction = malloc((size_t)(n > m ? n : m) * sizeof *direction);
  double *product = malloc((size_t)(n > m ? n : m) * sizeof *product);
  if (x == NULL || y == NULL || jacobian == NULL || direction == NULL || product == NULL) return 1;
  for (int64_t k = 0; k < SAMPLES * n; k++) x[k] = 0.05 * (double)(k % 7) - 0.1;

  check(netjac_forward(network, SAMPLES, x, y));
  print_matrix("Outputs, a sample a row:", y, SAMPLES, m);

  /* Compiling and allocating happen at the first call of a task, or here; after that a call does neither. */
  check(netjac_prepare(network, "jacobian", SAMPLES));
  check(netjac_jacobian(network, SAMPLES, x, y, jacobian, NETJAC_ROW_MAJOR));
  print_matrix("Jacobian of the first sample, an output a row:", jacobian, m, n);

  /* Products with the Jacobian cost little more than an evaluation. */
  for (int64_t k = 0; k < n; k++) direction[k] = k == 0 ? 1 : 0;
  check(netjac_jvp(network, 1, x, direction, NULL, product));
  print_matrix("J v for v along the first input, its first column:", product, 1, m);

  for (int64_t k = 0; k < m; k++) direction[k] = 1;
  check(netjac_vjp(network, 1, x, direction, NULL, product));
  print_matrix("w' J for w of ones, the gradient of the sum of the outputs:", product, 1, n);

  free(x);
  free(y);
  free(jacobian);
  free(direction);
  free(product);
  netjac_release(network);
  return 0;
}
