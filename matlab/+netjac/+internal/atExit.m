function atExit()
  % ATEXIT  Makes Octave's own solvers let go of networks before Octave ends.
  %
  % lsode, dassl, daspk, dasrt and quad keep the last function they were given, also after they have
  % returned. What that function holds dies after the interpreter, and Octave 7 then crashes in the
  % delete method of any object, on the way out. A function of no interest in its place prevents that.

  netjac.internal.keptTraining([]);
  lsode(@(x, t) 0, 0, [0, 1]);
  quad(@(x) 0, 0, 1);
  dassl(@(x, xdot, t) xdot, 0, 0, [0, 1]);
  daspk(@(x, xdot, t) xdot, 0, 0, [0, 1]);
  dasrt(@(x, xdot, t) xdot, [], 0, 0, [0, 1]);
end
