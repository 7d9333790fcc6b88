function list = valueCell(y, given, role)
  % VALUECELL  Values of the graph of y, given as one or as a cell array.
  list = given;
  if ~iscell(list)
    list = {list};
  end
  for k = 1:numel(list)
    if ~isa(list{k}, 'netjac.Value')
      error('netjac:graph:wrongClass', '%s{%d} is %s; it must be a value of the graph.', role, k, class(list{k}));
    end
    netjac.internal.requireSameGraph(y.graph, list{k});
  end
end
