function test_lifetime(log)
  % TEST_LIFETIME  Networks are released once, handles that are not valid are recognised, nothing leaks or crashes.

  log.section('lifetime');
  c = corpusCase(fullfile(testsRoot(), 'Corpus', 'cases', 'foot_ground_contact'));
  log.check('no network is left from before', @() mustBe(netjac_mex('alive'), 0));
  log.check('cleared networks are released', @() cleared(c));
  log.check('delete', @() deleted(log, c));
  log.check('copies of the variable', @() copies(c));
  log.check('evaluators keep their network', @() evaluators(c));
  log.check('evaluators do what methods do', @() sameAsMethods(log, c));
  log.check('many networks', @() many(c));
  log.check('garbage handles', @() garbage(log, c));
  log.check('garbage commands', @() commands(log));
  log.check('every command of the list', @() listed(log));
  log.check('handles of another kind', @() otherKinds(log, c));
  log.check('random calls', @() randomCalls(c));
  log.check('a failed call changes nothing', @() failures(c));
  log.check('saveobj and loadobj', @() saving(c));
  log.check('saveobj and loadobj with external weights', @() savingExternal());
  log.check('the door stays while networks live', @() doorStays(log, c));
  log.check('no network is left', @() mustBe(netjac_mex('alive'), 0));
end

function cleared(c)
  net = netjac.load(c.file);
  mustBe(netjac_mex('alive'), 1);
  net = netjac.load(c.file);
  mustBe(netjac_mex('alive'), 1);
  clear net;
  mustBe(netjac_mex('alive'), 0);
end

function deleted(log, c)
  net = netjac.load(c.file);
  delete(net);
  mustBe(netjac_mex('alive'), 0);
  delete(net);
  message = mustFail(@() forward(net, c.x), 'netjac:network:released', 'netjac.load');
  log.record('released', message);
  for f = {@() jacobian(net, c.x), @() jvp(net, c.x, c.v), @() vjp(net, c.x, c.w), @() hessian(net, c.x, c.lambda), ...
           @() jacobianSparsity(net), @() jacobianSparse(net, c.x), @() jacobianCost(net), @() jacobianPlan(net), ...
           @() plan(net), @() prepare(net, 'forward'), @() info(net)}
    mustFail(f{1}, 'netjac:network:released');
  end
  f = evaluator(net, 'forward');
  mustFail(@() f(c.x), 'netjac:network:released');
end

function copies(c)
  net = netjac.load(c.file);
  other = net;
  clear net;
  mustBe(size(forward(other, c.x)), [3 c.samples]);
  third = {other};
  delete(other);
  mustFail(@() forward(third{1}, c.x), 'netjac:network:released');
end

function evaluators(c)
  net = netjac.load(c.file);
  [y, J] = jacobian(net, c.x);
  H = hessian(net, c.x, c.lambda);
  [~, p] = jvp(net, c.x, c.v);
  [~, g] = vjp(net, c.x, c.w);
  [~, Js] = jacobianSparse(net, c.x);
  f = struct();
  for task = {'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'jacobianSparse'}
    f.(task{1}) = evaluator(net, task{1});
  end
  mustFail(@() evaluator(net, 'gradient'), 'netjac:evaluator:unknownTask', 'gradient', 'jacobianSparse');
  clear net;
  mustBe(netjac_mex('alive'), 1);
  mustBe(f.forward(c.x), y);
  [y1, J1] = f.jacobian(c.x);
  mustBe({y1, J1}, {y, J});
  [~, p1] = f.jvp(c.x, c.v);
  [~, g1] = f.vjp(c.x, c.w);
  [~, Js1] = f.jacobianSparse(c.x);
  mustBe({p1, g1, f.hessian(c.x, c.lambda), Js1}, {p, g, H, Js});
  clear f task;
  mustBe(netjac_mex('alive'), 0);
end

% Octave has a quick way for evaluators, which must not be told from the slow one.
function sameAsMethods(log, c)
  net = netjac.load(c.file);
  given = {c.x, c.x(:, 1), c.x(:, 1).', single(c.x), zeros(5, 0), 1:5, c.x(1:4, :), c.x(:), int8(c.x), sparse(c.x), ...
           1i * c.x, 'text', {}, NaN(5, 2), zeros(5, 1, 2), true(5, 1)};
  for k = 1:numel(given)
    x = given{k};
    v = c.v(:, 1:min(columns(x), columns(c.v)));
    w = c.w(:, 1:min(columns(x), columns(c.w)));
    if isrow(x)
      [v, w] = deal(c.v(:, 1), c.w(:, 1));
    end
    calls = {'forward', {x}; 'jacobian', {x}; 'jvp', {x, v}; 'vjp', {x, w}; 'hessian', {x, w}; 'hvp', {x, w, v}; ...
             'jvp', {x, w}; 'hvp', {x, v, w}; 'vjp', {x, single(w)}; 'hessian', {x, 'w'}; 'jacobianSparse', {x}};
    for call = calls.'
      f = evaluator(net, call{1});
      for outputs = 1:1 + ~any(strcmp(call{1}, {'forward', 'hessian', 'hvp'}))
        mustBe(outcome(f, call{2}, outputs), outcome(@(varargin) feval(call{1}, net, varargin{:}), call{2}, outputs));
      end
    end
  end
  f = evaluator(net, 'vjp');
  mustFail(@() f(c.x), 'Octave:undefined-function');
  mustFail(@() f(c.x, c.w, 1), 'Octave:invalid-fun-call');
  mustBe(cellfun(evaluator(net, 'forward'), {c.x, c.x(:, 1)}, 'UniformOutput', false), ...
         {forward(net, c.x), forward(net, c.x(:, 1))});
  if strcmp(log.door, 'mex')
    mustBe(func2str(evaluator(net, 'forward')), 'netjac_forward');
    for pointer = {uint64(0), uint64(12345), intmax('uint64'), 3, 'text', uint64([])}
      mustFail(@() netjac_evaluator('forward', pointer{1}, net), 'netjac:mex:wrongArgument');
    end
    mustFail(@() netjac_evaluator('dance', libraryHandle(net), net), 'netjac:mex:wrongArgument');
  end
end

% What a call gives: its results, or the identifier and message of its error.
function result = outcome(f, arguments, outputs)
  result = cell(1, outputs);
  try
    [result{:}] = f(arguments{:});
  catch problem
    result = {problem.identifier, problem.message};
  end
end

function many(c)
  nets = cell(1, 40);
  for k = 1:numel(nets)
    nets{k} = netjac.load(c.file);
  end
  mustBe(netjac_mex('alive'), 40);
  y = forward(nets{1}, c.x);
  nets(1:2:end) = [];
  mustBe(netjac_mex('alive'), 20);
  nets{end + 1} = netjac.load(c.file);
  for k = 1:numel(nets)
    mustBe(forward(nets{k}, c.x), y);
  end
end

function garbage(log, c)
  net = netjac.load(c.file);
  handles = {uint64(12345678), intmax('uint64'), uint64(2)^32 * 1e6 + 1, uint64(99), 1, int64(1), single(1), [], ...
             uint64([1 1]), uint64([]), 'handle', {}, struct(), @sin, true, NaN, -1, 1i, sparse(1)};
  for k = 1:numel(handles)
    for command = {'forward', 'jacobianSparsity', 'describe', 'jacobianPlan'}
      message = mustFail(@() netjac_mex(command{1}, handles{k}, c.x), 'netjac:network:invalidHandle', 'netjac.load');
    end
    log.record(sprintf('garbage handle %d', k), message);
    netjac_mex('release', handles{k});
  end
  mustFail(@() netjac_mex('forward', uint64(0), c.x), 'netjac:network:released');
  netjac_mex('release', uint64(0));
  mustBe(netjac_mex('alive'), 1);
  mustBe(size(forward(net, c.x)), [3 c.samples]);

  % The place of a released network is used again; its old handle must not reach the new one.
  stale = handleOf(c.file);
  fresh = netjac.load(c.file);
  mustFail(@() netjac_mex('forward', stale, c.x), 'netjac:network:released');
  netjac_mex('release', stale);
  mustBe(size(forward(fresh, c.x)), [3 c.samples]);
end

function handle = handleOf(file)
  handle = netjac_mex('load', file, {});
  netjac_mex('release', handle);
end

function commands(log)
  mustFail(@() netjac_mex(), 'netjac:mex:unknownCommand', 'netjac.load');
  mustFail(@() netjac_mex(3), 'netjac:mex:unknownCommand');
  mustFail(@() netjac_mex({}), 'netjac:mex:unknownCommand');
  for command = {'', 'nothing', repmat('long ', 1, 100), 'forwardx'}
    mustFail(@() netjac_mex(command{1}), 'netjac:mex:unknownCommand');
  end
  for command = {'forward', 'jacobian', 'load', 'loadBytes', 'release', 'describe', 'prepare', 'jacobianCost'}
    log.record(['bare ', command{1}], mustFail(@() netjac_mex(command{1}), 'netjac:mex:missingArgument', command{1}));
  end
  for options = {3, {1}, {'precision'}, {'precision', 3}, {3, 'x'}, {'precision', {}}, 'text', {[], []}}
    mustFail(@() netjac_mex('loadBytes', uint8([1 2 3]), options{1}), 'netjac:load:wrongOption');
  end
  mustFail(@() netjac_mex('loadBytes', 'text', {}), 'netjac:load:wrongClass');
  mustFail(@() netjac_mex('load', 3, {}), 'netjac:load:wrongClass');
end

% Both doors know every command and count its arguments alike.
function listed(log)
  addpath(fullfile(fileparts(testsRoot()), 'matlab', 'library'), '-end');
  known = netjac_commands();
  if strcmp(log.door, 'mex')
    rmpath(fullfile(fileparts(testsRoot()), 'matlab', 'library'));
  end
  for name = fieldnames(known).'
    count = known.(name{1}).count;
    if count > 0
      given = cell(1, count - 1);
      message = mustFail(@() netjac_mex(name{1}, given{:}), 'netjac:mex:missingArgument', known.(name{1}).arguments);
      log.record(['too few for ', name{1}], message);
    end
    given = repmat({struct()}, 1, count);
    if count > 0 && isempty(strfind(name{1}, 'elease'))
      result = outcome(@() netjac_mex(name{1}, given{:}), {}, 0);
      must(numel(result) == 2 && strncmp(result{1}, ['netjac:', areaOf(known.(name{1})), ':'], 8 + numel(areaOf(known.(name{1})))), ...
           '%s should refuse a struct with an error of its area; it gives %s', name{1}, strjoin(result, ': '));
      log.record(['nonsense for ', name{1}], result);
    end
  end
end

% What the first argument is decides on the area of its error.
function area = areaOf(command)
  areas = struct('handle', 'network', 'graph', 'graph', 'trainer', 'train');
  area = command.area;
  first = strtok(command.arguments, ',');
  if isfield(areas, first)
    area = areas.(first);
  end
end

function otherKinds(log, c)
  network = netjac_mex('load', c.file, {});
  graph = netjac_mex('graphCreate');
  trainer = netjac_mex('trainerCreate', network, {});
  cases = {'describe', graph, 'network'; 'describe', trainer, 'network'; 'graphDims', network, 'graph'; ...
           'graphDims', trainer, 'graph'; 'trainerParameters', network, 'train'; 'trainerParameters', graph, 'train'};
  for k = 1:size(cases, 1)
    message = mustFail(@() netjac_mex(cases{k, 1}, cases{k, 2}, 0), ['netjac:', cases{k, 3}, ':invalidHandle']);
    log.record(sprintf('handle of another kind %d', k), message);
  end
  % Releasing by the wrong command releases nothing.
  netjac_mex('release', graph);
  netjac_mex('graphRelease', trainer);
  netjac_mex('trainerRelease', network);
  mustBe(netjac_mex('alive'), 3);
  netjac_mex('release', network);
  netjac_mex('graphRelease', graph);
  netjac_mex('trainerRelease', trainer);
  mustBe(netjac_mex('alive'), 0);
  log.record('handle of a released graph', mustFail(@() netjac_mex('graphDims', graph, 0), 'netjac:graph:released'));
  log.record('handle of a released trainer', mustFail(@() netjac_mex('trainerParameters', trainer), 'netjac:train:released'));
end

% Whatever is passed, the answer is a result or an error of NetJac. The seed is fixed, so a failure repeats.
function randomCalls(c)
  handle = netjac_mex('load', c.file, {});
  release = onCleanup(@() netjac_mex('release', handle));
  commands = {'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'jacobianSparse', 'jacobianSparsity', 'describe', ...
              'jacobianCost', 'jacobianPlan', 'plan', 'prepare', 'load', 'loadBytes', 'release', 'alive', 'version', 'nothing'};
  values = {handle, handle, handle, handle, c.x, c.x(:, 1), c.x(:, 1).', c.w, c.w(:, 1), single(c.x), 1:5, eye(5), ...
            eye(5)(:, [2 1 3 5 4]), [], zeros(5, 0), zeros(0, 5), zeros(5, 1, 3), NaN(5, 1), Inf(3, 1), 'forward', '', ...
            ['ab'; 'cd'], {}, {1, 2}, {'precision', 'float32'}, struct(), struct('a', {1, 2, 3}), @sin, ...
            containers.Map(), true, int8(5), uint64([1 2; 3 4]), uint8(1:200), sparse(5, 1), sparse(true), 1i, ...
            complex(1:5, 1:5), uint64(0), intmax('uint64'), -1, 1e300, zeros(5, 1, 'int32'), logical(1:5)};
  rand('twister', 7);
  succeeded = 0;
  for call = 1:4000
    command = commands{ceil(rand() * numel(commands))};
    given = values(ceil(rand(1, floor(rand() * 5)) * numel(values)));
    outputs = cell(1, floor(rand() * 3));
    if strcmp(command, 'release') && ~isempty(given) && isa(given{1}, 'uint64') && isequal(given{1}, handle)
      continue;
    end
    try
      [outputs{:}] = netjac_mex(command, given{:});
      succeeded = succeeded + 1;
    catch problem
      isOurs = strncmp(problem.identifier, 'netjac:', 7);
      % Commands without a second result leave that to Octave.
      must(isOurs || numel(outputs) > 0, '%s with %d arguments: %s: %s', command, numel(given), problem.identifier, ...
           problem.message);
    end
  end
  must(succeeded > 50, 'some of the calls should succeed; %d did', succeeded);
  mustBe(netjac_mex('forward', handle, c.x), forward(netjac.load(c.file), c.x));
end

function failures(c)
  net = netjac.load(c.file);
  y = forward(net, c.x);
  for k = 1:50
    mustFail(@() forward(net, 1:4), 'netjac:forward:wrongSize');
    mustFail(@() netjac.load('nobody.onnx'), 'netjac:load:fileNotFound');
  end
  mustBe(forward(net, c.x), y);
  mustBe(netjac_mex('alive'), 1);
end

function saving(c)
  copy = [tempname(), '.onnx'];
  copyfile(c.file, copy);
  net = netjac.load(copy, 'precision', 'float32');
  y = forward(net, c.x);
  stored = saveobj(net);
  delete(net);
  again = netjac.Network.loadobj(stored);
  mustBe(forward(again, c.x), y);
  mustBe(again.file, copy);
  clear again;

  again = netjac.load(copy, 'precision', 'float32');
  stream = fopen(copy, 'a');
  fwrite(stream, 'changed');
  fclose(stream);
  mustFail(@() saveobj(again), 'netjac:save:fileChanged', copy);
  delete(copy);

  % Without the file the stored bytes serve, here and on the machine of a parfor worker.
  again = netjac.Network.loadobj(stored);
  mustBe(forward(again, c.x), y);
  mustBe(again.options, {'precision', 'float32'});
  third = netjac.Network.loadobj(saveobj(again));
  mustBe(forward(third, c.x), y);
end

function savingExternal()
  [net, c] = corpusNetwork('mlp_external_data');
  again = netjac.Network.loadobj(saveobj(net));
  mustBe(forward(again, c.x), forward(net, c.x));
end

function doorStays(log, c)
  net = netjac.load(c.file);
  other = 'mex';
  if strcmp(log.door, 'mex')
    other = 'library';
  end
  mustFail(@() netjac.door(other), 'netjac:door:networksAlive');
  mustFail(@() netjac.door('window'), 'netjac:door:unknownDoor', 'mex', 'library');
  mustBe(netjac.door(), log.door);
  mustBe(netjac.door(log.door), log.door);
end
