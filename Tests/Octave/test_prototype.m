function test_prototype(log)
  % TEST_PROTOTYPE  The generated files for loadlibrary are those of the header, and the header is fit for MATLAB.

  log.section('prototype');
  tree = fileparts(testsRoot());
  header = fullfile(tree, 'include', 'netjac.h');
  log.check('the generated files are up to date', @() upToDate(tree, header));
  log.check('MATLAB''s parser takes the whole header', @() takesAll(header));
  log.check('the prototype says what the parser reads', @() agrees(header));
  log.check('every status has an identifier of its own', @() statuses());
  log.check('functionSignatures.json names what there is', @() signatures(tree));
end

function upToDate(tree, header)
  folder = tempname();
  mkdir(folder);
  netjac_generate(header, folder);
  for name = {'netjac_proto.m', 'netjac_thunk.c', 'netjac_commands.m'}
    fresh = fileread(fullfile(folder, name{1}));
    must(strcmp(fileread(fullfile(tree, 'matlab', 'library', name{1})), fresh), ...
         '%s is not what netjac_generate makes; run it', name{1});
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

function statuses()
  [~, ~, enums] = netjac_proto();
  identifiers = {};
  for name = fieldnames(enums.netjac_status_code).'
    status = enums.netjac_status_code.(name{1});
    if status ~= 0
      identifiers{end + 1} = netjac.internal.failure('load', status);
    end
  end
  mustBe(numel(unique(identifiers)), numel(identifiers));
  stores = cellfun(@(name) netjac.internal.failure('store', enums.netjac_status_code.(name)), ...
                   setdiff(fieldnames(enums.netjac_status_code), {'NETJAC_OK'}), 'UniformOutput', false);
  mustBe(numel(unique(stores)), numel(stores));
  mustFail(@() netjac.internal.failure('store', -1, 'no', 'outOfBounds'), 'netjac:store:outOfBounds', 'no');
  must(~any(strcmp(identifiers, 'netjac:load:unknownProblem')), 'failure.m lacks a status of the header');
  mustBe(netjac.internal.failure('load', -1000), 'netjac:load:unknownProblem');
end

function signatures(tree)
  text = fileread(fullfile(tree, 'matlab', 'resources', 'functionSignatures.json'));
  jsondecode(text);
  named = regexp(text, '"(netjac\.[\w.]+)": \{', 'tokens');
  named = cellfun(@(t) t{1}, named, 'UniformOutput', false);
  methods_ = setdiff(methods('netjac.Network'), {'Network', 'delete', 'disp', 'saveobj', 'loadobj', 'libraryHandle', ...
                                                 'adopt', 'readDescription', 'noteTraining'});
  stores = setdiff(methods('netjac.Store'), {'Store', 'delete', 'disp', 'saveobj', 'loadobj', 'libraryHandle', 'openStudy'});
  wanted = [{'netjac.Store'; 'netjac.load'; 'netjac.check'; 'netjac.door'; 'netjac.version'; 'netjac.mlp'; 'netjac.train'; 'netjac.plotTraining'; ...
             'netjac.interrupted'; 'netjac.numericalGradient'; 'netjac.Graph.input'; 'netjac.Graph.parameter'; ...
             'netjac.Graph.network'; 'netjac.Graph.evaluator'}; strcat('netjac.Network.', methods_(:)); ...
            strcat('netjac.Store.', stores(:))];
  mustBe(sort(named(:)), sort(wanted));
end
