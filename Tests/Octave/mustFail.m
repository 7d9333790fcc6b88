function message = mustFail(f, identifier, varargin)
  % MUSTFAIL  Fails the running check unless f() raises that error and its message holds all the words.
  %
  %   message = mustFail(f, identifier, word, word, ...)

  try
    f();
  catch problem
    must(strcmp(problem.identifier, identifier), 'the error should be %s; it is %s: %s', ...
         identifier, problem.identifier, problem.message);
    message = problem.message;
    for k = 1:numel(varargin)
      must(~isempty(strfind(message, varargin{k})), 'the message should mention "%s"; it is: %s', varargin{k}, message);
    end
    return;
  end
  error('netjac:test:failed', 'there should be an error %s; there was none', identifier);
end
