% OCTAVE  Times whole calls from Octave, after checking the results: through evaluator(net, task), through the
% methods of netjac.Network, and an empty MEX call beside them.
%
%   FOLDER=build/benchmarks/networks octave-cli --norc --quiet Benchmarks/octave.m
%
% Environment and rows are those of benchmark.c; the door is "octave" for evaluators and "method" for methods. The
% networks must be in FOLDER.

1;

function yes = isWanted(list, word)
  words = strsplit(strtrim(getenv(list)), {' ', ','});
  yes = isempty(strtrim(getenv(list))) || any(strcmp(words, word));
end

function seconds = now_()
  persistent isProcess start
  if isempty(start)
    isProcess = strcmp(getenv('CLOCK'), 'process');
    start = tic();
  end
  if isProcess
    seconds = cputime();
  else
    seconds = toc(start);
  end
end

% Loops of their own, so that nothing but the call is in them; the loop itself is subtracted.
function loopEmpty(count, f, x), for k = 1:count, end, end
function loopMex(count, f, x), for k = 1:count, netjac_empty_mex(); end, end
function loopOne(count, f, x), for k = 1:count, y = f(x); end, end
function loopTwo(count, f, x), for k = 1:count, [y, J] = f(x); end, end
function loopForward(count, f, x), for k = 1:count, y = forward(f, x); end, end
function loopJacobian(count, f, x), for k = 1:count, [y, J] = jacobian(f, x); end, end
function loopSparse(count, f, x), for k = 1:count, [y, J] = jacobianSparse(f, x); end, end

% Median and least time of one call, in microseconds.
function [middle, least] = timeOf(loop, f, x)
  seconds = str2double(getenv('ROW_SECONDS'));
  if isnan(seconds)
    seconds = 0.2;
  end
  loop(2, f, x);
  count = 1;
  while true
    start = now_();
    loop(count, f, x);
    passed = now_() - start;
    if passed > min(seconds / 10, 0.01)
      break;
    end
    count = 2 * count;
  end
  times = [];
  finish = now_() + seconds;
  while numel(times) < 3 || now_() < finish
    start = now_();
    loop(count, f, x);
    times(end + 1) = (now_() - start) / count;
  end
  middle = median(times) * 1e6;
  least = min(times) * 1e6;
end

% A store of 12 inputs and 8 outputs: a function of memoize that finds its point among 10000, and simulating and storing a
% point of a function that takes no time.
function storeRows(folder, empty)
  file = fullfile(folder, 'octave-store.db');
  if exist(file, 'file')
    delete(file);
  end
  names = @(letter, count) arrayfun(@(k) {sprintf('%s%d', letter, k), '', [0 1]}, 1:count, 'UniformOutput', false);
  store = netjac.Store(file, 'study', 'bench', 'inputs', names('x', 12), 'outputs', names('y', 8));
  f = @(x) x(1:8) .* x(5:12);
  X = rand(12, 10000);
  insert(store, X, X(1:8, :) .* X(5:12, :));
  x = X(:, 17);
  memory = memoize(store, f);
  if ~isequal(memory(x), f(x))
    error('memoize gives another result than the function');
  end
  [middle, least] = timeOf(@loopOne, memory, x);
  row('octave', 'store', 'memoize', [middle, least], empty);
  X = rand(12, 200);
  start = now_();
  simulate(store, f, X, 'display', false);
  spent = (now_() - start) / 200 * 1e6;
  row('octave', 'store', 'simulate', [spent, spent], [0 0]);
  close(store);
  delete(file);
end

function row(door, workload, task, times, empty)
  printf('%s\t%s\t%s\tf64\t1\t%.4f\t%.4f\t0\t-\t-\t-\t-\n', door, workload, task, times - empty);
  fflush(stdout);
end

% What benchmark.c computed in plain loops: samples, values, a direction, derivatives along it.
function r = referenceOf(folder, name, net)
  n = net.inputSize;
  m = net.outputSize;
  stream = fopen(fullfile(folder, [name, '.reference']), 'r');
  r.x = fread(stream, [n, 256], 'double');
  r.y = fread(stream, [m, 256], 'double');
  r.direction = fread(stream, [n, 1], 'double');
  r.product = fread(stream, [m, 256], 'double');
  fclose(stream);
end

function yes = isRight(r, x, y, J)
  count = columns(x);
  yes = max(abs(y(:) - r.y(:, 1:count)(:))) <= 1e-11 * max(abs(r.y(:)));
  if nargin > 3
    if issparse(J)
      products = reshape(J * repmat(r.direction, count, 1), rows(y), count);
    else
      products = reshape(permute(J, [1 3 2]), [], rows(x)) * r.direction;
      products = reshape(products, rows(y), count);
    end
    % A difference may step over a kink of relu: one sample of a hundred may be off.
    errors = sort(max(abs(products - r.product(:, 1:count)), [], 1));
    yes = yes && errors(max(1, floor(0.99 * count))) <= 1e-6 * max(abs(r.product(:)));
  end
end

tree = fileparts(fileparts(mfilename('fullpath')));
warning('off', 'Octave:shadowed-function');
addpath(fullfile(tree, 'matlab'), fullfile(tree, 'build', 'octave'), fullfile(tree, 'build', 'benchmarks'));
folder = getenv('FOLDER');
wrong = 0;
empty = [0 0];
[empty(1), empty(2)] = timeOf(@loopEmpty, [], []);
[middle, least] = timeOf(@loopMex, [], []);
row('octave', '-', 'empty', [middle, least], empty);

%    label, task, samples, method
cases = {'T1', 'forward', 1, @loopForward; 'T2', 'jacobian', 1, @loopJacobian; ...
         'T2s', 'jacobianSparse', 1, @loopSparse; 'T3', 'forward', 256, @loopForward; ...
         'T4', 'jacobian', 256, @loopJacobian; 'T4s', 'jacobianSparse', 256, @loopSparse};
for number = 1:11
  name = sprintf('W%d', number);
  if ~isWanted('WORKLOADS', name) || ~isWanted('TYPES', 'f64') || ~isWanted('THREADS', '1')
    continue;
  end
  fputs(stderr, sprintf('%-4s', name));
  net = netjac.load(fullfile(folder, [name, '.onnx']), 'threads', 1);
  r = referenceOf(folder, name, net);
  for k = 1:rows(cases)
    [label, task, samples, method] = cases{k, :};
    isSparse = any(label == 's');
    isBanded = strcmp(name, 'W11');
    if ~isWanted('TASKS', label) || (isSparse && ~isBanded) || (isBanded && strcmp(label, 'T4'))
      continue;
    end
    fputs(stderr, [' ', label]);
    f = evaluator(net, task);
    x = r.x(:, 1:samples);
    prepare(net, task, samples);
    if strcmp(task, 'forward')
      loop = @loopOne;
      right = isRight(r, x, f(x));
    else
      loop = @loopTwo;
      [y, J] = f(x);
      right = isRight(r, x, y, J);
    end
    if ~right
      fputs(stderr, sprintf('\nWRONG: %s %s from Octave\n', name, label));
      wrong = wrong + 1;
      continue;
    end
    [middle, least] = timeOf(loop, f, x);
    row('octave', name, label, [middle, least], empty);
    if samples == 1
      [middle, least] = timeOf(method, net, x);
      row('method', name, label, [middle, least], empty);
    end
  end
  fputs(stderr, "\n");
end
if isWanted('WORKLOADS', 'store')
  storeRows(folder, empty);
end
exit(wrong > 0);
