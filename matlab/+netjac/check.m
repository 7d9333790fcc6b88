function report = check(net, x, y, J)
  % CHECK  Checks the outputs and derivatives of a network at samples, and prints a short verdict.
  %
  %   netjac.check(net)               at points of its own between -1 and 1
  %   netjac.check(net, x)            x: n-by-N, a sample a column
  %   netjac.check(net, x, y)         compares outputs with y, m-by-N, known from elsewhere
  %   netjac.check(net, x, y, J)      and Jacobians with J, m-by-n-by-N; [] leaves one out
  %   report = netjac.check(...)      prints nothing; report.passed is the verdict
  %
  % Checked, each relative to the size of what is compared, the worst sample counting:
  %   outputs, jacobian   against y and J, where given
  %   adjoint             w' (J v) from jvp equals (J' w)' v from vjp: the two modes agree
  %   matrix              jacobian and jacobianSparse times v equal jvp
  %   jvp                 against central differences of the outputs over five points
  %   hvp                 against such differences of the gradient
  %   hessian             symmetric, and times v equal to hvp (for n up to 300)
  % Differences are taken with several steps, of which the best counts: networks differ in how steep
  % they are. Across a kink they say nothing, so samples that are too near to one (see kinks) are left
  % out. report has a field for each with error, limit and passed; error is NaN if nothing
  % could be compared.
  %
  % Errors: those of forward; netjac:check:wrongSize.

  n = net.inputSize;
  m = net.outputSize;
  if nargin < 2 || isempty(x)
    x = reshape(sin(1.7 * (1:3 * n) .^ 1.1), n, 3);
  end
  x = double(x);
  if size(x, 1) ~= n && numel(x) == n
    x = x(:);
  end
  isSingle = any(cellfun(@(option) ischar(option) && strcmp(option, 'float32'), net.options));
  [steps, rounding, difference] = deal([2e-3, 2e-4, 2e-5, 2e-6], 1e-10, 1e-6);
  if isSingle
    [steps, rounding, difference] = deal([5e-2, 1e-2, 2e-3], 1e-3, 3e-2);
  end
  N = size(x, 2);
  v = reshape(cos(0.9 * (1:n * N) .^ 1.2), n, N);
  w = reshape(cos(1.3 * (1:m * N) .^ 1.2), m, N);
  report = struct();

  y0 = forward(net, x);
  if nargin > 2 && ~isempty(y)
    requireSize('y', y, [m, N]);
    report.outputs = item(y0, y, rounding);
  end
  [~, Jx] = jacobian(net, x);
  if nargin > 3 && ~isempty(J)
    requireSize('J', reshape(J, m, n, []), [m, n, N]);
    report.jacobian = item(reshape(Jx, m * n, N), reshape(J, m * n, N), rounding);
  end

  [~, p] = jvp(net, x, v);
  [~, g] = vjp(net, x, w);
  % The sum can cancel, so its terms give the scale.
  report.adjoint = item(sum(p .* w, 1), sum(g .* v, 1), rounding, sum(abs(p .* w), 1) + sum(abs(g .* v), 1));
  [~, Js] = jacobianSparse(net, x);
  products = zeros(m, N);
  scale = zeros(1, N);
  for s = 1:N
    products(:, s) = Jx(:, :, s) * v(:, s);
    scale(s) = max([0; abs(Jx(:, :, s)) * abs(v(:, s))]);
  end
  sparseProducts = reshape(full(Js * v(:)), m, N);
  report.matrix = item([products; sparseProducts], [p; p], rounding, scale);

  Hv = hvp(net, x, w, v);
  far = false(numel(steps), N);
  [first, second] = deal(Inf(numel(steps), N));
  for k = 1:numel(steps)
    f = farFromKinks(net, x, v, steps(k));
    far(k, :) = f;
    d = differences(@(z) forward(net, z), x(:, f), v(:, f), steps(k));
    first(k, f) = errors(p(:, f), d, max(scale(f), sizes(y0(:, f))));
    d = differences(@(z) cotangent(net, z, w(:, f)), x(:, f), v(:, f), steps(k));
    second(k, f) = errors(Hv(:, f), d, max(sizes(Hv(:, f)), sizes(g(:, f))));
  end
  far = any(far, 1);
  report.jvp = verdict(min(first(:, far), [], 1), difference);
  report.hvp = verdict(min(second(:, far), [], 1), difference);
  if n <= 300
    H = hessian(net, x, w);
    turned = permute(H, [2 1 3]);
    Hs = zeros(n, N);
    scale = zeros(1, N);
    for s = 1:N
      Hs(:, s) = H(:, :, s) * v(:, s);
      scale(s) = max([0; abs(H(:, :, s)) * abs(v(:, s))]);
    end
    report.hessian = item([reshape(H, n * n, N); Hs], [reshape(turned, n * n, N); Hv], rounding, scale);
  end

  items = struct2cell(report);
  report.samples = N;
  report.farFromKinks = sum(far);
  report.passed = all(cellfun(@(i) i.passed, items));
  if nargout == 0
    show(report);
    clear report;
  end
end

% The worst relative difference of two matrices with a sample a column.
function result = item(value, reference, limit, scale)
  if nargin < 4
    scale = sizes(reference);
  end
  result = verdict(errors(value, reference, scale), limit);
end

function result = verdict(errors, limit)
  worst = NaN;
  if ~isempty(errors)
    worst = max(errors);
  end
  result = struct('error', worst, 'limit', limit, 'passed', ~(worst > limit));
end

% The largest relative difference of each column.
function e = errors(value, reference, scale)
  same = value == reference | (isnan(value) & isnan(reference));
  difference = abs(double(value) - double(reference));
  difference(same) = 0;
  difference(isnan(difference)) = Inf;
  scale(~(scale > 1e-12)) = 1;
  e = sizes(difference) ./ scale;
end

function s = sizes(matrix)
  s = max([abs(double(matrix)); zeros(1, size(matrix, 2))], [], 1);
end

function d = differences(f, x, v, step)
  d = (8 * (f(x + step * v) - f(x - step * v)) - (f(x + 2 * step * v) - f(x - 2 * step * v))) / (12 * step);
end

function g = cotangent(net, x, w)
  [~, g] = vjp(net, x, w);
end

% Samples for which no kink lies within the differences: no distance changes more than it is long.
function far = farFromKinks(net, x, v, step)
  far = true(1, size(x, 2));
  if isempty(kinks(net)) || isempty(x)
    return;
  end
  here = distancesOf(net, x);
  for move = [-2, -1, 1, 2]
    there = distancesOf(net, x + move * step * v);
    margin = 2 * max(abs(there - here), [], 1);
    margin(isnan(margin)) = 0;
    far = far & min(here, [], 1) > margin & min(there, [], 1) > 0;
  end
end

function d = distancesOf(net, x)
  k = kinks(net, x);
  d = reshape([k.distance], size(x, 2), []).';
end

function requireSize(name, array, wanted)
  if numel(array) ~= prod(wanted)
    error('netjac:check:wrongSize', '%s has %d elements; %s are needed.', name, numel(array), ...
          strjoin(arrayfun(@(k) sprintf('%d', k), wanted, 'UniformOutput', false), '-by-'));
  end
end

function show(report)
  texts = struct('outputs', 'outputs against reference', 'jacobian', 'Jacobian against reference', ...
                 'adjoint', 'jvp against vjp', 'matrix', 'Jacobian against jvp', ...
                 'jvp', 'jvp against differences', 'hvp', 'hvp against differences', ...
                 'hessian', 'Hessian symmetric, against hvp');
  for name = fieldnames(report).'
    if ~isfield(texts, name{1})
      continue;
    end
    entry = report.(name{1});
    word = 'ok';
    if isnan(entry.error)
      word = 'not compared';
    elseif ~entry.passed
      word = 'WRONG';
    end
    fprintf('  %-32s %8.1e   (limit %.0e)   %s\n', texts.(name{1}), entry.error, entry.limit, word);
  end
  if report.farFromKinks < report.samples
    fprintf('  %d of %d samples are too near to a kink for differences; see kinks(net, x).\n', ...
            report.samples - report.farFromKinks, report.samples);
  end
  if report.passed
    fprintf('  The network passes.\n');
  else
    fprintf('  The network FAILS; please report it with its file.\n');
  end
end
