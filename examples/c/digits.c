/*
 * digits.c - Train a classifier of handwritten digits, test it on images that it has not seen, and save it.
 *
 *   digits DIGITS.csv [CLASSIFIER.onnx]      (scripts/digits-data makes the first file)
 *
 * The images of 8 by 8 are scaled up to 25 by 20 pixels. The network has one hidden layer of tanh units; its
 * outputs are logits. Every fifth image is held out. Ends with status 0 if at least 97 % of those are recognised.
 */
#include <stdio.h>
#include <stdlib.h>

#include "netjac.h"

#define ROWS 25
#define COLUMNS 20
#define PIXELS (ROWS * COLUMNS)
#define CLASSES 10
#define MOST 2000

static double images[MOST * PIXELS], labels[MOST * CLASSES], logits[MOST * CLASSES];
static int digits[MOST];

static void check(netjac_status status) {
  if (status == NETJAC_OK) return;
  fprintf(stderr, "%s\n", netjac_last_error());
  exit(1);
}

/* Scales an image up by linear interpolation, to grey values between 0 and 1. */
static void scale_up(const double *small, double *large) {
  for (int row = 0; row < ROWS; row++) {
    const double v = row * 7.0 / (ROWS - 1);
    const int i = v < 6 ? (int)v : 6;
    for (int column = 0; column < COLUMNS; column++) {
      const double h = column * 7.0 / (COLUMNS - 1);
      const int k = h < 6 ? (int)h : 6;
      const double *at = small + 8 * i + k;
      const double above = at[0] + (h - k) * (at[1] - at[0]), below = at[8] + (h - k) * (at[9] - at[8]);
      large[COLUMNS * row + column] = (above + (v - i) * (below - above)) / 16;
    }
  }
}

/* Reads every fifth image (held = 1) or the others (held = 0) behind those that are there, and returns how many there
 * are then. */
static int read_digits(const char *path, int held, int count) {
  FILE *file = fopen(path, "r");
  int line = 0;
  if (!file) {
    perror(path);
    exit(1);
  }
  for (; count < MOST; line++) {
    double small[64];
    int pixel = 0;
    while (pixel < 64 && fscanf(file, "%lf,", &small[pixel]) == 1) pixel++;
    if (pixel < 64 || fscanf(file, "%d", &digits[count]) != 1 || digits[count] < 0 || digits[count] > 9) break;
    if ((line % 5 == 4) != held) continue;
    scale_up(small, images + (size_t)PIXELS * count);
    labels[CLASSES * count + digits[count]] = 1;
    count++;
  }
  fclose(file);
  return count;
}

int main(int argument_count, char **arguments) {
  if (argument_count < 2) {
    fprintf(stderr, "usage: digits DIGITS.csv [CLASSIFIER.onnx]\n");
    return 2;
  }
  const int trained = read_digits(arguments[1], 0, 0), held = read_digits(arguments[1], 1, trained) - trained;
  if (held == 0) {
    fprintf(stderr, "%s holds no digits\n", arguments[1]);
    return 1;
  }

  const int64_t sizes[3] = {PIXELS, 100, CLASSES};
  netjac_network *network = NULL, *classifier = NULL;
  netjac_options *options = netjac_options_create();
  netjac_trainer *trainer = NULL;
  check(netjac_mlp(3, sizes, "tanh", 1, &network));
  check(netjac_options_set(options, "loss", "cross_entropy"));
  check(netjac_options_set(options, "optimizer", "adamw"));
  check(netjac_options_set(options, "weight_decay", "0.1"));
  check(netjac_options_set(options, "learning_rate", "0.003"));
  check(netjac_options_set(options, "schedule", "cosine"));
  check(netjac_options_set(options, "schedule_steps", "1800"));
  check(netjac_trainer_create(network, options, &trainer));
  for (int epoch = 1; epoch <= 40; epoch++) {
    double loss, other;
    check(netjac_trainer_fit(trainer, trained, images, labels, 1, &loss));
    if (epoch % 10 != 0) continue;
    check(netjac_trainer_loss(trainer, held, images + (size_t)PIXELS * trained, labels + CLASSES * trained, &other));
    printf("epoch %2d: loss %.4f, on held-out images %.4f\n", epoch, loss, other);
  }
  check(netjac_trainer_network(trainer, &classifier));

  int right = 0;
  check(netjac_forward(classifier, held, images + (size_t)PIXELS * trained, logits));
  for (int k = 0; k < held; k++) {
    int best = 0;
    for (int c = 1; c < CLASSES; c++) {
      if (logits[CLASSES * k + c] > logits[CLASSES * k + best]) best = c;
    }
    right += best == digits[trained + k];
  }
  printf("%d of %d held-out images recognised: %.2f %%\n", right, held, 100.0 * right / held);
  if (argument_count > 2) check(netjac_save(classifier, arguments[2]));

  netjac_trainer_release(trainer);
  netjac_options_release(options);
  netjac_release(classifier);
  netjac_release(network);
  return right >= 0.97 * held ? 0 : 1;
}
