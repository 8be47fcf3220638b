/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/sc-json-text.h"
#include "console/engine/store/sc-store-signatures.h"

static const char *const no_members[] = { NULL };

void
sc_api_list_operations (ScApiRequest *request)
{
  sc_api_request_reply (request, SOUP_STATUS_OK,
                        json_pack ("{s:o}", "operations", sc_operations_list_to_json (request->parts->operations)));
}

static void
reply_operation (ScApiRequest *request, guint status, guint64 id)
{
  g_autoptr (GError) error = NULL;
  ScJson *json = sc_operations_to_json (request->parts->operations, id, &error);

  if (json == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, status, json);
}

void
sc_api_reply_operation (ScApiRequest *request, guint64 operation)
{
  reply_operation (request, SOUP_STATUS_ACCEPTED, operation);
}

void
sc_api_get_operation (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error))
    sc_api_request_fail (request, error);
  else
    reply_operation (request, SOUP_STATUS_OK, id);
}

void
sc_api_cancel_operation (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, no_members, &error);
  guint64 id = 0;

  if (body == NULL || !sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error) ||
      !sc_operations_cancel (request->parts->operations, id, &error))
    sc_api_request_fail (request, error);
  else
    reply_operation (request, SOUP_STATUS_OK, id);
}

static ScJson *
json_of_report (const ScStoreReport *report)
{
  ScJson *json = json_object ();
  ScJson *problems = json_array ();

  sc_api_json_set_uint (json, "entries", report->entries);
  sc_api_json_set_uint (json, "bytes", report->bytes);
  sc_api_json_set_uint (json, "damaged", report->damaged);
  for (guint i = 0; report->problems != NULL && i < report->problems->len; i++)
    json_array_append_new (problems, sc_json_text (g_ptr_array_index (report->problems, i)));
  json_object_set_new (json, "problems", problems);
  sc_api_json_set_uint (json, "freed_bytes", report->freed_bytes);
  sc_api_json_set_uint (json, "versions", report->versions);
  return json;
}

typedef ScStoreReport *(*StoreFunc) (ScStore *, ScProgress *, GCancellable *, GError **);

static ScJson *
run_store_func (StoreFunc func, ScStore *store, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScStoreReport) report = func (store, progress, cancellable, error);

  return report != NULL ? json_of_report (report) : NULL;
}

static ScJson *
run_verify (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  return run_store_func (sc_store_verify, data, progress, cancellable, error);
}

static ScJson *
run_gc (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  return run_store_func (sc_store_gc, data, progress, cancellable, error);
}

static ScJson *
run_rebuild_index (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  return run_store_func (sc_store_rebuild_index, data, progress, cancellable, error);
}

static void
start_store_operation (ScApiRequest *request, const char *kind, ScOperationFunc func)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, no_members, &error);

  if (body == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_reply_operation (request,
                            sc_operations_start (request->parts->operations, kind, func, request->parts->store, NULL));
}

void
sc_api_verify_store (ScApiRequest *request)
{
  start_store_operation (request, "verify", run_verify);
}

void
sc_api_gc_store (ScApiRequest *request)
{
  start_store_operation (request, "gc", run_gc);
}

void
sc_api_rebuild_index (ScApiRequest *request)
{
  start_store_operation (request, "rebuild-index", run_rebuild_index);
}

typedef struct {
  ScStore *store;
  guint64 number;
} Signing;

static ScJson *
run_sign (gpointer data, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  const Signing *signing = data;
  ScJson *json = NULL;

  if (!sc_store_sign_version (signing->store, signing->number, progress, cancellable, error))
    return NULL;
  json = json_object ();
  sc_api_json_set_uint (json, "version", signing->number);
  return json;
}

void
sc_api_sign_version (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, no_members, &error);
  g_autoptr (ScVersionManifest) version = NULL;
  guint64 number = 0;
  Signing *signing = NULL;

  if (body != NULL && sc_api_request_get_number (request, 0, G_MAXINT64, &number, &error))
    version = sc_store_get_version (request->parts->store, number, &error);
  if (version == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  signing = g_new0 (Signing, 1);
  signing->store = request->parts->store;
  signing->number = number;
  sc_api_reply_operation (request, sc_operations_start (request->parts->operations, "sign", run_sign, signing, g_free));
}
