function c = corpusCase(folder, model)
  % CORPUSCASE  A case of Tests/Corpus: how to load its network, and its reference arrays with samples in columns.
  %
  %   corpusCase(folder)          its first network
  %   corpusCase(folder, k)       its network k: a case may be given in several formats
  %
  %   c.name, c.file, c.options   netjac.load(c.file, c.options{:})
  %   c.format, c.count           the format's name, and how many networks the case has
  %   c.samples, c.x, c.y, c.J, c.v, c.Jv, c.w, c.wJ, and c.lambda and c.H if the case has them
  %   c.tolerance                 double and float, each with y, J and H

  description = jsondecode(fileread(fullfile(folder, 'case.json')));
  c.samples = description.samples;
  c.tolerance = description.tolerance;
  models = asCell(description.models);
  if nargin < 2
    model = 1;
  end
  c.name = description.name;
  c.format = models{model}.format;
  % A file that stores rounded constants has tolerances of its own.
  if isfield(models{model}, 'tolerance_double')
    c.tolerance.double = models{model}.tolerance_double;
  end
  if model > 1
    c.name = [c.name, ' ', c.format];
  end
  c.count = numel(models);
  c.file = fullfile(folder, models{model}.file);
  c.options = optionsOf(folder, description);

  S = description.samples;
  n = description.n_in;
  m = description.m_out;
  shapes = struct('x', [n S], 'y', [m S], 'v', [n S], 'Jv', [m S], 'w', [m S], 'wJ', [n S], 'lambda', [m S], ...
                  'J', [n m S], 'H', [n n S]);
  for name = fieldnames(description.files).'
    stream = fopen(fullfile(folder, description.files.(name{1}).file), 'r', 'ieee-le');
    c.(name{1}) = reshape(fread(stream, Inf, 'double'), shapes.(name{1}));
    fclose(stream);
  end
  c.J = permute(c.J, [2 1 3]);
end

% Binds what the call of the case binds: dimensions, integer inputs, the outputs that y is made of.
function options = optionsOf(folder, description)
  options = {};
  inputs = asCell(description.inputs);
  isBatched = true;
  for k = 1:numel(inputs)
    declared = asCell(inputs{k}.declared_shape);
    isBatched = isBatched && (~isnumeric(declared{1}) || isempty(declared{1}) || declared{1} == 1) ...
                && inputs{k}.shape(1) == 1;
  end
  for k = 1:numel(inputs)
    declared = asCell(inputs{k}.declared_shape);
    for axis = 1 + isBatched:numel(declared)
      name = declared{axis};
      if isnumeric(name) && isempty(name)
        name = sprintf('%s.%d', inputs{k}.name, axis - 1);
      end
      if ischar(name)
        options = [options, {['dim.', name], inputs{k}.shape(axis)}];
      end
    end
  end

  auxiliary = asCell(description.aux_inputs);
  for k = 1:numel(auxiliary)
    stream = fopen(fullfile(folder, auxiliary{k}.file), 'r', 'ieee-le');
    values = fread(stream, Inf, 'int64');
    fclose(stream);
    options = [options, {['input.', auxiliary{k}.name], values}];
  end

  outputs = asCell(description.outputs);
  isCounted = cellfun(@(o) ~isempty(o.range), outputs);
  if ~all(isCounted)
    options = [options, {'output', cellfun(@(o) o.name, outputs(isCounted), 'UniformOutput', false)}];
  end
end

% jsondecode makes arrays of like elements and cells of unlike ones.
function list = asCell(value)
  if iscell(value)
    list = value;
  elseif isstruct(value) || isnumeric(value)
    list = num2cell(value);
  else
    list = {value};
  end
  list = list(:).';
end
