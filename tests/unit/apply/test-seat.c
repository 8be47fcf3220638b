/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-seat.h"

#include "common/sc-path.h"
#include "tests/unit/apply/test-state-files.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

void
test_seat_init (int *argc, char ***argv)
{
  if (g_access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (argc, argv, NULL);
}

static void
open_state (TestSeat *self)
{
  g_autoptr (GError) error = NULL;

  self->state = sc_seat_state_open (self->state_directory, &error);
  g_assert_no_error (error);
}

TestSeat *
test_seat_new (void)
{
  TestSeat *self = g_new0 (TestSeat, 1);
  g_autoptr (GError) error = NULL;

  self->state_directory = g_dir_make_tmp ("seatcast-apply-XXXXXX", &error);
  g_assert_no_error (error);
  self->faults = (TestFaults){ .capacity = TEST_SEAT_CAPACITY };
  self->disk = test_disk_new (&self->faults);
  self->settings = (ScApplySettings){ .reserve = 0, .undo_budget = G_MAXINT64 };
  self->chunks =
      g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, (GDestroyNotify) test_chunk_unref);
  open_state (self);
  return self;
}

void
test_seat_free (TestSeat *self)
{
  g_clear_pointer (&self->state, sc_seat_state_close);
  g_clear_pointer (&self->disk, sc_disk_free);
  test_remove_tree (self->state_directory);
  g_hash_table_unref (self->chunks);
  g_free (self->state_directory);
  g_free (self);
}

void
test_seat_restart (TestSeat *self)
{
  g_clear_pointer (&self->state, sc_seat_state_close);
  g_assert_cmpuint (test_disk_get_handles (self->disk), ==, 0);
  self->faults.fault = TEST_FAULT_NONE;
  self->faults.happened = 0;
  self->faults.corrupt = NULL;
  self->faults.bad = NULL;
  self->faults.held = NULL;
  open_state (self);
}

void
test_seat_restart_on (TestSeat *self, ScDisk *disk)
{
  g_clear_pointer (&self->disk, sc_disk_free);
  self->disk = disk;
  test_seat_restart (self);
}

void
test_seat_cut_power (TestSeat *self, GRand *random)
{
  test_seat_restart_on (self, test_disk_crash (self->disk, random, &self->faults));
}

void
test_seat_set_faults (TestSeat *self, TestFault fault, guint after)
{
  self->faults.changes = self->faults.reads = self->faults.takes = self->faults.happened = 0;
  self->faults.fault = fault;
  self->faults.after = after;
}

void
test_seat_set_free (TestSeat *self, guint64 bytes)
{
  self->faults.capacity = test_disk_get_used (self->disk) + bytes;
}

static void
learn_chunks (TestSeat *self, TestVersion *version)
{
  GHashTableIter iter;
  gpointer id, chunk;

  g_hash_table_iter_init (&iter, version->chunks);
  while (g_hash_table_iter_next (&iter, &id, &chunk))
    if (!g_hash_table_contains (self->chunks, id))
      g_hash_table_insert (self->chunks, g_memdup2 (id, sizeof (ScChunkId)), g_rc_box_acquire (chunk));
}

ScApply *
test_seat_plan (TestSeat *self, TestVersion *version, GError **error)
{
  learn_chunks (self, version);
  for (guint i = 0; i < version->manifests->len; i++)
    if (!sc_seat_state_save_manifest (self->state, sc_template_manifest_get_id (version->manifests->pdata[i]),
                                      sc_template_manifest_get_bytes (version->manifests->pdata[i]), error))
      return NULL;
  if (!sc_seat_state_save_manifest (self->state, sc_version_manifest_get_id (version->manifest),
                                    sc_version_manifest_get_bytes (version->manifest), error))
    return NULL;
  return sc_apply_new (self->disk, self->state, &self->settings, version->manifest, version->manifests, NULL, NULL,
                       error);
}

guint
test_seat_count_wanted (ScApply *apply)
{
  g_autoptr (GArray) wanted = sc_apply_list_wanted (apply, G_MAXUINT);

  return wanted->len;
}

static void
encode (TestChunk *chunk)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  guint8 frame[SC_FRAME_MAX];
  gsize length;

  sc_frame_coder_set_level (coder, 1);
  length = sc_frame_encode (coder, g_bytes_get_data (chunk->data, NULL), g_bytes_get_size (chunk->data), NULL, 0, frame,
                            &chunk->encoding);
  chunk->frame = g_bytes_new (frame, length);
}

gboolean
test_seat_receive (TestSeat *self, ScApply *apply, guint max, GError **error)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GArray) wanted = sc_apply_list_wanted (apply, max);

  for (guint i = 0; i < wanted->len; i++) {
    const ScChunkId *id = &g_array_index (wanted, ScChunkId, i);
    TestChunk *chunk = g_hash_table_lookup (self->chunks, id);
    gsize length;
    gconstpointer frame;

    g_assert_nonnull (chunk);
    g_assert_true (sc_apply_wants (apply, id));
    if (chunk->frame == NULL)
      encode (chunk);
    frame = g_bytes_get_data (chunk->frame, &length);
    /* one at a time, so that what arrived is there after whatever comes */
    if (!sc_apply_put_frame (apply, coder, id, chunk->encoding, NULL, frame, length, error) ||
        !sc_apply_flush (apply, error))
      return FALSE;
    g_assert_false (sc_apply_wants (apply, id));
    self->received++;
  }
  return TRUE;
}

gboolean
test_seat_try (TestSeat *self, TestVersion *version, GError **error)
{
  g_autoptr (ScApply) apply = NULL;

  self->received = 0;
  apply = test_seat_plan (self, version, error);
  return apply != NULL && sc_apply_begin (apply, NULL, NULL, error) &&
         test_seat_receive (self, apply, G_MAXUINT, error) && sc_apply_finish (apply, NULL, error);
}

guint
test_seat_apply (TestSeat *self, TestVersion *version)
{
  g_autoptr (GError) error = NULL;

  test_seat_try (self, version, &error);
  g_assert_no_error (error);
  test_seat_assert_is (self, version);
  return self->received;
}

void
test_seat_put_file (TestSeat *self, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_truncate (file, 0, &error));
  g_assert_true (sc_disk_file_write_at (file, 0, text, strlen (text), &error));
}

void
test_seat_alter_file (TestSeat *self, const char *path, guint64 offset, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_WRITE, &error);

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_write_at (file, offset, text, strlen (text), &error));
}

void
test_seat_remove (TestSeat *self, const char *path)
{
  g_autoptr (GError) error = NULL;

  sc_disk_remove (self->disk, path, &error);
  g_assert_no_error (error);
}

char *
test_seat_join (const char *template_name, const char *path)
{
  return strcmp (template_name, SC_TEMPLATE_ROOT) == 0 ? g_strdup (path) : g_strconcat (template_name, "/", path, NULL);
}

/* Of all files, but not of the seat's own directory; as the versions spell them. */
static GHashTable *
list_files (TestSeat *self)
{
  GHashTable *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  test_disk_list_files (self->disk, ".", SC_PATH_PRIVATE, paths);
  return paths;
}

static gboolean
take_path (TestSeat *self, GHashTable *paths, const char *path)
{
  GHashTableIter iter;
  gpointer name;

  if (g_hash_table_remove (paths, path))
    return TRUE;
  g_hash_table_iter_init (&iter, paths);
  while (self->faults.ignore_case && g_hash_table_iter_next (&iter, &name, NULL))
    if (g_ascii_strcasecmp (name, path) == 0) {
      g_hash_table_iter_remove (&iter);
      return TRUE;
    }
  return FALSE;
}

static void
assert_file_is (TestSeat *self, const TestFile *file)
{
  g_autofree char *path = test_seat_join (file->template, file->path);
  g_autoptr (GBytes) data = test_disk_read (self->disk, path);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;

  if (data == NULL || !g_bytes_equal (data, file->data))
    g_error ("%s %s", path, data == NULL ? "is missing" : "differs");
  g_assert_true (sc_disk_info (self->disk, path, &info, &error));
  g_assert_cmpint (info.mtime, ==, file->mtime);
  g_assert_cmpint (test_disk_is_read_only (self->disk, path), ==, (file->attributes & SC_FILE_READ_ONLY) != 0);
}

void
test_seat_assert_is (TestSeat *self, TestVersion *version)
{
  g_autoptr (GHashTable) paths = list_files (self);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *relative = test_seat_join (file->template, file->path);

    assert_file_is (self, file);
    g_assert_true (take_path (self, paths, relative));
  }
  g_assert_cmpuint (g_hash_table_size (paths), ==, 0);
  g_assert_cmpuint (sc_seat_state_get_version (self->state), ==, version->number);
  rows = sc_seat_state_list_templates (self->state, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, version->manifests->len);
  for (guint i = 0; i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];
    g_autoptr (GPtrArray) touched = sc_seat_state_list_touched (self->state, row->name, &error);

    g_assert_cmpint (row->state, ==, SC_TEMPLATE_CURRENT);
    g_assert_true (sc_chunk_id_equal (&row->manifest, sc_template_manifest_get_id (version->manifests->pdata[i])));
    g_assert_cmpuint (touched->len, ==, 0);
  }
}

static gboolean
is_file_of (TestVersion *version, const char *path, GBytes *data)
{
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *own = test_seat_join (file->template, file->path);

    if (strcmp (own, path) == 0 && g_bytes_equal (data, file->data))
      return TRUE;
  }
  return FALSE;
}

/* Whether all of a template's files are there as @version has them. */
static gboolean
has_template (TestSeat *self, TestVersion *version, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *path = test_seat_join (file->template, file->path);
    g_autoptr (GBytes) data = NULL;

    if (strcmp (file->template, name) != 0)
      continue;
    data = test_disk_read (self->disk, path);
    if (data == NULL || !g_bytes_equal (data, file->data))
      return FALSE;
    n++;
  }
  return n > 0;
}

static TestVersion *
version_of (const ScChunkId *manifest, GPtrArray *versions)
{
  for (guint v = 0; v < versions->len; v++) {
    TestVersion *version = versions->pdata[v];

    for (guint i = 0; i < version->manifests->len; i++)
      if (sc_chunk_id_equal (sc_template_manifest_get_id (version->manifests->pdata[i]), manifest))
        return version;
  }
  return NULL;
}

static void
assert_visible_is_whole (TestSeat *self, GPtrArray *versions)
{
  g_autoptr (GHashTable) paths = list_files (self);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    g_autoptr (GBytes) data = test_disk_read (self->disk, path);
    gboolean known = g_str_has_suffix (path, SC_PATH_UPDATING_SUFFIX);

    for (guint v = 0; v < versions->len && !known; v++)
      known = is_file_of (versions->pdata[v], path, data);
    if (!known)
      g_error ("%s is visible and of no version", (const char *) path);
  }
}

static void
assert_current_is_whole (TestSeat *self, GPtrArray *versions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sc_seat_state_list_templates (self->state, &error);
  guint64 number = sc_seat_state_get_version (self->state);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];
    TestVersion *version;

    if (number != 0)
      g_assert_cmpint (row->state, ==, SC_TEMPLATE_CURRENT);
    if (row->state != SC_TEMPLATE_CURRENT)
      continue;
    version = version_of (&row->manifest, versions);
    g_assert_nonnull (version);
    if (!has_template (self, version, row->name))
      g_error ("template %s is called current, and is not as version %" G_GUINT64_FORMAT " has it", row->name,
               version->number);
  }
}

void
test_seat_assert_no_mix (TestSeat *self, TestVersion *version, ...)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new ();
  va_list arguments;

  va_start (arguments, version);
  for (; version != NULL; version = va_arg (arguments, TestVersion *))
    g_ptr_array_add (versions, version);
  va_end (arguments);
  assert_visible_is_whole (self, versions);
  assert_current_is_whole (self, versions);
}
