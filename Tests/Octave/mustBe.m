function mustBe(actual, expected)
  % MUSTBE  Fails the running check unless both values are equal in class, size and content; NaN equals NaN.
  if ~strcmp(class(actual), class(expected)) || issparse(actual) ~= issparse(expected) ...
     || ~isequal(size(actual), size(expected)) || ~isequaln(actual, expected)
    error('netjac:test:failed', 'got\n%sinstead of\n%s', evalc('disp(actual)'), evalc('disp(expected)'));
  end
end
