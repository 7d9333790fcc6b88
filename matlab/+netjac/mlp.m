function net = mlp(sizes, activation, varargin)
  % MLP  A new network of fully connected layers, to be trained.
  %
  %   net = netjac.mlp([6 32 32 3], 'tanh')
  %   net = netjac.mlp([6 32 32 3], 'tanh', 'seed', 7)
  %
  % sizes: the number of inputs, of neurons of each hidden layer, and of outputs. activation, between
  % the layers: 'tanh' (if left out), 'relu', 'sigmoid', 'softplus', 'elu', 'gelu', 'silu', 'sine' or
  % 'identity'. Weights start at random numbers that depend on the seed only; biases at 0.
  %
  % Errors: netjac:mlp:wrongArgument.
  %
  % See also: netjac.train

  if nargin < 2
    activation = 'tanh';
  end
  seed = 0;
  if numel(varargin) == 2 && strcmpi(varargin{1}, 'seed')
    seed = varargin{2};
  elseif ~isempty(varargin)
    error('netjac:mlp:wrongOption', 'mlp knows one option, as in netjac.mlp([6 32 3], ''tanh'', ''seed'', 7).');
  end
  if isstring(activation) && isscalar(activation)
    activation = char(activation);
  end
  netjac.door();
  handle = netjac_mex('mlp', double(sizes), activation, double(seed));
  net = netjac.Network(struct('reference', handle, 'origin', 'netjac.mlp'));
end
