function refuseCommand(command, arguments, given)
  % REFUSECOMMAND  Raises the error for a call of netjac_mex that is none.
  %
  %   refuseCommand()                              for anybody who calls it by hand
  %   refuseCommand(command)                       there is no such command
  %   refuseCommand(command, arguments, given)     it takes these arguments, and so many were given
  if nargin == 0
    error('netjac:mex:unknownCommand', 'netjac_mex belongs to the package netjac; call netjac.load instead.');
  elseif nargin == 1
    error('netjac:mex:unknownCommand', 'There is no command ''%s''.', command);
  end
  expected = numel(strfind(arguments, ',')) + ~isempty(arguments);
  error('netjac:mex:missingArgument', '''%s'' takes %d arguments (%s); %d were given.', ...
        command, expected, arguments, given);
end
