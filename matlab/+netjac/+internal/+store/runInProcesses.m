function runInProcesses(store, campaign, f, settings, ids, X, workers)
  % RUNINPROCESSES  Lets several processes simulate the points of a campaign, and reports how far they are.
  %
  % MATLAB takes its parallel pool if one is open. Otherwise child processes of the same program are started, each with a
  % connection of its own. What they leave, the caller simulates.

  saved = saveobj(store);
  known = struct('url', store.url, 'study', store.study, 'options', {saved.options}, 'f', functionText(f), ...
                 'read', functionText(settings.read), 'onError', settings.onError, 'ids', ids, 'X', X, ...
                 'path', path(), 'folder', pwd(), 'door', netjac.door());
  pool = [];
  if exist('gcp', 'file')
    pool = gcp('nocreate');
  end
  if isempty(pool)
    team = netjac.internal.store.Processes(known, workers);
  else
    team = netjac.internal.store.Pool(pool, known, workers);
  end
  stop = onCleanup(@() team.stop(store));
  stopsOnError = strcmp(settings.onError, 'stop');
  pause_ = 0.1;
  while team.isRunning() && campaign.left > 0 && ~(stopsOnError && campaign.failed > 0)
    pause(pause_);
    asking = tic();
    campaign.refresh();
    campaign.report(false);
    % Asking for the states of many points takes a while, of which simulations should not notice much.
    pause_ = min(max(0.1, 20 * toc(asking)), 2);
  end
  campaign.refresh();
  if stopsOnError && campaign.failed > 0
    clear stop;
    names = sprintf('%.0f,', unique(ids));
    first = netjac.internal.store.records(store, ['status=failed version=all sample=', names(1:end - 1)], 'error');
    error('netjac:store:failed', 'A point failed: %s', first.error{1});
  end
  team.complain();
end

function text = functionText(f)
  text = f;
  if isa(f, 'function_handle')
    text = func2str(f);
    if text(1) ~= '@'
      text = ['@', text];
    end
  end
end
