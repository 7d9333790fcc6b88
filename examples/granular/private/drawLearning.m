function drawLearning(file, counts, errors, scatter, refined)
  % DRAWLEARNING  Errors on points that no network saw, over the number of samples that it was trained on.
  %
  % errors: 3-by-N, root mean squares; scatter: 3-by-1, what one bed differs from the mean of many, which is the least
  % that a perfect network would show; refined: whether the last samples came from a refinement.

  names = {'drag, force_x', 'lift, force_z', 'torque'};
  units = {'N', 'N', 'mN m'};
  factors = [1, 1, 1000];
  lines = {'set multiplot layout 1,3'
           'set key top right reverse Left'
           'set xlabel "samples"'
           sprintf('set xtics (%s)', strjoin(arrayfun(@(n) sprintf('"%d" %d', n, n), counts, 'UniformOutput', false), ', '))
           sprintf('set xrange [0:%g]', 1.05 * counts(end))};
  before = numel(counts) - refined;
  for i = 1:3
    level = factors(i) * scatter(i);
    lines = [lines
             {sprintf('set title "%s"', strrep(names{i}, '_', '\\_'))
              sprintf('set ylabel "error on unseen points [%s]"', units{i})
              sprintf('set yrange [0:%g]', 1.45 * factors(i) * max(errors(i, :)))
              datablock(sprintf('errors%d', i), counts(1:before), factors(i) * errors(i, 1:before))
              datablock(sprintf('refined%d', i), counts(before:end), factors(i) * errors(i, before:end))
              sprintf(['plot %g with lines linewidth 2 dashtype 2 linecolor rgb "#444444" title "scatter of one bed", ', ...
                       '$refined%d with linespoints linewidth 2 pointtype 7 linecolor rgb "#d7481d" title "refined", ', ...
                       '$errors%d with linespoints linewidth 2 pointtype 7 linecolor rgb "#1f6fb2" title "designed"'], ...
                      level, i, i)}];
  end
  gnuplot(file, [1500 520], [lines; {'unset multiplot'}]);
end
