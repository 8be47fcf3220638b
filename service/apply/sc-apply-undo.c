/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-undo.h"

#include "common/sc-error.h"
#include "common/sc-json.h"
#include "common/sc-path.h"
#include "common/sc-template-manifest.h"
#include "service/apply/sc-apply-undo-log.h"
#include "service/apply/sc-apply-undo-tree.h"

#define STEP_FILE "step.json"
#define NEW_SUFFIX ".new"
#define FORMAT 1u
#define MAX_STEP_TEXT 65536u
#define MAX_STEPS 4096u
#define MAX_ID (G_MAXUINT64 >> 2)
#define MAX_BYTES                                                                                                      \
  (G_GUINT64_CONSTANT (1) << 50) /* of a step; what is more would be a lie, and sums must not overflow */
#define ID_DIGITS 16u            /* hexadecimal */

typedef struct {
  ScApplyStep base;
  char *path; /* of its directory */
  ScApplyUndoLog *log;
} Step;

struct _ScApplyUndo {
  ScDisk *disk;
  ScFrameCoder *coder;
  GPtrArray *steps; /* Step */
  ScChunkIndex *index;
  GArray *unread;  /* guint64: ids of directories of which nobody knows what they are */
  guint64 last_id; /* of all directories */
  Step *read_last; /* (nullable): its log may be open: of sealed steps that of one only */
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->log, sc_apply_undo_log_free);
  g_free (step->base.template_name);
  g_free (step->path);
  g_free (step);
}

static char *
dup_step_path (guint64 id)
{
  return g_strdup_printf (SC_APPLY_UNDO_DIRECTORY "/%016" G_GINT64_MODIFIER "x", id);
}

/* Whether a directory of this name may be a step. */
static gboolean
parse_id (const char *name, guint64 *id)
{
  return strlen (name) == ID_DIGITS && strspn (name, "0123456789abcdef") == ID_DIGITS &&
         g_ascii_string_to_unsigned (name, 16, 1, MAX_ID, id, NULL);
}

static gboolean
parse_step (ScApplyStep *step, const char *text, gsize length, GError **error)
{
  g_autoptr (ScJson) object = sc_json_parse_object (text, length, MAX_STEP_TEXT, error);
  const char *name, *from;
  guint64 format;

  if (object == NULL || !sc_json_get_uint (object, "format", G_MAXUINT32, &format, error))
    return FALSE;
  if (format != FORMAT) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "it has the unknown format %" G_GUINT64_FORMAT, format);
    return FALSE;
  }
  name = sc_json_get_string (object, "template", SC_PATH_MAX_COMPONENT, error);
  if (name == NULL || (strcmp (name, SC_TEMPLATE_ROOT) != 0 && !sc_path_check_component (name, error)))
    return FALSE;
  from = sc_json_get_string (object, "from", SC_CHUNK_ID_HEX_LENGTH, error);
  if (from == NULL || !sc_chunk_id_from_hex (&step->from, from, error) ||
      !sc_json_get_uint (object, "version", G_MAXINT64, &step->version, error) ||
      !sc_json_get_uint (object, "bytes", MAX_BYTES, &step->bytes, error))
    return FALSE;
  step->sealed = sc_json_get_optional_bool (object, "sealed", FALSE);
  step->template_name = g_strdup (name);
  return TRUE;
}

/* Returns: FALSE without an @error when there is no whole step.json. @unread: (out): the disk does not give it */
static gboolean
read_step (ScDisk *disk, Step *step, gboolean *unread, GError **error)
{
  g_autofree char *path = g_strconcat (step->path, "/" STEP_FILE, NULL);
  g_autofree char *text = g_malloc (MAX_STEP_TEXT);
  g_autoptr (ScDiskFile) file = NULL;
  g_autoptr (GError) local = NULL;
  ScDiskInfo info;

  *unread = FALSE;
  if (sc_disk_info (disk, step->path, &info, &local) && !info.directory)
    return FALSE;
  if (local == NULL)
    file = sc_disk_open (disk, path, SC_DISK_READ, &local);
  if (file != NULL && sc_disk_file_info (file, &info, &local) &&
      sc_disk_file_read_at (file, 0, text, MIN (info.size, MAX_STEP_TEXT), &local) &&
      parse_step (&step->base, text, (gsize) info.size, &local))
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND))
    return FALSE;
  *unread = file != NULL && g_error_matches (local, SC_ERROR, SC_ERROR_SYSTEM);
  if (!*unread && !g_error_matches (local, SC_ERROR, SC_ERROR_INVALID) &&
      !g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_message ("%s is not what the undo store wrote, so there is no way back by it: %s", path, local->message);
  return FALSE;
}

/* Replaces the step's description; durable when this returns. */
static gboolean
write_step (ScApplyUndo *self, const Step *step, gboolean sealed, guint64 bytes, GError **error)
{
  g_autofree char *path = g_strconcat (step->path, "/" STEP_FILE, NULL);
  g_autofree char *new_path = g_strconcat (path, NEW_SUFFIX, NULL);
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, new_path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  g_autoptr (ScJson) object = json_object ();
  char from[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *text = NULL;

  sc_chunk_id_to_hex (&step->base.from, from);
  json_object_set_new (object, "format", json_integer (FORMAT));
  json_object_set_new (object, "template", json_string (step->base.template_name));
  json_object_set_new (object, "from", json_string (from));
  json_object_set_new (object, "version", json_integer ((json_int_t) step->base.version));
  json_object_set_new (object, "sealed", json_boolean (sealed));
  json_object_set_new (object, "bytes", json_integer ((json_int_t) bytes));
  text = sc_json_to_text (object);
  if (file == NULL || !sc_disk_file_truncate (file, 0, error) ||
      !sc_disk_file_write_at (file, 0, text, strlen (text), error) || !sc_disk_file_sync (file, error))
    return FALSE;
  g_clear_pointer (&file, sc_disk_file_close);
  return sc_disk_rename (self->disk, new_path, path, error) && sc_disk_sync_directory (self->disk, step->path, error);
}

static void
index_chunk (ScApplyUndo *self, const ScChunkId *id)
{
  if (sc_chunk_index_size (self->index) < SC_APPLY_UNDO_LOG_MAX_RECORDS)
    sc_chunk_index_add (self->index, id, NULL);
}

static void
index_log (ScApplyUndo *self, const Step *step)
{
  const ScChunkIndex *chunks = sc_apply_undo_log_get_chunks (step->log);

  for (guint32 i = 0; i < sc_chunk_index_size (chunks); i++)
    index_chunk (self, sc_chunk_index_get (chunks, i));
}

static gboolean
open_log (ScApplyUndo *self, Step *step, GError **error)
{
  g_autofree char *path = g_strconcat (step->path, "/log", NULL);

  step->log = sc_apply_undo_log_new (self->disk, path, self->coder, !step->base.sealed, error);
  if (step->log == NULL)
    return FALSE;
  if (!step->base.sealed)
    step->base.bytes = sc_apply_undo_log_get_size (step->log);
  return TRUE;
}

static gboolean
load_step (ScApplyUndo *self, guint64 id, GError **error)
{
  g_autoptr (GError) local = NULL;
  Step *step = g_new0 (Step, 1);
  gboolean unread;

  step->base.id = id;
  step->path = dup_step_path (id);
  if (read_step (self->disk, step, &unread, &local) && open_log (self, step, &local)) {
    g_ptr_array_add (self->steps, step);
    index_log (self, step);
    return TRUE;
  }
  step_free (step);
  if (unread)
    g_array_append_val (self->unread, id);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* (transfer full): what lies in the store's directory, which need not be there */
static GPtrArray *
list_store (ScApplyUndo *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  GPtrArray *names = sc_disk_list (self->disk, SC_APPLY_UNDO_DIRECTORY, &local);

  if (names != NULL)
    return names;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND))
    return g_ptr_array_new_with_free_func (g_free);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
load (ScApplyUndo *self, GError **error)
{
  g_autoptr (GPtrArray) names = list_store (self, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 id;

  if (names == NULL)
    return FALSE;
  /* sorted by bytes, so by id */
  for (guint i = 0; i < names->len; i++)
    if (parse_id (names->pdata[i], &id))
      g_array_append_val (ids, id);
  if (ids->len > 0)
    self->last_id = g_array_index (ids, guint64, ids->len - 1);
  if (ids->len > MAX_STEPS)
    g_message ("There are %u steps in " SC_APPLY_UNDO_DIRECTORY ": the oldest %u are not looked at", ids->len,
               ids->len - MAX_STEPS);
  for (guint i = ids->len > MAX_STEPS ? ids->len - MAX_STEPS : 0; i < ids->len; i++)
    if (!load_step (self, g_array_index (ids, guint64, i), error))
      return FALSE;
  return TRUE;
}

ScApplyUndo *
sc_apply_undo_new (ScDisk *disk, GError **error)
{
  g_autoptr (ScApplyUndo) self = g_new0 (ScApplyUndo, 1);

  self->disk = disk;
  self->coder = sc_frame_coder_new ();
  sc_frame_coder_set_level (self->coder, SC_APPLY_UNDO_LEVEL);
  self->steps = g_ptr_array_new_with_free_func (step_free);
  self->index = sc_chunk_index_new ();
  self->unread = g_array_new (FALSE, FALSE, sizeof (guint64));
  return load (self, error) ? g_steal_pointer (&self) : NULL;
}

void
sc_apply_undo_free (ScApplyUndo *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->steps);
  g_array_unref (self->unread);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  g_clear_pointer (&self->coder, sc_frame_coder_free);
  g_free (self);
}

GPtrArray *
sc_apply_undo_get_steps (ScApplyUndo *self)
{
  return self->steps;
}

ScApplyStep *
sc_apply_undo_find_open (ScApplyUndo *self, const char *template_name)
{
  for (guint i = self->steps->len; i-- > 0;) {
    ScApplyStep *step = self->steps->pdata[i];

    if (!step->sealed && g_str_equal (step->template_name, template_name))
      return step;
  }
  return NULL;
}

guint64
sc_apply_undo_get_bytes (ScApplyUndo *self)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->steps->len; i++)
    bytes += ((const ScApplyStep *) self->steps->pdata[i])->bytes;
  return bytes;
}

guint32
sc_apply_undo_find (ScApplyUndo *self, const ScChunkId *id)
{
  return sc_chunk_index_find (self->index, id);
}

/* The step's log, with the file of the sealed step that was read before closed: there may be more steps than a process
 * may have files open. */
static ScApplyUndoLog *
use_log (ScApplyUndo *self, Step *step)
{
  if (self->read_last != NULL && self->read_last != step && self->read_last->base.sealed)
    sc_apply_undo_log_close (self->read_last->log);
  self->read_last = step;
  return step->log;
}

gboolean
sc_apply_undo_read (ScApplyUndo *self, guint32 record, guint8 *data, gsize *length, GError **error)
{
  const ScChunkId *id = sc_chunk_index_get (self->index, record);
  g_autoptr (GError) local = NULL;

  /* the later a step the likelier that it is whole; where one is damaged another may have the chunk as well */
  for (guint i = self->steps->len; i-- > 0;) {
    Step *step = self->steps->pdata[i];
    guint32 number = sc_chunk_index_find (sc_apply_undo_log_get_chunks (step->log), id);

    if (number == SC_CHUNK_INDEX_NONE)
      continue;
    g_clear_error (&local);
    if (sc_apply_undo_log_read (use_log (self, step), number, data, length, &local))
      return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* A step, or what may be one. */
static gboolean
is_step (ScApplyUndo *self, const char *name)
{
  guint64 id;

  if (!parse_id (name, &id))
    return FALSE;
  for (guint i = 0; i < self->steps->len; i++)
    if (((const ScApplyStep *) self->steps->pdata[i])->id == id)
      return TRUE;
  for (guint i = 0; i < self->unread->len; i++)
    if (g_array_index (self->unread, guint64, i) == id)
      return TRUE;
  return FALSE;
}

gboolean
sc_apply_undo_measure_debris (ScApplyUndo *self, guint64 *bytes, GError **error)
{
  g_autoptr (GPtrArray) names = list_store (self, error);

  *bytes = 0;
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *path = g_strconcat (SC_APPLY_UNDO_DIRECTORY "/", names->pdata[i], NULL);
    g_autoptr (GError) local = NULL;
    guint64 part = 0;

    if (is_step (self, names->pdata[i]))
      continue;
    if (sc_apply_undo_tree_measure (self->disk, path, &part, &local)) {
      *bytes += part;
    } else if (!g_error_matches (local, SC_ERROR, SC_ERROR_INVALID)) { /* that stays there */
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return names != NULL;
}

gboolean
sc_apply_undo_clean (ScApplyUndo *self, GError **error)
{
  g_autoptr (GPtrArray) names = list_store (self, error);
  gboolean removed = FALSE;

  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *path = g_strconcat (SC_APPLY_UNDO_DIRECTORY "/", names->pdata[i], NULL);
    g_autoptr (GError) local = NULL;

    if (is_step (self, names->pdata[i]))
      continue;
    if (!sc_apply_undo_tree_remove (self->disk, path, &local)) {
      if (!g_error_matches (local, SC_ERROR, SC_ERROR_INVALID)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
      }
      g_message ("What is no part of the undo store stays there: %s", local->message);
    }
    removed = TRUE;
  }
  return names != NULL && (!removed || sc_disk_sync_directory (self->disk, SC_APPLY_UNDO_DIRECTORY, error));
}

/* Whether there is room for one more; the oldest sealed step goes where there is none. */
static gboolean
limit_steps (ScApplyUndo *self, GError **error)
{
  for (guint i = 0; self->steps->len >= MAX_STEPS && i < self->steps->len;) {
    ScApplyStep *step = self->steps->pdata[i];

    if (!step->sealed)
      i++;
    else if (!sc_apply_undo_drop (self, step, error))
      return FALSE;
  }
  if (self->steps->len < MAX_STEPS && self->last_id < MAX_ID)
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                       "There can be no more steps in " SC_APPLY_UNDO_DIRECTORY
                       ": stop the service, remove that directory and start it again");
  return FALSE;
}

ScApplyStep *
sc_apply_undo_add_step (ScApplyUndo *self, const char *template_name, const ScChunkId *from, guint64 version,
                        GError **error)
{
  Step *step;

  if (!limit_steps (self, error))
    return NULL;
  step = g_new0 (Step, 1);
  step->base.id = ++self->last_id;
  step->base.template_name = g_strdup (template_name);
  step->base.from = *from;
  step->base.version = version;
  step->path = dup_step_path (step->base.id);
  if (!sc_disk_make_directory (self->disk, step->path, error) || !write_step (self, step, FALSE, 0, error) ||
      !open_log (self, step, error)) {
    step_free (step);
    return NULL;
  }
  g_ptr_array_add (self->steps, step);
  return &step->base;
}

ScApplyStep *
sc_apply_undo_open_step (ScApplyUndo *self, const char *template_name, const ScChunkId *from, guint64 version,
                         GError **error)
{
  ScApplyStep *step = sc_apply_undo_find_open (self, template_name);
  Step *own = (Step *) step;

  if (step == NULL)
    return sc_apply_undo_add_step (self, template_name, from, version, error);
  if (!sc_chunk_id_equal (&step->from, from))
    return sc_apply_undo_seal (self, step, SC_APPLY_UNDO_KEPT_UNKNOWN, error)
               ? sc_apply_undo_add_step (self, template_name, from, version, error)
               : NULL;
  /* a process that was killed may have written what is not durable yet */
  if (!sc_disk_sync_directory (self->disk, own->path, error) || !sc_apply_undo_log_resume (own->log, error))
    return NULL;
  return step;
}

gboolean
sc_apply_undo_has (ScApplyUndo *self, const ScApplyStep *step, const ScChunkId *id)
{
  return sc_chunk_index_find (sc_apply_undo_log_get_chunks (((const Step *) step)->log), id) != SC_CHUNK_INDEX_NONE;
}

gboolean
sc_apply_undo_add (ScApplyUndo *self, ScApplyStep *step, const ScChunkId *id, const guint8 *data, gsize length,
                   GError **error)
{
  Step *own = (Step *) step;

  g_return_val_if_fail (!step->sealed, FALSE);
  if (!sc_apply_undo_log_add (own->log, id, data, length, error))
    return FALSE;
  if (sc_apply_undo_has (self, step, id))
    index_chunk (self, id);
  step->bytes = sc_apply_undo_log_get_size (own->log);
  return TRUE;
}

gboolean
sc_apply_undo_sync (ScApplyUndo *self, GError **error)
{
  for (guint i = 0; i < self->steps->len; i++) {
    Step *step = self->steps->pdata[i];

    if (!step->base.sealed && !sc_apply_undo_log_sync (step->log, error))
      return FALSE;
  }
  return TRUE;
}

char *
sc_apply_undo_dup_kept_path (const ScApplyStep *step, gboolean whole, const char *relative)
{
  return g_strconcat (((const Step *) step)->path, whole ? "/files/whole/" : "/files/part/", relative, NULL);
}

char *
sc_apply_undo_dup_files_prefix (const ScApplyStep *step)
{
  return g_strconcat (((const Step *) step)->path, "/files/", NULL);
}

gboolean
sc_apply_undo_is_empty (ScApplyUndo *self, const ScApplyStep *step)
{
  g_autofree char *files = g_strconcat (((const Step *) step)->path, "/files", NULL);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;

  return sc_apply_undo_log_get_size (((const Step *) step)->log) == 0 &&
         !sc_disk_info (self->disk, files, &info, &error) && g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

gboolean
sc_apply_undo_make_way (ScApplyUndo *self, const ScApplyStep *step, gboolean whole, const char *relative,
                        GError **error)
{
  g_autofree char *path = sc_apply_undo_dup_kept_path (step, whole, relative);
  g_autofree char *directory = g_path_get_dirname (path);

  return sc_disk_make_directory (self->disk, directory, error);
}

gboolean
sc_apply_undo_seal (ScApplyUndo *self, ScApplyStep *step, guint64 kept_bytes, GError **error)
{
  Step *own = (Step *) step;
  g_autofree char *log = g_strconcat (own->path, "/log", NULL);
  g_autofree char *index = g_strconcat (own->path, "/" SC_APPLY_UNDO_LOG_INDEX, NULL);
  g_autofree char *files = g_strconcat (own->path, "/files", NULL);
  guint64 bytes, index_bytes;

  if (!sc_apply_undo_log_seal (own->log, error) || !sc_apply_undo_tree_measure (self->disk, log, &bytes, error) ||
      !sc_apply_undo_tree_measure (self->disk, index, &index_bytes, error) ||
      (kept_bytes == SC_APPLY_UNDO_KEPT_UNKNOWN && !sc_apply_undo_tree_measure (self->disk, files, &kept_bytes, error)))
    return FALSE;
  bytes = MIN (bytes + index_bytes, MAX_BYTES / 2) + MIN (kept_bytes, MAX_BYTES / 2);
  if (!write_step (self, own, TRUE, bytes, error))
    return FALSE;
  step->bytes = bytes;
  step->sealed = TRUE;
  return TRUE;
}

/* Takes the step out of memory only. */
static void
forget_step (ScApplyUndo *self, Step *step)
{
  if (self->read_last == step)
    self->read_last = NULL;
  g_ptr_array_remove (self->steps, step);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  self->index = sc_chunk_index_new ();
  for (guint i = 0; i < self->steps->len; i++)
    index_log (self, self->steps->pdata[i]);
}

gboolean
sc_apply_undo_drop (ScApplyUndo *self, ScApplyStep *step, GError **error)
{
  Step *own = (Step *) step;
  g_autofree char *path = g_strdup (own->path);
  g_autofree char *description = g_strconcat (path, "/" STEP_FILE, NULL);

  if (!sc_apply_undo_tree_remove (self->disk, description, error) || !sc_disk_sync_directory (self->disk, path, error))
    return FALSE;
  forget_step (self, own);
  return sc_apply_undo_tree_remove (self->disk, path, error) &&
         sc_disk_sync_directory (self->disk, SC_APPLY_UNDO_DIRECTORY, error);
}

gboolean
sc_apply_undo_trim (ScApplyUndo *self, guint64 max_bytes, GError **error)
{
  for (guint i = 0; sc_apply_undo_get_bytes (self) > max_bytes && i < self->steps->len;) {
    ScApplyStep *step = self->steps->pdata[i];

    if (!step->sealed || step->spared)
      i++;
    else if (!sc_apply_undo_drop (self, step, error))
      return FALSE;
  }
  return TRUE;
}
