function test_smoothness(log)
  % TEST_SMOOTHNESS  kinks, hvp, hessianSparsity, jacobianSeeds and netjac.check.

  log.section('smoothness and checks');
  log.check('kinks name nodes and tell distances', @() kinkedNetwork(log));
  log.check('a smooth network has no kinks', @() smoothNetwork());
  log.check('hvp is the Hessian times a vector', @() products(log));
  log.check('the structure of the Hessian', @() structure(log));
  log.check('netjac.check passes what is right', @() rightNetworks());
  log.check('netjac.check fails what is wrong', @() wrongReference());
end

function kinkedNetwork(log)
  [net, c] = corpusNetwork('mlp_kinked_mix');
  names = kinks(net);
  mustBe(fieldnames(names), {'node'; 'kind'; 'convention'});
  mustBe({names.kind}, {'LeakyRelu', 'Elu', 'Selu', 'Celu', 'PRelu', 'Clip', 'Clip'});
  k = kinks(net, c.x);
  mustBe(size(k), [7 1]);
  mustBe({k.node}, {names.node});
  mustBe(size(k(1).distance), [1 c.samples]);
  distances = reshape([k.distance], c.samples, []).';
  must(all(distances(:) > 0), 'no sample of this case is at a kink');
  must(abs(min(distances(:)) - 0.0060513638198997285) < 1e-9, 'the least distance should be that of the case');
  one = kinks(net, c.x(:, 2).');
  must(max(abs([one.distance] - distances(:, 2).')) < 1e-12, 'a row should be one sample');
  mustBe(class(kinks(net, single(c.x))(1).distance), 'single');
  mustFail(@() kinks(net, ones(3, 1)), 'netjac:kinks:wrongSize', '3-by-1', '4-by-N');
  log.record('kinks', {names, distances});

  [net, c] = corpusNetwork('relu_at_kink');
  k = kinks(net, c.x);
  must(any([k.distance] == 0), 'a sample of this case is at a kink');
end

function smoothNetwork()
  [net, c] = corpusNetwork('foot_ground_contact');
  must(isempty(kinks(net)) && isempty(kinks(net, c.x)), 'tanh has no kinks');
end

function products(log)
  [net, c] = corpusNetwork('foot_ground_contact');
  H = hessian(net, c.x, c.lambda);
  p = hvp(net, c.x, c.lambda, c.v);
  mustBe(size(p), size(c.x));
  for s = 1:c.samples
    must(norm(p(:, s) - H(:, :, s) * c.v(:, s)) <= 1e-13 * norm(H(:, :, s)) * norm(c.v(:, s)), 'hvp of sample %d', s);
  end
  mustBe(hvp(net, c.x(:, 1).', c.lambda(:, 1).', c.v(:, 1).'), hvp(net, c.x(:, 1), c.lambda(:, 1), c.v(:, 1)).');
  mustBe(class(hvp(net, single(c.x), c.lambda, c.v)), 'single');
  f = evaluator(net, 'hvp');
  mustBe(f(c.x, c.lambda, c.v), p);
  prepare(net, 'hvp', c.samples);
  mustBe(hvp(net, zeros(5, 0), zeros(3, 0), zeros(5, 0)), zeros(5, 0));
  mustFail(@() hvp(net, c.x, c.lambda, c.v(:, 1)), 'netjac:hvp:wrongSize', 'v is 5-by-1');
  mustFail(@() hvp(net, c.x, c.lambda(1, :), c.v), 'netjac:hvp:wrongSize', 'lambda is 1-by');
  log.record('hvp', p);
end

function structure(log)
  net = corpusNetwork('mlp_relu_op13');
  S = hessianSparsity(net);
  must(islogical(S) && issparse(S) && nnz(S) == 0, 'a relu network has no second derivatives');
  [net, c] = corpusNetwork('foot_ground_contact');
  S = hessianSparsity(net);
  mustBe(size(S), [5 5]);
  mustBe(S, S.');
  must(~any(any(any(hessian(net, c.x, c.lambda) ~= 0, 3) & ~S)), 'elements of H should be in the structure');
  mustBe(jacobianSeeds(net), 3);
  must(~isempty(strfind(jacobianPlan(net), '3 seeds')), 'the plan should tell the seeds');
  log.record('structure', {S, jacobianPlan(net)});
end

function rightNetworks()
  for name = {'foot_ground_contact', 'mlp_kinked_mix', 'lyapunov_quadratic', 'relu_at_kink'}
    [net, c] = corpusNetwork(name{1});
    report = netjac.check(net);
    must(report.passed, '%s should pass at its own points', name{1});
    report = netjac.check(net, c.x, c.y, c.J);
    must(report.passed && report.outputs.error < 1e-10 && report.jacobian.error < 1e-10, '%s should pass', name{1});
    must(report.adjoint.error < 1e-12, '%s: jvp and vjp should agree', name{1});
  end
  must(report.farFromKinks < report.samples, 'relu_at_kink has samples at its kinks');
  [net, c] = corpusNetwork('foot_ground_contact');
  text = evalc('netjac.check(net, c.x, c.y)');
  must(~isempty(strfind(text, 'passes')) && ~isempty(strfind(text, 'outputs against reference')), 'the verdict is printed');
  coarse = netjac.load(c.file, 'precision', 'float32');
  report = netjac.check(coarse);
  must(report.passed, 'a float32 network should pass');
end

function wrongReference()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = c.y;
  y(2, 1) = y(2, 1) * (1 + 1e-6);
  report = netjac.check(net, c.x, y);
  must(~report.passed && ~report.outputs.passed && report.jvp.passed, 'a wrong reference should be noticed');
  J = c.J;
  J(1, 2, 3) = J(1, 2, 3) + 1e-3;
  report = netjac.check(net, c.x, [], J);
  must(~report.passed && ~report.jacobian.passed, 'a wrong Jacobian should be noticed');
  text = evalc('netjac.check(net, c.x, y)');
  must(~isempty(strfind(text, 'WRONG')) && ~isempty(strfind(text, 'FAILS')), 'the verdict should say so');
  mustFail(@() netjac.check(net, c.x, y(:, 1)), 'netjac:check:wrongSize', 'y has 3 elements');
end
