function state = hostState()
  % HOSTSTATE  What a library may spoil in the process that loads it.

  state.blasThreads = blasThreads();
  state.processors = nproc();
  state.folder = pwd();
  for name = {'PATH', 'LD_LIBRARY_PATH', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'GOTO_NUM_THREADS', ...
              'OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE', 'LC_ALL', 'LANG', 'HOME'}
    state.environment.(name{1}) = getenv(name{1});
  end
  state.smallestNumber = realmin() * eps();          % 0 if something switched denormal numbers off
  state.third = sprintf('%.17g', 1 / 3);             % shows rounding mode and decimal point
  state.handledSignals = regexp(fileread('/proc/self/status'), 'Sig(?:Cgt|Ign|Blk):\s*\w+', 'match');
end

% How many threads the OpenBLAS that Octave itself uses would take; -1 if it uses another BLAS.
function count = blasThreads()
  count = -1;
  library = regexp(fileread('/proc/self/maps'), '/\S*libopenblas\S*', 'match', 'once');
  if isempty(library)
    return;
  end
  handle = loadlibrary_native('open', library);
  address = loadlibrary_native('symbol', handle, 'openblas_get_num_threads');
  if address ~= 0
    count = loadlibrary_native('call', address, uint64(0), 'int32', {}, {});
  end
  loadlibrary_native('close', handle);
end
