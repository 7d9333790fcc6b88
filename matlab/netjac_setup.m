function netjac_setup()
  % NETJAC_SETUP  Puts NetJac on the path of MATLAB or Octave.
  %
  %   run('/where/it/is/matlab/netjac_setup.m')
  %
  % In MATLAB this is addpath of this folder and nothing else. Octave warns at every addpath that
  % netjac.load shadows its own function load, which a function in a package does not; so there this
  % switches the warning Octave:shadowed-function off.

  if exist('OCTAVE_VERSION', 'builtin')
    warning('off', 'Octave:shadowed-function');
  end
  addpath(fileparts(mfilename('fullpath')));
end
