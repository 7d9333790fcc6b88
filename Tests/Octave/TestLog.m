classdef TestLog < handle
  % TESTLOG  Runs checks, counts them, and keeps values for a comparison between the two doors.

  properties (SetAccess = private)
    passed = 0
    failed = 0
    door = ''
    values            % what record was given, by door and name
  end

  methods
    function self = TestLog()
      self.values = containers.Map();
    end

    function enter(self, door)
      self.door = door;
    end

    function section(self, title)
      if isempty(self.door)
        printf('== %s\n', title);
      else
        printf('== %s (door ''%s'')\n', title, self.door);
      end
    end

    function check(self, name, f)
      % CHECK  Passes if f() raises no error.
      try
        f();
        self.passed = self.passed + 1;
      catch problem
        self.failed = self.failed + 1;
        printf('FAIL %s: %s\n', name, problem.message);
        if ~strcmp(problem.identifier, 'netjac:test:failed')
          printf('     (%s, %s)\n', problem.identifier, placeOf(problem));
        end
      end
    end

    function record(self, name, value)
      % RECORD  Keeps a value that must be the same through both doors.
      key = [self.door, ' ', name];
      must(~isKey(self.values, key), 'two values are recorded under the name "%s"', name);
      self.values(key) = value;
    end

    function compare(self, first, second)
      % COMPARE  One check for each recorded name: both doors must have given the same value.
      own = self.namesOf(first);
      others = self.namesOf(second);
      self.check('both doors record the same names', @() mustBe(own, others));
      for name = intersect(own, others)
        self.check(['equal through both doors: ', name{1}], @() mustBe(self.values([second, ' ', name{1}]), ...
                                                                      self.values([first, ' ', name{1}])));
      end
    end

    function summary(self)
      printf('%d passed, %d failed\n', self.passed, self.failed);
    end
  end

  methods (Access = private)
    function names = namesOf(self, door)
      all = keys(self.values);
      names = all(strncmp(all, [door, ' '], numel(door) + 1));
      names = cellfun(@(key) key(numel(door) + 2:end), names, 'UniformOutput', false);
    end
  end
end

function text = placeOf(problem)
  text = 'unknown place';
  if ~isempty(problem.stack)
    text = sprintf('%s:%d', problem.stack(1).name, problem.stack(1).line);
  end
end
