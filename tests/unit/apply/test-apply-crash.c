/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-seat.h"

#define LACKING 6u /* chunks that new_version() has and old_version() has not: m, x, y, z, w and the tail of G */

/* Everything that an update does, in little: new, changed, grown, cut, moved, swapped and removed files, holes, several
 * templates. */
static TestVersion *
old_version (void)
{
  TestVersion *version = test_version_new (1);

  test_version_add (version, ".", "list.txt", test_content ("l:40"));
  test_version_add (version, "a", "disk.vmdk", test_content ("ABCD0E"));
  test_version_add (version, "a", "deep/gone.vmdk", test_content ("FG"));
  test_version_add (version, "a", "turns/inside", test_content (""));
  test_version_add (version, "a", "same.vmx", test_content ("s:99"));
  test_version_add (version, "b", "disk.vmdk", test_content ("HIJ:7"))->attributes = SC_FILE_READ_ONLY;
  test_version_add (version, "c", "disk.vmdk", test_content ("KL"));
  test_version_seal (version);
  return version;
}

static TestVersion *
new_version (void)
{
  TestVersion *version = test_version_new (2);

  test_version_add (version, ".", "list.txt", test_content ("m:50"));
  test_version_add (version, "a", "disk.vmdk", test_content ("BA0CxEyF"));
  test_version_add (version, "a", "turns", test_content (""));
  test_version_add (version, "a", "same.vmx", test_content ("s:99"));
  test_version_add (version, "a", "new/disk.vmdk", test_content ("z0G:11"));
  test_version_add (version, "b", "disk.vmdk", test_content ("H"));
  test_version_add (version, "d", "disk.vmdk", test_content ("KwI"));
  test_version_seal (version);
  return version;
}

/* How many changes of the disk a run without a failure makes. */
static guint
count_operations (gboolean no_space)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) before = old_version ();
  g_autoptr (TestVersion) after = new_version ();

  test_seat_apply (seat, before);
  test_seat_set_faults (seat, TEST_FAULT_NONE, 0);
  test_seat_apply (seat, after);
  return no_space ? seat->faults.takes : seat->faults.changes;
}

static void
fail_at (guint n, gboolean no_space)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) before = old_version ();
  g_autoptr (TestVersion) after = new_version ();
  g_autoptr (GError) error = NULL;
  guint first;

  test_seat_apply (seat, before);
  test_seat_set_faults (seat, no_space ? TEST_FAULT_FULL : TEST_FAULT_DEAD, n);
  if (test_seat_try (seat, after, &error)) {
    g_assert_true (no_space); /* the disk was only too full for the way back */
    test_seat_assert_is (seat, after);
    return;
  }
  g_assert_error (error, SC_ERROR, (int) (no_space ? SC_ERROR_NO_SPACE : SC_ERROR_SYSTEM));
  test_seat_restart (seat);
  test_seat_assert_no_mix (seat, before, after, NULL);
  first = seat->received;
  test_seat_apply (seat, after);
  /* and what had arrived is not received again, but for what a failed sync lost or a full disk could not keep */
  g_assert_cmpuint (first + seat->received, <, 2 * LACKING);
}

/* After a failure at every single change of the disk: nothing looks whole that is not, and the same update ends with
 * exactly the right files. */
static void
test_every_failure (gconstpointer data)
{
  gboolean no_space = GPOINTER_TO_INT (data);
  guint n = count_operations (no_space);

  g_test_message ("%u operations", n);
  g_assert_cmpuint (n, >, 20);
  for (guint i = 1; i < n; i++)
    fail_at (i, no_space);
}

static void
recover_from (guint n, gboolean forward)
{
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (TestVersion) before = old_version ();
  g_autoptr (TestVersion) after = new_version ();
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, before);
  test_seat_set_faults (seat, TEST_FAULT_DEAD, n);
  g_assert_false (test_seat_try (seat, after, &error));
  g_clear_error (&error);
  test_seat_restart (seat);
  if (forward) {
    /* a second crash, on the way back */
    test_seat_set_faults (seat, TEST_FAULT_DEAD, 1 + n * 7 % 40);
    test_seat_try (seat, before, &error);
    test_seat_restart (seat);
    test_seat_assert_no_mix (seat, before, after, NULL);
  }
  test_seat_apply (seat, forward ? after : before);
}

static void
test_every_recovery (gconstpointer data)
{
  guint n = count_operations (FALSE);

  for (guint i = 1; i < n; i++)
    recover_from (i, GPOINTER_TO_INT (data));
}

/* One seat goes through random versions; some updates are cut off, by a failing or a full disk, and then perhaps
 * another version comes. */
static void
run_random (guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (TestSeat) seat = test_seat_new ();

  for (guint step = 1; step <= 12; step++) {
    g_autoptr (TestVersion) version = test_version_random (random, step);
    g_autoptr (GError) error = NULL;

    if (g_rand_boolean (random)) {
      guint n = (guint) g_rand_int_range (random, 1, 60);

      test_seat_set_faults (seat, g_rand_boolean (random) ? TEST_FAULT_FULL : TEST_FAULT_DEAD, n);
      if (test_seat_try (seat, version, &error))
        test_seat_assert_is (seat, version);
      test_seat_restart (seat);
      if (g_rand_boolean (random))
        continue;
    }
    test_seat_apply (seat, version);
    g_assert_cmpuint (test_seat_apply (seat, version), ==, 0);
  }
}

static void
test_random (void)
{
  for (guint i = 0; i < 25; i++) {
    guint32 seed = g_test_rand_int ();

    g_test_message ("seed %u", seed);
    run_random (seed);
  }
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_data_func ("/apply/failure/error", GINT_TO_POINTER (FALSE), test_every_failure);
  g_test_add_data_func ("/apply/failure/full", GINT_TO_POINTER (TRUE), test_every_failure);
  g_test_add_data_func ("/apply/recovery/back", GINT_TO_POINTER (FALSE), test_every_recovery);
  g_test_add_data_func ("/apply/recovery/back-and-forward", GINT_TO_POINTER (TRUE), test_every_recovery);
  g_test_add_func ("/apply/random", test_random);
  return g_test_run ();
}
