/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-seat.h"

#include "common/sc-path.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static void
open_seat (TestSeat *self)
{
  g_autoptr (GError) error = NULL;

  self->faults = (TestFaults){ .fake_free = 1024 * 1024 * 1024 };
  self->disk = test_fault_disk_new (self->repository, &self->faults);
  self->state = sc_seat_state_open (self->state_directory, &error);
  g_assert_no_error (error);
}

TestSeat *
test_seat_new (void)
{
  TestSeat *self = g_new0 (TestSeat, 1);
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("seatcast-apply-XXXXXX", &error);
  g_assert_no_error (error);
  self->repository = g_build_filename (self->directory, "repository", NULL);
  self->state_directory = g_build_filename (self->directory, "state", NULL);
  g_assert_cmpint (g_mkdir (self->repository, 0755), ==, 0);
  self->chunks =
      g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, (GDestroyNotify) g_bytes_unref);
  open_seat (self);
  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    directory = g_dir_open (path, 0, NULL);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
close_seat (TestSeat *self)
{
  g_clear_pointer (&self->state, sc_seat_state_close);
  g_clear_pointer (&self->disk, sc_disk_free);
}

void
test_seat_free (TestSeat *self)
{
  close_seat (self);
  remove_tree (self->directory);
  g_hash_table_unref (self->chunks);
  g_free (self->directory);
  g_free (self->repository);
  g_free (self->state_directory);
  g_free (self);
}

void
test_seat_restart (TestSeat *self)
{
  close_seat (self);
  open_seat (self);
}

void
test_seat_cut_power (TestSeat *self, GRand *random)
{
  test_fault_disk_cut_power (self->disk, random);
  test_seat_restart (self);
}

static void
learn_chunks (TestSeat *self, TestVersion *version)
{
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    gsize size = g_bytes_get_size (file->data);

    for (gsize c = 0; c < sc_chunk_count (size); c++) {
      GBytes *chunk = g_bytes_new_from_bytes (file->data, c * SC_CHUNK_SIZE, sc_chunk_length (size, c));
      ScChunkId *id = g_new0 (ScChunkId, 1);

      sc_chunk_id_of (id, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
      g_hash_table_replace (self->chunks, id, chunk);
    }
  }
}

ScApply *
test_seat_plan (TestSeat *self, TestVersion *version, GError **error)
{
  const ScApplySettings settings = { SC_APPLY_DEFAULT, SC_APPLY_DEFAULT, NULL };

  learn_chunks (self, version);
  for (guint i = 0; i < version->manifests->len; i++)
    if (!sc_seat_state_save_manifest (self->state, sc_template_manifest_get_id (version->manifests->pdata[i]),
                                      sc_template_manifest_get_bytes (version->manifests->pdata[i]), error))
      return NULL;
  return sc_apply_new (self->disk, self->state, &settings, version->manifest, version->manifests, NULL, NULL, error);
}

gboolean
test_seat_receive (TestSeat *self, ScApply *apply, guint max, GError **error)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GArray) wanted = sc_apply_list_wanted (apply, max);

  for (guint i = 0; i < wanted->len; i++) {
    const ScChunkId *id = &g_array_index (wanted, ScChunkId, i);
    GBytes *chunk = g_hash_table_lookup (self->chunks, id);
    guint8 frame[SC_FRAME_MAX];
    ScEncoding encoding;
    gsize length;

    g_assert_nonnull (chunk);
    g_assert_true (sc_apply_wants (apply, id));
    length =
        sc_frame_encode (coder, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk), NULL, 0, frame, &encoding);
    if (!sc_apply_put_frame (apply, coder, id, encoding, NULL, frame, length, error))
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

char *
test_seat_path (TestSeat *self, const char *relative)
{
  return g_build_filename (self->repository, relative, NULL);
}

static char *
join (const char *template_name, const char *path)
{
  return strcmp (template_name, SC_TEMPLATE_ROOT) == 0 ? g_strdup (path) : g_strconcat (template_name, "/", path, NULL);
}

static GBytes *
read_file (TestSeat *self, const char *relative)
{
  g_autofree char *path = test_seat_path (self, relative);
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return NULL;
  return g_bytes_new_take (contents, length);
}

/* Relative paths of all files, but not of the seat's own directory. */
static void
list_files (TestSeat *self, const char *relative, GHashTable *paths)
{
  g_autofree char *path = test_seat_path (self, relative);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  g_assert_nonnull (directory);
  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = strcmp (relative, ".") == 0 ? g_strdup (name) : g_strconcat (relative, "/", name, NULL);
    g_autofree char *child_path = test_seat_path (self, child);

    if (strcmp (child, SC_PATH_PRIVATE) == 0)
      continue;
    if (g_file_test (child_path, G_FILE_TEST_IS_DIR))
      list_files (self, child, paths);
    else
      g_hash_table_add (paths, g_steal_pointer (&child));
  }
}

static void
assert_file_is (TestSeat *self, const TestFile *file)
{
  g_autofree char *relative = join (file->template, file->path);
  g_autofree char *path = test_seat_path (self, relative);
  g_autoptr (GBytes) data = read_file (self, relative);
  struct stat st;

  if (data == NULL || !g_bytes_equal (data, file->data))
    g_error ("%s differs", path);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint ((gint64) st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000, ==, file->mtime);
  g_assert_cmpint ((st.st_mode & 0222) == 0, ==, (file->attributes & SC_FILE_READ_ONLY) != 0);
}

void
test_seat_assert_is (TestSeat *self, TestVersion *version)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  list_files (self, ".", paths);
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *relative = join (file->template, file->path);

    assert_file_is (self, file);
    g_assert_true (g_hash_table_remove (paths, relative));
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
is_file_of (TestVersion *version, const char *relative, GBytes *data)
{
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *path = join (file->template, file->path);

    if (strcmp (path, relative) == 0 && g_bytes_equal (data, file->data))
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
    g_autofree char *relative = join (file->template, file->path);
    g_autoptr (GBytes) data = NULL;

    if (strcmp (file->template, name) != 0)
      continue;
    data = read_file (self, relative);
    if (data == NULL || !g_bytes_equal (data, file->data))
      return FALSE;
    n++;
  }
  return n > 0;
}

static TestVersion *
version_of (const ScChunkId *manifest, TestVersion *old, TestVersion *new_version)
{
  TestVersion *versions[] = { old, new_version };

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++)
    for (guint i = 0; i < versions[v]->manifests->len; i++)
      if (sc_chunk_id_equal (sc_template_manifest_get_id (versions[v]->manifests->pdata[i]), manifest))
        return versions[v];
  return NULL;
}

void
test_seat_assert_no_mix (TestSeat *self, TestVersion *old, TestVersion *new_version)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer path;

  list_files (self, ".", paths);
  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    g_autoptr (GBytes) data = read_file (self, path);

    if (!g_str_has_suffix (path, SC_PATH_UPDATING_SUFFIX) && !is_file_of (old, path, data) &&
        !is_file_of (new_version, path, data))
      g_error ("%s is visible and neither old nor new", (const char *) path);
  }
  rows = sc_seat_state_list_templates (self->state, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];
    TestVersion *version;

    if (row->state != SC_TEMPLATE_CURRENT)
      continue;
    version = version_of (&row->manifest, old, new_version);
    g_assert_nonnull (version);
    g_assert_true (has_template (self, version, row->name));
  }
}
