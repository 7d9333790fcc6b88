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

  % const char * netjac_last_reason(void)
  fcns.name{3} = 'netjac_last_reason';
  fcns.calltype{3} = 'Thunk';
  fcns.thunkname{3} = 'cstringvoidThunk';
  fcns.LHS{3} = 'cstring';
  fcns.RHS{3} = [];

  % const char * netjac_status_name(netjac_status status)
  fcns.name{4} = 'netjac_status_name';
  fcns.calltype{4} = 'Thunk';
  fcns.thunkname{4} = 'cstringint32Thunk';
  fcns.LHS{4} = 'cstring';
  fcns.RHS{4} = {'int32'};

  % int32_t netjac_handle_kind(const void *handle)
  fcns.name{5} = 'netjac_handle_kind';
  fcns.calltype{5} = 'Thunk';
  fcns.thunkname{5} = 'int32voidPtrThunk';
  fcns.LHS{5} = 'int32';
  fcns.RHS{5} = {'voidPtr'};

  % netjac_options * netjac_options_create(void)
  fcns.name{6} = 'netjac_options_create';
  fcns.calltype{6} = 'Thunk';
  fcns.thunkname{6} = 'voidPtrvoidThunk';
  fcns.LHS{6} = 'netjac_optionsPtr';
  fcns.RHS{6} = [];

  % netjac_status netjac_options_set(netjac_options *options, const char *key, const char *value)
  fcns.name{7} = 'netjac_options_set';
  fcns.calltype{7} = 'Thunk';
  fcns.thunkname{7} = 'int32voidPtrcstringcstringThunk';
  fcns.LHS{7} = 'int32';
  fcns.RHS{7} = {'netjac_optionsPtr', 'cstring', 'cstring'};

  % void netjac_options_release(netjac_options *options)
  fcns.name{8} = 'netjac_options_release';
  fcns.calltype{8} = 'Thunk';
  fcns.thunkname{8} = 'voidvoidPtrThunk';
  fcns.LHS{8} = [];
  fcns.RHS{8} = {'netjac_optionsPtr'};

  % netjac_status netjac_load(const char *path, const netjac_options *options, netjac_network **network)
  fcns.name{9} = 'netjac_load';
  fcns.calltype{9} = 'Thunk';
  fcns.thunkname{9} = 'int32cstringvoidPtrvoidPtrThunk';
  fcns.LHS{9} = 'int32';
  fcns.RHS{9} = {'cstring', 'netjac_optionsPtr', 'netjac_networkPtrPtr'};

  % netjac_status netjac_load_bytes(const void *bytes, size_t size, const netjac_options *options, netjac_network **network)
  fcns.name{10} = 'netjac_load_bytes';
  fcns.calltype{10} = 'Thunk';
  fcns.thunkname{10} = 'int32voidPtruint64voidPtrvoidPtrThunk';
  fcns.LHS{10} = 'int32';
  fcns.RHS{10} = {'voidPtr', 'uint64', 'netjac_optionsPtr', 'netjac_networkPtrPtr'};

  % void netjac_release(netjac_network *network)
  fcns.name{11} = 'netjac_release';
  fcns.calltype{11} = 'Thunk';
  fcns.thunkname{11} = 'voidvoidPtrThunk';
  fcns.LHS{11} = [];
  fcns.RHS{11} = {'netjac_networkPtr'};

  % int32_t netjac_input_count(const netjac_network *network)
  fcns.name{12} = 'netjac_input_count';
  fcns.calltype{12} = 'Thunk';
  fcns.thunkname{12} = 'int32voidPtrThunk';
  fcns.LHS{12} = 'int32';
  fcns.RHS{12} = {'netjac_networkPtr'};

  % int32_t netjac_output_count(const netjac_network *network)
  fcns.name{13} = 'netjac_output_count';
  fcns.calltype{13} = 'Thunk';
  fcns.thunkname{13} = 'int32voidPtrThunk';
  fcns.LHS{13} = 'int32';
  fcns.RHS{13} = {'netjac_networkPtr'};

  % const char * netjac_input_name(const netjac_network *network, int32_t index)
  fcns.name{14} = 'netjac_input_name';
  fcns.calltype{14} = 'Thunk';
  fcns.thunkname{14} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{14} = 'cstring';
  fcns.RHS{14} = {'netjac_networkPtr', 'int32'};

  % const char * netjac_input_type(const netjac_network *network, int32_t index)
  fcns.name{15} = 'netjac_input_type';
  fcns.calltype{15} = 'Thunk';
  fcns.thunkname{15} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{15} = 'cstring';
  fcns.RHS{15} = {'netjac_networkPtr', 'int32'};

  % const char * netjac_output_name(const netjac_network *network, int32_t index)
  fcns.name{16} = 'netjac_output_name';
  fcns.calltype{16} = 'Thunk';
  fcns.thunkname{16} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{16} = 'cstring';
  fcns.RHS{16} = {'netjac_networkPtr', 'int32'};

  % int32_t netjac_input_rank(const netjac_network *network, int32_t index)
  fcns.name{17} = 'netjac_input_rank';
  fcns.calltype{17} = 'Thunk';
  fcns.thunkname{17} = 'int32voidPtrint32Thunk';
  fcns.LHS{17} = 'int32';
  fcns.RHS{17} = {'netjac_networkPtr', 'int32'};

  % int32_t netjac_output_rank(const netjac_network *network, int32_t index)
  fcns.name{18} = 'netjac_output_rank';
  fcns.calltype{18} = 'Thunk';
  fcns.thunkname{18} = 'int32voidPtrint32Thunk';
  fcns.LHS{18} = 'int32';
  fcns.RHS{18} = {'netjac_networkPtr', 'int32'};

  % int64_t netjac_input_dim(const netjac_network *network, int32_t index, int32_t axis)
  fcns.name{19} = 'netjac_input_dim';
  fcns.calltype{19} = 'Thunk';
  fcns.thunkname{19} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{19} = 'int64';
  fcns.RHS{19} = {'netjac_networkPtr', 'int32', 'int32'};

  % int64_t netjac_output_dim(const netjac_network *network, int32_t index, int32_t axis)
  fcns.name{20} = 'netjac_output_dim';
  fcns.calltype{20} = 'Thunk';
  fcns.thunkname{20} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{20} = 'int64';
  fcns.RHS{20} = {'netjac_networkPtr', 'int32', 'int32'};

  % int64_t netjac_input_size(const netjac_network *network)
  fcns.name{21} = 'netjac_input_size';
  fcns.calltype{21} = 'Thunk';
  fcns.thunkname{21} = 'int64voidPtrThunk';
  fcns.LHS{21} = 'int64';
  fcns.RHS{21} = {'netjac_networkPtr'};

  % int64_t netjac_output_size(const netjac_network *network)
  fcns.name{22} = 'netjac_output_size';
  fcns.calltype{22} = 'Thunk';
  fcns.thunkname{22} = 'int64voidPtrThunk';
  fcns.LHS{22} = 'int64';
  fcns.RHS{22} = {'netjac_networkPtr'};

  % netjac_status netjac_forward(netjac_network *network, int64_t samples, const double *x, double *y)
  fcns.name{23} = 'netjac_forward';
  fcns.calltype{23} = 'Thunk';
  fcns.thunkname{23} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{23} = 'int32';
  fcns.RHS{23} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_jacobian(netjac_network *network, int64_t samples, const double *x, double *y, double *jacobian, netjac_order order)
  fcns.name{24} = 'netjac_jacobian';
  fcns.calltype{24} = 'Thunk';
  fcns.thunkname{24} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrint32Thunk';
  fcns.LHS{24} = 'int32';
  fcns.RHS{24} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'int32'};

  % netjac_status netjac_jvp(netjac_network *network, int64_t samples, const double *x, const double *tangent, double *y, double *product)
  fcns.name{25} = 'netjac_jvp';
  fcns.calltype{25} = 'Thunk';
  fcns.thunkname{25} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{25} = 'int32';
  fcns.RHS{25} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_vjp(netjac_network *network, int64_t samples, const double *x, const double *cotangent, double *y, double *product)
  fcns.name{26} = 'netjac_vjp';
  fcns.calltype{26} = 'Thunk';
  fcns.thunkname{26} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{26} = 'int32';
  fcns.RHS{26} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_hessian(netjac_network *network, int64_t samples, const double *x, const double *weights, double *hessian)
  fcns.name{27} = 'netjac_hessian';
  fcns.calltype{27} = 'Thunk';
  fcns.thunkname{27} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{27} = 'int32';
  fcns.RHS{27} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_hvp(netjac_network *network, int64_t samples, const double *x, const double *weights, const double *tangent, double *product)
  fcns.name{28} = 'netjac_hvp';
  fcns.calltype{28} = 'Thunk';
  fcns.thunkname{28} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{28} = 'int32';
  fcns.RHS{28} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_jacobian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers, int64_t *row_indices)
  fcns.name{29} = 'netjac_jacobian_sparsity';
  fcns.calltype{29} = 'Thunk';
  fcns.thunkname{29} = 'int32voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{29} = 'int32';
  fcns.RHS{29} = {'netjac_networkPtr', 'int64Ptr', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_hessian_sparsity(netjac_network *network, int64_t *nonzeros, int64_t *column_pointers, int64_t *row_indices)
  fcns.name{30} = 'netjac_hessian_sparsity';
  fcns.calltype{30} = 'Thunk';
  fcns.thunkname{30} = 'int32voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{30} = 'int32';
  fcns.RHS{30} = {'netjac_networkPtr', 'int64Ptr', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_jacobian_sparse(netjac_network *network, int64_t samples, const double *x, double *y, double *values)
  fcns.name{31} = 'netjac_jacobian_sparse';
  fcns.calltype{31} = 'Thunk';
  fcns.thunkname{31} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{31} = 'int32';
  fcns.RHS{31} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_forward_f32(netjac_network *network, int64_t samples, const float *x, float *y)
  fcns.name{32} = 'netjac_forward_f32';
  fcns.calltype{32} = 'Thunk';
  fcns.thunkname{32} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{32} = 'int32';
  fcns.RHS{32} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_jacobian_f32(netjac_network *network, int64_t samples, const float *x, float *y, float *jacobian, netjac_order order)
  fcns.name{33} = 'netjac_jacobian_f32';
  fcns.calltype{33} = 'Thunk';
  fcns.thunkname{33} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrint32Thunk';
  fcns.LHS{33} = 'int32';
  fcns.RHS{33} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'int32'};

  % netjac_status netjac_jvp_f32(netjac_network *network, int64_t samples, const float *x, const float *tangent, float *y, float *product)
  fcns.name{34} = 'netjac_jvp_f32';
  fcns.calltype{34} = 'Thunk';
  fcns.thunkname{34} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{34} = 'int32';
  fcns.RHS{34} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_vjp_f32(netjac_network *network, int64_t samples, const float *x, const float *cotangent, float *y, float *product)
  fcns.name{35} = 'netjac_vjp_f32';
  fcns.calltype{35} = 'Thunk';
  fcns.thunkname{35} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{35} = 'int32';
  fcns.RHS{35} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_hessian_f32(netjac_network *network, int64_t samples, const float *x, const float *weights, float *hessian)
  fcns.name{36} = 'netjac_hessian_f32';
  fcns.calltype{36} = 'Thunk';
  fcns.thunkname{36} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{36} = 'int32';
  fcns.RHS{36} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_hvp_f32(netjac_network *network, int64_t samples, const float *x, const float *weights, const float *tangent, float *product)
  fcns.name{37} = 'netjac_hvp_f32';
  fcns.calltype{37} = 'Thunk';
  fcns.thunkname{37} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{37} = 'int32';
  fcns.RHS{37} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_jacobian_sparse_f32(netjac_network *network, int64_t samples, const float *x, float *y, float *values)
  fcns.name{38} = 'netjac_jacobian_sparse_f32';
  fcns.calltype{38} = 'Thunk';
  fcns.thunkname{38} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{38} = 'int32';
  fcns.RHS{38} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_prepare(netjac_network *network, const char *task, int64_t samples)
  fcns.name{39} = 'netjac_prepare';
  fcns.calltype{39} = 'Thunk';
  fcns.thunkname{39} = 'int32voidPtrcstringint64Thunk';
  fcns.LHS{39} = 'int32';
  fcns.RHS{39} = {'netjac_networkPtr', 'cstring', 'int64'};

  % netjac_status netjac_jacobian_plan(netjac_network *network, char *buffer, size_t size, size_t *needed)
  fcns.name{40} = 'netjac_jacobian_plan';
  fcns.calltype{40} = 'Thunk';
  fcns.thunkname{40} = 'int32voidPtrcstringuint64voidPtrThunk';
  fcns.LHS{40} = 'int32';
  fcns.RHS{40} = {'netjac_networkPtr', 'cstring', 'uint64', 'uint64Ptr'};

  % netjac_status netjac_network_plan(netjac_network *network, const char *task, char *buffer, size_t size, size_t *needed)
  fcns.name{41} = 'netjac_network_plan';
  fcns.calltype{41} = 'Thunk';
  fcns.thunkname{41} = 'int32voidPtrcstringcstringuint64voidPtrThunk';
  fcns.LHS{41} = 'int32';
  fcns.RHS{41} = {'netjac_networkPtr', 'cstring', 'cstring', 'uint64', 'uint64Ptr'};

  % netjac_status netjac_jacobian_cost(netjac_network *network, int64_t *chosen, int64_t *forward, int64_t *reverse)
  fcns.name{42} = 'netjac_jacobian_cost';
  fcns.calltype{42} = 'Thunk';
  fcns.thunkname{42} = 'int32voidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{42} = 'int32';
  fcns.RHS{42} = {'netjac_networkPtr', 'int64Ptr', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_jacobian_seeds(netjac_network *network, int64_t *seeds)
  fcns.name{43} = 'netjac_jacobian_seeds';
  fcns.calltype{43} = 'Thunk';
  fcns.thunkname{43} = 'int32voidPtrvoidPtrThunk';
  fcns.LHS{43} = 'int32';
  fcns.RHS{43} = {'netjac_networkPtr', 'int64Ptr'};

  % int32_t netjac_kink_count(netjac_network *network)
  fcns.name{44} = 'netjac_kink_count';
  fcns.calltype{44} = 'Thunk';
  fcns.thunkname{44} = 'int32voidPtrThunk';
  fcns.LHS{44} = 'int32';
  fcns.RHS{44} = {'netjac_networkPtr'};

  % const char * netjac_kink_node(netjac_network *network, int32_t index)
  fcns.name{45} = 'netjac_kink_node';
  fcns.calltype{45} = 'Thunk';
  fcns.thunkname{45} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{45} = 'cstring';
  fcns.RHS{45} = {'netjac_networkPtr', 'int32'};

  % const char * netjac_kink_operator(netjac_network *network, int32_t index)
  fcns.name{46} = 'netjac_kink_operator';
  fcns.calltype{46} = 'Thunk';
  fcns.thunkname{46} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{46} = 'cstring';
  fcns.RHS{46} = {'netjac_networkPtr', 'int32'};

  % const char * netjac_kink_convention(netjac_network *network, int32_t index)
  fcns.name{47} = 'netjac_kink_convention';
  fcns.calltype{47} = 'Thunk';
  fcns.thunkname{47} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{47} = 'cstring';
  fcns.RHS{47} = {'netjac_networkPtr', 'int32'};

  % netjac_status netjac_kinks(netjac_network *network, int64_t samples, const double *x, double *distances)
  fcns.name{48} = 'netjac_kinks';
  fcns.calltype{48} = 'Thunk';
  fcns.thunkname{48} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{48} = 'int32';
  fcns.RHS{48} = {'netjac_networkPtr', 'int64', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_kinks_f32(netjac_network *network, int64_t samples, const float *x, float *distances)
  fcns.name{49} = 'netjac_kinks_f32';
  fcns.calltype{49} = 'Thunk';
  fcns.thunkname{49} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{49} = 'int32';
  fcns.RHS{49} = {'netjac_networkPtr', 'int64', 'singlePtr', 'singlePtr'};

  % netjac_status netjac_graph_create(netjac_graph **graph)
  fcns.name{50} = 'netjac_graph_create';
  fcns.calltype{50} = 'Thunk';
  fcns.thunkname{50} = 'int32voidPtrThunk';
  fcns.LHS{50} = 'int32';
  fcns.RHS{50} = {'netjac_graphPtrPtr'};

  % void netjac_graph_release(netjac_graph *graph)
  fcns.name{51} = 'netjac_graph_release';
  fcns.calltype{51} = 'Thunk';
  fcns.thunkname{51} = 'voidvoidPtrThunk';
  fcns.LHS{51} = [];
  fcns.RHS{51} = {'netjac_graphPtr'};

  % netjac_status netjac_graph_input(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims, int32_t *value)
  fcns.name{52} = 'netjac_graph_input';
  fcns.calltype{52} = 'Thunk';
  fcns.thunkname{52} = 'int32voidPtrcstringint32voidPtrvoidPtrThunk';
  fcns.LHS{52} = 'int32';
  fcns.RHS{52} = {'netjac_graphPtr', 'cstring', 'int32', 'int64Ptr', 'int32Ptr'};

  % netjac_status netjac_graph_parameter(netjac_graph *graph, const char *name, int32_t rank, const int64_t *dims, const double *initial, int32_t *value)
  fcns.name{53} = 'netjac_graph_parameter';
  fcns.calltype{53} = 'Thunk';
  fcns.thunkname{53} = 'int32voidPtrcstringint32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{53} = 'int32';
  fcns.RHS{53} = {'netjac_graphPtr', 'cstring', 'int32', 'int64Ptr', 'doublePtr', 'int32Ptr'};

  % netjac_status netjac_graph_constant(netjac_graph *graph, int32_t rank, const int64_t *dims, const double *data, int32_t *value)
  fcns.name{54} = 'netjac_graph_constant';
  fcns.calltype{54} = 'Thunk';
  fcns.thunkname{54} = 'int32voidPtrint32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{54} = 'int32';
  fcns.RHS{54} = {'netjac_graphPtr', 'int32', 'int64Ptr', 'doublePtr', 'int32Ptr'};

  % netjac_status netjac_graph_apply(netjac_graph *graph, const char *operator_name, int32_t input_count, const int32_t *inputs, const char *attributes, int32_t output_count, int32_t *outputs)
  fcns.name{55} = 'netjac_graph_apply';
  fcns.calltype{55} = 'Thunk';
  fcns.thunkname{55} = 'int32voidPtrcstringint32voidPtrcstringint32voidPtrThunk';
  fcns.LHS{55} = 'int32';
  fcns.RHS{55} = {'netjac_graphPtr', 'cstring', 'int32', 'int32Ptr', 'cstring', 'int32', 'int32Ptr'};

  % netjac_status netjac_graph_gradients(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs, int32_t *gradients)
  fcns.name{56} = 'netjac_graph_gradients';
  fcns.calltype{56} = 'Thunk';
  fcns.thunkname{56} = 'int32voidPtrint32int32voidPtrvoidPtrThunk';
  fcns.LHS{56} = 'int32';
  fcns.RHS{56} = {'netjac_graphPtr', 'int32', 'int32', 'int32Ptr', 'int32Ptr'};

  % netjac_status netjac_graph_jvp(netjac_graph *graph, int32_t y, int32_t count, const int32_t *xs, const int32_t *tangents, int32_t *product)
  fcns.name{57} = 'netjac_graph_jvp';
  fcns.calltype{57} = 'Thunk';
  fcns.thunkname{57} = 'int32voidPtrint32int32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{57} = 'int32';
  fcns.RHS{57} = {'netjac_graphPtr', 'int32', 'int32', 'int32Ptr', 'int32Ptr', 'int32Ptr'};

  % netjac_status netjac_graph_network(netjac_graph *graph, int32_t input_count, const int32_t *inputs, int32_t output_count, const int32_t *outputs, netjac_network **network)
  fcns.name{58} = 'netjac_graph_network';
  fcns.calltype{58} = 'Thunk';
  fcns.thunkname{58} = 'int32voidPtrint32voidPtrint32voidPtrvoidPtrThunk';
  fcns.LHS{58} = 'int32';
  fcns.RHS{58} = {'netjac_graphPtr', 'int32', 'int32Ptr', 'int32', 'int32Ptr', 'netjac_networkPtrPtr'};

  % netjac_status netjac_graph_show(netjac_graph *graph, int32_t value, const char *notation, int32_t strength, int32_t count, const int32_t *operands, const char *size)
  fcns.name{59} = 'netjac_graph_show';
  fcns.calltype{59} = 'Thunk';
  fcns.thunkname{59} = 'int32voidPtrint32cstringint32int32voidPtrcstringThunk';
  fcns.LHS{59} = 'int32';
  fcns.RHS{59} = {'netjac_graphPtr', 'int32', 'cstring', 'int32', 'int32', 'int32Ptr', 'cstring'};

  % netjac_status netjac_graph_text(const netjac_graph *graph, const char *format, char *buffer, size_t size, size_t *needed)
  fcns.name{60} = 'netjac_graph_text';
  fcns.calltype{60} = 'Thunk';
  fcns.thunkname{60} = 'int32voidPtrcstringcstringuint64voidPtrThunk';
  fcns.LHS{60} = 'int32';
  fcns.RHS{60} = {'netjac_graphPtr', 'cstring', 'cstring', 'uint64', 'uint64Ptr'};

  % int32_t netjac_graph_rank(const netjac_graph *graph, int32_t value)
  fcns.name{61} = 'netjac_graph_rank';
  fcns.calltype{61} = 'Thunk';
  fcns.thunkname{61} = 'int32voidPtrint32Thunk';
  fcns.LHS{61} = 'int32';
  fcns.RHS{61} = {'netjac_graphPtr', 'int32'};

  % int64_t netjac_graph_dim(const netjac_graph *graph, int32_t value, int32_t axis)
  fcns.name{62} = 'netjac_graph_dim';
  fcns.calltype{62} = 'Thunk';
  fcns.thunkname{62} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{62} = 'int64';
  fcns.RHS{62} = {'netjac_graphPtr', 'int32', 'int32'};

  % netjac_status netjac_trainer_create(const netjac_network *network, const netjac_options *options, netjac_trainer **trainer)
  fcns.name{63} = 'netjac_trainer_create';
  fcns.calltype{63} = 'Thunk';
  fcns.thunkname{63} = 'int32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{63} = 'int32';
  fcns.RHS{63} = {'netjac_networkPtr', 'netjac_optionsPtr', 'netjac_trainerPtrPtr'};

  % int64_t netjac_trainer_input_size(const netjac_trainer *trainer)
  fcns.name{64} = 'netjac_trainer_input_size';
  fcns.calltype{64} = 'Thunk';
  fcns.thunkname{64} = 'int64voidPtrThunk';
  fcns.LHS{64} = 'int64';
  fcns.RHS{64} = {'netjac_trainerPtr'};

  % int64_t netjac_trainer_output_size(const netjac_trainer *trainer)
  fcns.name{65} = 'netjac_trainer_output_size';
  fcns.calltype{65} = 'Thunk';
  fcns.thunkname{65} = 'int64voidPtrThunk';
  fcns.LHS{65} = 'int64';
  fcns.RHS{65} = {'netjac_trainerPtr'};

  % int64_t netjac_trainer_target_size(const netjac_trainer *trainer)
  fcns.name{66} = 'netjac_trainer_target_size';
  fcns.calltype{66} = 'Thunk';
  fcns.thunkname{66} = 'int64voidPtrThunk';
  fcns.LHS{66} = 'int64';
  fcns.RHS{66} = {'netjac_trainerPtr'};

  % netjac_status netjac_trainer_step(netjac_trainer *trainer, int64_t samples, const double *x, const double *target, double *loss)
  fcns.name{67} = 'netjac_trainer_step';
  fcns.calltype{67} = 'Thunk';
  fcns.thunkname{67} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{67} = 'int32';
  fcns.RHS{67} = {'netjac_trainerPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_trainer_fit(netjac_trainer *trainer, int64_t samples, const double *x, const double *target, int32_t epochs, double *losses)
  fcns.name{68} = 'netjac_trainer_fit';
  fcns.calltype{68} = 'Thunk';
  fcns.thunkname{68} = 'int32voidPtrint64voidPtrvoidPtrint32voidPtrThunk';
  fcns.LHS{68} = 'int32';
  fcns.RHS{68} = {'netjac_trainerPtr', 'int64', 'doublePtr', 'doublePtr', 'int32', 'doublePtr'};

  % netjac_status netjac_trainer_hold_out(netjac_trainer *trainer, int64_t samples, const double *x, const double *target)
  fcns.name{69} = 'netjac_trainer_hold_out';
  fcns.calltype{69} = 'Thunk';
  fcns.thunkname{69} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{69} = 'int32';
  fcns.RHS{69} = {'netjac_trainerPtr', 'int64', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_trainer_held_out(netjac_trainer *trainer, int64_t samples, int64_t *count, int64_t *places)
  fcns.name{70} = 'netjac_trainer_held_out';
  fcns.calltype{70} = 'Thunk';
  fcns.thunkname{70} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{70} = 'int32';
  fcns.RHS{70} = {'netjac_trainerPtr', 'int64', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_trainer_held_out_losses(const netjac_trainer *trainer, int64_t *count, double *losses)
  fcns.name{71} = 'netjac_trainer_held_out_losses';
  fcns.calltype{71} = 'Thunk';
  fcns.thunkname{71} = 'int32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{71} = 'int32';
  fcns.RHS{71} = {'netjac_trainerPtr', 'int64Ptr', 'doublePtr'};

  % int64_t netjac_trainer_best_epoch(const netjac_trainer *trainer)
  fcns.name{72} = 'netjac_trainer_best_epoch';
  fcns.calltype{72} = 'Thunk';
  fcns.thunkname{72} = 'int64voidPtrThunk';
  fcns.LHS{72} = 'int64';
  fcns.RHS{72} = {'netjac_trainerPtr'};

  % int32_t netjac_trainer_has_stopped(const netjac_trainer *trainer)
  fcns.name{73} = 'netjac_trainer_has_stopped';
  fcns.calltype{73} = 'Thunk';
  fcns.thunkname{73} = 'int32voidPtrThunk';
  fcns.LHS{73} = 'int32';
  fcns.RHS{73} = {'netjac_trainerPtr'};

  % netjac_status netjac_trainer_scales(const netjac_trainer *trainer, double *input_offset, double *input_scale, double *output_offset, double *output_scale)
  fcns.name{74} = 'netjac_trainer_scales';
  fcns.calltype{74} = 'Thunk';
  fcns.thunkname{74} = 'int32voidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{74} = 'int32';
  fcns.RHS{74} = {'netjac_trainerPtr', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_trainer_loss(netjac_trainer *trainer, int64_t samples, const double *x, const double *target, double *loss)
  fcns.name{75} = 'netjac_trainer_loss';
  fcns.calltype{75} = 'Thunk';
  fcns.thunkname{75} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{75} = 'int32';
  fcns.RHS{75} = {'netjac_trainerPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_trainer_network(const netjac_trainer *trainer, netjac_network **network)
  fcns.name{76} = 'netjac_trainer_network';
  fcns.calltype{76} = 'Thunk';
  fcns.thunkname{76} = 'int32voidPtrvoidPtrThunk';
  fcns.LHS{76} = 'int32';
  fcns.RHS{76} = {'netjac_trainerPtr', 'netjac_networkPtrPtr'};

  % netjac_status netjac_trainer_parameters(const netjac_trainer *trainer, int64_t *count, double *values)
  fcns.name{77} = 'netjac_trainer_parameters';
  fcns.calltype{77} = 'Thunk';
  fcns.thunkname{77} = 'int32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{77} = 'int32';
  fcns.RHS{77} = {'netjac_trainerPtr', 'int64Ptr', 'doublePtr'};

  % void netjac_trainer_release(netjac_trainer *trainer)
  fcns.name{78} = 'netjac_trainer_release';
  fcns.calltype{78} = 'Thunk';
  fcns.thunkname{78} = 'voidvoidPtrThunk';
  fcns.LHS{78} = [];
  fcns.RHS{78} = {'netjac_trainerPtr'};

  % netjac_status netjac_mlp(int32_t layer_count, const int64_t *sizes, const char *activation, int64_t seed, netjac_network **network)
  fcns.name{79} = 'netjac_mlp';
  fcns.calltype{79} = 'Thunk';
  fcns.thunkname{79} = 'int32int32voidPtrcstringint64voidPtrThunk';
  fcns.LHS{79} = 'int32';
  fcns.RHS{79} = {'int32', 'int64Ptr', 'cstring', 'int64', 'netjac_networkPtrPtr'};

  % netjac_status netjac_scaled(const netjac_network *network, const double *input_offset, const double *input_scale, const double *output_offset, const double *output_scale, netjac_network **scaled)
  fcns.name{80} = 'netjac_scaled';
  fcns.calltype{80} = 'Thunk';
  fcns.thunkname{80} = 'int32voidPtrvoidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{80} = 'int32';
  fcns.RHS{80} = {'netjac_networkPtr', 'doublePtr', 'doublePtr', 'doublePtr', 'doublePtr', 'netjac_networkPtrPtr'};

  % netjac_status netjac_save(const netjac_network *network, const char *path)
  fcns.name{81} = 'netjac_save';
  fcns.calltype{81} = 'Thunk';
  fcns.thunkname{81} = 'int32voidPtrcstringThunk';
  fcns.LHS{81} = 'int32';
  fcns.RHS{81} = {'netjac_networkPtr', 'cstring'};

  % netjac_status netjac_save_jacobian(const netjac_network *network, const char *path)
  fcns.name{82} = 'netjac_save_jacobian';
  fcns.calltype{82} = 'Thunk';
  fcns.thunkname{82} = 'int32voidPtrcstringThunk';
  fcns.LHS{82} = 'int32';
  fcns.RHS{82} = {'netjac_networkPtr', 'cstring'};

  % netjac_status netjac_store_open(const char *url, const netjac_options *options, netjac_store **store)
  fcns.name{83} = 'netjac_store_open';
  fcns.calltype{83} = 'Thunk';
  fcns.thunkname{83} = 'int32cstringvoidPtrvoidPtrThunk';
  fcns.LHS{83} = 'int32';
  fcns.RHS{83} = {'cstring', 'netjac_optionsPtr', 'netjac_storePtrPtr'};

  % void netjac_store_release(netjac_store *store)
  fcns.name{84} = 'netjac_store_release';
  fcns.calltype{84} = 'Thunk';
  fcns.thunkname{84} = 'voidvoidPtrThunk';
  fcns.LHS{84} = [];
  fcns.RHS{84} = {'netjac_storePtr'};

  % int32_t netjac_store_study_count(netjac_store *store)
  fcns.name{85} = 'netjac_store_study_count';
  fcns.calltype{85} = 'Thunk';
  fcns.thunkname{85} = 'int32voidPtrThunk';
  fcns.LHS{85} = 'int32';
  fcns.RHS{85} = {'netjac_storePtr'};

  % const char * netjac_store_study_name(netjac_store *store, int32_t index)
  fcns.name{86} = 'netjac_store_study_name';
  fcns.calltype{86} = 'Thunk';
  fcns.thunkname{86} = 'cstringvoidPtrint32Thunk';
  fcns.LHS{86} = 'cstring';
  fcns.RHS{86} = {'netjac_storePtr', 'int32'};

  % netjac_status netjac_store_text(netjac_store *store, const char *what, char *buffer, size_t size, size_t *needed)
  fcns.name{87} = 'netjac_store_text';
  fcns.calltype{87} = 'Thunk';
  fcns.thunkname{87} = 'int32voidPtrcstringcstringuint64voidPtrThunk';
  fcns.LHS{87} = 'int32';
  fcns.RHS{87} = {'netjac_storePtr', 'cstring', 'cstring', 'uint64', 'uint64Ptr'};

  % netjac_status netjac_store_backup(netjac_store *store, const char *path)
  fcns.name{88} = 'netjac_store_backup';
  fcns.calltype{88} = 'Thunk';
  fcns.thunkname{88} = 'int32voidPtrcstringThunk';
  fcns.LHS{88} = 'int32';
  fcns.RHS{88} = {'netjac_storePtr', 'cstring'};

  % netjac_status netjac_study_open(netjac_store *store, const char *name, const netjac_options *options, netjac_study **study)
  fcns.name{89} = 'netjac_study_open';
  fcns.calltype{89} = 'Thunk';
  fcns.thunkname{89} = 'int32voidPtrcstringvoidPtrvoidPtrThunk';
  fcns.LHS{89} = 'int32';
  fcns.RHS{89} = {'netjac_storePtr', 'cstring', 'netjac_optionsPtr', 'netjac_studyPtrPtr'};

  % void netjac_study_release(netjac_study *study)
  fcns.name{90} = 'netjac_study_release';
  fcns.calltype{90} = 'Thunk';
  fcns.thunkname{90} = 'voidvoidPtrThunk';
  fcns.LHS{90} = [];
  fcns.RHS{90} = {'netjac_studyPtr'};

  % netjac_status netjac_study_variable(netjac_study *study, int32_t role, const char *name, int64_t size, const char *details)
  fcns.name{91} = 'netjac_study_variable';
  fcns.calltype{91} = 'Thunk';
  fcns.thunkname{91} = 'int32voidPtrint32cstringint64cstringThunk';
  fcns.LHS{91} = 'int32';
  fcns.RHS{91} = {'netjac_studyPtr', 'int32', 'cstring', 'int64', 'cstring'};

  % netjac_status netjac_study_version(netjac_study *study, const char *label, const char *simulator, const char *parameters, const char *source)
  fcns.name{92} = 'netjac_study_version';
  fcns.calltype{92} = 'Thunk';
  fcns.thunkname{92} = 'int32voidPtrcstringcstringcstringcstringThunk';
  fcns.LHS{92} = 'int32';
  fcns.RHS{92} = {'netjac_studyPtr', 'cstring', 'cstring', 'cstring', 'cstring'};

  % int64_t netjac_study_size(netjac_study *study, int32_t role)
  fcns.name{93} = 'netjac_study_size';
  fcns.calltype{93} = 'Thunk';
  fcns.thunkname{93} = 'int64voidPtrint32Thunk';
  fcns.LHS{93} = 'int64';
  fcns.RHS{93} = {'netjac_studyPtr', 'int32'};

  % int32_t netjac_study_variable_count(netjac_study *study, int32_t role)
  fcns.name{94} = 'netjac_study_variable_count';
  fcns.calltype{94} = 'Thunk';
  fcns.thunkname{94} = 'int32voidPtrint32Thunk';
  fcns.LHS{94} = 'int32';
  fcns.RHS{94} = {'netjac_studyPtr', 'int32'};

  % const char * netjac_study_variable_name(netjac_study *study, int32_t role, int32_t index)
  fcns.name{95} = 'netjac_study_variable_name';
  fcns.calltype{95} = 'Thunk';
  fcns.thunkname{95} = 'cstringvoidPtrint32int32Thunk';
  fcns.LHS{95} = 'cstring';
  fcns.RHS{95} = {'netjac_studyPtr', 'int32', 'int32'};

  % int64_t netjac_study_variable_size(netjac_study *study, int32_t role, int32_t index)
  fcns.name{96} = 'netjac_study_variable_size';
  fcns.calltype{96} = 'Thunk';
  fcns.thunkname{96} = 'int64voidPtrint32int32Thunk';
  fcns.LHS{96} = 'int64';
  fcns.RHS{96} = {'netjac_studyPtr', 'int32', 'int32'};

  % const char * netjac_study_variable_details(netjac_study *study, int32_t role, int32_t index)
  fcns.name{97} = 'netjac_study_variable_details';
  fcns.calltype{97} = 'Thunk';
  fcns.thunkname{97} = 'cstringvoidPtrint32int32Thunk';
  fcns.LHS{97} = 'cstring';
  fcns.RHS{97} = {'netjac_studyPtr', 'int32', 'int32'};

  % netjac_status netjac_study_bounds(netjac_study *study, double *lower, double *upper)
  fcns.name{98} = 'netjac_study_bounds';
  fcns.calltype{98} = 'Thunk';
  fcns.thunkname{98} = 'int32voidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{98} = 'int32';
  fcns.RHS{98} = {'netjac_studyPtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_study_find(netjac_study *study, int64_t samples, const double *x, int64_t *ids, int32_t *states, double *y, double *jacobian, double *seconds)
  fcns.name{99} = 'netjac_study_find';
  fcns.calltype{99} = 'Thunk';
  fcns.thunkname{99} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{99} = 'int32';
  fcns.RHS{99} = {'netjac_studyPtr', 'int64', 'doublePtr', 'int64Ptr', 'int32Ptr', 'doublePtr', 'doublePtr', 'doublePtr'};

  % netjac_status netjac_study_add(netjac_study *study, int64_t samples, const double *x, const char *tag, double priority, int64_t *ids, int64_t *added)
  fcns.name{100} = 'netjac_study_add';
  fcns.calltype{100} = 'Thunk';
  fcns.thunkname{100} = 'int32voidPtrint64voidPtrcstringdoublevoidPtrvoidPtrThunk';
  fcns.LHS{100} = 'int32';
  fcns.RHS{100} = {'netjac_studyPtr', 'int64', 'doublePtr', 'cstring', 'double', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_study_claim(netjac_study *study, int64_t most, const char *filter, double wait, int64_t *ids, int64_t *tokens, double *x, int64_t *claimed)
  fcns.name{101} = 'netjac_study_claim';
  fcns.calltype{101} = 'Thunk';
  fcns.thunkname{101} = 'int32voidPtrint64cstringdoublevoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{101} = 'int32';
  fcns.RHS{101} = {'netjac_studyPtr', 'int64', 'cstring', 'double', 'int64Ptr', 'int64Ptr', 'doublePtr', 'int64Ptr'};

  % netjac_status netjac_study_put(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens, const double *y, const double *jacobian, const double *seconds, int32_t *taken)
  fcns.name{102} = 'netjac_study_put';
  fcns.calltype{102} = 'Thunk';
  fcns.thunkname{102} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{102} = 'int32';
  fcns.RHS{102} = {'netjac_studyPtr', 'int64', 'int64Ptr', 'int64Ptr', 'doublePtr', 'doublePtr', 'doublePtr', 'int32Ptr'};

  % netjac_status netjac_study_put_array(netjac_study *study, int64_t id, const char *output, int64_t size, const double *values)
  fcns.name{103} = 'netjac_study_put_array';
  fcns.calltype{103} = 'Thunk';
  fcns.thunkname{103} = 'int32voidPtrint64cstringint64voidPtrThunk';
  fcns.LHS{103} = 'int32';
  fcns.RHS{103} = {'netjac_studyPtr', 'int64', 'cstring', 'int64', 'doublePtr'};

  % netjac_status netjac_study_get_array(netjac_study *study, int64_t id, const char *output, double *values, int64_t size, int64_t *needed)
  fcns.name{104} = 'netjac_study_get_array';
  fcns.calltype{104} = 'Thunk';
  fcns.thunkname{104} = 'int32voidPtrint64cstringvoidPtrint64voidPtrThunk';
  fcns.LHS{104} = 'int32';
  fcns.RHS{104} = {'netjac_studyPtr', 'int64', 'cstring', 'doublePtr', 'int64', 'int64Ptr'};

  % netjac_status netjac_study_fail(netjac_study *study, int64_t id, int64_t token, const char *message, int32_t final)
  fcns.name{105} = 'netjac_study_fail';
  fcns.calltype{105} = 'Thunk';
  fcns.thunkname{105} = 'int32voidPtrint64int64cstringint32Thunk';
  fcns.LHS{105} = 'int32';
  fcns.RHS{105} = {'netjac_studyPtr', 'int64', 'int64', 'cstring', 'int32'};

  % netjac_status netjac_study_return(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens)
  fcns.name{106} = 'netjac_study_return';
  fcns.calltype{106} = 'Thunk';
  fcns.thunkname{106} = 'int32voidPtrint64voidPtrvoidPtrThunk';
  fcns.LHS{106} = 'int32';
  fcns.RHS{106} = {'netjac_studyPtr', 'int64', 'int64Ptr', 'int64Ptr'};

  % netjac_status netjac_study_extend(netjac_study *study, int64_t samples, const int64_t *ids, const int64_t *tokens, double seconds)
  fcns.name{107} = 'netjac_study_extend';
  fcns.calltype{107} = 'Thunk';
  fcns.thunkname{107} = 'int32voidPtrint64voidPtrvoidPtrdoubleThunk';
  fcns.LHS{107} = 'int32';
  fcns.RHS{107} = {'netjac_studyPtr', 'int64', 'int64Ptr', 'int64Ptr', 'double'};

  % netjac_status netjac_study_insert(netjac_study *study, int64_t samples, const double *x, const double *y, const double *jacobian, const char *tag, int64_t *inserted)
  fcns.name{108} = 'netjac_study_insert';
  fcns.calltype{108} = 'Thunk';
  fcns.thunkname{108} = 'int32voidPtrint64voidPtrvoidPtrvoidPtrcstringvoidPtrThunk';
  fcns.LHS{108} = 'int32';
  fcns.RHS{108} = {'netjac_studyPtr', 'int64', 'doublePtr', 'doublePtr', 'doublePtr', 'cstring', 'int64Ptr'};

  % netjac_status netjac_study_count(netjac_study *study, const char *filter, int64_t *count)
  fcns.name{109} = 'netjac_study_count';
  fcns.calltype{109} = 'Thunk';
  fcns.thunkname{109} = 'int32voidPtrcstringvoidPtrThunk';
  fcns.LHS{109} = 'int32';
  fcns.RHS{109} = {'netjac_studyPtr', 'cstring', 'int64Ptr'};

  % netjac_status netjac_study_read(netjac_study *study, const char *filter, int64_t after, int64_t most, int64_t *ids, double *x, double *y, double *jacobian, int64_t *count)
  fcns.name{110} = 'netjac_study_read';
  fcns.calltype{110} = 'Thunk';
  fcns.thunkname{110} = 'int32voidPtrcstringint64int64voidPtrvoidPtrvoidPtrvoidPtrvoidPtrThunk';
  fcns.LHS{110} = 'int32';
  fcns.RHS{110} = {'netjac_studyPtr', 'cstring', 'int64', 'int64', 'int64Ptr', 'doublePtr', 'doublePtr', 'doublePtr', 'int64Ptr'};

  % netjac_status netjac_study_records(netjac_study *study, const char *filter, int64_t after, int64_t most, const char *fields, char *buffer, size_t size, size_t *needed)
  fcns.name{111} = 'netjac_study_records';
  fcns.calltype{111} = 'Thunk';
  fcns.thunkname{111} = 'int32voidPtrcstringint64int64cstringcstringuint64voidPtrThunk';
  fcns.LHS{111} = 'int32';
  fcns.RHS{111} = {'netjac_studyPtr', 'cstring', 'int64', 'int64', 'cstring', 'cstring', 'uint64', 'uint64Ptr'};

  % netjac_status netjac_study_change(netjac_study *study, const char *filter, const char *action, int64_t *changed)
  fcns.name{112} = 'netjac_study_change';
  fcns.calltype{112} = 'Thunk';
  fcns.thunkname{112} = 'int32voidPtrcstringcstringvoidPtrThunk';
  fcns.LHS{112} = 'int32';
  fcns.RHS{112} = {'netjac_studyPtr', 'cstring', 'cstring', 'int64Ptr'};

  % netjac_status netjac_study_export(netjac_study *study, const char *filter, const char *path)
  fcns.name{113} = 'netjac_study_export';
  fcns.calltype{113} = 'Thunk';
  fcns.thunkname{113} = 'int32voidPtrcstringcstringThunk';
  fcns.LHS{113} = 'int32';
  fcns.RHS{113} = {'netjac_studyPtr', 'cstring', 'cstring'};

  % netjac_status netjac_study_import(netjac_study *study, const char *path, int64_t *inserted)
  fcns.name{114} = 'netjac_study_import';
  fcns.calltype{114} = 'Thunk';
  fcns.thunkname{114} = 'int32voidPtrcstringvoidPtrThunk';
  fcns.LHS{114} = 'int32';
  fcns.RHS{114} = {'netjac_studyPtr', 'cstring', 'int64Ptr'};

  % netjac_status netjac_study_design(netjac_study *study, const char *kind, int64_t from, int64_t samples, int64_t seed, double *x)
  fcns.name{115} = 'netjac_study_design';
  fcns.calltype{115} = 'Thunk';
  fcns.thunkname{115} = 'int32voidPtrcstringint64int64int64voidPtrThunk';
  fcns.LHS{115} = 'int32';
  fcns.RHS{115} = {'netjac_studyPtr', 'cstring', 'int64', 'int64', 'int64', 'doublePtr'};

  structs.netjac_network.members = struct([]);
  structs.netjac_options.members = struct([]);
  structs.netjac_graph.members = struct([]);
  structs.netjac_trainer.members = struct([]);
  structs.netjac_store.members = struct([]);
  structs.netjac_study.members = struct([]);
  enuminfo.netjac_status_code = struct('NETJAC_OK', 0, 'NETJAC_ERROR_ARGUMENT', -1, 'NETJAC_ERROR_OPTION', -2, 'NETJAC_ERROR_FILE', -3, 'NETJAC_ERROR_FORMAT', -4, 'NETJAC_ERROR_UNSUPPORTED', -5, 'NETJAC_ERROR_SHAPE', -6, 'NETJAC_ERROR_MEMORY', -7, 'NETJAC_ERROR_DEFECT', -8, 'NETJAC_ERROR_NOT_FINITE', -9, 'NETJAC_ERROR_STORE', -10, 'NETJAC_ERROR_CONFLICT', -11);
  enuminfo.netjac_order_code = struct('NETJAC_ROW_MAJOR', 0, 'NETJAC_COLUMN_MAJOR', 1);
  enuminfo.netjac_handle_code = struct('NETJAC_HANDLE_NONE', 0, 'NETJAC_HANDLE_NETWORK', 1, 'NETJAC_HANDLE_OPTIONS', 2, 'NETJAC_HANDLE_GRAPH', 3, 'NETJAC_HANDLE_TRAINER', 4, 'NETJAC_HANDLE_STORE', 5, 'NETJAC_HANDLE_STUDY', 6);
  enuminfo.netjac_role_code = struct('NETJAC_INPUT', 0, 'NETJAC_OUTPUT', 1);
  enuminfo.netjac_state_code = struct('NETJAC_ABSENT', 0, 'NETJAC_WAITING', 1, 'NETJAC_RUNNING', 2, 'NETJAC_DONE', 3, 'NETJAC_FAILED', 4, 'NETJAC_DISCARDED', 5);
  methodinfo = fcns;
end
