function [text, strength] = notation(record)
  % NOTATION  How MATLAB writes an operation: a formula with #1, #2, ... for its operands, and how tightly it binds.
  %
  % record: kind; text, a sign or a name; operands; perhaps rest, further arguments. What binds how is told by
  % netjac_graph_show in include/netjac.h; leaves have their name or their numbers.
  operands = arrayfun(@(k) sprintf('#%d', k), 1:numel(record.operands), 'UniformOutput', false);
  own = strrep(record.text, '#', '##');
  strength = 0;
  switch record.kind
    case {'input', 'parameter'}, text = '';
    case 'constant', text = own;
    case 'infix'
      text = ['#1', own, '#2'];
      strength = strengthOf(strtrim(own));
    case 'prefix'
      text = [own, '#1'];
      strength = 5;
    case 'postfix'
      text = ['#1', own];
      strength = 8;
    case 'index'
      text = ['#1(', own, ')'];
      strength = 9;
    case 'brackets'
      switch own
        case '[,]', text = ['[', strjoin(operands, ', '), ']'];
        case '[;]', text = ['[', strjoin(operands, '; '), ']'];
        otherwise,  text = [own(1:end - 1), ', ', strjoin(operands, ', '), ')'];
      end
    otherwise
      if isfield(record, 'rest')
        if any(strcmp(own, {'max', 'min'}))
          operands{end + 1} = '[]';
        end
        operands{end + 1} = strrep(record.rest, '#', '##');
      end
      text = [own, '(', strjoin(operands, ', '), ')'];
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
