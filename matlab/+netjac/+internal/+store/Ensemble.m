classdef Ensemble < handle
  % ENSEMBLE  Small networks trained on bootstrap samples of a study, and how far they disagree.
  %
  % They take inputs in the unit cube and give outputs in their units. Each stops when the samples that it was not given
  % show no progress; their errors there tell what error to expect of a network.

  properties (SetAccess = private)
    networks = {}
    spread           % m-by-1, standard deviation of each stored output
    residuals        % m-by-N, errors at samples by networks that were not trained on them; NaN where all were
  end

  methods
    function self = Ensemble(U, Y, settings)
      samples = size(U, 2);
      self.spread = std(Y, 0, 2);
      self.spread(self.spread == 0) = 1;
      sums = zeros(size(Y));
      counts = zeros(1, samples);
      random = netjac.internal.store.Random(settings.seed);
      for k = 1:settings.networks
        chosen = random.whole(samples, samples);
        isOut = true(1, samples);
        isOut(chosen) = false;
        self.networks{k} = trained(U, Y, chosen, isOut, settings, k);
        sums(:, isOut) = sums(:, isOut) + forward(self.networks{k}, U(:, isOut));
        counts = counts + isOut;
      end
      self.residuals = sums ./ counts - Y;
    end

    function [doubt, gradient] = doubt(self, U)
      % DOUBT  1-by-N: standard deviation over the networks in units of each output's spread, root mean square over
      % outputs. gradient: n-by-N.
      count = numel(self.networks);
      m = numel(self.spread);
      Y = cell(1, count);
      for k = 1:count
        Y{k} = forward(self.networks{k}, U);
      end
      mean_ = sum(cat(3, Y{:}), 3) / count;
      square = zeros(1, size(U, 2));
      for k = 1:count
        square = square + sum(((Y{k} - mean_) ./ self.spread) .^ 2, 1);
      end
      doubt = sqrt(square / (count - 1) / m);
      if nargout < 2
        return;
      end
      gradient = zeros(size(U));
      for k = 1:count
        [~, g] = vjp(self.networks{k}, U, (Y{k} - mean_) ./ self.spread .^ 2);
        gradient = gradient + g;
      end
      gradient = gradient ./ ((count - 1) * m * max(doubt, realmin()));
    end

    function steepness = steepness(self, U)
      % STEEPNESS  1-by-N: length of the mean Jacobian, outputs in units of their spread.
      J = 0;
      for k = 1:numel(self.networks)
        [~, pages] = jacobian(self.networks{k}, U);
        J = J + pages / numel(self.networks);
      end
      J = J ./ self.spread;
      steepness = reshape(sqrt(sum(sum(J .^ 2, 1), 2)), 1, []);
    end

    function [expected, each] = expected(self, weights)
      % EXPECTED  The error of a network at points that it has not seen: root mean square, in parts of the outputs'
      % spread; each: m-by-1, in the outputs' units. weights: 1-by-N, how much of the cube each sample stands for;
      % otherwise samples where it is difficult, which refining adds, would count more and more.
      known = ~any(isnan(self.residuals), 1);
      weights = weights(known) / sum(weights(known));
      each = sqrt(sum(weights .* self.residuals(:, known) .^ 2, 2));
      expected = sqrt(mean((each ./ self.spread) .^ 2));
    end
  end
end

function net = trained(U, Y, chosen, isOut, settings, k)
  net = netjac.mlp([size(U, 1), settings.hidden, size(Y, 1)], 'tanh', 'seed', settings.seed + 1000 * k);
  heldOut = {};
  if any(isOut)
    heldOut = {'validation', {U(:, isOut), Y(:, isOut)}, 'patience', settings.patience};
  end
  net = netjac.train(net, U(:, chosen), Y(:, chosen), 'scaling', 'standard', 'optimizer', 'lbfgs', 'batch_size', 'all', ...
                     'epochs', settings.epochs, 'display', false, heldOut{:});
end
