/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-gate.h"
#include "console/engine/api/sc-api-listener.h"
#include "console/engine/api/sc-api-routes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/engine/engine-seat.h"

#include <stdlib.h>
#include <string.h>

/*
 * The input: a byte for who asks, then a request as on the wire, but with "\n" for the ends of lines and "METHOD PATH"
 * alone as its first. What every request has is added: who asks, the host, the body's length. It goes to a real API in
 * front of a real store, by a stream in memory. What earlier requests did is there until the whole is made anew.
 */

#define RUNS_AN_ENGINE 2000
#define MAX_LINE 16384u
#define PASSWORD "a long password of nobody"
#define SCRYPT_COST 4u /* log2: this is no test of how slow it is */

typedef enum {
  WHO_LOCAL,
  WHO_NOBODY,
  WHO_STRANGER, /* with a token that is none */
  WHO_RAW,      /* the bytes go as they are */
  WHO_SEAT,
  WHO_VIEWER,
  WHO_OPERATOR,
  N_WHO,
} Who;

static EngineFixture fixture;
static EngineSeat *seat;
static char *viewer, *operator; /* their tokens */
static SoupServer *server;
static int n_runs;

static void
tear_down (void)
{
  g_clear_object (&server);
  g_clear_pointer (&seat, engine_seat_free);
  g_clear_pointer (&viewer, g_free);
  g_clear_pointer (&operator, g_free);
  engine_fixture_tear_down (&fixture, NULL);
  memset (&fixture, 0, sizeof fixture);
}

static gboolean
on_first_request (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  server = g_value_dup_object (&values[0]);
  return FALSE; /* that was all */
}

/* An administrator may publish any directory of the machine: here only what is there for it. */
static void
on_request_read (SoupServer *of, SoupServerMessage *message, gpointer data)
{
  const ScApiRequest *request = sc_api_request_of (message);
  g_autoptr (ScJson) body = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *beneath = g_strconcat (fixture.repository, "/", NULL);
  const char *named;

  if (request == NULL || request->route == NULL || request->route->handle != sc_api_publish)
    return;
  body = sc_json_parse_object ((const char *) request->body->data, request->body->len, 64u * 1024, NULL);
  named = body != NULL ? sc_json_get_optional_string (body, "directory", 4096) : NULL;
  if (named == NULL || !g_path_is_absolute (named))
    return;
  directory = g_canonicalize_filename (named, "/");
  if (!g_str_equal (directory, fixture.repository) && !g_str_has_prefix (directory, beneath))
    soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
}

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

/* (transfer full): the token of a user who is made and signed in */
static char *
sign_in (const char *name, const char *role)
{
  g_autofree char *user =
      g_strdup_printf ("{\"name\":\"%s\",\"role\":\"%s\",\"password\":\"" PASSWORD "\"}", name, role);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"" PASSWORD "\"}", name);
  g_autoptr (ScJson) answer = NULL;

  json_decref (engine_fixture_json (&fixture, "POST", "/v1/users", user, 201));
  answer = engine_fixture_json (&fixture, "POST", "/v1/sign-in", body, 200);
  return engine_text_of (answer, "token");
}

static void
enrol_seat (void)
{
  g_autofree char *token = engine_make_token (&fixture, "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":3,\"hours\":24}");
  g_autoptr (ScJson) answer = NULL;

  seat = engine_seat_new (token, "pc-2", "52:54:00:00:00:02");
  answer = engine_fixture_json_of (&fixture, NULL, "POST", "/v1/enrol", seat->body, 200);
  engine_seat_take_certificate (&fixture, seat, answer);
  engine_assign (&fixture, seat->seat, 2);
}

static void
set_up (void)
{
  guint signal;

  g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO, be_silent, NULL);
  engine_fixture_set_up (&fixture, NULL);
  /* everything takes longer with sanitizers, on a machine that does other things */
  sc_api_set_limits (fixture.api, 256, 600, 600);
  sc_staff_set_cost (fixture.parts.staff, SCRYPT_COST);
  enrol_seat ();
  viewer = sign_in ("vera", "viewer");
  operator= sign_in ("olga", "operator");
  /* the API keeps its server to itself: the first request tells which it is */
  signal = g_signal_lookup ("request-started", SOUP_TYPE_SERVER);
  g_signal_add_emission_hook (signal, 0, on_first_request, NULL, NULL);
  json_decref (engine_fixture_json (&fixture, "GET", "/v1", NULL, 200));
  g_assert_nonnull (server);
  g_signal_connect (server, "request-read", G_CALLBACK (on_request_read), NULL);
}

/* Whether a header of the request has this name. */
static gboolean
has_header (const char *headers, const char *name)
{
  g_autofree char *start = g_strconcat ("\n", name, ":", NULL);
  g_autofree char *all = g_strconcat ("\n", headers, NULL);

  return strcasestr (all, start) != NULL;
}

static void
append_head (GString *text, Who who, const char *first, const char *headers, gsize body_length)
{
  const char *const tokens[N_WHO] = { [WHO_LOCAL] = fixture.token,
                                      [WHO_STRANGER] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                      [WHO_VIEWER] = viewer,
                                      [WHO_OPERATOR] = operator};
  g_auto (GStrv) lines = g_strsplit (headers, "\n", -1);

  g_string_append_printf (text, "%s HTTP/1.1\r\n", first);
  if (!has_header (headers, "Host"))
    g_string_append (text, "Host: localhost\r\n");
  if (tokens[who] != NULL)
    g_string_append_printf (text, "Authorization: Bearer %s\r\n", tokens[who]);
  if (!has_header (headers, "Upgrade")) {
    g_string_append (text, "Connection: close\r\n");
    if (!has_header (headers, "Transfer-Encoding"))
      g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", body_length);
  }
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      g_string_append_printf (text, "%s\r\n", *line);
  g_string_append (text, "\r\n");
}

/* (transfer full) */
static GBytes *
write_request (Who who, const char *data, gsize size)
{
  const char *empty = g_strstr_len (data, (gssize) size, "\n\n");
  gsize head_length = MIN (empty != NULL ? (gsize) (empty - data) : size, MAX_LINE);
  const char *body = empty != NULL ? empty + 2 : data + size;
  gsize body_length = (gsize) (data + size - body);
  g_autofree char *head = g_strndup (data, head_length);
  char *end = strchr (head, '\n');
  GString *text = g_string_new (NULL);

  if (end != NULL)
    *end = '\0';
  append_head (text, who, head, end != NULL ? end + 1 : "", body_length);
  g_string_append_len (text, body, (gssize) body_length);
  return g_string_free_to_bytes (text);
}

static GSocketAddress *
address_new (guint port)
{
  return g_inet_socket_address_new_from_string ("127.0.0.1", port);
}

static void
serve (GBytes *request, GTlsCertificate *certificate)
{
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (request);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  g_autoptr (ScApiGate) gate = sc_api_gate_new (stream, NULL);
  g_autoptr (GSocketAddress) local = address_new (fixture.port);
  g_autoptr (GSocketAddress) remote = address_new (40000);
  g_autoptr (GError) error = NULL;

  sc_api_listener_keep_peer (remote, certificate);
  g_assert_true (soup_server_accept_iostream (server, G_IO_STREAM (gate), local, remote, &error));
  g_assert_no_error (error);
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) request = NULL;
  Who who;

  if (size < 1)
    return 0;
  if (n_runs++ % RUNS_AN_ENGINE == 0) {
    if (fixture.api != NULL)
      tear_down ();
    set_up ();
    /* after what OpenSSL registers when it is first used, so that threads which use it have ended when it goes */
    if (n_runs == 1)
      atexit (tear_down);
  }
  who = data[0] % N_WHO;
  if (who == WHO_RAW)
    request = g_bytes_new (data + 1, size - 1);
  else
    request = write_request (who, (const char *) data + 1, size - 1);
  serve (request, who == WHO_SEAT ? seat->tls : NULL);
  return 0;
}
