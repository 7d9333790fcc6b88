/*
 * allocations.h - Counts what the process allocates; the dynamic linker finds these functions of the allocator first.
 */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

void start_counting(void);

/* How many allocations there were since. */
long stop_counting(void);

#endif
