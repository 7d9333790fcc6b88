function array = realArray(array, role)
  % REALARRAY  Numbers for a graph: full, real, double; logicals and integers are converted.
  if ~isnumeric(array) && ~islogical(array)
    error('netjac:graph:wrongClass', '%s must be numbers; it is %s.', role, class(array));
  end
  if ~isreal(array)
    error('netjac:graph:complex', '%s is complex; graphs hold real numbers.', role);
  end
  array = full(double(array));
end
