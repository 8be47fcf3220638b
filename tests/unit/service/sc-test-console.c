/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-console.h"

#include "common/sc-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define HELD_FOR 10000 /* µs */

ScSeatMachine *
sc_test_machine_new (void)
{
  return sc_seat_machine_new ("6c1d3b52-58a2-4d1c-9f5e-0c6f6f3f9a10", NULL);
}

char *
sc_test_console_issue (ScTestConsole *self, const char *request, const char *seat, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_seat (self->authority->certificate, self->authority->key, request, seat, now, &error);

  g_assert_no_error (error);
  return sc_certificate_to_pem (certificate);
}

ScSeatIdentity *
sc_test_console_enrol (ScTestConsole *self, const char *directory)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (ScSeatMachine) machine = sc_test_machine_new ();
  g_autoptr (GError) error = NULL;
  ScSeatIdentity *identity = sc_seat_identity_open (directory, machine, self->authority->fingerprint, &error);

  g_assert_no_error (error);
  if (sc_seat_identity_get_seat (identity) != NULL)
    return identity;
  g_assert_cmpstr (sc_seat_identity_get_refusal (identity), ==, NULL);
  g_autofree char *request = sc_seat_identity_make_request (identity, TRUE, &error);
  g_assert_no_error (error);
  g_autofree char *pem = sc_test_console_issue (self, request, TEST_AUTHORITY_SEAT, now);
  sc_seat_identity_take (identity, pem, self->authority->anchors, TRUE, now, &error);
  g_assert_no_error (error);
  return identity;
}

gboolean
sc_test_console_is_seat (ScTestConsole *self, SoupServerMessage *message, const char *seat)
{
  GTlsCertificate *peer = tls_server_get_peer (message);
  g_autoptr (ScCertificate) certificate = peer != NULL ? sc_certificate_of_tls (peer, NULL) : NULL;
  g_autofree char *found = NULL;

  if (certificate == NULL ||
      !sc_certificate_check (certificate, self->authority->anchors->authorities, SC_CERTIFICATE_SEAT, NULL,
                             g_get_real_time () / G_USEC_PER_SEC, NULL))
    return FALSE;
  found = sc_certificate_get_seat (certificate);
  return g_strcmp0 (found, seat) == 0;
}

void
sc_test_console_init (ScTestConsole *self)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->authority = test_authority_new ();
  self->server = soup_server_new (NULL, NULL);
  self->tls = tls_server_new (self->server, self->authority->tls);
  g_autofree char *url = tls_server_make_url (self->tls);
  self->connection = test_authority_make_connection (self->authority, url, SC_TEST_TOKEN);
  self->identity = sc_test_console_enrol (self, self->directory);
}

void
sc_test_console_clear (ScTestConsole *self)
{
  g_clear_pointer (&self->tls, tls_server_free);
  g_clear_object (&self->server);
  g_clear_pointer (&self->connection, sc_connection_free);
  g_clear_pointer (&self->identity, sc_seat_identity_free);
  g_clear_pointer (&self->authority, test_authority_free);
  sc_test_remove_tree (self->directory);
  g_clear_pointer (&self->directory, g_free);
}

void
sc_test_remove_tree (const char *path)
{
  GDir *directory = g_dir_open (path, 0, NULL);

  for (const char *name = directory != NULL ? g_dir_read_name (directory) : NULL; name != NULL;
       name = g_dir_read_name (directory)) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    sc_test_remove_tree (child);
  }
  g_clear_pointer (&directory, g_dir_close);
  /* On Windows a file that somebody has open cannot be removed, and its directory is not empty until then */
  while (g_remove (path) != 0) {
    int reason = errno;

    if (reason != EACCES && reason != EBUSY && reason != ENOTEMPTY)
      g_error ("Cannot remove %s: %s", path, g_strerror (reason));
    g_test_message ("%s is held: %s", path, g_strerror (reason));
    g_usleep (HELD_FOR);
  }
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
