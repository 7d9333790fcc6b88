function test_loading(log)
  % TEST_LOADING  Options, files, bytes, and what a loaded network tells of itself.

  log.section('loading');
  c = corpusCase(fullfile(testsRoot(), 'Corpus', 'cases', 'foot_ground_contact'));
  log.check('from bytes', @() fromBytes(c));
  log.check('relative path', @() relativePath(c));
  log.check('description', @() describes(log));
  log.check('info and disp', @() information(log, c));
  log.check('cost and plan of the Jacobian', @() cost(log));
  log.check('plans of tasks', @() plans(log));
  log.check('options', @() options(c));
  log.check('fixed inputs and chosen outputs', @() fixedInputs());
  log.check('wrong options', @() wrongOptions(log, c));
  log.check('wrong files', @() wrongFiles(log, c));
  log.check('version', @() mustBe(~isempty(regexp(netjac.version(), '^\d+\.\d+\.\d+$', 'once')), true));
  log.check('prepare', @() prepares(log, c));
end

function fromBytes(c)
  stream = fopen(c.file, 'r');
  bytes = fread(stream, Inf, '*uint8');
  fclose(stream);
  net = netjac.load(bytes);
  same = netjac.load(c.file);
  mustBe(forward(net, c.x), forward(same, c.x));
  mustBe(net.file, '');
  mustBe(forward(netjac.load(bytes.'), c.x), forward(same, c.x));
  mustFail(@() netjac.load(uint8([])), 'netjac:load:wrongFormat');
  mustFail(@() netjac.load(bytes(1:100)), 'netjac:load:wrongFormat');
  mustFail(@() netjac.load(double(bytes)), 'netjac:load:wrongClass', 'double');
end

function relativePath(c)
  [folder, name, extension] = fileparts(c.file);
  previous = cd(folder);
  back = onCleanup(@() cd(previous));
  net = netjac.load([name, extension]);
  mustBe(net.file, fullfile(pwd(), 'model.onnx'));
end

function describes(log)
  net = corpusNetwork('dynamics_two_inputs');
  mustBe({net.inputs.name}, {'x', 'u'});
  mustBe({net.inputs.size}, {6, 2});
  mustBe([net.inputSize, net.outputSize], [8 6]);
  net = corpusNetwork('classifier_25x20');
  mustBe(net.inputs.size, [25 20]);
  net = corpusNetwork('multi_output');
  must(numel(net.outputs) > 1, 'multi_output should have several outputs');
  log.record('multi_output', {net.inputs, net.outputs});
  net = corpusNetwork('mlp_gelu_dynamo');
  mustBe(net.inputs.size, [2 5]);
end

function information(log, c)
  net = netjac.load(c.file, 'threads', 1);
  text = evalc('disp(net)');
  for word = {c.file, 'q [5]', 'wrench [3]', 'n = 5', 'm = 3'}
    must(~isempty(strfind(text, word{1})), 'disp should show "%s"; it shows\n%s', word{1}, text);
  end
  must(~isempty(strfind(evalc('info(net)'), netjac.version())), 'info should print the version');
  s = info(net);
  mustBe(s.door, log.door);
  mustBe(s.options, {'threads', 1});
  mustBe(s.jacobianNonzeros, nnz(jacobianSparsity(net)));
  log.record('info', rmfield(s, 'door'));
  delete(net);
  must(~isempty(strfind(evalc('disp(net)'), 'released')), 'disp of a released network should say so');
end

function cost(log)
  [net, c] = corpusNetwork('icnn');
  costs = jacobianCost(net);
  must(costs.chosen > 0 && costs.chosen <= min(costs.forward, costs.reverse), ...
       'the chosen order should cost no more than the plain ones');
  must(costs.reverse < costs.forward, 'with one output reverse should be the cheaper plain order');
  text = jacobianPlan(net);
  must(ischar(text) && ~isempty(strfind(text, num2str(costs.chosen))), 'the plan should name its cost; it is: %s', text);
  log.record('plan', {costs, text});
end

function plans(log)
  net = corpusNetwork('foot_ground_contact');
  texts = cell(1, 4);
  tasks = {'forward', 'jacobian', 'hessian', 'jacobianSparse'};
  for k = 1:numel(tasks)
    texts{k} = plan(net, tasks{k});
    must(~isempty(regexp(texts{k}, '^1 sample: \d+ multiply-adds, \d+ bytes')), 'the plan of %s is: %s', tasks{k}, texts{k});
    must(~isempty(regexp(texts{k}, '\n\d+ samples: \d+ multiply-adds')), 'it should tell of a tile, too: %s', texts{k});
  end
  must(numel(texts{3}) > numel(texts{1}), 'a Hessian should take more kernels than an evaluation');
  mustBe(strtrim(evalc('plan(net)')), texts{2});
  message = mustFail(@() plan(net, 'dance'), 'netjac:plan:wrongArgument', 'dance');
  log.record('plans', [texts, {message, mustFail(@() plan(net, 3), 'netjac:plan:wrongClass', 'double')}]);
end

function options(c)
  y = forward(netjac.load(c.file), c.x);
  for given = {{'threads', 2}, {'threads', '2'}, {'Precision', 'float64'}, {'precision', ' float64 '}, ...
               {'memory_limit', 1e9}, {'output', 'wrench'}, {'output', {'wrench'}}}
    mustBe(forward(netjac.load(c.file, given{1}{:}), c.x), y);
  end
  coarse = forward(netjac.load(c.file, 'precision', 'float32'), c.x);
  must(~isequal(coarse, y), 'float32 should differ from float64');
  must(relativeError(coarse, y, c.samples) < 1e-4, 'float32 should differ little from float64');
  mustBe(class(coarse), 'double');
  one = forward(netjac.load(c.file, 'threads', 1), repmat(c.x, 1, 500));
  two = forward(netjac.load(c.file, 'threads', 2), repmat(c.x, 1, 500));
  mustBe(two, one);
  net = netjac.load(c.file, 'dim.batch', 2);
  mustBe([net.inputSize, net.outputSize], [10 6]);
  mustBe(net.inputs.size, [2 5]);
  must(relativeError(reshape(forward(net, [c.x(:, 1); c.x(:, 2)]), 3, 2), y(:, 1:2), 2) < 1e-13, ...
       'a bound batch should hold the samples one after the other');
end

function fixedInputs()
  [net, c] = corpusNetwork('dynamics_two_inputs');
  y = forward(net, c.x(:, 1));
  fixed = netjac.load(c.file, 'input.u', c.x(7:8, 1));
  mustBe(fixed.inputSize, 6);
  mustBe({fixed.inputs.name}, {'x'});
  must(relativeError(forward(fixed, c.x(1:6, 1)), y, 1) < 1e-13, 'a fixed input should count as given');
  [net, c] = corpusNetwork('multi_output');
  names = {net.outputs.name};
  y = forward(net, c.x);
  last = netjac.load(c.file, 'output', names{end});
  width = prod(last.outputs.size);
  must(relativeError(forward(last, c.x), y(end - width + 1:end, :), c.samples) < 1e-13, ...
       'a chosen output should be that part of y');
end

function wrongOptions(log, c)
  cases = {
    'odd',       {'precision'},                 'pairs'
    'key',       {'precison', 'float32'},       'precision'
    'value',     {'precision', 'float16'},      'float32'
    'threads',   {'threads', 0},                'threads'
    'fraction',  {'threads', 1.5},              'threads'
    'name',      {3, 4},                        'name'
    'class',     {'threads', @sin},             'threads'
    'logical',   {'threads', true},             'threads'
    'complex',   {'threads', 1i},               'threads'
    'cells',     {'output', {1, 2}},            'output'
    'dimension', {'dim.nobody', 3},             'nobody'
    'input',     {'input.nobody', 3},           'nobody'
    'output',    {'output', 'nobody'},          'nobody'};
  for k = 1:size(cases, 1)
    message = mustFail(@() netjac.load(c.file, cases{k, 2}{:}), 'netjac:load:wrongOption', cases{k, 3});
    log.record(['wrong option: ', cases{k, 1}], message);
  end
  log.record('memory limit', mustFail(@() netjac.load(c.file, 'memory_limit', 10), 'netjac:load:outOfMemory'));
  mustBe(netjac_mex('alive'), 0);
end

function wrongFiles(log, c)
  folder = fileparts(c.file);
  cases = {
    'nobody',    'nobody.onnx',   'netjac:load:fileNotFound',   'nobody.onnx'
    'empty',     '',              'netjac:load:fileNotFound',   'There is no file'
    'number',    3,               'netjac:load:wrongClass',     'double'
    'cell',      {c.file},        'netjac:load:wrongClass',     'cell'
    'matrix',    ['ab'; 'cd'],    'netjac:load:wrongClass',     'char'};
  for k = 1:size(cases, 1)
    log.record(['wrong file: ', cases{k, 1}], mustFail(@() netjac.load(cases{k, 2}), cases{k, 3}, cases{k, 4}));
  end
  mustFail(@() netjac.load(), 'netjac:load:missingArgument');
  mustFail(@() netjac.load(fullfile(folder, 'case.json')), 'netjac:load:wrongFormat');
  mustFail(@() netjac.load(tempdir()), 'netjac:load:fileNotReadable');
  zero = fullfile(tempdir(), ['with', char(0), 'zero.onnx']);
  mustFail(@() netjac.load(zero), 'netjac:load:fileNotFound');
end

function prepares(log, c)
  net = netjac.load(c.file);
  for task = {'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'jacobianSparse', 'jacobian_sparse'}
    prepare(net, task{1});
    prepare(net, task{1}, 100);
  end
  mustBe(jacobian(net, c.x), forward(net, c.x));
  log.record('unknown task', mustFail(@() prepare(net, 'gradient'), 'netjac:prepare:wrongArgument', 'gradient', 'jacobian'));
  for samples = {-1, 1.5, NaN, Inf, [1 2], 'a'}
    if ~ischar(samples{1})
      mustFail(@() prepare(net, 'forward', samples{1}), 'netjac:prepare:wrongArgument', 'whole number');
    end
  end
end
