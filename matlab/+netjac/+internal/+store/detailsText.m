function text = detailsText(variable)
  % DETAILSTEXT  What netjac_study_variable takes as details; '' if there is nothing to say.
  parts = {};
  for key = {'unit', 'description', 'scale'}
    if ~isempty(variable.(key{1}))
      value = strrep(strrep(variable.(key{1}), '\', '\\'), '"', '\"');
      parts{end + 1} = sprintf('%s="%s"', key{1}, value);
    end
  end
  for key = {'lower', 'upper', 'step', 'tolerance', 'default'}
    if ~isempty(variable.(key{1}))
      parts{end + 1} = sprintf('%s=%.17g', key{1}, variable.(key{1}));
    end
  end
  text = strjoin(parts, ' ');
end
