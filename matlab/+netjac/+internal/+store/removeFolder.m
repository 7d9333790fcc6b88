function removeFolder(folder)
  % REMOVEFOLDER  Removes a folder and what is in it, without a question; '' and what is not there stay as they are.
  if isempty(folder) || ~exist(folder, 'dir')
    return;
  end
  if exist('OCTAVE_VERSION', 'builtin')
    confirm = confirm_recursive_rmdir(false);
    rmdir(folder, 's');
    confirm_recursive_rmdir(confirm);
  else
    rmdir(folder, 's');
  end
end
