function processTask(known)
  % PROCESSTASK  Simulates points that a campaign of another process asks for, until none of them waits.
  f = handleOf(known.f);
  read = handleOf(known.read);
  store = netjac.Store(known.url, 'study', known.study, known.options{:}, 'worker', known.worker);
  close_ = onCleanup(@() close(store));
  settings = struct('onError', known.onError, 'display', false);
  campaign = netjac.internal.store.Campaign(store, netjac.internal.store.simulator(store, f, read, false), settings);
  giveBack = onCleanup(@() campaign.giveBack());
  campaign.begin(known.ids, known.X, 1);
  campaign.runAll(false);
end

function f = handleOf(f)
  if ischar(f) && strncmp(f, '@', 1)
    f = str2func(f(2:end));
  end
end
