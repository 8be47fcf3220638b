/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-needs.h"

#include "common/sc-error.h"
#include "console/engine/api/sc-api-json.h"

#include <string.h>

#define LOCATE_BATCH 4096u
#define CACHE_BYTES (64u * 1024 * 1024)

/* Seats that have the same manifests. */
typedef struct {
  GBytes *manifests; /* ScChunkId, sorted */
  gboolean measured;
  guint64 lacks; /* bytes of frames */
  gboolean complete;
} Group;

typedef struct {
  char *name;
  GHashTable *groups; /* Group (of ScApiNeeds) → how many seats */
  guint64 seats, lacking, bytes, largest;
} Room;

struct _ScApiNeeds {
  guint64 version;
  GPtrArray *groups; /* Group */
  GPtrArray *rooms;  /* Room, by name; the last one is all of them together */
};

/* While it is measured. */
typedef struct {
  ScStore *store;
  ScChunkIndex *chunks; /* of the version */
  guint32 *lengths;     /* of the chunks' frames; 0: not looked up yet */
  gsize n_words;
  guint64 *had;      /* bits of chunks: by the group that is looked at */
  GHashTable *known; /* ScChunkId → GArray of guint32: which of the version's chunks a manifest has */
  gsize known_bytes;
} Measure;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_bytes_unref (group->manifests);
  g_free (group);
}

static void
room_free (gpointer data)
{
  Room *room = data;

  g_free (room->name);
  g_hash_table_unref (room->groups);
  g_free (room);
}

static Room *
room_new (const char *name)
{
  Room *room = g_new0 (Room, 1);

  room->name = g_strdup (name);
  room->groups = g_hash_table_new (NULL, NULL);
  return room;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (ScChunkId));
}

static GBytes *
collect_manifests (const ScInventory *inventory)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));

  for (guint i = 0; i < inventory->templates->len; i++)
    g_array_append_vals (ids, &((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->manifest,
                         1);
  g_array_sort (ids, compare_ids);
  return g_bytes_new (ids->data, ids->len * sizeof (ScChunkId));
}

static Group *
take_group (ScApiNeeds *self, GHashTable *by_manifests, const ScInventory *inventory)
{
  g_autoptr (GBytes) manifests = collect_manifests (inventory);
  Group *group = g_hash_table_lookup (by_manifests, manifests);

  if (group != NULL)
    return group;
  group = g_new0 (Group, 1);
  group->manifests = g_steal_pointer (&manifests);
  g_ptr_array_add (self->groups, group);
  g_hash_table_insert (by_manifests, group->manifests, group);
  return group;
}

static void
count_seat (Room *room, Group *group)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (room->groups, group));

  room->seats++;
  g_hash_table_insert (room->groups, group, GUINT_TO_POINTER (n + 1));
}

static gint
compare_rooms (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Room *const *) a)->name, (*(const Room *const *) b)->name);
}

ScApiNeeds *
sc_api_needs_new (guint64 version, GPtrArray *seats)
{
  ScApiNeeds *self = g_new0 (ScApiNeeds, 1);
  g_autoptr (GHashTable) by_manifests = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  Room *all = room_new ("");

  self->version = version;
  self->groups = g_ptr_array_new_with_free_func (group_free);
  self->rooms = g_ptr_array_new_with_free_func (room_free);
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);
    Group *group = take_group (self, by_manifests, seat->inventory);
    Room *room = g_hash_table_lookup (by_name, seat->room);

    if (room == NULL) {
      room = room_new (seat->room);
      g_hash_table_insert (by_name, room->name, room);
      g_ptr_array_add (self->rooms, room);
    }
    count_seat (room, group);
    count_seat (all, group);
  }
  g_ptr_array_sort (self->rooms, compare_rooms);
  g_ptr_array_add (self->rooms, all);
  return self;
}

void
sc_api_needs_free (gpointer data)
{
  ScApiNeeds *self = data;

  if (self == NULL)
    return;
  g_ptr_array_unref (self->rooms);
  g_ptr_array_unref (self->groups);
  g_free (self);
}

static void
measure_clear (Measure *measure)
{
  g_clear_pointer (&measure->chunks, sc_chunk_index_free);
  g_clear_pointer (&measure->known, g_hash_table_unref);
  g_free (measure->lengths);
  g_free (measure->had);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Measure, measure_clear)

static guint
hash_id (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

static gboolean
equal_ids (gconstpointer a, gconstpointer b)
{
  return sc_chunk_id_equal (a, b);
}

static gboolean
measure_init (Measure *measure, ScStore *store, guint64 number, GError **error)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (store, number, error);
  g_autoptr (GPtrArray) templates = version != NULL ? sc_store_get_templates (store, version, error) : NULL;

  if (templates == NULL)
    return FALSE;
  measure->store = store;
  measure->chunks = sc_version_chunks_collect (templates);
  measure->n_words = ((gsize) sc_chunk_index_size (measure->chunks) + 63) / 64;
  measure->had = g_new (guint64, MAX (measure->n_words, 1));
  measure->lengths = g_new0 (guint32, MAX (sc_chunk_index_size (measure->chunks), 1));
  measure->known = g_hash_table_new_full (hash_id, equal_ids, g_free, (GDestroyNotify) g_array_unref);
  return TRUE;
}

/* A seat may name what the store does not have (any more), or what is no template's manifest at all. */
static gboolean
counts_as_nothing (const GError *error)
{
  return g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND) || g_error_matches (error, SC_ERROR, SC_ERROR_INVALID) ||
         g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT);
}

/* (transfer full): which of the version's chunks the manifest has */
static GArray *
read_manifest (Measure *measure, const ScChunkId *id, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GError) local_error = NULL;
  g_autoptr (ScTemplateManifest) manifest = sc_store_get_template (measure->store, id, &local_error);

  if (manifest == NULL && !counts_as_nothing (local_error)) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  for (guint i = 0; manifest != NULL && i < sc_template_manifest_get_n_files (manifest); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (manifest, i);

    for (gsize j = 0; j < file->n_chunks; j++) {
      guint32 index = sc_chunk_index_find (measure->chunks, &file->chunks[j]);

      if (index != SC_CHUNK_INDEX_NONE)
        g_array_append_val (found, index);
    }
  }
  return g_steal_pointer (&found);
}

/* (transfer full) */
static GArray *
get_chunks_of (Measure *measure, const ScChunkId *id, GError **error)
{
  GArray *found = g_hash_table_lookup (measure->known, id);

  if (found != NULL)
    return g_array_ref (found);
  found = read_manifest (measure, id, error);
  if (found != NULL && measure->known_bytes < CACHE_BYTES) {
    g_hash_table_insert (measure->known, g_memdup2 (id, sizeof *id), g_array_ref (found));
    measure->known_bytes += (gsize) found->len * sizeof (guint32) + sizeof *id + sizeof (GArray);
  }
  return found;
}

static gboolean
find_had (Measure *measure, const Group *group, GError **error)
{
  gsize size = 0;
  const ScChunkId *ids = g_bytes_get_data (group->manifests, &size);

  memset (measure->had, 0, measure->n_words * sizeof *measure->had);
  for (gsize i = 0; i < size / sizeof *ids; i++) {
    g_autoptr (GArray) chunks = get_chunks_of (measure, &ids[i], error);

    if (chunks == NULL)
      return FALSE;
    for (guint j = 0; j < chunks->len; j++) {
      guint32 index = g_array_index (chunks, guint32, j);

      measure->had[index / 64] |= G_GUINT64_CONSTANT (1) << (index % 64);
    }
  }
  return TRUE;
}

static gboolean
lacks (const guint64 *had, guint32 index)
{
  return (had[index / 64] >> (index % 64) & 1) == 0;
}

static gboolean
locate (Measure *measure, GArray *indices, GError **error)
{
  g_autofree ScChunkId *ids = g_new (ScChunkId, MAX (indices->len, 1));
  g_autofree ScStoreEntry *entries = g_new (ScStoreEntry, MAX (indices->len, 1));

  for (guint i = 0; i < indices->len; i++)
    ids[i] = *sc_chunk_index_get (measure->chunks, g_array_index (indices, guint32, i));
  if (!sc_store_locate (measure->store, ids, indices->len, entries, error))
    return FALSE;
  for (guint i = 0; i < indices->len; i++)
    measure->lengths[g_array_index (indices, guint32, i)] = entries[i].stored_length;
  g_array_set_size (indices, 0);
  return TRUE;
}

/* @bytes: (out): of the frames of what is not in @had */
static gboolean
sum_lacking (Measure *measure, const guint64 *had, guint64 *bytes, gboolean *complete, GError **error)
{
  g_autoptr (GArray) unknown = g_array_sized_new (FALSE, FALSE, sizeof (guint32), LOCATE_BATCH);
  guint32 n_chunks = sc_chunk_index_size (measure->chunks);

  for (guint32 i = 0; i < n_chunks; i++) {
    if (!lacks (had, i) || measure->lengths[i] != 0)
      continue;
    g_array_append_val (unknown, i);
    if (unknown->len == LOCATE_BATCH && !locate (measure, unknown, error))
      return FALSE;
  }
  if (!locate (measure, unknown, error))
    return FALSE;
  *bytes = 0;
  *complete = TRUE;
  for (guint32 i = 0; i < n_chunks; i++) {
    if (!lacks (had, i))
      continue;
    *bytes += measure->lengths[i];
    *complete = FALSE;
  }
  return TRUE;
}

/* What all seats of the room have is what need not be sent. */
static gboolean
measure_room (Measure *measure, Room *room, GError **error)
{
  g_autofree guint64 *by_all = g_new (guint64, MAX (measure->n_words, 1));
  gboolean complete = TRUE;
  GHashTableIter iter;
  gpointer key, n_seats;

  memset (by_all, 0xff, measure->n_words * sizeof *by_all);
  g_hash_table_iter_init (&iter, room->groups);
  while (g_hash_table_iter_next (&iter, &key, &n_seats)) {
    Group *group = key;

    if (group->measured && group->complete)
      continue;
    if (!find_had (measure, group, error))
      return FALSE;
    if (!group->measured && !sum_lacking (measure, measure->had, &group->lacks, &group->complete, error))
      return FALSE;
    group->measured = TRUE;
    for (gsize i = 0; i < measure->n_words; i++)
      by_all[i] &= measure->had[i];
    room->largest = MAX (room->largest, group->lacks);
    if (!group->complete)
      room->lacking += GPOINTER_TO_UINT (n_seats);
  }
  return sum_lacking (measure, by_all, &room->bytes, &complete, error);
}

static ScJson *
json_of_room (const Room *room, gboolean named)
{
  ScJson *json = json_object ();

  if (named)
    sc_api_json_set_text (json, "room", room->name);
  sc_api_json_set_uint (json, "seats", room->seats);
  sc_api_json_set_uint (json, "seats_lacking", room->lacking);
  sc_api_json_set_uint (json, "bytes_to_send", room->bytes);
  sc_api_json_set_uint (json, "largest_seat_bytes", room->largest);
  return json;
}

ScJson *
sc_api_needs_measure (ScApiNeeds *self, ScStore *store, GError **error)
{
  g_auto (Measure) measure = { NULL };
  g_autoptr (ScJson) rooms = json_array ();
  guint n_rooms = self->rooms->len - 1;

  if (!measure_init (&measure, store, self->version, error))
    return NULL;
  for (guint i = 0; i <= n_rooms; i++)
    if (!measure_room (&measure, g_ptr_array_index (self->rooms, i), error))
      return NULL;
  for (guint i = 0; i < n_rooms; i++)
    json_array_append_new (rooms, json_of_room (g_ptr_array_index (self->rooms, i), TRUE));
  return json_pack ("{s:O, s:o}", "rooms", rooms, "all",
                    json_of_room (g_ptr_array_index (self->rooms, n_rooms), FALSE));
}
