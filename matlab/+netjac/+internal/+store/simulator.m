function s = simulator(store, f, read, wantsProcesses)
  % SIMULATOR  What runs one point: a function or an external command, checked before anything is simulated.
  %
  % s.run          [y, J, arrays] = s.run(x) for a column x; y is m-by-1, J m-by-n or [], arrays a struct
  % s.description  for messages
  %
  % wantsProcesses: it must be known to other processes, too.

  f = netjac.internal.store.asText(f);
  read = netjac.internal.store.asText(read);
  if ischar(f)
    command = netjac.internal.store.command(store, f, read);
    s = struct('run', @(x) runCommand(store, command, x), 'description', f);
    functions_ = {};
    if isa(read, 'function_handle')
      functions_ = {read};
    end
  elseif isa(f, 'function_handle')
    if ~isempty(read)
      error('netjac:store:wrongOption', 'Option ''read'' belongs to an external command; the simulator is a function.');
    end
    calling = netjac.internal.store.Calling(f);
    s = struct('run', @(x) runFunction(store, calling, x), 'description', func2str(f));
    functions_ = {f};
  else
    error('netjac:store:wrongArgument', ...
          'The simulator must be a function handle or a command as text; it is %s.', class(f));
  end
  if wantsProcesses
    for k = 1:numel(functions_)
      requireFile(functions_{k});
    end
  end
end

% Other processes find functions by their names only.
function requireFile(f)
  known = functions(f);
  if strcmp(known.type, 'anonymous')
    error('netjac:store:wrongArgument', ...
          ['%s is an anonymous function, which other processes cannot be given: what it holds would have to be copied. ', ...
           'Put it into a file and give its handle, or leave ''workers'' out.'], func2str(f));
  end
  name = func2str(f);
  if name(1) == '@'
    name = name(2:end);
  end
  kind = exist(strtok(name, '.'));
  if ~any(kind == [2, 3, 5, 6]) && isempty(strfind(name, '.'))
    error('netjac:store:wrongArgument', ...
          ['The function %s was typed in or stands within another file, so other processes cannot find it. ', ...
           'Put it into a file of its own, or leave ''workers'' out.'], name);
  end
end

function [y, J, arrays] = runFunction(store, calling, x)
  [y, J] = calling.run(x);
  [y, arrays] = netjac.internal.store.outputs(store, y);
  n = store.inputSize;
  m = store.outputSize;
  if ~isempty(J) && ~((isnumeric(J) || islogical(J)) && isreal(J) && isequal(size(J), [m, n]))
    warning('netjac:store:jacobian', ...
            ['The second output of %s is %s of class %s, and no Jacobian, which would be %d-by-%d; it is not stored.'], ...
            calling.name, netjac.internal.sizeText(size(J)), class(J), m, n);
    J = [];
  end
  J = full(double(J));
end

function [y, J, arrays] = runCommand(store, command, x)
  y = command.run(x);
  J = [];
  [y, arrays] = netjac.internal.store.outputs(store, y);
end
