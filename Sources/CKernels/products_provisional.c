/* Provisional plain loops behind products.h, to be deleted with the arrival of the fast ones. */
#include "products.h"
#define E(T,S) \
int64_t netjac_packed_size_##S(int64_t k, int64_t n){return k*n+1;} \
void netjac_pack_##S(T *p, const T *b, int64_t rs, int64_t cs, int64_t k, int64_t n){for(int64_t i=0;i<k;i++)for(int64_t j=0;j<n;j++)p[i*n+j]=b[i*rs+j*cs];} \
static void st_##S(T *y, int64_t ys, const T *a, int64_t ars, int64_t acs, const T *b, int64_t brs, int64_t bcs, int64_t m, int64_t n, int64_t k, const netjac_epilogue_##S *e, T *scratch){ \
 for(int64_t r=0;r<m;r++)for(int64_t c=0;c<n;c++){T s=e&&e->addend?e->addend[r*e->addend_stride+c]:0;for(int64_t i=0;i<k;i++)s+=a[r*ars+i*acs]*b[i*brs+c*bcs];y[r*ys+c]=s;}} \
static void pk_##S(T *y, int64_t ys, const T *a, int64_t ars, int64_t acs, const T *p, int64_t m, int64_t n, int64_t k, const netjac_epilogue_##S *e){st_##S(y,ys,a,ars,acs,p,n,1,m,n,k,e,0);} \
netjac_product_##S netjac_find_product_##S(int64_t m, int64_t n, int64_t k){return pk_##S;} \
netjac_product_strided_##S netjac_find_product_strided_##S(void){return st_##S;}
E(double,f64)
E(float,f32)
