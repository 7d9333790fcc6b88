function [path, report] = leastWorkPath(net, task, start)
  % LEASTWORKPATH  How deep, how fast and at which angle a foot goes through a stride so that it carries its load with
  % least work.
  %
  %   [path, report] = leastWorkPath(net, task, start)
  %
  % The stride has K moments, each task.seconds long. path is 3-by-K: depth, speed and angle of each; start likewise.
  % task.load        1-by-K, N: what the grains must carry at each moment, force_z of the network
  % task.way         m, the way that the foot must have gone at the end
  % task.lower, task.upper   3-by-1, the bounds of the samples, beyond which the network knows nothing
  % task.smoothness  J s, the price of changes: it counts times the squared rate at which unknowns cross their ranges, in
  %                  1/s2, over the time; the network knows steady strokes only
  %
  % The work is that of the drag, the sum of -force_x * speed * seconds in J. Newton's method with a logarithmic barrier
  % at the bounds finds it, with exact Jacobians and Hessians of the network (J. Nocedal, S. J. Wright: Numerical
  % Optimization, 2006, chapter 19). The unknowns p are scaled to 0...1.
  %
  % report.steps: of Newton's method; report.missing: the largest part of the load that is not carried, in N;
  % report.slope: the largest derivative of the Lagrangian with its barrier, in J, which is 0 at an optimum.

  range = task.upper - task.lower;
  p = min(max((start - task.lower) ./ range, 0.02), 0.98);
  multipliers = zeros(size(p, 2) + 1, 1);
  penalty = 1;
  report = struct('steps', 0);
  for barrier = 0.02 * 0.25 .^ (0:8)
    for k = 1:300
      here = evaluate(net, task, p, multipliers);
      [slope, curvature] = withBarrier(here, p(:), barrier);
      multipliers = -here.constraintSlopes.' \ slope;
      residual = max(abs([slope + here.constraintSlopes.' * multipliers; here.missing]));
      if k > 1 && residual < max(0.1 * barrier, 1e-7)
        break;
      end
      move = newtonStep(slope, curvature, here);
      penalty = max(penalty, 2 * max(abs(multipliers)));
      p = moveDownhill(net, task, p, move, slope, here, barrier, penalty);
      report.steps = report.steps + 1;
    end
  end
  here = evaluate(net, task, p, multipliers);
  slope = withBarrier(here, p(:), barrier);
  report.missing = max(abs(here.missing));
  report.slope = max(abs(slope + here.constraintSlopes.' * multipliers));
  if report.missing > 1e-5 || report.slope > 1e-3
    error('foot_loop:notSolved', 'After %d steps %.1e N of the load are missing, and the slope is %.1e J.', ...
          report.steps, report.missing, report.slope);
  end
  path = task.lower + range .* p;
end

% Value, what is missing to load and way, their derivatives by the unknowns, and the Hessian of the Lagrangian.
function here = evaluate(net, task, p, multipliers)
  K = size(p, 2);
  range = task.upper - task.lower;
  path = task.lower + range .* p;
  speed = path(2, :);
  jumps = diff(p, 1, 2);
  price = task.smoothness / task.seconds;
  if nargin < 4
    forces = forward(net, path);
  else
    [forces, J] = jacobian(net, path);
    here.slope = zeros(3, K);
    here.constraintSlopes = zeros(K + 1, 3 * K);
    H = hessian(net, path, [-task.seconds * speed; multipliers(1:K).'; zeros(1, K)]);
    here.curvature = zeros(3 * K);
    for k = 1:K
      places = 3 * k - 2:3 * k;
      drag = J(1, :, k).';
      here.slope(:, k) = -task.seconds * (drag * speed(k) + [0; forces(1, k); 0]) .* range;
      here.constraintSlopes(k, places) = J(2, :, k) .* range.';
      bySpeed = -task.seconds * drag * [0 1 0];
      here.curvature(places, places) = (H(:, :, k) + bySpeed + bySpeed.') .* (range * range.');
    end
    here.constraintSlopes(end, 2:3:end) = task.seconds * range(2);
    D = kron(diff(eye(K)), eye(3));              % jumps are D*p
    here.slope = here.slope(:) + 2 * price * D.' * jumps(:);
    here.curvature = here.curvature + 2 * price * (D.' * D);
  end
  here.value = -task.seconds * sum(forces(1, :) .* speed) + price * sum(jumps(:) .^ 2);
  here.missing = [forces(2, :).' - task.load.'; task.seconds * sum(speed) - task.way];
end

function [slope, curvature] = withBarrier(here, p, barrier)
  slope = here.slope - barrier ./ p + barrier ./ (1 - p);
  curvature = here.curvature + diag(barrier ./ p .^ 2 + barrier ./ (1 - p) .^ 2);
end

% The step to the optimum of the quadratic model on the linearised constraints. Where the model curves down along them, or
% its optimum is far away, it is bent up, as Levenberg and Marquardt do.
function move = newtonStep(slope, curvature, here)
  n = numel(slope);
  A = here.constraintSlopes;
  along = null(A);
  least = min(eig(along.' * (curvature + curvature.') * along)) / 2;
  bend = max(0, 0.01 - least);
  while true
    solution = [curvature + bend * eye(n), A.'; A, zeros(size(A, 1))] \ -[slope; here.missing];
    move = solution(1:n);
    if max(abs(move)) < 0.3 || bend > 1e3
      return;
    end
    bend = max(2 * bend, 0.1);
  end
end

% As far along the step as value, barrier and missing load together become less, and never onto a bound. The load is not
% linear, so that each trial is brought back to it before it is judged.
function p = moveDownhill(net, task, p, move, slope, here, barrier, penalty)
  merit = @(value, missing, p) value - barrier * sum(log(p(:)) + log(1 - p(:))) + penalty * sum(abs(missing));
  before = merit(here.value, here.missing, p);
  descent = slope.' * move - penalty * sum(abs(here.missing));
  move = reshape(move, size(p));
  length_ = min([1; 0.95 * p(move < 0) ./ -move(move < 0); 0.95 * (1 - p(move > 0)) ./ move(move > 0)]);
  while length_ > 1e-10
    trial = p + length_ * move;
    there = evaluate(net, task, trial);
    back = reshape(here.constraintSlopes \ there.missing, size(p));
    if all(trial(:) - back(:) > 0.02 * p(:) & 1 - trial(:) + back(:) > 0.02 * (1 - p(:)))
      trial = trial - back;
      there = evaluate(net, task, trial);
    end
    if merit(there.value, there.missing, trial) <= before + 1e-4 * length_ * descent + 1e-13
      p = trial;
      return;
    end
    length_ = length_ / 2;
  end
end
