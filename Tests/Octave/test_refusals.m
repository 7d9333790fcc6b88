function test_refusals(log)
  % TEST_REFUSALS  What would go wrong without a word is refused, and the message says what to do instead.

  log.section('refusals');
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
