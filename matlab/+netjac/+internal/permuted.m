function v = permuted(a, order)
  % PERMUTED  The dimensions in another order.
  graph = a.graph;
  count = numel(order);
  if ~isnumeric(order) || count < numel(a.sizes) || ~isequal(sort(order(:)).', 1:count)
    error('netjac:graph:wrongArgument', 'permute: the order of the dimensions of %s must be a permutation of 1:%d.', ...
          netjac.internal.describe(a), numel(a.sizes));
  end
  order = reshape(order, 1, []);
  number = a.number;
  sizes = [a.sizes, ones(1, count - numel(a.sizes))];
  if count > numel(a.sizes)
    number = graph.apply('Reshape', [number, graph.integers(fliplr(sizes))], 'allowzero=1');
  end
  % Result dimension i is dimension order(i) of a; the library counts axes from the other end.
  number = graph.apply('Transpose', number, ['perm=', strjoin(arrayfun(@(k) sprintf('%d', count - k), ...
                                                                        fliplr(order), 'UniformOutput', false), ',')]);
  sizes = sizes(order);
  trimmed = netjac.internal.trimmedSize(sizes);
  if numel(trimmed) < numel(sizes)
    number = graph.apply('Reshape', [number, graph.integers(fliplr(trimmed))], 'allowzero=1');
  end
  v = graph.shown(number, sizes, struct('kind', 'function', 'text', 'permute', 'operands', a.number, ...
                                        'rest', mat2str(order)));
end
