/*
 * corpus.c - Every network of the corpus against its reference values: outputs, Jacobians, products and Hessians, sample by
 * sample and in batches, row- and column-major, with double and float arguments, at both precisions;
 * and sparse Jacobians against dense ones.
 *
 * Usage: corpus FOLDER [CASE...]        FOLDER holds cases.txt and cases/
 */
#include "calls.h"
#include "check.h"
#include "corpus_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More samples than the corpus has and no round number, so that batches have full tiles and a rest. */
enum { LONG_BATCH = 53 };

struct errors {
  double y, jacobian, hessian, sparse;
  size_t outside; /* Elements of J outside its structure that are not zero. */
  size_t unequal; /* Elements that the sparse J has otherwise. */
  int failures;
};

struct reference {
  double *x, *y, *J, *v, *Jv, *w, *wJ, *lambda, *H;
};

static void worse(double *worst, double error) {
  if (error > *worst) *worst = error;
}

static struct reference read_reference(const char *folder, const struct corpus_case *entry) {
  struct reference r;
  const size_t S = (size_t)entry->samples, n = (size_t)entry->n, m = (size_t)entry->m;
  memset(&r, 0, sizeof r);
  r.x = read_doubles(folder, "x", S * n);
  r.y = read_doubles(folder, "y", S * m);
  r.J = read_doubles(folder, "J", S * m * n);
  r.v = read_doubles(folder, "v", S * n);
  r.Jv = read_doubles(folder, "Jv", S * m);
  r.w = read_doubles(folder, "w", S * m);
  r.wJ = read_doubles(folder, "wJ", S * n);
  if (entry->has_hessian) {
    r.lambda = read_doubles(folder, "lambda", S * m);
    r.H = read_doubles(folder, "H", S * n * n);
  }
  return r;
}

static void free_reference(struct reference *r) {
  double *arrays[] = {r->x, r->y, r->J, r->v, r->Jv, r->w, r->wJ, r->lambda, r->H};
  for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
}

/* Samples 0, 1, ... S - 1, 0, 1, ... until there are `samples`, in double or float. */
static void *repeated(const double *values, size_t available, size_t samples, size_t width, int is_float) {
  const size_t count = samples * width;
  double *doubles = malloc((count + 1) * sizeof *doubles);
  for (size_t k = 0; k < count; k++) doubles[k] = values[k % (available * width)];
  if (!is_float) return doubles;
  float *floats = malloc((count + 1) * sizeof *floats);
  for (size_t k = 0; k < count; k++) floats[k] = (float)doubles[k];
  free(doubles);
  return floats;
}

/* Calls one task for `samples` samples, `piece` at a time, and leaves y and the result in double. */
struct evaluation {
  netjac_network *network;
  const struct corpus_case *entry;
  size_t samples, piece;
  int is_float;
  int failures;
};

static void evaluate(struct evaluation *e, enum task task, const double *x, const double *direction, size_t width,
                     netjac_order order, double *y, double *result) {
  const size_t S = (size_t)e->entry->samples, n = (size_t)e->entry->n, m = (size_t)e->entry->m;
  const size_t scalar = e->is_float ? sizeof(float) : sizeof(double), directions = direction_width(task, n, m);
  char *xs = repeated(x, S, e->samples, n, e->is_float);
  char *ds = direction == NULL ? NULL : repeated(direction, S, e->samples, directions, e->is_float);
  char *ys = malloc((e->samples * m + 1) * scalar), *results = malloc((e->samples * width + 1) * scalar);
  /* What is not written must not look right. */
  memset(ys, 0xff, e->samples * m * scalar);
  memset(results, 0xff, e->samples * width * scalar);
  for (size_t first = 0; first < e->samples; first += e->piece) {
    const size_t count = first + e->piece <= e->samples ? e->piece : e->samples - first;
    if (call(task, e->is_float, e->network, (int64_t)count, xs + first * n * scalar,
             ds == NULL ? NULL : ds + first * directions * scalar, ys + first * m * scalar,
             results + first * width * scalar, order) != NETJAC_OK) {
      if (e->failures++ == 0) printf("  %s: %s\n", task_names[task], netjac_last_error());
    }
  }
  for (size_t k = 0; k < e->samples * m && task_has_y(task); k++)
    y[k] = e->is_float ? (double)((float *)ys)[k] : ((double *)ys)[k];
  for (size_t k = 0; k < e->samples * width; k++)
    result[k] = e->is_float ? (double)((float *)results)[k] : ((double *)results)[k];
  free(xs);
  free(ds);
  free(ys);
  free(results);
}

/* Row-major from column-major matrices. */
static void transpose(double *matrices, size_t count, size_t rows, size_t columns) {
  double *copy = malloc((rows * columns + 1) * sizeof *copy);
  for (size_t s = 0; s < count; s++) {
    double *matrix = matrices + s * rows * columns;
    memcpy(copy, matrix, rows * columns * sizeof *copy);
    for (size_t i = 0; i < rows; i++)
      for (size_t k = 0; k < columns; k++) matrix[i * columns + k] = copy[i + k * rows];
  }
  free(copy);
}

/* Dense matrices from the values of compressed columns; NaN stands where the structure has nothing. */
static int scatter(netjac_network *network, const double *values, size_t samples, size_t n, size_t m, double *dense) {
  int64_t nonzeros = 0;
  if (netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL) != NETJAC_OK) return 0;
  int64_t *columns = malloc((n + 1) * sizeof *columns), *rows = malloc(((size_t)nonzeros + 1) * sizeof *rows);
  if (netjac_jacobian_sparsity(network, NULL, columns, rows) != NETJAC_OK) return 0;
  for (size_t k = 0; k < samples * m * n; k++) dense[k] = NAN;
  for (size_t s = 0; s < samples; s++)
    for (size_t k = 0; k < n; k++)
      for (int64_t p = columns[k]; p < columns[k + 1]; p++)
        dense[s * m * n + (size_t)rows[p] * n + k] = values[s * (size_t)nonzeros + (size_t)p];
  free(columns);
  free(rows);
  return 1;
}

/* The sparse Jacobian, in which NaN marks what it lacks, against the dense one; puts zeros there. */
static void compare_sparse(double *sparse, const double *dense, size_t samples, size_t width, struct errors *errors) {
  for (size_t k = 0; k < samples * width; k++) {
    if (isnan(sparse[k])) {
      sparse[k] = 0;
      errors->outside += dense[k] != 0;
    }
    errors->unequal += sparse[k] != dense[k];
  }
  worse(&errors->sparse, worst_error(sparse, dense, samples, width));
}

/* What is not zero in a Hessian is in its structure, which is symmetric. */
static void check_structure(const struct evaluation *e, const double *hessians) {
  const size_t n = (size_t)e->entry->n;
  int64_t nonzeros = 0;
  CHECK_SAYING(netjac_hessian_sparsity(e->network, &nonzeros, NULL, NULL) == NETJAC_OK, "%s: %s", e->entry->name,
               netjac_last_error());
  int64_t *columns = calloc(n + 1, sizeof *columns), *rows = calloc((size_t)nonzeros + 1, sizeof *rows);
  unsigned char *listed = calloc(n * n + 1, 1);
  CHECK(netjac_hessian_sparsity(e->network, NULL, columns, rows) == NETJAC_OK && columns[n] == nonzeros);
  for (size_t k = 0; k < n; k++)
    for (int64_t p = columns[k]; p < columns[k + 1]; p++) listed[(size_t)rows[p] * n + k] = 1;
  size_t missing = 0, one_sided = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) {
      one_sided += listed[i * n + k] != listed[k * n + i];
      for (size_t s = 0; s < e->samples; s++) missing += hessians[(s * n + i) * n + k] != 0 && !listed[i * n + k];
    }
  CHECK_SAYING(missing == 0 && one_sided == 0, "%s: %zu elements of H are not in its structure, %zu lack their mirror",
               e->entry->name, missing, one_sided);
  free(columns);
  free(rows);
  free(listed);
}

static size_t nonzero_count(netjac_network *network) {
  int64_t nonzeros = 0;
  netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL);
  return (size_t)nonzeros;
}

/* Hessian-vector products against the product of the reference with a vector. */
static void compare_products(const struct evaluation *e, const struct reference *r, struct errors *errors) {
  const size_t S = (size_t)e->entry->samples, N = e->samples, n = (size_t)e->entry->n, m = (size_t)e->entry->m;
  double *x = repeated(r->x, S, N, n, 0), *lambda = repeated(r->lambda, S, N, m, 0), *v = repeated(r->v, S, N, n, 0);
  double *H = repeated(r->H, S, N, n * n, 0), *product = malloc((N * n + 1) * sizeof *product), worst = 0;
  if (netjac_hvp(e->network, (int64_t)N, x, lambda, v, product) != NETJAC_OK) {
    if (errors->failures++ == 0) printf("  hvp: %s\n", netjac_last_error());
  }
  for (size_t s = 0; s < N; s++) {
    /* The error counts relative to the largest that rounding of H alone could make. */
    double difference = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
      double sum = 0, bound = 0;
      for (size_t k = 0; k < n; k++) {
        const double term = H[(s * n + i) * n + k] * v[s * n + k];
        sum += term;
        bound += fabs(term);
      }
      difference = fmax(difference, fabs(sum - product[s * n + i]));
      size = fmax(size, bound);
    }
    worst = fmax(worst, size > 0 ? difference / size : difference);
  }
  worse(&errors->hessian, worst);
  free(x);
  free(lambda);
  free(v);
  free(H);
  free(product);
}

/* All tasks with one cut of the samples. */
static void compare(struct evaluation e, const struct reference *r, struct errors *errors) {
  const size_t S = (size_t)e.entry->samples, N = e.samples, n = (size_t)e.entry->n, m = (size_t)e.entry->m;
  const size_t widest = m * n > n * n ? m * n : n * n;
  double *y = malloc((N * m + 1) * sizeof *y), *result = malloc((N * (widest + n + m) + 1) * sizeof *result);
  double *expected_y = repeated(r->y, S, N, m, 0), *expected;

  evaluate(&e, FORWARD, r->x, NULL, 0, 0, y, result);
  worse(&errors->y, worst_error(y, expected_y, N, m));

  expected = repeated(r->J, S, N, m * n, 0);
  for (netjac_order order = NETJAC_ROW_MAJOR; order <= NETJAC_COLUMN_MAJOR; order++) {
    evaluate(&e, JACOBIAN, r->x, NULL, m * n, order, y, result);
    if (order == NETJAC_COLUMN_MAJOR) transpose(result, N, m, n);
    worse(&errors->y, worst_error(y, expected_y, N, m));
    worse(&errors->jacobian, worst_error(result, expected, N, m * n));
  }
  const size_t nonzeros = nonzero_count(e.network);
  double *dense = malloc((N * m * n + 1) * sizeof *dense), *own = malloc((N * m * n + 1) * sizeof *own);
  memcpy(own, result, N * m * n * sizeof *own);
  evaluate(&e, JACOBIAN_SPARSE, r->x, NULL, nonzeros, 0, y, result);
  if (!scatter(e.network, result, N, n, m, dense)) e.failures++;
  compare_sparse(dense, own, N, m * n, errors);
  worse(&errors->y, worst_error(y, expected_y, N, m));
  worse(&errors->jacobian, worst_error(dense, expected, N, m * n));
  free(dense);
  free(own);
  free(expected);

  expected = repeated(r->Jv, S, N, m, 0);
  evaluate(&e, JVP, r->x, r->v, m, 0, y, result);
  worse(&errors->y, worst_error(y, expected_y, N, m));
  worse(&errors->jacobian, worst_error(result, expected, N, m));
  free(expected);

  expected = repeated(r->wJ, S, N, n, 0);
  evaluate(&e, VJP, r->x, r->w, n, 0, y, result);
  worse(&errors->y, worst_error(y, expected_y, N, m));
  worse(&errors->jacobian, worst_error(result, expected, N, n));
  free(expected);

  if (e.entry->has_hessian) {
    expected = repeated(r->H, S, N, n * n, 0);
    evaluate(&e, HESSIAN, r->x, r->lambda, n * n, 0, y, result);
    worse(&errors->hessian, worst_error(result, expected, N, n * n));
    if (!e.is_float) compare_products(&e, r, errors);
    check_structure(&e, result);
    free(expected);
  }
  errors->failures += e.failures;
  free(expected_y);
  free(y);
  free(result);
}

static netjac_status load(const char *folder, const struct corpus_case *entry, const char *precision,
                          netjac_network **network) {
  char path[4 * MAX_TEXT];
  netjac_options *options = netjac_options_create();
  netjac_status status = netjac_options_set(options, "precision", precision);
  for (int k = 0; k < entry->option_count && status == NETJAC_OK; k++)
    status = netjac_options_set(options, entry->option_keys[k], entry->option_values[k]);
  snprintf(path, sizeof path, "%s/%s", folder, entry->model);
  if (status == NETJAC_OK) status = netjac_load(path, options, network);
  netjac_options_release(options);
  return status;
}

static void check_tolerances(const struct corpus_case *entry, const char *precision, const struct errors *errors,
                             const double *tolerance) {
  CHECK_SAYING(errors->failures == 0, "%s at %s: %d calls failed", entry->name, precision, errors->failures);
  CHECK_SAYING(errors->y <= tolerance[0], "%s at %s: y is off by %.2e; %.0e is allowed", entry->name, precision,
               errors->y, tolerance[0]);
  CHECK_SAYING(errors->jacobian <= tolerance[1], "%s at %s: J is off by %.2e; %.0e is allowed", entry->name,
               precision, errors->jacobian, tolerance[1]);
  CHECK_SAYING(errors->outside == 0, "%s at %s: %zu elements of J outside its structure are not zero", entry->name,
               precision, errors->outside);
  CHECK_SAYING(errors->unequal == 0, "%s at %s: sparse J has %zu elements other than J, by up to %.2e", entry->name,
               precision, errors->unequal, errors->sparse);
  if (entry->has_hessian)
    CHECK_SAYING(errors->hessian <= tolerance[2], "%s at %s: H is off by %.2e; %.0e is allowed", entry->name,
                 precision, errors->hessian, tolerance[2]);
}

static void print_errors(const struct corpus_case *entry, const struct errors *errors) {
  printf("  %8.1e %8.1e ", errors->y, errors->jacobian);
  if (entry->has_hessian) {
    printf("%8.1e ", errors->hessian);
  } else {
    printf("%8s ", "-");
  }
  printf("%8.1e ", errors->sparse);
}

static void test(const char *corpus, const struct corpus_case *entry) {
  char folder[2 * MAX_TEXT];
  const size_t S = (size_t)entry->samples;
  struct errors errors[2];
  snprintf(folder, sizeof folder, "%s/cases/%s", corpus, entry->name);
  memset(errors, 0, sizeof errors);
  struct reference reference = read_reference(folder, entry);

  for (int single = 0; single < 2; single++) {
    const char *const precision = single ? "float32" : "float64";
    netjac_network *network = NULL;
    CHECK_SAYING(load(folder, entry, precision, &network) == NETJAC_OK, "%s does not load: %s", entry->name,
                 netjac_last_error());
    if (network == NULL) {
      free_reference(&reference);
      return;
    }
    CHECK_SAYING(netjac_input_size(network) == entry->n && netjac_output_size(network) == entry->m,
                 "%s has %ld inputs and %ld outputs; the reference has %ld and %ld", entry->name,
                 (long)netjac_input_size(network), (long)netjac_output_size(network), entry->n, entry->m);
    if (netjac_input_size(network) == entry->n && netjac_output_size(network) == entry->m) {
      struct errors with_floats;
      memset(&with_floats, 0, sizeof with_floats);
      struct evaluation e = {network, entry, S, 1, 0, 0};
      compare(e, &reference, &errors[single]);
      e.piece = S;
      compare(e, &reference, &errors[single]);
      e.samples = e.piece = LONG_BATCH;
      compare(e, &reference, &errors[single]);
      e.is_float = 1;
      compare(e, &reference, &with_floats);
      e.samples = S;
      e.piece = 1;
      compare(e, &reference, &with_floats);
      check_tolerances(entry, precision, &errors[single], single ? entry->float32 : entry->float64);
      check_tolerances(entry, "float arguments", &with_floats, entry->float32);
    }
    netjac_release(network);
  }
  printf("%-26s", entry->name);
  print_errors(entry, &errors[0]);
  print_errors(entry, &errors[1]);
  printf("\n");
  free_reference(&reference);
}

int main(int argc, char **argv) {
  char path[2 * MAX_TEXT];
  static struct corpus_case entry;
  if (argc < 2) {
    fprintf(stderr, "usage: corpus FOLDER [CASE...]\n");
    return 2;
  }
  snprintf(path, sizeof path, "%s/cases.txt", argv[1]);
  FILE *index = fopen(path, "r");
  if (index == NULL) {
    fprintf(stderr, "%s cannot be read\n", path);
    return 2;
  }
  printf("%-26s  %-36s %s\n", "largest relative error", "float64", " float32");
  printf("%-26s  %8s %8s %8s %8s   %8s %8s %8s %8s\n", "", "y", "J", "H", "sparse", "y", "J", "H", "sparse");
  while (next_case(index, &entry)) {
    int chosen = argc == 2;
    for (int k = 2; k < argc; k++) chosen |= strcmp(argv[k], entry.name) == 0;
    if (chosen) test(argv[1], &entry);
  }
  fclose(index);
  printf("sparse: against the dense Jacobian, which must be equal to the last bit\n");
  return checks_result();
}
