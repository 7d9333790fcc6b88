classdef Calling < handle
  % CALLING  Calls a simulator for its outputs, and for its Jacobian if it gives one.
  %
  % How many outputs an anonymous function has shows only when it is called. An expensive simulation must not run twice
  % for that, so what is known is kept, and what a failed call has given already is used.

  properties (SetAccess = private)
    name
  end

  properties (Access = private)
    f
    outputs       % 1, 2, or NaN as long as nobody knows
  end

  methods
    function self = Calling(f)
      self.f = f;
      self.name = func2str(f);
      count = nargout(f);
      self.outputs = min(count, 2);
      if count < 0
        self.outputs = NaN;
      end
      if count == 0
        error('netjac:store:wrongArgument', 'The function %s has no outputs; a simulator is y = f(x) or [y, J] = f(x).', ...
              self.name);
      end
      if count < 0 && strncmp(self.name, '@', 1) && ~isSingleCall(self.name)
        self.outputs = 1;
      end
    end

    function [y, J] = run(self, x)
      f = self.f;
      J = [];
      if self.outputs == 1
        y = f(x);
        return;
      end
      hasFirst = false;
      try
        [y, J] = f(x);
        self.outputs = 2;
      catch problem
        hasFirst = exist('y', 'var') == 1;
        if ~isnan(self.outputs) || ~isAboutOutputs(problem)
          rethrow(problem);
        end
        self.outputs = 1;
        J = [];
        if ~hasFirst
          y = f(x);
        end
      end
    end
  end
end

% Whether an anonymous function is one call, as in @(x) g(x, 3), whose outputs are its own.
function is = isSingleCall(text)
  body = strtrim(regexprep(text, '^@\s*\([^)]*\)', ''));
  start = regexp(body, '^[A-Za-z]\w*(\.\w+)*\s*\(', 'end', 'once');
  is = false;
  if ~isempty(start)
    depth = cumsum((body == '(') - (body == ')'));
    is = find(depth(start:end) == 0, 1) + start - 1 == numel(body);
  end
end

function is = isAboutOutputs(problem)
  is = any(strcmp(problem.identifier, {'MATLAB:maxlhs', 'MATLAB:TooManyOutputs', 'MATLAB:unassignedOutputs'})) ...
       || ~isempty(regexp(problem.message, 'called with too many outputs|undefined in return list|Too many output arg', 'once'));
end
