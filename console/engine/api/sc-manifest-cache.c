/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-manifest-cache.h"

typedef struct {
  ScChunkId id;
  GBytes *bytes;
} Entry;

struct _ScManifestCache {
  ScStore *store;
  gsize max_bytes;
  GMutex lock;    /* also held while the disk is read, so that whoever wants the same manifest waits for it */
  GQueue entries; /* Entry, last used first */
  gsize bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->bytes);
  g_free (entry);
}

ScManifestCache *
sc_manifest_cache_new (ScStore *store, gsize max_bytes)
{
  ScManifestCache *self = g_new0 (ScManifestCache, 1);

  self->store = store;
  self->max_bytes = max_bytes;
  g_mutex_init (&self->lock);
  g_queue_init (&self->entries);
  return self;
}

void
sc_manifest_cache_free (ScManifestCache *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->entries, entry_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GList *
find (ScManifestCache *self, const ScChunkId *id)
{
  for (GList *link = self->entries.head; link != NULL; link = link->next)
    if (sc_chunk_id_equal (&((const Entry *) link->data)->id, id))
      return link;
  return NULL;
}

static void
add (ScManifestCache *self, const ScChunkId *id, GBytes *bytes)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->id = *id;
  entry->bytes = g_bytes_ref (bytes);
  g_queue_push_head (&self->entries, entry);
  self->bytes += g_bytes_get_size (bytes);
  while (self->bytes > self->max_bytes && self->entries.length > 1) {
    Entry *oldest = g_queue_pop_tail (&self->entries);

    self->bytes -= g_bytes_get_size (oldest->bytes);
    entry_free (oldest);
  }
}

GBytes *
sc_manifest_cache_get (ScManifestCache *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GBytes) bytes = NULL;
  GList *link = find (self, id);

  if (link != NULL) {
    g_queue_unlink (&self->entries, link);
    g_queue_push_head_link (&self->entries, link);
    return g_bytes_ref (((const Entry *) link->data)->bytes);
  }
  bytes = sc_store_get_manifest_bytes (self->store, id, error);
  if (bytes != NULL)
    add (self, id, bytes);
  return g_steal_pointer (&bytes);
}

void
sc_manifest_cache_add (ScManifestCache *self, const ScChunkId *id, GBytes *bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (find (self, id) == NULL)
    add (self, id, bytes);
}
