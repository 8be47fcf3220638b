/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-apply.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "service/sc-apply-committer.h"
#include "service/sc-apply-writer.h"

typedef enum {
  STATE_PLANNED, /* nothing was changed */
  STATE_BEGUN,
  STATE_FAILED, /* begin failed half-way: only a new plan knows what lies where */
  STATE_FINISHED,
} State;

struct _ScApply {
  ScDisk *disk;
  ScSeatState *state;
  guint64 version;
  ScApplyPlan *plan;
  ScApplyStash *stash;
  ScApplyHandles *handles;
  ScApplyWriter *writer;
  ScApplyCommitter *committer;
  GBytes *lacks;
  guint64 needed_bytes;
  ScNeeds *needs;

  GMutex work;                     /* held by whoever changes files */
  State stage;                     /* under work */
  guint8 chunk[SC_CHUNK_SIZE];     /* under work */
  guint8 reference[SC_CHUNK_SIZE]; /* under work */

  GMutex lock;         /* of what follows; taken for moments only */
  guint64 lacks_bytes; /* grows when a local source turns out to be damaged */
  guint64 done_bytes;
  char *current_template;
};

static GBytes *
make_lacks (ScApplyWanted *wanted, GPtrArray *templates)
{
  g_autoptr (ScChunkIndex) index = sc_version_chunks_collect (templates);
  guint32 n = sc_chunk_index_size (index);
  gsize length = (gsize) n / 8 + (n % 8 != 0);
  guint8 *bits = g_malloc0 (MAX (length, 1));

  for (guint32 i = 0; i < n; i++) {
    guint32 number = sc_apply_wanted_find (wanted, sc_chunk_index_get (index, i));

    if (number != SC_CHUNK_INDEX_NONE && sc_apply_wanted_get_state (wanted, number) == SC_APPLY_WANTED_LACKING)
      bits[i / 8] |= (guint8) (1u << (i % 8));
  }
  return g_bytes_new_take (bits, length);
}

ScApply *
sc_apply_new (ScDisk *disk, ScSeatState *state, const ScApplySettings *settings, ScVersionManifest *version,
              GPtrArray *templates, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScApply) self = g_new0 (ScApply, 1);

  g_mutex_init (&self->work);
  g_mutex_init (&self->lock);
  self->disk = disk;
  self->state = state;
  self->version = sc_version_manifest_get_number (version);
  self->current_template = g_strdup ("");
  self->stash = sc_apply_stash_new (disk, error);
  if (self->stash == NULL)
    return NULL;
  self->plan = sc_apply_plan_new (disk, state, templates, self->stash, progress, cancellable, error);
  if (self->plan == NULL)
    return NULL;
  self->handles = sc_apply_handles_new (disk);
  self->writer = sc_apply_writer_new (self->plan, self->handles, self->stash);
  self->committer = sc_apply_committer_new (disk, state, self->plan, self->handles, self->version);
  self->lacks = make_lacks (self->plan->wanted, templates);
  self->lacks_bytes = sc_apply_wanted_get_lacking_bytes (self->plan->wanted);
  self->needed_bytes = sc_apply_plan_get_needed_bytes (self->plan);
  self->needs = sc_needs_new ();
  self->needs->peak_bytes = self->needed_bytes;
  self->needs->lacks_bytes = self->lacks_bytes;
  return g_steal_pointer (&self);
}

void
sc_apply_free (ScApply *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->committer, sc_apply_committer_free);
  g_clear_pointer (&self->writer, sc_apply_writer_free);
  g_clear_pointer (&self->handles, sc_apply_handles_free);
  g_clear_pointer (&self->plan, sc_apply_plan_free);
  g_clear_pointer (&self->stash, sc_apply_stash_free);
  g_clear_pointer (&self->lacks, g_bytes_unref);
  g_free (self->current_template);
  sc_needs_free (self->needs);
  g_mutex_clear (&self->work);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GBytes *
sc_apply_get_lacks (ScApply *self)
{
  return g_bytes_ref (self->lacks);
}

guint64
sc_apply_get_lacks_bytes (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->lacks_bytes;
}

const ScNeeds *
sc_apply_get_needs (ScApply *self)
{
  return self->needs;
}

GStrv
sc_apply_dup_busy (ScApply *self)
{
  return g_new0 (char *, 1);
}

gboolean
sc_apply_flush (ScApply *self, GError **error)
{
  return TRUE;
}

guint64
sc_apply_get_done_bytes (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->done_bytes;
}

char *
sc_apply_dup_current_template (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->current_template);
}

static void
set_current_template (ScApply *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (strcmp (self->current_template, name) == 0)
    return;
  g_free (self->current_template);
  self->current_template = g_strdup (name);
}

static gboolean
check_space (ScApply *self, GError **error)
{
  g_autofree char *missing_text = NULL;
  ScDiskSpace space;
  guint64 wanted = self->needed_bytes + SC_APPLY_RESERVE;

  if (!sc_disk_space (self->disk, &space, error))
    return FALSE;
  if (self->needed_bytes == 0 || wanted <= space.free)
    return TRUE;
  missing_text = g_format_size_full (wanted - space.free, G_FORMAT_SIZE_LONG_FORMAT);
  g_set_error (
      error, SC_ERROR, SC_ERROR_NO_SPACE,
      "Version %" G_GUINT64_FORMAT " needs %" G_GUINT64_FORMAT " bytes more on %s, and %u bytes must stay free, "
      "but only %" G_GUINT64_FORMAT " are free: make room for %s",
      self->version, self->needed_bytes, sc_disk_get_root (self->disk), SC_APPLY_RESERVE, space.free, missing_text);
  return FALSE;
}

static gboolean
is_to_change (const ScApplyTemplate *template)
{
  return template->changes && template->want != NULL;
}

/* The root's files make way at the beginning even when the version has none: a template may take the name of one. */
static gboolean
is_to_begin (const ScApplyTemplate *template)
{
  return template->changes && (template->want != NULL || strcmp (template->name, SC_TEMPLATE_ROOT) == 0);
}

/* A template that the version has not goes before the others are complete if a file of the root takes its name. */
static gboolean
make_way (ScApply *self, const ScApplyTemplate *root, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < root->files->len; i++) {
    const ScApplyFile *file = root->files->pdata[i];

    if (file->want != NULL)
      g_hash_table_add (names, sc_path_fold (file->path));
  }
  for (guint i = 0; i < self->plan->templates->len; i++) {
    ScApplyTemplate *template = self->plan->templates->pdata[i];
    g_autofree char *name = sc_path_fold (template->name);

    if (template->want == NULL && template->changes && g_hash_table_contains (names, name) &&
        !sc_apply_committer_remove (self->committer, template, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
commit (ScApply *self, ScApplyTemplate *template, GError **error)
{
  set_current_template (self, template->name);
  if (strcmp (template->name, SC_TEMPLATE_ROOT) == 0 && !make_way (self, template, error))
    return FALSE;
  return sc_apply_committer_commit (self->committer, template, error);
}

/* Commits what has become whole. */
static gboolean
commit_whole_templates (ScApply *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++) {
    ScApplyTemplate *template = templates->pdata[i];

    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    if (is_to_change (template) && template->remaining == 0 && !commit (self, template, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_templates (ScApply *self, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++)
    if (is_to_begin (templates->pdata[i]) && !sc_apply_committer_check (self->committer, templates->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
begin_templates (ScApply *self, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++)
    if (is_to_begin (templates->pdata[i]) && !sc_apply_committer_begin (self->committer, templates->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
sc_apply_begin (ScApply *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  guint64 lacking;

  if (self->stage != STATE_PLANNED) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "This update has begun already: plan a new one");
    return FALSE;
  }
  if (!sc_apply_check_cancelled (cancellable, error) || !check_space (self, error) || !check_templates (self, error))
    return FALSE;

  self->stage = STATE_FAILED;
  if (!begin_templates (self, error) || !sc_apply_writer_allocate (self->writer, progress, cancellable, error) ||
      !sc_apply_writer_copy (self->writer, progress, cancellable, error))
    return FALSE;
  lacking = sc_apply_wanted_get_lacking_bytes (self->plan->wanted);
  g_mutex_lock (&self->lock);
  self->lacks_bytes = lacking;
  g_mutex_unlock (&self->lock);
  if (!commit_whole_templates (self, cancellable, error))
    return FALSE;
  self->stage = STATE_BEGUN;
  return TRUE;
}

gboolean
sc_apply_wants (ScApply *self, const ScChunkId *id)
{
  guint32 index = sc_apply_wanted_find (self->plan->wanted, id);

  return index != SC_CHUNK_INDEX_NONE &&
         sc_apply_wanted_get_state (self->plan->wanted, index) == SC_APPLY_WANTED_LACKING;
}

GArray *
sc_apply_list_wanted (ScApply *self, guint max)
{
  ScApplyWanted *wanted = self->plan->wanted;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));

  for (guint32 i = 0; i < sc_apply_wanted_size (wanted) && ids->len < max; i++)
    if (sc_apply_wanted_get_state (wanted, i) == SC_APPLY_WANTED_LACKING)
      g_array_append_val (ids, *sc_apply_wanted_get_id (wanted, i));
  return ids;
}

gboolean
sc_apply_is_complete (ScApply *self)
{
  return sc_apply_wanted_get_n_lacking (self->plan->wanted) == 0;
}

/* Decodes a frame into self->chunk and makes sure that it is the chunk it is said to be. */
static gboolean
decode (ScApply *self, ScFrameCoder *coder, guint32 index, ScEncoding encoding, const ScChunkId *reference,
        const guint8 *frame, gsize length, GError **error)
{
  const ScChunkId *id = sc_apply_wanted_get_id (self->plan->wanted, index);
  guint32 chunk_length = sc_apply_wanted_get_length (self->plan->wanted, index);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  gsize reference_length = 0;
  ScChunkId actual;

  if (encoding == SC_ENCODING_DELTA) {
    if (reference == NULL) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "A delta frame came without its reference");
      return FALSE;
    }
    if (!sc_apply_writer_read_reference (self->writer, index, reference, self->reference, &reference_length, error))
      return FALSE;
  }
  if (!sc_frame_decode (coder, encoding, frame, length, reference_length > 0 ? self->reference : NULL, reference_length,
                        self->chunk, chunk_length, error))
    return FALSE;
  sc_chunk_id_of (&actual, self->chunk, chunk_length);
  if (sc_chunk_id_equal (&actual, id))
    return TRUE;
  sc_chunk_id_to_hex (id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "A frame does not hold the chunk %s that it is said to hold", hex);
  return FALSE;
}

/* The template of the first place of chunk @index. */
static ScApplyTemplate *
template_of (ScApply *self, guint32 index)
{
  guint32 cursor = 0;
  ScApplyPlace place;
  ScApplyFile *file;

  sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place);
  file = self->plan->files->pdata[place.file];
  return self->plan->templates->pdata[file->template];
}

static void
count_done (ScApply *self, guint32 length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->done_bytes += length;
}

/* Commits the templates that chunk @index has made whole. */
static gboolean
commit_templates_of (ScApply *self, guint32 index, GError **error)
{
  guint32 cursor = 0;
  ScApplyPlace place;

  while (sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place)) {
    const ScApplyFile *file = self->plan->files->pdata[place.file];
    ScApplyTemplate *template = self->plan->templates->pdata[file->template];

    if (template->remaining == 0 && is_to_change (template) && !commit (self, template, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_apply_put_frame (ScApply *self, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                    const ScChunkId *reference, const guint8 *frame, gsize length, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  guint32 index = sc_apply_wanted_find (self->plan->wanted, id);

  if (self->stage != STATE_BEGUN) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "The update is not ready for chunks");
    return FALSE;
  }
  if (index == SC_CHUNK_INDEX_NONE || sc_apply_wanted_get_state (self->plan->wanted, index) != SC_APPLY_WANTED_LACKING)
    return TRUE;
  if (!decode (self, coder, index, encoding, reference, frame, length, error))
    return FALSE;
  set_current_template (self, template_of (self, index)->name);
  if (!sc_apply_writer_put (self->writer, index, self->chunk, error))
    return FALSE;
  count_done (self, sc_apply_wanted_get_length (self->plan->wanted, index));
  return commit_templates_of (self, index, error);
}

static gboolean
remove_templates (ScApply *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++) {
    ScApplyTemplate *template = templates->pdata[i];

    if (template->want != NULL || !template->changes)
      continue;
    set_current_template (self, template->name);
    if (!sc_apply_check_cancelled (cancellable, error) || !sc_apply_committer_remove (self->committer, template, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_apply_finish (ScApply *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);

  if (self->stage != STATE_BEGUN || !sc_apply_is_complete (self)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "Version %" G_GUINT64_FORMAT " is not complete: %u chunks are lacking", self->version,
                 sc_apply_wanted_get_n_lacking (self->plan->wanted));
    return FALSE;
  }
  if (!commit_whole_templates (self, cancellable, error) || !remove_templates (self, cancellable, error) ||
      !sc_seat_state_set_version (self->state, self->version, error) ||
      !sc_seat_state_set_pending (self->state, 0, 0, NULL, error) ||
      !sc_seat_state_prune_manifests (self->state, NULL, error))
    return FALSE;
  self->stage = STATE_FINISHED;
  set_current_template (self, "");
  return TRUE;
}
