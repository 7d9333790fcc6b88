function settings = options(given, settings, before)
  % OPTIONS  Name-value arguments of a method of netjac.Store.
  %
  %   settings = options(given, defaults, before)      defaults: struct with a field for each option
  %
  % Names count without regard to case; before: what the options follow, for messages.

  if mod(numel(given), 2) ~= 0
    error('netjac:store:wrongOption', 'Options come in pairs of a name and a value; there are %d arguments after %s.', ...
          numel(given), before);
  end
  known = fieldnames(settings);
  for k = 1:2:numel(given)
    name = netjac.internal.store.asText(given{k});
    place = [];
    if ischar(name)
      place = find(strcmpi(name, known), 1);
    end
    if isempty(place)
      if ~ischar(name)
        name = class(name);
      end
      error('netjac:store:wrongOption', 'There is no option ''%s''; the options here are ''%s''.', name, ...
            strjoin(known(:).', ''', '''));
    end
    settings.(known{place}) = netjac.internal.store.asText(given{k + 1});
  end
end
