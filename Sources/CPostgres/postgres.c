#include "netjac_postgres.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* In the order of the members of netjac_postgres. */
static const char *const names[] = {
    "PQconnectdbParams", "PQfinish",      "PQstatus",          "PQtransactionStatus",
    "PQserverVersion",   "PQerrorMessage", "PQsocket",         "PQsetnonblocking",
    "PQsetNoticeProcessor", "PQsendQuery", "PQsendQueryParams", "PQflush",
    "PQconsumeInput",    "PQisBusy",      "PQgetResult",       "PQgetCopyData",
    "PQnotifies",        "PQfreemem",     "PQresultStatus",    "PQresultErrorMessage",
    "PQresultErrorField", "PQclear",      "PQntuples",         "PQnfields",
    "PQfname",           "PQftype",       "PQgetisnull",       "PQgetlength",
    "PQgetvalue"};

enum { COUNT = sizeof names / sizeof *names };
_Static_assert(sizeof(netjac_postgres) == COUNT * sizeof(void *), "a name for each function");

const netjac_postgres *netjac_postgres_open(const char *path, char *message, size_t size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void **functions;
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(message, size, "%s", reason ? reason : path);
    return NULL;
  }
  functions = malloc(sizeof(netjac_postgres));
  if (functions == NULL) {
    snprintf(message, size, "no memory");
    dlclose(library);
    return NULL;
  }
  for (int k = 0; k < COUNT; k++) {
    functions[k] = dlsym(library, names[k]);
    if (functions[k] == NULL) {
      snprintf(message, size, "%s has no function %s", path, names[k]);
      free(functions);
      dlclose(library);
      return NULL;
    }
  }
  return (const netjac_postgres *)functions;
}
