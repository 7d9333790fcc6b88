classdef TrainingMark < handle
  % TRAININGMARK  What a graph and the networks made of it share: whether one of these was trained.
  properties
    isTrained = false
  end
end
