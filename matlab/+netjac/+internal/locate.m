function file = locate(what)
  % LOCATE  The one place that knows where the parts of NetJac lie.
  %
  %   file = netjac.internal.locate('mex')        the MEX file
  %   file = netjac.internal.locate('library')    libnetjac
  %   file = netjac.internal.locate('thunk')      the thunk library that MATLAB's calllib goes through
  %   file = netjac.internal.locate('header')     netjac.h
  %
  % Returns '' if there is none. Looked at, in this order: the environment variable (NETJAC_LIBRARY,
  % the file itself; the others are looked for beside it, too), the folder of the package, a source
  % tree that was built, an installation under a prefix.

  root = netjac.internal.root();
  tree = fileparts(root);
  beside = fileparts(getenv('NETJAC_LIBRARY'));
  prefix = fileparts(fileparts(fileparts(root)));      % PREFIX/share/netjac/matlab

  switch what
    case 'mex'
      name = ['netjac_mex.', mexext()];
      build = 'matlab';
      if exist('OCTAVE_VERSION', 'builtin')
        build = 'octave';
      end
      folders = {root, fullfile(root, 'mex'), fullfile(tree, 'build', build), fullfile(prefix, 'lib', 'netjac')};
    case 'library'
      name = ['libnetjac', suffix()];
      folders = libraryFolders(beside, root, tree, prefix);
      if ~isempty(getenv('NETJAC_LIBRARY'))
        file = getenv('NETJAC_LIBRARY');
        return;
      end
    case 'thunk'
      name = ['netjac_thunk', suffix()];
      folders = [{beside}, libraryFolders(beside, root, tree, prefix)];
    case 'header'
      name = 'netjac.h';
      folders = {fullfile(tree, 'include'), fullfile(root, 'library'), fullfile(prefix, 'include')};
    otherwise
      error('netjac:internal:unknownPart', 'There is no part ''%s''.', what);
  end

  for k = 1:numel(folders)
    file = fullfile(folders{k}, name);
    if ~isempty(folders{k}) && exist(file, 'file')
      return;
    end
  end
  file = '';
end

function folders = libraryFolders(beside, root, tree, prefix)
  folders = {beside, fullfile(root, 'library'), fullfile(tree, 'build', 'lib'), fullfile(prefix, 'lib'), ...
             fullfile(prefix, 'lib', 'netjac')};
end

function text = suffix()
  text = '.so';
  if ispc()
    text = '.dll';
  elseif ismac()
    text = '.dylib';
  end
end
