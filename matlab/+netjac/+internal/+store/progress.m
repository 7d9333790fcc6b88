function show = progress(display, study)
  % PROGRESS  Functions that print how far simulations are: begin, line, work and stopped; as netjac.train's 'display' says.
  %
  % display: true, false, or the seconds between lines.

  if ~isscalar(display) || ~(islogical(display) || (isnumeric(display) && display >= 0))
    error('netjac:store:wrongOption', 'Option ''display'' must be true, false, or a number of seconds.');
  end
  if islogical(display) && ~display
    nothing = @(varargin) [];
    show = struct('begin', nothing, 'line', nothing, 'work', nothing, 'stopped', nothing);
    return;
  end
  seconds = 0.5;
  if ~islogical(display)
    seconds = double(display);
  end
  clock_ = netjac.internal.store.Interval(seconds);
  show = struct('begin', @(varargin) begin(study, varargin{:}), ...
                'line', @(varargin) line_(study, clock_, varargin{:}), ...
                'work', @(varargin) work(study, clock_, varargin{:}), ...
                'stopped', @() put(sprintf('%s: stopped; the point that was running waits again.', study)));
end

function begin(study, points, stored, failed, left, workers)
  text = sprintf('%s: %s, %d stored', study, counted(points, 'point'), stored);
  if failed > 0
    text = sprintf('%s, %d failed before', text, failed);
  end
  text = sprintf('%s, %d to simulate', text, left);
  if left > 0
    text = sprintf('%s, %s', text, counted(workers, 'worker'));
  end
  put(text);
end

function line_(study, clock_, done, failed, total, spent, elapsed, isLast)
  if total == 0 || ~clock_.isDue(isLast)
    return;
  end
  text = sprintf('%s: %d of %d done', study, done, total);
  if failed > 0
    text = sprintf('%s, %d failed', text, failed);
  end
  if done > 0
    text = sprintf('%s, %s each', text, duration_(spent / done, 2));
  end
  left = total - done - failed;
  if left > 0 && done + failed > 0
    text = sprintf('%s, about %s left', text, duration_(elapsed / (done + failed) * left, 1));
  elseif left == 0
    text = sprintf('%s, in %s', text, duration_(elapsed, 2));
  end
  put(text);
end

function work(study, clock_, done, failed, spent, elapsed, isLast, waiting)
  if ~clock_.isDue(isLast)
    return;
  end
  text = sprintf('%s: %d done here', study, done);
  if failed > 0
    text = sprintf('%s, %d failed', text, failed);
  end
  if done > 0
    text = sprintf('%s, %s each', text, duration_(spent / done, 2));
  end
  put(sprintf('%s, %d waiting, %s so far', text, waiting(), duration_(elapsed, 2)));
end

function put(text)
  fprintf('%s\n', text);
  if exist('OCTAVE_VERSION', 'builtin')
    fflush(stdout);
  else
    drawnow('limitrate');
  end
end

function text = counted(count, noun)
  text = sprintf('%d %s', count, noun);
  if count ~= 1
    text = [text, 's'];
  end
end

% units: how many are given, as in 3 min 10 s.
function text = duration_(seconds, units)
  if seconds < 0.0995
    text = sprintf('%.2g ms', 1000 * seconds);
  elseif seconds < 9.95
    text = sprintf('%.2g s', seconds);
  elseif seconds < 59.5
    text = sprintf('%.0f s', seconds);
  elseif seconds < 3570
    text = pair(seconds, 60, 'min', 1, 's', units);
  elseif seconds < 86400
    text = pair(seconds, 3600, 'h', 60, 'min', units);
  else
    text = pair(seconds, 86400, 'days', 3600, 'h', units);
  end
end

function text = pair(seconds, large, largeName, small, smallName, units)
  if units == 1
    text = sprintf('%.0f %s', max(1, round(seconds / large)), largeName);
    return;
  end
  rest = round(seconds / small);
  whole = floor(rest * small / large);
  text = sprintf('%.0f %s', whole, largeName);
  rest = rest - whole * large / small;
  if rest > 0
    text = sprintf('%s %.0f %s', text, rest, smallName);
  end
end
