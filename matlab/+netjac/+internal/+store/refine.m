function [X, doubt, info] = refine(store, count, given)
  % REFINE  See netjac.Store.refine.
  defaults = struct('method', 'ensemble', 'seed', 0, 'networks', 5, 'hidden', [24 24], 'epochs', 300, 'patience', 40, ...
                    'candidates', 4096);
  settings = netjac.internal.store.options(given, defaults, 'the number of points');
  methods_ = {'ensemble', 'residual', 'gradient', 'fill'};
  if ~ischar(settings.method) || ~any(strcmp(settings.method, methods_))
    error('netjac:store:wrongOption', 'Option ''method'' must be one of ''%s''.', strjoin(methods_, ''', '''));
  end
  for name = {'networks', 'epochs', 'patience', 'candidates'}
    requireCount(name{1}, settings.(name{1}));
  end
  if settings.networks < 2
    error('netjac:store:wrongOption', 'Option ''networks'' must be 2 or more: doubt is where they disagree.');
  end
  requireCount('count', count);
  if any(~isfinite([store.lower; store.upper]))
    error('netjac:store:wrongArgument', 'refine looks between the bounds, and not all inputs of study ''%s'' have them.', store.study);
  end

  [all_, ~] = samples(store, 'status=done,waiting,running,failed');
  [stored, Y] = samples(store);
  isFinite = all(isfinite(Y), 1);
  cube = netjac.internal.store.unitCube(store, stored);
  info = struct('method', settings.method, 'expected', Inf, 'expectedEach', NaN(store.outputSize, 1), 'networks', {{}});
  ensemble = [];
  if sum(isFinite) >= max(8, 2 * store.inputSize) && store.outputSize > 0
    U = cube.to(stored(:, isFinite));
    ensemble = netjac.internal.store.Ensemble(U, Y(:, isFinite), settings);
    [info.expected, info.expectedEach] = ensemble.expected(shares(U, candidates(store, cube, 2048, 0, settings.seed)));
    info.networks = ensemble.networks;
  end
  if strcmp(settings.method, 'fill') || isempty(ensemble)
    info.method = 'fill';
    X = design(store, 'fill', count, 'seed', settings.seed);
    doubt = nearest(cube.to(X), cube.to(all_));
    return;
  end
  % Other ones in each round: the sequence goes on after as many points as there are samples.
  U = candidates(store, cube, settings.candidates, size(all_, 2), settings.seed + 1);
  measure = measureOf(settings.method, ensemble, cube.to(stored(:, isFinite)), settings);
  [U, doubts] = climbed(U, measure);
  X = cube.from(U);
  [~, states] = netjac_mex('studyLookUp', store.libraryHandle(), X);
  isNew = states == 0;
  [X, places] = chosen(cube, X(:, isNew), doubts(isNew), cube.to(all_), count);
  doubts = doubts(isNew);
  doubt = doubts(places);
end

function requireCount(name, value)
  if ~isnumeric(value) || ~isscalar(value) || value < 1 || value ~= fix(value)
    error('netjac:store:wrongOption', '''%s'' must be a whole number, 1 or more.', name);
  end
end

% Points all over the cube.
function U = candidates(store, cube, count, from, seed)
  kind = 'sobol';
  if store.inputSize > 64
    kind = 'random';
  end
  U = cube.to(design(store, kind, count, 'from', from, 'seed', seed));
end

% How many of the points have each sample for their nearest.
function counts = shares(U, points)
  owner = ones(1, size(points, 2));
  least = Inf(1, size(points, 2));
  for k = 1:size(U, 2)
    distance = sum((points - U(:, k)) .^ 2, 1);
    isNearer = distance < least;
    least(isNearer) = distance(isNearer);
    owner(isNearer) = k;
  end
  counts = accumarray(owner(:), 1, [size(U, 2), 1]).';
end

function measure = measureOf(method, ensemble, U, settings)
  switch method
    case 'ensemble'
      measure = struct('value', @(U) ensemble.doubt(U), 'both', @(U) ensemble.doubt(U));
    case 'gradient'
      measure = struct('value', @(U) ensemble.steepness(U), 'both', []);
    case 'residual'
      known = ~any(isnan(ensemble.residuals), 1);
      error_ = sqrt(mean((ensemble.residuals(:, known) ./ ensemble.spread) .^ 2, 1));
      floor_ = 1e-3 * max(max(error_), realmin());
      net = netjac.mlp([size(U, 1), 8, 1], 'tanh', 'seed', settings.seed);
      net = netjac.train(net, U(:, known), log(error_ + floor_), 'optimizer', 'lbfgs', 'batch_size', 'all', ...
                         'epochs', 60, 'weight_decay', 0, 'scaling', 'standard', 'display', false);
      measure = struct('value', @(U) exp(forward(net, U)), 'both', @(U) exponential(net, U));
  end
end

function [value, gradient] = exponential(net, U)
  [y, g] = vjp(net, U, ones(1, size(U, 2)));
  value = exp(y);
  gradient = g .* value;
end

% The 64 best candidates climb along the gradient within the cube; all are given back, the climbed ones in place.
function [U, values] = climbed(U, measure)
  values = measure.value(U);
  if isempty(measure.both)
    return;
  end
  [~, order] = sort(values, 'descend');
  best = order(1:min(64, end));
  points = U(:, best);
  [value, gradient] = measure.both(points);
  step = 0.1 * ones(1, numel(best));
  for k = 1:25
    direction = gradient;
    % What pushes out of the cube does not count.
    direction((points <= 0 & direction < 0) | (points >= 1 & direction > 0)) = 0;
    lengths = max(abs(direction), [], 1);
    trial = min(max(points + step .* direction ./ max(lengths, realmin()), 0), 1);
    [trialValue, trialGradient] = measure.both(trial);
    isBetter = trialValue > value;
    points(:, isBetter) = trial(:, isBetter);
    gradient(:, isBetter) = trialGradient(:, isBetter);
    value(isBetter) = trialValue(isBetter);
    step(isBetter) = min(1.5 * step(isBetter), 0.25);
    step(~isBetter) = step(~isBetter) / 3;
  end
  U(:, best) = points;
  values(best) = value;
end

% One after the other, by doubt times distance to what is stored or chosen already.
function [X, places] = chosen(cube, X, doubts, taken, count)
  U = cube.to(X);
  distance = nearest(U, taken);
  places = zeros(1, 0);
  for k = 1:min(count, size(U, 2))
    [score, place] = max(doubts .* distance);
    if score <= 0 && k > 1
      break;
    end
    places(k) = place;
    distance = min(distance, sqrt(sum((U - U(:, place)) .^ 2, 1)));
  end
  X = X(:, places);
end

function distance = nearest(U, taken)
  distance = Inf(1, size(U, 2));
  for k = 1:size(taken, 2)
    distance = min(distance, sum((U - taken(:, k)) .^ 2, 1));
  end
  distance = sqrt(distance);
  distance(isinf(distance)) = 1;
end
