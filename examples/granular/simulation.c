#include "simulation.h"

#include <stdlib.h>
#include <string.h>

enum { ARRAYS = 13 + WALLS };

/* All arrays with an element for each disc. */
static void list_arrays(simulation *grains, double **arrays[ARRAYS]) {
  double **const list[] = {&grains->x,    &grains->z,       &grains->vx,      &grains->vz, &grains->spin,   &grains->radius,
                           &grains->mass, &grains->inertia, &grains->damping, &grains->fx, &grains->fz,     &grains->torque,
                           &grains->foot_spring};
  memcpy(arrays, list, sizeof list);
  for (int wall = 0; wall < WALLS; wall++) arrays[ARRAYS - WALLS + wall] = &grains->wall_spring[wall];
}

simulation *simulation_create(const simulation_settings *settings, size_t count) {
  double **arrays[ARRAYS];
  simulation *grains = calloc(1, sizeof *grains);
  if (!grains) return NULL;
  grains->settings = *settings;
  grains->count = count;
  list_arrays(grains, arrays);
  for (int a = 0; a < ARRAYS; a++) {
    *arrays[a] = calloc(count + 1, sizeof **arrays[a]);
    if (!*arrays[a]) {
      simulation_release(grains);
      return NULL;
    }
  }
  return grains;
}

void simulation_release(simulation *grains) {
  double **arrays[ARRAYS];
  if (!grains) return;
  list_arrays(grains, arrays);
  for (int a = 0; a < ARRAYS; a++) free(*arrays[a]);
  neighbours_release(&grains->near);
  free(grains);
}

void simulation_place(simulation *grains, size_t disc, double x, double z, double radius) {
  const simulation_settings *settings = &grains->settings;
  grains->x[disc] = x;
  grains->z[disc] = z;
  grains->vx[disc] = grains->vz[disc] = grains->spin[disc] = 0;
  grains->radius[disc] = radius;
  grains->mass[disc] = settings->density * PI * radius * radius * settings->thickness;
  grains->inertia[disc] = grains->mass[disc] * radius * radius / 2;
  grains->damping[disc] = contact_damping(&settings->law, grains->mass[disc]);
}

/* A disc touches something along a normal that points to the disc. Adds what the contact exerts on the disc and returns
 * it; the torque is that about the disc's centre. lever: from there to the point of contact. vx, vz: of the disc's centre
 * relative to the other body; turning: how fast the other body's surface moves there through its own rotation. */
static inline wrench touch(simulation *grains, size_t disc, double damping, double overlap, double normal_x,
                           double normal_z, double lever, double vx, double vz, double turning, double *spring) {
  const double approach = -(vx * normal_x + vz * normal_z);
  const double slip = vz * normal_x - vx * normal_z - lever * grains->spin[disc] - turning;
  const contact_force f =
    contact_evaluate(&grains->settings.law, damping, overlap, approach, slip, grains->step, spring);
  const wrench result = {f.normal * normal_x - f.tangential * normal_z, f.normal * normal_z + f.tangential * normal_x,
                         -lever * f.tangential};
  grains->fx[disc] += result.x;
  grains->fz[disc] += result.z;
  grains->torque[disc] += result.torque;
  return result;
}

static void touch_discs(simulation *grains, size_t i) {
  const double *x = grains->x, *z = grains->z, *radius = grains->radius;
  for (size_t p = grains->near.first[i]; p < grains->near.first[i + 1]; p++) {
    neighbour_pair *pair = &grains->near.pairs[p];
    const size_t k = pair->other;
    const double dx = x[i] - x[k], dz = z[i] - z[k], sum = radius[i] + radius[k], square = dx * dx + dz * dz;
    if (square >= sum * sum) {
      pair->spring = 0;
      continue;
    }
    /* Two discs at one place have no normal; the force is 0 then, and gravity or others part them. */
    const double distance = sqrt(square), overlap = sum - distance, inverse = distance > 0 ? 1 / distance : 0;
    const double normal_x = dx * inverse, normal_z = dz * inverse, lever = radius[k] - overlap / 2;
    const wrench force = touch(grains, i, pair->damping, overlap, normal_x, normal_z, radius[i] - overlap / 2,
                               grains->vx[i] - grains->vx[k], grains->vz[i] - grains->vz[k], lever * grains->spin[k],
                               &pair->spring);
    grains->fx[k] -= force.x;
    grains->fz[k] -= force.z;
    grains->torque[k] -= lever * (force.z * normal_x - force.x * normal_z);
  }
}

static void touch_wall(simulation *grains, size_t i, int wall, double gap, double normal_x, double normal_z) {
  const double overlap = grains->radius[i] - gap;
  double *spring = &grains->wall_spring[wall][i];
  if (overlap <= 0) {
    *spring = 0;
    return;
  }
  const wrench force = touch(grains, i, grains->damping[i], overlap, normal_x, normal_z, gap, grains->vx[i],
                             grains->vz[i], 0, spring);
  wrench *sum = &grains->on_wall[wall];
  sum->x -= force.x;
  sum->z -= force.z;
  sum->torque -= (grains->x[i] - gap * normal_x) * force.z - (grains->z[i] - gap * normal_z) * force.x;
}

static void touch_foot(simulation *grains, size_t i) {
  const foot *plate = &grains->plate;
  const double x = grains->x[i], z = grains->z[i], sum = plate->radius + grains->radius[i];
  double *spring = &grains->foot_spring[i], nearest_x, nearest_z;
  if (fabs(x - plate->x) >= plate->half_length + sum) {
    *spring = 0;
    return;
  }
  foot_nearest(plate, x, z, &nearest_x, &nearest_z);
  const double dx = x - nearest_x, dz = z - nearest_z, square = dx * dx + dz * dz;
  if (square >= sum * sum) {
    *spring = 0;
    return;
  }
  const double distance = sqrt(square), overlap = sum - distance, lever = grains->radius[i] - overlap / 2;
  const double inverse = distance > 0 ? 1 / distance : 0, normal_x = dx * inverse, normal_z = dz * inverse;
  const wrench force = touch(grains, i, grains->damping[i], overlap, normal_x, normal_z, lever,
                             grains->vx[i] - plate->vx, grains->vz[i] - plate->vz, 0, spring);
  const double arm_x = x - lever * normal_x - plate->x, arm_z = z - lever * normal_z - plate->z;
  grains->on_foot.x -= force.x;
  grains->on_foot.z -= force.z;
  grains->on_foot.torque -= arm_x * force.z - arm_z * force.x;
}

static void find_forces(simulation *grains) {
  grains->on_foot = (wrench){0};
  for (int wall = 0; wall < WALLS; wall++) grains->on_wall[wall] = (wrench){0};
  for (size_t i = 0; i < grains->count; i++) {
    grains->fx[i] = -grains->drag * grains->mass[i] * grains->vx[i];
    grains->fz[i] = -grains->mass[i] * (grains->settings.gravity + grains->drag * grains->vz[i]);
    grains->torque[i] = -grains->drag * grains->inertia[i] * grains->spin[i];
  }
  for (size_t i = 0; i < grains->count; i++) {
    touch_discs(grains, i);
    touch_wall(grains, i, FLOOR, grains->z[i], 0, 1);
    touch_wall(grains, i, LEFT_WALL, grains->x[i], 1, 0);
    touch_wall(grains, i, RIGHT_WALL, grains->settings.width - grains->x[i], -1, 0);
    if (grains->has_foot) touch_foot(grains, i);
  }
}

static int find_neighbours(simulation *grains) {
  neighbours *near = &grains->near;
  const double *mass = grains->mass;
  if (neighbours_find(near, grains->x, grains->z, grains->radius) != 0) return -1;
  for (size_t i = 0; i < grains->count; i++) {
    for (size_t p = near->first[i]; p < near->first[i + 1]; p++) {
      const double other = mass[near->pairs[p].other];
      near->pairs[p].damping = contact_damping(&grains->settings.law, mass[i] * other / (mass[i] + other));
    }
  }
  return 0;
}

int simulation_begin(simulation *grains) {
  double largest = 0, lightest = INFINITY;
  for (size_t i = 0; i < grains->count; i++) {
    if (grains->radius[i] > largest) largest = grains->radius[i];
    if (grains->mass[i] < lightest) lightest = grains->mass[i];
  }
  if (!grains->near.first && neighbours_create(&grains->near, grains->count, largest, 0.4 * largest,
                                               grains->settings.width, grains->settings.height) != 0) {
    return -1;
  }
  if (find_neighbours(grains) != 0) return -1;
  grains->step = 0; /* no time has passed that would stretch the tangential springs */
  find_forces(grains);
  grains->step = contact_duration(&grains->settings.law, lightest / 2) / 20;
  return 0;
}

static void kick(simulation *grains, double time) {
  for (size_t i = 0; i < grains->count; i++) {
    const double lightness = time / grains->mass[i];
    grains->vx[i] += lightness * grains->fx[i];
    grains->vz[i] += lightness * grains->fz[i];
    grains->spin[i] += time / grains->inertia[i] * grains->torque[i];
  }
}

int simulation_advance(simulation *grains) {
  const double step = grains->step;
  kick(grains, step / 2);
  for (size_t i = 0; i < grains->count; i++) {
    grains->x[i] += step * grains->vx[i];
    grains->z[i] += step * grains->vz[i];
  }
  grains->plate.x += step * grains->plate.vx;
  grains->plate.z += step * grains->plate.vz;
  if (neighbours_are_old(&grains->near, grains->x, grains->z) && find_neighbours(grains) != 0) return -1;
  find_forces(grains);
  kick(grains, step / 2);
  grains->time += step;
  return 0;
}

static double wall_gap(const simulation *grains, size_t i, int wall) {
  return wall == FLOOR ? grains->z[i] : wall == LEFT_WALL ? grains->x[i] : grains->settings.width - grains->x[i];
}

static double foot_gap(const simulation *grains, size_t i) {
  double x, z;
  foot_nearest(&grains->plate, grains->x[i], grains->z[i], &x, &z);
  return hypot(grains->x[i] - x, grains->z[i] - z) - grains->plate.radius;
}

static double spring_energy(const contact_law *law, double overlap, double spring) {
  return overlap > 0 ? law->stiffness * (overlap * overlap + law->tangential_ratio * spring * spring) / 2 : 0;
}

double simulation_energy(const simulation *grains) {
  const contact_law *law = &grains->settings.law;
  double sum = 0;
  for (size_t i = 0; i < grains->count; i++) {
    const double speed = hypot(grains->vx[i], grains->vz[i]), radius = grains->radius[i];
    sum += grains->mass[i] * (speed * speed / 2 + grains->settings.gravity * grains->z[i]) +
           grains->inertia[i] * grains->spin[i] * grains->spin[i] / 2;
    for (int wall = 0; wall < WALLS; wall++) {
      sum += spring_energy(law, radius - wall_gap(grains, i, wall), grains->wall_spring[wall][i]);
    }
    if (grains->has_foot) sum += spring_energy(law, radius - foot_gap(grains, i), grains->foot_spring[i]);
    for (size_t p = grains->near.first[i]; p < grains->near.first[i + 1]; p++) {
      const neighbour_pair *pair = &grains->near.pairs[p];
      const double distance = hypot(grains->x[i] - grains->x[pair->other], grains->z[i] - grains->z[pair->other]);
      sum += spring_energy(law, radius + grains->radius[pair->other] - distance, pair->spring);
    }
  }
  return sum;
}

wrench simulation_momentum(const simulation *grains) {
  wrench sum = {0};
  for (size_t i = 0; i < grains->count; i++) {
    const double x = grains->mass[i] * grains->vx[i], z = grains->mass[i] * grains->vz[i];
    sum.x += x;
    sum.z += z;
    sum.torque += grains->x[i] * z - grains->z[i] * x + grains->inertia[i] * grains->spin[i];
  }
  return sum;
}

double simulation_overlap(const simulation *grains) {
  double largest = 0;
  for (size_t i = 0; i < grains->count; i++) {
    const double radius = grains->radius[i];
    double least = grains->has_foot ? foot_gap(grains, i) : radius;
    if (isnan(grains->x[i]) || isnan(grains->z[i])) return NAN;
    for (int wall = 0; wall < WALLS; wall++) least = fmin(least, wall_gap(grains, i, wall));
    largest = fmax(largest, (radius - least) / radius);
    for (size_t p = grains->near.first[i]; p < grains->near.first[i + 1]; p++) {
      const size_t k = grains->near.pairs[p].other;
      const double distance = hypot(grains->x[i] - grains->x[k], grains->z[i] - grains->z[k]);
      largest = fmax(largest, (radius + grains->radius[k] - distance) / fmin(radius, grains->radius[k]));
    }
  }
  return largest;
}
