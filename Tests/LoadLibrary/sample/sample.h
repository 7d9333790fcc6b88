/* A header with what MATLAB's loadlibrary takes and what it rejects or mangles; test_loadlibrary.m expects each. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "sample_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SAMPLE_EXPORT
#define SAMPLE_CONSTANT 42

// Taken.
typedef struct sample_counter sample_counter;
struct sample_forward;
typedef int32_t sample_status;
typedef enum { SAMPLE_RED, SAMPLE_GREEN = 5, SAMPLE_BLUE, SAMPLE_MASK = 0x10, SAMPLE_SUM = SAMPLE_GREEN + 2 } sample_colour;
enum sample_code { SAMPLE_OK = 0, SAMPLE_BAD = -1 };
struct sample_point { double x; double y[2]; const char *name; };

int sample_add(int a, int b);
SAMPLE_EXPORT sample_status sample_create(int32_t start,
                                          sample_counter **counter);
int64_t sample_next(sample_counter *counter);
void sample_release(sample_counter *counter);
const char *sample_text(void);
const char *sample_null_text(void);
extern void sample_scale(double *values, size_t count, double factor);
float sample_sum_f32(const float *, int64_t);
sample_real sample_mean(const sample_real values[], int count);
void sample_upper(char *text);
sample_colour sample_next_colour(sample_colour colour);
uint8_t sample_small(unsigned char a, signed short b, unsigned long c, unsigned long long d, bool e);
int64_t sample_bytes(const void *bytes, size_t size);
void sample_fill(int64_t *values, const int32_t *from, size_t count);
static inline int sample_inline(int a) { return a + 1; }
struct sample_counter *sample_same(const struct sample_counter *counter);
void sample_three(double ***deep);
void sample_callback(void (*callback)(int), int a);
int _sample_underscore(void);
int sample_missing(void);

// Rejected or mangled.
__attribute__((visibility("default"))) int sample_visible(void);
int sample_nonnull(char *text) __attribute__((nonnull(1)));
double sample_restrict(const double *restrict values);
void sample_comma(void (*callback)(int, double), int a);
int sample_variadic(const char *format, ...);
long double sample_long_double(void);
double _Complex sample_complex(void);
_Noreturn void sample_stop(void);
enum { SAMPLE_ANONYMOUS_A, SAMPLE_ANONYMOUS_B };
union sample_union { int a; double b; };
struct sample_bits { int a : 3; };
struct sample_nested { struct { int a; } inner; };
void sample_by_value(struct sample_point point);
sample_unheard_of sample_unknown(void);

#ifdef __cplusplus
}
#endif

#endif
