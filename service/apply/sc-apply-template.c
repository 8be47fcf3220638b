/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-template.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

static const ScChunkId nothing;

void
sc_apply_template_free (ScApplyTemplate *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->want, sc_template_manifest_unref);
  g_clear_pointer (&self->old, sc_template_manifest_unref);
  g_clear_pointer (&self->row, sc_seat_template_free);
  g_free (self->name);
  g_free (self);
}

/* A manifest that was lost or is damaged only costs knowledge: the files are hashed instead. */
static ScTemplateManifest *
load_old (ScSeatState *state, const ScSeatTemplate *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ScTemplateManifest *manifest = NULL;

  if (row == NULL || sc_chunk_id_equal (&row->manifest, &nothing))
    return NULL;
  bytes = sc_seat_state_load_manifest (state, &row->manifest, &error);
  if (bytes != NULL)
    manifest = sc_template_manifest_parse (bytes, &error);
  if (manifest == NULL)
    g_warning ("Template “%s” is read anew: %s", row->name, error->message);
  return manifest;
}

/* Where the file lies. In an updating template the suffix has precedence: somebody may have laid a file there
 * meanwhile. */
static gboolean
find_place (ScDisk *disk, ScApplyFile *file, gboolean updating, GError **error)
{
  g_autofree char *updating_path = sc_apply_file_dup_updating_path (file);
  const char *candidates[] = { updating ? updating_path : file->path, updating ? file->path : updating_path };

  for (guint i = 0; i < G_N_ELEMENTS (candidates) && file->place == NULL; i++) {
    gboolean found = FALSE;

    if (!sc_apply_file_lookup (disk, candidates[i], &found, &file->info, error))
      return FALSE;
    if (found)
      file->place = g_strdup (candidates[i]);
  }
  return TRUE;
}

static void
believe_old (ScApplyFile *file, const ScManifestFile *old)
{
  file->have = old->chunks;
  file->n_have = (guint32) old->n_chunks;
  file->have_size = old->size;
}

static gboolean
is_unchanged (const ScApplyFile *file, const ScFileStamp *stamp)
{
  return stamp != NULL && file->place != NULL && strcmp (file->place, file->path) == 0 &&
         stamp->size == file->info.size && stamp->mtime == file->info.mtime && stamp->id == file->info.id;
}

/* What the last commit had under this name, perhaps in another spelling. @folded: (nullable): the last commit's */
static const ScManifestFile *
find_old (ScApplyTemplate *self, GHashTable *folded, const char *path)
{
  const ScManifestFile *old = self->old != NULL ? sc_template_manifest_find_file (self->old, path) : NULL;
  g_autofree char *fold = NULL;

  if (old != NULL || folded == NULL)
    return old;
  fold = sc_path_fold (path);
  old = g_hash_table_lookup (folded, fold);
  return old == NULL || sc_template_manifest_find_file (self->want, old->path) != NULL ? NULL : old;
}

/* A file that the undo store has as it is wanted is taken from there; what lies in its place now makes way. It is read
 * unless it came there whole: after a power cut a file that an update in place had begun to change may bear its old
 * time, because only its content was synced. */
static void
take_back (ScApplyFile *file, ScApplyFile *kept, ScApplyKept *all)
{
  if (file->place != NULL) {
    file->before = sc_apply_file_split_off (file);
    sc_apply_kept_add (all, file->before);
  }
  sc_apply_file_share_content (file, kept);
  file->place = g_steal_pointer (&kept->place);
  file->trusted = kept->whole;
  kept->n_have = 0;
}

/* An update by clone that was cut short: the original lies in the undo store. Its clone may bear its final name
 * already; without it the update starts anew. */
static void
continue_clone (ScApplyFile *file, ScApplyFile *original)
{
  file->way = SC_WAY_CLONE;
  if (file->place != NULL)
    return;
  file->base = original;
  file->twin = original;
  sc_apply_file_share_content (file, original);
  file->trusted = original->whole;
}

static void
look_into_undo_store (ScApplyTemplate *self, const ScApplyWorld *world, ScApplyFile *file)
{
  ScApplyFile *kept = sc_apply_kept_find (world->kept, self->name, file->want), *original = NULL;

  if (kept != NULL && !(file->trusted && sc_apply_file_has_all (file))) {
    take_back (file, kept, world->kept);
    return;
  }
  if (self->row != NULL && self->row->state == SC_TEMPLATE_UPDATING)
    original = sc_apply_kept_find_open (world->kept, self->name, file->old != NULL ? file->old->path : file->relative);
  if (original != NULL && original->place != NULL)
    continue_clone (file, original);
}

static gboolean
add_wanted (ScApplyTemplate *self, const ScApplyWorld *world, guint index, const ScManifestFile *want,
            GHashTable *stamps, GHashTable *folded, GError **error)
{
  g_autoptr (ScApplyFile) file = sc_apply_file_new (index, self->name, want->path);
  const ScManifestFile *old = find_old (self, folded, want->path);
  gboolean updating = self->row != NULL && self->row->state == SC_TEMPLATE_UPDATING;

  file->want = want;
  file->old = old;
  if (!find_place (world->disk, file, updating, error))
    return FALSE;
  file->touch = TRUE;
  if (old != NULL && is_unchanged (file, g_hash_table_lookup (stamps, want->path)) && old->size == file->info.size) {
    file->trusted = TRUE;
    file->touch = file->info.mtime != want->mtime || old->attributes != want->attributes;
    believe_old (file, old);
  }
  look_into_undo_store (self, world, file);
  g_ptr_array_add (self->files, g_steal_pointer (&file));
  return TRUE;
}

/* The same name in another spelling ("Disk.vmdk", "disk.vmdk"): on a file system that ignores case it is the same file,
 * and elsewhere it becomes the wanted one, if that is nowhere yet. */
static gboolean
is_respelt (ScApplyFile *old_file, GHashTable *folded)
{
  g_autofree char *fold = sc_path_fold (old_file->relative);
  ScApplyFile *wanted = g_hash_table_lookup (folded, fold);

  if (wanted == NULL)
    return FALSE;
  if (wanted->place != NULL)
    return (wanted->before != NULL ? wanted->before : wanted)->info.id == old_file->info.id;
  wanted->place = g_steal_pointer (&old_file->place);
  wanted->info = old_file->info;
  return TRUE;
}

/* @old: (nullable): what is believed to lie there */
static gboolean
add_unwanted (ScApplyTemplate *self, const ScApplyWorld *world, guint index, const char *relative,
              const ScManifestFile *old, GHashTable *folded, const ScFileStamp *stamp, GError **error)
{
  g_autoptr (ScApplyFile) file = NULL;
  gboolean updating = self->row->state == SC_TEMPLATE_UPDATING;

  if (self->want != NULL && sc_template_manifest_find_file (self->want, relative) != NULL)
    return TRUE;
  file = sc_apply_file_new (index, self->name, relative);
  if (!find_place (world->disk, file, updating, error))
    return FALSE;
  if (file->place == NULL || is_respelt (file, folded))
    return TRUE;
  file->old = old;
  if (old != NULL && old->size == file->info.size) {
    believe_old (file, old);
    file->trusted = is_unchanged (file, stamp);
  }
  g_ptr_array_add (self->files, g_steal_pointer (&file));
  return TRUE;
}

static GHashTable *
fold_wanted (ScApplyTemplate *self)
{
  GHashTable *folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->files->len; i++) {
    ScApplyFile *file = self->files->pdata[i];

    g_hash_table_insert (folded, sc_path_fold (file->relative), file);
  }
  return folded;
}

static gboolean
add_all_unwanted (ScApplyTemplate *self, const ScApplyWorld *world, guint index, GHashTable *stamps, GError **error)
{
  g_autoptr (GHashTable) folded = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  guint n_old = self->old != NULL ? sc_template_manifest_get_n_files (self->old) : 0;

  if (self->row == NULL)
    return TRUE;
  folded = fold_wanted (self);
  for (guint i = 0; i < n_old; i++) {
    const ScManifestFile *old = sc_template_manifest_get_file (self->old, i);

    if (!add_unwanted (self, world, index, old->path, old, folded, g_hash_table_lookup (stamps, old->path), error))
      return FALSE;
  }
  /* what an update to yet another version created before it was given up */
  touched = sc_seat_state_list_touched (world->state, self->name, error);
  if (touched == NULL)
    return FALSE;
  for (guint i = 0; i < touched->len; i++) {
    if (self->old != NULL && sc_template_manifest_find_file (self->old, touched->pdata[i]) != NULL)
      continue;
    if (!add_unwanted (self, world, index, touched->pdata[i], NULL, folded, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* (transfer full) (nullable) (element-type ScManifestFile): what the last commit had, by folded path */
static GHashTable *
fold_old (ScApplyTemplate *self)
{
  GHashTable *folded = self->old != NULL ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) : NULL;

  for (guint i = 0; folded != NULL && i < sc_template_manifest_get_n_files (self->old); i++) {
    const ScManifestFile *old = sc_template_manifest_get_file (self->old, i);

    g_hash_table_insert (folded, sc_path_fold (old->path), (gpointer) old);
  }
  return folded;
}

static gboolean
add_all_wanted (ScApplyTemplate *self, const ScApplyWorld *world, guint index, GHashTable *stamps, GError **error)
{
  g_autoptr (GHashTable) folded = fold_old (self);
  guint n_files = self->want != NULL ? sc_template_manifest_get_n_files (self->want) : 0;

  for (guint i = 0; i < n_files; i++)
    if (!add_wanted (self, world, index, sc_template_manifest_get_file (self->want, i), stamps, folded, error))
      return FALSE;
  return TRUE;
}

/* Going back to the last commit itself takes nothing of it away. */
static gboolean
can_keep (const ScApplyTemplate *self, ScApplyUndo *undo)
{
  if (self->old == NULL ||
      (self->want != NULL && sc_chunk_id_equal (&self->row->manifest, sc_template_manifest_get_id (self->want))))
    return FALSE;
  return self->row->state != SC_TEMPLATE_UPDATING || sc_apply_undo_find_open (undo, self->name) != NULL;
}

ScApplyTemplate *
sc_apply_template_new (const ScApplyWorld *world, guint index, const char *name, ScTemplateManifest *want,
                       GError **error)
{
  g_autoptr (ScApplyTemplate) self = g_new0 (ScApplyTemplate, 1);
  g_autoptr (GHashTable) by_path = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) stamps = NULL;
  g_autoptr (GError) local = NULL;

  self->name = g_strdup (name);
  self->want = want != NULL ? sc_template_manifest_ref (want) : NULL;
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_apply_file_free);
  self->row = sc_seat_state_get_template (world->state, name, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  self->old = load_old (world->state, self->row);
  self->keeps = can_keep (self, world->undo);
  stamps = sc_seat_state_list_stamps (world->state, name, error);
  if (stamps == NULL)
    return NULL;
  for (guint i = 0; i < stamps->len; i++)
    g_hash_table_insert (by_path, ((ScFileStamp *) stamps->pdata[i])->path, stamps->pdata[i]);
  if (!add_all_wanted (self, world, index, by_path, error) || !add_all_unwanted (self, world, index, by_path, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
sc_apply_template_must_hash (const ScApplyFile *file)
{
  return file->want != NULL && !file->trusted && (file->place != NULL || file->base != NULL);
}

static gboolean
must_change (const ScApplyFile *file)
{
  if (file->want == NULL)
    return file->place != NULL;
  if (file->place == NULL || strcmp (file->place, file->path) != 0 || file->info.size != file->want->size)
    return TRUE;
  for (guint32 i = 0; i < file->want->n_chunks; i++)
    if (!sc_apply_file_is_right (file, i))
      return TRUE;
  return FALSE;
}

void
sc_apply_template_settle (ScApplyTemplate *self)
{
  self->changes = self->want == NULL || self->row == NULL || self->row->state != SC_TEMPLATE_CURRENT ||
                  !sc_chunk_id_equal (&self->row->manifest, sc_template_manifest_get_id (self->want));
  for (guint i = 0; i < self->files->len; i++) {
    ScApplyFile *file = self->files->pdata[i];

    file->changes = must_change (file);
    self->changes = self->changes || file->changes || file->touch;
  }
}
