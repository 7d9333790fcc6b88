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
  % out. report has a field for each with error, limit, passed and worst; error is NaN if nothing
  % could be compared. worst is the element that is farthest off: row, column (of Jacobians), sample,
  % value (that of the network) and reference (what it was compared with). What is compared as products
  % beside matrices has a column of its own after those: matrix 1 and 2, hessian n + 1.
  %
  % report.suspect tells who is wrong where something is:
  %   'library'     the network contradicts itself or its own differences: please report it
  %   'reference'   it does not, and differences contradict J, or nearly all of y is right, or all of it is
  %                 in another layout; report.hint says which
  %   'either'      nothing here can tell: the reference may be of another network, or the outputs are wrong
  %   ''            nothing is wrong
  %
  % Inputs of whole numbers get the numbers 0 and 1 where x is not given, and no differences.
  %
  % Errors: those of forward; netjac:check:wrongSize.

  n = net.inputSize;
  m = net.outputSize;
  isWhole = wholeNumbers(net);
  if nargin < 2 || isempty(x)
    x = reshape(sin(1.7 * (1:3 * n) .^ 1.1), n, 3);
    x(isWhole, :) = double(x(isWhole, :) > 0);
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
  v(isWhole, :) = 0;
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
    report.jacobian.worst = asMatrix(report.jacobian.worst, m);
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
  report.matrix.worst = asMatrix(report.matrix.worst, m);

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
  report.jvp = differenceItem(first, far, difference, p, x, v, steps, @(z, s) forward(net, z));
  report.hvp = differenceItem(second, far, difference, Hv, x, v, steps, @(z, s) cotangent(net, z, w(:, s)));
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
    report.hessian.worst = asMatrix(report.hessian.worst, n);
  end

  items = struct2cell(report);
  isRight = cellfun(@(i) i.passed, items);
  isOwn = ~ismember(fieldnames(report), {'outputs', 'jacobian'});
  report.samples = N;
  report.farFromKinks = sum(far);
  report.passed = all(isRight);
  [report.suspect, report.hint] = deal('');
  if ~all(isRight(isOwn)) || ~isequaln(y0, oneByOne(net, x, y0))
    report.suspect = 'library';
    report.passed = false;
  elseif ~report.passed
    references = struct('y', [], 'J', []);
    if isfield(report, 'outputs') && ~report.outputs.passed
      references.y = reshape(double(y), m, N);
    end
    if isfield(report, 'jacobian') && ~report.jacobian.passed
      references.J = reshape(double(J), m, n, N);
    end
    [report.suspect, report.hint] = suspectOf(net, x, y0, Jx, references, report, rounding);
  end
  if nargout == 0
    show(report);
    clear report;
  end
end

% Which places of x are whole numbers.
function isWhole = wholeNumbers(net)
  parts = arrayfun(@(input) repmat(~strcmp(input.type, 'real'), prod(input.size), 1), net.inputs, 'UniformOutput', false);
  isWhole = vertcat(false(0, 1), parts{:});
end

% The outputs again, of each sample in a call of its own, where they agree to rounding with those of all at once.
function y = oneByOne(net, x, y0)
  y = y0;
  for s = 1:size(x, 2)
    y(:, s) = forward(net, x(:, s));
  end
  isNear = abs(y - y0) <= 1e-5 * max([abs(y0(:)); 0]);
  y(isNear) = y0(isNear);
end

% The worst relative difference of two matrices with a sample a column.
function result = item(value, reference, limit, scale)
  if nargin < 4
    scale = sizes(reference);
  end
  reference = reshape(double(reference), size(value));
  [e, rows] = errors(value, reference, scale);
  result = verdict(e, limit);
  [~, s] = max(e);
  if ~isempty(s)
    result.worst = struct('row', rows(s), 'column', [], 'sample', s, 'value', value(rows(s), s), ...
                          'reference', reference(rows(s), s));
  end
end

% Of derivatives and differences: for each sample far from kinks the step counts that agrees best.
function result = differenceItem(e, far, limit, value, x, v, steps, f)
  [e, best] = min(e, [], 1);
  result = verdict(e(far), limit);
  e(~far) = -1;
  [~, s] = max(e);
  if ~any(far) || isempty(value)
    return;
  end
  d = differences(@(z) f(z, s), x(:, s), v(:, s), steps(best(s)));
  [~, row] = errors(value(:, s), d, 1);
  result.worst = struct('row', row, 'column', [], 'sample', s, 'value', value(row, s), 'reference', d(row));
end

function result = verdict(errors, limit)
  worst = NaN;
  if ~isempty(errors)
    worst = max(errors);
  end
  result = struct('error', worst, 'limit', limit, 'passed', ~(worst > limit), 'worst', []);
end

% An element of a Jacobian by its place in a column of all of them.
function worst = asMatrix(worst, rows)
  if ~isempty(worst)
    [worst.row, worst.column] = deal(mod(worst.row - 1, rows) + 1, floor((worst.row - 1) / rows) + 1);
  end
end

% ---- Who is wrong -----------------------------------------------------------------------------------------

function [suspect, hint] = suspectOf(net, x, y0, Jx, references, report, limit)
  [suspect, hint] = deal('either', '');
  if ~isempty(references.y)
    [m, N] = size(y0);
    y = references.y;
    isOff = abs(y - y0) > limit * max(sizes(y0), 1e-12) | isnan(y) ~= isnan(y0);
    if sum(isOff(:)) <= 0.1 * numel(y)
      [suspect, hint] = deal('reference', sprintf('%d of %d elements of y differ, the others agree', sum(isOff(:)), numel(y)));
    elseif fits(reshape(y, N, m).', y0, limit)
      [suspect, hint] = deal('reference', 'y is right in the other order: its samples are rows');
    elseif N > 1 && fits(sortrows(y.'), sortrows(y0.'), limit)
      [suspect, hint] = deal('reference', 'y is right with its samples in another order');
    else
      hint = sprintf('%d of %d elements of y differ; is it of the same network, and x in its units?', sum(isOff(:)), numel(y));
    end
  end
  if isempty(references.J) || strcmp(suspect, 'reference')
    return;
  end
  [m, n, N] = size(references.J);
  if fits(reshape(permute(reshape(references.J, n, m, N), [2 1 3]), m * n, N), reshape(Jx, m * n, N), limit)
    [suspect, hint] = deal('reference', 'J is right in the other order: its matrices are row-major or transposed');
    return;
  end
  % The worst element against differences of the network's own outputs.
  at = report.jacobian.worst;
  f = @(place) element(forward(net, replaced(x(:, at.sample), at.column, place)), at.row);
  [D, uncertainty] = netjac.numericalGradient(f, x(at.column, at.sample));
  apart = abs(at.value - at.reference);
  if abs(at.value - D) + uncertainty < 0.1 * apart
    suspect = 'reference';
  elseif abs(at.reference - D) + uncertainty < 0.1 * apart
    suspect = 'library';
  end
  hint = sprintf('differences of the outputs give %.15g for this element of J, to %.1e', D, uncertainty);
end

function answer = fits(reference, value, limit)
  answer = all(errors(value, reference, sizes(value)) <= 1e3 * limit);
end

function y = element(y, k)
  y = y(k);
end

function x = replaced(x, k, value)
  x(k) = value;
end

% ---- Errors and differences -------------------------------------------------------------------------------

% The largest relative difference of each column, and where it stands.
function [e, rows] = errors(value, reference, scale)
  same = value == reference | (isnan(value) & isnan(reference));
  difference = abs(double(value) - double(reference));
  difference(same) = 0;
  difference(isnan(difference)) = Inf;
  scale(~(scale > 1e-12)) = 1;
  [largest, rows] = max([difference; zeros(isempty(difference), size(difference, 2))], [], 1);
  e = largest ./ scale;
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
  letters = struct('outputs', 'y', 'jacobian', 'J', 'adjoint', 'w'' J v', 'matrix', 'J v', 'jvp', 'J v', 'hvp', 'H v', ...
                   'hessian', 'H');
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
    if strcmp(word, 'WRONG')
      place = sprintf('%d, ', [entry.worst.row, entry.worst.column]);
      fprintf('    worst: %s(%s) of sample %d is %.15g; compared with %.15g\n', letters.(name{1}), place(1:end - 2), ...
              entry.worst.sample, entry.worst.value, entry.worst.reference);
    end
  end
  if report.farFromKinks < report.samples
    fprintf('  %d of %d samples are too near to a kink for differences; see kinks(net, x).\n', ...
            report.samples - report.farFromKinks, report.samples);
  end
  switch report.suspect
    case '',          fprintf('  The network passes.\n');
    case 'library',   fprintf('  The network FAILS: it contradicts itself. Please report it with its file.\n');
    case 'reference', fprintf('  The check FAILS, and the reference is to blame: the network agrees with itself.\n');
    otherwise,        fprintf('  The check FAILS: network and reference differ, and which is wrong cannot be told here.\n');
  end
  if ~isempty(report.hint)
    fprintf('  (%s)\n', report.hint);
  end
end
