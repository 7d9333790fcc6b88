#include "stroke.h"

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

/* Draws the foot on until it has gone so far; sum gets the force times time. */
static int draw(simulation *grains, double until, double speed, double gathering, wrench *sum) {
  while (grains->plate.x < until) {
    const double begun = grains->plate.vx / speed;
    if (begun < 1) grains->plate.vx = fmin(speed, grains->plate.vx + speed * grains->step / gathering);
    if (simulation_advance(grains) != 0) return STROKE_NO_MEMORY;
    sum->x += grains->on_foot.x * grains->step;
    sum->z += grains->on_foot.z * grains->step;
    sum->torque += grains->on_foot.torque * grains->step;
  }
  return simulation_overlap(grains) < MOST_OVERLAP ? STROKE_DONE : STROKE_UNSTABLE;
}

static int run(const stroke_settings *settings, simulation *grains, double speed, wrench *mean) {
  const double begin = settings->start + settings->lead, gathering = settings->lead / 2 / speed;
  wrench ignored = {0}, sum = {0};
  int status = draw(grains, begin, speed, gathering, &ignored);
  const double time = grains->time;
  if (status == STROKE_DONE) status = draw(grains, begin + settings->length, speed, gathering, &sum);
  if (status != STROKE_DONE) return status;
  const double seconds = grains->time - time;
  *mean = (wrench){sum.x / seconds, sum.z / seconds, sum.torque / seconds};
  return STROKE_DONE;
}

int stroke_run(const stroke_settings *settings, const stroke *inputs, wrench *mean, simulation **end) {
  simulation *bed = bed_create(&settings->bed);
  if (!bed) return STROKE_NO_MEMORY;
  foot plate = foot_make(settings->foot_length, settings->foot_thickness, inputs->angle);
  plate.x = settings->start;
  plate.z = bed_surface(bed) - inputs->depth + foot_drop(&plate);
  simulation *grains = bed_with_foot(bed, &plate);
  simulation_release(bed);
  if (!grains) return STROKE_NO_MEMORY;
  const int status = run(settings, grains, inputs->speed, mean);
  if (end && status == STROKE_DONE) {
    *end = grains;
  } else {
    simulation_release(grains);
  }
  return status;
}
