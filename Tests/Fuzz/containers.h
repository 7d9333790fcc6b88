/*
 * containers.h - What formats are packed in, so that changes come through to what is inside: the members of a ZIP archive
 * (APPNOTE.TXT of PKWARE) and the blocks of a checkpoint's index (LevelDB's table format), with right checksums.
 */
#ifndef CONTAINERS_H
#define CONTAINERS_H

#include <zlib.h>

#include "bytes.h"

/* ---- ZIP ---- */

struct member {
  char name[128];
  struct bytes bytes;
};

enum { MOST_MEMBERS = 8 };
struct archive {
  struct member members[MOST_MEMBERS];
  size_t count;
};

static uint32_t number_at(const unsigned char *p, int bytes) {
  uint32_t value = 0;
  for (int k = 0; k < bytes; k++) value |= (uint32_t)p[k] << (8 * k);
  return value;
}

static void append_number(struct bytes *b, uint32_t value, int bytes) {
  for (int k = 0; k < bytes; k++) {
    const unsigned char byte = (unsigned char)(value >> (8 * k));
    append(b, &byte, 1);
  }
}

/* Reads a well-formed archive; 0 if it is none. */
static int unpack(const struct bytes *b, struct archive *archive) {
  const unsigned char *p = b->data;
  if (b->size < 22) return 0;
  size_t end = b->size - 22;
  while (end > 0 && number_at(p + end, 4) != 0x06054b50) end--;
  size_t entry = number_at(p + end + 16, 4);
  const size_t count = number_at(p + end + 10, 2);
  if (count > MOST_MEMBERS) return 0;
  for (size_t k = 0; k < count; k++) {
    if (entry + 46 > b->size || number_at(p + entry, 4) != 0x02014b50) return 0;
    const uint32_t method = number_at(p + entry + 10, 2), packed = number_at(p + entry + 20, 4),
                   size = number_at(p + entry + 24, 4), name = number_at(p + entry + 28, 2),
                   local = number_at(p + entry + 42, 4);
    if (local + 30 > b->size || name >= sizeof archive->members[k].name) return 0;
    const size_t data = local + 30 + number_at(p + local + 26, 2) + number_at(p + local + 28, 2);
    struct member *member = &archive->members[k];
    memcpy(member->name, p + entry + 46, name);
    if (data + packed > b->size) return 0;
    if (method == 0) {
      append(&member->bytes, p + data, size);
    } else {
      z_stream stream = {.next_in = (unsigned char *)p + data, .avail_in = packed};
      unsigned char *memory = calloc(1, (size_t)size + 1);
      stream.next_out = memory;
      stream.avail_out = size;
      if (inflateInit2(&stream, -MAX_WBITS) != Z_OK || inflate(&stream, Z_FINISH) != Z_STREAM_END) return 0;
      inflateEnd(&stream);
      append(&member->bytes, memory, size);
      free(memory);
    }
    entry += 46 + name + number_at(p + entry + 30, 2) + number_at(p + entry + 32, 2);
    archive->count++;
  }
  return archive->count > 0;
}

/* An archive whose members are stored as they are. */
static void pack(const struct archive *archive, struct bytes *b) {
  struct bytes directory = {0};
  for (size_t k = 0; k < archive->count; k++) {
    const struct member *member = &archive->members[k];
    const uint32_t size = (uint32_t)member->bytes.size, name = (uint32_t)strlen(member->name);
    const uint32_t sum = (uint32_t)crc32(0, member->bytes.data, size), place = (uint32_t)b->size;
    append_number(&directory, 0x02014b50, 4);
    append_number(&directory, 20, 2);
    append_number(b, 0x04034b50, 4);
    for (struct bytes *to = b; to; to = to == b ? &directory : NULL) {
      append_number(to, 20, 2); /* version needed; no flags, stored, no date before 1980 */
      append_number(to, 0, 2);
      append_number(to, 0, 2);
      append_number(to, 0x00210000, 4);
      append_number(to, sum, 4);
      append_number(to, size, 4);
      append_number(to, size, 4);
      append_number(to, name, 2);
      append_number(to, 0, 2);
    }
    append(b, member->name, name);
    append(b, member->bytes.data, size);
    append_number(&directory, 0, 2); /* no comment, first disk, no attributes */
    append_number(&directory, 0, 2);
    append_number(&directory, 0, 2);
    append_number(&directory, 0, 4);
    append_number(&directory, place, 4);
    append(&directory, member->name, name);
  }
  const uint32_t start = (uint32_t)b->size;
  append(b, directory.data, directory.size);
  append_number(b, 0x06054b50, 4);
  append_number(b, 0, 4);
  append_number(b, (uint32_t)archive->count, 2);
  append_number(b, (uint32_t)archive->count, 2);
  append_number(b, (uint32_t)directory.size, 4);
  append_number(b, start, 4);
  append_number(b, 0, 2);
  free(directory.data);
}

static void copy_archive(const struct archive *from, struct archive *to) {
  to->count = from->count;
  for (size_t k = 0; k < from->count; k++) {
    memcpy(to->members[k].name, from->members[k].name, sizeof to->members[k].name);
    to->members[k].bytes.size = 0;
    append(&to->members[k].bytes, from->members[k].bytes.data, from->members[k].bytes.size);
  }
}

/* ---- The index of a checkpoint ---- */

/* CRC-32C (RFC 3720, appendix B.4). */
static uint32_t castagnoli(const unsigned char *p, size_t size) {
  uint32_t sum = UINT32_MAX;
  for (size_t k = 0; k < size; k++) {
    sum ^= p[k];
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  return ~sum;
}

/*
 * Makes the checksum of a block right: behind its bytes stand one that says how it is packed and four of the sum, which is
 * turned and shifted by a constant.
 */
static void mend_block(struct bytes *b, size_t from, size_t size) {
  if (from > b->size || size > b->size - from || b->size - from - size < 5) return;
  const uint32_t sum = castagnoli(b->data + from, size + 1), masked = (sum >> 15 | sum << 17) + 0xa282ead8u;
  for (int k = 0; k < 4; k++) b->data[from + size + 1 + (size_t)k] = (unsigned char)(masked >> (8 * k));
}

static uint64_t varint_at(const struct bytes *b, size_t *place) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && *place < b->size; shift += 7) {
    const unsigned char byte = b->data[(*place)++];
    value |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) break;
  }
  return value;
}

/* Makes the checksums right of an index whose entries stand in one block, as in all small ones. */
static void mend_index(struct bytes *b) {
  enum { FOOTER = 48, TRAILER = 5 };
  if (b->size < FOOTER) return;
  size_t place = b->size - FOOTER;
  for (int k = 0; k < 2; k++) {
    const uint64_t from = varint_at(b, &place), size = varint_at(b, &place);
    if (k == 0 && from >= TRAILER && from <= b->size) mend_block(b, 0, (size_t)from - TRAILER);
    if (from < b->size && size < b->size) mend_block(b, (size_t)from, (size_t)size);
  }
}

#endif
