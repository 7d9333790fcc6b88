function [path, report] = leastWorkPath(net, task, start, useJacobian)
  % LEASTWORKPATH  How deep, how fast and at which angle a foot goes through a stride so that it carries its load with
  % least work.
  %
  %   [path, report] = leastWorkPath(net, task, start, true)
  %
  % The stride has K moments, each task.seconds long. path is 3-by-K: depth, speed and angle of each; start likewise.
  % task.load        1-by-K, N: what the grains must carry at each moment, force_z of the network
  % task.way         m, the way that the foot must have gone at the end
  % task.lower, task.upper   3-by-1, the bounds of the samples, beyond which the network knows nothing
  %
  % The work is that of the drag, the sum of -force_x * speed * seconds in J. The unknowns are scaled to 0...1. In Octave
  % sqp solves it, in MATLAB fmincon; useJacobian: whether they get the exact derivatives or make differences.
  % report.evaluations is how often the network was evaluated for the K moments, report.missing the largest part of the
  % load that is not carried, in N.

  counter = containers.Map({'evaluations'}, {0});
  scale = @(p) task.lower + (task.upper - task.lower) .* reshape(p, 3, []);
  work = @(p) workOf(net, task, counter, scale(p));
  missing = @(p) missingOf(net, task, counter, scale(p));
  p = (start - task.lower) ./ (task.upper - task.lower);
  if exist('OCTAVE_VERSION', 'builtin')
    p = solveWithSqp(work, missing, p(:), useJacobian);
  else
    p = solveWithFmincon(work, missing, p(:), useJacobian);
  end
  path = scale(p);
  report = struct('evaluations', counter('evaluations'), 'work', workOf(net, task, counter, path), ...
                  'missing', max(abs(missingOf(net, task, counter, path))));
end

function p = solveWithSqp(work, missing, p, useJacobian)
  objective = work;
  constraints = missing;
  if useJacobian
    objective = {work, @(p) secondOutput(work, p)};
    constraints = {missing, @(p) secondOutput(missing, p)};
  end
  [p, ~, status] = sqp(p, objective, constraints, [], zeros(size(p)), ones(size(p)), 200, 1e-8);
  if ~any(status == [101 104])     % 104: the step became too small to go on
    error('foot_loop:notSolved', 'sqp found no path; its status is %d.', status);
  end
end

function p = solveWithFmincon(work, missing, p, useJacobian)
  options = optimoptions('fmincon', 'Algorithm', 'sqp', 'Display', 'off', 'SpecifyObjectiveGradient', useJacobian, ...
                         'SpecifyConstraintGradient', useJacobian);
  [p, ~, status] = fmincon(work, p, [], [], [], [], zeros(size(p)), ones(size(p)), @(p) asNonlinear(missing, p), options);
  if status <= 0
    error('foot_loop:notSolved', 'fmincon found no path; its status is %d.', status);
  end
end

function [inequal, equal, gradientInequal, gradientEqual] = asNonlinear(missing, p)
  [inequal, gradientInequal] = deal([]);
  if nargout < 3
    equal = missing(p);
  else
    [equal, gradientEqual] = missing(p);
    gradientEqual = gradientEqual.';
  end
end

function second = secondOutput(f, x)
  [~, second] = f(x);
end

% The work in J and its gradient by the scaled unknowns.
function [work, gradient] = workOf(net, task, counter, path)
  speed = path(2, :);
  if nargout < 2
    forces = evaluate(net, counter, path);
  else
    [forces, J] = evaluate(net, counter, path);
    byPath = -task.seconds * (reshape(J(1, :, :), 3, []) .* speed);
    byPath(2, :) = byPath(2, :) - task.seconds * forces(1, :);
    gradient = reshape(byPath .* (task.upper - task.lower), [], 1);
  end
  work = -task.seconds * sum(forces(1, :) .* speed);
end

% What is missing to the load at each moment in N, and to the way in m; the Jacobian by the scaled unknowns.
function [missing, byUnknowns] = missingOf(net, task, counter, path)
  moments = size(path, 2);
  range = task.upper - task.lower;
  if nargout < 2
    forces = evaluate(net, counter, path);
  else
    [forces, J] = evaluate(net, counter, path);
    byUnknowns = zeros(moments + 1, 3 * moments);
    for k = 1:moments
      byUnknowns(k, 3 * k - 2:3 * k) = J(2, :, k) .* range.';
    end
    byUnknowns(end, 2:3:end) = task.seconds * range(2);
  end
  missing = [forces(2, :).' - task.load.'; task.seconds * sum(path(2, :)) - task.way];
end

function [forces, J] = evaluate(net, counter, path)
  counter('evaluations') = counter('evaluations') + 1;
  if nargout < 2
    forces = forward(net, path);
  else
    [forces, J] = jacobian(net, path);
  end
end
