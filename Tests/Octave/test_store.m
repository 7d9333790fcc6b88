function test_store(log)
  % TEST_STORE  Stores are opened, filled, read, copied and refused as netjac.Store says.

  log.section('stores');
  log.check('variables are declared and read back', @() variables(log));
  log.check('a study is found again without inputs', @() reopening());
  log.check('conflicts show both', @() conflicts(log));
  log.check('what is not there is not made', @() notFound(log));
  log.check('bits survive insert, samples, tables of text and copies', @() bits());
  log.check('keys are those of other languages', @() goldenKey());
  log.check('samples are chosen', @() choosing());
  log.check('find', @() finding());
  log.check('versions', @() versions());
  log.check('equality by step and tolerance', @() equality());
  log.check('points as structs', @() structs());
  log.check('vectors and arrays', @() vectors());
  log.check('designs', @() designs(log));
  log.check('discard, retry, check', @() changes());
  log.check('table', @() tables());
  log.check('duplicates', @() duplicated());
  log.check('records with tabs and newlines', @() strangeTexts());
  log.check('import', @() importing());
  log.check('errors have identifiers', @() identifiers(log));
  log.check('locked, read-only, no store', @() troubles(log));
  log.check('unsent results are kept', @() unsent());
  log.check('saveobj and loadobj', @() objects());
  log.check('passwords are not kept', @() passwords());
  log.check('closed stores', @() closed(log));
  log.check('disp and summary', @() shown(log));
  log.check('nothing is left', @() mustBe(netjac_mex('alive'), 0));
end

function variables(log)
  [folder, remove] = storeFolder();
  rows = {'speed' 'm/s' [0 0.3] 'step' 1e-6; 'depth' 'm' [0.001 0.1] 'scale' 'log'};
  store = netjac.Store(fullfile(folder, 'a.db'), 'study', 'foot', 'inputs', rows, 'outputs', ...
                       {{'force', 'N m', [], 'size', 3, 'description', 'say "hi" = \ x'}, {'history', '', [], 'size', 0}, {'z'}});
  mustBe({store.inputs.name}, {'speed', 'depth'});
  mustBe({store.inputs.unit}, {'m/s', 'm'});
  mustBe([store.inputs.lower], [0, 0.001]);
  mustBe([store.inputs.upper], [0.3, 0.1]);
  mustBe(store.inputs(1).step, 1e-6);
  mustBe(store.inputs(2).scale, 'log');
  mustBe([store.outputs.size], [3 0 1]);
  mustBe(store.outputs(1).unit, 'N m');
  mustBe(store.outputs(1).description, 'say "hi" = \ x');
  mustBe([store.inputSize, store.outputSize], [2 4]);
  mustBe(store.lower, [0; 0.001]);
  mustBe(store.upper, [0.3; 0.1]);
  % The same as struct array.
  other = netjac.Store(fullfile(folder, 'b.db'), 'study', 'foot', ...
                       'inputs', struct('name', {'speed', 'depth'}, 'unit', {'m/s', 'm'}, 'bounds', {[0 0.3], [0.001 0.1]}, ...
                                        'step', {1e-6, []}, 'scale', {'', 'log'}), 'outputs', {'z'});
  mustBe(other.inputs, store.inputs);
  wrong = @(rows) netjac.Store(fullfile(folder, 'c.db'), 'inputs', rows, 'outputs', {'z'});
  log.record('row without name', mustFail(@() wrong({'' 'm'}), 'netjac:store:wrongArgument', 'name'));
  mustFail(@() wrong({'a' 'm' [0 1 2]}), 'netjac:store:wrongArgument', 'bounds');
  mustFail(@() wrong({'a' 'm' [0 1] 'colour' 3}), 'netjac:store:wrongArgument', 'colour');
  mustFail(@() wrong({'a' 'm' [0 1] 'step'}), 'netjac:store:wrongArgument', 'pairs');
  mustFail(@() wrong({'a' 'm' [1 0]}), 'netjac:store:wrongArgument');
  mustFail(@() wrong({'nj_a' 'm'}), 'netjac:store:wrongArgument');
  mustFail(@() wrong(@sin), 'netjac:store:wrongArgument');
  mustFail(@() netjac.Store(3), 'netjac:store:wrongArgument');
  mustFail(@() netjac.Store(), 'netjac:store:missingArgument');
  mustFail(@() netjac.Store(fullfile(folder, 'c.db'), 'studdy', 'foot'), 'netjac:store:wrongOption', 'studdy', 'busy_timeout');
  mustFail(@() netjac.Store(fullfile(folder, 'c.db'), 'study'), 'netjac:store:wrongOption', 'pairs');
  mustFail(@() footStore(folder, 'journal', 'memory'), 'netjac:store:wrongOption', 'journal');
end

function reopening()
  [folder, remove] = storeFolder();
  store = footStore(folder, 'equality', 'absolute', 'tolerance', 1e-6, 'lease', 20, 'attempts', 2);
  insert(store, [0.1; 0.05], [1; 2]);
  again = netjac.Store(fullfile(folder, 'foot.db'));
  mustBe(again.study, 'foot');
  mustBe(again.inputs, store.inputs);
  mustBe(again.outputs, store.outputs);
  mustBe(samples(again), [0.1; 0.05]);
  before = cd(folder);
  back = onCleanup(@() cd(before));
  relative = netjac.Store('foot.db', 'study', 'foot');
  mustBe(relative.url, fullfile(pwd(), 'foot.db'));
  cd(before);
  mustBe(samples(relative), [0.1; 0.05]);
  named = netjac.Store(['sqlite:', fullfile(folder, 'leg.db')], 'inputs', {'a'}, 'outputs', {'b'});
  mustBe(named.study, 'leg');
end

function conflicts(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  file = fullfile(folder, 'foot.db');
  open = @(inputs, outputs) netjac.Store(file, 'study', 'foot', 'inputs', inputs, 'outputs', outputs);
  inputs = {'speed' 'm/s' [0 0.3]; 'depth' 'm' [0.001 0.1]};
  outputs = {'force' 'N'; 'torque' 'N m'};
  mustBe(open(inputs, outputs).inputs, store.inputs);
  other = inputs([2 1], :);
  message = mustFail(@() open(other, outputs), 'netjac:store:conflict', 'speed', 'depth', '0.3', 'given');
  log.record('conflict of order', strrep(message, folder, ''));
  other = inputs;
  other{1, 2} = 'km/h';
  message = mustFail(@() open(other, outputs), 'netjac:store:conflict', 'm/s', 'km/h');
  log.record('conflict of units', strrep(message, folder, ''));
  other = inputs;
  other{2, 1} = 'height';
  mustFail(@() open(other, outputs), 'netjac:store:conflict', 'height', 'depth');
  mustFail(@() open(inputs(1, :), outputs), 'netjac:store:conflict', 'depth');
  mustFail(@() open(inputs, outputs(1, :)), 'netjac:store:conflict', 'torque');
  mustFail(@() open([inputs; {'angle' 'rad' [0 1]}], outputs([2 1], :)), 'netjac:store:conflict');
  mustFail(@() footStore(folder, 'lease', 7), 'netjac:store:conflict', 'lease');
  mustFail(@() open({{'speed' 'm/s' [0 0.3]}, {'depth' 'm' [0.001 0.1]}, {'angle' 'rad' [0 1]}}, {'force' 'kN'; 'torque' 'N m'}), ...
           'netjac:store:conflict', 'kN');
  mustBe(netjac.Store(file).inputs, store.inputs);               % what was refused has left no trace
  % An output more is no conflict.
  insert(store, [0.1; 0.05], [1; 2]);
  more = open(inputs, [outputs; {'heat' 'W'}]);
  mustBe(more.outputSize, 3);
  mustBe(size(samples(more)), [2 0]);
  mustBe(size(samples(store)), [2 1]);
end

function notFound(log)
  [folder, remove] = storeFolder();
  missing = fullfile(folder, 'none.db');
  mustFail(@() netjac.Store(missing), 'netjac:store:notFound', 'none.db');
  mustFail(@() netjac.Store(missing, 'study', 'foot'), 'netjac:store:notFound');
  must(~exist(missing, 'file'), 'a store that was only looked for should not be made');
  store = footStore(folder);
  message = mustFail(@() netjac.Store(store.url, 'study', 'leg'), 'netjac:store:notFound', 'leg', 'foot');
  log.record('study that is not there', strrep(message, folder, ''));
  netjac.Store(store.url, 'study', 'arm', 'inputs', {'a'}, 'outputs', {'b'});
  mustFail(@() netjac.Store(store.url), 'netjac:store:notFound', 'foot', 'arm');
  mustFail(@() discard(store, 17), 'netjac:store:notFound', '17');
  mustFail(@() samples(store, 'version', 'new'), 'netjac:store:notFound', 'new');
  mustFail(@() import(store, fullfile(folder, 'none.csv')), 'netjac:store:notFound');
end

function bits()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 'bits.db'), 'inputs', {'a'; 'b'}, 'outputs', {'c'; 'd'; 'e'});
  order = shuffled(4000, 7);
  raw = uint64(order) * uint64(4611686018427387) + uint64(order([2:end, 1])) * uint64(1013904223);
  values = typecast(raw, 'double');
  values = values(isfinite(values));
  X = reshape(values(1:1200), 2, 600);
  Y = reshape(values(1201:3000), 3, 600);
  Y(1, 1:6) = [NaN, Inf, -Inf, realmin() / 1024, -realmax(), 4.9406564584124654e-324];
  mustBe(insert(store, X, Y, 'tag', 'bits'), 600);
  sameBits(X, Y, store);
  export(store, fullfile(folder, 'bits.csv'));
  export(store, fullfile(folder, 'copy.db'));
  backup(store, fullfile(folder, 'backup.db'));
  text = netjac.Store(fullfile(folder, 'text.db'), 'study', 'bits', 'inputs', {'a'; 'b'}, 'outputs', {'c'; 'd'; 'e'});
  mustBe(import(text, fullfile(folder, 'bits.csv')), 600);
  sameBits(X, Y, text);
  sameBits(X, Y, netjac.Store(fullfile(folder, 'copy.db')));
  sameBits(X, Y, netjac.Store(fullfile(folder, 'backup.db')));
  mustBe(insert(store, X, Y), 0);
end

function sameBits(X, Y, store)
  [storedX, storedY] = samples(store);
  mustBe(typecast(storedX(:), 'uint64'), typecast(X(:), 'uint64'));
  isNumber = ~isnan(Y(:));
  mustBe(isnan(storedY(:)), ~isNumber);
  mustBe(typecast(storedY(isNumber), 'uint64'), typecast(Y(isNumber), 'uint64'));
  [states, ~, found] = find(store, X);
  must(all(strcmp(states, 'done')), 'every point should be found');
  mustBe(found, storedY);
end

% As Python's hashlib has it for struct.pack("<2d", 0.1, 0.01), and Octave's own hash.
function goldenKey()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  insert(store, [0.1; 0.01], [1; 2]);
  close(store);
  key = '5e7e6b892fbbf4980ee05629e65e63ae';
  own = hash('sha256', char(typecast([0.1, 0.01], 'uint8')));
  mustBe(own(1:32), key);
  stream = fopen(fullfile(folder, 'foot.db'));
  bytes = fread(stream, Inf, '*uint8').';
  fclose(stream);
  must(~isempty(strfind(char(bytes), char(uint8(sscanf(key, '%2x').')))), 'the key should stand in the file');
end

function choosing()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = [0.1 0.15 0.2 0.25; 0.01 0.02 0.03 0.04];
  insert(store, X(:, 1:2), [1 2; 3 4], 'tag', 'two words');
  J = reshape(1:8, 2, 2, 2);
  insert(store, X(:, 3:4), [5 6; 7 8], 'tag', 'it''s', 'jacobian', J);
  add(store, [0.3; 0.1], 'tag', 'later');
  [Xs, Ys, info] = samples(store);
  mustBe(Xs, X);
  mustBe(Ys, [1 2 5 6; 3 4 7 8]);
  mustBe(info.id, 1:4);
  mustBe(info.tag, {'two words', 'two words', 'it''s', 'it''s'});
  mustBe(info.version, repmat({'default'}, 1, 4));
  mustBe(info.status, repmat({'done'}, 1, 4));
  mustBe(info.jacobian, cat(3, NaN(2, 2, 2), J));
  mustBe(samples(store, 'tag', 'it''s'), X(:, 3:4));
  mustBe(samples(store, 'tag', {'two words', 'it''s'}), X);
  mustBe(samples(store, 'speed>0.12 depth<0.04'), X(:, 2:3));
  mustBe(samples(store, 'where', 'speed>0.12', 'tag', 'two words'), X(:, 2));
  mustBe(samples(store, 'id', [1 4]), X(:, [1 4]));
  [Xs, Ys, info] = samples(store, 'status', 'all');
  mustBe(Ys(:, 5), [NaN; NaN]);
  mustBe(info.status{5}, 'waiting');
  [none, ~, info] = samples(store, 'tag', 'none');
  mustBe(none, zeros(2, 0));
  mustBe(info.id, zeros(1, 0));
  mustBe(size(info.jacobian), [2 2 0]);
  mustFail(@() samples(store, 'colour', 'red'), 'netjac:store:wrongOption', 'colour', 'tag');
  mustFail(@() samples(store, 'height>3'), 'netjac:store:wrongArgument', 'height');
  mustFail(@() samples(store, 3), 'netjac:store:wrongArgument');
end

function finding()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  J = [1 2; 3 4];
  insert(store, [0.1; 0.05], [1; 2], 'jacobian', J);
  [ids, added] = add(store, [0.2 0.1; 0.05 0.05]);
  mustBe(added, 1);
  mustBe(ids, [2 1]);
  [states, ids, Y, info] = find(store, [0.1 0.2 0.3; 0.05 0.05 0.05]);
  mustBe(states, {'done', 'waiting', 'absent'});
  mustBe(ids, [1 2 0]);
  mustBe(Y, [1 NaN NaN; 2 NaN NaN]);
  mustBe(info.jacobian(:, :, 1), J);
  mustBe(all(isnan(info.jacobian(:, :, 2)(:))), true);
  mustBe(find(store, [0.1 0.05]), {'done'});                    % one point as a row
  mustBe(find(store, zeros(2, 0)), cell(1, 0));
end

function versions()
  [folder, remove] = storeFolder();
  first = footStore(folder, 'version', 'friction 0.4', 'parameters', struct('friction', 0.4, 'grain', [1 2]), 'simulator', '3.1');
  mustBe(first.version, 'friction 0.4');
  insert(first, [0.1; 0.05], [1; 2]);
  second = footStore(folder, 'version', 'friction 0.5', 'parameters', struct('friction', 0.5));
  mustBe(size(samples(second)), [2 0]);
  insert(second, [0.1; 0.05], [3; 4]);
  mustBe(size(samples(second, 'version', 'all')), [2 2]);
  [~, Y, info] = samples(second, 'version', {'friction 0.4'});
  mustBe(Y, [1; 2]);
  mustBe(info.version, {'friction 0.4'});
  footStore(folder, 'version', 'friction 0.4', 'parameters', '{"grain": [1, 2], "friction": 0.4}');
  mustFail(@() footStore(folder, 'version', 'friction 0.4', 'parameters', struct('friction', 0.6)), 'netjac:store:conflict', '0.6', '0.4');
  mustFail(@() footStore(folder, 'version', 'x', 'parameters', 3), 'netjac:store:wrongOption', 'parameters');
  mustFail(@() footStore(folder, 'version', 'x', 'parameters', 'no JSON'), 'netjac:store:wrongArgument');
  mustBe(samples(first), [0.1; 0.05]);
end

function equality()
  [folder, remove] = storeFolder();
  stepped = netjac.Store(fullfile(folder, 'a.db'), 'inputs', {{'a' '' [0 1]}, {'b' '' [0 1] 'step' 0.5}}, 'outputs', {'c'}, 'step', 1e-3);
  mustBe([stepped.inputs.step], [1e-3, 0.5]);
  insert(stepped, [0.1234; 0.6], 1);
  mustBe(find(stepped, [0.12341; 0.4]), {'done'});
  mustBe(find(stepped, [0.1239; 0.4]), {'absent'});
  near = netjac.Store(fullfile(folder, 'b.db'), 'inputs', {'a' '' [0 1]; 'b' '' [0 1]}, 'outputs', {'c'}, ...
                      'equality', 'absolute', 'tolerance', [1e-3, 1e-1]);
  insert(near, [0.5; 0.5], 1);
  mustBe(find(near, [0.5009 0.5011 0.5; 0.59 0.5 0.61]), {'done', 'absent', 'absent'});
  mustFail(@() netjac.Store(fullfile(folder, 'c.db'), 'inputs', {'a'; 'b'}, 'step', [1 2 3]), 'netjac:store:wrongOption', 'step');
end

function structs()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  points = struct('depth', {0.01, 0.02}, 'speed', {0.1, 0.2}, 'more', 3);
  results = struct('force', [1 2], 'torque', [3; 4]);
  insert(store, points, results);
  [X, Y] = samples(store);
  mustBe(X, [0.1 0.2; 0.01 0.02]);
  mustBe(Y, [1 2; 3 4]);
  mustFail(@() find(store, struct('depth', 1)), 'netjac:store:wrongArgument', 'speed');
  mustFail(@() insert(store, points, [1 2 3; 4 5 6]), 'netjac:store:wrongSize');
end

function vectors()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 'v.db'), 'inputs', {'a' '' [0 1] 'size' 3}, ...
                       'outputs', {{'p', 'Pa', [], 'size', 10}, {'history', '', [], 'size', 0}, {'q'}});
  mustBe([store.inputSize, store.outputSize], [3 11]);
  f = @(x) struct('p', x(1) * (1:10), 'history', zeros(1, 1 + round(10 * x(2))) + x(3), 'q', 7);
  Y = simulate(store, f, [0.5 0.25; 0.2 0.3; 0.3 0.4], 'display', false);
  mustBe(Y, [0.5 * (1:10), 7; 0.25 * (1:10), 7].');
  mustBe(netjac_mex('studyGetArray', store.libraryHandle(), 1, 'history'), 0.3 * ones(3, 1));
  mustBe(netjac_mex('studyGetArray', store.libraryHandle(), 2, 'history'), 0.4 * ones(4, 1));
  [X, Y] = samples(store);
  mustBe(size(X), [3 2]);
  mustBe(size(Y), [11 2]);
end

function designs(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = design(store, 'sobol', 8);
  log.record('sobol', X);
  mustBe(design(store, 'sobol', 8), X);
  mustBe(design(store, 'sobol', 3, 'from', 5), X(:, 6:8));
  add(store, X(:, 1:5));
  mustBe(design(store, 'sobol', 3), X(:, 6:8));
  add(store, X);
  next = design(store, 'sobol', 300);
  must(~any(ismember(next.', X.', 'rows')), 'a continued design should have new points');
  add(store, next(:, 1:290));
  mustBe(design(store, 'sobol', 10), next(:, 291:300));
  must(~isequal(design(store, 'sobol', 8, 'seed', 1, 'from', 0), X), 'another seed should make other points');
  for kind = {'latin', 'random', 'grid', 'fill'}
    P = design(store, kind{1}, 9);
    mustBe(size(P), [2 9]);
    must(all(all(P >= store.lower & P <= store.upper)), '%s leaves the bounds', kind{1});
    log.record(kind{1}, P);
  end
  mustBe(sortrows(design(store, 'corners', 4).'), [0 0.001; 0 0.1; 0.3 0.001; 0.3 0.1]);
  mustFail(@() design(store, 'spiral', 3), 'netjac:store:wrongArgument', 'sobol');
  mustFail(@() design(store, 'sobol', -1), 'netjac:store:wrongArgument', 'samples');
  mustFail(@() design(store, 'sobol', 'x'), 'netjac:store:wrongArgument');
  mustFail(@() design(store, 3, 3), 'netjac:store:wrongArgument');
  mustFail(@() design(store, 'sobol'), 'netjac:store:missingArgument');
  mustFail(@() design(store, 'sobol', 3, 'sead', 1), 'netjac:store:wrongOption', 'seed');
  open = netjac.Store(fullfile(folder, 'open.db'), 'inputs', {'a'}, 'outputs', {'b'});
  mustFail(@() design(open, 'sobol', 3), 'netjac:store:wrongArgument', 'bounds');
end

function changes()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  insert(store, [0.1 0.2 0.3; 0.05 0.05 0.05], [1 2 3; 4 5 6]);
  mustBe(discard(store, [1 3], 'wrong gravity'), 2);
  mustBe(samples(store), [0.2; 0.05]);
  mustBe(find(store, [0.1; 0.05]), {'absent'});
  mustFail(@() discard(store, [2 99], 'x'), 'netjac:store:notFound', '99');
  mustBe(size(samples(store)), [2 1]);
  mustFail(@() discard(store, 1.5), 'netjac:store:wrongArgument');
  mustBe(retry(store), 0);
  mustBe(check(store), 'ok');
end

function tables()
  [folder, remove] = storeFolder();
  store = netjac.Store(fullfile(folder, 't.db'), 'inputs', {{'tag' 's'}, {'v' 'm' [] 'size' 2}}, 'outputs', {'z' 'N'});
  insert(store, [1 2; 3 4; 5 6], [7 8], 'tag', 'first');
  T = table(store);
  mustBe(fieldnames(T), {'sample'; 'tag'; 'v'; 'z'; 'status'; 'nj_tag'; 'version'; 'seconds'; 'worker'; 'finished'});
  mustBe(numel(T), 2);
  mustBe(T(2).v, [4 6]);
  mustBe([T.z], [7 8]);
  mustBe([T.tag], [1 2]);
  mustBe({T.nj_tag}, {'first', 'first'});
  mustBe(numel(table(store, 'id', 2)), 1);
end

function duplicated()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  X = design(store, 'sobol', 200);
  insert(store, X, X);
  [pairs, distance] = duplicates(store, 1e-4);
  mustBe(pairs, zeros(2, 0));
  insert(store, X(:, [20 150]) + [2e-5; -1e-5], X(:, 1:2));
  [pairs, distance] = duplicates(store, 1e-3);
  mustBe(sortrows(pairs.'), [20 201; 150 202]);
  must(max(abs(distance - max(2e-5 / 0.3, 1e-5 / 0.099))) < 1e-9, 'distances should be parts of the bounds');
  mustBe(size(duplicates(store, 5e-5)), [2 0]);
  mustFail(@() duplicates(store, -1), 'netjac:store:wrongArgument');
end

function strangeTexts()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  text = sprintf('a\tb\nc\rd\\n\\\\ "e"');
  insert(store, [0.1; 0.05], [1; 2], 'tag', text);
  insert(store, [0.2; 0.05], [1; 2], 'tag', 'plain');
  [~, ~, info] = samples(store);
  mustBe(info.tag, {text, 'plain'});
end

function importing()
  [folder, remove] = storeFolder();
  store = footStore(folder);
  file = fullfile(folder, 'thesis.csv');
  write(file, sprintf('torque,depth,speed,force\n1,0.05,0.1,2\n3,0.06,0.2,4\n'));
  mustBe(import(store, file), 2);
  [X, Y] = samples(store);
  mustBe(X, [0.1 0.2; 0.05 0.06]);
  mustBe(Y, [2 4; 1 3]);
  write(file, sprintf('torque,depth,velocity,force\n1,0.05,0.1,2\n'));
  mustFail(@() import(store, file), 'netjac:store:conflict', 'speed');
  write(file, sprintf('torque,depth,speed,force\n1,0.05,fast,2\n'));
  mustFail(@() import(store, file), 'netjac:store:format', 'line 2');
  mustFail(@() import(store, fullfile(folder, 'foot.txt')), 'netjac:store:wrongArgument');
  mustFail(@() export(store, file), 'netjac:store:fileNotReadable');
end

function write(file, text)
  stream = fopen(file, 'w');
  fwrite(stream, text);
  fclose(stream);
end

function identifiers(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  wrong = {[0.4; 0.05], 'outOfBounds'; [0.1; NaN], 'notFinite'; [Inf; 0.05], 'notFinite'; [0.1; 0.05; 1], 'wrongSize'; ...
           zeros(2, 2, 2), 'wrongSize'; 'ab', 'wrongClass'; {1}, 'wrongClass'; [1i; 0], 'wrongClass'};
  for k = 1:size(wrong, 1)
    id = ['netjac:store:', wrong{k, 2}];
    message = mustFail(@() add(store, wrong{k, 1}), id);
    log.record(sprintf('wrong points %d', k), message);
    mustFail(@() insert(store, wrong{k, 1}, [1; 2]), id);
    mustFail(@() simulate(store, @storeFoot, wrong{k, 1}), id);
  end
  mustFail(@() insert(store, [0.1; 0.05], [1; 2; 3]), 'netjac:store:wrongSize', 'force');
  mustFail(@() insert(store, [0.1; 0.05], [1 2 3; 4 5 6]), 'netjac:store:wrongSize');
  mustFail(@() insert(store, [0.1; 0.05], [1; 2], 'jacobian', [1 2 3]), 'netjac:store:wrongSize', 'jacobian');
  mustFail(@() insert(store, [0.1; 0.05], [1; 2], 'colour', 'red'), 'netjac:store:wrongOption', 'tag');
  mustFail(@() insert(store, [0.1; 0.05]), 'netjac:store:missingArgument');
  mustBe(size(samples(store, 'status', 'all')), [2 0]);
end

function troubles(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  insert(store, [0.1; 0.05], [1; 2]);
  reader = netjac.Store(store.url, 'mode', 'read');
  mustBe(samples(reader), [0.1; 0.05]);
  log.record('read-only', strrep(mustFail(@() insert(reader, [0.2; 0.05], [1; 2]), 'netjac:store:readOnly'), folder, ''));
  mustFail(@() simulate(reader, @storeFoot, [0.2; 0.05]), 'netjac:store:readOnly');
  write(fullfile(folder, 'text.db'), repmat('no database ', 1, 200));
  mustFail(@() netjac.Store(fullfile(folder, 'text.db')), 'netjac:store:format', 'text.db');
  mustFail(@() netjac.Store('mysql://host/lab', 'study', 'foot'), 'netjac:store:unsupported', 'postgresql');
  close(reader);
  close(store);
  [held, release] = locked(fullfile(folder, 'foot.db'));
  if held
    patient = @() netjac.Store(fullfile(folder, 'foot.db'), 'busy_timeout', 0.2);
    mustFail(@() insert(patient(), [0.2; 0.05], [1; 2]), 'netjac:store:locked', 'locked');
  end
  clear release;
  insert(netjac.Store(fullfile(folder, 'foot.db')), [0.2; 0.05], [1; 2]);
end

% Python has SQLite wherever the other tests run; it keeps the write lock until it is told to stop.
function [held, release] = locked(file)
  flag = [file, '.held'];
  code = sprintf(['import sqlite3, time, os; c = sqlite3.connect(r''%s'', isolation_level=None); c.execute(''BEGIN EXCLUSIVE''); ', ...
                  'open(r''%s'', ''w''); time.sleep(20)'], file, flag);
  number = system(sprintf('exec python3 -c "%s"', code), false, 'async');
  release = onCleanup(@() ended(number));
  for k = 1:100
    held = exist(flag, 'file') == 2;
    if held
      break;
    end
    pause(0.05);
  end
  must(held, 'Python should lock the file');
end

function ended(number)
  kill(number, 9);
  waitpid(number);
end

function unsent()
  [folder, remove] = storeFolder();
  store = footStore(folder, 'retry', 0);
  moved = fullfile(folder, 'moved.db');
  vanish = @(x) rename(store.url, moved) + [x(1); 2];
  mustFail(@() simulate(store, vanish, [0.1; 0.05], 'display', false), 'netjac:store:unsent', 'unsent.db');
  close(store);
  rename(moved, fullfile(folder, 'foot.db'));
  store = footStore(folder);
  [X, Y] = samples(store);
  mustBe(X, [0.1; 0.05]);
  mustBe(Y, [0.1; 2]);
end

function objects()
  [folder, remove] = storeFolder();
  store = footStore(folder, 'version', 'b');
  insert(store, [0.1; 0.05], [1; 2]);
  kept = saveobj(store);
  close(store);
  again = netjac.Store.loadobj(kept);
  mustBe(again.study, 'foot');
  mustBe(again.version, 'b');
  mustBe(samples(again), [0.1; 0.05]);
end

function passwords()
  for url = {'postgresql://me:secret@host:5432/lab', 'postgresql://me:sec@ret@host:5432/lab'}
    settings = netjac.internal.store.settings(url{1}, {});
    mustBe(settings.place, url{1});
    mustBe(settings.url, 'postgresql://me@host:5432/lab');
  end
  for url = {'postgresql://me@host:5432/lab', 'postgresql:///lab?host=/tmp&user=a@b'}
    settings = netjac.internal.store.settings(url{1}, {});
    mustBe(settings.url, url{1});
  end
end

function closed(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  close(store);
  close(store);
  log.record('closed', mustFail(@() samples(store), 'netjac:store:released', 'netjac.Store'));
  mustFail(@() summary(store), 'netjac:store:released');
  mustFail(@() simulate(store, @storeFoot, [0.1; 0.05]), 'netjac:store:released');
  must(~isempty(strfind(evalc('disp(store)'), 'closed')), 'disp should say that it is closed');
end

function shown(log)
  [folder, remove] = storeFolder();
  store = footStore(folder);
  insert(store, [0.1; 0.05], [1; 2]);
  text = evalc('disp(store)');
  for word = {'foot', 'speed', '[m/s]', '0 to 0.3', 'torque', '[N m]', '1 samples', 'n = 2', 'm = 2'}
    must(~isempty(strfind(text, word{1})), 'disp should mention %s:\n%s', word{1}, text);
  end
  log.record('disp', strrep(text, folder, ''));
  text = summary(store);
  must(~isempty(strfind(text, '1 done')), 'summary should count:\n%s', text);
  mustBe(evalc('summary(store)'), text);
end
