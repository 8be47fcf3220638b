/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-version-contents.h"

#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "console/engine/schedule/sc-selection.h"

#include <stdlib.h>

/* One version's, or that of a part of it. The array is written once, under the lock, and never changes. */
typedef struct {
  gatomicrefcount references;
  guint64 version;
  char *templates;
  GMutex lock;    /* held while it is made */
  GArray *chunks; /* guint64: the beginnings of chunk ids, sorted; NULL: not made yet */
} Content;

struct _ScReadable {
  GPtrArray *contents; /* Content, each of them made */
};

struct _ScVersionContents {
  ScStore *store;
  ScManifestCache *manifests;
  gsize max_bytes;
  GMutex lock;     /* guards the queue only; never held while the disk is read */
  GQueue contents; /* Content, last used first */
};

static void
content_unref (Content *content)
{
  if (!g_atomic_ref_count_dec (&content->references))
    return;
  g_clear_pointer (&content->chunks, g_array_unref);
  g_free (content->templates);
  g_mutex_clear (&content->lock);
  g_free (content);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Content, content_unref)

ScVersionContents *
sc_version_contents_new (ScStore *store, ScManifestCache *manifests, gsize max_bytes)
{
  ScVersionContents *self = g_new0 (ScVersionContents, 1);

  self->store = store;
  self->manifests = manifests;
  self->max_bytes = max_bytes;
  g_mutex_init (&self->lock);
  g_queue_init (&self->contents);
  return self;
}

void
sc_version_contents_free (ScVersionContents *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->contents, (GDestroyNotify) content_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The ids are hashes: of two that begin alike in 8 bytes nobody will ever hear. */
static guint64
beginning_of (const ScChunkId *id)
{
  guint64 beginning;

  memcpy (&beginning, id->bytes, sizeof beginning);
  return beginning;
}

static gint
compare_beginnings (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static void
add_file (GArray *chunks, const ScManifestFile *file)
{
  for (gsize i = 0; i < file->n_chunks; i++) {
    guint64 beginning = beginning_of (&file->chunks[i]);

    g_array_append_val (chunks, beginning);
  }
}

static gboolean
add_template (ScVersionContents *self, GArray *chunks, const ScChunkId *id, GError **error)
{
  g_autoptr (GBytes) bytes = sc_manifest_cache_get (self->manifests, id, error);
  g_autoptr (ScTemplateManifest) manifest = bytes != NULL ? sc_template_manifest_parse (bytes, error) : NULL;

  for (guint i = 0; manifest != NULL && i < sc_template_manifest_get_n_files (manifest); i++)
    add_file (chunks, sc_template_manifest_get_file (manifest, i));
  return manifest != NULL;
}

/* Sorts them, and keeps one of each. */
static GArray *
make_set (GArray *chunks)
{
  GArray *set = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_array_sort (chunks, compare_beginnings);
  for (guint i = 0; i < chunks->len; i++) {
    guint64 beginning = g_array_index (chunks, guint64, i);

    if (i == 0 || beginning != g_array_index (chunks, guint64, i - 1))
      g_array_append_val (set, beginning);
  }
  return set;
}

/* What was ordered. No other thread has this selection. */
static ScVersionManifest *
compose (ScVersionContents *self, guint64 number, const char *templates, GError **error)
{
  g_autoptr (ScVersionManifest) whole = sc_store_get_version (self->store, number, error);
  g_autoptr (ScSelection) selection = NULL;

  if (whole != NULL)
    selection = sc_selection_new_from_text (number, templates, error);
  return selection != NULL ? sc_selection_apply (selection, whole, error) : NULL;
}

/* @content->lock is held. */
static gboolean
make_content (ScVersionContents *self, Content *content, GError **error)
{
  g_autoptr (ScVersionManifest) version = compose (self, content->version, content->templates, error);
  g_autoptr (GArray) chunks = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (version == NULL)
    return FALSE;
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++)
    if (!add_template (self, chunks, &sc_version_manifest_get_template (version, i)->id, error))
      return FALSE;
  content->chunks = make_set (chunks);
  return TRUE;
}

/* (transfer full): the version's, made or not; the last used from now on */
static Content *
find_content (ScVersionContents *self, const ScCatalogOrdered *ordered)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Content *content = NULL;

  for (GList *link = self->contents.head; link != NULL; link = link->next) {
    content = link->data;
    if (content->version != ordered->version || !g_str_equal (content->templates, ordered->templates))
      continue;
    g_queue_unlink (&self->contents, link);
    g_queue_push_head_link (&self->contents, link);
    g_atomic_ref_count_inc (&content->references);
    return content;
  }
  content = g_new0 (Content, 1);
  g_atomic_ref_count_init (&content->references);
  g_mutex_init (&content->lock);
  content->version = ordered->version;
  content->templates = g_strdup (ordered->templates);
  g_queue_push_head (&self->contents, content);
  g_atomic_ref_count_inc (&content->references);
  return content;
}

/* One whose chunks are being made counts for nothing yet. */
static gsize
size_of (Content *content)
{
  gsize bytes = 0;

  if (g_mutex_trylock (&content->lock)) {
    bytes = content->chunks != NULL ? content->chunks->len * sizeof (guint64) : 0;
    g_mutex_unlock (&content->lock);
  }
  return bytes;
}

static void
forget_oldest (ScVersionContents *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize bytes = 0;
  GList *next = NULL;

  for (GList *link = self->contents.head; link != NULL; link = next) {
    next = link->next;
    bytes += size_of (link->data);
    if (bytes > self->max_bytes && link != self->contents.head) {
      content_unref (link->data);
      g_queue_delete_link (&self->contents, link);
    }
  }
}

static void
forget (ScVersionContents *self, Content *content)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (g_queue_remove (&self->contents, content))
    content_unref (content);
}

/* (transfer full) */
static Content *
get_content (ScVersionContents *self, const ScCatalogOrdered *ordered, GError **error)
{
  g_autoptr (Content) content = find_content (self, ordered);
  gboolean made, is_new;

  g_mutex_lock (&content->lock);
  is_new = content->chunks == NULL;
  made = !is_new || make_content (self, content, error);
  g_mutex_unlock (&content->lock);
  if (!made)
    forget (self, content);
  else if (is_new)
    forget_oldest (self);
  return made ? g_steal_pointer (&content) : NULL;
}

void
sc_readable_free (ScReadable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->contents);
  g_free (self);
}

ScReadable *
sc_version_contents_get (ScVersionContents *self, GArray *versions, GError **error)
{
  g_autoptr (ScReadable) readable = g_new0 (ScReadable, 1);

  readable->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) content_unref);
  for (guint i = 0; i < versions->len; i++) {
    g_autoptr (GError) local = NULL;
    Content *content = get_content (self, &g_array_index (versions, ScCatalogOrdered, i), &local);

    if (content != NULL) {
      g_ptr_array_add (readable->contents, content);
    } else if (!g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  }
  return g_steal_pointer (&readable);
}

gboolean
sc_readable_has_chunk (const ScReadable *self, const ScChunkId *id)
{
  guint64 beginning = beginning_of (id);

  for (guint i = 0; i < self->contents->len; i++) {
    const Content *content = g_ptr_array_index (self->contents, i);

    if (bsearch (&beginning, content->chunks->data, content->chunks->len, sizeof beginning, compare_beginnings) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
names_manifest (const ScVersionManifest *version, const ScChunkId *id)
{
  if (sc_chunk_id_equal (sc_version_manifest_get_id (version), id))
    return TRUE;
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++)
    if (sc_chunk_id_equal (&sc_version_manifest_get_template (version, i)->id, id))
      return TRUE;
  return FALSE;
}

gboolean
sc_version_contents_check_manifest (ScVersionContents *self, GArray *versions, const ScChunkId *id, GError **error)
{
  for (guint i = 0; i < versions->len; i++) {
    const ScCatalogOrdered *ordered = &g_array_index (versions, ScCatalogOrdered, i);
    g_autoptr (GError) local = NULL;
    g_autoptr (ScVersionManifest) version = compose (self, ordered->version, ordered->templates, &local);

    if (version != NULL && names_manifest (version, id)) {
      if (ordered->templates[0] != '\0' && sc_chunk_id_equal (sc_version_manifest_get_id (version), id))
        sc_manifest_cache_add (self->manifests, id, sc_version_manifest_get_bytes (version));
      return TRUE;
    }
    if (version == NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  g_set_error_literal (error, SC_ERROR, SC_ERROR_DENIED,
                       "no version that this seat was ordered to have is made of this manifest");
  return FALSE;
}

/* The entry at @bytes. @length: (out): with its header */
static gboolean
check_entry (ScVersionContents *self, const ScReadable *readable, guint32 pack, guint64 offset, const guint8 *bytes,
             gsize left, gsize *length, GError **error)
{
  ScPackEntry entry;
  ScStoreEntry known;

  if (left < SC_PACK_ENTRY_HEADER_SIZE || !sc_pack_entry_parse_header (&entry, bytes, NULL) ||
      entry.kind != SC_PACK_ENTRY_CHUNK || !sc_readable_has_chunk (readable, &entry.id) ||
      entry.stored_length > left - SC_PACK_ENTRY_HEADER_SIZE) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "at %" G_GUINT64_FORMAT
                 " of pack %u there is no whole chunk of a version that this seat was ordered to have",
                 offset, pack);
    return FALSE;
  }
  /* what looks like an entry may be a file's content: where entries lie the index says */
  if (!sc_store_locate (self->store, &entry.id, 1, &known, error))
    return FALSE;
  if (known.pack != pack || known.offset != offset || known.stored_length != entry.stored_length) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "the chunk at %" G_GUINT64_FORMAT " of pack %u lies elsewhere now", offset, pack);
    return FALSE;
  }
  *length = SC_PACK_ENTRY_HEADER_SIZE + (gsize) entry.stored_length;
  return TRUE;
}

gboolean
sc_version_contents_check_place (ScVersionContents *self, const ScReadable *readable, guint32 pack, guint64 offset,
                                 guint64 length, GError **error)
{
  gsize step = 0;

  for (guint64 at = 0; at < length; at += step) {
    gsize left = (gsize) (length - at);
    g_autoptr (GBytes) header =
        sc_store_read_pack (self->store, pack, offset + at, MIN (left, (gsize) SC_PACK_ENTRY_HEADER_SIZE), error);

    if (header == NULL ||
        !check_entry (self, readable, pack, offset + at, g_bytes_get_data (header, NULL), left, &step, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_version_contents_check_range (ScVersionContents *self, const ScReadable *readable, guint32 pack, guint64 offset,
                                 GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gsize length = 0;

  for (gsize at = 0; at < size; at += length)
    if (!check_entry (self, readable, pack, offset + at, data + at, size - at, &length, error))
      return FALSE;
  return TRUE;
}
