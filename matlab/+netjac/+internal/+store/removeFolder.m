function removeFolder(folder)
  % REMOVEFOLDER  Removes a folder and what is in it, without a question.
  if exist('OCTAVE_VERSION', 'builtin')
    confirm = confirm_recursive_rmdir(false);
    rmdir(folder, 's');
    confirm_recursive_rmdir(confirm);
  else
    rmdir(folder, 's');
  end
end
