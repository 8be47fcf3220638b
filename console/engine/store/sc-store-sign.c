/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/store/sc-store-private.h"
#include "console/engine/store/sc-store-signatures.h"

/* Signing one version by hand: all that it consists of is read before, for the signature says that it is what staff
 * published. */
typedef struct {
  ScStore *store;
  ScFrameCoder *coder;
  ScChunkIndex *chunks; /* all that it has, each once */
  ScProgress *progress;
  GCancellable *cancellable;
} Check;

/* Its hash is that by which the version names it: sc_store_read_row() has seen to that. */
static gboolean
read_chunk (Check *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  ScStoreRow row;

  if (!sc_store_check_cancelled (self->cancellable, "Signing", error) ||
      !sc_store_locate (self->store, id, 1, &row.entry, error))
    return FALSE;
  row.kind = SC_PACK_ENTRY_CHUNK;
  bytes = sc_store_read_row (self->store, &row, self->coder, error);
  if (bytes == NULL)
    return FALSE;
  sc_progress_add (self->progress, SC_PACK_ENTRY_HEADER_SIZE + row.entry.stored_length);
  return TRUE;
}

static gboolean
measure (Check *self, guint64 *total, GError **error)
{
  *total = 0;
  for (guint32 i = 0; i < sc_chunk_index_size (self->chunks); i++) {
    ScStoreEntry entry;

    if (!sc_store_locate (self->store, sc_chunk_index_get (self->chunks, i), 1, &entry, error))
      return FALSE;
    *total += SC_PACK_ENTRY_HEADER_SIZE + entry.stored_length;
  }
  return TRUE;
}

static gboolean
read_all (Check *self, const ScVersionManifest *version, GError **error)
{
  g_autoptr (GPtrArray) templates = sc_store_get_templates (self->store, version, error);
  guint64 total;

  if (templates == NULL)
    return FALSE;
  self->chunks = sc_version_chunks_collect (templates);
  if (!measure (self, &total, error))
    return FALSE;
  sc_progress_start (self->progress, "verifying", total);
  for (guint32 i = 0; i < sc_chunk_index_size (self->chunks); i++)
    if (!read_chunk (self, sc_chunk_index_get (self->chunks, i), error))
      return FALSE;
  return TRUE;
}

/* What is missing or damaged is the version's fault, whatever it is called where it was found. */
static void
blame_version (guint64 number, GError **error)
{
  if (error == NULL ||
      !(g_error_matches (*error, SC_ERROR, SC_ERROR_NOT_FOUND) || g_error_matches (*error, SC_ERROR, SC_ERROR_CORRUPT)))
    return;
  (*error)->code = SC_ERROR_CORRUPT;
  g_prefix_error (error,
                  "version %" G_GUINT64_FORMAT
                  " is damaged and was not signed; publishing the same data again makes a sound one: ",
                  number);
}

static gboolean
check_and_sign (Check *self, guint64 number, GError **error)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (self->store, number, error);

  if (version == NULL)
    return FALSE;
  if (!read_all (self, version, error)) {
    blame_version (number, error);
    return FALSE;
  }
  return sc_store_write_signature (self->store, version, error);
}

gboolean
sc_store_sign_version (ScStore *self, guint64 number, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  Check check = { .store = self, .progress = progress, .cancellable = cancellable };
  g_autoptr (GError) local = NULL;
  gboolean ok = TRUE;

  if (!sc_store_begin_writing (self, error))
    return FALSE;
  if (self->signer.sign == NULL) {
    g_set_error (&local, SC_ERROR, SC_ERROR_STATE, "The store %s has nobody to sign for it", self->directory);
    ok = FALSE;
  }
  check.coder = sc_frame_coder_new ();
  ok = ok && check_and_sign (&check, number, &local);
  g_clear_pointer (&check.chunks, sc_chunk_index_free);
  sc_frame_coder_free (check.coder);
  sc_store_end_writing (self);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}
