function sizes = expandedSize(a, b, sign)
  % EXPANDEDSIZE  The size of a result with implicit expansion; an error that names both if there is none.
  axes = max(numel(a.sizes), numel(b.sizes));
  first = [a.sizes, ones(1, axes - numel(a.sizes))];
  second = [b.sizes, ones(1, axes - numel(b.sizes))];
  if ~all(first == second | first == 1 | second == 1)
    error('netjac:graph:wrongShape', ...
          '%s: the sizes of %s and %s must be equal, or 1, along each dimension.', ...
          strtrim(sign), netjac.internal.describe(a), netjac.internal.describe(b));
  end
  sizes = first;
  sizes(first == 1) = second(first == 1);
end
