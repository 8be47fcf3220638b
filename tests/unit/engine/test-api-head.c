/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-head.h"

#include "tests/unit/engine/engine-fixture.h"

#include <string.h>

#define START "GET /v1 HTTP/1.1\r\n"

static void
test_sound (void)
{
  static const char *const heads[] = {
    START "\r\n",
    "GET /v1 HTTP/1.1\n\n",
    "POST /v1/rooms HTTP/1.0\r\nContent-Length: 17\r\n\r\n",
    START "Host: a\r\nTransfer-Encoding: Chunked \r\n\r\n",
    START "Host:\r\nX:\ta\tb \xc3\xa4\r\nX: again\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    gsize length = strlen (heads[i]);

    g_test_message ("%s", heads[i]);
    g_assert_cmpuint (sc_api_head_find_end (heads[i], length, 0), ==, length);
    g_assert_true (sc_api_head_is_sound (heads[i], length));
  }
}

static void
test_unsound (void)
{
  static const char *const heads[] = {
    "",
    "\r\n",
    "\r\n\r\n",
    START,
    START "A: b\r\n",
    START "\r\n\r\n",
    "GET\r\n\r\n",
    "GET /v1\r\n\r\n",
    "GET /v1 \r\n\r\n",
    "GET  HTTP/1.1\r\n\r\n",
    " /v1 HTTP/1.1\r\n\r\n",
    "GET /v1 HTTP/2.0\r\n\r\n",
    "GET /v1 HTTP/1.10\r\n\r\n",
    "GET /v1 x HTTP/1.1\r\n\r\n",
    "GET\t/v1 HTTP/1.1\r\n\r\n",
    "G(T /v1 HTTP/1.1\r\n\r\n",
    START "nothing\r\n\r\n",
    START ": b\r\n\r\n",
    START "A : b\r\n\r\n",
    START "A: b\r\n folded\r\n\r\n",
    START "A: b\rc\r\n\r\n",
    START "A: \x01\r\n\r\n",
    START "A: \x7f\r\n\r\n",
    START "Host: a\r\nhost: b\r\n\r\n",
    START "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    START "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    START "Content-Length: -1\r\n\r\n",
    START "Content-Length: 0x1\r\n\r\n",
    START "Content-Length:\r\n\r\n",
    START "Content-Length: 1000000000000000\r\n\r\n",
    START "Transfer-Encoding: gzip\r\n\r\n",
    START "Transfer-Encoding: gzip, chunked\r\n\r\n",
    START "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_test_message ("%s", heads[i]);
    g_assert_false (sc_api_head_is_sound (heads[i], strlen (heads[i])));
  }
  g_assert_false (sc_api_head_is_sound (START "A: \0b\r\n\r\n", strlen (START) + 10));
}

/* Wherever a head is cut in two, its end is found when it is there, and not before. */
static void
test_end (void)
{
  static const char *const heads[] = { START "A: b\r\n\r\nbody\r\n\r\n", "GET / HTTP/1.1\n\nbody",
                                       START "A: b\n\r\nbody" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    gsize end = (gsize) (strstr (heads[i], "body") - heads[i]);

    for (gsize cut = 0; cut <= end; cut++) {
      g_assert_cmpuint (sc_api_head_find_end (heads[i], cut, 0), ==, cut == end ? end : 0);
      if (cut < end)
        g_assert_cmpuint (sc_api_head_find_end (heads[i], end, cut), ==, end);
    }
  }
}

/* ---- a connection ---- */

typedef struct {
  GIOStream *stream;
  GError *error;
  gboolean done;
} Connection;

static gboolean
accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static void
on_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *to, GIOStream *stream, gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;

  connection->stream =
      G_IO_STREAM (g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &connection->error));
  connection->done = TRUE;
}

static GIOStream *
connect_to (EngineFixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Connection connection = { 0 };

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_event), NULL);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", fixture->port, NULL, on_connected, &connection);
  while (!connection.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (connection.error);
  return connection.stream;
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
write_all (GIOStream *stream, const char *bytes, gsize length)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  g_output_stream_write_all_async (output, bytes, length, G_PRIORITY_DEFAULT, NULL, on_done, &result);
  g_assert_true (g_output_stream_write_all_finish (output, wait_for (&result), NULL, &error));
  g_assert_no_error (error);
}

/* All that is answered until the connection ends. */
static char *
read_all (GIOStream *stream)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  GString *text = g_string_new (NULL);

  for (;;) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GBytes) bytes = NULL;

    g_input_stream_read_bytes_async (input, 65536, G_PRIORITY_DEFAULT, NULL, on_done, &result);
    bytes = g_input_stream_read_bytes_finish (input, wait_for (&result), NULL);
    if (bytes == NULL || g_bytes_get_size (bytes) == 0)
      return g_string_free (text, FALSE);
    g_string_append_len (text, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  }
}

/* Sends @text in pieces of at most @piece bytes. Returns: (transfer full): the answer */
static char *
ask (EngineFixture *fixture, const char *text, gsize piece)
{
  g_autoptr (GIOStream) stream = connect_to (fixture);

  for (gsize at = 0, length = strlen (text); at < length; at += piece)
    write_all (stream, text + at, MIN (piece, length - at));
  return read_all (stream);
}

static char *
with_token (EngineFixture *fixture, const char *first, const char *rest)
{
  return g_strdup_printf ("%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s", first, fixture->token,
                          rest);
}

static void
test_passes (EngineFixture *fixture, gconstpointer data)
{
  static const char body[] = "Content-Length: 15\r\nConnection: close\r\n\r\n{\"name\":\"B202\"}";
  g_autofree char *one = with_token (fixture, "POST /v1/rooms", body);
  g_autofree char *two = with_token (fixture, "GET /v1/rooms", "Connection: close\r\n\r\n");
  g_autofree char *first = ask (fixture, one, G_MAXSIZE);
  g_autofree char *second = ask (fixture, two, 1);

  g_assert_true (g_str_has_prefix (first, "HTTP/1.1 201 ") || g_str_has_prefix (first, "HTTP/1.1 200 "));
  g_assert_true (g_str_has_prefix (second, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (second, "B202"));
}

static void
test_refuses (EngineFixture *fixture, gconstpointer data)
{
  static const char *const headers[] = { "Transfer-Encoding: gzip\r\n\r\n", "Content-Length: x\r\n\r\n",
                                         "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "A: b\r\n c\r\n\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *text = with_token (fixture, "GET /v1", headers[i]);
    g_autofree char *answer = ask (fixture, text, i % 2 == 0 ? G_MAXSIZE : 7);

    g_assert_true (g_str_has_prefix (answer, "HTTP/1.0 400 "));
  }
}

/* A head of any length is not waited for, and not kept. */
static void
test_too_long (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strnfill (SC_API_HEAD_MAX, 'a');
  g_autofree char *text = g_strconcat ("GET /", path, NULL);
  g_autofree char *answer = ask (fixture, text, G_MAXSIZE);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.0 400 "));
}

/* The head of a second request is looked at by nobody, so there must be none. */
static void
test_one_request (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *one = with_token (fixture, "GET /v1", "\r\n");
  g_autofree char *two = g_strconcat (one, one, NULL);
  g_autofree char *answer = ask (fixture, two, G_MAXSIZE);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  g_assert_null (strstr (answer + 1, "HTTP/1.1"));
}

static void
add (const char *path, void (*test) (EngineFixture *fixture, gconstpointer data))
{
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, test, engine_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api-head/sound", test_sound);
  g_test_add_func ("/api-head/unsound", test_unsound);
  g_test_add_func ("/api-head/end", test_end);
  add ("/api-head/passes", test_passes);
  add ("/api-head/refuses", test_refuses);
  add ("/api-head/too-long", test_too_long);
  add ("/api-head/one-request", test_one_request);
  return g_test_run ();
}
