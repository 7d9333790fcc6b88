function [net, c] = corpusNetwork(name)
  % CORPUSNETWORK  Loads the network of a case of Tests/Corpus, with the case.
  c = corpusCase(fullfile(testsRoot(), 'Corpus', 'cases', name));
  net = netjac.load(c.file, c.options{:});
end
