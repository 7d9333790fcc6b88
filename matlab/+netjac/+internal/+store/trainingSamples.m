function [X, T, given] = trainingSamples(store, given)
  % TRAININGSAMPLES  What netjac.train takes of a store: samples, targets, and options with what goes without saying.
  if mod(numel(given), 2) ~= 0
    error('netjac:train:wrongOption', 'Options come in pairs of a name and a value; there are %d arguments after the store.', ...
          numel(given));
  end
  [filter, given] = netjac.internal.store.filterText([{''}, given]);
  if isempty(store.outputs)
    error('netjac:train:wrongSize', 'Study ''%s'' has no outputs.', store.study);
  end
  [X, T, info] = samples(store, filter);
  isFinite = all(isfinite(T), 1);
  if ~all(isFinite)
    warning('netjac:train:notFinite', '%d of %d samples of study ''%s'' have results that are not finite; they are left out.', ...
            sum(~isFinite), numel(isFinite), store.study);
    X = X(:, isFinite);
    T = T(:, isFinite);
  end
  if isempty(X)
    error('netjac:train:wrongSize', 'Study ''%s'' has no samples that are done and match; training needs at least one.', store.study);
  end
  names = given(1:2:end);
  names = names(cellfun(@ischar, names));
  J = info.jacobian;
  if ~isempty(J) && ~any(strcmpi(names, 'jacobian'))
    J = J(:, :, isFinite);
    if all(isfinite(J(:)))
      given = [{'jacobian', J}, given];
    end
  end
  % One held-out sample tells little, and four to train on less.
  if ~any(strcmpi(names, 'validation')) && size(X, 2) >= 5
    given = [{'validation', 0.2}, given];
  end
  if ~any(strcmpi(names, 'scaling'))
    given = [{'scaling', 'standard'}, given];
  end
end
