function [pairs, distance] = duplicates(store, tolerance)
  % DUPLICATES  See netjac.Store.duplicates.
  if ~isnumeric(tolerance) || ~isscalar(tolerance) || ~(tolerance >= 0)
    error('netjac:store:wrongArgument', 'The tolerance must be a number from 0 on.');
  end
  [X, ~, info] = netjac.internal.store.samples(store, {'status=done,waiting,running'}, true);
  cube = netjac.internal.store.unitCube(store, X);
  U = cube.to(X);
  pairs = zeros(2, 0);
  distance = zeros(1, 0);
  if size(U, 2) < 2
    return;
  end
  % Sorted by the input that tells most samples apart; those near in it are few.
  distinct = arrayfun(@(k) numel(unique(U(k, :))), 1:size(U, 1));
  [~, key] = max(distinct);
  [~, order] = sort(U(key, :));
  U = U(:, order);
  ids = info.id(order);
  for offset = 1:size(U, 2) - 1
    near = find(U(key, 1 + offset:end) - U(key, 1:end - offset) <= tolerance);
    if isempty(near)
      break;
    end
    apart = max(abs(U(:, near + offset) - U(:, near)), [], 1);
    isPair = apart <= tolerance;
    pairs = [pairs, [ids(near(isPair)); ids(near(isPair) + offset)]];
    distance = [distance, apart(isPair)];
  end
  pairs = sort(pairs, 1);
  [distance, order] = sort(distance);
  pairs = pairs(:, order);
end
