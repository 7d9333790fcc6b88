function [offset, scale] = scalesOf(samples, kind)
  % SCALESOF  Offset and scale of each row of samples; a row that never changes has scale 1.
  rows = size(samples, 1);
  switch kind
    case 'standard'
      offset = mean(samples, 2);
      scale = std(samples, 0, 2);
    case 'range'
      offset = (max(samples, [], 2) + min(samples, [], 2)) / 2;
      scale = (max(samples, [], 2) - min(samples, [], 2)) / 2;
    otherwise
      offset = zeros(rows, 1);
      scale = ones(rows, 1);
  end
  % Rounding leaves a constant row with a tiny deviation.
  scale(~(scale > 1e-12 * abs(offset))) = 1;
end
