function varargout = netjac_mex(command, varargin)
  % NETJAC_MEX  The door to the NetJac library through loadlibrary, for MATLAB without a compiler.
  %
  % Offers the commands of the MEX file of the same name (mex/netjac_commands.h lists them) and makes
  % the same checks with the same identifiers and messages. netjac.door decides which of the two is on
  % the path. Belongs to the package netjac; call netjac.load instead.

  persistent known
  if isempty(known)
    known = netjac_commands();
  end
  if nargin < 1 || ~ischar(command)
    netjac.internal.refuseCommand();
  elseif ~isfield(known, command)
    netjac.internal.refuseCommand(command);
  elseif numel(varargin) < known.(command).count
    netjac.internal.refuseCommand(command, known.(command).arguments, numel(varargin));
  end
  area = known.(command).area;
  given = varargin(1:known.(command).count);

  switch command
    case {'load', 'loadBytes'}
      varargout{1} = load(command, area, given{:});
    case 'version'
      open();
      varargout{1} = calllib('netjac', 'netjac_version');
    case 'alive'
      varargout{1} = netjac_handles('count');
    case {'release', 'graphRelease', 'trainerRelease', 'storeRelease', 'studyRelease'}
      kinds = struct('release', 'network', 'graphRelease', 'graph', 'trainerRelease', 'trainer', ...
                     'storeRelease', 'store', 'studyRelease', 'study');
      functions = struct('release', 'netjac_release', 'graphRelease', 'netjac_graph_release', ...
                         'trainerRelease', 'netjac_trainer_release', 'storeRelease', 'netjac_store_release', ...
                         'studyRelease', 'netjac_study_release');
      pointer = netjac_handles('release', kinds.(command), given{1});
      if ~isempty(pointer)
        calllib('netjac', functions.(command), pointer);
      end
    case {'mlp', 'graphCreate'}
      open();
      varargout{1} = netjac_objects(command, area, given{:});
    case {'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'hvp', 'jacobianSparse', 'kinks'}
      network = networkOf(given{1});
      [varargout{1:max(1, nargout)}] = netjac_evaluate(command, network, given{2:end});
    case {'prepare', 'save', 'saveJacobian'}
      perform(command, area, networkOf(given{1}), given{2:end});
    case {'describe', 'jacobianSparsity', 'hessianSparsity', 'jacobianSeeds', 'kinkNodes', 'jacobianCost', ...
          'jacobianPlan', 'plan'}
      varargout{1} = ask(command, area, networkOf(given{1}), given{2:end});
    case {'scaled', 'trainerCreate'}
      varargout{1} = netjac_objects(command, area, networkOf(given{1}), given{2:end});
    case {'trainerHoldOut', 'graphShow'}
      netjac_objects(command, area, given{:});
    case 'storeOpen'
      open();
      varargout{1} = netjac_stores(command, area, given{:});
    case {'storeBackup', 'studyVariable', 'studyVersion', 'studyExport', 'studyPutArray', 'studyFail', 'studyReturn'}
      netjac_stores(command, area, given{:});
    case {'storeStudies', 'storeText', 'studyOpen', 'studyDescribe', 'studyLookUp', 'studyFind', 'studyAdd', ...
          'studyClaim', 'studyPut', 'studyGetArray', 'studyInsert', 'studyCount', 'studyRead', 'studyRecords', ...
          'studyChange', 'studyImport', 'studyDesign'}
      [varargout{1:max(1, nargout)}] = netjac_stores(command, area, given{:});
    otherwise
      varargout{1} = netjac_objects(command, area, given{:});
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

function network = networkOf(handle)
  network.pointer = netjac_handles('find', 'network', handle);
  network.inputSize = calllib('netjac', 'netjac_input_size', network.pointer);
  network.outputSize = calllib('netjac', 'netjac_output_size', network.pointer);
end

function handle = load(command, area, source, pairs)
  if strcmp(command, 'load')
    netjac.internal.argument('text', area, 'file', source);
  else
    netjac.internal.argument('bytes', area, 'bytes', source);
  end
  open();
  options = netjac_options(pairs, area);
  pointer = libpointer('netjac_networkPtr');
  if strcmp(command, 'load')
    status = calllib('netjac', 'netjac_load', source, options, pointer);
  else
    bytes = [];
    if ~isempty(source)
      bytes = libpointer('uint8Ptr', source);
    end
    status = calllib('netjac', 'netjac_load_bytes', bytes, numel(source), options, pointer);
  end
  calllib('netjac', 'netjac_options_release', options);
  netjac_check(area, status);
  handle = netjac_handles('add', pointer);
end

function perform(command, area, network, varargin)
  switch command
    case 'prepare'
      samples = netjac.internal.argument('one', area, 'samples', varargin{2}, 0, 2 ^ 53);
      task = netjac.internal.argument('text', area, 'task', varargin{1});
      netjac_check(area, calllib('netjac', 'netjac_prepare', network.pointer, task, samples));
    otherwise
      functions = struct('save', 'netjac_save', 'saveJacobian', 'netjac_save_jacobian');
      file = netjac.internal.argument('text', area, 'file', varargin{1});
      netjac_check(area, calllib('netjac', functions.(command), network.pointer, file));
  end
end

% ---- What a network is ------------------------------------------------------------------------------------

function answer = ask(command, area, network, varargin)
  switch command
    case 'describe'
      answer = struct('inputs', tensors(network, 'input'), 'outputs', tensors(network, 'output'), ...
                      'inputSize', network.inputSize, 'outputSize', network.outputSize);
    case 'jacobianSparsity'
      [rows, columns] = netjac_structure('jacobian', network);
      answer = sparse(rows, columns, true, network.outputSize, network.inputSize);
    case 'hessianSparsity'
      [rows, columns] = netjac_structure('hessian', network);
      answer = sparse(rows, columns, true, network.inputSize, network.inputSize);
    case 'jacobianSeeds'
      [status, ~, seeds] = calllib('netjac', 'netjac_jacobian_seeds', network.pointer, int64(0));
      netjac_check(area, status);
      answer = double(seeds);
    case 'jacobianCost'
      zero = int64(0);
      [status, ~, chosen, forward, reverse] = ...
        calllib('netjac', 'netjac_jacobian_cost', network.pointer, zero, zero, zero);
      netjac_check(area, status);
      answer = double([chosen, forward, reverse]);
    case 'kinkNodes'
      answer = kinkNodes(network);
    case 'jacobianPlan'
      answer = netjac_text(area, 'netjac_jacobian_plan', network.pointer);
    case 'plan'
      task = netjac.internal.argument('text', area, 'task', varargin{1});
      answer = netjac_text(area, 'netjac_network_plan', network.pointer, task);
  end
end

% Inputs have a type, too.
function list = tensors(network, kind)
  fields = {'name', cell(1, 0), 'size', cell(1, 0), 'type', cell(1, 0)};
  if strcmp(kind, 'output')
    fields(5:6) = [];
  end
  list = struct(fields{:});
  for index = 0:calllib('netjac', ['netjac_', kind, '_count'], network.pointer) - 1
    rank = calllib('netjac', ['netjac_', kind, '_rank'], network.pointer, index);
    lengths = [];
    for axis = 0:rank - 1
      lengths(1, axis + 1) = calllib('netjac', ['netjac_', kind, '_dim'], network.pointer, index, axis);
    end
    list(1, index + 1).name = calllib('netjac', ['netjac_', kind, '_name'], network.pointer, index);
    list(1, index + 1).size = lengths;
    if strcmp(kind, 'input')
      list(1, index + 1).type = calllib('netjac', 'netjac_input_type', network.pointer, index);
    end
  end
end

function nodes = kinkNodes(network)
  count = netjac_kink_total(network);
  nodes = struct('node', cell(count, 1), 'kind', '', 'convention', '');
  for k = 1:count
    nodes(k).node = calllib('netjac', 'netjac_kink_node', network.pointer, k - 1);
    nodes(k).kind = calllib('netjac', 'netjac_kink_operator', network.pointer, k - 1);
    nodes(k).convention = calllib('netjac', 'netjac_kink_convention', network.pointer, k - 1);
  end
end
