classdef Pool < handle
  % POOL  Workers of a parallel pool of MATLAB that simulate points of a study.

  properties (Access = private)
    futures
  end

  methods
    function self = Pool(pool, known, count)
      for k = 1:min(count, pool.NumWorkers)
        known.worker = sprintf('pool/%d', k);
        futures(k) = parfeval(pool, @netjac.internal.store.processTask, 0, known);
      end
      self.futures = futures;
    end

    function is = isRunning(self)
      is = ~all(strcmp({self.futures.State}, 'finished'));
    end

    function complain(self)
      for future = self.futures
        if ~isempty(future.Error)
          warning('netjac:store:worker', 'A worker ended early: %s', future.Error.message);
        end
      end
    end

    function stop(self, ~)
      cancel(self.futures);
    end
  end
end
