/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-hooks.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-hooks.h"
#include "console/engine/sc-json-text.h"

#include <string.h>

/* @text: as sc_catalog_set_hooks() took it */
static ScJson *
json_of_hooks (const ScCatalogHooks *hooks, GError **error)
{
  g_autoptr (ScJson) kept = NULL;
  ScJson *json;

  if (*hooks->text != '\0') {
    kept = sc_json_parse_object (hooks->text, strlen (hooks->text), SC_HOOKS_MAX_BYTES, error);
    if (kept == NULL)
      return NULL;
  }
  json = json_object ();
  json_object_set_new (json, "hooks", kept != NULL ? json_incref (json_object_get (kept, "hooks")) : json_array ());
  sc_api_json_set_text (json, "author", hooks->author);
  json_object_set_new (json, "changed", sc_json_time (hooks->changed));
  return json;
}

/* @number: (out): of the path; there is such a version */
static gboolean
find_version (ScApiRequest *request, guint64 *number, GError **error)
{
  g_autoptr (ScVersionManifest) version = NULL;

  if (sc_api_request_get_number (request, 0, G_MAXINT64, number, error))
    version = sc_store_get_version (request->parts->store, *number, error);
  return version != NULL;
}

static void
reply_hooks (ScApiRequest *request, guint64 version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogHooks) hooks = sc_catalog_get_hooks (request->parts->catalog, version, &error);
  ScJson *json = hooks != NULL ? json_of_hooks (hooks, &error) : NULL;

  if (json == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json);
}

void
sc_api_get_version_hooks (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint64 version = 0;

  if (!find_version (request, &version, &error))
    sc_api_request_fail (request, error);
  else
    reply_hooks (request, version);
}

/* The text that seats get: what the request has, compact; without hooks the empty text. (transfer full) (nullable) */
static char *
text_of_body (const ScJson *body, GError **error)
{
  const ScJson *list = sc_json_get_array (body, "hooks", SC_HOOKS_MAX, error);

  if (list == NULL)
    return NULL;
  return json_array_size (list) > 0 ? sc_json_to_text (body) : g_strdup ("");
}

static gboolean
set_hooks (ScApiRequest *request, const ScJson *body, guint64 version, GError **error)
{
  ScCatalogHooks hooks = { .version = version,
                           .author = request->principal.name != NULL ? request->principal.name : (char *) "",
                           .changed = g_get_real_time () };
  g_autofree char *text = text_of_body (body, error);

  hooks.text = text;
  return text != NULL && sc_catalog_set_hooks (request->parts->catalog, &hooks, error);
}

void
sc_api_set_version_hooks (ScApiRequest *request)
{
  static const char *const allowed[] = { "hooks", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  guint64 version = 0;

  if (body == NULL || !find_version (request, &version, &error) || !set_hooks (request, body, version, &error))
    sc_api_request_fail (request, error);
  else
    reply_hooks (request, version);
}
