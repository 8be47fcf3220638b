/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/api/sc-api-settings.h"
#include "console/engine/catalog/sc-catalog-settings.h"

#define MAX_CATCH_UP_SEATS 1000u
#define MAX_DIRECTORY_BYTES 4096u

/* Runs on a worker thread: disks may be slow. @data: what is known already; gets what only the disk knows */
static ScJson *
add_sizes (ScStore *store, gpointer data, GError **error)
{
  ScJson *json = data;
  guint64 bytes = 0;
  guint64 free_bytes = 0;

  if (!sc_store_get_size (store, &bytes, &free_bytes, error))
    return NULL;
  sc_api_json_set_uint (json, "store_bytes", bytes);
  sc_api_json_set_uint (json, "free_bytes", free_bytes);
  return json_incref (json);
}

static void
json_free (gpointer json)
{
  json_decref (json);
}

static ScJson *
json_of_settings (const ScApiParts *parts, const ScCatalogSettings *settings)
{
  const ScSessionsConfig *config = sc_sessions_get_config (parts->sessions);
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "rate_cap_bits_per_second", config->rate_cap);
  sc_api_json_set_uint (json, "catch_up_rate_bits_per_second", sc_sessions_get_catch_up_rate (parts->sessions));
  sc_api_json_set_uint (json, "catch_up_seats",
                        settings->catch_up_seats != 0 ? settings->catch_up_seats : SC_PLANNER_CATCH_UP_SEATS);
  sc_api_json_set_text (json, "publish_directory", settings->publish_directory);
  sc_api_json_set_text (json, "directory", parts->directory);
  sc_api_json_set_text (json, "url", parts->url);
  sc_api_json_set_text (json, "multicast_group", config->group);
  sc_api_json_set_uint (json, "multicast_port", config->port);
  sc_api_json_set_text (json, "interface", config->interface_address);
  sc_api_json_set_uint (json, "mtu", config->mtu);
  return json;
}

void
sc_api_get_settings (ScApiRequest *request)
{
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sc_catalog_get_settings (request->parts->catalog, &settings, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_run (request, add_sizes, json_of_settings (request->parts, &settings), json_free);
}

static gboolean
parse_directory (const ScJson *body, ScCatalogSettings *settings, GError **error)
{
  const char *directory = sc_json_get_string (body, "publish_directory", MAX_DIRECTORY_BYTES, error);

  if (directory == NULL)
    return FALSE;
  if (*directory != '\0' && !g_path_is_absolute (directory)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” is not an absolute path: name the directory as the console's machine sees it", directory);
    return FALSE;
  }
  g_free (settings->publish_directory);
  settings->publish_directory = g_strdup (directory);
  return TRUE;
}

static gboolean
parse_catch_up_rate (const ScJson *body, guint64 *rate, GError **error)
{
  static const char key[] = "catch_up_rate_bits_per_second";

  if (!sc_json_get_uint (body, key, SC_API_MAX_RATE_CAP, rate, error))
    return FALSE;
  if (*rate >= SC_API_MIN_RATE_CAP || *rate == 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "“%s”: %" G_GUINT64_FORMAT
               " bit/s is outside of 1 to 400000 Mbit/s; 0 is the default, a quarter of the console's rate cap",
               key, *rate);
  return FALSE;
}

/* What is not said stays as it is set. */
static gboolean
parse_rate_cap (const ScJson *body, ScCatalogSettings *settings, GError **error)
{
  gboolean is_set = FALSE;

  if (!sc_api_parse_rate_cap (body, "rate_cap_bits_per_second", &is_set, &settings->rate_cap, error))
    return FALSE;
  settings->rate_cap_set |= is_set;
  return TRUE;
}

static gboolean
parse_catch_up_seats (const ScJson *body, ScCatalogSettings *settings, GError **error)
{
  guint64 seats = 0;

  if (!sc_json_get_uint (body, "catch_up_seats", MAX_CATCH_UP_SEATS, &seats, error))
    return FALSE;
  settings->catch_up_seats = (guint) seats;
  return TRUE;
}

/* What @body says. */
static gboolean
parse_settings (const ScJson *body, ScCatalogSettings *settings, GError **error)
{
  return parse_rate_cap (body, settings, error) &&
         (json_object_get (body, "catch_up_rate_bits_per_second") == NULL ||
          parse_catch_up_rate (body, &settings->catch_up_rate, error)) &&
         (json_object_get (body, "catch_up_seats") == NULL || parse_catch_up_seats (body, settings, error)) &&
         (json_object_get (body, "publish_directory") == NULL || parse_directory (body, settings, error));
}

static gboolean
change_settings (ScApiRequest *request, ScCatalogSettings *settings, GError **error)
{
  static const char *const allowed[] = { "rate_cap_bits_per_second", "publish_directory",
                                         "catch_up_rate_bits_per_second", "catch_up_seats", NULL };
  const ScApiParts *parts = request->parts;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, error);

  if (body == NULL || !sc_catalog_get_settings (parts->catalog, settings, error) ||
      !parse_settings (body, settings, error) || !sc_catalog_save_settings (parts->catalog, settings, error))
    return FALSE;
  if (settings->rate_cap_set)
    sc_sessions_set_rate_cap (parts->sessions, settings->rate_cap);
  sc_sessions_set_catch_up_rate (parts->sessions, settings->catch_up_rate);
  sc_scheduler_look (parts->scheduler);
  return TRUE;
}

/* Changed only now, so that what is answered and told is what holds, whoever else changes them while the disk is asked.
 * @sizes: (transfer full) */
static void
change_and_reply (ScApiRequest *request, ScJson *sizes)
{
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) known = sizes;
  ScJson *json;

  if (!change_settings (request, &settings, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  json = json_of_settings (request->parts, &settings);
  json_object_update (json, known);
  sc_events_emit (request->parts->events, "settings", json);
  sc_api_request_reply (request, SOUP_STATUS_OK, json);
}

ScJson *
sc_api_settings_sizes (ScStore *store, GError **error)
{
  g_autoptr (ScJson) json = json_object ();

  return add_sizes (store, json, error);
}

void
sc_api_settings_remember_directory (const ScApiParts *parts, const char *directory, const ScJson *sizes)
{
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = NULL;

  if (sc_catalog_get_settings (parts->catalog, &settings, &error) &&
      g_str_equal (settings.publish_directory, directory))
    return;
  g_free (settings.publish_directory);
  settings.publish_directory = g_strdup (directory);
  if (error != NULL || !sc_catalog_save_settings (parts->catalog, &settings, &error)) {
    g_warning ("that %s was published could not be kept: %s", directory, error->message);
    return;
  }
  json = json_of_settings (parts, &settings);
  json_object_update (json, (ScJson *) sizes);
  sc_events_emit (parts->events, "settings", json);
}

void
sc_api_change_settings (ScApiRequest *request)
{
  sc_api_request_run_then (request, add_sizes, change_and_reply, json_object (), json_free);
}
