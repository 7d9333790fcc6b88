#define _GNU_SOURCE
#include "exhaustion.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Smaller blocks are not mapped one by one; for them the reserve goes back to malloc(). */
enum { LEAST = 1 << 16, MOST_BLOCKS = 256, PAGE = 1 << 12 };

/*
 * What a thread misses, as a pointer. Variables of threads would take space that hosts with many libraries run out of, or
 * be allocated at a thread's first call; the values of keys are neither, but for a thread's first note.
 */
static pthread_key_t missing;
static atomic_int has_key;
/* Whether any thread ever missed something: so that others need not look. */
static atomic_int is_noted;

static void note(size_t bytes) {
  if (!atomic_load(&has_key)) return;
  const size_t before = (size_t)(uintptr_t)pthread_getspecific(missing);
  pthread_setspecific(missing, (void *)(uintptr_t)(before > SIZE_MAX - bytes ? SIZE_MAX : before + bytes));
  atomic_store(&is_noted, 1);
}

size_t netjac_exhaustion(void) {
  return atomic_load_explicit(&is_noted, memory_order_relaxed) ? (size_t)(uintptr_t)pthread_getspecific(missing) : 0;
}

/* Defined by the linker where the library is linked with --wrap. */
extern void *__real_malloc(size_t) __attribute__((weak));
extern void *__real_calloc(size_t, size_t) __attribute__((weak));
extern void *__real_realloc(void *, size_t) __attribute__((weak));
extern void *__real_aligned_alloc(size_t, size_t) __attribute__((weak));
extern int __real_posix_memalign(void **, size_t, size_t) __attribute__((weak));
extern void __real_free(void *) __attribute__((weak));
extern size_t __real_malloc_usable_size(void *) __attribute__((weak));

int netjac_can_allocate(size_t bytes) {
  void *block = __real_malloc ? __real_malloc(bytes) : malloc(bytes);
  if (block == NULL) return 0;
  if (__real_free)
    __real_free(block);
  else
    free(block);
  return 1;
}

/* ---- The reserve: address space for the time when there is none left ---- */

enum { RESERVE = 64 << 20 };
static _Atomic(void *) reserve;

/* Pages that nobody touches take no memory. */
__attribute__((constructor)) static void keep_reserve(void) {
  if (__real_malloc == NULL) return;
  if (!atomic_load(&has_key)) atomic_store(&has_key, pthread_key_create(&missing, NULL) == 0);
  void *pages = mmap(NULL, RESERVE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  void *none = NULL;
  if (pages != MAP_FAILED && !atomic_compare_exchange_strong(&reserve, &none, pages)) munmap(pages, RESERVE);
}

static int give_reserve_up(void) {
  void *pages = atomic_exchange(&reserve, NULL);
  return pages != NULL && munmap(pages, RESERVE) == 0;
}

void netjac_forget_exhaustion(void) {
  if (__builtin_expect(!atomic_load_explicit(&is_noted, memory_order_relaxed), 1)) return;
  pthread_setspecific(missing, NULL);
  if (atomic_load(&reserve) == NULL) keep_reserve();
}

/* ---- Blocks that are mapped directly ---- */

/* Addresses of blocks; NULL for a free place. */
static _Atomic(void *) blocks[MOST_BLOCKS];
static atomic_int block_count;

/* A page in front of a block holds the bytes that are mapped. */
static size_t *mapped_size(void *block) { return (size_t *)(void *)((char *)block - PAGE); }

static void *map_block(size_t bytes) {
  if (bytes < LEAST || bytes > SIZE_MAX / 2) return NULL;
  note(bytes);
  const size_t size = (bytes + 2 * PAGE - 1) / PAGE * PAGE;
  char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED && give_reserve_up())
    start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  void *block = start + PAGE;
  *mapped_size(block) = size;
  for (int k = 0; k < MOST_BLOCKS; k++) {
    void *none = NULL;
    if (atomic_compare_exchange_strong(&blocks[k], &none, block)) {
      atomic_fetch_add(&block_count, 1);
      return block;
    }
  }
  munmap(start, size);
  return NULL;
}

static int place_of(const void *block) {
  if (block == NULL || atomic_load_explicit(&block_count, memory_order_relaxed) == 0) return -1;
  for (int k = 0; k < MOST_BLOCKS; k++)
    if (atomic_load(&blocks[k]) == block) return k;
  return -1;
}

static void unmap_block(void *block, int place) {
  atomic_store(&blocks[place], NULL);
  atomic_fetch_sub(&block_count, 1);
  munmap((char *)block - PAGE, *mapped_size(block));
}

static size_t usable_size(void *block) { return *mapped_size(block) - PAGE; }

/* ---- What the library's own calls of the allocation functions are linked to ---- */

void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
int __wrap_posix_memalign(void **block, size_t alignment, size_t bytes);
void __wrap_free(void *block);
size_t __wrap_malloc_usable_size(void *block);

/* After a small allocation failed: whether it may succeed now. */
static int may_retry(size_t bytes) {
  if (bytes >= LEAST) return 0;
  note(bytes);
  return give_reserve_up();
}

void *__wrap_malloc(size_t bytes) {
  void *block = __real_malloc(bytes);
  if (block == NULL && may_retry(bytes)) block = __real_malloc(bytes);
  return block ? block : map_block(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
  void *block = __real_calloc(count, bytes);
  if (block || (bytes && count > SIZE_MAX / bytes)) return block;
  if (may_retry(count * bytes)) block = __real_calloc(count, bytes);
  return block ? block : map_block(count * bytes);
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  void *block = __real_aligned_alloc(alignment, bytes);
  if (block == NULL && may_retry(bytes)) block = __real_aligned_alloc(alignment, bytes);
  return block || alignment > PAGE ? block : map_block(bytes);
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t bytes) {
  int error = __real_posix_memalign(block, alignment, bytes);
  if (error == ENOMEM && may_retry(bytes)) error = __real_posix_memalign(block, alignment, bytes);
  if (error != ENOMEM || alignment > PAGE) return error;
  void *mapped = map_block(bytes);
  if (mapped == NULL) return error;
  *block = mapped;
  return 0;
}

void *__wrap_realloc(void *block, size_t bytes) {
  const int place = place_of(block);
  if (place < 0) {
    void *moved = __real_realloc(block, bytes);
    if (moved == NULL && may_retry(bytes)) moved = __real_realloc(block, bytes);
    if (moved || bytes < LEAST) return moved;
    moved = map_block(bytes);
    if (moved && block) {
      const size_t held = __real_malloc_usable_size(block);
      memcpy(moved, block, held < bytes ? held : bytes);
      __real_free(block);
    }
    return moved;
  }
  void *moved = __wrap_malloc(bytes);
  if (moved == NULL) return NULL;
  const size_t held = usable_size(block);
  memcpy(moved, block, held < bytes ? held : bytes);
  unmap_block(block, place);
  return moved;
}

void __wrap_free(void *block) {
  const int place = place_of(block);
  if (place < 0)
    __real_free(block);
  else
    unmap_block(block, place);
}

size_t __wrap_malloc_usable_size(void *block) {
  return place_of(block) < 0 ? __real_malloc_usable_size(block) : usable_size(block);
}
