function settings = trainingSettings(net, X, T, given)
  % TRAININGSETTINGS  The arguments of netjac.train, checked: samples, targets, and options of both sides.
  %
  % What is not an option of netjac.train goes on to the library, which checks it.

  if ~isa(net, 'netjac.Network')
    error('netjac:train:wrongClass', 'net is %s; it must be a netjac.Network.', class(net));
  end
  settings = struct('epochs', 100, 'validation', [], 'scaling', '', 'jacobian', [], 'display', true, 'progress', []);
  own = fieldnames(settings);
  library = {};
  if mod(numel(given), 2) ~= 0
    error('netjac:train:wrongOption', 'Options come in pairs of a name and a value; there are %d arguments after the targets.', ...
          numel(given));
  end
  for k = 1:2:numel(given)
    name = given{k};
    if isstring(name) && isscalar(name)
      name = char(name);
    end
    netjac.internal.knownOption('train', name, own.');
    if ischar(name) && any(strcmpi(name, own))
      settings.(lower(name)) = given{k + 1};
    elseif ~isnumeric(given{k + 1}) || ~isempty(given{k + 1})     % [] leaves an option at its default
      library = [library, {name, given{k + 1}}];
    end
  end
  library = booleansAsText(library);
  netjac.internal.refuseIdleOptions(settings, library);

  settings.X = samplesOf('X', X, net.inputSize);
  settings.T = samplesOf('T', T, net.outputSize);
  if size(settings.X, 2) ~= size(settings.T, 2)
    error('netjac:train:wrongSize', 'X has %d samples, T has %d; a sample is a column of both.', ...
          size(settings.X, 2), size(settings.T, 2));
  end
  if isempty(settings.X)
    error('netjac:train:wrongSize', 'There are no samples; training needs at least one.');
  end
  checkOptions(settings);
  requireFinite('X', settings.X);
  requireFinite('T', settings.T);
  settings = withValidation(settings, net);
  settings.T = [settings.T; jacobianTargets(settings, net)];
  if isempty(settings.scaling)
    settings.scaling = 'none';
    if strcmp(net.origin, 'netjac.mlp')
      settings.scaling = 'standard';
    end
  end
  library = [{'scaling', settings.scaling}, settings.heldOutPart, library];
  if ~isempty(settings.jacobian)
    library = [{'jacobian_weight', 1}, library];
  end
  settings.pairs = netjac.internal.optionPairs(library, 'train', 'targets');
  settings.lossName = optionOf(settings.pairs, 'loss', 'mse');
end

% A loss with NaN or infinity teaches nothing, and training would end at once for a reason that is hard to find.
function requireFinite(name, array)
  [row, sample] = find(~isfinite(array), 1);
  if isempty(row)
    return;
  end
  error('netjac:train:notFinite', '%s holds %g in sample %d, row %d; %d of %d samples hold NaN or infinity, so leave them out: %s(:, all(isfinite(%s)))', ...
        name, array(row, sample), sample, row, sum(any(~isfinite(array), 1)), size(array, 2), name, name);
end

function pairs = booleansAsText(pairs)
  words = {'false', 'true'};
  for k = 2:2:numel(pairs)
    if islogical(pairs{k}) && isscalar(pairs{k})
      pairs{k} = words{pairs{k} + 1};
    end
  end
end

function value = optionOf(pairs, name, value)
  place = find(strcmp(pairs(1:2:end), name), 1, 'last');
  if ~isempty(place)
    value = pairs{2 * place};
  end
end

function array = samplesOf(name, array, rows)
  if ~(isa(array, 'double') || isa(array, 'single')) || ~isreal(array)
    error('netjac:train:wrongClass', '%s must be real and double or single; it is %s.', name, class(array));
  end
  array = full(double(array));
  if ndims(array) > 2 || size(array, 1) ~= rows
    error('netjac:train:wrongSize', '%s is %s; the network has %d values a sample: give %d-by-N, a sample a column.', ...
          name, netjac.internal.sizeText(size(array)), rows, rows);
  end
end

function checkOptions(settings)
  isCount = @(x) isnumeric(x) && isscalar(x) && x >= 0 && x == fix(x);
  if ~isCount(settings.epochs) || settings.epochs < 1
    error('netjac:train:wrongOption', 'Option ''epochs'' must be a whole number, 1 or more.');
  end
  if ~isempty(settings.progress) && ~isa(settings.progress, 'function_handle')
    error('netjac:train:wrongOption', 'Option ''progress'' must be a function handle; it is %s.', class(settings.progress));
  end
  if ~isscalar(settings.display) || ~(islogical(settings.display) || (isnumeric(settings.display) && settings.display >= 0))
    error('netjac:train:wrongOption', 'Option ''display'' must be true, false, or a number of seconds.');
  end
end

% A column for each sample, row-major as the library wants them.
function columns = jacobianTargets(settings, net)
  J = settings.jacobian;
  samples = size(settings.X, 2);
  wanted = [net.outputSize, net.inputSize, samples];
  if isempty(J)
    columns = zeros(0, samples);
    return;
  end
  if ~isnumeric(J) || ~isequal([size(J, 1), size(J, 2), size(J, 3)], wanted)
    error('netjac:train:wrongSize', 'jacobian is %s; it must be %s, a page for each sample.', ...
          netjac.internal.sizeText(size(J)), netjac.internal.sizeText(wanted));
  end
  columns = reshape(permute(double(J), [2 1 3]), [], samples);
  isBad = ~isfinite(columns);
  if any(isBad(:))
    [place, sample] = find(isBad, 1);
    error('netjac:train:notFinite', 'jacobian holds %g at (%d, %d, %d); wanted Jacobians must be finite.', columns(place, sample), ...
          floor((place - 1) / net.inputSize) + 1, mod(place - 1, net.inputSize) + 1, sample);
  end
end

% What is held out: samples, or a part of them as an option of the library.
function settings = withValidation(settings, net)
  held = settings.validation;
  settings.Xv = zeros(net.inputSize, 0);
  settings.Tv = zeros(net.outputSize, 0);
  settings.heldOutPart = {};
  if isempty(held)
    return;
  end
  if iscell(held) && numel(held) == 2 && isempty(settings.jacobian)
    settings.Xv = samplesOf('validation{1}', held{1}, net.inputSize);
    settings.Tv = samplesOf('validation{2}', held{2}, net.outputSize);
    requireFinite('validation{1}', settings.Xv);
    requireFinite('validation{2}', settings.Tv);
    if size(settings.Xv, 2) ~= size(settings.Tv, 2) || isempty(settings.Xv)
      error('netjac:train:wrongSize', 'validation{1} has %d samples, validation{2} has %d; they must be as many, and some.', ...
            size(settings.Xv, 2), size(settings.Tv, 2));
    end
  elseif isnumeric(held) && isscalar(held) && held > 0 && held < 1
    settings.heldOutPart = {'validation_fraction', held};
  else
    error('netjac:train:wrongOption', ...
          'Option ''validation'' must be a part between 0 and 1, or {Xv, Tv} (without Jacobians).');
  end
end
