function plotTraining(info)
  % PLOTTRAINING  Draws how the loss went down in training.
  %
  %   [net, info] = netjac.train(...);
  %   netjac.plotTraining(info)
  %
  % See also: netjac.train

  epochs = 1:numel(info.loss);
  curves = {epochs, info.loss, 'b-'};
  names = {'training'};
  if any(~isnan(info.validationLoss))
    curves = [curves, {epochs, info.validationLoss, 'r-'}];
    names{end + 1} = 'held out';
    if info.bestEpoch > 0
      curves = [curves, {info.bestEpoch, info.validationLoss(info.bestEpoch), 'ro'}];
      names{end + 1} = sprintf('best: %.3g in epoch %d', info.validationLoss(info.bestEpoch), info.bestEpoch);
    end
  end
  if all([info.loss, info.validationLoss] > 0 | isnan([info.loss, info.validationLoss]))
    semilogy(curves{:});
  else
    plot(curves{:});
  end
  xlabel('epoch');
  ylabel(['loss (', info.lossName, ')']);
  legend(names{:});
  grid('on');
end
