function result = netjac_objects(command, area, object, varargin)
  % NETJAC_OBJECTS  Graphs, trainers and made networks for the door through loadlibrary.
  %
  % The part of netjac_mex beside it that builds and trains. object is the first argument of the
  % command: a network as the struct that netjac_mex makes of its handle. Belongs to netjac_mex.

  if strncmp(command, 'graph', 5)
    if strcmp(command, 'graphCreate')
      pointer = libpointer('netjac_graphPtr');
      netjac_check(area, calllib('netjac', 'netjac_graph_create', pointer));
      result = netjac_handles('add', pointer);
    else
      result = runOnGraph(command, area, netjac_handles('find', 'graph', object), varargin{:});
    end
    return;
  end
  switch command
    case 'trainerCreate'
      options = netjac_options(varargin{1}, area);
      pointer = libpointer('netjac_trainerPtr');
      status = calllib('netjac', 'netjac_trainer_create', object.pointer, options, pointer);
      calllib('netjac', 'netjac_options_release', options);
    case 'mlp'
      [activation, seed] = varargin{1:2};
      lengths = lengthsOf(area, 'sizes', object);
      netjac.internal.argument('text', area, 'activation', activation);
      netjac.internal.argument('one', area, 'seed', seed, -2 ^ 53, 2 ^ 53);
      pointer = libpointer('netjac_networkPtr');
      status = calllib('netjac', 'netjac_mlp', numel(object), lengths, activation, seed, pointer);
    case 'scaled'
      names = {'inputOffset', 'inputScale', 'outputOffset', 'outputScale'};
      counts = [object.inputSize, object.inputSize, object.outputSize, object.outputSize];
      for k = 1:4
        netjac.internal.argument('doubles', area, names{k}, varargin{k}, counts(k));
      end
      pointer = libpointer('netjac_networkPtr');
      status = calllib('netjac', 'netjac_scaled', object.pointer, varargin{1:4}, pointer);
    otherwise
      result = runOnTrainer(command, area, netjac_handles('find', 'trainer', object), varargin{:});
      return;
  end
  netjac_check(area, status);
  result = netjac_handles('add', pointer);
end

% ---- Arguments --------------------------------------------------------------------------------------------

function values = valuesOf(area, name, array)
  values = int32(netjac.internal.argument('whole', area, name, array, -1, 2147483647));
end

function value = valueOf(area, name, array)
  value = int32(netjac.internal.argument('one', area, name, array, -1, 2147483647));
end

function lengths = lengthsOf(area, name, array)
  lengths = int64(netjac.internal.argument('whole', area, name, array, 0, 2 ^ 53));
end

% ---- Graphs -----------------------------------------------------------------------------------------------

function result = runOnGraph(command, area, graph, varargin)
  switch command
    case 'graphInput'
      [name, dims] = varargin{1:2};
      lengths = lengthsOf(area, 'dims', dims);
      netjac.internal.argument('text', area, 'name', name);
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_input', graph, name, numel(dims), lengths, int32(0));
    case 'graphParameter'
      [name, dims, numbers] = varargin{1:3};
      lengths = lengthsOf(area, 'dims', dims);
      netjac.internal.argument('text', area, 'name', name);
      netjac.internal.argument('doubles', area, 'numbers', numbers, prod(dims));
      [status, ~, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_parameter', graph, name, numel(dims), ...
                                             lengths, numbers, int32(0));
    case 'graphConstant'
      [dims, numbers] = varargin{1:2};
      lengths = lengthsOf(area, 'dims', dims);
      netjac.internal.argument('doubles', area, 'numbers', numbers, prod(dims));
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_constant', graph, numel(dims), lengths, ...
                                          numbers, int32(0));
    case 'graphApply'
      [operator, inputs, attributes, count] = varargin{1:4};
      netjac.internal.argument('text', area, 'operator', operator);
      netjac.internal.argument('text', area, 'attributes', attributes);
      operands = valuesOf(area, 'inputs', inputs);
      netjac.internal.argument('one', area, 'count', count, 1, 1000);
      [status, ~, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_apply', graph, operator, numel(inputs), ...
                                             operands, attributes, count, zeros(1, count, 'int32'));
    case 'graphGradients'
      [y, xs] = varargin{1:2};
      y = valueOf(area, 'y', y);
      [status, ~, ~, result] = calllib('netjac', 'netjac_graph_gradients', graph, y, numel(xs), ...
                                       valuesOf(area, 'xs', xs), zeros(1, numel(xs), 'int32'));
    case 'graphJvp'
      [y, xs, tangents] = varargin{1:3};
      y = valueOf(area, 'y', y);
      values = valuesOf(area, 'xs', xs);
      directions = valuesOf(area, 'tangents', tangents);
      netjac.internal.argument('doubles', area, 'tangents', tangents, numel(xs));
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_jvp', graph, y, numel(xs), values, directions, ...
                                          int32(0));
    case 'graphShow'
      [value, notation, strength, operands, size_] = varargin{1:5};
      value = valueOf(area, 'value', value);
      netjac.internal.argument('text', area, 'notation', notation);
      netjac.internal.argument('one', area, 'strength', strength, 0, 100);
      values = valuesOf(area, 'operands', operands);
      netjac.internal.argument('text', area, 'size', size_);
      if isempty(notation)
        notation = [];
      end
      netjac_check(area, calllib('netjac', 'netjac_graph_show', graph, value, notation, strength, numel(operands), ...
                                 values, size_));
      result = [];
      return;
    case 'graphDims'
      result = graphDims(area, graph, valueOf(area, 'value', varargin{1}));
      return;
    case 'graphText'
      result = netjac_text(area, 'netjac_graph_text', graph, ...
                           netjac.internal.argument('text', area, 'format', varargin{1}));
      return;
    case 'graphNetwork'
      [inputs, outputs] = varargin{1:2};
      inputValues = valuesOf(area, 'inputs', inputs);
      pointer = libpointer('netjac_networkPtr');
      netjac_check(area, calllib('netjac', 'netjac_graph_network', graph, numel(inputs), inputValues, ...
                                 numel(outputs), valuesOf(area, 'outputs', outputs), pointer));
      result = netjac_handles('add', pointer);
      return;
  end
  netjac_check(area, status);
  result = reshape(double(result), 1, []);
end

function dims = graphDims(area, graph, value)
  rank = calllib('netjac', 'netjac_graph_rank', graph, value);
  if rank < 0
    netjac_check(area, -1);
  end
  dims = zeros(1, rank);
  for axis = 1:rank
    dims(axis) = calllib('netjac', 'netjac_graph_dim', graph, value, axis - 1);
  end
end

% ---- Training ---------------------------------------------------------------------------------------------

function result = runOnTrainer(command, area, trainer, varargin)
  switch command
    case 'trainerNetwork'
      pointer = libpointer('netjac_networkPtr');
      netjac_check(area, calllib('netjac', 'netjac_trainer_network', trainer, pointer));
      result = netjac_handles('add', pointer);
    case 'trainerParameters'
      result = listOf(area, 'netjac_trainer_parameters', 'double', trainer);
      result = result(:);
    case 'trainerHeldOut'
      samples = netjac.internal.argument('one', area, 'samples', varargin{1}, 0, 2 ^ 53);
      result = double(listOf(area, 'netjac_trainer_held_out', 'int64', trainer, samples));
    case 'trainerState'
      result = struct('heldOutLosses', listOf(area, 'netjac_trainer_held_out_losses', 'double', trainer), ...
                      'bestEpoch', calllib('netjac', 'netjac_trainer_best_epoch', trainer), ...
                      'hasStopped', calllib('netjac', 'netjac_trainer_has_stopped', trainer) > 0);
    case 'trainerScales'
      n = zeros(calllib('netjac', 'netjac_trainer_input_size', trainer), 1);
      m = zeros(calllib('netjac', 'netjac_trainer_output_size', trainer), 1);
      [status, ~, inputOffset, inputScale, outputOffset, outputScale] = ...
        calllib('netjac', 'netjac_trainer_scales', trainer, n, n, m, m);
      netjac_check(area, status);
      result = struct('inputOffset', inputOffset(:), 'inputScale', inputScale(:), ...
                      'outputOffset', outputOffset(:), 'outputScale', outputScale(:));
    otherwise
      result = withSamples(command, area, trainer, varargin{:});
  end
end

% What a function writes into an array once it has told how long that is; its own arguments stand before.
function list = listOf(area, name, className, varargin)
  [status, returned{1:3}] = calllib('netjac', name, varargin{:}, int64(0), []);
  netjac_check(area, status);
  count = double(returned{2});
  [status, returned{1:3}] = calllib('netjac', name, varargin{:}, [], zeros(1, count, className));
  netjac_check(area, status);
  list = reshape(returned{3}, 1, count);
end

function result = withSamples(command, area, trainer, x, targets, varargin)
  samples = size(x(:, :), 2);
  netjac.internal.argument('doubles', area, 'x', x, ...
                           calllib('netjac', 'netjac_trainer_input_size', trainer) * samples);
  netjac.internal.argument('doubles', area, 'targets', targets, ...
                           calllib('netjac', 'netjac_trainer_target_size', trainer) * samples);
  result = [];
  switch command
    case 'trainerStep'
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_step', trainer, samples, x, targets, 0);
    case 'trainerLoss'
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_loss', trainer, samples, x, targets, 0);
    case 'trainerHoldOut'
      status = calllib('netjac', 'netjac_trainer_hold_out', trainer, samples, x, targets);
    case 'trainerFit'
      epochs = netjac.internal.argument('one', area, 'epochs', varargin{1}, 0, 2147483647);
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_fit', trainer, samples, x, targets, epochs, ...
                                          zeros(1, epochs));
      result = reshape(result, 1, epochs);
  end
  netjac_check(area, status);
end
