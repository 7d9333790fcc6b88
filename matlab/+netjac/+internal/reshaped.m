function v = reshaped(a, given)
  % RESHAPED  The same elements in another size: reshape(a, [m n]), reshape(a, m, n), reshape(a, m, []).
  graph = a.graph;
  if isscalar(given)
    sizes = given{1};
  else
    isOpen = cellfun(@isempty, given);
    sizes = ones(1, numel(given));
    sizes(~isOpen) = [given{~isOpen}];
    if sum(isOpen) == 1
      sizes(isOpen) = prod(a.sizes) / prod(sizes(~isOpen));
    end
  end
  if ~isnumeric(sizes) || numel(sizes) < 2 || ~all(sizes >= 0 & sizes == fix(sizes)) || prod(sizes) ~= prod(a.sizes)
    error('netjac:graph:wrongShape', 'reshape: %s has %d elements, which do not make an array of size [%s].', ...
          netjac.internal.describe(a), prod(a.sizes), num2str(reshape(sizes, 1, [])));
  end
  sizes = netjac.internal.trimmedSize(double(sizes));
  number = graph.apply('Reshape', [a.number, graph.integers(fliplr(sizes))], 'allowzero=1');
  record = struct('kind', 'function', 'text', 'reshape', 'operands', a.number, 'rest', mat2str(sizes));
  v = graph.shown(number, sizes, record);
end
