function test_store_learning(log)
  % TEST_STORE_LEARNING  Networks are trained from stores, tell where to simulate next, and pictures are drawn.

  log.section('learning from stores');
  log.check('train takes a store', @() training(log));
  log.check('train leaves out what is not finite', @() notFinite());
  log.check('train chooses samples', @() choosing());
  log.check('train with a store and wrong arguments', @() wrongTraining());
  if strcmp(netjac.door(), 'mex')                % what the library gives is the same through both doors, and this takes long
    log.check('refine makes the true error smaller', @() refining());
    log.check('refine looks where it is difficult', @() places());
    log.check('the ensemble''s gradient', @() gradients());
    log.check('train takes stored Jacobians', @() sobolev());
    log.check('pictures', @() pictures());
  end
  log.check('refine gives the same through both doors', @() refinedPoints(log));
  log.check('refine keeps away from what is stored', @() apart());
  log.check('refine with few samples', @() fewSamples());
  log.check('wrong arguments of refine', @() wrongRefining());
  log.check('inputs are mapped to the unit cube', @() cube());
  log.check('nothing is left', @() mustBe(netjac_mex('alive'), 0));
end

function store = learningStore(folder, f, count)
  store = netjac.Store(fullfile(folder, 'learning.db'), 'inputs', {'a' 'm' [0 2]; 'b' 's' [-1 1]}, 'outputs', {'u' 'N'; 'v' 'Pa'});
  simulate(store, f, design(store, 'sobol', count), 'tag', 'initial', 'display', false);
end

function y = smooth(x)
  y = [5 * sin(2 * x(1, :)) .* x(2, :); 100 + x(1, :) .^ 2 + x(2, :)];
end

% A bump at (1.5, 0.5) on a plane.
function y = bump(x)
  y = [x(1, :) + 3 * exp(-((x(1, :) - 1.5) .^ 2 + (x(2, :) - 0.5) .^ 2) * 6); x(2, :)];
end

function training(log)
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 100);
  text = evalc('[net, info] = netjac.train(netjac.mlp([2 16 2]), store, ''optimizer'', ''lbfgs'', ''batch_size'', ''all'', ''epochs'', 200);');
  mustBe(numel(info.heldOut), 20);
  mustBe(info.scaling.kind, 'standard');
  [X, Y] = samples(store);
  E = forward(net, X(:, info.heldOut)) - Y(:, info.heldOut);
  mustBe(info.heldOutError, sqrt(mean(E .^ 2, 2)));
  must(all(info.heldOutError ./ std(Y, 0, 2) < 0.05), 'the held-out errors are %g and %g of the spread', info.heldOutError ./ std(Y, 0, 2));
  mustBe(info.outputUnits, {'N', 'Pa'});
  mustBe(info.outputNames, {'u', 'v'});
  line = regexp(text, ' u +(\S+) N ', 'tokens', 'once');
  must(~isempty(line) && abs(str2double(line{1}) - info.heldOutError(1)) < 1e-3 * info.heldOutError(1), ...
       'the error should be printed in N:\n%s', text);
  must(~isempty(regexp(text, ' v +\S+ Pa ', 'once')), 'the error should be printed in Pa:\n%s', text);
  log.record('errors of a network of a store', info.heldOutError);
  % The same as with arrays.
  other = netjac.train(netjac.mlp([2 16 2]), X, Y, 'optimizer', 'lbfgs', 'batch_size', 'all', 'epochs', 200, 'validation', 0.2, 'display', false);
  mustBe(forward(net, X), forward(other, X));
  mustBe(evalc('netjac.train(netjac.mlp([2 4 2]), store, ''epochs'', 2, ''display'', false);'), '');
  [~, info] = netjac.train(netjac.mlp([2 4 2]), store, 'epochs', 2, 'display', false, 'validation', [], 'scaling', 'none');
  mustBe(info.heldOut, zeros(1, 0));
  mustBe(info.heldOutError, [NaN; NaN]);
  mustBe(info.scaling.kind, 'none');
end

% With Jacobians a dozen samples teach more.
function sobolev()
  [folder, remove] = storeFolder();
  f = @(x) deal(smooth(x), [10 * cos(2 * x(1)) * x(2), 5 * sin(2 * x(1)); 2 * x(1), 1]);
  store = learningStore(folder, f, 14);
  [~, ~, info] = samples(store);
  mustBe(size(info.jacobian), [2 2 14]);
  options = {'optimizer', 'lbfgs', 'batch_size', 'all', 'epochs', 150, 'validation', [], 'display', false};
  T = store.lower + (store.upper - store.lower) .* reshape(shuffled(400, 5) / 400, 2, 200);
  E = zeros(1, 3);
  [with, infoWith] = netjac.train(netjac.mlp([2 12 2], 'tanh', 'seed', 3), store, options{:});
  without = netjac.train(netjac.mlp([2 12 2], 'tanh', 'seed', 3), store, options{:}, 'jacobian', []);
  E(1) = norm(forward(with, T) - smooth(T), 'fro');
  E(2) = norm(forward(without, T) - smooth(T), 'fro');
  must(E(1) < 0.5 * E(2), 'with Jacobians the error is %g, without %g', E(1), E(2));
  % One sample without a Jacobian, and values alone are trained on.
  insert(store, [0.123; 0.4], smooth([0.123; 0.4]));
  [~, infoOne] = netjac.train(netjac.mlp([2 12 2], 'tanh', 'seed', 3), store, options{:});
  must(any(strcmp(infoWith.options, 'jacobian_weight')) && ~any(strcmp(infoOne.options, 'jacobian_weight')), ...
       'Jacobians should be taken if all samples have one');
end

function notFinite()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 20);
  insert(store, [0.1; 0.1], [NaN; 1]);
  text = evalc('[~, info] = netjac.train(netjac.mlp([2 4 2]), store, ''epochs'', 2, ''display'', false);');
  must(~isempty(strfind(text, '1 of 21 samples')), 'it should warn:\n%s', text);
  mustBe(info.trainingSamples + info.validationSamples, 20);
end

function choosing()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 20);
  insert(store, [0.1 0.2; 0.1 0.3], [1 2; 3 4], 'tag', 'other');
  [~, info] = netjac.train(netjac.mlp([2 4 2]), store, 'tag', 'initial', 'epochs', 1, 'display', false);
  mustBe(info.trainingSamples + info.validationSamples, 20);
  [~, info] = netjac.train(netjac.mlp([2 4 2]), store, 'where', 'tag=other', 'epochs', 1, 'display', false);
  mustBe([info.trainingSamples, info.validationSamples], [2 0]);
end

function wrongTraining()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 'a.db'), 'inputs', {'a'; 'b'}, 'outputs', {'c'});
  mustFail(@() netjac.train(netjac.mlp([2 4 1]), store), 'netjac:train:wrongSize', 'no samples');
  insert(store, [1 2 3; 4 5 6], [1 2 3]);
  mustFail(@() netjac.train(netjac.mlp([3 4 1]), store, 'display', false), 'netjac:train:wrongSize', '3 values');
  mustFail(@() netjac.train(netjac.mlp([2 4 1]), store, 'epoch', 3), 'netjac:train:wrongOption', 'epoch');
  mustFail(@() netjac.train(netjac.mlp([2 4 1]), store, 'epochs'), 'netjac:train:wrongOption', 'pairs');
  mustFail(@() netjac.train(netjac.mlp([2 4 1])), 'netjac:train:missingArgument');
end

function refinedPoints(log)
  [folder, remove] = storeFolder();
  store = learningStore(folder, @bump, 20);
  [X, doubt, info] = refine(store, 3, 'networks', 2, 'epochs', 20, 'candidates', 256);
  log.record('refined points', {X, doubt, info.expected});
end

function refining()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @bump, 24);
  T = store.lower + (store.upper - store.lower) .* reshape(shuffled(2000, 9) / 2000, 2, 1000);
  truth = bump(T);
  errors = zeros(1, 4);
  expected = zeros(1, 4);
  for round_ = 1:4
    [X, doubt, info] = refine(store, 12);
    mustBe(size(X), [2 12]);
    mustBe(size(doubt), [1 12]);
    mustBe(numel(info.networks), 5);
    y = 0;
    U = (T - store.lower) ./ (store.upper - store.lower);
    for k = 1:5
      y = y + forward(info.networks{k}, U) / 5;
    end
    errors(round_) = sqrt(mean(mean(((y - truth) ./ std(truth, 0, 2)) .^ 2)));
    expected(round_) = info.expected;
    simulate(store, @bump, X, 'tag', sprintf('refine %d', round_), 'display', false);
  end
  must(errors(4) < 0.35 * errors(1), 'the true errors are %s', mat2str(errors, 3));
  must(expected(4) < 0.6 * expected(1), 'the expected errors are %s', mat2str(expected, 3));
  must(expected(4) > errors(4) / 3 && expected(4) < 10 * errors(4), 'expected %g, true %g', expected(4), errors(4));
  mustBe(refine(store, 3), refine(store, 3));
end

function places()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @bump, 60);
  for method = {'ensemble', 'residual', 'gradient'}
    [X, doubt] = refine(store, 10, 'method', method{1});
    near = sum(sqrt(sum((X - [1.5; 0.5]) .^ 2, 1)) < 0.6);
    % The circle is 0.28 of the area, and further points keep apart.
    must(near >= 4, '%s puts %d of 10 points near the bump', method{1}, near);
    must(all(doubt >= 0) && doubt(1) > 0, '%s should tell doubt', method{1});
    mustBe(find(store, X), repmat({'absent'}, 1, 10));
    must(all(all(X >= store.lower & X <= store.upper)), '%s leaves the bounds', method{1});
  end
  far = refine(store, 10, 'method', 'fill');
  mustBe(size(far), [2 10]);
end

function apart()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 'a.db'), 'inputs', {'a' 'm' [0 2]; 'b' 's' [-1 1]}, 'outputs', {'u'; 'v'}, 'step', 0.05);
  simulate(store, @bump, design(store, 'sobol', 40), 'display', false);
  quick = {'networks', 2, 'epochs', 20, 'candidates', 512};
  [X, ~] = refine(store, 8, quick{:});
  steps = (X - store.lower) / 0.05;
  must(max(max(abs(steps - round(steps)))) < 1e-9, 'points should be on the grid');
  mustBe(size(unique(round(steps).', 'rows'), 1), 8);
  add(store, X);
  next = refine(store, 8, quick{:});
  mustBe(find(store, next), repmat({'absent'}, 1, 8));
  for k = 1:8
    must(min(sqrt(sum((X - next(:, k)) .^ 2, 1))) > 0.06, 'new points should keep away from those that wait');
  end
end

function gradients()
  settings = struct('seed', 1, 'networks', 3, 'hidden', 8, 'epochs', 30, 'patience', 10);
  U = reshape(shuffled(60, 2) / 60, 2, 30);
  ensemble = netjac.internal.store.Ensemble(U, bump([2; 2] .* U - [0; 1]), settings);
  P = reshape(shuffled(10, 3) / 10, 2, 5) * 0.9;
  [doubt, gradient] = ensemble.doubt(P);
  for k = 1:5
    numerical = netjac.numericalGradient(@(u) ensemble.doubt(u), P(:, k));
    must(norm(numerical - gradient(:, k)) < 1e-6 * max(1, norm(numerical)), 'the gradient of doubt is wrong');
  end
  mustBe(ensemble.doubt(P(:, 2)), doubt(2));
end

function fewSamples()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 4);
  [X, doubt, info] = refine(store, 5);
  mustBe(info.method, 'fill');
  mustBe(info.expected, Inf);
  mustBe(size(X), [2 5]);
  must(all(doubt > 0), 'distances should be positive');
end

function wrongRefining()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 10);
  mustFail(@() refine(store), 'netjac:store:missingArgument');
  mustFail(@() refine(store, 0), 'netjac:store:wrongOption', 'count');
  mustFail(@() refine(store, 2.5), 'netjac:store:wrongOption');
  mustFail(@() refine(store, 2, 'method', 'best'), 'netjac:store:wrongOption', 'ensemble');
  mustFail(@() refine(store, 2, 'networks', 1), 'netjac:store:wrongOption', 'networks');
  mustFail(@() refine(store, 2, 'methods', 'fill'), 'netjac:store:wrongOption', 'candidates');
  open = netjac.Store(fullfile(folder, 'open.db'), 'inputs', {'a'}, 'outputs', {'b'});
  mustFail(@() refine(open, 2), 'netjac:store:wrongArgument', 'bounds');
end

function cube()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 'a.db'), 'inputs', {{'a' '' [1 1000] 'scale' 'log'}, {'b' '' [-1 3] 'step' 0.5}, {'c'}}, ...
                       'outputs', {'d'});
  cube = netjac.internal.store.unitCube(store, [1 1; 0 0; 5 7]);
  U = cube.to([1 10 1000; -1 1 3; 5 6 7]);
  must(max(max(abs(U - [0 1/3 1; 0 0.5 1; 0 0.5 1]))) < 1e-15, 'inputs should be mapped on their scales');
  X = cube.from([0.5; 0.6; 0.5]);
  must(norm(X - [sqrt(1000); 1.5; 6]) < 1e-9, 'and back, rounded to the step');
end

function pictures()
  [folder, remove] = storeFolder();
  store = learningStore(folder, @smooth, 30);
  simulate(store, @smooth, refine(store, 8, 'method', 'fill'), 'tag', 'refine "1" \ 2', 'display', false);
  evalc('simulate(store, @(x) error(''no''), [0.2 0.3; 0.2 0.3], ''display'', false);');
  cases = {{}, {'inputs'}, {'inputs', 'by', 'status'}, {'outputs', 'by', 'version'}, {'learning', 'epochs', 40}};
  for k = 1:numel(cases)
    file = fullfile(folder, sprintf('picture%d.png', k));
    plot(store, cases{k}{:}, 'file', file);
    [image, ~] = imread(file);
    must(size(image, 1) > 300 && size(image, 2) > 300, 'picture %d is too small', k);
    % Something is drawn, in more than one colour.
    flat = reshape(double(image), [], size(image, 3));
    isColoured = max(flat, [], 2) - min(flat, [], 2) > 60;
    must(size(image, 3) >= 3 && sum(isColoured) > 100, 'picture %d has no coloured points', k);
  end
  shown = getenv('DISPLAY');
  setenv('DISPLAY', '');
  back = onCleanup(@() setenv('DISPLAY', shown));
  text = evalc('file = plot(store);');
  must(exist(file, 'file') == 2 && ~isempty(strfind(text, file)), 'without a screen there should be a file:\n%s', text);
  delete(file);
  plot(store, 'file', fullfile(folder, 'a.svg'));
  must(~isempty(strfind(fileread(fullfile(folder, 'a.svg')), 'initial (30)')), 'the legend should name the tags');
  mustFail(@() plot(store, 'weather'), 'netjac:store:wrongArgument', 'learning');
  mustFail(@() plot(store, 'by', 'colour'), 'netjac:store:wrongOption', 'status');
  mustFail(@() plot(store, 'file', 'a.bmp'), 'netjac:store:wrongOption', 'png');
  empty = footStore(folder);
  mustFail(@() plot(empty, 'file', fullfile(folder, 'b.png')), 'netjac:store:notFound');
  mustFail(@() plot(empty, 'learning', 'file', fullfile(folder, 'b.png')), 'netjac:store:notFound', '15');
end
