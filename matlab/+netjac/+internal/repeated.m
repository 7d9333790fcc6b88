function v = repeated(a, given)
  % REPEATED  Copies side by side: repmat(a, m, n), repmat(a, [m n]), repmat(a, n).
  graph = a.graph;
  counts = reshape([given{:}], 1, []);
  if isscalar(counts)
    counts = [counts, counts];
  end
  if ~isnumeric(counts) || ~all(counts >= 0 & counts == fix(counts))
    error('netjac:graph:wrongArgument', 'repmat: the numbers of copies must be whole.');
  end
  axes = max(numel(counts), numel(a.sizes));
  counts = [counts, ones(1, axes - numel(counts))];
  sizes = [a.sizes, ones(1, axes - numel(a.sizes))];
  number = a.number;
  if axes > numel(a.sizes)
    number = graph.apply('Reshape', [number, graph.integers(fliplr(sizes))], 'allowzero=1');
  end
  number = graph.apply('Tile', [number, graph.integers(fliplr(counts))]);
  v = graph.shown(number, sizes .* counts, struct('kind', 'function', 'text', 'repmat', 'operands', a.number, ...
                                                  'rest', mat2str(counts)));
end
