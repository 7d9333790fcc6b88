function drawBed(file, state, inputs)
  % DRAWBED  The grains at the end of a stroke: how fast they move, and the chains of force between them.
  %
  % state: the file that footsim --state wrote; inputs: depth, speed and angle.

  [foot, force, discs, contacts] = readState(state);
  fastest = 0.6 * inputs(2);
  levels = max(contacts(:, 5)) * [0.04 0.12 0.3 1];
  lines = {datablock('discs', 1000 * discs(:, 1), 1000 * discs(:, 2), 1000 * discs(:, 3), discs(:, 4))
           'set size ratio -1'
           'set xrange [0:360]'
           'set yrange [0:150]'
           'set xlabel "x [mm]"'
           'set ylabel "z [mm]"'
           'set cblabel "speed of the grains [m/s]"'
           sprintf('set cbrange [0:%g]', fastest)
           'set palette defined (0 "#eef0f2", 0.35 "#a6cbe3", 0.7 "#f4b65e", 1 "#d7481d")'
           'unset grid'
           sprintf('set title "Depth %.0f mm, speed %.1f m/s, angle %.1f rad: drag %.1f N, lift %.1f N"', ...
                   1000 * inputs(1), inputs(2), inputs(3), -force(1), force(2))};
  plot = '$discs using 1:2:3:4 with circles fillstyle solid border linecolor rgb "#9aa0a6" fillcolor palette notitle';
  for k = 1:numel(levels)
    from = [0, levels];
    part = contacts(contacts(:, 5) > from(k) & contacts(:, 5) <= levels(k), :);
    if k > 1 && ~isempty(part)
      name = sprintf('chains%d', k);
      lines{end + 1, 1} = datablock(name, 1000 * part(:, 1), 1000 * part(:, 2), 1000 * part(:, 3), 1000 * part(:, 4));
      plot = sprintf('%s, $%s using 1:2:3:4 with vectors nohead linewidth %g linecolor rgb "#16324f" notitle', ...
                     plot, name, 0.5 * 2 ^ (k - 1));
    end
  end
  outline = footOutline(foot);
  lines{end + 1, 1} = datablock('foot', outline(1, :), outline(2, :));
  lines{end + 1, 1} = ['plot ', plot, ', $foot using 1:2 with filledcurves closed fillstyle solid 1 fillcolor rgb "#2f3437" notitle'];
  gnuplot(file, [1040 490], lines);
end

% The outline of the plate in mm, 2-by-N.
function outline = footOutline(foot)
  angle = atan2(foot(4) - foot(2), foot(3) - foot(1));
  turn = linspace(-pi / 2, pi / 2, 16) + angle;
  front = foot([3; 4]) + foot(5) * [cos(turn); sin(turn)];
  back = foot([1; 2]) + foot(5) * [cos(turn + pi); sin(turn + pi)];
  outline = 1000 * [front, back];
end

function [foot, force, discs, contacts] = readState(file)
  parts = regexp(fileread(file), '\n', 'split');
  foot = sscanf(parts{1}, '# foot %f %f %f %f %f');
  force = sscanf(parts{2}, '# force %f %f %f');
  gap = find(cellfun(@isempty, parts), 1);
  discs = sscanf(strjoin(parts(3:gap - 1), ' '), '%f', [4 Inf]).';
  contacts = sscanf(strjoin(parts(gap + 2:end), ' '), '%f', [5 Inf]).';
end
