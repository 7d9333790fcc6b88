function list = variables(role, given)
  % VARIABLES  Inputs or outputs of a study, as a struct array.
  %
  %   variables('input', {'speed' 'm/s' [0 0.3]; 'depth' 'm' [0.001 0.1] 'scale' 'log'})
  %   variables('input', {{'speed' 'm/s' [0 0.3] 'step' 1e-3}, {'depth' 'm'}})
  %   variables('output', struct('name', {'force_x' 'force_z'}, 'unit', 'N'))      or a table
  %
  % Fields: name, unit, lower, upper, size, step, tolerance, scale, default, description; [] or '' where not given.

  fields = {'name', 'unit', 'lower', 'upper', 'size', 'step', 'tolerance', 'scale', 'default', 'description'};
  none = cell2struct(cell(numel(fields), 1), fields(:), 1);
  list = repmat(none, 1, 0);
  if isa(given, 'table')
    given = table2struct(given);
  end
  if ischar(given)
    given = {given};
  end
  if isempty(given)
    return;
  end
  if isstruct(given)
    rows = arrayfun(@(s) reshape([fieldnames(s), struct2cell(s)].', 1, []), given(:).', 'UniformOutput', false);
  elseif iscell(given) && all(cellfun(@iscell, given(:)))
    rows = cellfun(@positional, reshape(given, 1, []), 'UniformOutput', false);
  elseif iscell(given)
    rows = arrayfun(@(k) positional(given(k, :)), 1:size(given, 1), 'UniformOutput', false);
  else
    error('netjac:store:wrongArgument', ...
          'The %ss of a study are given as rows {name, unit, bounds}, a struct array or a table; this is %s.', ...
          role, class(given));
  end
  for k = 1:numel(rows)
    list(k) = variable(role, k, none, rows{k});
  end
end

% {name, unit, bounds, 'key', value, ...} as pairs. Short rows of a cell matrix end in empty cells.
function pairs = positional(row)
  while numel(row) > 1 && isempty(row{end})
    row(end) = [];
  end
  names = {'name', 'unit', 'bounds'};
  count = min(numel(row), 3);
  pairs = [reshape([names(1:count); row(1:count)], 1, []), row(4:end)];
end

function v = variable(role, place, v, pairs)
  wrong = 'netjac:store:wrongArgument';
  if mod(numel(pairs), 2) ~= 0
    error(wrong, '%s %d: after name, unit and bounds come pairs of a key and a value.', role, place);
  end
  for k = 1:2:numel(pairs)
    key = netjac.internal.store.asText(pairs{k});
    value = netjac.internal.store.asText(pairs{k + 1});
    if isempty(value) || (isnumeric(value) && isscalar(value) && isnan(value))
      continue;
    end
    if ischar(key) && strcmpi(key, 'bounds')
      if ~isnumeric(value) || numel(value) ~= 2
        error(wrong, '%s %d: bounds are two numbers, as in [0 0.3].', role, place);
      end
      value = double(value);
      v.lower = finite(value(1));
      v.upper = finite(value(2));
    elseif ischar(key) && isfield(v, lower(key))
      v.(lower(key)) = checked(role, place, lower(key), value);
    else
      if ~ischar(key)
        key = class(key);
      end
      error(wrong, '%s %d: there is no ''%s''; a variable has bounds, %s.', role, place, key, strjoin(fieldnames(v).', ', '));
    end
  end
  if isempty(v.name)
    error(wrong, '%s %d has no name.', role, place);
  end
end

function number = finite(number)
  if ~isfinite(number)
    number = [];
  end
end

function value = checked(role, place, key, value)
  if any(strcmp(key, {'name', 'unit', 'scale', 'description'}))
    if ~ischar(value) || size(value, 1) ~= 1
      error('netjac:store:wrongArgument', '%s %d: the %s must be text; it is %s.', role, place, key, class(value));
    end
  elseif ~isnumeric(value) || ~isscalar(value)
    error('netjac:store:wrongArgument', '%s %d: %s must be a number.', role, place, key);
  else
    value = double(value);
  end
end
