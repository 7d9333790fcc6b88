% RUN_TESTS  Tests the MATLAB and Octave interface; the last line is "N passed, N failed", and the status tells.
%
%   octave-cli --norc --quiet Tests/Octave/run_tests.m
%
% Needs build/lib/libnetjac.so and build/octave/netjac_mex.mex ("make mex"), mkoctfile, cc and libffi. Builds what
% only tests need into build/octave-tests. The suite runs through both doors of the interface, the MEX file and
% loadlibrary, and compares what they give; Octave has no loadlibrary, so Tests/LoadLibrary stands in for it.

1;

function buildIfOlder(target, source, command, varargin)
  if exist(target, 'file') && dir(target).datenum > dir(source).datenum
    return;
  end
  [status, output] = system(sprintf(command, varargin{:}));
  if status ~= 0
    error('The tests cannot be built:\n%s', output);
  end
end

function runDoor(log, door, before)
  log.check(['the door ''', door, ''' opens'], @() mustBe(netjac.door(door), door));
  if ~strcmp(netjac.door(), door)
    return;
  end
  log.enter(door);
  test_arguments(log);
  test_loading(log);
  test_lifetime(log);
  test_corpus(log);
  test_malformed(log);
  test_smoothness(log);
  test_solvers(log);
  test_graph(log);
  test_training(log);
  test_differences(log);
  test_refusals(log);
  test_store(log);
  test_store_simulate(log);
  test_store_learning(log);
  test_host(log, before);
  log.enter('');
end

tests = fileparts(mfilename('fullpath'));
tree = fileparts(fileparts(tests));
folder = fullfile(tree, 'build', 'octave-tests');
[~, ~] = mkdir(folder);
warning('off', 'Octave:shadowed-function');
addpath(tests, fullfile(tree, 'Tests', 'LoadLibrary'), fullfile(tree, 'matlab'), folder);
setenv('NETJAC_DOOR', '');
if isempty(getenv('NETJAC_LIBRARY'))
  setenv('NETJAC_LIBRARY', fullfile(tree, 'build', 'lib', 'libnetjac.so'));
end

native = fullfile(tree, 'Tests', 'LoadLibrary', 'loadlibrary_native.cc');
buildIfOlder(fullfile(folder, 'loadlibrary_native.oct'), native, 'mkoctfile -Wall -o "%s" "%s" -lffi 2>&1', ...
             fullfile(folder, 'loadlibrary_native.oct'), native);
thunk = fullfile(fileparts(getenv('NETJAC_LIBRARY')), 'netjac_thunk.so');
thunkSource = fullfile(tree, 'matlab', 'library', 'netjac_thunk.c');
buildIfOlder(thunk, thunkSource, 'cc -Wall -Wextra -Werror -shared -fPIC -O2 -o "%s" "%s" 2>&1', thunk, thunkSource);

before = hostState();
log = TestLog();
test_loadlibrary(log, folder);
runDoor(log, 'mex', before);
test_processes(log);
test_examples(log);
runDoor(log, 'library', before);
test_prototype(log);
log.section('both doors');
log.compare('mex', 'library');
log.summary();
exit(min(log.failed, 1));
