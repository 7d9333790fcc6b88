function f = trainingDisplay(display, epochs)
  % TRAININGDISPLAY  A function of a lesson and of whether it ends, which prints lines of progress now and then.
  seconds = 0.5;
  if ~islogical(display)
    seconds = display;
  end
  if islogical(display) && ~display
    f = @(lesson, isLast) [];
    return;
  end
  f = @(lesson, isLast) show(lesson, isLast, seconds, epochs);
end

function show(lesson, isLast, seconds, epochs)
  now_ = lesson.elapsed();
  if ~isLast && lesson.epoch > 1 && now_ - lesson.shownAt < seconds
    return;
  end
  if lesson.shownAt < 0
    fprintf('  %6s  %12s  %12s  %10s\n', 'epoch', 'loss', 'held out', 'time left');
  end
  lesson.shownAt = now_;
  info = lesson.info;
  heldOut = '';
  if ~isnan(info.validationLoss(end))
    heldOut = sprintf('%.5g', info.validationLoss(end));
  end
  left = duration_(now_ / lesson.epoch * (epochs - lesson.epoch));
  if isLast
    left = reason(info.stopped, now_);
  end
  fprintf('  %6d  %12s  %12s  %10s\n', lesson.epoch, sprintf('%.5g', info.loss(end)), heldOut, left);
  if exist('OCTAVE_VERSION', 'builtin')
    fflush(stdout);
  else
    drawnow('limitrate');
  end
end

function text = reason(stopped, seconds)
  words = struct('epochs', 'done', 'patience', 'no progress', 'progress', 'stopped', 'notFinite', 'not finite');
  text = [words.(stopped), ' in ', duration_(seconds)];
end

function text = duration_(seconds)
  if seconds < 60
    text = sprintf('%.1f s', seconds);
  else
    text = sprintf('%d:%02d min', floor(seconds / 60), floor(mod(seconds, 60)));
  end
end
