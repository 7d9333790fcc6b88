function name = door(wanted)
  % DOOR  Which way MATLAB or Octave talks to the NetJac library.
  %
  %   name = netjac.door()          'mex' or 'library'
  %   netjac.door('mex')            through the MEX file netjac_mex
  %   netjac.door('library')        through loadlibrary and calllib (MATLAB only; slower)
  %
  % Nobody needs to call this: the first netjac.load takes the MEX file if there is one, and the
  % library otherwise. The environment variable NETJAC_DOOR, set before that, decides differently.
  % Both doors offer one function, netjac_mex, and the door is the folder it is taken from; so
  % nothing else in the package knows which one is open, and a call costs nothing extra.
  %
  % Errors: netjac:door:unknownDoor, notFound, networksAlive (the door cannot change while networks
  % are loaded).

  persistent current
  if nargin < 1
    if ~isempty(current) && exist('netjac_mex', 'file')
      name = current;
      return;
    end
    wanted = getenv('NETJAC_DOOR');
  end
  libraryFolder = fullfile(netjac.internal.root(), 'library');
  mexFile = netjac.internal.locate('mex');
  if isempty(wanted)
    wanted = 'library';
    if ~isempty(mexFile)
      wanted = 'mex';
    end
  end

  if ~any(strcmp(wanted, {'mex', 'library'}))
    error('netjac:door:unknownDoor', 'There is no door ''%s''; the doors are ''mex'' and ''library''.', wanted);
  end
  if strcmp(wanted, 'mex') && isempty(mexFile)
    error('netjac:door:notFound', 'There is no file netjac_mex.%s; build it ("make mex") or install it.', mexext());
  end
  if strcmp(wanted, 'library') && ~exist('loadlibrary')
    error('netjac:door:notFound', ...
          ['There is no file netjac_mex.%s, and %s has no loadlibrary to do without; build the MEX file ', ...
           '("make mex") or install it.'], mexext(), productName());
  end
  if ~isempty(current) && ~strcmp(current, wanted) && netjac_mex('alive') > 0
    error('netjac:door:networksAlive', ...
          '%d networks are loaded through the door ''%s''; clear them before changing it.', ...
          netjac_mex('alive'), current);
  end

  if strcmp(wanted, 'mex')
    if isOnPath(libraryFolder)
      rmpath(libraryFolder);
    end
    addpath(fileparts(mexFile));
  else
    addpath(libraryFolder);
  end
  if isempty(current) && exist('OCTAVE_VERSION', 'builtin')
    atexit('netjac.internal.atExit');
  end
  current = wanted;
  name = wanted;
end

function found = isOnPath(folder)
  found = any(strcmp(folder, strsplit(path(), pathsep())));
end

function name = productName()
  name = 'this MATLAB';
  if exist('OCTAVE_VERSION', 'builtin')
    name = 'Octave';
  end
end
