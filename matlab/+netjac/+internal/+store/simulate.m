function [Y, info] = simulate(store, f, X, given)
  % SIMULATE  See netjac.Store.simulate.
  defaults = struct('tag', '', 'retry', false, 'onError', 'continue', 'workers', 1, 'display', true, 'read', [], 'priority', 0);
  settings = netjac.internal.store.options(given, defaults, 'the points');
  if ~isnumeric(settings.workers) || ~isscalar(settings.workers) || settings.workers < 1 || settings.workers ~= fix(settings.workers)
    error('netjac:store:wrongOption', 'Option ''workers'' must be a whole number, 1 or more.');
  end
  if ~isscalar(settings.retry) || ~(islogical(settings.retry) || isnumeric(settings.retry))
    error('netjac:store:wrongOption', 'Option ''retry'' must be true or false.');
  end
  if ~ischar(settings.tag)
    error('netjac:store:wrongOption', 'Option ''tag'' must be text; it is %s.', class(settings.tag));
  end
  simulator = netjac.internal.store.simulator(store, f, settings.read, settings.workers > 1);
  X = netjac.internal.store.points(store, X);
  campaign = netjac.internal.store.Campaign(store, simulator, settings);
  study = store.libraryHandle();

  ids = netjac_mex('studyAdd', study, X, settings.tag, double(settings.priority));
  before = netjac_mex('studyFind', study, X);
  if settings.retry
    netjac.internal.store.changeSamples(store, unique(ids(before.states == 4)), 'retry');
  end
  guard = onCleanup(@() campaign.giveBack());
  workers = min(settings.workers, numel(unique(ids(before.states < 3 | (before.states == 4 & logical(settings.retry))))));
  campaign.begin(ids, X, max(1, workers));
  if workers > 1
    netjac.internal.store.runInProcesses(store, campaign, f, settings, ids, X, workers);
  end
  campaign.runAll(true);

  found = netjac_mex('studyFind', study, X);
  Y = found.y;
  isFailed = found.states == 4;
  info = struct('id', found.ids, 'isStored', before.states == 3, 'isFailed', isFailed, 'seconds', found.seconds, ...
                'jacobian', netjac.internal.store.jacobianPages(found.jacobian, store.outputSize, store.inputSize));
  if any(isFailed)
    failedIds = unique(found.ids(isFailed));
    first = netjac.internal.store.records(store, sprintf('sample=%.0f status=failed version=all', failedIds(1)), 'error');
    warning('netjac:store:failed', '%d of %d points failed, the first with: %s. failures(store) lists them.', ...
            numel(failedIds), numel(unique(ids)), [first.error{:}]);
  end
end
