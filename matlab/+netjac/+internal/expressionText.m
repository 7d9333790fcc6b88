function text = expressionText(records, number, budget, isShallow)
  % EXPRESSIONTEXT  A value as a formula of MATLAB.
  %
  %   text = expressionText(records, number, budget)         down to inputs; about budget characters
  %   text = expressionText(records, number, budget, true)   one operation; its operands by name or number
  %
  % A graph shares values where a formula repeats them, so what would be too long is cut to '...'.
  if nargin < 4
    isShallow = false;
  end
  [text, ~] = formula(records, number, budget, isShallow, 0);
end

% strength: how tightly the outermost operator binds; operands that bind less tightly get parentheses.
function [text, strength] = formula(records, number, budget, isShallow, depth)
  record = records{number + 1};
  strength = 10;
  if any(strcmp(record.kind, {'input', 'parameter', 'constant'}))
    text = record.text;
    if record.text(1) == '-'
      strength = 5;
    end
    return;
  end
  if isShallow && depth > 0
    text = sprintf('%%%d', number);
    return;
  end
  if budget < 8 || depth > 60
    text = '...';
    return;
  end
  if any(strcmp(record.kind, {'infix', 'prefix', 'postfix'}))
    [text, strength] = withSigns(records, record, budget, isShallow, depth);
    return;
  end
  [parts, ~] = formulas(records, record.operands, budget - numel(record.text), isShallow, depth);
  switch record.kind
    case 'function'
      if isfield(record, 'rest')
        if any(strcmp(record.text, {'max', 'min'}))
          parts{end + 1} = '[]';
        end
        parts{end + 1} = record.rest;
      end
      text = [record.text, '(', strjoin(parts, ', '), ')'];
    case 'index'
      [inner, innerStrength] = formula(records, record.operands, budget - numel(record.text), isShallow, depth + 1);
      text = [enclosed(inner, innerStrength, 9), '(', record.text, ')'];
    case 'brackets'
      switch record.text
        case '[,]', text = ['[', strjoin(parts, ', '), ']'];
        case '[;]', text = ['[', strjoin(parts, '; '), ']'];
        otherwise,  text = [record.text(1:end - 1), ', ', strjoin(parts, ', '), ')'];
      end
  end
end

function [text, strength] = withSigns(records, record, budget, isShallow, depth)
  [parts, strengths] = formulas(records, record.operands, budget, isShallow, depth);
  switch record.kind
    case 'prefix'
      strength = 5;
      text = [record.text, enclosed(parts{1}, strengths(1), 6)];
    case 'postfix'
      strength = 8;
      text = [enclosed(parts{1}, strengths(1), 9), record.text];
    otherwise
      strength = strengthOf(strtrim(record.text));
      text = [enclosed(parts{1}, strengths(1), strength), record.text, enclosed(parts{2}, strengths(2), strength + 1)];
  end
end

function [parts, strengths] = formulas(records, numbers, budget, isShallow, depth)
  parts = cell(1, numel(numbers));
  strengths = zeros(1, numel(numbers));
  for k = 1:numel(numbers)
    % What the parts before did not use is there for the others.
    share = floor(budget / (numel(numbers) - k + 1));
    [parts{k}, strengths(k)] = formula(records, numbers(k), share, isShallow, depth + 1);
    budget = budget - numel(parts{k}) - 3;
  end
end

function text = enclosed(text, strength, needed)
  if strength < needed
    text = ['(', text, ')'];
  end
end

function strength = strengthOf(sign)
  switch sign
    case {'<', '<=', '>', '>=', '==', '~='}, strength = 1;
    case {'+', '-'},                         strength = 3;
    case {'.^', '^'},                        strength = 7;
    otherwise,                               strength = 4;
  end
end
