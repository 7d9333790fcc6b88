function folder = root()
  % ROOT  The folder that holds the package +netjac.
  folder = fileparts(fileparts(fileparts(mfilename('fullpath'))));
end
