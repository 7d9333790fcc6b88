#include "neighbours.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int neighbours_create(neighbours *list, size_t count, double largest_radius, double margin, double width,
                      double height) {
  const double cell = 2 * largest_radius + margin;
  *list = (neighbours){.count = count,
                       .margin = margin,
                       .cell = cell,
                       .columns = (size_t)(width / cell) + 1,
                       .rows = (size_t)(height / cell) + 1,
                       .capacity = 4 * count + 16,
                       .old_capacity = 4 * count + 16};
  list->first = calloc(count + 1, sizeof *list->first);
  list->old_first = calloc(count + 1, sizeof *list->old_first);
  list->pairs = calloc(list->capacity, sizeof *list->pairs);
  list->old_pairs = calloc(list->old_capacity, sizeof *list->old_pairs);
  list->x = calloc(count + 1, sizeof *list->x);
  list->z = calloc(count + 1, sizeof *list->z);
  list->cell_first = calloc(list->columns * list->rows + 1, sizeof *list->cell_first);
  list->sorted = calloc(count + 1, sizeof *list->sorted);
  list->cell_of = calloc(count + 1, sizeof *list->cell_of);
  if (list->first && list->old_first && list->pairs && list->old_pairs && list->x && list->z && list->cell_first &&
      list->sorted && list->cell_of) {
    return 0;
  }
  neighbours_release(list);
  return -1;
}

void neighbours_release(neighbours *list) {
  free(list->first);
  free(list->old_first);
  free(list->pairs);
  free(list->old_pairs);
  free(list->x);
  free(list->z);
  free(list->cell_first);
  free(list->sorted);
  free(list->cell_of);
  *list = (neighbours){0};
}

int neighbours_are_old(const neighbours *list, const double *x, const double *z) {
  const double limit = list->margin * list->margin / 4;
  double farthest = 0;
  for (size_t i = 0; i < list->count; i++) {
    const double dx = x[i] - list->x[i], dz = z[i] - list->z[i], moved = dx * dx + dz * dz;
    farthest = moved > farthest ? moved : farthest;
  }
  return farthest > limit;
}

/* The cell's number along one axis. Clamping brings no two points further apart, so that near discs stay in cells that
 * touch; the first comparison also catches what is not a number. */
static size_t cell_number(double position, double cell, size_t cells) {
  const double number = position / cell;
  if (!(number > 0)) return 0;
  return number < (double)cells ? (size_t)number : cells - 1;
}

/* Sorts the discs by cell, and in a cell by number. */
static void sort_into_cells(neighbours *list, const double *x, const double *z) {
  const size_t cells = list->columns * list->rows;
  size_t *first = list->cell_first;
  memset(first, 0, (cells + 1) * sizeof *first);
  for (size_t i = 0; i < list->count; i++) {
    const size_t column = cell_number(x[i], list->cell, list->columns);
    list->cell_of[i] = cell_number(z[i], list->cell, list->rows) * list->columns + column;
    first[list->cell_of[i] + 1]++;
  }
  for (size_t c = 0; c < cells; c++) first[c + 1] += first[c];
  for (size_t i = list->count; i-- > 0;) list->sorted[--first[list->cell_of[i] + 1]] = i;
  /* first[c + 1] has come down to where cell c begins. */
  memmove(first, first + 1, cells * sizeof *first);
  first[cells] = list->count;
}

static double kept_spring(const neighbours *list, size_t disc, size_t other) {
  for (size_t p = list->old_first[disc]; p < list->old_first[disc + 1]; p++) {
    if (list->old_pairs[p].other == other) return list->old_pairs[p].spring;
  }
  return 0;
}

static int append(neighbours *list, size_t *pairs, neighbour_pair pair) {
  if (*pairs == list->capacity) {
    if (list->capacity > SIZE_MAX / 2 / sizeof *list->pairs) return -1;
    neighbour_pair *larger = realloc(list->pairs, 2 * list->capacity * sizeof *larger);
    if (!larger) return -1;
    list->pairs = larger;
    list->capacity *= 2;
  }
  list->pairs[(*pairs)++] = pair;
  return 0;
}

/* What neighbours_find keeps of the last search. */
static void set_aside(neighbours *list) {
  size_t *first = list->old_first, capacity = list->old_capacity;
  neighbour_pair *pairs = list->old_pairs;
  list->old_first = list->first;
  list->old_pairs = list->pairs;
  list->old_capacity = list->capacity;
  list->first = first;
  list->pairs = pairs;
  list->capacity = capacity;
}

int neighbours_find(neighbours *list, const double *x, const double *z, const double *radius) {
  size_t pairs = 0;
  set_aside(list);
  sort_into_cells(list, x, z);
  for (size_t i = 0; i < list->count; i++) {
    const size_t column = list->cell_of[i] % list->columns, row = list->cell_of[i] / list->columns;
    const size_t left = column > 0 ? column - 1 : 0, right = column + 1 < list->columns ? column + 1 : column;
    const size_t top = row + 1 < list->rows ? row + 1 : row;
    list->first[i] = pairs;
    for (size_t r = row > 0 ? row - 1 : 0; r <= top; r++) {
      const size_t end = list->cell_first[r * list->columns + right + 1];
      for (size_t at = list->cell_first[r * list->columns + left]; at < end; at++) {
        const size_t k = list->sorted[at];
        if (k <= i) continue;
        const double dx = x[i] - x[k], dz = z[i] - z[k], reach = radius[i] + radius[k] + list->margin;
        if (dx * dx + dz * dz >= reach * reach) continue;
        if (append(list, &pairs, (neighbour_pair){.other = k, .spring = kept_spring(list, i, k)}) != 0) return -1;
      }
    }
  }
  list->first[list->count] = pairs;
  memcpy(list->x, x, list->count * sizeof *x);
  memcpy(list->z, z, list->count * sizeof *z);
  return 0;
}
