function v = unary(operator, a, name)
  % UNARY  A function of each element.
  kind = 'function';
  if strcmp(name, '-')
    kind = 'prefix';
  end
  graph = a.graph;
  v = graph.shown(graph.apply(operator, a.number), a.sizes, struct('kind', kind, 'text', name, 'operands', a.number));
end
