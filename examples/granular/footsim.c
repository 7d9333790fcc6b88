/*
 * footsim.c - The simulator as a program: takes depth, speed and angle, prints the mean force on the foot.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stroke.h"

static const char help[] =
  "usage: footsim --depth M --speed M/S --angle RAD [OPTION VALUE]...\n"
  "\n"
  "Draws a foot, a plate of 50 mm by 8 mm, through a bed of dry grains in two dimensions (50 mm across), and prints what\n"
  "the grains exert on it on average, in one line:\n"
  "\n"
  "  force_x force_z torque       in N, N and N m; x points forward, z up, the torque is about the foot's centre\n"
  "\n"
  "  --depth M      of the foot's lowest point below the surface, 0.001 to 0.2 m\n"
  "  --speed M/S    forward, 0.02 to 2 m/s\n"
  "  --angle RAD    lifts the leading edge, -1.5 to 1.5\n"
  "  --seed N       of the bed (made of the three numbers, so that each sample meets a bed of its own)\n"
  "  --discs N      in the bed, 50 to 20000 (1000)\n"
  "  --length M     of the way over which forces are averaged, 0.005 to 0.3 m (0.1)\n"
  "  --state FILE   also writes the state at the end: comments with the ends and radius of the foot and the three\n"
  "                 numbers, discs as lines of x z radius speed, two empty lines, and contacts as lines of x z dx dz\n"
  "                 force, from centre to centre\n"
  "  --version      prints a version that rises whenever the numbers change; it stands alone, as --help\n"
  "\n"
  "The same arguments give the same bits. A run takes about a second, three times as long at 0.1 m/s. Status: 0; 1 if the\n"
  "simulation failed; 2 if an argument is wrong.\n";

typedef struct {
  stroke inputs;
  stroke_settings settings;
  const char *state;
} arguments;

static int wrong(const char *name, const char *text, const char *expected) {
  fprintf(stderr, "footsim: %s is '%s'; it must be %s\n", name, text, expected);
  return -1;
}

static int read_number(const char *name, const char *text, double least, double most, double *value) {
  char *end, expected[80];
  *value = strtod(text, &end);
  if (end != text && *end == '\0' && *value >= least && *value <= most) return 0;
  snprintf(expected, sizeof expected, "a number between %g and %g", least, most);
  return wrong(name, text, expected);
}

static int read_whole(const char *name, const char *text, uint64_t least, uint64_t most, uint64_t *value) {
  char *end, expected[80];
  errno = 0;
  *value = strtoull(text, &end, 10);
  if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *value >= least && *value <= most) return 0;
  snprintf(expected, sizeof expected, "a whole number between %llu and %llu", (unsigned long long)least,
           (unsigned long long)most);
  return wrong(name, text, expected);
}

static int read_argument(const char *name, const char *text, arguments *all) {
  uint64_t discs;
  if (strcmp(name, "--depth") == 0) return read_number(name, text, 0.001, 0.2, &all->inputs.depth);
  if (strcmp(name, "--speed") == 0) return read_number(name, text, 0.02, 2, &all->inputs.speed);
  if (strcmp(name, "--angle") == 0) return read_number(name, text, -1.5, 1.5, &all->inputs.angle);
  if (strcmp(name, "--length") == 0) return read_number(name, text, 0.005, 0.3, &all->settings.length);
  if (strcmp(name, "--seed") == 0) return read_whole(name, text, 0, UINT64_MAX, &all->settings.bed.seed);
  if (strcmp(name, "--discs") == 0) {
    if (read_whole(name, text, 50, 20000, &discs) != 0) return -1;
    all->settings.bed.discs = (size_t)discs;
    return 0;
  }
  if (strcmp(name, "--state") == 0) {
    all->state = text;
    return 0;
  }
  fprintf(stderr, "footsim: there is no argument '%s'; see footsim --help\n", name);
  return -1;
}

static int read_arguments(int count, char **texts, arguments *all) {
  const char *const needed[] = {"--depth", "--speed", "--angle"};
  int has_seed = 0, given[3] = {0};
  for (int k = 1; k < count; k += 2) {
    if (k + 1 == count) {
      fprintf(stderr, "footsim: '%s' needs a value; see footsim --help\n", texts[k]);
      return -1;
    }
    if (read_argument(texts[k], texts[k + 1], all) != 0) return -1;
    has_seed |= strcmp(texts[k], "--seed") == 0;
    for (int n = 0; n < 3; n++) given[n] |= strcmp(texts[k], needed[n]) == 0;
  }
  for (int n = 0; n < 3; n++) {
    if (given[n]) continue;
    fprintf(stderr, "footsim: %s is missing; see footsim --help\n", needed[n]);
    return -1;
  }
  if (!has_seed) all->settings.bed.seed = stroke_seed(&all->inputs);
  return 0;
}

static int write_state(const char *path, const simulation *grains, const wrench *mean) {
  const foot *plate = &grains->plate;
  FILE *file = fopen(path, "w");
  if (!file) return -1;
  const double along_x = plate->half_length * plate->cosine, along_z = plate->half_length * plate->sine;
  fprintf(file, "# foot %.9g %.9g %.9g %.9g %.9g\n", plate->x - along_x, plate->z - along_z, plate->x + along_x,
          plate->z + along_z, plate->radius);
  fprintf(file, "# force %.9g %.9g %.9g\n", mean->x, mean->z, mean->torque);
  for (size_t i = 0; i < grains->count; i++) {
    fprintf(file, "%.9g %.9g %.9g %.9g\n", grains->x[i], grains->z[i], grains->radius[i],
            hypot(grains->vx[i], grains->vz[i]));
  }
  fprintf(file, "\n\n");
  for (size_t i = 0; i < grains->count; i++) {
    for (size_t p = grains->near.first[i]; p < grains->near.first[i + 1]; p++) {
      const size_t k = grains->near.pairs[p].other;
      const double dx = grains->x[k] - grains->x[i], dz = grains->z[k] - grains->z[i];
      const double overlap = grains->radius[i] + grains->radius[k] - hypot(dx, dz);
      if (overlap <= 0) continue;
      fprintf(file, "%.9g %.9g %.9g %.9g %.9g\n", grains->x[i], grains->z[i], dx, dz,
              overlap * grains->settings.law.stiffness);
    }
  }
  const int failed = ferror(file);
  return fclose(file) == 0 && !failed ? 0 : -1;
}

static const char *explain(int status) {
  switch (status) {
    case STROKE_NO_MEMORY: return "there is not enough memory";
    case STROKE_STANDS: return "the foot does not move; take a speed above 0";
    case STROKE_TOO_DEEP: return "the foot would touch the floor; take less depth or more discs";
    case STROKE_TOO_LONG: return "the foot would run into the wall; take a shorter length";
    default: return "grains were pressed into each other by a third of their radius; take less speed or depth";
  }
}

int main(int count, char **texts) {
  arguments all = {.settings = stroke_standard()};
  wrench mean;
  simulation *end = NULL;
  if (count == 2 && strcmp(texts[1], "--help") == 0) return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? 0 : 1;
  if (count == 2 && strcmp(texts[1], "--version") == 0) {
    return puts("footsim " STROKE_VERSION) >= 0 && fflush(stdout) == 0 ? 0 : 1;
  }
  if (count == 1) {
    fputs(help, stderr);
    return 2;
  }
  if (read_arguments(count, texts, &all) != 0) return 2;
  const int status = stroke_run(&all.settings, &all.inputs, &mean, &end);
  if (status != STROKE_DONE) {
    fprintf(stderr, "footsim: %s (depth %g m, speed %g m/s, angle %g rad, length %g m, %zu discs)\n", explain(status),
            all.inputs.depth, all.inputs.speed, all.inputs.angle, all.settings.length, all.settings.bed.discs);
    return status == STROKE_TOO_DEEP || status == STROKE_TOO_LONG ? 2 : 1;
  }
  const int written = all.state ? write_state(all.state, end, &mean) : 0;
  if (written != 0) fprintf(stderr, "footsim: cannot write '%s': %s\n", all.state, strerror(errno));
  simulation_release(end);
  if (written != 0) return 1;
  return printf("%.17g %.17g %.17g\n", mean.x, mean.z, mean.torque) > 0 && fflush(stdout) == 0 ? 0 : 1;
}
