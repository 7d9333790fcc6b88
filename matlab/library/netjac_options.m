function options = netjac_options(pairs, area)
  % NETJAC_OPTIONS  Options of the library made of text pairs, for the door through loadlibrary.
  %
  %   options = netjac_options({key, value, ...}, area)      area: as in netjac:load:wrongOption
  %
  % Whoever gets them releases them with netjac_options_release. Belongs to netjac_mex.

  if ~iscell(pairs) || mod(numel(pairs), 2) ~= 0
    error(['netjac:', area, ':wrongOption'], 'Options come in pairs of a name and a value.');
  end
  if ~iscellstr(pairs)
    error(['netjac:', area, ':wrongOption'], 'Names and values of options must be text here.');
  end
  options = calllib('netjac', 'netjac_options_create');
  if isNull(options)
    error(['netjac:', area, ':wrongOption'], '%s', calllib('netjac', 'netjac_last_error'));
  end
  for k = 1:2:numel(pairs)
    status = calllib('netjac', 'netjac_options_set', options, pairs{k}, pairs{k + 1});
    if status ~= 0
      message = calllib('netjac', 'netjac_last_error');
      calllib('netjac', 'netjac_options_release', options);
      error(['netjac:', area, ':', netjac.internal.problem(status)], '%s', message);
    end
  end
end
