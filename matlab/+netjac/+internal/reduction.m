function v = reduction(operator, a, name, given)
  % REDUCTION  sum, mean, ... along dimensions.
  graph = a.graph;
  dims = netjac.internal.dimensionsOf(a, given, name);
  record = struct('kind', 'function', 'text', name, 'operands', a.number);
  if ~isempty(given)
    record.rest = textOf(given{1});
  end
  axes = unique(dims(dims <= numel(a.sizes)));
  sizes = a.sizes;
  sizes(axes) = 1;
  number = a.number;
  if isempty(axes)                 % along a dimension of length 1 that is not written
    number = graph.apply('Identity', number);
  else
    % Axes of the library count from the other end.
    number = graph.apply(operator, [number, graph.integers(numel(a.sizes) - axes)], 'keepdims=1');
    trimmed = netjac.internal.trimmedSize(sizes);
    if numel(trimmed) < numel(sizes)
      number = graph.apply('Reshape', [number, graph.integers(fliplr(trimmed))], 'allowzero=1');
    end
  end
  v = graph.shown(number, sizes, record);
end

function text = textOf(dims)
  text = '''all''';
  if ~ischar(dims)
    text = mat2str(dims);
  end
end
