/*
 * planning.h - Networks of growing size, to time the first call of a task: planning has to stay in proportion to them.
 */
#ifndef PLANNING_H
#define PLANNING_H

#include <netjac.h>
#include <stdint.h>

enum { MOST_SIZES = 5 };

typedef struct {
  const char *name;
  const char *description;
  int64_t sizes[MOST_SIZES]; /* time steps, parts or layers; zeros behind the last */
  const char *tasks[3];      /* NULL behind the last */
  netjac_graph *(*make)(int64_t size, int32_t *input, int32_t *output);
} growing;

extern const growing growing_networks[];
extern const int growing_count;

/* A network of this size that nothing has been planned of. */
netjac_network *grown(const growing *g, int64_t size);

/* How far a task's results are off, as a share of the largest right number: beside differences of the network itself. */
double error_of_planned(netjac_network *network, const char *task);

#endif
