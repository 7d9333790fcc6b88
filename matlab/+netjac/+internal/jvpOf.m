function p = jvpOf(y, xs, tangents)
  % JVPOF  The derivative of y along the tangents of the xs; numbers become constants.
  list = netjac.internal.valueCell(y, xs, 'x');
  if ~iscell(tangents)
    tangents = {tangents};
  end
  if numel(tangents) ~= numel(list)
    error('netjac:graph:wrongArgument', 'There are %d xs and %d tangents; each x needs one.', ...
          numel(list), numel(tangents));
  end
  for k = 1:numel(list)
    if ~isa(tangents{k}, 'netjac.Value')
      tangents{k} = y.graph.constant(tangents{k});
    end
    netjac.internal.requireSameGraph(y.graph, tangents{k});
    if ~isequal(tangents{k}.sizes, list{k}.sizes)
      error('netjac:graph:wrongShape', 'The tangent %s must have the size of %s.', ...
            netjac.internal.describe(tangents{k}), netjac.internal.describe(list{k}));
    end
  end
  p = y.graph.jvpOf(y, list, tangents);
end
