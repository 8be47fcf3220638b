/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Seats that go to and fro between versions and change their mind half-way: what a seat had once it has for good, as
 * long as there is room, and what it says it can go back to it can.
 */
#include "common/sc-error.h"
#include "service/sc-apply-back.h"
#include "tests/unit/apply/test-seat.h"

#define N_VERSIONS 4u
#define STEPS 10u

/* @had: which versions were here; set anew to those that there is a way back to */
static void
find_ways_back (TestSeat *seat, gboolean *had, gboolean may_lose)
{
  g_autoptr (GError) error = NULL;
  guint64 bytes, current = sc_seat_state_get_version (seat->state);
  g_autoptr (GArray) back = sc_apply_back_list (seat->disk, seat->state, &bytes, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < N_VERSIONS; i++) {
    gboolean found = i + 1 == current;

    for (guint j = 0; j < back->len; j++)
      found = found || g_array_index (back, guint64, j) == i + 1;
    if (had[i] && !found && !may_lose)
      g_error ("version %u is lost", i + 1);
    had[i] = found;
  }
}

/* Begins an update and goes no further than a few chunks, or less far. Returns: TRUE when it may have been cut off
 * within a commit: what was taken back from the undo store may then be in its place already, and is lost if the next
 * update does not want it there */
static gboolean
change_mind (TestSeat *seat, TestVersion *version, GRand *random)
{
  g_autoptr (GError) error = NULL;
  gboolean dies = g_rand_boolean (random);

  if (dies) {
    test_seat_set_faults (seat, TEST_FAULT_DEAD, (guint) g_rand_int_range (random, 1, 60));
    test_seat_try (seat, version, &error);
  } else {
    g_autoptr (ScApply) apply = test_seat_plan (seat, version, &error);

    g_assert_no_error (error);
    sc_apply_begin (apply, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (test_seat_receive (seat, apply, (guint) g_rand_int_range (random, 0, 4), &error));
  }
  test_seat_restart (seat);
  return dies;
}

static void
walk (guint32 seed, gboolean clones)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (TestSeat) seat = test_seat_new ();
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) test_version_free);
  gboolean had[N_VERSIONS] = { FALSE };

  seat->faults.clones = clones;
  for (guint i = 0; i < N_VERSIONS; i++)
    g_ptr_array_add (versions, test_version_random (random, i + 1));
  for (guint step = 0; step < STEPS; step++) {
    guint target = (guint) g_rand_int_range (random, 0, N_VERSIONS);
    gboolean may_lose = FALSE;
    guint received;

    if (g_rand_int_range (random, 0, 3) == 0) {
      guint other = (guint) g_rand_int_range (random, 0, N_VERSIONS);

      g_test_message ("seed %u: to %u, given up", seed, other + 1);
      may_lose = change_mind (seat, versions->pdata[other], random);
    }
    g_test_message ("seed %u: to %u%s", seed, target + 1, had[target] ? ", again" : "");
    received = test_seat_apply (seat, versions->pdata[target]);
    if (had[target] && !may_lose)
      g_assert_cmpuint (received, ==, 0);
    had[target] = TRUE;
    find_ways_back (seat, had, may_lose);
  }
}

static void
test_walk (gconstpointer clones)
{
  guint n = g_getenv ("SEATCAST_TEST_LONG") != NULL ? 2000 : 40;

  for (guint i = 0; i < n; i++)
    walk (g_test_rand_int (), GPOINTER_TO_INT (clones));
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_data_func ("/apply-walk/undo", GINT_TO_POINTER (FALSE), test_walk);
  g_test_add_data_func ("/apply-walk/clone", GINT_TO_POINTER (TRUE), test_walk);
  return g_test_run ();
}
