function text = sizeText(sizes)
  % SIZETEXT  A size for messages: 10-by-500.
  text = sprintf('%d-by-', sizes);
  text = text(1:end - 4);
end
