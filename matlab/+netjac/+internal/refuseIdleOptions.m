function refuseIdleOptions(settings, pairs)
  % REFUSEIDLEOPTIONS  Refuses options of netjac.train that would change nothing as the others stand.
  %
  % settings: validation and jacobian as they were given; pairs: {name, value, ...} for the library.
  names = lower(pairs(1:2:end));
  chosen = @(name, value) chosenOf(pairs, name, value);
  optimizer = chosen('optimizer', 'adam');
  isAdam = any(strcmpi(optimizer, {'adam', 'adamw'}));
  isLeastSquares = strcmpi(optimizer, 'levenberg_marquardt');
  isSmooth = isLeastSquares || strcmpi(optimizer, 'lbfgs');
  isOf = @(varargin) any(strcmpi(optimizer, varargin));
  isConstant = strcmpi(chosen('schedule', 'constant'), 'constant');
  has = @(name) any(strcmp(names, name));
  cases = {
    'patience',        isempty(settings.validation),                'it needs held-out samples, option validation'
    'min_delta',       ~has('patience'),                            'it belongs to patience'
    'jacobian_weight', isempty(settings.jacobian),                  'it weighs wanted Jacobians, option jacobian'
    'huber_delta',     ~strcmpi(chosen('loss', 'mse'), 'huber'),    'it belongs to the loss huber'
    'momentum',        ~isOf('sgd', 'rmsprop'),                     'it is of sgd and rmsprop'
    'nesterov',        ~isOf('sgd') || ~has('momentum'),            'it is of sgd with momentum'
    'beta1',           ~isAdam,                                     'it is of adam and adamw'
    'beta2',           ~isAdam && ~isOf('rmsprop'),                 'it is of adam, adamw and rmsprop'
    'epsilon',         ~isAdam && ~isOf('rmsprop'),                 'it is of adam, adamw and rmsprop'
    'history',         ~isOf('lbfgs'),                              'it is of lbfgs'
    'damping',         ~isLeastSquares,                             'it is of levenberg_marquardt'
    'clip_norm',       isSmooth,                                    [optimizer, ' takes whole gradients']
    'learning_rate',   isLeastSquares,                              'levenberg_marquardt takes none'
    'warmup_steps',    isLeastSquares,                              'levenberg_marquardt has no learning rate'
    'schedule',        isLeastSquares && ~isConstant,               'levenberg_marquardt has no learning rate'
    'schedule_steps',  isConstant,                                  'the schedule is constant'
    'schedule_factor', isConstant,                                  'the schedule is constant'};
  for k = 1:size(cases, 1)
    if has(cases{k, 1}) && cases{k, 2}
      error('netjac:train:wrongOption', 'Option ''%s'' would change nothing: %s.', cases{k, [1 3]});
    end
  end
end

function value = chosenOf(pairs, name, value)
  place = find(strcmpi(pairs(1:2:end), name), 1, 'last');
  if ~isempty(place) && ischar(pairs{2 * place})
    value = pairs{2 * place};
  end
end
