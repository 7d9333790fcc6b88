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
    settings
    started
    best = []             % the network with the smallest held-out loss, if patience is set
    waited = 0
  end

  methods
    function self = Lesson(net, settings)
      self.settings = settings;
      self.reference = netjac_mex('trainerCreate', net.libraryHandle(), settings.pairs);
      self.started = tic();
      self.info = struct('loss', zeros(1, 0), 'validationLoss', zeros(1, 0), 'time', zeros(1, 0), ...
                         'bestEpoch', 0, 'stopped', 'epochs', 'lossName', settings.lossName, ...
                         'scaling', settings.scaling, 'options', {settings.pairs}, ...
                         'trainingSamples', size(settings.X, 2), 'validationSamples', size(settings.Xv, 2));
    end

    function hasMore = runEpoch(self)
      % RUNEPOCH  Goes through the samples once; false if training should stop.
      s = self.settings;
      hasMore = true;
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
      validationLoss = NaN;
      if hasMore && ~isempty(s.Xv)
        validationLoss = netjac_mex('trainerLoss', self.reference, s.Xv, s.Tv);
      end
      self.epoch = self.epoch + 1;
      self.info.loss(self.epoch) = loss;
      self.info.validationLoss(self.epoch) = validationLoss;
      self.info.time(self.epoch) = self.elapsed();
      if hasMore
        hasMore = self.judge(validationLoss) && self.report();
      end
    end

    function net = network(self)
      % NETWORK  The network so far; the best one where held-out samples decide.
      if ~isempty(self.best)
        net = self.best;
      else
        net = self.present();
      end
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
    function net = present(self)
      handle = netjac_mex('trainerNetwork', self.reference);
      net = netjac.Network(struct('reference', handle, 'origin', 'netjac.train'));
      scaling = self.settings.scaling;
      if ~strcmp(scaling.kind, 'none')
        handle = netjac_mex('scaled', net.libraryHandle(), scaling.inputOffset, scaling.inputScale, ...
                            scaling.outputOffset, scaling.outputScale);
        net = netjac.Network(struct('reference', handle, 'origin', 'netjac.train'));
      end
    end

    function hasMore = judge(self, loss)
      hasMore = true;
      previous = Inf;
      if self.info.bestEpoch > 0
        previous = self.info.validationLoss(self.info.bestEpoch);
      end
      if isnan(loss)
        return;
      end
      if loss < previous - self.settings.min_delta
        self.info.bestEpoch = self.epoch;
        self.waited = 0;
        if ~isempty(self.settings.patience)
          self.best = self.present();
        end
        return;
      end
      self.waited = self.waited + 1;
      if ~isempty(self.settings.patience) && self.waited >= self.settings.patience
        self.info.stopped = 'patience';
        hasMore = false;
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

function text = ended(text)
  if ~isempty(text) && text(end) ~= '.'
    text = [text, '.'];
  end
end
