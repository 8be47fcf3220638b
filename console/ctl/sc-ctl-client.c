/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-client.h"

#include "common/sc-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES (256u * 1024 * 1024)
#define EVENT_MAX_BYTES (8u * 1024 * 1024)
#define TIMEOUT_SECONDS 60u

struct _ScCtlClient {
  SoupSession *session;
  ScConnection *connection;
  SoupWebsocketConnection *events;
  ScCtlEventFunc event_func;
  gpointer event_data;
};

#define CONSOLE_PATH "/var/lib/seatcast/connection"

/* Also when a directory on the way is closed to us: then it is this file that we may not read. */
static gboolean
is_there (const char *path)
{
  return g_access (path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static char *
find_connection_path (GError **error)
{
  const char *named = g_getenv ("SEATCAST_CONNECTION");
  if (named && *named)
    return g_strdup (named);

  g_autofree char *own = g_build_filename (g_get_user_config_dir (), "seatcast", "connection", NULL);
  if (is_there (own))
    return g_steal_pointer (&own);
  if (is_there (CONSOLE_PATH))
    return g_strdup (CONSOLE_PATH);

  g_set_error (error, SC_ERROR, SC_ERROR_UNREACHABLE,
               "no connection file: neither %s nor %s is there; name one by --connection or $SEATCAST_CONNECTION "
               "(seatcast-consoled says at its start where it has put it)",
               own, CONSOLE_PATH);
  return NULL;
}

static ScConnection *
load_connection (const char *path, GError **error)
{
  if (g_access (path, R_OK) != 0 && (errno == EACCES || errno == EPERM)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "you may not read the connection file %s: only %s may read it: use sudo, or have it copied to "
                 "~/.config/seatcast/connection",
                 path, g_str_equal (path, CONSOLE_PATH) ? "root" : "its owner");
    return NULL;
  }
  return sc_connection_load (path, error);
}

ScCtlClient *
sc_ctl_client_new (const char *connection_path, GError **error)
{
  g_autofree char *path = connection_path ? g_strdup (connection_path) : find_connection_path (error);
  if (!path)
    return NULL;
  g_autoptr (ScConnection) connection = load_connection (path, error);
  if (!connection)
    return NULL;

  ScCtlClient *self = g_new0 (ScCtlClient, 1);
  self->connection = g_steal_pointer (&connection);
  self->session =
      soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "user-agent", "seatcastctl/" SC_VERSION, NULL);
  /* The console is in the house: a proxy for the Internet has no business between us. */
  soup_session_set_proxy_resolver (self->session, NULL);
  return self;
}

void
sc_ctl_client_free (ScCtlClient *self)
{
  if (!self)
    return;
  if (self->events)
    g_signal_handlers_disconnect_by_data (self->events, self);
  g_clear_object (&self->events);
  g_clear_object (&self->session);
  sc_connection_free (self->connection);
  g_free (self);
}

static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  ScCtlClient *self = data;
  return sc_connection_accepts (self->connection, certificate);
}

static SoupMessage *
new_message (ScCtlClient *self, const char *method, const char *path, GError **error)
{
  g_autofree char *uri = g_strconcat (self->connection->url, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);
  if (!message) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the connection file's url “%s” is not one", self->connection->url);
    return NULL;
  }
  g_autofree char *authorization = g_strconcat ("Bearer ", self->connection->token, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", authorization);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), self);
  return message;
}

static void
set_transport_error (ScCtlClient *self, const GError *cause, GError **error)
{
  if (cause->domain == G_TLS_ERROR && cause->code == G_TLS_ERROR_BAD_CERTIFICATE)
    g_set_error (
        error, SC_ERROR, SC_ERROR_DENIED,
        "%s shows another certificate than the connection file names: get a new connection file from the console, "
        "or find out who answers there",
        self->connection->url);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_UNREACHABLE,
                 "cannot reach the console at %s: %s; is seatcast-consoled running?", self->connection->url,
                 cause->message);
}

ScError
sc_ctl_error_code (const char *nick)
{
  for (int code = 0; code <= SC_ERROR_SYSTEM; code++)
    if (g_strcmp0 (sc_error_code_to_nick (code), nick) == 0)
      return code;
  return SC_ERROR_SYSTEM;
}

static void
set_console_error (ScCtlClient *self, SoupMessage *message, ScJson *answer, GError **error)
{
  guint status = soup_message_get_status (message);
  ScJson *object = answer ? json_object_get (answer, "error") : NULL;
  const char *code = object ? sc_json_get_optional_string (object, "code", 64) : NULL;
  const char *text = object ? sc_json_get_optional_string (object, "message", 65536) : NULL;
  if (code && text)
    g_set_error_literal (error, SC_ERROR, sc_ctl_error_code (code), text);
  else
    g_set_error (error, SC_ERROR, status == SOUP_STATUS_UNAUTHORIZED ? SC_ERROR_DENIED : SC_ERROR_SYSTEM,
                 "%s answered %u %s", self->connection->url, status, soup_message_get_reason_phrase (message));
}

typedef struct {
  GMainLoop *loop;
  GBytes *bytes;
  GError *error;
} Answer;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  answer->bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &answer->error);
  g_main_loop_quit (answer->loop);
}

/* Waits in the main context, so that Ctrl-C and events are seen meanwhile. */
static GBytes *
send_and_wait (ScCtlClient *self, SoupMessage *message, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Answer answer = { .loop = loop };
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, on_answered, &answer);
  g_main_loop_run (loop);
  if (answer.error)
    g_propagate_error (error, answer.error);
  return answer.bytes;
}

ScJson *
sc_ctl_client_request (ScCtlClient *self, const char *method, const char *path, ScJson *body, GError **error)
{
  g_autoptr (SoupMessage) message = new_message (self, method, path, error);
  if (!message)
    return NULL;
  if (body) {
    g_autofree char *text = sc_json_to_text (body);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }

  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = send_and_wait (self, message, &local_error);
  if (!bytes) {
    set_transport_error (self, local_error, error);
    return NULL;
  }

  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  gboolean success = SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message));
  if (success && length == 0)
    return json_object ();
  g_autoptr (ScJson) answer = sc_json_parse_object (text ? text : "", length, ANSWER_MAX_BYTES, &local_error);
  if (!success) {
    set_console_error (self, message, answer, error);
    return NULL;
  }
  if (!answer)
    g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s%s: ", self->connection->url, path);
  return g_steal_pointer (&answer);
}

static void
on_event (SoupWebsocketConnection *events, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  ScCtlClient *self = data;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) event = sc_json_parse_object (text ? text : "", length, EVENT_MAX_BYTES, &error);
  if (event)
    self->event_func (event, self->event_data);
  else
    g_warning ("an event of the console cannot be read: %s", error->message);
}

static void
on_events_closed (SoupWebsocketConnection *events, gpointer data)
{
  ScCtlClient *self = data;
  self->event_func (NULL, self->event_data);
}

typedef struct {
  GMainLoop *loop;
  SoupWebsocketConnection *connection;
  GError *error;
} Connect;

static void
on_websocket_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Connect *connect = data;
  connect->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &connect->error);
  g_main_loop_quit (connect->loop);
}

gboolean
sc_ctl_client_listen (ScCtlClient *self, ScCtlEventFunc func, gpointer data, GError **error)
{
  g_autoptr (SoupMessage) message = new_message (self, "GET", "/v1/events", error);
  if (!message)
    return FALSE;

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Connect connect = { .loop = loop };
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_websocket_connected, &connect);
  g_main_loop_run (loop);
  if (!connect.connection) {
    g_autoptr (GError) cause = connect.error;
    set_transport_error (self, cause, error);
    return FALSE;
  }

  if (self->events)
    g_signal_handlers_disconnect_by_data (self->events, self);
  g_clear_object (&self->events);
  self->events = connect.connection;
  self->event_func = func;
  self->event_data = data;
  soup_websocket_connection_set_max_incoming_payload_size (self->events, EVENT_MAX_BYTES);
  g_signal_connect (self->events, "message", G_CALLBACK (on_event), self);
  g_signal_connect (self->events, "closed", G_CALLBACK (on_events_closed), self);
  return TRUE;
}
