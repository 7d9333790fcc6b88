/* motion.c - Many discs: momentum, energy, neighbours. */
#include "box.h"

static wrench plus(wrench a, wrench b, double times) {
  return (wrench){a.x + times * b.x, a.z + times * b.z, a.torque + times * b.torque};
}

/* What walls, foot and gravity do to all discs now, with the torque about the origin. */
static wrench from_outside(const simulation *grains) {
  const foot *plate = &grains->plate;
  wrench sum = plus((wrench){0}, grains->on_foot, -1);
  sum.torque -= plate->x * grains->on_foot.z - plate->z * grains->on_foot.x;
  for (int wall = 0; wall < WALLS; wall++) sum = plus(sum, grains->on_wall[wall], -1);
  for (size_t i = 0; i < grains->count; i++) {
    const double weight = grains->mass[i] * grains->settings.gravity;
    sum.z -= weight;
    sum.torque -= grains->x[i] * weight;
  }
  return sum;
}

static void add_foot(simulation *grains) {
  grains->plate = foot_make(0.05, 0.008, 0.4);
  grains->plate.x = 0.06;
  grains->plate.z = -0.03;
  grains->plate.vx = 0.3;
  grains->plate.vz = 0.4;
  grains->has_foot = 1;
}

/* The discs gain what walls, foot and gravity give: only then does every force between discs have its counterpart, and
 * the foot feels exactly what it does to the discs. Verlet gives half a step's force before it and half after it. */
static void test_momentum(double gravity, int with_foot) {
  simulation *grains = box_of_flying_discs(120, 0.25, 0.5, gravity);
  if (with_foot) add_foot(grains);
  box_begin(grains);
  const wrench before = simulation_momentum(grains);
  wrench given = {0}, foot_gave = {0};
  double largest = 0;
  for (int k = 0; k < 6000; k++) {
    given = plus(given, from_outside(grains), grains->step / 2);
    box_advance(grains);
    given = plus(given, from_outside(grains), grains->step / 2);
    foot_gave = plus(foot_gave, grains->on_foot, grains->step);
    const wrench now = simulation_momentum(grains), missing = plus(plus(now, before, -1), given, -1);
    largest = fmax(largest, fmax(fabs(missing.x), fmax(fabs(missing.z), 10 * fabs(missing.torque))));
  }
  CHECK_SAYING(largest < 1e-13, "momentum of %g kg m/s comes from nowhere (gravity %g, foot %d)", largest, gravity,
               with_foot);
  CHECK_SAYING((hypot(foot_gave.x, foot_gave.z) > 0.01) == with_foot, "the foot gave (%g, %g) kg m/s", foot_gave.x,
               foot_gave.z);
  simulation_release(grains);
}

/* Two discs that meet off centre, spinning, far from everything else. */
static void test_two_discs(void) {
  simulation *grains = box_make(2, 0.25, 0.5, 0);
  simulation_place(grains, 0, 0.5, 0.5, 0.003);
  simulation_place(grains, 1, 0.508, 0.503, 0.005);
  grains->vx[0] = 0.5;
  grains->spin[1] = 80;
  box_begin(grains);
  const wrench before = simulation_momentum(grains);
  box_wait(grains, 0.05);
  const wrench change = plus(simulation_momentum(grains), before, -1);
  CHECK_SAYING(hypot(change.x, change.z) < 1e-16, "momentum changed by (%g, %g)", change.x, change.z);
  CHECK_SAYING(fabs(change.torque) < 1e-16, "angular momentum changed by %g", change.torque);
  CHECK_SAYING(fabs(grains->spin[0]) > 1 && grains->vx[1] > 0.05, "the discs should have met: spin %g, speed %g",
               grains->spin[0], grains->vx[1]);
  simulation_release(grains);
}

/* Without drive, energy is kept if nothing takes it, and else it only falls. */
static void test_energy(double ratio, double friction) {
  simulation *grains = box_of_flying_discs(120, ratio, friction, 9.81);
  box_begin(grains);
  const double first = simulation_energy(grains);
  double lowest = first, rise = 0, last = first;
  for (int k = 0; k < 10000; k++) {
    box_advance(grains);
    last = simulation_energy(grains);
    rise = fmax(rise, last - lowest);
    lowest = fmin(lowest, last);
  }
  const int loses = ratio > 0 || friction > 0;
  CHECK_SAYING(rise < 1e-3 * first, "damping %g, friction %g: energy rose by %.2e of itself", ratio, friction,
               rise / first);
  CHECK_SAYING(loses ? last < 0.6 * first : fabs(last - first) < 1e-3 * first,
               "damping %g, friction %g: from %g J to %g J", ratio, friction, first, last);
  simulation_release(grains);
}

/* At rest, floor and walls bear the weight, and a foot in the bed its share. */
static void test_bed_at_rest(void) {
  const bed_settings settings = {.discs = 300, .width = 0.15, .radius = 0.003, .spread = 0.25, .seed = 3};
  simulation *bed = bed_create(&settings);
  if (!bed) exit(1);
  foot plate = foot_make(0.05, 0.008, 0.2);
  plate.x = 0.07;
  plate.z = bed_surface(bed) - 0.02;
  simulation *grains = bed_with_foot(bed, &plate);
  if (!grains) exit(1);
  grains->drag = 10; /* or single discs would roll on the surface for long */
  box_wait(grains, 0.6);
  double weight = 0, kinetic = 0, fill = 0;
  for (size_t i = 0; i < grains->count; i++) {
    weight += 9.81 * grains->mass[i];
    kinetic += grains->mass[i] * (grains->vx[i] * grains->vx[i] + grains->vz[i] * grains->vz[i]) / 2;
  }
  for (size_t i = 0; i < bed->count; i++) fill += PI * bed->radius[i] * bed->radius[i];
  const wrench sum = from_outside(grains);
  CHECK_SAYING(hypot(sum.x, sum.z) < 0.01 * weight, "the bed of %g N is pushed by (%g, %g) N at rest", weight, sum.x,
               sum.z);
  CHECK_SAYING(grains->on_foot.z < -0.01 * weight, "the foot should bear grains: %g N", grains->on_foot.z);
  CHECK_SAYING(kinetic < 1e-4 * weight * 0.003, "the bed still moves with %g J", kinetic);
  fill /= settings.width * bed_surface(bed);
  CHECK_SAYING(fill > 0.75 && fill < 0.9, "discs fill %.3f of the plane, not 0.75 to 0.9", fill);
  CHECK_SAYING(bed->count - grains->count > 5 && simulation_overlap(grains) < 0.03,
               "%zu discs made room for the foot; overlap %g", bed->count - grains->count, simulation_overlap(grains));
  simulation_release(grains);
  simulation_release(bed);
}

static int is_pair(const neighbours *list, size_t i, size_t k) {
  int times = 0;
  for (size_t p = list->first[i]; p < list->first[i + 1]; p++) times += list->pairs[p].other == k;
  return times;
}

/* The pairs that cells find are those that looking at all finds, also outside the box; springs stay with their pairs. */
static void test_neighbours(void) {
  enum { COUNT = 400 };
  static double x[COUNT], z[COUNT], radius[COUNT];
  neighbours list;
  if (neighbours_create(&list, COUNT, 0.01, 0.002, 0.3, 0.2) != 0) exit(1);
  for (int round = 0; round < 5; round++) {
    size_t wrong = 0, pairs = 0, lost = 0;
    for (size_t i = 0; i < COUNT; i++) {
      radius[i] = round == 0 ? 0.005 + 0.005 * box_random() : radius[i];
      x[i] = round == 0 ? 0.36 * box_random() - 0.03 : x[i] + 0.002 * (box_random() - 0.5);
      z[i] = round == 0 ? 0.30 * box_random() - 0.03 : z[i] + 0.002 * (box_random() - 0.5);
    }
    if (neighbours_find(&list, x, z, radius) != 0) exit(1);
    for (size_t i = 0; i < COUNT; i++) {
      for (size_t k = i + 1; k < COUNT; k++) {
        const int near = hypot(x[i] - x[k], z[i] - z[k]) < radius[i] + radius[k] + 0.002;
        wrong += is_pair(&list, i, k) != near;
        pairs += (size_t)near;
      }
      for (size_t p = list.first[i]; p < list.first[i + 1]; p++) {
        const double name = (double)(i * COUNT + list.pairs[p].other);
        lost += list.pairs[p].spring != 0 && list.pairs[p].spring != name;
        lost += round > 0 && list.pairs[p].spring == 0 &&
                hypot(x[i] - x[list.pairs[p].other], z[i] - z[list.pairs[p].other]) <
                  radius[i] + radius[list.pairs[p].other] - 0.002;
        list.pairs[p].spring = name;
      }
    }
    CHECK_SAYING(wrong == 0 && pairs > COUNT, "%zu of %zu pairs are wrong", wrong, pairs);
    CHECK_SAYING(lost == 0, "%zu springs were lost or exchanged", lost);
  }
  CHECK(!neighbours_are_old(&list, x, z));
  x[7] += 0.0009;
  CHECK(!neighbours_are_old(&list, x, z));
  x[7] += 0.0002;
  CHECK(neighbours_are_old(&list, x, z));
  neighbours_release(&list);
}

int main(void) {
  test_neighbours();
  test_two_discs();
  test_momentum(0, 0);
  test_momentum(9.81, 1);
  test_energy(0, 0);
  test_energy(0.25, 0);
  test_energy(0, 0.5);
  test_energy(0.25, 0.5);
  test_bed_at_rest();
  return checks_result();
}
