function requireSameGraph(graph, value)
  % REQUIRESAMEGRAPH  An error unless the value belongs to the graph.
  %
  % Octave cannot compare handles with ==, but each graph has a reference of its own.
  if ~sameAs(graph, value.graph)
    error('netjac:graph:differentGraphs', ...
          '%s belongs to another graph; all values of an operation must belong to one.', ...
          value.graph.expression(value.number, 60));
  end
end
