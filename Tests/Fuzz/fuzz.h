/*
 * fuzz.h - What the fuzzers share: random numbers, bytes and changes of them, memory that a child leaves to its parent, and
 * what no call may say.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <netjac.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ONE_OF(array) (array)[below(COUNT(array))]

/* Random numbers: SplitMix64 (Steele, Lea, Flood, 2014) */
static uint64_t state;
static uint64_t next(void) {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static size_t below(size_t count) { return count ? next() % count : 0; }

static void *shared(size_t size) {
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* What a child says before it ends for the library's fault; shared memory. */
enum { COMPLAINT = 300 };
static char *complaint;

static void complain(const char *words) {
  snprintf(complaint, COMPLAINT, "%s: %.220s", words, netjac_last_error());
  _exit(3);
}

static void check(netjac_status status) {
  if (status == NETJAC_ERROR_DEFECT) complain("a defect of the library");
  if (status != NETJAC_OK && strlen(netjac_last_error()) > 1500) complain("a message without end");
}

/* How long an input may take: in processor time, for the machine may have other work, and in all. */
#ifdef UNLIMITED /* as with a sanitizer, which takes memory and time for itself */
enum { SECONDS_OF_WORK = 200, SECONDS_IN_ALL = 1000 };
#else
enum { SECONDS_OF_WORK = 10, SECONDS_IN_ALL = 300 };
#endif

static void begin_time_limit(void) {
  const struct itimerval limit = {.it_value = {.tv_sec = SECONDS_OF_WORK}};
  setitimer(ITIMER_PROF, &limit, NULL);
  alarm(SECONDS_IN_ALL);
}

/* What it means that a child ended by a signal. */
static const char *signal_text(int number) {
  return number == SIGPROF ? "it takes too long" : number == SIGALRM ? "it waits for ever" : strsignal(number);
}

#endif
