/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-seat.h"

#include <string.h>

/* Somebody may ask, is shut out, and only then sends the rest of the request. */

#define PASSWORD "correct horse battery"

typedef struct {
  GTlsCertificate *certificate; /* (nullable): that the client shows */
  GIOStream *stream;
  gboolean done;
} Client;

static gboolean
accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static void
on_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *to, GIOStream *stream, Client *self)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
  if (self->certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), self->certificate);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Client *self = data;
  g_autoptr (GError) error = NULL;

  self->stream = G_IO_STREAM (g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error));
  g_assert_no_error (error);
  self->done = TRUE;
}

static GIOStream *
connect_as (EngineFixture *fixture, GTlsCertificate *certificate)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Client self = { .certificate = certificate };

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_event), &self);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", fixture->port, NULL, on_connected, &self);
  while (!self.done)
    g_main_context_iteration (NULL, TRUE);
  return self.stream;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
send_text (GIOStream *stream, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  g_output_stream_write_all_async (output, text, strlen (text), G_PRIORITY_DEFAULT, NULL, on_done, &result);
  g_assert_true (g_output_stream_write_all_finish (output, wait_for (&result), NULL, &error));
  g_assert_no_error (error);
}

/* What comes next. (transfer full) */
static char *
read_text (GIOStream *stream)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_bytes_async (input, 65536, G_PRIORITY_DEFAULT, NULL, on_done, &result);
  bytes = g_input_stream_read_bytes_finish (input, wait_for (&result), &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Sends all but the body; the engine has let it in. @token: (nullable) */
static GIOStream *
begin (EngineFixture *fixture, GTlsCertificate *certificate, const char *token, const char *path, const char *body)
{
  GIOStream *stream = connect_as (fixture, certificate);
  g_autofree char *bearer = token != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", token) : g_strdup ("");
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\n%sExpect: 100-continue\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                           path, bearer, strlen (body));
  g_autofree char *answer = NULL;

  send_text (stream, head);
  answer = read_text (stream);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 100 "));
  return stream;
}

static void
end (GIOStream *stream, const char *body, const char *expected)
{
  g_autofree char *answer = NULL;

  send_text (stream, body);
  answer = read_text (stream);
  if (!g_str_has_prefix (answer, expected))
    g_error ("it was answered: %s", answer);
}

/* With a certificate that it gets afterwards, a seat that was revoked would be in again. */
static void
test_revoked_seat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s/revoke", seat->seat);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) json = json_pack ("{s:s}", "request", request);
  g_autofree char *body = sc_json_to_text (json);
  g_autoptr (GIOStream) stream = begin (fixture, seat->tls, NULL, "/v1/seat/certificate", body);
  g_autoptr (ScJson) revoked = engine_fixture_json (fixture, "POST", path, "{}", 200);

  end (stream, body, "HTTP/1.1 401 ");
}

static char *
sign_in (EngineFixture *fixture, const char *user)
{
  g_autofree char *add =
      g_strdup_printf ("{\"name\":\"%s\",\"role\":\"operator\",\"password\":\"" PASSWORD "\"}", user);
  g_autofree char *enter = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"" PASSWORD "\"}", user);
  g_autoptr (ScJson) added = engine_fixture_json (fixture, "POST", "/v1/users", add, 201);
  g_autoptr (ScJson) session = engine_fixture_json_of (fixture, NULL, "POST", "/v1/sign-in", enter, 200);

  return engine_text_of (session, "token");
}

static void
test_disabled_user (EngineFixture *fixture, gconstpointer data)
{
  static const char body[] = "{\"name\":\"B202\"}";
  g_autofree char *token = sign_in (fixture, "anna");
  g_autoptr (GIOStream) stream = begin (fixture, NULL, token, "/v1/rooms", body);
  g_autoptr (ScJson) changed =
      engine_fixture_json (fixture, "POST", "/v1/users/anna/change", "{\"disabled\":true}", 200);

  end (stream, body, "HTTP/1.1 401 ");
}

static void
test_lesser_role (EngineFixture *fixture, gconstpointer data)
{
  static const char body[] = "{\"name\":\"B202\"}";
  g_autofree char *token = sign_in (fixture, "anna");
  g_autoptr (GIOStream) stream = begin (fixture, NULL, token, "/v1/rooms", body);
  g_autoptr (ScCatalogUser) user = sc_catalog_get_user (fixture->parts.catalog, "anna", NULL);

  g_free (user->role);
  user->role = g_strdup ("viewer");
  g_assert_true (sc_catalog_save_user (fixture->parts.catalog, user, NULL));
  end (stream, body, "HTTP/1.1 403 ");
}

/* Who may ask until the end is answered. */
static void
test_still_known (EngineFixture *fixture, gconstpointer data)
{
  static const char body[] = "{\"name\":\"B202\"}";
  g_autofree char *token = sign_in (fixture, "anna");
  g_autoptr (GIOStream) stream = begin (fixture, NULL, token, "/v1/rooms", body);

  end (stream, body, "HTTP/1.1 201 ");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/api-slow/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("revoked-seat", test_revoked_seat);
  ADD ("disabled-user", test_disabled_user);
  ADD ("lesser-role", test_lesser_role);
  ADD ("still-known", test_still_known);
  return g_test_run ();
}
