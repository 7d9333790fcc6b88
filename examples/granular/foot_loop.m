function report = foot_loop(folder, extent)
  % FOOT_LOOP  From simulator to optimiser: samples of a granular simulation, a network that stands in for it, and a foot
  % that carries its load with least work.
  %
  %   make demo                            builds what this needs, and runs it after examples/octave/foot_demo.m
  %   addpath examples/granular; foot_loop
  %   report = foot_loop(folder, 'small')  everything in small and into another folder, within seconds
  %
  % Samples are kept in build/foot.db, so that a second run simulates nothing; pictures are written beside it.
  % docs/simulator_to_optimiser.md tells the story. Needs build/lib, build/octave and build/granular/footsim. report has the
  % figures that are printed.

  tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
  if nargin < 1
    folder = fullfile(tree, 'build');
  end
  if nargin < 2
    extent = 'full';
  end
  warning('off', 'Octave:shadowed-function');     % Octave takes netjac.load for a twin of its own load
  addpath(fullfile(tree, 'matlab'));
  plan = planOf(extent, folder, fullfile(tree, 'build', 'granular', 'footsim'));
  timer = tic();

  step('The simulator: a foot is drawn through grains');
  showSimulator(plan);

  step('Samples, each simulated once, by all cores');
  file = fullfile(folder, plan.store);
  foot = openStudy(file, 'foot', plan, {});
  X = design(foot, 'sobol', plan.designed, 'from', 0);
  simulateAll(foot, X, 'initial', plan);

  step('What no network is trained on: other points, and a line of depths in several beds');
  beds = openStudy(file, 'chosen_beds', plan, {'seed', '', [0 1e6], 'step', 1});
  unseen = simulateUnseen(foot, beds, plan);

  step('A network stands in for the simulator');
  net = netjac.train(plan.network(1), foot, 'tag', 'initial', plan.training{:});

  step('More samples where an ensemble of networks is unsure');
  X = samples(foot, 'tag', 'refine 1', 'status', 'all');
  if isempty(X)
    [X, doubt] = refine(foot, plan.refined, 'method', 'ensemble');
    fprintf('Networks of an ensemble differ by up to %.2f of the outputs'' spread.\n', max(doubt));
  end
  simulateAll(foot, X, 'refine 1', plan);
  report = learn(foot, unseen, plan);
  net = netjac.train(plan.network(1), foot, 'tag', {'initial', 'refine 1'}, 'validation', [], plan.training{:});

  step('Value and Jacobian of the network, beside central differences');
  report.jacobianError = compareWithDifferences(net, foot);

  step('Force over depth, beside the simulator');
  report.depthError = compareOverDepth(net, unseen);
  drawForceOverDepth(fullfile(folder, 'foot_loop_depth.png'), net, unseen.depths, unseen.means, unseen.deviations);

  step('A stride that carries its load with least work');
  [~, best] = strides(net, foot, plan);

  step('The same again, after the simulator was asked about the answer');
  % An optimiser goes where the network errs in its favour. There it is corrected.
  Y = simulateAll(foot, best, 'stride 1', plan);
  promised = forward(net, best);
  fprintf('The network promised %.2f N of lift on average; simulated, it is %.2f N.\n', mean(promised(2, :)), mean(Y(2, :)));
  plot(foot, 'file', fullfile(folder, 'foot_loop_samples.png'));
  net = netjac.train(plan.network(1), foot, 'validation', [], plan.training{:}, 'display', false);
  [constant, best, task, found] = strides(net, foot, plan);

  step('The simulator''s verdict, in beds that no network has seen');
  report = judge(net, beds, {constant, best}, task, plan, report);
  [report.missing, report.slope] = deal(found.missing, found.slope);

  report.simulated = plan.counter('simulated');
  fprintf('\nSimulated in this run: %d. The whole took %.0f s. The samples are in %s.\n', ...
          report.simulated, toc(timer), file);
end

function step(text)
  fprintf('\n== %s\n', text);
  if exist('OCTAVE_VERSION', 'builtin')
    fflush(stdout);
  end
end

% How much of everything, and how networks are trained.
function plan = planOf(extent, folder, program)
  if strcmp(extent, 'small')
    plan = struct('store', 'foot_small.db', 'designed', 12, 'refined', 3, 'unseen', 3, 'depths', 2, 'beds', 2, ...
                  'moments', 4, 'ensemble', 1, 'counts', [6 12], 'discs', 450, 'length', 0.02, 'upper', [0.02 1 0.9]);
  else
    plan = struct('store', 'foot.db', 'designed', 192, 'refined', 48, 'unseen', 40, 'depths', 8, 'beds', 4, ...
                  'moments', 16, 'ensemble', 5, 'counts', [24 48 96 192], 'discs', 1000, 'length', 0.1, ...
                  'upper', [0.05 1 0.9]);
  end
  if ~exist(program, 'file')
    error('foot_loop:noSimulator', 'There is no %s; "make demo" builds it.', program);
  end
  plan.folder = folder;
  plan.executable = program;
  plan.program = sprintf('"%s" --discs %d --length %g', program, plan.discs, plan.length);
  [~, version] = system(sprintf('"%s" --version', program));
  plan.version = strtrim(version);
  plan.counter = containers.Map({'simulated'}, {0});
  plan.network = @(seed) netjac.mlp([3 16 16 3], 'tanh', 'seed', seed);
  % A mean force scatters from bed to bed: weight decay keeps the network from following the scatter.
  plan.training = {'optimizer', 'adamw', 'learning_rate', 0.01, 'weight_decay', 0.1, 'epochs', 600, 'display', 10, ...
                   'schedule', 'cosine', 'schedule_steps', 600 * ceil((plan.designed + plan.refined) / 32)};
end

% ---- Samples ------------------------------------------------------------------------------------------------

function store = openStudy(file, name, plan, more)
  inputs = {'depth', 'm', [0.005 plan.upper(1)], 'step', 1e-5; 'speed', 'm/s', [0.2 plan.upper(2)], 'step', 1e-4
            'angle', 'rad', [0 plan.upper(3)], 'step', 1e-4};
  outputs = {'force_x', 'N'; 'force_z', 'N'; 'torque', 'N m'};
  store = netjac.Store(file, 'study', name, 'inputs', [inputs; more], 'outputs', outputs, 'version', plan.version, ...
                       'parameters', struct('discs', plan.discs, 'length', plan.length));
end

% footsim takes another bed for each sample, made of its inputs, unless a seed is given.
function Y = simulateAll(store, X, tag, plan)
  command = [plan.program, ' --depth %depth --speed %speed --angle %angle'];
  if store.inputSize == 4
    command = [command, ' --seed %seed'];
  end
  [Y, info] = simulate(store, command, X, 'tag', tag, 'workers', cores(), 'retry', true, 'display', 10);
  if any(info.isFailed)
    error('foot_loop:failed', '%d simulations failed; failures(store) tells why.', sum(info.isFailed));
  end
  plan.counter('simulated') = plan.counter('simulated') + numel(unique(info.id(~info.isStored)));
end

function count = cores()
  if exist('OCTAVE_VERSION', 'builtin')
    count = nproc();
  else
    count = feature('numcores');
  end
end

function unseen = simulateUnseen(foot, beds, plan)
  unseen.X = design(foot, 'sobol', plan.unseen, 'from', plan.designed);
  unseen.Y = simulateAll(beds, [unseen.X; ones(1, plan.unseen)], 'unseen', plan);
  depths = linspace(foot.lower(1), foot.upper(1), plan.depths);
  unseen.depths = [depths; [0.5; 0.4] * ones(1, plan.depths)];
  [Y, unseen.means] = simulateInBeds(beds, unseen.depths, plan.beds, 'depths', plan);
  unseen.deviations = reshape(std(Y, 0, 2), 3, []);
  unseen.scatter = sqrt(mean(unseen.deviations .^ 2, 2));
  fprintf('One bed differs from another by %.2f N of drag, %.2f N of lift and %.1f mN m of torque.\n', ...
          [1; 1; 1000] .* unseen.scatter);
end

% Y: 3-by-beds-by-N, what each point gives in each bed; means: 3-by-N.
function [Y, means] = simulateInBeds(beds, X, count, tag, plan)
  points = size(X, 2);
  repeated = reshape(repmat(X, count, 1), 3, []);
  Y = reshape(simulateAll(beds, [repeated; repmat(1:count, 1, points)], tag, plan), 3, count, points);
  means = reshape(mean(Y, 2), 3, points);
end

% One stroke, which is drawn; its state is kept as long as the program is the same.
function showSimulator(plan)
  inputs = [0.6 * plan.upper(1), 0.5, 0.4];
  state = fullfile(plan.folder, 'foot_loop_state.txt');
  command = sprintf('%s --depth %g --speed %g --angle %g --state "%s"', plan.program, inputs, state);
  fprintf('%s\n', command);
  if ~exist(state, 'file') || isOlder(state, plan.executable)
    timer = tic();
    [status, output] = system(command);
    if status ~= 0
      error('foot_loop:failed', 'The simulator ended with status %d: %s', status, output);
    end
    fprintf('It took %.1f s and printed force_x, force_z and torque: %s\n', toc(timer), strtrim(output));
  end
  drawBed(fullfile(plan.folder, 'foot_loop_bed.png'), state, inputs);
end

function is = isOlder(file, other)
  [file, other] = deal(dir(file), dir(other));
  is = file.datenum < other.datenum;
end

% ---- The network --------------------------------------------------------------------------------------------

% What more samples bring: errors on points that no network has seen, for the first samples, twice as many, ..., and all.
function report = learn(foot, unseen, plan)
  [X, Y, info] = samples(foot, 'tag', {'initial', 'refine 1'});
  counts = [plan.counts, size(X, 2)];
  errors = zeros(3, numel(counts));
  for c = 1:numel(counts)
    for seed = 1:plan.ensemble
      net = netjac.train(plan.network(seed), X(:, 1:counts(c)), Y(:, 1:counts(c)), plan.training{:}, 'display', false);
      errors(:, c) = errors(:, c) + mean((forward(net, unseen.X) - unseen.Y) .^ 2, 2) / plan.ensemble;
    end
  end
  errors = sqrt(errors);
  fprintf('\nRoot mean square error at %d points that were never trained on:\n', size(unseen.X, 2));
  fprintf('  %8s %14s %14s %17s\n', 'samples', 'force_x [N]', 'force_z [N]', 'torque [mN m]');
  fprintf('  %8d %14.3f %14.3f %17.2f\n', [counts; [1; 1; 1000] .* errors]);
  fprintf('  %8s %14.3f %14.3f %17.2f\n', 'one bed', [1; 1; 1000] .* unseen.scatter);
  drawLearning(fullfile(plan.folder, 'foot_loop_learning.png'), counts, errors, unseen.scatter, ...
               any(strcmp(info.tag, 'refine 1')));
  report = struct('counts', counts, 'errors', errors, 'scatter', unseen.scatter, 'spread', std(Y, 0, 2));
end

function worst = compareWithDifferences(net, foot)
  range = foot.upper - foot.lower;
  points = foot.lower + range .* [0.2 0.5 0.9; 0.3 0.5 0.8; 0.2 0.5 0.7];
  [values, jacobians] = jacobian(net, points);
  names = {'force_x', 'force_z', 'torque'};
  worst = 0;
  for s = 1:size(points, 2)
    offsets = full(1e-4 * diag(range));
    D = (forward(net, points(:, s) + offsets) - forward(net, points(:, s) - offsets)) ./ (2 * diag(offsets).');
    J = jacobians(:, :, s);
    fprintf('\ndepth %.4f m, speed %.2f m/s, angle %.2f rad\n', points(:, s));
    fprintf('  %-11s %11s   %12s %12s %12s\n', '', 'value', 'd depth', 'd speed', 'd angle');
    for i = 1:3
      fprintf('  %-11s %11.5f   %12.5f %12.5f %12.5f\n', names{i}, values(i, s), J(i, :));
      fprintf('  %-11s %11s   %12.5f %12.5f %12.5f\n', 'differences', '', D(i, :));
    end
    worst = max(worst, max(max(abs((J - D) .* range.'))) / max(max(abs(J .* range.'))));
  end
  fprintf('\nLargest difference: %.1e of the largest element over the range of its input.\n', worst);
end

function error_ = compareOverDepth(net, unseen)
  found = forward(net, unseen.depths);
  fprintf('  %10s   %31s   %31s\n', 'depth [mm]', 'force_x [N]: network, simulator', 'force_z [N]: network, simulator');
  fprintf('  %10.1f   %15.2f %15.2f   %15.2f %15.2f\n', ...
          [1000 * unseen.depths(1, :); found(1, :); unseen.means(1, :); found(2, :); unseen.means(2, :)]);
  error_ = sqrt(mean((found - unseen.means) .^ 2, 2));
  fprintf('Root mean square difference: %.2f N and %.2f N.\n', error_(1:2));
end

% ---- The stride ---------------------------------------------------------------------------------------------

% Somebody who does not optimise keeps angle and speed, goes in quickly and comes out slowly. The load that this carries is
% to be carried at each moment, over the same way in the same time, with less work.
function [constant, best, task, found] = strides(net, foot, plan)
  K = plan.moments;
  range = foot.upper - foot.lower;
  time = ((1:K) - 0.5) / K;
  constant = foot.lower + range .* [0.1 + 0.6 * sin(pi * time .^ 0.75) .^ 2; [0.375; 0.55] * ones(1, K)];
  carried = forward(net, constant);
  task = struct('seconds', 1 / K, 'way', sum(constant(2, :)) / K, 'load', carried(2, :), ...
                'lower', foot.lower, 'upper', foot.upper, 'smoothness', 0.0125);
  fprintf('The load rises from %.1f to %.1f N and falls again, over %.2f m in 1 s: %d moments, %d unknowns.\n', ...
          min(task.load), max(task.load), task.way, K, 3 * K);
  timer = tic();
  [best, found] = leastWorkPath(net, task, constant);
  fprintf('Newton''s method with exact Jacobians and Hessians: %d steps in %.2f s; the load is carried to %.0e N.\n\n', ...
          found.steps, toc(timer), found.missing);
  places = round(linspace(1, K, min(K, 8)));
  fprintf('  load  [N]   %s\n', sprintf('%7.2f', task.load(places)));
  fprintf('  depth [mm]  %s\n', sprintf('%7.1f', 1000 * best(1, places)));
  fprintf('  speed [m/s] %s\n', sprintf('%7.2f', best(2, places)));
  fprintf('  angle [rad] %s\n', sprintf('%7.2f', best(3, places)));
  fprintf('  work  [J]   %7.2f instead of %.2f\n', workOf(forward(net, best), best), workOf(carried, constant));
end

% Against the drag, in J; a stride lasts a second.
function work = workOf(forces, path)
  work = -mean(forces(1, :) .* path(2, :));
end

function report = judge(net, beds, paths, task, plan, report)
  names = {'constant angle and speed', 'least work'};
  [forces, simulated] = deal(cell(1, 2));
  for p = 1:2
    forces{p} = forward(net, paths{p});
    [~, simulated{p}] = simulateInBeds(beds, paths{p}, 1, 'stride', plan);
    report.work(:, p) = [workOf(forces{p}, paths{p}); workOf(simulated{p}, paths{p})];
    report.carried(:, p) = [mean(forces{p}(2, :)); mean(simulated{p}(2, :))];
  end
  report.saved = 1 - report.work(:, 2) ./ report.work(:, 1);
  fprintf('\n  %-26s %20s %20s %20s %20s\n', '', 'work, network [J]', 'simulator [J]', 'mean load, netw. [N]', 'simulator [N]');
  for p = 1:2
    fprintf('  %-26s %20.3f %20.3f %20.2f %20.2f\n', names{p}, report.work(:, p), report.carried(:, p));
  end
  fprintf('Least work saves %.0f %% by the network, and %.0f %% when the simulator is asked.\n', 100 * report.saved);
  drawPath(fullfile(plan.folder, 'foot_loop_stride.png'), task, paths, forces, simulated);
end
