classdef Campaign < handle
  % CAMPAIGN  Points of a study under way: what netjac.Store.simulate and work repeat for each.
  %
  % A handle, so that the point that runs can be given back when Ctrl-C ends the function that holds it.

  properties (SetAccess = private)
    left = 0                   % how many points are neither done nor failed
    done = 0                   % points that were finished since the beginning, here or elsewhere
    failed = 0
    spent = 0                  % seconds of all that are done
    total = 0                  % how many there were to simulate
  end

  properties (Access = private)
    store
    study
    simulator
    stopsOnError
    show
    started
    ids = zeros(1, 0)          % of all points
    x                          % likewise, in columns
    isPending = false(1, 0)
    held = []
  end

  methods
    function self = Campaign(store, simulator, settings)
      self.store = store;
      self.study = store.libraryHandle();
      self.simulator = simulator;
      self.stopsOnError = strcmp(choice('onError', settings.onError, {'continue', 'stop'}), 'stop');
      self.show = netjac.internal.store.progress(settings.display, store.study);
      self.started = tic();
    end

    function begin(self, ids, X, workers)
      % BEGIN  Takes the points, of which some may be finished already, and says so.
      [self.ids, places] = unique(ids);
      self.x = X(:, places);
      self.isPending = true(1, numel(self.ids));
      self.left = numel(self.ids);
      self.refresh();
      self.total = self.left;
      self.show.begin(numel(self.ids), self.done, self.failed, self.total, workers);
      self.done = 0;
      self.failed = 0;
      self.spent = 0;
      self.started = tic();
    end

    function runAll(self, waits)
      % RUNALL  Simulates until no point is pending; without waits, until all that are left run elsewhere.
      pause_ = 0.05;
      while self.left > 0
        if self.runSome()
          pause_ = 0.05;
          continue;
        end
        self.refresh();
        self.report(false);
        if self.left == 0 || ~waits
          break;
        end
        pause(pause_);
        pause_ = min(2 * pause_, 1);
      end
      self.report(true);
    end

    function ran = runOne(self, filter)
      % RUNONE  Claims a point that matches and simulates it; false if there is none.
      claim = netjac_mex('studyClaim', self.study, 1, filter, 0);
      self.held = claim;
      ran = ~isempty(claim.ids);
      if ~ran
        self.held = [];
        return;
      end
      started = tic();
      try
        [y, J, arrays] = self.simulator.run(claim.x);
      catch problem
        self.fail(claim, problem);
        return;
      end
      seconds = toc(started);
      self.put(claim, y, J, arrays, seconds);
    end

    function refresh(self)
      % REFRESH  Drops the points that others have finished.
      asked = find(self.isPending);
      if isempty(asked)
        return;
      end
      found = netjac_mex('studyFind', self.study, self.x(:, asked));
      isDone = found.states == 3;
      isFailed = found.states == 4;
      self.done = self.done + sum(isDone);
      self.failed = self.failed + sum(isFailed);
      self.spent = self.spent + sum(found.seconds(isDone & ~isnan(found.seconds)));
      self.drop(asked(isDone | isFailed | found.states == 0));
    end

    function report(self, isLast)
      self.show.line(self.done, self.failed, self.total, self.spent, toc(self.started), isLast);
    end

    function reportWork(self, isLast)
      self.show.work(self.done, self.failed, self.spent, toc(self.started), isLast, ...
                     @() netjac_mex('studyCount', self.study, 'status=waiting'));
    end

    function giveBack(self)
      % GIVEBACK  The point that was running waits for others again.
      held = self.held;
      self.held = [];
      if ~isempty(held)
        try
          netjac_mex('studyReturn', self.study, held.ids, held.tokens);
          self.show.stopped();
        catch
          % Its lease ends by itself.
        end
      end
    end
  end

  methods (Access = private)
    % A pass over the pending points, a few of them named in each question.
    function ran = runSome(self)
      ran = false;
      asked = self.ids(self.isPending);
      for first = 1:100:numel(asked)
        names = sprintf('%.0f,', asked(first:min(first + 99, end)));
        filter = ['sample=', names(1:end - 1), ' version=all'];
        while self.runOne(filter)
          ran = true;
          if self.left > 0
            self.report(false);
          end
        end
      end
    end

    function put(self, claim, y, J, arrays, seconds)
      n = self.store.inputSize;
      m = self.store.outputSize;
      J = netjac.internal.store.jacobianColumns(J, m, n, 1, 'The Jacobian');
      for name = fieldnames(arrays).'
        netjac_mex('studyPutArray', self.study, claim.ids, name{1}, arrays.(name{1}));
      end
      try
        netjac_mex('studyPut', self.study, claim.ids, claim.tokens, y, J, seconds);
      catch problem
        if strcmp(problem.identifier, 'netjac:store:unsent')
          self.held = [];
        end
        rethrow(problem);
      end
      self.held = [];
      self.done = self.done + 1;
      self.spent = self.spent + seconds;
      self.drop(find(self.ids == claim.ids));
    end

    % An error of the simulator would come again at once, so this attempt is the last until somebody asks for another.
    function fail(self, claim, problem)
      netjac_mex('studyFail', self.study, claim.ids, claim.tokens, netjac.internal.store.failureText(problem), 1);
      self.held = [];
      self.failed = self.failed + 1;
      self.drop(find(self.ids == claim.ids));
      if self.stopsOnError
        rethrow(problem);
      end
    end

    function drop(self, places)
      self.isPending(places) = false;
      self.left = sum(self.isPending);
    end
  end
end

function value = choice(name, value, known)
  if ~ischar(value) || ~any(strcmp(value, known))
    error('netjac:store:wrongOption', 'Option ''%s'' must be ''%s''.', name, strjoin(known, ''' or '''));
  end
end
