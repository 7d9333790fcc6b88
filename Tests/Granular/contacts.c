/* contacts.c - Single contacts against what mechanics says of them. */
#include "box.h"

#define RADIUS 0.004
#define GRAVITY 9.81

static double relative(double found, double expected) { return fabs(found - expected) / fabs(expected); }

/* A disc hits the floor, or another disc, without gravity; the steps are made finer by so much. */
static void test_bounce(double ratio, size_t discs, int finer, double tolerance) {
  simulation *grains = box_make(discs, ratio, 0.5, 0);
  const double gap = 1e-5, speed = 0.3;
  simulation_place(grains, 0, 0.5, RADIUS + gap, RADIUS);
  grains->vz[0] = -speed;
  if (discs == 2) {
    simulation_place(grains, 0, 0.5, 0.5, RADIUS);
    simulation_place(grains, 1, 0.5 + 2.5 * RADIUS + gap, 0.5, 1.5 * RADIUS);
    grains->vx[0] = speed;
  }
  box_begin(grains);
  grains->step /= finer;
  double begun = -1, ended = -1;
  while (ended < 0 && grains->time < 0.01) {
    box_advance(grains);
    const double force = discs == 2 ? grains->fx[1] : -grains->on_wall[FLOOR].z;
    if (force > 0 && begun < 0) begun = grains->time;
    if (force == 0 && begun >= 0) ended = grains->time;
  }
  const double after = discs == 2 ? grains->vx[1] - grains->vx[0] : grains->vz[0];
  const double mass = discs == 2 ? grains->mass[0] * grains->mass[1] / (grains->mass[0] + grains->mass[1])
                                 : grains->mass[0];
  const double restitution = contact_restitution(&grains->settings.law);
  const double duration = contact_duration(&grains->settings.law, mass);
  CHECK_SAYING(relative(after / speed, restitution) < tolerance,
               "damping ratio %g, %zu discs: restitution %.5f, the formula says %.5f", ratio, discs, after / speed,
               restitution);
  CHECK_SAYING(fabs(ended - begun - duration) < 2.5 * grains->step, "contact lasts %g s, the formula says %g s",
               ended - begun, duration);
  simulation_release(grains);
}

/* Three discs on each other: every contact bears the weight above it. */
static void test_rest(void) {
  simulation *grains = box_make(3, 0.3, 0.5, GRAVITY);
  for (size_t i = 0; i < 3; i++) simulation_place(grains, i, 0.5, (1 + 2 * (double)i) * RADIUS, RADIUS);
  box_begin(grains);
  box_wait(grains, 0.5);
  const double weight = grains->mass[0] * GRAVITY, stiffness = grains->settings.law.stiffness;
  double below = 0;
  for (size_t i = 0; i < 3; i++) {
    const double gap = i == 0 ? grains->z[0] : grains->z[i] - grains->z[i - 1];
    const double overlap = (i == 0 ? RADIUS : 2 * RADIUS) - gap, expected = (double)(3 - i) * weight / stiffness;
    CHECK_SAYING(relative(overlap, expected) < 1e-6, "disc %zu lies in by %g m instead of %g m", i, overlap, expected);
    below += weight;
  }
  CHECK_SAYING(relative(-grains->on_wall[FLOOR].z, below) < 1e-9, "the floor bears %g N of %g N",
               -grains->on_wall[FLOOR].z, below);
  simulation_release(grains);
}

/* Whatever happens to a contact, its force stays in the cone, and it never pulls. */
static void test_cone(void) {
  const contact_law law = bed_material(1, 1).law;
  int outside = 0, pulls = 0, slides = 0, sticks = 0;
  double spring = 0;
  for (int k = 0; k < 100000; k++) {
    if (k % 50 == 0) spring = 0;
    const contact_force f = contact_evaluate(&law, contact_damping(&law, 1e-3), 1e-4 * box_random(),
                                             box_random() - 0.5, 0.2 * (box_random() - 0.5), 2e-5, &spring);
    outside += fabs(f.tangential) > law.friction * f.normal * (1 + 1e-15);
    pulls += f.normal < 0;
    slides += f.normal > 0 && fabs(f.tangential) > law.friction * f.normal * (1 - 1e-12);
    sticks += f.normal > 0 && fabs(f.tangential) < law.friction * f.normal * 0.999;
  }
  CHECK_SAYING(outside == 0, "%d forces lie outside the cone", outside);
  CHECK_SAYING(pulls == 0, "%d contacts pull", pulls);
  CHECK_SAYING(slides > 1000 && sticks > 1000, "%d slide, %d stick: both should be tried", slides, sticks);
}

/* A disc thrown along the floor slides, slowed by friction, until it rolls with two thirds of its speed. */
static void test_slide(void) {
  const double friction = 0.3, speed = 0.2, rolls_after = speed / (3 * friction * GRAVITY);
  simulation *grains = box_make(1, 0.3, friction, GRAVITY);
  simulation_place(grains, 0, 0.1, RADIUS, RADIUS);
  grains->z[0] -= grains->mass[0] * GRAVITY / grains->settings.law.stiffness;
  grains->vx[0] = speed;
  box_begin(grains);
  box_wait(grains, rolls_after / 2);
  const double expected = speed - friction * GRAVITY * grains->time;
  CHECK_SAYING(relative(grains->vx[0], expected) < 1e-3, "sliding: %g m/s, expected %g", grains->vx[0], expected);
  box_wait(grains, rolls_after);
  CHECK_SAYING(relative(grains->vx[0], speed * 2 / 3) < 2e-3, "rolling: %g m/s, expected %g", grains->vx[0],
               speed * 2 / 3);
  CHECK_SAYING(relative(-grains->spin[0] * RADIUS, grains->vx[0]) < 1e-2, "rolling without slip: spin %g",
               grains->spin[0]);
  simulation_release(grains);
}

/* A disc runs down the foot as down a slope: it rolls on a gentle one and slides on a steep one. */
static void test_slope(double angle) {
  const double friction = 0.3, seconds = 0.15;
  simulation *grains = box_make(1, 0.3, friction, GRAVITY);
  grains->plate = foot_make(0.8, 0.02, angle);
  grains->plate.x = grains->plate.z = 0.5;
  grains->has_foot = 1;
  const double away = 0.01 + RADIUS - 1e-6, along = 0.2;
  simulation_place(grains, 0, 0.5 + along * cos(angle) - away * sin(angle),
                   0.5 + along * sin(angle) + away * cos(angle), RADIUS);
  box_begin(grains);
  box_wait(grains, seconds);
  const double speed = -(grains->vx[0] * cos(angle) + grains->vz[0] * sin(angle));
  const int rolls = tan(angle) < 3 * friction;
  const double acceleration =
    rolls ? GRAVITY * sin(angle) * 2 / 3 : GRAVITY * (sin(angle) - friction * cos(angle));
  CHECK_SAYING(relative(speed, acceleration * grains->time) < 0.01, "slope of %g rad, %s: %g m/s, expected %g", angle,
               rolls ? "rolling" : "sliding", speed, acceleration * grains->time);
  simulation_release(grains);
}

int main(void) {
  const double ratios[] = {0, 0.05, 0.25, 0.5, 0.8};
  for (int k = 0; k < 5; k++) {
    test_bounce(ratios[k], 1, 20, 0.005);
    test_bounce(ratios[k], 2, 20, 0.005);
  }
  test_bounce(0.25, 1, 1, 0.03);
  test_rest();
  test_cone();
  test_slide();
  test_slope(0.3);
  test_slope(1.0);
  return checks_result();
}
