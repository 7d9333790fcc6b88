function panel = learningPanel(store, settings)
  % LEARNINGPANEL  What networks err that are trained on the samples of the first round, the first two, and so on.
  %
  % Every fifth sample in the order of entry is trained on by none: all errors are those there, in parts of each output's
  % spread. A round is a tag.

  [X, Y, info] = netjac.internal.store.samples(store, {}, true);
  isFinite = all(isfinite(Y), 1);
  X = X(:, isFinite);
  Y = Y(:, isFinite);
  tags = info.tag(isFinite);
  if size(X, 2) < 15
    error('netjac:store:notFound', 'Study ''%s'' has %d samples that are done; a learning curve takes 15 or more.', ...
          store.study, size(X, 2));
  end
  isTest = mod(1:size(X, 2), 5) == 3;
  cube = netjac.internal.store.unitCube(store, X);
  U = cube.to(X);
  spread = std(Y, 0, 2);
  spread(spread == 0) = 1;
  [~, first] = unique(tags, 'first');
  rounds = tags(sort(first));
  counts = zeros(1, numel(rounds));
  percent = NaN(store.outputSize, numel(rounds));
  isKnown = false(size(isTest));
  for k = 1:numel(rounds)
    isKnown = isKnown | strcmp(tags, rounds{k});
    chosen = find(isKnown & ~isTest);
    counts(k) = sum(isKnown);
    if numel(chosen) >= 8
      percent(:, k) = 100 * errorOf(U, Y, chosen, isTest, settings) ./ spread;
    end
  end
  panel = panelOf(store, rounds, counts, percent);
end

% Root mean square at the test samples of the mean of three networks.
function error_ = errorOf(U, Y, chosen, isTest, settings)
  y = 0;
  for k = 1:3
    part = mod(1:numel(chosen), 5) == k;
    net = netjac.mlp([size(U, 1), settings.hidden, size(Y, 1)], 'tanh', 'seed', settings.seed + k);
    net = netjac.train(net, U(:, chosen(~part)), Y(:, chosen(~part)), 'scaling', 'standard', 'optimizer', 'lbfgs', ...
                       'batch_size', 'all', 'epochs', settings.epochs, 'display', false, ...
                       'validation', {U(:, chosen(part)), Y(:, chosen(part))}, 'patience', 40);
    y = y + forward(net, U(:, isTest)) / 3;
  end
  error_ = sqrt(mean((y - Y(:, isTest)) .^ 2, 2));
end

function panel = panelOf(store, rounds, counts, percent)
  names = netjac.internal.store.scalarNames(store.outputs);
  series = struct('name', {}, 'colour', {}, 'marker', {}, 'line', {}, 'x', {}, 'y', {});
  for k = 1:numel(names)
    series(k) = struct('name', names{k}, 'colour', netjac.internal.store.palette(k), 'marker', 'o', 'line', true, ...
                       'x', counts, 'y', percent(k, :));
  end
  notes = struct('x', num2cell(counts), 'y', num2cell(max(percent, [], 1)), 'text', rounds);
  notes = notes(~isnan([notes.y]));
  known = percent(isfinite(percent) & percent > 0);
  if isempty(known)
    known = 100;
  end
  room = max(1, 0.08 * (counts(end) - counts(1)));
  panel = struct('place', [1 1], 'grid', [1 1], 'pixels', [960 640], 'x', 'samples', ...
                 'y', 'error at samples not trained on [% of spread]', ...
                 'title', sprintf('%s: %d rounds', store.study, numel(rounds)), 'isLog', true, ...
                 'xLimits', [counts(1) - room, counts(end) + 2 * room], 'yLimits', [min(known) / 1.6, max(known) * 1.6], ...
                 'series', series, 'notes', notes);
end
