/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-fixture.h"

#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/store/sc-publish.h"
#include "tests/unit/hasty-clients.h"

#include <glib/gstdio.h>
#include <string.h>

#define IMAGE_BYTES (5 * 65536 + 100)

void
engine_response_clear (EngineResponse *response)
{
  g_clear_pointer (&response->content_type, g_free);
  g_clear_pointer (&response->headers, soup_message_headers_unref);
  g_clear_pointer (&response->body, g_bytes_unref);
  g_clear_error (&response->error);
}

void
engine_fixture_write (EngineFixture *fixture, const char *name, const void *bytes, gsize length)
{
  g_autofree char *path = g_build_filename (fixture->repository, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
publish (EngineFixture *fixture, const char *note)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPublishResult) result =
      sc_publish (fixture->parts.store, fixture->repository, "staff", note, g_get_real_time (), NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
}

static void
publish_two_versions (EngineFixture *fixture)
{
  g_autofree guint8 *image = g_malloc (IMAGE_BYTES);

  for (gsize i = 0; i < IMAGE_BYTES; i++)
    image[i] = (guint8) ((i * 2654435761u) >> 13 ^ i >> 16);
  engine_fixture_write (fixture, "debian/disk.vmdk", image, IMAGE_BYTES);
  engine_fixture_write (fixture, "debian/debian.vmx", "memsize = 1024\n", 15);
  engine_fixture_write (fixture, "old/old.vmx", "memsize = 1\n", 12);
  publish (fixture, "first");

  image[70000] ^= 1;
  engine_fixture_write (fixture, "debian/disk.vmdk", image, IMAGE_BYTES);
  engine_fixture_write (fixture, "new/new.vmx", "memsize = 2\n", 12);
  {
    g_autofree char *file = g_build_filename (fixture->repository, "old", "old.vmx", NULL);
    g_autofree char *directory = g_build_filename (fixture->repository, "old", NULL);

    g_assert_cmpint (g_unlink (file), ==, 0);
    g_assert_cmpint (g_rmdir (directory), ==, 0);
  }
  publish (fixture, "second – with ünïcode");
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static void
remember_seat (ScCatalog *catalog)
{
  g_autoptr (ScInventory) inventory = sc_inventory_new ();
  g_autoptr (GError) error = NULL;
  ScChunkId id;
  ScCatalogSession session = { .version = 1,
                               .room = (char *) FIXTURE_ROOM,
                               .state = SC_SESSION_DONE,
                               .error = (char *) "",
                               .created = g_get_real_time (),
                               .ended = g_get_real_time () };
  g_autoptr (ScNeeds) needs = sc_needs_new ();
  ScCatalogSessionSeat seat = {
    .seat = (char *) FIXTURE_SEAT, .state = SC_TRANSFER_DONE, .reason = (char *) "", .needs = needs
  };
  g_autoptr (ScVerified) verified = sc_verified_new ();

  set_text (&inventory->seat, FIXTURE_SEAT);
  set_text (&inventory->name, FIXTURE_SEAT_NAME);
  set_text (&inventory->room, FIXTURE_ROOM);
  inventory->version = 1;
  sc_chunk_id_of (&id, "x", 1);
  sc_inventory_add_template (inventory, "debian", &id, 1, SC_TEMPLATE_CURRENT)->busy = TRUE;
  g_array_append_vals (inventory->back, (guint64[]){ 1 }, 1);
  g_ptr_array_add (needs->busy, g_strdup ("debian"));
  sc_verified_add_file (verified, "debian", "disks/a.vmdk", FALSE, 3);
  sc_catalog_save_inventory (catalog, inventory, g_get_real_time (), &error);
  g_assert_no_error (error);
  sc_catalog_assign_version (catalog, FIXTURE_SEAT, 2, &error);
  g_assert_no_error (error);
  sc_catalog_add_session (catalog, &session, &error);
  g_assert_no_error (error);
  sc_catalog_save_session_seat (catalog, session.id, &seat, &error);
  g_assert_no_error (error);
  sc_catalog_save_verified (catalog, FIXTURE_SEAT, verified, g_get_real_time (), &error);
  g_assert_no_error (error);
}

static gboolean
accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return sc_connection_accepts (((EngineFixture *) data)->connection, certificate);
}

/* Versions and orders are signed. */
static void
open_trust (EngineFixture *fixture)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (names, (gpointer) "localhost");
  g_ptr_array_add (names, (gpointer) "127.0.0.1");
  fixture->authority = fixture->parts.authority =
      sc_authority_open (fixture->directory, names, g_get_real_time () / G_TIME_SPAN_SECOND, &error);
  g_assert_no_error (error);
  fixture->parts.trust = sc_trust_new (fixture->parts.authority, fixture->parts.store, fixture->parts.sessions, &error);
  g_assert_no_error (error);
}

static void
remember_connection (EngineFixture *fixture)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", fixture->port);

  g_clear_pointer (&fixture->connection, sc_connection_free);
  fixture->connection =
      sc_connection_new (url, fixture->token, sc_authority_get_fingerprint (fixture->parts.authority));
}

static void
on_trust_changed (gpointer data)
{
  EngineFixture *fixture = data;

  sc_api_show_certificate (fixture->api);
  remember_connection (fixture);
}

void
engine_fixture_set_up (EngineFixture *fixture, gconstpointer data)
{
  static ScSessionsConfig config = { .group = (char *) "239.192.77.0",
                                     .port = 28471,
                                     .interface_address = (char *) "127.0.0.1",
                                     .rate_cap = 10 * 1000 * 1000,
                                     .mtu = 1500 };
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("seatcast-engine-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->repository = g_dir_make_tmp ("seatcast-repository-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->parts.store = sc_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->parts.manifests = sc_manifest_cache_new (fixture->parts.store, 1024 * 1024);
  fixture->parts.contents = sc_version_contents_new (fixture->parts.store, fixture->parts.manifests, 1024 * 1024);
  fixture->parts.catalog = sc_catalog_open (fixture->directory, &error);
  g_assert_no_error (error);
  publish_two_versions (fixture);
  remember_seat (fixture->parts.catalog);

  fixture->parts.hub = sc_seat_hub_new (fixture->parts.catalog);
  fixture->parts.sessions = sc_sessions_new (fixture->parts.store, fixture->parts.catalog, fixture->parts.hub, &config);
  open_trust (fixture);
  fixture->parts.scheduler =
      sc_scheduler_new (fixture->parts.store, fixture->parts.catalog, fixture->parts.hub, fixture->parts.sessions);
  fixture->parts.operations = sc_operations_new ();
  fixture->parts.events = sc_events_new ();
  fixture->parts.activity = sc_activity_new (fixture->parts.catalog, fixture->parts.sessions, fixture->parts.operations,
                                             fixture->parts.events);
  fixture->parts.seat_log = sc_seat_log_new (fixture->parts.catalog, fixture->parts.hub, fixture->parts.sessions);
  fixture->parts.staff = sc_staff_new (fixture->parts.catalog);
  fixture->parts.enrolments = sc_enrolments_new (fixture->parts.catalog, fixture->parts.authority);
  sc_staff_set_cost (fixture->parts.staff, 4);
  fixture->parts.name = "console";
  fixture->parts.directory = fixture->directory;
  fixture->token = sc_token_new ();
  expect_hasty_clients ();
  fixture->api = sc_api_new (&fixture->parts, fixture->token);
  fixture->port = sc_api_listen (fixture->api, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  fixture->client = soup_session_new ();
  remember_connection (fixture);
  sc_trust_set_changed (fixture->parts.trust, on_trust_changed, fixture);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data)
{
  soup_session_abort (fixture->client);
  g_clear_object (&fixture->client);
  sc_api_free (fixture->api);
  sc_operations_stop (fixture->parts.operations);
  sc_staff_stop (fixture->parts.staff);
  g_clear_object (&fixture->parts.staff);
  sc_enrolments_free (fixture->parts.enrolments);
  sc_activity_free (fixture->parts.activity);
  sc_seat_log_free (fixture->parts.seat_log);
  g_clear_object (&fixture->parts.operations);
  g_clear_object (&fixture->parts.scheduler);
  g_clear_object (&fixture->parts.sessions);
  g_clear_object (&fixture->parts.hub);
  sc_events_free (fixture->parts.events);
  sc_catalog_close (fixture->parts.catalog);
  sc_version_contents_free (fixture->parts.contents);
  sc_manifest_cache_free (fixture->parts.manifests);
  sc_store_close (fixture->parts.store);
  sc_trust_free (fixture->parts.trust);
  sc_authority_close (fixture->parts.authority);
  sc_connection_free (fixture->connection);
  g_clear_object (&fixture->seat_certificate);
  g_clear_object (&fixture->cache_certificate);
  g_free (fixture->token);
  remove_tree (fixture->directory);
  remove_tree (fixture->repository);
  g_free (fixture->directory);
  g_free (fixture->repository);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

SoupMessage *
engine_fixture_message_of (EngineFixture *fixture, GTlsCertificate *certificate, const char *method, const char *path)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u%s", fixture->port, path);
  SoupMessage *message = soup_message_new (method, url);

  g_assert_nonnull (message);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate), fixture);
  if (certificate != NULL)
    soup_message_set_tls_client_certificate (message, certificate);
  return message;
}

GTlsCertificate *
engine_fixture_certify (EngineFixture *fixture, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (ScCatalogCertificate) row = g_new0 (ScCatalogCertificate, 1);
  g_autoptr (ScCertificate) certificate = NULL;
  GTlsCertificate *tls = NULL;

  g_assert_no_error (error);
  row->seat = g_strdup (seat);
  row->authority = g_strdup (sc_authority_get_fingerprint (fixture->authority));
  row->issued = now;
  row->certificate = sc_authority_issue_seat (fixture->authority, request, seat, now, row->key_id, &row->ends, &error);
  g_assert_no_error (error);
  g_assert_true (sc_catalog_save_certificate (fixture->parts.catalog, row, &error));
  certificate = sc_certificate_parse (row->certificate, strlen (row->certificate), &error);
  g_assert_no_error (error);
  tls = sc_certificate_to_tls (certificate, key, sc_authority_get_certificate (fixture->authority), &error);
  g_assert_no_error (error);
  return tls;
}

GTlsCertificate *
engine_fixture_certify_cache (EngineFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) asked = json_pack ("{s:s, s:[s], s:s}", "name", name, "names", "127.0.0.1", "request", request);
  g_autofree char *body = sc_json_to_text (asked);
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", "/v1/caches", body, 201);
  const char *pem = json_string_value (json_object_get (answer, "certificate"));
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (pem, strlen (pem), &error);
  GTlsCertificate *tls = NULL;

  g_assert_no_error (error);
  tls = sc_certificate_to_tls (certificate, key, sc_authority_get_certificate (fixture->authority), &error);
  g_assert_no_error (error);
  return tls;
}

static ScRole
find_role (const char *method, const char *path)
{
  char *arguments[SC_API_MAX_ARGUMENTS] = { NULL };
  g_auto (GStrv) parts = g_strsplit (path, "?", 2);
  gboolean path_known = FALSE;
  const ScApiRoute *route = sc_api_find_route (method, parts[0], arguments, &path_known);

  for (guint i = 0; i < SC_API_MAX_ARGUMENTS; i++)
    g_free (arguments[i]);
  return route != NULL ? route->role : SC_ROLE_NONE;
}

SoupMessage *
engine_fixture_message (EngineFixture *fixture, const char *method, const char *path)
{
  g_autofree char *authorization = g_strdup_printf ("Bearer %s", fixture->token);
  SoupMessage *message = NULL;

  if (find_role (method, path) == SC_ROLE_CACHE) {
    if (fixture->cache_certificate == NULL)
      fixture->cache_certificate = engine_fixture_certify_cache (fixture, "cache");
    return engine_fixture_message_of (fixture, fixture->cache_certificate, method, path);
  }
  if (find_role (method, path) == SC_ROLE_SEAT) {
    if (fixture->seat_certificate == NULL)
      fixture->seat_certificate = engine_fixture_certify (fixture, FIXTURE_SEAT);
    return engine_fixture_message_of (fixture, fixture->seat_certificate, method, path);
  }
  message = engine_fixture_message_of (fixture, NULL, method, path);
  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", authorization);
  return message;
}

typedef struct {
  gboolean done;
  GBytes *body;
  SoupWebsocketConnection *connection;
  GError *error;
} Wait;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &wait->error);
  wait->done = TRUE;
}

void
engine_fixture_send (EngineFixture *fixture, SoupMessage *message, EngineResponse *response)
{
  Wait wait = { 0 };

  soup_session_send_and_read_async (fixture->client, message, G_PRIORITY_DEFAULT, NULL, on_answer, &wait);
  while (!wait.done)
    g_main_context_iteration (NULL, TRUE);
  engine_response_clear (response);
  response->status = soup_message_get_status (message);
  response->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  response->content_type = g_strdup (soup_message_headers_get_content_type (response->headers, NULL));
  response->body = wait.body;
  response->error = wait.error;
}

char *
engine_fixture_publish_body (const char *directory, const char *note)
{
  g_autoptr (ScJson) json = json_pack ("{s:s, s:s}", "directory", directory, "note", note);
  char *text = json_dumps (json, 0);
  char *body = g_strdup (text);

  free (text);
  return body;
}

static ScJson *
send_json (EngineFixture *fixture, SoupMessage *message, const char *body, guint status)
{
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (GError) error = NULL;
  ScJson *json = NULL;

  if (body != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  }
  engine_fixture_send (fixture, message, &response);
  g_assert_no_error (response.error);
  json =
      sc_json_parse_object (g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body), 1 << 24, &error);
  g_assert_no_error (error);
  if (response.status != status)
    g_test_message ("%s %s: %.*s", soup_message_get_method (message), g_uri_get_path (soup_message_get_uri (message)),
                    (int) g_bytes_get_size (response.body), (const char *) g_bytes_get_data (response.body, NULL));
  g_assert_cmpuint (response.status, ==, status);
  return json;
}

ScJson *
engine_fixture_json (EngineFixture *fixture, const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (SoupMessage) message = engine_fixture_message (fixture, method, path);

  return send_json (fixture, message, body, status);
}

ScJson *
engine_fixture_json_of (EngineFixture *fixture, GTlsCertificate *certificate, const char *method, const char *path,
                        const char *body, guint status)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, certificate, method, path);

  return send_json (fixture, message, body, status);
}

ScJson *
engine_fixture_finish (EngineFixture *fixture, ScJson *operation)
{
  g_autofree char *path =
      g_strdup_printf ("/v1/operations/%lld", json_integer_value (json_object_get (operation, "id")));
  ScJson *current = json_incref (operation);

  while (g_str_equal (json_string_value (json_object_get (current, "state")), "running")) {
    json_decref (current);
    current = engine_fixture_json (fixture, "GET", path, NULL, 200);
  }
  return current;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &wait->error);
  wait->done = TRUE;
}

static SoupWebsocketConnection *
connect_by (EngineFixture *fixture, SoupMessage *message, GError **error)
{
  Wait wait = { 0 };

  soup_session_websocket_connect_async (fixture->client, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_connected,
                                        &wait);
  while (!wait.done)
    g_main_context_iteration (NULL, TRUE);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
  return wait.connection;
}

SoupWebsocketConnection *
engine_fixture_connect (EngineFixture *fixture, const char *path, gboolean known, GError **error)
{
  g_autoptr (SoupMessage) message =
      known ? engine_fixture_message (fixture, "GET", path) : engine_fixture_message_of (fixture, NULL, "GET", path);

  return connect_by (fixture, message, error);
}

SoupWebsocketConnection *
engine_fixture_connect_of (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, GError **error)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, certificate, "GET", path);

  return connect_by (fixture, message, error);
}

ScControlMessage *
engine_fixture_make_inventory (void)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_INVENTORY, 0);

  message->inventory = sc_inventory_new ();
  set_text (&message->inventory->seat, FIXTURE_SEAT);
  set_text (&message->inventory->name, FIXTURE_SEAT_NAME);
  set_text (&message->inventory->room, FIXTURE_ROOM);
  set_text (&message->inventory->os, "Debian");
  set_text (&message->inventory->service_version, "0.1.0");
  set_text (&message->inventory->address, "127.0.0.1");
  message->inventory->total_bytes = 1 << 30;
  message->inventory->free_bytes = 1 << 29;
  return message;
}

void
engine_fixture_say (SoupWebsocketConnection *seat, const ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);

  soup_websocket_connection_send_text (seat, text);
}

void
engine_fixture_answer_listen (SoupWebsocketConnection *seat, const ScControlMessage *listen)
{
  g_autoptr (ScControlMessage) listening = sc_control_message_new (SC_CONTROL_LISTENING, listen->session);
  g_autoptr (ScControlMessage) heard = sc_control_message_new (SC_CONTROL_HEARD, listen->session);
  gsize length = ((gsize) listen->listen.manifests->len + 7) / 8;

  listening->listening.lacks = g_bytes_new_take (g_malloc0 (length), length);
  heard->heard.payload = SC_CAST_SYMBOL_SIZE; /* the fixture's MTU probes no larger ones */
  if (soup_websocket_connection_get_state (seat) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  engine_fixture_say (seat, listening);
  engine_fixture_say (seat, heard);
}

SoupWebsocketConnection *
engine_fixture_connect_seat (EngineFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *seat = engine_fixture_connect (fixture, "/v1/seat", TRUE, &error);
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();

  g_assert_no_error (error);
  engine_fixture_say (seat, message);
  while (!sc_seat_hub_is_online (fixture->parts.hub, FIXTURE_SEAT))
    g_main_context_iteration (NULL, TRUE);
  return seat;
}

char *
engine_text_of (const ScJson *object, const char *key)
{
  return g_strdup (json_string_value (json_object_get (object, key)));
}
