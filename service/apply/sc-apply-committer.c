/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-committer-private.h"

#include "common/sc-error.h"

ScApplyCommitter *
sc_apply_committer_new (const ScApplyWorld *world, ScApplyPlan *plan, ScApplyHandles *handles, guint64 version)
{
  ScApplyCommitter *self = g_new0 (ScApplyCommitter, 1);

  self->disk = world->disk;
  self->state = world->state;
  self->undo = world->undo;
  self->plan = plan;
  self->handles = handles;
  self->version = version;
  return self;
}

void
sc_apply_committer_free (ScApplyCommitter *self)
{
  g_free (self);
}

void
sc_apply_directories_note (GHashTable *directories, const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  while (strcmp (directory, ".") != 0 && g_hash_table_add (directories, g_strdup (directory))) {
    char *parent = g_path_get_dirname (directory);

    g_free (directory);
    directory = parent;
  }
  g_hash_table_add (directories, g_strdup ("."));
}

gboolean
sc_apply_committer_sync_directories (ScApplyCommitter *self, GHashTable *directories, GError **error)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, directories);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!sc_disk_sync_directory (self->disk, path, error))
      return FALSE;
  return TRUE;
}

GHashTable *
sc_apply_directories_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

gboolean
sc_apply_committer_move_file (ScApplyCommitter *self, ScApplyFile *file, const char *path, GHashTable *directories,
                              GError **error)
{
  if (strcmp (file->place, path) == 0)
    return TRUE;
  sc_apply_handles_close (self->handles, file);
  sc_apply_directories_note (directories, file->place);
  if (!sc_disk_rename (self->disk, file->place, path, error))
    return FALSE;
  g_free (file->place);
  file->place = g_strdup (path);
  sc_apply_directories_note (directories, path);
  return TRUE;
}

gboolean
sc_apply_committer_drop_file (ScApplyCommitter *self, ScApplyFile *file, GHashTable *directories, GError **error)
{
  sc_apply_handles_close (self->handles, file);
  sc_apply_directories_note (directories, file->place);
  if (!sc_disk_remove (self->disk, file->place, error))
    return FALSE;
  g_clear_pointer (&file->place, g_free);
  return TRUE;
}

/* Size and time, durable; after this the file is exactly as the manifest says. */
static gboolean
complete_file (ScApplyCommitter *self, ScApplyFile *file, GError **error)
{
  ScDiskFile *handle = sc_apply_handles_open_writable (self->handles, file, FALSE, error);
  ScDiskInfo info;

  if (handle == NULL || !sc_disk_file_info (handle, &info, error))
    return FALSE;
  file->dirty = TRUE;
  if (info.size != file->want->size && !sc_disk_file_truncate (handle, file->want->size, error))
    return FALSE;
  return sc_disk_file_set_mtime (handle, file->want->mtime, error) &&
         sc_apply_handles_sync (self->handles, file, error);
}

/* Removes the directories above @path, beneath the template's own, that have become empty: they need no sync any more.
 */
static gboolean
remove_empty_directories (ScApplyCommitter *self, const char *path, const char *top, GHashTable *directories,
                          GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);

  while (strcmp (directory, ".") != 0 && strcmp (directory, top) != 0) {
    g_autoptr (GError) local = NULL;
    g_autoptr (GPtrArray) names = sc_disk_list (self->disk, directory, &local);
    char *parent = g_path_get_dirname (directory);

    if (names != NULL && names->len == 0)
      sc_disk_remove (self->disk, directory, &local);
    if (local != NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      g_free (parent);
      return FALSE;
    }
    if (names == NULL || names->len == 0)
      g_hash_table_remove (directories, directory);
    g_free (directory);
    directory = parent;
    if (names != NULL && names->len > 0)
      break;
  }
  return TRUE;
}

/* What must go and is not in the undo store by now has nothing that one could want back. */
static gboolean
remove_file (ScApplyCommitter *self, ScApplyTemplate *template, ScApplyFile *file, GHashTable *directories,
             GError **error)
{
  if (file->place == NULL)
    return TRUE;
  if (!sc_apply_kept_is_in_undo_store (file) && !sc_apply_committer_drop_file (self, file, directories, error))
    return FALSE;
  sc_apply_directories_note (directories, file->path);
  return remove_empty_directories (self, file->path, template->name, directories, error);
}

/* Finds a file in the directory @path or beneath. @found: (out) (nullable): NULL: there are only directories. Nested
 * no deeper than paths can be, as only Seatcast's own directories are looked into. */
static gboolean
find_any_file (ScApplyCommitter *self, const char *path, char **found, GError **error)
{
  g_autoptr (GPtrArray) names = sc_disk_list (self->disk, path, error);

  *found = NULL;
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *child = g_strconcat (path, "/", names->pdata[i], NULL);
    ScDiskInfo info;

    if (!sc_disk_info (self->disk, child, &info, NULL) || !info.directory) {
      *found = g_steal_pointer (&child);
      return TRUE;
    }
    if (!find_any_file (self, child, found, error))
      return FALSE;
    if (*found != NULL)
      return TRUE;
  }
  return names != NULL;
}

static gboolean
remove_directories (ScApplyCommitter *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = sc_disk_list (self->disk, path, error);

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *child = g_strconcat (path, "/", names->pdata[i], NULL);

    if (!remove_directories (self, child, error))
      return FALSE;
  }
  return names != NULL && sc_disk_remove (self->disk, path, error);
}

/* A directory of an earlier version may stand where a file belongs: emptied by hand, or by an update that was cut short
 * before it removed the directory, too. What somebody keeps in it is not ours to remove. */
static gboolean
clear_way (ScApplyCommitter *self, const char *path, GError **error)
{
  g_autofree char *found = NULL;
  ScDiskInfo info;

  if (!sc_disk_info (self->disk, path, &info, NULL) || !info.directory)
    return TRUE;
  if (!find_any_file (self, path, &found, error))
    return FALSE;
  if (found == NULL)
    return remove_directories (self, path, error);
  g_set_error (
      error, SC_ERROR, SC_ERROR_EXISTS,
      "%s/%s is to be a file, but it is a directory, and %s in it is not Seatcast's: move that away and deploy "
      "again",
      sc_disk_get_root (self->disk), path, found);
  return FALSE;
}

static gboolean
show_file (ScApplyCommitter *self, ScApplyFile *file, GHashTable *directories, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (file->path);

  sc_apply_handles_close (self->handles, file);
  sc_apply_directories_note (directories, file->path); /* also when only time or attribute change */
  if (!clear_way (self, file->path, error) ||
      (sc_apply_kept_is_in_undo_store (file) && !sc_disk_make_directory (self->disk, directory, error)) ||
      !sc_apply_committer_move_file (self, file, file->path, directories, error) ||
      !sc_disk_set_read_only (self->disk, file->path, (file->want->attributes & SC_FILE_READ_ONLY) != 0, error) ||
      !sc_disk_info (self->disk, file->path, &file->info, error))
    return FALSE;
  if (file->info.size == file->want->size)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CHANGED, "%s/%s was changed by another program while it was being updated",
               sc_disk_get_root (self->disk), file->path);
  return FALSE;
}

/* First what must go, because a file may take a directory's place; then the renames. */
static gboolean
show_files (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GHashTable) directories = sc_apply_directories_new ();

  if (strcmp (template->name, SC_TEMPLATE_ROOT) != 0 && !sc_disk_make_directory (self->disk, template->name, error))
    return FALSE;
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->want == NULL && !remove_file (self, template, file, directories, error))
      return FALSE;
  }
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL && (file->changes || file->touch) && !show_file (self, file, directories, error))
      return FALSE;
  }
  return sc_apply_committer_sync_directories (self, directories, error);
}

/* Disk space that the kept files take for themselves, bytes: a clone shares what was not written. Those that came there
 * before a crash count, too. */
static gboolean
measure_kept (ScApplyCommitter *self, const ScApplyTemplate *template, guint64 *bytes, GError **error)
{
  g_autoptr (GHashTable) clones = g_hash_table_new (NULL, NULL); /* ScManifestFile of the old one → of the wanted one */

  *bytes = 0;
  for (guint i = 0; i < template->files->len; i++) {
    const ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL && file->old != NULL && file->way == SC_WAY_CLONE &&
        (file->before == NULL || file->base != NULL))
      g_hash_table_insert (clones, (gpointer) file->old, (gpointer) file->want);
  }
  for (guint i = 0; i < sc_template_manifest_get_n_files (template->old); i++) {
    const ScManifestFile *old = sc_template_manifest_get_file (template->old, i);
    const ScManifestFile *want = g_hash_table_lookup (clones, old);
    g_autofree char *place = NULL;
    gboolean whole;
    ScDiskInfo info;

    if (!sc_apply_kept_lookup (self->disk, template->step, old->path, &place, &whole, &info, error))
      return FALSE;
    if (place != NULL)
      *bytes += want != NULL ? sc_apply_file_bytes_between (old, want) : info.allocated;
  }
  return TRUE;
}

/* The step is over; one that nothing came to leads nowhere. */
static gboolean
end_step (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  ScApplyStep *step = template->step;
  guint64 kept;

  if (step == NULL)
    return TRUE;
  if (sc_apply_undo_is_empty (self->undo, step)) {
    template->step = NULL;
    return sc_apply_undo_drop (self->undo, step, error);
  }
  if (!measure_kept (self, template, &kept, error) || !sc_apply_undo_seal (self->undo, step, kept, error))
    return FALSE;
  template->step = NULL;
  return TRUE;
}

static gboolean
drop_step (ScApplyCommitter *self, ScApplyStep *step, GError **error)
{
  g_autofree char *files = sc_apply_undo_dup_files_prefix (step);

  sc_apply_handles_close_under (self->handles, files);
  return sc_apply_undo_drop (self->undo, step, error);
}

/* What leads to where the template is now is of no use any more. */
static gboolean
drop_steps_to (ScApplyCommitter *self, const char *name, const ScChunkId *manifest, GError **error)
{
  GPtrArray *steps = sc_apply_undo_get_steps (self->undo);

  for (guint i = steps->len; i > 0; i--) {
    ScApplyStep *step = steps->pdata[i - 1];

    if (strcmp (step->template_name, name) == 0 && sc_chunk_id_equal (&step->from, manifest) &&
        !drop_step (self, step, error))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (element-type ScFileStamp) (transfer full) */
static GPtrArray *
list_stamps (const ScApplyTemplate *template)
{
  GPtrArray *stamps = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_file_stamp_free);

  for (guint i = 0; i < template->files->len; i++) {
    const ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL)
      g_ptr_array_add (stamps, sc_file_stamp_new (file->relative, file->info.size, file->info.mtime, file->info.id));
  }
  return stamps;
}

gboolean
sc_apply_committer_commit (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  const ScChunkId *manifest = sc_template_manifest_get_id (template->want);
  g_autoptr (GPtrArray) stamps = NULL;

  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL && (file->changes || file->touch) && !complete_file (self, file, error))
      return FALSE;
  }
  if (!show_files (self, template, error))
    return FALSE;
  stamps = list_stamps (template);
  if (!sc_seat_state_commit_template (self->state, template->name, manifest, self->version, stamps, error))
    return FALSE;
  template->changes = FALSE;
  return end_step (self, template, error) && drop_steps_to (self, template->name, manifest, error);
}

gboolean
sc_apply_committer_remove (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GHashTable) directories = sc_apply_directories_new ();
  gboolean has_directory = strcmp (template->name, SC_TEMPLATE_ROOT) != 0, found;
  ScDiskInfo info;

  if (!sc_apply_committer_check (self, template, error) || !sc_apply_committer_begin (self, template, error))
    return FALSE;
  for (guint i = 0; i < template->files->len; i++)
    if (!remove_file (self, template, template->files->pdata[i], directories, error))
      return FALSE;
  found = has_directory && sc_disk_info (self->disk, template->name, &info, NULL) && info.directory;
  if (found) {
    g_autoptr (GPtrArray) names = sc_disk_list (self->disk, template->name, error);

    if (names == NULL || (names->len == 0 && !sc_disk_remove (self->disk, template->name, error)))
      return FALSE;
    if (names->len == 0)
      g_hash_table_remove (directories, template->name);
  }
  g_hash_table_add (directories, g_strdup ("."));
  if (!sc_apply_committer_sync_directories (self, directories, error) ||
      !sc_seat_state_remove_template (self->state, template->name, error))
    return FALSE;
  template->changes = FALSE;
  return end_step (self, template, error);
}
