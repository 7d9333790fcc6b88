/*
 * Linked into the library instead of OpenBLAS's own start of its worker threads (the linker's --wrap).
 *
 * OpenBLAS starts one thread per core as soon as it is loaded, before anybody can ask it not to. NetJac spreads its work
 * itself and calls OpenBLAS for one thread's share only, so those threads would sit idle in every host.
 */
extern int blas_cpu_number, blas_num_threads;

int __wrap_blas_thread_init(void);

int __wrap_blas_thread_init(void) {
  blas_cpu_number = blas_num_threads = 1;
  return 0;
}
