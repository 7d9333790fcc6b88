function v = concatenation(dim, parts)
  % CONCATENATION  [a, b], [a; b] and cat(dim, a, b); numbers among them become constants.
  first = find(cellfun(@(part) isa(part, 'netjac.Value'), parts), 1);
  graph = parts{first}.graph;
  parts(cellfun(@(part) isnumeric(part) && isequal(size(part), [0 0]), parts)) = [];
  axes = dim;
  for k = 1:numel(parts)
    if isa(parts{k}, 'netjac.Value')
      netjac.internal.requireSameGraph(graph, parts{k});
    else
      parts{k} = graph.constant(parts{k});
    end
    axes = max(axes, numel(parts{k}.sizes));
  end
  numbers = zeros(1, numel(parts));
  sizes = zeros(numel(parts), axes);
  for k = 1:numel(parts)
    sizes(k, :) = [parts{k}.sizes, ones(1, axes - numel(parts{k}.sizes))];
    numbers(k) = parts{k}.number;
  end
  others = [1:dim - 1, dim + 1:axes];
  wrong = find(any(sizes(:, others) ~= sizes(1, others), 2), 1);
  if ~isempty(wrong)
    message = sprintf('%s: %s and %s must have equal sizes, except along dimension %d.', nameOf(dim), ...
                      netjac.internal.describe(parts{1}), netjac.internal.describe(parts{wrong}), dim);
    if exist('OCTAVE_VERSION', 'builtin') && isInBrackets()
      warning('netjac:graph:wrongShape', '%s', message);
    end
    error('netjac:graph:wrongShape', '%s', message);
  end
  record = struct('kind', 'brackets', 'text', nameOf(dim), 'operands', numbers);
  if numel(parts) == 1
    v = parts{1};
    return;
  end
  for k = 1:numel(parts)
    if numel(parts{k}.sizes) < axes
      numbers(k) = graph.apply('Reshape', [numbers(k), graph.integers(fliplr(sizes(k, :)))], 'allowzero=1');
    end
  end
  result = sizes(1, :);
  result(dim) = sum(sizes(:, dim));
  v = graph.shown(graph.apply('Concat', numbers, sprintf('axis=%d', axes - dim)), result, record);
end

% Octave replaces the message of an error in [a; b] by "method failed", so it has to be said before.
function truth = isInBrackets()
  stack = dbstack();
  names = {stack.name};
  truth = any(cellfun(@(name) ~isempty(regexp(name, '(vert|horz)cat$', 'once')), names));
end

function name = nameOf(dim)
  names = {'[;]', '[,]'};
  if dim <= 2
    name = names{dim};
  else
    name = sprintf('cat(%d)', dim);
  end
end
