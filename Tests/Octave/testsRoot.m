function folder = testsRoot()
  % TESTSROOT  The folder Tests of the source tree.
  folder = fileparts(fileparts(mfilename('fullpath')));
end
