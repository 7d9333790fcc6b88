function dims = dimensionsOf(a, given, name)
  % DIMENSIONSOF  Along which dimensions a function works: those given, 'all', or the first longer than 1.
  if isempty(given)
    dims = find(a.sizes ~= 1, 1);
    if isempty(dims)
      dims = 1;
    end
  elseif strcmp(given{1}, 'all')
    dims = 1:numel(a.sizes);
  else
    dims = given{1};
    if ~isnumeric(dims) || isempty(dims) || ~all(dims >= 1 & dims == fix(dims)) || numel(given) > 1
      error('netjac:graph:wrongArgument', '%s of %s: the dimension must be a whole number from 1 on, or ''all''.', ...
            name, netjac.internal.describe(a));
    end
  end
end
