function test_store_simulate(log)
  % TEST_STORE_SIMULATE  Points are simulated once, by one process or several, and what fails or is interrupted is kept.

  log.section('simulating into stores');
  log.check('nothing is simulated twice', @() once());
  log.check('Jacobians are stored', @() jacobians());
  log.check('a simulator runs once, whatever outputs it has', @() outputCounts());
  log.check('failures are stored', @() failing(log));
  log.check('failures are tried again', @() tryingAgain());
  log.check('results of the wrong size', @() wrongResults(log));
  log.check('the first failure stops', @() stopping());
  log.check('progress', @() progress());
  log.check('external commands', @() commands());
  log.check('work', @() working());
  log.check('memoize', @() memoizing());
  log.check('memoize in a solver', @() solving());
  log.check('wrong arguments', @() wrongArguments(log));
  log.check('several processes', @() processes());
  log.check('several processes, the first failure stops', @() processesStop());
  log.check('a worker that cannot start', @() brokenWorker());
  log.check('functions that other processes cannot find', @() unknownFunctions());
  log.check('others join', @() joining());
  if strcmp(netjac.door(), 'mex')
    log.check('Ctrl-C', @() controlC(''));
    log.check('Ctrl-C with several processes', @() controlC(', ''workers'', 2'));
    log.check('Ctrl-C while a command runs', @() controlCOfCommand());
    log.check('a killed process loses its lease', @() killed());
  end
  log.check('nothing is left', @() mustBe(netjac_mex('alive'), 0));
end

function once()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = footStore(folder);
  X = [0.1 0.2 0.1; 0.04 0.04 0.04];
  [Y, info] = simulate(store, @storeFoot, X, 'tag', 'initial', 'display', false);
  mustBe(calls(), 2);
  expected = [20 40 20; 0.01 + sin(0.04), 0.04 + sin(0.04), 0.01 + sin(0.04)];
  must(max(max(abs(Y - [2 4 2; expected(2, :)]))) < 1e-12, 'results should be those of the simulator');
  mustBe(info.id, [1 2 1]);
  mustBe(info.isStored, false(1, 3));
  mustBe(info.isFailed, false(1, 3));
  must(all(info.seconds > 0 & info.seconds < 5), 'seconds should be measured');
  [again, info] = simulate(store, @storeFoot, [X, [0.05; 0.04]], 'display', false);
  mustBe(calls(), 3);
  mustBe(again(:, 1:3), Y);
  mustBe(info.isStored, [true true true false]);
  other = footStore(folder);
  mustBe(simulate(other, @storeFoot, X, 'display', false), Y);
  mustBe(calls(), 3);
  [~, ~, info] = samples(store);
  mustBe(info.tag, {'initial', 'initial', ''});
  mustBe(simulate(store, @storeFoot, zeros(2, 0), 'display', false), zeros(2, 0));
end

function [count, restore] = countedCalls(folder)
  mkdir(folder, 'calls');
  setenv('STORE_FOOT_CALLS', fullfile(folder, 'calls'));
  restore = onCleanup(@() setenv('STORE_FOOT_CALLS', ''));
  count = @() numel(dir(fullfile(folder, 'calls'))) - 2;
end

function jacobians()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1 0.2; 0.04 0.09];
  [~, info] = simulate(store, @storeFoot, X, 'display', false);
  for k = 1:2
    [~, J] = storeFoot(X(:, k));
    mustBe(info.jacobian(:, :, k), J);
  end
  [~, ~, all_] = samples(store);
  mustBe(all_.jacobian, info.jacobian);
  simulate(store, @(x) [x(1); x(2)], [0.15; 0.05], 'display', false);
  [~, ~, all_] = samples(store);
  mustBe(all(isnan(all_.jacobian(:, :, 3)(:))), true);
end

function outputCounts()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  global storeFootCount
  storeFootCount = 0;
  simulators = {@counting, @(x) counting(x), @(x) counting(x) + 0, @(x) countingTwice(x), @(x) countingAny(x), @countingAny, ...
                @(x) [x(1); numberOf(x)]};
  for k = 1:numel(simulators)
    before = storeFootCount;
    simulate(store, simulators{k}, [0.01 * k, 0.2; 0.05, 0.001 * k + 0.01], 'display', false);
    mustBe(storeFootCount - before, 2);
  end
  text = evalc('simulate(store, @countingStrange, [0.3; 0.1], ''display'', false);');
  must(~isempty(strfind(text, 'no Jacobian')), 'a second output that is no Jacobian should be warned of:\n%s', text);
  mustBe(find(store, [0.3; 0.1]), {'done'});
  clear -global storeFootCount
end

function y = counting(x)
  global storeFootCount
  storeFootCount = storeFootCount + 1;
  y = x;
end

function [y, J] = countingTwice(x)
  y = counting(x);
  J = eye(2);
end

function varargout = countingAny(x)
  varargout = {counting(x)};
end

function [y, more] = countingStrange(x)
  y = x;
  more = 'text';
end

function number = numberOf(x)
  counting(x);
  number = 1;
end

function failing(log)
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = footStore(folder);
  X = [0.1 0.28 0.2 0.29; 0.05 0.05 0.05 0.05];
  [Y, text, info] = simulated(store, @storeFoot, X);
  mustBe(isnan(Y(1, :)), [false true false true]);
  mustBe(info.isFailed, [false true false true]);
  mustBe(calls(), 4);
  must(~isempty(strfind(text, '2 of 4 points failed')), 'one warning should count them:\n%s', text);
  must(numel(strfind(text, 'points failed')) == 1, 'there should be one warning:\n%s', text);
  list = failures(store);
  mustBe(numel(list), 2);
  mustBe([list.id], [2 4]);
  mustBe(list(1).x, X(:, 2));
  mustBe(list(1).message, 'it slips at 0.28 m/s');
  mustBe(list(1).identifier, 'foot:slip');
  mustBe(list(1).where, 'storeFoot');
  lines = regexp(fileread(which('storeFoot')), '\n', 'split');
  must(~isempty(strfind(lines{list(1).line}, 'error(')), 'line %d should be that of the error', list(1).line);
  mustBe(list(1).attempts, 1);
  shown = evalc('failures(store)');
  must(~isempty(strfind(shown, 'speed = 0.28')) && ~isempty(strfind(shown, 'it slips')), 'failures should print them:\n%s', shown);
  % Failed points are not simulated again by themselves.
  simulated(store, @storeFoot, X);
  mustBe(calls(), 4);
end

function [Y, text, info] = simulated(varargin)
  [text, Y, info] = deal('');
  text = evalc('[Y, info] = simulate(varargin{:}, ''display'', false);');
end

function tryingAgain()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1 0.28; 0.05 0.05];
  simulated(store, @storeFoot, X);
  better = @(x) [x(1); 2];
  [Y, text] = simulated(store, better, X, 'retry', true);
  mustBe(isnan(Y(1, 2)), false);
  mustBe(Y(:, 2), [0.28; 2]);
  must(Y(1, 1) > 1, 'what was done should stay as it is');
  mustBe(isempty(strfind(text, 'failed')), true);
  mustBe(numel(failures(store)), 0);
  simulated(store, @storeFoot, [0.29; 0.05]);
  mustBe(retry(store), 1);
  mustBe(find(store, [0.29; 0.05]), {'waiting'});
end

function wrongResults(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  wrong = {@(x) 1, 'wrongSize'; @(x) [1 2 3], 'wrongSize'; @(x) 'ab', 'wrongClass'; @(x) [1i; 2], 'wrongClass'; ...
           @(x) struct('force', 1), 'wrongSize'; @(x) struct('force', [1 2], 'torque', 3), 'wrongSize'; @(x) {1, 2}, 'wrongClass'};
  for k = 1:size(wrong, 1)
    x = [0.01 * k; 0.05];
    simulated(store, wrong{k, 1}, x);
    list = failures(store, 'where', sprintf('speed=%.17g', x(1)));
    mustBe(list.identifier, ['netjac:store:', wrong{k, 2}]);
    log.record(sprintf('wrong result %d', k), list.message);
  end
  % Rows, other number classes and infinity are fine.
  Y = simulate(store, @(x) single([Inf NaN]), [0.2; 0.05], 'display', false);
  mustBe(Y, [Inf; NaN]);
  mustBe(simulate(store, @(x) int8([1; 2]), [0.2; 0.06], 'display', false), [1; 2]);
end

function stopping()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1 0.28 0.2; 0.05 0.05 0.05];
  mustFail(@() simulate(store, @storeFoot, X, 'onError', 'stop', 'display', false), 'foot:slip', '0.28');
  mustBe(find(store, X), {'done', 'failed', 'waiting'});
  mustFail(@() simulate(store, @storeFoot, X, 'onError', 'perhaps'), 'netjac:store:wrongOption', 'continue');
end

function progress()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  insert(store, [0.1; 0.05], [1; 2]);
  X = [0.1 0.11 0.12 0.28; 0.05 0.05 0.05 0.05];
  text = evalc('simulate(store, @storeFoot, X, ''display'', 0);');
  lines = strsplit(strtrim(text), "\n");
  mustBe(lines{1}, 'foot: 4 points, 1 stored, 3 to simulate, 1 worker');
  must(~isempty(regexp(lines{2}, '^foot: 1 of 3 done, \S+ m?s each, about \S+ m?s left$', 'once')), 'progress is "%s"', lines{2});
  must(~isempty(regexp(lines{4}, '^foot: 2 of 3 done, 1 failed, \S+ m?s each, in \S+ m?s$', 'once')), 'the end is "%s"', lines{4});
  text = evalc('simulate(store, @storeFoot, X(:, 1:3));');
  mustBe(strtrim(text), 'foot: 3 points, 3 stored, 0 to simulate');
  mustBe(evalc('simulate(store, @storeFoot, X(:, 1:3), ''display'', false);'), '');
  mustFail(@() simulate(store, @storeFoot, X, 'display', 'no'), 'netjac:store:wrongOption', 'display');
end

function commands()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  before = pwd();
  X = [0.1, 1 / 30; 0.05, 0.04];
  Y = simulate(store, 'awk ''BEGIN { printf "%%.17g %%.17g", 2 * %speed, %depth }''', X, 'display', false);
  mustBe(Y, [2 * X(1, :); X(2, :)]);
  template = 'echo %speed > speed.txt; echo %depth > depth.txt; pwd > where.txt';
  Y = simulate(store, template, [0.2; 0.06], 'read', @readFolder, 'display', false);
  mustBe(Y, [0.2; 0.06]);
  Y = simulate(store, template, [0.2; 0.07], 'read', @() [load('depth.txt'); load('speed.txt')], 'display', false);
  mustBe(Y, [0.07; 0.2]);
  mustBe(pwd(), before);
  simulated(store, 'echo some words > kept.txt; echo no more sand; exit 3', [0.2; 0.08]);
  list = failures(store);
  must(~isempty(strfind(list.message, 'status 3')) && ~isempty(strfind(list.message, 'no more sand')), 'the failure is "%s"', list.message);
  kept = regexp(list.message, 'folder: ([^)]*)', 'tokens', 'once');
  must(exist(fullfile(kept{1}, 'kept.txt'), 'file') == 2, 'the folder of a failed command should be kept');
  netjac.internal.store.removeFolder(kept{1});
  simulated(store, 'echo nothing', [0.2; 0.09]);
  list = failures(store);
  must(~isempty(strfind(list(2).message, 'printed no numbers')), 'the failure is "%s"', list(2).message);
  left = regexp(list(2).message, 'folder: ([^)]*)', 'tokens', 'once');
  netjac.internal.store.removeFolder(left{1});
  mustFail(@() simulate(store, 'foot %velocity', X), 'netjac:store:wrongArgument', 'velocity', 'speed');
  mustFail(@() simulate(store, 'foot %speed', X, 'read', 3), 'netjac:store:wrongOption', 'read');
  mustFail(@() simulate(store, @storeFoot, X, 'read', @readFolder), 'netjac:store:wrongOption', 'read');
end

function y = readFolder(folder)
  global storeFootFolder
  must(strcmp(canonicalize_file_name(folder), strtrim(fileread(fullfile(folder, 'where.txt')))), 'the command should run in the folder');
  y = [load(fullfile(folder, 'speed.txt')); load('depth.txt')];
end

function working()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  add(store, [0.1 0.2 0.28; 0.05 0.05 0.05], 'tag', 'a');
  add(store, [0.15; 0.05], 'tag', 'b', 'priority', 1);
  mustBe(work(store, @storeFoot, 'tag', 'b', 'display', false), 1);
  mustBe(find(store, [0.15 0.1; 0.05 0.05]), {'done', 'waiting'});
  mustBe(work(store, @storeFoot, 'most', 1, 'display', false), 1);
  text = evalc('count = work(store, @storeFoot);');
  mustBe(count, 2);
  must(~isempty(strfind(text, '1 done here, 1 failed')), 'work should tell:\n%s', text);
  mustBe(work(store, @storeFoot, 'display', false), 0);
  started = tic();
  mustBe(work(store, @storeFoot, 'display', false, 'wait', 0.5), 0);
  must(toc(started) > 0.4, 'work should wait');
  mustFail(@() work(store, @storeFoot, 'wait', -1), 'netjac:store:wrongOption', 'wait');
  mustFail(@() work(store, @storeFoot, 'weight', 1), 'netjac:store:wrongOption', 'weight');
  mustFail(@() work(store, 3), 'netjac:store:wrongArgument');
end

function memoizing()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = footStore(folder);
  f = memoize(store, @storeFoot, 'tag', 'solver');
  x = [0.1; 0.04];
  [expected, J] = storeFoot(x);
  before = calls();
  mustBe(f(x), expected);
  mustBe(f(x), expected);
  mustBe(f(x.'), expected);
  [y, stored] = f(x);
  mustBe(y, expected);
  mustBe(stored, J);
  mustBe(calls() - before, 1);
  mustBe(size(f([x, [0.2; 0.04]])), [2 2]);
  mustBe(calls() - before, 2);
  [~, ~, info] = samples(store);
  mustBe(info.tag, {'solver', 'solver'});
  mustFail(@() f([0.28; 0.05]), 'foot:slip');
  mustFail(@() f([0.28; 0.05]), 'netjac:store:failed', 'it slips');
  mustBe(calls() - before, 3);
  again = memoize(store, @(x) [1; 2], 'retry', true);
  mustBe(again([0.28; 0.05]), [1; 2]);
  mustFail(@() f([0.4; 0.05]), 'netjac:store:outOfBounds', 'speed');
  mustFail(@() f([NaN; 0.05]), 'netjac:store:notFinite');
  mustFail(@() f(1), 'netjac:store:wrongSize');
  % Stored without a Jacobian: simulated once more when it is asked for, and kept.
  insert(store, [0.15; 0.04], storeFoot([0.15; 0.04]));
  before = calls();
  [~, J] = f([0.15; 0.04]);
  [~, again] = f([0.15; 0.04]);
  mustBe(again, J);
  mustBe(calls() - before, 1);
  none = memoize(store, @(x) [x(1); 1]);
  none([0.22; 0.01]);
  mustFail(@() getTwo(none, [0.22; 0.01]), 'netjac:store:noJacobian');
  close(store);
  mustFail(@() f(x), 'netjac:store:released');
end

function getTwo(f, x)
  [~, ~] = f(x);
end

function solving()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = netjac.Store(fullfile(folder, 'solve.db'), 'inputs', {'a' '' [-5 5]; 'b' '' [-5 5]}, 'outputs', {'c'; 'd'});
  count = 0;
  f = memoize(store, @(x) [x(1) ^ 2 + x(2) - 3; x(1) - x(2) + 1]);
  [x, ~, info] = fsolve(f, [0.5; 0.5]);
  must(info > 0 && max(abs(f(x))) < 1e-5, 'fsolve should find the root');
  known = netjac_mex('studyCount', store.libraryHandle(), '');
  [again, ~, ~] = fsolve(f, [0.5; 0.5]);
  mustBe(again, x);
  mustBe(netjac_mex('studyCount', store.libraryHandle(), ''), known);
end

function wrongArguments(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1; 0.05];
  log.record('simulator of the wrong class', mustFail(@() simulate(store, 3, X), 'netjac:store:wrongArgument', 'handle'));
  mustFail(@() simulate(store, @storeFoot), 'netjac:store:missingArgument');
  mustFail(@() simulate(store, @(x) [], X, 'workers', 0), 'netjac:store:wrongOption', 'workers');
  mustFail(@() simulate(store, @storeFoot, X, 'workers', 1.5), 'netjac:store:wrongOption', 'workers');
  mustFail(@() simulate(store, @storeFoot, X, 'retry', 'yes'), 'netjac:store:wrongOption', 'retry');
  mustFail(@() simulate(store, @storeFoot, X, 'tag', 3), 'netjac:store:wrongOption', 'tag');
  mustFail(@() simulate(store, @storeFoot, X, 'tags', 'a'), 'netjac:store:wrongOption', 'priority');
  mustFail(@() simulate(store, @storeFoot, X, 'tag'), 'netjac:store:wrongOption', 'pairs');
  mustBe(find(store, X), {'absent'});
end

function processes()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  setenv('STORE_FOOT_SECONDS', '0.06');
  fast = onCleanup(@() setenv('STORE_FOOT_SECONDS', ''));
  store = footStore(folder);
  X = design(store, 'sobol', 60);
  isSlipping = X(1, :) > 0.25;
  text = evalc('[Y, info] = simulate(store, @storeFoot, X, ''workers'', 2);');
  must(~isempty(strfind(text, '60 to simulate, 2 workers')), 'it should tell of the workers:\n%s', text);
  mustBe(info.isFailed, isSlipping);
  expected = zeros(2, 60);
  for k = find(~isSlipping)
    expected(:, k) = [100 * X(1, k) * sqrt(X(2, k)); X(1, k) ^ 2 + sin(X(2, k))];
  end
  mustBe(Y(:, ~isSlipping), expected(:, ~isSlipping));
  % No point twice, and both took part.
  files = {dir(fullfile(folder, 'calls')).name};
  files = files(~strncmp(files, '.', 1));
  mustBe(numel(files), 60);
  points = regexprep(files, '^\d+-[^-]*-', '');
  mustBe(numel(unique(points)), 60);
  mustBe(numel(unique(strtok(files, '-'))), 2);
  must(~any(strcmp(strtok(files, '-'), num2str(getpid()))), 'the points should be simulated by other processes');
  % Commands run there, too.
  Y = simulate(store, 'awk ''BEGIN { print %speed, 7 }''', [0.011 0.012 0.013; 0.05 0.05 0.05], 'workers', 2, 'display', false);
  mustBe(Y(2, :), [7 7 7]);
end

function processesStop()
  [folder, remove] = storeFolder();
  before = cd(folder);
  back = onCleanup(@() cd(before));
  setenv('STORE_FOOT_SECONDS', '0.15');
  fast = onCleanup(@() setenv('STORE_FOOT_SECONDS', ''));
  store = footStore(folder);
  X = [0.28, linspace(0.001, 0.2, 60); 0.05 * ones(1, 61)];
  mustFail(@() simulate(store, @storeFoot, X, 'workers', 2, 'onError', 'stop', 'display', false), 'netjac:store:failed', 'it slips');
  states = find(store, X);
  must(any(strcmp(states, 'waiting')), 'what is left should wait');
  must(~any(strcmp(states, 'running')), 'nothing should be left running');
  files = {dir(folder).name};
  mustBe(files(~strncmp(files, '.', 1)), {'foot.db'});           % what was stopped leaves nothing behind
end

function brokenWorker()
  [folder, remove] = storeFolder();
  before = cd(folder);
  back = onCleanup(@() cd(before));
  stream = fopen('workerFoot.m', 'w');
  % Children end in the middle of their points; here the same function works.
  fprintf(stream, 'function y = workerFoot(x)\n  if getpid() ~= %d, exit(7); end\n  y = [x(1); 2];\nend\n', getpid());
  fclose(stream);
  store = footStore(folder, 'lease', 0.5);
  text = evalc('Y = simulate(store, @workerFoot, [0.1 0.2; 0.05 0.05], ''workers'', 2, ''display'', false);');
  must(~isempty(strfind(text, 'ended early')), 'a worker that ended should be told of:\n%s', text);
  mustBe(Y, [0.1 0.2; 2 2]);
end

function unknownFunctions()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1 0.2; 0.05 0.05];
  mustFail(@() simulate(store, @(x) [x(1); 2], X, 'workers', 2), 'netjac:store:wrongArgument', 'anonymous');
  mustFail(@() simulate(store, @numberOf, X, 'workers', 2), 'netjac:store:wrongArgument', 'numberOf', 'file');
  mustFail(@() simulate(store, 'awk %speed', X, 'workers', 2, 'read', @(f) 1), 'netjac:store:wrongArgument', 'anonymous');
end

% Another Octave works on what waits here.
function joining()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = footStore(folder);
  X = design(store, 'sobol', 30);
  add(store, X);
  code = sprintf('n = work(netjac.Store(''%s'', ''study'', ''foot''), @storeFoot, ''display'', false); printf(''%%d simulated\\n'', n)', store.url);
  number = otherOctave(code, fullfile(folder, 'said.txt'));
  count = work(store, @storeFoot, 'display', false, 'wait', 3);
  waitpid(number);
  said = fileread(fullfile(folder, 'said.txt'));
  other = sscanf(said, '%d simulated');
  must(~isempty(other), 'the other process said:\n%s', said);
  mustBe(count + other, 30);
  mustBe(calls(), 30);
  states = find(store, X);
  must(all(strcmp(states, 'done') | strcmp(states, 'failed')), 'nothing should be left');
end

function number = otherOctave(code, output)
  tree = fileparts(testsRoot());
  code = sprintf('warning(''off'', ''all''); addpath(''%s'', ''%s'', ''%s'', ''%s''); netjac.door(''%s''); %s', fullfile(tree, 'matlab'), ...
                 fullfile(tree, 'Tests', 'Octave'), fullfile(tree, 'Tests', 'LoadLibrary'), fullfile(tree, 'build', 'octave-tests'), ...
                 netjac.door(), code);
  script = [output, '.m'];
  stream = fopen(script, 'w');
  fprintf(stream, '%s\n', code);
  fclose(stream);
  number = system(sprintf('exec octave-cli --norc --quiet "%s" > "%s" 2>&1 < /dev/null', script, output), false, 'async');
end

% SIGINT meets a simulation; the session goes on and its point waits for others.
function controlC(options)
  [folder, remove] = storeFolder();
  tree = fileparts(testsRoot());
  setenv('STORE_FOOT_CALLS', fullfile(folder, 'calls'));
  setenv('STORE_FOOT_SECONDS', '30');
  mkdir(folder, 'calls');
  restore = onCleanup(@() {setenv('STORE_FOOT_CALLS', ''), setenv('STORE_FOOT_SECONDS', '')});
  lines = {
    'set -m'
    sprintf('{ echo "warning(''off'', ''all''); addpath(''%s'', ''%s''); store = footStore(''%s'');"', ...
            fullfile(tree, 'matlab'), fullfile(tree, 'Tests', 'Octave'), folder)
    sprintf('  echo "simulate(store, @storeFoot, [0.1 0.15 0.2; 0.05 0.05 0.05]%s);"', options)
    sprintf('  while [ -z "$(ls %s)" ]; do sleep 0.1; done; sleep 3', fullfile(folder, 'calls'))
    '  echo "[states, ids, Y] = find(store, [0.1 0.15 0.2; 0.05 0.05 0.05]); printf(''now %s\n'', strjoin(states, '' ''));"'
    sprintf('} | octave-cli --norc --quiet --interactive --no-line-editing > "%s" 2>&1 &', fullfile(folder, 'output'))
    'process=$!'
    sprintf('for k in $(seq 300); do [ -n "$(ls %s)" ] && break; sleep 0.1; done', fullfile(folder, 'calls'))
    'sleep 0.7; kill -INT $process; wait $process'};
  script = fullfile(folder, 'run.sh');
  stream = fopen(script, 'w');
  fprintf(stream, '%s\n', lines{:});
  fclose(stream);
  system(sprintf('timeout 60 bash "%s" 2>&1', script));
  shown = fileread(fullfile(folder, 'output'));
  must(~isempty(strfind(shown, 'now waiting waiting waiting')), 'after Ctrl-C all points should wait; Octave said:\n%s', shown);
end

% As a terminal does it: the whole process group gets SIGINT.
function controlCOfCommand()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  started = fullfile(folder, 'started');
  code = sprintf('simulate(footStore(''%s''), ''echo $$ > %s; exec sleep 60 # %%speed %%depth'', [0.1 0.2; 0.05 0.05])', folder, started);
  script = fullfile(folder, 'run.m');
  write(script, sprintf('warning(''off'', ''all''); addpath(''%s'', ''%s'');\n%s\n', fullfile(fileparts(testsRoot()), 'matlab'), ...
                        fullfile(testsRoot(), 'Octave'), code));
  lines = {'set -m', sprintf('octave-cli --norc --quiet "%s" > "%s" 2>&1 &', script, fullfile(folder, 'output')), 'process=$!', ...
           sprintf('for k in $(seq 300); do [ -s "%s" ] && break; sleep 0.1; done', started), ...
           'sleep 0.5; kill -INT -- -$process; wait $process'};
  shell = fullfile(folder, 'run.sh');
  write(shell, sprintf('%s\n', lines{:}));
  begun = tic();
  system(sprintf('timeout 50 bash "%s" > /dev/null 2>&1', shell));
  shown = fileread(fullfile(folder, 'output'));
  must(toc(begun) < 45, 'Ctrl-C should end it; Octave said:\n%s', shown);
  mustBe(find(store, [0.1 0.2; 0.05 0.05]), {'waiting', 'waiting'});
  must(~isempty(strfind(shown, 'stopped')), 'it should say that it stopped:\n%s', shown);
  [status, ~] = system(sprintf('kill -0 %s 2> /dev/null', strtrim(fileread(started))));
  must(status ~= 0, 'the command should have been ended, too');
end

function write(file, text)
  stream = fopen(file, 'w');
  fwrite(stream, text);
  fclose(stream);
end

function killed()
  [folder, remove] = storeFolder();
  [calls, restore] = countedCalls(folder);
  store = footStore(folder, 'lease', 1);
  setenv('STORE_FOOT_SECONDS', '30');
  fast = onCleanup(@() setenv('STORE_FOOT_SECONDS', ''));
  code = sprintf('simulate(footStore(''%s''), @storeFoot, [0.1; 0.05]);', folder);
  number = otherOctave(code, fullfile(folder, 'said.txt'));
  for k = 1:100
    if calls() > 0
      break;
    end
    pause(0.1);
  end
  mustBe(find(store, [0.1; 0.05]), {'running'});
  kill(number, 9);
  waitpid(number);
  setenv('STORE_FOOT_SECONDS', '');
  Y = simulate(store, @storeFoot, [0.1; 0.05], 'display', false);
  mustBe(isnan(Y(1)), false);
  mustBe(calls(), 2);
end
