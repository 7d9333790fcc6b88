function refuseBranch(sign)
  % REFUSEBRANCH  Raises an error if a comparison of values is the condition of if, while, && or ||.
  %
  %   refuseBranch(' > ')      called by what compares
  %
  % A value has no numbers while a graph is built, so nothing can branch on it. MATLAB asks the method logical,
  % which says so. Octave asks nothing and takes every object for false, so the line that compares is read: it is
  % known by file, line and the column of the outermost operator of the statement. Lines of anonymous functions,
  % of eval and of the command window cannot be known, nor a value that stands in a condition without comparison.

  if ~exist('OCTAVE_VERSION', 'builtin')
    return;
  end
  stack = dbstack();
  caller = find(~strncmp({stack.name}, 'refuseBranch', 12) & ~strncmp({stack.name}, 'comparison', 10), 1);
  caller = caller + 1;      % past the method of the value
  if isempty(caller) || caller > numel(stack) || stack(caller).column < 1 || strncmp(stack(caller).name, '@', 1)
    return;
  end
  text = lineOf(stack(caller).file, stack(caller).line);
  if isBranch(withoutTexts(text), stack(caller).column, strtrim(sign))
    netjac.internal.refuseTruth(['A condition (', strtrim(sign), ')']);
  end
end

function text = lineOf(file, number)
  text = '';
  if exist(file, 'file')
    lines = strsplit(fileread(file), "\n", 'CollapseDelimiters', false);
    if number <= numel(lines)
      text = lines{number};
    end
  end
end

% The line with every text and comment blanked, as long as it was.
function text = withoutTexts(text)
  blank = @(found) repmat(' ', 1, numel(found));
  for pattern = {'"[^"]*"', '(?<![\w\)\]\}''.])''[^'']*''', '[%#].*$'}
    [parts, found] = regexp(text, pattern{1}, 'split', 'match');
    found = cellfun(blank, found, 'UniformOutput', false);
    text = [[parts; [found, {''}]]{:}];
  end
end

% Whether what is being computed, with its outermost operator at a column, decides on a branch.
function answer = isBranch(text, column, sign)
  answer = false;
  if column > numel(text)
    return;
  end
  comparison = [strrep(sign, '~=', '[~!]='), '(?!=)'];
  keyword = '^\s*(if|elseif|while|until)\>';
  starts = [0, find(depthOf(text) == 0 & (text == ';' | text == ','))];
  start = starts(find(starts < column, 1, 'last'));
  before = text(start + 1:column - 1);
  after = regexp(text(column:end), '^[^;]*', 'match', 'once');
  if regexp(after, '^(&&|\|\|)')
    condition = withoutCalls(regexprep([before, after], keyword, ''));
    answer = ~isempty(regexp(condition, comparison, 'once'));
  elseif regexp(after, ['^(', comparison, ')'])
    answer = ~isempty(regexp(before, keyword, 'once'));
  elseif regexp(after, '^=')
    own = withoutCalls(after(2:end));
    answer = ~isempty(regexp(own, '&&|\|\|', 'once')) && ~isempty(regexp(own, comparison, 'once'));
  end
end

function depth = depthOf(text)
  depth = cumsum((text == '(' | text == '[' | text == '{') - (text == ')' | text == ']' | text == '}'));
end

% The text without what stands between the brackets of calls: a comparison there is an argument.
function text = withoutCalls(text)
  before = '';
  while ~strcmp(before, text)
    before = text;
    text = regexprep(text, '(?<=\w)\s*\([^()]*\)', '');
  end
end
