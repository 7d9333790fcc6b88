function drawGraph(table, text, file)
  % DRAWGRAPH  Draws a graph that the library describes.
  %
  %   drawGraph(table, text)          into a figure; as text where there are no figures
  %   drawGraph(table, text, file)    into a file, by Graphviz (.svg also without); .dot writes its text
  %
  % table: a line for each node, as netjac_graph_text has it; text: the same for Graphviz.
  nodes = nodesOf(table);
  if nargin > 2
    [~, ~, extension] = fileparts(file);
    if strcmp(extension, '.svg') && ~hasDot()
      netjac.internal.writeSvg(file, nodes, layoutOf(nodes, text));
    else
      writeFile(text, file);
    end
    return;
  end
  try
    drawFigure(nodes, layoutOf(nodes, text));
  catch problem
    if ~isempty(strfind(problem.identifier, 'netjac:'))
      rethrow(problem);
    end
    fprintf('  No figure can be drawn here (%s); as text:\n', problem.message);
    for k = 1:numel(nodes)
      fprintf('  %3d: %s %s  <- %s\n', k, nodes(k).title, nodes(k).size, mat2str(nodes(k).operands));
    end
  end
end

% number, title, size, kind, operands (places in the list).
function nodes = nodesOf(table)
  nodes = struct('number', {}, 'title', {}, 'size', {}, 'kind', {}, 'operands', {});
  places = zeros(1, 0);
  lines = strsplit(table, char(10));
  for k = find(~cellfun(@isempty, lines))
    fields = regexp(lines{k}, char(9), 'split');
    number = str2double(fields{1});
    operands = str2double(strsplit(fields{5}, ','));
    operands = operands(operands < numel(places));
    operands = places(operands + 1);
    nodes(end + 1) = struct('number', number, 'title', fields{3}, 'size', fields{4}, 'kind', fields{2}, ...
                            'operands', reshape(operands(operands > 0), 1, []));
    places(number + 1) = numel(nodes);
  end
end

function writeFile(text, file)
  [~, ~, extension] = fileparts(file);
  source = file;
  if ~strcmp(extension, '.dot')
    source = [tempname(), '.dot'];
    remove = onCleanup(@() delete(source));
  end
  stream = fopen(source, 'w');
  if stream < 0
    error('netjac:plot:fileNotWritable', 'The file ''%s'' cannot be written.', source);
  end
  fwrite(stream, text);
  fclose(stream);
  if strcmp(extension, '.dot')
    return;
  end
  if ~hasDot()
    error('netjac:plot:noGraphviz', ...
          'Graphviz is not installed, so only files *.svg and *.dot can be written; ''%s'' is neither.', file);
  end
  [status, output] = system(sprintf('dot -T%s -o "%s" "%s" 2>&1', extension(2:end), file, source));
  if status ~= 0
    error('netjac:plot:fileNotWritable', 'Graphviz cannot write ''%s'': %s', file, output);
  end
end

function truth = hasDot()
  persistent known
  if isempty(known)
    [status, ~] = system('dot -V 2>&1');
    known = status == 0;
  end
  truth = known;
end

% Two rows: the place of each node; x to the right.
function places = layoutOf(nodes, text)
  places = zeros(2, numel(nodes));
  if hasDot()
    source = [tempname(), '.dot'];
    remove = onCleanup(@() delete(source));
    stream = fopen(source, 'w');
    fwrite(stream, text);
    fclose(stream);
    [status, plain] = system(sprintf('dot -Tplain "%s"', source));
    if status == 0
      found = regexp(plain, '^node v(\d+) (\S+) (\S+)', 'tokens', 'lineanchors');
      for k = 1:numel(found)
        numbers = str2double(found{k});
        places(:, [nodes.number] == numbers(1)) = numbers(2:3);
      end
      return;
    end
  end
  % Without Graphviz: in columns by the longest way from a leaf, evenly spread.
  for k = 1:numel(nodes)
    if ~isempty(nodes(k).operands)
      places(1, k) = 1 + max(places(1, nodes(k).operands));
    end
  end
  for column = unique(places(1, :))
    members = find(places(1, :) == column);
    places(2, members) = (numel(members) - 1) / 2 - (0:numel(members) - 1);
  end
  places(1, :) = 2 * places(1, :);
end

function drawFigure(nodes, places)
  axes_ = newplot();
  hold(axes_, 'on');
  for k = 1:numel(nodes)
    for operand = nodes(k).operands
      way = places(:, k) - places(:, operand);
      plot(axes_, places(1, [operand, k]), places(2, [operand, k]), '-', 'Color', [0.6 0.6 0.6]);
      arrow = places(:, operand) + 0.6 * way;      % a point on the line tells its direction
      plot(axes_, arrow(1), arrow(2), 'k.');
    end
  end
  colors = struct('input', [0.85 0.92 1], 'parameter', [0.85 0.85 0.85], 'constant', [1 1 1]);
  for k = 1:numel(nodes)
    color = [1 1 0.85];
    if isfield(colors, nodes(k).kind)
      color = colors.(nodes(k).kind);
    end
    text(places(1, k), places(2, k), sprintf('%s\n%s', nodes(k).title, nodes(k).size), 'Parent', axes_, ...
         'HorizontalAlignment', 'center', 'BackgroundColor', color, 'EdgeColor', [0.3 0.3 0.3], 'Interpreter', 'none');
  end
  hold(axes_, 'off');
  axis(axes_, 'off');
end
