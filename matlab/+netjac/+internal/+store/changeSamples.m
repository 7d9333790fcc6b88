function changed = changeSamples(store, ids, action)
  % CHANGESAMPLES  An action of netjac_study_change() on the samples with these numbers, of whatever version.
  changed = 0;
  for first = 1:1000:numel(ids)
    names = sprintf('%.0f,', ids(first:min(first + 999, end)));
    filter = ['sample=', names(1:end - 1), ' version=all'];
    changed = changed + netjac_mex('studyChange', store.libraryHandle(), filter, action);
  end
end
