/* AVX2 and FMA. */
#if defined(__x86_64__)
#define NETJAC_VARIANT_AVX2
#define VARIANT netjac_variant_avx2
#include "variant_body.h"
#pragma clang attribute pop
#else
typedef int netjac_no_avx2; /* A file must declare something. */
#endif
