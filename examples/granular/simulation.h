/*
 * simulation.h - Discs in a box, with a foot: the discrete-element method in a vertical plane.
 *
 * Discs are cylinders that lie across the plane; they fall, touch each other, the walls and the foot, slide and roll
 * (contact.h). x points forward, z up; angles and torques are positive from x towards z. Everything is in SI units. The
 * box has a floor at z = 0 and walls at x = 0 and x = width, and is open above. Same discs, same calls: same bits.
 */
#ifndef SIMULATION_H
#define SIMULATION_H

#include <stddef.h>

#include "contact.h"
#include "foot.h"
#include "neighbours.h"

typedef struct {
  double width;     /* m, of the box */
  double height;    /* m, up to which discs are expected; they may fly higher */
  double thickness; /* m, of box, discs and foot across the plane */
  double density;   /* kg/m3, of the discs */
  double gravity;   /* m/s2, downwards */
  contact_law law;
} simulation_settings;

/* A force in N and its torque in N m. */
typedef struct {
  double x, z, torque;
} wrench;

enum { FLOOR, LEFT_WALL, RIGHT_WALL, WALLS };

typedef struct {
  simulation_settings settings;
  size_t count;                  /* discs */
  double *x, *z, *vx, *vz;       /* m, m/s: [count] each */
  double *spin;                  /* rad/s */
  double *radius, *mass, *inertia; /* m, kg, kg m2 */
  double *damping;               /* N s/m, of the contact with a wall or the foot */
  double *fx, *fz, *torque;      /* N, N m: what acts on each disc now */
  double *wall_spring[WALLS], *foot_spring; /* m, of the tangential springs of these contacts */
  neighbours near;
  int has_foot;
  foot plate;
  wrench on_foot;          /* what the discs exert on the foot now, the torque about its centre */
  wrench on_wall[WALLS];   /* and on the walls, the torque about the origin */
  double drag;             /* 1/s, slows every disc as m*drag*v does; 0 but while a bed settles */
  double step, time;       /* s */
} simulation;

/* Room for so many discs, all at the origin with radius 0. NULL without memory. */
simulation *simulation_create(const simulation_settings *settings, size_t count);
void simulation_release(simulation *grains);

/* Gives a disc its place and radius, and with it mass and inertia; it rests. */
void simulation_place(simulation *grains, size_t disc, double x, double z, double radius);

/* Chooses the step, a twentieth of the shortest contact, finds neighbours and forces. Call it when all discs are placed
 * and whenever discs or foot were changed by hand. 0, or -1 without memory. */
int simulation_begin(simulation *grains);

/* One step of velocity Verlet; dashpots see the velocities of half the step. 0, or -1 without memory. */
int simulation_advance(simulation *grains);

/* Kinetic energy, that of rotation, of height and of all springs, in J. */
double simulation_energy(const simulation *grains);

/* Momentum in kg m/s and, as torque, angular momentum about the origin in kg m2/s. */
wrench simulation_momentum(const simulation *grains);

/* The largest overlap of two discs or of a disc and a wall or the foot, as a part of the smaller disc's radius. NaN if
 * a place is no number. */
double simulation_overlap(const simulation *grains);

#endif
