function options = netjac_options(pairs, area)
  % NETJAC_OPTIONS  Options of the library made of text pairs, for the door through loadlibrary.
  %
  %   options = netjac_options({key, value, ...}, area)      area: as in netjac:load:wrongOption
  %
  % Whoever gets them releases them with netjac_options_release. Belongs to netjac_mex.

  netjac.internal.argument('options', area, 'options', pairs);
  options = calllib('netjac', 'netjac_options_create');
  if isNull(options)
    netjac_check(area, -7);
  end
  for k = 1:2:numel(pairs)
    status = calllib('netjac', 'netjac_options_set', options, pairs{k}, pairs{k + 1});
    if status ~= 0
      message = calllib('netjac', 'netjac_last_error');
      reason = calllib('netjac', 'netjac_last_reason');
      calllib('netjac', 'netjac_options_release', options);
      netjac.internal.failure(area, status, message, reason);
    end
  end
end
