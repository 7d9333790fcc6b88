/*
 * Training and saving through the C interface: training REFERENCE FOLDER. A run follows PyTorch's, trained copies and
 * saved files give the trained numbers, scaled networks differentiate in the user's units, steps do not allocate,
 * and mistakes are refused with what was wrong.
 */
#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "netjac.h"

#define SAMPLES 12

static const char *reference_path, *folder;

/* The numbers of a line of the reference. */
static int read_line(const char *name, double *numbers, int most) {
  FILE *file = fopen(reference_path, "r");
  static char line[1 << 16];
  int count = 0;
  while (file && fgets(line, sizeof line, file)) {
    char *end = strchr(line, ' ');
    if (!end) continue;
    *end = 0;
    if (strcmp(line, name) != 0) continue;
    for (char *at = end + 1; count < most; count++) {
      numbers[count] = strtod(at, &end);
      if (end == at) break;
      at = end;
    }
  }
  if (file) fclose(file);
  CHECK_SAYING(count > 0, "%s has no line %s", reference_path, name);
  return count;
}

static netjac_network *small_network(void) {
  static const int64_t sizes[4] = {3, 5, 4, 2};
  netjac_network *network = NULL;
  OK(netjac_mlp(4, sizes, "tanh", 7, &network));
  return network;
}

static netjac_trainer *trainer_with(const netjac_network *network, const char *const *options) {
  netjac_options *set = netjac_options_create();
  netjac_trainer *trainer = NULL;
  for (; options[0]; options += 2) OK(netjac_options_set(set, options[0], options[1]));
  OK(netjac_trainer_create(network, set, &trainer));
  netjac_options_release(set);
  return trainer;
}

static double x[SAMPLES * 3], target[SAMPLES * 2];

static void check_reference_run(void) {
  static const char *const options[] = {"optimizer", "adam", "learning_rate", "0.01", "loss", "mse", NULL};
  netjac_network *network = small_network(), *trained = NULL;
  netjac_trainer *trainer = trainer_with(network, options);
  double losses[50], end[100], found[100], loss = 0;
  int64_t count = 0;
  const int numbers = read_line("adam.end", end, 100);
  read_line("adam.losses", losses, 50);
  OK(netjac_trainer_parameters(trainer, &count, NULL));
  CHECK(count == numbers);
  size_t before = 0;
  for (int step = 0; step < 50; step++) {
    OK(netjac_trainer_step(trainer, SAMPLES, x, target, &loss));
    CHECK_SAYING(fabs(loss - losses[step]) <= 1e-10, "loss %g in step %d", loss, step);
    if (step == 1) before = mallinfo2().uordblks;
  }
  CHECK_SAYING(mallinfo2().uordblks <= before + 4096, "steps keep %zu bytes", mallinfo2().uordblks - before);
  OK(netjac_trainer_parameters(trainer, NULL, found));
  for (int k = 0; k < numbers; k++) CHECK(fabs(found[k] - end[k]) <= 1e-10);

  /* The copy and the file have the trained numbers. */
  double y[SAMPLES * 2], again[SAMPLES * 2], sum = 0;
  char path[1000];
  netjac_network *loaded = NULL;
  OK(netjac_trainer_network(trainer, &trained));
  OK(netjac_trainer_loss(trainer, SAMPLES, x, target, &loss));
  netjac_trainer_release(trainer);
  OK(netjac_forward(trained, SAMPLES, x, y));
  for (int k = 0; k < SAMPLES * 2; k++) sum += (y[k] - target[k]) * (y[k] - target[k]);
  CHECK(fabs(sum / (SAMPLES * 2) - loss) < 1e-14);
  snprintf(path, sizeof path, "%s/trained.onnx", folder);
  OK(netjac_save(trained, path));
  OK(netjac_load(path, NULL, &loaded));
  OK(netjac_forward(loaded, SAMPLES, x, again));
  CHECK(memcmp(y, again, sizeof y) == 0);
  CHECK(strcmp(netjac_input_name(loaded, 0), "x") == 0);
  OK(netjac_trainer_create(loaded, NULL, &trainer));
  OK(netjac_trainer_parameters(trainer, NULL, found));
  for (int k = 0; k < numbers; k++) CHECK(fabs(found[k] - end[k]) <= 1e-10);
  netjac_trainer_release(trainer);

  /* Outputs and Jacobian in one file. */
  double jacobian[6], both[8];
  netjac_release(loaded);
  OK(netjac_save_jacobian(trained, path));
  OK(netjac_load(path, NULL, &loaded));
  OK(netjac_jacobian(trained, 1, x, NULL, jacobian, NETJAC_ROW_MAJOR));
  CHECK(netjac_output_count(loaded) == 2 && netjac_output_size(loaded) == 8);
  OK(netjac_forward(loaded, 1, x, both));
  for (int k = 0; k < 6; k++) CHECK(fabs(both[2 + k] - jacobian[k]) < 1e-14);
  netjac_release(loaded);
  netjac_release(trained);
  netjac_release(network);
}

static void check_scaled(void) {
  static const double offset[3] = {1, -2, 0.5}, scale[3] = {2, 4, -3}, y_offset[2] = {10, 20}, y_scale[2] = {5, 0.1};
  netjac_network *network = small_network(), *scaled = NULL;
  double inner[3], y[2], expected[2], j[6], k[6];
  OK(netjac_scaled(network, offset, scale, y_offset, y_scale, &scaled));
  for (int i = 0; i < 3; i++) inner[i] = (x[i] - offset[i]) / scale[i];
  OK(netjac_jacobian(network, 1, inner, expected, j, NETJAC_ROW_MAJOR));
  OK(netjac_jacobian(scaled, 1, x, y, k, NETJAC_ROW_MAJOR));
  for (int i = 0; i < 2; i++) {
    CHECK(fabs(y[i] - (y_offset[i] + y_scale[i] * expected[i])) < 1e-13);
    for (int l = 0; l < 3; l++) CHECK(fabs(k[3 * i + l] - y_scale[i] * j[3 * i + l] / scale[l]) < 1e-13);
  }
  /* In a file too, the scales are no parameters. */
  char path[1000];
  netjac_network *loaded = NULL;
  netjac_trainer *trainer = NULL;
  int64_t count = 0;
  double again[2];
  snprintf(path, sizeof path, "%s/scaled.onnx", folder);
  OK(netjac_save(scaled, path));
  OK(netjac_load(path, NULL, &loaded));
  OK(netjac_forward(loaded, 1, x, again));
  CHECK(memcmp(again, y, sizeof y) == 0);
  OK(netjac_trainer_create(loaded, NULL, &trainer));
  OK(netjac_trainer_parameters(trainer, &count, NULL));
  CHECK_SAYING(count == 54, "%d parameters", (int)count);
  netjac_trainer_release(trainer);
  netjac_release(loaded);
  netjac_network *none = NULL;
  CHECK(netjac_scaled(network, NULL, (double[]){1, 0, 1}, NULL, NULL, &none) == NETJAC_ERROR_ARGUMENT);
  CHECK(strstr(netjac_last_error(), "input_scale[1]") && !none);
  netjac_release(scaled);
  netjac_release(network);
}

static void refused(netjac_status status, netjac_status expected, const char *part) {
  const char *message = netjac_last_error();
  CHECK_SAYING(status == expected && strstr(message, part), "%d: %s", status, message);
}

static void check_saving_failures(void) {
  netjac_network *network = small_network(), *loaded = NULL;
  char path[1000], missing[1100];
  struct stat before, after;
  snprintf(path, sizeof path, "%s/kept.onnx", folder);
  snprintf(missing, sizeof missing, "%s/no such folder/x.onnx", folder);
  refused(netjac_save(network, missing), NETJAC_ERROR_FILE, "no such folder");
  refused(netjac_save(network, ""), NETJAC_ERROR_FILE, "empty");
  refused(netjac_save(network, NULL), NETJAC_ERROR_ARGUMENT, "'path' is NULL");
  refused(netjac_save(NULL, path), NETJAC_ERROR_ARGUMENT, "NULL");
  refused(netjac_save(network, folder), NETJAC_ERROR_FILE, "cannot be");
  OK(netjac_save(network, path));
  stat(path, &before);
  refused(netjac_save(network, "/dev/null"), NETJAC_ERROR_FILE, "no regular file");
  /* As on a full disk: no file may grow beyond this. */
  struct rlimit limit, small;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  const netjac_status status = netjac_save(network, path);
  setrlimit(RLIMIT_FSIZE, &limit);
  refused(status, NETJAC_ERROR_FILE, "kept.onnx");
  if (geteuid() != 0) {
    chmod(folder, 0555);
    refused(netjac_save(network, path), NETJAC_ERROR_FILE, "kept.onnx");
    chmod(folder, 0755);
  }
  stat(path, &after);
  CHECK(before.st_ino == after.st_ino && before.st_size == after.st_size);
  /* Nothing is left beside it. */
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries));) CHECK(!strstr(entry->d_name, ".saving"));
  if (entries) closedir(entries);
  OK(netjac_save(network, path));
  OK(netjac_load(path, NULL, &loaded));
  netjac_release(loaded);
  netjac_release(network);
}

/* The rules by which training stops and chooses are those of every caller. */
static void check_held_out(void) {
  static const char *const fraction[] = {"validation_fraction", "0.25", "seed", "5", NULL};
  static const char *const patience[] = {"patience", "3", "batch_size", "all", NULL};
  static const double nowhere[SAMPLES * 2] = {0, NAN};
  double losses[12], held_out[12];
  int64_t count = 0, places[3];
  netjac_network *network = small_network();

  /* As in Tests/Octave/test_training.m. */
  netjac_trainer *trainer = trainer_with(network, fraction);
  CHECK(netjac_trainer_input_size(trainer) == 3 && netjac_trainer_output_size(trainer) == 2);
  CHECK(netjac_trainer_target_size(trainer) == 2);
  OK(netjac_trainer_held_out(trainer, SAMPLES, &count, NULL));
  CHECK(count == 3);
  OK(netjac_trainer_held_out(trainer, SAMPLES, NULL, places));
  CHECK(places[0] == 5 && places[1] == 10 && places[2] == 11);
  refused(netjac_trainer_held_out(trainer, 1, &count, NULL), NETJAC_ERROR_OPTION, "holds out 0");
  refused(netjac_trainer_held_out(trainer, 0, &count, NULL), NETJAC_ERROR_ARGUMENT, "'samples' is 0");
  refused(netjac_trainer_hold_out(trainer, 2, x, target), NETJAC_ERROR_OPTION, "validation_fraction");
  CHECK(netjac_trainer_best_epoch(trainer) == 0 && netjac_trainer_has_stopped(trainer) == 0);
  OK(netjac_trainer_held_out_losses(trainer, &count, NULL));
  CHECK(count == 0);
  OK(netjac_trainer_fit(trainer, SAMPLES, x, target, 12, losses));
  OK(netjac_trainer_held_out_losses(trainer, &count, held_out));
  CHECK(count == 12);
  int64_t best = 0;
  for (int k = 0; k < 12; k++) {
    CHECK(held_out[k] > 0 && isfinite(held_out[k]));
    if (held_out[k] < held_out[best]) best = k;
  }
  CHECK(netjac_trainer_best_epoch(trainer) == best + 1);
  netjac_trainer_release(trainer);

  /* A loss that is NaN is no improvement, so patience runs out. */
  trainer = trainer_with(network, patience);
  refused(netjac_trainer_fit(trainer, SAMPLES, x, target, 12, losses), NETJAC_ERROR_OPTION, "held-out samples");
  OK(netjac_trainer_hold_out(trainer, SAMPLES, x, nowhere));
  OK(netjac_trainer_fit(trainer, SAMPLES, x, target, 12, losses));
  CHECK(isfinite(losses[2]) && isnan(losses[3]));
  CHECK(netjac_trainer_has_stopped(trainer) == 1 && netjac_trainer_best_epoch(trainer) == 0);
  netjac_trainer_release(trainer);
  CHECK(netjac_trainer_input_size(trainer) == -1 && netjac_trainer_output_size(trainer) == -1);
  CHECK(netjac_trainer_target_size(trainer) == -1 && netjac_trainer_best_epoch(trainer) == -1);
  CHECK(netjac_trainer_has_stopped(trainer) == -1 && strstr(netjac_last_error(), "released before"));
  netjac_release(network);
}

/* A trainer that scales takes and gives the caller's units. */
static void check_scales(void) {
  static const char *const options[] = {"scaling", "range", "jacobian_weight", "0.5", "batch_size", "all", NULL};
  netjac_network *network = small_network(), *trained = NULL, *scaled = NULL;
  netjac_trainer *trainer = trainer_with(network, options);
  double offset[3] = {-7, -7, -7}, scale[3], y_offset[2], y_scale[2], large[SAMPLES * 3], loss = 0;
  double targets[SAMPLES * 8], y[SAMPLES * 2], jacobian[SAMPLES * 6], squares = 0, slopes = 0;
  CHECK(netjac_trainer_target_size(trainer) == 8);
  OK(netjac_trainer_scales(trainer, offset, NULL, NULL, y_scale));
  CHECK(offset[0] == 0 && y_scale[1] == 1);
  for (int k = 0; k < SAMPLES * 3; k++) large[k] = 1000 * x[k] + 5000;
  for (int k = 0; k < SAMPLES * 8; k++) targets[k] = k % 8 < 2 ? 50 * target[k / 8 * 2 + k % 8] : 0.01;
  OK(netjac_trainer_loss(trainer, SAMPLES, large, targets, &loss));
  OK(netjac_trainer_scales(trainer, offset, scale, y_offset, y_scale));
  /* The loss is that of the network between the scales, its Jacobian's in scaled units. */
  OK(netjac_scaled(network, offset, scale, y_offset, y_scale, &scaled));
  OK(netjac_jacobian(scaled, SAMPLES, large, y, jacobian, NETJAC_ROW_MAJOR));
  for (int s = 0; s < SAMPLES; s++)
    for (int i = 0; i < 2; i++) {
      squares += pow((y[2 * s + i] - targets[8 * s + i]) / y_scale[i], 2);
      for (int k = 0; k < 3; k++)
        slopes += pow((jacobian[6 * s + 3 * i + k] - targets[8 * s + 2 + 3 * i + k]) * scale[k] / y_scale[i], 2);
    }
  const double expected = squares / (SAMPLES * 2) + 0.5 * slopes / (SAMPLES * 6);
  CHECK_SAYING(fabs(loss - expected) < 1e-12 * expected, "loss %.17g, expected %.17g", loss, expected);
  for (int k = 0; k < 3; k++) {
    double least = INFINITY, most = -INFINITY;
    for (int s = 0; s < SAMPLES; s++) {
      least = fmin(least, large[3 * s + k]);
      most = fmax(most, large[3 * s + k]);
    }
    CHECK(fabs(offset[k] - (most + least) / 2) < 1e-9 && fabs(scale[k] - (most - least) / 2) < 1e-9);
  }
  OK(netjac_trainer_network(trainer, &trained));
  double again[SAMPLES * 2];
  OK(netjac_forward(trained, SAMPLES, large, again));
  CHECK(memcmp(again, y, sizeof y) == 0);
  netjac_release(trained);
  netjac_release(scaled);
  netjac_trainer_release(trainer);

  /* Steps keep nothing, with scales too. */
  static const char *const adam[] = {"scaling", "standard", NULL};
  netjac_trainer *stepping = trainer_with(network, adam);
  size_t before = 0;
  for (int step = 0; step < 50; step++) {
    OK(netjac_trainer_step(stepping, SAMPLES, large, target, &loss));
    if (step == 1) before = mallinfo2().uordblks;
  }
  CHECK_SAYING(mallinfo2().uordblks <= before + 4096, "steps keep %zu bytes", mallinfo2().uordblks - before);
  netjac_trainer_release(stepping);

  netjac_trainer *refusing = trainer_with(network, options);
  large[4] = NAN;
  refused(netjac_trainer_step(refusing, SAMPLES, large, targets, &loss), NETJAC_ERROR_ARGUMENT, "value 1");
  netjac_trainer_release(refusing);
  netjac_release(network);
}

static void check_handle_kinds(void) {
  netjac_network *network = small_network();
  netjac_trainer *trainer = trainer_with(network, (const char *const[]){NULL});
  netjac_options *options = netjac_options_create();
  netjac_graph *graph = NULL;
  int local = 0;
  OK(netjac_graph_create(&graph));
  CHECK(netjac_handle_kind(network) == NETJAC_HANDLE_NETWORK && netjac_handle_kind(graph) == NETJAC_HANDLE_GRAPH);
  CHECK(netjac_handle_kind(trainer) == NETJAC_HANDLE_TRAINER && netjac_handle_kind(options) == NETJAC_HANDLE_OPTIONS);
  netjac_release(network);
  netjac_trainer_release(trainer);
  netjac_options_release(options);
  netjac_graph_release(graph);
  CHECK(netjac_handle_kind(network) == -NETJAC_HANDLE_NETWORK && netjac_handle_kind(graph) == -NETJAC_HANDLE_GRAPH);
  CHECK(netjac_handle_kind(trainer) == -NETJAC_HANDLE_TRAINER && netjac_handle_kind(options) == -NETJAC_HANDLE_OPTIONS);
  CHECK(netjac_handle_kind(NULL) == 0 && netjac_handle_kind(&local) == 0 && netjac_handle_kind((void *)12345) == 0);
}

static void check_mistakes(void) {
  netjac_network *network = small_network(), *none = NULL;
  netjac_options *options = netjac_options_create();
  netjac_trainer *trainer = NULL;
  double loss = -7, losses[3] = {-7, -7, -7};
  refused(netjac_options_set(options, "optimiser", "adam"), NETJAC_ERROR_OPTION, "learning_rate");
  refused(netjac_options_set(options, "optimizer", "adma"), NETJAC_ERROR_OPTION, "levenberg_marquardt");
  refused(netjac_options_set(options, "learning_rate", "-1"), NETJAC_ERROR_OPTION, "above 0");
  refused(netjac_options_set(options, "batch_size", "0"), NETJAC_ERROR_OPTION, "from 1 on");
  OK(netjac_options_set(options, "parameters", "nothing*"));
  refused(netjac_trainer_create(network, options, &trainer), NETJAC_ERROR_OPTION, "layer1.weight");
  OK(netjac_options_set(options, "parameters", "*"));
  OK(netjac_options_set(options, "optimizer", "levenberg_marquardt"));
  OK(netjac_options_set(options, "loss", "huber"));
  refused(netjac_trainer_create(network, options, &trainer), NETJAC_ERROR_OPTION, "mse");
  OK(netjac_options_set(options, "optimizer", "sgd"));
  OK(netjac_options_set(options, "patience", "2"));
  CHECK(trainer == NULL);
  OK(netjac_trainer_create(network, options, &trainer));
  refused(netjac_trainer_fit(trainer, SAMPLES, x, target, 3, losses), NETJAC_ERROR_OPTION, "validation_fraction");
  refused(netjac_trainer_step(trainer, 0, x, target, &loss), NETJAC_ERROR_ARGUMENT, "'samples' is 0");
  refused(netjac_trainer_step(trainer, -1, x, target, &loss), NETJAC_ERROR_ARGUMENT, "-1");
  refused(netjac_trainer_step(trainer, 2, NULL, target, &loss), NETJAC_ERROR_ARGUMENT, "'x' is NULL");
  refused(netjac_trainer_step(trainer, INT64_MAX, x, target, &loss), NETJAC_ERROR_ARGUMENT, "samples");
  double bad[SAMPLES * 2];
  memcpy(bad, target, sizeof bad);
  bad[3] = NAN;
  refused(netjac_trainer_step(trainer, SAMPLES, x, bad, &loss), NETJAC_ERROR_NOT_FINITE, "NaN");
  CHECK(loss == -7 && losses[0] == -7);
  OK(netjac_trainer_step(trainer, SAMPLES, x, target, &loss));
  CHECK(isfinite(loss));
  netjac_trainer_release(trainer);
  refused(netjac_trainer_step(trainer, SAMPLES, x, target, &loss), NETJAC_ERROR_ARGUMENT, "released before");
  netjac_trainer_release(NULL);
  refused(netjac_mlp(1, (int64_t[]){3}, "tanh", 0, &none), NETJAC_ERROR_ARGUMENT, "layer_count");
  refused(netjac_mlp(2, (int64_t[]){3, 0}, "tanh", 0, &none), NETJAC_ERROR_ARGUMENT, "sizes[1]");
  refused(netjac_mlp(2, (int64_t[]){3, 2}, "tan", 0, &none), NETJAC_ERROR_ARGUMENT, "sigmoid");
  refused(netjac_mlp(2, (int64_t[]){INT64_MAX, 9}, "tanh", 0, &none), NETJAC_ERROR_MEMORY, "elements");
  CHECK(none == NULL);
  netjac_options_release(options);
  netjac_release(network);
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  reference_path = arguments[1];
  folder = arguments[2];
  read_line("x", x, SAMPLES * 3);
  read_line("target", target, SAMPLES * 2);
  check_reference_run();
  check_scaled();
  check_saving_failures();
  check_held_out();
  check_scales();
  check_handle_kinds();
  check_mistakes();
  return checks_result();
}
