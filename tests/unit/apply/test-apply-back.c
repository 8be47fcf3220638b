/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply-back.h"
#include "tests/unit/apply/test-seat.h"

/* A seat on a disk that clones, or not. */
static TestSeat *
seat_new (gconstpointer clones)
{
  TestSeat *seat = test_seat_new ();

  seat->faults.clones = GPOINTER_TO_INT (clones);
  return seat;
}

static const ScNeeds *
needs_of (ScApply **apply, TestSeat *seat, TestVersion *version)
{
  g_autoptr (GError) error = NULL;

  *apply = test_seat_plan (seat, version, &error);
  g_assert_no_error (error);
  return sc_apply_get_needs (*apply);
}

static guint64
undo_bytes (TestSeat *seat, GArray **back)
{
  g_autoptr (GError) error = NULL;
  guint64 bytes = 0;
  GArray *numbers = sc_apply_back_list (seat->disk, seat->state, &bytes, &error);

  g_assert_no_error (error);
  if (back != NULL)
    *back = numbers;
  else
    g_array_unref (numbers);
  return bytes;
}

static TestVersion *
version_new (guint64 number, const char *disk, const char *other)
{
  TestVersion *version = test_version_new (number);

  test_version_add (version, "vm", "disk.vmdk", test_content (disk));
  test_version_add (version, "vm", "vm.vmx", test_content ("s:99"));
  if (other != NULL)
    test_version_add (version, "other", "deep/disk.vmdk", test_content (other));
  test_version_seal (version);
  return version;
}

/* Grown, cut, moved, zeroed, swapped: all of it comes back without a chunk from outside, and forward again, too. */
static void
test_back_and_forth (gconstpointer clones)
{
  g_autoptr (TestSeat) seat = seat_new (clones);
  g_autoptr (TestVersion) first = version_new (1, "ABCD0EFG:77", "KLM");
  g_autoptr (TestVersion) second = version_new (2, "BAx0yE", NULL);

  g_assert_cmpuint (test_seat_apply (seat, first), >, 0);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 2);
  for (guint i = 0; i < 3; i++) {
    test_seat_restart (seat);
    g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
    g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  }
}

/* Straight to any of several versions. */
static void
test_several_versions (gconstpointer clones)
{
  const char *disks[] = { "ABCDEF", "ABxDEF", "AyxDEFG", "AyxD", "Ayzw" };
  const char *others[] = { "KLM", "KLN", NULL, "KLO", "PLO" };
  g_autoptr (TestSeat) seat = seat_new (clones);
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) test_version_free);
  const guint order[] = { 0, 4, 2, 3, 1, 4, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (disks); i++) {
    g_ptr_array_add (versions, version_new (i + 1, disks[i], others[i]));
    test_seat_apply (seat, versions->pdata[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpuint (test_seat_apply (seat, versions->pdata[order[i]]), ==, 0);
}

/* What was cut off half-way goes back with what is here. */
static void
test_back_from_half_way (gconstpointer clones)
{
  for (guint received = 0; received < 5; received++) {
    g_autoptr (TestSeat) seat = seat_new (clones);
    g_autoptr (TestVersion) first = version_new (1, "ABCDEF", "KLM");
    g_autoptr (TestVersion) second = version_new (2, "FAxyzwvC", "KQRB");
    g_autoptr (GError) error = NULL;

    test_seat_apply (seat, first);
    {
      g_autoptr (ScApply) apply = test_seat_plan (seat, second, &error);

      g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
      g_assert_true (test_seat_receive (seat, apply, received, &error));
    }
    test_seat_restart (seat);
    g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
  }
}

/* A window has closed on an update: the seat goes back to the version before, and does not need again what had come. */
static void
test_again_after_half_way (gconstpointer clones)
{
  for (guint received = 1; received < 5; received++) {
    g_autoptr (TestSeat) seat = seat_new (clones);
    g_autoptr (TestVersion) first = version_new (1, "ABCDEF", "KLM");
    g_autoptr (TestVersion) second = version_new (2, "FAxyzwvC", "KQRB");
    g_autoptr (GError) error = NULL;
    g_autoptr (ScApply) apply = NULL;
    guint64 lacked;

    test_seat_apply (seat, first);
    lacked = needs_of (&apply, seat, second)->lacks_bytes;
    g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
    g_assert_true (test_seat_receive (seat, apply, received, &error));
    g_assert_true (sc_apply_flush (apply, &error));
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_restart (seat);

    g_assert_cmpuint (needs_of (&apply, seat, first)->lacks_bytes, ==, 0);
    g_clear_pointer (&apply, sc_apply_free);
    g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
    test_seat_restart (seat);
    g_assert_cmpuint (needs_of (&apply, seat, second)->lacks_bytes, ==, lacked - received * SC_CHUNK_SIZE);
    g_clear_pointer (&apply, sc_apply_free);
    test_seat_apply (seat, second);
  }
}

/* Forward only there is no way back without the network, and what has come stays where it belongs. */
static void
test_forward_only_stays (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEF", NULL);
  g_autoptr (TestVersion) second = version_new (2, "abcDEF", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApply) apply = NULL;

  test_seat_apply (seat, first);
  test_seat_set_free (seat, 4096);
  g_assert_cmpuint (needs_of (&apply, seat, second)->lacks_bytes, ==, 3 * SC_CHUNK_SIZE);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  g_assert_true (test_seat_receive (seat, apply, 2, &error));
  g_assert_true (sc_apply_flush (apply, &error));
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_restart (seat);
  g_assert_cmpuint (needs_of (&apply, seat, first)->lacks_bytes, >, 0);
  g_clear_pointer (&apply, sc_apply_free);
  g_assert_cmpuint (needs_of (&apply, seat, second)->lacks_bytes, ==, SC_CHUNK_SIZE);
}

/* An update that has taken nothing away yet, and was given up, does not stand in the way of the next one. */
static void
test_given_up_before_anything_went (gconstpointer clones)
{
  g_autoptr (TestSeat) seat = seat_new (clones);
  g_autoptr (TestVersion) first = version_new (1, "ABCD", NULL);
  g_autoptr (TestVersion) second = test_version_new (2);
  g_autoptr (TestVersion) third = version_new (3, "AxyD", NULL);
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  for (guint i = 0; i < first->files->len; i++) {
    const TestFile *file = first->files->pdata[i];

    test_version_add (second, file->template, file->path, g_bytes_ref (file->data))->mtime = file->mtime;
  }
  test_version_add (second, "vm", "new.vmdk", test_content ("KL"));
  test_version_seal (second);
  apply = test_seat_plan (seat, second, &error);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_restart (seat);
  g_assert_cmpuint (test_seat_apply (seat, third), ==, 2);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
}

/* Another spelling is the same file, whether the file system ignores case or not. */
static void
test_respelt (gconstpointer clones)
{
  for (guint i = 0; i < 4; i++) {
    g_autoptr (TestSeat) seat = seat_new (clones);
    g_autoptr (TestVersion) first = test_version_new (1);
    g_autoptr (TestVersion) second = test_version_new (2);
    g_autoptr (GError) error = NULL;

    seat->faults.ignore_case = i % 2 == 1;
    test_version_add (first, "vm", "Disk.vmdk", test_content ("ABCDE"));
    test_version_seal (first);
    test_version_add (second, "vm", "disk.vmdk", test_content ("AxCyE"));
    test_version_seal (second);
    test_seat_apply (seat, first);
    if (i >= 2) { /* cut off half-way */
      g_autoptr (ScApply) apply = test_seat_plan (seat, second, &error);

      g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
      g_assert_true (test_seat_receive (seat, apply, 1, &error));
    }
    g_assert_cmpuint (test_seat_apply (seat, second), ==, i < 2 ? 2 : 1);
    g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
    g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  }
}

/* What the undo store takes is told as it is, also after an update in two pieces. */
static void
test_bytes_of_a_resumed_step (gconstpointer clones)
{
  g_autoptr (TestVersion) first = version_new (1, "ABCDEF", NULL);
  g_autoptr (TestVersion) second = test_version_new (2);
  guint64 bytes[2];

  test_version_add (second, "vm", "vm.vmx", test_content ("t:99"));
  test_version_add (second, "vm", "new.vmdk", test_content ("KL"));
  test_version_seal (second);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (TestSeat) seat = seat_new (clones);
    g_autoptr (GError) error = NULL;

    test_seat_apply (seat, first);
    if (i == 1) {
      g_autoptr (ScApply) apply = test_seat_plan (seat, second, &error);

      g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
      g_clear_pointer (&apply, sc_apply_free);
      test_seat_restart (seat);
    }
    test_seat_apply (seat, second);
    bytes[i] = undo_bytes (seat, NULL);
  }
  g_assert_cmpuint (bytes[0], >=, 6 * SC_CHUNK_SIZE);
  g_assert_cmpuint (bytes[1], >=, bytes[0]);
  g_assert_cmpuint (bytes[1], <=, bytes[0] + 4096);
}

/* Versions 1 to @n of a template with many files, of which one changes. */
static guint
count_reads_of_a_plan (TestSeat *seat, guint from, guint to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApply) apply = NULL;

  for (guint i = from; i <= to; i++) {
    g_autoptr (TestVersion) version = test_version_new (i);
    const char text[] = { 'A', (char) ('B' + i), 'C', '\0' };

    test_version_add (version, "vm", "disk.vmdk", test_content (text));
    for (guint f = 0; f < 60; f++) {
      g_autofree char *path = g_strdup_printf ("logs/%u", f);

      test_version_add (version, "vm", path, test_content (""))->mtime = 1;
    }
    test_version_seal (version);
    if (i < to) {
      test_seat_apply (seat, version);
      continue;
    }
    test_seat_set_faults (seat, TEST_FAULT_NONE, 0);
    apply = test_seat_plan (seat, version, &error);
    g_assert_no_error (error);
  }
  return seat->faults.reads;
}

/* A step that keeps no whole file costs little to look at, however many files its template has. */
static void
test_many_steps (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  guint few = count_reads_of_a_plan (seat, 1, 4), many = count_reads_of_a_plan (seat, 4, 14);

  g_test_message ("%u reading operations with 2 steps, %u with 12", few, many);
  g_assert_cmpuint (many, <, few + 10 * 30);
}

static void
test_ways_are_told (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGH", NULL);
  g_autoptr (TestVersion) second = version_new (2, "abCDEFGHIJ", "KL");
  g_autoptr (ScApply) apply = NULL;
  const ScNeeds *needs;

  test_seat_apply (seat, first);
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->ways[SC_WAY_NEW].files, ==, 1);
  g_assert_cmpuint (needs->ways[SC_WAY_NEW].bytes, ==, 2 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->ways[SC_WAY_UNDO].files, ==, 1);
  g_assert_cmpuint (needs->ways[SC_WAY_UNDO].bytes, ==, 4 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->lacks_bytes, ==, 6 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->peak_bytes, >, 4 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->peak_bytes, <, 6 * SC_CHUNK_SIZE + 5 * 1024 * 1024); /* a log may take 4 MiB more */
  g_assert_cmpuint (needs->missing_bytes, ==, 0);
  g_clear_pointer (&apply, sc_apply_free);

  seat->faults.clones = TRUE;
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->ways[SC_WAY_CLONE].files, ==, 1);
  g_assert_cmpuint (needs->ways[SC_WAY_UNDO].files, ==, 0);
  g_assert_cmpuint (needs->peak_bytes, ==, 6 * SC_CHUNK_SIZE);
  g_clear_pointer (&apply, sc_apply_free);

  /* room for what it grows by, and no more */
  test_seat_set_free (seat, 4 * SC_CHUNK_SIZE);
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->ways[SC_WAY_FORWARD].files, ==, 1);
  g_assert_cmpuint (needs->peak_bytes, ==, 4 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->missing_bytes, ==, 0);
  g_clear_pointer (&apply, sc_apply_free);

  seat->settings.reserve = SC_CHUNK_SIZE + 10;
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->missing_bytes, ==, SC_CHUNK_SIZE + 10);
  g_clear_pointer (&apply, sc_apply_free);

  /* what has to be freed so that the reserve stays free, too */
  seat->settings.reserve = 40 * SC_CHUNK_SIZE;
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->missing_bytes, ==, 40 * SC_CHUNK_SIZE);
  g_clear_pointer (&apply, sc_apply_free);
  seat->settings.reserve = SC_CHUNK_SIZE + 10;
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->reserve_bytes, ==, SC_CHUNK_SIZE + 10);
}

/* Bytes that a plan reads to know what lies there. */
static guint64
bytes_hashed (TestSeat *seat, TestVersion *version)
{
  g_autoptr (ScProgress) progress = sc_progress_new ();
  g_auto (ScProgressState) state = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApply) apply = sc_apply_new (seat->disk, seat->state, &seat->settings, version->manifest,
                                            version->manifests, progress, NULL, &error);

  g_assert_no_error (error);
  sc_progress_get (progress, &state);
  return state.total;
}

/* What went to the undo store as it was is not read to be taken back: that would be minutes for a large disk. What
 * somebody had written to before is not believed. */
static void
test_taken_back_unread (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (TRUE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGH", "KLM");
  g_autoptr (TestVersion) second = version_new (2, "ABxDEFGH", NULL);

  test_seat_apply (seat, first);
  test_seat_apply (seat, second);
  g_assert_cmpuint (bytes_hashed (seat, first), ==, 0);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);

  test_seat_alter_file (seat, "vm/disk.vmdk", 5, "drifted");
  test_seat_apply (seat, second);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, 0);
}

/* Where overwriting takes space, that must be there in any way; only what is between two versions may use the reserve
 * for it. */
static void
test_disk_that_moves (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGH", NULL);
  g_autoptr (TestVersion) second = version_new (2, "abcDEFGH", NULL);
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;
  const ScNeeds *needs;

  test_seat_apply (seat, first);
  seat->faults.moves = TRUE;
  test_seat_set_free (seat, 5 * SC_CHUNK_SIZE);
  seat->settings.reserve = 3 * SC_CHUNK_SIZE;
  needs = needs_of (&apply, seat, second);
  g_assert_cmpuint (needs->ways[SC_WAY_FORWARD].files, ==, 1);
  g_assert_cmpuint (needs->peak_bytes, ==, 3 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs->missing_bytes, ==, SC_CHUNK_SIZE);
  g_assert_false (sc_apply_begin (apply, NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_clear_pointer (&apply, sc_apply_free);

  test_seat_set_free (seat, 6 * SC_CHUNK_SIZE);
  apply = test_seat_plan (seat, second, &error);
  g_assert_true (sc_apply_begin (apply, NULL, NULL, &error));
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_set_free (seat, 4 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs_of (&apply, seat, second)->missing_bytes, ==, 0);
  g_clear_pointer (&apply, sc_apply_free);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 3);
}

/* Swaps and rotations without a log: one chunk of each cycle is put aside, nothing is received. */
static void
test_forward_only_copies (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGHIJ", "KLMNOP");
  g_autoptr (TestVersion) second = version_new (2, "BCADCKGIHA", "JPKLMN");
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GError) error = NULL;

  test_seat_apply (seat, first);
  test_seat_set_free (seat, 4 * SC_CHUNK_SIZE);
  g_assert_cmpuint (needs_of (&apply, seat, second)->ways[SC_WAY_FORWARD].files, ==, 2);
  g_clear_pointer (&apply, sc_apply_free);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  g_assert_cmpuint (undo_bytes (seat, NULL), ==, 0);
}

/* A shift by one: every place is overwritten by its neighbour, and with order alone nothing has to be put aside. */
static void
test_forward_only_shift (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", NULL);
  g_autoptr (TestVersion) second = version_new (2, "aABCDEFGHIJKLMNOPQRSTUVWXY", NULL);

  test_seat_apply (seat, first);
  test_seat_set_free (seat, 4096);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 1);
}

/* A file that the undo store gives back whole overwrites nothing, and what leads back stays. */
static void
test_taken_back_is_new (void)
{
  g_autoptr (TestSeat) seat = seat_new (GINT_TO_POINTER (FALSE));
  g_autoptr (TestVersion) first = version_new (1, "ABCD", "KL");
  g_autoptr (TestVersion) second = version_new (2, "AxCD", NULL);
  g_autoptr (ScApply) apply = NULL;

  test_seat_apply (seat, first);
  test_seat_apply (seat, second);
  const ScNeeds *needs = needs_of (&apply, seat, first);
  g_assert_cmpuint (needs->ways[SC_WAY_NEW].files, ==, 1);
  g_assert_cmpuint (needs->ways[SC_WAY_NEW].bytes, ==, 0);
  g_assert_cmpuint (needs->ways[SC_WAY_UNDO].files, ==, 1);
  g_assert_cmpuint (needs->ways[SC_WAY_FORWARD].files, ==, 0);
}

/* The oldest way back goes first; what is left still leads where it led. */
static void
test_budget (gconstpointer clones)
{
  g_autoptr (TestSeat) seat = seat_new (clones);
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGH", NULL);
  g_autoptr (TestVersion) second = version_new (2, "abcdEFGH", NULL);
  g_autoptr (TestVersion) third = version_new (3, "abcdefgh", NULL);
  g_autoptr (GArray) back = NULL;

  seat->settings.undo_budget = 5 * SC_CHUNK_SIZE;
  test_seat_apply (seat, first);
  test_seat_apply (seat, second);
  test_seat_apply (seat, third);
  if (GPOINTER_TO_INT (clones)) /* not compressed: 4 chunks each */
    g_assert_cmpuint (undo_bytes (seat, &back), <=, 5 * SC_CHUNK_SIZE);
  else
    g_assert_cmpuint (undo_bytes (seat, &back), >, 0);
  g_assert_cmpuint (back->len, ==, GPOINTER_TO_INT (clones) ? 1 : 2);
  g_assert_cmpuint (g_array_index (back, guint64, 0), ==, 2);
  g_assert_cmpuint (test_seat_apply (seat, second), ==, 0);
  g_assert_cmpuint (test_seat_apply (seat, first), ==, GPOINTER_TO_INT (clones) ? 4 : 0);

  seat->settings.undo_budget = 0;
  test_seat_apply (seat, third);
  g_assert_cmpuint (undo_bytes (seat, NULL), ==, 0);
}

/* An old way back makes room for an update. */
static void
test_eviction (gconstpointer clones)
{
  g_autoptr (TestSeat) seat = seat_new (clones);
  g_autoptr (TestVersion) first = version_new (1, "ABCDEFGH", "KLMNOP");
  g_autoptr (TestVersion) second = version_new (2, "ABCDEFGH", NULL);
  g_autoptr (TestVersion) third = version_new (3, "ABCDEFGHIJKLMN", NULL);
  g_autoptr (ScApply) apply = NULL;

  test_seat_apply (seat, first);
  test_seat_apply (seat, second); /* keeps six chunks */
  g_assert_cmpuint (undo_bytes (seat, NULL), >=, 6 * SC_CHUNK_SIZE);
  test_seat_set_free (seat, 3 * SC_CHUNK_SIZE);
  /* K to N lie in what has to go, so they count as lacking from the start */
  g_assert_cmpuint (needs_of (&apply, seat, third)->lacks_bytes, ==, 6 * SC_CHUNK_SIZE);
  g_clear_pointer (&apply, sc_apply_free);
  g_assert_cmpuint (test_seat_apply (seat, third), ==, 6);
  g_assert_cmpuint (undo_bytes (seat, NULL), <, 6 * SC_CHUNK_SIZE);
}

int
main (int argc, char **argv)
{
  test_seat_init (&argc, &argv);
  for (guint clones = 0; clones < 2; clones++) {
    gpointer data = GINT_TO_POINTER (clones);
    const char *name = clones ? "clone" : "undo";
    const struct {
      const char *name;
      GTestDataFunc function;
    } tests[] = { { "back-and-forth", test_back_and_forth },
                  { "several-versions", test_several_versions },
                  { "half-way", test_back_from_half_way },
                  { "again", test_again_after_half_way },
                  { "given-up-early", test_given_up_before_anything_went },
                  { "respelt", test_respelt },
                  { "bytes", test_bytes_of_a_resumed_step },
                  { "budget", test_budget },
                  { "eviction", test_eviction } };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree char *path = g_strdup_printf ("/apply-back/%s/%s", name, tests[i].name);

      g_test_add_data_func (path, data, tests[i].function);
    }
  }
  g_test_add_func ("/apply-back/ways", test_ways_are_told);
  g_test_add_func ("/apply-back/ways/taken-back", test_taken_back_is_new);
  g_test_add_func ("/apply-back/unread", test_taken_back_unread);
  g_test_add_func ("/apply-back/moves", test_disk_that_moves);
  g_test_add_func ("/apply-back/forward-only/cycles", test_forward_only_copies);
  g_test_add_func ("/apply-back/forward-only/shift", test_forward_only_shift);
  g_test_add_func ("/apply-back/forward-only/stays", test_forward_only_stays);
  g_test_add_func ("/apply-back/many-steps", test_many_steps);
  return g_test_run ();
}
