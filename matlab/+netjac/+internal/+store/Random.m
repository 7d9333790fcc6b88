classdef Random < handle
  % RANDOM  Random whole numbers of a seed, the same on MATLAB and Octave, that leave the user's own sequence alone.

  properties (Access = private)
    state
  end

  methods
    function self = Random(seed)
      self.state = mod(abs(double(seed)) * 7919 + 12345, 2147483647);
    end

    function numbers = whole(self, most, count)
      % WHOLE  count numbers from 1 to most.
      numbers = zeros(1, count);
      state = self.state;
      for k = 1:count
        state = mod(48271 * state, 2147483647);        % Park and Miller's generator; products stay below 2^53
        numbers(k) = 1 + floor(state / 2147483647 * most);
      end
      self.state = state;
    end
  end
end
