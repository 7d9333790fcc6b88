/* The instruction set that the compiler assumes. */
#define VARIANT netjac_variant_baseline
#include "variant_body.h"
