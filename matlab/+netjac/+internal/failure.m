function identifier = failure(area, status, message, reason)
  % FAILURE  Raises the error that belongs to a failing status of the library; the only place that knows it.
  %
  %   failure(area, status, message)           area: as in netjac:load:wrongFormat
  %   failure(area, status, message, reason)   reason: the library's word for it, which then names the error
  %   identifier = failure(area, status)       raises nothing

  names = {'wrongArgument', 'wrongOption', 'fileNotReadable', 'wrongFormat', 'unsupportedOperator', ...
           'wrongShape', 'outOfMemory', 'defect', 'notFinite', 'unreachable', 'conflict'};
  if strcmp(area, 'store')
    names(4:5) = {'format', 'unsupported'};
  end
  name = 'unknownProblem';
  if status <= -1 && status >= -numel(names)
    name = names{-status};
  end
  if nargin > 3 && ~isempty(reason)
    name = reason;
  end
  identifier = ['netjac:', area, ':', name];
  if nargin > 2
    error(identifier, '%s', message);
  end
end
