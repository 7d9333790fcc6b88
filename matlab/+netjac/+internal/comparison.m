function v = comparison(operator, a, b, sign)
  % COMPARISON  1 where a comparison holds, else 0; a number, so that it can go into formulas.
  netjac.internal.refuseBranch(sign);
  [graph, a, b] = netjac.internal.operands(a, b);
  sizes = netjac.internal.expandedSize(a, b, sign);
  number = graph.apply(operator, [a.number, b.number]);
  if strcmp(sign, ' ~= ')
    number = graph.apply('Not', number);
  end
  number = graph.apply('Cast', number, 'to=11');       % 11 is ONNX's double
  v = graph.shown(number, sizes, struct('kind', 'infix', 'text', sign, 'operands', [a.number, b.number]));
end
