function showFailures(store, list)
  % SHOWFAILURES  Prints what netjac.Store.failures found.
  fprintf('%s: %d failed\n', store.study, numel(list));
  names = netjac.internal.store.scalarNames(store.inputs);
  for f = list
    values = cell(1, numel(names));
    for k = 1:numel(names)
      values{k} = sprintf('%s = %.6g', names{k}, f.x(k));
    end
    fprintf('  sample %d, attempt %d: %s\n      %s\n', f.id, f.attempts, f.message, strjoin(values, ', '));
    if f.line > 0
      fprintf('      %s in %s, line %d\n', f.identifier, f.where, f.line);
    end
  end
end
