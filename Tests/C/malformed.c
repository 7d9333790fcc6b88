/*
 * malformed.c - Every damaged or unusual file of the corpus, each in a process of its own that is watched for time and
 * memory: the outcome is the one that its description names, and a good file loads afterwards.
 *
 * Usage: malformed FOLDER GOOD_MODEL [CASE...]        FOLDER holds malformed.txt and malformed/
 *        malformed --one FOLDER GOOD_MODEL CASE       what each process runs
 */
#include "check.h"
#include "clock.h"
#include "corpus_index.h"

#include <ctype.h>
#include <netjac.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int contains(const char *text, const char *word) {
  const size_t length = strlen(word);
  for (; *text != 0; text++) {
    size_t k = 0;
    while (k < length && tolower((unsigned char)text[k]) == tolower((unsigned char)word[k])) k++;
    if (k == length) return 1;
  }
  return 0;
}

static int find(const char *corpus, const char *name, struct corpus_case *entry) {
  char path[2 * MAX_TEXT];
  snprintf(path, sizeof path, "%s/malformed.txt", corpus);
  FILE *index = fopen(path, "r");
  int found = 0;
  while (index != NULL && !found && next_case(index, entry)) found = strcmp(entry->name, name) == 0;
  if (index != NULL) fclose(index);
  return found;
}

/* ---- In the process of one file ------------------------------------------------------------------------------- */

static void check_reference(netjac_network *network, const char *folder, const struct corpus_case *entry) {
  const size_t n = (size_t)entry->n, m = (size_t)entry->m;
  CHECK_SAYING(netjac_input_size(network) == entry->n && netjac_output_size(network) == entry->m,
               "%s has %ld inputs and %ld outputs; the reference has %ld and %ld", entry->name,
               (long)netjac_input_size(network), (long)netjac_output_size(network), entry->n, entry->m);
  if (netjac_input_size(network) != entry->n || netjac_output_size(network) != entry->m) return;
  double *x = read_doubles(folder, "x", n), *y = read_doubles(folder, "y", m), *J = read_doubles(folder, "J", m * n);
  double *values = malloc((m + m * n) * sizeof *values);
  CHECK_SAYING(netjac_jacobian(network, 1, x, values, values + m, NETJAC_ROW_MAJOR) == NETJAC_OK, "%s: %s",
               entry->name, netjac_last_error());
  const double y_error = worst_error(values, y, 1, m), jacobian_error = worst_error(values + m, J, 1, m * n);
  CHECK_SAYING(y_error <= entry->reference_tolerance[0], "%s: y is off by %.2e", entry->name, y_error);
  CHECK_SAYING(jacobian_error <= entry->reference_tolerance[1], "%s: J is off by %.2e", entry->name, jacobian_error);
  free(x);
  free(y);
  free(J);
  free(values);
}

/* Runs what loaded, whatever it is; an error is fine, and no more than a bounded number of scalars is tried. */
static netjac_status run(netjac_network *network) {
  const int64_t n = netjac_input_size(network), m = netjac_output_size(network);
  if (n < 0 || m < 0) return NETJAC_ERROR_DEFECT;
  int64_t nonzeros = 0;
  const netjac_status structure = netjac_jacobian_sparsity(network, &nonzeros, NULL, NULL);
  if (structure == NETJAC_ERROR_MEMORY || structure == NETJAC_ERROR_DEFECT) return structure;
  if (n > 1000000 || m > 1000000 || n * m > 10000000) return NETJAC_OK;
  double *numbers = calloc((size_t)(n + m + n * m) + 1, sizeof *numbers);
  netjac_status status = netjac_forward(network, 1, numbers, numbers + n);
  if (status == NETJAC_OK) status = netjac_jacobian(network, 1, numbers, NULL, numbers + n + m, NETJAC_ROW_MAJOR);
  free(numbers);
  return status;
}

static void check_message(const struct corpus_case *entry, netjac_status status) {
  char message[4096];
  int mentioned = entry->word_count == 0;
  snprintf(message, sizeof message, "%s", netjac_last_error());
  CHECK_SAYING(status != NETJAC_ERROR_DEFECT, "%s: refused as a defect of NetJac: %s", entry->name, message);
  CHECK_SAYING(strlen(message) > 10, "%s: the message says nothing: '%s'", entry->name, message);
  for (int k = 0; k < entry->word_count; k++) mentioned |= contains(message, entry->words[k]);
  CHECK_SAYING(mentioned, "%s: the message has none of the words expected (such as '%s'): %s", entry->name,
               entry->words[0], message);
  printf("%-26s %s: %.300s\n", entry->name, netjac_status_name(status), message);
}

static void check_good_model(const char *path) {
  netjac_network *network = NULL;
  CHECK_SAYING(netjac_load(path, NULL, &network) == NETJAC_OK, "the good file does not load afterwards: %s",
               netjac_last_error());
  if (network == NULL) return;
  CHECK_SAYING(run(network) == NETJAC_OK, "the good file does not run afterwards: %s", netjac_last_error());
  netjac_release(network);
}

static int test_one(const char *corpus, const char *good_model, const char *name) {
  static struct corpus_case entry;
  char folder[2 * MAX_TEXT], path[4 * MAX_TEXT];
  netjac_network *network = NULL;
  if (!find(corpus, name, &entry)) {
    fprintf(stderr, "the index has no case '%s'\n", name);
    return 2;
  }
  snprintf(folder, sizeof folder, "%s/malformed/%s", corpus, name);
  snprintf(path, sizeof path, "%s/%s", folder, entry.model);

  netjac_options *options = netjac_options_create();
  for (int k = 0; k < entry.option_count; k++)
    CHECK_SAYING(netjac_options_set(options, entry.option_keys[k], entry.option_values[k]) == NETJAC_OK, "%s: %s", name,
                 netjac_last_error());
  netjac_status status = netjac_load(path, options, &network);
  netjac_options_release(options);
  CHECK_SAYING((status == NETJAC_OK) == (network != NULL), "%s: the network was touched by a failure", name);
  if (status == NETJAC_OK) {
    if (strcmp(entry.expect, "loads") != 0 && !entry.has_reference) status = run(network);
    if (entry.has_reference) check_reference(network, folder, &entry);
  }
  if (strcmp(entry.expect, "error") == 0) {
    CHECK_SAYING(status != NETJAC_OK, "%s loads and runs; it must be refused", name);
  } else if (strcmp(entry.expect, "loads") == 0) {
    CHECK_SAYING(status == NETJAC_OK, "%s must load: %s", name, netjac_last_error());
    if (status == NETJAC_OK) CHECK_SAYING(run(network) == NETJAC_OK, "%s must run: %s", name, netjac_last_error());
  }
  if (status != NETJAC_OK && strcmp(entry.expect, "loads") != 0) check_message(&entry, status);
  if (status == NETJAC_OK && checks_failed == 0) printf("%-26s loaded\n", name);
  netjac_release(network);
  check_good_model(good_model);
  return checks_result();
}

/* ---- In the process that watches ------------------------------------------------------------------------------ */

static void limit(int resource, rlim_t value) {
  struct rlimit limits = {value, value};
  setrlimit(resource, &limits);
}

/* Starts this program for one file and collects its counts. */
static void watch(const char *program, const char *corpus, const char *good_model, const struct corpus_case *entry) {
  int ends[2], status = 0, passed = 0, failed = 0;
  char line[8192], last[8192] = "";
  struct rusage usage;
  if (pipe(ends) != 0) {
    perror("pipe");
    exit(2);
  }
  const double start = seconds_now();
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    /* These only stop what has run wild; the limits of the case are checked below. */
    if (getenv("NETJAC_TEST_UNLIMITED") == NULL) {
      limit(RLIMIT_CPU, (rlim_t)entry->seconds * 4);
      limit(RLIMIT_AS, (rlim_t)entry->megabytes * 1024 * 1024 + ((rlim_t)4 << 30));
      alarm((unsigned)entry->seconds * 2);
    }
    limit(RLIMIT_CORE, 0);
    execl(program, program, "--one", corpus, good_model, entry->name, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  FILE *output = fdopen(ends[0], "r");
  while (fgets(line, sizeof line, output) != NULL) {
    if (sscanf(line, "%d passed, %d failed", &passed, &failed) != 2) fputs(line, stdout);
    strcpy(last, line);
  }
  fclose(output);
  wait4(child, &status, 0, &usage);
  const double seconds = seconds_now() - start;
  checks_passed += passed;
  checks_failed += failed;
  CHECK_SAYING(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || failed > 0),
               "%s: the process ended with %s %d; it last said: %s", entry->name,
               WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
               last);
  /* A sanitizer reserves terabytes of addresses and takes its time. */
  if (getenv("NETJAC_TEST_UNLIMITED") != NULL) return;
  CHECK_SAYING(seconds <= entry->seconds, "%s took %.1f s; %d s is allowed", entry->name, seconds, entry->seconds);
  CHECK_SAYING(usage.ru_maxrss / 1024 <= entry->megabytes, "%s took %ld MB; %d MB is allowed", entry->name,
               usage.ru_maxrss / 1024, entry->megabytes);
}

int main(int argc, char **argv) {
  char path[2 * MAX_TEXT];
  static struct corpus_case entry;
  if (argc == 5 && strcmp(argv[1], "--one") == 0) return test_one(argv[2], argv[3], argv[4]);
  if (argc < 3) {
    fprintf(stderr, "usage: malformed FOLDER GOOD_MODEL [CASE...]\n");
    return 2;
  }
  snprintf(path, sizeof path, "%s/malformed.txt", argv[1]);
  FILE *index = fopen(path, "r");
  if (index == NULL) {
    fprintf(stderr, "%s cannot be read\n", path);
    return 2;
  }
  while (next_case(index, &entry)) {
    int chosen = argc == 3;
    for (int k = 3; k < argc; k++) chosen |= strcmp(argv[k], entry.name) == 0;
    if (chosen) watch("/proc/self/exe", argv[1], argv[2], &entry);
  }
  fclose(index);
  return checks_result();
}
