classdef pointer < handle
  % POINTER  MATLAB's lib.pointer, as far as the tests of NetJac need it.
  %
  % A pointer is a place in memory that holds an address, as in C: where a function takes T*, the
  % address is passed; where it takes T**, the place is, so that the function can store into it.
  % That is how libpointer('thingPtr') receives a handle from "status create(thing **out)".

  properties (Dependent)
    Value
    DataType
  end

  properties (Access = private)
    place = uint64(0)     % where the address is stored
    memory = uint64(0)    % the copy of the value, when this object owns one
    type = 'voidPtr'
    shape = []
  end

  methods
    function self = pointer(type, varargin)
      self.type = type;
      self.place = loadlibrary_native('allocate', 8);
      if ~isempty(varargin)
        self.store(varargin{1});
      end
    end

    function value = get.Value(self)
      self.requireMemory();
      base = self.elementType();
      if strcmp(base, 'string')
        value = loadlibrary_native('string', self.address());
        return;
      end
      elementClass = loadlibrary_type('class', base);
      if isempty(elementClass)
        error('lib:pointer:noValue', ...
              'A %s has no Value that MATLAB could show: the type behind it is not known.', self.type);
      end
      if isempty(self.shape)
        error('lib:pointer:noSize', ...
              'The size of the memory behind this %s is not known; call setdatatype or reshape.', self.type);
      end
      value = reshape(loadlibrary_native('read', self.address(), elementClass, prod(self.shape)), self.shape);
    end

    function set.Value(self, value)
      self.store(value);
    end

    function type = get.DataType(self)
      type = self.type;
    end

    function null = isNull(self)
      null = self.address() == 0;
    end

    function setdatatype(self, type, varargin)
      loadlibrary_type('check', type);
      self.type = type;
      self.shape = [];
      if ~isempty(varargin)
        self.reshape(varargin{:});
      end
    end

    function reshape(self, varargin)
      shape = [varargin{:}];
      if isscalar(shape)
        shape = [shape, 1];
      end
      self.shape = double(shape);
    end

    function disp(self)
      fprintf('  lib.pointer of type %s, address 0x%x\n', self.type, self.address());
    end

    % The two below belong to the stand-in's calllib; MATLAB's class does not have them.
    function address = address(self)
      address = loadlibrary_native('read', self.place, 'uint64', 1);
    end

    function place = placeOfAddress(self)
      place = self.place;
    end

    function setAddress(self, address)
      loadlibrary_native('write', self.place, uint64(address));
    end

    function delete(self)
      % Octave may call this twice, so forget the memory before freeing it.
      owned = [self.place, self.memory];
      self.place = uint64(0);
      self.memory = uint64(0);
      for address = owned
        loadlibrary_native('free', address);
      end
    end
  end

  methods (Access = private)
    function base = elementType(self)
      base = regexprep(self.type, 'Ptr$', '');
    end

    function requireMemory(self)
      if self.isNull()
        error('lib:pointer:null', 'This %s is NULL and has no Value.', self.type);
      end
    end

    function store(self, value)
      elementClass = loadlibrary_type('class', self.elementType());
      isFree = any(strcmp(self.elementType(), {'void', 'string'}));
      if isempty(elementClass) && ~isFree
        error('lib:pointer:noValue', 'A %s cannot be made from a value.', self.type);
      end
      if ~(isnumeric(value) || islogical(value) || ischar(value))
        error('lib:pointer:wrongClass', 'A %s is made from numbers; this is a %s.', self.type, class(value));
      end
      if ~isempty(elementClass)
        value = feval(elementClass, value);
      end
      loadlibrary_native('free', self.memory);
      % No element is wider than 8 bytes; sizeof would be too small for ranges, which Octave stores as three numbers.
      self.memory = loadlibrary_native('allocate', 8 * numel(value));
      loadlibrary_native('write', self.memory, value);
      self.setAddress(self.memory);
      self.shape = size(value);
    end
  end
end
