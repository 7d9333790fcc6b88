function [text, rest] = filterText(given)
  % FILTERTEXT  The filter of netjac_study_count() that arguments of a method say, and those that are left.
  %
  %   filterText({'speed>0.1 tag=initial'})                        as the library reads it
  %   filterText({'tag', {'initial', 'refine 1'}, 'status', 'all', 'version', 'all', 'id', [3 4], 'where', 'speed>0.1'})

  parts = {};
  rest = {};
  if mod(numel(given), 2) == 1
    first = netjac.internal.store.asText(given{1});
    if ~ischar(first)
      error('netjac:store:wrongArgument', 'The filter must be text; it is %s.', class(first));
    end
    parts = {first};
    given = given(2:end);
  end
  columns = struct('tag', 'tag', 'status', 'status', 'version', 'version', 'worker', 'worker', 'id', 'sample');
  for k = 1:2:numel(given)
    name = netjac.internal.store.asText(given{k});
    value = given{k + 1};
    if ischar(name) && strcmpi(name, 'where')
      parts{end + 1} = netjac.internal.store.asText(value);
    elseif ischar(name) && isfield(columns, lower(name))
      parts{end + 1} = [columns.(lower(name)), '=', listed(value)];
    else
      rest = [rest, given(k:k + 1)];
    end
  end
  text = strjoin(parts, ' ');
end

function text = listed(value)
  if isstring(value)
    value = cellstr(value);
  end
  if isnumeric(value)
    text = sprintf('%.0f,', value);
    if isempty(value)
      text = '0,';
    end
    text(end) = [];
    return;
  end
  if ischar(value)
    value = {value};
  end
  quoted = cell(1, numel(value));
  for k = 1:numel(value)
    quote = '"';
    if any(value{k} == '"')
      quote = '''';
    end
    quoted{k} = [quote, value{k}, quote];
  end
  text = strjoin(quoted, ',');
end
