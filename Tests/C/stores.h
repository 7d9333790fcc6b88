/*
 * stores.h - What the programs that test stores share: a folder of their own, and a study of 2 inputs and 3 outputs. Their
 * stores are files in that folder or, with NETJAC_TEST_ENGINE=postgresql, schemas of the server that Tests/postgres started.
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
#include "clock.h"

#define N 2
#define M 3

static char folder[64];

/* The server's address; NULL where stores are files. */
static const char *server;
static int first_process;

/* In memory where there is such a place: these tests are about order and loss, not about how fast a disk flushes. */
static void make_folder(void) {
  strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/netjac-stores-XXXXXX" : "/tmp/netjac-stores-XXXXXX");
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
    perror(folder);
    exit(1);
  }
  const char *engine = getenv("NETJAC_TEST_ENGINE");
  if (engine && strcmp(engine, "postgresql") == 0 && (server = getenv("NETJAC_TEST_POSTGRES")) == NULL) {
    printf("there is no NETJAC_TEST_POSTGRES; Tests/postgres run starts a server\n");
    exit(1);
  }
  first_process = (int)getpid();
}

static void remove_folder(void) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (chdir("/") != 0 || system(command) != 0) perror(folder);
}

/* Where the store of a name is on the server. */
static const char *schema_of(const char *name) {
  static char schema[64];
  snprintf(schema, sizeof schema, "c%d_%s", first_process, name);
  for (char *letter = schema; *letter; letter++)
    if (strchr(".-/", *letter)) *letter = '_';
  return schema;
}

/* Opens the store of a name with options "key", "value", ..., NULL. */
static netjac_status open_with(const char *name, const char *const *options, netjac_store **store) {
  netjac_options *set = netjac_options_create();
  if (server) OK(netjac_options_set(set, "schema", schema_of(name)));
  for (; options && options[0]; options += 2) OK(netjac_options_set(set, options[0], options[1]));
  const netjac_status status = netjac_store_open(server ? server : name, set, store);
  netjac_options_release(set);
  return status;
}

static netjac_status open_store(const char *name, netjac_store **store) { return open_with(name, NULL, store); }

/* The first line that the server answers to SQL in the schema of a store. */
static const char *server_says(const char *name, const char *sql) {
  static char line[4096];
  char command[8192];
  snprintf(command, sizeof command, "psql -X -q -A -t \"$NETJAC_TEST_POSTGRES\" -c \"SET client_min_messages = warning; SET search_path = %s\" -c \"%s\"",
           schema_of(name), sql);
  FILE *answer = popen(command, "r");
  line[0] = 0;
  if (answer == NULL || fgets(line, sizeof line, answer) == NULL) line[0] = 0;
  if (answer) pclose(answer);
  line[strcspn(line, "\n")] = 0;
  return line;
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
