classdef Processes < handle
  % PROCESSES  Child processes of the same program that simulate points of a study.

  properties (Access = private)
    folder             % holds what they are told, and what they say
    children = {}
    workers = {}       % what they are called in the store
  end

  methods
    function self = Processes(known, count)
      if ispc()
        error('netjac:store:wrongOption', ...
              'On Windows ''workers'' takes a parallel pool, and none is open: parpool(%d) opens one.', count);
      end
      self.folder = tempname();
      mkdir(self.folder);
      for k = 1:count
        self.workers{k} = sprintf('%s:%d/%d', hostName(), pid(), k);
        known.worker = self.workers{k};
        known.finished = fullfile(self.folder, sprintf('finished%d', k));
        task = fullfile(self.folder, sprintf('task%d.mat', k));
        save(task, '-struct', 'known', '-v6');
        self.children{k} = start(task, fullfile(self.folder, sprintf('said%d.txt', k)));
      end
    end

    function is = isRunning(self)
      is = any(cellfun(@(child) child.isRunning(), self.children));
    end

    function complain(self)
      % COMPLAIN  Warns of processes that ended before there was nothing left for them.
      for k = 1:numel(self.children)
        if ~self.children{k}.isRunning() && ~exist(fullfile(self.folder, sprintf('finished%d', k)), 'file')
          said = strtrim(fileread(fullfile(self.folder, sprintf('said%d.txt', k))));
          warning('netjac:store:worker', 'A worker ended early. Its last words: %s', said(max(1, end - 400):end));
        end
      end
    end

    function stop(self, store)
      % STOP  Ends those that still run, and gives back what they were simulating.
      for k = 1:numel(self.children)
        if ~self.children{k}.isRunning()
          continue;
        end
        self.children{k}.stop();
        if store.libraryHandle() ~= 0
          filter = ['version=all status=running worker="', self.workers{k}, '"'];
          netjac_mex('studyChange', store.libraryHandle(), filter, 'retry');
        end
      end
      netjac.internal.store.removeFolder(self.folder);
      self.folder = '';
    end
  end
end

function child = start(task, log)
  code = sprintf('addpath(''%s''); netjac.internal.store.processMain(''%s'')', netjac.internal.root(), task);
  if exist('OCTAVE_VERSION', 'builtin')
    program = fullfile(OCTAVE_EXEC_HOME(), 'bin', 'octave-cli');
    if ~exist(program, 'file')
      program = 'octave-cli';
    end
    call = '--norc --quiet --no-history --eval';
  else
    program = fullfile(matlabroot(), 'bin', 'matlab');
    call = '-batch';
  end
  child = netjac.internal.store.Child(sprintf('exec "%s" %s "%s" > "%s" 2>&1 < /dev/null', program, call, code, log));
end

function number = pid()
  if exist('OCTAVE_VERSION', 'builtin')
    number = getpid();
  else
    number = feature('getpid');
  end
end

function name = hostName()
  [~, name] = system('hostname');
  name = strtrim(name);
end
