function gnuplotPanels(panels, file)
  % GNUPLOTPANELS  Draws panels into a file (.png, .svg or .pdf) with gnuplot, which needs no screen.
  terminals = struct('png', 'pngcairo', 'svg', 'svg', 'pdf', 'pdfcairo');
  kind = lower(regexprep(file, '^.*\.', ''));
  if ~isfield(terminals, kind)
    error('netjac:store:wrongOption', 'Option ''file'' must end in .png, .svg or .pdf; it is ''%s''.', file);
  end
  pixels = panels(1).pixels;
  size_ = sprintf('%d,%d', pixels);
  if strcmp(kind, 'pdf')
    size_ = sprintf('%.2fin,%.2fin', pixels / 100);
  end
  lines = {sprintf('set terminal %s size %s noenhanced font "Sans,13" linewidth 1.5', terminals.(kind), size_), ...
           sprintf('set output "%s"', file), 'set grid linecolor "#dddddd"', 'set border linecolor "#444444"', ...
           sprintf('set multiplot title "%s"', quoted(panels(1).title))};
  for panel = panels
    lines = [lines, panelLines(panel)];
  end
  script = [tempname(), '.gp'];
  stream = fopen(script, 'w');
  remove = onCleanup(@() delete(script));
  fprintf(stream, '%s\n', lines{:}, 'unset multiplot', 'unset output');
  fclose(stream);
  [status, said] = system(sprintf('gnuplot "%s" 2>&1', script));
  if status ~= 0 || ~exist(file, 'file')
    error('netjac:store:picture', 'gnuplot cannot draw ''%s'': %s', file, strtrim(said));
  end
end

% Title and legend have a strip above the panels for themselves.
function lines = panelLines(panel)
  strip = 70 / panel.pixels(2);
  width = 1 / panel.grid(2);
  height = (1 - strip) / panel.grid(1);
  lines = {sprintf('set origin %.4f,%.4f', (panel.place(2) - 1) * width, (panel.grid(1) - panel.place(1)) * height), ...
           sprintf('set size %.4f,%.4f', width, height), sprintf('set xlabel "%s"', quoted(panel.x)), ...
           sprintf('set ylabel "%s"', quoted(panel.y)), 'unset label', 'unset key', 'unset logscale', 'set ytics autofreq', ...
           sprintf('set xrange [%.10g:%.10g]', panel.xLimits), sprintf('set yrange [%.10g:%.10g]', panel.yLimits), ...
           sprintf('set xtics %.10g', step(panel.xLimits))};
  if any(~cellfun(@isempty, {panel.series.name}))
    lines{end + 1} = sprintf('set key at screen 0.5, screen %.4f vertical maxrows 1 center top samplen 1', 1 - 32 / panel.pixels(2));
  end
  if panel.isLog
    lines = [lines, {'set logscale y', ['set ytics (', logarithmicTics(panel.yLimits), ')']}];
  end
  for note = panel.notes
    lines{end + 1} = sprintf('set label "%s" at %.10g,%.10g offset character 0.7,0.7', quoted(note.text), note.x, note.y);
  end
  plots = {};
  data = {};
  for s = panel.series
    known = isfinite(s.x) & isfinite(s.y);
    if ~any(known)
      continue;
    end
    type = 7;
    if strcmp(s.marker, 'x')
      type = 2;
    end
    style = 'points';
    if s.line
      style = 'linespoints';
    end
    name = 'notitle';
    if ~isempty(s.name)
      name = sprintf('title "%s"', quoted(s.name));
    end
    plots{end + 1} = sprintf('"-" with %s pointtype %d pointsize 0.8 linecolor "#%02x%02x%02x" %s', style, type, ...
                             round(255 * s.colour), name);
    data = [data, {sprintf('%.10g %.10g\n', [s.x(known); s.y(known)]), 'e'}];
  end
  if ~isempty(plots)
    lines = [lines, {['plot ', strjoin(plots, ', ')]}, data];
  end
end

% 1, 2 or 5 times a power of ten, of which about five fit.
function value = step(limits)
  wanted = (limits(2) - limits(1)) / 5;
  power = 10 ^ floor(log10(wanted));
  choices = [1 2 5 10] * power;
  value = choices(find(choices >= wanted * 0.999, 1));
end

function text = logarithmicTics(limits)
  powers = 10 .^ (floor(log10(limits(1))):ceil(log10(limits(2))));
  tics = [1; 2; 5] * powers;
  tics = tics(tics >= limits(1) & tics <= limits(2));
  text = strjoin(arrayfun(@(t) sprintf('"%g" %.10g', t, t), tics(:).', 'UniformOutput', false), ', ');
end

function text = quoted(text)
  text = strrep(strrep(text, '\', '\\'), '"', '\"');
end
