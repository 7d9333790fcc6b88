function c = command(store, template, read)
  % COMMAND  An external program that simulates one point, as a struct with a function run.
  %
  %   c = command(store, 'footsim --speed %speed --depth %depth', @parse)
  %
  % %name stands for an input's value with all its digits (those of a vector separated by commas), name_1 for its first
  % element, %% for a percent sign. y = c.run(x) runs it in a fresh folder, which is kept only if something fails, and
  % gives what read(folder) or read() makes of it, called within the folder; without read, the numbers that the program
  % printed. Its output goes to output.txt there.

  names = regexp(template, '%(%|[A-Za-z]\w*)', 'tokens');
  known = {'%'};
  for v = store.inputs
    known{end + 1} = v.name;
    if v.size > 1
      known = [known, arrayfun(@(k) sprintf('%s_%d', v.name, k), 1:v.size, 'UniformOutput', false)];
    end
  end
  for k = 1:numel(names)
    if ~any(strcmp(names{k}{1}, known))
      error('netjac:store:wrongArgument', 'The command has %%%s; the inputs of study ''%s'' are %s (a percent sign is %%%%).', ...
            names{k}{1}, store.study, strjoin({store.inputs.name}, ', '));
    end
  end
  if ~isempty(read) && ~isa(read, 'function_handle')
    error('netjac:store:wrongOption', 'Option ''read'' must be a function handle; it is %s.', class(read));
  end
  c = struct('run', @(x) run(template, store.inputs, read, x));
end

function y = run(template, inputs, read, x)
  line = filledIn(template, inputs, x);
  folder = tempname();
  [made, message] = mkdir(folder);
  if ~made
    error('netjac:store:command', 'No folder can be made at ''%s'': %s', folder, message);
  end
  output = fullfile(folder, 'output.txt');
  try
    status = statusOf(line, folder, output);
    if status ~= 0
      said = strtrim(fileread(output));
      error('netjac:store:command', 'The command ended with status %d. Its last words: %s', status, ...
            said(max(1, end - 400):end));
    end
    y = resultOf(read, folder, output);
  catch problem
    problem.message = sprintf('%s (command: %s; folder: %s)', problem.message, line, folder);
    error(struct('message', problem.message, 'identifier', problem.identifier, 'stack', problem.stack));
  end
  netjac.internal.store.removeFolder(folder);
end

function status = statusOf(line, folder, output)
  if ispc()
    status = system(sprintf('cd /d "%s" && (%s) > "%s" 2>&1', folder, line, output));
    return;
  end
  told = [folder, '.status'];
  remove = onCleanup(@() deleteIfThere(told));
  whole = sprintf('cd "%s" && ( %s\n) > "%s" 2>&1 < /dev/null; echo $? > "%s"', folder, line, output, told);
  child = netjac.internal.store.Child(whole);
  child.folder = folder;
  stop = onCleanup(@() child.stop());
  child.await();
  child.folder = '';                             % what follows decides on it
  status = str2double(fileread(told));
end

function deleteIfThere(file)
  if exist(file, 'file')
    delete(file);
  end
end

function y = resultOf(read, folder, output)
  if isempty(read)
    text = fileread(output);
    y = sscanf(text, '%f');
    if isempty(y)
      error('netjac:store:command', 'The command printed no numbers; option ''read'' gives a function that finds them.');
    end
    return;
  end
  before = cd(folder);
  back = onCleanup(@() cd(before));
  if nargin(read) == 0
    y = read();
  else
    y = read(folder);
  end
end

function line = filledIn(template, inputs, x)
  values = struct();
  first = 0;
  for v = inputs
    numbers = x(first + 1:first + v.size);
    first = first + v.size;
    text = sprintf('%.17g,', numbers);
    values.(v.name) = text(1:end - 1);
    for k = 1:v.size * (v.size > 1)
      values.(sprintf('%s_%d', v.name, k)) = sprintf('%.17g', numbers(k));
    end
  end
  [starts, ends, names] = regexp(template, '%(%|[A-Za-z]\w*)', 'start', 'end', 'tokens');
  line = '';
  last = 0;
  for k = 1:numel(starts)
    value = '%';
    if ~strcmp(names{k}{1}, '%')
      value = values.(names{k}{1});
    end
    line = [line, template(last + 1:starts(k) - 1), value];
    last = ends(k);
  end
  line = [line, template(last + 1:end)];
end
