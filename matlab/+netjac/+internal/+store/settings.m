function s = settings(url, given)
  % SETTINGS  The arguments of netjac.Store, checked and taken apart.
  %
  % s.place            what to open; a path is made absolute, so that a later cd changes nothing
  % s.url              the same without a password, which is neither kept nor shown
  % s.study            '' if none was named
  % s.inputs, outputs  struct arrays of netjac.internal.store.variables; [] if none were given
  % s.version          struct with label, simulator, parameters (JSON), source; label '' if none was chosen
  % s.storePairs, s.studyPairs   options of netjac_store_open and netjac_study_open
  % s.saved            what another process needs to open the same study

  url = netjac.internal.store.asText(url);
  if ~ischar(url) || size(url, 1) ~= 1 || isempty(url)
    error('netjac:store:wrongArgument', ...
          'A store is a path such as ''foot.db'' or a URL such as ''postgresql://user@host/lab''; this is %s.', class(url));
  end
  ofStore = {'mode', 'busy_timeout', 'retry', 'journal', 'spool', 'schema', 'libpq'};
  ofStudy = {'equality', 'tolerance', 'lease', 'attempts', 'worker'};
  own = {'study', 'inputs', 'outputs', 'version', 'parameters', 'simulator', 'source', 'step'};
  names = [own, ofStore, ofStudy];
  defaults = cell2struct(cell(numel(names), 1), names(:), 1);
  chosen = netjac.internal.store.options(given, defaults, 'the URL');

  s.place = absolute(url);
  s.url = regexprep(s.place, '^(\w+://[^:/@]*):[^/]*@', '$1@');
  s.study = '';
  if ~isempty(chosen.study)
    s.study = requireText('study', chosen.study);
  end
  s.inputs = netjac.internal.store.variables('input', chosen.inputs);
  s.outputs = netjac.internal.store.variables('output', chosen.outputs);
  s.inputs = withDefault(s.inputs, 'step', chosen.step);
  if ~isempty(chosen.tolerance) && ~isscalar(chosen.tolerance)
    s.inputs = withDefault(s.inputs, 'tolerance', chosen.tolerance);
    chosen.tolerance = [];
  end
  s.version = versionOf(chosen);

  % A study that is only looked up must not make a new file out of a slip of the pen.
  if isempty(chosen.mode) && isempty(s.inputs)
    chosen.mode = 'write';
  end
  s.storePairs = pairsOf(chosen, ofStore);
  s.studyPairs = pairsOf(chosen, ofStudy);
  kept = rmfield(chosen, [own, {'mode', 'worker'}]);
  s.saved = [pairsOf(kept, fieldnames(kept)), {'mode', 'write'}];
  if strcmp(chosen.mode, 'read')
    s.saved{end} = 'read';
  end
  if ~isempty(s.version.label)
    s.saved = [s.saved, {'version', s.version.label}];
  end
end

function url = absolute(url)
  prefix = '';
  path = url;
  if strncmp(url, 'sqlite:', 7)
    prefix = 'sqlite:';
    path = url(8:end);
  elseif ~isempty(regexp(url, '^\w+://', 'once'))
    return;
  end
  if ~isempty(path) && isempty(regexp(path, '^([/\\~]|[A-Za-z]:)', 'once'))
    url = [prefix, fullfile(pwd(), path)];
  elseif strncmp(path, '~/', 2)
    url = [prefix, getenv('HOME'), path(2:end)];
  end
end

function text = requireText(name, text)
  if ~ischar(text) || size(text, 1) > 1
    error('netjac:store:wrongOption', 'Option ''%s'' must be text; it is %s.', name, class(text));
  end
end

% A number for all variables that have none, or one for each.
function variables = withDefault(variables, field, value)
  if isempty(value) || isempty(variables)
    return;
  end
  if ~isnumeric(value) || (~isscalar(value) && numel(value) ~= numel(variables))
    error('netjac:store:wrongOption', 'Option ''%s'' must be a number, or one for each of the %d inputs.', ...
          field, numel(variables));
  end
  value = double(value(:).') .* ones(1, numel(variables));
  for k = 1:numel(variables)
    if isempty(variables(k).(field))
      variables(k).(field) = value(k);
    end
  end
end

function version = versionOf(chosen)
  version = struct('label', '', 'simulator', '', 'parameters', '', 'source', '');
  for name = {'simulator', 'source'}
    if ~isempty(chosen.(name{1}))
      version.(name{1}) = requireText(name{1}, chosen.(name{1}));
    end
  end
  if ischar(chosen.parameters)
    version.parameters = chosen.parameters;
  elseif isstruct(chosen.parameters) && isscalar(chosen.parameters)
    version.parameters = jsonencode(chosen.parameters);
  elseif ~isempty(chosen.parameters)
    error('netjac:store:wrongOption', 'Option ''parameters'' must be a struct, or JSON as text; it is %s.', ...
          class(chosen.parameters));
  end
  if isnumeric(chosen.version) && isscalar(chosen.version)
    chosen.version = sprintf('%.15g', chosen.version);
  end
  if ~isempty(chosen.version)
    version.label = requireText('version', chosen.version);
  elseif ~isempty([version.simulator, version.parameters, version.source])
    version.label = 'default';
  end
end

function pairs = pairsOf(chosen, names)
  pairs = {};
  for name = reshape(names, 1, [])
    value = chosen.(name{1});
    if isnumeric(value) && isscalar(value)
      value = sprintf('%.17g', value);
    end
    if ~isempty(value)
      pairs = [pairs, name, {requireText(name{1}, value)}];
    end
  end
end
