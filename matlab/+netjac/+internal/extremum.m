function v = extremum(operator, name, a, given)
  % EXTREMUM  max and min: of two arrays, element by element, or along a dimension.
  if numel(given) == 1
    v = netjac.internal.elementwise(operator, a, given{1}, name);
  elseif numel(given) >= 2 && ~isempty(given{1})
    error('netjac:graph:wrongArgument', '%s takes two arrays, or one and a dimension: %s(A, [], dim).', name, name);
  else
    v = netjac.internal.reduction(['Reduce', operator], a, name, given(2:end));
  end
end
