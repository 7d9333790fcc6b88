function refuseFunction(name, instead)
  % REFUSEFUNCTION  Raises the error for a function that values of a graph do not have.
  error('netjac:graph:noNumbers', ...
        '%s cannot be taken of a value of a graph, which has no numbers while the graph is built; %s.', name, instead);
end
