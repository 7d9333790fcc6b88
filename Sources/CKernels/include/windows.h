/*
 * windows.h - Windows that slide over images: the best element of each and its place, or the sum.
 *
 * Part of kernels.h, which says what holds for all kernels.
 */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(hidden)

/*
 * Windows over the last axis of an image, and over as many axes before it as there are.
 *
 * Results are made line by line. Which rows of the image a line's windows reach is listed; within a row,
 * position o and window place k read element `o·stride + k·dilation - low`.
 */
typedef struct {
  int64_t pixels;        /* of one image */
  int64_t width;         /* of a row of the image */
  int64_t lines;         /* of one result */
  int64_t count;         /* positions in a line */
  const int64_t *starts; /* lines + 1: where each line's rows begin in `rows`, and where the last ends */
  const int64_t *rows;   /* the place in the image where a row begins */
  int64_t size, stride, dilation, low;
  int64_t first, end;    /* the positions between read inside the row at all places; both at most `count` */
} netjac_windows;

/* Sum of these; 0 is the first of the largest elements. */
enum netjac_extreme { NETJAC_EXTREME_MINIMUM = 1, NETJAC_EXTREME_LAST = 2 };

/**
 * The best element of each window and its place in the image; 0 and -1 where a window is wholly outside.
 * NaN counts as the best, the first of several. `y` or `place` may be NULL. In float32 an image has less
 * than 2^31 elements.
 */
typedef void (*netjac_window_extreme_f64)(double *y, int64_t *place, const double *x, int64_t images,
                                          const netjac_windows *windows, int extreme);
typedef void (*netjac_window_extreme_f32)(float *y, int64_t *place, const float *x, int64_t images,
                                          const netjac_windows *windows, int extreme);

netjac_window_extreme_f64 netjac_find_window_extreme_f64(void);
netjac_window_extreme_f32 netjac_find_window_extreme_f32(void);

/** The sum of each window's elements, row by row; 0 where it is wholly outside. */
typedef void (*netjac_window_sum_f64)(double *y, const double *x, int64_t images,
                                      const netjac_windows *windows);
typedef void (*netjac_window_sum_f32)(float *y, const float *x, int64_t images,
                                      const netjac_windows *windows);

netjac_window_sum_f64 netjac_find_window_sum_f64(void);
netjac_window_sum_f32 netjac_find_window_sum_f32(void);

/* Part of a scatter: `length` elements from `source` on, to places `step` apart from `target` on. */
typedef struct {
  int64_t source, target, step, length;
} netjac_run;

/**
 * y[target + j·step] += x[source + j] for j below the length, run by run, each in all rows of both arrays
 * before the next run.
 */
typedef void (*netjac_add_runs_f64)(double *y, int64_t y_row, const double *x, int64_t x_row,
                                    int64_t rows, const netjac_run *runs, int64_t count);
typedef void (*netjac_add_runs_f32)(float *y, int64_t y_row, const float *x, int64_t x_row,
                                    int64_t rows, const netjac_run *runs, int64_t count);

netjac_add_runs_f64 netjac_find_add_runs_f64(void);
netjac_add_runs_f32 netjac_find_add_runs_f32(void);

#pragma GCC visibility pop
