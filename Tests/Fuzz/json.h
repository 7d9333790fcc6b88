/*
 * json.h - Changes of texts in JSON that leave it JSON, mostly: values are changed, left out, doubled, and put in the place
 * of others, of the same text or of any.
 */
#ifndef JSON_H
#define JSON_H

#include "bytes.h"

struct token {
  size_t from, to; /* bytes */
};

/* The tokens of a text: brackets, commas, colons, strings, and what else stands between. */
static size_t find_tokens(const struct bytes *text, struct token **tokens) {
  static struct token *found;
  static size_t room;
  const unsigned char *p = text->data;
  size_t count = 0, k = 0;
  while (k < text->size) {
    const size_t from = k;
    if (strchr(" \t\r\n", p[k]) && p[k]) {
      k++;
      continue;
    }
    if (p[k] == '"') {
      for (k++; k < text->size && p[k] != '"'; k++)
        if (p[k] == '\\') k++;
      k = k < text->size ? k + 1 : text->size;
    } else if (strchr("{}[],:", p[k]) && p[k]) {
      k++;
    } else {
      while (k < text->size && !(strchr("{}[],:\" \t\r\n", p[k]) && p[k])) k++;
    }
    if (count == room) found = realloc(found, (room = 2 * room + 256) * sizeof *found);
    found[count++] = (struct token){from, k};
  }
  *tokens = found;
  return count;
}

/* The place behind the value that begins at a token. */
static size_t value_end(const struct bytes *text, const struct token *tokens, size_t count, size_t from) {
  int depth = 0;
  for (size_t k = from; k < count; k++) {
    const unsigned char c = text->data[tokens[k].from];
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    if (depth <= 0) return k + 1;
  }
  return count;
}

static int begins_value(const struct bytes *text, struct token token) {
  return !strchr("}],:", text->data[token.from]);
}

/* A value of a text as its bytes; most are single tokens, one of four is whatever stands there. */
static struct token some_value(const struct bytes *text, const struct token *tokens, size_t count, size_t *place) {
  for (int k = 0; k < 20; k++) {
    *place = below(count);
    if (!begins_value(text, tokens[*place])) continue;
    if (strchr("{[", text->data[tokens[*place].from]) && below(4)) continue;
    return (struct token){tokens[*place].from, tokens[value_end(text, tokens, count, *place) - 1].to};
  }
  *place = 0;
  return (struct token){tokens[0].from, tokens[count - 1].to};
}

/* All texts that there are; set before the first change. */
static struct bytes *json_texts;
static size_t json_count;

static const char *odd_values[] = {
  "0", "1", "-1", "2", "3", "7", "64", "1000", "65536", "2147483648", "4294967296", "9223372036854775807",
  "-9223372036854775808", "18446744073709551616", "1e308", "-1e308", "1e400", "4.9e-324", "0.5", "-0", "1e19", "NaN",
  "Infinity", "null", "true", "false", "[]", "{}", "\"\"", "[2, 3]", "[1, 1]", "[null, null, 1]", "[-1]", "[[[[]]]]",
  "\"float16\"", "\"float64\"", "\"int8\"", "\"same\"", "\"valid\"", "\"causal\"", "\"channels_first\"",
  "\"channels_last\"", "\"relu\"", "\"softmax\"", "\"linear\"", "\"sum\"", "\"concat\"", "\"\\u0000\"",
  "\"\\ud800\"", "\"Dense\"", "\"Conv1D\"", "\"LSTM\"", "\"Functional\"", "\"InputLayer\"", "\"__tuple__\"",
};

static void change_json(struct bytes *text) {
  struct token *tokens;
  const size_t count = find_tokens(text, &tokens);
  size_t place;
  if (count == 0) return;
  const struct token value = some_value(text, tokens, count, &place);
  const unsigned char *start = text->data + value.from;
  switch (below(8)) {
    case 0: case 1: {
      const char *odd = ONE_OF(odd_values);
      replace(text, value.from, value.to, odd, strlen(odd));
      return;
    }
    case 2: { /* a number beside it */
      char number[32];
      const long long old = strtoll((const char *)start, NULL, 10);
      if (*start != '-' && (*start < '0' || *start > '9')) return;
      snprintf(number, sizeof number, "%lld", below(2) ? old + (old < INT64_MAX) : old - (old > INT64_MIN));
      replace(text, value.from, value.to, number, strlen(number));
      return;
    }
    case 3: { /* gone, with its name and a comma */
      size_t from = place, to = value_end(text, tokens, count, place);
      if (from >= 2 && text->data[tokens[from - 1].from] == ':') from -= 2;
      if (to < count && text->data[tokens[to].from] == ',') to++;
      else if (from > 0 && text->data[tokens[from - 1].from] == ',') from--;
      replace(text, tokens[from].from, tokens[to - 1].to, "", 0);
      return;
    }
    case 4: { /* twice */
      struct bytes twice = {0};
      append(&twice, start, value.to - value.from);
      append_text(&twice, ", ");
      append(&twice, start, value.to - value.from);
      if (text->size < 1 << 18) replace(text, value.from, value.to, twice.data, twice.size);
      free(twice.data);
      return;
    }
    case 5: change_bytes(text); return;
    default: { /* another value in its place; behind the same name, if one is found at once */
      const struct bytes *source = below(3) || !json_count ? text : &json_texts[below(json_count)];
      struct bytes copy = {0}, name = {0}, old = {0};
      struct token *others, other;
      if (place >= 2 && text->data[tokens[place - 1].from] == ':')
        append(&name, text->data + tokens[place - 2].from, tokens[place - 2].to - tokens[place - 2].from);
      append(&old, source->data, source->size);
      const size_t other_count = find_tokens(&old, &others);
      if (other_count && text->size < 1 << 18) {
        size_t where;
        other = some_value(&old, others, other_count, &where);
        for (int k = 0; k < 30 && name.size; k++) {
          if (where >= 2 && others[where - 2].to - others[where - 2].from == name.size &&
              memcmp(old.data + others[where - 2].from, name.data, name.size) == 0)
            break;
          other = some_value(&old, others, other_count, &where);
        }
        append(&copy, old.data + other.from, other.to - other.from);
        replace(text, value.from, value.to, copy.data, copy.size);
      }
      free(copy.data);
      free(name.data);
      free(old.data);
    }
  }
}

/* Changes a text in JSON that stands among other bytes, and keeps its length: blanks between tokens make room. */
static void change_embedded_json(struct bytes *b) {
  size_t from = 0, to = 0;
  while (from + 2 < b->size && !(b->data[from] == '{' && b->data[from + 1] == '"')) from++;
  int depth = 0;
  for (to = from; to < b->size; to++) {
    if (b->data[to] == '"')
      for (to++; to < b->size && b->data[to] != '"'; to++)
        if (b->data[to] == '\\') to++;
    if (to < b->size && b->data[to] == '{') depth++;
    if (to < b->size && b->data[to] == '}' && --depth == 0) break;
  }
  if (to >= b->size) return;
  const size_t size = to + 1 - from;
  struct bytes text = {0}, dense = {0};
  append(&text, b->data + from, size);
  change_json(&text);
  struct token *tokens;
  const size_t count = find_tokens(&text, &tokens);
  for (size_t k = 0; k < count; k++) append(&dense, text.data + tokens[k].from, tokens[k].to - tokens[k].from);
  if (dense.size <= size) {
    while (dense.size < size) append(&dense, " ", 1);
    memcpy(b->data + from, dense.data, size);
  }
  free(text.data);
  free(dense.data);
}

#endif
