/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-verify.h"

#include "common/sc-error.h"
#include "common/sc-template-manifest.h"
#include "service/apply/sc-apply-file.h"

#define BATCH_CHUNKS 16u /* read at once: 1 MiB */

typedef struct {
  ScDisk *disk;
  ScSeatState *state;
  ScThrottle *throttle;
  ScProgress *progress;
  GCancellable *cancellable;
  GPtrArray *findings;
  guint8 *buffer; /* BATCH_CHUNKS chunks */
} Verify;

/* One file while it is compared. */
typedef struct {
  const char *template_name;
  const ScManifestFile *want;
  char *path; /* from the repository's root */
  ScDiskFile *handle;
  ScDiskInfo info; /* before the first byte was read */
  gboolean missing;
  gboolean closed_to_us;
  gboolean changed;
  gboolean unreadable; /* in part */
  guint64 damaged;     /* chunks */
} Candidate;

static void
candidate_clear (Candidate *self)
{
  g_clear_pointer (&self->handle, sc_disk_file_close);
  g_clear_pointer (&self->path, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Candidate, candidate_clear)

void
sc_verify_finding_free (ScVerifyFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->template_name);
  g_free (self->path);
  g_free (self);
}

static gboolean
check_cancelled (Verify *self, GError **error)
{
  if (!g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED,
                       "The verification was cancelled; what it had found is repaired by the next deploy");
  return FALSE;
}

/* Opens it if it is there. Returns: FALSE with @error when that cannot be told */
static gboolean
open_candidate (Verify *self, Candidate *file, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean found = FALSE;
  if (sc_apply_file_lookup (self->disk, file->path, &found, &file->info, &local) && found)
    file->handle = sc_disk_open (self->disk, file->path, SC_DISK_READ, &local);
  if (file->handle != NULL)
    return sc_disk_file_info (file->handle, &file->info, error);
  file->closed_to_us = g_error_matches (local, SC_ERROR, SC_ERROR_BUSY);
  file->missing = local == NULL || g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND) ||
                  g_error_matches (local, SC_ERROR, SC_ERROR_INVALID); /* a link, a device */
  if (file->missing || file->closed_to_us)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The chunks that both the file and the manifest have, of the same length. */
static guint64
count_comparable (const Candidate *file)
{
  guint64 n = MIN (sc_chunk_count (file->info.size), sc_chunk_count (file->want->size));
  if (n > 0 && sc_chunk_length (file->info.size, n - 1) != sc_chunk_length (file->want->size, n - 1))
    n--;
  return n;
}

static gboolean
is_right (const guint8 *data, gsize length, const ScChunkId *want, guint64 *cost)
{
  ScChunkId id;
  if (sc_chunk_is_zero (data, length)) {
    sc_chunk_id_of_zeros (&id, length);
  } else {
    sc_chunk_id_of (&id, data, length);
    *cost += length;
  }
  return sc_chunk_id_equal (&id, want);
}

/* Chunks that the disk does not give are damaged, but only those: after a failure each is tried for itself. */
static void
compare_chunks (Verify *self, Candidate *file, guint64 first, guint n)
{
  g_autoptr (GError) local = NULL;
  const ScManifestFile *want = file->want;
  guint64 start = first * SC_CHUNK_SIZE, cost = 0;
  gsize length = (gsize) MIN (want->size - start, (guint64) n * SC_CHUNK_SIZE);
  if (sc_disk_file_read_at (file->handle, start, self->buffer, length, &local)) {
    for (guint i = 0; i < n; i++)
      if (!is_right (self->buffer + (gsize) i * SC_CHUNK_SIZE, sc_chunk_length (want->size, first + i),
                     &want->chunks[first + i], &cost))
        file->damaged++;
  } else if (n > 1) {
    for (guint i = 0; i < n && !g_cancellable_is_cancelled (self->cancellable); i++) /* each may take half a minute */
      compare_chunks (self, file, first + i, 1);
    return;
  } else {
    if (!file->unreadable)
      g_warning ("Chunk %" G_GUINT64_FORMAT " of “%s”, and others that cannot be read, count as damaged: %s", first,
                 file->path, local->message);
    file->unreadable = TRUE;
    file->damaged++;
  }
  sc_progress_add (self->progress, length);
  if (cost > 0)
    sc_throttle_spend (self->throttle, cost, self->cancellable);
}

static gboolean
is_same (const ScDiskInfo *a, const ScDiskInfo *b)
{
  return a->size == b->size && a->mtime == b->mtime && a->id == b->id;
}

static gboolean
compare_content (Verify *self, Candidate *file, GError **error)
{
  guint64 n = count_comparable (file);
  file->damaged = MAX (sc_chunk_count (file->info.size), sc_chunk_count (file->want->size)) - n;
  for (guint64 first = 0; first < n; first += BATCH_CHUNKS) {
    compare_chunks (self, file, first, (guint) MIN (n - first, BATCH_CHUNKS));
    if (!check_cancelled (self, error)) /* now: of what was not read nothing is known */
      return FALSE;
  }
  ScDiskInfo now;
  gboolean found = FALSE;
  file->changed =
      !sc_apply_file_lookup (self->disk, file->path, &found, &now, NULL) || !found || !is_same (&file->info, &now);
  sc_progress_add (self->progress, file->want->size - MIN (file->want->size, n * SC_CHUNK_SIZE));
  return TRUE;
}

/* (transfer full) */
static char *
describe (const Candidate *file)
{
  if (file->missing)
    return g_strdup ("is missing");
  if (file->changed)
    return g_strdup ("changed while it was verified");
  return g_strdup_printf ("is damaged in %" G_GUINT64_FORMAT " of its chunks", file->damaged);
}

static gboolean
note_finding (Verify *self, const Candidate *file, GError **error)
{
  ScVerifyFinding *finding = g_new0 (ScVerifyFinding, 1);
  finding->template_name = g_strdup (file->template_name);
  finding->path = g_strdup (file->want->path);
  finding->missing = file->missing;
  finding->in_use = file->closed_to_us || file->changed;
  finding->damaged_chunks = (guint32) MIN (file->damaged, G_MAXUINT32);
  g_ptr_array_add (self->findings, finding);
  if (file->closed_to_us) {
    g_message ("“%s” could not be verified: another program has it open for itself", file->path);
    return TRUE;
  }
  g_autofree char *description = describe (file);
  g_message ("“%s” %s; the next deploy repairs it", file->path, description);
  return sc_seat_state_forget_stamp (self->state, file->template_name, file->want->path, error) &&
         sc_seat_state_set_template_state (self->state, file->template_name, SC_TEMPLATE_DRIFTED, error);
}

/* @stamps: gets one if the file is whole */
static gboolean
verify_file (Verify *self, const char *template_name, const ScManifestFile *want, GPtrArray *stamps, GError **error)
{
  g_auto (Candidate) file = { .template_name = template_name, .want = want };
  file.path = g_str_equal (template_name, SC_TEMPLATE_ROOT) ? g_strdup (want->path)
                                                            : g_strconcat (template_name, "/", want->path, NULL);
  sc_progress_set_item (self->progress, file.path);
  if (!check_cancelled (self, error) || !open_candidate (self, &file, error))
    return FALSE;
  if (file.handle == NULL)
    sc_progress_add (self->progress, want->size);
  else if (!compare_content (self, &file, error))
    return FALSE;
  if (file.missing || file.closed_to_us || file.changed || file.damaged > 0)
    return note_finding (self, &file, error);
  g_ptr_array_add (stamps, sc_file_stamp_new (want->path, file.info.size, file.info.mtime, file.info.id));
  return TRUE;
}

/* Returns: (nullable): NULL: it cannot be compared */
static ScTemplateManifest *
load_manifest (Verify *self, const ScSeatTemplate *template, GError **error)
{
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (self->state, &template->manifest, error);
  return bytes != NULL ? sc_template_manifest_parse (bytes, error) : NULL;
}

/* The files are read by the next update: it has a manifest. */
static gboolean
distrust (Verify *self, const ScSeatTemplate *template, const GError *reason, GError **error)
{
  g_autoptr (GPtrArray) stamps = sc_seat_state_list_stamps (self->state, template->name, error);
  if (stamps == NULL)
    return FALSE;
  g_message ("Template “%s” cannot be verified; the next deploy reads it: %s", template->name, reason->message);
  for (guint i = 0; i < stamps->len; i++) {
    const ScFileStamp *stamp = stamps->pdata[i];
    if (!sc_seat_state_forget_stamp (self->state, template->name, stamp->path, error))
      return FALSE;
  }
  return sc_seat_state_set_template_state (self->state, template->name, SC_TEMPLATE_DRIFTED, error);
}

static gboolean
verify_template (Verify *self, const ScSeatTemplate *template, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScTemplateManifest) manifest = load_manifest (self, template, &local);
  if (manifest == NULL)
    return distrust (self, template, local, error);
  g_autoptr (GPtrArray) stamps = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_file_stamp_free);
  guint n = sc_template_manifest_get_n_files (manifest);
  for (guint i = 0; i < n; i++)
    if (!verify_file (self, template->name, sc_template_manifest_get_file (manifest, i), stamps, error))
      return FALSE;
  /* as if it had just been brought here: current, and trusted by what its files look like now */
  return stamps->len < n || sc_seat_state_commit_template (self->state, template->name, &template->manifest,
                                                           template->version, stamps, error);
}

static gboolean
can_be_verified (const ScSeatTemplate *template)
{
  static const ScChunkId nothing;
  return template->state != SC_TEMPLATE_UPDATING && !sc_chunk_id_equal (&template->manifest, &nothing);
}

/* Bytes. A manifest that is lost is told when its turn comes. */
static guint64
sum_sizes (Verify *self, GPtrArray *templates)
{
  guint64 total = 0;
  for (guint i = 0; i < templates->len; i++) {
    g_autoptr (ScTemplateManifest) manifest =
        can_be_verified (templates->pdata[i]) ? load_manifest (self, templates->pdata[i], NULL) : NULL;
    if (manifest != NULL)
      total += sc_template_manifest_get_size (manifest);
  }
  return total;
}

GPtrArray *
sc_verify_run (ScDisk *disk, ScSeatState *state, ScThrottle *throttle, ScProgress *progress, GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_verify_finding_free);
  g_autofree guint8 *buffer = g_malloc (BATCH_CHUNKS * SC_CHUNK_SIZE);
  Verify self = { disk, state, throttle, progress, cancellable, findings, buffer };
  g_autoptr (GPtrArray) templates = sc_seat_state_list_templates (state, error);
  if (templates == NULL)
    return NULL;
  sc_progress_start (progress, "verifying", sum_sizes (&self, templates));
  for (guint i = 0; i < templates->len; i++)
    if (can_be_verified (templates->pdata[i]) && !verify_template (&self, templates->pdata[i], error))
      return NULL;
  return g_steal_pointer (&findings);
}
