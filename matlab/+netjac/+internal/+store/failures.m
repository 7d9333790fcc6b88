function list = failures(store, given)
  % FAILURES  See netjac.Store.failures.
  filter = strtrim(['status=failed ', netjac.internal.store.filterText(given)]);
  records = netjac.internal.store.records(store, filter, 'sample', 'error', 'attempts', 'worker', 'finished', 'tag');
  X = samples(store, filter);
  count = min(size(X, 2), numel(records.sample));
  list = struct('id', cell(1, count), 'x', [], 'message', '', 'identifier', '', 'where', '', 'line', 0, ...
                'attempts', 0, 'worker', '', 'finished', '', 'tag', '');
  for k = 1:count
    list(k).id = records.sample(k);
    list(k).x = X(:, k);
    list(k).message = records.error{k};
    parts = regexp(records.error{k}, '^(.*) \(([^()]*); ([^()]*|@[^;]*), line (\d+)\)$', 'tokens', 'once');
    if ~isempty(parts)
      [list(k).message, list(k).identifier, list(k).where] = parts{1:3};
      list(k).line = str2double(parts{4});
      if strcmp(list(k).identifier, 'none')
        list(k).identifier = '';
      end
    end
    list(k).attempts = records.attempts(k);
    list(k).worker = records.worker{k};
    list(k).finished = records.finished{k};
    list(k).tag = records.tag{k};
  end
end
