% LEVENBERG_MARQUARDT  Levenberg-Marquardt against adam on a small regression problem, in the same wall time.
%
%   octave-cli examples/octave/levenberg_marquardt.m

function levenberg_marquardt()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));

  % A smooth function of two variables on a grid.
  [a, b] = meshgrid(linspace(-2, 2, 20));
  X = [a(:), b(:)]';
  T = sin(2 * X(1, :)) .* exp(-X(2, :) .^ 2) + 0.5 * X(1, :) .* X(2, :);
  net = netjac.mlp([2 16 1], 'tanh');

  fprintf('Levenberg-Marquardt:\n');
  [fitted, exact] = netjac.train(net, X, T, 'optimizer', 'levenberg_marquardt', 'epochs', 150);
  limit = exact.time(end);

  fprintf('\nadam, for as long:\n');
  best = Inf;
  for rate = [0.003 0.01 0.03]
    [~, info] = netjac.train(net, X, T, 'optimizer', 'adam', 'learning_rate', rate, 'epochs', 1e6, 'display', false, ...
                             'progress', @(info) info.time(end) < limit);
    fprintf('  learning rate %.3f: loss %.3e after %d epochs and %.2f s\n', rate, info.loss(end), numel(info.loss), info.time(end));
    best = min(best, min(info.loss));
  end

  fprintf('\nLoss of Levenberg-Marquardt %.2e, of adam at best %.2e: %.0f times as large.\n', ...
          exact.loss(end), best, best / exact.loss(end));
  fprintf('Largest error of the fitted network: %.1e\n', max(abs(forward(fitted, X) - T)));
  assert(exact.loss(end) < best, 'Levenberg-Marquardt should reach a lower loss in the same time');
end

levenberg_marquardt();
