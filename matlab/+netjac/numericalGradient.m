function g = numericalGradient(f, x)
  % NUMERICALGRADIENT  The gradient of a function by differences, to compare exact derivatives with.
  %
  %   g = netjac.numericalGradient(f, x)      f: a function of an array as large as x; g: as large as x
  %
  % If f gives more than one number, g is the gradient of their sum, as that of gradients(y, x) is.
  % Central differences of fourth order: good to about ten digits where f is smooth, and wrong at
  % kinks. It evaluates f four times for each element of x.
  %
  %   f = g.evaluator({W}, {loss});      relative = max(abs(dW(:) - D(:))) / max(abs(D(:)))
  %   D = netjac.numericalGradient(f, W0);
  %
  % See also: netjac.Graph

  x = double(x);
  g = zeros(size(x));
  for k = 1:numel(x)
    step = 1e-3 * max(1, abs(x(k)));
    values = zeros(1, 4);
    offsets = [-2, -1, 1, 2];
    for place = 1:4
      moved = x;
      moved(k) = x(k) + offsets(place) * step;
      y = f(moved);
      values(place) = sum(y(:));
    end
    g(k) = (values(1) - 8 * values(2) + 8 * values(3) - values(4)) / (12 * step);
  end
end
