function declared = loadlibrary_parse(header, addedHeaders, includeFolders)
  % LOADLIBRARY_PARSE  Reads a C header by the rules of MATLAB's own parser.
  %
  %   declared = loadlibrary_parse(header, addedHeaders, includeFolders)
  %
  % MATLAB does not understand C. It has the compiler expand the header, cuts the result at semicolons,
  % learns types from all files and functions from the named header (and added ones) only, takes the word
  % before the first "(" for the function's name, and drops or mangles what it does not expect, sometimes
  % without a word. A header that passes here passes there; so whatever is in doubt is refused or mangled.
  %
  % declared.functions   struct array: name, alias, result ('' for void), arguments, callable
  % declared.structs     name -> cell array of field names, {} for an opaque one
  % declared.enums       name -> struct of values
  % declared.messages    what was dropped with a message; silent losses are silent here, too

  if nargin < 2, addedHeaders = {}; end
  if nargin < 3, includeFolders = {}; end

  state.functions = struct('name', {}, 'alias', {}, 'result', {}, 'arguments', {}, 'callable', {});
  state.structs = struct();
  state.enums = struct();
  state.typedefs = struct();
  state.constants = struct();
  state.messages = {};

  wanted = cellfun(@fileName, [{header}, addedHeaders], 'UniformOutput', false);
  [texts, files] = statements(expanded(header, addedHeaders, includeFolders));
  for k = 1:numel(texts)
    state = readStatement(state, texts{k}, any(strcmp(fileName(files{k}), wanted)));
  end

  declared = rmfield(state, {'typedefs', 'constants'});
end

function name = fileName(path)
  [~, name, extension] = fileparts(path);
  name = [name, extension];
end

function lines = expanded(header, addedHeaders, includeFolders)
  source = [tempname(), '.c'];
  file = fopen(source, 'w');
  for path = [{header}, addedHeaders]
    fprintf(file, '#include "%s"\n', make_absolute_filename(path{1}));
  end
  fclose(file);
  remove = onCleanup(@() delete(source));
  flags = sprintf(' -I"%s"', includeFolders{:});
  if isempty(includeFolders)
    flags = '';
  end
  [status, output] = system(sprintf('cc -E%s "%s" 2>&1', flags, source));
  if status ~= 0
    error('MATLAB:loadlibrary:preprocessor', 'The compiler cannot expand %s:\n%s', header, output);
  end
  lines = strsplit(output, "\n");
end

function [texts, files] = statements(lines)
  texts = {};
  files = {};
  text = '';
  file = '';
  start = '';
  depth = 0;
  for k = 1:numel(lines)
    line = lines{k};
    marker = regexp(line, '^# \d+ "([^"]*)"', 'tokens', 'once');
    if ~isempty(marker)
      file = marker{1};
      continue;
    end
    if ~isempty(regexp(line, '^\s*#', 'once'))
      continue;
    end
    [pieces, stops] = regexp(line, '[;{}]', 'split', 'match');
    for i = 1:numel(pieces)
      if isempty(strtrim(text))
        start = file;
      end
      text = [text, ' ', pieces{i}];
      if i > numel(stops)
        continue;
      end
      switch stops{i}
        case '{'
          if depth == 0 && ~isempty(regexp(text, '^\s*extern\s*"\s*C\s*"\s*$', 'once'))
            error('MATLAB:loadlibrary:cplusplus', ...
                  'extern "C" { found in %s. C++ files are not supported; hide it behind __cplusplus.', start);
          end
          depth = depth + 1;
          text = [text, ' { '];
        case '}'
          depth = depth - 1;
          text = [text, ' } '];
          body = strfind(text, '{');
          isFunction = any(text(1:body(1)) == '(') && isempty(regexp(text, '^\s*typedef\W', 'once'));
          if depth == 0 && isFunction
            texts{end + 1} = strtrim(text(1:body(1) - 1));
            files{end + 1} = start;
            text = '';
          end
        case ';'
          if depth == 0
            texts{end + 1} = strtrim(text);
            files{end + 1} = start;
            text = '';
          else
            text = [text, ' ; '];
          end
      end
    end
  end
end

function state = readStatement(state, text, isWanted)
  text = regexprep(strtrim(text), '\s+', ' ');
  text = regexprep(text, '^(__extension__ )+', '');
  if isempty(text)
    return;
  end
  isTypedef = ~isempty(regexp(text, '^typedef\W', 'once'));
  if any(text == '{')
    state = readBody(state, text, isTypedef);
  elseif isTypedef
    state = readTypedef(state, regexprep(text, '^typedef ', ''));
  elseif ~isempty(regexp(text, '^(struct|union|enum) \w+$', 'once'))
    words = strsplit(text, ' ');
    if strcmp(words{1}, 'struct') && ~isfield(state.structs, words{2})
      state.structs.(words{2}) = {};
    end
  elseif any(text == '(')
    if isWanted
      state = readFunction(state, text);
    end
  end
end

% struct, union and enum definitions, with or without typedef.
function state = readBody(state, text, isTypedef)
  text = regexprep(text, '^typedef ', '');
  parts = regexp(text, '^(?:const )?(struct|union|enum) ?(\w*) ?(?:__attribute__ ?\(\(.*?\)\) ?)?\{(.*)\}(.*)$', ...
                 'tokens', 'once');
  if isempty(parts)
    state.messages{end + 1} = ['not understood: ', text];
    return;
  end
  [kind, tag, body, rest] = parts{:};
  name = tag;
  if isTypedef
    alias = regexp(rest, '\w+', 'match', 'once');
    if isempty(name)
      name = alias;
    elseif ~strcmp(name, alias)
      state.typedefs.(alias) = struct('base', name, 'pointers', sum(rest == '*'));
    end
  end
  if isempty(name)
    return;                                       % enum {A, B}; is dropped without a message
  end
  switch kind
    case 'enum'
      [state.enums.(name), state.constants] = enumerators(body, state.constants);
    case 'union'
      state.messages{end + 1} = sprintf('union %s is not supported and was skipped', name);
    case 'struct'
      if any(body == '{') || any(body == ':') || ~isempty(regexp(body, '\<union\>', 'once'))
        state.messages{end + 1} = sprintf('struct %s has a member that is not supported and was skipped', name);
      else
        state.structs.(name) = fieldNames(body);
      end
  end
end

function names = fieldNames(body)
  members = strtrim(strsplit(body, ';'));
  members = members(~cellfun(@isempty, members));
  names = cellfun(@(m) regexp(regexprep(m, '\[.*\]|\(\s*\*|\).*$', ''), '\w+\s*$', 'match', 'once'), ...
                  members, 'UniformOutput', false);
end

function [values, constants] = enumerators(body, constants)
  values = struct();
  next = 0;
  items = strtrim(strsplit(body, ','));
  for k = 1:numel(items)
    parts = regexp(items{k}, '^(\w+)\s*(?:=\s*(.*))?$', 'tokens', 'once');
    if isempty(parts)
      continue;
    end
    if numel(parts) > 1 && ~isempty(parts{2})
      next = constantValue(parts{2}, constants);
    end
    values.(parts{1}) = next;
    constants.(parts{1}) = next;
    next = next + 1;
  end
end

function value = constantValue(expression, constants)
  shift = regexp(expression, '^\(?\s*(\w+)\s*<<\s*(\w+)\s*\)?$', 'tokens', 'once');
  if ~isempty(shift)
    value = constantValue(shift{1}, constants) * 2 ^ constantValue(shift{2}, constants);
    return;
  end
  names = unique(regexp(expression, '\<[A-Za-z_]\w*\>', 'match'));
  for k = 1:numel(names)
    if isfield(constants, names{k})
      expression = regexprep(expression, ['\<', names{k}, '\>'], sprintf('(%d)', constants.(names{k})));
    end
  end
  hex = regexp(expression, '0[xX][0-9a-fA-F]+', 'match');
  for k = 1:numel(hex)
    expression = strrep(expression, hex{k}, sprintf('%d', hex2dec(hex{k}(3:end))));
  end
  if isempty(regexp(expression, '^[-+*/()\d\s]+$', 'once'))
    error('MATLAB:loadlibrary:enum', 'The enumerator value "%s" is not understood.', expression);
  end
  value = eval(expression);
end

function state = readTypedef(state, text)
  if ~isempty(regexp(text, '\(\s*\*\s*\w+\s*\)\s*\(', 'once'))
    name = regexp(text, '\(\s*\*\s*(\w+)\s*\)', 'tokens', 'once');
    state.typedefs.(name{1}) = struct('base', 'FcnPtr', 'pointers', 0);
    return;
  end
  text = regexprep(text, '__attribute__ ?\(\(.*?\)\)', '');
  pointers = sum(text == '*') + ~isempty(regexp(text, '\[', 'once'));
  words = regexp(regexprep(text, '\[.*\]', ''), '\w+', 'match');
  name = words{end};
  isStruct = strcmp(words{1}, 'struct');
  words = significant(words(1:end - 1));
  base = strjoin(words, ' ');
  if isStruct && ~isfield(state.structs, base)
    state.structs.(base) = {};
  end
  if ~(strcmp(base, name) && pointers == 0)
    state.typedefs.(name) = struct('base', base, 'pointers', pointers);
  end
end

function words = significant(words)
  stripped = {'const', 'volatile', 'signed', 'struct', 'enum', 'extern', 'static', 'inline', '__inline', ...
              '__inline__', 'register', '__extension__'};
  kept = words(~ismember(words, stripped));
  if isempty(kept) && any(strcmp(words, 'signed'))
    kept = {'int'};
  end
  words = kept;
end

function state = readFunction(state, text)
  text = regexprep(text, '^extern\s*"\s*C\s*"\s*', '');
  text = regexprep(text, '__declspec ?\([^)]*\)', '', 'once');
  text = regexprep(text, '\<(__stdcall|__cdecl|WINAPI)\>', '');
  text = regexprep(text, '__attribute__ ?\( ?\( ?(dllimport|dllexport|__stdcall__) ?\) ?\)', '');

  open = find(text == '(', 1);
  name = regexp(text(1:open - 1), '\w+\s*$', 'match', 'once');
  if isempty(name)
    return;                                       % a function-pointer variable is dropped
  end
  resultText = strtrim(text(1:open - 1 - numel(name)));
  name = strtrim(name);
  close = matching(text, open);
  argumentText = strtrim(text(open + 1:close - 1));
  if ~isempty(regexp(argumentText, '\(\s*\*[^)]*\)\s*\([^)]*,', 'once'))
    return;                                       % dropped without a message, as MATLAB does
  end

  entry = struct('name', name, 'alias', name, 'result', '', 'arguments', {{}}, 'callable', true);
  if name(1) == '_'
    entry.alias = ['x', name];
  end
  if ~isempty(strtrim(text(close + 1:end))) && isempty(regexp(resultText, '\w', 'once'))
    state.messages{end + 1} = sprintf('"%s" was taken for a function in: %s', name, text);
  elseif ~isempty(strtrim(text(close + 1:end)))
    state.messages{end + 1} = sprintf('%s was dropped because of what follows it: %s', name, text(close + 1:end));
    return;
  end
  entry.result = typeOf(state, resultText, false);
  if strcmp(entry.result, 'void')
    entry.result = '';
  end
  if ~any(strcmp(argumentText, {'', 'void'}))
    pieces = topLevelPieces(argumentText);
    for k = 1:numel(pieces)
      if ~isempty(regexp(pieces{k}, '\.\.\.|va_list', 'once'))
        entry.callable = false;                   % no thunk is made for these
        entry.arguments{end + 1} = 'vararg';
      else
        entry.arguments{end + 1} = typeOf(state, pieces{k}, true);
      end
    end
  end
  isByValue = cellfun(@(t) isfield(state.structs, t), [{entry.result}, entry.arguments]);
  if any(isByValue) || any(strcmp('error', [{entry.result}, entry.arguments]))
    entry.callable = false;
    state.messages{end + 1} = sprintf('%s uses a type that is not supported', name);
  end
  state.functions(end + 1) = entry;
end

function close = matching(text, open)
  depth = cumsum((text == '(') - (text == ')'));
  close = find(depth(open:end) == depth(open) - 1, 1) + open - 1;
  if isempty(close)
    close = numel(text) + 1;
  end
end

function pieces = topLevelPieces(text)
  depth = cumsum((text == '(') - (text == ')'));
  cuts = [0, find(text == ',' & depth == 0), numel(text) + 1];
  pieces = arrayfun(@(k) strtrim(text(cuts(k) + 1:cuts(k + 1) - 1)), 1:numel(cuts) - 1, 'UniformOutput', false);
end

function type = typeOf(state, text, mayHaveName)
  if ~isempty(regexp(text, '\(\s*\*', 'once'))
    type = 'FcnPtr';
    return;
  end
  pointers = sum(text == '*') + numel(regexp(text, '\[[^\]]*\]', 'match'));
  if ~isempty(regexp(text, '\[\[', 'once'))
    type = 'error';
    return;
  end
  words = significant(regexp(regexprep(text, '\[.*\]', ''), '\w+', 'match'));
  keywords = {'char', 'short', 'int', 'long', 'unsigned', 'float', 'double', 'bool', '_Bool', 'void'};
  if mayHaveName && numel(words) > 1 && ~any(strcmp(words{end}, keywords))
    words(end) = [];
  end
  base = strjoin(words, ' ');
  while isfield(state.typedefs, base)
    definition = state.typedefs.(base);
    base = definition.base;
    pointers = pointers + definition.pointers;
  end
  type = withPointers(state, base, pointers);
end

function type = withPointers(state, base, pointers)
  names = {'char', 'int8'; 'unsigned char', 'uint8'; 'short', 'int16'; 'short int', 'int16'; ...
           'unsigned short', 'uint16'; 'short unsigned int', 'uint16'; 'unsigned short int', 'uint16'; ...
           'int', 'int32'; 'unsigned', 'uint32'; 'unsigned int', 'uint32'; ...
           'long', 'long'; 'long int', 'long'; 'unsigned long', 'ulong'; 'long unsigned int', 'ulong'; ...
           'unsigned long int', 'ulong'; 'long long', 'int64'; 'long long int', 'int64'; ...
           'unsigned long long', 'uint64'; 'long long unsigned int', 'uint64'; ...
           'unsigned long long int', 'uint64'; 'float', 'single'; 'double', 'double'; ...
           'bool', 'bool'; '_Bool', 'bool'; 'void', 'void'; 'FcnPtr', 'FcnPtr'};
  row = find(strcmp(base, names(:, 1)), 1);
  if ~isempty(row)
    type = names{row, 2};
  elseif isfield(state.structs, base) || isfield(state.enums, base)
    type = base;
  else
    type = 'error';
    return;
  end
  if pointers > 2
    type = 'voidPtr';
  elseif strcmp(base, 'char') && pointers > 0
    spelled = {'cstring', 'stringPtrPtr'};
    type = spelled{pointers};
  else
    type = [type, repmat('Ptr', 1, pointers)];
  end
end
