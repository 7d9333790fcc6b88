% FOOT_DEMO  A trained foot-ground contact model: its forces, their exact derivatives, and what a solver makes of them.
%
%   octave-cli examples/octave/foot_demo.m      (or "make demo", which builds what this needs)
%
% The network examples/foot_ground_contact.onnx was written by torch.onnx.export. It takes the state of a foot on the
% ground (depth, two velocities, angle, rate) and gives the contact forces Fx, Fz and the torque, in SI units.
% Needs what "make mex" builds in the source tree, or an installed NetJac, where this file is below share/netjac.

function foot_demo()
  here = fileparts(mfilename('fullpath'));
  tree = fileparts(fileparts(here));
  warning('off', 'Octave:shadowed-function');    % Octave takes netjac.load for a twin of its own load
  addpath(fullfile(tree, 'matlab'));

  step('Loading the network');
  net = netjac.load(fullfile(fileparts(here), 'foot_ground_contact.onnx'));
  info(net);
  compareFormats(net, fullfile(fileparts(here), 'foot_ground_contact.keras'));

  compareWithDifferences(net);
  carryLoads(net);
  draw(net, tree);
end

function step(text)
  fprintf('\n== %s\n', text);
end

% ---- The same network as a model of Keras -----------------------------------------------------------------

function compareFormats(net, file)
  step('The same network, saved by Keras');
  twin = netjac.load(file);
  states = [0.02; 0.3; 0.3; 0.3; 1] .* (2 * rand(5, 100) - 1);
  [y, J] = jacobian(net, states);
  [z, K] = jacobian(twin, states);
  difference = max(max(abs(y(:) - z(:))) / max(abs(y(:))), max(abs(J(:) - K(:))) / max(abs(J(:))));
  if difference > 1e-13
    error('foot_demo:formats', 'The ONNX and the Keras file differ by %.1e.', difference);
  end
  fprintf('At %d states both files give the same forces and Jacobians: %.1e of the largest apart.\n', ...
          size(states, 2), difference);
end

% ---- Outputs and Jacobian beside central differences ------------------------------------------------------

function compareWithDifferences(net)
  step('Outputs and Jacobian at three states, beside central differences');
  %         depth [m]  vx [m/s]  vz [m/s]  angle [rad]  rate [rad/s]
  states = [0.005      0         0         0            0
            0.012      0.15     -0.30      0.10        -0.5
            0.018     -0.20      0.10     -0.15         1.0].';
  [wrenches, jacobians] = jacobian(net, states);     % one call for all states
  names = {'Fx', 'Fz', 'torque'};
  largest = 0;
  for s = 1:size(states, 2)
    x = states(:, s);
    J = jacobians(:, :, s);
    D = centralDifferences(net, x);
    fprintf('\ndepth %.3f m, velocity (%.2f, %.2f) m/s, angle %.2f rad, rate %.2f rad/s\n', x);
    fprintf('  %-7s %11s   %13s %13s %13s %13s %13s\n', '', 'value', 'd depth', 'd vx', 'd vz', 'd angle', 'd rate');
    for i = 1:3
      fprintf('  %-7s %11.4f   %13.5f %13.5f %13.5f %13.5f %13.5f\n', names{i}, wrenches(i, s), J(i, :));
      fprintf('  %-7s %11s   %13.5f %13.5f %13.5f %13.5f %13.5f\n', '', 'differences', D(i, :));
    end
    largest = max(largest, max(max(abs(J - D))) / max(max(abs(J))));
  end
  fprintf('\nLargest difference: %.1e of the largest element. The Jacobian is exact; the rest is the error of differences.\n', ...
          largest);

  x = states(:, 2);
  derivative = evaluator(net, 'jacobian');
  [~, ~] = derivative(x);
  calls = 2000;
  timer = tic();
  for k = 1:calls
    [~, ~] = derivative(x);
  end
  one = toc(timer) / calls;
  batch = repmat(x, 1, 10000);
  timer = tic();
  [~, ~] = jacobian(net, batch);
  fprintf('One Jacobian takes %.1f microseconds, the call included; one of a batch of %d takes %.2f.\n', ...
          one * 1e6, size(batch, 2), toc(timer) / size(batch, 2) * 1e6);
end

function D = centralDifferences(net, x)
  step = 1e-6;
  offsets = full(step * eye(numel(x)));
  difference = forward(net, x + offsets) - forward(net, x - offsets);   % a sample for each column
  D = difference / (2 * step);
end

% ---- A solver that uses the Jacobian ----------------------------------------------------------------------

function carryLoads(net)
  step('Which depth and angle carry a given load? fsolve, with and without the exact Jacobian');
  fprintf('\n  %8s %9s   %9s %10s   %26s   %26s\n', 'Fz [N]', 'torque', 'depth', 'angle', 'with the Jacobian', 'without');
  total = [0, 0];
  for wanted = [200, 400, 600, 800; 2, 5, 10, 15]
    [exact, withJacobian] = solve(net, wanted, 'on');
    [~, without] = solve(net, wanted, 'off');
    fprintf('  %8.0f %6.0f Nm   %6.2f mm %6.4f rad   %2d evaluations (error %6.0e)   %2d evaluations (error %6.0e)\n', ...
            wanted, exact, withJacobian.evaluations, withJacobian.error, without.evaluations, without.error);
    total = total + [withJacobian.evaluations, without.evaluations];
  end
  fprintf(['\nEvaluations of the network: %d with the exact Jacobian (with or without it, each counts as one), ', ...
           '%d with differences.\nThe Jacobian saved %d of them, %.0f %%.\n'], ...
          total, total(2) - total(1), 100 * (1 - total(1) / total(2)));
end

function [p, report] = solve(net, wanted, useJacobian)
  counter = containers.Map({'evaluations'}, {0});
  options = optimset('Jacobian', useJacobian, 'TolX', 1e-10, 'TolFun', 1e-10, 'Display', 'off');
  [p, residual, status] = fsolve(@(p) missingLoad(net, wanted, counter, p), [5; 0], options);
  if status <= 0
    error('foot_demo:notSolved', 'fsolve found no solution for %g N and %g Nm; its status is %d.', wanted, status);
  end
  report = struct('evaluations', counter('evaluations'), 'error', norm(residual));
end

% What is missing to the load, and its derivatives. p: depth in millimetres, so that the unknowns are of like size,
% and angle.
function [residual, J] = missingLoad(net, wanted, counter, p)
  counter('evaluations') = counter('evaluations') + 1;
  x = [p(1) / 1000; 0; 0; p(2); 0];
  if nargout < 2
    y = forward(net, x);
  else
    [y, J] = jacobian(net, x);
    J = J(2:3, [1, 4]);
    J(:, 1) = J(:, 1) / 1000;
  end
  residual = y(2:3) - wanted;
end

% ---- A picture --------------------------------------------------------------------------------------------

function draw(net, tree)
  step('Drawing the force over the depth, with tangents from the Jacobian');
  folder = fullfile(tree, 'build');
  if ~exist(folder, 'dir')
    folder = pwd();
  end
  file = fullfile(folder, 'foot_force_over_depth.png');

  curve = struct('depth', linspace(-0.005, 0.02, 251));
  curve.force = forward(net, [curve.depth; zeros(4, 251)])(2, :);
  touch = struct('depth', [-0.001, 0.006, 0.013]);
  [wrenches, jacobians] = jacobian(net, [touch.depth; zeros(4, 3)]);
  touch.force = wrenches(2, :);
  touch.slope = reshape(jacobians(2, 1, :), 1, []);

  plotWithGnuplot(file, curve, touch);
  entry = dir(file);
  if isempty(entry) || entry.bytes == 0
    error('foot_demo:noPicture', 'The picture %s was not written.', file);
  end
  fprintf('Wrote %s (%d bytes).\n', file, entry.bytes);
end

% Octave's own plot and print would need a display or OpenGL, the font FreeSans and Ghostscript; gnuplot needs nothing.
function plotWithGnuplot(file, curve, touch)
  reach = [-0.006; 0.006];
  depth = touch.depth + reach;
  force = touch.force + touch.slope .* reach;
  script = [tempname(), '.gnuplot'];
  remove = onCleanup(@() delete(script));
  stream = fopen(script, 'w');
  fprintf(stream, 'set terminal png size 960,720 linewidth 2\nset output "%s"\nset grid\nset key top left\n', file);
  fprintf(stream, 'set title "Foot-ground contact: force over depth"\n');
  fprintf(stream, 'set xlabel "depth [mm]"\nset ylabel "vertical force Fz [N]"\n');
  fprintf(stream, 'plot "-" with lines lc rgb "blue" title "network", ');
  fprintf(stream, '"-" with lines lc rgb "red" title "tangents from the Jacobian", ');
  fprintf(stream, '"-" with points pt 7 lc rgb "black" title "where they touch"\n');
  fprintf(stream, '%g %g\n', [1000 * curve.depth; curve.force]);
  fprintf(stream, 'e\n');
  fprintf(stream, '%g %g\n%g %g\n\n', [1000 * depth(1, :); force(1, :); 1000 * depth(2, :); force(2, :)]);
  fprintf(stream, 'e\n');
  fprintf(stream, '%g %g\n', [1000 * touch.depth; touch.force]);
  fprintf(stream, 'e\n');
  fclose(stream);
  [status, output] = system(sprintf('gnuplot "%s" 2>&1', script));
  if status ~= 0
    error('foot_demo:noPicture', 'gnuplot cannot draw:\n%s', output);
  end
end

foot_demo();
