function changed = netjac_generate(header, folder)
  % NETJAC_GENERATE  Writes the prototype file, the thunk source and the list of commands for MATLAB's loadlibrary.
  %
  %   netjac_generate()                           from include/netjac.h and mex/netjac_commands.h into matlab/library
  %   changed = netjac_generate(header, folder)   true if a file was not there or was different
  %
  % Run this after every change of either; a test fails if somebody forgot:
  %
  %   octave-cli --path matlab/library --eval netjac_generate
  %
  % With the prototype file and a thunk library that was built beforehand, loadlibrary needs neither a
  % compiler nor Perl. A thunk is a function that takes a function, a block of memory with its
  % arguments, and calls it; MATLAB has one for each signature.

  here = fileparts(mfilename('fullpath'));
  if nargin < 1
    header = fullfile(fileparts(fileparts(here)), 'include', 'netjac.h');
  end
  if nargin < 2
    folder = here;
  end

  source = fileread(header);
  handles = regexp(source, 'typedef struct (\w+) \1;', 'tokens');
  handles = cellfun(@(t) t{1}, handles, 'UniformOutput', false);
  functions = declarations(source, handles);
  changed = write(fullfile(folder, 'netjac_proto.m'), prototypeText(functions, handles, enumerations(source)));
  changed = write(fullfile(folder, 'netjac_thunk.c'), thunkText(functions)) || changed;
  list = fileread(fullfile(fileparts(here), 'mex', 'netjac_commands.h'));
  changed = write(fullfile(folder, 'netjac_commands.m'), commandsText(list)) || changed;
end

function changed = write(path, text)
  changed = ~exist(path, 'file') || ~strcmp(fileread(path), text);
  if changed
    file = fopen(path, 'w');
    if file < 0
      error('netjac:generate:notWritable', 'The file ''%s'' cannot be written.', path);
    end
    fwrite(file, text);
    fclose(file);
  end
end

% ---- Reading the header -----------------------------------------------------------------------------------

% Every declaration "type netjac_name(type name, ...);" of the header, which has no other kinds of functions.
function functions = declarations(source, handles)
  text = regexprep(source, '/\*.*?\*/', ' ');
  text = regexprep(text, '^[ \t]*#[^\n]*', ' ', 'lineanchors');
  text = regexprep(text, '\s+', ' ');
  found = regexp(text, '((?:const )?\w+ ?\*?) ?(netjac_\w+)\(([^()]*)\);', 'tokens');
  functions = struct('name', {}, 'text', {}, 'result', {}, 'arguments', {});
  for k = 1:numel(found)
    [result, name, parameters] = found{k}{:};
    types = {};
    if ~strcmp(strtrim(parameters), 'void')
      parts = strtrim(strsplit(parameters, ','));
      types = cellfun(@(part) typeOf(part, handles), regexprep(parts, '\w+$', ''), 'UniformOutput', false);
    end
    functions(end + 1) = struct('name', name, 'text', strtrim([strtrim(result), ' ', name, '(', parameters, ')']), ...
                                'result', typeOf(result, handles), 'arguments', {types});
  end
end

% MATLAB's name of a C type, and the C type of the thunk, where all pointers are alike.
function type = typeOf(text, handles)
  words = regexp(regexprep(text, '\<const\>', ''), '\w+', 'match');
  base = words{1};
  stars = sum(text == '*');
  scalars = {'void', 'void', 'void'; 'char', 'int8', 'int8_t'; 'double', 'double', 'double'; ...
             'float', 'single', 'float'; 'int32_t', 'int32', 'int32_t'; 'int64_t', 'int64', 'int64_t'; ...
             'size_t', 'uint64', 'uint64_t'; 'netjac_status', 'int32', 'int32_t'; ...
             'netjac_order', 'int32', 'int32_t'};
  scalars = [scalars; handles(:), handles(:), repmat({''}, numel(handles), 1)];
  row = find(strcmp(base, scalars(:, 1)), 1);
  if isempty(row)
    error('netjac:generate:unknownType', 'The header uses the type ''%s'', which netjac_generate does not know.', base);
  end
  if strcmp(base, 'char') && stars == 1
    type = struct('matlab', 'cstring', 'thunk', 'cstring', 'c', 'char *');
  elseif stars > 0
    type = struct('matlab', [scalars{row, 2}, repmat('Ptr', 1, stars)], 'thunk', 'voidPtr', 'c', 'void *');
  else
    type = struct('matlab', scalars{row, 2}, 'thunk', scalars{row, 2}, 'c', scalars{row, 3});
  end
end

function list = enumerations(source)
  text = regexprep(source, '/\*.*?\*/', ' ');
  found = regexp(text, 'enum (\w+) \{([^}]*)\}', 'tokens');
  list = struct('name', {}, 'values', {});
  for k = 1:numel(found)
    pairs = regexp(found{k}{2}, '(\w+) = (-?\d+)', 'tokens');
    list(end + 1) = struct('name', found{k}{1}, 'values', {pairs});
  end
end

function text = commandsText(source)
  lines = {
    'function commands = netjac_commands()'
    '  % NETJAC_COMMANDS  The commands of netjac_mex: for each the area of its errors, its arguments and how many.'
    '  %'
    '  % Written by netjac_generate from mex/netjac_commands.h; do not edit.'
    ''
    '  list = {'};
  found = regexp(source, '^COMMAND\((\w+), (\w+), "([^"]*)", "([^"]*)"\)', 'tokens', 'lineanchors');
  for k = 1:numel(found)
    [name, area, arguments_] = found{k}{1:3};
    count = numel(strfind(arguments_, ',')) + ~isempty(arguments_);
    lines{end + 1} = sprintf('    ''%s'', ''%s'', ''%s'', %d', name, area, arguments_, count);
  end
  lines = [lines; {
    '    };'
    '  commands = struct();'
    '  for k = 1:size(list, 1)'
    '    commands.(list{k, 1}) = struct(''area'', list{k, 2}, ''arguments'', list{k, 3}, ''count'', list{k, 4});'
    '  end'
    'end'}];
  text = [strjoin(lines.', char(10)), char(10)];
end

% ---- Writing ----------------------------------------------------------------------------------------------

function name = thunkName(f)
  parts = cellfun(@(a) a.thunk, f.arguments, 'UniformOutput', false);
  if isempty(parts)
    parts = {'void'};
  end
  name = [f.result.thunk, parts{:}, 'Thunk'];
end

function text = prototypeText(functions, handles, enums)
  lines = {
    'function [methodinfo, structs, enuminfo, ThunkLibName] = netjac_proto()'
    '  % NETJAC_PROTO  What loadlibrary needs to know about libnetjac.'
    '  %'
    '  % Written by netjac_generate from include/netjac.h; do not edit.'
    ''
    '  ThunkLibName = netjac.internal.locate(''thunk'');'
    '  ival = {cell(1, 0)};'
    '  fcns = struct(''name'', ival, ''calltype'', ival, ''LHS'', ival, ''RHS'', ival, ''alias'', ival, ''thunkname'', ival);'
    ''};
  for k = 1:numel(functions)
    f = functions(k);
    parameters = cellfun(@(a) ['''', a.matlab, ''''], f.arguments, 'UniformOutput', false);
    result = ['''', f.result.matlab, ''''];
    if strcmp(f.result.matlab, 'void')
      result = '[]';
    end
    right = ['{', strjoin(parameters, ', '), '}'];
    if isempty(parameters)
      right = '[]';
    end
    lines = [lines; {
      sprintf('  %% %s', f.text)
      sprintf('  fcns.name{%d} = ''%s'';', k, f.name)
      sprintf('  fcns.calltype{%d} = ''Thunk'';', k)
      sprintf('  fcns.thunkname{%d} = ''%s'';', k, thunkName(f))
      sprintf('  fcns.LHS{%d} = %s;', k, result)
      sprintf('  fcns.RHS{%d} = %s;', k, right)
      ''}];
  end
  for k = 1:numel(handles)
    lines{end + 1} = sprintf('  structs.%s.members = struct([]);', handles{k});
  end
  for k = 1:numel(enums)
    pairs = cellfun(@(p) sprintf('''%s'', %s', p{:}), enums(k).values, 'UniformOutput', false);
    lines{end + 1} = sprintf('  enuminfo.%s = struct(%s);', enums(k).name, strjoin(pairs, ', '));
  end
  lines = [lines; {'  methodinfo = fcns;'; 'end'}];
  text = [strjoin(lines.', char(10)), char(10)];
end

function text = thunkText(functions)
  lines = {
    '/*'
    ' * netjac_thunk.c - The functions through which MATLAB''s calllib calls libnetjac, one for each signature.'
    ' *'
    ' * Written by netjac_generate from include/netjac.h; do not edit. To be built as a shared library named'
    ' * netjac_thunk, beside libnetjac. MATLAB places every argument at a multiple of 8 bytes.'
    ' */'
    '#include <stdint.h>'
    ''
    '#ifdef _WIN32'
    '#define EXPORT __declspec(dllexport)'
    '#else'
    '#define EXPORT __attribute__((visibility("default")))'
    '#endif'
    ''
    '#define ARGUMENT(type, index) (*(type const *)(arguments + 8 * (index)))'};
  written = {};
  for k = 1:numel(functions)
    f = functions(k);
    name = thunkName(f);
    if any(strcmp(name, written))
      continue;
    end
    written{end + 1} = name;
    types = cellfun(@(a) a.c, f.arguments, 'UniformOutput', false);
    values = arrayfun(@(i) sprintf('ARGUMENT(%s, %d)', types{i}, i - 1), 1:numel(types), 'UniformOutput', false);
    if isempty(types)
      types = {'void'};
    end
    return_ = 'return ';
    if strcmp(f.result.c, 'void')
      return_ = '';
    end
    result = f.result.c;
    if result(end) ~= '*'
      result = [result, ' '];
    end
    lines = [lines; {
      ''
      sprintf('/* %s */', f.text)
      sprintf('EXPORT %s%s(void function(void), const char *arguments, int size)', result, name)
      '{'
      '  (void)arguments;'
      '  (void)size;'
      sprintf('  %s((%s(*)(%s))function)(%s);', return_, result, strjoin(types, ', '), ...
              strjoin(values, [',', char(10), '    ']))
      '}'}];
  end
  text = [strjoin(lines.', char(10)), char(10)];
end
