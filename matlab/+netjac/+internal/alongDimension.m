function v = alongDimension(operator, a, name, given)
  % ALONGDIMENSION  A function along a dimension that keeps the size: softmax, cumsum.
  graph = a.graph;
  dim = netjac.internal.dimensionsOf(a, given, name);
  record = struct('kind', 'function', 'text', name, 'operands', a.number);
  if ~isempty(given)
    record.rest = mat2str(dim);
  end
  if ~isscalar(dim) || dim > numel(a.sizes)
    error('netjac:graph:wrongArgument', '%s works along one dimension of %s.', name, netjac.internal.describe(a));
  end
  axis = numel(a.sizes) - dim;
  if strcmp(operator, 'CumSum')
    number = graph.apply(operator, [a.number, netjac_mex_scalar(graph, axis)]);
  else
    number = graph.apply(operator, a.number, sprintf('axis=%d', axis));
  end
  v = graph.shown(number, a.sizes, record);
end

function number = netjac_mex_scalar(graph, axis)
  number = graph.apply('Squeeze', graph.integers(axis));
end
