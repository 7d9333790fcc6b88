function text = variableLines(variables)
  % VARIABLELINES  Variables as lines of text: name, size, unit, bounds and what else is known.
  text = '';
  for v = reshape(variables, 1, [])
    line = ['  ', v.name];
    if ~isempty(v.size) && v.size ~= 1
      line = sprintf('%s (%d)', line, v.size);
      if v.size == 0
        line = ['  ', v.name, ' (any length)'];
      end
    end
    if ~isempty(v.unit)
      line = sprintf('%s  [%s]', line, v.unit);
    end
    if ~isempty(v.lower) || ~isempty(v.upper)
      bounds = {'-inf', 'inf'};
      if ~isempty(v.lower), bounds{1} = sprintf('%.10g', v.lower); end
      if ~isempty(v.upper), bounds{2} = sprintf('%.10g', v.upper); end
      line = sprintf('%s  %s to %s', line, bounds{:});
    end
    for key = {'step', 'tolerance', 'default'}
      if ~isempty(v.(key{1}))
        line = sprintf('%s, %s %.10g', line, key{1}, v.(key{1}));
      end
    end
    if strcmp(v.scale, 'log')
      line = [line, ', log'];
    end
    text = [text, line, char(10)];
  end
  if isempty(variables)
    text = sprintf('  none\n');
  end
end
