function list = records(store, filter, varargin)
  % RECORDS  What is known of samples besides their numbers.
  %
  %   list = records(store, filter, 'sample', 'tag', 'seconds', ...)
  %
  % A field for each name: 1-by-N numbers for sample, priority, attempts and seconds (NaN: not known), 1-by-N cells of
  % text for all others.

  chunk = 20000;
  parts = {};
  after = 0;
  fields = [{'sample'}, varargin];
  while true
    text = netjac_mex('studyRecords', store.libraryHandle(), filter, after, chunk, strjoin(fields, ','));
    if isempty(text)
      break;
    end
    cells = split(text(1:end - 1));
    parts{end + 1} = reshape(cells, numel(fields), []);
    if size(parts{end}, 2) < chunk
      break;
    end
    after = str2double(parts{end}{1, end});
  end
  cells = [cell(numel(fields), 0), parts{:}];
  list = struct();
  for k = 2:numel(fields)
    if any(strcmp(fields{k}, {'sample', 'priority', 'attempts', 'seconds'}))
      list.(fields{k}) = reshape(str2double(cells(k, :)), 1, []);
    else
      list.(fields{k}) = plain(cells(k, :));
    end
  end
end

function cells = split(text)
  if exist('OCTAVE_VERSION', 'builtin')
    cells = ostrsplit(text, sprintf('\t\n'));          % four times as fast as regexp there
  else
    cells = regexp(text, '[\t\n]', 'split');
  end
end

function texts = plain(texts)
  for k = find(~cellfun(@isempty, strfind(texts, '\')))
    % A backslash that is written as two must not meet the letter after it.
    marked = regexprep(texts{k}, '\\\\', char(1));
    marked = strrep(strrep(strrep(marked, '\t', char(9)), '\n', char(10)), '\r', char(13));
    texts{k} = strrep(marked, char(1), '\');
  end
end
