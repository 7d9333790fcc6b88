function f = memoize(store, f, given)
  % MEMOIZE  See netjac.Store.memoize.
  settings = netjac.internal.store.options(given, struct('tag', '', 'retry', false, 'read', []), 'the simulator');
  settings.onError = 'stop';
  settings.display = false;
  simulator = netjac.internal.store.simulator(store, f, settings.read, false);
  memory = struct('store', store, 'inputSize', store.inputSize, 'simulator', simulator, 'settings', settings);
  study = store.libraryHandle();
  % A function of this file is found at once; one of a package would be looked for in every call.
  f = @(x) recall(study, x, memory);
end

% The way through for a point that is stored is short.
function [y, J] = recall(study, x, memory)
  if size(x, 1) ~= memory.inputSize
    x = netjac.internal.store.points(memory.store, x);
  end
  if nargout < 2
    [y, states] = netjac_mex('studyLookUp', study, x);
    if states == 3
      return;
    end
  else
    found = netjac_mex('studyFind', study, x);
    if all(found.states == 3) && ~any(isnan(found.jacobian(:)))
      y = found.y;
      J = netjac.internal.store.jacobianPages(found.jacobian, memory.store.outputSize, memory.store.inputSize);
      return;
    end
  end
  [y, J] = simulated(memory, x, nargout > 1);
end

function [y, J] = simulated(memory, x, wantsJacobian)
  store = memory.store;
  settings = memory.settings;
  study = store.libraryHandle();
  x = netjac.internal.store.points(store, x);
  ids = netjac_mex('studyAdd', study, x, settings.tag, 0);
  found = netjac_mex('studyFind', study, x);
  failed = unique(ids(found.states == 4));
  if ~isempty(failed) && settings.retry
    netjac.internal.store.changeSamples(store, failed, 'retry');
  elseif ~isempty(failed)
    known = netjac.internal.store.records(store, sprintf('sample=%.0f status=failed version=all', failed(1)), 'error');
    error('netjac:store:failed', ...
          'This point failed before: %s. retry(store) or memoize(store, f, ''retry'', true) tries it again.', known.error{1});
  end
  campaign = netjac.internal.store.Campaign(store, memory.simulator, settings);
  guard = onCleanup(@() campaign.giveBack());
  campaign.begin(ids, x, 1);
  campaign.runAll(true);
  found = netjac_mex('studyFind', study, x);
  if wantsJacobian
    found = withJacobians(memory, study, x, found);
  end
  y = found.y;
  J = netjac.internal.store.jacobianPages(found.jacobian, store.outputSize, store.inputSize);
end

% Results that were stored without a Jacobian are simulated once more for it.
function found = withJacobians(memory, study, x, found)
  store = memory.store;
  for k = find(any(isnan(found.jacobian), 1))
    [y, J] = memory.simulator.run(x(:, k));
    if isempty(J)
      error('netjac:store:noJacobian', 'The simulator %s gives no Jacobian; only y = f(x) can be asked for.', ...
            memory.simulator.description);
    end
    columns = netjac.internal.store.jacobianColumns(J, store.outputSize, store.inputSize, 1, 'The Jacobian');
    netjac_mex('studyInsert', study, x(:, k), y, columns, memory.settings.tag);
    found.jacobian(:, k) = columns;
  end
end
