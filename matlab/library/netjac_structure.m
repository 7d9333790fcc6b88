function [rows, columns] = netjac_structure(matrix, network)
  % NETJAC_STRUCTURE  Row and column of every element of the Jacobian or Hessian that can be other than zero.
  %
  % Column by column. Belongs to netjac_mex.
  area = [matrix, 'Sparsity'];
  name = ['netjac_', matrix, '_sparsity'];
  [status, ~, count] = calllib('netjac', name, network.pointer, int64(0), [], []);
  netjac_check(area, status);
  [status, ~, ~, starts, rows] = calllib('netjac', name, network.pointer, [], ...
                                         zeros(network.inputSize + 1, 1, 'int64'), zeros(count, 1, 'int64'));
  netjac_check(area, status);
  rows = double(rows(:)) + 1;
  columns = zeros(double(count), 1);
  starts = double(starts);
  for k = 1:network.inputSize
    columns(starts(k) + 1:starts(k + 1)) = k;
  end
end
