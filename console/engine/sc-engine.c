/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-engine.h"

#include "common/platform/sc-system.h"
#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "console/engine/sc-console-names.h"
#include "console/engine/sc-listen.h"
#include "console/engine/sc-metrics-server.h"
#include "console/engine/sc-session-hook.h"

#define MANIFESTS_MAX_BYTES (128u * 1024 * 1024)
#define CONTENTS_MAX_BYTES (128u * 1024 * 1024)

struct _ScEngine {
  char *directory;
  char *host_name;
  char *connection_path;
  ScAuthority *authority;
  ScStore *store;
  ScManifestCache *manifests;
  ScVersionContents *contents;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessions *sessions;
  ScScheduler *scheduler;
  ScOperations *operations;
  ScEvents *events;
  ScActivity *activity;
  ScSeatLog *seat_log;
  ScStaff *staff;
  ScEnrolments *enrolments;
  ScTrust *trust;
  ScConsoleNames *names;
  ScApi *api;
  ScMetrics *metrics;              /* (nullable) */
  ScMetricsServer *metrics_server; /* the same */
  ScSessionHook *session_hook;     /* (nullable) */
  ScConnection *connection;
};

static char *
make_url (const ScEngine *self, const ScEngineConfig *config, GInetAddress *address, guint16 port)
{
  g_autofree char *text = g_inet_address_to_string (address);

  if (config->url != NULL)
    return g_strdup (config->url);
  if (g_inet_address_get_is_any (address))
    return g_strdup_printf ("https://%s:%u", self->host_name, port);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("https://[%s]:%u", text, port);
  return g_strdup_printf ("https://%s:%u", text, port);
}

/* The token lives in the connection file: it stays the same over restarts, and a window that is open goes on. */
static char *
load_or_make_token (const ScEngine *self, GError **error)
{
  g_autoptr (ScConnection) old = NULL;

  /* nobody uses a token of the time before there was an authority any more */
  if (!g_file_test (self->connection_path, G_FILE_TEST_EXISTS) || sc_connection_is_former (self->connection_path))
    return sc_token_new ();
  old = sc_connection_load (self->connection_path, error);
  if (old == NULL) {
    g_prefix_error (error, "the engine's own token is in this file; put back a copy, or remove it for a new one: ");
    return NULL;
  }
  return g_strdup (old->token);
}

/* What staff set overrides the command line. */
static gboolean
apply_settings (ScEngine *self, GError **error)
{
  g_auto (ScCatalogSettings) settings = { 0 };

  if (!sc_catalog_get_settings (self->catalog, &settings, error))
    return FALSE;
  if (settings.rate_cap_set)
    sc_sessions_set_rate_cap (self->sessions, settings.rate_cap);
  sc_sessions_set_catch_up_rate (self->sessions, settings.catch_up_rate);
  return TRUE;
}

/* An authority that is gone is not replaced in silence: every seat would be locked out. */
static gboolean
check_authority_is_there (const ScEngine *self, GError **error)
{
  g_autofree char *folder = g_build_filename (self->directory, SC_AUTHORITY_FOLDER, NULL);
  g_autoptr (ScConnection) connection = NULL;

  if (g_file_test (folder, G_FILE_TEST_EXISTS) || !g_file_test (self->connection_path, G_FILE_TEST_EXISTS))
    return TRUE;
  connection = sc_connection_load (self->connection_path, NULL);
  if (connection == NULL)
    return TRUE; /* of an engine that had none, or unsound, of which is told where the token is read */
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "“%s”, with the authority that the seats trust, is missing: restore it from a backup, or, to begin with "
               "a new authority that every seat must be enrolled with again, remove “%s”",
               folder, self->connection_path);
  return FALSE;
}

static gboolean
open_authority (ScEngine *self, const ScEngineConfig *config, GError **error)
{
  g_autoptr (GInetSocketAddress) listen = sc_listen_parse (config->listen, error);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *url = NULL;

  if (listen == NULL || !check_authority_is_there (self, error))
    return FALSE;
  url = make_url (self, config, g_inet_socket_address_get_address (listen), 1); /* only its host counts here */
  names = sc_console_names_list (url, config->names);
  self->authority = sc_authority_open (self->directory, names, g_get_real_time () / G_TIME_SPAN_SECOND, error);
  return self->authority != NULL;
}

static gboolean
open_parts (ScEngine *self, const ScEngineConfig *config, GError **error)
{
  /* the store comes first: its lock keeps a second engine from everything else in the directory */
  self->store = sc_store_open (self->directory, error);
  if (self->store == NULL || !open_authority (self, config, error))
    return FALSE;
  self->manifests = sc_manifest_cache_new (self->store, MANIFESTS_MAX_BYTES);
  self->contents = sc_version_contents_new (self->store, self->manifests, CONTENTS_MAX_BYTES);
  self->catalog = sc_catalog_open (self->directory, error);
  if (self->catalog == NULL)
    return FALSE;
  self->hub = sc_seat_hub_new (self->catalog);
  self->sessions = sc_sessions_new (self->store, self->catalog, self->hub, &config->sessions);
  self->scheduler = sc_scheduler_new (self->store, self->catalog, self->hub, self->sessions);
  self->operations = sc_operations_new ();
  self->events = sc_events_new ();
  self->activity = sc_activity_new (self->catalog, self->sessions, self->operations, self->events);
  self->seat_log = sc_seat_log_new (self->catalog, self->hub, self->sessions);
  self->staff = sc_staff_new (self->catalog);
  self->enrolments = sc_enrolments_new (self->catalog, self->authority);
  self->trust = sc_trust_new (self->authority, self->store, self->sessions, error);
  return self->trust != NULL && apply_settings (self, error);
}

static void
on_trust_changed (gpointer user_data)
{
  ScEngine *self = user_data;
  const char *fingerprint = sc_authority_get_fingerprint (self->authority);
  g_autoptr (GError) error = NULL;

  sc_api_show_certificate (self->api);
  if (g_str_equal (self->connection->fingerprint, fingerprint))
    return;
  g_free (self->connection->fingerprint);
  self->connection->fingerprint = g_strdup (fingerprint);
  if (!sc_connection_save (self->connection, self->connection_path, &error))
    g_warning ("the authority is another one, and the connection file still names the former: %s; the next start of the"
               " engine writes it",
               error->message);
}

static gboolean
open_api (ScEngine *self, const ScEngineConfig *config, GError **error)
{
  const ScApiParts parts = {
    .store = self->store,
    .manifests = self->manifests,
    .contents = self->contents,
    .catalog = self->catalog,
    .hub = self->hub,
    .sessions = self->sessions,
    .scheduler = self->scheduler,
    .operations = self->operations,
    .events = self->events,
    .activity = self->activity,
    .seat_log = self->seat_log,
    .staff = self->staff,
    .authority = self->authority,
    .enrolments = self->enrolments,
    .trust = self->trust,
    .name = self->host_name,
    .directory = self->directory,
  };
  g_autoptr (GInetSocketAddress) listen = sc_listen_parse (config->listen, error);
  GInetAddress *address = listen != NULL ? g_inet_socket_address_get_address (listen) : NULL;
  g_autofree char *token = NULL;
  g_autofree char *address_text = NULL;
  g_autofree char *url = NULL;
  guint16 port = 0;

  if (listen == NULL)
    return FALSE;
  token = load_or_make_token (self, error);
  if (token == NULL)
    return FALSE;

  self->api = sc_api_new (&parts, token);
  address_text = g_inet_address_to_string (address);
  port = sc_api_listen (self->api, address_text, g_inet_socket_address_get_port (listen), error);
  if (port == 0)
    return FALSE;

  url = make_url (self, config, address, port);
  self->connection = sc_connection_new (url, token, sc_authority_get_fingerprint (self->authority));
  sc_api_set_url (self->api, self->connection->url);
  if (!sc_connection_save (self->connection, self->connection_path, error))
    return FALSE;
  self->names = sc_console_names_watch (self->authority, url, config->names);
  sc_trust_set_changed (self->trust, on_trust_changed, self);
  return TRUE;
}

/* What only shows, or runs, what is so. */
static gboolean
open_operations (ScEngine *self, const ScEngineConfig *config, GError **error)
{
  const ScApiParts *parts = sc_api_get_parts (self->api);

  if (config->session_hook != NULL) {
    if (!sc_session_hook_check (config->session_hook, error))
      return FALSE;
    self->session_hook = sc_session_hook_new (parts, config->session_hook);
  }
  if (config->metrics == NULL)
    return TRUE;
  self->metrics = sc_metrics_new (parts);
  self->metrics_server = sc_metrics_server_new (self->metrics, parts->health, config->metrics, error);
  if (self->metrics_server != NULL)
    g_message ("metrics, for anybody: %s", sc_metrics_server_get_url (self->metrics_server));
  return self->metrics_server != NULL;
}

ScEngine *
sc_engine_start (const ScEngineConfig *config, GError **error)
{
  g_autoptr (ScEngine) self = g_new0 (ScEngine, 1);

  self->directory = g_canonicalize_filename (config->directory, NULL);
  self->host_name = sc_system_get_host_name ();
  self->connection_path = g_build_filename (self->directory, "connection", NULL);
  if (!open_parts (self, config, error) || !open_api (self, config, error) || !open_operations (self, config, error))
    return NULL;
  sc_sessions_resume_all (self->sessions);
  sc_scheduler_start (self->scheduler);
  return g_steal_pointer (&self);
}

void
sc_engine_stop (ScEngine *self)
{
  if (self == NULL)
    return;
  /* from the outside in: no new work, then the work under way, then what it works on */
  g_clear_pointer (&self->names, sc_console_names_free);
  g_clear_pointer (&self->metrics_server, sc_metrics_server_free);
  if (self->metrics != NULL)
    sc_metrics_stop (self->metrics);
  g_clear_object (&self->metrics);
  g_clear_pointer (&self->session_hook, sc_session_hook_free);
  if (self->trust != NULL)
    sc_trust_set_changed (self->trust, NULL, NULL);
  g_clear_pointer (&self->api, sc_api_free);
  if (self->operations != NULL)
    sc_operations_stop (self->operations);
  if (self->staff != NULL)
    sc_staff_stop (self->staff);
  g_clear_object (&self->staff);
  g_clear_pointer (&self->activity, sc_activity_free);
  g_clear_pointer (&self->seat_log, sc_seat_log_free);
  g_clear_object (&self->operations);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->sessions);
  g_clear_object (&self->hub);
  g_clear_pointer (&self->events, sc_events_free);
  g_clear_pointer (&self->enrolments, sc_enrolments_free);
  g_clear_pointer (&self->catalog, sc_catalog_close);
  g_clear_pointer (&self->contents, sc_version_contents_free);
  g_clear_pointer (&self->manifests, sc_manifest_cache_free);
  g_clear_pointer (&self->store, sc_store_close);
  g_clear_pointer (&self->trust, sc_trust_free);
  g_clear_pointer (&self->authority, sc_authority_close);
  g_clear_pointer (&self->connection, sc_connection_free);
  g_free (self->directory);
  g_free (self->host_name);
  g_free (self->connection_path);
  g_free (self);
}

const char *
sc_engine_get_url (ScEngine *self)
{
  return self->connection->url;
}

const char *
sc_engine_get_connection_path (ScEngine *self)
{
  return self->connection_path;
}
