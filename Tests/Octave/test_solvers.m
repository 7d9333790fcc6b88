function test_solvers(log)
  % TEST_SOLVERS  Octave's own solvers with the derivatives of networks, against what they find without.

  log.section('solvers');
  log.check('fsolve with a Jacobian', @() nonlinearEquations(log));
  log.check('fsolve on two of five inputs', @() footEquations(log));
  log.check('fminunc with a gradient', @() minimum(log));
  log.check('lsode with a Jacobian', @() stiffEquation(log));
  log.check('sqp with gradient, Hessian and constraint gradients', @() constrained(log));
  netjac.internal.atExit();      % lsode would keep its network
end

% Where does the neural ODE end at the end point of another sample? At its start point.
function nonlinearEquations(log)
  [net, c] = corpusNetwork('neural_ode_rk4');
  target = c.y(:, 2);
  f = @(x) residual(net, target, x);
  options = optimset('TolX', 1e-12, 'TolFun', 1e-12);
  [x, r, status, exact] = fsolve(f, c.x(:, 1), optimset(options, 'Jacobian', 'on'));
  [~, ~, ~, differences] = fsolve(f, c.x(:, 1), options);
  must(status > 0 && norm(r) < 1e-9, 'fsolve should find a solution; its residual is %g', norm(r));
  must(norm(x - c.x(:, 2)) < 1e-6, 'the solution should be the start point of the sample');
  must(exact.iterations <= differences.iterations + 3, ...
       'an exact Jacobian should not take more iterations (%d) than differences (%d)', exact.iterations, differences.iterations);
  log.record('fsolve', {x, exact.iterations});
end

function [r, J] = residual(net, target, x)
  if nargout < 2
    r = forward(net, x) - target;
  else
    [y, J] = jacobian(net, x);
    r = y - target;
  end
end

function footEquations(log)
  [net, c] = corpusNetwork('foot_ground_contact');
  load_ = [600; 10];
  f = @(p) footResidual(net, load_, p);
  [p, r, status] = fsolve(f, [5; 0], optimset('Jacobian', 'on', 'TolX', 1e-10, 'TolFun', 1e-10));
  must(status > 0 && norm(r) < 1e-6, 'fsolve should find depth and angle; its residual is %g', norm(r));
  wrench = forward(net, [p(1) / 1000; 0; 0; p(2); 0]);
  must(norm(wrench(2:3) - load_) < 1e-4, 'the foot should carry the load');
  log.record('foot', p);
end

% Unknowns: depth in millimetres and angle, which are then of like size.
function [r, J] = footResidual(net, load_, p)
  [y, J] = jacobian(net, [p(1) / 1000; 0; 0; p(2); 0]);
  scale = [1 / 100; 1];
  r = scale .* (y(2:3) - load_);
  J = (scale .* J(2:3, [1 4])) .* [1 / 1000, 1];
end

function minimum(log)
  [net, c] = corpusNetwork('icnn');
  f = @(x) regularised(net, x);
  start = c.x(:, 1);
  [x, value, status, exact] = fminunc(f, start, optimset('GradObj', 'on', 'TolX', 1e-10, 'TolFun', 1e-14));
  [~, value2, ~, differences] = fminunc(f, start, optimset('TolX', 1e-10, 'TolFun', 1e-14));
  [~, g] = f(x);
  must(status > 0 && norm(g) < 1e-4, 'the gradient at the minimum should vanish; its norm is %g', norm(g));
  must(value <= value2 + 1e-8, 'with the gradient the minimum should be as low as without');
  H = hessian(net, x) + eye(5);
  must(all(eig((H + H.') / 2) > 0), 'the Hessian should be positive definite at the minimum of a convex function');
  log.record('fminunc', {x, value, exact.iterations});
end

% A convex network plus a bowl, so that there is exactly one minimum.
function [value, g] = regularised(net, x)
  [y, g] = vjp(net, x, 1);
  value = y + x.' * x / 2;
  g = g + x;
end

% dx/dt = f(x), the network's own step taken as a velocity; stiff enough for an implicit method.
function stiffEquation(log)
  [net, c] = corpusNetwork('neural_ode_rk4');
  start = c.x(:, 1);
  f = @(x, t) 20 * (forward(net, x) - x) - 5 * x;
  jac = @(x, t) velocityJacobian(net, x);
  lsode_options('integration method', 'stiff');
  lsode_options('absolute tolerance', 1e-10);
  lsode_options('relative tolerance', 1e-10);
  times = linspace(0, 1, 11);
  [exact, status] = lsode({f, jac}, start, times);
  mustBe(status, 2);
  differences = lsode(f, start, times);
  must(max(max(abs(exact - differences))) < 1e-7, 'lsode should arrive where it does without the Jacobian');
  must(norm(exact(end, :).' - start) > 0.1, 'the state should move');
  log.record('lsode', exact);
end

function J = velocityJacobian(net, x)
  [~, J] = jacobian(net, x);
  J = 20 * (J - eye(3)) - 5 * eye(3);
end

function constrained(log)
  [net, c] = corpusNetwork('icnn');
  [bound, ~] = corpusNetwork('lyapunov_quadratic');
  objective = {@(x) regularised(net, x), @(x) nthOutput(2, @() regularised(net, x)), @(x) hessian(net, x) + eye(5)};
  constraint = {@(x) forward(bound, x(1:4)) - 1, @(x) [nthOutput(2, @() jacobian(bound, x(1:4))), 0]};
  start = c.x(:, 1);
  [x, value, status] = sqp(start, objective, constraint, [], [], [], 200, 1e-9);
  must(any(status == [101 104]), 'sqp should converge; its status is %d', status);
  must(abs(forward(bound, x(1:4)) - 1) < 1e-6, 'the constraint should hold');
  [~, g] = regularised(net, x);
  [~, A] = jacobian(bound, x(1:4));
  A = [A, 0].';
  multiplier = A \ g;
  must(norm(g - A * multiplier) < 1e-4 * max(1, norm(g)), 'the gradient should be normal to the constraint');
  plain = sqp(start, @(x) regularised(net, x), @(x) forward(bound, x(1:4)) - 1, [], [], [], 200, 1e-9);
  must(value <= regularised(net, plain) + 1e-5, 'with exact derivatives the minimum should be as low as without');
  log.record('sqp', {x, value});
end

function value = nthOutput(n, f)
  outputs = cell(1, n);
  [outputs{:}] = f();
  value = outputs{n};
end
