/* AVX-512 F, DQ, VL and BW. */
#if defined(__x86_64__)
#define NETJAC_VARIANT_AVX512
#define VARIANT netjac_variant_avx512
#include "variant_body.h"
#pragma clang attribute pop
#else
typedef int netjac_no_avx512; /* A file must declare something. */
#endif
