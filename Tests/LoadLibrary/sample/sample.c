/* What test_loadlibrary.m calls. Only what sample.h declares in a form that the parser takes. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct sample_counter { int64_t value; } sample_counter;

int sample_add(int a, int b) { return a + b; }

int32_t sample_create(int32_t start, sample_counter **counter)
{
  if (start < 0)
    return -1;
  *counter = malloc(sizeof **counter);
  (*counter)->value = start;
  return 0;
}

int64_t sample_next(sample_counter *counter) { return counter ? ++counter->value : -1; }
void sample_release(sample_counter *counter) { free(counter); }
sample_counter *sample_same(const sample_counter *counter) { return (sample_counter *)counter; }
const char *sample_text(void) { return "text"; }
const char *sample_null_text(void) { return NULL; }

void sample_scale(double *values, size_t count, double factor)
{
  size_t k;
  for (k = 0; values && k < count; k++)
    values[k] *= factor;
}

float sample_sum_f32(const float *values, int64_t count)
{
  float sum = 0;
  int64_t k;
  for (k = 0; k < count; k++)
    sum += values[k];
  return sum;
}

double sample_mean(const double *values, int count)
{
  double sum = 0;
  int k;
  for (k = 0; k < count; k++)
    sum += values[k];
  return sum / count;
}

void sample_upper(char *text)
{
  for (; *text; text++)
    *text = (char)toupper((unsigned char)*text);
}

int sample_next_colour(int colour) { return colour == 0 ? 5 : 6; }

uint8_t sample_small(unsigned char a, signed short b, unsigned long c, unsigned long long d, int e)
{
  return (uint8_t)(a + b + (int)c + (int)d + e);
}

int64_t sample_bytes(const void *bytes, size_t size)
{
  int64_t sum = 0;
  size_t k;
  for (k = 0; k < size; k++)
    sum += ((const unsigned char *)bytes)[k];
  return sum;
}

void sample_fill(int64_t *values, const int32_t *from, size_t count)
{
  size_t k;
  for (k = 0; k < count; k++)
    values[k] = (int64_t)from[k] << 33;
}

void sample_three(double ***deep) { (void)deep; }
void sample_callback(void (*callback)(int), int a) { (void)callback; (void)a; }
int _sample_underscore(void) { return 7; }
double sample_restrict(const double *values) { return values[0]; }
int sample_nonnull(char *text) { return text[0]; }
int sample_visible(void) { return 1; }
void sample_comma(void (*callback)(int, double), int a) { (void)callback; (void)a; }
int sample_variadic(const char *format, ...) { return format[0]; }
int sample_only_in_an_included_file(void) { return 3; }
