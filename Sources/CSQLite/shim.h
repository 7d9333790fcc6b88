#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/vfs.h>

/* Linux has them since 3.15; the C library shows them under _GNU_SOURCE only. */
#ifndef F_OFD_GETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

/*
 * fcntl() for SQLite, with locks that belong to an open file instead of the process. The process's kind vanishes as
 * soon as any code of the process closes the same file, and a host such as MATLAB has an SQLite of its own.
 */
static inline int netjac_sqlite_fcntl(int descriptor, int command, ...) {
  va_list arguments;
  int result;
  va_start(arguments, command);
  if (command == F_SETLK || command == F_GETLK) {
    struct flock *lock = va_arg(arguments, struct flock *);
    lock->l_pid = 0;
    result = fcntl(descriptor, command == F_SETLK ? F_OFD_SETLK : F_OFD_GETLK, lock);
    /* A kernel or file system without them; the process's locks are better than none. */
    if (result == -1 && errno == EINVAL) result = fcntl(descriptor, command, lock);
  } else {
    result = fcntl(descriptor, command, va_arg(arguments, int));
  }
  va_end(arguments);
  return result;
}

/* Lets this copy of SQLite, which nobody else in the process sees, use the locks above. */
static inline int netjac_sqlite_use_file_locks(void) {
  sqlite3_vfs *files = sqlite3_vfs_find("unix");
  if (files == NULL || files->xSetSystemCall == NULL) return SQLITE_ERROR;
  return files->xSetSystemCall(files, "fcntl", (sqlite3_syscall_ptr)netjac_sqlite_fcntl);
}

/* sqlite3_db_config() is variadic, which Swift cannot call. */
static inline int netjac_sqlite_configure(sqlite3 *database, int what, int value) {
  return sqlite3_db_config(database, what, value, (int *)0);
}

/* SQLITE_TRANSIENT is a cast of -1 to a function, which Swift cannot import. */
static inline int netjac_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int size) {
  return sqlite3_bind_text(statement, index, text, size, SQLITE_TRANSIENT);
}

static inline int netjac_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 size) {
  return sqlite3_bind_blob64(statement, index, bytes, size, SQLITE_TRANSIENT);
}

static inline void netjac_sqlite_result_text(sqlite3_context *context, const char *text, int size) {
  sqlite3_result_text(context, text, size, SQLITE_TRANSIENT);
}
