/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-engine.h"

#include "tests/unit/hasty-clients.h"
#include "tests/unit/trust/test-authority.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#define TOKEN "the-token-of-a-test"
#define BODY_MAX_BYTES (1024u * 1024)

typedef struct {
  char *method, *path;
  char *query; /* (nullable) */
  ScJson *body;
} Request;

typedef struct {
  char *method, *prefix;
  FakeEngineFunc func;
  gpointer data;
} Responder;

typedef struct {
  guint status;
  ScJson *json;
} Answer;

struct _FakeEngine {
  SoupServer *server;
  ScConnection *connection;
  TestAuthority *authority;
  GHashTable *answers;   /* "GET /v1/seats" → Answer */
  GPtrArray *responders; /* Responder, newest last */
  GPtrArray *requests;   /* Request */
  GPtrArray *listeners;  /* SoupWebsocketConnection */
  GPtrArray *held;       /* SoupServerMessage */
  char *hold_prefix;     /* (nullable) */
};

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->method);
  g_free (self->path);
  g_free (self->query);
  if (self->body != NULL)
    json_decref (self->body);
  g_free (self);
}

static void
responder_free (gpointer data)
{
  Responder *self = data;

  g_free (self->method);
  g_free (self->prefix);
  g_free (self);
}

static void
answer_free (gpointer data)
{
  Answer *self = data;

  json_decref (self->json);
  g_free (self);
}

static ScJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  ScJson *json = sc_json_parse_object (text, strlen (text), 64 * BODY_MAX_BYTES, &error);

  g_assert_no_error (error);
  return json;
}

static void
respond (FakeEngine *self, SoupServerMessage *message)
{
  const Request *request = g_object_get_data (G_OBJECT (message), "request");
  g_autofree char *key = g_strconcat (request->method, " ", request->path, NULL);
  const Answer *answer = g_hash_table_lookup (self->answers, key);
  g_autoptr (ScJson) json = NULL;
  guint status = SOUP_STATUS_OK;
  char *text = NULL;

  if (answer != NULL) {
    json = json_incref (answer->json);
    status = answer->status;
  }
  for (guint i = self->responders->len; json == NULL && i > 0; i--) {
    const Responder *responder = g_ptr_array_index (self->responders, i - 1);

    if (g_str_equal (responder->method, request->method) && g_str_has_prefix (request->path, responder->prefix))
      json = responder->func (request->path, request->body, &status, responder->data);
  }
  if (json == NULL) {
    status = SOUP_STATUS_NOT_FOUND;
    json = json_pack ("{s:{s:s, s:s}}", "error", "code", "not-found", "message", "The test has not told of this");
  }
  text = sc_json_to_text (json);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
}

static ScJson *
parse_body (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GError) error = NULL;
  ScJson *json = NULL;

  if (body->length == 0)
    return NULL;
  json = sc_json_parse_object (body->data, body->length, BODY_MAX_BYTES, &error);
  g_assert_no_error (error);
  return json;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  FakeEngine *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Request *request = NULL;

  if (!g_str_equal (g_uri_get_path (soup_server_message_get_uri (message)), "/v1/sign-in") &&
      g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), "Bearer " TOKEN) != 0) {
    soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
    return;
  }
  request = g_new0 (Request, 1);
  request->method = g_strdup (soup_server_message_get_method (message));
  request->path = g_strdup (g_uri_get_path (soup_server_message_get_uri (message)));
  request->query = g_strdup (g_uri_get_query (soup_server_message_get_uri (message)));
  request->body = parse_body (message);
  g_ptr_array_add (self->requests, request);
  g_object_set_data (G_OBJECT (message), "request", request);
  if (self->hold_prefix != NULL && g_str_has_prefix (request->path, self->hold_prefix)) {
    soup_server_message_pause (message);
    g_ptr_array_add (self->held, g_object_ref (message));
    return;
  }
  respond (self, message);
}

static void
on_listener_closed (SoupWebsocketConnection *listener, gpointer data)
{
  FakeEngine *self = data;

  g_ptr_array_remove (self->listeners, listener);
}

static void
on_listener (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
             gpointer data)
{
  FakeEngine *self = data;

  g_signal_connect (connection, "closed", G_CALLBACK (on_listener_closed), self);
  g_ptr_array_add (self->listeners, g_object_ref (connection));
}

static void
answer_as_empty_engine (FakeEngine *self)
{
  static const char *const lists[] = { "seats", "rooms", "versions", "sessions", "operations", "schedules", "planned" };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *path = g_strconcat ("/v1/", lists[i], NULL);

    fake_engine_answer_json (self, "GET", path, SOUP_STATUS_OK, json_pack ("{s:[]}", lists[i]));
  }
  fake_engine_answer (self, "GET", "/v1/activity", SOUP_STATUS_OK, "{\"entries\":[]}");
  fake_engine_answer (
      self, "GET", "/v1", SOUP_STATUS_OK,
      "{\"name\":\"lab-console\",\"version\":\"1\",\"protocol\":1,\"directory\":\"/var/lib/seatcast\"}");
  fake_engine_answer (self, "GET", "/v1/me", SOUP_STATUS_OK,
                      "{\"user\":\"local administrator\",\"role\":\"administrator\",\"expires\":\"\",\"local\":true}");
  fake_engine_answer (self, "GET", "/v1/waiting-seats", SOUP_STATUS_OK, "{\"waiting\":[]}");
  fake_engine_answer (self, "GET", "/v1/users", SOUP_STATUS_OK, "{\"users\":[]}");
  fake_engine_answer (self, "GET", "/v1/ca", SOUP_STATUS_OK,
                      "{\"fingerprint\":\"00\",\"expires\":\"2046-11-23T00:00:00Z\","
                      "\"console\":{\"names\":[],\"expires\":\"2027-12-25T00:00:00Z\"},\"rotation\":null}");
  fake_engine_answer (self, "GET", "/v1/settings", SOUP_STATUS_OK,
                      "{\"rate_cap_bits_per_second\":500000000,\"catch_up_rate_bits_per_second\":125000000,"
                      "\"catch_up_seats\":4,\"publish_directory\":\"/srv/templates\","
                      "\"directory\":\"/var/lib/seatcast\",\"url\":\"https://lab-console:8470\","
                      "\"multicast_group\":\"239.255.70.1\",\"multicast_port\":8471,\"interface\":\"\",\"mtu\":1500,"
                      "\"store_bytes\":1000000000,\"free_bytes\":200000000000}");
  fake_engine_answer (self, "POST", "/v1/settings", SOUP_STATUS_OK, "{}");
}

FakeEngine *
fake_engine_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autofree char *url = NULL;
  GSList *uris = NULL;
  FakeEngine *self = g_new0 (FakeEngine, 1);

  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  self->responders = g_ptr_array_new_with_free_func (responder_free);
  self->requests = g_ptr_array_new_with_free_func (request_free);
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->authority = test_authority_new ();
  expect_hasty_clients ();
  self->server = soup_server_new ("tls-certificate", self->authority->tls, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_add_websocket_handler (self->server, "/v1/events", NULL, NULL, on_listener, self, NULL);
  soup_server_listen (self->server, address, SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (self->server);
  url = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  self->connection = test_authority_make_connection (self->authority, url, TOKEN);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  answer_as_empty_engine (self);
  return self;
}

void
fake_engine_free (FakeEngine *self)
{
  fake_engine_release (self);
  fake_engine_drop_listeners (self);
  /* a TLS connection that is still being made would be closed synchronously, waiting for its other end, which is us */
  for (guint quiet = 0; quiet < 50; quiet++) {
    if (g_main_context_iteration (NULL, FALSE))
      quiet = 0;
    g_usleep (1000);
  }
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  test_authority_free (self->authority);
  sc_connection_free (self->connection);
  g_hash_table_unref (self->answers);
  g_ptr_array_unref (self->responders);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->held);
  g_free (self);
}

const ScConnection *
fake_engine_get_connection (FakeEngine *self)
{
  return self->connection;
}

void
fake_engine_answer_json (FakeEngine *self, const char *method, const char *path, guint status, ScJson *json)
{
  Answer *answer = g_new0 (Answer, 1);

  g_assert_nonnull (json);
  answer->status = status;
  answer->json = json;
  g_hash_table_insert (self->answers, g_strconcat (method, " ", path, NULL), answer);
}

void
fake_engine_answer (FakeEngine *self, const char *method, const char *path, guint status, const char *json)
{
  fake_engine_answer_json (self, method, path, status, parse (json));
}

void
fake_engine_forget (FakeEngine *self, const char *method, const char *path)
{
  g_autofree char *key = g_strconcat (method, " ", path, NULL);

  g_hash_table_remove (self->answers, key);
}

void
fake_engine_answer_error (FakeEngine *self, const char *method, const char *path, guint status, const char *code,
                          const char *message)
{
  fake_engine_answer_json (self, method, path, status,
                           json_pack ("{s:{s:s, s:s}}", "error", "code", code, "message", message));
}

void
fake_engine_answer_with (FakeEngine *self, const char *method, const char *prefix, FakeEngineFunc func, gpointer data)
{
  Responder *responder = g_new0 (Responder, 1);

  responder->method = g_strdup (method);
  responder->prefix = g_strdup (prefix);
  responder->func = func;
  responder->data = data;
  g_ptr_array_add (self->responders, responder);
}

void
fake_engine_hold (FakeEngine *self, const char *prefix)
{
  g_free (self->hold_prefix);
  self->hold_prefix = g_strdup (prefix);
}

void
fake_engine_release (FakeEngine *self)
{
  g_clear_pointer (&self->hold_prefix, g_free);
  for (guint i = 0; i < self->held->len; i++) {
    SoupServerMessage *message = g_ptr_array_index (self->held, i);

    respond (self, message);
    soup_server_message_unpause (message);
  }
  g_ptr_array_set_size (self->held, 0);
}

guint
fake_engine_count_held (FakeEngine *self)
{
  return self->held->len;
}

guint
fake_engine_count (FakeEngine *self, const char *method, const char *prefix)
{
  guint n = 0;

  for (guint i = 0; i < self->requests->len; i++) {
    const Request *request = g_ptr_array_index (self->requests, i);

    n += g_str_equal (request->method, method) && g_str_has_prefix (request->path, prefix);
  }
  return n;
}

static const Request *
find_last (FakeEngine *self, const char *method, const char *path)
{
  for (guint i = self->requests->len; i > 0; i--) {
    const Request *request = g_ptr_array_index (self->requests, i - 1);

    if (g_str_equal (request->method, method) && g_str_equal (request->path, path))
      return request;
  }
  return NULL;
}

ScJson *
fake_engine_get_body (FakeEngine *self, const char *method, const char *path)
{
  const Request *request = find_last (self, method, path);

  return request != NULL ? request->body : NULL;
}

const char *
fake_engine_get_query (FakeEngine *self, const char *method, const char *path)
{
  const Request *request = find_last (self, method, path);

  return request != NULL ? request->query : NULL;
}

void
fake_engine_send_event (FakeEngine *self, const char *json)
{
  g_autoptr (ScJson) event = parse (json); /* a slip in a test fails here */

  g_assert_nonnull (json_object_get (event, "type"));
  for (guint i = 0; i < self->listeners->len; i++)
    soup_websocket_connection_send_text (g_ptr_array_index (self->listeners, i), json);
}

gboolean
fake_engine_has_listener (FakeEngine *self)
{
  return self->listeners->len > 0;
}

void
fake_engine_drop_listeners (FakeEngine *self)
{
  for (guint i = 0; i < self->listeners->len; i++) {
    SoupWebsocketConnection *listener = g_ptr_array_index (self->listeners, i);

    g_signal_handlers_disconnect_by_data (listener, self);
    if (soup_websocket_connection_get_state (listener) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close (listener, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  }
  g_ptr_array_set_size (self->listeners, 0);
}
