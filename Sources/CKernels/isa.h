/*
 * isa.h - What differs between instruction sets, for a file that is compiled once for each.
 *
 * A file that defines NETJAC_VARIANT_AVX2 or NETJAC_VARIANT_AVX512 before it includes this gets that
 * instruction set for all functions that follow; otherwise it gets the compiler's default.
 */
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(NETJAC_VARIANT_AVX512)
#define VECTOR_BYTES 64
#define HAS_FUSED_MULTIPLY_ADD 1
#define VECTOR_REGISTERS 32
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi,bmi2,lzcnt,popcnt"))), \
  apply_to = function)
#elif defined(NETJAC_VARIANT_AVX2)
#define VECTOR_BYTES 32
#define HAS_FUSED_MULTIPLY_ADD 1
#define VECTOR_REGISTERS 16
#pragma clang attribute push( \
  __attribute__((target("avx2,fma,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#else
#define VECTOR_BYTES 16
#if defined(__aarch64__)
#define HAS_FUSED_MULTIPLY_ADD 1
#define VECTOR_REGISTERS 32
#else
#define HAS_FUSED_MULTIPLY_ADD 0
#define VECTOR_REGISTERS 16
#endif
#endif

/* A product and a sum fuse only where the text says so: a compiler that contracts expressions as it
   likes could treat the last elements of an array differently from the others. */
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
