/*
 * processors.c - What a thread has to know about its processors.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "include/kernels.h"

int netjac_allowed_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}
