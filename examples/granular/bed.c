#include "bed.h"

#define SETTLING_TIME 0.18 /* s, after which they move by less than 0.02 m/s and sink by 0.1 mm */
#define CLOSING_TIME 0.03 /* s */
#define SETTLING_DRAG 15 /* 1/s */

/* The next number of S. Vigna's SplitMix64, even between 0 and 1. */
static double random_number(uint64_t *state) {
  uint64_t bits = *state += UINT64_C(0x9e3779b97f4a7c15);
  bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
  bits ^= bits >> 31;
  return (double)(bits >> 11) / 9007199254740992.0;
}

simulation_settings bed_material(double width, double height) {
  const contact_law law = {
    .stiffness = 3e4, .damping_ratio = 0.25, .tangential_ratio = 2.0 / 7, .friction = 0.5};
  return (simulation_settings){
    .width = width, .height = height, .thickness = 0.05, .density = 2500, .gravity = 9.81, .law = law};
}

/* Lets so many seconds pass. */
static int wait(simulation *grains, double seconds) {
  const double end = grains->time + seconds;
  while (grains->time < end) {
    if (simulation_advance(grains) != 0) return -1;
  }
  return 0;
}

simulation *bed_create(const bed_settings *settings) {
  const double largest = settings->radius * (1 + settings->spread), pitch = 2.02 * largest;
  const double room = (settings->width - 2 * largest) / pitch + 0.5; /* every other row is shifted by half a pitch */
  const size_t columns = room > 0 ? (size_t)room : 0;
  const size_t row_count = columns > 0 ? (settings->discs + columns - 1) / columns : 0;
  const simulation_settings material = bed_material(settings->width, pitch * (double)(row_count + 1));
  simulation *grains = columns > 0 ? simulation_create(&material, settings->discs) : NULL;
  uint64_t state = settings->seed;
  if (!grains) return NULL;
  for (size_t i = 0; i < settings->discs; i++) {
    const size_t row = i / columns, column = i % columns;
    const double x = largest + pitch * ((double)column + (row % 2 == 0 ? 0 : 0.5));
    const double z = largest + 0.9 * pitch * (double)row;
    simulation_place(grains, i, x, z, settings->radius * (1 + settings->spread * (2 * random_number(&state) - 1)));
    grains->vx[i] = 0.4 * (2 * random_number(&state) - 1);
    grains->vz[i] = 0.4 * (2 * random_number(&state) - 1);
  }
  grains->drag = SETTLING_DRAG;
  if (simulation_begin(grains) != 0 || wait(grains, SETTLING_TIME) != 0) {
    simulation_release(grains);
    return NULL;
  }
  grains->drag = 0;
  return grains;
}

double bed_surface(const simulation *grains) {
  double mass = 0, moment = 0;
  for (size_t i = 0; i < grains->count; i++) {
    mass += grains->mass[i];
    moment += grains->mass[i] * grains->z[i];
  }
  return mass > 0 ? 2 * moment / mass : 0;
}

static int is_cut(const simulation *bed, size_t disc, const foot *plate) {
  double x, z;
  foot_nearest(plate, bed->x[disc], bed->z[disc], &x, &z);
  return hypot(bed->x[disc] - x, bed->z[disc] - z) < plate->radius + bed->radius[disc];
}

simulation *bed_with_foot(const simulation *bed, const foot *plate) {
  size_t count = 0, kept = 0;
  for (size_t i = 0; i < bed->count; i++) count += !is_cut(bed, i, plate);
  simulation *grains = simulation_create(&bed->settings, count);
  if (!grains) return NULL;
  for (size_t i = 0; i < bed->count; i++) {
    if (!is_cut(bed, i, plate)) simulation_place(grains, kept++, bed->x[i], bed->z[i], bed->radius[i]);
  }
  grains->plate = *plate;
  grains->has_foot = 1;
  if (simulation_begin(grains) == 0 && wait(grains, CLOSING_TIME) == 0) return grains;
  simulation_release(grains);
  return NULL;
}
