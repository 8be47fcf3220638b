/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-body.h"

#include "console/engine/catalog/sc-catalog-rooms.h"

#include <string.h>

/* (nullable) with an error, or without one where all of the version is meant. Ends with NULL */
static GPtrArray *
parse_templates (const ScJson *body, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (json_object_get (body, "templates") == NULL || json_is_null (json_object_get (body, "templates")))
    return NULL;
  names = sc_json_get_strings (body, "templates", SC_MANIFEST_MAX_TEMPLATES, SC_INVENTORY_STRING_MAX, error);
  if (names == NULL)
    return NULL;
  if (names->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "“templates” is empty: leave it out to mean all of the version's");
    return NULL;
  }
  g_ptr_array_add (names, NULL);
  return g_steal_pointer (&names);
}

ScSelection *
sc_api_parse_selection (ScStore *store, const ScJson *body, guint64 version, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) names = parse_templates (body, &local_error);
  g_autoptr (ScVersionManifest) manifest = NULL;
  g_autoptr (ScVersionManifest) part = NULL;
  g_autoptr (ScSelection) selection = NULL;

  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  manifest = sc_store_get_version (store, version, error);
  if (manifest == NULL)
    return NULL;
  selection = sc_selection_new (version, names != NULL ? (const char *const *) names->pdata : NULL);
  part = sc_selection_apply (selection, manifest, error); /* names a template that is not there */
  return part != NULL ? g_steal_pointer (&selection) : NULL;
}

gboolean
sc_api_parse_assignment (ScStore *store, const ScJson *body, ScSelection **selection, GError **error)
{
  guint64 version = 0;

  *selection = NULL;
  if (!sc_json_get_uint (body, "version", G_MAXINT64, &version, error))
    return FALSE;
  if (version == 0) {
    if (json_object_get (body, "templates") == NULL || json_is_null (json_object_get (body, "templates")))
      return TRUE;
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "version 0 is nothing, so it has no templates: leave “templates” out");
    return FALSE;
  }
  *selection = sc_api_parse_selection (store, body, version, error);
  return *selection != NULL;
}

GPtrArray *
sc_api_parse_rooms (ScCatalog *catalog, const ScJson *body, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_free);

  if (json_object_get (body, "rooms") == NULL)
    return NULL;
  names = sc_json_get_strings (body, "rooms", SC_API_MAX_ROOMS, SC_INVENTORY_STRING_MAX, error);
  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);

    if (!sc_catalog_check_room (catalog, name, error))
      return NULL;
    if (!g_ptr_array_find_with_equal_func (rooms, name, g_str_equal, NULL))
      g_ptr_array_add (rooms, g_strdup (name));
  }
  if (rooms->len > 0)
    return g_steal_pointer (&rooms);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“rooms” is empty: leave it out to mean every seat");
  return NULL;
}

gboolean
sc_api_parse_flag (const ScJson *body, const char *key, gboolean *value, GError **error)
{
  return json_object_get (body, key) == NULL || sc_json_get_bool (body, key, value, error);
}

gboolean
sc_api_parse_rate_cap (const ScJson *body, const char *key, gboolean *is_set, guint64 *value, GError **error)
{
  *is_set = json_object_get (body, key) != NULL;
  if (!*is_set)
    return TRUE;
  if (!sc_json_get_uint (body, key, SC_API_MAX_RATE_CAP, value, error))
    return FALSE;
  if (*value == 0 || *value >= SC_API_MIN_RATE_CAP)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "“%s” must be 0 (as fast as the seats take it), or from 1 to 400000 Mbit/s", key);
  return FALSE;
}

gboolean
sc_api_parse_time (const char *what, const char *text, gint64 *time, GError **error)
{
  g_autoptr (GDateTime) date = strlen (text) <= 64 ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (date != NULL && g_date_time_to_unix (date) > 0) {
    *time = g_date_time_to_unix (date) * G_USEC_PER_SEC + g_date_time_get_microsecond (date);
    return TRUE;
  }
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "%s must be a time of RFC 3339 with its zone, such as “2026-12-01T22:00:00+01:00” or "
               "“2026-12-01T21:00:00Z”",
               what);
  return FALSE;
}
