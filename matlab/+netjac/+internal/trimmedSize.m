function sizes = trimmedSize(sizes)
  % TRIMMEDSIZE  A size as MATLAB has it: at least two numbers, and no 1 at the end beyond these.
  while numel(sizes) > 2 && sizes(end) == 1
    sizes(end) = [];
  end
  sizes = [sizes, ones(1, 2 - numel(sizes))];
end
