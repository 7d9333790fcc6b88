function varargout = netjac_stores(command, area, object, varargin)
  % NETJAC_STORES  Stores of samples and their studies, for the door through loadlibrary.
  %
  % Results as those of netjac_mex. Belongs to netjac_mex, which has checked how many arguments there are.

  switch command
    case 'storeOpen'
      netjac.internal.argument('text', area, 'url', object);
      options = netjac_options(varargin{1}, area);
      pointer = libpointer('netjac_storePtr');
      status = calllib('netjac', 'netjac_store_open', object, options, pointer);
      calllib('netjac', 'netjac_options_release', options);
      netjac_check(area, status);
      varargout{1} = netjac_handles('add', pointer);
    case {'storeStudies', 'storeText', 'storeBackup', 'studyOpen'}
      varargout{1} = runOnStore(command, area, netjac_handles('find', 'store', object), varargin{:});
    otherwise
      pointer = netjac_handles('find', 'study', object);
      study = struct('pointer', pointer, 'inputSize', calllib('netjac', 'netjac_study_size', pointer, 0), ...
                     'outputSize', calllib('netjac', 'netjac_study_size', pointer, 1));
      [varargout{1:max(1, nargout)}] = runOnStudy(command, area, study, varargin{:});
  end
end

function result = runOnStore(command, area, store, varargin)
  result = [];
  switch command
    case 'storeStudies'
      count = calllib('netjac', 'netjac_store_study_count', store);
      if count < 0
        netjac_check(area, -10);
      end
      result = cell(1, count);
      for k = 1:count
        result{k} = calllib('netjac', 'netjac_store_study_name', store, k - 1);
      end
    case 'storeText'
      result = netjac_text(area, 'netjac_store_text', store, netjac.internal.argument('text', area, 'what', varargin{1}));
    case 'storeBackup'
      file = netjac.internal.argument('text', area, 'file', varargin{1});
      netjac_check(area, calllib('netjac', 'netjac_store_backup', store, file));
    case 'studyOpen'
      name = netjac.internal.argument('text', area, 'name', varargin{1});
      options = netjac_options(varargin{2}, area);
      pointer = libpointer('netjac_studyPtr');
      status = calllib('netjac', 'netjac_study_open', store, name, options, pointer);
      calllib('netjac', 'netjac_options_release', options);
      netjac_check(area, status);
      result = netjac_handles('add', pointer);
  end
end

function varargout = runOnStudy(command, area, study, varargin)
  varargout = {[]};
  switch command
    case {'studyLookUp', 'studyFind', 'studyAdd', 'studyClaim', 'studyPut', 'studyInsert', 'studyRead', 'studyDesign'}
      [varargout{1:max(1, nargout)}] = runOnArrays(command, area, study, varargin{:});
    case {'studyPutArray', 'studyGetArray', 'studyFail', 'studyReturn'}
      varargout{1} = runOnSample(command, area, study.pointer, varargin{:});
    case {'studyVariable', 'studyVersion'}
      declare(command, area, study.pointer, varargin{:});
    case 'studyDescribe'
      varargout{1} = describe(area, study);
    case 'studyCount'
      [status, ~, ~, count] = calllib('netjac', 'netjac_study_count', study.pointer, ...
                                      textOrNone(area, 'filter', varargin{1}), int64(0));
      netjac_check(area, status);
      varargout{1} = double(count);
    case 'studyRecords'
      varargout{1} = records(area, study.pointer, varargin{:});
    case 'studyChange'
      filter = textOrNone(area, 'filter', varargin{1});
      action = netjac.internal.argument('text', area, 'action', varargin{2});
      [status, ~, ~, ~, count] = calllib('netjac', 'netjac_study_change', study.pointer, filter, action, int64(0));
      netjac_check(area, status);
      varargout{1} = double(count);
    case 'studyExport'
      filter = textOrNone(area, 'filter', varargin{1});
      file = netjac.internal.argument('text', area, 'file', varargin{2});
      netjac_check(area, calllib('netjac', 'netjac_study_export', study.pointer, filter, file));
    case 'studyImport'
      file = netjac.internal.argument('text', area, 'file', varargin{1});
      [status, ~, ~, count] = calllib('netjac', 'netjac_study_import', study.pointer, file, int64(0));
      netjac_check(area, status);
      varargout{1} = double(count);
  end
end

% ---- Points -----------------------------------------------------------------------------------------------

function [first, second] = runOnArrays(command, area, study, varargin)
  p = study.pointer;
  n = study.inputSize;
  m = study.outputSize;
  second = [];
  switch command
    case {'studyLookUp', 'studyFind'}
      [x, samples] = pointsOf(area, 'x', varargin{1}, n);
      wantsAll = strcmp(command, 'studyFind');
      ids = zeros(1, samples * wantsAll, 'int64');
      [status, ~, ~, ids, states, y, jacobian, seconds] = calllib( ...
        'netjac', 'netjac_study_find', p, samples, x, ids, zeros(1, samples, 'int32'), zeros(m, samples), ...
        zeros(m * n, samples * wantsAll), zeros(1, samples * wantsAll));
      states = double(states);
      if wantsAll
        first = struct('ids', double(ids), 'states', states, 'y', y, 'jacobian', jacobian, 'seconds', seconds);
      else
        first = y;
        second = states;
      end
    case 'studyAdd'
      [x, samples] = pointsOf(area, 'x', varargin{1}, n);
      tag = textOrNone(area, 'tag', varargin{2});
      priority = netjac.internal.argument('doubles', area, 'priority', varargin{3}, 1);
      [status, ~, ~, ~, first, second] = calllib('netjac', 'netjac_study_add', p, samples, x, tag, priority, ...
                                                 zeros(1, samples, 'int64'), int64(0));
      first = double(first);
      second = double(second);
    case 'studyClaim'
      most = netjac.internal.argument('one', area, 'most', varargin{1}, 0, 1e6);
      filter = textOrNone(area, 'filter', varargin{2});
      wait = netjac.internal.argument('doubles', area, 'wait', varargin{3}, 1);
      none = zeros(1, most, 'int64');
      [status, ~, ~, ids, tokens, x, count] = calllib('netjac', 'netjac_study_claim', p, most, filter, wait, ...
                                                      none, none, zeros(n, most), int64(0));
      kept = 1:double(count);
      first = struct('ids', double(ids(kept)), 'tokens', double(tokens(kept)), 'x', x(:, kept));
    case 'studyPut'
      [y, samples] = pointsOf(area, 'y', varargin{3}, m);
      ids = numbersOf(area, 'ids', varargin{1}, samples);
      tokens = numbersOf(area, 'tokens', varargin{2}, samples);
      jacobian = jacobianOf(area, varargin{4}, m * n * samples);
      seconds = varargin{5};
      if ~isempty(seconds)
        netjac.internal.argument('doubles', area, 'seconds', seconds, samples);
      end
      [status, ~, ~, ~, ~, ~, ~, first] = calllib('netjac', 'netjac_study_put', p, samples, ids, tokens, y, ...
                                                  jacobian, seconds, zeros(1, samples, 'int32'));
      first = double(first);
    case 'studyInsert'
      [x, samples] = pointsOf(area, 'x', varargin{1}, n);
      y = netjac.internal.argument('doubles', area, 'y', varargin{2}, m * samples);
      jacobian = jacobianOf(area, varargin{3}, m * n * samples);
      [status, ~, ~, ~, ~, ~, first] = calllib('netjac', 'netjac_study_insert', p, samples, x, y, jacobian, ...
                                               textOrNone(area, 'tag', varargin{4}), int64(0));
      first = double(first);
    case 'studyRead'
      filter = textOrNone(area, 'filter', varargin{1});
      after = netjac.internal.argument('one', area, 'after', varargin{2}, -2 ^ 53, 2 ^ 53);
      most = netjac.internal.argument('one', area, 'most', varargin{3}, 0, 1e9);
      wants = netjac.internal.argument('one', area, 'wantsJacobian', varargin{4}, 0, 1);
      [status, ~, ~, ids, x, y, jacobian, count] = calllib( ...
        'netjac', 'netjac_study_read', p, filter, after, most, zeros(1, most, 'int64'), zeros(n, most), ...
        zeros(m, most), zeros(m * n, most * wants), int64(0));
      kept = 1:double(count);
      first = struct('ids', double(ids(kept)), 'x', x(:, kept), 'y', y(:, kept), 'jacobian', jacobian(:, kept(1:wants * end)));
    case 'studyDesign'
      kind = netjac.internal.argument('text', area, 'kind', varargin{1});
      from = netjac.internal.argument('one', area, 'from', varargin{2}, 0, 2 ^ 53);
      samples = netjac.internal.argument('one', area, 'samples', varargin{3}, 0, 1e9);
      seed = netjac.internal.argument('one', area, 'seed', varargin{4}, -2 ^ 53, 2 ^ 53);
      [status, ~, ~, first] = calllib('netjac', 'netjac_study_design', p, kind, from, samples, seed, zeros(n, samples));
  end
  netjac_check(area, status);
end

function [x, samples] = pointsOf(area, name, x, rows)
  netjac.internal.argument('points', area, name, x, rows);
  samples = size(x, 2);
end

function jacobian = jacobianOf(area, jacobian, count)
  if ~isempty(jacobian)
    netjac.internal.argument('doubles', area, 'jacobian', jacobian, count);
  end
end

function numbers = numbersOf(area, name, numbers, count)
  numbers = int64(netjac.internal.argument('numbers', area, name, numbers, count));
end

function text = textOrNone(area, name, text)
  netjac.internal.argument('text', area, name, text);
  if isempty(text)
    text = [];
  end
end

% ---- Samples ----------------------------------------------------------------------------------------------

function result = runOnSample(command, area, study, varargin)
  result = [];
  if strcmp(command, 'studyReturn')
    samples = numel(varargin{1});
    ids = numbersOf(area, 'ids', varargin{1}, samples);
    tokens = numbersOf(area, 'tokens', varargin{2}, samples);
    netjac_check(area, calllib('netjac', 'netjac_study_return', study, samples, ids, tokens));
    return;
  end
  id = netjac.internal.argument('one', area, 'id', varargin{1}, 0, 2 ^ 53);
  switch command
    case 'studyPutArray'
      output = netjac.internal.argument('text', area, 'output', varargin{2});
      values = netjac.internal.argument('doubles', area, 'values', varargin{3});
      netjac_check(area, calllib('netjac', 'netjac_study_put_array', study, id, output, numel(values), values));
    case 'studyGetArray'
      output = netjac.internal.argument('text', area, 'output', varargin{2});
      [status, ~, ~, ~, needed] = calllib('netjac', 'netjac_study_get_array', study, id, output, [], 0, int64(0));
      netjac_check(area, status);
      needed = double(needed);
      [status, ~, ~, result] = calllib('netjac', 'netjac_study_get_array', study, id, output, zeros(needed, 1), needed, []);
      netjac_check(area, status);
    case 'studyFail'
      token = netjac.internal.argument('one', area, 'token', varargin{2}, 0, 2 ^ 53);
      message = textOrNone(area, 'message', varargin{3});
      final = netjac.internal.argument('one', area, 'final', varargin{4}, 0, 1);
      netjac_check(area, calllib('netjac', 'netjac_study_fail', study, id, token, message, final));
  end
end

% Others may add to the text between two calls.
function text = records(area, study, filter, after, most, fields)
  filter = textOrNone(area, 'filter', filter);
  netjac.internal.argument('one', area, 'after', after, -2 ^ 53, 2 ^ 53);
  netjac.internal.argument('one', area, 'most', most, 0, 1e9);
  fields = textOrNone(area, 'fields', fields);
  size_ = 0;
  needed = 65536;
  while needed > size_
    size_ = ceil(1.125 * needed);
    [status, ~, ~, ~, text, needed] = calllib('netjac', 'netjac_study_records', study, filter, after, most, fields, ...
                                              blanks(size_), size_, uint64(0));
    netjac_check(area, status);
    needed = double(needed);
  end
end

% ---- Variables --------------------------------------------------------------------------------------------

function declare(command, area, study, varargin)
  if strcmp(command, 'studyVariable')
    role = netjac.internal.argument('one', area, 'role', varargin{1}, 0, 1);
    name = netjac.internal.argument('text', area, 'name', varargin{2});
    size_ = netjac.internal.argument('one', area, 'size', varargin{3}, -2 ^ 53, 2 ^ 53);
    details = textOrNone(area, 'details', varargin{4});
    status = calllib('netjac', 'netjac_study_variable', study, role, name, size_, details);
  else
    label = netjac.internal.argument('text', area, 'label', varargin{1});
    names = {'simulator', 'parameters', 'source'};
    texts = cell(1, 3);
    for k = 1:3
      texts{k} = textOrNone(area, names{k}, varargin{k + 1});
    end
    status = calllib('netjac', 'netjac_study_version', study, label, texts{:});
  end
  netjac_check(area, status);
end

function description = describe(area, study)
  description = struct('inputs', variablesOf(study.pointer, 0), 'outputs', variablesOf(study.pointer, 1), ...
                       'inputSize', study.inputSize, 'outputSize', study.outputSize);
  none = zeros(study.inputSize, 1);
  lower = none;
  upper = none;
  if study.inputSize > 0
    [status, ~, lower, upper] = calllib('netjac', 'netjac_study_bounds', study.pointer, none, none);
    netjac_check(area, status);
  end
  description.lower = lower(:);
  description.upper = upper(:);
end

function variables = variablesOf(study, role)
  variables = struct('name', cell(1, 0), 'size', cell(1, 0), 'details', cell(1, 0));
  for k = 0:calllib('netjac', 'netjac_study_variable_count', study, role) - 1
    variables(1, k + 1) = struct('name', calllib('netjac', 'netjac_study_variable_name', study, role, k), ...
                                 'size', calllib('netjac', 'netjac_study_variable_size', study, role, k), ...
                                 'details', calllib('netjac', 'netjac_study_variable_details', study, role, k));
  end
end
