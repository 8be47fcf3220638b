/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-plan.h"

#include "common/cast/sc-cast-plan.h"
#include "common/sc-chunk-index.h"
#include "common/sc-error.h"

struct _ScSessionPlan {
  gatomicrefcount references;
  ScStoreEntry *entries;   /* in pack order */
  guint64 *offsets;        /* n + 1 */
  ScSessionDeltas *deltas; /* (nullable): none */
  guint32 n;
  GBytes *bytes;
  ScChunkId id;
};

static gint
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const ScStoreEntry *x = a;
  const ScStoreEntry *y = b;

  if (x->pack != y->pack)
    return x->pack < y->pack ? -1 : 1;
  if (x->offset != y->offset)
    return x->offset < y->offset ? -1 : 1;
  return 0;
}

static GArray *
list_wanted (const ScChunkIndex *chunks, GBytes *wanted, GError **error)
{
  gsize length;
  const guint8 *bits = g_bytes_get_data (wanted, &length);
  guint32 n_chunks = sc_chunk_index_size (chunks);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));

  if (length != ((gsize) n_chunks + 7) / 8) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the list of wanted chunks has %zu bytes, but %u chunks need %zu",
                 length, n_chunks, ((gsize) n_chunks + 7) / 8);
    return NULL;
  }
  for (guint32 i = 0; i < n_chunks; i++) {
    if (bits[i / 8] & (1u << (i % 8)))
      g_array_append_vals (ids, sc_chunk_index_get (chunks, i), 1);
  }
  if (ids->len == 0 || ids->len > SC_CAST_PLAN_MAX_FRAMES) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "a plan must have 1 to %u frames, not %u: deploy in smaller versions", SC_CAST_PLAN_MAX_FRAMES,
                 ids->len);
    return NULL;
  }
  return g_steal_pointer (&ids);
}

/* Returns: the frame's length as it is sent */
static guint32
add_frame (const ScSessionPlan *self, ScCastPlanBuilder *builder, guint32 index)
{
  const ScStoreEntry *entry = &self->entries[index];
  const ScSessionDelta *delta = sc_session_plan_get_delta (self, index);

  if (delta != NULL) {
    sc_cast_plan_builder_add (builder, &entry->id, SC_ENCODING_DELTA, delta->length, &delta->reference);
    return delta->length;
  }
  sc_cast_plan_builder_add (builder, &entry->id, entry->encoding, entry->stored_length, NULL);
  return entry->stored_length;
}

static gboolean
build_bytes (ScSessionPlan *self, GError **error)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();

  self->offsets = g_new (guint64, (gsize) self->n + 1);
  self->offsets[0] = 0;
  for (guint32 i = 0; i < self->n; i++) {
    const ScStoreEntry *entry = &self->entries[i];

    if ((entry->encoding != SC_ENCODING_RAW && entry->encoding != SC_ENCODING_ZSTD) || entry->stored_length == 0 ||
        entry->stored_length > SC_FRAME_MAX) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "the index of the store has a frame that cannot be sent (pack %u, offset %" G_GUINT64_FORMAT
                   "): run “seatcastctl store rebuild-index”",
                   entry->pack, entry->offset);
      return FALSE;
    }
    self->offsets[i + 1] = self->offsets[i] + add_frame (self, builder, i);
  }
  self->bytes = sc_cast_plan_builder_end (builder);
  sc_chunk_id_of (&self->id, g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes));
  return TRUE;
}

/* The frames as they are stored, in pack order. */
static ScSessionPlan *
locate_frames (ScStore *store, const ScChunkIndex *chunks, GBytes *wanted, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) ids = list_wanted (chunks, wanted, error);
  g_autoptr (ScSessionPlan) self = NULL;

  if (ids == NULL)
    return NULL;
  self = g_new0 (ScSessionPlan, 1);
  g_atomic_ref_count_init (&self->references);
  self->n = ids->len;
  self->entries = g_new0 (ScStoreEntry, self->n);
  if (!sc_store_locate (store, (const ScChunkId *) (gpointer) ids->data, ids->len, self->entries, error))
    return NULL;
  if (g_cancellable_is_cancelled (cancellable)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "the session was ended while its plan was made");
    return NULL;
  }
  g_qsort_with_data (self->entries, (gint) self->n, sizeof *self->entries, compare_places, NULL);
  return g_steal_pointer (&self);
}

ScSessionPlan *
sc_session_plan_new (ScStore *store, const ScChunkIndex *chunks, GBytes *wanted, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (ScSessionPlan) self = locate_frames (store, chunks, wanted, cancellable, error);

  if (self == NULL || !build_bytes (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Deltas are a saving, not a need: what keeps them from being made is told, and the session goes on. */
static gboolean
find_deltas (ScSessionPlan *self, const ScSessionDeltaInput *input, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->deltas = sc_session_delta_make (input, cancellable, &local);
  if (self->deltas != NULL)
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_message ("The session sends whole chunks only, no deltas: %s", local->message);
  return TRUE;
}

ScSessionPlan *
sc_session_plan_new_with_deltas (ScStore *store, const ScVersionManifest *version, const ScChunkIndex *chunks,
                                 GBytes *wanted, const ScSessionHolders *holders, const ScSessionDeltaLimits *limits,
                                 GCancellable *cancellable, GError **error)
{
  g_autoptr (ScSessionPlan) self = locate_frames (store, chunks, wanted, cancellable, error);
  ScSessionDeltaInput input = { store, version, chunks, holders };

  if (self == NULL)
    return NULL;
  input.entries = self->entries;
  input.n_entries = self->n;
  if (limits != NULL)
    input.limits = *limits;
  else
    sc_session_delta_limits_init (&input.limits, self->n);
  if (sc_session_holders_get_n_kinds (holders) > 0 && !find_deltas (self, &input, cancellable, error))
    return NULL;
  return build_bytes (self, error) ? g_steal_pointer (&self) : NULL;
}

ScSessionPlan *
sc_session_plan_ref (ScSessionPlan *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sc_session_plan_unref (ScSessionPlan *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->entries);
  g_free (self->offsets);
  sc_session_deltas_free (self->deltas);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

GBytes *
sc_session_plan_get_bytes (const ScSessionPlan *self)
{
  return self->bytes;
}

const ScChunkId *
sc_session_plan_get_id (const ScSessionPlan *self)
{
  return &self->id;
}

guint32
sc_session_plan_get_n_frames (const ScSessionPlan *self)
{
  return self->n;
}

const ScStoreEntry *
sc_session_plan_get_entry (const ScSessionPlan *self, guint32 index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return &self->entries[index];
}

const ScSessionDelta *
sc_session_plan_get_delta (const ScSessionPlan *self, guint32 index)
{
  return self->deltas != NULL ? sc_session_deltas_find (self->deltas, index) : NULL;
}

gboolean
sc_session_plan_read_delta (const ScSessionPlan *self, const ScSessionDelta *delta, guint8 *bytes, GError **error)
{
  return sc_session_deltas_read (self->deltas, delta, bytes, error);
}

guint32
sc_session_plan_get_n_deltas (const ScSessionPlan *self)
{
  return self->deltas != NULL ? sc_session_deltas_get_n (self->deltas) : 0;
}

guint64
sc_session_plan_get_delta_saved (const ScSessionPlan *self)
{
  return self->deltas != NULL ? sc_session_deltas_get_saved (self->deltas) : 0;
}

guint64
sc_session_plan_get_offset (const ScSessionPlan *self, guint32 index)
{
  g_return_val_if_fail (index <= self->n, 0);
  return self->offsets[index];
}

guint64
sc_session_plan_get_content_length (const ScSessionPlan *self)
{
  return self->offsets[self->n];
}

guint32
sc_session_plan_find_frame (const ScSessionPlan *self, guint64 offset)
{
  guint32 low = 0;
  guint32 high = self->n;

  g_return_val_if_fail (offset < self->offsets[self->n], 0);
  while (high - low > 1) {
    guint32 middle = low + (high - low) / 2;

    if (self->offsets[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}
