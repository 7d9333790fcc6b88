function pairs = optionPairs(given)
  % OPTIONPAIRS  The name-value arguments of netjac.load as text, which is what the library takes.
  %
  %   pairs = netjac.internal.optionPairs({'precision', 'float32', 'dim.seq', 20})
  %
  % Knows nothing about single options: the library checks names and values.

  if mod(numel(given), 2) ~= 0
    error('netjac:load:wrongOption', ...
          'Options come in pairs of a name and a value; there are %d arguments after the file.', numel(given));
  end
  pairs = cell(1, numel(given));
  for k = 1:2:numel(given)
    name = given{k};
    if isstring(name)
      name = char(name);
    end
    if ~ischar(name) || isempty(name) || size(name, 1) ~= 1
      error('netjac:load:wrongOption', 'The name of an option must be text; argument %d after the file is %s.', ...
            k, class(name));
    end
    pairs{k} = name;
    if ~any(name == '.')
      pairs{k} = lower(name);                % NAME in dim.NAME and input.NAME belongs to the model
    end
    pairs{k + 1} = valueText(name, given{k + 1});
  end
end

function text = valueText(name, value)
  if isstring(value)
    value = cellstr(value);
  end
  if iscell(value) && isscalar(value)
    value = value{1};
  end
  if ischar(value) && (size(value, 1) == 1 || isempty(value))
    text = value;
  elseif iscellstr(value)
    text = strjoin(value(:).', ',');
  elseif isnumeric(value) && isreal(value) && ~isempty(value)
    % Row-major, as the library and the files count.
    value = full(double(permute(value, ndims(value):-1:1)));
    text = sprintf('%.17g,', value);
    text(end) = [];
  else
    error('netjac:load:wrongOption', ...
          'The value of option ''%s'' must be text, a cell array of text, or real numbers; it is %s.', ...
          name, class(value));
  end
end
