% GRAPH_LINEAR_REGRESSION  A graph of ten nodes, L = y - max(0, W*x + b): seen, differentiated, checked, minimised.
%
%   octave-cli examples/octave/graph_linear_regression.m

function graph_linear_regression()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));

  g = netjac.Graph;
  x = g.input('x', [3 1]);
  y = g.input('y', [2 1]);
  W = g.parameter('W', [0.5 -0.2 0.1; 0.3 0.8 -0.5]);
  b = g.parameter('b', [0.1; -0.1]);
  L = y - max(0, W*x + b);
  loss = sum(L .^ 2);
  d = gradients(loss, {W, b, x});
  g
  plot(g, fullfile(picturesFolder(tree), 'linear_regression.svg'));
  fprintf('The drawing is in %s.\n', fullfile(picturesFolder(tree), 'linear_regression.svg'));

  % The formula that students derive: with the error e = -2 L where the maximum passes, dW = e x', db = e, dx = W' e.
  f = g.evaluator({W, b, x, y}, {L, d{:}});
  [W0, b0, x0, y0] = deal([0.5 -0.2 0.1; 0.3 0.8 -0.5], [0.1; -0.1], [1; 2; 0.5], [1; 2]);
  [L0, dW, db, dx] = f(W0, b0, x0, y0);
  e = -2 * L0 .* (W0*x0 + b0 > 0);
  report('dW', dW, e*x0', @(A) square(f(A, b0, x0, y0)), W0);
  report('db', db, e, @(A) square(f(W0, A, x0, y0)), b0);
  report('dx', dx, W0'*e, @(A) square(f(W0, b0, A, y0)), x0);

  % Gradient descent over samples of a line with a kink: the parameters come back.
  truth = struct('W', [1 -2 0.5; 0.4 0.7 1], 'b', [0.3; 0.6]);
  X = reshape(sin((1:3 * 200) .^ 2), 3, 200);
  Y = max(0, truth.W*X + truth.b);
  h = netjac.Graph;
  x = h.input('x', size(X));
  y = h.input('y', size(Y));
  W = h.parameter('W', W0);
  b = h.parameter('b', b0);
  loss = mean(sum((y - max(0, W*x + b)) .^ 2));
  d = gradients(loss, {W, b});
  step = h.evaluator({W, b, x, y}, {loss, d{:}});
  [W, b] = deal(W0, b0);
  for k = 1:2000
    [value, dW, db] = step(W, b, X, Y);
    W = W - 0.2 * dW;
    b = b - 0.2 * db;
    if any(k == [1 10 100 1000 2000])
      fprintf('step %4d: loss %.3e\n', k, value);
    end
  end
  fprintf('Largest error of W: %.1e, of b: %.1e\n', max(max(abs(W - truth.W))), max(abs(b - truth.b)));
  assert(max(max(abs(W - truth.W))) < 1e-6, 'gradient descent should find the line');
end

function report(name, found, formula, f, at)
  numeric = netjac.numericalGradient(f, at);
  fprintf('%s: from the formula it differs by %.1e, from differences by %.1e\n', name, ...
          max(abs(found(:) - formula(:))), max(abs(found(:) - numeric(:))));
  assert(max(abs(found(:) - formula(:))) < 1e-14 && max(abs(found(:) - numeric(:))) < 1e-8);
end

function s = square(L)
  s = sum(L .^ 2);
end

function folder = picturesFolder(tree)
  folder = fullfile(tree, 'build');
  if ~exist(folder, 'dir')
    folder = pwd();
  end
end

graph_linear_regression();
