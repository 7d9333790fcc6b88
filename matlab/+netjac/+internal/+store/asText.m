function value = asText(value)
  % ASTEXT  A MATLAB string as char; anything else as it is.
  if isstring(value) && isscalar(value)
    value = char(value);
  end
end
