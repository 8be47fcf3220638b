/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-chunk-index.h"

/* Ids in insertion order, and an open-addressing table (linear probing, at most 3/4 full) of their indexes. An id is
 * itself a uniform hash, so its first bytes choose the slot. */
struct _ScChunkIndex {
  GArray *ids;    /* ScChunkId */
  guint32 *slots; /* index + 1; 0: free */
  guint32 mask;   /* number of slots − 1, a power of two */
};

#define INITIAL_SLOTS 1024u

ScChunkIndex *
sc_chunk_index_new (void)
{
  ScChunkIndex *self = g_new0 (ScChunkIndex, 1);

  self->ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  self->slots = g_new0 (guint32, INITIAL_SLOTS);
  self->mask = INITIAL_SLOTS - 1;
  return self;
}

void
sc_chunk_index_free (ScChunkIndex *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->ids);
  g_free (self->slots);
  g_free (self);
}

/* The slot that holds @id, or the free one where it belongs. */
static guint32
find_slot (const ScChunkIndex *self, const ScChunkId *id)
{
  guint32 slot = sc_chunk_id_hash (id) & self->mask;

  while (self->slots[slot] != 0 && !sc_chunk_id_equal (sc_chunk_index_get (self, self->slots[slot] - 1), id))
    slot = (slot + 1) & self->mask;
  return slot;
}

static void
grow (ScChunkIndex *self)
{
  guint64 n_slots = ((guint64) self->mask + 1) * 2;

  g_free (self->slots);
  self->slots = g_new0 (guint32, n_slots);
  self->mask = (guint32) (n_slots - 1);
  for (guint32 i = 0; i < self->ids->len; i++)
    self->slots[find_slot (self, sc_chunk_index_get (self, i))] = i + 1;
}

guint32
sc_chunk_index_add (ScChunkIndex *self, const ScChunkId *id, gboolean *added)
{
  guint32 slot = find_slot (self, id);

  if (added != NULL)
    *added = self->slots[slot] == 0;
  if (self->slots[slot] != 0)
    return self->slots[slot] - 1;

  g_array_append_val (self->ids, *id);
  self->slots[slot] = self->ids->len;
  if (self->ids->len > self->mask / 4 * 3)
    grow (self);
  return self->ids->len - 1;
}

guint32
sc_chunk_index_find (const ScChunkIndex *self, const ScChunkId *id)
{
  guint32 entry = self->slots[find_slot (self, id)];

  return entry == 0 ? SC_CHUNK_INDEX_NONE : entry - 1;
}

guint32
sc_chunk_index_size (const ScChunkIndex *self)
{
  return self->ids->len;
}

const ScChunkId *
sc_chunk_index_get (const ScChunkIndex *self, guint32 index)
{
  g_return_val_if_fail (index < self->ids->len, NULL);

  return &g_array_index (self->ids, ScChunkId, index);
}
