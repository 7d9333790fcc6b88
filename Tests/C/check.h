/*
 * check.h - Counts checks and says which failed; a test program ends with `return checks_result();`.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdarg.h>
#include <stdio.h>

static int checks_passed, checks_failed;

/* Counts one check; a failed one prints where it stands and the message. */
__attribute__((format(printf, 4, 5))) static void check_that(int holds, const char *file, int line,
                                                             const char *message, ...) {
  if (holds) {
    checks_passed++;
  } else {
    va_list arguments;
    checks_failed++;
    printf("FAILED %s:%d: ", file, line);
    va_start(arguments, message);
    vprintf(message, arguments);
    va_end(arguments);
    printf("\n");
  }
  fflush(stdout);
}

#define CHECK(condition) CHECK_SAYING(condition, "%s", #condition)

/* The condition comes first: the message often says what netjac_last_error() says after it. */
#define CHECK_SAYING(condition, ...)                          \
  do {                                                        \
    const int check_holds = (condition) ? 1 : 0;              \
    check_that(check_holds, __FILE__, __LINE__, __VA_ARGS__); \
  } while (0)

/* A call of the library that has to succeed. */
#define OK(call) CHECK_SAYING((call) == NETJAC_OK, "%s: %s", #call, netjac_last_error())

/* The result of main; prints the closing line. */
static int checks_result(void) {
  printf("%d passed, %d failed\n", checks_passed, checks_failed);
  return checks_failed == 0 && checks_passed > 0 ? 0 : 1;
}

#endif
