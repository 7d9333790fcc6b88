/*
 * neighbours.h - Which discs may touch: pairs that are nearer than a margin, found by sorting the discs into square
 * cells, and kept until a disc has moved by half the margin.
 *
 * L. Verlet: Computer "experiments" on classical fluids I. Physical Review 159 (1967) 98-103; cells after
 * R. W. Hockney, J. W. Eastwood: Computer Simulation Using Particles (1981), chapter 8.
 */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include <stddef.h>

typedef struct {
  size_t other;   /* the disc with the greater number */
  double damping; /* N s/m, of the two; 0 in a new pair, for the simulation to fill in */
  double spring;  /* m, of the tangential spring; 0 while they do not touch */
} neighbour_pair;

typedef struct {
  size_t count;          /* discs */
  double margin;         /* m, between the surfaces of two discs that make a pair */
  double cell;           /* m, edge of a cell: the largest disc and the margin */
  size_t columns, rows;  /* of cells; what lies outside belongs to the cells at the edge */
  size_t *first;         /* [count + 1], pairs of disc i are first[i] ... first[i + 1] - 1 */
  neighbour_pair *pairs; /* sorted by the first disc; in each, in the order in which cells are searched */
  double *x, *z;         /* [count], where the discs were when the pairs were found */
  size_t capacity, old_capacity;
  size_t *old_first, *cell_first, *sorted, *cell_of;
  neighbour_pair *old_pairs;
} neighbours;

/* Room for so many discs of at most this radius in a box of width by height. 0, or -1 without memory. */
int neighbours_create(neighbours *list, size_t count, double largest_radius, double margin, double width, double height);
void neighbours_release(neighbours *list);

/* Whether a disc has moved so far that pairs could be missing. */
int neighbours_are_old(const neighbours *list, const double *x, const double *z);

/* Finds the pairs anew; those that were there keep their springs. 0, or -1 without memory. */
int neighbours_find(neighbours *list, const double *x, const double *z, const double *radius);

#endif
