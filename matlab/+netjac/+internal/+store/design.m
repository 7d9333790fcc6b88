function X = design(store, kind, count, given)
  % DESIGN  See netjac.Store.design.
  settings = netjac.internal.store.options(given, struct('seed', 0, 'from', []), 'the number of points');
  kind = netjac.internal.store.asText(kind);
  if ~ischar(kind)
    error('netjac:store:wrongArgument', 'The kind of a design must be text, such as ''sobol''; it is %s.', class(kind));
  end
  if ~isnumeric(count) || ~isscalar(count)
    error('netjac:store:wrongArgument', 'The number of points must be a number; it is %s.', class(count));
  end
  study = store.libraryHandle();
  from = settings.from;
  if isempty(from)
    from = 0;
    if any(strcmp(kind, {'sobol', 'random'}))
      from = firstNewPoint(study, kind, settings.seed);
    end
  end
  X = netjac_mex('studyDesign', study, kind, double(from), double(count), double(settings.seed));
end

% After the last point of the sequence that is stored. Gaps shorter than a block may have been discarded.
function from = firstNewPoint(study, kind, seed)
  from = 0;
  start = 0;
  block = 256;
  while true
    X = netjac_mex('studyDesign', study, kind, start, block, double(seed));
    [~, states] = netjac_mex('studyLookUp', study, X);
    last = find(states ~= 0, 1, 'last');
    if isempty(last)
      return;
    end
    from = start + last;
    start = start + block;
    block = min(2 * block, 65536);
  end
end
