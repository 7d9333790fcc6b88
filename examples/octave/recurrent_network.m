% RECURRENT_NETWORK  A recurrent network as an ordinary loop, which unrolls; its gradient goes through all steps.
%
%   octave-cli examples/octave/recurrent_network.m
%
% h = tanh(Wh*h + Wx*x(t) + b), y = V*h after the last step: it learns to predict a signal from its last values.

function recurrent_network()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));
  steps = 12;
  units = 6;

  g = netjac.Graph;
  x = g.input('x', [1 steps]);
  Wh = g.parameter('Wh', 0.4 * sin(reshape(1:units ^ 2, units, units)));
  Wx = g.parameter('Wx', 0.5 * cos((1:units)' * 2));
  b = g.parameter('b', zeros(units, 1));
  V = g.parameter('V', 0.5 * sin((1:units) * 3));
  h = zeros(units, 1);
  for t = 1:steps
    h = tanh(Wh*h + Wx*x(t) + b);
  end
  y = V*h;
  fprintf('%d steps, and %d values in the graph.\n', steps, numel(strsplit(text(g), char(10))));

  % The gradient by Wh goes through all steps.
  d = gradients(y, Wh);
  f = g.evaluator({Wh, x}, {y, d});
  Wh0 = 0.4 * sin(reshape(1:units ^ 2, units, units));
  sample = sin((1:steps) * 0.5);
  [~, dWh] = f(Wh0, sample);
  numeric = netjac.numericalGradient(@(W) f(W, sample), Wh0);
  fprintf('dy/dWh differs from differences by %.1e.\n', max(max(abs(dWh - numeric))));
  assert(max(max(abs(dWh - numeric))) < 1e-9);

  signal = sin((1:400) * 0.35) .* (1 + 0.3 * sin((1:400) * 0.05));
  count = numel(signal) - steps;
  X = zeros(steps, count);
  for k = 1:count
    X(:, k) = signal(k:k + steps - 1);
  end
  T = signal(steps + 1:end);
  net = g.network({x}, {y});
  [net, info] = netjac.train(net, X(:, 1:300), T(1:300), 'optimizer', 'lbfgs', 'epochs', 150);
  wrong = sqrt(mean((forward(net, X(:, 301:end)) - T(301:end)) .^ 2));
  fprintf('Error of predictions of what it has not seen: %.4f; the signal itself: %.2f\n', wrong, sqrt(mean(T .^ 2)));
  assert(wrong < 0.05, 'the network should predict the signal');

  [~, J] = jacobian(net, X(:, 301));
  fprintf('What a prediction depends on, from the oldest value to the newest: %s\n', mat2str(J, 2));
end

recurrent_network();
