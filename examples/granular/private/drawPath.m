function drawPath(file, task, paths, forces, simulated)
  % DRAWPATH  Two strides that carry the same load: angle and speed kept, and the one of least work.
  %
  % paths, forces, simulated: cells of 3-by-K each; depth, speed and angle, and what network and simulator give there.

  K = size(paths{1}, 2);
  time = task.seconds * ((1:K) - 0.5);
  colors = {'#7a7f85', '#d7481d'};
  names = {'angle and speed kept', 'least work'};
  lines = {'set multiplot layout 2,2'; 'set key top right reverse Left samplen 1.5'};
  lines = [lines; panel('depth', time, cellfun(@(p) 1000 * p(1, :), paths, 'UniformOutput', false), {}, colors, names, ...
                        'time [s]', 'depth [mm]', 'How deep')];
  lines = [lines; panel('speed', time, cellfun(@(p) p(2, :), paths, 'UniformOutput', false), {}, colors, names, ...
                        'time [s]', 'speed [m/s]', 'How fast')];
  lines = [lines; panel('lift', time, cellfun(@(f) f(2, :), forces, 'UniformOutput', false), ...
                        cellfun(@(f) f(2, :), simulated, 'UniformOutput', false), colors, names, ...
                        'time [s]', 'lift [N]', 'The load that is carried (points: the simulator)')];
  way = cellfun(@(p) task.seconds * cumsum(p(2, :)) - task.seconds * p(2, :) / 2, paths, 'UniformOutput', false);
  drag = cellfun(@(f) -f(1, :), forces, 'UniformOutput', false);
  lines = [lines; panel('drag', way, drag, cellfun(@(f) -f(1, :), simulated, 'UniformOutput', false), colors, names, ...
                        'way [m]', 'drag [N]', 'The work is the area (points: the simulator)')];
  gnuplot(file, [1500 1000], [lines; {'unset multiplot'}]);
end

% One plot of two curves, and of the simulator's points if there are any. x: shared, or a cell with one for each.
function lines = panel(name, x, curves, points, colors, names, xlabel, ylabel, title)
  lines = {sprintf('set title "%s"', title)
           sprintf('set xlabel "%s"', xlabel)
           sprintf('set ylabel "%s"', ylabel)
           sprintf('set yrange [0:%g]', 1.4 * max([curves{:}, points{:}]))};
  plots = {};
  for c = 1:numel(curves)
    at = x;
    if iscell(x)
      at = x{c};
    end
    lines{end + 1, 1} = datablock(sprintf('%s%d', name, c), at, curves{c});
    plots{end + 1} = sprintf('$%s%d with linespoints pointtype 0 linewidth 2.2 linecolor rgb "%s" title "%s"', ...
                             name, c, colors{c}, names{c});
    if ~isempty(points)
      lines{end + 1, 1} = datablock(sprintf('%sPoints%d', name, c), at, points{c});
      plots{end + 1} = sprintf('$%sPoints%d with points pointtype 7 pointsize 1.2 linecolor rgb "%s" notitle', ...
                               name, c, colors{c});
    end
  end
  lines{end + 1, 1} = ['plot ', strjoin(plots, ', ')];
end
