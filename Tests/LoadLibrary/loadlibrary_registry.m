function result = loadlibrary_registry(action, name, entry)
  % LOADLIBRARY_REGISTRY  The libraries that the stand-in has open, by name.

  persistent libraries
  if isempty(libraries)
    libraries = containers.Map();
  end
  switch action
    case 'has'
      result = isKey(libraries, name);
    case 'get'
      if ~isKey(libraries, name)
        error('MATLAB:libisloaded:notLoaded', 'The library ''%s'' is not loaded; call loadlibrary first.', name);
      end
      result = libraries(name);
    case 'add'
      libraries(name) = entry;
    case 'remove'
      remove(libraries, name);
  end
end
