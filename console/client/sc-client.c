/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/client/sc-client.h"

#include "common/sc-error.h"
#include "common/trust/sc-certificate.h"
#include "common/trust/sc-token.h"

#include <libsoup/soup.h>

#define ANSWER_MAX_BYTES (256u * 1024 * 1024)
#define EVENT_MAX_BYTES (8u * 1024 * 1024)
#define TIMEOUT_SECONDS 60u
#define KEEPALIVE_SECONDS 10u
#define SILENCE_SECONDS 30u
/* A room whose seats all tell something at once sends hundreds of events in one go: they are read when the window has
 * been drawn, for so long at a time. */
#define DISPATCH_PRIORITY (G_PRIORITY_HIGH_IDLE + 30)
#define DISPATCH_TIME (4 * G_TIME_SPAN_MILLISECOND)
#define QUEUE_MAX_BYTES (32u * 1024 * 1024) /* who is so far behind had better ask for everything anew */

struct _ScClient {
  GObject parent;
  SoupSession *session;
  ScConnection *connection;
  SoupWebsocketConnection *events;
  GQueue received;      /* GBytes: events that are not read yet */
  gsize received_bytes; /* of them */
  guint dispatch_source;
  guint silence_source; /* looks whether anything was heard, be it the answer to a ping */
  gint64 heard;         /* monotonic µs */
};

G_DEFINE_FINAL_TYPE (ScClient, sc_client, G_TYPE_OBJECT)

enum { SIGNAL_EVENT, SIGNAL_CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
drop_events (ScClient *self)
{
  g_clear_handle_id (&self->silence_source, g_source_remove);
  g_clear_handle_id (&self->dispatch_source, g_source_remove);
  g_queue_clear_full (&self->received, (GDestroyNotify) g_bytes_unref);
  self->received_bytes = 0;
  if (self->events == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->events, self);
  if (soup_websocket_connection_get_state (self->events) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->events, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_clear_object (&self->events);
}

static void
sc_client_finalize (GObject *object)
{
  ScClient *self = SC_CLIENT (object);

  drop_events (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->connection, sc_connection_free);
  G_OBJECT_CLASS (sc_client_parent_class)->finalize (object);
}

static void
sc_client_class_init (ScClientClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_client_finalize;
  signals[SIGNAL_EVENT] = g_signal_new ("event", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CLOSED] =
      g_signal_new ("closed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_client_init (ScClient *self)
{
}

static SoupSession *
new_session (const char *program)
{
  g_autofree char *agent = g_strconcat (program, "/" SC_VERSION, NULL);
  SoupSession *session = soup_session_new_with_options ("timeout", TIMEOUT_SECONDS, "user-agent", agent, NULL);

  /* Without a database no certificate is trusted by itself, so we are asked about every one. */
  soup_session_set_tls_database (session, NULL);
  /* The console is in the house: a proxy for the Internet has no business between us. */
  soup_session_set_proxy_resolver (session, NULL);
  return session;
}

ScClient *
sc_client_new (const ScConnection *connection, const char *program)
{
  ScClient *self = g_object_new (SC_TYPE_CLIENT, NULL);

  self->connection = sc_connection_new (connection->url, connection->token, connection->fingerprint);
  self->session = new_session (program);
  return self;
}

const ScConnection *
sc_client_get_connection (ScClient *self)
{
  return self->connection;
}

static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  ScClient *self = data;

  return sc_connection_accepts (self->connection, certificate);
}

static SoupMessage *
new_message (ScClient *self, const char *method, const char *path, GError **error)
{
  g_autofree char *uri = g_strconcat (self->connection->url, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);
  SoupMessageHeaders *headers = NULL;

  if (message == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the connection file's url “%s” is not one", self->connection->url);
    return NULL;
  }
  headers = soup_message_get_request_headers (message);
  if (*self->connection->token != '\0') {
    g_autofree char *authorization = g_strconcat ("Bearer ", self->connection->token, NULL);

    soup_message_headers_replace (headers, "Authorization", authorization);
  }
  /* A redirect would carry the token elsewhere. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_accept_certificate), self, 0);
  return message;
}

/* What GIO and libsoup say, in our words; cancelling stays what it is. */
static GError *
explain (ScClient *self, GError *cause)
{
  g_autoptr (GError) owned = cause;

  if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  if (owned->domain == G_TLS_ERROR && owned->code == G_TLS_ERROR_BAD_CERTIFICATE)
    return g_error_new (
        SC_ERROR, SC_ERROR_DENIED,
        "%s shows a certificate of another authority than it is to have, or of another host: see what "
        "“seatcastctl ca fingerprint” prints on the console's machine; if that is another one now, sign "
        "in with it (--ca-fingerprint), else find out who answers there",
        self->connection->url);
  return g_error_new (SC_ERROR, SC_ERROR_UNREACHABLE,
                      "cannot reach the console at %s: %s; is seatcast-consoled running?", self->connection->url,
                      owned->message);
}

static GError *
error_of_answer (ScClient *self, SoupMessage *message, ScJson *answer)
{
  guint status = soup_message_get_status (message);
  ScJson *object = answer != NULL ? json_object_get (answer, "error") : NULL;
  const char *code = object != NULL ? sc_json_get_optional_string (object, "code", 64) : NULL;
  const char *text = object != NULL ? sc_json_get_optional_string (object, "message", 65536) : NULL;

  if (code != NULL && text != NULL)
    return g_error_new_literal (SC_ERROR, sc_error_code_from_nick (code), text);
  return g_error_new (SC_ERROR, status == SOUP_STATUS_UNAUTHORIZED ? SC_ERROR_DENIED : SC_ERROR_SYSTEM,
                      "%s answered %u %s", self->connection->url, status, soup_message_get_reason_phrase (message));
}

static void
return_answer (GTask *task, SoupMessage *message, GBytes *bytes)
{
  ScClient *self = g_task_get_source_object (task);
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  gboolean success = SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (message));
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = NULL;

  if (success && length == 0) {
    g_task_return_pointer (task, json_object (), (GDestroyNotify) json_decref);
    return;
  }
  answer = sc_json_parse_object (text != NULL ? text : "", length, ANSWER_MAX_BYTES, &error);
  if (!success)
    g_task_return_error (task, error_of_answer (self, message, answer));
  else if (answer == NULL) {
    g_prefix_error (&error, "%s: ", self->connection->url);
    g_task_return_error (task, g_steal_pointer (&error));
  } else
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) json_decref);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ScClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

  if (bytes == NULL)
    g_task_return_error (task, explain (self, g_steal_pointer (&error)));
  else
    return_answer (task, soup_session_get_async_result_message (SOUP_SESSION (source), result), bytes);
}

void
sc_client_request_async (ScClient *self, const char *method, const char *path, ScJson *body, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = new_message (self, method, path, &error);

  g_task_set_source_tag (task, sc_client_request_async);
  if (message == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (body != NULL) {
    char *text = sc_json_to_text (body);
    /* there may be a password in it */
    g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) sc_secret_free, text);

    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, cancellable, on_answered,
                                    g_steal_pointer (&task));
}

ScJson *
sc_client_request_finish (ScClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sc_client_request_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_events_closed (SoupWebsocketConnection *events, gpointer data)
{
  ScClient *self = data;

  drop_events (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/* A console whose machine has lost power sends no end, and TCP would wait for minutes. */
static gboolean
on_silence_due (gpointer data)
{
  ScClient *self = data;

  if (g_get_monotonic_time () - self->heard < SILENCE_SECONDS * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  on_events_closed (self->events, self); /* removes this source */
  return G_SOURCE_REMOVE;
}

static void
on_heard (ScClient *self)
{
  self->heard = g_get_monotonic_time ();
}

static void
on_pong (SoupWebsocketConnection *events, GBytes *bytes, gpointer data)
{
  on_heard (data);
}

static void
read_event (ScClient *self, GBytes *bytes)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) event = sc_json_parse_object (text != NULL ? text : "", length, EVENT_MAX_BYTES, &error);

  if (event != NULL)
    g_signal_emit (self, signals[SIGNAL_EVENT], 0, event);
  else
    g_warning ("an event of the console cannot be read: %s", error->message);
}

static gboolean
on_dispatch (gpointer data)
{
  ScClient *self = data;
  g_autoptr (ScClient) alive = g_object_ref (self);
  gint64 end = g_get_monotonic_time () + DISPATCH_TIME;

  while (!g_queue_is_empty (&self->received) && g_get_monotonic_time () < end) {
    g_autoptr (GBytes) bytes = g_queue_pop_head (&self->received);

    self->received_bytes -= g_bytes_get_size (bytes);
    read_event (self, bytes);
  }
  if (!g_queue_is_empty (&self->received))
    return G_SOURCE_CONTINUE;
  self->dispatch_source = 0;
  return G_SOURCE_REMOVE;
}

static void
on_message (SoupWebsocketConnection *events, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  ScClient *self = data;

  on_heard (self);
  if (self->received_bytes + g_bytes_get_size (bytes) > QUEUE_MAX_BYTES) {
    on_events_closed (events, self);
    return;
  }
  self->received_bytes += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->received, g_bytes_ref (bytes));
  if (self->dispatch_source == 0)
    self->dispatch_source = g_idle_add_full (DISPATCH_PRIORITY, on_dispatch, self, NULL);
}

/* What the console answers to one who may not listen is no WebSocket, and libsoup tells no more than that. */
static gboolean
is_refused (SoupMessage *message)
{
  const guint status = soup_message_get_status (message);

  return status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN;
}

static void
on_websocket_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ScClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) events =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (events == NULL && is_refused (g_task_get_task_data (task)))
    g_task_return_new_error (
        task, SC_ERROR, SC_ERROR_DENIED,
        "%s does not know you (any more): sign in, or, on its own machine, use its connection file",
        self->connection->url);
  else if (events == NULL)
    g_task_return_error (task, explain (self, g_steal_pointer (&error)));
  if (events == NULL)
    return;
  drop_events (self);
  self->events = g_steal_pointer (&events);
  soup_websocket_connection_set_max_incoming_payload_size (self->events, EVENT_MAX_BYTES);
  soup_websocket_connection_set_keepalive_interval (self->events, KEEPALIVE_SECONDS);
  g_signal_connect (self->events, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->events, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->events, "closed", G_CALLBACK (on_events_closed), self);
  on_heard (self);
  self->silence_source = g_timeout_add_seconds (KEEPALIVE_SECONDS / 2, on_silence_due, self);
  g_task_return_boolean (task, TRUE);
}

void
sc_client_listen_async (ScClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = new_message (self, "GET", "/v1/events", &error);

  g_task_set_source_tag (task, sc_client_listen_async);
  if (message == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, cancellable,
                                        on_websocket_connected, g_steal_pointer (&task));
}

gboolean
sc_client_listen_finish (ScClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sc_client_listen_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
on_show_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  GTask *task = data;
  GTlsCertificate *last = certificate;
  g_autoptr (ScCertificate) authority = NULL;

  while (g_tls_certificate_get_issuer (last) != NULL)
    last = g_tls_certificate_get_issuer (last);
  authority = sc_certificate_of_tls (last, NULL);
  if (authority != NULL)
    g_task_set_task_data (task, sc_certificate_get_fingerprint (authority), g_free);
  return FALSE; /* nothing is told to whoever this is */
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  const char *fingerprint = g_task_get_task_data (task);

  if (fingerprint != NULL)
    g_task_return_pointer (task, g_strdup (fingerprint), g_free);
  else if (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_UNREACHABLE, "nobody shows a certificate there: %s",
                             error != NULL ? error->message : "is this an https address?");
}

/* (nullable) */
static SoupMessage *
new_probe (const char *url)
{
  g_autofree char *text = g_strconcat (url, "/v1", NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  SoupMessage *message;

  if (uri == NULL || !g_str_equal (g_uri_get_scheme (uri), "https") || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0')
    return NULL;
  message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  return message;
}

void
sc_client_fetch_fingerprint_async (const char *url, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (SoupMessage) message = new_probe (url);
  g_autoptr (SoupSession) session = new_session ("seatcast");

  g_task_set_source_tag (task, sc_client_fetch_fingerprint_async);
  if (message == NULL) {
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_INVALID,
                             "“%s” is not the address of a console: https://HOST:PORT", url);
    return;
  }
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_show_certificate), task, 0);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, on_shown, g_object_ref (task));
}

char *
sc_client_fetch_fingerprint_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sc_client_fetch_fingerprint_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
sc_client_path (const char *literal, ...)
{
  GString *path = g_string_new (literal);
  gboolean escape = TRUE;
  va_list parts;

  va_start (parts, literal);
  for (const char *part = va_arg (parts, const char *); part != NULL; part = va_arg (parts, const char *)) {
    if (escape)
      g_string_append_uri_escaped (path, part, NULL, FALSE);
    else
      g_string_append (path, part);
    escape = !escape;
  }
  va_end (parts);
  return g_string_free (path, FALSE);
}
