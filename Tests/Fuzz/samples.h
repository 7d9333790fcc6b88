/*
 * samples.h - Stores and tables of samples to be changed: what they are made of, changes that keep a database one, and
 * what is tried with them.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <math.h>
#include <sqlite3.h>

#include "bytes.h"

enum { SAMPLE_FILES = 4, MOST_POINTS = 16, MOST_SCALARS = 64 };

/* ---- What is changed ---- */

/* Files with samples in all states, of two versions, with Jacobians, arrays, tags and failures; made in this folder. */
static const char *const *make_samples(const netjac_options *options) {
  static const char *const paths[] = {"samples.db", "empty.db", "samples.csv", "given.csv", NULL};
  double x[MOST_POINTS * 2], y[MOST_POINTS * 3], jacobian[MOST_POINTS * 6], claimed_x[MOST_POINTS * 2];
  int64_t ids[MOST_POINTS], tokens[MOST_POINTS], claimed = 0;
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  for (int k = 0; paths[k]; k++) unlink(paths[k]);
  netjac_store_open("empty.db", options, &store);
  netjac_study_open(store, "foot", options, &study);
  netjac_store_release(store);
  netjac_study_release(study);
  netjac_store_open("samples.db", options, &store);
  netjac_study_open(store, "foot", options, &study);
  netjac_study_variable(study, NETJAC_INPUT, "speed", 1, "unit=m/s lower=0 upper=1 step=1e-6");
  netjac_study_variable(study, NETJAC_INPUT, "depth", 1, "lower=0.001 upper=1 scale=log");
  netjac_study_variable(study, NETJAC_OUTPUT, "force", 2, "unit=N");
  netjac_study_variable(study, NETJAC_OUTPUT, "torque", 1, NULL);
  netjac_study_variable(study, NETJAC_OUTPUT, "path", 0, NULL);
  for (int k = 0; k < MOST_POINTS * 3; k++) y[k] = k % 7 == 6 ? NAN : 0.25 * k;
  for (int k = 0; k < MOST_POINTS * 6; k++) jacobian[k] = k % 5 == 4 ? NAN : 1e-3 * k;
  netjac_study_version(study, "friction 0.4", "1.2", "{\"friction\": 0.4}", "abc");
  netjac_study_design(study, "sobol", 0, MOST_POINTS, 1, x);
  netjac_study_insert(study, 4, x, y, jacobian, "initial", NULL);
  netjac_study_version(study, "friction 0.5", NULL, NULL, NULL);
  netjac_study_add(study, MOST_POINTS, x, "initial", 1, NULL, NULL);
  netjac_study_claim(study, 10, NULL, 0, ids, tokens, claimed_x, &claimed);
  netjac_study_put(study, 6, ids, tokens, y, jacobian, NULL, NULL);
  netjac_study_put_array(study, ids[0], "path", 5, y);
  netjac_study_fail(study, ids[6], tokens[6], "the mesh, \"foot\", is torn\n", 1);
  netjac_study_fail(study, ids[7], tokens[7], NULL, 0);
  netjac_study_change(study, "sample=1 version=all", "discard=wrong", NULL);
  netjac_study_export(study, "status=all version=all", "samples.csv");
  netjac_study_extend(study, 1, ids + 8, tokens + 8, 1e6);
  netjac_study_release(study);
  netjac_store_release(store);
  FILE *table = fopen("given.csv", "wb");
  if (!table) complain("no file");
  fputs("speed,depth,\"force_1\",\"force_2\",torque,remark\r\n0.1,0.2,1e0,NaN,-0,\"a, \"\"b\"\"\"\r\n0.2,0.3,0x1p3,inf,1,\r\n",
        table);
  fclose(table);
  return paths;
}

/* ---- Changes ---- */

static const char *odd_cells[] = {
  "", "0", "-0", "1", "0.5", "1e308", "1e400", "-1e400", "4.9e-324", "nan", "inf", "9223372036854775808", "-1", "x", "\"",
  "\"\"", "\"a", "speed", "depth", "force_1", "force_0", "force_9223372036854775807", "torque", "done", "failed", "\xff",
  "nj_status", "1,2", "\n", "\r", "0x", "1e", "path", "nj_jacobian",
};

static void change_table(struct bytes *b) {
  size_t from = below(b->size), to = from;
  const int is_line = !below(4);
  if (b->size == 0 || !below(6)) {
    change_bytes(b);
    return;
  }
#define IS_BORDER(c) ((c) == '\n' || (!is_line && (c) == ','))
  while (from > 0 && !IS_BORDER(b->data[from - 1])) from--;
  while (to < b->size && !IS_BORDER(b->data[to])) to++;
#undef IS_BORDER
  if (is_line && to < b->size) to++;
  switch (below(3)) {
    case 0: replace(b, from, to, "", 0); return;
    case 1: { /* twice */
      struct bytes twice = {0};
      for (int k = 0; k < 2; k++) append(&twice, b->data + from, to - from);
      if (b->size < 1 << 18) replace(b, from, to, twice.data, twice.size);
      free(twice.data);
      return;
    }
    default: {
      const char *odd = ONE_OF(odd_cells);
      replace(b, from, to, odd, strlen(odd));
    }
  }
}

/* A word that a query gives in one of its rows; empty if it gives none. */
static void some_word(sqlite3 *database, const char *query, char *word, size_t size) {
  sqlite3_stmt *statement = NULL;
  char words[64][128];
  size_t count = 0;
  if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) == SQLITE_OK)
    while (count < COUNT(words) && sqlite3_step(statement) == SQLITE_ROW) {
      const char *text = (const char *)sqlite3_column_text(statement, 0);
      snprintf(words[count++], sizeof words[0], "%s", text ? text : "");
    }
  sqlite3_finalize(statement);
  snprintf(word, size, "%s", count ? words[below(count)] : "");
}

/* Changes what stands in a database, or its bytes. */
static void change_store(struct bytes *b) {
  static const char *const values[] = {
    "NULL", "0", "-1", "1", "0.5", "1e999", "-1e999", "9223372036854775807", "(-9223372036854775807-1)", "''", "'x'", "'foot'", "'nan'",
    "x''", "x'00'", "zeroblob(65536)", "randomblob(16)", "'2026-13-45'", "'{'", "'speed'", "'done'", "char(0)", "x'ff'", "2", "1e300",
    "printf('%.20000c', 'n')",
  };
  sqlite3 *database = NULL;
  char table[128], column[128], query[512];
  if (!below(3)) {
    change_bytes(b);
    return;
  }
  unlink("changed.db-journal");
  unlink("changed.db-wal");
  write_bytes("changed.db", b);
  if (sqlite3_open("changed.db", &database) == SQLITE_OK) {
    sqlite3_exec(database, "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA ignore_check_constraints=on", NULL,
                 NULL, NULL);
    some_word(database, "SELECT name FROM sqlite_master WHERE type = 'table'", table, sizeof table);
    snprintf(query, sizeof query, "SELECT name FROM pragma_table_info('%s')", table);
    some_word(database, query, column, sizeof column);
    const char *value = ONE_OF(values);
    const unsigned row = (unsigned)below(12);
    switch (below(10)) {
      case 0: snprintf(query, sizeof query, "DELETE FROM \"%s\" WHERE %u = 0 OR rowid %% 3 = %u", table, row, row % 3); break;
      case 1: snprintf(query, sizeof query, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO other", table, column); break;
      case 2: snprintf(query, sizeof query, "ALTER TABLE \"%s\" DROP COLUMN \"%s\"", table, column); break;
      case 3: snprintf(query, sizeof query, "DROP TABLE \"%s\"", table); break;
      case 4: snprintf(query, sizeof query, "UPDATE \"%s\" SET \"%s\" = %s", table, column, value); break;
      case 5: snprintf(query, sizeof query, "PRAGMA user_version = %s; PRAGMA application_id = %u", value, row); break;
      default:
        snprintf(query, sizeof query,
                 "UPDATE \"%s\" SET \"%s\" = %s WHERE rowid = (SELECT rowid FROM \"%s\" LIMIT 1 OFFSET %u)", table, column,
                 value, table, row % 3 ? row % 4 : row);
    }
    sqlite3_exec(database, query, NULL, NULL, NULL);
  }
  sqlite3_close(database);
  struct bytes changed = {0};
  if (read_bytes("changed.db", &changed, (size_t)1 << 22)) replace(b, 0, b->size, changed.data, changed.size);
  free(changed.data);
}

/* ---- What is tried ---- */

static void try_study(netjac_study *study) {
  static double x[MOST_POINTS * MOST_SCALARS], y[MOST_POINTS * MOST_SCALARS], more[MOST_POINTS * MOST_SCALARS * MOST_SCALARS];
  static char text[1 << 14];
  int64_t ids[MOST_POINTS], tokens[MOST_POINTS], count = 0;
  int32_t states[MOST_POINTS];
  size_t needed;
  const int64_t n = netjac_study_size(study, NETJAC_INPUT), m = netjac_study_size(study, NETJAC_OUTPUT);
  for (int32_t role = 0; role < 2; role++)
    for (int32_t k = 0; k < netjac_study_variable_count(study, role) && k < 8; k++) {
      netjac_study_variable_name(study, role, k);
      netjac_study_variable_details(study, role, k);
    }
  check(netjac_study_count(study, "status=all version=all", &count));
  check(netjac_study_records(study, "status=all version=all", 0, 100, NULL, text, sizeof text, &needed));
  check(netjac_study_get_array(study, 5, "path", y, MOST_POINTS, &count));
  check(netjac_study_change(study, "status=failed", "retry", NULL));
  unlink("written.csv");
  check(netjac_study_export(study, "status=all version=all", "written.csv"));
  if (n < 0 || m < 0 || n > MOST_SCALARS || m > MOST_SCALARS) return;
  for (size_t k = 0; k < COUNT(x); k++) x[k] = 0.125 + 1e-3 * (double)k;
  check(netjac_study_bounds(study, more, more + MOST_SCALARS));
  check(netjac_study_read(study, NULL, 0, MOST_POINTS, ids, x, y, more, &count));
  check(netjac_study_find(study, 4, x, ids, states, y, more, more));
  check(netjac_study_design(study, "fill", 0, 2, 1, x));
  check(netjac_study_add(study, 4, x, "more", 0, ids, &count));
  if (netjac_study_claim(study, 3, NULL, 0, ids, tokens, x, &count) == NETJAC_OK && count > 0)
    check(netjac_study_put(study, count, ids, tokens, y, more, NULL, NULL));
  check(netjac_study_insert(study, 2, x, y, more, NULL, &count));
}

/* Opens a changed store and uses what it holds. */
static netjac_status try_store(const struct bytes *bytes, const netjac_options *options) {
  static char text[1 << 14];
  size_t needed;
  netjac_store *store = NULL;
  netjac_study *study = NULL;
  unlink("mutant.db-journal");
  unlink("mutant.db-wal");
  write_bytes("mutant.db", bytes);
  netjac_status status = netjac_store_open("mutant.db", options, &store);
  if (status != NETJAC_OK) return status;
  check(netjac_store_text(store, "summary", text, sizeof text, &needed));
  check(netjac_store_text(store, "check", text, sizeof text, &needed));
  for (int32_t k = 0; k < netjac_store_study_count(store) && k < 4; k++) netjac_store_study_name(store, k);
  status = netjac_study_open(store, "foot", options, &study);
  if (study) try_study(study);
  netjac_study_release(study);
  netjac_store_release(store);
  return status;
}

/* Reads a changed table into a study. */
static netjac_status try_table(const struct bytes *bytes, const netjac_options *options) {
  static netjac_store *store;
  static netjac_study *study;
  static int rounds;
  if (!store) {
    unlink("table.db");
    check(netjac_store_open("table.db", options, &store));
    check(netjac_study_open(store, "foot", options, &study));
    check(netjac_study_variable(study, NETJAC_INPUT, "speed", 1, "lower=0 upper=1"));
    check(netjac_study_variable(study, NETJAC_INPUT, "depth", 1, NULL));
    check(netjac_study_variable(study, NETJAC_OUTPUT, "force", 2, NULL));
    check(netjac_study_variable(study, NETJAC_OUTPUT, "torque", 1, NULL));
    check(netjac_study_variable(study, NETJAC_OUTPUT, "path", 0, NULL));
  }
  write_bytes("mutant.csv", bytes);
  if (++rounds % 16 == 0) check(netjac_study_change(study, "status=all version=all sample>0", "delete", NULL));
  return netjac_study_import(study, "mutant.csv", NULL);
}

#endif
