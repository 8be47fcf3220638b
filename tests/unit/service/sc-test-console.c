/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-console.h"

#include "common/sc-error.h"
#include "common/sc-identity.h"
#include "tests/unit/hasty-clients.h"

#include <glib/gstdio.h>

void
sc_test_console_init (ScTestConsole *self)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_autoptr (GTlsCertificate) certificate = sc_identity_load_or_create (self->directory, &error);
  g_assert_no_error (error);
  expect_hasty_clients ();
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  soup_server_listen (self->server, address, SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);

  GSList *uris = soup_server_get_uris (self->server);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_autofree char *fingerprint = sc_identity_fingerprint (certificate);
  self->connection = sc_connection_new (url, SC_TEST_TOKEN, fingerprint);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

void
sc_test_console_clear (ScTestConsole *self)
{
  static const char *const files[] = { "console.key", "console.crt" };

  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_pointer (&self->connection, sc_connection_free);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (self->directory, files[i], NULL);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_clear_pointer (&self->directory, g_free);
}

void
sc_test_run_until (const gboolean *done)
{
  while (!*done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
sink_wants (gpointer object, const ScChunkId *id)
{
  ScTestSink *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  return g_hash_table_contains (self->wanted, id);
}

static GArray *
sink_list_wanted (gpointer object, guint max)
{
  ScTestSink *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->wanted);
  while (list->len < max && g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (list, id, 1);
  return list;
}

static gboolean
sink_put_frame (gpointer object, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                const ScChunkId *reference, const guint8 *frame, gsize length, GError **error)
{
  ScTestSink *self = object;
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  ScChunkId found;

  if (self->refuse != SC_ERROR_INVALID) {
    g_set_error (error, SC_ERROR, self->refuse, "The sink refuses");
    return FALSE;
  }
  /* All chunks of these tests are of full size */
  if (!sc_frame_decode (coder, encoding, frame, length, NULL, 0, chunk, SC_CHUNK_SIZE, error))
    return FALSE;
  sc_chunk_id_of (&found, chunk, SC_CHUNK_SIZE);
  if (!sc_chunk_id_equal (&found, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "The chunk has another hash");
    return FALSE;
  }
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_assert_true (g_hash_table_remove (self->wanted, id));
  self->n_put++;
  return TRUE;
}

static gboolean
sink_is_complete (gpointer object)
{
  ScTestSink *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  return g_hash_table_size (self->wanted) == 0;
}

void
sc_test_sink_init (ScTestSink *self, ScChunkSink *sink)
{
  memset (self, 0, sizeof *self);
  g_mutex_init (&self->mutex);
  self->wanted = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, NULL);
  *sink = (ScChunkSink){ self, sink_wants, sink_list_wanted, sink_put_frame, sink_is_complete };
}

void
sc_test_sink_clear (ScTestSink *self)
{
  g_hash_table_unref (self->wanted);
  g_mutex_clear (&self->mutex);
}

void
sc_test_sink_want (ScTestSink *self, const ScChunkId *id)
{
  g_hash_table_add (self->wanted, g_memdup2 (id, sizeof *id));
}
