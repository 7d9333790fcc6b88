function net = load(file, varargin)
  % LOAD  Loads a trained network.
  %
  %   net = netjac.load('foot.keras')                a model of Keras 2 or 3; also model.h5
  %   net = netjac.load('model')                     the folder of a TensorFlow SavedModel
  %   net = netjac.load('foot.onnx')                 what PyTorch, scikit-learn, JAX and others export
  %   net = netjac.load(file, name, value, ...)
  %   net = netjac.load(bytes, name, value, ...)     the content of a file, as uint8
  %
  % The format is told by the content, whatever the file is called. Lambda layers and classes of one's
  % own are refused by name; nothing in a file is ever executed.
  %
  % The result is a netjac.Network: forward(net, x) evaluates it, [y, J] = jacobian(net, x)
  % differentiates it; "help netjac.Network" lists all that it can do.
  %
  % Options:
  %   'precision'     'float64' (the default) or 'float32': the type that the network computes in,
  %                   whatever type its file stores
  %   'threads'       how many threads may share the work of one call with many samples
  %                   (default: one per core)
  %   'dim.NAME'      binds the symbolic dimension NAME of the file, as in 'dim.seq', 20; a dynamic
  %                   axis without a name is called INPUT.AXIS, counted from 0, as in 'dim.x.1'
  %   'input.NAME'    fixes that input to a constant, so that it is an input no more; numbers,
  %                   row-major
  %   'output'        names of the outputs to keep: a cell array, or text separated by commas
  %   'signature'     which of the functions to load that a TensorFlow SavedModel offers (default:
  %                   serving_default, or the only one)
  %   'loop_limit'    the most turns of a loop whose number of turns depends on an input (default: none;
  %                   such a file is refused)
  %   'memory_limit'  the most bytes that the network may take
  %
  % Errors: netjac:load:fileNotFound, fileNotReadable, wrongFormat, unsupportedOperator (the message
  % lists every operator that is not supported), wrongShape, wrongOption, outOfMemory.
  %
  % See also: netjac.Network, netjac.door

  if nargin < 1
    error('netjac:load:missingArgument', 'netjac.load needs the name of a file, as in netjac.load(''foot.onnx'').');
  end
  net = netjac.Network(file, varargin{:});
end
