/*
 * Linked into the library in front of the C library's environment (the linker's --wrap), for what is linked into it: the
 * Swift runtime and OpenBLAS.
 *
 * Both look for variables of their own when they are loaded, and then print (SWIFT_DEBUG_HELP, OPENBLAS_VERBOSE) or install
 * handlers for the host's signals (SWIFT_BACKTRACE). A library inside somebody's process does neither.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

static char *nothing[] = {NULL};
/* What the Swift runtime walks over in search of SWIFT_… */
char **__wrap_environ = nothing;

extern char *__real_getenv(const char *name);
extern char *__real_secure_getenv(const char *name);
char *__wrap_getenv(const char *name);
char *__wrap_secure_getenv(const char *name);

static int is_hidden(const char *name) {
  return strncmp(name, "SWIFT_", 6) == 0 || strcmp(name, "OPENBLAS_VERBOSE") == 0;
}

char *__wrap_getenv(const char *name) { return is_hidden(name) ? NULL : __real_getenv(name); }
char *__wrap_secure_getenv(const char *name) { return is_hidden(name) ? NULL : __real_secure_getenv(name); }
