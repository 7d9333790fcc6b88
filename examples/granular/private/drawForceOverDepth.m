function drawForceOverDepth(file, net, points, forces, deviation)
  % DRAWFORCEOVERDEPTH  Lift and drag over depth: the network with tangents of its Jacobian, and the simulator's points.
  %
  % points: 3-by-D, depth, speed and angle; forces: 3-by-D, what the simulator gave on average over several beds;
  % deviation: 3-by-D, the standard deviation from bed to bed.

  speed = points(2, 1);
  angle = points(3, 1);
  depth = linspace(min(points(1, :)), max(points(1, :)), 101);
  curve = forward(net, [depth; speed * ones(1, 101); angle * ones(1, 101)]);
  touch = linspace(min(depth), max(depth), 7);
  touch = touch([2 4 6]);
  [values, J] = jacobian(net, [touch; speed * ones(1, 3); angle * ones(1, 3)]);
  lines = {'set multiplot layout 1,2'
           'set xlabel "depth [mm]"'
           'set key top left reverse Left'
           sprintf('set xrange [0:%g]', 1100 * max(points(1, :)))
           'set offsets 0, 0, graph 0.2, 0'};
  titles = {'Drag', 'Lift'};
  labels = {'drag, -force_x [N]', 'lift, force_z [N]'};
  signs = [-1, 1];
  reach = [-0.012; 0.012];
  for i = 1:2
    slope = reshape(J(i, 1, :), 1, []);
    tangents = signs(i) * (values(i, :) + reach .* slope);
    places = 1000 * (touch + reach);
    tangentLines = '';
    for k = 1:numel(touch)
      tangentLines = sprintf('%s%g %g\n%g %g\n\n', tangentLines, [places(:, k), tangents(:, k)].');
    end
    lines = [lines
             {sprintf('set title "%s at %.1f m/s, angle %.1f rad"', titles{i}, speed, angle)
              ['set ylabel "', strrep(labels{i}, '_', '\\_'), '"']
              datablock(sprintf('curve%d', i), 1000 * depth, signs(i) * curve(i, :))
              sprintf('$tangents%d << END\n%sEND', i, tangentLines)
              datablock(sprintf('touch%d', i), 1000 * touch, signs(i) * values(i, :))
              datablock(sprintf('points%d', i), 1000 * points(1, :), signs(i) * forces(i, :), deviation(i, :))
              sprintf(['plot $points%d using 1:2:3 with yerrorbars pointtype 7 pointsize 1 linecolor rgb "#444444" ', ...
                       'title "simulator, mean and scatter of four beds", ', ...
                       '$curve%d with lines linewidth 3 linecolor rgb "#1f6fb2" title "network", ', ...
                       '$tangents%d with lines linewidth 1.2 linecolor rgb "#d7481d" title "its tangents, from the Jacobian", ', ...
                       '$touch%d with points pointtype 7 pointsize 0.9 linecolor rgb "#d7481d" notitle'], i, i, i, i)}];
  end
  gnuplot(file, [1500 620], [lines; {'unset multiplot'}]);
end
