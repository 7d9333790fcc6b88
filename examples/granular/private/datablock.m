function text = datablock(name, varargin)
  % DATABLOCK  Numbers as data of gnuplot, which plots them as $name; each further argument is a column of its table.

  columns = cellfun(@(column) column(:), varargin, 'UniformOutput', false);
  table = horzcat(columns{:});
  format = [strtrim(repmat('%.6g ', 1, size(table, 2))), '\n'];
  text = sprintf('$%s << END\n%sEND', name, sprintf(format, table.'));
end
