classdef Lesson < handle
  % LESSON  A training under way: what netjac.train repeats for each epoch.
  %
  % A handle, so that what was learned survives when Ctrl-C ends the function that holds it.

  properties (SetAccess = private)
    epoch = 0
    info
    isFinished = false
  end

  properties
    shownAt = -1          % when progress was printed, in seconds from the start
  end

  properties (Access = private)
    reference = uint64(0)
    source                % the network that is trained, which stays as it is
    settings
    started
  end

  methods
    function self = Lesson(net, settings)
      self.settings = settings;
      self.source = net;
      self.reference = netjac_mex('trainerCreate', net.libraryHandle(), settings.pairs);
      try
        [heldOut, places] = self.holdOut();
      catch problem
        delete(self);
        rethrow(problem);
      end
      self.started = tic();
      trained = size(settings.X, 2);
      if isempty(settings.Xv)
        trained = trained - heldOut;
      end
      self.info = struct('loss', zeros(1, 0), 'validationLoss', zeros(1, 0), 'time', zeros(1, 0), ...
                         'bestEpoch', 0, 'stopped', 'epochs', 'lossName', settings.lossName, ...
                         'scaling', struct('kind', settings.scaling), 'options', {settings.pairs}, ...
                         'trainingSamples', trained, 'validationSamples', heldOut, 'heldOut', places);
    end

    function hasMore = runEpoch(self)
      % RUNEPOCH  Goes through the samples once; false if training should stop.
      s = self.settings;
      hasMore = true;
      heldOutLoss = NaN;
      try
        loss = netjac_mex('trainerFit', self.reference, s.X, s.T, 1);
      catch problem
        if ~strcmp(problem.identifier, 'netjac:train:notFinite')
          rethrow(problem);
        end
        loss = NaN;
        self.info.stopped = 'notFinite';
        hasMore = false;
        warning('netjac:train:notFinite', '%s The network has the last good parameters.', ended(problem.message));
      end
      state = netjac_mex('trainerState', self.reference);
      if hasMore
        heldOutLoss = state.heldOutLosses;
      end
      self.epoch = self.epoch + 1;
      if self.epoch == 1
        self.info.scaling = scalingOf(s.scaling, netjac_mex('trainerScales', self.reference));
      end
      self.info.loss(self.epoch) = loss;
      self.info.validationLoss(self.epoch) = heldOutLoss;
      self.info.time(self.epoch) = self.elapsed();
      self.info.bestEpoch = state.bestEpoch;
      if hasMore && state.hasStopped
        self.info.stopped = 'patience';
        hasMore = false;
      end
      hasMore = hasMore && self.report();
    end

    function net = network(self)
      % NETWORK  The network so far; the best one where held-out samples decide.
      handle = netjac_mex('trainerNetwork', self.reference);
      self.source.noteTraining();
      net = netjac.Network(struct('reference', handle, 'origin', 'netjac.train'));
    end

    function seconds = elapsed(self)
      seconds = toc(self.started);
    end

    function finish(self)
      self.isFinished = true;
    end

    function delete(self)
      reference = self.reference;
      self.reference = uint64(0);
      if reference ~= 0
        netjac_mex('trainerRelease', reference);
      end
    end
  end

  methods (Access = private)
    % places: the columns of X that are not trained on; none if there are samples of their own for that.
    function [count, places] = holdOut(self)
      s = self.settings;
      places = zeros(1, 0);
      if ~isempty(s.Xv)
        netjac_mex('trainerHoldOut', self.reference, s.Xv, s.Tv);
        count = size(s.Xv, 2);
      else
        places = netjac_mex('trainerHeldOut', self.reference, size(s.X, 2)) + 1;
        count = numel(places);
      end
    end

    function hasMore = report(self)
      hasMore = true;
      if isempty(self.settings.progress)
        return;
      end
      progress = self.settings.progress;
      hasMore = logical(progress(self.info));
      if ~hasMore
        self.info.stopped = 'progress';
      end
    end
  end
end

function scaling = scalingOf(kind, scales)
  scaling = struct('kind', kind, 'inputOffset', scales.inputOffset, 'inputScale', scales.inputScale, ...
                   'outputOffset', scales.outputOffset, 'outputScale', scales.outputScale);
end

function text = ended(text)
  if ~isempty(text) && text(end) ~= '.'
    text = [text, '.'];
  end
end
