/*
 * bed.h - A bed of discs of mixed size that has come to rest in its box.
 */
#ifndef BED_H
#define BED_H

#include <stdint.h>

#include "simulation.h"

typedef struct {
  size_t discs;
  double width;   /* m, of the box */
  double radius;  /* m, mean of the discs */
  double spread;  /* radii are even between radius*(1 - spread) and radius*(1 + spread) */
  uint64_t seed;  /* another one makes another bed of the same kind */
} bed_settings;

/* The material of all beds here: glass, but softer, so that a step of the simulation need not be so short. */
simulation_settings bed_material(double width, double height);

/* Lets discs fall from loose rows into the box until they hardly move. NULL without memory. */
simulation *bed_create(const bed_settings *settings);

/* Height of the free surface in metres, twice that of the centre of mass. */
double bed_surface(const simulation *grains);

/* The bed with the foot in it: without the discs that the foot would cut, and after the others had time to close up. A
 * simulation of its own; NULL without memory. */
simulation *bed_with_foot(const simulation *bed, const foot *plate);

#endif
