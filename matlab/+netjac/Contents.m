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
