/* empty_mex.c - What a call of any MEX file costs; octave.m measures the others against it. */
#include "mex.h"

void mexFunction(int nlhs, mxArray *plhs[], int nrhs, const mxArray *prhs[])
{
  (void)nlhs;
  (void)plhs;
  (void)nrhs;
  (void)prhs;
}
