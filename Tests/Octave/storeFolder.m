function [folder, remove] = storeFolder()
  % STOREFOLDER  A new folder for the files of a test, in memory where there is such a place: disks are not what is tested.
  %
  % It goes when `remove` is cleared.
  parent = tempdir();
  if exist('/dev/shm', 'dir')
    parent = '/dev/shm';
  end
  folder = tempname(parent, 'netjac-octave-');
  mkdir(folder);
  remove = onCleanup(@() netjac.internal.store.removeFolder(folder));
end
