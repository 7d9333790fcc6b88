function title = operationTitle(record)
  % OPERATIONTITLE  What a drawing writes into the node of an operation.
  title = strtrim(record.text);
  if strcmp(record.kind, 'index')
    title = ['(', title, ')'];
  elseif isfield(record, 'rest')
    title = [title, ' ', record.rest];
  end
end
