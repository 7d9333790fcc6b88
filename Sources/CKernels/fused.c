/*
 * fused.c - Walks through the rows of a group of elementwise operations, and through each row piece by piece.
 */
#include <string.h>

#include "include/kernels.h"

/* Brings elements `start` to `start + count` of a repeated or strided array together. */
#define FETCH(size, element) \
  static void fetch_##size(const netjac_fetch *fetch, element *y, const element *x, int64_t start, int64_t count) { \
    const int64_t length = fetch->length, stride = fetch->stride; \
    int64_t row = start / length, column = start % length; \
    while (count > 0) { \
      int64_t rest = row, offset = column * stride; \
      for (int64_t axis = fetch->axes - 1; axis >= 0; axis--) { \
        offset += rest % fetch->dims[axis] * fetch->strides[axis]; \
        rest /= fetch->dims[axis]; \
      } \
      const int64_t run = length - column < count ? length - column : count; \
      const element *from = x + offset; \
      if (stride == 1) \
        memcpy(y, from, (size_t)run * sizeof *y); \
      else \
        for (int64_t k = 0; k < run; k++) y[k] = from[k * stride]; \
      y += run; \
      count -= run; \
      row++; \
      column = 0; \
    } \
  }

FETCH(8, uint64_t)
FETCH(4, uint32_t)
FETCH(1, uint8_t)

static void fetch(const netjac_fetch *fetch, void *y, const void *x, int64_t start, int64_t count) {
  switch (fetch->size) {
    case 8: fetch_8(fetch, y, x, start, count); break;
    case 4: fetch_4(fetch, y, x, start, count); break;
    default: fetch_1(fetch, y, x, start, count);
  }
}

/* A row whose arrays begin at `slots`, which it leaves behind where its last piece began. */
static void run_row(const netjac_fused *group, char **slots, char *const *sources) {
  for (int64_t start = 0;;) {
    const int64_t left = group->count - start, length = left < NETJAC_FUSED_PIECE ? left : NETJAC_FUSED_PIECE;
    for (int64_t k = 0; k < group->fetch_count; k++)
      fetch(&group->fetches[k], slots[group->fetches[k].slot], sources[k], start, length);
    group->run_steps(group->steps, group->step_count, slots, length);
    start += length;
    if (start >= group->count) return;
    for (int64_t k = 0; k < group->slot_count; k++) slots[k] += group->bytes[k] * length;
  }
}

void netjac_run_fused(const netjac_fused *group, char **slots) {
  const int64_t count = group->slot_count;
  char *const *sources = slots + count;
  if (group->count <= 0) return;
  if (group->axes == 0) {
    run_row(group, slots, sources);
    return;
  }
  char **row = slots + count + group->fetch_count;
  int64_t *place = (int64_t *)(row + count);
  for (int64_t axis = 0; axis < group->axes; axis++) {
    if (group->dims[axis] <= 0) return;
    place[axis] = 0;
  }
  for (;;) {
    if (group->count > NETJAC_FUSED_PIECE) {
      memcpy(row, slots, (size_t)count * sizeof *row);
      run_row(group, row, sources);
    } else {
      run_row(group, slots, sources);
    }
    int64_t axis = group->axes - 1;
    for (;; axis--) {
      if (axis < 0) return;
      const int64_t *steps = group->row_bytes + axis * count;
      if (++place[axis] < group->dims[axis]) {
        for (int64_t k = 0; k < count; k++) slots[k] += steps[k];
        break;
      }
      for (int64_t k = 0; k < count; k++) slots[k] -= steps[k] * (place[axis] - 1);
      place[axis] = 0;
    }
  }
}
