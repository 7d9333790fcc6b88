function [y, arrays] = outputs(store, y)
  % OUTPUTS  What a simulator gave as m-by-1, and the arrays that are no part of it.
  %
  % It gives m numbers, or a struct with a field for each output; outputs whose length varies come as fields only.

  arrays = struct();
  if isstruct(y) && isscalar(y)
    given = y;
    parts = {};
    for v = store.outputs
      if ~isfield(given, v.name)
        error('netjac:store:wrongSize', 'The simulator''s result lacks ''%s''; it has %s.', v.name, ...
              strjoin(fieldnames(given).', ', '));
      end
      values = double(given.(v.name)(:));
      if v.size == 0
        arrays.(v.name) = values;
      elseif numel(values) ~= v.size
        error('netjac:store:wrongSize', 'The simulator''s ''%s'' has %d numbers; it must have %d.', v.name, numel(values), v.size);
      else
        parts{end + 1} = values;
      end
    end
    y = vertcat(zeros(0, 1), parts{:});
    return;
  end
  if ~(isnumeric(y) || islogical(y)) || ~isreal(y)
    error('netjac:store:wrongClass', 'The simulator''s result must be real numbers; it is %s.', class(y));
  end
  if numel(y) ~= store.outputSize
    error('netjac:store:wrongSize', 'The simulator''s result is %s; study ''%s'' has %d output scalars (%s).', ...
          netjac.internal.sizeText(size(y)), store.study, store.outputSize, strjoin({store.outputs.name}, ', '));
  end
  y = full(double(y(:)));
end
