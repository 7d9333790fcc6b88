function v = scalarDivision(a, b, sign)
  % SCALARDIVISION  a / b and b \ a where b is a scalar; linear systems are not part of graphs.
  [~, a, b] = netjac.internal.operands(a, b);
  if ~all(b.sizes == 1)
    error('netjac:graph:wrongShape', ...
          '%s: %s is no scalar, and graphs solve no linear systems; ./ and .\\ divide element by element.', ...
          sign, netjac.internal.describe(b));
  end
  v = netjac.internal.elementwise('Div', a, b, ' / ');
end
