function v = elementwise(operator, a, b, sign)
  % ELEMENTWISE  An operation on two arrays, element by element, with implicit expansion.
  %
  % sign is how people write it: ' + ', or the name of a function.
  [graph, a, b] = netjac.internal.operands(a, b);
  sizes = netjac.internal.expandedSize(a, b, sign);
  kind = 'infix';
  if ~any(sign == ' ')
    kind = 'function';
  end
  v = graph.shown(graph.apply(operator, [a.number, b.number]), sizes, ...
                  struct('kind', kind, 'text', sign, 'operands', [a.number, b.number]));
end
