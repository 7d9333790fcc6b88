/*
 * stores.h - What the programs that test stores share: a folder of their own, and a study of 2 inputs and 3 outputs.
 */
#ifndef STORES_H
#define STORES_H

#include <netjac.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

#define OK(call) CHECK_SAYING((call) == NETJAC_OK, "%s: %s", #call, netjac_last_error())
#define N 2
#define M 3

static char folder[64];

/* In memory where there is such a place: these tests are about order and loss, not about how fast a disk flushes. */
static void make_folder(void) {
  strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/netjac-stores-XXXXXX" : "/tmp/netjac-stores-XXXXXX");
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
    perror(folder);
    exit(1);
  }
}

static void remove_folder(void) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (chdir("/") != 0 || system(command) != 0) perror(folder);
}

/* Opens with options "key", "value", ..., NULL. */
static netjac_status open_with(const char *path, const char *const *options, netjac_store **store) {
  netjac_options *set = netjac_options_create();
  for (; options && options[0]; options += 2) OK(netjac_options_set(set, options[0], options[1]));
  const netjac_status status = netjac_store_open(path, set, store);
  netjac_options_release(set);
  return status;
}

static netjac_study *foot_study(netjac_store *store, const char *const *options) {
  netjac_study *study = NULL;
  netjac_options *set = netjac_options_create();
  for (; options && options[0]; options += 2) OK(netjac_options_set(set, options[0], options[1]));
  OK(netjac_study_open(store, "foot", set, &study));
  netjac_options_release(set);
  OK(netjac_study_variable(study, NETJAC_INPUT, "speed", 1, "unit=m/s lower=0 upper=10000"));
  OK(netjac_study_variable(study, NETJAC_INPUT, "depth", 1, "unit=m"));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "force", 2, "unit=N"));
  OK(netjac_study_variable(study, NETJAC_OUTPUT, "torque", 1, "unit=N m"));
  return study;
}

/* What the tests' simulator gives: it tells results of different points and their parts apart, and is never -0. */
static void simulate(const double *x, double *y) {
  y[0] = 2 * x[0] + x[1];
  y[1] = 1 - x[0];
  y[2] = x[0] * 1e-3 + 7 * x[1];
}

static int reads(const char *reason) { return strcmp(netjac_last_reason(), reason) == 0; }

static int says(const char *words) {
  if (strstr(netjac_last_error(), words) != NULL) return 1;
  printf("the message '%s' does not say '%s'\n", netjac_last_error(), words);
  return 0;
}

static int64_t count_of(netjac_study *study, const char *filter) {
  int64_t count = -1;
  OK(netjac_study_count(study, filter, &count));
  return count;
}

/* "ok", or what is wrong. */
static int is_sound(netjac_store *store) {
  static char text[1 << 16];
  OK(netjac_store_text(store, "check", text, sizeof text, NULL));
  if (strcmp(text, "ok") == 0) return 1;
  printf("%s\n", text);
  return 0;
}

#endif
