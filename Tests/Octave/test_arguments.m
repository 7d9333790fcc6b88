function test_arguments(log)
  % TEST_ARGUMENTS  Orientation, classes and sizes that are taken, and errors for those that are not.

  log.section('arguments');
  [net, c] = corpusNetwork('foot_ground_contact');
  log.check('orientation', @() orientation(net, c));
  log.check('no samples', @() noSamples(net));
  log.check('one input or one output', @() scalarNetworks(log));
  log.check('ranges and other lazy matrices', @() lazyMatrices(net));
  log.check('single', @() singles(net, c));
  log.check('mixed classes', @() mixedClasses(net, c));
  log.check('NaN and Inf are data', @() notFinite(net, c));
  log.check('nargout decides', @() outputs(net, c));
  log.check('inputs stay untouched', @() untouched(net, c));
  log.check('wrong sizes', @() wrongSizes(log, net, c));
  log.check('wrong classes', @() wrongClasses(log, net, c));
  log.check('missing arguments', @() missing(net, c));
  log.check('too many samples', @() tooMany(net));
  log.check('sparse Jacobians hold no zeros', @() noStoredZeros());
end

function orientation(net, c)
  x = c.x(:, 1);
  [y, J] = jacobian(net, x);
  [yRow, JRow] = jacobian(net, x.');
  mustBe(yRow, y.');
  mustBe(JRow, J);
  mustBe(forward(net, x.'), y.');
  [~, p] = jvp(net, x, c.v(:, 1));
  [yRow, pRow] = jvp(net, x.', c.v(:, 1).');
  mustBe({yRow, pRow}, {y.', p.'});
  [~, pRow] = jvp(net, x.', c.v(:, 1));
  mustBe(pRow, p.');
  [~, g] = vjp(net, x, c.w(:, 1));
  [yRow, gRow] = vjp(net, x.', c.w(:, 1).');
  mustBe({yRow, gRow}, {y.', g.'});
  mustBe(size(g), [5 1]);
  mustBe(hessian(net, x.', c.lambda(:, 1).'), hessian(net, x, c.lambda(:, 1)));
  [yRow, Js] = jacobianSparse(net, x.');
  mustBe(yRow, y.');
  mustBe(full(Js), J);
  mustBe(size(jacobian(net, c.x(:, 1:5))), [3 5]);
end

function noSamples(net)
  none = zeros(5, 0);
  mustBe(forward(net, none), zeros(3, 0));
  [y, J] = jacobian(net, none);
  mustBe({y, J}, {zeros(3, 0), zeros(3, 5, 0)});
  [y, p] = jvp(net, none, none);
  mustBe({y, p}, {zeros(3, 0), zeros(3, 0)});
  [y, g] = vjp(net, none, zeros(3, 0));
  mustBe({y, g}, {zeros(3, 0), none});
  mustBe(hessian(net, none, zeros(3, 0)), zeros(5, 5, 0));
  [y, J] = jacobianSparse(net, none);
  mustBe({y, J}, {zeros(3, 0), sparse(0, 0)});
  mustBe(forward(net, single(none)), zeros(3, 0, 'single'));
end

function scalarNetworks(log)
  [net, c] = corpusNetwork('lyapunov_quadratic');
  H = hessian(net, c.x);
  mustBe(H, hessian(net, c.x, ones(1, c.samples)));
  mustBe(hessian(net, c.x(:, 1)), H(:, :, 1));
  mustBe(hessian(net, c.x(:, 1).'), H(:, :, 1));
  [y, g] = vjp(net, c.x(:, 1), 1);
  [~, J] = jacobian(net, c.x(:, 1));
  must(max(abs(g - J.')) <= 1e-14 * max(abs(g)), 'the gradient should be the transposed Jacobian');
  mustBe(size(y), [1 1]);
  mustFail(@() hessian(net, c.x, ones(1, 9)), 'netjac:hessian:wrongSize', '1-by-9', '1-by-4');
  mustFail(@() hessian(net, zeros(3, 2)), 'netjac:hessian:wrongSize', '3-by-2', '4-by-N');
  log.record('quadratic', {H, y, g});
end

function lazyMatrices(net)
  mustBe(forward(net, 1:5), forward(net, [1 2 3 4 5]));
  mustBe(forward(net, (0:0.25:1).'), forward(net, [0; 0.25; 0.5; 0.75; 1]));
  mustBe(forward(net, eye(5)), forward(net, full(eye(5)) + 0));
  [~, J] = jacobian(net, eye(5));
  [~, J1] = jacobian(net, [0 0 1 0 0]);
  mustBe(size(J), [3 5 5]);
  must(max(max(abs(J(:, :, 3) - J1))) <= 1e-13, 'the third column of eye(5) should be one sample');
end

function singles(net, c)
  x = single(c.x);
  [y, J] = jacobian(net, x);
  [~, p] = jvp(net, x, single(c.v));
  [~, g] = vjp(net, x, single(c.w));
  H = hessian(net, x, single(c.lambda));
  [ys, Js] = jacobianSparse(net, x);
  for value = {y, J, p, g, H, ys}
    mustBe(class(value{1}), 'single');
  end
  mustBe(class(Js), 'double');
  % The network computes in float64, so only the results are rounded.
  [y64, J64] = jacobian(net, double(x));
  mustBe(y, single(y64));
  mustBe(J, single(J64));
  mustBe(H, single(hessian(net, double(x), double(single(c.lambda)))));
end

function mixedClasses(net, c)
  [~, p] = jvp(net, single(c.x), double(single(c.v)));
  [~, expected] = jvp(net, single(c.x), single(c.v));
  mustBe(p, expected);
  [~, g] = vjp(net, c.x, single(c.w));
  [~, expected] = vjp(net, c.x, double(single(c.w)));
  mustBe(g, expected);
end

function notFinite(net, c)
  x = c.x(:, 1:2);
  x(2, 1) = NaN;
  [y, J] = jacobian(net, x);
  must(any(isnan(y(:, 1))) && any(any(isnan(J(:, :, 1)))), 'NaN should propagate');
  must(~any(isnan(y(:, 2))), 'NaN should stay in its sample');
  x(2, 1) = Inf;
  y = forward(net, x);
  must(~any(isnan(y(:, 2))), 'Inf should stay in its sample');
end

function outputs(net, c)
  y = forward(net, c.x);
  for f = {@() jacobian(net, c.x), @() jacobianSparse(net, c.x)}
    mustBe(f{1}(), y);
  end
  forward(net, c.x);
  mustBe(ans, y);
end

function untouched(net, c)
  x = c.x;
  copy = x + 0;
  jacobian(net, x);
  [~, ~] = vjp(net, x, c.w);
  mustBe(x, copy);
end

function wrongSizes(log, net, c)
  x = c.x;
  cases = {
    'short',       @() forward(net, x(1:4, :)),                           'forward'
    'transposed',  @() jacobian(net, x.'),                                'jacobian'
    'long row',    @() forward(net, zeros(1, 6)),                         'forward'
    'scalar',      @() vjp(net, 1, c.w),                                  'vjp'
    'empty',       @() hessian(net, [], []),                              'hessian'
    'pages',       @() forward(net, zeros(5, 2, 2)),                      'forward'
    'sparse call', @() jacobianSparse(net, x(1:3, :)),                    'jacobianSparse'
    'v',           @() jvp(net, x, c.v(:, 1)),                            'jvp'
    'w',           @() vjp(net, x, c.v),                                  'vjp'
    'w row',       @() vjp(net, x(:, 1), [1 2 3 4]),                      'vjp'
    'lambda',      @() hessian(net, x, ones(1, size(x, 2))),              'hessian'};
  for k = 1:size(cases, 1)
    message = mustFail(cases{k, 2}, ['netjac:', cases{k, 3}, ':wrongSize'], '-by-');
    log.record(['wrong size: ', cases{k, 1}], message);
  end
  mustFail(@() forward(net, zeros(4, 7)), 'netjac:forward:wrongSize', '4-by-7', '5-by-N');
  mustFail(@() jvp(net, x, c.v(:, 1)), 'netjac:jvp:wrongSize', '5-by-1', sprintf('5-by-%d', c.samples));
end

function wrongClasses(log, net, c)
  x = c.x(:, 1);
  values = {int32(x), uint8(x), x > 0, 'abcde', {x}, struct('x', x), @sin, net, single(1):single(5) > 2};
  for k = 1:numel(values)
    message = mustFail(@() forward(net, values{k}), 'netjac:forward:wrongClass', class(values{k}), 'double(x)');
    log.record(sprintf('wrong class %d', k), message);
  end
  log.record('complex', mustFail(@() jacobian(net, complex(x, x)), 'netjac:jacobian:complex', 'real(x)'));
  log.record('sparse', mustFail(@() jacobian(net, sparse(x)), 'netjac:jacobian:sparse', 'full(x)'));
  log.record('sparse logical', mustFail(@() jacobian(net, sparse(x > 0)), 'netjac:jacobian:sparse', 'full(x)'));
  log.record('v integer', mustFail(@() jvp(net, x, int8(x)), 'netjac:jvp:wrongClass', 'v is of class int8'));
  log.record('w complex', mustFail(@() vjp(net, x, 1i * [1; 2; 3]), 'netjac:vjp:complex', 'real(w)'));
  log.record('lambda sparse', mustFail(@() hessian(net, x, sparse([1; 2; 3])), 'netjac:hessian:sparse', 'lambda'));
end

function missing(net, c)
  h = evaluator(net, 'jvp');
  mustFail(@() netjac_mex('jvp', uint64(1)), 'netjac:mex:missingArgument', 'jvp');
  mustFail(@() h(c.x), 'Octave:undefined-function');
  mustFail(@() forward(net), 'Octave:undefined-function');
  mustFail(@() hessian(net, c.x), 'netjac:hessian:missingArgument', '3 outputs');
end

function tooMany(net)
  % A matrix without memory behind it that claims many columns: sizes must be checked before they are multiplied.
  huge = zeros(0, 2^40);
  mustFail(@() forward(net, huge), 'netjac:forward:wrongSize', '0-by-1099511627776');
end

function noStoredZeros()
  % At x = 0 the derivative of every relu layer of this network has zeros that the structure does not show.
  [net, c] = corpusNetwork('mlp_relu_op13');
  [~, J] = jacobian(net, c.x);
  [~, Js] = jacobianSparse(net, c.x);
  mustBe(nzmax(Js) >= nnz(Js) && numel(find(Js)) == nnz(J), true);
  mustBe(numel(find(Js)), sum(J(:) ~= 0));
end
