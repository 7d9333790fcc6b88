function varargout = netjac_mex(command, varargin)
  % NETJAC_MEX  The door to the NetJac library through loadlibrary, for MATLAB without a compiler.
  %
  % Offers the commands of the MEX file of the same name (mex/netjac_mex.c lists them) and makes the
  % same checks with the same identifiers and messages. netjac.door decides which of the two is on
  % the path. Belongs to the package netjac; call netjac.load instead.

  persistent networks
  if isempty(networks)
    networks = {};
  end
  if nargin < 1 || ~ischar(command)
    error('netjac:mex:unknownCommand', 'netjac_mex belongs to the package netjac; call netjac.load instead.');
  end

  switch command
    case {'forward', 'jacobian', 'kinks'}
      need(command, varargin, 2);
      [varargout{1:max(1, nargout)}] = evaluate(command, networkOf(networks, varargin{1}), varargin{2:end});
    case 'jacobianSparse'
      need(command, varargin, 2);
      networks = withStructure(networks, varargin{1});
      [varargout{1:max(1, nargout)}] = evaluate(command, networkOf(networks, varargin{1}), varargin{2:end});
    case {'jvp', 'vjp', 'hessian'}
      need(command, varargin, 3);
      [varargout{1:max(1, nargout)}] = evaluate(command, networkOf(networks, varargin{1}), varargin{2:end});
    case 'hvp'
      need(command, varargin, 4);
      varargout{1} = evaluate(command, networkOf(networks, varargin{1}), varargin{2:end});
    case {'load', 'loadBytes'}
      need(command, varargin, 2);
      networks{end + 1} = load(command, varargin{1:2});
      varargout{1} = uint64(numel(networks));
      mlock();
    case 'release'
      need(command, varargin, 1);
      networks = release(networks, varargin{1});
    case 'describe'
      need(command, varargin, 1);
      varargout{1} = describe(networkOf(networks, varargin{1}));
    case 'jacobianSparsity'
      need(command, varargin, 1);
      networks = withStructure(networks, varargin{1});
      network = networkOf(networks, varargin{1});
      varargout{1} = sparse(network.rows, network.columns, true, network.outputSize, network.inputSize);
    case 'hessianSparsity'
      need(command, varargin, 1);
      network = networkOf(networks, varargin{1});
      [rows, columns] = structureOf('hessian', network);
      varargout{1} = sparse(rows, columns, true, network.inputSize, network.inputSize);
    case 'jacobianSeeds'
      need(command, varargin, 1);
      network = networkOf(networks, varargin{1});
      [status, ~, seeds] = calllib('netjac', 'netjac_jacobian_seeds', network.pointer, int64(0));
      check('jacobianSeeds', status);
      varargout{1} = double(seeds);
    case 'kinkNodes'
      need(command, varargin, 1);
      varargout{1} = kinkNodes(networkOf(networks, varargin{1}));
    case 'jacobianCost'
      need(command, varargin, 1);
      network = networkOf(networks, varargin{1});
      zero = int64(0);
      [status, ~, chosen, forward, reverse] = ...
        calllib('netjac', 'netjac_jacobian_cost', network.pointer, zero, zero, zero);
      check('jacobianCost', status);
      varargout{1} = double([chosen, forward, reverse]);
    case 'jacobianPlan'
      need(command, varargin, 1);
      varargout{1} = planText('jacobianPlan', 'netjac_jacobian_plan', networkOf(networks, varargin{1}));
    case 'plan'
      need(command, varargin, 2);
      network = networkOf(networks, varargin{1});
      requireText('plan', 'task', varargin{2});
      varargout{1} = planText('plan', 'netjac_network_plan', network, varargin{2});
    case 'prepare'
      need(command, varargin, 3);
      prepare(networkOf(networks, varargin{1}), varargin{2:3});
    case 'version'
      open();
      varargout{1} = calllib('netjac', 'netjac_version');
    case 'alive'
      varargout{1} = sum(~cellfun(@isempty, networks)) + netjac_objects('alive');
    case {'graphNetwork', 'trainerNetwork'}
      networks{end + 1} = described(netjac_objects(command, varargin{:}));
      varargout{1} = uint64(numel(networks));
      mlock();
    case 'mlp'
      need(command, varargin, 3);
      open();
      networks{end + 1} = described(netjac_objects(command, varargin{1:3}));
      varargout{1} = uint64(numel(networks));
      mlock();
    case 'scaled'
      need(command, varargin, 5);
      networks{end + 1} = described(netjac_objects(command, networkOf(networks, varargin{1}), varargin{2:5}));
      varargout{1} = uint64(numel(networks));
    case 'trainerCreate'
      need(command, varargin, 2);
      varargout{1} = netjac_objects(command, networkOf(networks, varargin{1}), varargin{2});
    case {'save', 'saveJacobian'}
      need(command, varargin, 2);
      netjac_objects(command, networkOf(networks, varargin{1}), varargin{2});
    case 'graphCreate'
      open();
      varargout{1} = netjac_objects(command);
    case {'graphRelease', 'trainerRelease'}
      netjac_objects(command, varargin{:});
    otherwise
      varargout{1} = netjac_objects(command, varargin{:});
  end
end

function open()
  if libisloaded('netjac')
    return;
  end
  library = netjac.internal.locate('library');
  if isempty(library)
    error('netjac:door:notFound', 'The library libnetjac is not there; build it ("make") or set NETJAC_LIBRARY.');
  end
  if isempty(netjac.internal.locate('thunk'))
    % Without the prebuilt thunk MATLAB makes one from the header, which takes a compiler.
    loadlibrary(library, netjac.internal.locate('header'), 'alias', 'netjac');
  else
    loadlibrary(library, @netjac_proto, 'alias', 'netjac');
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

function network = networkOf(networks, handle)
  if ~isa(handle, 'uint64') || ~isscalar(handle) || handle > numel(networks)
    error('netjac:network:invalidHandle', ...
          'This is not the handle of a network; use what netjac.load returned.');
  end
  if handle == 0 || isempty(networks{handle})
    error('netjac:network:released', ...
          'The network has been released (delete, clear); load it again with netjac.load.');
  end
  network = networks{handle};
end

function networks = release(networks, handle)
  if ~isa(handle, 'uint64') || ~isscalar(handle) || handle == 0 || handle > numel(networks) ...
     || isempty(networks{handle})
    return;
  end
  calllib('netjac', 'netjac_release', networks{handle}.pointer);
  networks{handle} = [];
  if all(cellfun(@isempty, networks))
    munlock();
  end
end

% ---- Loading ----------------------------------------------------------------------------------------------

function network = load(command, source, pairs)
  if strcmp(command, 'load')
    requireText('load', 'file', source);
  elseif ~isa(source, 'uint8')
    error('netjac:load:wrongClass', 'bytes must be of class uint8; they are %s.', class(source));
  end
  open();
  options = netjac_options(pairs, 'load');
  network.pointer = libpointer('netjac_networkPtr');
  if strcmp(command, 'load')
    status = calllib('netjac', 'netjac_load', source, options, network.pointer);
  else
    bytes = [];
    if ~isempty(source)
      bytes = libpointer('uint8Ptr', source);
    end
    status = calllib('netjac', 'netjac_load_bytes', bytes, numel(source), options, network.pointer);
  end
  calllib('netjac', 'netjac_options_release', options);
  check('load', status);
  network = described(network.pointer);
end

% What is kept of a network.
function network = described(pointer)
  network.pointer = pointer;
  network.inputSize = calllib('netjac', 'netjac_input_size', network.pointer);
  network.outputSize = calllib('netjac', 'netjac_output_size', network.pointer);
  network.rows = [];
  network.columns = [];
  network.hasStructure = false;
end

% The structure of the Jacobian is read when it is first asked for, and kept.
function networks = withStructure(networks, handle)
  network = networkOf(networks, handle);
  if ~network.hasStructure
    [network.rows, network.columns] = structureOf('jacobian', network);
    network.hasStructure = true;
    networks{handle} = network;
  end
end

% Row and column of every element of the Jacobian or Hessian that can be other than zero, column by column.
function [rows, columns] = structureOf(matrix, network)
  area = [matrix, 'Sparsity'];
  name = ['netjac_', matrix, '_sparsity'];
  [status, ~, count] = calllib('netjac', name, network.pointer, int64(0), [], []);
  check(area, status);
  [status, ~, ~, starts, rows] = calllib('netjac', name, network.pointer, [], ...
                                         zeros(network.inputSize + 1, 1, 'int64'), zeros(count, 1, 'int64'));
  check(area, status);
  rows = double(rows(:)) + 1;
  columns = zeros(count, 1);
  starts = double(starts);
  for k = 1:network.inputSize
    columns(starts(k) + 1:starts(k + 1)) = k;
  end
end

% ---- What a network is ------------------------------------------------------------------------------------

function description = describe(network)
  description = struct('inputs', tensors(network, 'input'), 'outputs', tensors(network, 'output'), ...
                       'inputSize', network.inputSize, 'outputSize', network.outputSize);
end

function list = tensors(network, kind)
  list = struct('name', cell(1, 0), 'size', cell(1, 0));
  for index = 0:calllib('netjac', ['netjac_', kind, '_count'], network.pointer) - 1
    rank = calllib('netjac', ['netjac_', kind, '_rank'], network.pointer, index);
    lengths = [];
    for axis = 0:rank - 1
      lengths(1, axis + 1) = calllib('netjac', ['netjac_', kind, '_dim'], network.pointer, index, axis);
    end
    list(1, index + 1) = struct('name', calllib('netjac', ['netjac_', kind, '_name'], network.pointer, index), ...
                                'size', lengths);
  end
end

function nodes = kinkNodes(network)
  count = kinkCount(network);
  nodes = struct('node', cell(count, 1), 'kind', '', 'convention', '');
  for k = 1:count
    nodes(k).node = calllib('netjac', 'netjac_kink_node', network.pointer, k - 1);
    nodes(k).kind = calllib('netjac', 'netjac_kink_operator', network.pointer, k - 1);
    nodes(k).convention = calllib('netjac', 'netjac_kink_convention', network.pointer, k - 1);
  end
end

function count = kinkCount(network)
  count = double(calllib('netjac', 'netjac_kink_count', network.pointer));
  if count < 0
    error('netjac:kinks:unknownProblem', '%s', calllib('netjac', 'netjac_last_error'));
  end
end

% The text that a function of the library writes into a buffer; its own arguments stand before that.
function text = planText(area, name, network, varargin)
  [status, returned{1:numel(varargin) + 3}] = ...
    calllib('netjac', name, network.pointer, varargin{:}, [], 0, uint64(0));
  check(area, status);
  needed = double(returned{end});
  [status, returned{:}] = calllib('netjac', name, network.pointer, varargin{:}, blanks(needed), needed, []);
  check(area, status);
  text = returned{end - 1};
end

function prepare(network, task, samples)
  if ~isnumeric(samples) || ~isscalar(samples) || ~(samples >= 0 && samples <= 2 ^ 53) || samples ~= fix(samples)
    error('netjac:prepare:wrongArgument', 'samples must be a whole number, 0 or more.');
  end
  requireText('prepare', 'task', task);
  check('prepare', calllib('netjac', 'netjac_prepare', network.pointer, task, double(samples)));
end

% ---- Values and derivatives -------------------------------------------------------------------------------

function varargout = evaluate(command, network, x, varargin)
  n = network.inputSize;
  m = network.outputSize;
  checkClass(command, 'x', x);
  isRow = false;
  if ndims(x) == 2 && size(x, 1) == n
    samples = size(x, 2);
  elseif ndims(x) == 2 && size(x, 1) == 1 && size(x, 2) == n
    samples = 1;
    isRow = true;
  else
    error(['netjac:', command, ':wrongSize'], ...
          ['x is %s; the network takes %d values a sample: give %d-by-N, a sample a column, or one sample ', ...
           'as a row of %d.'], sizeText(x), n, n, n);
  end

  companion = [];
  names = struct('jvp', 'v', 'vjp', 'w', 'hessian', 'lambda', 'hvp', 'lambda');
  if isfield(names, command)
    rows = struct('jvp', n, 'vjp', m, 'hessian', m, 'hvp', m);
    companion = companionOf(command, names.(command), varargin{1}, rows.(command), samples, class(x));
  end
  if nargout < 2 && any(strcmp(command, {'jacobian', 'jacobianSparse'}))
    task = 'forward';
  else
    task = command;
  end

  p = network.pointer;
  y = zeros(m, samples, class(x));
  switch task
    case 'forward'
      [status, ~, ~, y] = calllib('netjac', taskName('forward', x), p, samples, x, y);
    case 'jacobian'
      [status, ~, ~, y, second] = calllib('netjac', taskName('jacobian', x), p, samples, x, y, ...
                                          zeros(m * n * samples, 1, class(x)), 1);
    case 'jvp'
      [status, ~, ~, ~, y, second] = calllib('netjac', taskName('jvp', x), p, samples, x, companion, y, y);
    case 'vjp'
      [status, ~, ~, ~, y, second] = calllib('netjac', taskName('vjp', x), p, samples, x, companion, y, ...
                                             zeros(n, samples, class(x)));
    case 'hessian'
      [status, ~, ~, ~, y] = calllib('netjac', taskName('hessian', x), p, samples, x, companion, ...
                                     zeros(n * n * samples, 1, class(x)));
    case 'hvp'
      v = companionOf('hvp', 'v', varargin{2}, n, samples, class(x));
      [status, ~, ~, ~, ~, y] = calllib('netjac', taskName('hvp', x), p, samples, x, companion, v, ...
                                        zeros(n, samples, class(x)));
    case 'kinks'
      count = kinkCount(network);
      [status, ~, ~, y] = calllib('netjac', taskName('kinks', x), p, samples, x, ...
                                  zeros(count, samples, class(x)));
    case 'jacobianSparse'
      count = numel(network.rows);
      [status, ~, ~, y, values] = calllib('netjac', taskName('jacobian_sparse', x), p, samples, x, y, ...
                                          zeros(count, samples, class(x)));
      offsets = 0:samples - 1;
      second = sparse(network.rows + m * offsets, network.columns + n * offsets, ...
                      double(reshape(values, count, samples)), m * samples, n * samples);
  end
  check(command, status);

  % Shapes are stated again, because an array without elements travels as NULL.
  if strcmp(task, 'hessian')
    varargout{1} = reshape(y, [n, n, samples]);
  elseif strcmp(task, 'hvp')
    varargout{1} = oriented(y, n, samples, isRow);
  elseif strcmp(task, 'kinks')
    varargout{1} = reshape(y, count, samples);
  else
    varargout{1} = oriented(y, m, samples, isRow);
  end
  if nargout < 2
    return;
  end
  switch task
    case 'jacobian', varargout{2} = reshape(second, [m, n, samples]);
    case 'jvp',      varargout{2} = oriented(second, m, samples, isRow);
    case 'vjp',      varargout{2} = oriented(second, n, samples, isRow);
    otherwise,       varargout{2} = second;
  end
end

function text = taskName(task, x)
  text = ['netjac_', task];
  if isa(x, 'single')
    text = [text, '_f32'];
  end
end

function y = oriented(y, rows, samples, isRow)
  if isRow
    y = reshape(y, 1, rows);
  else
    y = reshape(y, rows, samples);
  end
end

function companion = companionOf(area, name, companion, rows, samples, className)
  checkClass(area, name, companion);
  isColumns = ndims(companion) == 2 && size(companion, 1) == rows && size(companion, 2) == samples;
  isRow = samples == 1 && ndims(companion) == 2 && size(companion, 1) == 1 && size(companion, 2) == rows;
  if ~isColumns && ~isRow
    error(['netjac:', area, ':wrongSize'], '%s is %s; x has %d samples, so give %d-by-%d, a sample a column.', ...
          name, sizeText(companion), samples, rows, samples);
  end
  companion = feval(className, companion);
end

function checkClass(area, name, array)
  if issparse(array)
    error(['netjac:', area, ':sparse'], '%s is sparse; give a full matrix: full(%s).', name, name);
  end
  if ~isa(array, 'double') && ~isa(array, 'single')
    error(['netjac:', area, ':wrongClass'], '%s is of class %s; give double or single: double(%s).', ...
          name, class(array), name);
  end
  if ~isreal(array)
    error(['netjac:', area, ':complex'], '%s is complex; networks take real numbers: real(%s).', name, name);
  end
end

function requireText(area, name, text)
  if ~ischar(text) || (size(text, 1) > 1 && ~isempty(text))
    error(['netjac:', area, ':wrongClass'], '%s must be text (a char row); it is of class %s.', name, class(text));
  end
end

function text = sizeText(array)
  text = sprintf('%d-by-', size(array));
  text = text(1:end - 4);
end
