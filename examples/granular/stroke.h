/*
 * stroke.h - The experiment: a foot is drawn through a bed at one depth, speed and angle; what force does it meet?
 *
 * Compare C. Li, T. Zhang, D. I. Goldman: A terradynamics of legged locomotion on granular media. Science 339 (2013)
 * 1408-1412, where plates are moved through real grains.
 */
#ifndef STROKE_H
#define STROKE_H

#include "bed.h"

typedef struct {
  bed_settings bed;
  double foot_length, foot_thickness; /* m */
  double start;                       /* m, from the left wall to the foot's centre */
  double lead;                        /* m, the way before forces are averaged; its first quarter gathers speed */
  double length;                      /* m, the way over which they are averaged */
} stroke_settings;

/* What the demo uses: grains of 6 mm, a foot of 50 mm by 8 mm. */
stroke_settings stroke_standard(void);

typedef struct {
  double depth; /* m, of the foot's lowest point below the free surface */
  double speed; /* m/s, forward */
  double angle; /* rad, positive lifts the leading edge */
} stroke;

enum { STROKE_DONE, STROKE_NO_MEMORY, STROKE_UNSTABLE };

/*
 * Runs the experiment. mean: what the grains exert on the foot on average; z > 0 carries it, x < 0 holds it back, the
 * torque is about its centre. end: the simulation as it is at the end, to be released by the caller; may be NULL.
 * STROKE_UNSTABLE: a disc was pressed in by a third of its radius, so that the contact law means nothing any more.
 */
int stroke_run(const stroke_settings *settings, const stroke *inputs, wrench *mean, simulation **end);

#endif
