function test_tools(log)
  % TEST_TOOLS  What tells people about their networks does not mislead them: differences, checks, refusals.

  log.section('tools');
  log.check('differences are as good as they say', @() statedErrors());
  log.check('differences are good', @() accuracy());
  log.check('differences of noisy functions', @() noisyFunctions());
  log.check('differences of relu networks', @() reluDifferences());
  log.check('differences at kinks', @() kinkedDifferences());
  log.check('differences of nothing and of what is none', @() refusedDifferences(log));
  log.check('check names the worst element', @() worstElements());
  log.check('check tells a wrong reference from a wrong library', @() suspects());
  log.check('values are not true or false', @() truths(log));
  log.check('values decide on no branch', @() branches(log));
  log.check('comparisons that decide on nothing', @() harmlessComparisons());
  log.check('inputs of whole numbers', @() wholeNumbers(log));
  log.check('options that are not of a function', @() foreignOptions(log));
  log.check('options that would change nothing', @() idleOptions(log));
  log.check('the lists of options are complete', @() completeOptions());
  log.check('NaN and infinity in samples', @() notFinite(log));
  log.check('kinks of smooth networks have all fields', @() smoothKinks(log));
  log.check('evaluating a graph after training', @() evaluatingAfterTraining());
  log.check('MAT-files', @() matFiles(log));
  log.check('help', @() helpTexts());
end

% ---- Differences ------------------------------------------------------------------------------------------

function list = functions()
  list = {
    @sin, @cos;                          @exp, @exp
    @(x) x .^ 3, @(x) 3 * x .^ 2;        @(x) log(abs(x)), @(x) 1 ./ x
    @tanh, @(x) 1 - tanh(x) .^ 2;        @(x) 1 ./ x, @(x) -1 ./ x .^ 2
    @abs, @sign;                         @(x) max(x, 0), @(x) double(x > 0)
    @(x) max(x - 1e-6, 0) + x, @(x) 1 + (x > 1e-6)
    @(x) 0 * x, @(x) 0 * x};
end

function statedErrors()
  list = functions();
  for k = 1:size(list, 1)
    [f, slope] = list{k, :};
    for x = [1, -1]' * 1.37 * 10 .^ (-20:4:12)
      for place = x.'
        expected = slope(place);
        [g, errors, isKinked] = netjac.numericalGradient(f, place);
        must(~isfinite(expected) || abs(g - expected) <= errors, '%s at %g is %g +- %g; it should be %g', func2str(f), ...
             place, g, errors, expected);
        must(~isKinked, '%s has no kink at %g', func2str(f), place);
      end
    end
  end
end

function accuracy()
  list = functions();
  for k = 1:size(list, 1)
    [f, slope] = list{k, :};
    for x = 1.37 * 10 .^ [-9, -3, 0, 2]
      [g, errors] = netjac.numericalGradient(f, x);
      must(errors <= 1e-10 * max(abs(slope(x)), 1e-4), '%s at %g: the stated error is %g', func2str(f), x, errors);
      must(abs(g - slope(x)) <= 1e-10 * max(abs(slope(x)), 1e-4), '%s at %g is %g', func2str(f), x, g);
    end
  end
  x = [0.1 0.5; -3 2e6];
  expected = cos(x) .* reshape(1:4, 2, 2);
  [g, errors] = netjac.numericalGradient(@(x) sin(x(:)) .* (1:numel(x))', x);
  mustBe(size(g), [2 2]);
  must(all(all(abs(g - expected) <= 1e-8 & errors <= 1e-8)), 'every element should be good');
end

function noisyFunctions()
  for x = 1.37 * 10 .^ (-6:2:4)
    for f = {@(x) single(sin(x)), @(x) double(single(sin(x))), @(x) sin(x) + 1e6, @(x) (sin(x) + 1e9) - 1e9}
      [g, errors] = netjac.numericalGradient(f{1}, x);
      must(abs(g - cos(x)) <= errors && errors < 1e-2, '%s at %g is %g +- %g; it should be %g', func2str(f{1}), x, g, ...
           errors, cos(x));
    end
  end
end

function reluDifferences()
  for name = {'mlp_relu_op13', 'mlp_kinked_mix', 'foot_ground_contact'}
    [net, c] = corpusNetwork(name{1});
    for s = 1:min(3, c.samples)
      for scale = [1e-6, 1, 1e3]
        x = scale * c.x(:, s);
        [~, expected] = vjp(net, x, ones(net.outputSize, 1));
        [g, errors, isKinked] = netjac.numericalGradient(@(x) forward(net, x), x);
        isNear = abs(g - expected) <= errors;
        must(all(isNear), '%s: differences give %g +- %g, the network %g', name{1}, g(find(~isNear, 1)), ...
             errors(find(~isNear, 1)), expected(find(~isNear, 1)));
        must(any(isKinked) || all(errors <= 1e-6 * max([abs(expected); 1e-3])), '%s at %g: the worst stated error is %g', name{1}, ...
             scale, max(errors));
      end
    end
  end
end

function kinkedDifferences()
  [g, errors, isKinked] = netjac.numericalGradient(@(x) sum(abs(x)), [0; 1; -2]);
  mustBe(isKinked, [true; false; false]);
  must(abs(g(1)) <= errors(1) && errors(1) >= 1, 'the error at a kink should be half of what the slopes differ by');
  must(all(abs(g(2:3) - [1; -1]) < 1e-10) && all(errors(2:3) < 1e-10), 'elements away from the kink should be good');
  for distance = 10 .^ (-10:-1)
    [g, errors, isKinked] = netjac.numericalGradient(@(x) max(x, 0) + 2 * x, -distance);
    must(~isKinked && abs(g - 2) <= errors && errors < 1e-4, 'a kink at a distance of %g: %g +- %g', distance, g, errors);
  end
  [net, c] = corpusNetwork('relu_at_kink');
  [~, ~, isKinked] = netjac.numericalGradient(@(x) forward(net, x), c.x(:, 1));
  must(any(isKinked) == any([kinks(net, c.x(:, 1)).distance] == 0), 'the kink of the network should be found');
  warning('error', 'netjac:numericalGradient:kink', 'local');
  mustFail(@() netjac.numericalGradient(@abs, [1 0]), 'netjac:numericalGradient:kink', '1 of 2', 'x(2)');
end

function refusedDifferences(log)
  id = 'netjac:numericalGradient:wrongClass';
  log.record('differences of no function', mustFail(@() netjac.numericalGradient('sin', 1), id, 'f is char'));
  log.record('differences at no number', mustFail(@() netjac.numericalGradient(@sin, 'a'), id, 'x must be real'));
  log.record('differences of text', mustFail(@() netjac.numericalGradient(@(x) 'a', 1), id, 'f gives char'));
  [g, errors] = netjac.numericalGradient(@(x) NaN, 1);
  mustBe({g, errors}, {NaN, Inf});
  [g, errors] = netjac.numericalGradient(@sqrt, -1);
  mustBe({g, errors}, {NaN, Inf});
  mustBe(netjac.numericalGradient(@(x) 3, zeros(0, 2)), zeros(0, 2));
end

% ---- netjac.check -----------------------------------------------------------------------------------------

function worstElements()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = c.y;
  y(2, 4) = y(2, 4) + 1;
  report = netjac.check(net, c.x, y);
  found = report.outputs.worst;
  mustBe([found.row, found.sample, found.reference], [2, 4, y(2, 4)]);
  must(abs(found.value - c.y(2, 4)) < 1e-9, 'the value should be that of the network');
  J = c.J;
  J(3, 2, 5) = 1e4;
  report = netjac.check(net, c.x, [], J);
  found = report.jacobian.worst;
  mustBe([found.row, found.column, found.sample, found.reference], [3 2 5 1e4]);
  text = evalc('netjac.check(net, c.x, c.y, J)');
  must(~isempty(regexp(text, 'J\(3, 2\) of sample 5 is -?[0-9.]+; compared with 10000\n')), 'the element is shown: %s', text);
end

function suspects()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = c.y;
  y(2, 4) = y(2, 4) * (1 + 1e-6);
  J = c.J;
  J(3, 2, 5) = J(3, 2, 5) + 1e-2;
  transposed = reshape(permute(c.J, [2 1 3]), size(c.J));
  cases = {
    'reference', '1 of 24',      {c.x, y}
    'reference', 'samples are rows', {c.x, reshape(c.y.', size(c.y))}
    'reference', 'another order', {c.x, c.y(:, end:-1:1)}
    'either',    '24 of 24',     {c.x, 1.1 * c.y}
    'reference', 'differences',  {c.x, [], J}
    'reference', 'differences',  {c.x, c.y, 2 * c.J}
    'reference', 'transposed',   {c.x, [], transposed}
    '',          '',             {c.x, c.y, c.J}};
  for k = 1:size(cases, 1)
    report = netjac.check(net, cases{k, 3}{:});
    mustBe(report.suspect, cases{k, 1});
    mustBe(report.passed, isempty(cases{k, 1}));
    must(isempty(cases{k, 2}) == isempty(report.hint) && ~isempty(regexp(report.hint, ['^.*', cases{k, 2}])) || isempty(cases{k, 2}), ...
         'case %d: the hint is: %s', k, report.hint);
  end
  % A network whose Jacobian is wrong: netjac.check takes whatever has the methods of a network.
  report = netjac.check(WrongNetwork(net), c.x, c.y, c.J);
  mustBe(report.suspect, 'library');
  must(~report.passed && ~report.jvp.passed && report.outputs.passed, 'a wrong product should be noticed');
  text = evalc('netjac.check(WrongNetwork(net), c.x)');
  must(~isempty(strfind(text, 'contradicts itself')) && ~isempty(strfind(text, 'report')), 'it should say so: %s', text);
end

% ---- Values of graphs -------------------------------------------------------------------------------------

function truths(log)
  g = netjac.Graph;
  x = g.input('x', [3 1]);
  cases = {
    'any', @() any(x > 0);  'all', @() all(x);      'logical', @() logical(x);  'and', @() (x > 0) & (x < 1)
    'or', @() (x > 0) | x;  'not', @() ~(x > 0);    'xor', @() xor(x, 1);       'isequal', @() isequal(x, 1)
    'isnan', @() isnan(x);  'isinf', @() isinf(x);  'isfinite', @() isfinite(x)};
  for k = 1:size(cases, 1)
    log.record(['truth: ', cases{k, 1}], mustFail(cases{k, 2}, 'netjac:graph:noTruth', 'c .* a + (1 - c) .* b'));
  end
  numbers = {
    'double', @() double(x);   'single', @() single(x);      'int32', @() int32(x);        'int64', @() int64(x)
    'find', @() find(x);       'nnz', @() nnz(x);            'sort', @() sort(x);          'round', @() round(x)
    'mod', @() mod(x, 2);      'colon', @() 1:x;             'sprintf', @() sprintf('%d', x)
    'num2str', @() num2str(x); 'index of max', @() secondOf(@() max(x)); 'index of min', @() secondOf(@() min(x))};
  numbers = reshape(numbers.', 2, []).';
  for k = 1:size(numbers, 1)
    log.record(['number: ', numbers{k, 1}], mustFail(numbers{k, 2}, 'netjac:graph:noNumbers'));
  end
  % What the messages advise gives what is meant.
  c = x > 0;
  d = x < 1;
  X = [-1; 0.5; 2];
  f = g.evaluator({x}, {c .* d, max(c, d), 1 - c, max(c), min(c), c .* x + (1 - c) .* 7, floor(x + 0.5), x - 2 * floor(x ./ 2)});
  [a, b, n, someOf, allOf, chosen, rounded, rest] = f(X);
  mustBe({a, b, n}, {double(X > 0 & X < 1), double(X > 0 | X < 1), double(~(X > 0))});
  mustBe({someOf, allOf}, {double(any(X > 0)), double(all(X > 0))});
  mustBe({chosen, rounded, rest}, {[7; 0.5; 2], [-1; 1; 2], mod(X, 2)});
end

function value = secondOf(f)
  [~, value] = f();
end

function branches(log)
  g = netjac.Graph;
  x = g.input('x', [3 1]);
  cases = {@ifGreater, @ifElse, @whileLess, @doUntil, @bothGreater, @eitherGreater, @assigned, @statement};
  for k = 1:numel(cases)
    log.record(['branch: ', func2str(cases{k})], mustFail(@() cases{k}(x), 'netjac:graph:noTruth', 'A condition'));
  end
end

function y = ifGreater(x)
  y = x;
  if x(1) > 0
    y = -x;
  end
end

function y = ifElse(x)
  if false
    y = 1;
  elseif (x(1) == 0)
    y = 2;
  end
end

function y = whileLess(x)
  y = x;
  while sum(y) < 10, y = y + 1; end
end

function y = doUntil(x)
  y = x;
  do
    y = y + 1;
  until sum(y) >= 10
end

function y = bothGreater(x)
  y = x;
  if true && x(1) > 0
    y = -x;
  end
end

function y = eitherGreater(x)
  y = x;
  if (x(1) ~= 0 || true)
    y = -x;
  end
end

function y = assigned(x)
  y = x(1) > 0 && x(2) > 0;
end

function statement(x)
  x(1) > 0 && disp('never');
end

% Comparisons on lines with a branch that they do not decide on.
function harmlessComparisons()
  g = netjac.Graph;
  x = g.input('x', [3 1]);
  if true, m = x > 0; end
  if numel(x > 0) == 3, m = [m; x < 1]; end
  for k = 1:2, m = [m; x(k) > 0]; end
  y = (x > 0) .* x; s = 'if x > 0 && y';
  z = 3; if z > 2 && true, y = y + (x >= 1); end
  f = @(v) v > 0;
  n = f(x) + (x <= 0);   % if x > 0 && true
  mustBe(evaluate([m; n; y], x, [1; 2; -3]), [1; 1; 0; 0; 0; 1; 1; 1; 1; 1; 1; 2; 3; 0]);
end

% ---- Inputs -----------------------------------------------------------------------------------------------

function wholeNumbers(log)
  [~, c] = corpusNetwork('embedding_mode');
  net = netjac.load(c.file);
  mustBe({net.inputs.type}, {'real', 'int64'});
  mustBe({corpusNetwork('foot_ground_contact').inputs.type}, {'real'});
  x = [c.x(1:3, 1:2); 0 1];
  for value = {1.5, NaN, Inf, -Inf, 2 ^ 63, -1e300}
    x(end, 2) = value{1};
    calls = {'forward', {x}; 'jacobian', {x}; 'jacobianSparse', {x}; 'jvp', {x, x}; 'vjp', {x, ones(2, 2)}; ...
             'hessian', {x, ones(2, 2)}; 'hvp', {x, ones(2, 2), ones(4, 2)}; 'kinks', {x}};
    for k = 1:size(calls, 1)
      message = mustFail(@() withTwoOutputs(calls{k, 1}, net, calls{k, 2}), ['netjac:', calls{k, 1}, ':wrongArgument'], ...
                         'mode', 'sample 1', 'value 3', 'int64');
      log.record(sprintf('%s of %g', calls{k, 1}, value{1}), message);
    end
    f = evaluator(net, 'forward');
    mustFail(@() f(x), 'netjac:forward:wrongArgument', 'mode');
  end
  x(1, 1) = NaN;
  x(end, 2) = -1;
  must(size(forward(net, x), 2) == 2, 'NaN of a real input is data');
  mustFail(@() forward(net, single([0; 0; 0; 0.5])), 'netjac:forward:wrongArgument', '0.5');

  % The same model with an input of type int32.
  bytes = fileContent(c.file);
  place = strfind(char(bytes), ['mode', char([18 15 10 13 8 7])]);
  mustBe(numel(place), 1);
  bytes(place + 9) = 6;
  net = netjac.load(bytes);
  mustBe(net.inputs(2).type, 'int32');
  log.record('beyond int32', mustFail(@() forward(net, [0; 0; 0; 2 ^ 31]), 'netjac:forward:wrongArgument', '2147483647', 'int32'));
  log.record('fixed', mustFail(@() netjac.load(bytes, 'input.mode', -3e9), 'netjac:load:wrongOption', 'int32'));
  mustFail(@() netjac.load(c.file, 'input.mode', 0.5), 'netjac:load:wrongOption', '0.5', 'whole number');
  coarse = netjac.load(c.file, 'precision', 'float32');
  mustFail(@() forward(coarse, [0; 0; 0; 2 ^ 24 + 1]), 'netjac:forward:wrongArgument', 'float32');
  report = netjac.check(net);
  must(report.passed, 'check should choose whole numbers itself');
end

function withTwoOutputs(name, net, given)
  if any(strcmp(name, {'forward', 'hessian', 'hvp', 'kinks'}))
    feval(name, net, given{:});
  else
    [~, ~] = feval(name, net, given{:});
  end
end

function bytes = fileContent(file)
  stream = fopen(file);
  bytes = fread(stream, Inf, '*uint8').';
  fclose(stream);
end

% ---- Options and samples ----------------------------------------------------------------------------------

function foreignOptions(log)
  net = netjac.mlp([2 4 1]);
  [X, T] = deal(ones(2, 8), ones(1, 8));
  for name = {'validation_fraction', 'precision', 'threads', 'optimiser', 'busy_timeout', 'equality', 'dim.batch', 'epoch'}
    message = mustFail(@() netjac.train(net, X, T, 'display', false, name{1}, 0.2), 'netjac:train:wrongOption', name{1});
    log.record(['train: ', name{1}], message);
  end
  mustFail(@() netjac.train(net, X, T, 'validation_fraction', 0.2), 'netjac:train:wrongOption', '''validation''');
  [~, c] = corpusNetwork('foot_ground_contact');
  for name = {'learning_rate', 'epochs', 'seed', 'mode', 'lease', 'dim.', 'Precisions'}
    log.record(['load: ', name{1}], mustFail(@() netjac.load(c.file, name{1}, 1), 'netjac:load:wrongOption', name{1}, 'memory_limit'));
  end
  mustFail(@() save(net, 'x.onnx', 'jacobian', 'yes'), 'netjac:save:wrongOption', 'true or false');
end

function idleOptions(log)
  net = netjac.mlp([2 4 1]);
  [X, T] = deal(ones(2, 8), ones(1, 8));
  cases = {
    {'patience', 3};                         {'min_delta', 0.1, 'validation', 0.3};  {'jacobian_weight', 2}
    {'huber_delta', 1};                      {'momentum', 0.9};                      {'nesterov', true}
    {'optimizer', 'sgd', 'nesterov', true};  {'optimizer', 'sgd', 'beta1', 0.9};     {'optimizer', 'lbfgs', 'beta2', 0.9}
    {'optimizer', 'sgd', 'epsilon', 1e-8};   {'history', 5};                         {'damping', 1}
    {'optimizer', 'lbfgs', 'clip_norm', 1};  {'schedule_steps', 10};                 {'schedule_factor', 0.1}
    {'optimizer', 'levenberg_marquardt', 'learning_rate', 1}
    {'optimizer', 'levenberg_marquardt', 'schedule', 'cosine'}
    {'optimizer', 'levenberg_marquardt', 'warmup_steps', 3}};
  cases = [cases(:, 1); reshape(cases(1:min(end, 5), 2:end), [], 1)];
  cases = cases(~cellfun(@isempty, cases));
  for k = 1:numel(cases)
    message = mustFail(@() netjac.train(net, X, T, 'display', false, cases{k}{:}), 'netjac:train:wrongOption', 'change nothing');
    log.record(sprintf('idle option %d', k), message);
  end
  right = {
    {'validation', 0.3, 'patience', 3, 'min_delta', 0.1};  {'loss', 'huber', 'huber_delta', 2}
    {'optimizer', 'sgd', 'momentum', 0.9, 'nesterov', true, 'clip_norm', 1}
    {'optimizer', 'rmsprop', 'beta2', 0.9, 'epsilon', 1e-7};  {'schedule', 'cosine', 'schedule_steps', 5, 'warmup_steps', 1}
    {'optimizer', 'lbfgs', 'history', 3};  {'optimizer', 'levenberg_marquardt', 'damping', 1}};
  for k = 1:numel(right)
    netjac.train(net, X, T, 'display', false, 'epochs', 2, right{k}{:});
  end
end

% The tables of the header, the lists of the package and the completion of the editor name the same options.
function completeOptions()
  tree = fileparts(testsRoot());
  header = fileread(fullfile(tree, 'include', 'netjac.h'));
  mustBe(sort(tableOf(header, 'Sets one option', 'The options of training stand')), sort(netjac.internal.knownOption('load')));
  training = tableOf(header, 'Options of netjac_trainer_create', 'The functions return');
  mustBe(sort(training), sort(netjac.internal.knownOption('train')));
  signatures = jsondecode(fileread(fullfile(tree, 'matlab', 'resources', 'functionSignatures.json')));
  own = {'epochs', 'validation', 'jacobian', 'display', 'progress'};
  mustBe(namedIn(signatures, 'train'), sort([setdiff(training, {'validation_fraction'}), own]));
  mustBe(namedIn(signatures, 'load'), sort(setdiff(netjac.internal.knownOption('load'), {'dim.NAME', 'input.NAME'})));
end

function names = tableOf(header, first, last)
  text = header(strfind(header, first):end);
  text = text(1:strfind(text, last)(1));
  names = regexp(text, '^ \*   (?!key)([a-z]\w*(?:\.NAME)?(?:, [a-z]\w*)*)  +\S', 'tokens', 'lineanchors');
  names = cellfun(@(token) strsplit(token{1}, ', '), names, 'UniformOutput', false);
  names = [names{:}];
end

function names = namedIn(signatures, function_)
  names = {};
  for name = fieldnames(signatures).'
    if ~isempty(regexp(name{1}, ['^netjac.', function_, '$'], 'once'))
      inputs = signatures.(name{1}).inputs;
      if ~iscell(inputs)
        inputs = num2cell(inputs);
      end
      isPair = cellfun(@(input) strcmp(input.kind, 'namevalue'), inputs);
      names = sort(cellfun(@(input) input.name, inputs(isPair), 'UniformOutput', false)).';
    end
  end
  names = reshape(names, 1, []);
end

function notFinite(log)
  net = netjac.mlp([2 4 3]);
  [X, T] = deal(reshape(1:16, 2, 8) / 16, ones(3, 8));
  for value = [NaN, Inf, -Inf]
    bad = T;
    bad(2, 7) = value;
    log.record(sprintf('targets of %g', value), mustFail(@() netjac.train(net, X, bad, 'display', false), ...
                                                         'netjac:train:notFinite', 'T holds', 'sample 7, row 2', sprintf('%g', value)));
    mustFail(@() netjac.train(net, X, T, 'display', false, 'validation', {X, bad}), 'netjac:train:notFinite', 'validation{2}', 'sample 7');
    bad = X;
    bad(1, [3 5]) = value;
    mustFail(@() netjac.train(net, bad, T, 'display', false, 'scaling', 'none'), 'netjac:train:notFinite', 'X holds', 'sample 3, row 1', '2 of 8');
  end
  J = zeros(3, 2, 8);
  J(2, 1, 4) = NaN;
  mustFail(@() netjac.train(net, X, T, 'display', false, 'jacobian', J), 'netjac:train:notFinite', '(2, 1, 4)');
end

% ---- Networks ---------------------------------------------------------------------------------------------

function smoothKinks(log)
  [net, c] = corpusNetwork('foot_ground_contact');
  k = kinks(net, c.x);
  mustBe(fieldnames(k), {'node'; 'kind'; 'convention'; 'distance'});
  mustBe(size(k), [0 1]);
  must(isempty({k.distance}), 'there should be no distance');
  mustBe(fieldnames(kinks(net)), {'node'; 'kind'; 'convention'});
  mustBe(size(kinks(net)), [0 1]);
  [kinked, d] = corpusNetwork('mlp_kinked_mix');
  mustBe(fieldnames(kinks(kinked, d.x)), fieldnames(k));
  log.record('kinks of a smooth network', k);
end

function evaluatingAfterTraining()
  g = netjac.Graph;
  W = g.parameter('W', [0.1 0.2]);
  x = g.input('x', [2 1]);
  y = W * x;
  net = g.network({x}, {y});
  X = [1 0 1; 0 1 1];
  warning('error', 'netjac:evaluate:initialParameters', 'local');
  must(abs(evaluate(y, x, [1; 1]) - 0.3) < 1e-15, 'before training nothing is said');
  trained = netjac.train(net, X, [3 -2] * X, 'optimizer', 'levenberg_marquardt', 'epochs', 20, 'display', false);
  must(abs(forward(trained, [1; 1]) - 1) < 1e-4, 'the network has the trained parameters');
  mustFail(@() evaluate(y, x, [1; 1]), 'netjac:evaluate:initialParameters', 'W', 'forward');
  mustFail(@() g.evaluator({x}, {y}), 'netjac:evaluate:initialParameters', 'W');
  mustBe(evaluate(y, {x, W}, {[1; 1], [3 4]}), 7);
  other = netjac.Graph;
  z = other.parameter('z', 1);
  mustBe(evaluate(z), 1);
end

function matFiles(log)
  net = netjac.mlp([2 3]);
  for given = {{'x.mat'}, {'X.MAT'}, {'x.mat', '-v7'}, {'-v7'}, {'x.onnx', '-v7'}}
    log.record(['save: ', strjoin(given{1}, ' ')], ...
               mustFail(@() save(net, given{1}{:}), 'netjac:save:wrongFormat', 'foot.onnx', 'saveobj', 'loadobj'));
    must(~exist(given{1}{1}, 'file'), 'nothing should be written');
  end
  mustFail(@() save(net), 'netjac:save:missingArgument', 'foot.onnx');
  % The way that the message names.
  file = [tempname(), '.mat'];
  remove = onCleanup(@() delete(file));
  s = saveobj(net);
  save('-v7', file, 's');
  stored = load(file);
  mustBe(forward(netjac.Network.loadobj(stored.s), [1; 2]), forward(net, [1; 2]));
end

function helpTexts()
  for name = {'Contents', 'load', 'train', 'check', 'numericalGradient', 'Graph', 'Value', 'Network', 'Network.jacobian'}
    text = evalc(['help netjac.', name{1}]);
    must(numel(text) > 200, 'help netjac.%s shows: %s', name{1}, text);
  end
  contents = evalc('help netjac.Contents');
  must(~isempty(strfind(contents, 'netjac.load')) && ~isempty(strfind(contents, 'jacobian(net, x)')), 'it lists what there is');
end
