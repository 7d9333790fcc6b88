function gnuplot(file, pixels, lines)
  % GNUPLOT  Draws a picture by commands of gnuplot, a cell of text, into a PNG file of pixels [width height].
  %
  % Octave's own plot and print would need a display or OpenGL; gnuplot needs nothing. Without gnuplot there is a
  % message and no picture.

  script = [tempname(), '.gnuplot'];
  remove = onCleanup(@() delete(script));
  stream = fopen(script, 'w');
  fprintf(stream, 'set terminal pngcairo size %d,%d font "Liberation Sans,15" linewidth 1.6\n', pixels);
  fprintf(stream, 'set output "%s"\nset grid linecolor rgb "#d8d8d8" linewidth 0.6\nset border linewidth 0.8\n', file);
  fprintf(stream, 'set tics nomirror\nset key spacing 1.15\n');
  fprintf(stream, '%s\n', lines{:});
  fclose(stream);
  [status, output] = system(sprintf('gnuplot "%s" 2>&1', script));
  if status ~= 0
    fprintf('There is no picture %s, since gnuplot says: %s\n', file, strtrim(output));
  else
    fprintf('Wrote %s.\n', file);
  end
end
