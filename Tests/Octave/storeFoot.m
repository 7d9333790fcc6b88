function [y, J] = storeFoot(x)
  % STOREFOOT  The simulator of the tests of stores: force, torque and their Jacobian of speed, depth; it slips above 0.25.
  %
  % Leaves a file in the folder STORE_FOOT_CALLS for every call, and takes STORE_FOOT_SECONDS.

  calls = getenv('STORE_FOOT_CALLS');
  if ~isempty(calls)
    [~, name] = fileparts(tempname());
    fclose(fopen(fullfile(calls, sprintf('%d-%s-%.17g', getpid(), name, x(1))), 'w'));
  end
  pause(str2double(['0', getenv('STORE_FOOT_SECONDS')]));
  if x(1) > 0.25
    error('foot:slip', 'it slips at %g m/s', x(1));
  end
  y = [100 * x(1) * sqrt(x(2)); x(1) ^ 2 + sin(x(2))];
  J = [100 * sqrt(x(2)), 50 * x(1) / sqrt(x(2)); 2 * x(1), cos(x(2))];
end
