function declare(reference, study, place, role, given)
  % DECLARE  Declares the inputs (role 0) or outputs (role 1) of a study, or checks that they are those it has.
  %
  % New outputs may follow those that are stored; whatever else differs is netjac:store:conflict, and the message shows
  % both.

  if isempty(given)
    return;
  end
  words = {'inputs', 'outputs'};
  stored = described(reference, words{role + 1});
  common = min(numel(stored), numel(given));
  isSame = numel(given) >= numel(stored) && isequal({stored(1:common).name}, {given(1:common).name});
  if ~isSame
    conflict(sprintf('The %s of study ''%s'' are others.', words{role + 1}, study), words{role + 1}, stored, given, place);
  end
  for k = 1:numel(given)
    count = 1;
    if ~isempty(given(k).size)
      count = given(k).size;
    elseif k <= numel(stored)
      count = stored(k).size;
    end
    try
      netjac_mex('studyVariable', reference, role, given(k).name, count, netjac.internal.store.detailsText(given(k)));
    catch problem
      if ~strcmp(problem.identifier, 'netjac:store:conflict')
        rethrow(problem);
      end
      conflict([upper(problem.message(1)), problem.message(2:end), '.'], words{role + 1}, stored, given, place);
    end
  end
end

function list = described(reference, word)
  list = netjac_mex('studyDescribe', reference);
  list = netjac.internal.store.detailsOf(list.(word));
end

function conflict(message, word, stored, given, place)
  error('netjac:store:conflict', '%s\nThe %s in ''%s'':\n%sThe %s that were given:\n%s', message, word, place, ...
        netjac.internal.store.variableLines(stored), word, netjac.internal.store.variableLines(given));
end
