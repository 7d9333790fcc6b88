function varargout = netjac_evaluate(command, network, x, varargin)
  % NETJAC_EVALUATE  Values and derivatives for the door through loadlibrary. Belongs to netjac_mex.

  n = network.inputSize;
  m = network.outputSize;
  netjac.internal.argument('samples', command, 'x', x, n);
  isRow = size(x, 1) ~= n;
  samples = size(x, 2);
  if isRow
    samples = 1;
  end

  companion = [];
  names = struct('jvp', 'v', 'vjp', 'w', 'hessian', 'lambda', 'hvp', 'lambda');
  if isfield(names, command)
    rows = struct('jvp', n, 'vjp', m, 'hessian', m, 'hvp', m);
    companion = companionOf(command, names.(command), varargin{1}, rows.(command), samples, class(x));
  end
  if nargout < 2 && any(strcmp(command, {'jacobian', 'jacobianSparse'}))
    task = 'forward';
  else
    task = command;
  end

  p = network.pointer;
  y = zeros(m, samples, class(x));
  switch task
    case 'forward'
      [status, ~, ~, y] = calllib('netjac', taskName('forward', x), p, samples, x, y);
    case 'jacobian'
      [status, ~, ~, y, second] = calllib('netjac', taskName('jacobian', x), p, samples, x, y, ...
                                          zeros(m * n * samples, 1, class(x)), 1);
    case 'jvp'
      [status, ~, ~, ~, y, second] = calllib('netjac', taskName('jvp', x), p, samples, x, companion, y, y);
    case 'vjp'
      [status, ~, ~, ~, y, second] = calllib('netjac', taskName('vjp', x), p, samples, x, companion, y, ...
                                             zeros(n, samples, class(x)));
    case 'hessian'
      [status, ~, ~, ~, y] = calllib('netjac', taskName('hessian', x), p, samples, x, companion, ...
                                     zeros(n * n * samples, 1, class(x)));
    case 'hvp'
      v = companionOf('hvp', 'v', varargin{2}, n, samples, class(x));
      [status, ~, ~, ~, ~, y] = calllib('netjac', taskName('hvp', x), p, samples, x, companion, v, ...
                                        zeros(n, samples, class(x)));
    case 'kinks'
      count = netjac_kink_total(network);
      [status, ~, ~, y] = calllib('netjac', taskName('kinks', x), p, samples, x, ...
                                  zeros(count, samples, class(x)));
    case 'jacobianSparse'
      [rows, columns] = netjac_structure('jacobian', network);
      count = numel(rows);
      [status, ~, ~, y, values] = calllib('netjac', taskName('jacobian_sparse', x), p, samples, x, y, ...
                                          zeros(count, samples, class(x)));
      offsets = 0:samples - 1;
      second = sparse(rows + m * offsets, columns + n * offsets, ...
                      double(reshape(values, count, samples)), m * samples, n * samples);
  end
  netjac_check(command, status);

  % Shapes are stated again, because an array without elements travels as NULL.
  if strcmp(task, 'hessian')
    varargout{1} = reshape(y, [n, n, samples]);
  elseif strcmp(task, 'hvp')
    varargout{1} = oriented(y, n, samples, isRow);
  elseif strcmp(task, 'kinks')
    varargout{1} = reshape(y, count, samples);
  else
    varargout{1} = oriented(y, m, samples, isRow);
  end
  if nargout < 2
    return;
  end
  switch task
    case 'jacobian', varargout{2} = reshape(second, [m, n, samples]);
    case 'jvp',      varargout{2} = oriented(second, m, samples, isRow);
    case 'vjp',      varargout{2} = oriented(second, n, samples, isRow);
    otherwise,       varargout{2} = second;
  end
end

function text = taskName(task, x)
  text = ['netjac_', task];
  if isa(x, 'single')
    text = [text, '_f32'];
  end
end

function y = oriented(y, rows, samples, isRow)
  if isRow
    y = reshape(y, 1, rows);
  else
    y = reshape(y, rows, samples);
  end
end

% It is taken in the class of x, as MATLAB's arithmetic would do it.
function companion = companionOf(area, name, companion, rows, samples, className)
  netjac.internal.argument('companion', area, name, companion, rows, samples);
  companion = feval(className, companion);
end
