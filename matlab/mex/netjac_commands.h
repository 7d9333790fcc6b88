/*
 * netjac_commands.h - What both doors offer under the name netjac_mex: a line for each command.
 *
 *   COMMAND(name, area, arguments, results)      [y, J] = netjac_mex('jacobian', handle, x)
 *
 * area: of its errors, as in netjac:graph:wrongArgument. All arguments are needed; a further one is ignored, where
 * function handles pass their network, which keeps it alive.
 *
 * netjac_mex.c makes its table of this list, and netjac_generate writes library/netjac_commands.m of it. Those that
 * solvers call in loops come first.
 *
 * handle      a network: what load, loadBytes, mlp, scaled, graphNetwork and trainerNetwork give
 * graph, trainer, store, study   what graphCreate, trainerCreate, storeOpen and studyOpen give
 * options     {key, value, ...}, all text
 * bytes       of class uint8
 * inputs, values, ...   values of a graph, as whole numbers from 0 on; -1 for none
 * x, y, jacobian   of a study: n-by-N, m-by-N, and (m n)-by-N with the Jacobians row-major; jacobian may be []
 * filter, tag, label, parameters, ...   of a study: text, empty for none
 */
COMMAND(forward, forward, "handle, x", "y")
COMMAND(jacobian, jacobian, "handle, x", "[y, J]")
COMMAND(jvp, jvp, "handle, x, v", "[y, p]")
COMMAND(vjp, vjp, "handle, x, w", "[y, g]")
COMMAND(hessian, hessian, "handle, x, lambda", "H")
COMMAND(hvp, hvp, "handle, x, lambda, v", "p")
COMMAND(jacobianSparse, jacobianSparse, "handle, x", "[y, J]")
COMMAND(kinks, kinks, "handle, x", "distances")                   /* a row for each of kinkNodes */
COMMAND(kinkNodes, kinks, "handle", "nodes")                      /* struct array: node, kind, convention */
COMMAND(jacobianSparsity, jacobianSparsity, "handle", "S")
COMMAND(hessianSparsity, hessianSparsity, "handle", "S")
COMMAND(jacobianCost, jacobianCost, "handle", "costs")            /* [chosen, forward, reverse] */
COMMAND(jacobianSeeds, jacobianSeeds, "handle", "count")
COMMAND(jacobianPlan, jacobianPlan, "handle", "text")
COMMAND(plan, plan, "handle, task", "text")
COMMAND(prepare, prepare, "handle, task, samples", "")
COMMAND(describe, describe, "handle", "description")              /* inputs, outputs, inputSize, outputSize */
COMMAND(load, load, "file, options", "handle")
COMMAND(loadBytes, load, "bytes, options", "handle")
COMMAND(release, release, "handle", "")                           /* what is no valid handle is ignored */
COMMAND(save, save, "handle, file", "")
COMMAND(saveJacobian, save, "handle, file", "")
COMMAND(mlp, mlp, "sizes, activation, seed", "handle")
COMMAND(scaled, scaled, "handle, inputOffset, inputScale, outputOffset, outputScale", "handle")
COMMAND(graphCreate, graph, "", "graph")
COMMAND(graphRelease, graph, "graph", "")
COMMAND(graphInput, graph, "graph, name, dims", "value")
COMMAND(graphParameter, graph, "graph, name, dims, numbers", "value")
COMMAND(graphConstant, graph, "graph, dims, numbers", "value")
COMMAND(graphApply, graph, "graph, operator, inputs, attributes, count", "values")
COMMAND(graphGradients, graph, "graph, y, xs", "values")
COMMAND(graphJvp, graph, "graph, y, xs, tangents", "value")
COMMAND(graphShow, graph, "graph, value, notation, strength, operands, size", "")
COMMAND(graphDims, graph, "graph, value", "dims")
COMMAND(graphText, graph, "graph, format", "text")
COMMAND(graphNetwork, graph, "graph, inputs, outputs", "handle")
COMMAND(trainerCreate, train, "handle, options", "trainer")
COMMAND(trainerRelease, train, "trainer", "")
COMMAND(trainerStep, train, "trainer, x, targets", "loss")
COMMAND(trainerFit, train, "trainer, x, targets, epochs", "losses")
COMMAND(trainerLoss, train, "trainer, x, targets", "loss")
COMMAND(trainerHoldOut, train, "trainer, x, targets", "")
COMMAND(trainerHeldOut, train, "trainer, samples", "places")      /* counted from 0 */
COMMAND(trainerState, train, "trainer", "state")                  /* heldOutLosses, bestEpoch, hasStopped */
COMMAND(trainerScales, train, "trainer", "scales")                /* inputOffset, inputScale, ... */
COMMAND(trainerParameters, train, "trainer", "numbers")
COMMAND(trainerNetwork, train, "trainer", "handle")
COMMAND(studyLookUp, store, "study, x", "[y, states]")
COMMAND(studyFind, store, "study, x", "found")                    /* ids, states, y, jacobian, seconds */
COMMAND(studyAdd, store, "study, x, tag, priority", "[ids, added]")
COMMAND(studyClaim, store, "study, most, filter, wait", "claims") /* ids, tokens, x */
COMMAND(studyPut, store, "study, ids, tokens, y, jacobian, seconds", "taken")
COMMAND(studyPutArray, store, "study, id, output, values", "")
COMMAND(studyGetArray, store, "study, id, output", "values")
COMMAND(studyFail, store, "study, id, token, message, final", "")
COMMAND(studyReturn, store, "study, ids, tokens", "")
COMMAND(studyInsert, store, "study, x, y, jacobian, tag", "inserted")
COMMAND(studyCount, store, "study, filter", "count")
COMMAND(studyRead, store, "study, filter, after, most, wantsJacobian", "samples")   /* ids, x, y, jacobian */
COMMAND(studyRecords, store, "study, filter, after, most, fields", "text")
COMMAND(studyChange, store, "study, filter, action", "changed")
COMMAND(studyExport, store, "study, filter, file", "")
COMMAND(studyImport, store, "study, file", "inserted")
COMMAND(studyDesign, store, "study, kind, from, samples, seed", "x")
COMMAND(studyOpen, store, "store, name, options", "study")
COMMAND(studyRelease, store, "study", "")
COMMAND(studyVariable, store, "study, role, name, size, details", "")
COMMAND(studyVersion, store, "study, label, simulator, parameters, source", "")
COMMAND(studyDescribe, store, "study", "description")   /* inputs, outputs, inputSize, outputSize, lower, upper */
COMMAND(storeOpen, store, "url, options", "store")
COMMAND(storeRelease, store, "store", "")
COMMAND(storeStudies, store, "store", "names")
COMMAND(storeText, store, "store, what", "text")
COMMAND(storeBackup, store, "store, file", "")
COMMAND(version, mex, "", "text")
COMMAND(alive, mex, "", "count")                                  /* of all handles */
