/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-service.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>

#define LATER (SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD)

static void
serve (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ScTestService *f = user_data;
  GBytes *bytes = g_hash_table_lookup (f->manifests, path);
  gsize length;

  f->n_requests++;
  if (bytes == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  const char *data = g_bytes_get_data (bytes, &length);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, data, length);
}

void
sc_test_service_say (ScTestService *f, ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);

  soup_websocket_connection_send_text (f->socket, text);
  sc_control_message_free (message);
}

void
sc_test_service_tell_policy (ScTestService *f, gboolean fetch)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_POLICY, 0);

  message->policy.fetch = fetch;
  message->policy.cache = g_strdup ("");
  sc_test_service_say (f, message);
}

static void
welcome (ScTestService *f)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_WELCOME, 0);

  message->welcome.protocol = SC_CONTROL_PROTOCOL;
  message->welcome.console = g_strdup ("console");
  sc_test_service_say (f, message);
  sc_test_service_tell_policy (f, TRUE);
}

static void
on_text (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer user_data)
{
  ScTestService *f = user_data;
  g_autoptr (GError) error = NULL;
  ScControlMessage *message =
      sc_control_message_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  g_queue_push_tail (&f->received, message);
}

static void
on_accepted (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket,
             gpointer user_data)
{
  ScTestService *f = user_data;

  g_set_object (&f->socket, socket);
  g_signal_connect (socket, "message", G_CALLBACK (on_text), f);
  if (!f->mute)
    welcome (f);
}

static void
publish (ScTestService *f, const ScChunkId *id, GBytes *bytes)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  g_hash_table_replace (f->manifests, g_strconcat ("/v1/manifests/", hex, NULL), g_bytes_ref (bytes));
}

void
sc_test_service_publish_version (ScTestService *f, TestVersion *version)
{
  publish (f, sc_version_manifest_get_id (version->manifest), sc_version_manifest_get_bytes (version->manifest));
  for (guint i = 0; i < version->manifests->len; i++) {
    ScTemplateManifest *template = version->manifests->pdata[i];

    publish (f, sc_template_manifest_get_id (template), sc_template_manifest_get_bytes (template));
  }
}

/* Two templates; the second version's chunks are those of the first in another order, so nothing has to come. */
TestVersion *
sc_test_service_make_version (guint64 number, const char *debian, const char *windows)
{
  TestVersion *version = test_version_new (number);

  test_version_add (version, "debian", "disk.vmdk", test_content (debian));
  test_version_add (version, "windows", "disk.vmdk", test_content (windows));
  test_version_seal (version);
  return version;
}

static char *
path_of (ScTestService *f, const char *template_name)
{
  return g_build_filename (f->repository, template_name, "disk.vmdk", NULL);
}

/* As an import would have left it: the seat knows nothing of it. */
static void
lay_files (ScTestService *f, const TestVersion *version)
{
  for (guint i = 0; i < version->files->len; i++) {
    const TestFile *file = version->files->pdata[i];
    g_autofree char *path = path_of (f, file->template);
    g_autofree char *directory = g_path_get_dirname (path);
    gsize length;
    const char *data = g_bytes_get_data (file->data, &length);

    g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
    g_assert_true (g_file_set_contents (path, data, (gssize) length, NULL));
  }
}

void
sc_test_service_assert_file (ScTestService *f, const TestVersion *version, const char *template_name)
{
  g_autofree char *path = path_of (f, template_name);
  const TestFile *file = test_version_find (version, template_name, "disk.vmdk");
  g_autofree char *data = NULL;
  gsize length, expected_length;
  const char *expected = g_bytes_get_data (file->data, &expected_length);

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, length, expected, expected_length);
}

void
sc_test_service_assert_held (ScTestService *f, ScDiskFile *held, const TestVersion *version, const char *template_name)
{
  const TestFile *file = test_version_find (version, template_name, "disk.vmdk");
  gsize length;
  const char *expected = g_bytes_get_data (file->data, &length);
  g_autofree char *data = g_malloc (length);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;

  sc_disk_file_info (held, &info, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info.size, ==, length);
  sc_disk_file_read_at (held, 0, data, length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, length, expected, length);
}

void
sc_test_service_start (ScTestService *f)
{
  g_clear_pointer (&f->identity, sc_seat_identity_free);
  f->identity = sc_test_console_enrol (&f->console, f->state);
  const ScServiceConfig config = { .repository = f->repository,
                                   .state_directory = f->state,
                                   .connection = f->console.connection,
                                   .identity = f->identity,
                                   .name = "pc-07",
                                   .reserve = 0,
                                   .undo_budget = f->undo_budget,
                                   .accept_volume = f->accept_volume };
  g_autoptr (GError) error = NULL;

  f->service = sc_service_new (&config, &error);
  g_assert_no_error (error);
  f->now = g_get_monotonic_time ();
  if (f->volumes != NULL) {
    sc_seat_volumes_free (f->service->volumes);
    f->service->volumes = g_steal_pointer (&f->volumes);
  }
  sc_service_start (f->service);
}

static gboolean
set_done (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
sc_test_service_quit (ScTestService *f)
{
  gboolean stopped = FALSE;

  sc_service_quit (f->service, set_done, &stopped);
  sc_test_run_until (&stopped);
  g_clear_pointer (&f->service, sc_service_free);
  g_clear_pointer (&f->identity, sc_seat_identity_free);
  g_clear_object (&f->socket);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
}

void
sc_test_service_set_up (ScTestService *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sc_test_console_init (&f->console);
  soup_server_add_handler (f->console.server, "/v1/manifests", serve, f, NULL);
  soup_server_add_websocket_handler (f->console.server, "/v1/seat", NULL, NULL, on_accepted, f, NULL);
  g_queue_init (&f->received);
  f->undo_budget = SC_APPLY_DEFAULT;
  f->accept_volume = SC_VOLUME_ALL_TRAITS; /* wherever the tests' directories are */
  f->manifests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  f->root = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->repository = g_build_filename (f->root, "repository", NULL);
  f->state = g_build_filename (f->root, "state", NULL);
  g_assert_cmpint (g_mkdir (f->repository, 0755), ==, 0);
  f->first = sc_test_service_make_version (1, "abcd", "efgh");
  f->second = sc_test_service_make_version (2, "dcba", "hgfe");
  sc_test_service_publish_version (f, f->first);
  sc_test_service_publish_version (f, f->second);
  lay_files (f, f->first);
}

void
sc_test_service_tear_down (ScTestService *f, gconstpointer data)
{
  if (f->service != NULL)
    sc_test_service_quit (f);
  g_clear_object (&f->socket);
  sc_test_console_clear (&f->console);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  g_hash_table_unref (f->manifests);
  test_version_free (f->first);
  test_version_free (f->second);
  sc_test_remove_tree (f->root);
  g_free (f->root);
  g_free (f->repository);
  g_free (f->state);
}

/* (transfer full): the next message of this type; those before it are dropped. */
ScControlMessage *
sc_test_service_wait_for (ScTestService *f, ScControlType type)
{
  for (;;) {
    ScControlMessage *message = g_queue_pop_head (&f->received);

    if (message == NULL) {
      g_main_context_iteration (NULL, TRUE);
      continue;
    }
    if (message->type == type)
      return message;
    sc_control_message_free (message);
  }
}

void
sc_test_service_wait_for_inventory (ScTestService *f)
{
  sc_control_message_free (sc_test_service_wait_for (f, SC_CONTROL_INVENTORY));
}

ScControlMessage *
sc_test_service_make_order (ScTestService *f, ScControlType type, guint64 session, const TestVersion *version)
{
  const ScPrivateKey *key = f->console.authority->signing_key;
  ScControlMessage *message = sc_control_message_new (type, session);
  const ScChunkId *manifest = sc_version_manifest_get_id (version->manifest);

  message->version.version = version->number;
  message->version.manifest = *manifest;
  message->version.order = ++f->last_order;
  message->version.hooks = g_strdup (f->hooks);
  sc_signature_of_version (key, version->number, manifest, &message->version.signature);
  sc_signature_of_order (key, TEST_AUTHORITY_SEAT, message->version.order, version->number, manifest,
                         message->version.hooks, &message->version.order_signature);
  return message;
}

void
sc_test_service_order (ScTestService *f, ScControlType type, guint64 session, const TestVersion *version)
{
  sc_test_service_say (f, sc_test_service_make_order (f, type, session, version));
}

void
sc_test_service_assert_done (ScTestService *f, guint64 session, guint64 version, const char *busy)
{
  g_autoptr (ScControlMessage) done = sc_test_service_wait_for (f, SC_CONTROL_DONE);

  g_assert_cmpuint (done->session, ==, session);
  g_assert_cmpuint (done->done.version, ==, version);
  g_assert_cmpuint (done->done.busy->len, ==, busy != NULL ? 1 : 0);
  if (busy != NULL)
    g_assert_cmpstr (done->done.busy->pdata[0], ==, busy);
}

void
sc_test_service_bring_to (ScTestService *f, guint64 session, const TestVersion *version)
{
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, session, version);
  sc_test_service_assert_done (f, session, version->number, NULL);
}

void
sc_test_service_assert_pending (ScTestService *f, guint64 expected)
{
  guint64 session, version;
  ScChunkId manifest;

  sc_seat_state_get_pending (f->service->state, &session, &version, &manifest);
  g_assert_cmpuint (version, ==, expected);
}

void
sc_test_service_run_until_idle (ScTestService *f)
{
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_IDLE || f->service->back_running ||
         f->service->looking_at_volumes)
    g_main_context_iteration (NULL, TRUE);
}

/* What the service does by itself is due. */
void
sc_test_service_pass_time (ScTestService *f)
{
  f->now += LATER + SC_SEAT_RETRY_TIME;
  sc_seat_core_tick (f->service->core, f->now);
  sc_service_pump (f->service);
}

ScDiskFile *
sc_test_service_hold (ScTestService *f, const char *template_name)
{
  g_autofree char *path = g_strconcat (template_name, "/disk.vmdk", NULL);
  g_autoptr (GError) error = NULL;
  ScDiskFile *file = sc_disk_open (f->service->disk, path, SC_DISK_READ | SC_DISK_EXCLUSIVE, &error);

  g_assert_no_error (error);
  return file;
}
