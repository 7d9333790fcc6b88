/*
 * Graphs through the C interface: the behaviours of a teaching assignment on automatic differentiation, forward
 * mode beside them, second derivatives, networks of graphs, and what callers do wrong.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "netjac.h"

static netjac_graph *graph;

static int32_t input(const char *name, int32_t rank, int64_t rows, int64_t columns) {
  const int64_t dims[2] = {rows, columns};
  int32_t value = -1;
  OK(netjac_graph_input(graph, name, rank, dims, &value));
  return value;
}

static int32_t scalar(double number) {
  int32_t value = -1;
  OK(netjac_graph_constant(graph, 0, NULL, &number, &value));
  return value;
}

static int32_t unary(const char *name, int32_t x, const char *attributes) {
  int32_t value = -1;
  OK(netjac_graph_apply(graph, name, 1, &x, attributes, 1, &value));
  return value;
}

static int32_t binary(const char *name, int32_t a, int32_t b) {
  const int32_t operands[2] = {a, b};
  int32_t value = -1;
  OK(netjac_graph_apply(graph, name, 2, operands, NULL, 1, &value));
  return value;
}

static int32_t gradient(int32_t y, int32_t x) {
  int32_t value = -1;
  OK(netjac_graph_gradients(graph, y, 1, &x, &value));
  return value;
}

static int32_t derivative(int32_t y, int32_t x, int32_t tangent) {
  int32_t value = -1;
  OK(netjac_graph_jvp(graph, y, 1, &x, &tangent, &value));
  return value;
}

/* Evaluates values at a point, all inputs one after the other. */
static void evaluate(int32_t input_count, const int32_t *inputs, int32_t output_count, const int32_t *outputs,
                     const double *x, double *y) {
  netjac_network *network = NULL;
  OK(netjac_graph_network(graph, input_count, inputs, output_count, outputs, &network));
  OK(netjac_forward(network, 1, x, y));
  netjac_release(network);
}

static int is_close(const double *a, const double *b, int count) {
  for (int k = 0; k < count; k++) {
    if (!(fabs(a[k] - b[k]) <= 1e-12 * fmax(1, fabs(b[k])))) {
      printf("element %d is %.17g; %.17g was expected\n", k, a[k], b[k]);
      return 0;
    }
  }
  return 1;
}

/* y of x1 and x2 [3]: y, both gradients, and the derivative along (x1: ones). */
static void check_of_two(const char *name, int32_t x1, int32_t x2, int32_t y, const double *expected) {
  static const double point[6] = {2, -1, 0.5, 3, 4, -2};
  const double one[3] = {1, 1, 1};
  const int64_t dims[1] = {3};
  double found[12];
  int32_t ones = -1;
  OK(netjac_graph_constant(graph, 1, dims, one, &ones));
  const int32_t inputs[2] = {x1, x2};
  const int32_t outputs[4] = {y, gradient(y, x1), gradient(y, x2), derivative(y, x1, ones)};
  evaluate(2, inputs, 4, outputs, point, found);
  CHECK_SAYING(is_close(found, expected, 9), "%s", name);
  /* Elementwise work: the derivative along ones is the gradient. */
  CHECK_SAYING(is_close(found + 9, expected + 3, 3), "%s, forward mode", name);
}

static void check_assignment(void) {
  OK(netjac_graph_create(&graph));
  const int32_t x1 = input("x1", 1, 3, 0), x2 = input("x2", 1, 3, 0);
  /* 1: identity. */
  check_of_two("identity", x1, x2, unary("Identity", x1, NULL), (double[]){2, -1, 0.5, 1, 1, 1, 0, 0, 0});
  /* 2, 3: a constant added, multiplied. */
  check_of_two("x + 5", x1, x2, binary("Add", x1, scalar(5)), (double[]){7, 4, 5.5, 1, 1, 1, 0, 0, 0});
  check_of_two("5 x", x1, x2, binary("Mul", scalar(5), x1), (double[]){10, -5, 2.5, 5, 5, 5, 0, 0, 0});
  /* 4, 5: two variables added, multiplied. */
  check_of_two("x1 + x2", x1, x2, binary("Add", x1, x2), (double[]){5, 3, -1.5, 1, 1, 1, 1, 1, 1});
  check_of_two("x1 x2", x1, x2, binary("Mul", x1, x2), (double[]){6, -4, -1, 3, 4, -2, 2, -1, 0.5});
  /* 6, 7, 8: both, in three mixtures. */
  check_of_two("x1 + x1 x2", x1, x2, binary("Add", x1, binary("Mul", x1, x2)),
               (double[]){8, -5, -0.5, 4, 5, -1, 2, -1, 0.5});
  check_of_two("x1 x2 + x1 x2 + 3", x1, x2,
               binary("Add", binary("Add", binary("Mul", x1, x2), binary("Mul", x1, x2)), scalar(3)),
               (double[]){15, -5, 1, 6, 8, -4, 4, -2, 1});
  check_of_two("x1 (x2 + x1 + 2)", x1, x2,
               binary("Mul", x1, binary("Add", binary("Add", x2, x1), scalar(2))),
               (double[]){14, -5, 0.25, 9, 4, 1, 2, -1, 0.5});
  /* 9: the gradient of a gradient. */
  {
    const int32_t y = binary("Add", binary("Mul", binary("Mul", x1, x1), x1), binary("Mul", x1, x2));
    const int32_t first = gradient(y, x1);
    const int32_t outputs[3] = {first, gradient(first, x1), gradient(first, x2)};
    const double point[6] = {2, -1, 0.5, 3, 4, -2};
    const int32_t inputs[2] = {x1, x2};
    double found[9];
    evaluate(2, inputs, 3, outputs, point, found);
    CHECK(is_close(found, (double[]){15, 7, -1.25, 12, -6, 3, 1, 1, 1}, 9));
  }
  netjac_graph_release(graph);
}

/* 10: matrix products, with either factor transposed, against the formulas dA = dY B', dB = A' dY. */
static void check_matrix_product(int transposes_a, int transposes_b) {
  OK(netjac_graph_create(&graph));
  const int32_t a = transposes_a ? input("A", 2, 3, 2) : input("A", 2, 2, 3);
  const int32_t b = transposes_b ? input("B", 2, 4, 3) : input("B", 2, 3, 4);
  const int32_t left = transposes_a ? unary("Transpose", a, "perm=1,0") : a;
  const int32_t right = transposes_b ? unary("Transpose", b, "perm=1,0") : b;
  const int32_t y = binary("MatMul", left, right);
  double x[18], found[8 + 6 + 12], expected[8 + 6 + 12] = {0};
  for (int k = 0; k < 18; k++) x[k] = sin(k + 1.0);
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < 3; k++) {
      const int at = transposes_a ? 2 * k + i : 3 * i + k;
      for (int j = 0; j < 4; j++) {
        const int bt = transposes_b ? 3 * j + k : 4 * k + j;
        expected[4 * i + j] += x[at] * x[6 + bt];
        expected[8 + at] += x[6 + bt];
        expected[14 + bt] += x[at];
      }
    }
  }
  const int32_t inputs[2] = {a, b}, outputs[3] = {y, gradient(y, a), gradient(y, b)};
  evaluate(2, inputs, 3, outputs, x, found);
  CHECK_SAYING(is_close(found, expected, 26), "product %d %d", transposes_a, transposes_b);

  /* Forward mode: along A = E, B = F it is E B + A F; along (A, 0) it is the product itself. */
  const int32_t zero = binary("Sub", b, b);
  const int32_t xs[2] = {a, b}, tangents[2] = {a, zero};
  int32_t product = -1;
  OK(netjac_graph_jvp(graph, y, 2, xs, tangents, &product));
  evaluate(2, inputs, 1, &product, x, found);
  CHECK(is_close(found, expected, 8));
  netjac_graph_release(graph);
}

/* Gradients are total, also with respect to values between. */
static void check_intermediate(void) {
  OK(netjac_graph_create(&graph));
  const int32_t x = input("x", 0, 0, 0);
  const int32_t u = binary("Mul", x, x), y = binary("Mul", u, x);
  const int32_t xs[2] = {u, x};
  int32_t gradients[2] = {-1, -1};
  OK(netjac_graph_gradients(graph, y, 2, xs, gradients));
  double found[2];
  evaluate(1, &x, 2, gradients, (double[]){3}, found);
  CHECK(is_close(found, (double[]){3, 27}, 2));
  netjac_graph_release(graph);
}

static void check_parameters_and_text(void) {
  OK(netjac_graph_create(&graph));
  const int64_t matrix[2] = {3, 2}, row[2] = {1, 2};
  const double weights[6] = {1, 2, 3, 4, 5, 6}, offsets[2] = {-1, 1}, shape_of_y[1] = {2};
  const int64_t one[1] = {1};
  int32_t w = -1, b = -1, shape = -1;
  const int32_t x = input("x", 2, 1, 3);
  OK(netjac_graph_parameter(graph, "W", 2, matrix, weights, &w));
  OK(netjac_graph_parameter(graph, "b", 2, row, offsets, &b));
  const int32_t y = unary("Tanh", binary("Add", binary("MatMul", x, w), b), NULL);
  OK(netjac_graph_constant(graph, 1, one, shape_of_y, &shape));
  const int32_t flat = binary("Reshape", y, shape);
  CHECK(netjac_graph_rank(graph, flat) == 1 && netjac_graph_dim(graph, flat, 0) == 2);
  CHECK(netjac_graph_dim(graph, w, 0) == 3 && netjac_graph_dim(graph, w, 1) == 2);
  CHECK(netjac_graph_rank(graph, 99) == -1 && netjac_graph_dim(graph, w, 2) == -1);

  netjac_network *network = NULL;
  double found[2];
  OK(netjac_graph_network(graph, 1, &x, 1, &flat, &network));
  CHECK(netjac_input_size(network) == 3 && netjac_output_size(network) == 2);
  OK(netjac_forward(network, 1, (double[]){0.1, 0, 0.2}, found));
  CHECK(is_close(found, (double[]){tanh(0.1 + 1 - 1), tanh(0.2 + 1.2 + 1)}, 2));
  netjac_release(network);

  char text[2000];
  size_t needed = 0;
  OK(netjac_graph_text(graph, "value 5", text, sizeof text, &needed));
  CHECK_SAYING(strcmp(text, "tanh(x * W + b)") == 0, "%s", text);
  CHECK(needed == strlen(text) + 1);
  OK(netjac_graph_text(graph, "text", text, sizeof text, NULL));
  CHECK(strstr(text, "MatMul(x, W)") != NULL);
  OK(netjac_graph_text(graph, "dot", text, sizeof text, NULL));
  CHECK(strncmp(text, "digraph", 7) == 0);
  CHECK(netjac_graph_text(graph, "png", text, sizeof text, NULL) == NETJAC_ERROR_ARGUMENT);
  netjac_graph_release(graph);
}

/* Names hold what they like; a line of a drawing or a table stays one. */
static void check_names_in_texts(void) {
  static const char *const names[] = {"a\\", "say \"b\"", "two\nlines", "tab\there", "\\n", "#1"};
  static const char *const quoted[] = {"a\\\\", "say \\\"b\\\"", "two\\\\nlines", "tab\\\\there", "\\\\n", "#1"};
  static const char *const written[] = {"a\\", "say \"b\"", "two\\nlines", "tab\\there", "\\n", "#1"};
  const int count = sizeof names / sizeof *names;
  netjac_graph *graph = NULL;
  char text[4000], line[200];
  int32_t values[6], sum;
  int lines = 0, tabs = 0;
  OK(netjac_graph_create(&graph));
  for (int k = 0; k < count; k++) OK(netjac_graph_input(graph, names[k], 0, NULL, &values[k]));
  OK(netjac_graph_apply(graph, "Sum", count, values, NULL, 1, &sum));
  OK(netjac_graph_text(graph, "dot", text, sizeof text, NULL));
  for (int k = 0; k < count; k++) {
    snprintf(line, sizeof line, "  v%d [label=\"%s\\n[]\", shape=ellipse];\n", k, quoted[k]);
    CHECK_SAYING(strstr(text, line), "no %s in %s", line, text);
  }
  for (int k = 0; k < 2; k++) {
    OK(netjac_graph_text(graph, k ? "program table" : "table", text, sizeof text, NULL));
    for (int n = 0; n < count; n++) {
      snprintf(line, sizeof line, "%d\tinput\t%s\t[]\t\n", n, written[n]);
      CHECK_SAYING(strstr(text, line), "no %s in %s", line, text);
    }
  }
  OK(netjac_graph_text(graph, "table", text, sizeof text, NULL));
  for (const char *at = text; *at; at++) {
    lines += *at == '\n';
    tabs += *at == '\t';
  }
  CHECK_SAYING(lines == count && tabs == 4 * (count + 1), "%d lines, %d tabs", lines, tabs);
  CHECK(strstr(text, "6\toperation\tSum\t[]\t0,1,2,3,4,5"));
  netjac_graph_release(graph);
}

/* The table of the program holds every primitive operation with operands that come before it. */
static void check_program_table(void) {
  netjac_graph *graph = NULL;
  int32_t x, w, product, y, gradient[2];
  int64_t dims[2] = {2, 3};
  double numbers[6] = {1, 2, 3, 4, 5, 6};
  char text[4000];
  OK(netjac_graph_create(&graph));
  OK(netjac_graph_input(graph, "x", 2, dims, &x));
  OK(netjac_graph_parameter(graph, "W", 2, dims, numbers, &w));
  OK(netjac_graph_apply(graph, "Mul", 2, (int32_t[]){x, w}, NULL, 1, &product));
  OK(netjac_graph_apply(graph, "Tanh", 1, &product, NULL, 1, &y));
  OK(netjac_graph_gradients(graph, y, 2, (int32_t[]){x, w}, gradient));
  OK(netjac_graph_text(graph, "program table", text, sizeof text, NULL));
  int line = 0, inputs = 0, parameters = 0, tanhs = 0;
  for (char *at = strtok(text, "\n"); at; at = strtok(NULL, "\n"), line++) {
    char kind[20], title[40], size[40];
    int number = -1, read = 0;
    CHECK_SAYING(sscanf(at, "%d\t%19[a-z]\t%39[^\t]\t%39[^\t]\t%n", &number, kind, title, size, &read) == 4 && read > 0,
                 "line '%s'", at);
    CHECK(number == line);
    inputs += !strcmp(kind, "input") && !strcmp(title, "x") && !strcmp(size, "[2, 3]");
    parameters += !strcmp(kind, "parameter") && !strcmp(title, "W");
    tanhs += !strcmp(kind, "operation") && !strcmp(title, "tanh");
    for (char *operand = at + read; *operand;) {
      CHECK_SAYING(strtol(operand, &operand, 10) < number, "line '%s'", at);
      if (*operand == ',') operand++;
    }
  }
  CHECK_SAYING(inputs == 1 && parameters == 1 && tanhs == 1 && line > 5, "%d lines, %d, %d, %d", line, inputs,
               parameters, tanhs);
  OK(netjac_graph_text(graph, "program dot", text, sizeof text, NULL));
  CHECK(strncmp(text, "digraph", 7) == 0 && strstr(text, "label=\"tanh\\n[2, 3]\""));
  OK(netjac_graph_text(graph, "program", text, sizeof text, NULL));
  CHECK(strstr(text, "%0 = input x  [2, 3]\n"));
  netjac_graph_release(graph);
}

static void refused(netjac_status status, netjac_status expected, const char *part, const char *other) {
  const char *message = netjac_last_error();
  CHECK_SAYING(status == expected && strstr(message, part) && strstr(message, other), "%d: %s", status, message);
}

/* A host says how its values are written; what it does not show stays out of sight. */
static void check_shown(void) {
  netjac_graph *graph = NULL;
  int32_t a, b, product, twice, number;
  int64_t dims[2] = {2, 2};
  const double two = 2;
  char text[1000];
  OK(netjac_graph_create(&graph));
  OK(netjac_graph_input(graph, "A", 2, dims, &a));
  OK(netjac_graph_input(graph, "B", 2, dims, &b));
  OK(netjac_graph_apply(graph, "MatMul", 2, (int32_t[]){b, a}, NULL, 1, &product));
  OK(netjac_graph_constant(graph, 0, NULL, &two, &number));
  OK(netjac_graph_apply(graph, "Mul", 2, (int32_t[]){number, product}, NULL, 1, &twice));
  OK(netjac_graph_show(graph, a, NULL, 0, 0, NULL, "2-by-2"));
  OK(netjac_graph_show(graph, product, "#1 * #2", 4, 2, (int32_t[]){a, b}, "2-by-2"));
  OK(netjac_graph_show(graph, twice, "twice(#1)", 0, 1, &product, NULL));
  OK(netjac_graph_text(graph, "value 4", text, sizeof text, NULL));
  CHECK_SAYING(strcmp(text, "twice(A * B)") == 0, "%s", text);
  OK(netjac_graph_text(graph, "value 4 4", text, sizeof text, NULL));
  CHECK_SAYING(strcmp(text, "…") == 0, "%s", text);
  OK(netjac_graph_text(graph, "text", text, sizeof text, NULL));
  CHECK_SAYING(!strcmp(text, "%0 = input A  2-by-2\n%1 = input B  [2, 2]\n%2 = A * B  2-by-2\n%4 = twice(%2)  [2, 2]"),
               "%s", text);
  OK(netjac_graph_text(graph, "table", text, sizeof text, NULL));
  CHECK_SAYING(strstr(text, "2\toperation\t*\t2-by-2\t0,1\n4\toperation\ttwice\t[2, 2]\t2"), "%s", text);
  refused(netjac_graph_show(graph, 9, "x", 0, 0, NULL, NULL), NETJAC_ERROR_ARGUMENT, "9", "has 5");
  refused(netjac_graph_show(graph, 2, "f(#1)", 0, 1, &twice, NULL), NETJAC_ERROR_ARGUMENT, "4", "earlier");
  refused(netjac_graph_show(graph, 2, "f(#1)", 0, 1, &product, NULL), NETJAC_ERROR_ARGUMENT, "2", "earlier");
  refused(netjac_graph_show(graph, 2, "#3", 0, 2, (int32_t[]){a, b}, NULL), NETJAC_ERROR_ARGUMENT, "#3", "2 operands");
  refused(netjac_graph_show(graph, 2, "x", -1, 0, NULL, NULL), NETJAC_ERROR_ARGUMENT, "strength", "-1");
  refused(netjac_graph_text(graph, "value 4 0", text, sizeof text, NULL), NETJAC_ERROR_ARGUMENT, "value 4 0", "LENGTH");
  refused(netjac_graph_text(graph, "value 99999999999999999999", text, sizeof text, NULL), NETJAC_ERROR_ARGUMENT,
          "value", "table");
  netjac_graph_release(graph);
}

static void check_mistakes(void) {
  OK(netjac_graph_create(&graph));
  const int32_t x = input("image", 1, 500, 0), w = input("weights", 2, 400, 10);
  int32_t values[2] = {x, w}, result = -7;
  netjac_network *network = NULL;
  refused(netjac_graph_apply(graph, "MatMul", 2, values, NULL, 1, &result), NETJAC_ERROR_SHAPE,
          "image [500]", "weights [400, 10]");
  refused(netjac_graph_apply(graph, "Matmul", 2, values, NULL, 1, &result), NETJAC_ERROR_ARGUMENT, "'MatMul'", "");
  refused(netjac_graph_apply(graph, "Softmx", 1, values, NULL, 1, &result), NETJAC_ERROR_ARGUMENT, "'Softmax'", "");
  refused(netjac_graph_apply(graph, "Softmax", 1, values, "axis", 1, &result), NETJAC_ERROR_ARGUMENT, "'axis'",
          "NAME=VALUE");
  refused(netjac_graph_apply(graph, "Softmax", 1, values, "axis=5", 1, &result), NETJAC_ERROR_SHAPE, "Softmax(image",
          "axis is 5");
  refused(netjac_graph_apply(graph, "LeakyRelu", 1, values, "alfa=0.1", 1, &result), NETJAC_ERROR_FORMAT, "'alfa'",
          "'alpha'");
  refused(netjac_graph_apply(graph, "ReduceSum", 1, values, "keepdim=1", 1, &result), NETJAC_ERROR_FORMAT, "'keepdim'",
          "'keepdims'");
  refused(netjac_graph_apply(graph, "Tanh", 1, values, "axis=0", 1, &result), NETJAC_ERROR_FORMAT, "'axis'",
          "no attributes");
  refused(netjac_graph_apply(graph, "Tanh", 2, values, NULL, 1, &result), NETJAC_ERROR_FORMAT, "2 operands", "Tanh");
  values[1] = 12;
  refused(netjac_graph_apply(graph, "Add", 2, values, NULL, 1, &result), NETJAC_ERROR_ARGUMENT, "no value 12", "");
  refused(netjac_graph_gradients(graph, 12, 1, values, &result), NETJAC_ERROR_ARGUMENT, "no value 12", "");
  refused(netjac_graph_gradients(graph, x, -1, values, &result), NETJAC_ERROR_ARGUMENT, "-1", "");
  refused(netjac_graph_jvp(graph, x, 1, &x, &w, &result), NETJAC_ERROR_SHAPE, "weights [400, 10]", "image [500]");
  refused(netjac_graph_input(graph, "image", 0, NULL, &result), NETJAC_ERROR_ARGUMENT, "'image' is taken", "");
  refused(netjac_graph_input(graph, "", 0, NULL, &result), NETJAC_ERROR_ARGUMENT, "name is empty", "");
  refused(netjac_graph_input(graph, "z", 1, (int64_t[]){-3}, &result), NETJAC_ERROR_SHAPE, "-3", "");
  refused(netjac_graph_input(graph, "z", 2, (int64_t[]){INT64_MAX, 8}, &result), NETJAC_ERROR_MEMORY, "elements", "");
  refused(netjac_graph_input(graph, "z", -1, NULL, &result), NETJAC_ERROR_ARGUMENT, "'rank' is -1", "");
  refused(netjac_graph_input(graph, NULL, 0, NULL, &result), NETJAC_ERROR_ARGUMENT, "'name' is NULL", "");
  refused(netjac_graph_parameter(graph, "p", 1, (int64_t[]){2}, NULL, &result), NETJAC_ERROR_ARGUMENT,
          "'initial' is NULL", "");
  refused(netjac_graph_network(graph, 1, &w, 1, &x, &network), NETJAC_ERROR_ARGUMENT, "image [500]",
          "not among");
  refused(netjac_graph_network(graph, 1, &w, 0, NULL, &network), NETJAC_ERROR_ARGUMENT, "no outputs", "");
  CHECK(result == -7 && network == NULL);
  netjac_graph_release(graph);
  refused(netjac_graph_input(graph, "z", 0, NULL, &result), NETJAC_ERROR_ARGUMENT, "released before", "");
  refused(netjac_graph_input(NULL, "z", 0, NULL, &result), NETJAC_ERROR_ARGUMENT, "NULL", "");
  netjac_graph_release(NULL);
  netjac_graph_release(graph);
}

/* A product of more matrices than are compared with each other at once, in an order that keeps neighbours apart. */
static void check_many_factors(void) {
  enum { FACTORS = 25 };
  const int64_t dims[2] = {2, 3};
  const double numbers[6] = {0.5, -0.25, 1, 0.75, 0.5, -1};
  char text[200] = "equation=";
  int32_t factors[FACTORS], outputs[2] = {-1, -1}, x = -1, transposed = -1;
  double y[12];
  OK(netjac_graph_create(&graph));
  OK(netjac_graph_constant(graph, 2, dims, numbers, &x));
  transposed = unary("Transpose", x, "perm=1,0");
  outputs[1] = x;
  for (int k = 1; k < FACTORS; k++) outputs[1] = binary("MatMul", outputs[1], k % 2 ? transposed : x);
  for (int k = 0; k < FACTORS; k++) {
    const int place = k * 7 % FACTORS;
    factors[k] = place % 2 ? transposed : x;
    sprintf(text + strlen(text), "%s%c%c", k ? "," : "", 'a' + place, 'a' + place + 1);
  }
  sprintf(text + strlen(text), "->%ca", 'a' + FACTORS);
  OK(netjac_graph_apply(graph, "Einsum", FACTORS, factors, text, 1, &outputs[0]));
  outputs[0] = unary("Transpose", outputs[0], "perm=1,0");
  evaluate(0, NULL, 2, outputs, NULL, y);
  for (int k = 0; k < 6; k++)
    CHECK_SAYING(fabs(y[k] - y[6 + k]) <= 1e-12 * fabs(y[6 + k]), "%.17g instead of %.17g", y[k], y[6 + k]);
  netjac_graph_release(graph);
}

int main(void) {
  check_assignment();
  check_many_factors();
  for (int k = 0; k < 4; k++) check_matrix_product(k & 1, k >> 1);
  check_intermediate();
  check_parameters_and_text();
  check_names_in_texts();
  check_program_table();
  check_shown();
  check_mistakes();
  return checks_result();
}
