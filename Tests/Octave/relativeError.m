function worst = relativeError(actual, expected, samples)
  % RELATIVEERROR  The measure of the corpus: max|actual - expected| / max|expected| of the worst sample.
  %
  %   worst = relativeError(actual, expected, samples)      samples run along the last axis

  must(isequal(size(actual), size(expected)), 'the size is [%s]; it should be [%s]', ...
       num2str(size(actual)), num2str(size(expected)));
  actual = reshape(double(actual), [], samples);
  expected = reshape(expected, [], samples);
  if isempty(expected)
    worst = 0;
    return;
  end
  must(isequal(isnan(actual), isnan(expected)), 'NaN should be where the reference has it, and nowhere else');
  scale = max(abs(expected), [], 1);
  scale(scale == 0) = 1;
  worst = max([0, max(abs(actual - expected), [], 1) ./ scale]);
end
