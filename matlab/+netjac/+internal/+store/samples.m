function [X, Y, info] = samples(store, given, wantsInfo)
  % SAMPLES  See netjac.Store.samples.
  [filter, rest] = netjac.internal.store.filterText(given);
  netjac.internal.store.options(rest, struct('tag', '', 'status', '', 'version', '', 'worker', '', 'id', '', 'where', ''), 'the filter');
  study = store.libraryHandle();
  n = store.inputSize;
  m = store.outputSize;
  chunk = max(1, floor(2 ^ 24 / max(1, n + m + wantsInfo * n * m)));
  total = netjac_mex('studyCount', study, filter);
  [X, Y, ids, J] = deal({zeros(n, 0)}, {zeros(m, 0)}, {zeros(1, 0)}, {zeros(n * m, 0)});
  hasJacobian = false;
  after = 0;
  while true
    most = min(chunk, max(total - numel([ids{:}]), 0) + 1000);      % others may add some meanwhile
    part = netjac_mex('studyRead', study, filter, after, most, double(wantsInfo));
    if isempty(part.ids)
      break;
    end
    X{end + 1} = part.x;
    Y{end + 1} = part.y;
    ids{end + 1} = part.ids;
    J{end + 1} = part.jacobian;
    hasJacobian = hasJacobian || any(~isnan(part.jacobian(:)));
    after = part.ids(end);
    if numel(part.ids) < most
      break;
    end
  end
  X = [X{:}];
  Y = [Y{:}];
  info = struct();
  if ~wantsInfo
    return;
  end
  info.id = [ids{:}];
  records = netjac.internal.store.records(store, filter, 'sample', 'status', 'tag', 'seconds', 'version', 'worker', 'finished');
  [~, places] = ismember(info.id, records.sample);                  % samples that lack an output are in records only
  for field = {'status', 'tag', 'seconds', 'version', 'worker', 'finished'}
    info.(field{1}) = records.(field{1})(places);
  end
  info.jacobian = zeros(m, n, 0);
  if hasJacobian
    info.jacobian = netjac.internal.store.jacobianPages([J{:}], m, n);
  end
end
