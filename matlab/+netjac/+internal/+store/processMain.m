function processMain(task)
  % PROCESSMAIN  What a child process of netjac.Store.simulate does; task is the file that tells it.
  known = load(task);
  path(known.path);
  cd(known.folder);
  netjac.door(known.door);
  netjac.internal.store.processTask(known);
  fclose(fopen(known.finished, 'w'));
end
