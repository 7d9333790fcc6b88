function cube = unitCube(store, X)
  % UNITCUBE  Maps inputs to 0...1 and back, on each input's scale; where a bound is missing, X decides.
  %
  % cube.to(X), cube.from(U): n-by-N. cube.from respects bounds and steps.

  isLog = false(store.inputSize, 1);
  step = NaN(store.inputSize, 1);
  first = 0;
  for v = store.inputs
    places = first + 1:first + v.size;
    isLog(places) = strcmp(v.scale, 'log');
    if ~isempty(v.step)
      step(places) = v.step;
    end
    first = first + v.size;
  end
  lower = store.lower;
  upper = store.upper;
  for k = find(~isfinite(lower) | ~isfinite(upper) | (isLog & lower <= 0)).'
    found = [min(X(k, :)), max(X(k, :))];
    if isempty(found)
      found = [0, 1];
    end
    if ~isfinite(lower(k)) || (isLog(k) && lower(k) <= 0), lower(k) = found(1); end
    if ~isfinite(upper(k)), upper(k) = found(2); end
  end
  low = lower;
  high = upper;
  low(isLog) = log10(lower(isLog));
  high(isLog) = log10(upper(isLog));
  width = high - low;
  width(width <= 0) = 1;
  cube.to = @(X) to(X, isLog, low, width);
  cube.from = @(U) from(U, isLog, low, width, lower, upper, step);
end

function U = to(X, isLog, low, width)
  X(isLog, :) = log10(X(isLog, :));
  U = (X - low) ./ width;
end

function X = from(U, isLog, low, width, lower, upper, step)
  X = low + U .* width;
  X(isLog, :) = 10 .^ X(isLog, :);
  for k = find(~isnan(step)).'
    X(k, :) = lower(k) + round((X(k, :) - lower(k)) / step(k)) * step(k);
    X(k, X(k, :) > upper(k)) = upper(k) - mod(upper(k) - lower(k), step(k));
  end
  X = min(max(X, lower), upper);
end
