function name = studyName(url, settings, known)
  % STUDYNAME  Which study of a store is meant: the one that was named, or the only one.
  %
  % Without inputs it must be there, for a slip of the pen must not make a new one.

  name = settings.study;
  isNew = ~isempty(settings.inputs);
  if isempty(name) && isscalar(known)
    name = known{1};
  elseif isempty(name) && isempty(known) && isNew
    [~, name] = fileparts(regexprep(url, '[?#].*$', ''));
  elseif isempty(name)
    error('netjac:store:notFound', '''%s'' has %s; say which with ''study'', and give ''inputs'' and ''outputs'' to make a new one.', ...
          url, listed(known));
  end
  if ~isNew && ~any(strcmp(name, known))
    error('netjac:store:notFound', ...
          'There is no study ''%s'' in ''%s'', which has %s; give ''inputs'' and ''outputs'' to make it.', name, url, listed(known));
  end
end

function text = listed(names)
  text = 'no studies';
  if ~isempty(names)
    text = ['the studies ''', strjoin(names, ''', '''), ''''];
  end
end
