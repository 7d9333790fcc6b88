function test_graph(log)
  % TEST_GRAPH  Graph values have MATLAB's own meaning, exact derivatives, and errors where the mistake is.

  log.section('graphs');
  cases = operations();
  for k = 1:size(cases, 1)
    [name, f, reference, inputs, isSmooth] = cases{k, :};
    log.check(['value: ', name], @() meansTheSame(name, f, reference, inputs, isSmooth));
  end
  log.check('size, numel, ndims, length, end', @() shapes());
  log.check('indexing like MATLAB', @() indexing());
  log.check('errors name both sizes and names', @() wrongShapes(log));
  log.check('wrong indices', @() wrongIndices(log));
  log.check('wrong arguments', @() wrongArguments(log));
  log.check('disp shows the expression', @() display_(log));
  log.check('text, graphviz and plot', @() drawings(log));
  log.check('networks of graphs', @() networks());
  log.check('parameters as inputs, in any order', @() parametersAsInputs());
  log.check('gradient of a gradient', @() secondOrder());
  log.check('a gradient of a value that does not depend on x is zero', @() independent());
  log.check('loops unroll', @() loops());
  log.check('released graphs', @() released(log));
  log.check('garbage for the gateway', @() garbage());
  log.check('no graph is left', @() mustBe(netjac_mex('alive'), 0));
end

% name, operation, the same on numbers, sizes of the operands, whether differences can check its derivative
function cases = operations()
  square = {[3 3], [3 3]};
  pair = {[3 4], [3 4]};
  cases = {
    'a + b',            @(a, b) a + b,               [], pair, true
    'a - b',            @(a, b) a - b,               [], pair, true
    'a .* b',           @(a, b) a .* b,              [], pair, true
    'a ./ b',           @(a, b) a ./ (b + 2),        [], pair, true
    'a .\ b',           @(a, b) (a + 2) .\ b,        [], pair, true
    'a .^ b',           @(a, b) (a + 2) .^ b,        [], pair, true
    'a .^ 2',           @(a) a .^ 2,                 [], {[3 4]}, true
    'a .^ 3',           @(a) a .^ 3,                 [], {[3 4]}, true
    '2 .^ a',           @(a) 2 .^ a,                 [], {[3 4]}, true
    'scalar ^',         @(a) (a + 2) ^ 2.5,          [], {[1 1]}, true
    'matrix ^ 3',       @(a) a ^ 3,                  [], {[3 3]}, true
    'matrix ^ 0',       @(a) a ^ 0 + a,              [], {[3 3]}, true
    'a * b',            @(a, b) a * b,               [], {[3 4], [4 2]}, true
    'row * column',     @(a, b) a * b,               [], {[1 4], [4 1]}, true
    'column * row',     @(a, b) a * b,               [], {[4 1], [1 3]}, true
    'matrix * column',  @(a, b) a * b,               [], {[3 4], [4 1]}, true
    'a'' * b',          @(a, b) a' * b,              [], {[4 3], [4 2]}, true
    'a * b''',          @(a, b) a * b',              [], {[3 4], [2 4]}, true
    'a.'' * b.''',      @(a, b) a.' * b.',           [], {[4 3], [2 4]}, true
    'scalar * matrix',  @(a, b) a * b,               [], {[1 1], [3 4]}, true
    'matrix * scalar',  @(a, b) a * b,               [], {[3 4], [1 1]}, true
    'number * value',   @(a) 3 * a * [1; 2; 3; 4],   [], {[3 4]}, true
    'matrix / scalar',  @(a, b) a / (b + 2),         [], {[3 4], [1 1]}, true
    'scalar \ matrix',  @(a, b) (b + 2) \ a,         [], {[3 4], [1 1]}, true
    '-a, +a',           @(a) -a + (+a) .* a,         [], {[3 4]}, true
    'expansion 1',      @(a, b) a + b,               [], {[3 1], [1 4]}, true
    'expansion 2',      @(a, b) a .* b,              [], {[3 4 2], [3 1]}, true
    'expansion 3',      @(a, b) a - b,               [], {[1 4], [3 1 2]}, true
    'expansion 4',      @(a, b) max(a, b),           [], {[3 4], [3 1]}, true
    'constant operand', @(a) [1 2 3 4] + a .* [1; 2; 3], [], {[3 4]}, true
    'single, logical',  @(a) single(2) * a + true + int8(3), @(a) 2 * a + 4, {[3 4]}, true
    'comparisons',      @(a, b) (a < b) + 2 * (a <= b) + 4 * (a > b) + 8 * (a >= b) + 16 * (a == b) + 32 * (a ~= b), [], pair, true
    'mask',             @(a, b) (a > b) .* a,        [], pair, true
    'exp log sqrt',     @(a) exp(a) + log(a + 2) .* sqrt(a + 3), [], {[3 4]}, true
    'sin cos tan',      @(a) sin(a) .* cos(a) + tan(a), [], {[3 4]}, true
    'asin acos atan',   @(a) asin(a / 2) .* acos(a / 3) + atan(a), [], {[3 4]}, true
    'sinh cosh tanh',   @(a) sinh(a) .* tanh(a) + cosh(a), [], {[3 4]}, true
    'abs sign',         @(a) abs(a) + sign(a) .* a,  [], {[3 4]}, true
    'erf',              @(a) erf(a),                 [], {[3 4]}, true
    'floor ceil',       @(a) floor(3 * a) + 2 * ceil(3 * a) + a, [], {[3 4]}, true
    'relu',             @(a) relu(a),                @(a) max(a, 0), {[3 4]}, true
    'sigmoid',          @(a) sigmoid(a),             @(a) 1 ./ (1 + exp(-a)), {[3 4]}, true
    'softplus',         @(a) softplus(a),            @(a) log1p(exp(a)), {[3 4]}, true
    'softmax',          @(a) softmax(a),             @(a) exp(a) ./ sum(exp(a)), {[3 4]}, true
    'softmax 2',        @(a) softmax(a, 2),          @(a) exp(a) ./ sum(exp(a), 2), {[3 4]}, true
    'logsumexp',        @(a) logsumexp(a),           @(a) log(sum(exp(a))), {[3 4]}, true
    'logsumexp all',    @(a) logsumexp(a, 'all'),    @(a) log(sum(exp(a(:)))), {[3 4]}, true
    'norm',             @(a) norm(a),                [], {[4 1]}, true
    'dot',              @(a, b) dot(a, b),           [], {[4 1], [4 1]}, true
    'dot of columns',   @(a, b) dot(a, b),           [], pair, true
    'cumsum',           @(a) cumsum(a),              [], {[3 4]}, true
    'cumsum 2',         @(a) cumsum(a, 2),           [], {[3 4]}, true
    'sum',              @(a) sum(a),                 [], {[3 4]}, true
    'sum of a row',     @(a) sum(a),                 [], {[1 4]}, true
    'sum of a scalar',  @(a) sum(a),                 [], {[1 1]}, true
    'sum 2',            @(a) sum(a, 2),              [], {[3 4]}, true
    'sum 3',            @(a) sum(a, 3),              [], {[3 4 2]}, true
    'sum 5',            @(a) sum(a, 5),              [], {[3 4]}, true
    'sum of pages',     @(a) sum(a),                 [], {[3 4 2]}, true
    'sum all',          @(a) sum(a .^ 2, 'all'),     @(a) sum(a(:) .^ 2), {[3 4 2]}, true
    'sum of two dims',  @(a) sum(a, [1 3]),          @(a) sum(sum(a, 1), 3), {[3 4 2]}, true
    'mean',             @(a) mean(a) + mean(a, 2),   [], {[3 4]}, true
    'prod',             @(a) prod(a),                [], {[3 4]}, true
    'max',              @(a) max(a),                 [], {[3 4]}, true
    'max 2',            @(a) max(a, [], 2),          [], {[3 4]}, true
    'min',              @(a) min(a),                 [], {[3 4]}, true
    'max with 0',       @(a) max(0, a),              [], {[3 4]}, true
    'min of two',       @(a, b) min(a, b),           [], pair, true
    'transpose',        @(a) transpose(a),           [], {[3 4]}, true
    'permute',          @(a) permute(a, [3 1 2]),    [], {[3 4 2]}, true
    'permute up',       @(a) permute(a, [3 1 2]),    [], {[3 4]}, true
    'permute down',     @(a) permute(a, [2 3 1]),    [], {[1 4 2]}, true
    'reshape',          @(a) reshape(a, [2 6]),      [], {[3 4]}, true
    'reshape with []',  @(a) reshape(a, 2, [], 3),   [], {[3 4]}, true
    'repmat',           @(a) repmat(a, 2, 3),        [], {[3 4]}, true
    'repmat 3',         @(a) repmat(a, [1 2 2]),     [], {[3 4]}, true
    '[a, b]',           @(a, b) [a, b],              [], {[3 4], [3 2]}, true
    '[a; b]',           @(a, b) [a; b],              [], {[3 4], [2 4]}, true
    '[a, 1; 2, a]',     @(a) [a, 1; 2, a],           [], {[1 1]}, true
    '[a, []]',          @(a) [a, [], a],             [], {[3 4]}, true
    '[a]',              @(a) [a] * 2,                [], {[3 4]}, true
    'numbers around',   @(a) [ones(1, 4); a; zeros(2, 4)], [], {[3 4]}, true
    'cat 3',            @(a, b) cat(3, a, b),        [], pair, true
    'a(2, 3)',          @(a) a(2, 3),                [], {[3 4]}, true
    'a(:, 2)',          @(a) a(:, 2),                [], {[3 4]}, true
    'a(end, :)',        @(a) a(end, :),              [], {[3 4]}, true
    'a(:)',             @(a) a(:),                   [], {[3 4]}, true
    'a(5)',             @(a) a(5),                   [], {[3 4]}, true
    'a(end - 1)',       @(a) a(end - 1),             [], {[3 4]}, true
    'a(2:2:end)',       @(a) a(2:2:end),             [], {[3 4]}, true
    'a(end:-1:1, :)',   @(a) a(end:-1:1, :),         [], {[3 4]}, true
    'a([1 1 3], [4 2])', @(a) a([1 1 3], [4 2]),     [], {[3 4]}, true
    'a([1 2; 3 4])',    @(a) a([1 2; 3 4]),          [], {[3 4]}, true
    'logical index',    @(a) a(logical([1 0 1]), :), [], {[3 4]}, true
    'logical mask',     @(a) a(logical([1 0 0 1; 0 1 0 0; 1 1 0 1])), [], {[3 4]}, true
    'folded index',     @(a) a(2, 5),                [], {[3 4 2]}, true
    'folded range',     @(a) a(:, 3:6),              [], {[3 4 2]}, true
    'pages',            @(a) a(:, :, 2),             [], {[3 4 2]}, true
    'index of a row',   @(a) a([3; 1]),              [], {[1 4]}, true
    'index of a column', @(a) a([3 1]),              [], {[4 1]}, true
    'empty index',      @(a) sum(a([]), 'all') + a,  @(a) a, {[1 4]}, true
    'chained',          @(a) a(:, 2)(1) + sum(a)(2), @(a) a(1, 2) + sum(a(:, 2)), {[3 4]}, true};
end

function meansTheSame(name, f, reference, sizes, isSmooth)
  if isempty(reference)
    reference = f;
  end
  count = numel(sizes);
  arrays = cell(1, count);
  directions = cell(1, count);
  for k = 1:count
    arrays{k} = sampleOf(sizes{k}, k + numel(name));
    directions{k} = sampleOf(sizes{k}, k + 50 + numel(name));
  end
  expected = double(reference(arrays{:}));

  g = netjac.Graph;
  inputs = cell(1, count);
  for k = 1:count
    inputs{k} = g.input(sprintf('x%d', k), sizes{k});
  end
  y = f(inputs{:});
  mustBe(size(y), size(expected));
  weights = sampleOf(size(expected), 99);
  loss = sum(weights .* y, 'all');
  d = gradients(loss, inputs);
  p = jvp(y, inputs, directions);
  evaluate_ = g.evaluator(inputs, {y, p, d{:}});
  [found, product, slopes{1:count}] = evaluate_(arrays{:});
  mustBe(size(found), size(expected));
  must(relativeError(found(:), expected(:), 1) < 1e-13, 'the numbers differ by %g', relativeError(found(:), expected(:), 1));

  along = 0;
  for k = 1:count
    along = along + sum(slopes{k}(:) .* directions{k}(:));
    mustBe(size(slopes{k}), sizes{k});
    if isSmooth
      numeric = netjac.numericalGradient(@(x) weights .* double(reference(arrays{1:k - 1}, x, arrays{k + 1:end})), arrays{k});
      must(max(abs(slopes{k}(:) - numeric(:))) < 1e-8 * max([1; abs(numeric(:))]), 'gradient %d differs by %g', ...
           k, max(abs(slopes{k}(:) - numeric(:))));
    end
  end
  must(abs(sum(weights(:) .* product(:)) - along) < 1e-12 * max(1, abs(along)), 'forward and reverse mode should agree');
end

% Numbers between -1 and 1, away from 0 and from each other, so that no kink is near; they depend on the seed only.
function x = sampleOf(sizes, seed)
  count = prod(sizes);
  order = shuffled(count, seed);
  x = reshape((2 * order - count - 1 + 0.37 * (-1) .^ order + 0.1 * mod(seed, 3)) / (count + 2), sizes);
end

function shapes()
  g = netjac.Graph;
  x = g.input('x', [3 4 2]);
  mustBe(size(x), [3 4 2]);
  mustBe(size(x, 2), 4);
  mustBe(size(x, 7), 1);
  mustBe(size(x, [1 3]), [3 2]);
  [r, c] = size(x);
  mustBe([r, c], [3 8]);
  [r, c, p, q] = size(x);
  mustBe([r, c, p, q], [3 4 2 1]);
  mustBe([numel(x), ndims(x), length(x), rows(x), columns(x)], [24 3 4 3 4]);
  mustBe([isempty(x), isscalar(x), isvector(x(:)), isrow(x(1, :)), iscolumn(x(:))], [false false true true true]);
  mustBe(size(g.input('s')), [1 1]);
  mustBe(size(x(:, :, 1)), [3 4]);
  mustBe(size(g.input('e', [0 3])), [0 3]);
end

function indexing()
  g = netjac.Graph;
  x = g.input('x', [3 4]);
  A = reshape(1:12, 3, 4);
  for index = {1, 12, ':', 1:3, [1; 2], [1 2; 3 4], logical([1 0 1]), true(3, 4), 5:-1:2, int32(3), zeros(1, 0)}
    y = x(index{1});
    mustBe(size(y), size(A(index{1})));
    mustBe(evaluate(y, x, A), A(index{1}));
  end
  for index = {{1, 2}, {':', 1}, {2, ':'}, {[1 3], [2 2 1]}, {logical([0 1 1]), 3}, {':', ':'}, {2, 3, 1}, {1:2, 3:4, 1, 1}}
    y = x(index{1}{:});
    mustBe(evaluate(y, x, A), A(index{1}{:}));
  end
end

function wrongShapes(log)
  g = netjac.Graph;
  W = g.parameter('W', ones(10, 500));
  x = g.input('x', [400 1]);
  b = g.parameter('b', ones(10, 1));
  c = g.input('c', [3 1]);
  id = 'netjac:graph:wrongShape';
  log.record('product', mustFail(@() W * x, id, 'W', '10-by-500', 'x', '400-by-1'));
  log.record('sum', mustFail(@() tanh(b) + c, id, 'tanh(b)', '10-by-1', 'c', '3-by-1'));
  log.record('numbers', mustFail(@() b - [1 2; 3 4], id, 'b', '10-by-1', '2-by-2'));
  log.record('rows', mustFail(@() cat(1, b, W), id, 'b', '10-by-1', 'W', '10-by-500'));
  log.record('columns', mustFail(@() horzcat(b, c), id, '3-by-1'));
  bracketsWarn(b, W);
  log.record('reshape', mustFail(@() reshape(b, [3 4]), id, 'b', '10'));
  log.record('tangent', mustFail(@() jvp(b, {c}, {b}), id, '3-by-1', '10-by-1'));
  log.record('transpose', mustFail(@() g.input('z', [2 3 4])', id, '2-by-3-by-4'));
  log.record('division', mustFail(@() b / c, id, './'));
  log.record('solve', mustFail(@() W \ b, id, './'));
  log.record('power', mustFail(@() W ^ 2, id, '.^'));
end

% Octave replaces the message of an error inside brackets; a warning says it before.
function bracketsWarn(b, W)
  warning('on', 'netjac:graph:wrongShape', 'local');
  shown = evalc('try, [b; W]; failed = false; catch, failed = true; end');
  must(failed, '[b; W] should fail');
  must(~isempty(strfind(shown, '10-by-500')), 'the sizes should be shown; shown is: %s', shown);
end

function wrongIndices(log)
  g = netjac.Graph;
  x = g.input('x', [3 4]);
  id = 'netjac:graph:wrongIndex';
  log.record('index 13', mustFail(@() x(13), id, '13', 'x', '3-by-4'));
  log.record('index row 4', mustFail(@() x(4, 1), id, '4', 'x'));
  mustFail(@() x(0), id, '0');
  mustFail(@() x(1.5), id, '1.5');
  mustFail(@() x('a'), id);
  mustFail(@() x(x), id, 'netjac.Value');
  mustFail(@() x(true(5, 5)), id);
  mustFail(@() x{1}, id);
  mustFail(@() assigned(x), id, 'cat');
end

function assigned(x)
  x(2) = 1;
end

function wrongArguments(log)
  g = netjac.Graph;
  h = netjac.Graph;
  x = g.input('x', [3 1]);
  mustFail(@() g.input('x', [2 1]), 'netjac:graph:wrongArgument', 'x');
  mustFail(@() g.input('', [2 1]), 'netjac:graph:wrongArgument');
  mustFail(@() g.input(3, [2 1]), 'netjac:graph:wrongClass');
  for size_ = {-1, [2 -1], [1.5 2], 'ab', 3, [NaN 1], [1e9 1e9 1e9]}
    mustFail(@() g.input('y', size_{1}), iff(isequal(size_{1}, [1e9 1e9 1e9]), 'netjac:graph:outOfMemory', ...
                                             'netjac:graph:wrongArgument'));
  end
  mustFail(@() g.parameter('p', 'text'), 'netjac:graph:wrongClass');
  mustFail(@() g.parameter('p', 1i), 'netjac:graph:complex');
  mustFail(@() x + 'a', 'netjac:graph:wrongClass', 'char');
  mustFail(@() x + {1}, 'netjac:graph:wrongClass', 'cell');
  log.record('another graph', mustFail(@() x + h.input('z', [3 1]), 'netjac:graph:differentGraphs', 'z'));
  mustFail(@() gradients(x, h.input('w', [3 1])), 'netjac:graph:differentGraphs', 'w');
  mustFail(@() gradients(x, {3}), 'netjac:graph:wrongClass');
  mustFail(@() g.network({3}, {x}), 'netjac:graph:wrongClass', 'inputs{1}');
  log.record('missing input', mustFail(@() g.network({}, {tanh(x)}), 'netjac:graph:wrongArgument', 'x'));
  mustFail(@() g.network({x}, {}), 'netjac:graph:wrongArgument');
  mustFail(@() g.network({tanh(x)}, {x}), 'netjac:graph:wrongArgument');
  mustFail(@() sum(x, 0), 'netjac:graph:wrongArgument');
  mustFail(@() permute(x, [1 1]), 'netjac:graph:wrongArgument');
  f = g.evaluator({x}, {x + 1});
  log.record('evaluator', mustFail(@() f(ones(2, 1)), 'netjac:evaluate:wrongSize', 'x', '2-by-1', '3-by-1'));
  mustFail(@() f(), 'netjac:evaluate:wrongArgument', 'x');
  try
    netjac_mex('graphApply', uint64(0), 'Tanh', 0, '', 1);
  catch problem
    mustBe(problem.identifier, 'netjac:graph:released');
  end
end

function value = iff(condition, value, other)
  if ~condition
    value = other;
  end
end

function display_(log)
  g = netjac.Graph;
  x = g.input('x', [4 1]);
  W = g.parameter('W', ones(3, 4));
  b = g.parameter('b', ones(3, 1));
  y = tanh(W * x + b);
  pairs = {
    y,                          'tanh(W * x + b)'
    sum((y - 1) .^ 2),          'sum((tanh(W * x + b) - 1) .^ 2)'
    (x + 1) .* x,               '(x + 1) .* x'
    x - (x - x),                'x - (x - x)'
    -(x + x),                   '-(x + x)'
    (-x) .^ 2,                  '(-x) .^ 2'
    (W + 1)',                   '(W + 1)'''
    (W * x)(2),                 '(W * x)(2)'
    W(:, [1 3]),                'W(:, [1 3])'
    [x; b],                     '[x; b]'
    max(W, [], 2),              'max(W, [], 2)'
    max(0, x),                  'max(0, x)'
    2 ./ x,                     '2 ./ x'
    x < 3,                      'x < 3'
    gradients(sum(y), W),       'gradient(sum(tanh(W * x + b)), W)'};
  for k = 1:size(pairs, 1)
    shown = evalc('disp(pairs{k, 1})');
    must(~isempty(strfind(shown, [': ', pairs{k, 2}, char(10)])), 'disp shows "%s" instead of "%s"', shown, pairs{k, 2});
    must(~isempty(strfind(shown, netjac.internal.sizeText(size(pairs{k, 1})))), 'disp should show the size');
  end
  z = x;
  for k = 1:200
    z = tanh(z .* z);
  end
  must(numel(evalc('disp(z)')) < 2000, 'a long expression should be cut');
  log.record('lines', text(g));
end

function drawings(log)
  g = netjac.Graph;
  x = g.input('x', [4 1]);
  W = g.parameter('W', ones(3, 4));
  y = sum(tanh(W * x));
  d = gradients(y, W);
  log.record('dot', graphviz(g));
  log.record('dot of the program', graphviz(g, 'program'));
  must(~isempty(strfind(graphviz(g), 'W\n3-by-4')), 'the drawing should hold W and its size');
  must(~isempty(strfind(graphviz(g, 'program'), 'tanh')), 'the drawing should hold derivatives spelled out');
  must(~isempty(strfind(text(g, 'program'), 'tanh')), 'the text of the program should hold tanh');
  mustFail(@() text(g, 'novel'), 'netjac:graph:wrongArgument', 'novel');
  folder = tempname();
  mkdir(folder);
  remove = onCleanup(@() removeFolder(folder));
  plot(g, fullfile(folder, 'graph.dot'));
  mustBe(fileread(fullfile(folder, 'graph.dot')), graphviz(g));
  plot(g, fullfile(folder, 'graph.svg'));
  picture = fileread(fullfile(folder, 'graph.svg'));
  must(~isempty(strfind(picture, '<svg')) && ~isempty(strfind(picture, 'tanh')), 'the picture should be SVG and hold tanh');
end

function removeFolder(folder)
  delete(fullfile(folder, '*'));
  rmdir(folder);
end

function networks()
  g = netjac.Graph;
  x = g.input('x', [4 1]);
  t = g.input('t', [3 1]);
  W0 = sampleOf([3 4], 3);
  W = g.parameter('W', W0);
  y = tanh(W * x);
  loss = sum((y - t) .^ 2);
  d = gradients(loss, {W});
  net = g.network({x, t}, {loss, d{:}});
  clear g x t W y loss d;
  mustBe([net.inputSize, net.outputSize], [7 13]);
  mustBe({net.inputs.name}, {'x', 't'});
  X = sampleOf([4 5], 1);
  T = sampleOf([3 5], 2);
  Y = tanh(W0 * X);
  found = forward(net, [X; T]);
  must(relativeError(found(1, :), sum((Y - T) .^ 2), 5) < 1e-13, 'the network should compute the loss');
  for k = 1:5
    expected = 2 * (Y(:, k) - T(:, k)) .* (1 - Y(:, k) .^ 2) * X(:, k)';
    must(relativeError(found(2:end, k), expected(:), 1) < 1e-13, 'outputs should be array(:)');
  end
  [~, J] = jacobian(net, [X; T]);
  mustBe(size(J), [13 7 5]);
  must(~isempty(strfind(evalc('disp(net)'), 'a graph')), 'disp should tell where the network comes from');
end

function parametersAsInputs()
  g = netjac.Graph;
  x = g.input('x', [2 2]);
  t = g.input('t', [2 2]);
  W = g.parameter('W', ones(2, 2));
  f = g.evaluator({t, W, x}, {W * x - t, x'});
  [A, B, C] = deal([1 2; 3 4], [5 6; 7 9], [0 1; 2 5]);
  [y, transposed] = f(C, A, B);
  mustBe(y, A * B - C);
  mustBe(transposed, B');
  mustBe(evaluate(W * 2), 2 * ones(2, 2));
  mustBe(evaluate(x + t, {t, x}, {A, B}), A + B);
end

function secondOrder()
  g = netjac.Graph;
  x = g.input('x', [3 1]);
  A = [2 1 0; 1 3 1; 0 1 4];
  y = sum(exp(x' * A * x / 10)) + sum(x .^ 3);
  d = gradients(y, x);
  dd = gradients(d(2), x);
  X = [0.1; -0.3; 0.5];
  f = @(X) exp(X' * A * X / 10) + sum(X .^ 3);
  numeric = netjac.numericalGradient(@(X) evaluate(d(2), x, X), X);
  must(max(abs(evaluate(dd, x, X) - numeric)) < 1e-8, 'a gradient should have a gradient');
  must(max(abs(evaluate(d, x, X) - netjac.numericalGradient(f, X))) < 1e-8, 'the gradient is wrong');
end

function independent()
  g = netjac.Graph;
  x = g.input('x', [3 2]);
  z = g.input('z', [1 1]);
  mustBe(evaluate(gradients(sum(z), x), {x, z}, {ones(3, 2), 1}), zeros(3, 2));
  mustBe(evaluate(gradients(z * 5, z), z, 1), 5);
end

function loops()
  g = netjac.Graph;
  W = g.parameter('W', [0.5 -0.2; 0.1 0.7]);
  x = g.input('x', [2 6]);
  h = zeros(2, 1);
  for k = 1:size(x, 2)
    h = tanh(W * h + x(:, k));
  end
  X = sampleOf([2 6], 4);
  expected = netjac.numericalGradient(@(w) unrolled(w, X), [0.5 -0.2; 0.1 0.7]);
  must(max(abs(reshape(evaluate(gradients(sum(h), W), x, X) - expected, [], 1))) < 1e-9, ...
       'the gradient should go through all steps');
end

function y = unrolled(W, X)
  h = zeros(2, 1);
  for k = 1:size(X, 2)
    h = tanh(W * h + X(:, k));
  end
  y = sum(h);
end

function released(log)
  g = netjac.Graph;
  x = g.input('x', [3 1]);
  net = g.network(x, tanh(x));
  delete(g);
  delete(g);
  log.record('released graph', mustFail(@() tanh(x), 'netjac:graph:released'));
  mustBe(forward(net, zeros(3, 1)), zeros(3, 1));
  disp_ = evalc('disp(g)');
  must(~isempty(strfind(disp_, 'released')), 'disp should tell');
end

function garbage()
  g = netjac_mex('graphCreate');
  bad = {uint64(12345), uint64([1 2]), 1, 'a', {}, struct(), @sin, [], NaN, Inf, -2, 2 ^ 40, int8(1), sparse(1), 1i, ...
         true, single(1), {1, 2}, ones(3, 3), uint64(0), uint64(2 ^ 60)};
  commands = {'graphInput', 3; 'graphParameter', 4; 'graphConstant', 3; 'graphApply', 5; 'graphGradients', 3; ...
              'graphJvp', 4; 'graphDims', 2; 'graphText', 2; 'graphNetwork', 3; 'graphRelease', 1; ...
              'trainerCreate', 2; 'trainerStep', 3; 'trainerFit', 4; 'trainerLoss', 3; 'trainerNetwork', 1; ...
              'trainerParameters', 1; 'trainerRelease', 1; 'mlp', 3; 'scaled', 5; 'save', 2; 'saveJacobian', 2};
  order = shuffled(50000, 5);
  place = 0;
  for k = 1:size(commands, 1)
    for round = 1:60
      arguments = cell(1, commands{k, 2});
      for j = 1:numel(arguments)
        place = mod(place, numel(order)) + 1;
        arguments{j} = bad{mod(order(place), numel(bad)) + 1};
      end
      if round > 20 && ~any(strcmp(commands{k, 1}, {'graphRelease', 'trainerCreate'}))
        arguments{1} = g;
      end
      try
        netjac_mex(commands{k, 1}, arguments{:});
      catch problem
        must(strncmp(problem.identifier, 'netjac:', 7) && isempty(strfind(problem.identifier, 'defect')), ...
             '%s fails with %s: %s', commands{k, 1}, problem.identifier, problem.message);
      end
    end
  end
  netjac_mex('graphRelease', g);
end
