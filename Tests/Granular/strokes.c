/* strokes.c - The experiment in small: forces of the right sign that grow with depth, and the same bits twice. */
#include <string.h>

#include "box.h"
#include "stroke.h"

static stroke_settings small(uint64_t seed) {
  stroke_settings settings = stroke_standard();
  settings.bed.discs = 500;
  settings.bed.width = 0.24;
  settings.bed.seed = seed;
  settings.lead = 0.02;
  settings.length = 0.05;
  return settings;
}

static wrench run(double depth, double speed, double angle, uint64_t seed) {
  const stroke_settings settings = small(seed);
  wrench mean = {0};
  const int status = stroke_run(&settings, &(stroke){depth, speed, angle}, &mean, NULL);
  CHECK_SAYING(status == STROKE_DONE, "depth %g, speed %g, angle %g: status %d", depth, speed, angle, status);
  return mean;
}

static wrench mean_of_beds(double depth, double speed, double angle) {
  wrench sum = {0};
  for (uint64_t seed = 1; seed <= 2; seed++) {
    const wrench one = run(depth, speed, angle, seed);
    sum = (wrench){sum.x + one.x / 2, sum.z + one.z / 2, sum.torque + one.torque / 2};
  }
  return sum;
}

static void test_signs(void) {
  const wrench shallow = mean_of_beds(0.01, 0.6, 0.5), deep = mean_of_beds(0.04, 0.6, 0.5);
  const wrench flat = mean_of_beds(0.04, 0.6, 0), down = mean_of_beds(0.04, 0.6, -0.5);
  CHECK_SAYING(shallow.x < 0 && shallow.z > 0, "drag holds back and lift carries: (%g, %g) N", shallow.x, shallow.z);
  CHECK_SAYING(deep.x < 1.5 * shallow.x, "drag grows with depth: %g, %g N", shallow.x, deep.x);
  CHECK_SAYING(deep.z > 1.3 * shallow.z, "so does lift: %g, %g N", shallow.z, deep.z);
  CHECK_SAYING(deep.z > 1.5 * flat.z && flat.z > down.z, "a raised edge lifts, a lowered one digs in: %g, %g, %g N",
               deep.z, flat.z, down.z);
}

static void test_same_bits(void) {
  const stroke_settings settings = small(7);
  const stroke inputs = {0.02, 0.8, 0.3};
  wrench first, second;
  simulation *one = NULL, *two = NULL;
  CHECK(stroke_run(&settings, &inputs, &first, &one) == STROKE_DONE);
  CHECK(stroke_run(&settings, &inputs, &second, &two) == STROKE_DONE);
  if (!one || !two) return;
  CHECK_SAYING(memcmp(&first, &second, sizeof first) == 0, "drag %.17g and %.17g", first.x, second.x);
  CHECK(one->count == two->count && memcmp(one->x, two->x, one->count * sizeof *one->x) == 0 &&
        memcmp(one->spin, two->spin, one->count * sizeof *one->spin) == 0);
  CHECK_SAYING(run(0.02, 0.8, 0.3, 8).x != first.x, "another bed gives the same %g N", first.x);
  simulation_release(one);
  simulation_release(two);
}

static void test_limits(void) {
  stroke_settings settings = small(1);
  wrench mean = {1, 2, 3};
  CHECK(stroke_run(&settings, &(stroke){0.2, 0.5, 0}, &mean, NULL) == STROKE_TOO_DEEP);
  CHECK(stroke_run(&settings, &(stroke){0.02, 0, 0}, &mean, NULL) == STROKE_STANDS);
  CHECK(stroke_run(&settings, &(stroke){0.02, NAN, 0}, &mean, NULL) == STROKE_STANDS);
  CHECK(stroke_run(&settings, &(stroke){NAN, 1, 0}, &mean, NULL) == STROKE_UNSTABLE);
  settings.length = 0.5;
  CHECK(stroke_run(&settings, &(stroke){0.02, 0.5, 0}, &mean, NULL) == STROKE_TOO_LONG);
  CHECK(mean.x == 1 && mean.z == 2 && mean.torque == 3);
  const stroke a = {0.02, 0.5, 0}, b = {0.02, 0.5, -0.0}, c = {0.5, 0.02, 0};
  CHECK(stroke_seed(&a) == stroke_seed(&b) && stroke_seed(&a) != stroke_seed(&c));
}

int main(void) {
  test_signs();
  test_same_bits();
  test_limits();
  return checks_result();
}
