/*
 * foot.h - A rigid plate with round edges: all points nearer than `radius` to a line segment. It moves as it is told.
 */
#ifndef FOOT_H
#define FOOT_H

#include <math.h>

typedef struct {
  double half_length, radius; /* m: of the segment, and around it */
  double x, z;                /* m, the centre */
  double cosine, sine;        /* of the angle: positive lifts the edge at greater x */
  double vx, vz;              /* m/s */
} foot;

/* A plate of this length and thickness in metres, at rest with its centre at the origin. */
static inline foot foot_make(double length, double thickness, double angle) {
  return (foot){.half_length = (length - thickness) / 2,
                .radius = thickness / 2,
                .cosine = cos(angle),
                .sine = sin(angle)};
}

/* How far its lowest point lies below its centre, in metres. */
static inline double foot_drop(const foot *plate) {
  return plate->half_length * fabs(plate->sine) + plate->radius;
}

/* The point of the segment that is nearest to (x, z). */
static inline void foot_nearest(const foot *plate, double x, double z, double *nearest_x, double *nearest_z) {
  const double along = (x - plate->x) * plate->cosine + (z - plate->z) * plate->sine, limit = plate->half_length;
  const double inside = along > limit ? limit : along < -limit ? -limit : along;
  *nearest_x = plate->x + inside * plate->cosine;
  *nearest_z = plate->z + inside * plate->sine;
}

#endif
