% TWO_LAYER_NETWORK  W2*max(0, W1*x): its gradients from the graph, from the formula and from differences; and XOR.
%
%   octave-cli examples/octave/two_layer_network.m

function two_layer_network()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));

  % The last row of x is 1, so that W1 holds an offset, too.
  X = [0 0 1 1; 0 1 0 1; 1 1 1 1];
  T = [0 1 1 0];
  W1start = [0.9 1.1 0.05; 1.0 0.9 -0.85; -0.7 0.8 0.1; 0.6 -0.8 0.25];
  W2start = [0.8 -0.9 0.3 0.5];

  g = netjac.Graph;
  x = g.input('x', size(X));
  t = g.input('t', size(T));
  W1 = g.parameter('W1', W1start);
  W2 = g.parameter('W2', W2start);
  y = W2*max(0, W1*x)
  loss = sum((y - t) .^ 2);
  d = gradients(loss, {W1, W2});
  f = g.evaluator({W1, W2, x, t}, {loss, d{:}});

  % The formula: h = max(0, W1 x), e = 2 (W2 h - t); dW2 = e h', dW1 = ((W2' e) .* (h > 0)) x'.
  [~, dW1, dW2] = f(W1start, W2start, X, T);
  h = max(0, W1start*X);
  e = 2 * (W2start*h - T);
  compare('dW1', dW1, ((W2start'*e) .* (h > 0))*X', netjac.numericalGradient(@(A) f(A, W2start, X, T), W1start));
  compare('dW2', dW2, e*h', netjac.numericalGradient(@(A) f(W1start, A, X, T), W2start));

  [W1, W2] = deal(W1start, W2start);
  for k = 1:1000
    [value, dW1, dW2] = f(W1, W2, X, T);
    W1 = W1 - 0.05 * dW1;
    W2 = W2 - 0.05 * dW2;
    if any(k == [1 10 100 1000])
      fprintf('step %4d: loss %.3e\n', k, value);
    end
  end
  fprintf('XOR of 00, 01, 10, 11: %s\n', mat2str(W2*max(0, W1*X), 3));
  assert(value < 1e-4, 'the network should learn XOR');
end

function compare(name, found, formula, numeric)
  fprintf('%s differs from the formula by %.1e, from differences by %.1e.\n', name, ...
          max(max(abs(found - formula))), max(max(abs(found - numeric))));
  assert(max(max(abs(found - formula))) < 1e-13 && max(max(abs(found - numeric))) < 1e-8);
end

two_layer_network();
