function writeSvg(file, nodes, places)
  % WRITESVG  Draws nodes at places (two rows) into an SVG file, for systems without Graphviz.

  width = 150;
  height = 60;
  x = places(1, :) / 2 * width + width / 2;
  y = (max(places(2, :)) - places(2, :)) * height + height / 2;
  stream = fopen(file, 'w');
  if stream < 0
    error('netjac:plot:fileNotWritable', 'The file ''%s'' cannot be written.', file);
  end
  close = onCleanup(@() fclose(stream));
  fprintf(stream, '<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" font-family="Helvetica, Arial" font-size="12">\n', ...
          max(x) + width / 2, max(y) + height / 2);
  fprintf(stream, '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">');
  fprintf(stream, '<path d="M0,1 L7,4 L0,7" fill="none" stroke="gray"/></marker></defs>\n');
  for k = 1:numel(nodes)
    for operand = nodes(k).operands
      fprintf(stream, '<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="gray" marker-end="url(#tip)"/>\n', ...
              x(operand) + 55, y(operand), x(k) - 55, y(k));
    end
  end
  fills = struct('input', '#d9ebff', 'parameter', '#d9d9d9', 'constant', 'white');
  for k = 1:numel(nodes)
    fill = '#ffffd9';
    if isfield(fills, nodes(k).kind)
      fill = fills.(nodes(k).kind);
    end
    fprintf(stream, '<rect x="%g" y="%g" width="110" height="40" rx="8" fill="%s" stroke="black"/>\n', x(k) - 55, y(k) - 20, fill);
    fprintf(stream, '<text x="%g" y="%g" text-anchor="middle">%s</text>\n', x(k), y(k) - 3, escaped(nodes(k).title));
    fprintf(stream, '<text x="%g" y="%g" text-anchor="middle" fill="gray">%s</text>\n', x(k), y(k) + 13, nodes(k).size);
  end
  fprintf(stream, '</svg>\n');
end

function text = escaped(text)
  if numel(text) > 18
    text = [text(1:15), '...'];
  end
  text = strrep(strrep(strrep(text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
end
