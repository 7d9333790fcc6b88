function result = netjac_handles(task, varargin)
  % NETJAC_HANDLES  The pointers behind the handles of netjac_mex; MATLAB cannot make a pointer of a number.
  %
  %   handle  = netjac_handles('add', pointer)
  %   pointer = netjac_handles('find', kind, handle)        kind: 'network', 'graph', 'trainer', 'store' or 'study'
  %   pointer = netjac_handles('release', kind, handle)     [] if it is none of that kind
  %   count   = netjac_handles('count')
  %
  % A handle is the place of its pointer in a list that only grows, so that one that was released is never
  % taken for another.

  persistent pointers alive
  if isempty(alive)
    pointers = {};
    alive = 0;
  end
  switch task
    case 'add'
      pointers{end + 1} = varargin{1};
      alive = alive + 1;
      mlock();
      result = uint64(numel(pointers));
    case 'find'
      [result, state] = found(pointers, varargin{:});
      if isempty(result)
        netjac.internal.argument('handle', varargin{1}, '', varargin{2}, state);
      end
    case 'release'
      [result, ~] = found(pointers, varargin{:});
      if ~isempty(result)
        pointers{varargin{2}} = [];
        alive = alive - 1;
        if alive == 0
          munlock();
        end
      end
    case 'count'
      result = alive;
  end
end

% state: -1 if it was released.
function [pointer, state] = found(pointers, kind, handle)
  pointer = [];
  state = 0;
  if ~isa(handle, 'uint64') || ~isscalar(handle) || handle > numel(pointers)
    return;
  end
  if handle == 0 || isempty(pointers{handle})
    state = -1;
  elseif strcmp(pointers{handle}.DataType, ['netjac_', kind, 'Ptr'])
    pointer = pointers{handle};
  end
end
