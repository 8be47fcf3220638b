/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prepare-fixture.h"

#include "common/sc-manifest-list.h"

#include <glib/gstdio.h>

static void
serve_list (PrepareFixture *f, SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize n = g_bytes_get_size (body) / sizeof (ScChunkId);
  const ScChunkId *ids = g_bytes_get_data (body, NULL);
  g_autoptr (GByteArray) list = g_byte_array_new ();

  for (gsize i = 0; i < n; i++) {
    char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
    sc_chunk_id_to_hex (&ids[i], hex);
    g_autofree char *path = g_strconcat ("/v1/manifests/", hex, NULL);
    sc_manifest_list_append (list, i + f->n_left_out < n ? g_hash_table_lookup (f->manifests, path) : NULL);
  }
  if (f->is_damaged)
    list->data[list->len - 1] ^= 1;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, (const char *) list->data,
                                    list->len);
}

static void
serve (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  PrepareFixture *f = user_data;
  GBytes *bytes = g_hash_table_lookup (f->manifests, path);
  gsize length;

  f->n_requests++;
  if (f->lists && g_str_equal (path, "/v1/manifests")) {
    serve_list (f, message);
    return;
  }
  if (bytes == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  const char *data = g_bytes_get_data (bytes, &length);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, data, length);
}

void
prepare_fixture_publish (PrepareFixture *f, const ScChunkId *id, GBytes *bytes)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (id, hex);
  g_hash_table_replace (f->manifests, g_strconcat ("/v1/manifests/", hex, NULL), g_bytes_ref (bytes));
}

void
prepare_fixture_withdraw (PrepareFixture *f, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (id, hex);
  g_autofree char *path = g_strconcat ("/v1/manifests/", hex, NULL);
  g_assert_true (g_hash_table_remove (f->manifests, path));
}

static void
make_version (PrepareFixture *f, const char *name_in_version)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new ("debian");
  g_autoptr (GError) error = NULL;
  ScChunkId chunks[2];

  sc_chunk_id_of (&chunks[0], f->content, SC_CHUNK_SIZE);
  sc_chunk_id_of (&chunks[1], f->content + SC_CHUNK_SIZE, FILE_SIZE - SC_CHUNK_SIZE);
  sc_template_manifest_builder_add (builder, "disk.vmdk", FILE_SIZE, 1700000000000000, 0, chunks, 2);
  f->template = sc_template_manifest_builder_end (builder, &error);
  g_assert_no_error (error);
  ScManifestTemplate entry = { .name = name_in_version,
                               .id = *sc_template_manifest_get_id (f->template),
                               .size = FILE_SIZE };
  f->version = sc_version_manifest_new (4, 1700000000000000, "staff", "a note", &entry, 1, &error);
  g_assert_no_error (error);
  prepare_fixture_publish (f, sc_template_manifest_get_id (f->template), sc_template_manifest_get_bytes (f->template));
  prepare_fixture_publish (f, sc_version_manifest_get_id (f->version), sc_version_manifest_get_bytes (f->version));
}

void
prepare_fixture_set_up (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  sc_test_console_init (&f->console);
  soup_server_add_handler (f->console.server, "/v1/manifests", serve, f, NULL);
  f->fetch = sc_fetch_new (f->console.connection, f->console.identity);
  sc_fetch_set_retry (f->fetch, 1, 2);
  f->root = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *repository = g_build_filename (f->root, "repository", NULL);
  g_autofree char *state = g_build_filename (f->root, "state", NULL);
  g_assert_cmpint (g_mkdir (repository, 0700), ==, 0);
  f->disk = sc_disk_system (repository, &error);
  g_assert_no_error (error);
  f->state = sc_seat_state_open (state, &error);
  g_assert_no_error (error);
  f->manifests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  f->content = g_malloc (FILE_SIZE);
  for (guint i = 0; i < FILE_SIZE; i++)
    f->content[i] = (guint8) g_rand_int (random);
  make_version (f, name_in_version);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    remove_tree (child);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
prepare_fixture_tear_down (PrepareFixture *f, gconstpointer name_in_version)
{
  g_clear_pointer (&f->apply, sc_apply_free);
  sc_seat_state_close (f->state);
  sc_disk_free (f->disk);
  sc_fetch_free (f->fetch);
  sc_test_console_clear (&f->console);
  remove_tree (f->root);
  g_free (f->root);
  g_hash_table_unref (f->manifests);
  g_free (f->content);
  sc_template_manifest_unref (f->template);
  sc_version_manifest_unref (f->version);
  g_clear_error (&f->error);
  g_clear_pointer (&f->busy, sc_seat_busy_unref);
  g_clear_pointer (&f->back, g_array_unref);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PrepareFixture *f = user_data;
  f->done = TRUE;
  f->apply = sc_prepare_finish (result, &f->error);
}

static const ScApplySettings settings = { SC_APPLY_DEFAULT, SC_APPLY_DEFAULT, NULL };

void
prepare_fixture_run_on (PrepareFixture *f, guint64 version, ScSeatVolumes *volumes)
{
  g_autoptr (ScProgress) progress = sc_progress_new ();
  const ScPrepareWorld world = { f->fetch, f->disk, f->state, &settings, volumes };

  g_clear_pointer (&f->apply, sc_apply_free);
  g_clear_error (&f->error);
  f->done = FALSE;
  sc_prepare_async (&world, version, sc_version_manifest_get_id (f->version), progress, NULL, on_prepared, f);
  sc_test_run_until (&f->done);
}

void
prepare_fixture_run (PrepareFixture *f, guint64 version)
{
  prepare_fixture_run_on (f, version, NULL);
}
