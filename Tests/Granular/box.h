/*
 * box.h - Small simulations for the tests of examples/granular.
 */
#ifndef BOX_H
#define BOX_H

#include <stdlib.h>

#include "../C/check.h"
#include "bed.h"

/* An empty box of 1 m with room for so many discs of the usual material, but with this damping, friction and gravity. */
static simulation *box_make(size_t discs, double damping_ratio, double friction, double gravity) {
  simulation_settings settings = bed_material(1, 1);
  settings.law.damping_ratio = damping_ratio;
  settings.law.friction = friction;
  settings.gravity = gravity;
  simulation *grains = simulation_create(&settings, discs);
  if (!grains) exit(1);
  return grains;
}

static void box_begin(simulation *grains) {
  if (simulation_begin(grains) != 0) exit(1);
}

static void box_advance(simulation *grains) {
  if (simulation_advance(grains) != 0) exit(1);
}

static void box_wait(simulation *grains, double seconds) {
  const double end = grains->time + seconds;
  while (grains->time < end) box_advance(grains);
}

/* Even between 0 and 1, always the same numbers. */
static double box_random(void) {
  static unsigned long long state = 1;
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(state >> 11) / 9007199254740992.0;
}

/* So many discs, none touching, that fly about in the lower left of the box. */
static simulation *box_of_flying_discs(size_t discs, double damping_ratio, double friction, double gravity) {
  simulation *grains = box_make(discs, damping_ratio, friction, gravity);
  for (size_t i = 0; i < discs; i++) {
    simulation_place(grains, i, 0.01 + 0.011 * (double)(i % 12), 0.01 + 0.011 * (double)(i / 12),
                     0.003 + 0.002 * box_random());
    grains->vx[i] = box_random() - 0.5;
    grains->vz[i] = box_random() - 0.5;
    grains->spin[i] = 100 * (box_random() - 0.5);
  }
  return grains;
}

#endif
