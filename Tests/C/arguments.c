/*
 * arguments.c - Wrong arguments get an error that says what would be right, and leave every output untouched.
 *
 * Usage: arguments MODEL CHOICE. MODEL has at least one input and one output; CHOICE takes three reals and an int64,
 * and gives two outputs.
 */
#include "calls.h"
#include "check.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int says(const char *words) {
  if (strstr(netjac_last_error(), words) != NULL) return 1;
  printf("the message '%s' does not say '%s'\n", netjac_last_error(), words);
  return 0;
}

/* ---- Handles that are none ----------------------------------------------------------------------------------- */

static netjac_options *some_options;

static void *foreign_handle(int kind, netjac_network *network, netjac_network *released) {
  static double elsewhere[4];
  switch (kind) {
    case 0: return NULL;
    case 1: return released;
    case 2: return elsewhere;
    case 3: return (char *)network + 1;
    case 4: return (char *)network + (1 << 20);
    case 5: return (char *)network - (1 << 20);
    case 6: return (void *)1;
    case 7: return (void *)UINTPTR_MAX;
    case 8: return (void *)(uintptr_t)0x7ff8000000000000u;
    case 9: return some_options;
    default: return NULL;
  }
}
enum { FOREIGN_KINDS = 10 };

static void test_foreign_networks(netjac_network *network, netjac_network *released) {
  for (int kind = 0; kind < FOREIGN_KINDS; kind++) {
    netjac_network *foreign = foreign_handle(kind, network, released);
    const char *words = kind == 0 ? "NULL" : kind == 1 ? "released" : "is not one";
    double numbers[8] = {0};
    int64_t count = -7;
    size_t needed = 77;
    char text[8] = "before";

    for (int task = 0; task < TASK_COUNT; task++) {
      for (int is_float = 0; is_float < 2; is_float++) {
        CHECK(call(task, is_float, foreign, 1, numbers, numbers, numbers + 2, numbers + 4, NETJAC_ROW_MAJOR) ==
              NETJAC_ERROR_ARGUMENT);
        CHECK(says(words) && says("netjac_load"));
      }
    }
    CHECK(netjac_prepare(foreign, "forward", 1) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_jacobian_sparsity(foreign, &count, NULL, NULL) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_jacobian_cost(foreign, &count, &count, &count) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_hessian_sparsity(foreign, &count, NULL, NULL) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_jacobian_seeds(foreign, &count) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_jacobian_plan(foreign, text, sizeof text, &needed) == NETJAC_ERROR_ARGUMENT && says(words));
    CHECK(netjac_input_count(foreign) == -1 && says(words));
    CHECK(netjac_output_count(foreign) == -1 && says(words));
    CHECK(netjac_input_name(foreign, 0) == NULL && says(words));
    CHECK(netjac_input_type(foreign, 0) == NULL && says(words));
    CHECK(netjac_output_name(foreign, 0) == NULL && says(words));
    CHECK(netjac_input_rank(foreign, 0) == -1 && says(words));
    CHECK(netjac_output_rank(foreign, 0) == -1 && says(words));
    CHECK(netjac_input_dim(foreign, 0, 0) == -1 && says(words));
    CHECK(netjac_output_dim(foreign, 0, 0) == -1 && says(words));
    CHECK(netjac_input_size(foreign) == -1 && says(words));
    CHECK(netjac_output_size(foreign) == -1 && says(words));
    netjac_release(foreign);

    CHECK(count == -7 && needed == 77 && strcmp(text, "before") == 0);
    for (int k = 0; k < 8; k++) CHECK(numbers[k] == 0);
  }
  CHECK(netjac_input_size(network) > 0);
}

static void test_foreign_options(netjac_network *network) {
  netjac_network *untouched = NULL;
  netjac_options *released = netjac_options_create();
  CHECK(released != NULL);
  netjac_options_release(released);
  netjac_options_release(released);
  netjac_options_release(NULL);
  netjac_options *foreign[] = {released, (netjac_options *)network, (netjac_options *)&untouched,
                               (netjac_options *)((char *)some_options + 1)};
  for (size_t k = 0; k < sizeof foreign / sizeof *foreign; k++) {
    CHECK(netjac_options_set(foreign[k], "threads", "1") == NETJAC_ERROR_ARGUMENT && says("netjac_options_create"));
    CHECK(netjac_load("nowhere.onnx", foreign[k], &untouched) == NETJAC_ERROR_ARGUMENT);
    CHECK(says("netjac_options_create"));
    CHECK(untouched == NULL);
  }
  CHECK(netjac_options_set(NULL, "threads", "1") == NETJAC_ERROR_ARGUMENT && says("NULL"));
  CHECK(netjac_options_set(some_options, "threads", "1") == NETJAC_OK);
}

/* ---- Numeric calls ------------------------------------------------------------------------------------------- */

/* Arrays of one call: `width` bytes around a good sample, so that what must not be written can be seen. */
struct arrays {
  size_t scalar, n, m, nonzeros, y_size, result_size;
  void *x, *direction, *y, *result;
};

enum { SENTINEL = 0x5a };

static struct arrays make_arrays(netjac_network *network, enum task task, int is_float) {
  struct arrays a;
  int64_t nonzeros = 0;
  memset(&a, 0, sizeof a);
  netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL);
  a.scalar = is_float ? sizeof(float) : sizeof(double);
  a.n = (size_t)netjac_input_size(network);
  a.m = (size_t)netjac_output_size(network);
  a.nonzeros = (size_t)nonzeros;
  a.y_size = a.m * a.scalar;
  a.result_size = (result_width(task, a.n, a.m, a.nonzeros) + 1) * a.scalar;
  a.x = calloc(a.n + 1, a.scalar);
  a.direction = calloc(a.n + a.m, a.scalar);
  a.y = malloc(a.y_size);
  a.result = malloc(a.result_size);
  memset(a.y, SENTINEL, a.y_size);
  memset(a.result, SENTINEL, a.result_size);
  return a;
}

static int untouched(const struct arrays *a) {
  for (size_t k = 0; k < a->y_size; k++)
    if (((unsigned char *)a->y)[k] != SENTINEL) return 0;
  for (size_t k = 0; k < a->result_size; k++)
    if (((unsigned char *)a->result)[k] != SENTINEL) return 0;
  return 1;
}

static void free_arrays(struct arrays *a) {
  free(a->x);
  free(a->direction);
  free(a->y);
  free(a->result);
}

static void test_arrays(netjac_network *network, enum task task, int is_float) {
  struct arrays a = make_arrays(network, task, is_float);
  const netjac_order order = NETJAC_COLUMN_MAJOR;
  const char *const result_name = task == JACOBIAN          ? "'jacobian'"
                                  : task == HESSIAN         ? "'hessian'"
                                  : task == JACOBIAN_SPARSE ? "'values'"
                                                            : "'product'";
  const char *const direction_name = task == JVP || task == HVP ? "'tangent'" : task == VJP ? "'cotangent'" : "'weights'";

  /* Missing arrays. */
  CHECK(call(task, is_float, network, 1, NULL, a.direction, a.y, a.result, order) == NETJAC_ERROR_ARGUMENT);
  CHECK(says("'x' is NULL"));
  if (task_has_direction(task)) {
    CHECK(call(task, is_float, network, 1, a.x, NULL, a.y, a.result, order) == NETJAC_ERROR_ARGUMENT);
    CHECK(says(direction_name) && says("is NULL"));
  }
  if (task == FORWARD) {
    CHECK(call(task, is_float, network, 1, a.x, NULL, NULL, NULL, order) == NETJAC_ERROR_ARGUMENT);
    CHECK(says("'y' is NULL"));
  } else {
    CHECK(call(task, is_float, network, 1, a.x, a.direction, a.y, NULL, order) == NETJAC_ERROR_ARGUMENT);
    CHECK(says(result_name) && says("is NULL"));
  }
  CHECK(untouched(&a));

  /* Counts that cannot be. */
  static const int64_t negative[] = {-1, -2, INT64_MIN, INT64_MIN + 1};
  for (size_t k = 0; k < sizeof negative / sizeof *negative; k++) {
    CHECK(call(task, is_float, network, negative[k], a.x, a.direction, a.y, a.result, order) ==
          NETJAC_ERROR_ARGUMENT);
    CHECK(says("'samples' is -") && says("0 or more"));
  }
  const int64_t n = (int64_t)a.n, m = (int64_t)a.m;
  const int64_t huge[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, INT64_MAX / 8 / (n > m ? n : m) + 1,
                          (int64_t)1 << 61};
  for (size_t k = 0; k < sizeof huge / sizeof *huge; k++) {
    CHECK(call(task, is_float, network, huge[k], a.x, a.direction, a.y, a.result, order) == NETJAC_ERROR_ARGUMENT);
    CHECK(says("'samples' is ") && says("at most"));
  }
  CHECK(untouched(&a));

  /* Addresses that no array of the type has. */
  CHECK(call(task, is_float, network, 1, (char *)a.x + 1, a.direction, a.y, a.result, order) ==
        NETJAC_ERROR_ARGUMENT);
  CHECK(says("'x' is at address") && says("multiple of"));
  if (task_has_result(task)) {
    CHECK(call(task, is_float, network, 1, a.x, a.direction, a.y, (char *)a.result + 2, order) ==
          NETJAC_ERROR_ARGUMENT);
    CHECK(says(result_name) && says("multiple of"));
  }
  CHECK(untouched(&a));

  /* Orders that do not exist. */
  if (task == JACOBIAN) {
    static const netjac_order wrong[] = {-1, 2, INT32_MAX, INT32_MIN};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
      CHECK(call(task, is_float, network, 1, a.x, a.direction, a.y, a.result, wrong[k]) == NETJAC_ERROR_ARGUMENT);
      CHECK(says("'order' is ") && says("NETJAC_COLUMN_MAJOR"));
    }
    CHECK(untouched(&a));
  }

  /* No samples: nothing to do, with and without arrays. */
  CHECK(call(task, is_float, network, 0, NULL, NULL, NULL, NULL, order) == NETJAC_OK);
  CHECK(call(task, is_float, network, 0, a.x, a.direction, a.y, a.result, order) == NETJAC_OK);
  CHECK(untouched(&a));

  /* A good call after all of these, without y where it may be missing, then with it. */
  if (task != FORWARD) {
    CHECK_SAYING(call(task, is_float, network, 1, a.x, a.direction, NULL, a.result, order) == NETJAC_OK,
                 "%s without y: %s", task_names[task], netjac_last_error());
  }
  CHECK_SAYING(call(task, is_float, network, 1, a.x, a.direction, a.y, a.result, order) == NETJAC_OK, "%s: %s",
               task_names[task], netjac_last_error());
  /* Nothing is written behind the end of the result. */
  for (size_t k = a.result_size - a.scalar; k < a.result_size; k++)
    CHECK(((unsigned char *)a.result)[k] == SENTINEL);

  /* NaN and infinity are data. */
  for (size_t k = 0; k < a.n; k++) {
    if (is_float) {
      ((float *)a.x)[k] = k % 2 ? NAN : INFINITY;
    } else {
      ((double *)a.x)[k] = k % 2 ? NAN : -INFINITY;
    }
  }
  CHECK(call(task, is_float, network, 1, a.x, a.direction, a.y, a.result, order) == NETJAC_OK);
  free_arrays(&a);
}

/* ---- Loading ------------------------------------------------------------------------------------------------- */

static void test_loading(const char *model) {
  netjac_network *const marker = (netjac_network *)(uintptr_t)0x1230;
  netjac_network *network = marker;
  char bytes[16] = "not a network..";

  CHECK(netjac_load(NULL, NULL, &network) == NETJAC_ERROR_ARGUMENT && says("'path' is NULL"));
  CHECK(netjac_load(model, NULL, NULL) == NETJAC_ERROR_ARGUMENT && says("'network' is NULL"));
  CHECK(netjac_load("", NULL, &network) == NETJAC_ERROR_FILE);
  CHECK(netjac_load("no/such/file.onnx", NULL, &network) == NETJAC_ERROR_FILE && says("no/such/file.onnx"));
  CHECK(netjac_load("/", NULL, &network) == NETJAC_ERROR_FILE);
  CHECK(netjac_load("\xff\xfe\x80", NULL, &network) == NETJAC_ERROR_FILE);
  CHECK(netjac_load_bytes(NULL, 3, NULL, &network) == NETJAC_ERROR_ARGUMENT && says("'bytes' is NULL"));
  CHECK(netjac_load_bytes(bytes, SIZE_MAX, NULL, &network) == NETJAC_ERROR_ARGUMENT && says("'size' is 1844"));
  CHECK(netjac_load_bytes(bytes, sizeof bytes, NULL, NULL) == NETJAC_ERROR_ARGUMENT && says("'network' is NULL"));
  CHECK(netjac_load_bytes(NULL, 0, NULL, &network) == NETJAC_ERROR_FORMAT && says("empty"));
  CHECK(netjac_load_bytes(bytes, sizeof bytes, NULL, &network) == NETJAC_ERROR_FORMAT);
  CHECK(network == marker);
}

static void test_bytes_equal_file(const char *model) {
  FILE *file = fopen(model, "rb");
  CHECK(file != NULL);
  if (file == NULL) return;
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(size);
  CHECK(fread(bytes, 1, size, file) == size);
  fclose(file);

  netjac_network *from_file = NULL, *from_bytes = NULL;
  CHECK(netjac_load(model, NULL, &from_file) == NETJAC_OK);
  CHECK(netjac_load_bytes(bytes, size, NULL, &from_bytes) == NETJAC_OK);
  memset(bytes, 0, size);
  free(bytes);
  CHECK(from_file != from_bytes);
  size_t n = (size_t)netjac_input_size(from_file), m = (size_t)netjac_output_size(from_file);
  CHECK(netjac_input_size(from_bytes) == (int64_t)n && netjac_output_size(from_bytes) == (int64_t)m);
  double *x = calloc(n, sizeof *x), *y = calloc(2 * m, sizeof *y);
  for (size_t k = 0; k < n; k++) x[k] = 0.1 * (double)(k + 1);
  CHECK(netjac_forward(from_file, 1, x, y) == NETJAC_OK);
  CHECK(netjac_forward(from_bytes, 1, x, y + m) == NETJAC_OK);
  CHECK(memcmp(y, y + m, m * sizeof *y) == 0);
  free(x);
  free(y);
  netjac_release(from_file);
  netjac_release(from_bytes);
}

static void test_options(const char *model) {
  static const char *const bad[][3] = {
      {"", "1", "unknown option ''"},
      {"Precision", "float64", "unknown option 'Precision'"},
      {"dim", "1", "unknown option 'dim'"},
      {"dim.", "1", "unknown option 'dim.'"},
      {"input.", "1", "unknown option 'input.'"},
      {"nonsense", "1", "precision, threads, dim.NAME, input.NAME, output, signature, loop_limit, memory_limit"},
      {"loop_limit", "0", "from 1 on"},
      {"loop_limit", "many", "from 1 on"},
      {"precision", "double", "float64 or float32"},
      {"precision", "", "float64 or float32"},
      {"threads", "0", "from 1 to"},
      {"threads", "-3", "from 1 to"},
      {"threads", "two", "from 1 to"},
      {"threads", "1.5", "from 1 to"},
      {"threads", "99999999999999999999999", "from 1 to"},
      {"dim.batch", "-1", "from 0 on"},
      {"dim.batch", "1e3", "from 0 on"},
      {"dim.batch", "99999999999999999999999", "from 0 on"},
      {"input.u", "1,,2", "entry 2"},
      {"input.u", "1,x", "'x', is not a number"},
      {"output", "", "names of outputs"},
      {"output", "a,,b", "names of outputs"},
      {"output", "a,b,a", "'a' twice"},
      {"memory_limit", "0", "number of bytes"},
      {"memory_limit", "-5", "number of bytes"},
      {"memory_limit", "1GB", "number of bytes"},
      {"memory_limit", "9223372036854775808", "number of bytes"},
  };
  netjac_options *options = netjac_options_create();
  netjac_network *network = NULL;
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    CHECK(netjac_options_set(options, bad[k][0], bad[k][1]) == NETJAC_ERROR_OPTION);
    CHECK(says(bad[k][2]));
  }
  CHECK(netjac_options_set(options, NULL, "1") == NETJAC_ERROR_ARGUMENT && says("'key' is NULL"));
  CHECK(netjac_options_set(options, "threads", NULL) == NETJAC_ERROR_ARGUMENT && says("'value' is NULL"));

  /* What failed has changed nothing, and good values are taken, with spaces around them. */
  CHECK(netjac_load(model, options, &network) == NETJAC_OK);
  netjac_release(network);
  network = NULL;
  CHECK(netjac_options_set(options, "precision", " float32 ") == NETJAC_OK);
  CHECK(netjac_options_set(options, "threads", "1") == NETJAC_OK);
  CHECK(netjac_options_set(options, "memory_limit", "1000000000") == NETJAC_OK);
  CHECK_SAYING(netjac_load(model, options, &network) == NETJAC_OK, "%s", netjac_last_error());
  netjac_release(network);

  /* Names that the model does not have, and a limit that nothing fits into. */
  static const char *const misfits[][2] = {
      {"dim.no_such_dimension", "3"}, {"input.no_such_input", "3"}, {"output", "no_such_output"}};
  for (size_t k = 0; k < sizeof misfits / sizeof *misfits; k++) {
    netjac_options *misfit = netjac_options_create();
    network = NULL;
    CHECK(netjac_options_set(misfit, misfits[k][0], misfits[k][1]) == NETJAC_OK);
    CHECK(netjac_load(model, misfit, &network) == NETJAC_ERROR_OPTION && says("no_such"));
    CHECK(network == NULL);
    netjac_options_release(misfit);
  }
  CHECK(netjac_options_set(options, "memory_limit", "10") == NETJAC_OK);
  netjac_status status = netjac_load(model, options, &network);
  if (status == NETJAC_OK) status = netjac_prepare(network, "jacobian", 1);
  CHECK(status == NETJAC_ERROR_MEMORY && says("memory_limit"));
  netjac_options_release(options);
}

/* ---- Queries and plans --------------------------------------------------------------------------------------- */

static void test_queries(netjac_network *network) {
  static const int32_t outside[] = {-1, 1000000, INT32_MAX, INT32_MIN};
  const int32_t inputs = netjac_input_count(network), outputs = netjac_output_count(network);
  CHECK(inputs > 0 && outputs > 0);
  for (size_t k = 0; k < sizeof outside / sizeof *outside; k++) {
    CHECK(netjac_input_name(network, outside[k]) == NULL && says("does not exist"));
    CHECK(netjac_input_type(network, outside[k]) == NULL && says("does not exist"));
    CHECK(netjac_output_name(network, outside[k]) == NULL && says("does not exist"));
    CHECK(netjac_input_rank(network, outside[k]) == -1);
    CHECK(netjac_output_rank(network, outside[k]) == -1);
    CHECK(netjac_input_dim(network, outside[k], 0) == -1);
    CHECK(netjac_output_dim(network, outside[k], 0) == -1);
    CHECK(netjac_input_dim(network, 0, outside[k]) == -1 && says("no axis"));
    CHECK(netjac_output_dim(network, 0, outside[k]) == -1 && says("no axis"));
  }
  CHECK(netjac_input_name(network, inputs) == NULL);
  int64_t n = 0;
  for (int32_t k = 0; k < inputs; k++) {
    int64_t size = 1;
    CHECK(netjac_input_name(network, k) != NULL && netjac_input_name(network, k)[0] != 0);
    CHECK(netjac_input_type(network, k) != NULL && strcmp(netjac_input_type(network, k), "real") == 0);
    for (int32_t axis = 0; axis < netjac_input_rank(network, k); axis++) size *= netjac_input_dim(network, k, axis);
    CHECK(netjac_input_dim(network, k, netjac_input_rank(network, k)) == -1);
    n += size;
  }
  CHECK(n == netjac_input_size(network));
  int64_t m = 0;
  for (int32_t k = 0; k < outputs; k++) {
    int64_t size = 1;
    CHECK(netjac_output_name(network, k) != NULL && netjac_output_name(network, k)[0] != 0);
    for (int32_t axis = 0; axis < netjac_output_rank(network, k); axis++)
      size *= netjac_output_dim(network, k, axis);
    m += size;
  }
  CHECK(m == netjac_output_size(network));
}

static void test_sparsity(netjac_network *network) {
  const int64_t n = netjac_input_size(network), m = netjac_output_size(network);
  int64_t nonzeros = -1;
  CHECK(netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL) == NETJAC_OK);
  CHECK(nonzeros >= 0 && nonzeros <= n * m);
  int64_t *columns = malloc((size_t)(n + 1) * sizeof *columns), *rows = malloc((size_t)(nonzeros + 1) * sizeof *rows);
  rows[nonzeros] = -99;
  CHECK(netjac_jacobian_sparsity(network, NULL, columns, rows) == NETJAC_OK);
  CHECK(netjac_jacobian_sparsity(network, NULL, NULL, NULL) == NETJAC_OK);
  CHECK(columns[0] == 0 && columns[n] == nonzeros && rows[nonzeros] == -99);
  for (int64_t k = 0; k < n; k++) {
    CHECK(columns[k] <= columns[k + 1]);
    for (int64_t p = columns[k]; p < columns[k + 1]; p++)
      CHECK(rows[p] >= 0 && rows[p] < m && (p == columns[k] || rows[p - 1] < rows[p]));
  }
  free(columns);
  free(rows);
}

static void test_plan(netjac_network *network) {
  size_t needed = 0;
  CHECK(netjac_jacobian_plan(network, NULL, 0, &needed) == NETJAC_OK && needed > 1);
  CHECK(netjac_jacobian_plan(network, NULL, 100, NULL) == NETJAC_OK);
  char *whole = malloc(needed + 1), *part = malloc(needed + 1);
  whole[needed] = SENTINEL;
  CHECK(netjac_jacobian_plan(network, whole, needed, NULL) == NETJAC_OK);
  CHECK(strlen(whole) == needed - 1 && whole[needed] == SENTINEL);
  for (size_t size = 0; size < needed; size++) {
    memset(part, SENTINEL, needed + 1);
    CHECK(netjac_jacobian_plan(network, part, size, NULL) == NETJAC_OK);
    CHECK(size == 0 ? part[0] == SENTINEL : strlen(part) < size && strncmp(part, whole, strlen(part)) == 0);
    CHECK(part[size] == SENTINEL);
  }
  CHECK(netjac_jacobian_plan(network, part, SIZE_MAX, NULL) == NETJAC_OK && strcmp(part, whole) == 0);
  free(whole);
  free(part);

  int64_t chosen = -1, forward = -1, reverse = -1;
  CHECK(netjac_jacobian_cost(network, &chosen, &forward, &reverse) == NETJAC_OK);
  CHECK(netjac_jacobian_cost(network, NULL, NULL, NULL) == NETJAC_OK);
  CHECK(chosen > 0 && chosen <= forward && chosen <= reverse);
}

static void test_prepare(netjac_network *network) {
  for (int task = 0; task < TASK_COUNT; task++) {
    CHECK(netjac_prepare(network, task_names[task], 0) == NETJAC_OK);
    CHECK(netjac_prepare(network, task_names[task], 3) == NETJAC_OK);
    CHECK(netjac_prepare(network, task_names[task], -1) == NETJAC_ERROR_ARGUMENT && says("'samples' is -1"));
  }
  CHECK(netjac_prepare(network, NULL, 1) == NETJAC_ERROR_ARGUMENT && says("'task' is NULL"));
  CHECK(netjac_prepare(network, "", 1) == NETJAC_ERROR_ARGUMENT && says("jacobian_sparse"));
  CHECK(netjac_prepare(network, "Forward", 1) == NETJAC_ERROR_ARGUMENT && says("'Forward'"));
  CHECK(netjac_prepare(network, "jacobian", INT64_MAX) == NETJAC_ERROR_ARGUMENT && says("at most"));
}

/* ---- The library itself -------------------------------------------------------------------------------------- */

static void *error_of_another_thread(void *unused) {
  (void)unused;
  CHECK(strcmp(netjac_last_error(), "") == 0);
  CHECK(netjac_input_count(NULL) == -1 && says("NULL"));
  return NULL;
}

static void test_library(void) {
  char version[64];
  snprintf(version, sizeof version, "%d.%d.%d", NETJAC_VERSION_MAJOR, NETJAC_VERSION_MINOR, NETJAC_VERSION_PATCH);
  CHECK(strcmp(netjac_version(), version) == 0);
  CHECK(netjac_version() == netjac_version());
  CHECK(strcmp(netjac_status_name(NETJAC_OK), "NETJAC_OK") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_ARGUMENT), "NETJAC_ERROR_ARGUMENT") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_OPTION), "NETJAC_ERROR_OPTION") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_FILE), "NETJAC_ERROR_FILE") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_FORMAT), "NETJAC_ERROR_FORMAT") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_UNSUPPORTED), "NETJAC_ERROR_UNSUPPORTED") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_SHAPE), "NETJAC_ERROR_SHAPE") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_MEMORY), "NETJAC_ERROR_MEMORY") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_DEFECT), "NETJAC_ERROR_DEFECT") == 0);
  CHECK(strcmp(netjac_status_name(NETJAC_ERROR_NOT_FINITE), "NETJAC_ERROR_NOT_FINITE") == 0);
  CHECK(strcmp(netjac_status_name(1), "unknown status") == 0);
  CHECK(strcmp(netjac_status_name(INT32_MIN), "unknown status") == 0);
}

static void test_last_error(netjac_network *network) {
  CHECK(netjac_input_dim(network, 0, 77) == -1);
  char before[256];
  snprintf(before, sizeof before, "%s", netjac_last_error());
  CHECK(before[0] != 0 && before[strlen(before) - 1] != '\n');
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, error_of_another_thread, NULL) == 0);
  pthread_join(thread, NULL);
  CHECK(netjac_input_size(network) > 0);
  CHECK(strcmp(before, netjac_last_error()) == 0);
  CHECK(strcmp(netjac_last_reason(), "") == 0);
}

/* What an int64 cannot hold is refused by every function, the trainer's too, and nothing is written. */
static void test_whole_numbers(const char *choice) {
  static const double wrong[] = {0.5, NAN, INFINITY, -INFINITY, 9223372036854775808.0, -1e300};
  netjac_network *network = NULL;
  CHECK_SAYING(netjac_load(choice, NULL, &network) == NETJAC_OK, "%s: %s", choice, netjac_last_error());
  if (network == NULL) return;
  CHECK(netjac_input_size(network) == 4 && netjac_output_size(network) == 2);
  CHECK(strcmp(netjac_input_type(network, 0), "real") == 0 && strcmp(netjac_input_type(network, 1), "int64") == 0);
  double x[8] = {NAN, 1, 2, 1, 3, 4, 5, 0}, y[4] = {7, 7, 7, 7};
  CHECK(netjac_forward(network, 2, x, y) == NETJAC_OK && y[2] != 7);
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    x[7] = wrong[k];
    y[0] = y[3] = 7;
    CHECK(netjac_forward(network, 2, x, y) == NETJAC_ERROR_ARGUMENT && y[0] == 7 && y[3] == 7);
    CHECK(says("sample 1") && says("value 3") && says("int64"));
    CHECK(netjac_vjp(network, 2, x, y, NULL, x) == NETJAC_ERROR_ARGUMENT);
  }
  netjac_release(network);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: arguments MODEL CHOICE\n");
    return 2;
  }
  CHECK(strcmp(netjac_last_error(), "") == 0);
  test_library();
  test_loading(argv[1]);

  netjac_network *network = NULL, *released = NULL;
  CHECK_SAYING(netjac_load(argv[1], NULL, &network) == NETJAC_OK, "%s: %s", argv[1], netjac_last_error());
  CHECK(netjac_load(argv[1], NULL, &released) == NETJAC_OK);
  if (network == NULL || released == NULL) return checks_result();
  netjac_release(released);
  netjac_release(released);
  netjac_release(NULL);
  some_options = netjac_options_create();

  test_foreign_networks(network, released);
  test_foreign_options(network);
  test_options(argv[1]);
  test_bytes_equal_file(argv[1]);
  test_queries(network);
  test_plan(network);
  test_sparsity(network);
  for (int task = 0; task < TASK_COUNT; task++)
    for (int is_float = 0; is_float < 2; is_float++) test_arrays(network, task, is_float);
  test_prepare(network);
  test_last_error(network);
  test_whole_numbers(argv[2]);

  netjac_options_release(some_options);
  netjac_release(network);
  CHECK(netjac_input_count(network) == -1 && says("released"));
  return checks_result();
}
