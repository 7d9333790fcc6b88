classdef Graph < handle
  % GRAPH  A computation that is built value by value, and differentiated with respect to anything in it.
  %
  %   g = netjac.Graph;
  %   x = g.input('x', [500 1]);
  %   t = g.input('t', [10 1]);
  %   W = g.parameter('W', 0.01 * randn(10, 500));
  %   b = g.parameter('b', zeros(10, 1));
  %   y = tanh(W*x + b);
  %   loss = sum((y - t).^2);
  %   d = gradients(loss, {W, b});                  % values of the same graph, as large as W and b
  %   net = g.network({x, t}, {loss, d{:}});        % a netjac.Network
  %   f = g.evaluator({x, t}, {loss, d{:}});        % or a function: [L, dW, db] = f(X, T)
  %
  % Values (netjac.Value) are used like matrices; "help netjac.Value" lists what can be done with
  % them. Every operation checks sizes at once, so a mistake is reported by the line that makes it.
  % Recurrences are written as ordinary loops, which unroll.
  %
  % Methods:
  %   v   = g.input(name, size)            a value that a network made of the graph takes
  %   v   = g.parameter(name, array)       a value with numbers of its own, which training changes
  %   v   = g.constant(array)              numbers in formulas become constants by themselves
  %   net = g.network(inputs, outputs)     cell arrays of values; inputs may be parameters, too
  %   f   = g.evaluator(inputs, outputs)   a function of arrays as large as the inputs
  %   disp(g), plot(g)                     all operations as lines, as a drawing
  %   s   = text(g), s = graphviz(g)       the same as text, and for Graphviz
  %
  % Convention: a MATLAB array is, as it lies in memory, the row-major tensor with its axes reversed.
  % So a value of size [a b c] is the tensor [c, b, a] of the library, A*B is its product B, A, and
  % the numbers of a network's input or output are array(:). Files that are saved from a graph show
  % these reversed shapes, as do net.inputs and net.outputs.
  %
  % See also: netjac.Value, netjac.numericalGradient, netjac.train

  properties (Access = private)
    reference = uint64(0)
    mark                        % whether a network made of this graph was trained
    parameters = zeros(1, 0)    % their numbers
  end

  methods
    function self = Graph()
      netjac.door();
      self.reference = netjac_mex('graphCreate');
      self.mark = netjac.internal.TrainingMark();
    end

    function v = input(self, name, sizes)
      % INPUT  Adds an input: a value that a network made of this graph takes.
      %
      %   x = g.input('x', [500 1])      a size as that of MATLAB arrays; [1 1] if left out
      if nargin < 3
        sizes = [1 1];
      end
      sizes = checkedSize(sizes);
      number = netjac_mex('graphInput', self.reference, checkedName(name), fliplr(sizes));
      v = self.shown(number, sizes, struct('kind', 'input', 'text', char(name), 'operands', []));
    end

    function v = parameter(self, name, array)
      % PARAMETER  Adds a parameter: a value with numbers of its own, which training changes.
      %
      %   W = g.parameter('W', randn(10, 500))
      array = netjac.internal.realArray(array, 'The initial value of a parameter');
      number = netjac_mex('graphParameter', self.reference, checkedName(name), fliplr(size(array)), array);
      self.parameters(end + 1) = number;
      v = self.shown(number, size(array), struct('kind', 'parameter', 'text', char(name), 'operands', []));
    end

    function v = constant(self, array)
      % CONSTANT  Adds numbers that never change.
      array = netjac.internal.realArray(array, 'A constant');
      number = netjac_mex('graphConstant', self.reference, fliplr(size(array)), array);
      v = self.shown(number, size(array), struct('kind', 'constant', 'text', constantText(array), 'operands', []));
    end

    function net = network(self, inputs, outputs)
      % NETWORK  Makes a network of some inputs and outputs.
      %
      %   net = g.network({x, t}, {loss, dW, db})
      %
      % The parameters of the network are those of the graph that the outputs need; a parameter among
      % the inputs is an input instead. The graph can be used further. netjac.train makes another
      % network with the trained numbers; those of the graph stay what they were.
      [inputs, outputs] = self.valueLists(inputs, outputs);
      handle = netjac_mex('graphNetwork', self.reference, numbersOf(inputs), numbersOf(outputs));
      net = netjac.Network(struct('reference', handle, 'origin', 'a graph', 'mark', self.mark));
    end

    function f = evaluator(self, inputs, outputs)
      % EVALUATOR  A function that computes values of the graph.
      %
      %   f = g.evaluator({x, t}, {loss, dW, db});
      %   [L, dW0, db0] = f(X, T);         arrays of the sizes of the values
      %
      % Parameters that are no inputs have the numbers that they were made with. A warning,
      % netjac:evaluate:initialParameters, says so if netjac.train has trained a network of the graph.
      [inputs, outputs] = self.valueLists(inputs, outputs);
      self.warnOfTraining(inputs);
      net = self.network(inputs, outputs);
      inputSizes = cellfun(@(v) v.sizes, inputs, 'UniformOutput', false);
      outputSizes = cellfun(@(v) v.sizes, outputs, 'UniformOutput', false);
      names = cellfun(@(v) self.expression(v.number), inputs, 'UniformOutput', false);
      f = @(varargin) netjac.internal.evaluateArrays(net, inputSizes, outputSizes, names, varargin);
    end

    function s = text(self, form)
      % TEXT  The graph as text.
      %
      %   s = text(g)               a line for each operation, as MATLAB writes it
      %   s = text(g, 'program')    all that is computed, derivatives spelled out, as the library sees it:
      %                             row-major, shapes reversed
      if nargin < 2
        form = 'text';
      end
      s = netjac_mex('graphText', self.reference, form);
    end

    function s = graphviz(self, detail)
      % GRAPHVIZ  The graph for Graphviz: dot -Tsvg.
      %
      %   s = graphviz(g)
      %   s = graphviz(g, 'program')      with derivatives spelled out
      if nargin < 2
        detail = 'operations';
      end
      s = netjac_mex('graphText', self.reference, formOf(detail, 'dot'));
    end

    function plot(self, varargin)
      % PLOT  Draws the graph.
      %
      %   plot(g)                   in a figure, laid out by Graphviz if it is installed
      %   plot(g, 'program')        with derivatives spelled out
      %   plot(g, 'graph.svg')      into a file, by Graphviz (svg, png, pdf; dot for its text)
      detail = 'operations';
      isDetail = strcmp(varargin, 'program') | strcmp(varargin, 'operations');
      if any(isDetail)
        detail = varargin{find(isDetail, 1)};
      end
      nodes = netjac_mex('graphText', self.reference, formOf(detail, 'table'));
      netjac.internal.drawGraph(nodes, self.graphviz(detail), varargin{~isDetail});
    end

    function disp(self)
      % DISP  Shows all operations.
      if self.reference == 0
        fprintf('  netjac.Graph, released\n');
      else
        lines = text(self);
        fprintf('  netjac.Graph with %d values\n', sum(lines == char(10)) + ~isempty(lines));
        fprintf('    %s\n', strrep(lines, char(10), sprintf('\n    ')));
      end
    end

    function delete(self)
      % DELETE  Releases the graph. Networks made of it live on.
      %
      % Octave may call this twice, so the reference is forgotten before it is freed.
      reference = self.reference;
      self.reference = uint64(0);
      if reference ~= 0
        netjac_mex('graphRelease', reference);
      end
    end
  end

  methods (Hidden)
    function truth = sameAs(self, other)
      % SAMEAS  Whether two handles are of one graph; Octave cannot compare handles with ==.
      truth = self.reference == other.reference;
    end

    function number = apply(self, operator, numbers, attributes)
      % APPLY  Applies an ONNX operator to values of the library, by their numbers; axes are reversed.
      if nargin < 4
        attributes = '';
      end
      number = netjac_mex('graphApply', self.reference, operator, double(numbers), attributes, 1);
    end

    function number = integers(self, list)
      % INTEGERS  A list of whole numbers as operators want it for shapes and axes.
      number = netjac_mex('graphConstant', self.reference, numel(list), double(list(:)));
    end

    function v = shown(self, number, sizes, record)
      % SHOWN  A value that people see, with the record of how it came to be.
      sizes = netjac.internal.trimmedSize(sizes);
      [notation, strength] = netjac.internal.notation(record);
      netjac_mex('graphShow', self.reference, number, notation, strength, double(record.operands), ...
                 netjac.internal.sizeText(sizes));
      v = netjac.Value(self, number, sizes);
    end

    function list = gradientsOf(self, y, xs)
      numbers = netjac_mex('graphGradients', self.reference, y.number, numbersOf(xs));
      list = cell(1, numel(xs));
      for k = 1:numel(xs)
        list{k} = self.shown(numbers(k), xs{k}.sizes, ...
                             struct('kind', 'function', 'text', 'gradient', 'operands', [y.number, xs{k}.number]));
      end
    end

    function v = jvpOf(self, y, xs, tangents)
      number = netjac_mex('graphJvp', self.reference, y.number, numbersOf(xs), numbersOf(tangents));
      v = self.shown(number, y.sizes, struct('kind', 'function', 'text', 'jvp', ...
                                             'operands', [y.number, numbersOf(xs), numbersOf(tangents)]));
    end

    function s = expression(self, number, budget)
      % EXPRESSION  A value as a formula; what would be too long to read is left out.
      if nargin < 3
        budget = 300;
      end
      s = netjac_mex('graphText', self.reference, sprintf('value %d %d', number, budget));
    end
  end

  methods (Access = private)
    function warnOfTraining(self, inputs)
      left = setdiff(self.parameters, numbersOf(inputs));
      if self.mark.isTrained && ~isempty(left)
        warning('netjac:evaluate:initialParameters', ...
                ['Parameters of the graph (%s) have the numbers that they were made with here. netjac.train has ', ...
                 'put the trained ones into the network that it returned: use forward(net, x) of that.'], ...
                strjoin(arrayfun(@(k) self.expression(k, 60), left, 'UniformOutput', false), ', '));
      end
    end

    function [inputs, outputs] = valueLists(self, inputs, outputs)
      inputs = self.valueList(inputs, 'inputs');
      outputs = self.valueList(outputs, 'outputs');
    end

    function list = valueList(self, list, role)
      if ~iscell(list)
        list = {list};
      end
      for k = 1:numel(list)
        if ~isa(list{k}, 'netjac.Value')
          error('netjac:graph:wrongClass', '%s{%d} is %s; it must be a value of the graph.', ...
                role, k, class(list{k}));
        end
        netjac.internal.requireSameGraph(self, list{k});
      end
    end
  end
end

% How the library calls a form of its text.
function form = formOf(detail, form)
  if strcmp(detail, 'program')
    form = ['program ', form];
  end
end

function numbers = numbersOf(list)
  numbers = reshape(cellfun(@(v) v.number, list), 1, []);
end

function name = checkedName(name)
  if isstring(name) && isscalar(name)
    name = char(name);
  end
  if ~ischar(name) || size(name, 1) > 1
    error('netjac:graph:wrongClass', 'The name of a value must be text; it is %s.', class(name));
  end
end

function sizes = checkedSize(sizes)
  if isnumeric(sizes) && isscalar(sizes)
    error('netjac:graph:wrongArgument', 'The size %g is one number; give rows and columns, as in [%g 1].', sizes, sizes);
  end
  if ~isnumeric(sizes) || size(sizes, 1) ~= 1 || ~all(sizes >= 0 & sizes == fix(sizes) & sizes < 2 ^ 48)
    error('netjac:graph:wrongArgument', 'The size of an input must be a row of whole numbers, as in [500 1].');
  end
  sizes = netjac.internal.trimmedSize(double(sizes));
end

function s = constantText(array)
  if isscalar(array)
    s = sprintf('%.5g', array);
  elseif numel(array) <= 6 && ndims(array) == 2
    s = mat2str(array, 4);
  else
    s = sprintf('<%s numbers>', netjac.internal.sizeText(size(array)));
  end
end
