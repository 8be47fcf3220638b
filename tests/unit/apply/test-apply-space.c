/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"

static void
test_no_space_is_told_before (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABCD0");
  g_autoptr (TestVersion) second = test_version_one_file (2, "XBAD0YZ:100");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  apply = test_seat_plan (seat, second, &error);
  g_assert_no_error (error);
  /* what it grows by, and the log of what it overwrites, which could be done without */
  g_assert_cmpuint (sc_apply_get_needs (apply)->peak_bytes, >, SC_CHUNK_SIZE + 100);
  test_seat_set_free (seat, SC_CHUNK_SIZE);
  g_assert_false (sc_apply_begin (apply, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "100 bytes"));
  g_clear_error (&error);
  test_seat_assert_is (seat, first);
  test_seat_set_free (seat, TEST_SEAT_CAPACITY);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
}

/* Without room for a stash, chunks that would need it are received. */
static void
test_no_room_for_the_stash (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_one_file (1, "ABCD");
  g_autoptr (TestVersion) second = test_version_one_file (2, "BADC");

  test_seat_apply (seat, first);
  test_seat_set_free (seat, 4096);
  g_assert_cmpuint (test_seat_apply (seat, second), >, 0);
}

/* No second copy: at no time does the seat use more than the template and a little. */
static void
test_peak_space (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) version = test_version_new (1);
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  const guint64 size = 80 * 1024 * 1024;
  guint32 *data = g_malloc (size);
  guint64 peak = 0;

  for (gsize i = 0; i < size / 4; i++)
    data[i] = (guint32) (i % 16384 == 0 ? i / 16384 + 1 : i * 2654435761u);
  memset (data, 0, size / 4); /* a quarter of it is a hole */
  test_version_add (version, "vm", "disk.vmdk", g_bytes_new_take (data, size));
  test_version_seal (version);
  apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  while (!sc_apply_is_complete (apply)) {
    peak = MAX (peak, test_disk_get_used (seat->disk));
    g_assert_true (test_seat_receive (seat, apply, 100, &error));
  }
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  peak = MAX (peak, test_disk_get_used (seat->disk));
  test_seat_assert_is (seat, version);
  g_test_message ("%" G_GUINT64_FORMAT " bytes of content, peak %" G_GUINT64_FORMAT, size / 4 * 3, peak);
  g_assert_cmpuint (peak, >=, size / 4 * 3);
  g_assert_cmpuint (peak, <=, size / 4 * 3 + 1024 * 1024);
}

/* The disk fills up while clones are written to: without the originals there is room. */
static void
test_clones_do_not_fit_after_all (void)
{
  for (guint resumed = 0; resumed < 2; resumed++) {
    g_autoptr (TestSeat) seat = test_seat_new ();
    g_autoptr (TestVersion) first = test_version_one_file (1, "ABCDEFGH");
    g_autoptr (TestVersion) second = test_version_one_file (2, "AxyzwvuH");
    g_autoptr (ScApply) apply = NULL;
    g_autoptr (GError) error = NULL;

    seat->faults.clones = TRUE;
    test_seat_apply (seat, first);
    apply = test_seat_plan (seat, second, &error);
    g_assert_cmpuint (sc_apply_get_needs (apply)->ways[SC_WAY_CLONE].files, ==, 1);
    sc_apply_begin (apply, NULL, NULL, &error);
    g_assert_no_error (error);
    test_seat_set_free (seat, 2 * SC_CHUNK_SIZE);
    if (resumed) {
      g_clear_pointer (&apply, sc_apply_free);
      test_seat_restart (seat);
      g_assert_cmpuint (test_seat_apply (seat, second), ==, 6);
      continue;
    }
    test_seat_receive (seat, apply, G_MAXUINT, &error);
    g_assert_no_error (error);
    g_assert_true (sc_apply_finish (apply, NULL, &error));
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_assert_is (seat, second);
  }
}

/* One file of the template is a clone, and there is no room for the other one's log: the original goes, too, although
 * it was just read. */
static void
test_log_does_not_fit_after_all (void)
{
  for (guint n = 0; n < 40; n++) {
    g_autoptr (TestSeat) seat = test_seat_new ();
    g_autoptr (TestVersion) first = test_version_new (1);
    g_autoptr (TestVersion) second = test_version_new (2);
    g_autoptr (ScApply) apply = NULL;
    g_autoptr (GError) error = NULL;
    gboolean done;

    seat->faults.clones = TRUE;
    test_version_add (first, "vm", "a.vmdk", test_content ("ABCDEFGH"));
    test_version_add (first, "vm", "b.vmdk", test_content ("abcd:77"));
    test_version_seal (first);
    test_version_add (second, "vm", "a.vmdk", test_content ("BACDEFGH"));
    test_version_add (second, "vm", "b.vmdk", test_content ("dAbxyzw"));
    test_version_seal (second);
    test_seat_apply (seat, first);
    test_seat_set_free (seat, 4 * 1024 * 1024 + 8 * SC_CHUNK_SIZE + SC_CHUNK_SIZE / 2);
    apply = test_seat_plan (seat, second, &error);
    g_assert_cmpuint (sc_apply_get_needs (apply)->ways[SC_WAY_CLONE].files, ==, 1);
    g_assert_cmpuint (sc_apply_get_needs (apply)->ways[SC_WAY_UNDO].files, ==, 1);
    test_seat_set_faults (seat, TEST_FAULT_FULL_ONCE, n);
    done = sc_apply_begin (apply, NULL, NULL, &error) && test_seat_receive (seat, apply, G_MAXUINT, &error) &&
           sc_apply_finish (apply, NULL, &error);
    if (!done)
      g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_restart (seat);
    test_seat_apply (seat, second);
  }
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_func ("/apply-space/told-before", test_no_space_is_told_before);
  g_test_add_func ("/apply-space/no-room-for-the-stash", test_no_room_for_the_stash);
  g_test_add_func ("/apply-space/peak", test_peak_space);
  g_test_add_func ("/apply-space/clones-do-not-fit-after-all", test_clones_do_not_fit_after_all);
  g_test_add_func ("/apply-space/log-does-not-fit-after-all", test_log_does_not_fit_after_all);
  return g_test_run ();
}
