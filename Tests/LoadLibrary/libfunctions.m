function names = libfunctions(name, option)
  % LIBFUNCTIONS  Stand-in for MATLAB's function of the same name.
  %
  %   names = libfunctions(name)            the names of the functions that can be called
  %   names = libfunctions(name, '-full')   with their signatures, results first

  entry = loadlibrary_registry('get', name);
  names = sort(keys(entry.functions))(:);
  if nargin > 1 && strcmp(option, '-full')
    names = cellfun(@(f) signature(entry.functions(f), f), names, 'UniformOutput', false);
  end
  if nargout == 0
    printf('%s\n', names{:});
    clear names;
  end
end

function text = signature(f, name)
  isReturned = cellfun(@(t) loadlibrary_type('pointer', t), f.arguments);
  results = f.arguments(isReturned);
  if ~isempty(f.result)
    results = [{f.result}, results];
  end
  text = sprintf('%s(%s)', name, strjoin(f.arguments, ', '));
  if numel(results) == 1
    text = [results{1}, ' ', text];
  elseif numel(results) > 1
    text = ['[', strjoin(results, ', '), '] ', text];
  end
end
