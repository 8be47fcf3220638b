/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-prepare.h"

#include "common/sc-error.h"
#include "common/sc-manifest-list.h"

typedef struct {
  ScPrepareWorld world;
  ScProgress *progress;
  guint64 number;
  ScChunkId manifest;
  ScVersionManifest *version;
  GPtrArray *templates; /* ScTemplateManifest, in the version's order; NULL where it has to be fetched */
  guint next;           /* template to look at */
  gboolean one_by_one;  /* the console did not answer for several at once */
} Job;

static void fetch_next (GTask *task);

static void
template_free (gpointer data)
{
  if (data != NULL)
    sc_template_manifest_unref (data);
}

static void
job_free (gpointer data)
{
  Job *job = data;
  g_clear_pointer (&job->version, sc_version_manifest_unref);
  g_clear_pointer (&job->templates, g_ptr_array_unref);
  sc_progress_unref (job->progress);
  g_free (job);
}

/* Takes over the task and @error. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
run (GTask *task, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) worker = g_task_new (NULL, g_task_get_cancellable (task), callback, task);

  g_task_set_check_cancellable (worker, FALSE);
  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, func);
}

static void
fetch_manifest (GTask *task, const ScChunkId *id, GAsyncReadyCallback callback)
{
  Job *job = g_task_get_task_data (task);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (id, hex);
  g_autofree char *path = g_strconcat ("/v1/manifests/", hex, NULL);
  g_autofree char *cache_path = g_strconcat ("/v1/cache/manifests/", hex, NULL);
  ScFetchRequest request = { .path = path, .cache_path = cache_path, .max_bytes = SC_MANIFEST_MAX_BYTES, .hash = id };

  sc_fetch_async (job->world.fetch, &request, g_task_get_cancellable (task), callback, task);
}

static void
plan_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  const ScPrepareWorld *world = &job->world;
  ScApply *apply = sc_apply_new (world->disk, world->state, world->settings, job->version, job->templates,
                                 job->progress, cancellable, &error);

  if (apply != NULL)
    g_task_return_pointer (worker, apply, (GDestroyNotify) sc_apply_free);
  else
    g_task_return_error (worker, error);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  ScApply *apply = g_task_propagate_pointer (G_TASK (result), &error);

  if (apply == NULL) {
    fail (task, error);
    return;
  }
  g_task_return_pointer (task, apply, (GDestroyNotify) sc_apply_free);
  g_object_unref (task);
}

static ScTemplateManifest *
parse_template (const ScManifestTemplate *expected, GBytes *bytes, GError **error)
{
  g_autoptr (ScTemplateManifest) template = sc_template_manifest_parse (bytes, error);

  if (template == NULL)
    return NULL;
  if (g_strcmp0 (sc_template_manifest_get_name (template), expected->name) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The manifest of template “%s” is that of “%s”", expected->name,
                 sc_template_manifest_get_name (template));
    return NULL;
  }
  return g_steal_pointer (&template);
}

static void
on_template (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  const ScManifestTemplate *expected = sc_version_manifest_get_template (job->version, job->next);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = sc_fetch_finish (job->world.fetch, result, &error);
  ScTemplateManifest *template = bytes != NULL ? parse_template (expected, bytes, &error) : NULL;

  if (template != NULL && !sc_seat_state_save_manifest (job->world.state, &expected->id, bytes, &error))
    g_clear_pointer (&template, sc_template_manifest_unref);
  if (template == NULL) {
    fail (task, error);
    return;
  }
  job->templates->pdata[job->next++] = template;
  fetch_next (task);
}

/* The indexes of those that are lacking, as many as may be asked for at once. */
static GArray *
list_lacking (const Job *job)
{
  GArray *lacking = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = job->next; i < job->templates->len && lacking->len < SC_MANIFEST_LIST_MAX; i++)
    if (job->templates->pdata[i] == NULL)
      g_array_append_val (lacking, i);
  return lacking;
}

/* Those of @list that are sound. Returns: whether all of it was, and at least one was in it */
static gboolean
take_list (Job *job, GBytes *list, GError **error)
{
  g_autoptr (GArray) lacking = list_lacking (job);
  gsize offset = 0;
  guint n = 0;

  for (guint i = 0; i < lacking->len; i++) {
    guint index = g_array_index (lacking, guint, i);
    const ScManifestTemplate *expected = sc_version_manifest_get_template (job->version, index);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (ScTemplateManifest) template = NULL;

    if (!sc_manifest_list_next (list, &offset, &bytes))
      return FALSE;
    if (bytes == NULL)
      continue;
    template = parse_template (expected, bytes, NULL); /* if it is not its manifest, it is fetched by itself */
    if (template == NULL || !sc_chunk_id_equal (sc_template_manifest_get_id (template), &expected->id))
      return FALSE;
    if (!sc_seat_state_save_manifest (job->world.state, &expected->id, bytes, error))
      return FALSE;
    job->templates->pdata[index] = g_steal_pointer (&template);
    n++;
  }
  return n > 0;
}

/* Whatever was wrong with it, the manifests come one by one then, and that tells. */
static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) failure = NULL;
  GError *error = NULL;
  g_autoptr (GBytes) list = sc_fetch_finish (job->world.fetch, result, &failure);

  if (g_error_matches (failure, SC_ERROR, SC_ERROR_CANCELLED)) {
    fail (task, g_steal_pointer (&failure));
    return;
  }
  if (failure != NULL)
    g_debug ("manifests are fetched one by one: %s", failure->message);
  job->one_by_one = list == NULL || !take_list (job, list, &error);
  if (error != NULL)
    fail (task, error);
  else
    fetch_next (task);
}

static void
fetch_list (GTask *task, GArray *lacking)
{
  Job *job = g_task_get_task_data (task);
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  ScFetchRequest request = { .path = "/v1/manifests", .max_bytes = SC_MANIFEST_LIST_BYTES };

  for (guint i = 0; i < lacking->len; i++) {
    guint index = g_array_index (lacking, guint, i);

    g_byte_array_append (ids, sc_version_manifest_get_template (job->version, index)->id.bytes, sizeof (ScChunkId));
  }
  body = g_byte_array_free_to_bytes (g_steal_pointer (&ids));
  request.body = body;
  sc_fetch_async (job->world.fetch, &request, g_task_get_cancellable (task), on_list, task);
}

/* Several at once, unless a cache has them, which knows them by their names. */
static void
fetch_next (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  g_autoptr (GArray) lacking = list_lacking (job);

  while (job->next < job->templates->len && job->templates->pdata[job->next] != NULL)
    job->next++;
  if (job->next == job->templates->len)
    run (task, plan_thread, on_planned);
  else if (lacking->len > 1 && !job->one_by_one && !sc_fetch_has_cache (job->world.fetch))
    fetch_list (task, lacking);
  else
    fetch_manifest (task, &sc_version_manifest_get_template (job->version, job->next)->id, on_template);
}

/* Returns: (nullable): NULL: it is missing or damaged there, so it is fetched */
static GBytes *
load_manifest (Job *job, const ScChunkId *id, const char *what)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = sc_seat_state_load_manifest (job->world.state, id, &error);

  if (bytes == NULL && !g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    g_warning ("The kept manifest of “%s” cannot be used and is fetched again: %s", what, error->message);
  return bytes;
}

static void
load_templates_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  guint n = sc_version_manifest_get_n_templates (job->version);

  for (guint i = 0; i < n; i++) {
    const ScManifestTemplate *expected = sc_version_manifest_get_template (job->version, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = load_manifest (job, &expected->id, expected->name);
    ScTemplateManifest *template = bytes != NULL ? parse_template (expected, bytes, &error) : NULL;
    if (error != NULL) {
      g_task_return_error (worker, g_steal_pointer (&error)); /* those are its bytes, so no others will come */
      return;
    }
    g_ptr_array_add (job->templates, template);
  }
  g_task_return_boolean (worker, TRUE);
}

static void
on_templates_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    fetch_next (task);
  else
    fail (task, error);
}

/* Takes over @error. */
static void
take_version (GTask *task, GBytes *bytes, GError *error)
{
  Job *job = g_task_get_task_data (task);

  if (bytes != NULL)
    job->version = sc_version_manifest_parse (bytes, &error);
  if (job->version != NULL && sc_version_manifest_get_number (job->version) != job->number)
    g_set_error (&error, SC_ERROR, SC_ERROR_INVALID,
                 "The manifest for version %" G_GUINT64_FORMAT " is that of version %" G_GUINT64_FORMAT, job->number,
                 sc_version_manifest_get_number (job->version));
  if (error != NULL)
    fail (task, error);
  else
    run (task, load_templates_thread, on_templates_loaded);
}

static void
on_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = sc_fetch_finish (job->world.fetch, result, &error);

  if (bytes != NULL && !sc_seat_state_save_manifest (job->world.state, &job->manifest, bytes, &error))
    g_clear_pointer (&bytes, g_bytes_unref);
  take_version (task, bytes, error);
}

static void
load_version_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (job->world.volumes != NULL && !sc_seat_volumes_check (job->world.volumes, &error))
    g_task_return_error (worker, error);
  else
    g_task_return_pointer (worker, load_manifest (job, &job->manifest, "the version"), (GDestroyNotify) g_bytes_unref);
}

static void
on_version_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    fail (task, error);
  else if (bytes != NULL)
    take_version (task, bytes, NULL);
  else
    fetch_manifest (task, &job->manifest, on_version);
}

void
sc_prepare_async (const ScPrepareWorld *world, guint64 version, const ScChunkId *manifest, ScProgress *progress,
                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->world = *world;
  job->progress = sc_progress_ref (progress);
  job->number = version;
  job->manifest = *manifest;
  job->templates = g_ptr_array_new_with_free_func (template_free);
  g_task_set_source_tag (task, sc_prepare_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  run (task, load_version_thread, on_version_loaded);
}

ScApply *
sc_prepare_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
