function test_examples(log)
  % TEST_EXAMPLES  Every example runs in an Octave of its own and keeps what it promises (they end in assertions).

  log.section('examples');
  tree = fileparts(testsRoot());
  setenv('NETJAC_EXAMPLE_SIZE', 'small');
  restore = onCleanup(@() setenv('NETJAC_EXAMPLE_SIZE', ''));
  files = dir(fullfile(tree, 'examples', 'octave', '*.m'));
  for k = 1:numel(files)
    log.check(files(k).name, @() runs(fullfile(tree, 'examples', 'octave', files(k).name)));
  end
end

function runs(file)
  [status, output] = system(sprintf('octave-cli --norc "%s" 2>&1', file));
  must(status == 0, 'it ends with status %d:\n%s', status, output(max(1, end - 1500):end));
end
