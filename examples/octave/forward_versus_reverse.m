% FORWARD_VERSUS_REVERSE  What a Jacobian costs in forward mode and in reverse mode as inputs and outputs grow.
%
%   octave-cli examples/octave/forward_versus_reverse.m
%
% Forward mode takes a pass for each input (jvp), reverse mode one for each output (vjp). jacobian chooses the
% cheapest order by itself, and where the network is narrow in its middle, finds a better one than both.
% The environment variable NETJAC_EXAMPLE_SIZE=small makes it short.

function forward_versus_reverse()
  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  warning('off', 'Octave:shadowed-function');
  addpath(fullfile(tree, 'matlab'));
  sizes = [1 4 16 64 256];
  if strcmp(getenv('NETJAC_EXAMPLE_SIZE'), 'small')
    sizes = [1 8 64];
  end

  fprintf('Microseconds for one Jacobian of a network [n 64 64 m]\n');
  [growingInputs, inputCost] = measure('n grows, m = 8', sizes, @(n) [n 64 64 8]);
  [growingOutputs, outputCost] = measure('m grows, n = 8', sizes, @(m) [8 64 64 m]);
  [narrow, narrowCost] = measure('n = m grow, 4 neurons in the middle', sizes, @(n) [n 64 4 64 n]);
  % Times are information: what is certain is the work, counted in multiply-adds.
  assert(inputCost.forward > inputCost.reverse, 'with many inputs reverse mode should be cheaper');
  assert(outputCost.reverse > outputCost.forward, 'with many outputs forward mode should be cheaper');
  assert(narrowCost.chosen < min(narrowCost.forward, narrowCost.reverse), 'a product of blocks should be cheapest');

  folder = fullfile(tree, 'build');
  if ~exist(folder, 'dir')
    folder = pwd();
  end
  file = fullfile(folder, 'forward_versus_reverse.png');
  draw(file, sizes, {growingInputs, growingOutputs, narrow}, ...
       {'inputs, 8 outputs', 'outputs, 8 inputs', 'inputs = outputs, narrow'});
end

% Rows: sizes. Columns: forward mode, reverse mode, jacobian. With the counted work of the largest.
function [times, cost] = measure(title, sizes, layersOf)
  fprintf('\n%-38s %9s %9s %9s\n', title, 'forward', 'reverse', 'jacobian');
  times = zeros(numel(sizes), 3);
  for k = 1:numel(sizes)
    net = netjac.mlp(layersOf(sizes(k)), 'tanh');
    [n, m] = deal(net.inputSize, net.outputSize);
    x = sin((1:n)');
    forwardMode = @() jvp(net, repmat(x, 1, n), full(eye(n)));      % J times each column of the identity
    reverseMode = @() vjp(net, repmat(x, 1, m), full(eye(m)));      % each row of the identity times J
    times(k, :) = 1e6 * [timeOf(forwardMode), timeOf(reverseMode), timeOf(@() jacobian(net, x))];
    fprintf('%38d %9.1f %9.1f %9.1f\n', sizes(k), times(k, :));

    cost = jacobianCost(net);
    [~, columns] = forwardMode();
    [~, rows] = reverseMode();
    [~, J] = jacobian(net, x);
    assert(max(max(abs(columns - J))) < 1e-12 && max(max(abs(rows' - J))) < 1e-12, 'all ways should give one Jacobian');
  end
end

function seconds = timeOf(f)
  [~, ~] = f();
  rounds = 3;
  seconds = Inf;
  for k = 1:rounds
    calls = 0;
    timer = tic();
    while toc(timer) < 0.02 || calls < 3
      [~, ~] = f();
      calls = calls + 1;
    end
    seconds = min(seconds, toc(timer) / calls);
  end
end

% Octave's own plot would need a display or OpenGL and fonts; gnuplot needs nothing.
function draw(file, sizes, tables, titles)
  script = [tempname(), '.gnuplot'];
  remove = onCleanup(@() delete(script));
  stream = fopen(script, 'w');
  fprintf(stream, 'set terminal png size 1500,500\nset output "%s"\nset multiplot layout 1,3\n', file);
  fprintf(stream, 'set logscale xy\nset grid\nset key top left\nset ylabel "microseconds"\n');
  names = {'forward mode', 'reverse mode', 'jacobian'};
  for t = 1:numel(tables)
    fprintf(stream, 'set xlabel "%s"\nplot ', titles{t});
    fprintf(stream, '%s\n', strjoin(cellfun(@(name) sprintf('"-" with linespoints title "%s"', name), names, ...
                                            'UniformOutput', false), ', '));
    for k = 1:numel(names)
      fprintf(stream, '%g %g\n', [sizes; tables{t}(:, k)']);
      fprintf(stream, 'e\n');
    end
  end
  fprintf(stream, 'unset multiplot\n');
  fclose(stream);
  [status, output] = system(sprintf('gnuplot "%s" 2>&1', script));
  if status ~= 0
    fprintf('gnuplot cannot draw: %s\n', output);
  else
    fprintf('\nWrote %s.\n', file);
  end
end

forward_versus_reverse();
