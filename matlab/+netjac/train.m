function [net, info] = train(net, X, T, varargin)
  % TRAIN  Trains a network on samples.
  %
  %   net = netjac.mlp([6 32 32 3], 'tanh');
  %   [net, info] = netjac.train(net, X, T, 'optimizer', 'adam', 'epochs', 200)
  %
  % X is n-by-N, a sample a column; T is m-by-N. Any network can be trained: from netjac.mlp, loaded
  % from a file, or made of a netjac.Graph; the result is a new network, and net itself stays as it
  % is. Progress is printed: epoch, loss, loss of the held-out samples, time left. Ctrl-C does not
  % lose what was learned: [net, info] = netjac.interrupted() gives the network so far.
  %
  %   [net, info] = netjac.train(net, store)                 the samples of a netjac.Store that are done
  %   [net, info] = netjac.train(net, store, 'tag', 'initial', 'epochs', 500)
  %
  % With a store, stored Jacobians are trained on, too, if all samples have one ('jacobian', [] leaves them out); samples
  % whose results are not finite are left out; 'scaling' is 'standard' and 'validation' 0.2 unless told otherwise. The
  % root mean square of the held-out errors is printed for each output in its unit, and is info.heldOutError (m-by-1).
  % 'tag', 'where', 'id' and 'version' choose samples, as for samples of netjac.Store.
  %
  % Options of this function:
  %   'epochs'       how often all samples are gone through (100)
  %   'validation'   samples that are not trained on: the part to hold out, such as 0.2, or {Xv, Tv}
  %   'patience'     stop when the held-out loss has not become smaller for so many epochs (NaN is not
  %                  smaller). The result is then the network with the smallest, however training ends
  %   'min_delta'    by how much it must become smaller (0)
  %   'scaling'      'standard': inputs and outputs are shifted and scaled to mean 0 and standard
  %                  deviation 1; 'range': to -1...1; 'none'. The scales become part of the resulting
  %                  network, so that it takes, gives and differentiates in your units. If left out:
  %                  'standard' for a network from netjac.mlp, 'none' for others. Losses are those of
  %                  the scaled numbers. Targets of the loss cross_entropy and inputs of whole
  %                  numbers are never scaled
  %   'jacobian'     wanted Jacobians, m-by-n-by-N, for Sobolev training; 'jacobian_weight' is their
  %                  part of the loss (1)
  %   'seed'         of the order of the samples and the choice of the held-out ones, which is that of
  %                  the C interface (0)
  %   'display'      true, false, or the seconds between lines of progress (0.5)
  %   'progress'     a function of info that is called after each epoch and returns whether to go on,
  %                  as in @(info) info.loss(end) > 1e-6
  %
  % Options of the library (include/netjac.h, netjac_trainer_create, has them all):
  %   'loss'            'mse', 'mae', 'huber' or 'cross_entropy'
  %   'optimizer'       'adam', 'sgd', 'adamw', 'rmsprop', 'lbfgs' or 'levenberg_marquardt'
  %   'learning_rate', 'momentum', 'nesterov', 'beta1', 'beta2', 'epsilon', 'weight_decay', 'clip_norm',
  %   'schedule', 'schedule_steps', 'schedule_factor', 'warmup_steps', 'batch_size' (32, or 'all'), 'shuffle',
  %   'history', 'damping', 'huber_delta', 'memory_limit'
  %   'parameters'      names of the parameters to train, as in 'layer2.*'
  % Options that are of other functions, or would change nothing beside the others, are refused.
  %
  % info.loss, info.validationLoss and info.time have an element for each epoch, info.bestEpoch is the
  % one with the smallest held-out loss (0 if there is none), info.scaling has the scales; info.stopped tells
  % why training ended: 'epochs', 'patience', 'progress', 'notFinite' (a loss was NaN or infinite; a
  % warning says more, and the network has the last good parameters). info.heldOut are the columns of X that were
  % held out.
  %
  % Errors: netjac:train:wrongSize, wrongOption, wrongClass, wrongArgument, outOfMemory, notFinite (samples or
  % targets hold NaN or infinity; the message says where).
  %
  % See also: netjac.mlp, netjac.Store, netjac.plotTraining, netjac.interrupted

  isOfStore = nargin > 1 && isa(X, 'netjac.Store');
  if nargin < 3 && ~isOfStore
    error('netjac:train:missingArgument', 'train needs a network, samples and targets: netjac.train(net, X, T).');
  end
  if isOfStore
    store = X;
    if nargin > 2
      varargin = [{T}, varargin];
    end
    [X, T, varargin] = netjac.internal.store.trainingSamples(store, varargin);
  end
  settings = netjac.internal.trainingSettings(net, X, T, varargin);
  lesson = netjac.internal.Lesson(net, settings);
  guard = onCleanup(@() keepUnlessFinished(lesson));
  display = netjac.internal.trainingDisplay(settings.display, settings.epochs);

  for epoch = 1:settings.epochs
    hasMore = lesson.runEpoch();
    display(lesson, ~hasMore || epoch == settings.epochs);
    if ~hasMore
      break;
    end
  end
  info = lesson.info;
  net = lesson.network();
  lesson.finish();
  if isOfStore
    info = netjac.internal.store.heldOutErrors(net, store, X, T, info, settings.display);
  end
end

% Also called when Ctrl-C or an error ends the function.
function keepUnlessFinished(lesson)
  if lesson.isFinished || lesson.epoch == 0
    return;
  end
  netjac.internal.keptTraining(lesson);
  fprintf('Training ended in epoch %d. [net, info] = netjac.interrupted() gives the network so far.\n', lesson.epoch + 1);
end
