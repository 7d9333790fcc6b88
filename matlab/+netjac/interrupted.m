function [net, info] = interrupted()
  % INTERRUPTED  The network of a training that Ctrl-C or an error ended.
  %
  %   [net, info] = netjac.interrupted()
  %
  % Kept until the next netjac.train that is interrupted, or the end of MATLAB. info.stopped is
  % 'interrupted'.
  %
  % Errors: netjac:interrupted:nothing if no training was interrupted.
  %
  % See also: netjac.train

  lesson = netjac.internal.keptTraining();
  if isempty(lesson)
    error('netjac:interrupted:nothing', 'No training was interrupted; netjac.train has returned its network.');
  end
  net = lesson.network();
  info = lesson.info;
  info.stopped = 'interrupted';
end
