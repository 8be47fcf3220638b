/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-caches.h"

#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-caches.h"
#include "console/engine/sc-json-text.h"

#include <string.h>

#define MAX_NAMES 32u
#define MAX_NAME_BYTES 256u

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* ---- who they are ---- */

char *
sc_api_caches_identify (const ScApiParts *parts, const ScCertificate *certificate, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *name = sc_authority_identify_cache (parts->authority, certificate, get_now (), key_id, error);
  g_autoptr (ScCatalogCache) known = name != NULL ? sc_catalog_find_cache (parts->catalog, name, &local) : NULL;

  if (name == NULL)
    return NULL;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (known == NULL || memcmp (known->key_id, key_id, sizeof key_id) != 0)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "this is not the certificate of the cache “%s” any more: use the one that was made last", name);
  else if (known->revoked != 0)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "staff revoked the certificate of the cache “%s”: “seatcastctl cache create” makes another", name);
  else
    return g_steal_pointer (&name);
  return NULL;
}

/* ---- GET /v1/caches ---- */

static ScJson *
json_of_cache (const ScCatalogCache *cache)
{
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (cache->certificate, strlen (cache->certificate), NULL);
  g_autoptr (GPtrArray) names =
      certificate != NULL ? sc_certificate_get_names (certificate) : g_ptr_array_new_with_free_func (g_free);
  const char *state = cache->revoked != 0 ? "revoked" : cache->ends <= get_now () ? "expired" : "good";
  ScJson *json =
      json_pack ("{s:o, s:s, s:o, s:o, s:o}", "name", sc_json_text (cache->name), "state", state, "created",
                 sc_json_time (cache->issued * G_USEC_PER_SEC), "expires", sc_json_time (cache->ends * G_USEC_PER_SEC),
                 "revoked", cache->revoked != 0 ? sc_json_time (cache->revoked * G_USEC_PER_SEC) : json_null ());

  sc_json_set_strings (json, "names", names, names->len);
  return json;
}

void
sc_api_list_caches (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) caches = sc_catalog_list_caches (request->parts->catalog, &error);
  ScJson *list = NULL;

  if (caches == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < caches->len; i++)
    json_array_append_new (list, json_of_cache (caches->pdata[i]));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "caches", list));
}

/* ---- POST /v1/caches ---- */

/* (transfer full) (nullable): with an error */
static GPtrArray *
parse_names (const ScJson *body, GError **error)
{
  const ScJson *list = sc_json_get_array (body, "names", MAX_NAMES, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (list == NULL)
    return NULL;
  for (gsize i = 0; i < json_array_size (list); i++) {
    const char *name = json_string_value (json_array_get (list, i));

    if (name == NULL || strlen (name) > MAX_NAME_BYTES) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "“names” are texts of at most %u bytes: the names and addresses by which seats reach the cache",
                   MAX_NAME_BYTES);
      return NULL;
    }
    g_ptr_array_add (names, g_strdup (name));
  }
  return g_steal_pointer (&names);
}

/* A cache of the same name gets another certificate, for the same key or for a new one; a key that was revoked gets
 * none. */
static ScCatalogCache *
issue (const ScApiParts *parts, const char *name, GPtrArray *names, const char *asked, GError **error)
{
  g_autoptr (ScCatalogCache) cache = g_new0 (ScCatalogCache, 1);
  g_autoptr (ScCatalogCache) known = NULL;
  g_autoptr (GError) local = NULL;

  cache->name = g_strdup (name);
  cache->issued = get_now ();
  cache->certificate = sc_authority_issue_cache (parts->authority, asked, name, names, cache->issued, cache->key_id,
                                                 &cache->ends, error);
  if (cache->certificate == NULL)
    return NULL;
  known = sc_catalog_find_cache (parts->catalog, name, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (known != NULL && known->revoked != 0 && memcmp (known->key_id, cache->key_id, sizeof cache->key_id) == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "the key of the cache “%s” was revoked: make a new one (remove its directory first)", name);
    return NULL;
  }
  return sc_catalog_save_cache (parts->catalog, cache, error) ? g_steal_pointer (&cache) : NULL;
}

/* All that a cache is to trust: also the next authority while there are two. (transfer full) */
static char *
make_anchors_pem (const ScApiParts *parts)
{
  const ScAnchors *anchors = sc_authority_get_anchors (parts->authority);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < anchors->authorities->len; i++) {
    g_autofree char *pem = sc_certificate_to_pem (anchors->authorities->pdata[i]);
    g_string_append (text, pem);
  }
  return g_string_free (text, FALSE);
}

void
sc_api_create_cache (ScApiRequest *request)
{
  static const char *const allowed[] = { "name", "names", "request", NULL };
  const ScApiParts *parts = request->parts;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *name = body != NULL ? sc_json_get_string (body, "name", SC_CERTIFICATE_CACHE_NAME_MAX, &error) : NULL;
  const char *asked = name != NULL ? sc_json_get_string (body, "request", SC_CERTIFICATE_MAX_BYTES, &error) : NULL;
  g_autoptr (GPtrArray) names = asked != NULL ? parse_names (body, &error) : NULL;
  g_autoptr (ScCatalogCache) cache = names != NULL ? issue (parts, name, names, asked, &error) : NULL;
  g_autoptr (GPtrArray) console_names = NULL;
  g_autofree char *ca = NULL;
  ScJson *json = NULL;

  if (cache == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  console_names = sc_certificate_get_names (sc_authority_get_console_certificate (parts->authority));
  ca = make_anchors_pem (parts);
  json = json_of_cache (cache);
  json_object_set_new (json, "certificate", json_string (cache->certificate));
  json_object_set_new (json, "ca", json_string (ca));
  sc_json_set_strings (json, "console_names", console_names, console_names->len);
  sc_api_request_reply (request, SOUP_STATUS_CREATED, json);
}

/* ---- POST /v1/caches/{name}/revoke ---- */

void
sc_api_revoke_cache (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  ScCatalog *catalog = request->parts->catalog;
  const char *name = request->arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (ScCatalogCache) cache = body != NULL ? sc_catalog_find_cache (catalog, name, &error) : NULL;

  if (error == NULL && cache == NULL)
    g_set_error (&error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "there is no cache “%s”: “seatcastctl cache list” lists those that there are", name);
  if (cache != NULL && cache->revoked == 0) {
    cache->revoked = get_now ();
    sc_catalog_save_cache (catalog, cache, &error);
  }
  if (error != NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_of_cache (cache));
}
