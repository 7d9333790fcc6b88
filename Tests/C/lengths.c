/*
 * lengths.c - Files with tens of thousands of whatever a file can have many of: they load and are planned in time that grows
 * with their length, on a thread with a small stack, or are refused before anything is expanded.
 *
 * Usage: lengths FOLDER
 */
#include "check.h"

#include <netjac.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 20000, SECONDS = 60 };
static const char *folder;

/* ---- Protocol buffers ------------------------------------------------------------------------------------------ */

struct bytes {
  char *data;
  size_t size, room;
};

static void append(struct bytes *bytes, const void *data, size_t size) {
  if (bytes->size + size > bytes->room) {
    bytes->room = 2 * (bytes->size + size);
    bytes->data = realloc(bytes->data, bytes->room);
    if (!bytes->data) exit(2);
  }
  memcpy(bytes->data + bytes->size, data, size);
  bytes->size += size;
}

static void varint(struct bytes *bytes, uint64_t number) {
  do {
    const unsigned char byte = (unsigned char)((number & 127) | (number > 127 ? 128 : 0));
    append(bytes, &byte, 1);
  } while (number >>= 7);
}

static void number(struct bytes *bytes, int field, uint64_t value) {
  varint(bytes, (uint64_t)field << 3);
  varint(bytes, value);
}

static void text(struct bytes *bytes, int field, const char *value) {
  varint(bytes, (uint64_t)field << 3 | 2);
  varint(bytes, strlen(value));
  append(bytes, value, strlen(value));
}

/* A message within another one; its bytes are given back. */
static void message(struct bytes *bytes, int field, struct bytes inner) {
  varint(bytes, (uint64_t)field << 3 | 2);
  varint(bytes, inner.size);
  append(bytes, inner.data, inner.size);
  free(inner.data);
}

static const char *numbered(const char *letter, int k) {
  static char names[8][32];
  static int next;
  char *name = names[next++ % 8];
  snprintf(name, sizeof names[0], "%s%d", letter, k);
  return name;
}

/* ---- ONNX ------------------------------------------------------------------------------------------------------ */

static struct bytes onnx_value(const char *name, int length) {
  struct bytes value = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};
  text(&value, 1, name);
  number(&dim, 1, (uint64_t)length);
  message(&shape, 1, dim);
  number(&tensor, 1, 1);
  message(&tensor, 2, shape);
  message(&type, 1, tensor);
  message(&value, 2, type);
  return value;
}

/* A node without its operands; further fields may be appended. */
static struct bytes onnx_node(const char *operator_name, const char *input, const char *output) {
  struct bytes node = {0};
  if (input) text(&node, 1, input);
  if (output) text(&node, 2, output);
  text(&node, 4, operator_name);
  return node;
}

static struct bytes integer_attribute(const char *name, int value) {
  struct bytes attribute = {0};
  text(&attribute, 1, name);
  number(&attribute, 3, (uint64_t)value);
  number(&attribute, 20, 2);
  return attribute;
}

/* Whole numbers, `first` and then `count - 1` times `rest`. */
static struct bytes integers(const char *name, int first, int rest, int count) {
  struct bytes tensor = {0};
  number(&tensor, 1, (uint64_t)count);
  number(&tensor, 2, 7);
  for (int k = 0; k < count; k++) number(&tensor, 7, (uint64_t)(k ? rest : first));
  text(&tensor, 8, name);
  return tensor;
}

static struct bytes onnx_model(struct bytes graph, struct bytes functions) {
  struct bytes model = {0}, own = {0}, others = {0};
  number(&model, 1, 8);
  number(&own, 2, 18);
  message(&model, 8, own);
  text(&others, 1, "others");
  number(&others, 2, 1);
  message(&model, 8, others);
  message(&model, 7, graph);
  append(&model, functions.data ? functions.data : "", functions.size);
  free(functions.data);
  return model;
}

static struct bytes graph_of(struct bytes nodes, int length, const char *result, int result_length) {
  text(&nodes, 2, "graph");
  message(&nodes, 11, onnx_value("x", length));
  message(&nodes, 12, onnx_value(result, result_length));
  return nodes;
}

static struct bytes onnx_chain(int reversed) {
  struct bytes graph = {0};
  for (int k = 0; k < MANY; k++) {
    const int place = reversed ? MANY - 1 - k : k;
    message(&graph, 1, onnx_node("Tanh", place ? numbered("v", place) : "x", numbered("v", place + 1)));
  }
  return onnx_model(graph_of(graph, 2, numbered("v", MANY), 2), (struct bytes){0});
}

static struct bytes onnx_operands(const char *operator_name, int result_length) {
  struct bytes graph = {0}, node = onnx_node(operator_name, NULL, "y");
  for (int k = 0; k < MANY; k++) text(&node, 1, "x");
  if (strcmp(operator_name, "Concat") == 0) message(&node, 5, integer_attribute("axis", 0));
  message(&graph, 1, node);
  return onnx_model(graph_of(graph, 2, "y", result_length), (struct bytes){0});
}

static struct bytes onnx_einsum(int count) {
  struct bytes graph = {0}, node = onnx_node("Einsum", NULL, "y"), attribute = {0};
  char *equation = calloc((size_t)count + 2, 2);
  for (int k = 0; k < count; k++) text(&node, 1, "x"), strcpy(equation + 2 * k, "i,");
  strcpy(equation + 2 * count - 1, "->i");
  text(&attribute, 1, "equation");
  text(&attribute, 4, equation);
  number(&attribute, 20, 3);
  free(equation);
  message(&node, 5, attribute);
  message(&graph, 1, node);
  return onnx_model(graph_of(graph, 2, "y", 2), (struct bytes){0});
}

static struct bytes onnx_split(void) {
  struct bytes graph = {0}, node = onnx_node("Split", "x", NULL), sum = onnx_node("Sum", NULL, "y");
  for (int k = 0; k < MANY; k++) text(&node, 2, numbered("v", k)), text(&sum, 1, numbered("v", k));
  message(&node, 5, integer_attribute("num_outputs", MANY));
  message(&graph, 1, node);
  message(&graph, 1, sum);
  return onnx_model(graph_of(graph, MANY, "y", 1), (struct bytes){0});
}

static struct bytes onnx_inputs(void) {
  struct bytes graph = {0}, node = onnx_node("Sum", "x", "y");
  for (int k = 0; k < MANY; k++) {
    text(&node, 1, numbered("v", k));
    message(&graph, 11, onnx_value(numbered("v", k), 2));
  }
  message(&graph, 1, node);
  return onnx_model(graph_of(graph, 2, "y", 2), (struct bytes){0});
}

static struct bytes onnx_outputs(void) {
  struct bytes graph = {0};
  for (int k = 0; k <= MANY; k++) {
    message(&graph, 1, onnx_node("Tanh", "x", numbered("v", k)));
    if (k < MANY) message(&graph, 12, onnx_value(numbered("v", k), 2));
  }
  return onnx_model(graph_of(graph, 2, numbered("v", MANY), 2), (struct bytes){0});
}

static struct bytes onnx_constants(void) {
  struct bytes graph = {0}, node = onnx_node("Sum", "x", "y");
  for (int k = 0; k < MANY; k++) {
    struct bytes cast = onnx_node("Cast", numbered("c", k), numbered("v", k));
    message(&cast, 5, integer_attribute("to", 1));
    text(&node, 1, numbered("v", k));
    message(&graph, 1, cast);
    message(&graph, 5, integers(numbered("c", k), k, 1, 2));
  }
  message(&graph, 1, node);
  return onnx_model(graph_of(graph, 2, "y", 2), (struct bytes){0});
}

/* Shapes of shapes, which are known while the file is loaded. */
static struct bytes onnx_shapes(void) {
  struct bytes graph = {0};
  for (int k = 0; k < MANY; k++) {
    const char *x = k ? numbered("v", k) : "x";
    struct bytes node = onnx_node("Reshape", x, numbered("v", k + 1));
    message(&graph, 1, onnx_node("Shape", x, numbered("s", k)));
    text(&node, 1, numbered("s", k));
    message(&graph, 1, node);
  }
  return onnx_model(graph_of(graph, 2, numbered("v", MANY), 2), (struct bytes){0});
}

static struct bytes onnx_axes(int rank, const char *operator_name) {
  struct bytes graph = {0}, reshape = onnx_node("Reshape", "x", "r");
  message(&graph, 5, integers("s", 2, 1, rank));
  text(&reshape, 1, "s");
  message(&graph, 1, reshape);
  message(&graph, 1, onnx_node(operator_name, "r", "y"));
  text(&graph, 2, "graph");
  message(&graph, 11, onnx_value("x", 2));
  struct bytes y = {0};
  text(&y, 1, "y");
  message(&graph, 12, y);
  return onnx_model(graph, (struct bytes){0});
}

/* Functions that call the one before twice: 2^depth nodes. */
static struct bytes onnx_doubling(int depth) {
  struct bytes functions = {0}, graph = {0}, call = {0};
  for (int k = 0; k <= depth; k++) {
    struct bytes function = {0}, opset = {0}, others = {0};
    text(&function, 1, numbered("f", k));
    text(&function, 4, "x");
    text(&function, 5, "y");
    for (int part = 0; part < (k ? 2 : 1); part++) {
      struct bytes node = onnx_node(k ? numbered("f", k - 1) : "Tanh", part ? "t" : "x", k && !part ? "t" : "y");
      if (k) text(&node, 7, "others");
      message(&function, 7, node);
    }
    number(&opset, 2, 18);
    message(&function, 9, opset);
    text(&others, 1, "others");
    number(&others, 2, 1);
    message(&function, 9, others);
    text(&function, 10, "others");
    message(&functions, 25, function);
  }
  call = onnx_node(numbered("f", depth), "x", "y");
  text(&call, 7, "others");
  message(&graph, 1, call);
  return onnx_model(graph_of(graph, 2, "y", 2), functions);
}

/* ---- SavedModels ------------------------------------------------------------------------------------------------ */

static void tf_attribute(struct bytes *node, const char *name, struct bytes value) {
  struct bytes attribute = {0};
  text(&attribute, 1, name);
  message(&attribute, 2, value);
  message(node, 5, attribute);
}

static struct bytes tf_type(void) {
  struct bytes value = {0};
  number(&value, 6, 1);
  return value;
}

static struct bytes tf_shape(void) {
  struct bytes shape = {0}, dim = {0};
  number(&dim, 1, 2);
  message(&shape, 2, dim);
  return shape;
}

static struct bytes tf_signature(const char *key, const char *name) {
  struct bytes entry = {0}, info = {0};
  text(&info, 1, name);
  number(&info, 2, 1);
  message(&info, 3, tf_shape());
  text(&entry, 1, key);
  message(&entry, 2, info);
  return entry;
}

static struct bytes tf_chain(int reversed) {
  struct bytes model = {0}, meta = {0}, tags = {0}, graph = {0}, input = {0}, shape = {0}, entry = {0}, signature = {0};
  for (int k = 0; k < MANY; k++) {
    const int place = reversed ? MANY - 1 - k : k;
    struct bytes node = {0};
    text(&node, 1, numbered("v", place + 1));
    text(&node, 2, "Tanh");
    text(&node, 3, place ? numbered("v", place) : "x");
    tf_attribute(&node, "T", tf_type());
    message(&graph, 1, node);
  }
  text(&input, 1, "x");
  text(&input, 2, "Placeholder");
  tf_attribute(&input, "dtype", tf_type());
  message(&shape, 7, tf_shape());
  tf_attribute(&input, "shape", shape);
  message(&graph, 1, input);
  text(&tags, 4, "serve");
  message(&meta, 1, tags);
  message(&meta, 2, graph);
  message(&signature, 1, tf_signature("x", "x:0"));
  char last[40];
  snprintf(last, sizeof last, "v%d:0", MANY);
  message(&signature, 2, tf_signature("y", last));
  text(&signature, 3, "tensorflow/serving/predict");
  text(&entry, 1, "serving_default");
  message(&entry, 2, signature);
  message(&meta, 5, entry);
  number(&model, 1, 1);
  message(&model, 2, meta);
  return model;
}

/* ---- Loading ---------------------------------------------------------------------------------------------------- */

struct job {
  char path[300];
  netjac_status status;
  char said[300];
};

static void *load(void *argument) {
  struct job *job = argument;
  netjac_network *network = NULL;
  job->status = netjac_load(job->path, NULL, &network);
  for (int k = 0; k < 2 && job->status == NETJAC_OK; k++) job->status = netjac_prepare(network, k ? "vjp" : "forward", 1);
  if (job->status != NETJAC_OK) snprintf(job->said, sizeof job->said, "%s", netjac_last_error());
  netjac_release(network);
  return NULL;
}

/* Loads a file and plans it in a process of its own, which ends with the status. */
static void check(const char *name, struct bytes file, netjac_status expected) {
  struct job job = {.status = NETJAC_OK};
  int ended = -1;
  const int is_folder = strncmp(name, "tf", 2) == 0;
  snprintf(job.path, sizeof job.path, "%s/%s", folder, name);
  if (is_folder) mkdir(job.path, 0700);
  char path[340];
  snprintf(path, sizeof path, "%s%s", job.path, is_folder ? "/saved_model.pb" : "");
  FILE *stream = fopen(path, "wb");
  CHECK(stream && fwrite(file.data, 1, file.size, stream) == file.size);
  if (stream) fclose(stream);
  free(file.data);
  const pid_t child = fork();
  if (child == 0) {
    pthread_t thread;
    pthread_attr_t attributes;
    const struct rlimit time = {SECONDS, SECONDS};
    setrlimit(RLIMIT_CPU, &time);
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, 512 << 10) != 0) _exit(99);
    if (pthread_create(&thread, &attributes, load, &job) != 0) _exit(99);
    pthread_join(thread, NULL);
    if (job.status != expected) printf("%s: %d, %s\n", name, (int)job.status, job.said), fflush(stdout);
    _exit(-job.status);
  }
  CHECK(waitpid(child, &ended, 0) == child);
  CHECK_SAYING(WIFEXITED(ended) && WEXITSTATUS(ended) == -expected, "%s ended with %#x instead of status %d", name, ended,
               (int)expected);
  unlink(path);
  if (is_folder) rmdir(job.path);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  folder = argv[1];
  check("chain.onnx", onnx_chain(0), NETJAC_OK);
  check("reversed.onnx", onnx_chain(1), NETJAC_OK);
  check("sum.onnx", onnx_operands("Sum", 2), NETJAC_OK);
  check("max.onnx", onnx_operands("Max", 2), NETJAC_OK);
  check("mean.onnx", onnx_operands("Mean", 2), NETJAC_OK);
  check("concat.onnx", onnx_operands("Concat", 2 * MANY), NETJAC_OK);
  check("einsum.onnx", onnx_einsum(2000), NETJAC_OK);
  check("split.onnx", onnx_split(), NETJAC_OK);
  check("inputs.onnx", onnx_inputs(), NETJAC_OK);
  check("outputs.onnx", onnx_outputs(), NETJAC_OK);
  check("constants.onnx", onnx_constants(), NETJAC_OK);
  check("shapes.onnx", onnx_shapes(), NETJAC_OK);
  check("axes_1024.onnx", onnx_axes(1024, "Softmax"), NETJAC_OK);
  check("axes.onnx", onnx_axes(MANY, "Softmax"), NETJAC_ERROR_UNSUPPORTED);
  check("doubling_10.onnx", onnx_doubling(10), NETJAC_OK);
  check("doubling.onnx", onnx_doubling(60), NETJAC_ERROR_MEMORY);
  check("tf_chain", tf_chain(0), NETJAC_OK);
  check("tf_reversed", tf_chain(1), NETJAC_OK);
  return checks_result();
}
