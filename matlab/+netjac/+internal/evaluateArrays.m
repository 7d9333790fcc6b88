function varargout = evaluateArrays(net, inputSizes, outputSizes, names, arrays)
  % EVALUATEARRAYS  Values of a network of a graph, from arrays and as arrays.
  if numel(arrays) ~= numel(inputSizes)
    error('netjac:evaluate:wrongArgument', 'There are %d arrays; the function takes %d: %s.', ...
          numel(arrays), numel(inputSizes), strjoin(names, ', '));
  end
  columns = cell(1, numel(arrays));
  for k = 1:numel(arrays)
    if ~isequal(size(arrays{k}), inputSizes{k})
      error('netjac:evaluate:wrongSize', '%s is %s; it must be %s.', names{k}, ...
            netjac.internal.sizeText(size(arrays{k})), netjac.internal.sizeText(inputSizes{k}));
    end
    columns{k} = reshape(full(double(arrays{k})), [], 1);
  end
  y = forward(net, vertcat(zeros(0, 1), columns{:}));
  varargout = cell(1, max(1, nargout));
  first = 0;
  for k = 1:numel(varargout)
    count = prod(outputSizes{k});
    varargout{k} = reshape(y(first + 1:first + count), outputSizes{k});
    first = first + count;
  end
end
