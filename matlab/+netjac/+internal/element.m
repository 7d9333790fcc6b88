function v = element(a, subscripts)
  % ELEMENT  a(i, j, ...) by constants: numbers, ranges, ':' and logicals, with MATLAB's sizes.
  graph = a.graph;
  count = numel(subscripts);
  if count == 0
    v = a;
    return;
  end
  record = struct('kind', 'index', 'text', subscriptText(subscripts), 'operands', a.number);

  % Fewer subscripts than dimensions: the last one runs over the rest, folded.
  folded = [a.sizes, ones(1, count - numel(a.sizes))];
  folded = [folded(1:count - 1), prod(folded(count:end))];
  sizes = folded;
  places = cell(1, count);
  for k = 1:count
    places{k} = placesOf(subscripts{k}, folded(k), k, count, a);
    if ~isempty(places{k}) || ~isColon(subscripts{k})
      sizes(k) = numel(places{k});
    end
  end
  if count == 1
    sizes = linearSize(a.sizes, subscripts{1}, numel(places{1}));
  end

  number = a.number;
  if ~isequal(folded, a.sizes)
    number = graph.apply('Reshape', [number, graph.integers(fliplr(folded))], 'allowzero=1');
  end
  for k = 1:count
    if ~isequal(places{k}, 1:folded(k))
      number = chosen(graph, number, places{k}, count - k);
      folded(k) = numel(places{k});
    end
  end
  sizes = netjac.internal.trimmedSize(sizes);
  if ~isequal(sizes, folded)
    number = graph.apply('Reshape', [number, graph.integers(fliplr(sizes))], 'allowzero=1');
  end
  if number == a.number
    number = graph.apply('Identity', number);
  end
  v = graph.shown(number, sizes, record);
end

function number = chosen(graph, number, places, axis)
  steps = unique(diff(places));
  if isempty(places) || (numel(steps) > 1) || (isscalar(steps) && steps < 1)
    number = graph.apply('Gather', [number, graph.integers(places - 1)], sprintf('axis=%d', axis));
    return;
  end
  step = [steps, ones(1, isempty(steps))];
  number = graph.apply('Slice', [number, graph.integers(places(1) - 1), graph.integers(places(end)), ...
                                 graph.integers(axis), graph.integers(step)]);
end

function places = placesOf(subscript, extent, k, count, a)
  if isColon(subscript)
    places = 1:extent;
    return;
  end
  if islogical(subscript)
    if numel(subscript) > extent && any(subscript(extent + 1:end))
      outOfRange(find(subscript(:), 1, 'last'), extent, k, count, a);
    end
    places = reshape(find(subscript), 1, []);
    return;
  end
  if isa(subscript, 'netjac.Value') || ~isnumeric(subscript)
    error('netjac:graph:wrongIndex', 'Index %d of %s is %s; indices are numbers, ranges or logicals.', ...
          k, netjac.internal.describe(a), class(subscript));
  end
  places = double(reshape(subscript, 1, []));
  wrong = find(~(places >= 1 & places == fix(places)), 1);
  if ~isempty(wrong)
    error('netjac:graph:wrongIndex', 'Index %d of %s holds %g; indices are whole numbers from 1 on.', ...
          k, netjac.internal.describe(a), places(wrong));
  end
  if any(places > extent)
    outOfRange(max(places), extent, k, count, a);
  end
end

function outOfRange(place, extent, k, count, a)
  if count == 1
    error('netjac:graph:wrongIndex', 'Index %d is out of range; %s has %d elements.', ...
          place, netjac.internal.describe(a), extent);
  end
  error('netjac:graph:wrongIndex', 'Index %d along dimension %d is out of range; %s goes to %d there.', ...
        place, k, netjac.internal.describe(a), extent);
end

% The size of a(index): that of the index, except that a vector keeps its own direction.
function sizes = linearSize(whole, subscript, count)
  if isColon(subscript)
    sizes = [count, 1];
    return;
  end
  given = size(subscript);
  isVector = numel(given) == 2 && any(given == 1);
  wholeIsVector = numel(whole) == 2 && any(whole == 1) && ~all(whole == 1);
  if islogical(subscript) && ~isVector
    sizes = [count, 1];
  elseif isVector && wholeIsVector
    sizes = [count, 1];
    if whole(1) == 1
      sizes = [1, count];
    end
  elseif islogical(subscript)
    sizes = [count, 1];
    if given(1) == 1
      sizes = [1, count];
    end
  else
    sizes = given;
  end
end

function truth = isColon(subscript)
  truth = ischar(subscript) && strcmp(subscript, ':');
end

function text = subscriptText(subscripts)
  parts = cell(1, numel(subscripts));
  for k = 1:numel(subscripts)
    s = subscripts{k};
    if isColon(s)
      parts{k} = ':';
    elseif isscalar(s) && isnumeric(s)
      parts{k} = sprintf('%g', s);
    elseif isnumeric(s) && isvector(s) && numel(s) > 1 && isequal(double(s(:)).', double(s(1)):double(s(end)))
      parts{k} = sprintf('%d:%d', s(1), s(end));
    elseif isnumeric(s) && numel(s) <= 6
      parts{k} = mat2str(s);
    else
      parts{k} = sprintf('<%s>', netjac.internal.sizeText(size(s)));
    end
  end
  text = strjoin(parts, ', ');
end
