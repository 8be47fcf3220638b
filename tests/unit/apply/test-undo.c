/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-undo.h"

#include <glib/gstdio.h>

TestUndo *
test_undo_new (TestFaults *faults)
{
  g_autoptr (GError) error = NULL;
  TestUndo *self = g_new0 (TestUndo, 1);

  self->faults = faults;
  if (faults != NULL) {
    self->disk = test_disk_new (faults);
  } else {
    self->directory = g_dir_make_tmp ("seatcast-undo-XXXXXX", &error);
    g_assert_no_error (error);
    self->root = g_build_filename (self->directory, "repository", NULL);
    g_assert_cmpint (g_mkdir (self->root, 0755), ==, 0);
    self->disk = sc_disk_system (self->root, &error);
    g_assert_no_error (error);
  }
  self->undo = sc_apply_undo_new (self->disk, &error);
  g_assert_no_error (error);
  return self;
}

/* The file system's own words, so that links are not followed here either. */
static void
remove_tree (const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  }
  g_remove (path);
}

void
test_undo_free (TestUndo *self)
{
  g_clear_pointer (&self->undo, sc_apply_undo_free);
  g_clear_pointer (&self->disk, sc_disk_free);
  if (self->directory != NULL)
    remove_tree (self->directory);
  g_free (self->root);
  g_free (self->directory);
  g_free (self);
}

void
test_undo_reopen (TestUndo *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->undo, sc_apply_undo_free);
  if (self->faults != NULL)
    *self->faults = (TestFaults){ .capacity = self->faults->capacity };
  self->undo = sc_apply_undo_new (self->disk, &error);
  g_assert_no_error (error);
}

void
test_undo_cut_power (TestUndo *self, GRand *random)
{
  ScDisk *left = test_disk_crash (self->disk, random, self->faults);

  g_clear_pointer (&self->undo, sc_apply_undo_free);
  sc_disk_free (self->disk);
  self->disk = left;
  test_undo_reopen (self);
}

char *
test_undo_path (TestUndo *self, const char *relative)
{
  return g_build_filename (self->root, SC_APPLY_UNDO_DIRECTORY, relative, NULL);
}

void
test_undo_put_file (TestUndo *self, const char *relative, const char *text)
{
  g_autofree char *path = test_undo_path (self, relative);
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

gboolean
test_undo_is_there (TestUndo *self, const char *relative)
{
  g_autofree char *path = test_undo_path (self, relative);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gsize
test_undo_make_chunk (guint n, guint8 *data, ScChunkId *id)
{
  gsize length = n % 7 == 6 ? 1000 + n : SC_CHUNK_SIZE;
  guint64 state = n;

  for (gsize i = 0; i < length; i++) {
    /* Knuth's MMIX generator */
    state = state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
    data[i] = n % 2 == 0 ? (guint8) (state >> 56) : (guint8) (n + i % 251 + i / 4096);
  }
  sc_chunk_id_of (id, data, length);
  return length;
}

ScApplyStep *
test_undo_open_step (TestUndo *self, const char *name, guint8 from)
{
  g_autoptr (GError) error = NULL;
  ScChunkId id = { .bytes = { from } };
  ScApplyStep *step = sc_apply_undo_open_step (self->undo, name, &id, from, &error);

  g_assert_no_error (error);
  g_assert_nonnull (step);
  return step;
}

void
test_undo_add (TestUndo *self, ScApplyStep *step, guint n)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScChunkId id;
  gsize length = test_undo_make_chunk (n, data, &id);

  g_assert_true (sc_apply_undo_add (self->undo, step, &id, data, length, &error));
  g_assert_no_error (error);
}

void
test_undo_sync (TestUndo *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_apply_undo_sync (self->undo, &error));
  g_assert_no_error (error);
}

void
test_undo_seal (TestUndo *self, ScApplyStep *step, guint64 kept)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_apply_undo_seal (self->undo, step, kept, &error));
  g_assert_no_error (error);
  g_assert_true (step->sealed);
}

gboolean
test_undo_has (TestUndo *self, guint n)
{
  g_autofree guint8 *expected = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScChunkId id;
  gsize expected_length = test_undo_make_chunk (n, expected, &id), length = 0;
  guint32 record = sc_apply_undo_find (self->undo, &id);

  if (record == SC_CHUNK_INDEX_NONE)
    return FALSE;
  g_assert_true (sc_apply_undo_read (self->undo, record, data, &length, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, expected, expected_length);
  return TRUE;
}

gboolean
test_undo_step_has (TestUndo *self, const ScApplyStep *step, guint n)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  ScChunkId id;

  test_undo_make_chunk (n, data, &id);
  return sc_apply_undo_has (self->undo, step, &id);
}

guint
test_undo_count (TestUndo *self)
{
  return sc_apply_undo_get_steps (self->undo)->len;
}

ScApplyStep *
test_undo_get_step (TestUndo *self, guint i)
{
  g_assert_cmpuint (i, <, test_undo_count (self));
  return sc_apply_undo_get_steps (self->undo)->pdata[i];
}

void
test_undo_drop (TestUndo *self, ScApplyStep *step)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_apply_undo_drop (self->undo, step, &error));
  g_assert_no_error (error);
}

void
test_undo_clean (TestUndo *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_apply_undo_clean (self->undo, &error));
  g_assert_no_error (error);
}
