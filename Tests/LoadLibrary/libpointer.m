function p = libpointer(type, varargin)
  % LIBPOINTER  Stand-in for MATLAB's function of the same name.
  %
  %   p = libpointer                  NULL, of type voidPtr
  %   p = libpointer(type)            NULL, of the given type
  %   p = libpointer(type, value)     points to a copy of value

  if nargin < 1
    type = 'voidPtr';
  end
  if isempty(regexp(type, 'Ptr$', 'once'))
    type = [type, 'Ptr'];
  end
  p = lib.pointer(type, varargin{:});
end
