function processMain(task)
  % PROCESSMAIN  What a child process of netjac.Store.simulate does; task is the file that tells it.
  if exist('OCTAVE_VERSION', 'builtin')
    sigterm_dumps_octave_core(false);            % it would leave its variables in the user's folder when it is stopped
    sighup_dumps_octave_core(false);
  end
  known = load(task);
  path(known.path);
  cd(known.folder);
  netjac.door(known.door);
  netjac.internal.store.processTask(known);
  fclose(fopen(known.finished, 'w'));
end
