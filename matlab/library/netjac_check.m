function netjac_check(area, status)
  % NETJAC_CHECK  Raises the error of a call of the library that failed. Belongs to netjac_mex.
  if status ~= 0
    netjac.internal.failure(area, status, calllib('netjac', 'netjac_last_error'), ...
                            calllib('netjac', 'netjac_last_reason'));
  end
end
