function names = knownOption(area, name, own)
  % KNOWNOPTION  Refuses an option that a function would ignore, and names those that it knows.
  %
  %   knownOption('load', name)
  %   knownOption('train', name, own)      own: names of options that the function itself takes
  %   names = knownOption(area)            those of the library; NAME in dim.NAME is a name of the model's own
  %
  % The library keeps the options of loading, training and stores in one list and passes over those of the others;
  % here each function has its own. A test compares these lists with the tables of include/netjac.h.

  switch area
    case 'load'
      names = {'precision', 'threads', 'dim.NAME', 'input.NAME', 'output', 'signature', ...
               'loop_limit', 'memory_limit'};
    case 'train'
      names = {'loss', 'huber_delta', 'optimizer', 'learning_rate', 'momentum', 'nesterov', 'beta1', 'beta2', 'epsilon', ...
               'weight_decay', 'clip_norm', 'schedule', 'schedule_steps', 'schedule_factor', 'warmup_steps', ...
               'batch_size', 'shuffle', 'seed', 'history', 'damping', 'jacobian_weight', 'scaling', ...
               'validation_fraction', 'patience', 'min_delta', 'parameters', 'memory_limit'};
  end
  if nargin < 2 || ~ischar(name)      % what is no text is refused with the pairs
    return;
  end
  hints = struct('train', struct('precision', 'training is always in float64', 'threads', 'netjac.load takes it', ...
                                 'optimiser', 'the option is called optimizer', ...
                                 'validation_fraction', 'the option is called validation here, as in ''validation'', 0.2'), ...
                 'load', struct('epochs', 'netjac.train takes it'));
  hint = '';
  if isfield(hints.(area), lower(name))
    hint = [' (', hints.(area).(lower(name)), ')'];
  elseif isKnown(name, names) || (nargin > 2 && any(strcmpi(name, own)))
    return;
  end
  if nargin > 2
    names = sort([setdiff(names, {'validation_fraction'}), setdiff(own, names)]);
  end
  error(['netjac:', area, ':wrongOption'], 'There is no option ''%s'' of netjac.%s%s; the options are %s.', ...
        shortened(name), area, hint, strjoin(names, ', '));
end

function answer = isKnown(name, names)
  answer = any(strcmpi(name, names)) || ~isempty(regexp(name, '^(dim|input)\..', 'once')) && any(strcmp(names, 'dim.NAME'));
end

function name = shortened(name)
  if numel(name) > 60
    name = [name(1:57), '...'];
  end
end
