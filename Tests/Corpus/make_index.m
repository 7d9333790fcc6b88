% Writes cases.txt and malformed.txt from the JSON descriptions of the corpus, for test programs in C, which read
% words and lines more easily than JSON. Run it after the corpus has changed:
%
%   octave-cli Tests/Corpus/make_index.m
%
% README.md describes what it writes.
1;

function elements = each(list)
  % jsondecode gives an array of structs or, where their fields differ, a cell.
  if isempty(list)
    elements = {};
  elseif iscell(list)
    elements = list;
  else
    elements = num2cell(list(:));
  end
end

function dims = declared(port)
  % Declared dimensions as a cell of numbers, names, or [] for a dynamic axis without a name.
  dims = port.declared_shape;
  if ~iscell(dims)
    dims = num2cell(dims(:));
  end
  for k = 1:numel(dims)
    if isnumeric(dims{k}) && any(isnan(dims{k}))
      dims{k} = [];
    end
  end
end

function lines = dimension_options(inputs)
  % Every dynamic axis is bound, except the batch axis: the first axis of all inputs, symbolic or 1, called with 1.
  batched = true;
  for input = inputs
    dims = declared(input{1});
    shape = input{1}.shape(:);
    batched = batched && ~isempty(dims) && shape(1) == 1 && (~isnumeric(dims{1}) || isempty(dims{1}) || dims{1} == 1);
  end
  lines = {};
  for input = inputs
    dims = declared(input{1});
    shape = input{1}.shape(:);
    for axis = (1 + batched):numel(dims)
      if ischar(dims{axis})
        lines{end + 1} = sprintf('option dim.%s %d', dims{axis}, shape(axis));
      elseif isempty(dims{axis})
        lines{end + 1} = sprintf('option dim.%s.%d %d', input{1}.name, axis - 1, shape(axis));
      end
    end
  end
  lines = unique(lines);
end

function text = numbers(file)
  handle = fopen(file, 'r', 'ieee-le');
  values = fread(handle, Inf, 'int64=>int64');
  fclose(handle);
  text = strjoin(arrayfun(@(v) sprintf('%d', v), values(:)', 'UniformOutput', false), ',');
end

function text = tolerances(description, kind, model)
  tolerance = description.tolerance.(kind);
  own = ['tolerance_' kind];
  if isfield(model, own)
    for field = fieldnames(model.(own))'
      tolerance.(field{1}) = model.(own).(field{1});
    end
  end
  hessian = 0;
  if isfield(tolerance, 'H') && ~isempty(tolerance.H)
    hessian = tolerance.H;
  end
  text = sprintf('%g %g %g', tolerance.y, tolerance.J, hessian);
end

function lines = case_lines(folder, description, model)
  inputs = each(description.inputs)';
  outputs = each(description.outputs)';
  lines = {['case ' description.name], ['model ' model.file]};
  lines = [lines, dimension_options(inputs)];
  for input = each(description.aux_inputs)'
    lines{end + 1} = sprintf('option input.%s %s', input{1}.name, numbers(fullfile(folder, input{1}.file)));
  end
  kept = cellfun(@(output) ~isempty(output.range), outputs);
  if ~all(kept)
    names = cellfun(@(output) output.name, outputs(kept), 'UniformOutput', false);
    lines{end + 1} = ['option output ' strjoin(names, ',')];
  end
  lines = [lines, { ...
    sprintf('size %d %d %d', description.samples, description.n_in, description.m_out), ...
    sprintf('hessian %d', isfield(description.files, 'H')), ...
    ['float64 ' tolerances(description, 'double', model)], ...
    ['float32 ' tolerances(description, 'float', model)], ...
    'end'}];
end

function lines = malformed_lines(description)
  lines = {['case ' description.name], ['model ' description.file], ['expect ' description.expect], ...
           sprintf('limits %d %d', description.limits.seconds, description.limits.memory_mb)};
  if isfield(description, 'options')
    for key = fieldnames(description.options)'
      lines{end + 1} = sprintf('option %s %s', key{1}, description.options.(key{1}));
    end
  end
  words = each(description.message_mentions_any_of);
  for word = words(:)'
    lines{end + 1} = ['mentions ' word{1}];
  end
  if isfield(description, 'reference')
    reference = description.reference;
    tolerance = reference.tolerance.double;
    lines{end + 1} = sprintf('reference %d %d %g %g', prod(reference.x), prod(reference.y), tolerance.y, tolerance.J);
  end
  lines{end + 1} = 'end';
end

function write(file, lines)
  handle = fopen(file, 'w');
  fprintf(handle, '%s\n', lines{:});
  fclose(handle);
  printf('%s: %d lines\n', file, numel(lines));
end

root = fileparts(mfilename('fullpath'));
formats = {'onnx', 'keras', 'h5', 'savedmodel'};     % those that are read
lines = {};
folders = dir(fullfile(root, 'cases'));
for name = sort({folders.name})
  file = fullfile(root, 'cases', name{1}, 'case.json');
  if exist(file, 'file')
    description = jsondecode(fileread(file));
    for model = each(description.models)'
      if any(strcmp(model{1}.format, formats))
        lines = [lines, case_lines(fileparts(file), description, model{1})];
      end
    end
  end
end
write(fullfile(root, 'cases.txt'), lines);

lines = {};
folders = dir(fullfile(root, 'malformed'));
for name = sort({folders.name})
  file = fullfile(root, 'malformed', name{1}, 'expect.json');
  if exist(file, 'file')
    description = jsondecode(fileread(file));
    if any(strcmp(description.format, formats))
      lines = [lines, malformed_lines(description)];
    end
  end
end
write(fullfile(root, 'malformed.txt'), lines);
