function [graph, a, b] = operands(a, b)
  % OPERANDS  The graph of two operands, one of which may be numbers, which become a constant.
  if isa(a, 'netjac.Value')
    graph = a.graph;
    if isa(b, 'netjac.Value')
      netjac.internal.requireSameGraph(graph, b);
    else
      b = graph.constant(b);
    end
  else
    graph = b.graph;
    a = graph.constant(a);
  end
end
