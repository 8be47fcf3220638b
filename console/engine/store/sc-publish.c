/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-publish.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-publish-pipeline.h"
#include "console/engine/store/sc-publish-scan.h"
#include "console/engine/store/sc-store-writer.h"

/* A file that was written to less than this before it is read may be written to again without its times changing: file
 * systems keep times as coarsely as 2 s (FAT). It is read at the next publish again. (git calls this "racily clean".)
 */
#define SETTLED_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

typedef struct {
  ScStore *store;
  ScPublishScan *scan;
  ScStoreWriter *writer;
  ScChunkIndex *known;                /* (nullable) until the first file has to be read */
  ScPublishPipeline *pipeline;        /* (nullable) likewise */
  ScTemplateManifestBuilder *builder; /* of the template that is being read */
  const char *template_name;
  GArray *templates; /* ScManifestTemplate of those that are done; names belong to the scan */
  gint64 now_ns;
  ScProgress *progress;
  GCancellable *cancellable;
  ScPublishResult *result;
} Publish;

void
sc_publish_result_free (ScPublishResult *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->version, sc_version_manifest_unref);
  g_free (self);
}

static void
publish_clear (Publish *self)
{
  g_clear_pointer (&self->pipeline, sc_publish_pipeline_free);
  g_clear_pointer (&self->writer, sc_store_writer_free);
  g_clear_pointer (&self->known, sc_chunk_index_free);
  g_clear_pointer (&self->builder, sc_template_manifest_builder_free);
  g_clear_pointer (&self->scan, sc_publish_scan_free);
  g_clear_pointer (&self->templates, g_array_unref);
  g_clear_pointer (&self->result, sc_publish_result_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Publish, publish_clear)

/* The key of a file in the cache: its path below the published directory. */
static char *
make_key (const char *template_name, const ScPublishFile *file)
{
  return g_strconcat (template_name, "/", file->path, NULL);
}

static void
add_to_manifest (Publish *self, const ScPublishFile *file, GBytes *chunks)
{
  gsize length;
  const ScChunkId *ids = g_bytes_get_data (chunks, &length);

  sc_template_manifest_builder_add (self->builder, file->path, file->info.size, file->info.mtime_ns / 1000,
                                    file->info.read_only ? SC_FILE_READ_ONLY : 0, ids, length / sizeof *ids);
}

static void
file_done (const ScPublishFile *file, GBytes *chunks, gpointer user_data)
{
  Publish *self = user_data;
  g_autofree char *key = make_key (self->template_name, file);

  add_to_manifest (self, file, chunks);
  self->result->read_bytes += file->info.size;
  if (MAX (file->info.mtime_ns, file->info.ctime_ns) + SETTLED_NS <= self->now_ns)
    sc_store_writer_add_file (self->writer, self->scan->root, key, &file->info, chunks);
}

static gboolean
start_pipeline (Publish *self, GError **error)
{
  g_autoptr (ScStoreIndex) reader = NULL;

  if (self->pipeline != NULL)
    return TRUE;
  self->known = sc_chunk_index_new ();
  reader = sc_store_open_reader (self->store, error);
  if (reader == NULL || !sc_store_index_load_ids (reader, self->known, error))
    return FALSE;
  self->pipeline =
      sc_publish_pipeline_new (self->writer, self->known, file_done, self, self->progress, self->cancellable);
  return TRUE;
}

static gboolean
publish_file (Publish *self, const ScPublishFile *file, GError **error)
{
  g_autofree char *key = make_key (self->template_name, file);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) cached = NULL;

  if (!sc_store_check_cancelled (self->cancellable, "Publishing", error))
    return FALSE;
  sc_progress_set_item (self->progress, key);
  cached = sc_store_index_get_file (self->store->index, self->scan->root, key, &file->info, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (cached == NULL)
    return start_pipeline (self, error) && sc_publish_pipeline_read (self->pipeline, file, error);
  add_to_manifest (self, file, cached);
  sc_progress_add (self->progress, file->info.size);
  return TRUE;
}

/* The template's manifest, in the store once. */
static gboolean
end_template (Publish *self, const ScPublishTemplate *template, GError **error)
{
  g_autoptr (ScTemplateManifest) manifest = sc_template_manifest_builder_end (self->builder, error);
  ScManifestTemplate named = { .name = template->name };
  ScStoreRow row;
  gboolean found;

  if (manifest == NULL)
    return FALSE;
  named.id = *sc_template_manifest_get_id (manifest);
  named.size = sc_template_manifest_get_size (manifest);
  g_array_append_val (self->templates, named);
  if (!sc_store_find (self->store, &named.id, &row, &found, error))
    return FALSE;
  return found || sc_store_writer_append_manifest (self->writer, SC_PACK_ENTRY_TEMPLATE, &named.id,
                                                   sc_template_manifest_get_bytes (manifest), error) > 0;
}

static gboolean
publish_template (Publish *self, const ScPublishTemplate *template, GError **error)
{
  self->template_name = template->name;
  self->builder = sc_template_manifest_builder_new (template->name);
  for (guint i = 0; i < template->files->len; i++)
    if (!publish_file (self, g_ptr_array_index (template->files, i), error))
      return FALSE;
  if ((self->pipeline != NULL && !sc_publish_pipeline_drain (self->pipeline, error)) ||
      !end_template (self, template, error))
    return FALSE;
  g_clear_pointer (&self->builder, sc_template_manifest_builder_free);
  return TRUE;
}

/* A version is one moment of the whole directory: nothing may have changed since the walk. */
static gboolean
check_nothing_changed (Publish *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScPublishScan) after = sc_publish_scan (self->scan->root, self->cancellable, &local);

  if (after != NULL)
    return sc_publish_scan_check_same (self->scan, after, error);
  if (g_error_matches (local, SC_ERROR, SC_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_set_error (
      error, SC_ERROR, SC_ERROR_CHANGED,
      "The directory changed while it was published, so no version was made: publish again when nothing writes there "
      "(%s)",
      local->message);
  return FALSE;
}

/* The moment at which the version comes into being: everything it names is durable before its own entry is written. */
static gboolean
commit_version (Publish *self, const char *author, const char *note, gint64 now, GError **error)
{
  g_autoptr (ScVersionManifest) version = NULL;
  guint64 last = 0;
  gboolean ok;

  if (!sc_store_writer_checkpoint (self->writer, NULL, error) || !check_nothing_changed (self, error))
    return FALSE;
  ok = sc_store_index_get_last_version (self->store->index, &last, error);
  if (!ok)
    return FALSE;
  version =
      sc_version_manifest_new (last + 1, now, author, note, (const ScManifestTemplate *) (void *) self->templates->data,
                               self->templates->len, error);
  /* once its entry is whole, the version exists, also after a crash: it must be signed by then */
  if (version == NULL || !sc_store_write_signature (self->store, version, error) ||
      sc_store_writer_append_manifest (self->writer, SC_PACK_ENTRY_VERSION, sc_version_manifest_get_id (version),
                                       sc_version_manifest_get_bytes (version), error) == 0 ||
      !sc_store_writer_checkpoint (self->writer, version, error))
    return FALSE;
  self->result->version = g_steal_pointer (&version);
  return TRUE;
}

/* The version is there already: a failure costs nothing but the cache's size. */
static void
forget_gone_files (Publish *self)
{
  g_autoptr (GHashTable) keep = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  for (guint t = 0; t < self->scan->templates->len; t++) {
    const ScPublishTemplate *template = g_ptr_array_index (self->scan->templates, t);

    for (guint f = 0; f < template->files->len; f++)
      g_hash_table_add (keep, make_key (template->name, g_ptr_array_index (template->files, f)));
  }
  ok = sc_store_index_begin (self->store->index, &error);
  if (ok) {
    ok = sc_store_index_keep_files (self->store->index, self->scan->root, keep, &error) &&
         sc_store_index_commit (self->store->index, &error);
    if (!ok)
      sc_store_index_rollback (self->store->index);
  }
  if (!ok)
    g_warning ("Files that are gone stay in the store's cache: %s", error->message);
}

static gboolean
check_texts (const char *author, const char *note, GError **error)
{
  if (g_utf8_validate (author, -1, NULL) && g_utf8_validate (note, -1, NULL) &&
      strlen (author) <= SC_MANIFEST_AUTHOR_MAX && strlen (note) <= SC_MANIFEST_NOTE_MAX)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "A version's author may have %u bytes of UTF-8 and its note %u: shorten them", SC_MANIFEST_AUTHOR_MAX,
               SC_MANIFEST_NOTE_MAX);
  return FALSE;
}

/* The store within what it publishes would grow by itself. */
static gboolean
check_place (Publish *self, GError **error)
{
  g_autofree char *store = sc_scan_resolve (self->store->directory, error);

  if (store == NULL)
    return FALSE;
  if (!sc_scan_lies_beneath (store, self->scan->root))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "The store %s lies in the directory %s that would be published: move one of them", store,
               self->scan->root);
  return FALSE;
}

/* What is stored already is kept for the next attempt. */
static void
keep_stored (Publish *self)
{
  g_autoptr (GError) error = NULL;

  if (!sc_store_writer_checkpoint (self->writer, NULL, &error))
    g_info ("What the failed publish stored last is given up: %s", error->message);
}

static gboolean
publish_all (Publish *self, const char *directory, const char *author, const char *note, gint64 now, GError **error)
{
  sc_progress_start (self->progress, "scanning", 0);
  self->scan = sc_publish_scan (directory, self->cancellable, error);
  if (self->scan == NULL || !check_place (self, error))
    return FALSE;
  self->result->bytes = self->scan->bytes;
  sc_progress_start (self->progress, "reading", self->scan->bytes);
  for (guint i = 0; i < self->scan->templates->len; i++)
    if (!publish_template (self, g_ptr_array_index (self->scan->templates, i), error)) {
      keep_stored (self);
      return FALSE;
    }
  sc_progress_start (self->progress, "finishing", 0);
  return commit_version (self, author, note, now, error);
}

ScPublishResult *
sc_publish (ScStore *store, const char *directory, const char *author, const char *note, gint64 now,
            ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_auto (Publish) self = { .store = store, .now_ns = now * 1000, .progress = progress, .cancellable = cancellable };
  gboolean ok;

  if (!check_texts (author, note, error) || !sc_store_begin_writing (store, error))
    return NULL;
  self.result = g_new0 (ScPublishResult, 1);
  self.templates = g_array_new (FALSE, FALSE, sizeof (ScManifestTemplate));
  self.writer = sc_store_writer_new (store);
  ok = publish_all (&self, directory, author, note, now, error);
  if (ok && self.pipeline != NULL) {
    ScPublishCounts counts;

    sc_publish_pipeline_get_counts (self.pipeline, &counts);
    self.result->new_chunks = counts.new_chunks;
    self.result->new_bytes = counts.new_bytes;
    self.result->stored_bytes = counts.stored_bytes;
  }
  g_clear_pointer (&self.pipeline, sc_publish_pipeline_free);
  if (ok)
    forget_gone_files (&self);
  g_clear_pointer (&self.writer, sc_store_writer_free);
  sc_store_end_writing (store);
  return ok ? g_steal_pointer (&self.result) : NULL;
}
