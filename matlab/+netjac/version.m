function text = version()
  % VERSION  The version of the NetJac library as 'MAJOR.MINOR.PATCH'.
  netjac.door();
  text = netjac_mex('version');
end
