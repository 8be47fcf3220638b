/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-publish-pipeline.h"

#include "common/sc-error.h"

#define JOB_CHUNKS 16u
#define JOB_BYTES (JOB_CHUNKS * SC_CHUNK_SIZE)
#define SLOT_SIZE (SC_PACK_ENTRY_HEADER_SIZE + SC_FRAME_MAX)

/* A file that is read, until its last chunk is appended. */
typedef struct {
  const ScPublishFile *file;
  ScChunkId *chunks;
  guint64 n_chunks;
  guint pending; /* jobs */
  gboolean read; /* to the end */
} Source;

typedef struct {
  Source *source;
  guint64 first; /* chunk of the file */
  guint n_chunks;
  gsize length;                    /* bytes in raw */
  guint8 *raw;                     /* JOB_BYTES */
  guint8 *out;                     /* JOB_CHUNKS slots of header and frame */
  ScPackEntry entries[JOB_CHUNKS]; /* stored_length 0: nothing to store */
  gboolean done;                   /* guarded by lock */
} Job;

struct _ScPublishPipeline {
  ScStoreWriter *writer;
  ScPublishFileFunc func;
  gpointer user_data;
  ScProgress *progress;
  GCancellable *cancellable;
  GThreadPool *pool;
  GQueue jobs; /* Job in flight, in the order of reading; calling thread */
  GQueue free_jobs;
  guint n_jobs;
  ScPublishCounts counts;
  GMutex lock; /* guards all below, and Job.done */
  GCond done;
  ScChunkIndex *known;
  GPtrArray *coders; /* ScFrameCoder that no thread uses now */
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->raw);
  g_free (job->out);
  g_free (job);
}

/* Worker threads */

static ScFrameCoder *
take_coder (ScPublishPipeline *self)
{
  ScFrameCoder *coder = NULL;

  g_mutex_lock (&self->lock);
  if (self->coders->len > 0)
    coder = g_ptr_array_steal_index_fast (self->coders, self->coders->len - 1);
  g_mutex_unlock (&self->lock);
  return coder != NULL ? coder : sc_frame_coder_new ();
}

static void
hash_chunks (Job *job)
{
  for (guint i = 0; i < job->n_chunks; i++) {
    const guint8 *chunk = job->raw + (gsize) i * SC_CHUNK_SIZE;
    ScPackEntry *entry = &job->entries[i];

    entry->kind = SC_PACK_ENTRY_CHUNK;
    entry->length = (guint32) MIN (SC_CHUNK_SIZE, job->length - (gsize) i * SC_CHUNK_SIZE);
    entry->encoding = SC_ENCODING_ZERO;
    entry->stored_length = 0;
    if (sc_chunk_is_zero (chunk, entry->length)) {
      sc_chunk_id_of_zeros (&entry->id, entry->length);
    } else {
      sc_chunk_id_of (&entry->id, chunk, entry->length);
      entry->encoding = SC_ENCODING_RAW;
    }
    job->source->chunks[job->first + i] = entry->id;
  }
}

/* What the store has already need not be compressed. Two jobs may both find a chunk new: the one appended first wins.
 */
static void
drop_known_chunks (ScPublishPipeline *self, Job *job)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < job->n_chunks; i++)
    if (job->entries[i].encoding != SC_ENCODING_ZERO &&
        sc_chunk_index_find (self->known, &job->entries[i].id) != SC_CHUNK_INDEX_NONE)
      job->entries[i].encoding = SC_ENCODING_ZERO;
  g_mutex_unlock (&self->lock);
}

static void
compress_chunks (Job *job, ScFrameCoder *coder)
{
  for (guint i = 0; i < job->n_chunks; i++) {
    ScPackEntry *entry = &job->entries[i];
    guint8 *slot = job->out + (gsize) i * SLOT_SIZE;
    guint8 *stored = slot + SC_PACK_ENTRY_HEADER_SIZE;

    if (entry->encoding == SC_ENCODING_ZERO)
      continue;
    entry->stored_length = (guint32) sc_frame_encode (coder, job->raw + (gsize) i * SC_CHUNK_SIZE, entry->length, NULL,
                                                      0, stored, &entry->encoding);
    sc_pack_entry_write_header (entry, stored, slot);
  }
}

static void
work (gpointer data, gpointer user_data)
{
  ScPublishPipeline *self = user_data;
  Job *job = data;
  ScFrameCoder *coder = take_coder (self);

  hash_chunks (job);
  drop_known_chunks (self, job);
  compress_chunks (job, coder);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->coders, coder);
  job->done = TRUE;
  g_cond_signal (&self->done);
  g_mutex_unlock (&self->lock);
}

/* Calling thread */

ScPublishPipeline *
sc_publish_pipeline_new (ScStoreWriter *writer, ScChunkIndex *known, ScPublishFileFunc func, gpointer user_data,
                         ScProgress *progress, GCancellable *cancellable)
{
  ScPublishPipeline *self = g_new0 (ScPublishPipeline, 1);

  self->writer = writer;
  self->known = known;
  self->func = func;
  self->user_data = user_data;
  self->progress = progress;
  self->cancellable = cancellable;
  self->coders = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_frame_coder_free);
  g_queue_init (&self->jobs);
  g_queue_init (&self->free_jobs);
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  /* not exclusive: such a pool cannot fail to start */
  self->pool = g_thread_pool_new (work, self, (int) g_get_num_processors (), FALSE, NULL);
  return self;
}

static void
source_free (Source *source)
{
  g_free (source->chunks);
  g_free (source);
}

static void
release_source (Source *source)
{
  if (source->read && source->pending == 0)
    source_free (source);
}

void
sc_publish_pipeline_free (ScPublishPipeline *self)
{
  Job *job;

  if (self == NULL)
    return;
  g_thread_pool_free (self->pool, FALSE, TRUE);
  while ((job = g_queue_pop_head (&self->jobs)) != NULL) {
    job->source->pending--;
    release_source (job->source);
    job_free (job);
  }
  g_queue_clear_full (&self->free_jobs, job_free);
  g_ptr_array_unref (self->coders);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
  g_free (self);
}

static void
finish_source (ScPublishPipeline *self, Source *source)
{
  g_autoptr (GBytes) chunks = NULL;

  if (!source->read || source->pending > 0)
    return;
  chunks = g_bytes_new_take (g_steal_pointer (&source->chunks), source->n_chunks * sizeof (ScChunkId));
  self->func (source->file, chunks, self->user_data);
  source_free (source);
}

static gboolean
append_job (ScPublishPipeline *self, Job *job, GError **error)
{
  for (guint i = 0; i < job->n_chunks; i++) {
    const ScPackEntry *entry = &job->entries[i];
    const guint8 *slot = job->out + (gsize) i * SLOT_SIZE;
    gboolean added;

    if (entry->stored_length == 0)
      continue;
    g_mutex_lock (&self->lock);
    sc_chunk_index_add (self->known, &entry->id, &added);
    g_mutex_unlock (&self->lock);
    if (!added)
      continue;
    if (!sc_store_writer_append (self->writer, entry, slot, slot + SC_PACK_ENTRY_HEADER_SIZE, error))
      return FALSE;
    self->counts.new_chunks++;
    self->counts.new_bytes += entry->length;
    self->counts.stored_bytes += SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length;
  }
  return TRUE;
}

/* Waits for the oldest job and appends what it found. */
static gboolean
finish_oldest (ScPublishPipeline *self, GError **error)
{
  Job *job = g_queue_peek_head (&self->jobs);
  Source *source = job->source;

  g_mutex_lock (&self->lock);
  while (!job->done)
    g_cond_wait (&self->done, &self->lock);
  g_mutex_unlock (&self->lock);
  if (!sc_store_check_cancelled (self->cancellable, "Publishing", error) || !append_job (self, job, error))
    return FALSE;
  sc_progress_add (self->progress, job->length);
  g_queue_pop_head (&self->jobs);
  g_queue_push_tail (&self->free_jobs, job);
  source->pending--;
  finish_source (self, source);
  return TRUE;
}

gboolean
sc_publish_pipeline_drain (ScPublishPipeline *self, GError **error)
{
  while (!g_queue_is_empty (&self->jobs))
    if (!finish_oldest (self, error))
      return FALSE;
  return TRUE;
}

static Job *
get_job (ScPublishPipeline *self, GError **error)
{
  Job *job;

  if (g_queue_get_length (&self->jobs) >= SC_PUBLISH_JOBS && !finish_oldest (self, error))
    return NULL;
  job = g_queue_pop_head (&self->free_jobs);
  if (job == NULL) {
    job = g_new0 (Job, 1);
    job->raw = g_malloc (JOB_BYTES);
    job->out = g_malloc (JOB_CHUNKS * SLOT_SIZE);
  }
  return job;
}

static gboolean
set_changed (const ScPublishFile *file, GError **error)
{
  g_autofree char *shown = g_filename_display_name (file->source);

  g_set_error (
      error, SC_ERROR, SC_ERROR_CHANGED,
      "%s changed while it was published, so no version was made: publish again when nothing writes there (is a "
      "virtual machine running from it?)",
      shown);
  return FALSE;
}

/* Reads @length bytes from chunk @first on and gives them to the workers. */
static gboolean
read_job (ScPublishPipeline *self, ScScanFile *handle, Source *source, guint64 first, gsize length, GError **error)
{
  Job *job = get_job (self, error);
  gssize n;

  if (job == NULL)
    return FALSE;
  n = sc_scan_file_read (handle, first * SC_CHUNK_SIZE, job->raw, length, error);
  if (n < 0 || (gsize) n < length) {
    g_queue_push_tail (&self->free_jobs, job);
    return n < 0 ? FALSE : set_changed (source->file, error);
  }
  job->source = source;
  job->first = first;
  job->n_chunks = (guint) ((length + SC_CHUNK_SIZE - 1) / SC_CHUNK_SIZE);
  job->length = length;
  job->done = FALSE;
  source->pending++;
  g_queue_push_tail (&self->jobs, job);
  g_thread_pool_push (self->pool, job, NULL);
  return TRUE;
}

static guint64
skip_hole (ScPublishPipeline *self, Source *source, guint64 chunk, guint64 end)
{
  guint64 size = source->file->info.size;

  for (; chunk < end; chunk++) {
    guint32 length = sc_chunk_length (size, chunk);

    sc_chunk_id_of_zeros (&source->chunks[chunk], length);
    sc_progress_add (self->progress, length);
  }
  return chunk;
}

static gboolean
read_chunks (ScPublishPipeline *self, ScScanFile *handle, Source *source, GError **error)
{
  guint64 size = source->file->info.size;
  guint64 chunk = 0, start = 0, end = 0;

  while (chunk < source->n_chunks) {
    guint64 offset = chunk * SC_CHUNK_SIZE;
    guint64 stop;

    if (!sc_store_check_cancelled (self->cancellable, "Publishing", error))
      return FALSE;
    if (offset >= end)
      sc_scan_file_next_data (handle, offset, size, &start, &end);
    if (start >= size) {
      chunk = skip_hole (self, source, chunk, source->n_chunks);
    } else if (start >= offset + SC_CHUNK_SIZE) {
      chunk = skip_hole (self, source, chunk, start / SC_CHUNK_SIZE);
    } else {
      stop = MIN ((end + SC_CHUNK_SIZE - 1) / SC_CHUNK_SIZE * SC_CHUNK_SIZE, offset + JOB_BYTES);
      stop = MIN (stop, size);
      if (stop <= offset) /* the file system's answer makes no sense: the file was cut meanwhile */
        return set_changed (source->file, error);
      if (!read_job (self, handle, source, chunk, (gsize) (stop - offset), error))
        return FALSE;
      chunk = sc_chunk_count (stop);
    }
  }
  return TRUE;
}

static gboolean
check_unchanged (ScScanFile *handle, const ScPublishFile *file, GError **error)
{
  ScScanInfo info;

  return sc_scan_file_info (handle, &info, error) &&
         (sc_scan_info_equal (&info, &file->info) || set_changed (file, error));
}

gboolean
sc_publish_pipeline_read (ScPublishPipeline *self, const ScPublishFile *file, GError **error)
{
  g_autoptr (ScScanFile) handle = sc_scan_file_open (file->source, error);
  Source *source;
  gboolean ok;

  if (handle == NULL || !check_unchanged (handle, file, error))
    return FALSE;
  source = g_new0 (Source, 1);
  source->file = file;
  source->n_chunks = sc_chunk_count (file->info.size);
  source->chunks = g_new0 (ScChunkId, source->n_chunks);
  ok = read_chunks (self, handle, source, error) && check_unchanged (handle, file, error);
  source->read = TRUE;
  if (ok)
    finish_source (self, source);
  else
    release_source (source);
  return ok;
}

void
sc_publish_pipeline_get_counts (ScPublishPipeline *self, ScPublishCounts *counts)
{
  *counts = self->counts;
}
