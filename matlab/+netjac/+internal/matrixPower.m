function v = matrixPower(a, b)
  % MATRIXPOWER  a ^ b: of scalars, or of a square matrix and a whole number.
  if ~isa(a, 'netjac.Value')
    graph = b.graph;
    a = graph.constant(a);
  end
  graph = a.graph;
  if all(a.sizes == 1) && (isscalar(b) || (isa(b, 'netjac.Value') && all(b.sizes == 1)))
    v = netjac.internal.elementwise('Pow', a, b, ' ^ ');
    return;
  end
  isWhole = isnumeric(b) && isscalar(b) && isreal(b) && b >= 0 && b == fix(b) && b <= 1000;
  if ~isWhole || numel(a.sizes) ~= 2 || a.sizes(1) ~= a.sizes(2)
    error('netjac:graph:wrongShape', ...
          ['^: %s to a power needs a square matrix and a whole number from 0 to 1000 (or two scalars); ', ...
           '.^ works element by element.'], netjac.internal.describe(a));
  end
  v = graph.constant(eye(a.sizes(1)));
  if b > 0
    v = a;
  end
  for k = 2:b
    v = netjac.internal.product(v, a);
  end
end
