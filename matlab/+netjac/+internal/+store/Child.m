classdef Child < handle
  % CHILD  A command line of the shell that runs beside this process, in a process group of its own.
  %
  % So Ctrl-C reaches this process only, which then ends the group: whatever the command had started goes with it.

  properties
    folder = ''        % is removed when the child is ended, if it is not empty
  end

  properties (Access = private)
    number = 0
    runs = false
  end

  methods
    function self = Child(line)
      line = ['''', strrep(line, '''', '''\'''''), ''''];
      leader = '';
      if hasSetsid()
        leader = 'setsid ';
      end
      if exist('OCTAVE_VERSION', 'builtin')
        self.number = system(sprintf('exec %ssh -c %s', leader, line), false, 'async');
      else
        [~, said] = system(sprintf('%ssh -c %s > /dev/null 2>&1 < /dev/null & echo $!', leader, line));
        self.number = str2double(said);
      end
      self.runs = true;
    end

    function is = isRunning(self)
      if self.runs && exist('OCTAVE_VERSION', 'builtin')
        self.runs = waitpid(self.number, WNOHANG()) == 0;
      elseif self.runs
        self.runs = system(sprintf('kill -0 %d 2> /dev/null', self.number)) == 0;
      end
      is = self.runs;
    end

    function await(self)
      % AWAIT  Waits until it has ended. Ctrl-C works meanwhile, as it does not within system().
      pause_ = 0.002;
      while self.isRunning()
        pause(pause_);
        pause_ = min(1.3 * pause_, 0.1);
      end
    end

    function stop(self)
      % STOP  Ends it, if it has not ended: kindly at first.
      if self.isRunning()
        self.signal('TERM');
        for k = 1:40
          if ~self.isRunning()
            break;
          end
          pause(0.05);
        end
        if self.isRunning()
          self.signal('KILL');
          self.await();
        end
      end
      netjac.internal.store.removeFolder(self.folder);
      self.folder = '';
    end
  end

  methods (Access = private)
    function signal(self, name)
      group = sprintf('kill -s %s -- -%d 2> /dev/null', name, self.number);
      system(sprintf('%s || kill -s %s %d 2> /dev/null', group, name, self.number));
    end
  end
end

function has = hasSetsid()
  persistent known
  if isempty(known)
    known = system('command -v setsid > /dev/null 2>&1') == 0;
  end
  has = known;
end
