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
 * graph, trainer   what graphCreate and trainerCreate give
 * options     {key, value, ...}, all text
 * bytes       of class uint8
 * inputs, values, ...   values of a graph, as whole numbers from 0 on; -1 for none
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
COMMAND(version, mex, "", "text")
COMMAND(alive, mex, "", "count")                                  /* of networks, graphs and trainers */
