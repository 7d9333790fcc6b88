function text = describe(value)
  % DESCRIBE  A value for messages: its formula and its size.
  text = sprintf('%s (%s)', value.graph.expression(value.number, 60), netjac.internal.sizeText(value.sizes));
end
