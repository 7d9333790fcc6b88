function text = netjac_text(area, name, varargin)
  % NETJAC_TEXT  The text that a function of the library writes into a buffer, which follows its other arguments.
  %
  % Belongs to netjac_mex.
  [status, returned{1:numel(varargin) + 2}] = calllib('netjac', name, varargin{:}, [], 0, uint64(0));
  netjac_check(area, status);
  needed = double(returned{end});
  [status, returned{:}] = calllib('netjac', name, varargin{:}, blanks(needed), needed, []);
  netjac_check(area, status);
  text = returned{end - 1};
end
