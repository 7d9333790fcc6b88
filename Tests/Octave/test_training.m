function test_training(log)
  % TEST_TRAINING  Networks are made, trained, scaled, saved and kept when training is interrupted.

  log.section('training');
  log.check('mlp', @() making(log));
  log.check('training lowers the loss', @() optimizers(log));
  log.check('the first loss is that of the network', @() firstLoss());
  log.check('losses mean what they say', @() losses());
  log.check('training is deterministic', @() deterministic());
  log.check('scales are folded into the network', @() scaling());
  log.check('held-out samples and patience', @() validation());
  log.check('a held-out loss that is infinite is no improvement', @() undefinedLoss());
  log.check('the library chooses what is held out', @() heldOut());
  log.check('progress is printed', @() printed());
  log.check('a progress function can stop', @() stopped());
  log.check('an interrupted training keeps its network', @() interruption());
  if strcmp(netjac.door(), 'mex')
    log.check('Ctrl-C', @() controlC());
  end
  log.check('losses that are not finite', @() notFinite());
  log.check('Sobolev training', @() sobolev());
  log.check('a network of a graph', @() graphNetwork());
  log.check('a loaded network, some parameters', @() fineTuning());
  log.check('save and load', @() saving());
  log.check('save with the Jacobian', @() savingJacobian());
  log.check('saving where it cannot be', @() savingNowhere(log));
  log.check('saveobj and loadobj', @() objects());
  log.check('wrong arguments', @() wrongArguments(log));
  log.check('plotTraining', @() plotting());
  netjac.internal.keptTraining([]);
  log.check('nothing is left', @() mustBe(netjac_mex('alive'), 0));
end

function [X, T] = samples(count)
  order = shuffled(2 * count, 3);
  X = 4 * reshape(order, 2, count) / (2 * count) - 2;
  T = [sin(X(1, :)) .* X(2, :); X(1, :) + 0.5 * X(2, :) .^ 2; exp(-X(1, :) .^ 2)];
end

function making(log)
  net = netjac.mlp([2 8 8 3], 'tanh');
  mustBe([net.inputSize, net.outputSize], [2 3]);
  X = samples(10);
  y = forward(net, X);
  mustBe(forward(netjac.mlp([2 8 8 3], 'tanh', 'seed', 0), X), y);
  mustBe(forward(netjac.mlp([2 8 8 3]), X), y);
  must(~isequal(forward(netjac.mlp([2 8 8 3], 'tanh', 'seed', 1), X), y), 'another seed should make another network');
  for activation = {'tanh', 'relu', 'sigmoid', 'softplus', 'elu', 'gelu', 'silu', 'sine', 'identity'}
    mustBe(size(forward(netjac.mlp([2 4 3], activation{1}), X)), [3 10]);
  end
  log.record('mlp', y);
  log.record('wrong activation', mustFail(@() netjac.mlp([2 3], 'tan'), 'netjac:mlp:wrongArgument', 'tanh'));
  for sizes = {2, [], [2 0 3], [2 -1], [2 1.5], [NaN 2]}
    mustFail(@() netjac.mlp(sizes{1}, 'tanh'), 'netjac:mlp:wrongArgument');
  end
  mustFail(@() netjac.mlp([2 3], 'tanh', 'seed', 0.5), 'netjac:mlp:wrongArgument', 'seed');
  mustFail(@() netjac.mlp([2 3], 3), 'netjac:mlp:wrongClass');
  mustFail(@() netjac.mlp([2 3], 'tanh', 'sead', 3), 'netjac:mlp:wrongOption');
end

function optimizers(log)
  [X, T] = samples(60);
  net = netjac.mlp([2 10 3], 'tanh');
  cases = {'sgd', 0.2, 120; 'adam', 0.02, 60; 'adamw', 0.02, 60; 'rmsprop', 0.01, 60; 'lbfgs', 1, 40; ...
           'levenberg_marquardt', [], 20};
  for k = 1:size(cases, 1)
    options = {'optimizer', cases{k, 1}, 'epochs', cases{k, 3}, 'display', false};
    if ~isempty(cases{k, 2})
      options = [options, {'learning_rate', cases{k, 2}}];
    end
    [trained, info] = netjac.train(net, X, T, options{:});
    must(info.loss(end) < 0.5 * info.loss(1), '%s: the loss went from %g to %g', cases{k, 1}, info.loss(1), info.loss(end));
    mustBe(numel(info.loss), cases{k, 3});
    mustBe(info.stopped, 'epochs');
    log.record(['losses of ', cases{k, 1}], info.loss);
    log.record(['network of ', cases{k, 1}], forward(trained, X));
  end
end

function firstLoss()
  [X, T] = samples(30);
  net = netjac.mlp([2 10 3], 'tanh');
  before = forward(net, X);
  [trained, info] = netjac.train(net, X, T, 'epochs', 2, 'batch_size', 'all', 'scaling', 'none', 'display', false);
  must(abs(info.loss(1) - mean((before(:) - T(:)) .^ 2)) < 1e-12, 'the first loss should be that of the network before');
  mustBe(forward(net, X), before);
  must(~isequal(forward(trained, X), before), 'the trained network should differ');
end

function losses()
  [X, T] = samples(30);
  net = netjac.mlp([2 10 3], 'tanh');
  y = forward(net, X);
  d = abs(y - T);
  huber = mean(mean((d <= 1) .* d .^ 2 / 2 + (d > 1) .* (d - 0.5)));
  P = exp(T) ./ sum(exp(T));
  entropy = mean(-sum(P .* (y - log(sum(exp(y))))));
  cases = {'mse', T, mean(d(:) .^ 2); 'mae', T, mean(d(:)); 'huber', T, huber; 'cross_entropy', P, entropy};
  for k = 1:4
    [~, info] = netjac.train(net, X, cases{k, 2}, 'loss', cases{k, 1}, 'epochs', 1, 'batch_size', 'all', ...
                             'scaling', 'none', 'display', false);
    must(abs(info.loss - cases{k, 3}) < 1e-12, 'the loss %s is %.15g; it should be %.15g', cases{k, 1}, info.loss, cases{k, 3});
    mustBe(info.lossName, cases{k, 1});
  end
end

function deterministic()
  [X, T] = samples(50);
  net = netjac.mlp([2 6 3], 'tanh');
  run = @(seed) netjac.train(net, X, T, 'epochs', 5, 'batch_size', 8, 'seed', seed, 'validation', 0.2, 'display', false);
  mustBe(forward(run(3), X), forward(run(3), X));
  must(~isequal(forward(run(3), X), forward(run(4), X)), 'another seed should give another network');
end

function scaling()
  [X, T] = samples(60);
  X = X .* [1000; 0.01] + [5e4; 3];
  T = T .* [1e-3; 200; 1] + [7; 0; -40];
  T(3, :) = 5;                                       % a target that never changes must not divide by 0
  for kind = {'standard', 'range'}
    [net, info] = netjac.train(netjac.mlp([2 12 3], 'tanh'), X, T, 'optimizer', 'levenberg_marquardt', 'epochs', 30, ...
                               'scaling', kind{1}, 'display', false);
    [y, J] = jacobian(net, X);
    must(all(max(abs(y - T), [], 2) < 0.2 * max(max(T, [], 2) - min(T, [], 2), 1)), 'y should be in the units of T');
    step = [1; 1e-5];
    for k = 1:2
      offset = step .* ((1:2)' == k);
      slope = (forward(net, X + offset) - forward(net, X - offset)) / (2 * step(k));
      expected = reshape(J(:, k, :), 3, []);
      must(max(abs(slope(:) - expected(:))) < 1e-5 * max(abs(expected(:))), 'the Jacobian should be in the units of X and T');
    end
    mustBe(info.scaling.kind, kind{1});
  end
  [again, info] = netjac.train(net, X, T, 'epochs', 1, 'learning_rate', 1e-12, 'display', false);
  mustBe(info.scaling.kind, 'none');
  must(max(max(abs(forward(again, X) - y))) < 1e-6, 'a trained network should go on from where it is');
end

function validation()
  [X, T] = samples(60);
  net = netjac.mlp([2 10 3], 'tanh');
  [~, info] = netjac.train(net, X, T, 'epochs', 5, 'validation', 0.25, 'display', false);
  mustBe([info.trainingSamples, info.validationSamples], [45 15]);
  mustBe(numel(info.validationLoss), 5);
  must(all(info.validationLoss > 0), 'there should be a held-out loss for each epoch');

  % Held-out samples that contradict the others: the best network is the first one.
  [best, info] = netjac.train(net, X, T, 'epochs', 50, 'validation', {X, -3 * T}, 'patience', 4, 'learning_rate', 0.02, ...
                              'display', false, 'scaling', 'none');
  mustBe(info.stopped, 'patience');
  must(numel(info.loss) == info.bestEpoch + 4, 'training should stop 4 epochs after the best one');
  y = forward(best, X);
  must(abs(mean((y(:) + 3 * T(:)) .^ 2) - info.validationLoss(info.bestEpoch)) < 1e-12, 'the best network should come back');
end

function undefinedLoss()
  [X, T] = samples(60);
  [~, info] = netjac.train(netjac.mlp([2 4 3]), X, T, 'epochs', 12, 'validation', {X(:, 1:3), 1e200 * ones(3, 3)}, 'patience', 3, ...
                           'display', false);
  mustBe(info.stopped, 'patience');
  mustBe([numel(info.loss), info.bestEpoch], [3 0]);
  mustBe(info.validationLoss, Inf(1, 3));
end

% The same places as in Tests/C/training.c: seed 5, a quarter of 12 samples.
function heldOut()
  net = netjac.mlp([2 4 3]);
  trainer = netjac_mex('trainerCreate', net.libraryHandle(), {'validation_fraction', '0.25', 'seed', '5'});
  release = onCleanup(@() netjac_mex('trainerRelease', trainer));
  mustBe(netjac_mex('trainerHeldOut', trainer, 12), [5 10 11]);
  mustFail(@() netjac_mex('trainerHeldOut', trainer, 1), 'netjac:train:wrongOption', 'holds out 0');
  mustFail(@() netjac_mex('trainerHoldOut', trainer, [0; 0], [0; 0; 0]), 'netjac:train:wrongOption', 'validation_fraction');

  % netjac.train holds out these, at the places in X.
  [X, T] = samples(12);
  options = {'epochs', 2, 'batch_size', 'all', 'scaling', 'none', 'display', false, 'seed', 5};
  [~, info] = netjac.train(net, X, T, options{:}, 'validation', 0.25);
  isHeld = ismember(0:11, [5 10 11]);
  [~, expected] = netjac.train(net, X(:, ~isHeld), T(:, ~isHeld), options{:}, 'validation', {X(:, isHeld), T(:, isHeld)});
  must(max(abs([info.loss - expected.loss, info.validationLoss - expected.validationLoss])) < 1e-14, ...
       'the losses should be those of the samples at these places');
  mustBe([info.trainingSamples, info.validationSamples], [9 3]);
end

function printed()
  [X, T] = samples(20);
  net = netjac.mlp([2 4 3], 'tanh');
  text = evalc('netjac.train(net, X, T, ''epochs'', 3, ''display'', 0, ''validation'', 0.2);');
  lines = strsplit(strtrim(text), char(10));
  mustBe(numel(lines), 4);
  must(~isempty(strfind(lines{1}, 'time left')) && ~isempty(strfind(lines{4}, 'done')), 'progress is: %s', text);
  mustBe(evalc('netjac.train(net, X, T, ''epochs'', 3, ''display'', false);'), '');
end

function stopped()
  [X, T] = samples(20);
  [~, info] = netjac.train(netjac.mlp([2 4 3]), X, T, 'epochs', 50, 'display', false, ...
                           'progress', @(info) numel(info.loss) < 7);
  mustBe(numel(info.loss), 7);
  mustBe(info.stopped, 'progress');
end

function interruption()
  netjac.internal.keptTraining([]);
  mustFail(@() netjac.interrupted(), 'netjac:interrupted:nothing');
  [X, T] = samples(20);
  net = netjac.mlp([2 4 3]);
  shown = evalc('mustFail(@() netjac.train(net, X, T, ''epochs'', 50, ''display'', false, ''progress'', @interrupting), ''test:interrupted'');');
  must(~isempty(strfind(shown, 'netjac.interrupted()')), 'it should say how to get the network; it says: %s', shown);
  [kept, info] = netjac.interrupted();
  mustBe(info.stopped, 'interrupted');
  mustBe(numel(info.loss), 6);
  expected = netjac.train(net, X, T, 'epochs', 6, 'display', false);
  mustBe(forward(kept, X), forward(expected, X));
end

function goesOn = interrupting(info)
  goesOn = true;
  if numel(info.loss) == 6
    error('test:interrupted', 'as Ctrl-C would');
  end
end

% In an Octave of its own, which gets the signal of Ctrl-C while it trains.
function controlC()
  folder = tempname();
  mkdir(folder);
  remove = onCleanup(@() removeFolder(folder));
  lines = {
    'set -m'
    sprintf('{ echo "warning(''off'', ''all''); addpath(''%s''); net = netjac.mlp([2 8 1]); X = rand(2, 200);"', ...
            fullfile(fileparts(testsRoot()), 'matlab'))
    sprintf('  echo "f = @(info) numel(info.loss) ~= 3 || fclose(fopen(''%s'', ''w'')) == 0;"', fullfile(folder, 'started'))
    '  echo "netjac.train(net, X, sum(X), ''epochs'', 1e7, ''display'', false, ''progress'', f);"'
    '  sleep 0.1'
    sprintf('  while [ ! -f "%s" ]; do sleep 0.1; done; sleep 2', fullfile(folder, 'started'))
    '  echo "[net, info] = netjac.interrupted(); y = forward(net, X);"'
    '  echo "printf(''%s after %d, %d outputs\n'', info.stopped, min(numel(info.loss), 1), numel(y))"'
    '} | octave-cli --norc --quiet --interactive --no-line-editing > ' 
    };
  script = fullfile(folder, 'run.sh');
  output = fullfile(folder, 'output');
  lines{end} = [lines{end}, '"', output, '" 2>&1 &'];
  lines = [lines; {
    'process=$!'
    sprintf('for k in $(seq 300); do [ -f "%s" ] && break; sleep 0.1; done', fullfile(folder, 'started'))
    'sleep 0.5; kill -INT $process; wait $process'}];
  stream = fopen(script, 'w');
  fprintf(stream, '%s\n', lines{:});
  fclose(stream);
  [status, said] = system(sprintf('timeout 60 bash "%s" 2>&1', script));
  shown = fileread(output);
  must(~isempty(strfind(shown, 'netjac.interrupted()')), 'it should say what to do; it says: %s%s (status %d)', said, shown, status);
  must(~isempty(strfind(shown, 'interrupted after 1, 200 outputs')), 'the network should be there; shown is: %s', shown);
end

function removeFolder(folder)
  delete(fullfile(folder, '*'));
  rmdir(folder);
end

function notFinite()
  [X, T] = samples(20);
  warning('off', 'netjac:train:notFinite', 'local');
  [net, info] = netjac.train(netjac.mlp([2 4 3], 'identity'), X, T, 'optimizer', 'sgd', 'learning_rate', 1e200, ...
                             'epochs', 50, 'display', false);
  mustBe(info.stopped, 'notFinite');
  must(isnan(info.loss(end)) && numel(info.loss) < 50, 'the last loss should be NaN');
  must(all(isfinite(forward(net, zeros(2, 1)))), 'the network should have the last good parameters');
end

function sobolev()
  X = linspace(-2, 2, 9);
  T = sin(2 * X);
  J = reshape(2 * cos(2 * X), 1, 1, 9);
  net = netjac.mlp([1 12 1], 'tanh');
  options = {'optimizer', 'lbfgs', 'epochs', 150, 'display', false};
  plain = netjac.train(net, X, T, options{:});
  [with, info] = netjac.train(net, X, T, options{:}, 'jacobian', J);
  must(info.loss(end) < 0.05 * info.loss(1), 'the loss should go down');
  [~, found] = jacobian(with, X);
  [~, without] = jacobian(plain, X);
  must(max(abs(found(:) - J(:))) < 0.5 * max(abs(without(:) - J(:))), 'wanted Jacobians should make better Jacobians: %g, %g', ...
       max(abs(found(:) - J(:))), max(abs(without(:) - J(:))));
  mustFail(@() netjac.train(net, X, T, 'jacobian', ones(1, 2, 9)), 'netjac:train:wrongSize', '1-by-1-by-9');
end

function graphNetwork()
  g = netjac.Graph;
  W = g.parameter('W', [0.1 0.2]);
  x = g.input('x', [2 1]);
  b = g.parameter('b', 0);
  net = g.network({x}, {W * x + b});
  X = samples(40);
  T = [3 -2] * X + 0.5;
  [trained, info] = netjac.train(net, X, T, 'optimizer', 'levenberg_marquardt', 'epochs', 20, 'display', false);
  must(info.loss(end) < 1e-10, 'a linear model should be found; the loss is %g', info.loss(end));
  [~, J] = jacobian(trained, [0; 0]);
  must(max(abs(J - [3 -2])) < 1e-5, 'the slopes should be those of the samples');
end

function fineTuning()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = forward(net, c.x);
  T = y * 1.1;
  [trained, info] = netjac.train(net, c.x, T, 'epochs', 20, 'batch_size', 'all', 'learning_rate', 1e-4, 'display', false);
  must(info.loss(end) < info.loss(1), 'the loss should go down');
  must(~isequal(forward(trained, c.x), y), 'the trained network should differ');
  mustFail(@() netjac.train(net, c.x, T, 'parameters', 'nobody*', 'display', false), 'netjac:train:wrongOption', 'nobody');
end

function saving()
  [X, T] = samples(30);
  net = netjac.train(netjac.mlp([2 8 3]), 100 * X, T, 'epochs', 3, 'display', false);
  file = [tempname(), '.onnx'];
  remove = onCleanup(@() delete(file));
  save(net, file);
  again = netjac.load(file);
  mustBe(forward(again, 100 * X), forward(net, 100 * X));
  [~, J] = jacobian(net, 100 * X);
  [~, K] = jacobian(again, 100 * X);
  must(relativeError(K, J, 30) < 1e-14, 'the Jacobian should be the same');
end

function savingJacobian()
  X = samples(5);
  net = netjac.mlp([2 8 3], 'softplus');
  file = [tempname(), '.onnx'];
  remove = onCleanup(@() delete(file));
  save(net, file, 'jacobian', true);
  again = netjac.load(file);
  mustBe(again.outputs(end).name, 'jacobian');
  mustBe(again.outputs(end).size, [3 2]);
  [y, J] = jacobian(net, X);
  expected = [y; reshape(permute(J, [2 1 3]), 6, 5)];
  must(relativeError(forward(again, X), expected, 5) < 1e-14, 'the file should give outputs and Jacobian');
  save(net, file, 'jacobian', false);
  again = netjac.load(file);
  mustBe(numel(again.outputs), 1);
end

function savingNowhere(log)
  net = netjac.mlp([2 3]);
  mustFail(@() save(net, '/nobody/nothing.onnx'), 'netjac:save:fileNotReadable', 'nothing.onnx');
  log.record('wrong class of a file', mustFail(@() save(net, 3), 'netjac:save:wrongClass'));
  mustFail(@() save(net, 'x.onnx', 'jacobi', true), 'netjac:save:wrongOption');
  delete(net);
  mustFail(@() save(net, 'x.onnx'), 'netjac:network:released');
end

function objects()
  X = samples(5);
  net = netjac.mlp([2 8 3]);
  again = netjac.Network.loadobj(saveobj(net));
  mustBe(forward(again, X), forward(net, X));
end

function wrongArguments(log)
  [X, T] = samples(20);
  net = netjac.mlp([2 4 3]);
  cases = {
    'X',           'wrongSize',    {ones(3, 20), T}
    'T',           'wrongSize',    {X, ones(2, 20)}
    'counts',      'wrongSize',    {X, T(:, 1:3)}
    'nothing',     'wrongSize',    {zeros(2, 0), zeros(3, 0)}
    'class',       'wrongClass',   {int8(X), T}
    'complex',     'wrongClass',   {X, 1i * T}
    'odd',         'wrongOption',  {X, T, 'epochs'}
    'epochs',      'wrongOption',  {X, T, 'epochs', 0}
    'unknown',     'wrongOption',  {X, T, 'optimiser', 'adam'}
    'optimizer',   'wrongOption',  {X, T, 'optimizer', 'adamm'}
    'rate',        'wrongOption',  {X, T, 'learning_rate', 'fast'}
    'validation',  'wrongOption',  {X, T, 'validation', 1.5}
    'few',         'wrongOption',  {X, T, 'validation', 0.001}
    'patience',    'wrongOption',  {X, T, 'patience', 3}
    'scaling',     'wrongOption',  {X, T, 'scaling', 'log'}
    'progress',    'wrongOption',  {X, T, 'progress', 3}
    'display',     'wrongOption',  {X, T, 'display', 'off'}
    'seed',        'wrongOption',  {X, T, 'seed', 0.5}
    'lm',          'wrongOption',  {X, T, 'optimizer', 'levenberg_marquardt', 'loss', 'mae'}};
  for k = 1:size(cases, 1)
    message = mustFail(@() netjac.train(net, cases{k, 3}{:}), ['netjac:train:', cases{k, 2}]);
    log.record(['wrong training: ', cases{k, 1}], message);
  end
  mustFail(@() netjac.train(3, X, T), 'netjac:train:wrongClass');
  mustFail(@() netjac.train(net, X), 'netjac:train:missingArgument');
end

function plotting()
  info = struct('loss', [1 0.5 0.2], 'validationLoss', [1 0.6 0.4], 'bestEpoch', 3, 'lossName', 'mse');
  try
    set(0, 'DefaultFigureVisible', 'off');
    netjac.plotTraining(info);
    lines = findobj(gca(), 'type', 'line');
    must(numel(lines) >= 3, 'there should be two curves and a mark');
    close('all');
  catch problem
    % Octave without fonts cannot make axes at all.
    must(~isempty(strfind(problem.message, 'ft_')) || ~isempty(strfind(problem.message, 'graphics')), '%s', problem.message);
  end
end
