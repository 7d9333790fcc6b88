function [methodinfo, structs, enuminfo, ThunkLibName] = netjac_proto()
  % NETJAC_PROTO  What loadlibrary needs to know about libnetjac.
  %
  % Written by netjac_generate from include/netjac.h; do not edit.

  ThunkLibName = netjac.internal.locate('thunk');
  ival = {cell(1, 0)};
  fcns = struct('name', ival, 'calltype', ival, 'LHS', ival, 'RHS', ival, 'alias', ival, 'thunkname', ival);

  % const char * netjac_version(void)
  fcns.name{1} = 'netjac_version';
  fcns.calltype{1} = 'Thunk';
  fcns.thunkname{1} = 'cstringvoidThunk';
  fcns.LHS{1} = 'cstring';
  fcns.RHS{1} = [];

  % const char * netjac_last_error(void)
  fcns.name{2} = 'netjac_last_error';
  fcns.calltype{2} = 'Thunk';
  fcns.thunkname{2} = 'cstringvoidThunk';
  fcns.LHS{2} = 'cstring';
  fcns.RHS{2} = [];

  % const char * netjac_status_name(netjac_status status)
  fcns.name{3} = 'netjac_status_name';
  fcns.calltype{3} = 'Thunk';
  fcns.thunkname{3} = 'cstringint32Thunk';
  fcns.LHS{3} = 'cstring';
  fcns.RHS{3} = {'int32'};

  % netjac_options * netjac_options_create(void)
  fcns.name{4} = 'netjac_options_create';
  fcns.calltype{4} = 'Thunk';
  fcns.thunkname{4} = 'voidPtrvoidThunk';
  fcns.LHS{4} = 'netjac_optionsPtr';
  fcns.RHS{4} = [];

  % netjac_status netjac_options_set(netjac_options *options, const char *key, const char *value)
  fcns.name{5} = 'netjac_options_set';
  fcns.calltype{5} = 'Thunk';
  fcns.thunkname{5} = 'int32voidPtrcstringcstringThunk';
  fcns.LHS{5} = 'int32';
  fcns.RHS{5} = {'netjac_optionsPtr', 'cstring', 'cstring'};

  % void netjac_options_release(netjac_options *options)
  fcns.name{6} = 'netjac_options_release';
  fcns.calltype{6} = 'Thunk';
  fcns.thunkname{6} = 'voidvoidPtrThunk';
  fcns.LHS{6} = [];
  fcns.RHS{6} = {'netjac_optionsPtr'};

  % netjac_status netjac_load(const char *path, const netjac_options *options, netjac_network **network)
  fcns.name{7} = 'netjac_load';
  fcns.calltype{7} = 'Thunk';
  fcns.thunkname{7} = 'int32cstringvoidPtrvoidPtrThunk';
  fcns.LHS{7} = 'int32';
  fcns.RHS{7} = {'cstring', 'netjac_optionsPtr', 'netjac_networkPtrPtr'};

  % netjac_status netjac_load_bytes(const void *bytes, size_t size, const netjac_options *options, netjac_network **network)
  fcns.name{8} = 'netjac_load_bytes';
  fcns.calltype{8} = 'Thunk';
  fcns.thunkname{8} = 'int32voidPtruint64voidPtrvoidPtrThunk';
  fcns.LHS{8} = 'int32';
  fcns.RHS{8} = {'voidPtr', 'uint64', 'netjac_optionsPtr', 'netjac_networkPtrPtr'};

  % void netjac_release(netjac_network *network)
  fcns.name{9} = 'netjac_release';
  fcns.calltype{9} = 'Thunk';
  fcns.thunkname{9} = 'voidvoidPtrThunk';
  fcns.LHS{9} = [];
  fcns.RHS{9} = {'netjac_networkPtr'};

  % int32_t netjac_input_count(const netjac_network *network)
  fcns.name{10} = 'netjac_input_count';
  fcns.calltype{10} = 'Thunk';
  fcns.thunkname{10} = 'int32voidPtrThunk';
  fcns.LHS{10} = 'int32';
  fcns.RHS{10} = {'netjac_networkPtr'};

  % int32_t netjac_output_count(const netjac_network *network)
  fcns.name{11} = 'netjac_output_count';
  fcns.calltype{11} = 'Thunk';
  fcns.thunkname{11} = 'int32voidPtrThunk';
  fcns.LHS{11} = 'int32';
  fcns.RHS{11} = {'netjac_networkPtr'};

  % const char * netjac_input_name(const netjac_network *network, int32_t index)
  fcns.name{12} = 'netjac_input_name';
  fcns.calltype{12} = 'Thunk';
  fcns.thunkname{12} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{12} = 'cstring';
  fcns.RHS{12} = {'netjac_networkPtr', 'int32'};

  % const char * netjac_output_name(const netjac_network *network, int32_t index)
  fcns.name{13} = 'netjac_output_name';
  fcns.calltype{13} = 'Thunk';
  fcns.thunkname{13} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{13} = 'cstring';
  fcns.RHS{13} = {'netjac_networkPtr', 'int32'};

  % int32_t netjac_input_rank(const netjac_network *network, int32_t index)
  fcns.name{14} = 'netjac_input_rank';
  fcns.calltype{14} = 'Thunk';
  fcns.thunkname{14} = 'int32voidPtrint32Thunk';
  fcns.LHS{14} = 'int32';
  fcns.RHS{14} = {'netjac_networkPtr', 'int32'};

  % int32_t netjac_output_rank(const netjac_network *network, int32_t index)
  fcns.name{15} = 'netjac_output_rank';
  fcns.calltype{15} = 'Thunk';
  fcns.thunkname{15} = 'int32voidPtrint32Thunk';
  fcns.LHS{15} = 'int32';
  fcns.RHS{15} = {'netjac_networkPtr', 'int32'};

  % int64_t netjac_input_dim(const netjac_network *network, int32_t index, int32_t axis)
  fcns.name{16} = 'netjac_input_dim';
  fcns.calltype{16} = 'Thunk';
  fcns.thunkname{16} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{16} = 'int64';
  fcns.RHS{16} = {'netjac_networkPtr', 'int32', 'int32'};

  % int64_t netjac_output_dim(const netjac_network *network, int32_t index, int32_t axis)
  fcns.name{17} = 'netjac_output_dim';
  fcns.calltype{17} = 'Thunk';
  fcns.thunkname{17} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{17} = 'int64';
  fcns.RHS{17} = {'netjac_networkPtr', 'int32', 'int32'};

  % int64_t netjac_input_size(const netjac_network *network)
  fcns.name{18} = 'netjac_input_size';
  fcns.calltype{18} = 'Thunk';
  fcns.thunkname{18} = 'int64voidPtrThunk';
  fcns.LHS{18} = 'int64';
  fcns.RHS{18} = {'netjac_networkPtr'};

  % int64_t netjac_output_size(const netjac_network *network)
  fcns.name{19} = 'netjac_output_size';
  fcns.calltype{19} = 'Thunk';
  fcns.thunkname{19} = 'int64voidPtrThunk';
  fcns.LHS{19} = 'int64';
  fcns.RHS{19} = {'netjac_networkPtr'};

  % netjac_status netjac_forward(netjac_network *network, int64_t samples, const double *x, double *y)
  fcns.name{20} = 'netjac_forward';
  fcns.calltype{20} = 'Thunk';
  fcns.thunkname{20} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{20} = 'int32';
  fcns.RHS{20} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_jacobian(netjac_network *network, int64_t samples, const double *x, double *y, double *jacobian, netjac_order order)
  fcns.name{21} = 'netjac_jacobian';
  fcns.calltype{21} = 'Thunk';
  fcns.thunkname{21} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrint32Thunk';
  fcns.LHS{21} = 'int32';
  fcns.RHS{21} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'int32'};

  % netjac_status netjac_jvp(netjac_network *network, int64_t samples, const double *x, const double *tangent, double *y, double *product)
  fcns.name{22} = 'netjac_jvp';
  fcns.calltype{22} = 'Thunk';
  fcns.thunkname{22} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{22} = 'int32';
  fcns.RHS{22} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_vjp(netjac_network *network, int64_t samples, const double *x, const double *cotangent, double *y, double *product)
  fcns.name{23} = 'netjac_vjp';
  fcns.calltype{23} = 'Thunk';
  fcns.thunkname{23} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{23} = 'int32';
  fcns.RHS{23} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_hessian(netjac_network *network, int64_t samples, const double *x, const double *weights, double *hessian)
  fcns.name{24} = 'netjac_hessian';
  fcns.calltype{24} = 'Thunk';
  fcns.thunkname{24} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{24} = 'int32';
  fcns.RHS{24} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_jacobian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers, int64_t *row_indices)
  fcns.name{25} = 'netjac_jacobian_sparsity';
  fcns.calltype{25} = 'Thunk';
  fcns.thunkname{25} = 'int32voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{25} = 'int32';
  fcns.RHS{25} = {'netjac_networkPtr', 'int64Ptr', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_jacobian_sparse(netjac_network *network, int64_t samples, const double *x, double *y, double *values)
  fcns.name{26} = 'netjac_jacobian_sparse';
  fcns.calltype{26} = 'Thunk';
  fcns.thunkname{26} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{26} = 'int32';
  fcns.RHS{26} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_forward_f32(netjac_network *network, int64_t samples, const float *x, float *y)
  fcns.name{27} = 'netjac_forward_f32';
  fcns.calltype{27} = 'Thunk';
  fcns.thunkname{27} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{27} = 'int32';
  fcns.RHS{27} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_jacobian_f32(netjac_network *network, int64_t samples, const float *x, float *y, float *jacobian, netjac_order order)
  fcns.name{28} = 'netjac_jacobian_f32';
  fcns.calltype{28} = 'Thunk';
  fcns.thunkname{28} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrint32Thunk';
  fcns.LHS{28} = 'int32';
  fcns.RHS{28} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'int32'};

  % netjac_status netjac_jvp_f32(netjac_network *network, int64_t samples, const float *x, const float *tangent, float *y, float *product)
  fcns.name{29} = 'netjac_jvp_f32';
  fcns.calltype{29} = 'Thunk';
  fcns.thunkname{29} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{29} = 'int32';
  fcns.RHS{29} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_vjp_f32(netjac_network *network, int64_t samples, const float *x, const float *cotangent, float *y, float *product)
  fcns.name{30} = 'netjac_vjp_f32';
  fcns.calltype{30} = 'Thunk';
  fcns.thunkname{30} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{30} = 'int32';
  fcns.RHS{30} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_hessian_f32(netjac_network *network, int64_t samples, const float *x, const float *weights, float *hessian)
  fcns.name{31} = 'netjac_hessian_f32';
  fcns.calltype{31} = 'Thunk';
  fcns.thunkname{31} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{31} = 'int32';
  fcns.RHS{31} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_jacobian_sparse_f32(netjac_network *network, int64_t samples, const float *x, float *y, float *values)
  fcns.name{32} = 'netjac_jacobian_sparse_f32';
  fcns.calltype{32} = 'Thunk';
  fcns.thunkname{32} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{32} = 'int32';
  fcns.RHS{32} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_prepare(netjac_network *network, const char *task, int64_t samples)
  fcns.name{33} = 'netjac_prepare';
  fcns.calltype{33} = 'Thunk';
  fcns.thunkname{33} = 'int32voidPtrcstringint64Thunk';
  fcns.LHS{33} = 'int32';
  fcns.RHS{33} = {'netjac_networkPtr', 'cstring', 'int64'};

  % netjac_status netjac_jacobian_plan(netjac_network *network, char *buffer, size_t size, size_t *needed)
  fcns.name{34} = 'netjac_jacobian_plan';
  fcns.calltype{34} = 'Thunk';
  fcns.thunkname{34} = 'int32voidPtrcstringuint64voidPtrThunk';
  fcns.LHS{34} = 'int32';
  fcns.RHS{34} = {'netjac_networkPtr', 'cstring', 'uint64', 'uint64Ptr'};

  % netjac_status netjac_jacobian_cost(netjac_network *network, int64_t *chosen, int64_t *forward, int64_t *reverse)
  fcns.name{35} = 'netjac_jacobian_cost';
  fcns.calltype{35} = 'Thunk';
  fcns.thunkname{35} = 'int32voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{35} = 'int32';
  fcns.RHS{35} = {'netjac_networkPtr', 'int64Ptr', 'int64Ptr', 'int64Ptr'};

  structs.netjac_network.members = struct([]);
  structs.netjac_options.members = struct([]);
  enuminfo.netjac_status_code = struct('NETJAC_OK', 0, 'NETJAC_ERROR_ARGUMENT', -1, 'NETJAC_ERROR_OPTION', -2, 'NETJAC_ERROR_FILE', -3, 'NETJAC_ERROR_FORMAT', -4, 'NETJAC_ERROR_UNSUPPORTED', -5, 'NETJAC_ERROR_SHAPE', -6, 'NETJAC_ERROR_MEMORY', -7, 'NETJAC_ERROR_DEFECT', -8);
  enuminfo.netjac_order_code = struct('NETJAC_ROW_MAJOR', 0, 'NETJAC_COLUMN_MAJOR', 1);
  methodinfo = fcns;
end
