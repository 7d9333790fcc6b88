function requireSamples(store, ids)
  % REQUIRESAMPLES  Raises netjac:store:notFound unless there are samples with all these numbers, of whatever version.
  if ~isnumeric(ids) || ~isreal(ids) || any(ids(:) ~= fix(ids(:)))
    error('netjac:store:wrongArgument', 'Samples are given by their numbers, which are whole.');
  end
  ids = unique(double(ids(:).'));
  for first = 1:1000:numel(ids)
    asked = ids(first:min(first + 999, end));
    names = sprintf('%.0f,', asked);
    found = netjac.internal.store.records(store, ['status=all version=all sample=', names(1:end - 1)], 'sample');
    missing = setdiff(asked, found.sample);
    if ~isempty(missing)
      error('netjac:store:notFound', 'There is no sample %.0f in study ''%s''.', missing(1), store.study);
    end
  end
end
