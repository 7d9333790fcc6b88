function result = loadlibrary_type(question, type)
  % LOADLIBRARY_TYPE  What the stand-in knows about the types of a prototype file.
  %
  %   loadlibrary_type('class', 'int32')     -> 'int32': the class of an array of that type, '' if there is none
  %   loadlibrary_type('scalar', 'int32')    -> true: passed by value
  %   loadlibrary_type('pointer', 'xPtr')    -> true: passed by reference
  %   loadlibrary_type('check', type)        -> an error unless MATLAB knows a type of that form

  persistent classes
  if isempty(classes)
    classes = struct('int8', 'int8', 'uint8', 'uint8', 'int16', 'int16', 'uint16', 'uint16', ...
                     'int32', 'int32', 'uint32', 'uint32', 'int64', 'int64', 'uint64', 'uint64', ...
                     'long', 'int64', 'ulong', 'uint64', 'single', 'single', 'double', 'double', ...
                     'bool', 'uint8');
  end

  switch question
    case 'class'
      if isfield(classes, type)
        result = classes.(type);
      else
        result = '';
      end
    case 'scalar'
      result = isfield(classes, type);
    case 'pointer'
      result = ~isempty(regexp(type, 'Ptr$', 'once')) || any(strcmp(type, {'cstring', 'FcnPtr'}));
    case 'check'
      result = true;
      if ~loadlibrary_type('scalar', type) && ~loadlibrary_type('pointer', type)
        error('lib:pointer:unknownType', 'There is no type named ''%s''.', type);
      end
    otherwise
      error('loadlibrary_type: unknown question ''%s''', question);
  end
end
