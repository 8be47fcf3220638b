/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/fuzz.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A fuzzer without a fuzzing engine: replays files and mutates them by seeded dice, so that each run of the tests
 * does the same. */

#define INPUT_LIMIT 65536u
#define MAX_MUTATIONS 8u

#define LONGER 10 /* times as many, if SEATCAST_TEST_LONG is set (./check --long) */

static int n_runs = 5000;
static int seed = 1;
static int only = -1;
static char **paths;
static char position[256]; /* what is being run, for whoever reads the crash */

static const GOptionEntry options[] = {
  { "runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "How many mutated inputs to try", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Where the mutations start from", "N" },
  { "only", 0, 0, G_OPTION_ARG_INT, &only, "Try this mutated input alone, to repeat a crash", "N" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "FILE|DIRECTORY…" },
  { NULL },
};

static void
on_crash (int number)
{
  /* only what may be called from a signal handler */
  if (write (STDERR_FILENO, position, strlen (position)) < 0)
    _exit (2);
  signal (number, SIG_DFL);
  raise (number);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static gboolean
load (const char *path, GPtrArray *inputs, GPtrArray *names)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
    g_autoptr (GPtrArray) children = g_ptr_array_new_with_free_func (g_free);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
      g_ptr_array_add (children, g_build_filename (path, name, NULL));
    g_ptr_array_sort (children, compare_names);
    for (guint i = 0; i < children->len; i++) {
      if (!load (children->pdata[i], inputs, names))
        return FALSE;
    }
    return dir != NULL;
  }
  if (!g_file_get_contents (path, &data, &size, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  g_ptr_array_add (inputs, g_bytes_new (data, size));
  g_ptr_array_add (names, g_strdup (path));
  return TRUE;
}

static void
mutate_once (GRand *dice, GByteArray *input, GBytes *other)
{
  static const guint8 edges[] = { 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff };
  guint at = input->len > 0 ? (guint) g_rand_int_range (dice, 0, (gint) input->len) : 0;
  guint n = (guint) g_rand_int_range (dice, 1, 9);
  gsize other_size;
  const guint8 *other_data = g_bytes_get_data (other, &other_size);

  switch (g_rand_int_range (dice, 0, 6)) {
  case 0:
    if (input->len > 0)
      input->data[at] ^= (guint8) (1 << g_rand_int_range (dice, 0, 8));
    break;
  case 1:
    if (input->len > 0)
      input->data[at] = edges[g_rand_int_range (dice, 0, G_N_ELEMENTS (edges))];
    break;
  case 2:
    if (input->len > 0)
      input->data[at] = (guint8) g_rand_int (dice);
    break;
  case 3:
    g_byte_array_set_size (input, at);
    break;
  case 4:
    if (input->len > 1)
      g_byte_array_remove_range (input, at, MIN (n, input->len - at));
    break;
  default:
    if (other_size > 0 && input->len < INPUT_LIMIT) {
      gsize from = (gsize) g_rand_int_range (dice, 0, (gint) MIN (other_size, INPUT_LIMIT));
      gsize length = (gsize) g_rand_int_range (dice, 1, 257);

      g_byte_array_append (input, other_data + from, (guint) MIN (length, other_size - from));
    }
    break;
  }
}

/* An input depends on the seed and its number only, so one can be repeated by itself. */
static void
run_mutated (GPtrArray *inputs, int number)
{
  guint32 start[2] = { (guint32) seed, (guint32) number };
  GRand *dice = g_rand_new_with_seed_array (start, G_N_ELEMENTS (start));
  g_autoptr (GByteArray) input = g_byte_array_new ();
  GBytes *base = inputs->pdata[g_rand_int_range (dice, 0, (gint) inputs->len)];
  g_autofree guint8 *copy = NULL;
  int n = g_rand_int_range (dice, 1, MAX_MUTATIONS + 1);

  g_byte_array_append (input, g_bytes_get_data (base, NULL), (guint) g_bytes_get_size (base));
  for (int i = 0; i < n; i++)
    mutate_once (dice, input, inputs->pdata[g_rand_int_range (dice, 0, (gint) inputs->len)]);
  g_rand_free (dice);
  g_snprintf (position, sizeof position, "crashed with --seed=%d --only=%d\n", seed, number);
  /* a copy of the exact size, so that the sanitizer sees the first byte too many */
  copy = g_memdup2 (input->data, input->len);
  LLVMFuzzerTestOneInput (copy, input->len);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- replay a corpus and mutations of it");
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  for (char **path = paths; path != NULL && *path != NULL; path++) {
    if (!load (*path, inputs, names))
      return 2;
  }
  if (g_getenv ("SEATCAST_TEST_LONG") != NULL)
    n_runs *= LONGER;
  if (inputs->len == 0) {
    g_printerr ("there is no corpus: name a file or a directory\n");
    return 2;
  }
  g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK));
  signal (SIGABRT, on_crash);
  signal (SIGTRAP, on_crash);
  signal (SIGSEGV, on_crash);
  if (only >= 0) {
    run_mutated (inputs, only);
    return 0;
  }
  for (guint i = 0; i < inputs->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (inputs->pdata[i], &size);
    g_autofree guint8 *copy = g_memdup2 (data, size);

    g_snprintf (position, sizeof position, "crashed with %s\n", (const char *) names->pdata[i]);
    LLVMFuzzerTestOneInput (copy, size);
  }
  for (int i = 0; i < n_runs; i++)
    run_mutated (inputs, i);
  g_print ("%u inputs and %d mutations of them\n", inputs->len, n_runs);
  return 0;
}
