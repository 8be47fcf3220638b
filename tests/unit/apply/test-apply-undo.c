/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "tests/unit/apply/test-special.h"
#include "tests/unit/apply/test-undo.h"

#include <glib/gstdio.h>

#define FIRST "0000000000000001"

static void
assert_damaged (TestUndo *self, guint n)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScChunkId id;
  gsize length;
  guint32 record;

  test_undo_make_chunk (n, data, &id);
  record = sc_apply_undo_find (self->undo, &id);
  g_assert_cmpuint (record, !=, SC_CHUNK_INDEX_NONE);
  g_assert_false (sc_apply_undo_read (self->undo, record, data, &length, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
}

static char *
read_log (TestUndo *self, gsize *size)
{
  g_autofree char *path = test_undo_path (self, FIRST "/log");
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  return bytes;
}

static void
write_log (TestUndo *self, const char *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file =
      sc_disk_open (self->disk, SC_APPLY_UNDO_DIRECTORY "/" FIRST "/log", SC_DISK_WRITE | SC_DISK_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_truncate (file, size, &error));
  g_assert_true (sc_disk_file_write_at (file, 0, bytes, size, &error));
}

static void
test_nothing_there (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *private = g_build_filename (self->root, SC_PATH_PRIVATE, NULL);

  g_assert_cmpuint (test_undo_count (self), ==, 0);
  g_assert_cmpuint (sc_apply_undo_get_bytes (self->undo), ==, 0);
  g_assert_null (sc_apply_undo_find_open (self->undo, "a"));
  g_assert_false (test_undo_has (self, 1));
  test_undo_clean (self);
  test_undo_sync (self);
  g_assert_false (g_file_test (private, G_FILE_TEST_EXISTS));
}

/* 60 chunks are more than one piece of the buffer: some are read from the file, some from memory. */
static void
test_round_trip (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);

  for (guint n = 0; n < 60; n++)
    test_undo_add (self, step, n);
  g_assert_false (test_undo_has (self, 60));
  for (guint n = 0; n < 60; n++) {
    g_assert_true (test_undo_has (self, n));
    g_assert_true (test_undo_step_has (self, step, n));
  }
  test_undo_sync (self);
  for (guint n = 60; n < 70; n++)
    test_undo_add (self, step, n);
  for (guint n = 0; n < 70; n++)
    g_assert_true (test_undo_has (self, n));
}

static void
test_level_one_saves_space (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);

  for (guint n = 1; n < 41; n += 2)
    test_undo_add (self, step, n);
  g_assert_cmpuint (step->bytes, >, 20 * SC_PACK_ENTRY_HEADER_SIZE);
  g_assert_cmpuint (step->bytes, <, 20 * SC_CHUNK_SIZE / 2);
}

static void
test_reopen_open (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 7);
  guint64 bytes;

  for (guint n = 0; n < 30; n++)
    test_undo_add (self, step, n);
  test_undo_sync (self);
  bytes = step->bytes;
  test_undo_add (self, step, 30); /* never synced, so gone */
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  step = sc_apply_undo_find_open (self->undo, "a");
  g_assert_nonnull (step);
  g_assert_null (sc_apply_undo_find_open (self->undo, "b"));
  g_assert_cmpuint (step->bytes, ==, bytes);
  g_assert_cmpuint (step->version, ==, 7);
  g_assert_cmpuint (step->from.bytes[0], ==, 7);
  g_assert_true (test_undo_open_step (self, "a", 7) == step);
  for (guint n = 0; n < 30; n++)
    g_assert_true (test_undo_has (self, n));
  g_assert_false (test_undo_has (self, 30));
  test_undo_add (self, step, 30);
  test_undo_sync (self);
  test_undo_reopen (self);
  for (guint n = 0; n < 31; n++)
    g_assert_true (test_undo_has (self, n));
}

static void
test_reopen_sealed (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  guint64 bytes;

  for (guint n = 0; n < 20; n++)
    test_undo_add (self, step, n);
  bytes = step->bytes;
  test_undo_seal (self, step, 1000000);
  g_assert_cmpuint (step->bytes, >=, bytes + 1000000);
  bytes = step->bytes;
  g_assert_true (test_undo_has (self, 3));
  test_undo_reopen (self);
  step = test_undo_get_step (self, 0);
  g_assert_true (step->sealed);
  g_assert_cmpuint (step->bytes, ==, bytes);
  g_assert_cmpstr (step->template_name, ==, "a");
  g_assert_null (sc_apply_undo_find_open (self->undo, "a"));
  for (guint n = 0; n < 20; n++)
    g_assert_true (test_undo_has (self, n));
  /* the next update of it makes a later one */
  step = test_undo_open_step (self, "a", 2);
  g_assert_cmpuint (step->id, ==, 2);
  g_assert_cmpuint (test_undo_count (self), ==, 2);
  g_assert_true (test_undo_get_step (self, 1) == step);
}

static void
test_dedup (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree guint8 *zeros = g_malloc0 (SC_CHUNK_SIZE);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autoptr (GError) error = NULL;
  guint64 bytes;
  ScChunkId id;

  test_undo_add (self, step, 1);
  bytes = step->bytes;
  test_undo_add (self, step, 1);
  g_assert_cmpuint (step->bytes, ==, bytes);
  test_undo_sync (self);
  test_undo_add (self, step, 1);
  g_assert_cmpuint (step->bytes, ==, bytes);
  sc_chunk_id_of_zeros (&id, SC_CHUNK_SIZE);
  g_assert_true (sc_apply_undo_add (self->undo, step, &id, zeros, SC_CHUNK_SIZE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (step->bytes, ==, bytes);
  g_assert_false (sc_apply_undo_has (self->undo, step, &id));
  g_assert_cmpuint (sc_apply_undo_find (self->undo, &id), ==, SC_CHUNK_INDEX_NONE);
}

/* Cut at every byte of the last two records: the open step then has the first ones, each whole or not at all, and goes
 * on from there. */
static void
test_torn_tail (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autofree char *bytes = NULL;
  guint64 ends[4];
  gsize size;

  /* short ones, so that there are few positions: 6, 13 and 20 */
  for (guint i = 0; i < 4; i++) {
    test_undo_add (self, step, i * 7 + 6);
    ends[i] = step->bytes;
  }
  test_undo_sync (self);
  bytes = read_log (self, &size);
  g_assert_cmpuint (size, ==, ends[3]);
  for (gsize cut = ends[1]; cut < ends[3]; cut++) {
    write_log (self, bytes, cut);
    test_undo_reopen (self);
    g_assert_true (test_undo_has (self, 6));
    g_assert_true (test_undo_has (self, 13));
    g_assert_cmpint (test_undo_has (self, 20), ==, cut >= ends[2]);
    g_assert_false (test_undo_has (self, 27));
    step = test_undo_open_step (self, "a", 1);
    g_assert_cmpuint (step->bytes, ==, cut >= ends[2] ? ends[2] : ends[1]);
    if (cut % 50 != 0)
      continue;
    test_undo_add (self, step, 27);
    test_undo_add (self, step, 20);
    test_undo_sync (self);
    test_undo_reopen (self);
    g_assert_true (test_undo_has (self, 20));
    g_assert_true (test_undo_has (self, 27));
    g_assert_cmpuint (test_undo_get_step (self, 0)->bytes, ==, ends[3]);
  }
}

/* The same with zeros where the file's size has become durable before its bytes. */
static void
test_unwritten_tail (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autofree char *bytes = NULL;
  guint64 ends[3];
  gsize size;

  for (guint i = 0; i < 3; i++) {
    test_undo_add (self, step, i * 7 + 6);
    ends[i] = step->bytes;
  }
  test_undo_sync (self);
  bytes = read_log (self, &size);
  for (gsize from = ends[2] - 1; from >= ends[0]; from--) {
    bytes[from] = 0;
    write_log (self, bytes, size);
    test_undo_reopen (self);
    g_assert_true (test_undo_has (self, 6));
    g_assert_cmpint (test_undo_has (self, 13), ==, from >= ends[1]);
    g_assert_false (test_undo_has (self, 20) &&
                    from < ends[2] - 2); /* one of the last bytes may have been zero itself */
  }
  /* what was behind the new end does not come back */
  step = test_undo_open_step (self, "a", 1);
  g_free (read_log (self, &size));
  g_assert_cmpuint (size, ==, ends[0]);
}

/* Each byte of a record in the middle: that chunk is lost, or with its header those behind it; nothing is wrong. */
static void
damage_middle (gboolean sealed)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autofree char *bytes = NULL;
  guint64 ends[3];
  gsize size;

  for (guint i = 0; i < 3; i++) {
    test_undo_add (self, step, i * 7 + 6);
    ends[i] = step->bytes;
  }
  if (sealed)
    test_undo_seal (self, step, 0);
  else
    test_undo_sync (self);
  bytes = read_log (self, &size);
  for (gsize at = ends[0]; at < ends[1]; at++) {
    gsize position = at - ends[0];

    bytes[at] ^= 0x10;
    write_log (self, bytes, size);
    test_undo_reopen (self);
    g_assert_true (test_undo_has (self, 6));
    if (position >= SC_PACK_ENTRY_HEADER_SIZE)
      g_assert_true (test_undo_has (self, 20));
    if (!sealed)
      g_assert_false (test_undo_has (self, 13));
    else if (position >= SC_PACK_ENTRY_HEADER_SIZE)
      assert_damaged (self, 13);
    bytes[at] ^= 0x10;
  }
  write_log (self, bytes, size);
  test_undo_reopen (self);
  for (guint i = 0; i < 3; i++)
    g_assert_true (test_undo_has (self, i * 7 + 6));
}

static void
test_damaged_middle (gconstpointer data)
{
  damage_middle (GPOINTER_TO_INT (data));
}

static void
test_other_step_helps (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *later = test_undo_path (self, "0000000000000002/log");
  gsize size;

  for (guint8 i = 1; i <= 2; i++) {
    ScApplyStep *step = test_undo_open_step (self, "a", i);

    test_undo_add (self, step, 1);
    test_undo_seal (self, step, 0);
  }
  test_undo_reopen (self);
  bytes = read_log (self, &size);
  bytes[size - 1] ^= 1;
  g_assert_true (g_file_set_contents (later, bytes, (gssize) size, NULL));
  g_assert_true (test_undo_has (self, 1));
  write_log (self, bytes, size);
  assert_damaged (self, 1);
  /* and files that have gone since are an error, not a crash */
  g_assert_cmpint (g_remove (later), ==, 0);
  assert_damaged (self, 1);
}

static void
test_find_after_drop (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *first = test_undo_open_step (self, "a", 1);
  ScApplyStep *second = test_undo_open_step (self, "b", 1);
  ScApplyStep *third = test_undo_open_step (self, "c", 1);

  test_undo_add (self, first, 1);
  test_undo_add (self, first, 2);
  test_undo_add (self, second, 2);
  test_undo_add (self, second, 3);
  test_undo_add (self, third, 3);
  test_undo_add (self, third, 4);
  g_assert_false (test_undo_step_has (self, first, 3));
  g_assert_true (test_undo_step_has (self, second, 3));
  test_undo_seal (self, first, 0);
  g_assert_true (test_undo_has (self, 1));
  test_undo_drop (self, first);
  g_assert_false (test_undo_is_there (self, FIRST));
  g_assert_false (test_undo_has (self, 1));
  g_assert_true (test_undo_has (self, 2));
  g_assert_true (test_undo_has (self, 3));
  test_undo_drop (self, second);
  g_assert_false (test_undo_has (self, 2));
  g_assert_true (test_undo_has (self, 3));
  g_assert_true (test_undo_has (self, 4));
  test_undo_sync (self);
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  g_assert_true (test_undo_has (self, 3));
  test_undo_drop (self, test_undo_get_step (self, 0));
  g_assert_false (test_undo_has (self, 3));
  g_assert_cmpuint (sc_apply_undo_get_bytes (self->undo), ==, 0);
}

static void
test_trim (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autoptr (GError) error = NULL;

  test_undo_open_step (self, "open", 1);
  for (guint8 i = 1; i <= 4; i++) {
    ScApplyStep *step = test_undo_open_step (self, i % 2 == 0 ? "even" : "odd", i);

    test_undo_seal (self, step, 1000u * i);
  }
  g_assert_cmpuint (sc_apply_undo_get_bytes (self->undo), ==, 10000);
  g_assert_true (sc_apply_undo_trim (self->undo, 10000, &error));
  g_assert_cmpuint (test_undo_count (self), ==, 5);
  g_assert_true (sc_apply_undo_trim (self->undo, 9999, &error));
  g_assert_cmpuint (test_undo_count (self), ==, 4);
  g_assert_cmpuint (test_undo_get_step (self, 1)->id, ==, 3);
  g_assert_true (sc_apply_undo_trim (self->undo, 4500, &error));
  g_assert_cmpuint (test_undo_count (self), ==, 2);
  g_assert_cmpuint (test_undo_get_step (self, 1)->id, ==, 5);
  test_undo_add (self, test_undo_get_step (self, 0), 1);
  /* an open one stays, whatever it takes */
  g_assert_true (sc_apply_undo_trim (self->undo, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  g_assert_cmpstr (test_undo_get_step (self, 0)->template_name, ==, "open");
  g_assert_true (test_undo_has (self, 1));
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
}

static void
test_kept_files (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);
  g_autofree char *kept = sc_apply_undo_dup_kept_path (step, TRUE, "deep/er/disk.vmdk");
  g_autofree char *path = g_build_filename (self->root, kept, NULL);
  g_autofree char *text = g_strnfill (50000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (kept, ==, SC_APPLY_UNDO_DIRECTORY "/" FIRST "/files/whole/deep/er/disk.vmdk");
  g_assert_true (sc_apply_undo_make_way (self->undo, step, TRUE, "deep/er/disk.vmdk", &error));
  g_assert_true (sc_apply_undo_make_way (self->undo, step, TRUE, "plain.vmx", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  test_undo_reopen (self);
  step = test_undo_open_step (self, "a", 1);
  g_assert_true (test_undo_is_there (self, FIRST "/files/whole/deep/er/disk.vmdk"));
  test_undo_seal (self, step, SC_APPLY_UNDO_KEPT_UNKNOWN);
  g_assert_cmpuint (step->bytes, >=, 50000);
  g_assert_cmpuint (step->bytes, <, 500000);
  test_undo_clean (self);
  g_assert_true (test_undo_is_there (self, FIRST "/files/whole/deep/er/disk.vmdk"));
  test_undo_drop (self, step);
  g_assert_false (test_undo_is_there (self, FIRST));
}

/* A crash between the commit and the seal leaves a step open that is at another manifest. */
static void
test_left_open_is_sealed (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  ScApplyStep *first = test_undo_open_step (self, "a", 1);
  ScApplyStep *second;

  test_undo_add (self, first, 1);
  test_undo_put_file (self, FIRST "/files/old.iso", "content");
  test_undo_sync (self);
  test_undo_reopen (self);
  second = test_undo_open_step (self, "a", 2);
  g_assert_cmpuint (test_undo_count (self), ==, 2);
  g_assert_true (test_undo_get_step (self, 0)->sealed);
  g_assert_true (test_undo_get_step (self, 1) == second);
  g_assert_false (test_undo_step_has (self, second, 1));
  g_assert_true (test_undo_has (self, 1));
}

/* What a crash leaves before step.json is there, and in the middle of a drop. */
static void
test_half_written (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *outside = g_build_filename (self->directory, "outside", NULL);
  g_autofree char *link = test_undo_path (self, "0000000000000030/files/link");
  g_autofree char *target = g_build_filename (outside, "file", NULL);
  ScApplyStep *step = test_undo_open_step (self, "a", 1);

  test_undo_add (self, step, 1);
  test_undo_sync (self);
  test_undo_put_file (self, "0000000000000020/step.json.new", "{\"format\":1,");
  test_undo_put_file (self, "0000000000000030/log", "SCPE");
  test_undo_put_file (self, "0000000000000030/files/deep/disk", "content");
  test_undo_put_file (self, "stray", "content");
  test_undo_put_file (self, "000000000000000A/step.json", "{}");
  test_undo_put_file (self, FIRST "/step.json.new", "{\"form");
  g_assert_cmpint (g_mkdir (outside, 0755), ==, 0);
  g_assert_true (g_file_set_contents (target, "precious", -1, NULL));
  test_special_link (outside, link);
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  step = test_undo_open_step (self, "b", 1);
  g_assert_cmpuint (step->id, ==, 0x31);
  test_undo_clean (self);
  g_assert_false (test_undo_is_there (self, "0000000000000020"));
  g_assert_false (test_undo_is_there (self, "0000000000000030"));
  g_assert_false (test_undo_is_there (self, "stray"));
  g_assert_false (test_undo_is_there (self, "000000000000000A"));
  g_assert_true (g_file_test (target, G_FILE_TEST_EXISTS));
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 2);
  g_assert_true (test_undo_has (self, 1));
}

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE, be_silent, NULL);
  g_test_add_func ("/apply-undo/nothing-there", test_nothing_there);
  g_test_add_func ("/apply-undo/round-trip", test_round_trip);
  g_test_add_func ("/apply-undo/level-one", test_level_one_saves_space);
  g_test_add_func ("/apply-undo/reopen/open", test_reopen_open);
  g_test_add_func ("/apply-undo/reopen/sealed", test_reopen_sealed);
  g_test_add_func ("/apply-undo/dedup", test_dedup);
  g_test_add_func ("/apply-undo/torn-tail", test_torn_tail);
  g_test_add_func ("/apply-undo/unwritten-tail", test_unwritten_tail);
  g_test_add_data_func ("/apply-undo/damaged-middle/open", GINT_TO_POINTER (FALSE), test_damaged_middle);
  g_test_add_data_func ("/apply-undo/damaged-middle/sealed", GINT_TO_POINTER (TRUE), test_damaged_middle);
  g_test_add_func ("/apply-undo/other-step-helps", test_other_step_helps);
  g_test_add_func ("/apply-undo/find-after-drop", test_find_after_drop);
  g_test_add_func ("/apply-undo/trim", test_trim);
  g_test_add_func ("/apply-undo/kept-files", test_kept_files);
  g_test_add_func ("/apply-undo/left-open-is-sealed", test_left_open_is_sealed);
  g_test_add_func ("/apply-undo/half-written", test_half_written);
  return g_test_run ();
}
