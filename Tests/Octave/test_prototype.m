function test_prototype(log)
  % TEST_PROTOTYPE  The generated files for loadlibrary are those of the header, and the header is fit for MATLAB.

  log.section('prototype');
  tree = fileparts(testsRoot());
  header = fullfile(tree, 'include', 'netjac.h');
  log.check('netjac_proto.m and netjac_thunk.c are up to date', @() upToDate(tree, header));
  log.check('MATLAB''s parser takes the whole header', @() takesAll(header));
  log.check('the prototype says what the parser reads', @() agrees(header));
  log.check('both doors give every status the same identifier', @() statuses(tree));
  log.check('functionSignatures.json names what there is', @() signatures(tree));
end

function upToDate(tree, header)
  folder = tempname();
  mkdir(folder);
  netjac_generate(header, folder);
  for name = {'netjac_proto.m', 'netjac_thunk.c'}
    fresh = fileread(fullfile(folder, name{1}));
    must(strcmp(fileread(fullfile(tree, 'matlab', 'library', name{1})), fresh), ...
         '%s is not what netjac_generate makes of the header; run it', name{1});
    delete(fullfile(folder, name{1}));
  end
  rmdir(folder);
end

function takesAll(header)
  declared = loadlibrary_parse(header);
  mustBe(declared.messages, {});
  must(all([declared.functions.callable]), 'every function should be callable');
  % Counted another way: by the names that a compiler sees.
  [~, output] = system(sprintf('cc -E -P "%s" | grep -o "netjac_[a-z0-9_]*(" | sort -u', header));
  names = strrep(strsplit(strtrim(output), "\n"), '(', '');
  mustBe(sort({declared.functions.name}), names);
end

% On Linux int64_t is MATLAB's long to the parser; the prototype says int64, which is the same there and right elsewhere.
function agrees(header)
  declared = loadlibrary_parse(header);
  methods = netjac_proto();
  mustBe(methods.name, {declared.functions.name});
  for k = 1:numel(methods.name)
    f = declared.functions(k);
    result = methods.LHS{k};
    if isempty(result)
      result = '';
    end
    types = methods.RHS{k};
    if isempty(types)
      types = {};
    end
    mustBe(result, fixedWidth(f.result));
    mustBe(types, cellfun(@fixedWidth, f.arguments, 'UniformOutput', false));
  end
  [~, ~, enums] = netjac_proto();
  mustBe(enums, declared.enums);
end

function type = fixedWidth(type)
  type = regexprep(type, '^ulong', 'uint64');
  type = regexprep(type, '^long', 'int64');
end

function statuses(tree)
  [~, ~, enums] = netjac_proto();
  source = fileread(fullfile(tree, 'matlab', 'mex', 'netjac_mex.c'));
  for name = fieldnames(enums.netjac_status_code).'
    status = enums.netjac_status_code.(name{1});
    if status == 0
      continue;
    end
    inGateway = regexp(source, ['case ', name{1}, ': return "(\w+)";'], 'tokens', 'once');
    must(~isempty(inGateway), 'netjac_mex.c has no identifier for %s', name{1});
    mustBe(netjac.internal.problem(status), inGateway{1});
  end
end

function signatures(tree)
  text = fileread(fullfile(tree, 'matlab', 'resources', 'functionSignatures.json'));
  jsondecode(text);
  named = regexp(text, '"(netjac\.[\w.]+)": \{', 'tokens');
  named = cellfun(@(t) t{1}, named, 'UniformOutput', false);
  methods_ = setdiff(methods('netjac.Network'), {'Network', 'delete', 'disp', 'saveobj', 'loadobj', 'libraryHandle', ...
                                                 'adopt', 'readDescription'});
  wanted = [{'netjac.load'; 'netjac.check'; 'netjac.door'; 'netjac.version'; 'netjac.mlp'; 'netjac.train'; 'netjac.plotTraining'; ...
             'netjac.interrupted'; 'netjac.numericalGradient'; 'netjac.Graph.input'; 'netjac.Graph.parameter'; ...
             'netjac.Graph.network'; 'netjac.Graph.evaluator'}; strcat('netjac.Network.', methods_(:))];
  mustBe(sort(named(:)), sort(wanted));
end
