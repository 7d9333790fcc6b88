/*
 * corpus_index.h - Reads the index files that Tests/Corpus/make_index.m writes; Tests/Corpus/README.md tells their format.
 */
#ifndef CORPUS_INDEX_H
#define CORPUS_INDEX_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 32, MAX_TEXT = 512 };

struct corpus_case {
  char name[MAX_TEXT];
  char model[MAX_TEXT];
  char option_keys[MAX_ENTRIES][MAX_TEXT], option_values[MAX_ENTRIES][MAX_TEXT];
  int option_count;

  /* cases.txt: sizes, and tolerances of y, J and H at each precision. */
  long samples, n, m;
  int has_hessian;
  double float64[3], float32[3];

  /* malformed.txt */
  char expect[MAX_TEXT];
  int seconds, megabytes;
  char words[MAX_ENTRIES][MAX_TEXT];
  int word_count;
  int has_reference;
  double reference_tolerance[2];
};

/* Reads the next case; returns 0 at the end of the file, and ends the program if the file is not an index. */
static int next_case(FILE *file, struct corpus_case *entry) {
  char line[2 * MAX_TEXT];
  memset(entry, 0, sizeof *entry);
  while (fgets(line, sizeof line, file) != NULL) {
    char *rest;
    int understood = 1;
    line[strcspn(line, "\n")] = 0;
    rest = strchr(line, ' ');
    if (rest != NULL) *rest++ = 0;
    if (strcmp(line, "end") == 0) return 1;
    if (rest == NULL || strlen(rest) >= MAX_TEXT) {
      understood = 0;
    } else if (strcmp(line, "case") == 0) {
      strcpy(entry->name, rest);
    } else if (strcmp(line, "model") == 0) {
      strcpy(entry->model, rest);
    } else if (strcmp(line, "option") == 0 && entry->option_count < MAX_ENTRIES) {
      char *value = strrchr(rest, ' ');
      understood = value != NULL;
      if (understood) {
        *value++ = 0;
        strcpy(entry->option_keys[entry->option_count], rest);
        strcpy(entry->option_values[entry->option_count++], value);
      }
    } else if (strcmp(line, "size") == 0) {
      understood = sscanf(rest, "%ld %ld %ld", &entry->samples, &entry->n, &entry->m) == 3;
    } else if (strcmp(line, "hessian") == 0) {
      entry->has_hessian = atoi(rest);
    } else if (strcmp(line, "float64") == 0) {
      understood = sscanf(rest, "%lf %lf %lf", &entry->float64[0], &entry->float64[1], &entry->float64[2]) == 3;
    } else if (strcmp(line, "float32") == 0) {
      understood = sscanf(rest, "%lf %lf %lf", &entry->float32[0], &entry->float32[1], &entry->float32[2]) == 3;
    } else if (strcmp(line, "expect") == 0) {
      strcpy(entry->expect, rest);
    } else if (strcmp(line, "limits") == 0) {
      understood = sscanf(rest, "%d %d", &entry->seconds, &entry->megabytes) == 2;
    } else if (strcmp(line, "mentions") == 0 && entry->word_count < MAX_ENTRIES) {
      strcpy(entry->words[entry->word_count++], rest);
    } else if (strcmp(line, "reference") == 0) {
      entry->has_reference = 1;
      understood = sscanf(rest, "%ld %ld %lf %lf", &entry->n, &entry->m, &entry->reference_tolerance[0],
                          &entry->reference_tolerance[1]) == 4;
    } else {
      understood = 0;
    }
    if (!understood) {
      fprintf(stderr, "the index of the corpus has a line '%s %s' that is not understood\n", line,
              rest == NULL ? "" : rest);
      exit(2);
    }
  }
  return 0;
}

/* Reads a reference array; ends the program if it is not there in full, for a test without its data is worth nothing. */
static double *read_doubles(const char *folder, const char *name, size_t count) {
  char path[4 * MAX_TEXT];
  snprintf(path, sizeof path, "%s/%s.bin", folder, name);
  FILE *file = fopen(path, "rb");
  double *values = malloc((count + 1) * sizeof *values);
  if (file == NULL || values == NULL || fread(values, sizeof *values, count + 1, file) != count) {
    fprintf(stderr, "%s is not there or does not hold %zu numbers\n", path, count);
    exit(2);
  }
  fclose(file);
  return values;
}

/* For the worst of `samples`: the largest difference over the largest reference value (or over 1, if all are 0). */
static double worst_error(const double *values, const double *reference, size_t samples, size_t width) {
  double worst = 0;
  for (size_t s = 0; s < samples; s++) {
    double difference = 0, size = 0;
    for (size_t k = s * width; k < (s + 1) * width; k++) {
      const double d = values[k] > reference[k] ? values[k] - reference[k] : reference[k] - values[k];
      const double r = reference[k] < 0 ? -reference[k] : reference[k];
      if (values[k] != values[k] && reference[k] != reference[k]) continue;
      if (!(d <= difference)) difference = d == d ? d : 1e300;
      if (r > size) size = r;
    }
    if (size > 0) difference /= size;
    if (difference > worst) worst = difference;
  }
  return worst;
}

#endif
