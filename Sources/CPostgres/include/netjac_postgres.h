/*
 * netjac_postgres.h - The part of PostgreSQL's client library, libpq, that stores on a server need. The library is opened when the
 * first such store is, so that nobody else needs it. What the functions do is told by the manual of PostgreSQL, chapter
 * "libpq - C Library"; names and types here are those of its binary interface, which has not changed since libpq.so.5.
 */
#ifndef NETJAC_POSTGRES_H
#define NETJAC_POSTGRES_H

#include <stddef.h>

#if defined(__clang__)
#pragma clang diagnostic push
/* Only of the functions it is said that they are there. */
#pragma clang diagnostic ignored "-Wnullability-completeness"
#endif

typedef struct netjac_pq_connection netjac_pq_connection; /* PGconn */
typedef struct netjac_pq_result netjac_pq_result;         /* PGresult */

typedef struct netjac_pq_notification { /* PGnotify */
  char *channel;
  int process;
  char *payload;
} netjac_pq_notification;

enum { NETJAC_PQ_CONNECTED = 0 };                       /* CONNECTION_OK */
enum {                                                  /* ExecStatusType */
  NETJAC_PQ_EMPTY = 0,
  NETJAC_PQ_COMMAND = 1,
  NETJAC_PQ_ROWS = 2,
  NETJAC_PQ_COPY_OUT = 3
};
enum { NETJAC_PQ_IDLE = 0, NETJAC_PQ_IN_TRANSACTION = 2 }; /* PGTransactionStatusType */
enum { NETJAC_PQ_SQLSTATE = 'C', NETJAC_PQ_PRIMARY = 'M', NETJAC_PQ_DETAIL = 'D' }; /* PG_DIAG_... */

#if defined(__clang__)
#define NETJAC_PQ_FUNCTION(name) (*_Nonnull name)
#else
#define NETJAC_PQ_FUNCTION(name) (*name)
#endif

typedef void (*netjac_pq_receiver)(void *, const char *);

typedef struct netjac_postgres {
  netjac_pq_connection *NETJAC_PQ_FUNCTION(connect)(const char *const *keywords, const char *const *values, int expand);
  void NETJAC_PQ_FUNCTION(finish)(netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(status)(const netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(transaction_status)(const netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(server_version)(const netjac_pq_connection *);
  char *NETJAC_PQ_FUNCTION(error_message)(const netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(socket)(const netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(set_nonblocking)(netjac_pq_connection *, int);
  netjac_pq_receiver NETJAC_PQ_FUNCTION(set_notice_processor)(netjac_pq_connection *, netjac_pq_receiver, void *);
  int NETJAC_PQ_FUNCTION(send_query)(netjac_pq_connection *, const char *sql);
  int NETJAC_PQ_FUNCTION(send_query_params)(netjac_pq_connection *, const char *sql, int count, const unsigned *types,
                                            const char *const *values, const int *lengths, const int *formats,
                                            int result_format);
  int NETJAC_PQ_FUNCTION(flush)(netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(consume_input)(netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(is_busy)(netjac_pq_connection *);
  netjac_pq_result *NETJAC_PQ_FUNCTION(get_result)(netjac_pq_connection *);
  int NETJAC_PQ_FUNCTION(get_copy_data)(netjac_pq_connection *, char **buffer, int asynchronous);
  netjac_pq_notification *NETJAC_PQ_FUNCTION(notifies)(netjac_pq_connection *);
  void NETJAC_PQ_FUNCTION(free_memory)(void *);
  int NETJAC_PQ_FUNCTION(result_status)(const netjac_pq_result *);
  char *NETJAC_PQ_FUNCTION(result_error_message)(const netjac_pq_result *);
  char *NETJAC_PQ_FUNCTION(result_error_field)(const netjac_pq_result *, int field);
  void NETJAC_PQ_FUNCTION(clear)(netjac_pq_result *);
  int NETJAC_PQ_FUNCTION(row_count)(const netjac_pq_result *);
  int NETJAC_PQ_FUNCTION(column_count)(const netjac_pq_result *);
  char *NETJAC_PQ_FUNCTION(column_name)(const netjac_pq_result *, int column);
  unsigned NETJAC_PQ_FUNCTION(column_type)(const netjac_pq_result *, int column);
  int NETJAC_PQ_FUNCTION(is_null)(const netjac_pq_result *, int row, int column);
  int NETJAC_PQ_FUNCTION(length)(const netjac_pq_result *, int row, int column);
  char *NETJAC_PQ_FUNCTION(value)(const netjac_pq_result *, int row, int column);
} netjac_postgres;

/*
 * Opens the library and finds its functions, which stay for as long as the process lives.
 *
 * path     A file, or a name that the system looks for.
 * message  Receives why that failed, in the system's words.
 *
 * Returns NULL on failure.
 */
const netjac_postgres *netjac_postgres_open(const char *path, char *message, size_t size);

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
