classdef Network < handle
  % NETWORK  A trained network that can be evaluated and differentiated.
  %
  %   net = netjac.load('foot.onnx');
  %
  % x is n-by-N, a sample a column; n is net.inputSize, m is net.outputSize. The network's inputs
  % stand in a column one after the other, each flattened as its file has it (last index fastest):
  % an input of size [a b c] is permute(reshape(part, [c b a]), [3 2 1]). Likewise y and the outputs.
  %
  %   y      = forward(net, x)             m-by-N
  %   [y, J] = jacobian(net, x)            J(i, k, s) = d y(i, s) / d x(k, s)
  %   [y, p] = jvp(net, x, v)              p(:, s) = J(:, :, s) * v(:, s)
  %   [y, g] = vjp(net, x, w)              g(:, s) = J(:, :, s)' * w(:, s)
  %   H      = hessian(net, x, lambda)     n-by-n-by-N, of sum_i lambda(i, s) y(i, s)
  %   p      = hvp(net, x, lambda, v)      p(:, s) = H(:, :, s) * v(:, s), without H
  %   S      = jacobianSparsity(net)       logical sparse m-by-n
  %   S      = hessianSparsity(net)        logical sparse n-by-n
  %   [y, J] = jacobianSparse(net, x)      J sparse
  %   k      = kinks(net, x)               where the network is not smooth, and how near x is to it
  %   plan(net, task)                      what runs: kernels, working memory, multiply-adds
  %   f      = evaluator(net, task)        a function handle for loops that count microseconds
  %
  % One sample may also be a row: y, p and g then are rows, too. Results have the class of x: double, or
  % single for single x (the network computes in its own precision, see netjac.load). Integers,
  % logicals, sparse and complex arrays are errors; NaN and Inf are data, but for inputs of whole numbers
  % (net.inputs.type is not 'real'), which take what their type can hold only. Derivatives are exact, and
  % are not computed if nargout does not ask for them: y = jacobian(net, x) costs what forward does.
  %
  % Errors: netjac:METHOD:wrongSize, wrongClass, complex, sparse, outOfMemory, wrongArgument;
  % netjac:network:released.
  %
  % A network is released when its last variable is cleared, or by delete(net). In MATLAB it survives
  % save and load and goes to parfor workers. Octave's save does not keep objects (save('x.mat', 'net')
  % leaves a file without it): s = saveobj(net); save('x.mat', 's'), and later netjac.Network.loadobj(s).
  %
  % See also: netjac.load

  properties (SetAccess = private)
    file = ''          % where the network comes from; empty if it comes from elsewhere
    origin = ''        % what made it, if no file did: 'bytes', 'a graph', 'netjac.mlp', 'netjac.train'
    options = {}       % the options it was loaded with: name, value, ...
    inputs             % struct array with name, size and type of each input of one sample
    outputs            % struct array with name and size of each output of one sample
    inputSize = 0      % n: scalars of all inputs of one sample
    outputSize = 0     % m: scalars of all outputs of one sample
  end

  properties (Access = private)
    reference = uint64(0)
    bytes = []         % if it was loaded from bytes: they, for saveobj
    stamp = []         % size and time of the file when it was loaded
    mark = []          % if it was made of a graph: what they share
  end

  methods
    function self = Network(source, varargin)
      % NETWORK  Use netjac.load.
      if isstruct(source)
        if isfield(source, 'mark')
          self.mark = source.mark;
        end
        adopt(self, source.reference, source.origin);
        return;
      end
      pairs = netjac.internal.optionPairs(varargin);
      netjac.door();
      if isstring(source) && isscalar(source)
        source = char(source);
      end
      if isa(source, 'uint8')
        self.bytes = source(:);
        self.origin = 'bytes';
        self.reference = netjac_mex('loadBytes', self.bytes, pairs);
      else
        self.file = existingFile(source);
        self.stamp = stampOf(self.file);
        self.reference = netjac_mex('load', self.file, pairs);
      end
      self.options = varargin;
      readDescription(self);
    end

    function y = forward(self, x)
      % FORWARD  Evaluates the network.
      %
      %   y = forward(net, x)      x: n-by-N, a sample a column; y: m-by-N
      y = netjac_mex('forward', self.reference, x);
    end

    function [y, J] = jacobian(self, x)
      % JACOBIAN  Evaluates the network and its Jacobian.
      %
      %   [y, J] = jacobian(net, x)      x: n-by-N; y: m-by-N; J: m-by-n-by-N
      %
      % J(i, k, s) = d y(i, s) / d x(k, s). As a function for fsolve with 'Jacobian', 'on':
      %   fsolve(@(x) jacobian(net, x), x0, optimset('Jacobian', 'on'))
      if nargout < 2
        y = netjac_mex('jacobian', self.reference, x);
      else
        [y, J] = netjac_mex('jacobian', self.reference, x);
      end
    end

    function [y, p] = jvp(self, x, v)
      % JVP  Evaluates the network and the product of its Jacobian with vectors.
      %
      %   [y, p] = jvp(net, x, v)      x, v: n-by-N; y, p: m-by-N; p(:, s) = J(:, :, s) * v(:, s)
      [y, p] = netjac_mex('jvp', self.reference, x, v);
    end

    function [y, g] = vjp(self, x, w)
      % VJP  Evaluates the network and the product of vectors with its Jacobian.
      %
      %   [y, g] = vjp(net, x, w)      x: n-by-N; w, y: m-by-N; g: n-by-N; g(:, s) = J(:, :, s)' * w(:, s)
      %
      % With one output and w = 1, g is the gradient, as fminunc and fmincon want it:
      %   fminunc(@(x) vjp(net, x, 1), x0, optimset('GradObj', 'on'))
      [y, g] = netjac_mex('vjp', self.reference, x, w);
    end

    function H = hessian(self, x, lambda)
      % HESSIAN  Evaluates the Hessian of a weighted sum of outputs.
      %
      %   H = hessian(net, x, lambda)      x: n-by-N; lambda: m-by-N; H: n-by-n-by-N
      %
      % H(:, :, s) is the Hessian of sum_i lambda(i, s) y(i, s). With one output lambda may be left out;
      % it is 1 then.
      if nargin < 3
        if self.outputSize ~= 1
          error('netjac:hessian:missingArgument', 'hessian needs lambda, the weights of the %d outputs.', self.outputSize);
        end
        samples = 1;
        if size(x, 1) == self.inputSize
          samples = size(x, 2);
        end
        lambda = ones(1, samples);
      end
      H = netjac_mex('hessian', self.reference, x, lambda);
    end

    function p = hvp(self, x, lambda, v)
      % HVP  Evaluates the product of the Hessian of a weighted sum of outputs with vectors.
      %
      %   p = hvp(net, x, lambda, v)      x, v, p: n-by-N; lambda: m-by-N
      %
      % p(:, s) = H(:, :, s) * v(:, s) for H = hessian(net, x, lambda), which is never formed.
      p = netjac_mex('hvp', self.reference, x, lambda, v);
    end

    function S = hessianSparsity(self)
      % HESSIANSPARSITY  Where the Hessian of a weighted sum of outputs can be other than zero.
      %
      %   S = hessianSparsity(net)      logical sparse, n-by-n, symmetric; for every x and all weights
      S = netjac_mex('hessianSparsity', self.reference);
    end

    function k = kinks(self, x)
      % KINKS  Where the network is not smooth, and how near x is to it.
      %
      %   k = kinks(net, x)      struct array, one element for each such node of the file
      %   k = kinks(net)         without distances
      %
      % k(i).node         its name in the file
      % k(i).kind         its operator, such as Relu, MaxPool, Clip, Floor
      % k(i).convention   what holds at the kink
      % k(i).distance     1-by-N, of each sample: the least |argument - kink| among its elements, or the
      %                   least gap to the next for what takes an extreme or sorts; in units of that
      %                   argument, not of x. 0: at a kink; Inf: none can be reached
      %
      % Solvers that rely on derivatives slow down or stop at kinks. Without elements, but with these
      % fields, if the network is smooth.
      k = netjac_mex('kinkNodes', self.reference);
      if nargin > 1
        distances = netjac_mex('kinks', self.reference, x);
        column = @(list) reshape(list, [], 1);
        k = struct('node', column({k.node}), 'kind', column({k.kind}), 'convention', column({k.convention}), ...
                   'distance', column(mat2cell(distances, ones(numel(k), 1), size(distances, 2))));
      end
    end

    function S = jacobianSparsity(self)
      % JACOBIANSPARSITY  Where the Jacobian can be other than zero.
      %
      %   S = jacobianSparsity(net)      logical sparse, m-by-n; the same for every x
      S = netjac_mex('jacobianSparsity', self.reference);
    end

    function [y, J] = jacobianSparse(self, x)
      % JACOBIANSPARSE  Evaluates the network and its Jacobian as a sparse matrix.
      %
      %   [y, J] = jacobianSparse(net, x)      x: n-by-N; y: m-by-N; J: sparse, (m N)-by-(n N)
      %
      % J is the Jacobian of y(:) with respect to x(:). With one sample that is m-by-n; with several it
      % has the Jacobian of each sample as a block on its diagonal, as collocation and other problems
      % over many knots need it. Sparse matrices are double, so J is, even for single x.
      if nargout < 2
        y = netjac_mex('jacobianSparse', self.reference, x);
      else
        [y, J] = netjac_mex('jacobianSparse', self.reference, x);
      end
    end

    function f = evaluator(self, task)
      % EVALUATOR  A function handle that evaluates or differentiates the network.
      %
      %   f = evaluator(net, 'jacobian');      [y, J] = f(x)
      %
      % The same as @(x) jacobian(net, x), without the cost of a method call, which in Octave is more
      % than a small network takes. Tasks: 'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'hvp',
      % 'jacobianSparse'; the arguments are those of the method without the network. The handle keeps
      % the network loaded.
      r = self.reference;
      if r ~= 0 && exist('netjac_evaluator') == 3 && strcmp(netjac.door(), 'mex') ...
         && any(strcmp(task, {'forward', 'jacobian', 'jvp', 'vjp', 'hessian', 'hvp'}))
        f = netjac_evaluator(task, r, self);
        return;
      end
      switch task
        case 'forward',        f = @(x) netjac_mex('forward', r, x, self);
        case 'jacobian',       f = @(x) netjac_mex('jacobian', r, x, self);
        case 'jacobianSparse', f = @(x) netjac_mex('jacobianSparse', r, x, self);
        case 'jvp',            f = @(x, v) netjac_mex('jvp', r, x, v, self);
        case 'vjp',            f = @(x, w) netjac_mex('vjp', r, x, w, self);
        case 'hessian',        f = @(x, lambda) netjac_mex('hessian', r, x, lambda, self);
        case 'hvp',            f = @(x, lambda, v) netjac_mex('hvp', r, x, lambda, v, self);
        otherwise
          error('netjac:evaluator:unknownTask', ...
                ['There is no task ''%s''; the tasks are ''forward'', ''jacobian'', ''jvp'', ''vjp'', ', ...
                 '''hessian'', ''hvp'' and ''jacobianSparse''.'], task);
      end
    end

    function prepare(self, task, samples)
      % PREPARE  Compiles a task and allocates its memory ahead of its first call.
      %
      %   prepare(net, 'jacobian')            for one sample at a time
      %   prepare(net, 'jacobian', 1000)      for up to 1000 samples at a time
      %
      % Never necessary: otherwise the first call does it. Tasks are those of evaluator.
      if nargin < 3
        samples = 1;
      end
      if isnumeric(samples)
        samples = double(samples);
      end
      netjac_mex('prepare', self.reference, taskOfLibrary(task), samples);
    end

    function cost = jacobianCost(self)
      % JACOBIANCOST  What the Jacobian of one sample costs, in multiply-adds.
      %
      %   cost = jacobianCost(net)
      %
      % cost.chosen    of the order that jacobian uses
      % cost.forward   of plain forward accumulation, one pass for each input
      % cost.reverse   of plain reverse accumulation, one pass for each output
      numbers = netjac_mex('jacobianCost', self.reference);
      cost = struct('chosen', numbers(1), 'forward', numbers(2), 'reverse', numbers(3));
    end

    function seeds = jacobianSeeds(self)
      % JACOBIANSEEDS  How many passes the sparse Jacobian takes; a dense one takes min(n, m).
      seeds = netjac_mex('jacobianSeeds', self.reference);
    end

    function text = jacobianPlan(self)
      % JACOBIANPLAN  How the Jacobian is accumulated, dense and sparse, as text.
      text = netjac_mex('jacobianPlan', self.reference);
    end

    function text = plan(self, task)
      % PLAN  What a task does when it runs: the kernels in order with their sizes, the working memory and
      % the multiply-adds, for one sample and for a tile of several.
      %
      %   plan(net)                    prints the plan of 'jacobian'
      %   plan(net, 'hessian')         of another task: those of prepare
      %   text = plan(net, task)       returns it
      %
      % It is made for this network and its sizes when the task is first asked for. In which order the
      % Jacobian is accumulated, and what other orders would cost, tells jacobianPlan.
      if nargin < 2
        task = 'jacobian';
      end
      text = netjac_mex('plan', self.reference, taskOfLibrary(task));
      if nargout == 0
        fprintf('%s\n', text);
        clear text;
      end
    end

    function s = info(self)
      % INFO  All that is known about the network, as a struct.
      %
      %   info(net)          prints it
      %   s = info(net)
      s = struct('file', self.file, 'options', {self.options}, ...
                 'inputSize', self.inputSize, 'outputSize', self.outputSize, ...
                 'inputs', self.inputs, 'outputs', self.outputs, ...
                 'jacobianCost', jacobianCost(self), 'jacobianPlan', jacobianPlan(self), ...
                 'jacobianNonzeros', nnz(jacobianSparsity(self)), ...
                 'version', netjac.version(), 'door', netjac.door());
      if nargout == 0
        disp(self);
        fprintf('  Jacobian: %d of %d elements can be nonzero\n', s.jacobianNonzeros, s.inputSize * s.outputSize);
        fprintf('  %s\n', strrep(s.jacobianPlan, char(10), [char(10), '  ']));
        fprintf('  NetJac %s, door ''%s''\n', s.version, s.door);
        clear s;
      end
    end

    function disp(self)
      % DISP  Shows where the network comes from and what it takes and gives.
      if self.reference == 0
        fprintf('  netjac.Network, released\n');
        return;
      end
      source = self.file;
      if strcmp(self.origin, 'bytes')
        source = sprintf('%d bytes', numel(self.bytes));
      elseif isempty(source)
        source = self.origin;
      end
      fprintf('  netjac.Network from %s\n', source);
      showTensors('inputs:  n', self.inputSize, self.inputs);
      showTensors('outputs: m', self.outputSize, self.outputs);
    end

    function save(self, file, varargin)
      % SAVE  Writes the network as an ONNX file.
      %
      %   save(net, 'foot.onnx')
      %   save(net, 'foot_jacobian.onnx', 'jacobian', true)     the outputs, and as a last output the
      %                                                         Jacobian, for any ONNX runtime
      %
      % What ends in .mat, or options of MATLAB's own save, are refused: a MAT-file of networks is what
      % save('all.mat', 'net') writes, in MATLAB; Octave's cannot hold objects (see saveobj).
      %
      % The file is written beside its place and then renamed, so that a failure leaves an old file
      % whole. Loading it again gives the same numbers.
      %
      % Errors: netjac:save:fileNotReadable (the file cannot be written), unsupportedOperator.
      if nargin < 2
        error('netjac:save:missingArgument', 'save needs the name of a file, as in save(net, ''foot.onnx'').');
      end
      if isstring(file) && isscalar(file)
        file = char(file);
      end
      refuseMatFiles(file, varargin);
      command = 'save';
      if numel(varargin) == 2 && strcmpi(varargin{1}, 'jacobian')
        isWanted = varargin{2};
        if ~isscalar(isWanted) || ~(islogical(isWanted) || isequal(isWanted, 0) || isequal(isWanted, 1))
          error('netjac:save:wrongOption', 'Option ''jacobian'' must be true or false; it is %s.', class(isWanted));
        end
        if isWanted
          command = 'saveJacobian';
        end
      elseif ~isempty(varargin)
        error('netjac:save:wrongOption', 'save knows one option, as in save(net, file, ''jacobian'', true).');
      end
      netjac_mex(command, self.reference, file);
    end

    function delete(self)
      % DELETE  Releases the network. Variables that still hold it get netjac:network:released.
      %
      % Octave may call this twice, so the reference is forgotten before it is freed.
      reference = self.reference;
      self.reference = uint64(0);
      if reference ~= 0
        netjac_mex('release', reference);
      end
    end

    function s = saveobj(self)
      % SAVEOBJ  What MATLAB stores of the network: the bytes of its file, its path and its options.
      %
      %   s = saveobj(net);  save('foot.mat', 's')                           in Octave by hand, which
      %   load('foot.mat', 's');  net = netjac.Network.loadobj(s)            stores structs only
      s = struct('file', self.file, 'bytes', self.bytes, 'options', {self.options});
      if ~isempty(self.file)
        if ~isequal(stampOf(self.file), self.stamp)
          error('netjac:save:fileChanged', ...
                '%s is not the file any more that the network was loaded from; load it again before saving.', ...
                self.file);
        end
        s.bytes = contentOf(self.file);
      elseif isempty(self.bytes)
        temporary = [tempname(), '.onnx'];
        save(self, temporary);
        remove = onCleanup(@() delete(temporary));
        s.bytes = contentOf(temporary);
      end
    end
  end

  methods (Hidden)
    function noteTraining(self)
      % NOTETRAINING  Lets the graph that it was made of know that a network was trained.
      if ~isempty(self.mark)
        self.mark.isTrained = true;
      end
    end

    function reference = libraryHandle(self)
      % LIBRARYHANDLE  For netjac.train and what else of the package passes networks to the library.
      reference = self.reference;
    end
  end

  methods (Access = private)
    function adopt(self, reference, origin)
      self.reference = reference;
      self.origin = origin;
      readDescription(self);
    end

    function readDescription(self)
      description = netjac_mex('describe', self.reference);
      self.inputs = description.inputs;
      self.outputs = description.outputs;
      self.inputSize = description.inputSize;
      self.outputSize = description.outputSize;
    end
  end

  methods (Static)
    function net = loadobj(s)
      % LOADOBJ  Makes a network of what saveobj stored.
      %
      % The file is used if it still has the same content, since it may keep weights in files beside
      % it; else the stored bytes are.
      if ~isempty(s.file) && exist(s.file, 'file') && isequal(contentOf(s.file), s.bytes)
        net = netjac.Network(s.file, s.options{:});
      else
        net = netjac.Network(s.bytes, s.options{:});
      end
    end
  end
end

% An ONNX file under the name of a MAT-file would mislead whoever reads it next.
function refuseMatFiles(file, options)
  isText = ischar(file) && size(file, 1) <= 1;
  isFlag = @(text) ischar(text) && ~isempty(text) && text(1) == '-';
  if ~(isText && (isFlag(file) || ~isempty(regexpi(file, '\.mat$')))) && ~any(cellfun(isFlag, options))
    return;
  end
  error('netjac:save:wrongFormat', ...
        ['save(net, file) writes ONNX: save(net, ''foot.onnx''), read by netjac.load. In a MAT-file MATLAB keeps ', ...
         'a network by save(''all.mat'', ''net''); in Octave save the struct s = saveobj(net), of which ', ...
         'netjac.Network.loadobj(s) makes the network.']);
end

% The name that the library has for a task.
function task = taskOfLibrary(task)
  if strcmp(task, 'jacobianSparse')
    task = 'jacobian_sparse';
  end
end

function file = existingFile(source)
  if ~ischar(source) || (size(source, 1) ~= 1 && ~isempty(source))
    error('netjac:load:wrongClass', ...
          'file must be the name of a file (a char row) or the bytes of one (uint8); it is %s.', class(source));
  end
  file = source;
  if ~isempty(file) && isempty(regexp(file, '^([/\\]|[A-Za-z]:)', 'once'))
    file = fullfile(pwd(), file);       % a later cd must not make saveobj miss the file
  end
  if isempty(file) || ~exist(file, 'file')
    error('netjac:load:fileNotFound', 'There is no file ''%s''.', file);
  end
end

function stamp = stampOf(file)
  stamp = [];
  entry = dir(file);
  if isscalar(entry)
    stamp = [entry.bytes, entry.datenum];
  end
end

function bytes = contentOf(name)
  stream = fopen(name, 'r');
  if stream < 0
    error('netjac:save:fileNotReadable', 'The file ''%s'' cannot be read.', name);
  end
  bytes = fread(stream, Inf, '*uint8');
  fclose(stream);
end

function showTensors(label, total, tensors)
  parts = cell(1, numel(tensors));
  for k = 1:numel(tensors)
    parts{k} = sprintf('%s [%s]', tensors(k).name, strtrim(sprintf('%d ', tensors(k).size)));
  end
  fprintf('  %s = %d: %s\n', label, total, strjoin(parts, ', '));
end
