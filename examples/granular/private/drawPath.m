function drawPath(file, task, paths, forces, simulated)
  % DRAWPATH  Two strides that carry the same load: one of constant angle and speed, and the one of least work.
  %
  % paths, forces, simulated: cells of 3-by-K each; depth, speed and angle, and what network and simulator give there.

  K = size(paths{1}, 2);
  time = task.seconds * ((1:K) - 0.5);
  times = {time, time};
  ways = pick(paths, @(p) task.seconds * (cumsum(p(2, :)) - p(2, :) / 2));
  lines = [{'set multiplot layout 2,3'; 'set key top right reverse Left samplen 1.2 spacing 1.05'}
           panel('depth', times, pick(paths, @(p) 1000 * p(1, :)), {}, 'time [s]', 'depth [mm]', 'How deep')
           panel('speed', times, pick(paths, @(p) p(2, :)), {}, 'time [s]', 'speed [m/s]', 'How fast')
           panel('angle', times, pick(paths, @(p) p(3, :)), {}, 'time [s]', 'angle [rad]', 'At which angle')
           panel('lift', times, pick(forces, @(f) f(2, :)), pick(simulated, @(f) f(2, :)), ...
                 'time [s]', 'lift [N]', 'The load that is carried')
           panel('drag', ways, pick(forces, @(f) -f(1, :)), pick(simulated, @(f) -f(1, :)), ...
                 'way [m]', 'drag [N]', 'The work is the area below')
           sideView(ways{2}, paths{2})
           {'unset multiplot'}];
  gnuplot(file, [1650 950], lines);
end

function picked = pick(list, f)
  picked = cellfun(f, list, 'UniformOutput', false);
end

% One plot of two curves over x, and of the simulator's points if there are any.
function lines = panel(name, x, curves, points, xlabel, ylabel, title)
  colors = {'#7a7f85', '#d7481d'};
  names = {'constant', 'least work'};
  lines = {sprintf('set title "%s"', title)
           sprintf('set xlabel "%s"', xlabel)
           sprintf('set ylabel "%s"', ylabel)
           sprintf('set yrange [0:%g]', 1.5 * max([curves{:}, points{:}]))};
  plots = {};
  for c = 1:numel(curves)
    lines{end + 1, 1} = datablock(sprintf('%s%d', name, c), x{c}, curves{c});
    plots{end + 1} = sprintf('$%s%d with lines linewidth 2.2 linecolor rgb "%s" title "%s"', name, c, colors{c}, names{c});
    if ~isempty(points)
      lines{end + 1, 1} = datablock(sprintf('%sPoints%d', name, c), x{c}, points{c});
      plots{end + 1} = sprintf('$%sPoints%d with points pointtype 7 pointsize 1.2 linecolor rgb "%s" title "simulator"', ...
                               name, c, colors{c});
    end
  end
  lines{end + 1, 1} = ['plot ', strjoin(plots, ', ')];
end

% The foot at each moment, to scale, below the surface.
function lines = sideView(way, path)
  half = 21;
  centre = -1000 * path(1, :) + half * abs(sin(path(3, :))) + 4;
  lines = {'set title "The stride of least work, to scale"'
           'set xlabel "way [mm]"'
           'set ylabel "height above the surface [mm]"'
           'set size ratio -1'
           'set yrange [-150:150]'
           'set ytics 50'
           'set xrange [*:*]'
           'set xtics 100'
           datablock('feet', 1000 * way - half * cos(path(3, :)), centre - half * sin(path(3, :)), ...
                     2 * half * cos(path(3, :)), 2 * half * sin(path(3, :)))
           ['plot 0 with filledcurves y1=-150 fillstyle solid 1 fillcolor rgb "#efe6d5" title "grains", ', ...
            '$feet using 1:2:3:4 with vectors nohead linewidth 3.5 linecolor rgb "#d7481d" title "foot"']};
end
