/*
 * bytes.h - Bytes that grow, and changes of them that know nothing of what they mean.
 */
#ifndef BYTES_H
#define BYTES_H

#include "fuzz.h"

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

static void append_text(struct bytes *b, const char *text) { append(b, text, strlen(text)); }

/* Puts other bytes in the place of some. */
static void replace(struct bytes *b, size_t from, size_t to, const void *data, size_t size) {
  struct bytes rest = {0}, copy = {0};
  append(&copy, data, size);
  append(&rest, b->data + to, b->size - to);
  b->size = from;
  append(b, copy.data, size);
  append(b, rest.data, rest.size);
  free(rest.data);
  free(copy.data);
}

static int read_bytes(const char *path, struct bytes *b, size_t most) {
  FILE *stream = fopen(path, "rb");
  unsigned char part[1 << 14];
  size_t got;
  if (!stream) return 0;
  b->size = 0;
  while ((got = fread(part, 1, sizeof part, stream)) > 0 && b->size < most) append(b, part, got);
  fclose(stream);
  return 1;
}

static void write_bytes(const char *path, const struct bytes *b) {
  FILE *stream = fopen(path, "wb");
  if (!stream || fwrite(b->data, 1, b->size, stream) != b->size) complain("no file");
  fclose(stream);
}

static const uint64_t odd_numbers[] = {0, 1, 2, 3, 7, 8, 16, 64, 127, 128, 255, 1000, 65535, 65536, 1 << 20, 1u << 31,
                                       UINT32_MAX, (uint64_t)1 << 40, (uint64_t)1 << 62, INT64_MAX, (uint64_t)1 << 63,
                                       UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 7};

static void change_bytes(struct bytes *b) {
  static const double odd_reals[] = {0, -0.0, 1e308, -1e308, 4.9e-324, 1e19, 0.5};
  const size_t place = below(b->size);
  switch (below(6)) {
    case 0: if (b->size) b->data[place] ^= (unsigned char)(1 << below(8)); break;
    case 1: if (b->size) b->data[place] = (unsigned char)next(); break;
    case 2: b->size = place; break;
    case 3:
      if (b->size >= 8) memcpy(b->data + place % (b->size - 7), &ONE_OF(odd_numbers), 8);
      break;
    case 4:
      if (b->size >= 8) memcpy(b->data + (place % (b->size / 8)) * 8, &ONE_OF(odd_reals), 8);
      break;
    default: {
      unsigned char part[32];
      const size_t from = below(b->size), size = b->size - from < 32 ? b->size - from : 32;
      if (size) memcpy(part, b->data + from, size);
      if (place + size <= b->size && size) memcpy(b->data + place, part, size);
    }
  }
}

#endif
