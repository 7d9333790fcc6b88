function test_processes(log)
  % TEST_PROCESSES  What needs an Octave of its own: how the door is chosen, and how processes end.

  log.section('processes');
  tree = fileparts(testsRoot());
  copy = tempname();
  remove = onCleanup(@() removeFolder(copy));
  mkdir(copy);
  copyfile(fullfile(tree, 'matlab'), copy);
  mkdir(fullfile(copy, 'include'));
  copyfile(fullfile(tree, 'include', 'netjac.h'), fullfile(copy, 'include'));
  mkdir(fullfile(copy, 'build', 'lib'));
  copyfile(canonicalize_file_name(netjac.internal.locate('library')), fullfile(copy, 'build', 'lib', 'libnetjac.so'));

  log.check('the MEX file is the first choice', @() inTree(tree, '', 'disp(netjac.door())', 'mex'));
  log.check('NETJAC_DOOR decides', @() inTree(tree, 'library', 'disp(netjac.door())', 'library'));
  log.check('NETJAC_DOOR is checked', @() inTree(tree, 'window', reported('netjac.door()'), 'netjac:door:unknownDoor'));
  log.check('without a MEX file and a thunk', @() inTree(copy, '', whole(), 'library 3 5'));
  log.check('without any door', @() inTree(copy, 'none', reported('netjac.door()'), 'netjac:door:notFound'));
  log.check('NETJAC_DOOR asks for a MEX file that is not there', ...
            @() inTree(copy, 'mex', reported('netjac.door()'), 'netjac:door:notFound'));
  log.check('exit with living networks', @() inTree(tree, '', ['net = netjac.load(file); exit(0)'], ''));
  log.check('exit with living networks in cells and handles', ...
            @() inTree(tree, '', 'global g; g = {netjac.load(file)}; f = evaluator(g{1}, ''forward''); disp(size(f(1:5)))', '1   3'));
  log.check('clear all with living networks', ...
            @() inTree(tree, '', 'net = netjac.load(file); clear all; disp(netjac_mex(''alive''))', '0'));
  log.check('clear functions does not unload the MEX file', ...
            @() inTree(tree, '', 'net = netjac.load(file); clear functions; disp(netjac_mex(''alive''))', '1'));
  log.check('clear functions does not unload the library', ...
            @() inTree(tree, 'library', 'netjac.door(); h = netjac_mex(''load'', file, {}); clear functions; disp(netjac_mex(''alive''))', '1'));
  for solver = {'lsode(@(x, t) [forward(net, x); 0; 0], (1:5).'', [0, 1])', 'quad(@(x) sum(forward(net, x * (1:5))), 0, 1)'}
    log.check(['exit after ', strtok(solver{1}, '(')], ...
              @() inTree(tree, '', ['net = netjac.load(file); ', solver{1}, '; disp(''end'')'], 'end'));
  end
end

function code = whole()
  code = ['net = netjac.load(file); [y, J] = jacobian(net, 1:5); clear net; ', ...
          'printf(''%s %d %d\n'', netjac.door(), size(J))'];
end

function code = reported(code)
  code = ['try, ', code, ', catch e, disp(e.identifier), end'];
end

% Runs code in an Octave of its own and expects that it ends well and prints the text.
function inTree(tree, door, code, text)
  file = fullfile(testsRoot(), 'Corpus', 'cases', 'foot_ground_contact', 'model.onnx');
  paths = sprintf('addpath(''%s'', ''%s''); ', fullfile(fileparts(testsRoot()), 'build', 'octave-tests'), ...
                  fullfile(testsRoot(), 'LoadLibrary'));
  if strcmp(door, 'none')
    door = '';
    paths = '';
  end
  code = sprintf('warning(''off'', ''Octave:shadowed-function''); %saddpath(''%s''); file = ''%s''; %s', paths, ...
                 fullfile(tree, 'matlab'), file, code);
  script = [tempname(), '.m'];
  stream = fopen(script, 'w');
  fputs(stream, [code, "\n"]);
  fclose(stream);
  remove = onCleanup(@() delete(script));
  setting = ['NETJAC_DOOR=', door];
  if ~strcmp(tree, fileparts(testsRoot()))
    setting = [setting, ' NETJAC_LIBRARY='];
  end
  [status, output] = system(sprintf('%s octave-cli --norc --quiet "%s" 2>&1', setting, script));
  must(status == 0, 'Octave ended with status %d:\n%s', status, output);
  must(isempty(text) || ~isempty(strfind(output, text)), 'it should print "%s"; it printed:\n%s', text, output);
end

function removeFolder(folder)
  confirm = confirm_recursive_rmdir(false);
  rmdir(folder, 's');
  confirm_recursive_rmdir(confirm);
end
