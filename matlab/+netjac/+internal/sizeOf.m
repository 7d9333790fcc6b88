function varargout = sizeOf(sizes, varargin)
  % SIZEOF  What the function size gives for something of these sizes.
  if nargin > 1
    if isscalar(varargin) && ~isscalar(varargin{1})
      places = varargin{1};
    else
      places = [varargin{:}];
    end
    result = ones(1, numel(places));
    isInside = places <= numel(sizes);
    result(isInside) = sizes(places(isInside));
    if nargout < 2
      varargout{1} = result;
    else
      varargout = num2cell(result);
    end
  elseif nargout < 2
    varargout{1} = sizes;
  else
    padded = [sizes, ones(1, nargout - numel(sizes))];
    varargout = num2cell([padded(1:nargout - 1), prod(padded(nargout:end))]);
  end
end
