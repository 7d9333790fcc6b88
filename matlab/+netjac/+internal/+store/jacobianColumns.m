function columns = jacobianColumns(pages, m, n, samples, name)
  % JACOBIANCOLUMNS  Jacobians as a store takes them: m-by-n-by-N as columns that hold them row-major. [] stays [].
  columns = [];
  if isempty(pages)
    return;
  end
  if ~isnumeric(pages) || ~isreal(pages) || ~isequal([size(pages, 1), size(pages, 2), size(pages, 3)], [m, n, samples])
    error('netjac:store:wrongSize', '%s is %s; it must be %s, a page for each sample.', name, ...
          netjac.internal.sizeText(size(pages)), netjac.internal.sizeText([m, n, samples]));
  end
  columns = reshape(permute(full(double(pages)), [2 1 3]), m * n, samples);
end
