function identifier = failure(area, status, message)
  % FAILURE  Raises the error that belongs to a failing status of the library; the only place that knows it.
  %
  %   failure(area, status, message)           area: as in netjac:load:wrongFormat
  %   identifier = failure(area, status)       raises nothing

  names = {'wrongArgument', 'wrongOption', 'fileNotReadable', 'wrongFormat', 'unsupportedOperator', ...
           'wrongShape', 'outOfMemory', 'defect', 'notFinite', 'unreachable', 'conflict'};
  name = 'unknownProblem';
  if status <= -1 && status >= -numel(names)
    name = names{-status};
  end
  identifier = ['netjac:', area, ':', name];
  if nargin > 2
    error(identifier, '%s', message);
  end
end
