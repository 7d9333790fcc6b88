function test_differences(log)
  % TEST_DIFFERENCES  netjac.numericalGradient is as good as it says, and netjac.check tells who is wrong.

  log.section('differences and checks');
  log.check('differences are as good as they say', @() statedErrors());
  log.check('differences are good', @() accuracy());
  log.check('differences of noisy functions', @() noisyFunctions());
  log.check('differences of relu networks', @() reluDifferences());
  log.check('differences at kinks', @() kinkedDifferences());
  log.check('differences of nothing and of what is none', @() refusedDifferences(log));
  log.check('check names the worst element', @() worstElements());
  log.check('check tells a wrong reference from a wrong library', @() suspects());
end

% ---- Differences ------------------------------------------------------------------------------------------

function list = functions()
  list = {
    @sin, @cos;                          @exp, @exp
    @(x) x .^ 3, @(x) 3 * x .^ 2;        @(x) log(abs(x)), @(x) 1 ./ x
    @tanh, @(x) 1 - tanh(x) .^ 2;        @(x) 1 ./ x, @(x) -1 ./ x .^ 2
    @abs, @sign;                         @(x) max(x, 0), @(x) double(x > 0)
    @(x) max(x - 1e-6, 0) + x, @(x) 1 + (x > 1e-6)
    @(x) 0 * x, @(x) 0 * x};
end

function statedErrors()
  list = functions();
  for k = 1:size(list, 1)
    [f, slope] = list{k, :};
    for x = [1, -1]' * 1.37 * 10 .^ (-20:4:12)
      for place = x.'
        expected = slope(place);
        [g, errors, isKinked] = netjac.numericalGradient(f, place);
        must(~isfinite(expected) || abs(g - expected) <= errors, '%s at %g is %g +- %g; it should be %g', func2str(f), ...
             place, g, errors, expected);
        must(~isKinked, '%s has no kink at %g', func2str(f), place);
      end
    end
  end
end

function accuracy()
  list = functions();
  for k = 1:size(list, 1)
    [f, slope] = list{k, :};
    for x = 1.37 * 10 .^ [-9, -3, 0, 2]
      [g, errors] = netjac.numericalGradient(f, x);
      must(errors <= 1e-10 * max(abs(slope(x)), 1e-4), '%s at %g: the stated error is %g', func2str(f), x, errors);
      must(abs(g - slope(x)) <= 1e-10 * max(abs(slope(x)), 1e-4), '%s at %g is %g', func2str(f), x, g);
    end
  end
  x = [0.1 0.5; -3 2e6];
  expected = cos(x) .* reshape(1:4, 2, 2);
  [g, errors] = netjac.numericalGradient(@(x) sin(x(:)) .* (1:numel(x))', x);
  mustBe(size(g), [2 2]);
  must(all(all(abs(g - expected) <= 1e-8 & errors <= 1e-8)), 'every element should be good');
end

function noisyFunctions()
  for x = 1.37 * 10 .^ (-6:2:4)
    for f = {@(x) single(sin(x)), @(x) double(single(sin(x))), @(x) sin(x) + 1e6, @(x) (sin(x) + 1e9) - 1e9}
      [g, errors] = netjac.numericalGradient(f{1}, x);
      must(abs(g - cos(x)) <= errors && errors < 1e-2, '%s at %g is %g +- %g; it should be %g', func2str(f{1}), x, g, ...
           errors, cos(x));
    end
  end
end

function reluDifferences()
  for name = {'mlp_relu_op13', 'mlp_kinked_mix', 'foot_ground_contact'}
    [net, c] = corpusNetwork(name{1});
    for s = 1:min(3, c.samples)
      for scale = [1e-6, 1, 1e3]
        x = scale * c.x(:, s);
        [~, expected] = vjp(net, x, ones(net.outputSize, 1));
        [g, errors, isKinked] = netjac.numericalGradient(@(x) forward(net, x), x);
        isNear = abs(g - expected) <= errors;
        must(all(isNear), '%s: differences give %g +- %g, the network %g', name{1}, g(find(~isNear, 1)), ...
             errors(find(~isNear, 1)), expected(find(~isNear, 1)));
        must(any(isKinked) || all(errors <= 1e-6 * max([abs(expected); 1e-3])), '%s at %g: the worst stated error is %g', name{1}, ...
             scale, max(errors));
      end
    end
  end
end

function kinkedDifferences()
  [g, errors, isKinked] = netjac.numericalGradient(@(x) sum(abs(x)), [0; 1; -2]);
  mustBe(isKinked, [true; false; false]);
  must(abs(g(1)) <= errors(1) && errors(1) >= 1, 'the error at a kink should be half of what the slopes differ by');
  must(all(abs(g(2:3) - [1; -1]) < 1e-10) && all(errors(2:3) < 1e-10), 'elements away from the kink should be good');
  for distance = 10 .^ (-10:-1)
    [g, errors, isKinked] = netjac.numericalGradient(@(x) max(x, 0) + 2 * x, -distance);
    must(~isKinked && abs(g - 2) <= errors && errors < 1e-4, 'a kink at a distance of %g: %g +- %g', distance, g, errors);
  end
  [net, c] = corpusNetwork('relu_at_kink');
  [~, ~, isKinked] = netjac.numericalGradient(@(x) forward(net, x), c.x(:, 1));
  must(any(isKinked) == any([kinks(net, c.x(:, 1)).distance] == 0), 'the kink of the network should be found');
  warning('error', 'netjac:numericalGradient:kink', 'local');
  mustFail(@() netjac.numericalGradient(@abs, [1 0]), 'netjac:numericalGradient:kink', '1 of 2', 'x(2)');
end

function refusedDifferences(log)
  id = 'netjac:numericalGradient:wrongClass';
  log.record('differences of no function', mustFail(@() netjac.numericalGradient('sin', 1), id, 'f is char'));
  log.record('differences at no number', mustFail(@() netjac.numericalGradient(@sin, 'a'), id, 'x must be real'));
  log.record('differences of text', mustFail(@() netjac.numericalGradient(@(x) 'a', 1), id, 'f gives char'));
  [g, errors] = netjac.numericalGradient(@(x) NaN, 1);
  mustBe({g, errors}, {NaN, Inf});
  [g, errors] = netjac.numericalGradient(@sqrt, -1);
  mustBe({g, errors}, {NaN, Inf});
  mustBe(netjac.numericalGradient(@(x) 3, zeros(0, 2)), zeros(0, 2));
end

% ---- netjac.check -----------------------------------------------------------------------------------------

function worstElements()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = c.y;
  y(2, 4) = y(2, 4) + 1;
  report = netjac.check(net, c.x, y);
  found = report.outputs.worst;
  mustBe([found.row, found.sample, found.reference], [2, 4, y(2, 4)]);
  must(abs(found.value - c.y(2, 4)) < 1e-9, 'the value should be that of the network');
  J = c.J;
  J(3, 2, 5) = 1e4;
  report = netjac.check(net, c.x, [], J);
  found = report.jacobian.worst;
  mustBe([found.row, found.column, found.sample, found.reference], [3 2 5 1e4]);
  text = evalc('netjac.check(net, c.x, c.y, J)');
  must(~isempty(regexp(text, 'J\(3, 2\) of sample 5 is -?[0-9.]+; compared with 10000\n')), 'the element is shown: %s', text);
end

function suspects()
  [net, c] = corpusNetwork('foot_ground_contact');
  y = c.y;
  y(2, 4) = y(2, 4) * (1 + 1e-6);
  J = c.J;
  J(3, 2, 5) = J(3, 2, 5) + 1e-2;
  transposed = reshape(permute(c.J, [2 1 3]), size(c.J));
  cases = {
    'reference', '1 of 24',      {c.x, y}
    'reference', 'samples are rows', {c.x, reshape(c.y.', size(c.y))}
    'reference', 'another order', {c.x, c.y(:, end:-1:1)}
    'either',    '24 of 24',     {c.x, 1.1 * c.y}
    'reference', 'differences',  {c.x, [], J}
    'reference', 'differences',  {c.x, c.y, 2 * c.J}
    'reference', 'transposed',   {c.x, [], transposed}
    '',          '',             {c.x, c.y, c.J}};
  for k = 1:size(cases, 1)
    report = netjac.check(net, cases{k, 3}{:});
    mustBe(report.suspect, cases{k, 1});
    mustBe(report.passed, isempty(cases{k, 1}));
    must(isempty(cases{k, 2}) == isempty(report.hint) && ~isempty(regexp(report.hint, ['^.*', cases{k, 2}])) || isempty(cases{k, 2}), ...
         'case %d: the hint is: %s', k, report.hint);
  end
  % A network whose Jacobian is wrong: netjac.check takes whatever has the methods of a network.
  report = netjac.check(WrongNetwork(net), c.x, c.y, c.J);
  mustBe(report.suspect, 'library');
  must(~report.passed && ~report.jvp.passed && report.outputs.passed, 'a wrong product should be noticed');
  text = evalc('netjac.check(WrongNetwork(net), c.x)');
  must(~isempty(strfind(text, 'contradicts itself')) && ~isempty(strfind(text, 'report')), 'it should say so: %s', text);
end
