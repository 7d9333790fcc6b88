/*
 * chains.c - Long chains of the same operators, and of two in turn, are built, written as a formula, planned,
 * differentiated, saved and loaded on a thread with a small stack: nothing follows them by recursion.
 *
 * Usage: chains FOLDER [LENGTH]
 */
#include "check.h"

#include <netjac.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What a 4 x 4 value v becomes, step by step: "Operator operands |attributes". An operand is v, the input x, the parameter
 * W, a number, whole numbers as [1,2], or an earlier step as $1. The last step makes the next v.
 */
static const char *const formulas[] = {
    "Abs v", "Neg v", "Exp v", "Log v", "Sqrt v", "Tanh v", "Sigmoid v", "Relu v", "Erf v", "Sin v", "Cos v", "Cosh v",
    "Sinh v", "Atan v", "Softplus v", "Reciprocal v", "Floor v", "Sign v", "Identity v", "Elu v", "Gelu v", "Mish v",
    "HardSwish v", "Softsign v", "Mul v 2", "Mul 0.5 v", "Mul v W", "Mul v v", "Add v 0.25", "Add v x", "Add v v",
    "Sub x v", "Div v 3", "Div v x", "Div x v", "Pow v 2", "Pow v 0.5", "Pow v 3", "Min v x", "Max v 0.1",
    "Clip v -3 3", "Transpose v |perm=1,0", "Reshape v [2,2,4];Reshape $1 [4,4]", "ReduceSum v [1];Expand $1 [4,4]",
    "ReduceMean v [0];Expand $1 [4,4]", "ReduceMax v [1];Sub v $1", "ReduceL2 v [1];Expand $1 [4,4]",
    "ReduceLogSumExp v [1];Expand $1 [4,4]", "Slice v [0] [2] [1];Slice v [1] [3] [1];Concat $1 $2 |axis=1",
    "Pad v [1,0,0,1];Slice $1 [0,0] [4,4]", "Slice v [-1] [-100] [0] [-1]", "Gather v [2,1,3,0] |axis=1",
    "CumSum v [1]", "MatMul v W", "MatMul W v", "MatMul v x", "Transpose v |perm=1,0;MatMul v $1",
    "Greater v 0;Where $1 v 0", "Greater x 0;Exp v;Where $1 v $2", "Greater v 0;Sqrt v;Neg v;Where $1 $2 $3",
    "Softmax v |axis=1", "LogSoftmax v |axis=1", "LpNormalization v |axis=1",
    "Unsqueeze v [0];Expand $1 [3,4,4];Slice $2 [1] [2];Squeeze $3 [0]", "Trilu v", "Einsum v x |equation=ij,ij->ij",
    "Tile v [2,1];Slice $1 [2] [6] [0]", "Exp v;Log $1", "Log v;Exp $1", "Exp v;ReduceSum $1 [1];Log $2;Expand $3 [4,4]",
    "Abs v;Mul v $1", "Cosh v;Log $1", "Erf v;Add $1 1", "Mul v v;ReduceSum $1 [1];Sqrt $2;Div v $3",
    "Unsqueeze v [0,1];MaxPool $1 |kernel_shape=3,3 pads=1,1,1,1;Squeeze $2 [0,1]",
    "Unsqueeze v [0,1];AveragePool $1 |kernel_shape=3,3 pads=1,1,1,1;Squeeze $2 [0,1]"};
enum { FORMULAS = sizeof formulas / sizeof *formulas };

static const char *folder;
static int length = 1500;

struct chain {
  netjac_graph *graph;
  int32_t x, w;
  char *said;
};

/* Notes what went wrong, once. */
static int fails(struct chain *chain, const char *doing, netjac_status status) {
  if (status == NETJAC_OK) return 0;
  if (!chain->said[0]) snprintf(chain->said, 300, "%s: %s", doing, netjac_last_error());
  return 1;
}

static int32_t operand(struct chain *chain, const char *text, int32_t v, const int32_t *steps) {
  double numbers[8];
  int64_t count = 0;
  int32_t value = -1;
  if (text[0] == 'v') return v;
  if (text[0] == 'x') return chain->x;
  if (text[0] == 'W') return chain->w;
  if (text[0] == '$') return steps[atoi(text + 1) - 1];
  if (text[0] != '[') {
    numbers[0] = atof(text);
    fails(chain, text, netjac_graph_constant(chain->graph, 0, NULL, numbers, &value));
    return value;
  }
  for (const char *at = text; *at == '[' || *at == ','; at += strcspn(at + 1, ",]") + 1) numbers[count++] = atof(at + 1);
  fails(chain, text, netjac_graph_constant(chain->graph, 1, &count, numbers, &value));
  fails(chain, text, netjac_graph_apply(chain->graph, "Cast", 1, &value, "to=7", 1, &value));
  return value;
}

static int32_t apply(struct chain *chain, const char *formula, int32_t v) {
  char text[300], *rest = text, *step;
  int32_t steps[8], count = 0;
  snprintf(text, sizeof text, "%s", formula);
  while ((step = strsep(&rest, ";"))) {
    char *attributes = strchr(step, '|'), *name = strsep(&step, " "), *word;
    int32_t operands[8], operand_count = 0;
    if (attributes) *attributes++ = 0;
    while (step && (word = strsep(&step, " ")))
      if (*word) operands[operand_count++] = operand(chain, word, v, steps);
    fails(chain, formula,
          netjac_graph_apply(chain->graph, name, operand_count, operands, attributes, 1, &steps[count]));
    count++;
  }
  return steps[count - 1];
}

/* A network of the end of the chain, planned forward and backward, saved and loaded again. */
static void use(struct chain *chain, int32_t count, const int32_t *ends) {
  netjac_network *network = NULL, *loaded = NULL;
  char path[300];
  snprintf(path, sizeof path, "%s/chain.onnx", folder);
  if (fails(chain, "network", netjac_graph_network(chain->graph, 1, &chain->x, count, ends, &network))) return;
  fails(chain, "forward", netjac_prepare(network, "forward", 1));
  fails(chain, "jvp", netjac_prepare(network, "jvp", 1));
  fails(chain, "vjp", netjac_prepare(network, "vjp", 1));
  fails(chain, "save", netjac_save(network, path));
  if (!fails(chain, "load", netjac_load(path, NULL, &loaded)))
    fails(chain, "vjp of what was loaded", netjac_prepare(loaded, "vjp", 1));
  netjac_release(loaded);
  netjac_release(network);
  unlink(path);
}

/* A chain of two formulas in turn, which ends in every formula. */
static void run(const char *one, const char *other, char *said) {
  const int64_t dims[2] = {4, 4};
  double numbers[16];
  char text[1000], format[64];
  size_t needed;
  int32_t ends[FORMULAS], gradient;
  struct chain chain = {.said = said};
  for (int k = 0; k < 16; k++) numbers[k] = 0.3 + 0.05 * k;
  fails(&chain, "create", netjac_graph_create(&chain.graph));
  fails(&chain, "x", netjac_graph_input(chain.graph, "x", 2, dims, &chain.x));
  fails(&chain, "W", netjac_graph_parameter(chain.graph, "W", 2, dims, numbers, &chain.w));
  int32_t v = chain.x;
  for (int32_t k = 0; k < length && !said[0]; k++) v = apply(&chain, k % 2 ? other : one, v);
  for (int k = 0; k < FORMULAS; k++) ends[k] = apply(&chain, formulas[k], v);
  if (!said[0]) use(&chain, FORMULAS, ends);
  fails(&chain, "gradient", netjac_graph_gradients(chain.graph, v, 1, &chain.x, &gradient));
  snprintf(format, sizeof format, "value %d", (int)v);
  fails(&chain, "text", netjac_graph_text(chain.graph, format, text, sizeof text, &needed));
  snprintf(format, sizeof format, "value %d", (int)gradient);
  fails(&chain, "text", netjac_graph_text(chain.graph, format, text, sizeof text, &needed));
  netjac_graph_release(chain.graph);
}

/* The chains that begin with a formula, as many as went wrong. */
static void *run_all(void *first) {
  intptr_t wrong = 0;
  const int one = (int)(intptr_t)first;
  for (int step = 0; step < FORMULAS; step += 38) {
    const char *other = formulas[(one + step) % FORMULAS];
    char said[300] = "";
    run(formulas[one], other, said);
    if (said[0]) printf("%s, %s: %s\n", formulas[one], other, said), wrong++;
  }
  fflush(stdout);
  return (void *)wrong;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  folder = argv[1];
  if (argc > 2) length = atoi(argv[2]);
  for (int k = 0; k < FORMULAS; k++) {
    /* In processes of their own: what has no stack left ends one. */
    const pid_t child = fork();
    if (child == 0) {
      pthread_t thread;
      pthread_attr_t attributes;
      void *wrong;
      pthread_attr_init(&attributes);
      if (pthread_attr_setstacksize(&attributes, 192 << 10) != 0) _exit(2);
      if (pthread_create(&thread, &attributes, run_all, (void *)(intptr_t)k) != 0) _exit(2);
      pthread_join(thread, &wrong);
      _exit(wrong ? 1 : 0);
    }
    int ended = -1;
    CHECK(waitpid(child, &ended, 0) == child);
    CHECK_SAYING(ended == 0, "chains of %s ended with %#x", formulas[k], ended);
  }
  return checks_result();
}
