/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-verify-seat.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/sc-error.h"
#include "tests/unit/apply/test-state-files.h"

static TestVerify *
seat_of (ScDisk *disk)
{
  return ((TestVerifyDisk *) disk)->seat;
}

static void
hooked_free (ScDisk *disk)
{
  sc_disk_free (((TestVerifyDisk *) disk)->system);
}

static ScDiskFile *
hooked_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  ScDisk *system = ((TestVerifyDisk *) disk)->system;
  gboolean busy = g_strcmp0 (seat_of (disk)->held, path) == 0;
  g_assert_cmpint (flags, ==, SC_DISK_READ); /* nobody is kept out, nothing is changed */
  if (busy || g_strcmp0 (seat_of (disk)->broken, path) == 0) {
    g_set_error (error, SC_ERROR, busy ? SC_ERROR_BUSY : SC_ERROR_SYSTEM, "cannot open “%s”", path);
    return NULL;
  }
  ScDiskFile *file = system->klass->open (system, path, flags, error);
  if (file != NULL)
    file->disk = disk;
  return file;
}

static gboolean
hooked_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  TestVerify *self = seat_of (file->disk);
  guint64 bad = self->bad_chunk * SC_CHUNK_SIZE;
  if (++self->reads == self->act_at)
    self->act (self);
  if (self->bad_chunk != G_MAXUINT64 && bad >= offset && bad < offset + length) {
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot read “%s”: Input/output error", file->path);
    return FALSE;
  }
  return self->disk.system->klass->file_read_at (file, offset, data, length, error);
}

static gboolean
hooked_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  return sc_disk_info (((TestVerifyDisk *) disk)->system, path, info, error);
}

char *
test_verify_path (TestVerify *self, const char *relative)
{
  return g_build_filename (self->repository, relative, NULL);
}

static void
add_stamp (TestVerify *self, GPtrArray *stamps, const TestFile *file, const char *relative)
{
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;
  sc_disk_info (self->disk.system, relative, &info, &error);
  g_assert_no_error (error);
  g_ptr_array_add (stamps, sc_file_stamp_new (file->path, info.size, info.mtime, info.id));
}

static char *
relative_of (const TestFile *file)
{
  return strcmp (file->template, SC_TEMPLATE_ROOT) == 0 ? g_strdup (file->path)
                                                        : g_strconcat (file->template, "/", file->path, NULL);
}

static void
write_file (TestVerify *self, const TestFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *relative = relative_of (file);
  gsize size;
  gconstpointer data = g_bytes_get_data (file->data, &size);
  g_autoptr (ScDiskFile) handle = sc_disk_open (self->disk.system, relative, SC_DISK_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_write_at (handle, 0, data, size, &error));
  g_assert_true (sc_disk_file_truncate (handle, size, &error));
  g_assert_true (sc_disk_file_set_mtime (handle, file->mtime, &error));
  g_assert_true (sc_disk_set_read_only (self->disk.system, relative, file->attributes != 0, &error));
  g_assert_no_error (error);
}

static void
bring_template (TestVerify *self, ScTemplateManifest *manifest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) stamps = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_file_stamp_free);
  const char *name = sc_template_manifest_get_name (manifest);
  const ScChunkId *id = sc_template_manifest_get_id (manifest);
  for (guint i = 0; i < self->version->files->len; i++) {
    const TestFile *file = self->version->files->pdata[i];
    g_autofree char *relative = relative_of (file);
    if (strcmp (file->template, name) != 0)
      continue;
    write_file (self, file);
    add_stamp (self, stamps, file, relative);
  }
  g_assert_true (sc_seat_state_save_manifest (self->state, id, sc_template_manifest_get_bytes (manifest), &error));
  g_assert_true (sc_seat_state_commit_template (self->state, name, id, 7, stamps, &error));
  g_assert_no_error (error);
}

static void
bring_version (TestVerify *self)
{
  TestVersion *version = self->version = test_version_new (7);
  test_version_add (version, ".", "readme.txt", test_content ("r:10"));
  test_version_add (version, "vm", "disk.vmdk", test_content ("abc0defghijklmnopqrstuvw00000000000ABCDE:1000"));
  test_version_add (version, "vm", "empty", test_content (""));
  test_version_add (version, "vm", "sub/extent.vmdk", test_content ("xyz"))->attributes = SC_FILE_READ_ONLY;
  test_version_add (version, "vm2", "disk.vhdx", test_content ("12"));
  test_version_seal (version);
  for (guint i = 0; i < version->manifests->len; i++)
    bring_template (self, version->manifests->pdata[i]);
}

void
test_verify_set_up (TestVerify *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->directory = g_dir_make_tmp ("seatcast-verify-XXXXXX", &error);
  g_assert_no_error (error);
  self->repository = g_build_filename (self->directory, "repository", NULL);
  g_assert_cmpint (g_mkdir (self->repository, 0755), ==, 0);
  g_autofree char *state = g_build_filename (self->directory, "state", NULL);
  self->state = sc_seat_state_open (state, &error);
  g_assert_no_error (error);
  TestVerifyDisk *disk = &self->disk;
  disk->system = sc_disk_system (self->repository, &error);
  g_assert_no_error (error);
  disk->klass = (ScDiskClass){ .free = hooked_free,
                               .open = hooked_open,
                               .file_close = disk->system->klass->file_close,
                               .file_read_at = hooked_read_at,
                               .file_info = disk->system->klass->file_info,
                               .info = hooked_info };
  disk->base = (ScDisk){ &disk->klass, self->repository };
  disk->seat = self;
  self->bad_chunk = G_MAXUINT64;
  self->cancellable = g_cancellable_new ();
  self->progress = sc_progress_new ();
  bring_version (self);
}

void
test_verify_tear_down (TestVerify *self, gconstpointer data)
{
  test_version_free (self->version);
  sc_seat_state_close (self->state);
  sc_disk_free (&self->disk.base);
  sc_progress_unref (self->progress);
  g_object_unref (self->cancellable);
  sc_throttle_free (self->throttle);
  test_remove_tree (self->directory);
  g_free (self->repository);
  g_free (self->directory);
}

GPtrArray *
test_verify_run (TestVerify *self, GError **error)
{
  self->reads = 0;
  return sc_verify_run (&self->disk.base, self->state, self->throttle, self->progress, self->cancellable, error);
}

/* (transfer full): the findings, one line each, as "vm/disk.vmdk 3" or "vm/disk.vmdk missing" or "… in use" */
static char *
find (TestVerify *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = test_verify_run (self, &error);
  g_auto (ScProgressState) state = { 0 };
  GString *text = g_string_new (NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++) {
    const ScVerifyFinding *finding = findings->pdata[i];
    g_string_append_printf (text, "%s%s/%s", i > 0 ? "\n" : "", finding->template_name, finding->path);
    g_string_append (text, finding->missing ? " missing" : "");
    g_string_append (text, finding->in_use ? " in use" : "");
    if (finding->damaged_chunks > 0)
      g_string_append_printf (text, " %u", finding->damaged_chunks);
  }
  /* whatever is found, all of it has had its turn */
  sc_progress_get (self->progress, &state);
  g_assert_cmpstr (state.phase, ==, "verifying");
  g_assert_cmpuint (state.done, ==, state.total);
  return g_string_free (text, FALSE);
}

void
test_verify_assert_finds (TestVerify *self, const char *expected)
{
  g_autofree char *found = find (self);
  g_assert_cmpstr (found, ==, expected);
}

void
test_verify_assert_state (TestVerify *self, const char *name, ScTemplateState expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSeatTemplate) template = sc_seat_state_get_template (self->state, name, &error);
  g_assert_no_error (error);
  g_assert_cmpint (template->state, ==, expected);
  g_assert_cmpuint (template->version, ==, 7);
}

void
test_verify_assert_stamps (TestVerify *self, const char *name, const char *without)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) stamps = sc_seat_state_list_stamps (self->state, name, &error);
  guint expected = 0;
  g_assert_no_error (error);
  for (guint i = 0; i < self->version->files->len; i++) {
    const TestFile *file = self->version->files->pdata[i];
    expected += strcmp (file->template, name) == 0 && g_strcmp0 (file->path, without) != 0;
  }
  g_assert_cmpuint (stamps->len, ==, expected);
  for (guint i = 0; i < stamps->len; i++) {
    const ScFileStamp *stamp = stamps->pdata[i];
    const TestFile *file = test_version_find (self->version, name, stamp->path);
    g_autofree char *relative = relative_of (file);
    ScDiskInfo info;
    g_assert_cmpstr (stamp->path, !=, without);
    g_assert_true (sc_disk_info (self->disk.system, relative, &info, &error));
    g_assert_cmpuint (stamp->size, ==, info.size);
    g_assert_cmpint (stamp->mtime, ==, info.mtime);
    g_assert_cmpuint (stamp->id, ==, info.id);
  }
}

void
test_verify_set_time (TestVerify *self, const char *relative, gint64 mtime)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk.system, relative, SC_DISK_WRITE, &error);
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_set_mtime (file, mtime, &error));
}

void
test_verify_damage (TestVerify *self, const char *relative, guint64 offset, const void *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk.system, relative, SC_DISK_WRITE, &error);
  ScDiskInfo info;
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_write_at (file, offset, data, length, &error));
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
}

void
test_verify_resize (TestVerify *self, const char *relative, guint64 size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk.system, relative, SC_DISK_WRITE, &error);
  ScDiskInfo info;
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_truncate (file, size, &error));
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
}

void
test_verify_repair (TestVerify *self, const char *template_name, const char *path)
{
  write_file (self, test_version_find (self->version, template_name, path));
}
