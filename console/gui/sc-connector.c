/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-connector.h"

#include "common/platform/sc-system.h"
#include "console/client/sc-connection-file.h"
#include "console/gui/sc-engine-launcher.h"

#include <string.h>

#define DEFAULT_PORT "8470"
#define DEFAULT_LISTEN "0.0.0.0:" DEFAULT_PORT
#define HTTPS_PORT 443
#define ANSWER_SECONDS 3u

struct _ScConnector {
  GObject parent;
  ScConsole *console;
  char *connection_file; /* as ScConnectorConfig */
  char *url;
  char *program;
  char *directory;
  char *listen;

  ScConnectorState state;
  GError *error;
  GCancellable *cancellable; /* of what is under way */
  ScConnection *chosen;      /* (nullable): by the user */
  ScConnection *connection;  /* (nullable): of which it is asked whether it answers */
  gboolean own_wanted;       /* the user wants his own engine, whatever connection file is found */
  gboolean started;          /* the engine was started just now */
  gboolean launched;         /* the engine was started, or should have been, by this window */
  gboolean local_engine_down;
};

G_DEFINE_FINAL_TYPE (ScConnector, sc_connector, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_ENGINE_STARTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
leave (ScConnector *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->connection, sc_connection_free);
}

static void
sc_connector_finalize (GObject *object)
{
  ScConnector *self = SC_CONNECTOR (object);

  leave (self);
  g_clear_pointer (&self->chosen, sc_connection_free);
  g_clear_error (&self->error);
  g_clear_object (&self->console);
  g_free (self->connection_file);
  g_free (self->url);
  g_free (self->program);
  g_free (self->directory);
  g_free (self->listen);
  G_OBJECT_CLASS (sc_connector_parent_class)->finalize (object);
}

static void
sc_connector_class_init (ScConnectorClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_connector_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENGINE_STARTED] =
      g_signal_new ("engine-started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_connector_init (ScConnector *self)
{
}

ScConnector *
sc_connector_new (ScConsole *console, const ScConnectorConfig *config)
{
  ScConnector *self = g_object_new (SC_TYPE_CONNECTOR, NULL);

  self->console = g_object_ref (console);
  self->connection_file = g_strdup (config->connection_file);
  self->url = g_strdup (config->url);
  self->program = g_strdup (config->program);
  self->directory =
      config->directory != NULL ? g_strdup (config->directory) : sc_connection_file_get_engine_directory ();
  self->listen = g_strdup (config->listen != NULL ? config->listen : DEFAULT_LISTEN);
  return self;
}

static void
set_state (ScConnector *self, ScConnectorState state, GError *error)
{
  self->state = state;
  g_clear_error (&self->error);
  self->error = error;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
begin (ScConnector *self)
{
  leave (self);
  self->cancellable = g_cancellable_new ();
  self->local_engine_down = FALSE;
}

static gboolean
is_same (const ScConnection *a, const ScConnection *b)
{
  return a != NULL && g_str_equal (a->url, b->url) && g_str_equal (a->token, b->token) &&
         g_str_equal (a->fingerprint, b->fingerprint);
}

/* From here on the console looks after its connection itself. */
static void
hand_over (ScConnector *self)
{
  g_autoptr (ScConnection) connection = g_steal_pointer (&self->connection);

  if (is_same (sc_console_get_connection (self->console), connection) &&
      sc_console_get_state (self->console) == SC_CONSOLE_LOST)
    sc_console_retry (self->console);
  else
    sc_console_connect (self->console, connection);
  set_state (self, SC_CONNECTOR_IDLE, NULL);
}

static char *
own_connection_file (ScConnector *self)
{
  return g_build_filename (self->directory, "connection", NULL);
}

/* Whether the engine is the one in the user's directory, be the file that names it a copy or not. */
static gboolean
is_own (ScConnector *self, const ScConnection *connection)
{
  g_autofree char *path = own_connection_file (self);
  g_autoptr (ScConnection) own = sc_connection_load (path, NULL);

  return own != NULL && g_str_equal (own->fingerprint, connection->fingerprint);
}

static void start_engine (ScConnector *self);

static void
on_nobody_answers (ScConnector *self)
{
  if (!self->started && is_own (self, self->connection)) {
    start_engine (self);
    return;
  }
  self->local_engine_down = !self->started;
  hand_over (self);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConnector) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) stream = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (stream != NULL)
    hand_over (self);
  else
    on_nobody_answers (self);
}

/* Whether somebody listens there is enough: the console says who it is. */
static void
probe (ScConnector *self)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse_uri (self->connection->url, HTTPS_PORT, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, ANSWER_SECONDS);
  g_socket_client_connect_async (client, address, self->cancellable, on_probed, g_object_ref (self));
}

static gboolean
is_of_this_machine (GInetAddress *address)
{
  g_autofree char *text = g_inet_address_to_string (address);
  g_autoptr (ScInterface) interface = sc_system_find_interface (text);

  return interface != NULL || g_inet_address_get_is_loopback (address);
}

/* The engine names itself by this machine's name, which not every lab's DNS knows. Its certificate is pinned, so it may
 * as well be reached where it certainly is. */
static void
go_round_name (ScConnector *self, const char *host, guint16 port)
{
  g_autofree char *own_name = sc_system_get_host_name ();
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", port);

  if (g_ascii_strcasecmp (host, own_name) != 0) {
    hand_over (self); /* it will say that the name is unknown */
    return;
  }
  g_free (self->connection->url);
  self->connection->url = g_steal_pointer (&url);
  probe (self);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConnector) self = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  g_autoptr (GSocketConnectable) address = NULL;
  gboolean local = FALSE;

  for (GList *each = addresses; each != NULL; each = each->next)
    local = local || is_of_this_machine (each->data);
  if (addresses == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    address = g_network_address_parse_uri (self->connection->url, HTTPS_PORT, NULL);
    go_round_name (self, g_network_address_get_hostname (G_NETWORK_ADDRESS (address)),
                   g_network_address_get_port (G_NETWORK_ADDRESS (address)));
  } else if (addresses != NULL && local)
    probe (self);
  else if (addresses != NULL)
    hand_over (self);
  g_resolver_free_addresses (addresses);
}

/* @connection: (transfer full) */
static void
look_at (ScConnector *self, ScConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) address = g_network_address_parse_uri (connection->url, HTTPS_PORT, &error);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  self->connection = connection;
  if (address == NULL) {
    set_state (self, SC_CONNECTOR_FAILED, g_steal_pointer (&error));
    return;
  }
  g_resolver_lookup_by_name_async (resolver, g_network_address_get_hostname (G_NETWORK_ADDRESS (address)),
                                   self->cancellable, on_resolved, g_object_ref (self));
  set_state (self, SC_CONNECTOR_LOOKING, NULL);
}

static void
look_at_file (ScConnector *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  ScConnection *connection = sc_connection_file_load (path, &error);

  if (connection != NULL)
    look_at (self, connection);
  else
    set_state (self, SC_CONNECTOR_FAILED, g_steal_pointer (&error));
}

static void
on_engine_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConnector) self = user_data;
  g_autofree char *path = own_connection_file (self);
  g_autoptr (GError) error = NULL;
  gboolean ready = sc_engine_launcher_start_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ready) {
    set_state (self, SC_CONNECTOR_FAILED, g_steal_pointer (&error));
    return;
  }
  self->started = TRUE;
  g_signal_emit (self, signals[SIGNAL_ENGINE_STARTED], 0);
  look_at_file (self, path);
}

static void
start_engine (ScConnector *self)
{
  const ScEngineLaunch launch = {
    .program = self->program,
    .directory = self->directory,
    .listen = self->listen,
  };

  g_clear_pointer (&self->connection, sc_connection_free);
  self->launched = TRUE;
  set_state (self, SC_CONNECTOR_STARTING, NULL);
  sc_engine_launcher_start_async (&launch, self->cancellable, on_engine_ready, g_object_ref (self));
}

static void
look_for_url (ScConnector *self)
{
  g_autofree char *path = sc_connection_file_for_url (self->url);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    look_at_file (self, path);
  else
    set_state (self, SC_CONNECTOR_UNKNOWN, NULL);
}

/* What the user has named, what is there, the user's own engine. */
static void
look_for_file (ScConnector *self)
{
  g_autofree char *path = NULL;
  g_autofree char *own = own_connection_file (self);

  if (!self->own_wanted)
    path = self->connection_file != NULL ? g_strdup (self->connection_file) : sc_connection_file_find (NULL);
  if (path != NULL)
    look_at_file (self, path);
  else if (g_file_test (own, G_FILE_TEST_EXISTS))
    look_at_file (self, own);
  else
    start_engine (self);
}

void
sc_connector_start (ScConnector *self)
{
  begin (self);
  self->started = FALSE;
  if (self->chosen != NULL)
    look_at (self, sc_connection_new (self->chosen->url, self->chosen->token, self->chosen->fingerprint));
  else if (self->url != NULL)
    look_for_url (self);
  else
    look_for_file (self);
}

void
sc_connector_start_engine (ScConnector *self)
{
  g_clear_pointer (&self->chosen, sc_connection_free);
  g_clear_pointer (&self->url, g_free);
  self->own_wanted = TRUE;
  sc_connector_start (self);
}

void
sc_connector_connect (ScConnector *self, const ScConnection *connection)
{
  g_clear_pointer (&self->chosen, sc_connection_free);
  self->chosen = sc_connection_new (connection->url, connection->token, connection->fingerprint);
  sc_connector_start (self);
}

ScConnectorState
sc_connector_get_state (ScConnector *self)
{
  return self->state;
}

const GError *
sc_connector_get_error (ScConnector *self)
{
  return self->error;
}

const char *
sc_connector_get_url (ScConnector *self)
{
  return self->url;
}

char *
sc_connector_get_log (ScConnector *self)
{
  return self->launched ? sc_engine_launcher_log_of (self->directory) : NULL;
}

gboolean
sc_connector_is_local_engine_down (ScConnector *self)
{
  return self->local_engine_down;
}

char *
sc_connector_url_of_text (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *full =
      strstr (stripped, "://") != NULL ? g_strdup (stripped) : g_strconcat ("https://", stripped, NULL);
  g_autoptr (GUri) uri = NULL;

  while (g_str_has_suffix (full, "/"))
    full[strlen (full) - 1] = '\0';
  uri = g_uri_parse (full, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || strcmp (g_uri_get_scheme (uri), "https") != 0 || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || *g_uri_get_path (uri) != '\0' || strpbrk (full, " @?#") != NULL)
    return NULL;
  return g_uri_get_port (uri) > 0 ? g_steal_pointer (&full) : g_strconcat (full, ":" DEFAULT_PORT, NULL);
}
