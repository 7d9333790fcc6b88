function varargout = calllib(library, name, varargin)
  % CALLLIB  Stand-in for MATLAB's function of the same name.
  %
  %   [result, pointerArgument1, pointerArgument2, ...] = calllib(library, name, arguments...)
  %
  % Arrays are copied in and out, scalars come back as double, strings as char, enumerators as their names,
  % other pointers as lib.pointer; [] is NULL.

  entry = loadlibrary_registry('get', library);
  if ~isKey(entry.functions, name)
    error('MATLAB:unassignedOutputs', 'Method was not found: library ''%s'' has no function ''%s''.', library, name);
  end
  f = entry.functions(name);
  if numel(varargin) ~= numel(f.arguments)
    error('MATLAB:calllib:argumentCount', '%s takes %d arguments (%s); %d were given.', ...
          name, numel(f.arguments), strjoin(f.arguments, ', '), numel(varargin));
  end

  isReturned = cellfun(@(t) loadlibrary_type('pointer', t), f.arguments);
  outputs = sum(isReturned) + ~isempty(f.result);
  if nargout > outputs
    error('MATLAB:maxlhs', '%s returns %d values; %d were asked for.', name, outputs, nargout);
  end

  types = cell(1, numel(varargin));
  values = cell(1, numel(varargin));
  memory = cell(1, numel(varargin));
  free = onCleanup(@() cellfun(@delete, memory(~cellfun(@isempty, memory))));
  for k = 1:numel(varargin)
    [types{k}, values{k}, memory{k}] = passed(entry, f, k, varargin{k});
  end

  result = loadlibrary_native('call', f.address, f.thunk, nativeResult(entry, f.result), types, values);

  varargout = {};
  if ~isempty(f.result)
    varargout{1} = returned(entry, f.result, result);
  end
  for k = find(isReturned)
    if ~isempty(memory{k})
      varargout{end + 1} = memory{k}.Value;
    else
      varargout{end + 1} = varargin{k};
    end
  end
  varargout = varargout(1:min(numel(varargout), max(1, nargout)));
end

function [type, value, memory] = passed(entry, f, k, argument)
  declared = f.arguments{k};
  memory = [];
  where = sprintf('%s: argument %d', f.name, k);
  if isfield(entry.enums, declared)
    type = 'int32';
    value = enumValue(entry.enums.(declared), argument, where);
  elseif loadlibrary_type('scalar', declared)
    type = declared;
    value = argument;
    if ~(isnumeric(argument) || islogical(argument) || ischar(argument)) || ~isscalar(argument)
      error('MATLAB:calllib:scalar', '%s (%s) must be a scalar; it is %s.', where, declared, describe(argument));
    end
  else
    type = 'pointer';
    if isa(argument, 'lib.pointer')
      value = pointerValue(declared, argument, where);
    elseif isnumeric(argument) && isempty(argument)
      value = uint64(0);
    else
      memory = copied(declared, argument, where);
      value = memory.address();
    end
  end
end

function value = enumValue(enumeration, argument, where)
  if ischar(argument)
    if ~isfield(enumeration, argument)
      error('MATLAB:calllib:enum', '%s: there is no enumerator ''%s''.', where, argument);
    end
    value = enumeration.(argument);
  else
    value = argument;
  end
end

function value = pointerValue(declared, argument, where)
  given = argument.DataType;
  if strcmp(given, declared) || strcmp(declared, 'voidPtr') || strcmp(given, 'voidPtr')
    value = argument.address();
  elseif strcmp([given, 'Ptr'], declared) || strcmp(declared, 'voidPtrPtr')
    value = argument.placeOfAddress();
  elseif isSameWidth(given, declared)
    value = argument.address();
  else
    error('MATLAB:calllib:pointerType', '%s must be a %s; it is a lib.pointer of type %s.', where, declared, given);
  end
end

% long is int64 on Linux, so their pointers can stand for each other.
function same = isSameWidth(given, declared)
  a = loadlibrary_type('class', regexprep(given, 'Ptr$', ''));
  b = loadlibrary_type('class', regexprep(declared, 'Ptr$', ''));
  same = ~isempty(a) && strcmp(a, b);
end

function memory = copied(declared, argument, where)
  if strcmp(declared, 'cstring')
    if ~ischar(argument) || (~isempty(argument) && ~isrow(argument))
      error('MATLAB:calllib:string', '%s must be text; it is %s.', where, describe(argument));
    end
    memory = lib.pointer('string', [argument, char(0)]);
    return;
  end
  base = regexprep(declared, 'Ptr$', '');
  elementClass = loadlibrary_type('class', base);
  if strcmp(base, 'void')
    base = class(argument);
    elementClass = loadlibrary_type('class', base);
  end
  if isempty(elementClass) || ~isa(argument, elementClass)
    error('MATLAB:calllib:arrayClass', '%s (%s) must be an array of class %s or a lib.pointer; it is %s.', ...
          where, declared, elementClass, describe(argument));
  end
  if issparse(argument) || iscomplex(argument)
    error('MATLAB:calllib:arrayClass', '%s must be full and real.', where);
  end
  memory = lib.pointer([base, 'Ptr'], argument);
end

function text = describe(argument)
  text = sprintf('%s of class %s', strjoin(cellfun(@num2str, num2cell(size(argument)), 'UniformOutput', false), '-by-'), ...
                 class(argument));
end

function type = nativeResult(entry, declared)
  if isempty(declared)
    type = 'void';
  elseif isfield(entry.enums, declared)
    type = 'int32';
  elseif loadlibrary_type('scalar', declared)
    type = declared;
  else
    type = 'pointer';
  end
end

function value = returned(entry, declared, value)
  if isfield(entry.enums, declared)
    names = fieldnames(entry.enums.(declared));
    values = struct2cell(entry.enums.(declared));
    match = find(cellfun(@(v) v == value, values), 1);
    if ~isempty(match)
      value = names{match};
    end
  elseif strcmp(declared, 'cstring')
    if value == 0
      value = '';
    else
      value = loadlibrary_native('string', value);
    end
  elseif loadlibrary_type('pointer', declared)
    address = value;
    value = lib.pointer(declared);
    value.setAddress(address);
  elseif strcmp(declared, 'bool')
    value = logical(value);
  else
    value = double(value);
  end
end
