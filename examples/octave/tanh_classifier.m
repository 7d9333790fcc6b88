% TANH_CLASSIFIER  Handwritten digits on 25-by-20 images: from the formula y = tanh(W*x + b) to 97 %.
%
%   octave-cli examples/octave/tanh_classifier.m
%
% The digits are the 8-by-8 images of scikit-learn, scaled up. scripts/digits-data fetches them from PyPI when the
% example runs for the first time.

function tanh_classifier()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));
  [X, digits] = digitImages(tree);
  isHeld = mod((1:numel(digits)) * 7, 4) == 0;       % each fourth image is held out
  T = -ones(10, numel(digits));                      % targets: 1 for the digit, -1 for the others
  T(sub2ind(size(T), digits + 1, 1:numel(digits))) = 1;
  fprintf('%d images of 25 by 20 to train on, %d held out.\n', sum(~isHeld), sum(isHeld));

  [Xt, Tt] = deal(X(:, ~isHeld), T(:, ~isHeld));
  [W, b] = descend(Xt, Tt);
  fprintf('One layer, gradient descent: %.1f %% of the held-out images are right.\n', ...
          100 * accuracy(tanh(W*X(:, isHeld) + b), digits(isHeld)));

  fprintf('\nOne hidden layer, cross entropy, adam:\n');
  net = netjac.mlp([500 64 10], 'tanh');
  net = netjac.train(net, Xt, (Tt + 1) / 2, 'loss', 'cross_entropy', 'optimizer', 'adamw', 'weight_decay', 0.1, ...
                     'epochs', 60, 'schedule', 'cosine', 'schedule_steps', 60 * 43, 'scaling', 'none');
  right = accuracy(forward(net, X(:, isHeld)), digits(isHeld));
  fprintf('One hidden layer: %.1f %% of the held-out images are right.\n', 100 * right);
  assert(right >= 0.97, 'the classifier should reach 97 %%; it reaches %.1f %%', 100 * right);

  % What the network looks at: the derivative of the score of a digit by the image.
  [~, J] = jacobian(net, X(:, find(isHeld, 1)));
  digit = digits(find(isHeld, 1));
  fprintf('\nWhere more ink makes the first held-out image more (+) or less (-) of a %d:\n', digit);
  show(reshape(J(digit + 1, :), 25, 20));
end

% ---- From the formula upward ------------------------------------------------------------------------------

function [W, b] = descend(X, T)
  g = netjac.Graph;
  x = g.input('x', size(X));
  t = g.input('t', size(T));
  W = g.parameter('W', zeros(10, 500));
  b = g.parameter('b', zeros(10, 1));
  y = tanh(W*x + b);
  loss = sum(sum((y - t) .^ 2)) / size(X, 2);
  d = gradients(loss, {W, b});
  f = g.evaluator({W, b, x, t}, {loss, d{:}});

  W = 0.001 * reshape(sin(1:5000), 10, 500);
  b = zeros(10, 1);
  [~, dW, db] = f(W, b, X, T);
  Y = tanh(W*X + b);
  e = 2 * (Y - T) .* (1 - Y .^ 2) / size(X, 2);      % the formula on paper: dW = e x', db = e, summed over images
  fprintf('dW and db differ from the formula by %.1e and %.1e.\n', max(max(abs(dW - e*X'))), max(abs(db - sum(e, 2))));
  assert(max(max(abs(dW - e*X'))) < 1e-12);

  for k = 1:300
    [value, dW, db] = f(W, b, X, T);
    W = W - 0.01 * dW;
    b = b - 0.01 * db;
    if any(k == [1 3 10 30 100 300])
      fprintf('step %3d: loss %.4f\n', k, value);
    end
  end
end

function part = accuracy(scores, digits)
  [~, place] = max(scores);
  part = mean(place - 1 == digits);
end

% ---- Images -----------------------------------------------------------------------------------------------

% 500-by-N, each column an image of 25-by-20; ink is 1 above paper, and the mean of all is 0.
function [X, digits] = digitImages(tree)
  file = fullfile(tree, 'build', 'data', 'digits.csv');
  if ~exist(file, 'file') && ~exist(fullfile(tree, 'scripts', 'digits-data'), 'file')
    error('tanh_classifier:noData', 'There is no %s; scripts/digits-data of the source tree makes it.', file);
  end
  if ~exist(file, 'file')
    [status, output] = system(sprintf('"%s" 2>&1', fullfile(tree, 'scripts', 'digits-data')));
    if status ~= 0
      error('tanh_classifier:noData', 'The digits cannot be fetched:\n%s', output);
    end
  end
  table = dlmread(file, ',');
  digits = table(:, 65)';
  rows = interpolation(8, 25);
  columns = interpolation(8, 20);
  X = zeros(500, size(table, 1));
  for k = 1:size(table, 1)
    image = reshape(table(k, 1:64), 8, 8)' / 16;
    X(:, k) = reshape(rows * image * columns', 500, 1);
  end
  X = X - mean(X(:));
end

% The matrix that scales a line of points up, linearly between neighbours.
function A = interpolation(from, to)
  A = interp1(1:from, eye(from), linspace(1, from, to));
end

function show(image)
  limit = 0.15 * max(abs(image(:)));
  for row = 1:size(image, 1)
    line = repmat(' ', 1, size(image, 2));
    line(image(row, :) > limit) = '+';
    line(image(row, :) < -limit) = '-';
    fprintf('    |%s|\n', line);
  end
end

tanh_classifier();
