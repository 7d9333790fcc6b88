function v = product(a, b)
  % PRODUCT  The matrix product, or the product with a scalar.
  %
  % The library's tensors are the transposed matrices, so that (A B)' = B' A' is its product of B and A.
  [graph, a, b] = netjac.internal.operands(a, b);
  if all(a.sizes == 1) || all(b.sizes == 1)
    v = netjac.internal.elementwise('Mul', a, b, ' * ');
    return;
  end
  if numel(a.sizes) > 2 || numel(b.sizes) > 2
    error('netjac:graph:wrongShape', '*: %s and %s must be matrices; .* works on arrays.', ...
          netjac.internal.describe(a), netjac.internal.describe(b));
  end
  if a.sizes(2) ~= b.sizes(1)
    error('netjac:graph:wrongShape', '*: the columns of %s must be as many as the rows of %s.', ...
          netjac.internal.describe(a), netjac.internal.describe(b));
  end
  v = graph.shown(graph.apply('MatMul', [b.number, a.number]), [a.sizes(1), b.sizes(2)], ...
                  struct('kind', 'infix', 'text', ' * ', 'operands', [a.number, b.number]));
end
