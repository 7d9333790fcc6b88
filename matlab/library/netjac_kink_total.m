function count = netjac_kink_total(network)
  % NETJAC_KINK_TOTAL  How many nodes of a network have kinks. Belongs to netjac_mex.
  count = double(calllib('netjac', 'netjac_kink_count', network.pointer));
  if count < 0
    netjac_check('kinks', -7);
  end
end
