function nodes = programNodes(text)
  % PROGRAMNODES  The nodes of a drawing from the library's text of a program: v3 = dot(v1, v2; ...)  [1, 10]
  nodes = struct('title', {}, 'size', {}, 'kind', {}, 'operands', {});
  places = containers.Map('KeyType', 'double', 'ValueType', 'double');
  lines = strsplit(text, char(10));
  for k = 1:numel(lines)
    part = regexp(lines{k}, '^v(\d+) = ([\w-]+)\((.*)\)\s+\[(.*)\]$', 'tokens', 'once');
    if isempty(part)
      continue;
    end
    operands = regexp(regexprep(part{3}, ';.*$', ''), '\<v(\d+)\>', 'tokens');
    operands = cellfun(@(t) places(str2double(t{1})), operands);
    kind = 'function';
    if strcmp(part{2}, 'input') || strcmp(part{2}, 'constant')
      kind = part{2};
    end
    sizes = fliplr(str2num(['[', part{4}, ']']));
    nodes(end + 1) = struct('title', part{2}, 'size', netjac.internal.sizeText(netjac.internal.trimmedSize(sizes)), ...
                            'kind', kind, 'operands', reshape(operands, 1, []));
    places(str2double(part{1})) = numel(nodes);
  end
end
