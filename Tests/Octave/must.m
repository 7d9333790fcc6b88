function must(condition, message, varargin)
  % MUST  Fails the running check unless the condition holds.
  if ~condition
    error('netjac:test:failed', message, varargin{:});
  end
end
