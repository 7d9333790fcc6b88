function X = points(store, X, variables, rows, name)
  % POINTS  Points of a study as n-by-N, from an array, a struct (array) or a table with the names of its inputs.
  %
  %   X = points(store, X)                               inputs; one point may be a row
  %   Y = points(store, Y, store.outputs, m, 'Y')        outputs likewise

  if nargin < 3
    variables = store.inputs;
    rows = store.inputSize;
    name = 'X';
  end
  if isa(X, 'table')
    X = table2struct(X);
  end
  if isstruct(X)
    X = columnsOf(X, variables, name);
  end
  if ~(isnumeric(X) || islogical(X)) || ~isreal(X)
    error('netjac:store:wrongClass', '%s must be real numbers, a struct or a table; it is %s.', name, class(X));
  end
  X = full(double(X));
  if ndims(X) == 2 && size(X, 1) ~= rows && size(X, 1) == 1 && size(X, 2) == rows
    X = X.';
  end
  if ndims(X) > 2 || size(X, 1) ~= rows
    names = {variables.name};
    error('netjac:store:wrongSize', '%s is %s; study ''%s'' takes %d numbers a sample (%s): give %d-by-N, a sample a column.', ...
          name, netjac.internal.sizeText(size(X)), store.study, rows, strjoin(names, ', '), rows);
  end
end

% A struct array with an element for each sample, or one struct with a row or matrix for each variable.
function X = columnsOf(samples, variables, name)
  parts = cell(numel(variables), 1);
  for k = 1:numel(variables)
    v = variables(k);
    if ~isfield(samples, v.name)
      error('netjac:store:wrongArgument', '%s lacks ''%s''; it has %s.', name, v.name, strjoin(fieldnames(samples).', ', '));
    end
    if isscalar(samples)
      values = double(samples.(v.name));
      if v.size == 1
        values = values(:).';
      end
    else
      values = cell2mat(arrayfun(@(s) reshape(double(s.(v.name)), [], 1), samples(:).', 'UniformOutput', false));
    end
    if size(values, 1) ~= v.size && numel(values) == v.size
      values = values(:);
    end
    if size(values, 1) ~= v.size
      error('netjac:store:wrongSize', '%s: ''%s'' has %d rows; it must have %d.', name, v.name, size(values, 1), v.size);
    end
    parts{k} = values;
  end
  X = vertcat(zeros(0, max([0, cellfun('size', parts, 2).'])), parts{:});
end
