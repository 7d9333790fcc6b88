#include "stroke.h"

#include <string.h>

#define MOST_OVERLAP (1.0 / 3)

stroke_settings stroke_standard(void) {
  return (stroke_settings){
    .bed = {.discs = 1000, .width = 0.36, .radius = 0.003, .spread = 0.25, .seed = 1},
    .foot_length = 0.05,
    .foot_thickness = 0.008,
    .start = 0.06,
    .lead = 0.04,
    .length = 0.1,
  };
}

uint64_t stroke_seed(const stroke *inputs) {
  const double numbers[] = {inputs->depth, inputs->speed, inputs->angle};
  uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, a word at a time */
  for (size_t k = 0; k < 3; k++) {
    const double number = numbers[k] + 0.0; /* -0 counts as 0 */
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    hash = (hash ^ bits) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
  }
  return hash;
}

/* Draws the foot on to x = until and returns the sum of force times time; at first it gathers speed. */
static int draw(simulation *grains, double until, double speed, double gathering, wrench *sum) {
  while (grains->plate.x < until) {
    if (grains->plate.vx < speed) {
      grains->plate.vx = fmin(speed, grains->plate.vx + speed * grains->step / gathering);
    }
    if (simulation_advance(grains) != 0) return STROKE_NO_MEMORY;
    sum->x += grains->on_foot.x * grains->step;
    sum->z += grains->on_foot.z * grains->step;
    sum->torque += grains->on_foot.torque * grains->step;
  }
  return simulation_overlap(grains) < MOST_OVERLAP ? STROKE_DONE : STROKE_UNSTABLE;
}

static int measure(const stroke_settings *settings, simulation *grains, double speed, wrench *mean) {
  const double begin = settings->start + settings->lead, gathering = settings->lead / 2 / speed;
  wrench lead = {0}, sum = {0};
  int status = draw(grains, begin, speed, gathering, &lead);
  const double time = grains->time;
  if (status == STROKE_DONE) status = draw(grains, begin + settings->length, speed, gathering, &sum);
  if (status != STROKE_DONE) return status;
  const double seconds = grains->time - time;
  *mean = (wrench){sum.x / seconds, sum.z / seconds, sum.torque / seconds};
  return STROKE_DONE;
}

static int run_in_bed(const stroke_settings *settings, const simulation *bed, const stroke *inputs, wrench *mean,
                      simulation **end) {
  foot plate = foot_make(settings->foot_length, settings->foot_thickness, inputs->angle);
  plate.x = settings->start;
  plate.z = bed_surface(bed) - inputs->depth + foot_drop(&plate);
  const double front = settings->start + settings->lead + settings->length + settings->foot_length / 2;
  const double grain = 2 * settings->bed.radius * (1 + settings->bed.spread);
  if (!(inputs->speed > 0)) return STROKE_STANDS;
  if (plate.z - foot_drop(&plate) < grain) return STROKE_TOO_DEEP;
  if (front > settings->bed.width - grain) return STROKE_TOO_LONG;
  simulation *grains = bed_with_foot(bed, &plate);
  if (!grains) return STROKE_NO_MEMORY;
  const int status = measure(settings, grains, inputs->speed, mean);
  if (end && status == STROKE_DONE) {
    *end = grains;
  } else {
    simulation_release(grains);
  }
  return status;
}

int stroke_run(const stroke_settings *settings, const stroke *inputs, wrench *mean, simulation **end) {
  simulation *bed = bed_create(&settings->bed);
  if (!bed) return STROKE_NO_MEMORY;
  const int status = run_in_bed(settings, bed, inputs, mean, end);
  simulation_release(bed);
  return status;
}
