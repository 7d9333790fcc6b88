classdef Interval < handle
  % INTERVAL  Says when something that is done now and then is due.

  properties (Access = private)
    seconds
    last = []
  end

  methods
    function self = Interval(seconds)
      self.seconds = seconds;
      self.last = tic();
    end

    function is = isDue(self, isForced)
      is = isForced || toc(self.last) >= self.seconds;
      if is
        self.last = tic();
      end
    end
  end
end
