function test_host(log, before)
  % TEST_HOST  Loading and running networks leaves the process as it was.
  %
  %   test_host(log, before)      before: hostState() from before the library was loaded

  log.section('host');
  log.check('the BLAS of Octave can be asked', @() must(before.blasThreads ~= 0, 'OpenBLAS should have threads'));
  net = corpusNetwork('cnn2d_relu_bn_pool');
  [~, ~] = jacobian(net, rand(net.inputSize, 64));
  after = hostState();
  for name = fieldnames(before).'
    log.check(['unchanged: ', name{1}], @() mustBe(after.(name{1}), before.(name{1})));
  end
  log.check('Octave''s own products', @() mustBe(ones(200, 300) * ones(300, 100), 300 * ones(200, 100)));
end
