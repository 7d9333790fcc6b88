function [g, errors, isKinked] = numericalGradient(f, x)
  % NUMERICALGRADIENT  The gradient of a function by differences, to compare exact derivatives with.
  %
  %   g = netjac.numericalGradient(f, x)      f: a function of an array as large as x; g: as large as x
  %   [g, errors, isKinked] = netjac.numericalGradient(f, x)
  %
  % If f gives more than one number, g is the gradient of their sum, as that of gradients(y, x) is.
  %
  %   errors      of each element: how far g may be off, in the units of g. Estimated from what differences
  %               of several steps disagree by and from the noise of f, so it is no proof; Inf if f has no
  %               finite values around x
  %   isKinked    of each element: whether a kink of f lies within the smallest step that its noise allows,
  %               mostly at x itself. g is then between the slopes of both sides, errors at least half of
  %               what they differ by. Without this output that is a warning, netjac:numericalGradient:kink
  %
  % Steps are chosen for each element: central differences with steps from an eighth of max(1, |x|) down to
  % the spacing of numbers at x, extrapolated to step 0 (Ridders 1982, Advances in Engineering Software 4);
  % the one with the least error counts. Near a kink that is one with steps that end before it. The noise of
  % f is estimated from differences of high order (More and Wild 2011, SIAM J. Sci. Comput. 33) and is that
  % of rounding at least. Smooth functions come to ten digits and more with some 15 evaluations of f for
  % each element of x; what is harder takes up to 300.
  %
  %   f = g.evaluator({W}, {loss});
  %   [D, errors] = netjac.numericalGradient(f, W0);
  %   isRight = all(abs(dW(:) - D(:)) <= 2 * errors(:))
  %
  % Errors: netjac:numericalGradient:wrongClass; those of f.
  %
  % See also: netjac.Graph, netjac.check

  if ~isa(f, 'function_handle')
    error('netjac:numericalGradient:wrongClass', 'f is %s; it must be a function handle, as in @(x) sum(x .^ 2).', class(f));
  end
  if ~isnumeric(x) || ~isreal(x)
    error('netjac:numericalGradient:wrongClass', 'x must be real numbers; it is %s.', class(x));
  end
  x = full(double(x));
  [here, magnitude, rounding] = valueOf(f, x);
  noise = struct('absolute', noiseOf(f, x), 'relative', rounding);
  if magnitude > 0
    noise.relative = max(rounding, min(noise.absolute / magnitude, double(eps('single'))));
  end
  [g, errors] = deal(zeros(size(x)));
  isKinked = false(size(x));
  for k = 1:numel(x)
    [g(k), errors(k), isKinked(k)] = slopeOf(@(place) valueOf(f, moved(x, k, place)), x(k), here, noise);
  end
  if nargout < 3 && any(isKinked(:))
    warning('netjac:numericalGradient:kink', ...
            '%d of %d elements have a kink within the step, first x(%d); the third output tells which.', ...
            sum(isKinked(:)), numel(x), find(isKinked(:), 1));
  end
end

function x = moved(x, k, place)
  x(k) = place;
end

% The sum of what f gives, the sum of magnitudes, and the relative rounding of its class.
function [value, magnitude, rounding] = valueOf(f, x)
  y = f(x);
  if ~isnumeric(y) && ~islogical(y)
    error('netjac:numericalGradient:wrongClass', 'f gives %s; it must give real numbers.', class(y));
  end
  rounding = eps();
  if isa(y, 'single')
    rounding = double(eps('single'));
  end
  y = full(double(y));
  value = sum(y(:));
  magnitude = sum(abs(y(:)));
  if ~isreal(y) || ~isfinite(value)
    [value, magnitude] = deal(NaN);      % log(-1) is a complex number in MATLAB: outside of the domain
  end
end

% The derivative of a function of one number at x, where it has the value here.
function [slope, error_, isKinked] = slopeOf(f, x, here, noise)
  [slope, error_, isKinked] = deal(NaN, Inf, false);
  if isnan(here)
    return;
  end
  for exponent = exponents(x)
    if noise.absolute / 2 ^ exponent > error_      % finer steps can only be worse
      return;
    end
    [s, e, kinked, apart] = extrapolated(f, x, here, noise, exponent);
    % Steps that end in noise cannot tell that a kink seen by longer ones is not there.
    if e < error_ && ~(isKinked && apart > error_)
      [slope, error_, isKinked] = deal(s, e, kinked);
    end
    if error_ <= 1e-10 * abs(slope)
      return;
    end
  end
end

% The logarithms of the first steps to try. Steps are powers of two, so that x + step is exact.
function list = exponents(x)
  [~, top] = log2(max(abs(x), 1));
  [~, own] = log2(abs(x));
  bottom = top - 64;
  if x ~= 0
    bottom = max(own - 44, -1000);
  end
  list = (top - 4):-max(5, ceil((top - bottom) / 24)):bottom;
end

% Ridders' method from one first step: each row of the table halves it.
% apart: how far the slopes of both sides may differ, noise included.
function [slope, error_, isKinked, apart] = extrapolated(f, x, here, noise, exponent)
  rows = 6;
  [slope, error_, isKinked, apart] = deal(NaN, Inf, false, Inf);
  table = NaN(rows, rows);
  [sides, uncertainty] = deal(NaN(1, rows));
  for row = 1:rows
    step = 2 ^ (exponent + 1 - row);
    [right, large] = f(x + step);
    [left, other] = f(x - step);
    table(row, 1) = (right - left) / (2 * step);
    if isnan(table(row, 1))
      return;
    end
    sides(row) = abs((right - here) - (here - left)) / step;
    uncertainty(row) = max(noise.absolute, noise.relative * max(large, other)) / step;
    for column = 2:row
      table(row, column) = table(row, column - 1) ...
                           + (table(row, column - 1) - table(row - 1, column - 1)) / (4 ^ (column - 1) - 1);
      difference = max(abs(table(row, column) - [table(row, column - 1), table(row - 1, column - 1)]));
      found = difference + 2 * max(uncertainty(row - column + 1:row));
      if found < error_
        [slope, error_] = deal(table(row, column), found);
      end
    end
    if row >= 4 && (error_ <= 1e-13 * abs(slope) || uncertainty(row) > error_)
      break;
    end
  end
  % The slopes of both sides come together with the step where f is smooth. At a kink they do not, and they
  % part where steps are too long to follow f, or f is steep without end.
  apart = sides(row) + 16 * uncertainty(row);
  if sides(row) <= 16 * uncertainty(row)
    return;
  end
  if max(sides(row - 2:row)) > 2 * sides(1)
    error_ = Inf;
  elseif sides(row) > 0.4 * sides(1)
    isKinked = true;
    error_ = max(error_, sides(row) / 2);
  end
end

% Three standard deviations of the noise of f, from a table of differences along a line so short that f itself is
% a polynomial of low degree there. 0 if the table tells nothing.
function noise = noiseOf(f, x)
  noise = 0;
  [~, exponent] = log2(abs(x));
  relative = 2 .^ exponent .* (x ~= 0) .* reshape((-1) .^ (1:numel(x)), size(x));
  absolute = pi * ones(size(x));      % not exact in single precision, which is looked for
  % Powers of two, so that the places are exact; to one side, since x itself may be a kink.
  for direction = {relative, absolute}
    for spacing = 2 .^ [-46, -40, -33, -26, -20]
      values = arrayfun(@(place) valueOf(f, x + place * spacing * direction{1}), 1:9);
      if any(isnan(values))
        return;
      end
      if sum(diff(values) == 0) < 4      % else f rounds its argument, or its value, more coarsely than this
        noise = 3 * deviationOf(values);
        if isequal(values, double(single(values)))      % single precision in the class double
          noise = max(noise, double(eps('single')) * max(abs(values)));
        end
        return;
      end
    end
  end
end

function deviation = deviationOf(values)
  deviations = zeros(1, 6);
  changes = false(1, 6);
  for order = 1:6
    differences = diff(values, order);
    deviations(order) = sqrt(factorial(order) ^ 2 / factorial(2 * order) * mean(differences .^ 2));
    changes(order) = any(differences > 0) && any(differences < 0);
  end
  for order = 1:4
    near = deviations(order:order + 2);
    if max(near) <= 4 * min(near) && changes(order)
      deviation = near(1);
      return;
    end
  end
  deviation = min(deviations);      % they agree nowhere: at least this
end
