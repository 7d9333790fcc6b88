function [notFound, warnings] = loadlibrary(library, source, varargin)
  % LOADLIBRARY  Stand-in for MATLAB's function of the same name.
  %
  %   loadlibrary(library, header, 'alias', name, 'addheader', file, 'includepath', folder)
  %   loadlibrary(library, @prototype, 'alias', name)
  %
  % A header is parsed by loadlibrary_parse. A prototype file needs a thunk library for every function,
  % as in every MATLAB since the 32-bit ones went.

  [~, name] = fileparts(library);
  added = {};
  folders = {};
  for k = 1:2:numel(varargin) - 1
    switch lower(varargin{k})
      case 'alias', name = varargin{k + 1};
      case 'addheader', added{end + 1} = varargin{k + 1};
      case 'includepath', folders{end + 1} = varargin{k + 1};
      case {'mfilename', 'thunkfilename'}
      otherwise, error('MATLAB:loadlibrary:option', 'Unknown option ''%s''.', varargin{k});
    end
  end
  if libisloaded(name)
    warning('MATLAB:loadlibrary:alreadyLoaded', 'The library ''%s'' is loaded already.', name);
    return;
  end

  if is_function_handle(source)
    [declared, thunkFile] = fromPrototype(source);
  else
    if ~isfile(source)
      error('MATLAB:loadlibrary:FileNotFound', 'Could not find file %s.', source);
    end
    declared = loadlibrary_parse(source, added, folders);
    thunkFile = '';
  end

  handle = openLibrary(library);
  thunks = uint64(0);
  if ~isempty(thunkFile)
    thunks = openLibrary(thunkFile);
  end

  notFound = {};
  entry = struct('handle', handle, 'enums', declared.enums, 'structs', declared.structs);
  entry.functions = containers.Map();
  for k = 1:numel(declared.functions)
    f = declared.functions(k);
    address = loadlibrary_native('symbol', handle, f.name);
    if address == 0
      notFound{end + 1} = f.name;
      continue;
    end
    if ~f.callable
      continue;
    end
    f.address = address;
    f.thunk = uint64(0);
    if thunks ~= 0
      f.thunk = loadlibrary_native('symbol', thunks, f.thunkName);
      if f.thunk == 0
        error('MATLAB:loadlibrary:thunk', '%s does not define the thunk %s of %s.', thunkFile, f.thunkName, f.name);
      end
    end
    entry.functions(f.alias) = f;
  end
  loadlibrary_registry('add', name, entry);
  warnings = strjoin(declared.messages, "\n");
  notFound = notFound(:);
end

function handle = openLibrary(path)
  [handle, message] = loadlibrary_native('open', path);
  if handle == 0
    error('MATLAB:loadlibrary:LoadFailed', 'There was an error loading the library "%s": %s', path, message);
  end
end

function [declared, thunkFile] = fromPrototype(prototype)
  [methods, structs, enums, thunkFile] = prototype();
  if isempty(thunkFile)
    error('MATLAB:loadlibrary:thunk', 'The prototype file names no thunk library; 64-bit MATLAB needs one.');
  end
  declared.functions = struct('name', {}, 'alias', {}, 'result', {}, 'arguments', {}, 'callable', {}, 'thunkName', {});
  for k = 1:numel(methods.name)
    if ~strcmp(methods.calltype{k}, 'Thunk')
      error('MATLAB:loadlibrary:thunk', '%s is not called through a thunk.', methods.name{k});
    end
    alias = methods.name{k};
    if numel(methods.alias) >= k && ~isempty(methods.alias{k})
      alias = methods.alias{k};
    end
    result = methods.LHS{k};
    if isempty(result)
      result = '';
    end
    types = methods.RHS{k};
    if isempty(types)
      types = {};
    end
    declared.functions(end + 1) = struct('name', methods.name{k}, 'alias', alias, 'result', result, ...
                                         'arguments', {types}, 'callable', true, ...
                                         'thunkName', methods.thunkname{k});
  end
  declared.structs = structs;
  declared.enums = enums;
  declared.messages = {};
end
