/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Seats that go to and fro between versions and change their mind half-way: what a seat had once it has for good, as
 * long as there is room, and what it says it can go back to it can.
 */
#include "common/sc-error.h"
#include "common/sc-path.h"
#include "service/apply/sc-apply-back.h"
#include "tests/unit/apply/test-seat.h"

#define N_VERSIONS 4u
#define STEPS 10u

static int
compare_paths (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

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

/* Somebody changes a file, perhaps so that it does not show, or removes it. */
static void
meddle (TestSeat *seat, GRand *random)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree gpointer *list = NULL;
  g_autoptr (GError) error = NULL;
  const char *path;
  ScDiskInfo info;
  guint n;

  test_disk_list_files (seat->disk, ".", SC_PATH_PRIVATE, paths);
  if (g_hash_table_size (paths) == 0)
    return;
  list = g_hash_table_get_keys_as_array (paths, &n);
  qsort (list, n, sizeof *list, compare_paths);
  path = list[g_rand_int_range (random, 0, (gint32) n)];
  g_assert_true (sc_disk_info (seat->disk, path, &info, &error));
  if (info.size <= 6)
    return;
  sc_disk_set_read_only (seat->disk, path, FALSE, &error);
  g_assert_no_error (error);
  if (g_rand_int_range (random, 0, 3) == 0)
    test_seat_remove (seat, path);
  else
    test_seat_alter_file (seat, path, (guint64) g_rand_int_range (random, 0, (gint32) info.size - 6), "meddle");
  test_disk_settle (seat->disk); /* it was a while ago */
}

/* The disk is full, another program has a file, the budget is small, and all of it changes while updates go on. */
static void
get_rough (TestSeat *seat, TestVersion *version, GRand *random)
{
  g_autofree char *held = NULL;
  g_autoptr (GError) error = NULL;

  seat->faults.clones = g_rand_boolean (random);
  seat->settings.undo_budget = g_rand_boolean (random) ? G_MAXINT64 : g_rand_int_range (random, 0, 20 * SC_CHUNK_SIZE);
  seat->settings.reserve = g_rand_boolean (random) ? 0 : g_rand_int_range (random, 0, 8 * 1024 * 1024);
  test_seat_set_free (seat, (guint64) g_rand_int_range (random, 0, 12 * 1024 * 1024));
  if (g_rand_int_range (random, 0, 3) == 0 && version->files->len > 0) {
    const TestFile *file = version->files->pdata[0];

    held = test_seat_join (file->template, file->path);
    seat->faults.held = held;
  }
  switch (g_rand_int_range (random, 0, 3)) {
  case 0:
    test_seat_set_faults (seat, TEST_FAULT_FULL_ONCE, (guint) g_rand_int_range (random, 0, 60));
    break;
  case 1:
    test_seat_set_faults (seat, TEST_FAULT_DEAD, (guint) g_rand_int_range (random, 0, 120));
    break;
  default:
    break;
  }
  if (!test_seat_try (seat, version, &error))
    g_assert_false (g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT));
  if (g_rand_boolean (random))
    test_seat_cut_power (seat, random);
  else
    test_seat_restart (seat);
}

/* Which have failed once. 1679441623: a clone whose original an earlier attempt had kept already */
static const guint32 known_seeds[] = { 1679441623 };

static void
test_rough (void)
{
  guint n = g_getenv ("SEATCAST_TEST_LONG") != NULL ? 500 : 10;

  for (guint i = 0; i < n; i++) {
    guint32 seed = i < G_N_ELEMENTS (known_seeds) ? known_seeds[i] : (guint32) g_test_rand_int ();
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    g_autoptr (TestSeat) seat = test_seat_new ();
    g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) test_version_free);

    g_test_message ("seed %u", seed);
    for (guint v = 0; v < N_VERSIONS; v++)
      g_ptr_array_add (versions, test_version_random (random, v + 1));
    for (guint step = 0; step < 2 * STEPS; step++) {
      TestVersion *version = versions->pdata[g_rand_int_range (random, 0, N_VERSIONS)];

      seat->faults.capacity = TEST_SEAT_CAPACITY;
      if (g_rand_boolean (random))
        meddle (seat, random);
      if (g_rand_int_range (random, 0, 3) > 0) {
        get_rough (seat, version, random);
        continue;
      }
      seat->settings = (ScApplySettings){ .reserve = 0, .undo_budget = G_MAXINT64 };
      test_seat_apply (seat, version);
    }
  }
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  g_test_add_data_func ("/apply-walk/undo", GINT_TO_POINTER (FALSE), test_walk);
  g_test_add_data_func ("/apply-walk/clone", GINT_TO_POINTER (TRUE), test_walk);
  g_test_add_func ("/apply-walk/rough", test_rough);
  return g_test_run ();
}
