function T = sampleTable(store, given)
  % SAMPLETABLE  See netjac.Store.table.
  [X, Y, info] = netjac.internal.store.samples(store, given, true);
  N = size(X, 2);
  names = {'sample'};
  columns = {info.id(:)};
  units = {''};
  for part = {{store.inputs, X}, {store.outputs, Y}}
    first = 0;
    for v = part{1}{1}
      if v.size == 0
        continue;
      end
      names{end + 1} = v.name;
      columns{end + 1} = part{1}{2}(first + 1:first + v.size, :).';
      units{end + 1} = v.unit;
      first = first + v.size;
    end
  end
  for field = {'status', 'tag', 'version', 'seconds', 'worker', 'finished'}
    name = field{1};
    if any(strcmpi(name, names))
      name = ['nj_', name];
    end
    names{end + 1} = name;
    columns{end + 1} = reshape(info.(field{1}), [], 1);
    units{end + 1} = '';
  end
  units{strcmp(names, 'seconds') | strcmp(names, 'nj_seconds')} = 's';
  if exist('table', 'class') || exist('table', 'file')
    T = table(columns{:}, 'VariableNames', names);
    T.Properties.VariableUnits = units;
    T.Properties.Description = store.study;
    return;
  end
  cells = cell(numel(names), N);
  for k = 1:numel(names)
    if iscell(columns{k})
      cells(k, :) = columns{k}.';
    else
      cells(k, :) = num2cell(columns{k}, 2).';
    end
  end
  T = cell2struct(cells, names(:), 1);
end
