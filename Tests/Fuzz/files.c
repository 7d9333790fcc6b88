/*
 * files.c - Loads and runs changed files of every format: whatever a file says, there is a network, a store or an error that
 * is none of the library's own, within time and memory.
 *
 * Usage: files FOLDER SEED MUTANTS SECONDS FILE...
 *        files FOLDER SEED:NUMBER 1 60 FILE...    one mutant again
 *        files FOLDER SEED MUTANTS SECONDS        files of stores and tables of samples, which are made first
 *
 * What a file is packed in is taken apart, so that changes come through to what it means: protocol buffers (.onnx,
 * saved_model.pb) into their fields, archives (.keras) into their members, JSON into its values; checksums are made right
 * again (archives, variables.index). Parts of other files are put in between. All else is changed byte by byte. A mutant
 * follows from SEED, its number and the files alone. What ends a process, takes more than ten seconds, more memory than
 * its limit, or is called a defect is made smaller by leaving out changes, and written to FOLDER/found-NUMBER. Ends with
 * `N passed, N failed`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netjac.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "containers.h"
#include "json.h"
#include "protobuf.h"
#include "samples.h"

enum { BATCH = 256, MOST_CHANGES = 8, MOST_BYTES = 1 << 22 };
/* What a network may take by the option memory_limit, and what its process may take in all. */
static const char memory_limit[] = "134217728";
#ifdef UNLIMITED
enum { MOST_KIBIBYTES = 1 << 30 };
#else
enum { MOST_KIBIBYTES = 600 << 10 };
#endif

/* ---- Files ---- */

/* By how the name ends. */
enum kind { MODEL, SAVED_MODEL, CHECKPOINT, ARCHIVE, HDF5, STORE, TABLE, KINDS };
static const char *const endings[KINDS] = {".onnx", "saved_model.pb", "variables.index", ".keras", ".h5", ".db", ".csv"};

static struct file {
  const char *path;
  enum kind kind;
  struct bytes bytes;
  struct field *message; /* NULL if it is none */
  struct span texts, messages;
  struct archive archive;
} *files;
static int file_count;

static int read_file(struct file *file) {
  if (!read_bytes(file->path, &file->bytes, MOST_BYTES)) return 0;
  const size_t length = strlen(file->path);
  for (int k = 0; k < KINDS; k++) {
    const size_t size = strlen(endings[k]);
    if (length > size && strcmp(file->path + length - size, endings[k]) == 0) file->kind = (enum kind)k;
  }
  if (file->kind == MODEL || file->kind == SAVED_MODEL) {
    file->message = calloc(1, sizeof *file->message);
    file->message->is_message = 1;
    if (!parse(file->message, file->bytes.data, file->bytes.size, 0)) {
      free_field(file->message);
      file->message = NULL;
      return 1;
    }
    file->texts.from = texts.count;
    file->messages.from = messages.count;
    collect(file->message);
    file->texts.count = texts.count - file->texts.from;
    file->messages.count = messages.count - file->messages.from;
  } else if (file->kind == ARCHIVE && unpack(&file->bytes, &file->archive)) {
    for (size_t k = 0; k < file->archive.count; k++) {
      if (strcmp(file->archive.members[k].name, "config.json") != 0) continue;
      json_texts = realloc(json_texts, (json_count + 1) * sizeof *json_texts);
      json_texts[json_count++] = file->archive.members[k].bytes;
    }
  }
  return 1;
}

/* ---- Mutants ---- */

static void change_archive(struct archive *archive) {
  struct member *member = &archive->members[below(archive->count)];
  for (size_t k = 0; k < archive->count; k++)
    if (below(4) && strcmp(archive->members[k].name, "config.json") == 0) member = &archive->members[k];
  const size_t length = strlen(member->name);
  if (!below(60)) member->name[below(length)] ^= 1;
  else if (length > 5 && strcmp(member->name + length - 5, ".json") == 0) change_json(&member->bytes);
  else change_bytes(&member->bytes);
}

/* A file, half of the time of a kind that was chosen first; rather a small one, of which more can be tried. */
static const struct file *some_file(void) {
  const struct file *one = &files[below((size_t)file_count)], *other = &files[below((size_t)file_count)];
  if (below(2)) {
    const enum kind kind = (enum kind)below(KINDS);
    for (int k = 0; k < 200 && one->kind != kind; k++) one = &files[below((size_t)file_count)];
  }
  for (int k = 0; k < 100 && other->kind != one->kind; k++) other = &files[below((size_t)file_count)];
  return other->kind != one->kind || one->bytes.size <= other->bytes.size ? one : other;
}

/* Makes a mutant; `left_out` has a bit for each change that is not made. Returns the file that it comes from. */
static const struct file *mutant(uint64_t seed, uint64_t number, unsigned left_out, struct bytes *result, int *changes) {
  static struct archive archive;
  state = seed * 0x2545f4914f6cdd1du + number;
  const struct file *file = some_file();
  *changes = 1 + (int)below(MOST_CHANGES);
  if (below(3)) *changes = 1 + *changes / 4;
  uint64_t seeds[MOST_CHANGES];
  for (int k = 0; k < *changes; k++) seeds[k] = next();
  result->size = 0;
  struct field *message = file->message ? copy_field(file->message) : NULL;
  const int is_unpacked = file->archive.count > 0;
  if (is_unpacked) copy_archive(&file->archive, &archive);
  else if (!message) append(result, file->bytes.data, file->bytes.size);
  for (int k = 0; k < *changes; k++) {
    state = seeds[k];
    if (left_out >> k & 1) continue;
    if (message) change_message(message, file->texts, file->messages);
    else if (is_unpacked) change_archive(&archive);
    else if (file->kind == HDF5 && below(2)) change_embedded_json(result);
    else if (file->kind == STORE) change_store(result);
    else if (file->kind == TABLE) change_table(result);
    else change_bytes(result);
  }
  if (message) write_message(result, message), free_field(message);
  if (is_unpacked) pack(&archive, result);
  state = seeds[0];
  if (is_unpacked && !below(40)) change_bytes(result);
  if (file->kind == CHECKPOINT && below(8)) mend_index(result);
  return file;
}

/* ---- Children ---- */

static struct report {
  uint64_t number;
  struct {
    uint64_t taken, refused;
  } kinds[KINDS];
} *report;

static netjac_options *options;

static void try_network(netjac_network *network) {
  const int64_t n = netjac_input_size(network), m = netjac_output_size(network);
  if (n < 0 || m < 0 || n > 4096 || m > 4096 || n * m > 1 << 16) return;
  double *memory = calloc((size_t)(2 * n + 2 * m + n * m + 1), sizeof *memory);
  double *x = memory, *y = x + n, *v = y + m, *w = v + n, *J = w + m;
  for (int64_t k = 0; k < n; k++) x[k] = 0.1 + 0.01 * (double)k;
  for (int64_t k = 0; k < m; k++) w[k] = 1;
  check(netjac_forward(network, 1, x, y));
  check(netjac_jacobian(network, 1, x, y, J, NETJAC_ROW_MAJOR));
  check(netjac_vjp(network, 1, x, w, y, v));
  free(memory);
}

/* A SavedModel whose part `changed` is this; the others are copies of the original's. */
static const char *saved_model(const struct file *file, const char *changed, const struct bytes *bytes) {
  static const char *const parts[] = {"saved_model.pb", "variables/variables.index",
                                      "variables/variables.data-00000-of-00001"};
  static char folder[64];
  char path[256], source[4096];
  struct bytes copy = {0};
  const size_t root = strlen(file->path) - strlen(changed);
  snprintf(folder, sizeof folder, "saved-%d", (int)(file - files));
  snprintf(path, sizeof path, "%s/variables", folder);
  mkdir(folder, 0777);
  mkdir(path, 0777);
  for (size_t k = 0; k < COUNT(parts); k++) {
    snprintf(path, sizeof path, "%s/%s", folder, parts[k]);
    snprintf(source, sizeof source, "%.*s%s", (int)root, file->path, parts[k]);
    if (strcmp(parts[k], changed) == 0) write_bytes(path, bytes);
    else if (access(path, R_OK) != 0 && read_bytes(source, &copy, MOST_BYTES)) write_bytes(path, &copy);
  }
  free(copy.data);
  return folder;
}

static void try_mutant(uint64_t seed, uint64_t number, unsigned left_out) {
  static struct bytes bytes;
  int changes;
  netjac_network *network = NULL;
  report->number = number;
  begin_time_limit();
  const struct file *file = mutant(seed, number, left_out, &bytes, &changes);
  netjac_status status;
  switch (file->kind) {
    case SAVED_MODEL: status = netjac_load(saved_model(file, "saved_model.pb", &bytes), options, &network); break;
    case CHECKPOINT:
      status = netjac_load(saved_model(file, "variables/variables.index", &bytes), options, &network);
      break;
    case STORE: status = try_store(&bytes, options); break;
    case TABLE: status = try_table(&bytes, options); break;
    default: status = netjac_load_bytes(bytes.data, bytes.size, options, &network);
  }
  check(status);
  if (status == NETJAC_OK) report->kinds[file->kind].taken++;
  else report->kinds[file->kind].refused++;
  if (network) try_network(network);
  netjac_release(network);
}

static int ended_well(pid_t child, struct rusage *usage) {
  int status;
  while (wait4(child, &status, 0, usage) < 0)
    if (errno != EINTR) return 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    if (usage->ru_maxrss <= MOST_KIBIBYTES) return 1;
    snprintf(complaint, COMPLAINT, "it takes %ld MB of memory", usage->ru_maxrss >> 10);
  } else if (WIFSIGNALED(status)) {
    snprintf(complaint, COMPLAINT, "it ends by signal %d, %s", WTERMSIG(status), signal_text(WTERMSIG(status)));
  }
  return 0;
}

/* Whether a single mutant fails in a process of its own. */
static int fails(uint64_t seed, uint64_t number, unsigned left_out) {
  struct rusage usage;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    try_mutant(seed, number, left_out);
    _exit(0);
  }
  return !ended_well(child, &usage);
}

/* Leaves out every change without which it still fails, and writes what is left. */
static void keep(uint64_t seed, uint64_t number) {
  struct bytes bytes = {0};
  unsigned left_out = 0;
  int changes;
  const struct file *file = mutant(seed, number, 0, &bytes, &changes);
  for (int k = 0; k < changes; k++)
    if (fails(seed, number, left_out | 1u << k)) left_out |= 1u << k;
  const int is_repeated = fails(seed, number, left_out);
  mutant(seed, number, left_out, &bytes, &changes);
  char path[64];
  snprintf(path, sizeof path, "found-%llu", (unsigned long long)number);
  write_bytes(path, &bytes);
  printf("FAILED: mutant %llu of %s (%d changes, %d needed): %s%s; see %s\n", (unsigned long long)number, file->path,
         changes, changes - __builtin_popcount(left_out), complaint, is_repeated ? "" : " (not when it is alone)", path);
  fflush(stdout);
  free(bytes.data);
}

int main(int argc, char **argv) {
  for (int k = 5; k < argc; k++) {
    char *path = realpath(argv[k], NULL);
    if (path) argv[k] = path;
  }
  if (argc < 5 || chdir(argv[1]) != 0) {
    fprintf(stderr, "usage: files FOLDER SEED[:NUMBER] MUTANTS SECONDS FILE...\n");
    return 2;
  }
  char *end;
  const uint64_t seed = strtoull(argv[2], &end, 10), first = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
  const uint64_t last = first + strtoull(argv[3], NULL, 10);
  const double seconds = atof(argv[4]);
  const time_t start = time(NULL);
  uint64_t failed = 0, number = first;

  report = shared(sizeof *report);
  complaint = shared(COMPLAINT);
  options = netjac_options_create();
  netjac_options_set(options, "memory_limit", memory_limit);
  netjac_options_set(options, "threads", "1");
  netjac_options_set(options, "busy_timeout", "0.01");
  netjac_options_set(options, "retry", "0.01");
  const char *const *paths = argc > 5 ? (const char *const *)argv + 5 : make_samples(options);
  files = calloc((size_t)argc + SAMPLE_FILES, sizeof *files);
  for (; *paths; paths++) {
    files[file_count].path = realpath(*paths, NULL);
    if (files[file_count].path && read_file(&files[file_count])) file_count++;
    else fprintf(stderr, "%s cannot be read\n", *paths);
  }
  if (file_count == 0) return 2;

  while (number < last && difftime(time(NULL), start) < seconds && failed < 100) {
    const uint64_t until = number + BATCH < last ? number + BATCH : last;
    struct rusage usage;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      for (; number < until; number++) try_mutant(seed, number, 0);
      _exit(0);
    }
    if (ended_well(child, &usage)) {
      number = until;
    } else if (usage.ru_maxrss > MOST_KIBIBYTES) {
      /* Which one it was is not known: each in its own process. */
      for (; number < until; number++)
        if (fails(seed, number, 0)) keep(seed, number), failed++;
    } else {
      failed++;
      number = report->number;
      keep(seed, number++);
    }
  }
  printf("%llu mutants of %d files in %.0f s\n", (unsigned long long)(number - first), file_count,
         difftime(time(NULL), start));
  for (int k = 0; k < KINDS; k++) {
    const uint64_t taken = report->kinds[k].taken, refused = report->kinds[k].refused;
    if (taken + refused)
      printf("  %-15s %llu taken, %llu refused\n", endings[k], (unsigned long long)taken,
             (unsigned long long)refused);
  }
  printf("%llu passed, %llu failed\n", (unsigned long long)(number - first - failed), (unsigned long long)failed);
  return failed > 0;
}
