/*
 * stroke.h - The experiment: a foot is drawn through a bed at one depth, speed and angle; what force does it meet?
 *
 * Compare C. Li, T. Zhang, D. I. Goldman: A terradynamics of legged locomotion on granular media. Science 339 (2013)
 * 1408-1412, where plates are moved through real grains.
 */
#ifndef STROKE_H
#define STROKE_H

#include "bed.h"

/* To be raised by whoever changes what numbers the same arguments give, so that stored ones are not mixed with them. */
#define STROKE_VERSION "1"

typedef struct {
  bed_settings bed;
  double foot_length, foot_thickness; /* m */
  double start;                       /* m, from the left wall to the foot's centre */
  double lead;                        /* m, the way before forces are averaged; in its first quarter it gathers speed */
  double length;                      /* m, the way over which they are averaged */
} stroke_settings;

/* 1000 grains of about 6 mm in a box of 0.36 m, a foot of 50 mm by 8 mm, averages over 0.1 m. */
stroke_settings stroke_standard(void);

typedef struct {
  double depth; /* m, of the foot's lowest point below the free surface */
  double speed; /* m/s, forward */
  double angle; /* rad, positive lifts the leading edge */
} stroke;

enum {
  STROKE_DONE,
  STROKE_NO_MEMORY,
  STROKE_STANDS,   /* the speed is not positive */
  STROKE_TOO_DEEP, /* less than a grain would be left between foot and floor */
  STROKE_TOO_LONG, /* the foot would run into the right wall */
  STROKE_UNSTABLE  /* a disc was pressed in by a third of its radius, where the contact law means nothing any more */
};

/*
 * Runs the experiment. mean: what the grains exert on the foot on average; z > 0 carries it, x < 0 holds it back, the
 * torque is about its centre. end: the simulation as it is at the end, to be released by the caller; may be NULL. Both
 * are written only if the result is STROKE_DONE.
 */
int stroke_run(const stroke_settings *settings, const stroke *inputs, wrench *mean, simulation **end);

/* A seed made of the bits of the inputs: the same inputs always meet the same bed, others another one, so that what is
 * peculiar to one bed averages out over the samples of a study. */
uint64_t stroke_seed(const stroke *inputs);

#endif
