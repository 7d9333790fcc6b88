/*
 * models.c - Loads and runs changed model files: whatever a file says, there is a network or an error that is none of the
 * library's own, within time and memory.
 *
 * Usage: models FOLDER SEED MUTANTS SECONDS FILE...
 *        models FOLDER SEED:NUMBER 1 60 FILE...    one mutant again
 *
 * Protocol buffers (.onnx, saved_model.pb) are taken apart into their fields, changed there and put together again, with
 * fields of other files among them, so that changes come through to what fields mean. All other files are changed byte by
 * byte. A mutant follows from SEED, its number and the files alone. What ends a process, takes more than ten seconds, more
 * memory than its limit, or is called a defect is made smaller by leaving out changes, and written to FOLDER/found-NUMBER.
 * Ends with `N passed, N failed`.
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

#include "fuzz.h"

enum { SECONDS_A_FILE = 10, BATCH = 256, MOST_CHANGES = 8, MOST_BYTES = 1 << 22 };
/* What a network may take by the option memory_limit, and what its process may take in all. */
static const char memory_limit[] = "134217728";
enum { MOST_KIBIBYTES = 600 << 10 };

/* ---- Bytes ---- */

struct bytes {
  unsigned char *data;
  size_t size, room;
};

static void append(struct bytes *b, const void *data, size_t size) {
  if (b->size + size > b->room) {
    b->room = 2 * (b->size + size) + 64;
    b->data = realloc(b->data, b->room);
  }
  if (size) memcpy(b->data + b->size, data, size);
  b->size += size;
}

static void append_varint(struct bytes *b, uint64_t value) {
  do {
    const unsigned char byte = (unsigned char)((value & 127) | (value > 127 ? 128 : 0));
    append(b, &byte, 1);
    value >>= 7;
  } while (value);
}

/* ---- Messages of protocol buffers ---- */

enum wire { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct field {
  uint64_t number, value; /* of a varint or a fixed one */
  enum wire wire;
  struct bytes bytes;
  struct field **children; /* of a message */
  size_t count;
  int is_message;
};

static void free_field(struct field *f) {
  if (!f) return;
  for (size_t k = 0; k < f->count; k++) free_field(f->children[k]);
  free(f->children);
  free(f->bytes.data);
  free(f);
}

static void insert(struct field *parent, size_t place, struct field *child) {
  parent->children = realloc(parent->children, (parent->count + 1) * sizeof *parent->children);
  memmove(parent->children + place + 1, parent->children + place, (parent->count - place) * sizeof *parent->children);
  parent->children[place] = child;
  parent->count++;
}

static struct field *copy_field(const struct field *f) {
  struct field *copy = calloc(1, sizeof *copy);
  *copy = *f;
  copy->bytes = (struct bytes){0};
  copy->children = NULL;
  copy->count = 0;
  append(&copy->bytes, f->bytes.data, f->bytes.size);
  for (size_t k = 0; k < f->count; k++) insert(copy, k, copy_field(f->children[k]));
  return copy;
}

static int read_varint(const unsigned char **p, const unsigned char *end, uint64_t *value) {
  *value = 0;
  for (int shift = 0; shift < 64 && *p < end; shift += 7) {
    const unsigned char byte = *(*p)++;
    *value |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) return 1;
  }
  return 0;
}

static int is_text(const unsigned char *data, size_t size) {
  for (size_t k = 0; k < size; k++)
    if (data[k] < 32 || data[k] > 126) return 0;
  return 1;
}

/* Takes a message apart; 0 if the bytes are none. */
static int parse(struct field *parent, const unsigned char *p, size_t size, int depth) {
  const unsigned char *end = p + size;
  while (p < end) {
    uint64_t tag, length;
    if (!read_varint(&p, end, &tag) || tag >> 3 == 0 || tag >> 3 > 4096) return 0;
    struct field *f = calloc(1, sizeof *f);
    insert(parent, parent->count, f);
    f->number = tag >> 3;
    f->wire = (enum wire)(tag & 7);
    if (f->wire == VARINT) {
      if (!read_varint(&p, end, &f->value)) return 0;
    } else if (f->wire == FIXED64 || f->wire == FIXED32) {
      const size_t width = f->wire == FIXED64 ? 8 : 4;
      if ((size_t)(end - p) < width) return 0;
      memcpy(&f->value, p, width);
      p += width;
    } else if (f->wire == BYTES) {
      if (!read_varint(&p, end, &length) || length > (size_t)(end - p)) return 0;
      append(&f->bytes, p, length);
      if (length > 0 && length < 1 << 20 && depth < 12 && !is_text(p, length)) {
        f->is_message = parse(f, p, length, depth + 1);
        if (!f->is_message) {
          for (size_t k = 0; k < f->count; k++) free_field(f->children[k]);
          f->count = 0;
        }
      }
      p += length;
    } else {
      return 0;
    }
  }
  return 1;
}

static void write_field(struct bytes *b, const struct field *f);
static void write_message(struct bytes *b, const struct field *f) {
  for (size_t k = 0; k < f->count; k++) write_field(b, f->children[k]);
}

static void write_field(struct bytes *b, const struct field *f) {
  append_varint(b, f->number << 3 | (uint64_t)f->wire);
  if (f->wire == VARINT) {
    append_varint(b, f->value);
  } else if (f->wire == BYTES) {
    struct bytes inner = {0};
    if (f->is_message) write_message(&inner, f);
    append_varint(b, f->is_message ? inner.size : f->bytes.size);
    append(b, f->is_message ? inner.data : f->bytes.data, f->is_message ? inner.size : f->bytes.size);
    free(inner.data);
  } else {
    append(b, &f->value, f->wire == FIXED64 ? 8 : 4);
  }
}

/* ---- Files ---- */

static struct file {
  const char *path;
  struct bytes bytes;
  struct field *message; /* NULL if it is none */
  int is_folder;         /* saved_model.pb, which is loaded with what stands beside it */
} *files;
static int file_count;

/* Every text and every message of all files, to be put into others. */
static const struct field **texts, **messages;
static size_t text_count, message_count;

static void collect(const struct field *f) {
  for (size_t k = 0; k < f->count; k++) {
    const struct field *child = f->children[k];
    if (child->is_message) {
      messages = realloc(messages, (message_count + 1) * sizeof *messages);
      messages[message_count++] = child;
      collect(child);
    } else if (child->wire == BYTES && child->bytes.size && child->bytes.size < 64) {
      texts = realloc(texts, (text_count + 1) * sizeof *texts);
      texts[text_count++] = child;
    }
  }
}

static int read_file(struct file *file) {
  FILE *stream = fopen(file->path, "rb");
  unsigned char part[1 << 16];
  size_t got;
  if (!stream) return 0;
  while ((got = fread(part, 1, sizeof part, stream)) > 0 && file->bytes.size < MOST_BYTES) append(&file->bytes, part, got);
  fclose(stream);
  const size_t length = strlen(file->path);
  file->is_folder = length > 14 && strcmp(file->path + length - 14, "saved_model.pb") == 0;
  if (file->is_folder || (length > 5 && strcmp(file->path + length - 5, ".onnx") == 0)) {
    file->message = calloc(1, sizeof *file->message);
    file->message->is_message = 1;
    if (!parse(file->message, file->bytes.data, file->bytes.size, 0)) {
      free_field(file->message);
      file->message = NULL;
    } else {
      collect(file->message);
    }
  }
  return 1;
}

/* ---- Changes ---- */

static const uint64_t odd_numbers[] = {0, 1, 2, 3, 7, 8, 16, 64, 127, 128, 255, 1000, 65535, 65536, 1 << 20, 1u << 31,
                                       UINT32_MAX, (uint64_t)1 << 40, (uint64_t)1 << 62, INT64_MAX, (uint64_t)1 << 63,
                                       UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 7};

static size_t count_fields(const struct field *f) {
  size_t count = f->count;
  for (size_t k = 0; k < f->count; k++) count += count_fields(f->children[k]);
  return count;
}

/* The field at a place in the order of reading, and where it stands. */
static struct field *find_field(struct field *f, size_t *place, struct field **parent, size_t *index) {
  for (size_t k = 0; k < f->count; k++) {
    if ((*place)-- == 0) {
      *parent = f;
      *index = k;
      return f->children[k];
    }
    struct field *found = find_field(f->children[k], place, parent, index);
    if (found) return found;
  }
  return NULL;
}

static void change_bytes(struct bytes *b) {
  static const double odd_reals[] = {0, -0.0, 1e308, -1e308, 4.9e-324, 1e19, 0.5};
  const size_t place = below(b->size);
  switch (below(6)) {
    case 0: if (b->size) b->data[place] ^= (unsigned char)(1 << below(8)); break;
    case 1: if (b->size) b->data[place] = (unsigned char)next(); break;
    case 2: b->size = place; break;
    case 3:
      if (b->size >= 8) memcpy(b->data + place % (b->size - 7), &odd_numbers[below(24)], 8);
      break;
    case 4:
      if (b->size >= 8) memcpy(b->data + (place % (b->size / 8)) * 8, &odd_reals[below(7)], 8);
      break;
    default: {
      unsigned char part[32];
      const size_t from = below(b->size), size = b->size - from < 32 ? b->size - from : 32;
      if (size) memcpy(part, b->data + from, size);
      if (place + size <= b->size && size) memcpy(b->data + place, part, size);
    }
  }
}

static void change_message(struct field *message) {
  struct field *parent = NULL;
  size_t index = 0, place = below(count_fields(message));
  struct field *f = find_field(message, &place, &parent, &index);
  if (!f) return;
  switch (below(10)) {
    case 0: /* gone */
      free_field(f);
      memmove(parent->children + index, parent->children + index + 1,
              (--parent->count - index) * sizeof *parent->children);
      return;
    case 1: /* twice */
      if (count_fields(message) < 20000) insert(parent, below(parent->count + 1), copy_field(f));
      return;
    case 2: { /* in another order */
      const size_t other = below(parent->count);
      parent->children[index] = parent->children[other];
      parent->children[other] = f;
      return;
    }
    case 3: { /* from another file, of the same number if one is found at once */
      if (!message_count || count_fields(message) > 20000) return;
      const struct field *other = messages[below(message_count)];
      for (int k = 0; k < 30 && other->number != f->number; k++) other = messages[below(message_count)];
      struct field *copy = copy_field(other);
      copy->number = f->number;
      parent->children[index] = copy;
      free_field(f);
      return;
    }
    case 4: f->number = 1 + below(24); return;
    default: break;
  }
  if (f->wire == VARINT) {
    switch (below(4)) {
      case 0: f->value += 1; break;
      case 1: f->value -= 1; break;
      case 2: f->value = below(40); break;
      default: f->value = odd_numbers[below(sizeof odd_numbers / sizeof *odd_numbers)];
    }
  } else if (f->wire != BYTES) {
    f->value = below(2) ? next() : f->value ^ (uint64_t)1 << below(f->wire == FIXED64 ? 64 : 32);
  } else if (f->is_message) {
    if (f->count) change_message(f);
  } else if (text_count && below(2)) {
    f->bytes.size = 0;
    const struct field *other = texts[below(text_count)];
    append(&f->bytes, other->bytes.data, other->bytes.size);
  } else if (!below(40)) {
    char long_text[20000];
    memset(long_text, 'n', sizeof long_text);
    append(&f->bytes, long_text, sizeof long_text);
  } else {
    change_bytes(&f->bytes);
  }
}

/* Makes a mutant; `left_out` has a bit for each change that is not made. Returns the file that it comes from. */
static const struct file *mutant(uint64_t seed, uint64_t number, unsigned left_out, struct bytes *result, int *changes) {
  state = seed * 0x2545f4914f6cdd1du + number;
  const struct file *file = &files[below((size_t)file_count)];
  *changes = 1 + (int)below(MOST_CHANGES);
  if (below(3)) *changes = 1 + *changes / 4;
  uint64_t seeds[MOST_CHANGES];
  for (int k = 0; k < *changes; k++) seeds[k] = next();
  result->size = 0;
  if (file->message) {
    struct field *copy = copy_field(file->message);
    for (int k = 0; k < *changes; k++) {
      state = seeds[k];
      if (!(left_out >> k & 1)) change_message(copy);
    }
    write_message(result, copy);
    free_field(copy);
  } else {
    append(result, file->bytes.data, file->bytes.size);
    for (int k = 0; k < *changes; k++) {
      state = seeds[k];
      if (!(left_out >> k & 1)) change_bytes(result);
    }
  }
  return file;
}

/* ---- Children ---- */

static struct report {
  uint64_t number, loaded, refused;
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

static void try_mutant(uint64_t seed, uint64_t number, unsigned left_out) {
  static struct bytes bytes;
  int changes;
  netjac_network *network = NULL;
  report->number = number;
  alarm(SECONDS_A_FILE);
  const struct file *file = mutant(seed, number, left_out, &bytes, &changes);
  netjac_status status;
  if (file->is_folder) {
    /* The folder's checkpoint stands beside as a link. */
    char folder[64], path[256], target[4096];
    snprintf(folder, sizeof folder, "saved-%d", (int)(file - files));
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/variables", folder);
    snprintf(target, sizeof target, "%.*s/variables", (int)(strlen(file->path) - 15), file->path);
    if (symlink(target, path) != 0 && errno != EEXIST) complain("no link");
    snprintf(path, sizeof path, "%s/saved_model.pb", folder);
    FILE *stream = fopen(path, "wb");
    if (!stream || fwrite(bytes.data, 1, bytes.size, stream) != bytes.size) complain("no file");
    fclose(stream);
    status = netjac_load(folder, options, &network);
  } else {
    status = netjac_load_bytes(bytes.data, bytes.size, options, &network);
  }
  check(status);
  if (status == NETJAC_OK) {
    report->loaded++;
    try_network(network);
    netjac_release(network);
  } else {
    report->refused++;
  }
}

static int ended_well(pid_t child, struct rusage *usage) {
  int status;
  while (wait4(child, &status, 0, usage) < 0)
    if (errno != EINTR) return 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    if (usage->ru_maxrss <= MOST_KIBIBYTES) return 1;
    snprintf(complaint, COMPLAINT, "it takes %ld MB of memory", usage->ru_maxrss >> 10);
  } else if (WIFSIGNALED(status)) {
    snprintf(complaint, COMPLAINT, "it ends by signal %d, %s", WTERMSIG(status),
             WTERMSIG(status) == SIGALRM ? "for it takes too long" : strsignal(WTERMSIG(status)));
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
  fails(seed, number, left_out);
  mutant(seed, number, left_out, &bytes, &changes);
  char path[64];
  snprintf(path, sizeof path, "found-%llu", (unsigned long long)number);
  FILE *stream = fopen(path, "wb");
  if (stream) {
    fwrite(bytes.data, 1, bytes.size, stream);
    fclose(stream);
  }
  printf("FAILED: mutant %llu of %s (%d changes, %d needed): %s; see %s\n", (unsigned long long)number, file->path, changes,
         changes - __builtin_popcount(left_out), complaint, path);
  fflush(stdout);
  free(bytes.data);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: models FOLDER SEED[:NUMBER] MUTANTS SECONDS FILE...\n");
    return 2;
  }
  char *end;
  const uint64_t seed = strtoull(argv[2], &end, 10), first = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
  const uint64_t last = first + strtoull(argv[3], NULL, 10);
  const double seconds = atof(argv[4]);
  const time_t start = time(NULL);
  uint64_t failed = 0, number = first;

  files = calloc((size_t)argc, sizeof *files);
  for (int k = 5; k < argc; k++) {
    files[file_count].path = realpath(argv[k], NULL);
    if (files[file_count].path && read_file(&files[file_count])) file_count++;
    else fprintf(stderr, "%s cannot be read\n", argv[k]);
  }
  if (file_count == 0 || chdir(argv[1]) != 0) return 2;
  report = shared(sizeof *report);
  complaint = shared(COMPLAINT);
  options = netjac_options_create();
  netjac_options_set(options, "memory_limit", memory_limit);
  netjac_options_set(options, "threads", "1");

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
  printf("%llu mutants of %d files in %.0f s: %llu loaded, %llu refused\n", (unsigned long long)(number - first),
         file_count, difftime(time(NULL), start), (unsigned long long)report->loaded,
         (unsigned long long)report->refused);
  printf("%llu passed, %llu failed\n", (unsigned long long)(number - first - failed), (unsigned long long)failed);
  return failed > 0;
}
