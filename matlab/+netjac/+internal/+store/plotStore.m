function file = plotStore(store, given)
  % PLOTSTORE  See netjac.Store.plot.
  kind = 'outputs';
  if mod(numel(given), 2) == 1
    kind = netjac.internal.store.asText(given{1});
    given = given(2:end);
  end
  defaults = struct('by', 'tag', 'file', '', 'seed', 0, 'hidden', [24 24], 'epochs', 300);
  settings = netjac.internal.store.options(given, defaults, 'the kind');
  kinds = {'outputs', 'inputs', 'learning'};
  if ~ischar(kind) || ~any(strcmp(kind, kinds))
    error('netjac:store:wrongArgument', 'The kind of picture must be ''%s''.', strjoin(kinds, ''', '''));
  end
  if ~ischar(settings.by) || ~any(strcmp(settings.by, {'tag', 'status', 'version'}))
    error('netjac:store:wrongOption', 'Option ''by'' must be ''tag'', ''status'' or ''version''.');
  end
  if strcmp(kind, 'learning')
    panels = netjac.internal.store.learningPanel(store, settings);
  else
    panels = samplePanels(store, kind, settings.by);
  end
  file = settings.file;
  isOctave = exist('OCTAVE_VERSION', 'builtin');
  if isempty(file) && isOctave && ~canDraw()
    file = fullfile(tempdir(), sprintf('%s-%s.png', store.study, kind));
    fprintf('There is no screen to draw on; the picture is %s\n', file);
  end
  if isempty(file)
    netjac.internal.store.drawPanels(panels);
  elseif isOctave
    netjac.internal.store.gnuplotPanels(panels, file);
  else
    figure_ = figure('Visible', 'off', 'Position', [0 0 panels(1).pixels]);
    close_ = onCleanup(@() close(figure_));
    netjac.internal.store.drawPanels(panels);
    print(figure_, file, ['-d', regexprep(file, '^.*\.', '')], '-r150');
  end
end

% Octave has figures where there is a screen, or a toolkit that needs none, and fonts.
function can = canDraw()
  can = ~isempty(getenv('DISPLAY')) || ~isempty(getenv('WAYLAND_DISPLAY')) || ismac() || ispc();
  if can
    try
      axes_ = axes('Parent', figure('Visible', 'off'));
      close(get(axes_, 'Parent'));
    catch
      can = false;
    end
  end
end

function panels = samplePanels(store, kind, by)
  filter = 'status=done,failed';
  if strcmp(by, 'version')
    filter = [filter, ' version=all'];
  elseif strcmp(by, 'status')
    filter = 'status=all';
  end
  [X, Y, info] = netjac.internal.store.samples(store, {filter}, true);
  if isempty(X)
    error('netjac:store:notFound', 'Study ''%s'' has no samples to draw.', store.study);
  end
  groups = groupsOf(info, by);
  [names, units] = netjac.internal.store.scalarNames(store.inputs);
  columns = labels(names, units);
  isDrawn = @(row, column) true;
  if strcmp(kind, 'outputs')
    [names, units] = netjac.internal.store.scalarNames(store.outputs);
    rows = labels(names, units);
  elseif numel(names) < 2
    error('netjac:store:wrongArgument', 'Study ''%s'' has one input; there is no pair of them.', store.study);
  else
    rows = columns(2:end);
    columns = columns(1:end - 1);
    Y = X(2:end, :);
    X = X(1:end - 1, :);
    isDrawn = @(row, column) column <= row;
  end
  panels = grid_(X, Y, columns, rows, groups, isDrawn);
  panels(1).title = sprintf('%s: %d samples', store.study, size(X, 2));
end

% A name, a colour and the places of the samples for each group, in the order of entry; failed ones last.
function groups = groupsOf(info, by)
  names = info.(by);
  if ~strcmp(by, 'status')
    names(strcmp(info.status, 'failed')) = {'failed'};
  end
  names(cellfun(@isempty, names)) = {['no ', by]};
  [~, first] = unique(names, 'first');
  known = names(sort(first));
  known = [known(~strcmp(known, 'failed')), known(strcmp(known, 'failed'))];
  groups = struct('name', known, 'colour', [], 'marker', 'o', 'places', []);
  for k = 1:numel(known)
    groups(k).places = find(strcmp(names, known{k}));
    groups(k).colour = netjac.internal.store.palette(k);
    if strcmp(known{k}, 'failed')
      groups(k).colour = [0.8 0 0];
      groups(k).marker = 'x';
    end
  end
end

% At most six of each, since more can be read by nobody.
function panels = grid_(X, Y, columns, rows, groups, isDrawn)
  rowCount = min(numel(rows), 6);
  columnCount = min(numel(columns), 6);
  panels = struct('place', {}, 'grid', {}, 'pixels', {}, 'x', {}, 'y', {}, 'title', {}, 'isLog', {}, ...
                  'xLimits', {}, 'yLimits', {}, 'series', {}, 'notes', {});
  for row = 1:rowCount
    finite = Y(row, isfinite(Y(row, :)));
    for column = 1:columnCount
      if ~isDrawn(row, column)
        continue;
      end
      series = struct('name', {}, 'colour', {}, 'marker', {}, 'line', {}, 'x', {}, 'y', {});
      for group = groups
        y = Y(row, group.places);
        y(~isfinite(y)) = min([finite, Inf]);
        y(~isfinite(y)) = 0;
        name = '';
        if isempty(panels)
          name = sprintf('%s (%d)', group.name, numel(group.places));
        end
        series(end + 1) = struct('name', name, 'colour', group.colour, 'marker', group.marker, 'line', false, ...
                                 'x', X(column, group.places), 'y', y);
      end
      panels(end + 1) = struct('place', [row, column], 'grid', [rowCount, columnCount], ...
                               'pixels', [120 + 380 * columnCount, 100 + 300 * rowCount], 'x', '', 'y', '', 'title', '', ...
                               'isLog', false, 'xLimits', limits(X(column, :)), 'yLimits', limits(Y(row, :)), ...
                               'series', series, 'notes', struct('x', {}, 'y', {}, 'text', {}));
      if row == rowCount || ~isDrawn(row + 1, column)
        panels(end).x = columns{column};
      end
      if column == 1
        panels(end).y = rows{row};
      end
    end
  end
end

% With a little room on both sides.
function range_ = limits(values)
  values = values(isfinite(values));
  if isempty(values)
    values = [0 1];
  end
  range_ = [min(values), max(values)];
  room = 0.06 * (range_(2) - range_(1));
  if room == 0
    room = max(abs(range_(1)), 1) / 10;
  end
  range_ = range_ + [-room, room];
end

function texts = labels(names, units)
  texts = names;
  for k = 1:numel(names)
    if ~isempty(units{k})
      texts{k} = sprintf('%s [%s]', names{k}, units{k});
    end
  end
end
