#include <cblas.h>

/* Declared by OpenBLAS's own cblas.h, not by the reference header that Debian may select as an alternative. */
extern void openblas_set_num_threads(int num_threads);
extern int openblas_get_num_threads(void);
