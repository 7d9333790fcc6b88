function test_malformed(log)
  % TEST_MALFORMED  Damaged, hostile and unusual files get the outcome that their expect.json names.

  log.section('malformed files');
  root = fullfile(testsRoot(), 'Corpus', 'malformed');
  folders = dir(root);
  for folder = {folders([folders.isdir]).name}
    if folder{1}(1) ~= '.'
      log.check(['malformed file ', folder{1}], @() checkFile(log, fullfile(root, folder{1})));
    end
  end
  [net, c] = corpusNetwork('foot_ground_contact');
  log.check('good files load as before', @() mustBe(relativeError(forward(net, c.x), c.y, c.samples) < 1e-12, true));
end

function checkFile(log, folder)
  expected = jsondecode(fileread(fullfile(folder, 'expect.json')));
  isRead = any(strcmp(expected.format, {'onnx', 'keras', 'h5', 'savedmodel'}));      % other formats are refused

  resetPeak();
  before = peakMegabytes();
  started = tic();
  outcome = 'loads';
  problem = [];
  try
    options = optionsOf(expected);
    net = netjac.load(fullfile(folder, expected.file), options{:});
    checkLoaded(net, folder, expected);
  catch problem
    outcome = 'error';
  end
  seconds = toc(started);
  megabytes = peakMegabytes() - before;

  if strcmp(outcome, 'error')
    must(~isempty(regexp(problem.identifier, '^netjac:(?!test)', 'once')), '%s', problem.message);
    must(~strcmp(problem.identifier, 'netjac:load:defect'), 'a defect of NetJac: %s', problem.message);
    log.record(expected.name, {problem.identifier, problem.message});
  end
  if strcmp(expected.expect, 'error')
    must(strcmp(outcome, 'error'), 'it should be refused');
    words = {};
    if ~isempty(expected.message_mentions_any_of)                   % an empty list is decoded as a matrix
      words = lower(expected.message_mentions_any_of);
    end
    isMentioned = cellfun(@(word) ~isempty(strfind(lower(problem.message), word)), words);
    must(~isRead || isempty(words) || any(isMentioned), 'the message should mention one of "%s"; it is: %s', ...
         strjoin(words(:).', '", "'), problem.message);
  elseif strcmp(expected.expect, 'loads') && strcmp(outcome, 'error')
    must(~isRead, 'it should load; %s: %s', problem.identifier, problem.message);
  end
  must(seconds <= expected.limits.seconds, 'it took %.1f s; the limit is %g s', seconds, expected.limits.seconds);
  must(megabytes <= expected.limits.memory_mb, 'it took %.0f MB; the limit is %g MB', megabytes, expected.limits.memory_mb);
end

% Runs a network that was loaded, and compares with the reference if there is one.
function checkLoaded(net, folder, expected)
  if ~isfield(expected, 'reference') || isempty(expected.reference)
    jacobianSparsity(net);
    if net.inputSize * net.outputSize <= 1e7
      [~, ~] = jacobian(net, ones(net.inputSize, 1));
    end
    return;
  end
  x = numbers(folder, 'x.bin');
  y = numbers(folder, 'y.bin');
  J = reshape(numbers(folder, 'J.bin'), numel(x), numel(y)).';
  samples = numel(x) / net.inputSize;
  must(samples == 1, 'a sample should have %d values; it has %d', numel(x), net.inputSize);
  [actual, actualJacobian] = jacobian(net, x);
  tolerance = expected.reference.tolerance.double;
  must(relativeError(actual, y, 1) <= tolerance.y, 'y should be [%s]; it is [%s]', num2str(y.'), num2str(actual.'));
  must(relativeError(actualJacobian, J, 1) <= tolerance.J, 'J is wrong');
end

% The options that a file is to be loaded with, as names and values.
function options = optionsOf(expected)
  options = {};
  if isfield(expected, 'options')
    for name = fieldnames(expected.options).'
      options = [options, name, {expected.options.(name{1})}];
    end
  end
end

function values = numbers(folder, name)
  stream = fopen(fullfile(folder, name), 'r', 'ieee-le');
  must(stream >= 0, 'there is no %s', name);
  values = fread(stream, Inf, 'double');
  fclose(stream);
end

% The peak of the resident memory, as Linux counts it; writing 5 to clear_refs starts anew.
function megabytes = peakMegabytes()
  status = fileread('/proc/self/status');
  megabytes = str2double(regexp(status, 'VmHWM:\s*(\d+) kB', 'tokens', 'once'){1}) / 1024;
end

function resetPeak()
  stream = fopen('/proc/self/clear_refs', 'w');
  if stream >= 0
    fputs(stream, '5');
    fclose(stream);
  end
end
