% TEST_LOOP  The loop from simulator to optimiser in small, twice; the last line is "N passed, N failed".
%
%   octave-cli --norc --quiet Tests/Granular/test_loop.m

1;

function counts = check(counts, what, holds)
  if holds
    counts(1) = counts(1) + 1;
  else
    fprintf('FAILED: foot_loop: %s\n', what);
    counts(2) = counts(2) + 1;
  end
end

function is = isPicture(file)
  is = exist(file, 'file') && dir(file).bytes > 10000;
end

tree = fileparts(fileparts(fileparts(mfilename('fullpath'))));
addpath(fullfile(tree, 'examples', 'granular'));
folder = tempname();
mkdir(folder);
confirm_recursive_rmdir(false);
remove = onCleanup(@() rmdir(folder, 's'));

first = foot_loop(folder, 'small');
second = foot_loop(folder, 'small');

counts = [0 0];
counts = check(counts, 'the first run simulates every point', first.simulated == 12 + 3 + 3 + 2 * 2 + 4 + 2 * 4);
counts = check(counts, 'the second run simulates nothing', second.simulated == 0);
counts = check(counts, 'and finds the same', isequal(rmfield(first, 'simulated'), rmfield(second, 'simulated')));
counts = check(counts, 'the Jacobian is that of differences', first.jacobianError < 1e-5 && first.jacobianError > 0);
counts = check(counts, 'the load is carried', first.missing < 1e-6);
counts = check(counts, 'with less work', first.work(1, 2) < first.work(1, 1) && all(first.work(:) > 0));
counts = check(counts, 'at an optimum', abs(first.slope) < 1e-6);
counts = check(counts, 'errors are finite', all(isfinite([first.errors(:); first.scatter; first.depthError])));
for name = {'bed', 'samples', 'depth', 'learning', 'stride'}
  file = fullfile(folder, ['foot_loop_', name{1}, '.png']);
  counts = check(counts, ['the picture ', file], isPicture(file));
end
fprintf('%d passed, %d failed\n', counts);
exit(counts(2) > 0);
