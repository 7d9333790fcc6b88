classdef WrongNetwork < handle
  % WRONGNETWORK  A network whose products with the Jacobian are wrong in one row, for what shall notice that.
  properties
    net
    inputSize
    outputSize
    inputs
    options
  end

  methods
    function self = WrongNetwork(net)
      self.net = net;
      self.inputSize = net.inputSize;
      self.outputSize = net.outputSize;
      self.inputs = net.inputs;
      self.options = net.options;
    end

    function y = forward(self, x),            y = forward(self.net, x); end
    function [y, g] = vjp(self, x, w),        [y, g] = vjp(self.net, x, w); end
    function H = hessian(self, x, lambda),    H = hessian(self.net, x, lambda); end
    function p = hvp(self, x, lambda, v),     p = hvp(self.net, x, lambda, v); end
    function k = kinks(self, varargin),       k = kinks(self.net, varargin{:}); end
    function [y, J] = jacobian(self, x),      [y, J] = jacobian(self.net, x); end
    function [y, J] = jacobianSparse(self, x), [y, J] = jacobianSparse(self.net, x); end

    function [y, p] = jvp(self, x, v)
      [y, p] = jvp(self.net, x, v);
      p(2, :) = 1.001 * p(2, :);
    end
  end
end
