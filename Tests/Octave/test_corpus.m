function test_corpus(log)
  % TEST_CORPUS  Every case of Tests/Corpus, in every format that is read, against its references, through the functions users call.

  log.section('corpus');
  printf('%-26s %10s %10s %10s %10s   %s\n', 'case', 'y', 'J', 'H', 'J float', 'worst relative errors');
  folders = dir(fullfile(testsRoot(), 'Corpus', 'cases'));
  for folder = {folders.name}
    path = fullfile(testsRoot(), 'Corpus', 'cases', folder{1});
    if folder{1}(1) ~= '.' && exist(fullfile(path, 'case.json'), 'file')
      for model = 1:corpusCase(path).count
        c = corpusCase(path, model);
        if any(strcmp(c.format, {'onnx', 'keras', 'h5', 'savedmodel'}))
          log.check(['corpus case ', c.name], @() checkCase(log, c));
        end
      end
    end
  end
end

function checkCase(log, c)
  net = netjac.load(c.file, c.options{:});
  mustBe(net.inputSize, size(c.x, 1));
  mustBe(net.outputSize, size(c.y, 1));

  worst = checkValues(log, net, c, c.x, c.tolerance.double, [c.name, ' double']);
  singleErrors = checkValues(log, net, c, single(c.x), c.tolerance.float, [c.name, ' single']);
  coarse = netjac.load(c.file, c.options{:}, 'precision', 'float32');
  coarseErrors = checkValues(log, coarse, c, c.x, c.tolerance.float, [c.name, ' float32']);
  texts = arrayfun(@(e) sprintf('%10.1e', e), [worst, max(singleErrors(2), coarseErrors(2))], 'UniformOutput', false);
  if ~isfield(c, 'H')
    texts{3} = sprintf('%10s', '-');
  end
  printf('%-26s %s\n', c.name, strjoin(texts, ' '));
end

% Everything that can be asked of a network, in a batch and sample by sample. Returns the worst errors of y, J, H.
function worst = checkValues(log, net, c, x, tolerance, name)
  S = c.samples;
  m = size(c.y, 1);
  worst = zeros(1, 3);
  y = forward(net, x);
  [y1, J] = jacobian(net, x);
  [y2, Jv] = jvp(net, x, c.v);
  [y3, wJ] = vjp(net, x, c.w);
  [y4, Js] = jacobianSparse(net, x);
  for value = {y, y1, y2, y3, y4}
    worst(1) = max(worst(1), relativeError(value{1}, c.y, S));
  end
  mustBe(class(J), class(x));
  mustBe(class(y4), class(x));
  worst(2) = max([relativeError(J, c.J, S), relativeError(Jv, c.Jv, S), relativeError(wJ, c.wJ, S)]);

  pattern = jacobianSparsity(net);
  must(islogical(pattern) && issparse(pattern), 'the structure should be logical and sparse');
  mustBe(size(pattern), size(c.J)(1:2));
  must(~any(any(any(c.J ~= 0, 3) & ~pattern)), 'elements of J that are not zero should be in the structure');
  mustBe(size(Js), S * size(c.J)(1:2));
  for s = 1:S
    [ys, Jsample] = jacobian(net, x(:, s));
    worst(1) = max(worst(1), relativeError(ys, c.y(:, s), 1));
    worst(2) = max(worst(2), relativeError(Jsample, c.J(:, :, s), 1));
    [~, sparseSample] = jacobianSparse(net, x(:, s));
    worst(2) = max(worst(2), relativeError(full(sparseSample), c.J(:, :, s), 1));
    rows = (s - 1) * m + (1:m);
    columns = (s - 1) * size(x, 1) + (1:size(x, 1));
    worst(2) = max(worst(2), relativeError(full(Js(rows, columns)), c.J(:, :, s), 1));
    Js(rows, columns) = 0;
  end
  must(nnz(Js) == 0, 'there should be nothing outside the blocks of the samples');

  limits = [tolerance.y, tolerance.J, 0];
  H = [];
  if isfield(c, 'H')
    limits(3) = tolerance.H;
    H = hessian(net, x, c.lambda);
    worst(3) = relativeError(H, c.H, S);
    worst(3) = max(worst(3), relativeError(hessian(net, x(:, 1), c.lambda(:, 1)), c.H(:, :, 1), 1));
  end
  labels = {'y', 'J', 'H'};
  for k = 1:3
    must(worst(k) <= limits(k), '%s: the error of %s is %.2e; the tolerance is %.2e', name, labels{k}, worst(k), limits(k));
  end
  log.record(name, {y, J, Jv, wJ, y4, pattern, H});
end
