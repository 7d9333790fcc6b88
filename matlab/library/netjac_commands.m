function commands = netjac_commands()
  % NETJAC_COMMANDS  The commands of netjac_mex: for each the area of its errors, its arguments and how many.
  %
  % Written by netjac_generate from mex/netjac_commands.h; do not edit.

  list = {
    'forward', 'forward', 'handle, x', 2
    'jacobian', 'jacobian', 'handle, x', 2
    'jvp', 'jvp', 'handle, x, v', 3
    'vjp', 'vjp', 'handle, x, w', 3
    'hessian', 'hessian', 'handle, x, lambda', 3
    'hvp', 'hvp', 'handle, x, lambda, v', 4
    'jacobianSparse', 'jacobianSparse', 'handle, x', 2
    'kinks', 'kinks', 'handle, x', 2
    'kinkNodes', 'kinks', 'handle', 1
    'jacobianSparsity', 'jacobianSparsity', 'handle', 1
    'hessianSparsity', 'hessianSparsity', 'handle', 1
    'jacobianCost', 'jacobianCost', 'handle', 1
    'jacobianSeeds', 'jacobianSeeds', 'handle', 1
    'jacobianPlan', 'jacobianPlan', 'handle', 1
    'plan', 'plan', 'handle, task', 2
    'prepare', 'prepare', 'handle, task, samples', 3
    'describe', 'describe', 'handle', 1
    'load', 'load', 'file, options', 2
    'loadBytes', 'load', 'bytes, options', 2
    'release', 'release', 'handle', 1
    'save', 'save', 'handle, file', 2
    'saveJacobian', 'save', 'handle, file', 2
    'mlp', 'mlp', 'sizes, activation, seed', 3
    'scaled', 'scaled', 'handle, inputOffset, inputScale, outputOffset, outputScale', 5
    'graphCreate', 'graph', '', 0
    'graphRelease', 'graph', 'graph', 1
    'graphInput', 'graph', 'graph, name, dims', 3
    'graphParameter', 'graph', 'graph, name, dims, numbers', 4
    'graphConstant', 'graph', 'graph, dims, numbers', 3
    'graphApply', 'graph', 'graph, operator, inputs, attributes, count', 5
    'graphGradients', 'graph', 'graph, y, xs', 3
    'graphJvp', 'graph', 'graph, y, xs, tangents', 4
    'graphShow', 'graph', 'graph, value, notation, strength, operands, size', 6
    'graphDims', 'graph', 'graph, value', 2
    'graphText', 'graph', 'graph, format', 2
    'graphNetwork', 'graph', 'graph, inputs, outputs', 3
    'trainerCreate', 'train', 'handle, options', 2
    'trainerRelease', 'train', 'trainer', 1
    'trainerStep', 'train', 'trainer, x, targets', 3
    'trainerFit', 'train', 'trainer, x, targets, epochs', 4
    'trainerLoss', 'train', 'trainer, x, targets', 3
    'trainerHoldOut', 'train', 'trainer, x, targets', 3
    'trainerHeldOut', 'train', 'trainer, samples', 2
    'trainerState', 'train', 'trainer', 1
    'trainerScales', 'train', 'trainer', 1
    'trainerParameters', 'train', 'trainer', 1
    'trainerNetwork', 'train', 'trainer', 1
    'studyLookUp', 'store', 'study, x', 2
    'studyFind', 'store', 'study, x', 2
    'studyAdd', 'store', 'study, x, tag, priority', 4
    'studyClaim', 'store', 'study, most, filter, wait', 4
    'studyPut', 'store', 'study, ids, tokens, y, jacobian, seconds', 6
    'studyPutArray', 'store', 'study, id, output, values', 4
    'studyGetArray', 'store', 'study, id, output', 3
    'studyFail', 'store', 'study, id, token, message, final', 5
    'studyReturn', 'store', 'study, ids, tokens', 3
    'studyInsert', 'store', 'study, x, y, jacobian, tag', 5
    'studyCount', 'store', 'study, filter', 2
    'studyRead', 'store', 'study, filter, after, most, wantsJacobian', 5
    'studyRecords', 'store', 'study, filter, after, most, fields', 5
    'studyChange', 'store', 'study, filter, action', 3
    'studyExport', 'store', 'study, filter, file', 3
    'studyImport', 'store', 'study, file', 2
    'studyDesign', 'store', 'study, kind, from, samples, seed', 5
    'studyOpen', 'store', 'store, name, options', 3
    'studyRelease', 'store', 'study', 1
    'studyVariable', 'store', 'study, role, name, size, details', 5
    'studyVersion', 'store', 'study, label, simulator, parameters, source', 5
    'studyDescribe', 'store', 'study', 1
    'storeOpen', 'store', 'url, options', 2
    'storeRelease', 'store', 'store', 1
    'storeStudies', 'store', 'store', 1
    'storeText', 'store', 'store, what', 2
    'storeBackup', 'store', 'store, file', 2
    'version', 'mex', '', 0
    'alive', 'mex', '', 0
    };
  commands = struct();
  for k = 1:size(list, 1)
    commands.(list{k, 1}) = struct('area', list{k, 2}, 'arguments', list{k, 3}, 'count', list{k, 4});
  end
end
