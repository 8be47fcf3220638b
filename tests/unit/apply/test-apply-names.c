/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One name for two things: a file where a directory was, a template in another spelling. */
#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"

static void
make_versions (TestVersion *first, TestVersion *second)
{
  test_version_add (first, "vm", "disk/inside.vmdk", test_content ("AB"));
  test_version_add (first, "vm", "vm.vmx", test_content ("s:99"));
  test_version_seal (first);
  test_version_add (second, "vm", "disk", test_content ("XB"));
  test_version_add (second, "vm", "vm.vmx", test_content ("s:99"));
  test_version_seal (second);
}

/* Somebody removed the file and not its directory; or a crash came between the two. */
static void
test_hollow_directory (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);

  make_versions (first, second);
  test_seat_apply (seat, first);
  test_seat_remove (seat, "vm/disk/inside.vmdk");
  g_assert_true (sc_disk_make_directory (seat->disk, "vm/disk/deeper/still", NULL));
  test_seat_apply (seat, second);
}

/* What a user laid into the directory is not lost: the update ends with its name, and goes on once it is away. */
static void
test_directory_in_use (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);
  g_autoptr (GBytes) own = NULL;
  g_autoptr (GError) error = NULL;

  make_versions (first, second);
  test_seat_apply (seat, first);
  test_seat_put_file (seat, "vm/disk/my/notes.txt", "mine");
  g_assert_false (test_seat_try (seat, second, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "vm/disk/my/notes.txt"));
  own = test_disk_read (seat->disk, "vm/disk/my/notes.txt");
  g_assert_nonnull (own);

  test_seat_remove (seat, "vm/disk/my/notes.txt");
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
}

static void
test_template_becomes_file (void)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);

  test_version_add (first, "tools", "tools.iso", test_content ("ABC"));
  test_version_add (first, "vm", "disk.vmdk", test_content ("DE"));
  test_version_seal (first);
  test_version_add (second, ".", "tools", test_content ("ABX"));
  test_version_add (second, "vm", "disk.vmdk", test_content ("DE"));
  test_version_seal (second);
  test_seat_apply (seat, first);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1);
  test_seat_restart (seat);
  test_seat_apply (seat, first);
}

/* Where case is ignored, the template that goes and the one that comes are the same directory. */
static void
test_template_respelt (gconstpointer data)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) first = test_version_new (1);
  g_autoptr (TestVersion) second = test_version_new (2);
  g_autoptr (GError) error = NULL;

  test_version_add (first, "Win11", "disk.vmdk", test_content ("ABCD"));
  test_version_add (first, "Win11", "same.vmx", test_content ("s:99"));
  test_version_add (first, "Win11", "gone.log", test_content ("g:9"));
  test_version_seal (first);
  test_version_add (second, "win11", "disk.vmdk", test_content (data));
  test_version_add (second, "win11", "same.vmx", test_content ("s:99"));
  test_version_seal (second);
  seat->faults.ignore_case = TRUE;
  g_assert_true (test_seat_try (seat, first, &error));
  test_seat_apply (seat, second);
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_func ("/apply-names/hollow-directory", test_hollow_directory);
  g_test_add_func ("/apply-names/directory-in-use", test_directory_in_use);
  g_test_add_func ("/apply-names/template-becomes-file", test_template_becomes_file);
  g_test_add_data_func ("/apply-names/template-respelt/same", "ABCD", test_template_respelt);
  g_test_add_data_func ("/apply-names/template-respelt/changed", "BXAD", test_template_respelt);
  return g_test_run ();
}
