% NetJac: trained networks and their exact derivatives
%
%   net = netjac.load('foot.onnx');      % loads a network; x below is n-by-N, a sample a column
%   y      = forward(net, x);            % outputs, m-by-N
%   [y, J] = jacobian(net, x);           % J(i, k, s) = d y(i, s) / d x(k, s)
%   [y, p] = jvp(net, x, v);             % J v
%   [y, g] = vjp(net, x, w);             % J' w
%   H      = hessian(net, x, lambda);    % of sum_i lambda(i) y(i)
%   p      = hvp(net, x, lambda, v);     % H v, without H
%   k      = kinks(net, x);              % where the network is not smooth, and how near x is to it
%   S      = jacobianSparsity(net);      % where J can be other than zero
%   [y, J] = jacobianSparse(net, x);     % J as a sparse matrix
%   plan(net, 'jacobian')                % what runs: kernels, working memory, multiply-adds
%
% netjac.load     - Loads a trained network.
% netjac.Network  - A network that can be evaluated and differentiated.
% netjac.check    - Checks outputs and derivatives of a network, and prints a verdict.
% netjac.version  - The version of the library.
% netjac.door     - Which way MATLAB or Octave talks to the library.
%
% Building and training:
%
%   g = netjac.Graph;                    % formulas as values: y = tanh(W*x + b), gradients(loss, {W, b})
%   net = netjac.mlp([6 32 32 3]);       % a new network
%   [net, info] = netjac.train(net, X, T, 'epochs', 200);
%   save(net, 'trained.onnx')
%
% netjac.Graph             - A computation that is built value by value.
% netjac.Value             - A value of a graph, used like a matrix.
% netjac.mlp               - A new network of fully connected layers.
% netjac.train             - Trains a network on samples.
% netjac.interrupted       - The network of a training that Ctrl-C ended.
% netjac.plotTraining      - Draws how the loss went down.
% netjac.numericalGradient - A gradient by differences, to compare with.
%
% Samples of an expensive simulator, so that nothing is simulated twice:
%
%   store = netjac.Store('foot.db', 'study', 'foot', ...
%     'inputs', {'speed' 'm/s' [0 0.3]; 'depth' 'm' [0.001 0.1]}, 'outputs', {'force' 'N'});
%   X = design(store, 'sobol', 64);            % points between the bounds
%   Y = simulate(store, @f, X);                % what is not stored is simulated, and stored at once
%   net = netjac.train(net, store);            % held-out errors in each output's unit
%   X = refine(store, 16);                     % where the next simulations are worth most
%   f = memoize(store, @f);                    % y = f(x) for solvers: looked up or simulated
%
% netjac.Store             - Samples of a simulator in a database; "help netjac.Store" lists all that it does.
