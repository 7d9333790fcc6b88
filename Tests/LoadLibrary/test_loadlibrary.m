function test_loadlibrary(log, folder)
  % TEST_LOADLIBRARY  Tests of the loadlibrary stand-in itself, against sample/sample.h.
  %
  %   test_loadlibrary(log, folder)      folder: where the sample library is built

  here = fileparts(mfilename('fullpath'));
  header = fullfile(here, 'sample', 'sample.h');
  library = fullfile(folder, 'libsample.so');
  [status, output] = system(sprintf('cc -shared -fPIC -o "%s" "%s" 2>&1', library, fullfile(here, 'sample', 'sample.c')));
  must(status == 0, 'the sample library does not build:\n%s', output);

  log.section('loadlibrary stand-in');
  [notFound, warnings] = loadlibrary(library, header, 'alias', 'sample');
  declared = loadlibrary_parse(header);
  names = libfunctions('sample');

  log.check('functions that the parser takes', @() takes(names));
  log.check('constructs that it rejects or mangles', @() rejects(names, declared, warnings));
  log.check('functions that the library lacks', @() mustBe(any(strcmp('sample_missing', notFound)), true));
  log.check('signatures', @() signatures());
  log.check('enumerations', @() enumerations(declared));
  log.check('structs', @() structs(declared));
  log.check('extern "C" in sight', @() mustFail( ...
    @() loadlibrary_parse(fullfile(here, 'sample', 'sample_cplusplus.h')), 'MATLAB:loadlibrary:cplusplus'));
  log.check('addheader', @() addedHeader(header, here));
  log.check('scalars come back as double', @() scalars());
  log.check('text', @() text());
  log.check('arrays are copied in and out', @() arrays());
  log.check('opaque pointers', @() opaque());
  log.check('pointers to values', @() pointers());
  log.check('enumerators arrive as names', @() mustBe(calllib('sample', 'sample_next_colour', 0), 'SAMPLE_GREEN'));
  log.check('wrong calls', @() wrongCalls());

  unloadlibrary('sample');
  log.check('unloadlibrary', @() unloaded());
end

function takes(names)
  wanted = {'sample_add', 'sample_create', 'sample_next', 'sample_release', 'sample_text', 'sample_null_text', ...
            'sample_scale', 'sample_sum_f32', 'sample_mean', 'sample_upper', 'sample_next_colour', 'sample_small', ...
            'sample_bytes', 'sample_fill', 'sample_same', 'sample_three', 'sample_callback', 'x_sample_underscore'};
  mustBe(sort(wanted(:)), names(:));
end

function rejects(names, declared, warnings)
  parsed = {declared.functions.name};
  for name = {'sample_visible', 'sample_comma', 'sample_nonnull', 'sample_only_in_an_included_file'}
    must(~any(strcmp(name{1}, parsed)), '%s should be lost', name{1});
  end
  must(any(strcmp('__attribute__', parsed)), 'the word before the first "(" should be taken for a function');
  for name = {'sample_restrict', 'sample_variadic', 'sample_long_double', 'sample_complex', 'sample_stop', ...
              'sample_by_value', 'sample_unknown'}
    must(any(strcmp(name{1}, parsed)), '%s should be parsed', name{1});
    must(~any(strcmp(name{1}, names)), '%s should not be callable', name{1});
  end
  must(isempty(strfind(warnings, 'sample_comma')), 'a function pointer with a comma is dropped without a message');
  must(~isempty(strfind(warnings, 'sample_restrict')), 'restrict should be warned of');
end

function signatures()
  full = libfunctions('sample', '-full');
  for expected = {'int32 sample_add(int32, int32)', ...
                  '[int32, sample_counterPtrPtr] sample_create(int32, sample_counterPtrPtr)', ...
                  '[long, sample_counterPtr] sample_next(sample_counterPtr)', ...
                  'cstring sample_text()', ...
                  'doublePtr sample_scale(doublePtr, ulong, double)', ...
                  '[single, singlePtr] sample_sum_f32(singlePtr, long)', ...
                  '[double, doublePtr] sample_mean(doublePtr, int32)', ...
                  'uint8 sample_small(uint8, int16, ulong, uint64, bool)', ...
                  '[long, voidPtr] sample_bytes(voidPtr, ulong)', ...
                  '[longPtr, int32Ptr] sample_fill(longPtr, int32Ptr, ulong)', ...
                  'voidPtr sample_three(voidPtr)', ...
                  'FcnPtr sample_callback(FcnPtr, int32)', ...
                  'sample_colour sample_next_colour(sample_colour)', ...
                  '[sample_counterPtr, sample_counterPtr] sample_same(sample_counterPtr)'}
    must(any(strcmp(expected{1}, full)), 'there is no "%s" in\n%s', expected{1}, strjoin(full(:).', "\n"));
  end
end

function enumerations(declared)
  mustBe(declared.enums.sample_colour, ...
         struct('SAMPLE_RED', 0, 'SAMPLE_GREEN', 5, 'SAMPLE_BLUE', 6, 'SAMPLE_MASK', 16, 'SAMPLE_SUM', 7));
  mustBe(declared.enums.sample_code, struct('SAMPLE_OK', 0, 'SAMPLE_BAD', -1));
  mustBe(sort(fieldnames(declared.enums)), {'sample_code'; 'sample_colour'});
end

function structs(declared)
  mustBe(declared.structs.sample_counter, {});
  mustBe(declared.structs.sample_forward, {});
  mustBe(declared.structs.sample_point, {'x', 'y', 'name'});
  for name = {'sample_union', 'sample_bits', 'sample_nested'}
    must(~isfield(declared.structs, name{1}), '%s should be skipped', name{1});
  end
end

function addedHeader(header, here)
  declared = loadlibrary_parse(header, {fullfile(here, 'sample', 'sample_types.h')});
  must(any(strcmp('sample_only_in_an_included_file', {declared.functions.name})), 'addheader should add its functions');
end

function scalars()
  sum = calllib('sample', 'sample_add', int32(2), 3.0);
  mustBe(sum, 5);
  mustBe(class(sum), 'double');
  mustBe(calllib('sample', 'sample_small', 1, -2, 3, 4, true), 7);
end

function text()
  mustBe(calllib('sample', 'sample_text'), 'text');
  must(isempty(calllib('sample', 'sample_null_text')), 'a NULL text should be empty');
  mustBe(calllib('sample', 'sample_upper', 'Mixed'), 'MIXED');
end

function arrays()
  values = [1 2; 3 4];
  scaled = calllib('sample', 'sample_scale', values, 4, 10);
  mustBe(scaled, [10 20; 30 40]);
  mustBe(values, [1 2; 3 4]);
  mustBe(calllib('sample', 'sample_scale', [], 4, 10), []);
  mustBe(calllib('sample', 'sample_sum_f32', single([1 2 3]), 3), 6);
  mustBe(calllib('sample', 'sample_mean', [1 2 6], 3), 3);
  mustBe(calllib('sample', 'sample_fill', zeros(1, 2, 'int64'), int32([1 -1]), 2), int64([2^33, -2^33]));
  mustBe(calllib('sample', 'sample_bytes', uint8([1 2 250]), 3), 253);
end

function opaque()
  counter = libpointer('sample_counterPtr');
  must(isNull(counter), 'a new pointer should be NULL');
  [status, returned] = calllib('sample', 'sample_create', 41, counter);
  mustBe(status, 0);
  must(~isNull(counter) && ~isNull(returned), 'the handle should be in the pointer that was passed');
  mustBe(calllib('sample', 'sample_next', counter), 42);
  same = calllib('sample', 'sample_same', counter);
  mustBe(class(same), 'lib.pointer');
  mustBe(calllib('sample', 'sample_next', same), 43);
  mustBe(calllib('sample', 'sample_next', []), -1);
  mustFail(@() counter.Value, 'lib:pointer:noValue');
  calllib('sample', 'sample_release', counter);
end

function pointers()
  p = libpointer('doublePtr', [1 2; 3 4]);
  calllib('sample', 'sample_scale', p, 4, 2);
  mustBe(p.Value, [2 4; 6 8]);
  reshape(p, 1, 4);
  mustBe(p.Value, [2 6 4 8]);
  bytes = libpointer('uint8Ptr', uint8([1 2 3]));
  mustBe(calllib('sample', 'sample_bytes', bytes, 3), 6);
  setdatatype(bytes, 'int8Ptr', 3, 1);
  mustBe(bytes.Value, int8([1; 2; 3]));
  mustFail(@() libpointer('doublePtr').Value, 'lib:pointer:null');
end

function wrongCalls()
  mustFail(@() calllib('nobody', 'sample_add', 1, 2), 'MATLAB:libisloaded:notLoaded');
  mustFail(@() calllib('sample', 'sample_nothing'), 'MATLAB:unassignedOutputs');
  mustFail(@() calllib('sample', 'sample_add', 1), 'MATLAB:calllib:argumentCount');
  mustFail(@() calllib('sample', 'sample_add', [1 2], 3), 'MATLAB:calllib:scalar');
  mustFail(@() calllib('sample', 'sample_scale', single([1 2]), 2, 3), 'MATLAB:calllib:arrayClass');
  mustFail(@() calllib('sample', 'sample_upper', 5), 'MATLAB:calllib:string');
  mustFail(@() calllib('sample', 'sample_next', libpointer('sample_pointPtr')), 'MATLAB:calllib:pointerType');
  mustFail(@() tooManyOutputs(), 'MATLAB:maxlhs');
end

function tooManyOutputs()
  [a, b] = calllib('sample', 'sample_add', 1, 2);
end

function unloaded()
  must(~libisloaded('sample'), 'it should not be loaded any more');
end
