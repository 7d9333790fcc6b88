function name = problem(status)
  % PROBLEM  The last part of the identifier that belongs to a failing status of the library.
  %
  % The only place where the library door makes identifiers of statuses; problem_of() in
  % mex/netjac_mex.c is its twin.

  names = {'wrongArgument', 'wrongOption', 'fileNotReadable', 'wrongFormat', 'unsupportedOperator', ...
           'wrongShape', 'outOfMemory', 'defect', 'notFinite'};
  if status <= -1 && status >= -numel(names)
    name = names{-status};
  else
    name = 'unknownProblem';
  end
end
