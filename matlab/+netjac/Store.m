classdef Store < handle
  % STORE  Samples of an expensive simulator, kept in a database so that nothing is simulated twice.
  %
  %   store = netjac.Store('foot.db', 'study', 'foot', ...            % or 'postgresql://user@host/lab'
  %     'inputs',  {'speed' 'm/s' [0 0.3]; 'depth' 'm' [0.001 0.1]}, ...
  %     'outputs', {'force_x' 'N'; 'force_z' 'N'}, ...
  %     'version', 'friction 0.4', 'parameters', struct('friction', 0.4), 'step', 1e-6);
  %   X = store.design('sobol', 64);                                  % points between the bounds
  %   Y = store.simulate(@footSimulation, X, 'tag', 'initial');       % y = f(x) or [y, J] = f(x)
  %   net = netjac.train(netjac.mlp([2 32 32 2]), store);
  %   Xnew = store.refine(16);                                        % where the next ones are worth most
  %
  % A sample is a column: X is n-by-N, Y is m-by-N, Jacobians are m-by-n-by-N; n is store.inputSize, m is
  % store.outputSize. A vector counts with all its elements. Points may also come as a table or a struct with the names of
  % the inputs.
  %
  %   X = design(store, 'sobol', 64)         points between the bounds
  %   Y = simulate(store, @f, X)             what is not stored is simulated, and stored at once
  %   work(store, @f)                        joins others that simulate, from any process or machine
  %   [X, Y, info] = samples(store)          what is done
  %   [states, ids, Y] = find(store, X)      what is known of points
  %   f = memoize(store, @f)                 y = f(x): looked up, or simulated and stored; for solvers
  %   insert(store, X, Y)                    results from elsewhere
  %   Xnew = refine(store, 16)               where to simulate next
  %   table, summary, failures, duplicates, plot          what is there
  %   retry, discard, export, import, backup              what is done with it
  %
  % Options of netjac.Store:
  %   'study'         its name; may be left out if the store has one only
  %   'inputs', 'outputs'   rows {name, unit, bounds, 'key', value, ...}, a struct array or a table. Keys: 'size' (a
  %                   vector of so many; outputs: 0 for any length), 'step', 'tolerance', 'scale' ('log'), 'default',
  %                   'description', 'lower', 'upper'. If left out, the stored study is taken
  %   'version'       of the simulator; results of different versions are not mixed. With 'parameters' (struct),
  %                   'simulator' and 'source' (text) that go with it
  %   'step'          inputs are rounded to such a grid, which is how points are equal that nearly are; one number, or
  %                   one for each input
  %   'equality', 'tolerance'   'exact', 'absolute' or 'relative', and by how much
  %   'lease', 'attempts', 'worker'   see netjac_study_open in include/netjac.h
  %   'mode'          'create' (with inputs), 'write' (without) or 'read'
  %   'busy_timeout', 'retry', 'journal', 'spool', 'schema', 'libpq'   see netjac_store_open
  %
  % Errors: netjac:store:conflict (the study is another; the message shows both), notFound, locked, unreachable, format,
  % outOfBounds, notFinite, wrongSize, wrongClass, wrongArgument, wrongOption, readOnly, unsent (results were kept beside
  % the caller, see summary), failed (memoize), released.
  %
  % Passwords of servers come from ~/.pgpass or PGPASSWORD; one in the URL is not passed on to other processes.
  %
  % A store is closed when its last variable is cleared, or by close(store). In MATLAB it goes to parfor workers and
  % files by its URL and name; Octave cannot save objects.
  %
  % See also: netjac.train, netjac.plotTraining

  properties (SetAccess = private)
    url = ''           % where it is; paths are absolute
    study = ''         % the name of the study
    version = ''       % the version that was chosen here; '' if that of the study is taken
    inputs             % struct array: name, unit, lower, upper, size, step, tolerance, scale, description
    outputs            % likewise
    inputSize = 0      % n
    outputSize = 0     % m
    lower              % n-by-1; -Inf where there is no bound
    upper              % n-by-1; Inf where there is none
  end

  properties (Access = private)
    database = uint64(0)
    reference = uint64(0)
    saved = {}
  end

  methods
    function self = Store(url, varargin)
      if nargin < 1
        error('netjac:store:missingArgument', 'netjac.Store needs a path or URL, as in netjac.Store(''foot.db'').');
      end
      settings = netjac.internal.store.settings(url, varargin);
      netjac.door();
      self.url = settings.url;
      self.saved = settings.saved;
      self.database = netjac_mex('storeOpen', settings.place, settings.storePairs);
      try
        openStudy(self, settings);
      catch problem
        delete(self);
        rethrow(problem);
      end
    end

    function X = design(self, kind, count, varargin)
      % DESIGN  Makes up points between the bounds, evenly on each input's scale.
      %
      %   X = design(store, 'sobol', 64)      n-by-64
      %
      % Kinds: 'sobol' (a scrambled Sobol sequence, up to 64 inputs), 'latin' (a Latin hypercube whose points keep
      % apart), 'random', 'grid', 'corners', 'fill' (far from each other and from what is stored). 'sobol' and 'random'
      % go on after the last of their points that is stored.
      %
      % Options: 'seed' (0) of the random numbers; 'from', the number of the first point, counted from 0.
      % Errors: netjac:store:wrongArgument (an unknown kind, inputs without bounds), wrongOption.
      if nargin < 3
        error('netjac:store:missingArgument', 'design needs a kind and how many points, as in design(store, ''sobol'', 64).');
      end
      X = netjac.internal.store.design(self, kind, count, varargin);
    end

    function [Y, info] = simulate(self, f, X, varargin)
      % SIMULATE  Results of points: those that are stored, and those that are simulated now and stored at once.
      %
      %   Y = simulate(store, @f, X)             y = f(x) or [y, J] = f(x); x n-by-1, y m numbers, J m-by-n
      %   Y = simulate(store, 'footsim --speed %speed --depth %depth', X, 'read', @parse)
      %   [Y, info] = simulate(...)
      %
      % X: n-by-N; Y: m-by-N, NaN where a point failed. f may also give a struct with a field for each output, which
      % outputs of any length need. An error of f is stored with its identifier and line, the other points go on, and one
      % warning tells how many failed. Ctrl-C loses the running point only, which others may then take. Points that
      % others run at the moment are waited for.
      %
      % A command runs in a fresh folder, which is kept if it fails; %name stands for the value of an input. y is what
      % read(folder) makes of it, called within the folder, or else the numbers that the command printed.
      %
      % info: id, isStored, isFailed and seconds, each 1-by-N, and jacobian, m-by-n-by-N (NaN where not known).
      %
      % Options:
      %   'tag'        a word to find new points by
      %   'retry'      true: points that failed before are tried again
      %   'onError'    'continue', or 'stop' at the first failure
      %   'workers'    how many processes simulate at once (1); f must stand in a file of its own then. MATLAB takes its
      %                parallel pool if there is one
      %   'display'    true, false, or the seconds between lines of progress (0.5)
      %   'read'       see above
      %   'priority'   higher ones are taken first by work
      %
      % Errors: netjac:store:wrongSize, wrongClass, outOfBounds, notFinite, wrongArgument, wrongOption, readOnly, unsent.
      if nargin < 3
        error('netjac:store:missingArgument', 'simulate needs a simulator and points: simulate(store, @f, X).');
      end
      [Y, info] = netjac.internal.store.simulate(self, f, X, varargin);
    end

    function count = work(self, f, varargin)
      % WORK  Simulates what waits in the store until nothing is left; any number of processes and machines may do so.
      %
      %   count = work(netjac.Store(url, 'study', 'foot'), @f)      how many points were simulated here
      %
      % Points wait that add or simulate have entered. f as for simulate.
      %
      % Options: 'wait' for so many seconds for further points, Inf for ever (0); 'most' points (Inf); 'tag', 'where'
      % to take some points only (see samples); 'onError', 'display', 'read' as for simulate.
      count = netjac.internal.store.work(self, f, varargin);
      if nargout == 0
        clear count;
      end
    end

    function [ids, added] = add(self, X, varargin)
      % ADD  Enters points that wait for somebody to simulate them.
      %
      %   [ids, added] = add(store, X, 'tag', 'initial', 'priority', 1)      ids: 1-by-N; added: how many are new
      settings = netjac.internal.store.options(varargin, struct('tag', '', 'priority', 0), 'the points');
      X = netjac.internal.store.points(self, X);
      [ids, added] = netjac_mex('studyAdd', self.reference, X, settings.tag, double(settings.priority));
    end

    function [X, Y, info] = samples(self, varargin)
      % SAMPLES  The samples of the current version that are done, in the order of entry.
      %
      %   [X, Y, info] = samples(store)               n-by-N, m-by-N
      %   [X, Y] = samples(store, 'speed>0.1')        a filter, as netjac_study_count() in include/netjac.h has it
      %   [X, Y] = samples(store, 'tag', {'initial', 'refine 1'}, 'status', 'all', 'version', 'all')
      %
      % info: id, seconds (1-by-N); status, tag, version, worker, finished (1-by-N cells); jacobian, m-by-n-by-N with NaN
      % where not known, or m-by-n-by-0 if no sample has one. Y is NaN where a sample is not done. Samples that lack an
      % output, since it was added later, are left out.
      %
      % Options: 'tag', 'status', 'version', 'worker' (text, or cells of text), 'id' (numbers), 'where' (a filter).
      [X, Y, info] = netjac.internal.store.samples(self, varargin, nargout > 2);
    end

    function [states, ids, Y, info] = find(self, X)
      % FIND  What is known of points.
      %
      %   [states, ids, Y, info] = find(store, X)
      %
      % states: 1-by-N cells: 'absent', 'waiting', 'running', 'done' or 'failed'; ids: 1-by-N, 0 if absent; Y: m-by-N,
      % NaN unless done; info.seconds 1-by-N; info.jacobian m-by-n-by-N, NaN where not known.
      X = netjac.internal.store.points(self, X);
      found = netjac_mex('studyFind', self.reference, X);
      words = {'absent', 'waiting', 'running', 'done', 'failed', 'discarded'};
      states = words(found.states + 1);
      ids = found.ids;
      Y = found.y;
      info = struct('seconds', found.seconds, ...
                    'jacobian', netjac.internal.store.jacobianPages(found.jacobian, self.outputSize, self.inputSize));
    end

    function inserted = insert(self, X, Y, varargin)
      % INSERT  Stores results from elsewhere.
      %
      %   inserted = insert(store, X, Y, 'tag', 'thesis 2019')      how many points were not done before
      %   insert(store, X, Y, 'jacobian', J)                        J: m-by-n-by-N, NaN where not known
      %
      % X: n-by-N, Y: m-by-N. Points that are done keep what they have. All or nothing.
      if nargin < 3
        error('netjac:store:missingArgument', 'insert needs points and results: insert(store, X, Y).');
      end
      settings = netjac.internal.store.options(varargin, struct('tag', '', 'jacobian', []), 'the results');
      X = netjac.internal.store.points(self, X);
      Y = netjac.internal.store.points(self, Y, self.outputs, self.outputSize, 'Y');
      if size(X, 2) ~= size(Y, 2)
        error('netjac:store:wrongSize', 'X has %d samples, Y has %d; a sample is a column of both.', size(X, 2), size(Y, 2));
      end
      J = netjac.internal.store.jacobianColumns(settings.jacobian, self.outputSize, self.inputSize, size(X, 2), 'jacobian');
      inserted = netjac_mex('studyInsert', self.reference, X, Y, J, settings.tag);
      if nargout == 0
        clear inserted;
      end
    end

    function f = memoize(self, simulator, varargin)
      % MEMOIZE  A function that looks results up, and simulates and stores those that are not there.
      %
      %   f = memoize(store, @footSimulation);      y = f(x), [y, J] = f(x); x n-by-1 or n-by-N
      %
      % For fsolve, fminunc, fmincon and the like, which come back to points they have seen. A point that failed before
      % raises netjac:store:failed at once, an error of the simulator is stored and raised. Results without a Jacobian
      % are simulated once more when J is asked for.
      %
      % Options: 'tag' of new points; 'retry', true: points that failed are tried again; 'read' as for simulate.
      % Errors: netjac:store:failed, noJacobian, outOfBounds, notFinite, wrongSize.
      if nargin < 2
        error('netjac:store:missingArgument', 'memoize needs a simulator: memoize(store, @f).');
      end
      f = netjac.internal.store.memoize(self, simulator, varargin);
    end

    function [X, doubt, info] = refine(self, count, varargin)
      % REFINE  Points where a simulation is worth most.
      %
      %   [X, doubt, info] = refine(store, 16)      X: n-by-16; doubt: 1-by-16
      %   while info.expected > 0.01
      %     simulate(store, @f, X);  [X, doubt, info] = refine(store, 16);
      %   end
      %
      % Methods ('method'):
      %   'ensemble'   where small networks, trained on different bootstrap samples, disagree; doubt is their standard
      %                deviation in parts of each output's spread, root mean square over the outputs
      %   'residual'   where networks err that were not trained on the samples there; doubt is that error
      %   'gradient'   where outputs change fastest; doubt is the length of the scaled Jacobian
      %   'fill'       far from all stored points; doubt is the distance, in the unit cube
      % Candidates are Sobol points, the best of which climb with the gradient of doubt. They are chosen one by one by
      % doubt times distance to points that are stored (done, running, waiting or failed) or chosen already.
      %
      % info.expected is the error to expect of a network at points it has not seen, root mean square, in parts of the
      % outputs' spread; info.expectedEach, m-by-1, the same in each output's unit; Inf and NaN as long as there are fewer
      % than 8 or 2 n samples, when the method is 'fill'. info.networks: cell of the networks, of inputs in the unit cube.
      %
      % Other options: 'seed' (0), 'networks' (5), 'hidden' ([24 24]), 'epochs' (300), 'patience' (40),
      % 'candidates' (4096).
      % Errors: netjac:store:wrongOption, wrongArgument (inputs without bounds).
      if nargin < 2
        error('netjac:store:missingArgument', 'refine needs how many points, as in refine(store, 16).');
      end
      [X, doubt, info] = netjac.internal.store.refine(self, count, varargin);
    end

    function T = table(self, varargin)
      % TABLE  Samples as a table.
      %
      %   T = table(store)                       those that are done
      %   T = table(store, 'status', 'all')      others: see samples
      %
      % MATLAB: a table with units. Octave: a struct array with the same names. Columns: sample (its number), inputs,
      % outputs, status, tag, version, seconds, worker, finished; nj_status and so on where a variable is called like it.
      T = netjac.internal.store.sampleTable(self, varargin);
    end

    function list = failures(self, varargin)
      % FAILURES  The samples of the current version that failed, and why.
      %
      %   failures(store)                prints them
      %   list = failures(store)         struct array: id, x, message, identifier, where, line, attempts, worker,
      %                                  finished, tag
      list = netjac.internal.store.failures(self, varargin);
      if nargout == 0
        netjac.internal.store.showFailures(self, list);
        clear list;
      end
    end

    function [pairs, distance] = duplicates(self, tolerance)
      % DUPLICATES  Pairs of samples whose inputs are nearly equal.
      %
      %   [pairs, distance] = duplicates(store, 1e-6)      pairs: 2-by-K ids; distance: 1-by-K
      %
      % Distances are the largest over the inputs, in parts of upper - lower (log10 of both for logarithmic inputs).
      if nargin < 2
        tolerance = 1e-6;
      end
      [pairs, distance] = netjac.internal.store.duplicates(self, tolerance);
      if nargout == 0
        fprintf('  samples %d and %d: %.3g\n', [pairs; distance]);
        clear pairs;
      end
    end

    function file = plot(self, varargin)
      % PLOT  Pictures of what is stored.
      %
      %   plot(store)                           every output over every input, a colour for each tag
      %   plot(store, 'inputs')                 the inputs against each other
      %   plot(store, 'learning')               the error of networks after each round of samples (tag by tag), at samples
      %                                         that none of them was trained on
      %   plot(store, ..., 'by', 'status')      a colour for each status, or 'tag' or 'version'
      %   plot(store, ..., 'file', 'foot.png')  into a file (.png, .svg, .pdf), which needs no screen; Octave takes gnuplot
      %
      % Points that failed are crosses; they have no outputs, and stand at the lower edge. Without a file it draws into the
      % current figure, or, where Octave has no screen, into a file of its own, whose name it prints.
      % file = plot(...) gives the name; '' if there is none.
      file = netjac.internal.store.plotStore(self, varargin);
      if nargout == 0
        clear file;
      end
    end

    function text = summary(self)
      % SUMMARY  What the store holds: studies, versions, counts, mean time of a simulation, notes.
      %
      %   summary(store)             prints it
      %   text = summary(store)
      text = netjac_mex('storeText', self.database, 'summary');
      if nargout == 0
        fprintf('%s', text);
        clear text;
      end
    end

    function text = check(self)
      % CHECK  'ok', or what is wrong: the database's own check, and all keys computed again.
      text = netjac_mex('storeText', self.database, 'check');
    end

    function count = retry(self, varargin)
      % RETRY  Lets samples that failed wait for another attempt; returns how many.
      %
      %   retry(store)                           all of the current version
      %   retry(store, 'tag', 'initial')         some: see samples
      count = netjac_mex('studyChange', self.reference, netjac.internal.store.filterText(varargin), 'retry');
      if nargout == 0
        clear count;
      end
    end

    function count = discard(self, ids, reason)
      % DISCARD  Lets samples count no more; they stay as a record, and their points may be simulated anew.
      %
      %   discard(store, [17 23], 'wrong gravity')
      %
      % Errors: netjac:store:notFound (then nothing is discarded).
      action = 'discard';
      if nargin > 2
        action = ['discard=', netjac.internal.store.asText(reason)];
      end
      netjac.internal.store.requireSamples(self, ids);
      count = netjac.internal.store.changeSamples(self, ids, action);
      if nargout == 0
        clear count;
      end
    end

    function export(self, file, varargin)
      % EXPORT  Writes samples to a new file: a table as text with all digits (.csv), or a store (.db).
      %
      %   export(store, 'foot.csv')
      %   export(store, 'some.csv', 'tag', 'initial', 'status', 'all')      some: see samples
      %
      % Errors: netjac:store:fileNotReadable (it is there already, or cannot be written).
      netjac_mex('studyExport', self.reference, netjac.internal.store.filterText(varargin), netjac.internal.store.asText(file));
    end

    function inserted = import(self, file)
      % IMPORT  Reads samples from a table of text (.csv) or a store (.db); returns how many results were new.
      %
      % Errors: netjac:store:notFound, format, conflict (other variables).
      inserted = netjac_mex('studyImport', self.reference, netjac.internal.store.asText(file));
      if nargout == 0
        clear inserted;
      end
    end

    function backup(self, file)
      % BACKUP  Copies the whole store into a new file, consistently, while others write.
      netjac_mex('storeBackup', self.database, netjac.internal.store.asText(file));
    end

    function disp(self)
      % DISP  Shows where the store is, its inputs and outputs, and how many samples it has.
      if self.reference == 0
        fprintf('  netjac.Store, closed\n');
        return;
      end
      fprintf('  netjac.Store, study ''%s'' in %s\n', self.study, self.url);
      fprintf('  inputs: n = %d\n%s', self.inputSize, indented(netjac.internal.store.variableLines(self.inputs)));
      fprintf('  outputs: m = %d\n%s', self.outputSize, indented(netjac.internal.store.variableLines(self.outputs)));
      fprintf('  %d samples are done\n', netjac_mex('studyCount', self.reference, ''));
    end

    function close(self)
      % CLOSE  Closes the store. Points that were claimed here are given back.
      delete(self);
    end

    function delete(self)
      % DELETE  As close. Octave may call this twice.
      study = self.reference;
      database = self.database;
      self.reference = uint64(0);
      self.database = uint64(0);
      if study ~= 0
        netjac_mex('studyRelease', study);
      end
      if database ~= 0
        netjac_mex('storeRelease', database);
      end
    end

    function s = saveobj(self)
      % SAVEOBJ  What MATLAB saves of a store, and sends to parfor workers: URL, study and options.
      s = struct('url', self.url, 'study', self.study, 'options', {self.saved});
    end
  end

  methods (Hidden)
    function reference = libraryHandle(self)
      % LIBRARYHANDLE  Of the study, for what else of the package passes it to the library.
      reference = self.reference;
    end
  end

  methods (Access = private)
    function openStudy(self, settings)
      self.study = netjac.internal.store.studyName(self.url, settings, netjac_mex('storeStudies', self.database));
      self.reference = netjac_mex('studyOpen', self.database, self.study, settings.studyPairs);
      netjac.internal.store.declare(self.reference, self.study, self.url, settings.inputs, settings.outputs);
      version = settings.version;
      if ~isempty(version.label)
        netjac_mex('studyVersion', self.reference, version.label, version.simulator, version.parameters, version.source);
        self.version = version.label;
      end
      known = netjac_mex('studyDescribe', self.reference);
      self.inputs = netjac.internal.store.detailsOf(known.inputs);
      self.outputs = netjac.internal.store.detailsOf(known.outputs);
      self.inputSize = known.inputSize;
      self.outputSize = known.outputSize;
      self.lower = known.lower;
      self.upper = known.upper;
    end
  end

  methods (Static)
    function store = loadobj(s)
      % LOADOBJ  Opens the store that saveobj told of.
      store = netjac.Store(s.url, 'study', s.study, s.options{:});
    end
  end
end

function text = indented(text)
  text = ['  ', strrep(text(1:end - 1), char(10), [char(10), '  ']), char(10)];
end
