/*
 * protobuf.h - Messages of protocol buffers as trees of fields: taken apart, changed, put together again. Texts and messages
 * of all files are put in the place of others, mostly such as have the same field number, so that names mean something.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include "bytes.h"

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

static void append_varint(struct bytes *b, uint64_t value) {
  do {
    const unsigned char byte = (unsigned char)((value & 127) | (value > 127 ? 128 : 0));
    append(b, &byte, 1);
    value >>= 7;
  } while (value);
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

/* Every text and every message of all files, to be put into others; those of a file stand beside each other. */
struct pool {
  const struct field **fields;
  size_t count;
};
static struct pool texts, messages;

static void add(struct pool *pool, const struct field *f) {
  pool->fields = realloc(pool->fields, (pool->count + 1) * sizeof *pool->fields);
  pool->fields[pool->count++] = f;
}

static void collect(const struct field *f) {
  for (size_t k = 0; k < f->count; k++) {
    const struct field *child = f->children[k];
    if (child->is_message) {
      add(&messages, child);
      collect(child);
    } else if (child->wire == BYTES && child->bytes.size && child->bytes.size < 64) {
      add(&texts, child);
    }
  }
}

/* The fields of one file among those of all. */
struct span {
  size_t from, count;
};

/* A field of the file itself three times of four, of the same number if one is found at once. */
static const struct field *another(const struct pool *pool, struct span own, uint64_t number) {
  const struct span all = {0, pool->count}, from = own.count && below(4) ? own : all;
  const struct field *found = pool->fields[from.from + below(from.count)];
  for (int k = 0; k < 30 && found->number != number; k++) found = pool->fields[from.from + below(from.count)];
  return found;
}

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

static void change_message(struct field *message, struct span own_texts, struct span own_messages) {
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
    case 3: { /* another message in its place */
      if (!messages.count || count_fields(message) > 20000) return;
      struct field *copy = copy_field(another(&messages, own_messages, f->number));
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
      default: f->value = ONE_OF(odd_numbers);
    }
  } else if (f->wire != BYTES) {
    f->value = below(2) ? next() : f->value ^ (uint64_t)1 << below(f->wire == FIXED64 ? 64 : 32);
  } else if (f->is_message) {
    if (f->count) change_message(f, own_texts, own_messages);
  } else if (texts.count && below(3)) {
    const struct field *other = another(&texts, own_texts, f->number);
    f->bytes.size = 0;
    append(&f->bytes, other->bytes.data, other->bytes.size);
  } else if (!below(40)) {
    char long_text[20000];
    memset(long_text, 'n', sizeof long_text);
    append(&f->bytes, long_text, sizeof long_text);
  } else {
    change_bytes(&f->bytes);
  }
}

#endif
