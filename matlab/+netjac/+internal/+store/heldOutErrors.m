function info = heldOutErrors(net, store, X, T, info, display)
  % HELDOUTERRORS  Adds what a network errs at samples that it was not trained on, and prints it in each output's unit.
  %
  % info.heldOutError: root mean square, m-by-1; NaN if nothing was held out. info.outputNames and outputUnits tell what
  % its elements are.

  [names, units] = netjac.internal.store.scalarNames(store.outputs);
  info.outputNames = names;
  info.outputUnits = units;
  info.heldOutError = NaN(store.outputSize, 1);
  places = info.heldOut;
  if isempty(places)
    return;
  end
  error_ = forward(net, X(:, places)) - T(:, places);
  info.heldOutError = sqrt(mean(error_ .^ 2, 2));
  if ~islogical(display) || display
    fprintf('  root mean square error at %d held-out samples, and its part of the outputs'' spread:\n', numel(places));
    spread = std(T, 0, 2);
    for k = 1:store.outputSize
      fprintf('  %16s  %10.4g %-6s  %.3g %%\n', names{k}, info.heldOutError(k), units{k}, 100 * info.heldOutError(k) / spread(k));
    end
  end
end
