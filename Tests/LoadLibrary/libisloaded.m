function loaded = libisloaded(name)
  % LIBISLOADED  Stand-in for MATLAB's function of the same name.
  loaded = loadlibrary_registry('has', name);
end
