/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"

static TestVersion *
version_new (guint64 number, const char *a, const char *b)
{
  TestVersion *version = test_version_new (number);

  test_version_add (version, "vm", "a.vmdk", test_content (a));
  test_version_add (version, "vm", "b.vmdk", test_content (b));
  test_version_add (version, "other", "disk.vmdk", test_content (b));
  test_version_seal (version);
  return version;
}

static ScApply *
begin (TestSeat *seat, TestVersion *version)
{
  g_autoptr (GError) error = NULL;
  ScApply *apply = test_seat_plan (seat, version, &error);

  g_assert_no_error (error);
  sc_apply_begin (apply, NULL, NULL, &error);
  g_assert_no_error (error);
  return apply;
}

static void
assert_only_busy (ScApply *apply, const char *name)
{
  g_auto (GStrv) busy = sc_apply_dup_busy (apply);

  g_assert_cmpuint (g_strv_length (busy), ==, 1);
  g_assert_cmpstr (busy[0], ==, name);
}

/* Whoever has one file of a template open can open the others, too, as long as the update of other templates goes on.
 */
static void
test_others_can_be_opened (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = version_new (1, "AB", "CD");
  g_autoptr (TestVersion) second = version_new (2, "Ax", "Cy");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  seat->faults.held = "vm/b.vmdk";
  apply = begin (seat, second);
  assert_only_busy (apply, "vm");
  file = sc_disk_open (seat->disk, "vm/a.vmdk", SC_DISK_WRITE | SC_DISK_EXCLUSIVE, &error);
  g_assert_no_error (error);
  g_clear_pointer (&file, sc_disk_file_close);
  g_assert_true (test_seat_receive (seat, apply, G_MAXUINT, &error));
  g_assert_true (sc_apply_finish (apply, NULL, &error));
}

/* A file that has changed and that nobody else may even read: it cannot be planned, and the others go on. */
static void
test_in_use_and_changed (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = version_new (1, "AB", "CD");
  g_autoptr (TestVersion) second = version_new (2, "Ax", "Cy");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  seat->received = 0;
  file = sc_disk_open (seat->disk, "vm/a.vmdk", SC_DISK_WRITE | SC_DISK_EXCLUSIVE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_write_at (file, 5, "changed", 7, &error));
  apply = begin (seat, second);
  assert_only_busy (apply, "vm");
  g_assert_true (test_seat_receive (seat, apply, G_MAXUINT, &error));
  g_assert_true (sc_apply_finish (apply, NULL, &error));
  g_assert_cmpuint (seat->received, ==, 1); /* y */
  g_clear_pointer (&apply, sc_apply_free);
  g_clear_pointer (&file, sc_disk_file_close);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 2); /* A and x */
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_func ("/apply-busy/others-can-be-opened", test_others_can_be_opened);
  g_test_add_func ("/apply-busy/in-use-and-changed", test_in_use_and_changed);
  return g_test_run ();
}
