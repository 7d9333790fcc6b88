function list = detailsOf(described)
  % DETAILSOF  Variables of a study as a struct array, made of the names, sizes and details that the library tells.
  %
  % Fields as those of netjac.internal.store.variables.

  list = netjac.internal.store.variables('input', {});
  for k = 1:numel(described)
    fields = fieldnames(list);
    v = cell2struct(cell(numel(fields), 1), fields, 1);
    v.name = described(k).name;
    v.size = described(k).size;
    v.unit = '';
    v.description = '';
    v.scale = 'linear';
    keys = 'unit|lower|upper|step|tolerance|scale|default|description';
    pattern = ['(', keys, ')=("(?:[^"\\]|\\.)*"|.*?)(?=\s+(?:', keys, ')=|\s*$)'];
    pairs = regexp(described(k).details, pattern, 'tokens');
    for pair = pairs
      [key, value] = taken(pair{1}{:});
      if any(strcmp(key, {'unit', 'description', 'scale'}))
        v.(key) = value;
      else
        v.(key) = str2double(value);
      end
    end
    list(k) = v;
  end
end

function [key, value] = taken(key, value)
  if ~isempty(value) && value(1) == '"'
    value = regexprep(value(2:end - 1), '\\(.)', '$1');
  end
end
