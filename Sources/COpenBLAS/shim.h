#include <cblas.h>

/* Declared by OpenBLAS's own cblas.h, not by the reference header that Debian may select as an alternative. */
extern void openblas_set_num_threads(int num_threads);
extern int openblas_get_num_threads(void);
extern char *openblas_get_corename(void);

/* LAPACK's Cholesky factorisation and the solution with it, which OpenBLAS implements itself. */
extern void dpotrf_(const char *triangle, const int *n, double *a, const int *rows, int *info);
extern void dpotrs_(const char *triangle, const int *n, const int *columns, const double *a, const int *a_rows,
                    double *b, const int *b_rows, int *info);
