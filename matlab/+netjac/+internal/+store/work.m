function count = work(store, f, given)
  % WORK  See netjac.Store.work.
  [filter, rest] = netjac.internal.store.filterText([{''}, given]);
  defaults = struct('wait', 0, 'most', Inf, 'onError', 'continue', 'display', true, 'read', []);
  settings = netjac.internal.store.options(rest, defaults, 'the simulator');
  for name = {'wait', 'most'}
    value = settings.(name{1});
    if ~isnumeric(value) || ~isscalar(value) || ~(value >= 0)
      error('netjac:store:wrongOption', 'Option ''%s'' must be a number from 0 on, or Inf.', name{1});
    end
  end
  simulator = netjac.internal.store.simulator(store, f, settings.read, false);
  campaign = netjac.internal.store.Campaign(store, simulator, settings);
  guard = onCleanup(@() campaign.giveBack());
  count = 0;
  idle = tic();
  pause_ = 0.1;
  while count < settings.most
    if campaign.runOne(filter)
      count = count + 1;
      idle = tic();
      pause_ = 0.1;
      campaign.reportWork(false);
    elseif toc(idle) >= settings.wait
      break;
    else
      pause(min(pause_, max(0.01, settings.wait - toc(idle))));
      pause_ = min(2 * pause_, 2);
    end
  end
  campaign.reportWork(true);
end
