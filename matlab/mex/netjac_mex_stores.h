/*
 * netjac_mex_stores.h - The commands of netjac_mex that belong to stores of samples; a part of netjac_mex.c.
 *
 * A study's x is n-by-N and its y m-by-N, which is the library's order in memory. Jacobians come and go as columns of
 * m n numbers, row-major; netjac.internal.store.jacobianPages makes m-by-n-by-N of them.
 */

static netjac_store *store_of(const call *c)
{
  return (netjac_store *)handle_of(c, NETJAC_HANDLE_STORE);
}

/* A study with its sizes. */
typedef struct {
  netjac_study *study;
  int64_t input_size;
  int64_t output_size;
} study_subject;

static study_subject study_of(const call *c)
{
  study_subject s;
  s.study = (netjac_study *)handle_of(c, NETJAC_HANDLE_STUDY);
  s.input_size = netjac_study_size(s.study, NETJAC_INPUT);
  s.output_size = netjac_study_size(s.study, NETJAC_OUTPUT);
  return s;
}

/* NULL for a text that is empty. */
static const char *text_or_none(const call *c, const char *name, const mxArray *array)
{
  const char *text = text_argument(c, name, array);
  return *text ? text : NULL;
}

/* x, rows-by-N. */
static const double *points_argument(const call *c, const char *name, const mxArray *array, int64_t rows,
                                     int64_t *samples)
{
  if (!is_double(array) || mxGetNumberOfDimensions(array) != 2 || (int64_t)mxGetM(array) != rows)
    refuse(c, "points", name, array, 1, (double)rows, 0);
  *samples = (int64_t)mxGetN(array);
  return (const double *)mxGetData(array);
}

/* NULL for []. */
static const double *jacobian_argument(const call *c, const mxArray *array, const study_subject *s, int64_t samples)
{
  if (mxIsEmpty(array))
    return NULL;
  return doubles_argument(c, "jacobian", array, s->input_size * s->output_size * samples);
}

/* Numbers of samples and claims, of which there may be more than values of a graph. */
static int64_t *numbers_argument(const call *c, const char *name, const mxArray *array, int64_t count)
{
  const double *given = doubles_argument(c, name, array, count);
  const size_t length = mxGetNumberOfElements(array);
  int64_t *numbers = (int64_t *)mxMalloc(length * sizeof *numbers + 1);
  size_t k;
  for (k = 0; k < length; k++) {
    if (!(given[k] >= -LARGEST_WHOLE && given[k] <= LARGEST_WHOLE) || given[k] != (double)(int64_t)given[k])
      refuse(c, "numbers", name, array, 0, 0, 0);
    numbers[k] = (int64_t)given[k];
  }
  return numbers;
}

/* An array of doubles that is as large as memory lets it be. */
static mxArray *matrix_result(const call *c, int64_t rows, int64_t columns)
{
  if (rows != 0 && columns > INT64_MAX / 64 / rows)
    no_memory(c, "The result would have more elements than memory can hold; ask for fewer samples.");
  return mxCreateDoubleMatrix((mwSize)rows, (mwSize)columns, mxREAL);
}

static double *numbers_of(mxArray *array)
{
  return (double *)mxGetData(array);
}

static int64_t *int64_memory(int64_t count)
{
  return (int64_t *)mxCalloc((size_t)count + 1, sizeof(int64_t));
}

static mxArray *states_result(const int32_t *states, int64_t count)
{
  mxArray *result = double_row(count);
  int64_t k;
  for (k = 0; k < count; k++)
    numbers_of(result)[k] = states[k];
  return result;
}

/* The first columns of a matrix, as its own memory. */
static mxArray *shortened(mxArray *array, int64_t columns)
{
  if ((int64_t)mxGetN(array) != columns)
    mxSetN(array, (mwSize)columns);
  return array;
}

/* ---- Points ---------------------------------------------------------------------------------------------- */

static void run_studyLookUp(call *c)
{
  const study_subject s = study_of(c);
  int64_t samples;
  const double *x = points_argument(c, "x", c->given[1], s.input_size, &samples);
  mxArray *y = matrix_result(c, s.output_size, samples);
  int32_t *states = (int32_t *)mxCalloc((size_t)samples + 1, sizeof *states);
  check(c, netjac_study_find(s.study, samples, x, NULL, states, numbers_of(y), NULL, NULL));
  c->results[0] = y;
  c->results[1] = states_result(states, samples);
  mxFree(states);
}

static void run_studyFind(call *c)
{
  static const char *fields[] = {"ids", "states", "y", "jacobian", "seconds"};
  const study_subject s = study_of(c);
  int64_t samples;
  const double *x = points_argument(c, "x", c->given[1], s.input_size, &samples);
  mxArray *found = mxCreateStructMatrix(1, 1, 5, fields);
  mxArray *y = matrix_result(c, s.output_size, samples);
  mxArray *jacobian = matrix_result(c, s.output_size * s.input_size, samples);
  mxArray *seconds = double_row(samples);
  int64_t *ids = int64_memory(samples);
  int32_t *states = (int32_t *)mxCalloc((size_t)samples + 1, sizeof *states);
  check(c, netjac_study_find(s.study, samples, x, ids, states, numbers_of(y), numbers_of(jacobian),
                             numbers_of(seconds)));
  mxSetField(found, 0, "ids", integers_result(ids, samples));
  mxSetField(found, 0, "states", states_result(states, samples));
  mxSetField(found, 0, "y", y);
  mxSetField(found, 0, "jacobian", jacobian);
  mxSetField(found, 0, "seconds", seconds);
  c->results[0] = found;
}

static void run_studyAdd(call *c)
{
  const study_subject s = study_of(c);
  int64_t samples, added = 0;
  const double *x = points_argument(c, "x", c->given[1], s.input_size, &samples);
  const char *tag = text_or_none(c, "tag", c->given[2]);
  const double priority = *doubles_argument(c, "priority", c->given[3], 1);
  int64_t *ids = int64_memory(samples);
  check(c, netjac_study_add(s.study, samples, x, tag, priority, ids, &added));
  c->results[0] = integers_result(ids, samples);
  c->results[1] = mxCreateDoubleScalar((double)added);
}

static void run_studyClaim(call *c)
{
  static const char *fields[] = {"ids", "tokens", "x"};
  const study_subject s = study_of(c);
  const int64_t most = whole_number(c, "most", c->given[1], 0, 1e6);
  const char *filter = text_or_none(c, "filter", c->given[2]);
  const double wait = *doubles_argument(c, "wait", c->given[3], 1);
  int64_t *ids = int64_memory(most), *tokens = int64_memory(most), claimed = 0;
  mxArray *x = matrix_result(c, s.input_size, most);
  mxArray *claims = mxCreateStructMatrix(1, 1, 3, fields);
  check(c, netjac_study_claim(s.study, most, filter, wait, ids, tokens, numbers_of(x), &claimed));
  mxSetField(claims, 0, "ids", integers_result(ids, claimed));
  mxSetField(claims, 0, "tokens", integers_result(tokens, claimed));
  mxSetField(claims, 0, "x", shortened(x, claimed));
  c->results[0] = claims;
}

static void run_studyPut(call *c)
{
  const study_subject s = study_of(c);
  int64_t samples;
  const double *y = points_argument(c, "y", c->given[3], s.output_size, &samples);
  int64_t *ids = numbers_argument(c, "ids", c->given[1], samples);
  int64_t *tokens = numbers_argument(c, "tokens", c->given[2], samples);
  const double *jacobian = jacobian_argument(c, c->given[4], &s, samples);
  const double *seconds = mxIsEmpty(c->given[5]) ? NULL : doubles_argument(c, "seconds", c->given[5], samples);
  int32_t *taken = (int32_t *)mxCalloc((size_t)samples + 1, sizeof *taken);
  check(c, netjac_study_put(s.study, samples, ids, tokens, y, jacobian, seconds, taken));
  c->results[0] = states_result(taken, samples);
}

static void run_studyPutArray(call *c)
{
  netjac_study *study = study_of(c).study;
  const int64_t id = whole_number(c, "id", c->given[1], 0, LARGEST_WHOLE);
  const char *output = text_argument(c, "output", c->given[2]);
  const double *values = doubles_argument(c, "values", c->given[3], -1);
  check(c, netjac_study_put_array(study, id, output, (int64_t)mxGetNumberOfElements(c->given[3]), values));
}

static void run_studyGetArray(call *c)
{
  netjac_study *study = study_of(c).study;
  const int64_t id = whole_number(c, "id", c->given[1], 0, LARGEST_WHOLE);
  const char *output = text_argument(c, "output", c->given[2]);
  int64_t needed = 0;
  check(c, netjac_study_get_array(study, id, output, NULL, 0, &needed));
  c->results[0] = matrix_result(c, needed, 1);
  check(c, netjac_study_get_array(study, id, output, numbers_of(c->results[0]), needed, NULL));
}

static void run_studyFail(call *c)
{
  netjac_study *study = study_of(c).study;
  const int64_t id = whole_number(c, "id", c->given[1], 0, LARGEST_WHOLE);
  const int64_t token = whole_number(c, "token", c->given[2], 0, LARGEST_WHOLE);
  const char *message = text_or_none(c, "message", c->given[3]);
  const int64_t final = whole_number(c, "final", c->given[4], 0, 1);
  check(c, netjac_study_fail(study, id, token, message, (int32_t)final));
}

static void run_studyReturn(call *c)
{
  netjac_study *study = study_of(c).study;
  const int64_t samples = (int64_t)mxGetNumberOfElements(c->given[1]);
  int64_t *ids = numbers_argument(c, "ids", c->given[1], samples);
  int64_t *tokens = numbers_argument(c, "tokens", c->given[2], samples);
  check(c, netjac_study_return(study, samples, ids, tokens));
}

static void run_studyInsert(call *c)
{
  const study_subject s = study_of(c);
  int64_t samples, inserted = 0;
  const double *x = points_argument(c, "x", c->given[1], s.input_size, &samples);
  const double *y = doubles_argument(c, "y", c->given[2], s.output_size * samples);
  const double *jacobian = jacobian_argument(c, c->given[3], &s, samples);
  check(c, netjac_study_insert(s.study, samples, x, y, jacobian, text_or_none(c, "tag", c->given[4]), &inserted));
  c->results[0] = mxCreateDoubleScalar((double)inserted);
}

static void run_studyCount(call *c)
{
  netjac_study *study = study_of(c).study;
  int64_t count = 0;
  check(c, netjac_study_count(study, text_or_none(c, "filter", c->given[1]), &count));
  c->results[0] = mxCreateDoubleScalar((double)count);
}

static void run_studyRead(call *c)
{
  static const char *fields[] = {"ids", "x", "y", "jacobian"};
  const study_subject s = study_of(c);
  const char *filter = text_or_none(c, "filter", c->given[1]);
  const int64_t after = whole_number(c, "after", c->given[2], -LARGEST_WHOLE, LARGEST_WHOLE);
  const int64_t most = whole_number(c, "most", c->given[3], 0, 1e9);
  const int64_t wants_jacobian = whole_number(c, "wantsJacobian", c->given[4], 0, 1);
  int64_t *ids = int64_memory(most), count = 0;
  mxArray *x = matrix_result(c, s.input_size, most);
  mxArray *y = matrix_result(c, s.output_size, most);
  mxArray *jacobian = matrix_result(c, s.output_size * s.input_size, wants_jacobian ? most : 0);
  mxArray *samples = mxCreateStructMatrix(1, 1, 4, fields);
  check(c, netjac_study_read(s.study, filter, after, most, ids, numbers_of(x), numbers_of(y),
                             wants_jacobian ? numbers_of(jacobian) : NULL, &count));
  mxSetField(samples, 0, "ids", integers_result(ids, count));
  mxSetField(samples, 0, "x", shortened(x, count));
  mxSetField(samples, 0, "y", shortened(y, count));
  mxSetField(samples, 0, "jacobian", wants_jacobian ? shortened(jacobian, count) : jacobian);
  mxFree(ids);
  c->results[0] = samples;
}

static void run_studyRecords(call *c)
{
  netjac_study *study = study_of(c).study;
  const char *filter = text_or_none(c, "filter", c->given[1]);
  const int64_t after = whole_number(c, "after", c->given[2], -LARGEST_WHOLE, LARGEST_WHOLE);
  const int64_t most = whole_number(c, "most", c->given[3], 0, 1e9);
  const char *fields = text_or_none(c, "fields", c->given[4]);
  size_t size = 0, needed = 1 << 16;
  char *text = NULL;
  /* Others may have added to it since it was measured. */
  while (needed > size) {
    mxFree(text);
    size = needed + needed / 8;
    text = (char *)mxCalloc(size + 1, 1);
    check(c, netjac_study_records(study, filter, after, most, fields, text, size, &needed));
  }
  c->results[0] = mxCreateString(text);
  mxFree(text);
}

static void run_studyChange(call *c)
{
  netjac_study *study = study_of(c).study;
  const char *filter = text_or_none(c, "filter", c->given[1]);
  int64_t changed = 0;
  check(c, netjac_study_change(study, filter, text_argument(c, "action", c->given[2]), &changed));
  c->results[0] = mxCreateDoubleScalar((double)changed);
}

static void run_studyExport(call *c)
{
  netjac_study *study = study_of(c).study;
  const char *filter = text_or_none(c, "filter", c->given[1]);
  check(c, netjac_study_export(study, filter, text_argument(c, "file", c->given[2])));
}

static void run_studyImport(call *c)
{
  netjac_study *study = study_of(c).study;
  int64_t inserted = 0;
  check(c, netjac_study_import(study, text_argument(c, "file", c->given[1]), &inserted));
  c->results[0] = mxCreateDoubleScalar((double)inserted);
}

static void run_studyDesign(call *c)
{
  const study_subject s = study_of(c);
  const char *kind = text_argument(c, "kind", c->given[1]);
  const int64_t from = whole_number(c, "from", c->given[2], 0, LARGEST_WHOLE);
  const int64_t samples = whole_number(c, "samples", c->given[3], 0, 1e9);
  const int64_t seed = whole_number(c, "seed", c->given[4], -LARGEST_WHOLE, LARGEST_WHOLE);
  c->results[0] = matrix_result(c, s.input_size, samples);
  check(c, netjac_study_design(s.study, kind, from, samples, seed, numbers_of(c->results[0])));
}

/* ---- Studies --------------------------------------------------------------------------------------------- */

static void run_studyOpen(call *c)
{
  netjac_store *store = store_of(c);
  netjac_study *study = NULL;
  const char *name = text_argument(c, "name", c->given[1]);
  netjac_options *options = options_argument(c, c->given[2]);
  const netjac_status status = netjac_study_open(store, name, options, &study);
  netjac_options_release(options);
  check(c, status);
  c->results[0] = new_handle(study);
}

static void run_studyRelease(call *c)
{
  void *pointer = pointer_in(c->given[0]);
  if (netjac_handle_kind(pointer) != NETJAC_HANDLE_STUDY)
    return;
  netjac_study_release((netjac_study *)pointer);
  count_one_less();
}

static void run_studyVariable(call *c)
{
  netjac_study *study = study_of(c).study;
  const int64_t role = whole_number(c, "role", c->given[1], NETJAC_INPUT, NETJAC_OUTPUT);
  const char *name = text_argument(c, "name", c->given[2]);
  const int64_t size = whole_number(c, "size", c->given[3], -LARGEST_WHOLE, LARGEST_WHOLE);
  check(c, netjac_study_variable(study, (int32_t)role, name, size, text_or_none(c, "details", c->given[4])));
}

static void run_studyVersion(call *c)
{
  netjac_study *study = study_of(c).study;
  const char *label = text_argument(c, "label", c->given[1]);
  const char *simulator = text_or_none(c, "simulator", c->given[2]);
  const char *parameters = text_or_none(c, "parameters", c->given[3]);
  check(c, netjac_study_version(study, label, simulator, parameters, text_or_none(c, "source", c->given[4])));
}

static mxArray *variables_of(const call *c, netjac_study *study, int32_t role)
{
  static const char *fields[] = {"name", "size", "details"};
  const int32_t count = netjac_study_variable_count(study, role);
  mxArray *variables;
  int32_t k;
  if (count < 0)
    check(c, NETJAC_ERROR_ARGUMENT);
  variables = mxCreateStructMatrix(1, (mwSize)count, 3, fields);
  for (k = 0; k < count; k++) {
    set_text(variables, (mwIndex)k, "name", netjac_study_variable_name(study, role, k));
    mxSetField(variables, (mwIndex)k, "size",
               mxCreateDoubleScalar((double)netjac_study_variable_size(study, role, k)));
    set_text(variables, (mwIndex)k, "details", netjac_study_variable_details(study, role, k));
  }
  return variables;
}

static void run_studyDescribe(call *c)
{
  static const char *fields[] = {"inputs", "outputs", "inputSize", "outputSize", "lower", "upper"};
  const study_subject s = study_of(c);
  mxArray *description = mxCreateStructMatrix(1, 1, 6, fields);
  mxArray *lower = matrix_result(c, s.input_size, 1), *upper = matrix_result(c, s.input_size, 1);
  if (s.input_size > 0)
    check(c, netjac_study_bounds(s.study, numbers_of(lower), numbers_of(upper)));
  mxSetField(description, 0, "inputs", variables_of(c, s.study, NETJAC_INPUT));
  mxSetField(description, 0, "outputs", variables_of(c, s.study, NETJAC_OUTPUT));
  mxSetField(description, 0, "inputSize", mxCreateDoubleScalar((double)s.input_size));
  mxSetField(description, 0, "outputSize", mxCreateDoubleScalar((double)s.output_size));
  mxSetField(description, 0, "lower", lower);
  mxSetField(description, 0, "upper", upper);
  c->results[0] = description;
}

/* ---- Stores ---------------------------------------------------------------------------------------------- */

static void run_storeOpen(call *c)
{
  netjac_store *store = NULL;
  const char *url = text_argument(c, "url", c->given[0]);
  netjac_options *options = options_argument(c, c->given[1]);
  const netjac_status status = netjac_store_open(url, options, &store);
  netjac_options_release(options);
  check(c, status);
  c->results[0] = new_handle(store);
}

static void run_storeRelease(call *c)
{
  void *pointer = pointer_in(c->given[0]);
  if (netjac_handle_kind(pointer) != NETJAC_HANDLE_STORE)
    return;
  netjac_store_release((netjac_store *)pointer);
  count_one_less();
}

static void run_storeStudies(call *c)
{
  netjac_store *store = store_of(c);
  const int32_t count = netjac_store_study_count(store);
  int32_t k;
  if (count < 0)
    check(c, NETJAC_ERROR_STORE);
  c->results[0] = mxCreateCellMatrix(1, (mwSize)count);
  for (k = 0; k < count; k++) {
    const char *name = netjac_store_study_name(store, k);
    mxSetCell(c->results[0], (mwIndex)k, mxCreateString(name ? name : ""));
  }
}

static void run_storeText(call *c)
{
  netjac_store *store = store_of(c);
  const char *what = text_argument(c, "what", c->given[1]);
  size_t size = 0, needed = 1 << 12;
  char *text = NULL;
  while (needed > size) {
    mxFree(text);
    size = needed + needed / 8;
    text = (char *)mxCalloc(size + 1, 1);
    check(c, netjac_store_text(store, what, text, size, &needed));
  }
  c->results[0] = mxCreateString(text);
  mxFree(text);
}

static void run_storeBackup(call *c)
{
  netjac_store *store = store_of(c);
  check(c, netjac_store_backup(store, text_argument(c, "file", c->given[1])));
}
