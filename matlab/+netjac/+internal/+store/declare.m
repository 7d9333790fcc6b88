function declare(reference, study, place, inputs, outputs)
  % DECLARE  Declares the variables of a study, or checks that they are those it has.
  %
  % New ones may follow those that are stored; whatever else differs is netjac:store:conflict, and the message shows both.
  % What is there is checked before anything is added.

  known = netjac_mex('studyDescribe', reference);
  roles = struct('word', {'inputs', 'outputs'}, 'number', {0, 1}, 'given', {inputs, outputs}, ...
                 'stored', {netjac.internal.store.detailsOf(known.inputs), netjac.internal.store.detailsOf(known.outputs)});
  for role = roles
    common = min(numel(role.stored), numel(role.given));
    isSame = numel(role.given) >= numel(role.stored) && isequal({role.stored.name}, {role.given(1:common).name});
    if ~isempty(role.given) && ~isSame
      conflict(sprintf('The %s of study ''%s'' are others.', role.word, study), role, place);
    end
  end
  for adds = [false, true]
    for role = roles
      for k = 1:numel(role.given)
        if (k > numel(role.stored)) == adds
          declareOne(reference, role, k, place);
        end
      end
    end
  end
end

function declareOne(reference, role, k, place)
  variable = role.given(k);
  count = variable.size;
  if isempty(count) && k <= numel(role.stored)
    count = role.stored(k).size;
  elseif isempty(count)
    count = 1;
  end
  try
    netjac_mex('studyVariable', reference, role.number, variable.name, count, netjac.internal.store.detailsText(variable));
  catch problem
    if ~strcmp(problem.identifier, 'netjac:store:conflict')
      rethrow(problem);
    end
    conflict([upper(problem.message(1)), problem.message(2:end), '.'], role, place);
  end
end

function conflict(message, role, place)
  error('netjac:store:conflict', '%s\nThe %s in ''%s'':\n%sThe %s that were given:\n%s', message, role.word, place, ...
        netjac.internal.store.variableLines(role.stored), role.word, netjac.internal.store.variableLines(role.given));
end
