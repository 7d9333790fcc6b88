function unloadlibrary(name)
  % UNLOADLIBRARY  Stand-in for MATLAB's function of the same name.
  entry = loadlibrary_registry('get', name);
  loadlibrary_registry('remove', name);
  loadlibrary_native('close', entry.handle);
end
