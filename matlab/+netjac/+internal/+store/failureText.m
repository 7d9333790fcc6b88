function text = failureText(problem)
  % FAILURETEXT  What a store keeps of an error: message, identifier and line; netjac.Store.failures takes it apart.
  where = 'unknown';
  line = 0;
  for k = 1:numel(problem.stack)
    frame = problem.stack(k);
    if ~isempty(frame.name) && isempty(strfind(frame.name, 'netjac.')) && ~strncmp(frame.name, '@<anonymous>', 12)
      where = frame.name;
      line = frame.line;
      break;
    end
  end
  identifier = problem.identifier;
  if isempty(identifier)
    identifier = 'none';
  end
  text = sprintf('%s (%s; %s, line %d)', problem.message, identifier, where, line);
end
