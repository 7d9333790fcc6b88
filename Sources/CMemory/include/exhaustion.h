/*
 * exhaustion.h - What happens when the machine has no memory for an allocation.
 *
 * Swift's runtime ends the process when malloc() gives nothing, wherever that is. scripts/build-library links the
 * allocation functions of everything in the library through those of exhaustion.c: where malloc() and its kin give
 * nothing for 64 KiB or more, memory is mapped directly, at last from a reserve of address space, so that what is under way can come to an end in order, and that
 * is noted for the thread. Whoever is about to keep something (a handle, a plan) asks for the note first, throws, and so
 * gives everything back. Ordinary builds, such as those of the Swift tests, are linked without all this.
 */
#ifndef NETJAC_EXHAUSTION_H
#define NETJAC_EXHAUSTION_H

#include <stddef.h>

/* Bytes for which malloc() gave nothing since the last call of netjac_forget_exhaustion() in this thread; 0 if none. */
size_t netjac_exhaustion(void);
void netjac_forget_exhaustion(void);

/* Whether malloc() gives so many bytes just now. */
int netjac_can_allocate(size_t bytes);

#endif
