/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-file-scan.h"
#include "common/sc-control.h"
#include "common/sc-error.h"
#include "console/engine/api/sc-api-diff.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-needs.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/api/sc-api-settings.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "console/engine/sc-json-text.h"
#include "console/engine/store/sc-publish.h"

#define MAX_DIRECTORY_BYTES 4096u

void
sc_api_get_console (ScApiRequest *request)
{
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "name", request->parts->name);
  sc_api_json_set_text (json, "version", SC_VERSION);
  sc_api_json_set_uint (json, "protocol", SC_CONTROL_PROTOCOL);
  sc_api_json_set_text (json, "directory", request->parts->directory);
  sc_api_request_reply (request, SOUP_STATUS_OK, json);
}

static ScJson *
list_versions (ScStore *store, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (store, error);
  ScJson *list = NULL;

  if (versions == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < versions->len; i++)
    json_array_append_new (list, sc_api_json_of_version (store, g_ptr_array_index (versions, i)));
  return json_pack ("{s:o}", "versions", list);
}

void
sc_api_list_versions (ScApiRequest *request)
{
  sc_api_request_run (request, list_versions, NULL, NULL);
}

typedef struct {
  guint64 from;
  guint64 to;
} VersionPair;

static ScJson *
load_version (ScStore *store, gpointer data, GError **error)
{
  const VersionPair *pair = data;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (store, pair->to, error);
  g_autoptr (GPtrArray) templates = NULL;

  if (version == NULL)
    return NULL;
  templates = sc_store_get_templates (store, version, error);
  return templates != NULL ? sc_api_json_of_version_and_files (store, version, templates) : NULL;
}

void
sc_api_get_version (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree VersionPair *pair = g_new0 (VersionPair, 1);

  if (!sc_api_request_get_number (request, 0, G_MAXINT64, &pair->to, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_run (request, load_version, g_steal_pointer (&pair), g_free);
}

static ScJson *
diff_pair (ScStore *store, gpointer data, GError **error)
{
  const VersionPair *pair = data;

  return sc_api_diff_versions (store, pair->from, pair->to, error);
}

void
sc_api_diff (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree VersionPair *pair = g_new0 (VersionPair, 1);

  if (!sc_api_request_get_number (request, 0, G_MAXINT64, &pair->from, &error) ||
      !sc_api_request_get_number (request, 1, G_MAXINT64, &pair->to, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_run (request, diff_pair, g_steal_pointer (&pair), g_free);
}

static ScJson *
measure_needs (ScStore *store, gpointer data, GError **error)
{
  return sc_api_needs_measure (data, store, error);
}

void
sc_api_get_needs (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = NULL;
  guint64 number = 0;

  if (sc_api_request_get_number (request, 0, G_MAXINT64, &number, &error))
    seats = sc_catalog_list_seats (request->parts->catalog, NULL, &error);
  if (seats == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_run (request, measure_needs, sc_api_needs_new (number, seats), sc_api_needs_free);
}

typedef struct {
  ScApiParts parts; /* a copy: it may outlive the API */
  char *directory;
  char *author;
  char *note;
  gboolean remember;
  ScJson *sizes; /* (nullable): of the store, once it is published */
} Publish;

static void
publish_free (gpointer data)
{
  Publish *publish = data;

  g_clear_pointer (&publish->sizes, json_decref);
  g_free (publish->directory);
  g_free (publish->author);
  g_free (publish->note);
  g_free (publish);
}

static ScJson *
run_publish (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  Publish *publish = data;
  g_autoptr (GError) sizes_error = NULL;
  g_autoptr (ScPublishResult) result = sc_publish (publish->parts.store, publish->directory, publish->author,
                                                   publish->note, g_get_real_time (), progress, cancellable, error);
  ScJson *json = NULL;

  if (result == NULL)
    return NULL;
  publish->sizes = sc_api_settings_sizes (publish->parts.store, &sizes_error);
  if (publish->sizes == NULL)
    g_warning ("the size of the store is not known: %s", sizes_error->message);
  json = json_object ();
  sc_api_json_set_uint (json, "version", sc_version_manifest_get_number (result->version));
  sc_api_json_set_id (json, "id", sc_version_manifest_get_id (result->version));
  sc_api_json_set_uint (json, "size_bytes", result->bytes);
  sc_api_json_set_uint (json, "read_bytes", result->read_bytes);
  sc_api_json_set_uint (json, "new_chunks", result->new_chunks);
  sc_api_json_set_uint (json, "new_bytes", result->new_bytes);
  sc_api_json_set_uint (json, "stored_bytes", result->stored_bytes);
  return json;
}

/* It is offered for the next time, and operators may publish beneath it from then on: only an administrator's is. */
static void
publish_done (gpointer data)
{
  const Publish *publish = data;

  if (publish->sizes != NULL && publish->remember)
    sc_api_settings_remember_directory (&publish->parts, publish->directory, publish->sizes);
}

/* Who it is by is known of users; the local administrator may say it. (transfer full) (nullable) */
static char *
find_author (const ScApiRequest *request, const ScJson *body, GError **error)
{
  if (!sc_principal_is_local (&request->principal))
    return g_strdup (request->principal.name);
  if (json_object_get (body, "author") == NULL)
    return g_strdup (g_get_user_name ());
  return g_strdup (sc_json_get_string (body, "author", SC_MANIFEST_AUTHOR_MAX, error));
}

/* (transfer full) (nullable) */
static Publish *
parse_publish (ScApiRequest *request, GError **error)
{
  static const char *const allowed[] = { "directory", "note", "author", NULL };
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, error);
  const char *directory = body != NULL ? sc_json_get_string (body, "directory", MAX_DIRECTORY_BYTES, error) : NULL;
  const char *note = directory != NULL ? sc_json_get_string (body, "note", SC_MANIFEST_NOTE_MAX, error) : NULL;
  g_autofree char *author = note != NULL ? find_author (request, body, error) : NULL;
  Publish *publish = NULL;

  if (author == NULL)
    return NULL;
  if (!g_path_is_absolute (directory)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” is not an absolute path: name the directory as the console's machine sees it", directory);
    return NULL;
  }
  publish = g_new0 (Publish, 1);
  publish->parts = *request->parts;
  publish->directory = g_strdup (directory);
  publish->author = g_steal_pointer (&author);
  publish->note = g_strdup (note);
  publish->remember = sc_principal_may (&request->principal, SC_ROLE_ADMINISTRATOR);
  return publish;
}

/* @publish: (transfer full) */
static void
start_publish (ScApiRequest *request, Publish *publish)
{
  guint64 id = sc_operations_start (request->parts->operations, "publish", run_publish, publish, publish_free);

  sc_operations_set_done_func (request->parts->operations, id, publish_done);
  sc_api_reply_operation (request, id);
}

/* What an operator may publish, and what is to be. */
typedef struct {
  char *root; /* empty: nothing */
  char *directory;
} Reach;

static void
reach_free (gpointer data)
{
  Reach *reach = data;

  g_free (reach->root);
  g_free (reach->directory);
  g_free (reach);
}

/* On a thread: a disk may be slow. Links do not lead out: the paths behind them are compared. */
static ScJson *
resolve_reach (ScStore *store, gpointer data, GError **error)
{
  const Reach *reach = data;
  g_autofree char *root = NULL;
  g_autofree char *directory = NULL;

  if (*reach->root == '\0') {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "operators publish beneath the directory of the settings, and none is set: ask an administrator to set"
                 " it, or to publish once");
    return NULL;
  }
  root = sc_scan_resolve (reach->root, error);
  directory = root != NULL ? sc_scan_resolve (reach->directory, error) : NULL;
  if (directory == NULL)
    return NULL;
  if (!sc_scan_lies_beneath (directory, root)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "operators publish %s, the directory of the settings, and what lies beneath it, and “%s” does not: ask"
                 " an administrator",
                 reach->root, reach->directory);
    return NULL;
  }
  return json_pack ("{s:o}", "directory", sc_json_text (directory));
}

/* @json: (transfer full) */
static void
publish_resolved (ScApiRequest *request, ScJson *json)
{
  g_autoptr (ScJson) resolved = json;
  g_autoptr (GError) error = NULL;
  Publish *publish = parse_publish (request, &error);

  if (publish == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  g_free (publish->directory); /* as it was compared: a link on the way may be changed meanwhile */
  publish->directory = g_strdup (json_string_value (json_object_get (resolved, "directory")));
  start_publish (request, publish);
}

void
sc_api_publish (ScApiRequest *request)
{
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  Publish *publish = parse_publish (request, &error);
  Reach *reach = NULL;

  if (publish == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  if (publish->remember) {
    start_publish (request, publish);
    return;
  }
  if (!sc_catalog_get_settings (request->parts->catalog, &settings, &error)) {
    sc_api_request_fail (request, error);
  } else {
    reach = g_new0 (Reach, 1);
    reach->root = g_strdup (settings.publish_directory);
    reach->directory = g_strdup (publish->directory);
    sc_api_request_run_then (request, resolve_reach, publish_resolved, reach, reach_free);
  }
  publish_free (publish);
}
