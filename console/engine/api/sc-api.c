/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api.h"

#include "common/sc-error.h"
#include "console/engine/api/sc-api-ca.h"
#include "console/engine/api/sc-api-auth.h"
#include "console/engine/api/sc-api-callers.h"
#include "console/engine/api/sc-api-failures.h"
#include "console/engine/api/sc-api-listener.h"
#include "console/engine/api/sc-api-notify.h"
#include "console/engine/api/sc-api-pace.h"
#include "console/engine/api/sc-api-refusals.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/sc-health.h"

#include <string.h>

#define SEAT_PATH "/v1/seat"
#define REFUSED_BODY (1024u * 1024) /* bytes of it that are read, so that its sender sees why it was refused */

struct _ScApi {
  ScApiParts parts;
  SoupServer *server;
  ScApiListener *listener;
  ScApiCallers *callers;
  ScApiAuth *auth;
  ScApiNotify *notify;
  ScApiRefusals *refusals;
};

/* The body is gathered here and not by libsoup, which would take one of any size. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  ScApiRequest *request = sc_api_request_of (message);
  gsize max = request->route != NULL ? request->route->max_body : 0;
  gsize length = g_bytes_get_size (chunk);

  request->body_received += length;
  if (request->body_received <= max && soup_server_message_get_status (message) == 0)
    g_byte_array_append (request->body, g_bytes_get_data (chunk, NULL), (guint) length);
  if (request->body_received > max + REFUSED_BODY && sc_api_listener_get_socket (message) != NULL)
    g_socket_shutdown (sc_api_listener_get_socket (message), TRUE, TRUE, NULL);
}

static void
refuse_body (ScApiRequest *request)
{
  /* what is left of the body must not be taken for the next request */
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Connection", "close");
  sc_api_request_fail_status (request, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, SC_ERROR_INVALID,
                              "%s %s takes a body of at most %" G_GSIZE_FORMAT " bytes", request->route->method,
                              request->route->pattern, request->route->max_body);
}

static void
refuse_path (ScApiRequest *request, gboolean path_known)
{
  const char *method = soup_server_message_get_method (request->message);
  const char *path = g_uri_get_path (soup_server_message_get_uri (request->message));

  if (path_known)
    sc_api_request_fail_status (request, SOUP_STATUS_METHOD_NOT_ALLOWED, SC_ERROR_INVALID,
                                "%s takes no %s: see openapi.json", path, method);
  else
    sc_api_request_fail_status (request, SOUP_STATUS_NOT_FOUND, SC_ERROR_NOT_FOUND,
                                "the API has no %s: see openapi.json; is the client of another version?", path);
}

static void
refuse_caller (ScApiRequest *request)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Retry-After", "1");
  sc_api_request_fail_status (request, SC_API_STATUS_TOO_MANY, SC_ERROR_BUSY,
                              "you wait for too many answers at once: take them before you ask for more");
}

static void
check_upgrade (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!soup_websocket_server_check_handshake (request->message, NULL, NULL, NULL, &error))
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID, "%s is a WebSocket: %s",
                                request->route->pattern, error->message);
}

/* Who is known is no stranger any more, but is not given everything at once. */
static gboolean
enter (ScApi *self, ScApiRequest *request)
{
  if (!sc_api_callers_enter (self->callers, request, sc_api_listener_get_socket (request->message))) {
    request->recorded = TRUE;
    refuse_caller (request);
    return FALSE;
  }
  sc_api_listener_trust (self->listener, request->message);
  return TRUE;
}

/* Runs when the headers are there, before any of the body is read. */
static void
on_headers (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ScApi *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  ScApiRequest *request = sc_api_request_new (&self->parts, message);
  gboolean path_known = FALSE;

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);

  request->route =
      sc_api_find_route (soup_server_message_get_method (message),
                         g_uri_get_path (soup_server_message_get_uri (message)), request->arguments, &path_known);
  /* each request has a connection of its own (ScApiListener): a client must not try another one on it */
  if (request->route == NULL || request->route->handle != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  if (!sc_api_auth_check (self->auth, request)) {
    if (g_str_equal (path, SEAT_PATH))
      sc_api_refusals_note (self->refusals, request->address, request->claimed,
                            request->refusal != NULL ? request->refusal : "only seats may connect there",
                            g_get_monotonic_time ());
    return;
  }
  if (request->principal.role != SC_ROLE_NONE && !enter (self, request))
    return;
  if (request->route == NULL)
    refuse_path (request, path_known);
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           soup_message_headers_get_content_length (headers) > (goffset) request->route->max_body)
    refuse_body (request);
  else if (request->route->handle == NULL)
    check_upgrade (request);
}

/* A body may take its time, in which whoever sends it may be shut out. A head comes at once. */
static gboolean
may_still (ScApi *self, ScApiRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);

  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_NONE || sc_api_auth_check (self->auth, request);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ScApi *self = user_data;
  ScApiRequest *request = sc_api_request_of (message);

  sc_api_callers_heard (self->callers, request);
  if (!may_still (self, request))
    return;
  if (request->body_received > request->route->max_body)
    refuse_body (request);
  else
    request->route->handle (request);
}

static void
on_events_client (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
                  gpointer user_data)
{
  ScApi *self = user_data;
  ScApiRequest *request = sc_api_request_of (message);
  gint64 left = request->principal.expires - sc_staff_get_time (self->parts.staff);

  sc_api_callers_leave (self->callers, request);
  sc_events_subscribe (self->parts.events, connection, request->principal.token, (guint) CLAMP (left, 1, G_MAXINT));
}

static void
note_authority (ScApi *self, const char *seat, SoupServerMessage *message)
{
  ScAuthority *authority = self->parts.authority;
  GTlsCertificate *peer = sc_api_listener_get_peer (message);
  g_autoptr (ScCertificate) certificate = peer != NULL ? sc_certificate_of_tls (peer, NULL) : NULL;
  gboolean behind = certificate != NULL && sc_authority_is_rotating (authority) &&
                    !sc_authority_is_from_next (authority, certificate, g_get_real_time () / G_TIME_SPAN_SECOND);

  sc_sessions_note_behind (self->parts.sessions, seat, behind);
}

static void
on_seat (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
         gpointer user_data)
{
  ScApi *self = user_data;
  ScApiRequest *request = sc_api_request_of (message);

  sc_api_callers_leave (self->callers, request);
  note_authority (self, request->principal.name, message);
  sc_seat_hub_accept (self->parts.hub, connection, request->principal.name, request->local_address, request->address);
}

static void
add_websocket (ScApi *self, const char *path, SoupServerWebsocketCallback callback)
{
  /* libsoup picks one handler a path, so each needs its own early one: that is where the token is checked */
  soup_server_add_early_handler (self->server, path, on_headers, self, NULL);
  soup_server_add_websocket_handler (self->server, path, NULL, NULL, callback, self, NULL);
}

ScApi *
sc_api_new (const ScApiParts *parts, const char *token)
{
  ScApi *self = g_new0 (ScApi, 1);

  self->parts = *parts;
  self->parts.failures = sc_api_failures_new (parts->activity);
  self->parts.pace = sc_api_pace_new (parts->sessions);
  self->parts.met = sc_met_new (parts->store);
  self->parts.health = sc_health_new (parts->catalog, parts->directory);
  self->server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  /* a few compressed bytes could become any number: messages are capped as they come */
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_early_handler (self->server, "/", on_headers, self, NULL);
  soup_server_add_handler (self->server, "/", on_request, self, NULL);
  add_websocket (self, "/v1/events", on_events_client);
  add_websocket (self, SEAT_PATH, on_seat);
  /* libsoup compares beginnings: without these, /v1/seat would take /v1/seats too */
  soup_server_add_early_handler (self->server, "/v1/seats", on_headers, self, NULL);
  soup_server_add_handler (self->server, "/v1/seats", on_request, self, NULL);
  soup_server_add_early_handler (self->server, SEAT_PATH "/", on_headers, self, NULL);
  soup_server_add_handler (self->server, SEAT_PATH "/", on_request, self, NULL);
  self->listener = sc_api_listener_new (self->server, sc_authority_get_tls (parts->authority));
  self->callers = sc_api_callers_new ();
  self->auth = sc_api_auth_new (&self->parts, token);
  self->notify = sc_api_notify_new (&self->parts);
  self->refusals = sc_api_refusals_new (&self->parts);
  return self;
}

void
sc_api_free (ScApi *self)
{
  if (self == NULL)
    return;
  sc_api_pace_free (self->parts.pace); /* while its messages can be answered */
  sc_api_notify_free (self->notify);
  sc_api_listener_free (self->listener);
  soup_server_disconnect (self->server);
  /* threads still read the store; their answers go nowhere, but they must end before it is closed */
  while (sc_api_request_count_jobs () > 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->server);
  sc_api_refusals_free (self->refusals);
  sc_api_auth_free (self->auth);
  sc_api_callers_free (self->callers);
  sc_api_failures_free (self->parts.failures);
  sc_met_free (self->parts.met);
  sc_health_free (self->parts.health);
  g_free (self);
}

void
sc_api_show_certificate (ScApi *self)
{
  sc_api_listener_set_certificate (self->listener, sc_authority_get_tls (self->parts.authority));
  sc_api_tell_authority (&self->parts);
}

void
sc_api_set_url (ScApi *self, const char *url)
{
  self->parts.url = url;
}

void
sc_api_set_limits (ScApi *self, guint strangers, guint stranger_seconds, guint idle_seconds)
{
  sc_api_listener_set_limits (self->listener, strangers, stranger_seconds, idle_seconds);
}

void
sc_api_set_address (ScApi *self, const char *address)
{
  sc_api_auth_set_address (self->auth, address);
}

const ScApiParts *
sc_api_get_parts (ScApi *self)
{
  return &self->parts;
}

ScApiFailures *
sc_api_get_failures (ScApi *self)
{
  return self->parts.failures;
}

guint16
sc_api_listen (ScApi *self, const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) bind_address =
      g_inet_socket_address_new_from_string (address != NULL ? address : "0.0.0.0", port);
  g_autoptr (GError) local_error = NULL;
  guint16 bound_port = 0;

  if (bind_address == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not an IP address to listen on", address);
    return 0;
  }
  bound_port = sc_api_listener_listen (self->listener, bind_address, &local_error);
  if (bound_port != 0)
    return bound_port;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (
        error, SC_ERROR, SC_ERROR_BUSY,
        "port %u is in use: another engine may run here (ss -ltnp 'sport = :%u' tells), or choose a port by --listen",
        port, port);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "cannot listen on %s, port %u: %s%s",
                 address != NULL ? address : "all addresses", port, local_error->message,
                 address != NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
                     ? "; is it an address of this machine (“ip address” lists them)?"
                     : "");
  return 0;
}
