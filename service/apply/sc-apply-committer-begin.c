/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-committer-private.h"

#include "common/sc-error.h"

static gboolean
check_file (ScApplyCommitter *self, ScApplyFile *file, GError **error)
{
  g_autofree char *updating_path = sc_apply_file_dup_updating_path (file);
  const char *path = file->place != NULL ? file->place : updating_path;
  gboolean found = FALSE;
  ScDiskInfo info;

  if (file->base != NULL && file->place == NULL)
    return TRUE;
  if (file->unread && !sc_apply_handles_claim (self->handles, file, error))
    return FALSE;
  if (!sc_apply_file_lookup (self->disk, path, &found, &info, error))
    return FALSE;
  if (file->unread || found != (file->place != NULL) ||
      (found && (info.size != file->info.size || info.mtime != file->info.mtime || info.id != file->info.id))) {
    g_set_error (error, SC_ERROR, SC_ERROR_CHANGED,
                 "%s/%s was changed while the update was being prepared: prepare it again",
                 sc_disk_get_root (self->disk), path);
    return FALSE;
  }
  if (file->place == NULL || !(file->changes || file->touch))
    return TRUE;
  return sc_apply_handles_claim (self->handles, file, error);
}

/* What is left as it is may be opened by others. */
static void
let_go (ScApplyCommitter *self, ScApplyTemplate *template)
{
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    sc_apply_handles_close (self->handles, file);
    if (file->before != NULL)
      sc_apply_handles_close (self->handles, file->before);
  }
}

gboolean
sc_apply_committer_check (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (!check_file (self, file, error) || (file->before != NULL && !check_file (self, file->before, error))) {
      g_prefix_error (error, "Template “%s” is left as it is: ", template->name);
      let_go (self, template);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_begin (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->changes || file->touch)
      g_ptr_array_add (paths, file->relative);
  }
  return sc_seat_state_begin_update (self->state, template->name,
                                     template->want != NULL ? sc_template_manifest_get_id (template->want) : NULL,
                                     self->version, paths, error);
}

/* What would be cloned is changed itself. */
static void
take_base (ScApplyCommitter *self, ScApplyFile *file)
{
  sc_apply_handles_close (self->handles, file->base);
  file->place = g_steal_pointer (&file->base->place);
  file->base = file->before = NULL;
}

/* Without a step there is nothing to clone from, and no log. */
static void
go_forward_only (ScApplyCommitter *self, ScApplyTemplate *template)
{
  template->keeps = FALSE;
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->base != NULL && file->base == file->before)
      take_base (self, file);
    if (file->want != NULL && file->changes && file->way == SC_WAY_UNDO)
      file->way = SC_WAY_FORWARD;
  }
}

/* Also when nothing is taken away: should this update be given up, the step tells the next one that nothing was lost.
 */
static gboolean
open_step (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!template->keeps)
    return TRUE;
  template->step =
      sc_apply_undo_open_step (self->undo, template->name, &template->row->manifest, template->row->version, &local);
  if (template->step != NULL)
    return TRUE;
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_message ("There is no room to keep what template “%s” was: %s", template->name, local->message);
  go_forward_only (self, template);
  return TRUE;
}

/* Moves what the update takes away to the undo store. If an original is there already, then this is its clone, which an
 * earlier attempt has changed. */
static gboolean
retire_file (ScApplyCommitter *self, ScApplyTemplate *template, ScApplyFile *file, GHashTable *directories,
             GError **error)
{
  g_autofree char *kept = sc_apply_undo_dup_kept_path (template->step, file->trusted, file->relative);
  g_autofree char *place = NULL;
  gboolean whole;
  ScDiskInfo info;

  if (sc_apply_kept_is_in_undo_store (file))
    return TRUE;
  if (!sc_apply_kept_lookup (self->disk, template->step, file->relative, &place, &whole, &info, error))
    return FALSE;
  if (place != NULL)
    return sc_apply_committer_drop_file (self, file, directories, error);
  return sc_apply_undo_make_way (self->undo, template->step, file->trusted, file->relative, error) &&
         sc_apply_committer_move_file (self, file, kept, directories, error);
}

static gboolean
make_way_for (ScApplyCommitter *self, ScApplyTemplate *template, ScApplyFile *file, GHashTable *directories,
              GError **error)
{
  g_autofree char *kept = NULL;
  gboolean whole;
  ScDiskInfo info;

  if (file->before == NULL || file->before->place == NULL)
    return TRUE;
  if (template->step != NULL && file->before == file->base) {
    if (!sc_apply_kept_lookup (self->disk, template->step, file->before->relative, &kept, &whole, &info, error))
      return FALSE;
    if (kept != NULL) { /* an earlier attempt has kept the original there: what lies here is free to be changed */
      take_base (self, file);
      return TRUE;
    }
  }
  if (template->step != NULL && file->before->old != NULL)
    return retire_file (self, template, file->before, directories, error);
  return sc_apply_committer_drop_file (self, file->before, directories, error);
}

/* Made under another name first: a clone that a crash left half-made must not be taken for the file. Returns: FALSE
 * also when the file system refuses, although it clones other files */
static gboolean
clone_file (ScApplyCommitter *self, ScApplyFile *file, const char *temporary, GError **error)
{
  ScDiskFile *source = sc_apply_handles_open (self->handles, file->base, error);
  g_autoptr (ScDiskFile) clone = NULL;

  if (source == NULL)
    return FALSE;
  clone = sc_disk_open (self->disk, temporary, SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, error);
  return clone != NULL && sc_disk_file_truncate (clone, 0, error) && sc_disk_file_clone (clone, source, error) &&
         sc_disk_file_sync (clone, error);
}

static gboolean
make_clone (ScApplyCommitter *self, ScApplyFile *file, const char *updating_path, GHashTable *directories,
            GError **error)
{
  g_autofree char *temporary = g_strconcat (file->base->place, SC_PATH_UPDATING_SUFFIX, NULL);
  g_autoptr (GError) local = NULL;

  if (clone_file (self, file, temporary, &local)) {
    if (!sc_disk_rename (self->disk, temporary, updating_path, error))
      return FALSE;
    file->place = g_strdup (updating_path);
    sc_apply_directories_note (directories, updating_path);
    return TRUE;
  }
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_SYSTEM)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* such as a file without copy-on-write among others that have it */
  g_message ("%s is changed in place: %s", file->path, local->message);
  sc_disk_remove (self->disk, temporary, NULL);
  if (!sc_apply_committer_move_file (self, file->base, updating_path, directories, error))
    return FALSE;
  file->place = g_steal_pointer (&file->base->place);
  file->base = NULL;
  file->way = SC_WAY_UNDO;
  return TRUE;
}

/* What is whole in an older step stays there until the commit: should the update be given up, it is not lost. */
static gboolean
waits_in_undo_store (const ScApplyTemplate *template, const ScApplyFile *file)
{
  return sc_apply_kept_is_in_undo_store (file) && sc_apply_file_has_all (file) &&
         (template->step == NULL || !sc_apply_ways_is_kept_in (template->step, file));
}

static gboolean
hide_wanted (ScApplyCommitter *self, ScApplyTemplate *template, ScApplyFile *file, GHashTable *directories,
             GError **error)
{
  g_autofree char *updating_path = sc_apply_file_dup_updating_path (file);

  if (!file->changes || (file->place == NULL && file->base == NULL) ||
      (file->place != NULL && waits_in_undo_store (template, file)))
    return TRUE;
  if (file->place == NULL || sc_apply_kept_is_in_undo_store (file)) {
    g_autofree char *directory = g_path_get_dirname (updating_path);

    if (!sc_disk_make_directory (self->disk, directory, error))
      return FALSE;
  }
  if (file->base != NULL && file->place == NULL)
    return make_clone (self, file, updating_path, directories, error);
  return sc_apply_committer_move_file (self, file, updating_path, directories, error);
}

static gboolean
begin_unwanted (ScApplyCommitter *self, ScApplyTemplate *template, ScApplyFile *file, GHashTable *directories,
                GError **error)
{
  g_autofree char *updating_path = sc_apply_file_dup_updating_path (file);

  if (file->place == NULL)
    return TRUE;
  if (template->step != NULL && file->old != NULL)
    return retire_file (self, template, file, directories, error);
  return sc_apply_committer_move_file (self, file, updating_path, directories, error);
}

/* Notes the directory of @path, or the nearest one that is still there. */
static void
note_nearest (ScApplyCommitter *self, GHashTable *directories, const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  ScDiskInfo info = { 0 };

  if (strcmp (directory, ".") == 0 || (sc_disk_info (self->disk, directory, &info, NULL) && info.directory))
    sc_apply_directories_note (directories, path);
  else
    note_nearest (self, directories, directory);
}

/* A process that was killed may have renamed what is not durable yet: the directories of all that updates have touched
 * are synced once more. */
static gboolean
note_touched (ScApplyCommitter *self, const ScApplyTemplate *template, GHashTable *directories, GError **error)
{
  g_autoptr (GPtrArray) touched = NULL;

  if (template->row == NULL || template->row->state != SC_TEMPLATE_UPDATING)
    return TRUE;
  touched = sc_seat_state_list_touched (self->state, template->name, error);
  for (guint i = 0; touched != NULL && i < touched->len; i++) {
    g_autoptr (ScApplyFile) file = sc_apply_file_new (0, template->name, touched->pdata[i]);

    note_nearest (self, directories, file->path);
    for (guint whole = 0; template->step != NULL && whole < 2; whole++) {
      g_autofree char *kept = sc_apply_undo_dup_kept_path (template->step, whole > 0, file->relative);

      note_nearest (self, directories, kept);
    }
  }
  return touched != NULL;
}

gboolean
sc_apply_committer_begin (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GHashTable) directories = sc_apply_directories_new ();

  if (!open_step (self, template, error) || !write_begin (self, template, error) ||
      !note_touched (self, template, directories, error))
    return FALSE;
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (!(file->want != NULL ? make_way_for : begin_unwanted) (self, template, file, directories, error))
      return FALSE;
  }
  return sc_apply_committer_sync_directories (self, directories, error);
}

gboolean
sc_apply_committer_hide (ScApplyCommitter *self, ScApplyTemplate *template, GError **error)
{
  g_autoptr (GHashTable) directories = sc_apply_directories_new ();

  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL && !hide_wanted (self, template, file, directories, error))
      return FALSE;
  }
  return sc_apply_committer_sync_directories (self, directories, error);
}
