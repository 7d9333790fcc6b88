function value = argument(kind, area, name, value, varargin)
  % ARGUMENT  An argument of a command as the library takes it, or the error that says what is wrong with it.
  %
  % The checks of both doors: the one through loadlibrary passes every argument here, the MEX file those that its
  % quick look finds wrong. area and name are those of the message, as in netjac:forward:wrongSize and x.
  %
  %   argument('samples', area, 'x', x, rows)                 rows-by-N or a row: real, double or single
  %   argument('companion', area, 'v', v, rows, samples)      rows-by-samples, or a row for one sample
  %   argument('points', area, 'x', x, rows)                  rows-by-N: real, full, double
  %   argument('numbers', area, name, array)                  whole numbers, any number of them
  %   argument('text', area, name, text)
  %   argument('doubles', area, name, array)                  real, full, double
  %   argument('doubles', area, name, array, count)           that many
  %   argument('whole', area, name, array, least, most)       whole numbers in these bounds
  %   argument('one', area, name, number, least, most)        one of them
  %   argument('bytes', area, name, bytes)
  %   argument('options', area, name, pairs)                  {key, value, ...}, all text
  %   argument('handle', kind, '', handle, state)             a handle of this kind that is not valid

  switch kind
    case 'samples',   requireSamples(area, name, value, varargin{:});
    case 'companion', requireCompanion(area, name, value, varargin{:});
    case 'points',    requirePoints(area, name, value, varargin{:});
    case 'numbers',   requireWholeNumbers(area, name, value, varargin{:});
    case 'text',      requireText(area, name, value);
    case 'doubles',   requireDoubles(area, name, value, varargin{:});
    case 'whole',     requireWhole(area, name, value, varargin{:});
    case 'one'
      requireWhole(area, name, value, varargin{:});
      if ~isscalar(value)
        error(['netjac:', area, ':wrongArgument'], '%s has %d elements; it must be one whole number.', name, numel(value));
      end
    case 'bytes'
      if ~isa(value, 'uint8') || issparse(value)
        error(['netjac:', area, ':wrongClass'], '%s must be of class uint8; they are %s.', name, class(value));
      end
    case 'options',   requireOptions(area, value);
    case 'handle',    refuseHandle(area, varargin{:});
  end
end

function requireNumbers(area, name, array)
  if issparse(array)
    error(['netjac:', area, ':sparse'], '%s is sparse; give a full matrix: full(%s).', name, name);
  end
  if ~isa(array, 'double') && ~isa(array, 'single')
    error(['netjac:', area, ':wrongClass'], '%s is of class %s; give double or single: double(%s).', ...
          name, class(array), name);
  end
  if ~isreal(array)
    error(['netjac:', area, ':complex'], '%s is complex; networks take real numbers: real(%s).', name, name);
  end
end

function requireSamples(area, name, x, rows)
  requireNumbers(area, name, x);
  if ndims(x) ~= 2 || (size(x, 1) ~= rows && ~(size(x, 1) == 1 && size(x, 2) == rows))
    error(['netjac:', area, ':wrongSize'], ...
          ['%s is %s; the network takes %d values a sample: give %d-by-N, a sample a column, or one sample ', ...
           'as a row of %d.'], name, netjac.internal.sizeText(size(x)), rows, rows, rows);
  end
end

function requireCompanion(area, name, array, rows, samples)
  requireNumbers(area, name, array);
  isColumns = ndims(array) == 2 && size(array, 1) == rows && size(array, 2) == samples;
  isRow = samples == 1 && ndims(array) == 2 && size(array, 1) == 1 && size(array, 2) == rows;
  if ~isColumns && ~isRow
    error(['netjac:', area, ':wrongSize'], '%s is %s; x has %d samples, so give %d-by-%d, a sample a column.', ...
          name, netjac.internal.sizeText(size(array)), samples, rows, samples);
  end
end

function requirePoints(area, name, array, rows)
  requireDoubles(area, name, array);
  if ndims(array) ~= 2 || size(array, 1) ~= rows
    error(['netjac:', area, ':wrongSize'], '%s is %s; it must be %d-by-N, a sample a column.', ...
          name, netjac.internal.sizeText(size(array)), rows);
  end
end

function requireWholeNumbers(area, name, array, varargin)
  requireDoubles(area, name, array, varargin{:});
  if ~all(abs(array(:)) <= 2 ^ 53 & array(:) == fix(array(:)))
    error(['netjac:', area, ':wrongArgument'], '%s must be whole numbers.', name);
  end
end

function requireText(area, name, text)
  if ~ischar(text) || (size(text, 1) > 1 && ~isempty(text))
    error(['netjac:', area, ':wrongClass'], '%s must be text (a char row); it is of class %s.', name, class(text));
  end
end

function requireDoubles(area, name, array, count)
  if ~isa(array, 'double') || issparse(array) || ~isreal(array)
    error(['netjac:', area, ':wrongClass'], '%s must be real, full and of class double.', name);
  end
  if nargin > 3 && numel(array) ~= count
    error(['netjac:', area, ':wrongSize'], '%s has %d elements; it must have %d.', name, numel(array), count);
  end
end

function requireWhole(area, name, array, least, most)
  requireDoubles(area, name, array);
  if ~all(array(:) >= least & array(:) <= most & array(:) == fix(array(:)))
    error(['netjac:', area, ':wrongArgument'], '%s must be a whole number from %.0f to %.0f.', name, least, most);
  end
  if numel(array) > 65535
    error(['netjac:', area, ':wrongArgument'], '%s are %d; at most 65535 can be given.', name, numel(array));
  end
end

function requireOptions(area, pairs)
  if ~iscell(pairs) || mod(numel(pairs), 2) ~= 0
    error(['netjac:', area, ':wrongOption'], 'Options come in pairs of a name and a value.');
  end
  if ~iscellstr(pairs)
    error(['netjac:', area, ':wrongOption'], 'Names and values of options must be text here.');
  end
end

% state: -1 if it was released.
function refuseHandle(kind, state)
  areas = struct('network', 'network', 'graph', 'graph', 'trainer', 'train', 'store', 'store', 'study', 'store');
  makers = struct('network', 'netjac.load', 'graph', 'netjac.Graph', 'trainer', 'netjac.train', ...
                  'store', 'netjac.Store', 'study', 'netjac.Store');
  area = areas.(kind);
  maker = makers.(kind);
  if state < 0
    error(['netjac:', area, ':released'], 'The %s has been released (delete, clear); make it again with %s.', ...
          kind, maker);
  end
  error(['netjac:', area, ':invalidHandle'], 'This is not the handle of a %s; use what %s returned.', kind, maker);
end
