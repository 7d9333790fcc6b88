/* Included by sample.h: types are learnt from here, functions are not taken. */
typedef double sample_real;
int32_t sample_only_in_an_included_file(void);
