/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-wanted.h"

typedef struct {
  guint32 source;
  guint32 last;   /* number of its last place in places, counted from 1 */
  guint32 length; /* bytes */
  guint32 state;
} Entry;

typedef struct {
  ScApplyPlace place;
  guint32 next; /* the places of a chunk form a ring, so that the first one is found from the last */
} Link;

struct _ScApplyWanted {
  ScChunkIndex *index;
  GArray *entries; /* Entry */
  GArray *links;   /* Link; numbers count from 1 */
  GMutex lock;     /* of the entries' states and what follows */
  guint32 n_lacking;
  guint64 lacking_bytes;
};

ScApplyWanted *
sc_apply_wanted_new (void)
{
  ScApplyWanted *self = g_new0 (ScApplyWanted, 1);

  g_mutex_init (&self->lock);
  self->index = sc_chunk_index_new ();
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->links = g_array_new (FALSE, FALSE, sizeof (Link));
  return self;
}

void
sc_apply_wanted_free (ScApplyWanted *self)
{
  if (self == NULL)
    return;
  sc_chunk_index_free (self->index);
  g_array_unref (self->entries);
  g_array_unref (self->links);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Entry *
get_entry (const ScApplyWanted *self, guint32 index)
{
  return &g_array_index (self->entries, Entry, index);
}

static Link *
get_link (const ScApplyWanted *self, guint32 number)
{
  return &g_array_index (self->links, Link, number - 1);
}

void
sc_apply_wanted_add (ScApplyWanted *self, const ScChunkId *id, guint32 length, guint32 file, guint32 chunk)
{
  Link link = { .place = { .file = file, .chunk = chunk } };
  gboolean added = FALSE;
  guint32 index = sc_chunk_index_add (self->index, id, &added);
  guint32 number = self->links->len + 1;
  Entry *entry;

  if (added) {
    Entry fresh = { .length = length, .state = SC_APPLY_WANTED_LACKING };

    g_array_append_val (self->entries, fresh);
    self->n_lacking++;
    self->lacking_bytes += length;
  }
  entry = get_entry (self, index);
  link.next = entry->last != 0 ? get_link (self, entry->last)->next : number;
  g_array_append_val (self->links, link);
  if (entry->last != 0)
    get_link (self, entry->last)->next = number;
  entry->last = number;
}

guint32
sc_apply_wanted_size (const ScApplyWanted *self)
{
  return self->entries->len;
}

guint32
sc_apply_wanted_find (const ScApplyWanted *self, const ScChunkId *id)
{
  return sc_chunk_index_find (self->index, id);
}

const ScChunkId *
sc_apply_wanted_get_id (const ScApplyWanted *self, guint32 index)
{
  return sc_chunk_index_get (self->index, index);
}

guint32
sc_apply_wanted_get_length (const ScApplyWanted *self, guint32 index)
{
  return get_entry (self, index)->length;
}

ScApplyWantedState
sc_apply_wanted_get_state (ScApplyWanted *self, guint32 index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_entry (self, index)->state;
}

gboolean
sc_apply_wanted_is_here (ScApplyWanted *self, guint32 index)
{
  ScApplyWantedState state = sc_apply_wanted_get_state (self, index);

  return state == SC_APPLY_WANTED_LOCAL || state == SC_APPLY_WANTED_SAVED || state == SC_APPLY_WANTED_STASHED;
}

void
sc_apply_wanted_set_state (ScApplyWanted *self, guint32 index, ScApplyWantedState state, guint32 source)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = get_entry (self, index);

  if (entry->state == SC_APPLY_WANTED_LACKING && state != SC_APPLY_WANTED_LACKING) {
    self->n_lacking--;
    self->lacking_bytes -= entry->length;
  } else if (entry->state != SC_APPLY_WANTED_LACKING && state == SC_APPLY_WANTED_LACKING) {
    self->n_lacking++;
    self->lacking_bytes += entry->length;
  }
  entry->state = state;
  entry->source = source;
}

guint32
sc_apply_wanted_get_source (ScApplyWanted *self, guint32 index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_entry (self, index)->source;
}

gboolean
sc_apply_wanted_next_place (const ScApplyWanted *self, guint32 index, guint32 *cursor, ScApplyPlace *place)
{
  guint32 last = get_entry (self, index)->last;

  if (*cursor == last)
    return FALSE;
  *cursor = get_link (self, *cursor == 0 ? last : *cursor)->next;
  *place = get_link (self, *cursor)->place;
  return TRUE;
}

guint32
sc_apply_wanted_get_n_lacking (ScApplyWanted *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_lacking;
}

guint64
sc_apply_wanted_get_lacking_bytes (ScApplyWanted *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->lacking_bytes;
}
