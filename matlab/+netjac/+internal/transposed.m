function v = transposed(a, sign)
  % TRANSPOSED  The transpose of a matrix.
  if numel(a.sizes) > 2
    error('netjac:graph:wrongShape', '%s: %s is no matrix; permute works on arrays.', sign, netjac.internal.describe(a));
  end
  graph = a.graph;
  v = graph.shown(graph.apply('Transpose', a.number, 'perm=1,0'), a.sizes([2 1]), ...
                  struct('kind', 'postfix', 'text', sign, 'operands', a.number));
end
