classdef Value
  % VALUE  A value of a netjac.Graph, used like a matrix.
  %
  % Operations have MATLAB's own meaning and sizes; numbers may take part everywhere, as constants:
  %   A*B  A.*B  A+B  A-B  A./B  A.\B  A.^B  -A  A'  A.'      with implicit expansion
  %   A/s  s\A  A^k                                           s a scalar; k a scalar, A a scalar or
  %                                                           square and k a whole number, 0 or more
  %   < <= > >= == ~=                                         1 where it holds, else 0
  %   A(i, j)  A(k)  A(:)  A(end, :)  A(mask)                 indices are numbers, ranges or logicals
  %   [A, B]  [A; B]  cat(3, A, B)  repmat(A, m, n)
  %   sum mean prod max min logsumexp (A, dim), also 'all'    max(A, B), min(A, B); max(A, [], dim)
  %   exp log sqrt abs sign sin cos tan asin acos atan sinh cosh tanh erf floor ceil
  %   relu sigmoid softplus softmax(A, dim)
  %   cumsum(A, dim)  norm(x)  dot(x, y)
  %   reshape permute transpose  size numel ndims length
  %
  % Derivatives and numbers:
  %   d = gradients(y, {W, b})            a cell array of values; of sum(y(:)) if y is not a scalar
  %   d = gradients(y, W)                 one value
  %   p = jvp(y, {W, b}, {dW, db})        forward mode: the change of y along a direction
  %   A = evaluate(y, {x, t}, {X, T})     the numbers of y; for loops see netjac.Graph, evaluator
  %
  % Real numbers only: log and sqrt of negative numbers are NaN. Where a function has a kink: the
  % derivative of relu and of abs at 0 is 0; equal arguments of max and min share the derivative
  % equally; floor, ceil, sign and comparisons have derivative 0.
  %
  % A value has no numbers while its graph is built, so it is not true or false: if, while, && and || on a
  % comparison, and logical, any, all, &, |, ~, find, double and others are errors that say what to write
  % instead. Octave lets no class decide what if, while, && and || do with an object, and takes it for
  % false; the error comes from reading the line of the file that compares. It cannot come for what is
  % typed in the command window, runs through eval or stands in an anonymous function, nor for a value
  % without a comparison, as in "if x".
  %
  % Errors: netjac:graph:noTruth, noNumbers, wrongShape (with both sizes and names), wrongIndex, wrongArgument,
  % differentGraphs.
  %
  % See also: netjac.Graph

  properties (SetAccess = private, Hidden)
    graph
    number          % of the library
    sizes           % as size() gives it
  end

  methods
    function self = Value(graph, number, sizes)
      % VALUE  Use netjac.Graph: g.input, g.parameter, g.constant.
      self.graph = graph;
      self.number = number;
      self.sizes = sizes;
    end

    % ---- Derivatives ----------------------------------------------------------------------------

    function d = gradients(y, xs)
      % GRADIENTS  The gradients of y, or of sum(y(:)), with respect to values of the graph.
      %
      %   d = gradients(loss, {W, b})      d{1} has the size of W, d{2} that of b
      %   d = gradients(loss, W)           a value
      %
      % Gradients are values like others: they can be used and differentiated again. They are total:
      % an x that another x depends on counts that dependence.
      list = netjac.internal.valueCell(y, xs, 'x');
      d = y.graph.gradientsOf(y, list);
      if ~iscell(xs)
        d = d{1};
      else
        d = reshape(d, size(xs));
      end
    end

    function p = jvp(y, xs, tangents)
      % JVP  The derivative of y along a direction (forward mode).
      %
      %   p = jvp(y, {W, b}, {dW, db})      p has the size of y; tangents are values or numbers
      p = netjac.internal.jvpOf(y, xs, tangents);
    end

    function varargout = evaluate(y, inputs, arrays)
      % EVALUATE  The numbers of a value.
      %
      %   A = evaluate(y, {x, t}, {X, T})
      %   A = evaluate(y)                      if y needs parameters and constants only
      %
      % Parameters that are no inputs have the numbers that they were made with, also after netjac.train,
      % which gives a network with the trained ones; a warning says so then.
      if nargin < 2
        inputs = {};
        arrays = {};
      end
      if ~iscell(inputs)
        inputs = {inputs};
        arrays = {arrays};
      end
      f = y.graph.evaluator(inputs, {y});
      [varargout{1:max(1, nargout)}] = f(arrays{:});
    end

    % ---- Arithmetic -----------------------------------------------------------------------------

    function v = plus(a, b),    v = netjac.internal.elementwise('Add', a, b, ' + '); end
    function v = minus(a, b),   v = netjac.internal.elementwise('Sub', a, b, ' - '); end
    function v = times(a, b),   v = netjac.internal.elementwise('Mul', a, b, ' .* '); end
    function v = rdivide(a, b), v = netjac.internal.elementwise('Div', a, b, ' ./ '); end
    function v = ldivide(a, b), v = netjac.internal.elementwise('Div', b, a, ' ./ '); end
    function v = power(a, b),   v = netjac.internal.elementwise('Pow', a, b, ' .^ '); end
    function v = mtimes(a, b),  v = netjac.internal.product(a, b); end
    function v = mrdivide(a, b), v = netjac.internal.scalarDivision(a, b, '/'); end
    function v = mldivide(a, b), v = netjac.internal.scalarDivision(b, a, '\'); end
    function v = mpower(a, b),  v = netjac.internal.matrixPower(a, b); end
    function v = uminus(a),     v = netjac.internal.unary('Neg', a, '-'); end
    function v = uplus(a),      v = a; end
    function v = transpose(a),  v = netjac.internal.transposed(a, '.'''); end
    function v = ctranspose(a), v = netjac.internal.transposed(a, ''''); end

    function v = lt(a, b), v = netjac.internal.comparison('Less', a, b, ' < '); end
    function v = le(a, b), v = netjac.internal.comparison('LessOrEqual', a, b, ' <= '); end
    function v = gt(a, b), v = netjac.internal.comparison('Greater', a, b, ' > '); end
    function v = ge(a, b), v = netjac.internal.comparison('GreaterOrEqual', a, b, ' >= '); end
    function v = eq(a, b), v = netjac.internal.comparison('Equal', a, b, ' == '); end
    function v = ne(a, b), v = netjac.internal.comparison('Equal', a, b, ' ~= '); end

    % ---- Functions of each element --------------------------------------------------------------

    function v = exp(a),      v = netjac.internal.unary('Exp', a, 'exp'); end
    function v = log(a),      v = netjac.internal.unary('Log', a, 'log'); end
    function v = sqrt(a),     v = netjac.internal.unary('Sqrt', a, 'sqrt'); end
    function v = abs(a),      v = netjac.internal.unary('Abs', a, 'abs'); end
    function v = sign(a),     v = netjac.internal.unary('Sign', a, 'sign'); end
    function v = sin(a),      v = netjac.internal.unary('Sin', a, 'sin'); end
    function v = cos(a),      v = netjac.internal.unary('Cos', a, 'cos'); end
    function v = tan(a),      v = netjac.internal.unary('Tan', a, 'tan'); end
    function v = asin(a),     v = netjac.internal.unary('Asin', a, 'asin'); end
    function v = acos(a),     v = netjac.internal.unary('Acos', a, 'acos'); end
    function v = atan(a),     v = netjac.internal.unary('Atan', a, 'atan'); end
    function v = sinh(a),     v = netjac.internal.unary('Sinh', a, 'sinh'); end
    function v = cosh(a),     v = netjac.internal.unary('Cosh', a, 'cosh'); end
    function v = tanh(a),     v = netjac.internal.unary('Tanh', a, 'tanh'); end
    function v = erf(a),      v = netjac.internal.unary('Erf', a, 'erf'); end
    function v = floor(a),    v = netjac.internal.unary('Floor', a, 'floor'); end
    function v = ceil(a),     v = netjac.internal.unary('Ceil', a, 'ceil'); end
    function v = relu(a),     v = netjac.internal.unary('Relu', a, 'relu'); end
    function v = sigmoid(a),  v = netjac.internal.unary('Sigmoid', a, 'sigmoid'); end
    function v = softplus(a), v = netjac.internal.unary('Softplus', a, 'softplus'); end
    function v = real(a),     v = a; end
    function v = conj(a),     v = a; end

    % ---- Truths and numbers that a value does not have -------------------------------------------

    function v = logical(a),               netjac.internal.refuseTruth('logical'); end
    function v = any(a, varargin),         netjac.internal.refuseTruth('any'); end
    function v = all(a, varargin),         netjac.internal.refuseTruth('all'); end
    function v = and(a, b),                netjac.internal.refuseTruth('&'); end
    function v = or(a, b),                 netjac.internal.refuseTruth('|'); end
    function v = xor(a, b),                netjac.internal.refuseTruth('xor'); end
    function v = not(a),                   netjac.internal.refuseTruth('~'); end
    function v = isequal(varargin),        netjac.internal.refuseTruth('isequal'); end
    function v = isnan(a),                 netjac.internal.refuseTruth('isnan'); end
    function v = isinf(a),                 netjac.internal.refuseTruth('isinf'); end
    function v = isfinite(a),              netjac.internal.refuseTruth('isfinite'); end

    function v = double(a),                noNumbers('double'); end
    function v = single(a),                noNumbers('single'); end
    function v = int32(a),                 noNumbers('int32'); end
    function v = int64(a),                 noNumbers('int64'); end
    function v = sprintf(varargin),        noNumbers('sprintf'); end
    function v = fprintf(varargin),        noNumbers('fprintf'); end
    function v = num2str(a, varargin),     noNumbers('num2str'); end
    function v = find(a, varargin)
      netjac.internal.refuseFunction('find', 'write a mask into the formula, as in (x > 0) .* x');
    end
    function v = nnz(a)
      netjac.internal.refuseFunction('nnz', 'write sum(x ~= 0, ''all'')');
    end
    function v = sort(a, varargin)
      netjac.internal.refuseFunction('sort', 'max and min of a dimension there are');
    end
    function v = round(a)
      netjac.internal.refuseFunction('round', 'write floor(x + 0.5)');
    end
    function v = mod(a, b)
      netjac.internal.refuseFunction('mod', 'write a - b .* floor(a ./ b)');
    end
    function v = colon(varargin)
      netjac.internal.refuseFunction('a range', 'its ends must be numbers');
    end
    function v = subsindex(a)
      netjac.internal.refuseFunction('an index', 'indices must be numbers; choose by a mask, as in sum(mask .* x)');
    end

    % ---- Reductions -----------------------------------------------------------------------------

    function v = sum(a, varargin),  v = netjac.internal.reduction('ReduceSum', a, 'sum', varargin); end
    function v = mean(a, varargin), v = netjac.internal.reduction('ReduceMean', a, 'mean', varargin); end
    function v = prod(a, varargin), v = netjac.internal.reduction('ReduceProd', a, 'prod', varargin); end

    function [v, index] = max(a, varargin)
      refuseIndex('max', nargout);
      v = netjac.internal.extremum('Max', 'max', a, varargin);
    end

    function [v, index] = min(a, varargin)
      refuseIndex('min', nargout);
      v = netjac.internal.extremum('Min', 'min', a, varargin);
    end

    function v = logsumexp(a, varargin)
      % LOGSUMEXP  log(sum(exp(a), dim)), without overflow.
      v = netjac.internal.reduction('ReduceLogSumExp', a, 'logsumexp', varargin);
    end

    function v = softmax(a, varargin)
      % SOFTMAX  exp(a) ./ sum(exp(a), dim), without overflow.
      v = netjac.internal.alongDimension('Softmax', a, 'softmax', varargin);
    end

    function v = cumsum(a, varargin)
      v = netjac.internal.alongDimension('CumSum', a, 'cumsum', varargin);
    end

    function v = norm(a)
      % NORM  The Euclidean norm of a vector.
      if numel(a) ~= max(a.sizes)
        error('netjac:graph:wrongShape', 'norm takes a vector; %s is %s.', ...
              a.graph.expression(a.number, 60), netjac.internal.sizeText(a.sizes));
      end
      v = sqrt(netjac.internal.reduction('ReduceSum', times(a, a), 'sum', {'all'}));
    end

    function v = dot(a, b)
      % DOT  The scalar product of two vectors, or of the columns of two arrays.
      if numel(a) == max(size(a)) && numel(b) == max(size(b))
        v = sum(times(reshape(a, [numel(a), 1]), reshape(b, [numel(b), 1])));
      else
        v = sum(times(a, b));
      end
    end

    % ---- Shapes ---------------------------------------------------------------------------------

    function v = reshape(a, varargin), v = netjac.internal.reshaped(a, varargin); end
    function v = permute(a, order),    v = netjac.internal.permuted(a, order); end
    function v = repmat(a, varargin),  v = netjac.internal.repeated(a, varargin); end
    function v = horzcat(varargin),    v = netjac.internal.concatenation(2, varargin); end
    function v = vertcat(varargin),    v = netjac.internal.concatenation(1, varargin); end
    function v = cat(dim, varargin),   v = netjac.internal.concatenation(dim, varargin); end

    function varargout = size(a, varargin)
      % A container with this size answers as the value would.
      [varargout{1:max(1, nargout)}] = netjac.internal.sizeOf(a.sizes, varargin{:});
    end

    function n = numel(a, varargin)
      n = prod(a.sizes);
    end

    function n = numArgumentsFromSubscript(varargin)
      n = 1;        % although numel is that of the value
    end

    function n = ndims(a),     n = numel(a.sizes); end
    function n = rows(a),      n = a.sizes(1); end
    function n = columns(a),   n = a.sizes(2); end
    function n = isempty(a),   n = any(a.sizes == 0); end
    function n = isscalar(a),  n = all(a.sizes == 1); end
    function n = isvector(a),  n = numel(a.sizes) == 2 && any(a.sizes == 1); end
    function n = iscolumn(a),  n = numel(a.sizes) == 2 && a.sizes(2) == 1; end
    function n = isrow(a),     n = numel(a.sizes) == 2 && a.sizes(1) == 1; end
    function n = isreal(a),    n = true; end

    function n = length(a)
      n = max(a.sizes) * ~any(a.sizes == 0);
    end

    function n = end(a, place, count)
      if place < count
        n = size(a, place);
      else
        n = prod(a.sizes(place:end));
      end
    end

    % ---- Indexing -------------------------------------------------------------------------------

    function varargout = subsref(a, steps)
      switch steps(1).type
        case '.'
          [varargout{1:nargout}] = builtin('subsref', a, steps);
        case '()'
          result = netjac.internal.element(a, steps(1).subs);
          if numel(steps) > 1
            [varargout{1:max(1, nargout)}] = subsref(result, steps(2:end));
          else
            varargout{1} = result;
          end
        otherwise
          error('netjac:graph:wrongIndex', 'Values are indexed with (), not with {}.');
      end
    end

    function a = subsasgn(a, varargin)
      error('netjac:graph:wrongIndex', ...
            'Elements of a value cannot be assigned; put values together with [a; b] or cat(dim, a, b).');
    end

    % ---- Display --------------------------------------------------------------------------------

    function disp(a)
      % DISP  Shows the expression.
      fprintf('  %s: %s\n', netjac.internal.sizeText(a.sizes), a.graph.expression(a.number));
    end
  end
end

function noNumbers(name)
  netjac.internal.refuseFunction(name, 'evaluate(value, {x}, {X}) gives its numbers');
end

function refuseIndex(name, outputs)
  if outputs > 1
    netjac.internal.refuseFunction(['the index of ', name], ...
                                   ['evaluate the array, as in [~, k] = ', name, '(evaluate(a, {x}, {X}))']);
  end
end
