function result = netjac_objects(command, varargin)
  % NETJAC_OBJECTS  Graphs, trainers and made networks for the door through loadlibrary.
  %
  % The part of netjac_mex beside it that builds, trains and saves. A network goes in as the struct
  % that netjac_mex keeps of it, and comes out as a pointer to be kept. Belongs to netjac_mex.

  persistent graphs trainers
  if isempty(graphs)
    graphs = {};
  end
  if isempty(trainers)
    trainers = {};
  end
  result = [];

  switch command
    case 'graphCreate'
      pointer = libpointer('netjac_graphPtr');
      check('graph', calllib('netjac', 'netjac_graph_create', pointer));
      graphs{end + 1} = pointer;
      result = uint64(numel(graphs));
    case 'graphRelease'
      need(command, varargin, 1);
      graphs = released(graphs, varargin{1}, 'netjac_graph_release');
    case {'graphInput', 'graphParameter', 'graphConstant', 'graphApply', 'graphGradients', 'graphJvp', ...
          'graphDims', 'graphText', 'graphNetwork'}
      arity = struct('graphInput', 3, 'graphParameter', 4, 'graphConstant', 3, 'graphApply', 5, ...
                     'graphGradients', 3, 'graphJvp', 4, 'graphDims', 2, 'graphText', 2, 'graphNetwork', 3);
      need(command, varargin, arity.(command));
      graph = objectOf(graphs, varargin{1}, 'graph', 'netjac.Graph');
      result = runOnGraph(command, graph, varargin{2:end});
    case 'trainerCreate'
      trainers{end + 1} = trainerCreate(varargin{1:2});
      result = uint64(numel(trainers));
    case 'trainerRelease'
      need(command, varargin, 1);
      trainers = released(trainers, varargin{1}, 'netjac_trainer_release');
    case {'trainerStep', 'trainerLoss', 'trainerFit', 'trainerParameters', 'trainerNetwork'}
      arity = struct('trainerStep', 3, 'trainerLoss', 3, 'trainerFit', 4, 'trainerParameters', 1, ...
                     'trainerNetwork', 1);
      need(command, varargin, arity.(command));
      trainer = objectOf(trainers, varargin{1}, 'train', 'netjac.train');
      result = runOnTrainer(command, trainer, varargin{2:end});
    case 'mlp'
      result = mlp(varargin{1:3});
    case 'scaled'
      result = scaled(varargin{1:5});
    case {'save', 'saveJacobian'}
      requireText('save', 'file', varargin{2});
      functions = struct('save', 'netjac_save', 'saveJacobian', 'netjac_save_jacobian');
      check('save', calllib('netjac', functions.(command), varargin{1}.pointer, varargin{2}));
    case 'alive'
      result = countOf(graphs) + countOf(trainers);
    otherwise
      error('netjac:mex:unknownCommand', 'There is no command ''%s''.', command);
  end
  if countOf(graphs) + countOf(trainers) > 0
    mlock();
  elseif mislocked()
    munlock();
  end
end

function check(area, status)
  if status ~= 0
    error(['netjac:', area, ':', netjac.internal.problem(status)], '%s', calllib('netjac', 'netjac_last_error'));
  end
end

function need(command, given, expected)
  if numel(given) < expected
    error('netjac:mex:missingArgument', '''%s'' takes %d arguments; %d were given.', command, expected, numel(given));
  end
end

function count = countOf(objects)
  count = sum(~cellfun(@isempty, objects));
end

function object = objectOf(objects, handle, area, maker)
  isHandle = isa(handle, 'uint64') && isscalar(handle) && handle <= numel(objects);
  if ~isHandle
    error(['netjac:', area, ':invalidHandle'], 'This is not a handle that %s made.', maker);
  end
  if handle == 0 || isempty(objects{handle})
    error(['netjac:', area, ':released'], 'This %s has been released (delete, clear); make a new one.', maker);
  end
  object = objects{handle};
end

function objects = released(objects, handle, name)
  if ~isa(handle, 'uint64') || ~isscalar(handle) || handle == 0 || handle > numel(objects) ...
     || isempty(objects{handle})
    return;
  end
  object = objects{handle};
  if isstruct(object)
    object = object.pointer;
  end
  calllib('netjac', name, object);
  objects{handle} = [];
end

% ---- Arguments --------------------------------------------------------------------------------------------

function requireText(area, name, text)
  if ~ischar(text) || (size(text, 1) > 1 && ~isempty(text))
    error(['netjac:', area, ':wrongClass'], '%s must be text (a char row); it is of class %s.', name, class(text));
  end
end

function requireDoubles(area, name, array, count)
  if ~isa(array, 'double') || issparse(array) || ~isreal(array)
    error(['netjac:', area, ':wrongClass'], '%s must be real, full and of class double.', name);
  end
  if nargin > 3 && numel(array) ~= count
    error(['netjac:', area, ':wrongSize'], '%s has %d elements; it must have %d.', name, numel(array), count);
  end
end

function numbers = wholeNumbers(area, name, array, least, most, className)
  requireDoubles(area, name, array);
  if ~all(array(:) >= least & array(:) <= most & array(:) == fix(array(:)))
    error(['netjac:', area, ':wrongArgument'], '%s must be a whole number from %.0f to %.0f.', name, least, most);
  end
  if numel(array) > 65535
    error(['netjac:', area, ':wrongArgument'], '%s are %d; at most 65535 can be given.', name, numel(array));
  end
  numbers = feval(className, array);
end

function values = valuesOf(name, array)
  values = wholeNumbers('graph', name, array, -1, 2147483647, 'int32');
end

function value = valueOf(name, array)
  requireDoubles('graph', name, array, 1);
  value = valuesOf(name, array);
end

function lengths = lengthsOf(area, name, array)
  lengths = wholeNumbers(area, name, array, 0, 9007199254740992, 'int64');
end

% ---- Graphs -----------------------------------------------------------------------------------------------

function result = runOnGraph(command, graph, varargin)
  switch command
    case 'graphInput'
      [name, dims] = varargin{1:2};
      lengths = lengthsOf('graph', 'dims', dims);
      requireText('graph', 'name', name);
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_input', graph, name, numel(dims), lengths, int32(0));
    case 'graphParameter'
      [name, dims, numbers] = varargin{1:3};
      lengths = lengthsOf('graph', 'dims', dims);
      requireText('graph', 'name', name);
      requireDoubles('graph', 'numbers', numbers, prod(dims));
      [status, ~, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_parameter', graph, name, numel(dims), ...
                                             lengths, numbers, int32(0));
    case 'graphConstant'
      [dims, numbers] = varargin{1:2};
      lengths = lengthsOf('graph', 'dims', dims);
      requireDoubles('graph', 'numbers', numbers, prod(dims));
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_constant', graph, numel(dims), lengths, ...
                                          numbers, int32(0));
    case 'graphApply'
      [operator, inputs, attributes, count] = varargin{1:4};
      requireText('graph', 'operator', operator);
      requireText('graph', 'attributes', attributes);
      operands = valuesOf('inputs', inputs);
      requireDoubles('graph', 'count', count, 1);
      wanted = double(wholeNumbers('graph', 'count', count, 1, 1000, 'int32'));
      [status, ~, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_apply', graph, operator, numel(inputs), ...
                                             operands, attributes, wanted, zeros(1, wanted, 'int32'));
    case 'graphGradients'
      [y, xs] = varargin{1:2};
      [status, ~, ~, result] = calllib('netjac', 'netjac_graph_gradients', graph, valueOf('y', y), numel(xs), ...
                                       valuesOf('xs', xs), zeros(1, numel(xs), 'int32'));
    case 'graphJvp'
      [y, xs, tangents] = varargin{1:3};
      values = valuesOf('xs', xs);
      directions = valuesOf('tangents', tangents);
      if numel(xs) ~= numel(tangents)
        error('netjac:graph:wrongArgument', 'There are %d xs and %d tangents; each x needs one.', ...
              numel(xs), numel(tangents));
      end
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_graph_jvp', graph, valueOf('y', y), numel(xs), ...
                                          values, directions, int32(0));
    case 'graphDims'
      result = graphDims(graph, valueOf('value', varargin{1}));
      return;
    case 'graphText'
      result = graphText(graph, varargin{1});
      return;
    case 'graphNetwork'
      [inputs, outputs] = varargin{1:2};
      result = libpointer('netjac_networkPtr');
      check('graph', calllib('netjac', 'netjac_graph_network', graph, numel(inputs), valuesOf('inputs', inputs), ...
                             numel(outputs), valuesOf('outputs', outputs), result));
      return;
  end
  check('graph', status);
  result = reshape(double(result), 1, []);
end

function dims = graphDims(graph, value)
  rank = calllib('netjac', 'netjac_graph_rank', graph, value);
  if rank < 0
    error('netjac:graph:wrongArgument', '%s', calllib('netjac', 'netjac_last_error'));
  end
  dims = zeros(1, rank);
  for axis = 1:rank
    dims(axis) = calllib('netjac', 'netjac_graph_dim', graph, value, axis - 1);
  end
end

function text = graphText(graph, format)
  requireText('graph', 'format', format);
  [status, ~, ~, ~, needed] = calllib('netjac', 'netjac_graph_text', graph, format, [], 0, uint64(0));
  check('graph', status);
  [status, ~, ~, text] = calllib('netjac', 'netjac_graph_text', graph, format, blanks(double(needed)), ...
                                 double(needed), []);
  check('graph', status);
end

% ---- Making, training -------------------------------------------------------------------------------------

function pointer = mlp(sizes, activation, seed)
  lengths = lengthsOf('mlp', 'sizes', sizes);
  requireText('mlp', 'activation', activation);
  requireDoubles('mlp', 'seed', seed, 1);
  wholeNumbers('mlp', 'seed', seed, -9007199254740992, 9007199254740992, 'int64');
  pointer = libpointer('netjac_networkPtr');
  check('mlp', calllib('netjac', 'netjac_mlp', numel(sizes), lengths, activation, seed, pointer));
end

function pointer = scaled(network, inputOffset, inputScale, outputOffset, outputScale)
  requireDoubles('scaled', 'inputOffset', inputOffset, network.inputSize);
  requireDoubles('scaled', 'inputScale', inputScale, network.inputSize);
  requireDoubles('scaled', 'outputOffset', outputOffset, network.outputSize);
  requireDoubles('scaled', 'outputScale', outputScale, network.outputSize);
  pointer = libpointer('netjac_networkPtr');
  check('scaled', calllib('netjac', 'netjac_scaled', network.pointer, inputOffset, inputScale, ...
                          outputOffset, outputScale, pointer));
end

function trainer = trainerCreate(network, pairs)
  options = netjac_options(pairs, 'train');
  trainer = struct('pointer', libpointer('netjac_trainerPtr'), 'inputSize', network.inputSize, ...
                   'targetSize', network.outputSize);
  status = calllib('netjac', 'netjac_trainer_create', network.pointer, options, trainer.pointer);
  calllib('netjac', 'netjac_options_release', options);
  check('train', status);
  weight = find(strcmp(pairs(1:2:end), 'jacobian_weight'), 1, 'last');
  if ~isempty(weight) && str2double(pairs{2 * weight}) > 0
    trainer.targetSize = trainer.targetSize * (1 + network.inputSize);
  end
end

function result = runOnTrainer(command, trainer, varargin)
  p = trainer.pointer;
  switch command
    case 'trainerNetwork'
      result = libpointer('netjac_networkPtr');
      check('train', calllib('netjac', 'netjac_trainer_network', p, result));
      return;
    case 'trainerParameters'
      [status, ~, count] = calllib('netjac', 'netjac_trainer_parameters', p, int64(0), []);
      check('train', status);
      count = double(count);
      [status, ~, ~, result] = calllib('netjac', 'netjac_trainer_parameters', p, [], zeros(count, 1));
      check('train', status);
      result = reshape(result, count, 1);
      return;
  end
  [x, targets] = varargin{1:2};
  samples = size(x(:, :), 2);
  requireDoubles('train', 'x', x, trainer.inputSize * samples);
  requireDoubles('train', 'targets', targets, trainer.targetSize * samples);
  switch command
    case 'trainerStep'
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_step', p, samples, x, targets, 0);
    case 'trainerLoss'
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_loss', p, samples, x, targets, 0);
    case 'trainerFit'
      requireDoubles('train', 'epochs', varargin{3}, 1);
      epochs = double(wholeNumbers('train', 'epochs', varargin{3}, 0, 2147483647, 'int64'));
      [status, ~, ~, ~, result] = calllib('netjac', 'netjac_trainer_fit', p, samples, x, targets, epochs, ...
                                          zeros(1, epochs));
      result = reshape(result, 1, epochs);
  end
  check('train', status);
end
