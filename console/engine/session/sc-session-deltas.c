/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-deltas.h"

struct _ScSessionDeltas {
  ScStore *store;
  gsize memory_limit;
  GArray *deltas;     /* ScSessionDelta; sorted once sealed */
  GByteArray *memory; /* places 0 … memory->len - 1 */
  ScDiskFile *file;   /* (nullable): places from memory_limit on */
  guint64 file_length;
  guint64 saved;
};

ScSessionDeltas *
sc_session_deltas_new (ScStore *store, gsize memory)
{
  ScSessionDeltas *self = g_new0 (ScSessionDeltas, 1);

  self->store = store;
  self->memory_limit = memory;
  self->deltas = g_array_new (FALSE, FALSE, sizeof (ScSessionDelta));
  self->memory = g_byte_array_new ();
  return self;
}

void
sc_session_deltas_free (ScSessionDeltas *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->deltas);
  g_byte_array_unref (self->memory);
  g_clear_pointer (&self->file, sc_disk_file_close);
  g_free (self);
}

static gboolean
spill (ScSessionDeltas *self, const guint8 *bytes, gsize length, GError **error)
{
  if (self->file == NULL && (self->file = sc_store_open_scratch (self->store, error)) == NULL)
    return FALSE;
  if (!sc_disk_file_write_at (self->file, self->file_length, bytes, length, error))
    return FALSE;
  self->file_length += length;
  return TRUE;
}

gboolean
sc_session_deltas_add (ScSessionDeltas *self, guint32 frame, const ScChunkId *reference, const guint8 *bytes,
                       gsize length, guint64 saved, GError **error)
{
  ScSessionDelta delta = { .frame = frame, .length = (guint32) length, .reference = *reference };

  g_return_val_if_fail (length > 0 && length <= SC_FRAME_MAX, FALSE);
  if (self->memory->len + length <= self->memory_limit) {
    delta.place = self->memory->len;
    g_byte_array_append (self->memory, bytes, (guint) length);
  } else {
    delta.place = self->memory_limit + self->file_length;
    if (!spill (self, bytes, length, error))
      return FALSE;
  }
  g_array_append_val (self->deltas, delta);
  self->saved += saved;
  return TRUE;
}

static gint
compare_frames (gconstpointer a, gconstpointer b)
{
  const ScSessionDelta *x = a;
  const ScSessionDelta *y = b;

  return (x->frame > y->frame) - (x->frame < y->frame);
}

void
sc_session_deltas_seal (ScSessionDeltas *self)
{
  g_array_sort (self->deltas, compare_frames);
  self->store = NULL;
}

guint32
sc_session_deltas_get_n (const ScSessionDeltas *self)
{
  return self->deltas->len;
}

guint64
sc_session_deltas_get_saved (const ScSessionDeltas *self)
{
  return self->saved;
}

const ScSessionDelta *
sc_session_deltas_find (const ScSessionDeltas *self, guint32 frame)
{
  ScSessionDelta wanted = { .frame = frame };
  guint index;

  if (!g_array_binary_search (self->deltas, &wanted, compare_frames, &index))
    return NULL;
  return &g_array_index (self->deltas, ScSessionDelta, index);
}

gboolean
sc_session_deltas_read (ScSessionDeltas *self, const ScSessionDelta *delta, guint8 *bytes, GError **error)
{
  if (delta->place >= self->memory_limit)
    return sc_disk_file_read_at (self->file, delta->place - self->memory_limit, bytes, delta->length, error);
  memcpy (bytes, self->memory->data + delta->place, delta->length);
  return TRUE;
}
