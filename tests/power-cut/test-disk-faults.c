/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks that fail and fill up: at every single operation of an update, in turn. Whatever happens, nothing looks whole
 * and is not, and once the disk works again the update ends, or the old version is back.
 *
 *   test-disk-faults WAY [--every N]
 *
 * With SEATCAST_TEST_LONG at each operation.
 */
#include "common/sc-error.h"
#include "common/sc-path.h"
#include "tests/power-cut/test-update.h"

static int option_every = 1; /* of the operations, beginning with a random one */
static TestWay way;

static void
ignore_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

/* What may come of it when an update meets @fault. */
static gboolean
is_expected (const GError *error, TestFault fault)
{
  if (fault == TEST_FAULT_FULL || fault == TEST_FAULT_FULL_ONCE)
    return g_error_matches (error, SC_ERROR, SC_ERROR_NO_SPACE);
  return g_error_matches (error, SC_ERROR, SC_ERROR_SYSTEM);
}

/* Returns: FALSE when the update has not so many operations that it happened */
static gboolean
fail_at (const TestUpdate *update, TestFault fault, guint n)
{
  g_autoptr (TestVersion) before = test_update_make_before (update);
  g_autoptr (TestVersion) after = test_update_make_after (update);
  g_autoptr (TestSeat) seat = test_update_make_seat (NULL, before, after, way);
  gboolean back = n % 3 == 0;
  g_autoptr (GError) error = NULL;
  gboolean done, happened;
  guint received;

  test_update_assert_way (seat, after, way, TRUE);
  test_seat_set_faults (seat, fault, n);
  done = test_seat_try (seat, after, &error);
  happened = seat->faults.happened > 0;
  if (!done && !is_expected (error, fault))
    g_error ("%s, %s, operation %u: %s", test_way_to_nick (way), update->name, n, error->message);
  test_seat_restart (seat);
  test_seat_assert_no_mix (seat, before, after, NULL);
  if (done)
    test_seat_assert_is (seat, after);
  seat->faults.capacity += 1024 * 1024;
  received = test_seat_apply (seat, back ? before : after);
  /* a failing change costs nothing of the way back */
  if (back && fault == TEST_FAULT_CHANGE && way != TEST_WAY_FORWARD)
    g_assert_cmpuint (received, ==, 0);
  return happened;
}

static void
test_fault (gconstpointer data)
{
  TestFault fault = GPOINTER_TO_INT (data);
  guint total = 0;

  for (guint i = 0; i < test_update_count (); i++) {
    const TestUpdate *update = test_update_get (i);
    guint n = (guint) g_test_rand_int_range (0, option_every), failures = 0;

    for (; fail_at (update, fault, n); n += (guint) option_every)
      failures++;
    g_test_message ("%s, %s: %u operations, %u failures", test_way_to_nick (way), update->name, n, failures);
    g_assert_cmpuint (n, >, fault == TEST_FAULT_FULL || fault == TEST_FAULT_FULL_ONCE ? 5 : 20);
    total += failures;
  }
  g_test_message ("%u failures", total);
}

/* Somebody has made every file read-only. */
static void
test_read_only (void)
{
  for (guint i = 0; i < test_update_count (); i++) {
    const TestUpdate *update = test_update_get (i);
    g_autoptr (TestVersion) before = test_update_make_before (update);
    g_autoptr (TestVersion) after = test_update_make_after (update);
    g_autoptr (TestSeat) seat = test_update_make_seat (NULL, before, after, way);
    g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer path;
    GError *error = NULL;

    test_disk_list_files (seat->disk, ".", SC_PATH_PRIVATE, paths);
    g_hash_table_iter_init (&iter, paths);
    while (g_hash_table_iter_next (&iter, &path, NULL)) {
      sc_disk_set_read_only (seat->disk, path, TRUE, &error);
      g_assert_no_error (error);
    }
    g_assert_true (test_seat_try (seat, after, &error));
    test_seat_assert_no_mix (seat, after, NULL);
    g_assert_cmpuint (sc_seat_state_get_version (seat->state), ==, after->number);
  }
}

/* Every file of the template is there as @version has it, and none is marked. */
static void
assert_untouched (TestSeat *seat, TestVersion *version, const char *template_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSeatTemplate) row = sc_seat_state_get_template (seat->state, template_name, &error);

  g_assert_no_error (error);
  g_assert_cmpint (row->state, ==, SC_TEMPLATE_CURRENT);
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *path = test_seat_join (file->template, file->path);
    g_autoptr (GBytes) data = NULL;

    if (strcmp (file->template, template_name) != 0)
      continue;
    data = test_disk_read (seat->disk, path);
    g_assert_nonnull (data);
    g_assert_true (g_bytes_equal (data, file->data));
  }
}

static gboolean
hold_one (const TestUpdate *update, guint index)
{
  g_autoptr (TestVersion) before = test_update_make_before (update);
  g_autoptr (TestVersion) after = test_update_make_after (update);
  g_autoptr (TestSeat) seat = test_update_make_seat (NULL, before, after, way);
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) busy = NULL;
  g_autofree char *path = NULL;
  const TestFile *file;

  if (index >= before->files->len)
    return FALSE;
  file = before->files->pdata[index];
  path = test_seat_join (file->template, file->path);
  seat->faults.held = path;
  apply = test_seat_plan (seat, after, &error);
  g_assert_no_error (error);
  sc_apply_begin (apply, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (test_seat_receive (seat, apply, G_MAXUINT, &error));
  sc_apply_finish (apply, NULL, &error);
  g_assert_no_error (error);
  busy = sc_apply_dup_busy (apply);
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_assert_no_mix (seat, before, after, NULL);
  g_assert_cmpuint (g_strv_length (busy), <=, 1);
  if (busy[0] != NULL) { /* else the update leaves this very file as it is */
    g_assert_cmpstr (busy[0], ==, file->template);
    g_assert_cmpuint (sc_seat_state_get_version (seat->state), !=, after->number);
    assert_untouched (seat, before, file->template);
  }
  seat->faults.held = NULL;
  test_seat_apply (seat, after);
  return TRUE;
}

static void
test_sharing_violation (void)
{
  for (guint i = 0; i < test_update_count (); i++)
    for (guint index = 0; hold_one (test_update_get (i), index); index++)
      continue;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "every", 0, 0, G_OPTION_ARG_INT, &option_every, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("WAY");

  g_option_context_add_main_entries (options, entries, NULL);
  g_option_context_set_ignore_unknown_options (options, TRUE);
  if (!g_option_context_parse (options, &argc, &argv, NULL) || argc < 2 || !test_way_from_nick (argv[1], &way) ||
      option_every < 1) {
    g_printerr ("usage: test-disk-faults clone|undo|forward [--every N]\n");
    return 2;
  }
  if (g_getenv ("SEATCAST_TEST_LONG") != NULL)
    option_every = 1;
  g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_DEBUG, ignore_message, NULL);
  test_seat_init (&argc, &argv);
  g_test_add_data_func ("/disk-faults/full", GINT_TO_POINTER (TEST_FAULT_FULL), test_fault);
  g_test_add_data_func ("/disk-faults/full-once", GINT_TO_POINTER (TEST_FAULT_FULL_ONCE), test_fault);
  g_test_add_data_func ("/disk-faults/change", GINT_TO_POINTER (TEST_FAULT_CHANGE), test_fault);
  g_test_add_data_func ("/disk-faults/read", GINT_TO_POINTER (TEST_FAULT_READ), test_fault);
  g_test_add_func ("/disk-faults/read-only", test_read_only);
  g_test_add_func ("/disk-faults/sharing-violation", test_sharing_violation);
  return g_test_run ();
}
