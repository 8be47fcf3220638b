/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-catch-up.h"

#include "common/sc-error.h"

typedef struct {
  ScFetch *fetch;
  ScChunkSink sink;
  guint64 session;
  GArray *wanted;  /* ScChunkId: of this round */
  GArray *entries; /* ScCatchUpEntry */
  GArray *ranges;  /* ScCatchUpRange */
  guint next_range;
  GBytes *bytes;     /* of the range being written */
  guint damaged;     /* times that this range came damaged from the console */
  gboolean by_cache; /* @bytes came from there */
  gboolean direct;   /* this range came damaged from there: the console is asked */
  guint idle_rounds; /* without a new chunk */
  gboolean progressed;
} Job;

static void start_round (GTask *task);
static void fetch_range (GTask *task);

static void
job_clear_round (Job *job)
{
  g_clear_pointer (&job->wanted, g_array_unref);
  g_clear_pointer (&job->entries, g_array_unref);
  g_clear_pointer (&job->ranges, g_array_unref);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  job->next_range = 0;
  job->damaged = 0;
  job->direct = FALSE;
}

static void
job_free (gpointer data)
{
  job_clear_round (data);
  g_free (data);
}

/* Takes over the task and @error. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
list_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_task_return_pointer (worker, job->sink.list_wanted (job->sink.object, SC_CATCH_UP_BATCH),
                         (GDestroyNotify) g_array_unref);
}

static void
put_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  const ScCatchUpRange *range = &g_array_index (job->ranges, ScCatchUpRange, job->next_range);
  GError *error = NULL;

  if (sc_catch_up_put_range (range, job->entries, job->bytes, &job->sink, &error))
    g_task_return_boolean (worker, TRUE);
  else
    g_task_return_error (worker, error);
}

/* Runs @func, which may use the disk, off the main loop. */
static void
run (GTask *task, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, callback, task);

  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, func);
}

static void
round_over (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  job->idle_rounds = job->progressed ? 0 : job->idle_rounds + 1;
  if (job->idle_rounds < SC_CATCH_UP_TRIES) {
    start_round (task);
    return;
  }
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (&g_array_index (job->wanted, ScChunkId, 0), hex);
  fail (task, g_error_new (SC_ERROR, SC_ERROR_NOT_FOUND,
                           "Catch-up makes no progress: %u chunks, such as %s, are still missing after %u rounds",
                           job->wanted->len, hex, job->idle_rounds));
}

static void
on_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);
  gboolean damaged = g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT);

  g_clear_pointer (&job->bytes, g_bytes_unref);
  if (job->by_cache && (ok || damaged))
    sc_fetch_judge_cache (job->fetch, damaged ? error->message : NULL);
  if (ok) {
    job->progressed = TRUE;
    job->damaged = 0;
    job->direct = FALSE;
    job->next_range++;
  } else if (job->by_cache && damaged) {
    job->direct = TRUE;
  } else if (damaged && ++job->damaged < SC_CATCH_UP_TRIES) {
    g_warning ("%s; fetching it again", error->message);
  } else {
    if (damaged)
      g_prefix_error (&error, "Run “seatcastctl store verify” on the console: ");
    fail (task, g_steal_pointer (&error));
    return;
  }
  fetch_range (task);
}

static void
on_range (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  job->bytes = sc_fetch_finish (job->fetch, result, &error);
  job->by_cache = sc_fetch_came_by_cache (result);
  if (job->bytes != NULL)
    run (task, put_thread, on_put);
  else if (g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    round_over (task); /* the store was cleaned since: where is it now? */
  else
    fail (task, g_steal_pointer (&error));
}

static void
fetch_range (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->next_range == job->ranges->len) {
    round_over (task);
    return;
  }
  const ScCatchUpRange *range = &g_array_index (job->ranges, ScCatchUpRange, job->next_range);
  g_autofree char *path = g_strdup_printf ("/v1/packs/%u", range->pack);
  g_autofree char *cache_path = range->end > 0 && !job->direct
                                    ? g_strdup_printf ("/v1/cache/packs/%u/%" G_GUINT64_FORMAT, range->pack, range->end)
                                    : NULL;
  ScFetchRequest request = { .path = path,
                             .cache_path = cache_path,
                             .session = job->session,
                             .range_offset = range->offset,
                             .range_length = range->length,
                             .max_bytes = range->length };
  sc_fetch_async (job->fetch, &request, g_task_get_cancellable (task), on_range, task);
}

static void
on_located (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer = sc_fetch_finish (job->fetch, result, &error);

  if (answer != NULL)
    job->entries =
        sc_catch_up_parse_located (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), job->wanted, &error);
  if (job->entries == NULL) {
    fail (task, error);
    return;
  }
  job->ranges = sc_catch_up_make_ranges (job->entries, sc_fetch_has_cache (job->fetch) ? SC_CATCH_UP_CACHED_RANGE_MAX
                                                                                       : SC_CATCH_UP_RANGE_MAX);
  job->progressed = FALSE;
  fetch_range (task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  job_clear_round (job);
  job->wanted = g_task_propagate_pointer (G_TASK (result), NULL);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    fail (task, g_error_new (SC_ERROR, SC_ERROR_CANCELLED, "The catch-up was cancelled"));
    return;
  }
  if (job->wanted == NULL || job->wanted->len == 0) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  g_autoptr (GBytes) ids = g_bytes_new (job->wanted->data, job->wanted->len * sizeof (ScChunkId));
  ScFetchRequest request = { .path = "/v1/chunks/locate?compact=1", .body = ids, .max_bytes = SC_CATCH_UP_ANSWER_MAX };
  sc_fetch_async (job->fetch, &request, g_task_get_cancellable (task), on_located, task);
}

static void
start_round (GTask *task)
{
  run (task, list_thread, on_listed);
}

void
sc_catch_up_async (ScFetch *fetch, const ScChunkSink *sink, guint64 session, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->fetch = fetch;
  job->sink = *sink;
  job->session = session;
  g_task_set_source_tag (task, sc_catch_up_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  start_round (task);
}

gboolean
sc_catch_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
