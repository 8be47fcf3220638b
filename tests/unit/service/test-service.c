/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole seat against a console of which the test says what it does: real disk, real connection. What takes time in
 * real life is brought about by ticks with a later time. */
#include "common/sc-error.h"
#include "sc-test-console.h"
#include "service/sc-service-private.h"
#include "tests/unit/apply/test-version.h"

#include <glib/gstdio.h>

#define LATER (SC_SEAT_RESUME_TIME + SC_SEAT_RESUME_SPREAD)

typedef struct {
  ScTestConsole console;
  SoupWebsocketConnection *socket; /* the console's end of the newest connection */
  gboolean mute;                   /* the console accepts connections and says nothing */
  GQueue received;                 /* ScControlMessage */
  GHashTable *manifests;           /* path → GBytes */
  guint n_requests;
  char *root, *repository, *state;
  ScService *service;
  gint64 now; /* as the service's core is told */
  TestVersion *first, *second;
} Fixture;

static void
serve (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;
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

static void
say (Fixture *f, ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);

  soup_websocket_connection_send_text (f->socket, text);
  sc_control_message_free (message);
}

static void
welcome (Fixture *f)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_WELCOME, 0);

  message->welcome.protocol = SC_CONTROL_PROTOCOL;
  message->welcome.console = g_strdup ("console");
  say (f, message);
}

static void
on_text (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer user_data)
{
  Fixture *f = user_data;
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
  Fixture *f = user_data;

  g_set_object (&f->socket, socket);
  g_signal_connect (socket, "message", G_CALLBACK (on_text), f);
  if (!f->mute)
    welcome (f);
}

static void
publish (Fixture *f, const ScChunkId *id, GBytes *bytes)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  g_hash_table_replace (f->manifests, g_strconcat ("/v1/manifests/", hex, NULL), g_bytes_ref (bytes));
}

static void
publish_version (Fixture *f, TestVersion *version)
{
  publish (f, sc_version_manifest_get_id (version->manifest), sc_version_manifest_get_bytes (version->manifest));
  for (guint i = 0; i < version->manifests->len; i++) {
    ScTemplateManifest *template = version->manifests->pdata[i];

    publish (f, sc_template_manifest_get_id (template), sc_template_manifest_get_bytes (template));
  }
}

/* Two templates; the second version's chunks are those of the first in another order, so nothing has to come. */
static TestVersion *
make_version (guint64 number, const char *debian, const char *windows)
{
  TestVersion *version = test_version_new (number);

  test_version_add (version, "debian", "disk.vmdk", test_content (debian));
  test_version_add (version, "windows", "disk.vmdk", test_content (windows));
  test_version_seal (version);
  return version;
}

static char *
path_of (Fixture *f, const char *template_name)
{
  return g_build_filename (f->repository, template_name, "disk.vmdk", NULL);
}

/* As an import would have left it: the seat knows nothing of it. */
static void
lay_files (Fixture *f, const TestVersion *version)
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

static void
assert_file (Fixture *f, const TestVersion *version, const char *template_name)
{
  g_autofree char *path = path_of (f, template_name);
  const TestFile *file = test_version_find (version, template_name, "disk.vmdk");
  g_autofree char *data = NULL;
  gsize length, expected_length;
  const char *expected = g_bytes_get_data (file->data, &expected_length);

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpmem (data, length, expected, expected_length);
}

static void
start (Fixture *f)
{
  const ScServiceConfig config = { .repository = f->repository,
                                   .state_directory = f->state,
                                   .connection = f->console.connection,
                                   .name = "pc-07",
                                   .reserve = 0,
                                   .undo_budget = SC_APPLY_DEFAULT };
  g_autoptr (GError) error = NULL;

  f->service = sc_service_new (&config, &error);
  g_assert_no_error (error);
  f->now = g_get_monotonic_time ();
  sc_service_start (f->service);
}

static gboolean
set_done (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
quit (Fixture *f)
{
  gboolean stopped = FALSE;

  sc_service_quit (f->service, set_done, &stopped);
  sc_test_run_until (&stopped);
  g_clear_pointer (&f->service, sc_service_free);
  g_clear_object (&f->socket);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sc_test_console_init (&f->console);
  soup_server_add_handler (f->console.server, "/v1/manifests", serve, f, NULL);
  soup_server_add_websocket_handler (f->console.server, "/v1/seat", NULL, NULL, on_accepted, f, NULL);
  g_queue_init (&f->received);
  f->manifests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  f->root = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->repository = g_build_filename (f->root, "repository", NULL);
  f->state = g_build_filename (f->root, "state", NULL);
  g_assert_cmpint (g_mkdir (f->repository, 0755), ==, 0);
  f->first = make_version (1, "abcd", "efgh");
  f->second = make_version (2, "dcba", "hgfe");
  publish_version (f, f->first);
  publish_version (f, f->second);
  lay_files (f, f->first);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL;
       name = g_dir_read_name (directory)) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->service != NULL)
    quit (f);
  g_clear_object (&f->socket);
  sc_test_console_clear (&f->console);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  g_hash_table_unref (f->manifests);
  test_version_free (f->first);
  test_version_free (f->second);
  remove_tree (f->root);
  g_free (f->root);
  g_free (f->repository);
  g_free (f->state);
}

/* (transfer full): the next message of this type; those before it are dropped. */
static ScControlMessage *
wait_for (Fixture *f, ScControlType type)
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

static void
wait_for_inventory (Fixture *f)
{
  sc_control_message_free (wait_for (f, SC_CONTROL_INVENTORY));
}

static void
order (Fixture *f, ScControlType type, guint64 session, const TestVersion *version)
{
  ScControlMessage *message = sc_control_message_new (type, session);

  message->version.version = version->number;
  message->version.manifest = *sc_version_manifest_get_id (version->manifest);
  say (f, message);
}

static void
assert_done (Fixture *f, guint64 session, guint64 version, const char *busy)
{
  g_autoptr (ScControlMessage) done = wait_for (f, SC_CONTROL_DONE);

  g_assert_cmpuint (done->session, ==, session);
  g_assert_cmpuint (done->done.version, ==, version);
  g_assert_cmpuint (done->done.busy->len, ==, busy != NULL ? 1 : 0);
  if (busy != NULL)
    g_assert_cmpstr (done->done.busy->pdata[0], ==, busy);
}

static void
bring_to (Fixture *f, guint64 session, const TestVersion *version)
{
  order (f, SC_CONTROL_CATCH_UP, session, version);
  assert_done (f, session, version->number, NULL);
}

static void
assert_pending (Fixture *f, guint64 expected)
{
  guint64 session, version;
  ScChunkId manifest;

  sc_seat_state_get_pending (f->service->state, &session, &version, &manifest);
  g_assert_cmpuint (version, ==, expected);
}

static void
run_until_idle (Fixture *f)
{
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_IDLE || f->service->back_running)
    g_main_context_iteration (NULL, TRUE);
}

/* What the service does by itself is due. */
static void
pass_time (Fixture *f)
{
  f->now += LATER + SC_SEAT_RETRY_TIME;
  sc_seat_core_tick (f->service->core, f->now);
  sc_service_pump (f->service);
}

static ScDiskFile *
hold (Fixture *f, const char *template_name)
{
  g_autofree char *path = g_strconcat (template_name, "/disk.vmdk", NULL);
  g_autoptr (GError) error = NULL;
  ScDiskFile *file = sc_disk_open (f->service->disk, path, SC_DISK_READ | SC_DISK_EXCLUSIVE, &error);

  g_assert_no_error (error);
  return file;
}

static void
test_update (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  order (f, SC_CONTROL_PREPARE, 5, f->second);
  g_autoptr (ScControlMessage) prepared = wait_for (f, SC_CONTROL_PREPARED);
  g_assert_cmpuint (prepared->session, ==, 5);
  g_assert_cmpuint (prepared->prepared.needs->lacks_bytes, ==, 0);
  g_assert_cmpuint (prepared->prepared.needs->local_bytes, ==, 8 * SC_CHUNK_SIZE);
  g_assert_cmpuint (prepared->prepared.needs->missing_bytes, ==, 0);
  assert_pending (f, 0); /* nothing is changed yet */
  ScControlMessage *leave = sc_control_message_new (SC_CONTROL_LEAVE, 5);
  leave->leave.reason = SC_LEAVE_FINISHED;
  say (f, leave);
  assert_done (f, 5, 2, NULL);
  assert_file (f, f->second, "debian");
  assert_file (f, f->second, "windows");
  assert_pending (f, 0);
}

/* Going back to a version that the seat has had needs nothing from the console but the word. */
static void
test_back (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  bring_to (f, 0, f->second);
  g_autoptr (ScControlMessage) told = NULL;
  do {
    g_clear_pointer (&told, sc_control_message_free);
    told = wait_for (f, SC_CONTROL_INVENTORY);
  } while (told->inventory->back->len == 0);
  g_assert_cmpuint (told->inventory->back->len, ==, 1);
  g_assert_cmpuint (g_array_index (told->inventory->back, guint64, 0), ==, 1);
  g_hash_table_remove_all (f->manifests);
  f->n_requests = 0;
  bring_to (f, 0, f->first);
  assert_file (f, f->first, "debian");
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static const ScInventoryTemplate *
find_template (const ScControlMessage *inventory, const char *name)
{
  for (guint i = 0; i < inventory->inventory->templates->len; i++) {
    const ScInventoryTemplate *template = inventory->inventory->templates->pdata[i];

    if (strcmp (template->name, name) == 0)
      return template;
  }
  g_assert_not_reached ();
}

static void
test_busy (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  run_until_idle (f);
  ScDiskFile *held = hold (f, "debian");
  order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  g_autoptr (ScControlMessage) left_out = NULL;
  do {
    g_clear_pointer (&left_out, sc_control_message_free);
    left_out = wait_for (f, SC_CONTROL_INVENTORY);
  } while (!find_template (left_out, "debian")->busy);
  g_assert_false (find_template (left_out, "windows")->busy);
  assert_done (f, 6, 2, "debian");
  assert_file (f, f->first, "debian");
  assert_file (f, f->second, "windows");
  assert_pending (f, 2);
  run_until_idle (f);

  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  for (guint i = 0; i < 3; i++) { /* it looks, and says nothing */
    pass_time (f);
    g_assert_cmpint (sc_seat_core_get_phase (f->service->core), ==, SC_SEAT_LOOKING);
    while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_IDLE)
      g_main_context_iteration (NULL, TRUE);
    g_assert_false (f->service->back_running); /* that is work, and nothing has changed */
  }
  for (GList *link = f->received.head; link != NULL; link = link->next)
    g_assert_cmpint (((ScControlMessage *) link->data)->type, ==, SC_CONTROL_INVENTORY);

  sc_disk_file_close (held);
  pass_time (f);
  assert_done (f, 0, 2, NULL);
  assert_file (f, f->second, "debian");
  assert_pending (f, 0);
  run_until_idle (f);
  g_assert_null (sc_seat_busy_get_templates (f->service->busy)[0]);
}

/* Left out, and the service is started again: it does not forget. */
static void
test_busy_over_restart (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  run_until_idle (f);
  ScDiskFile *held = hold (f, "debian");
  order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  assert_done (f, 6, 2, "debian");
  run_until_idle (f);
  sc_disk_file_close (held);
  quit (f);

  start (f);
  wait_for_inventory (f);
  assert_pending (f, 2);
  f->n_requests = 0;
  pass_time (f);
  assert_done (f, 0, 2, NULL);
  assert_file (f, f->second, "debian");
  assert_pending (f, 0);
  g_assert_cmpuint (f->n_requests, ==, 0);
}

/* Nothing is lacking, so the seat gets itself whole without the console. */
static void
test_restart_without_console (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  run_until_idle (f);
  ScDiskFile *held = hold (f, "windows");
  order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  assert_done (f, 6, 2, "windows");
  run_until_idle (f);
  sc_disk_file_close (held);
  quit (f);

  f->mute = TRUE;
  f->n_requests = 0;
  start (f);
  run_until_idle (f);
  pass_time (f);
  g_assert_cmpint (sc_seat_core_get_phase (f->service->core), ==, SC_SEAT_PREPARING);
  run_until_idle (f);
  assert_file (f, f->second, "windows");
  assert_pending (f, 0);
  g_assert_cmpuint (sc_seat_state_get_version (f->service->state), ==, 2);
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static void
never_answer (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  soup_server_message_pause (message);
}

static guint64
ask_lacks (Fixture *f, const TestVersion *version)
{
  order (f, SC_CONTROL_PREPARE, 9, version);
  g_autoptr (ScControlMessage) prepared = wait_for (f, SC_CONTROL_PREPARED);

  return prepared->prepared.needs->lacks_bytes;
}

/* What came before the service was stopped has not to come again, although it may have waited for the old content to be
 * saved first. */
static void
test_stopped_midway (Fixture *f, gconstpointer data)
{
  g_autoptr (TestVersion) third = make_version (3, "abcd", "xyzh");
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer id, chunk;
  guint n_put = 0;

  publish_version (f, third);
  soup_server_add_handler (f->console.server, "/v1/chunks", never_answer, f, NULL);
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  order (f, SC_CONTROL_CATCH_UP, 8, third);
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_REPAIRING)
    g_main_context_iteration (NULL, TRUE);
  g_hash_table_iter_init (&iter, third->chunks);
  while (n_put < 2 && g_hash_table_iter_next (&iter, &id, &chunk)) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (((TestChunk *) chunk)->data, &length);

    if (!sc_apply_wants (f->service->apply, id))
      continue;
    g_assert_true (sc_apply_put_frame (f->service->apply, coder, id, SC_ENCODING_RAW, NULL, bytes, length, &error));
    n_put++;
  }
  g_assert_cmpuint (n_put, ==, 2); /* of three */
  assert_pending (f, 3);
  quit (f);
  start (f);
  wait_for_inventory (f);
  assert_pending (f, 3);
  g_assert_cmpuint (ask_lacks (f, third), ==, SC_CHUNK_SIZE);
}

static void
start_verifying (Fixture *f)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_VERIFY, 0);

  message->verify.action = SC_VERIFY_START;
  say (f, message);
}

/* Damage that metadata does not show. */
static void
damage (Fixture *f, const char *template_name)
{
  g_autofree char *path = g_strconcat (template_name, "/disk.vmdk", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (f->service->disk, path, SC_DISK_WRITE, &error);
  ScDiskInfo info;

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_write_at (file, SC_CHUNK_SIZE + 77, "rotten", 6, &error));
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
  g_assert_true (sc_disk_file_sync (file, &error));
}

static void
test_verify (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  run_until_idle (f);
  start_verifying (f);
  g_autoptr (ScControlMessage) whole = wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (whole->verified->code, ==, "");
  g_assert_cmpuint (whole->verified->bytes, ==, 8 * SC_CHUNK_SIZE);
  g_assert_cmpuint (whole->verified->n_files, ==, 0);
  run_until_idle (f);

  damage (f, "windows");
  start_verifying (f);
  g_autoptr (ScControlMessage) told = wait_for (f, SC_CONTROL_INVENTORY);
  g_assert_cmpint (find_template (told, "windows")->state, ==, SC_TEMPLATE_DRIFTED);
  g_assert_cmpint (find_template (told, "debian")->state, ==, SC_TEMPLATE_CURRENT);
  g_autoptr (ScControlMessage) damaged = wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpuint (damaged->verified->n_templates, ==, 1);
  g_assert_cmpuint (damaged->verified->n_files, ==, 1);
  const ScVerifiedFile *file = damaged->verified->files->pdata[0];
  g_assert_cmpstr (file->template_name, ==, "windows");
  g_assert_cmpstr (file->path, ==, "disk.vmdk");
  g_assert_false (file->missing);
  g_assert_cmpuint (file->damaged_chunks, ==, 1);
  run_until_idle (f);

  /* Only what is damaged is lacking then */
  order (f, SC_CONTROL_PREPARE, 7, f->first);
  g_autoptr (ScControlMessage) prepared = wait_for (f, SC_CONTROL_PREPARED);
  g_assert_cmpuint (prepared->prepared.needs->lacks_bytes, ==, SC_CHUNK_SIZE);
  start_verifying (f); /* not now */
  g_autoptr (ScControlMessage) refused = wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (refused->verified->code, ==, "busy");
}

/* What was found while the console was away is told when it is there again. */
static void
test_verified_without_link (Fixture *f, gconstpointer data)
{
  start (f);
  wait_for_inventory (f);
  bring_to (f, 0, f->first);
  run_until_idle (f);
  start_verifying (f);
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_VERIFYING)
    g_main_context_iteration (NULL, TRUE);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  sc_link_free (f->service->link);
  static const ScLinkEvents none;
  f->service->link = sc_link_new (f->service->fetch, &none, NULL);
  run_until_idle (f);
  g_assert_nonnull (f->service->verified);
  g_assert_cmpuint (f->service->verified->verified->bytes, ==, 8 * SC_CHUNK_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/service/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("update", test_update);
  ADD ("back", test_back);
  ADD ("busy", test_busy);
  ADD ("busy-over-restart", test_busy_over_restart);
  ADD ("restart-without-console", test_restart_without_console);
  ADD ("stopped-midway", test_stopped_midway);
  ADD ("verify", test_verify);
  ADD ("verified-without-link", test_verified_without_link);
  return g_test_run ();
}
