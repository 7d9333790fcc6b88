function pairs = optionPairs(given, area, before)
  % OPTIONPAIRS  The name-value arguments of netjac.load as text, which is what the library takes.
  %
  %   pairs = netjac.internal.optionPairs({'precision', 'float32', 'dim.seq', 20})
  %
  %   pairs = netjac.internal.optionPairs(given, area, before)     area: as in netjac:load:wrongOption;
  %                                                                before: what the options follow
  %
  % Knows names, see knownOption; the library checks values.

  if nargin < 2
    area = 'load';
    before = 'file';
  end
  wrong = ['netjac:', area, ':wrongOption'];
  if mod(numel(given), 2) ~= 0
    error(wrong, 'Options come in pairs of a name and a value; there are %d arguments after the %s.', ...
          numel(given), before);
  end
  pairs = cell(1, numel(given));
  for k = 1:2:numel(given)
    name = given{k};
    if isstring(name)
      name = char(name);
    end
    if ~ischar(name) || isempty(name) || size(name, 1) ~= 1
      error(wrong, 'The name of an option must be text; argument %d after the %s is %s.', k, before, class(name));
    end
    if strcmp(area, 'load')
      netjac.internal.knownOption(area, name);
    end
    pairs{k} = name;
    if ~any(name == '.')
      pairs{k} = lower(name);                % NAME in dim.NAME and input.NAME belongs to the model
    end
    pairs{k + 1} = valueText(name, given{k + 1}, wrong);
  end
end

function text = valueText(name, value, wrong)
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
    error(wrong, ...
          'The value of option ''%s'' must be text, a cell array of text, or real numbers; it is %s.', ...
          name, class(value));
  end
end
