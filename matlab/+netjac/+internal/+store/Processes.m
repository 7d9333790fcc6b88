classdef Processes < handle
  % PROCESSES  Child processes of the same program that simulate points of a study.

  properties (Access = private)
    folder             % holds what they are told, and what they say
    pids = []
    workers = {}       % what they are called in the store
    isAlive = []
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
        self.pids(k) = start(task, fullfile(self.folder, sprintf('said%d.txt', k)));
      end
      self.isAlive = true(1, count);
    end

    function is = isRunning(self)
      for k = find(self.isAlive)
        self.isAlive(k) = lives(self.pids(k));
      end
      is = any(self.isAlive);
    end

    function complain(self)
      % COMPLAIN  Warns of processes that ended before there was nothing left for them.
      for k = find(~self.isAlive)
        if ~exist(fullfile(self.folder, sprintf('finished%d', k)), 'file')
          said = strtrim(fileread(fullfile(self.folder, sprintf('said%d.txt', k))));
          warning('netjac:store:worker', 'A worker ended early. Its last words: %s', said(max(1, end - 400):end));
        end
      end
    end

    function stop(self, store)
      % STOP  Ends those that still run, and gives back what they were simulating.
      for k = find(self.isAlive)
        finish(self.pids(k));
        self.isAlive(k) = false;
        if store.libraryHandle() ~= 0
          filter = ['version=all status=running worker="', self.workers{k}, '"'];
          netjac_mex('studyChange', store.libraryHandle(), filter, 'retry');
        end
      end
      if ~isempty(self.folder) && exist(self.folder, 'dir')
        netjac.internal.store.removeFolder(self.folder);
      end
      self.folder = '';
    end
  end
end

function number = start(task, log)
  code = sprintf('addpath(''%s''); netjac.internal.store.processMain(''%s'')', netjac.internal.root(), task);
  if exist('OCTAVE_VERSION', 'builtin')
    program = fullfile(OCTAVE_EXEC_HOME(), 'bin', 'octave-cli');
    if ~exist(program, 'file')
      program = 'octave-cli';
    end
    line = sprintf('exec "%s" --norc --quiet --no-history --eval "%s" > "%s" 2>&1 < /dev/null', program, code, log);
    number = system(line, false, 'async');
  else
    program = fullfile(matlabroot(), 'bin', 'matlab');
    [~, said] = system(sprintf('"%s" -batch "%s" > "%s" 2>&1 < /dev/null & echo $!', program, code, log));
    number = str2double(said);
  end
end

function is = lives(number)
  if exist('OCTAVE_VERSION', 'builtin')
    is = waitpid(number, WNOHANG()) == 0;
  else
    is = system(sprintf('kill -0 %d 2> /dev/null', number)) == 0;
  end
end

function finish(number)
  if ~lives(number)
    return;
  end
  system(sprintf('kill -TERM %d 2> /dev/null', number));
  for k = 1:40
    if ~lives(number)
      return;
    end
    pause(0.05);
  end
  system(sprintf('kill -KILL %d 2> /dev/null', number));
  while lives(number)
    pause(0.05);
  end
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
