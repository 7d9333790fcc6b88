function f = memoize(store, f, given)
  % MEMOIZE  See netjac.Store.memoize.
  settings = netjac.internal.store.options(given, struct('tag', '', 'retry', false, 'read', []), 'the simulator');
  settings.onError = 'stop';
  settings.display = false;
  simulator = netjac.internal.store.simulator(store, f, settings.read, false);
  memory = struct('store', store, 'inputSize', store.inputSize, 'simulator', simulator, 'settings', settings);
  study = store.libraryHandle();
  f = @(x) netjac.internal.store.recall(study, x, memory);
end
