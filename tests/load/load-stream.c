/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/load/load-stream.h"

#include "service/sc-receive.h"

typedef struct {
  LoadStreams *streams;
  guint64 session;
  ScReceive *receive;
  GHashTable *seats; /* listen */
  gboolean heard;
  gint chunks; /* atomic: that came */
} Stream;

typedef struct {
  ScVersionManifest *manifest;
  guint32 n_chunks;
} Version;

struct _LoadStreams {
  LoadStreamFunc func;
  GPtrArray *streams;   /* Stream: that are listened to */
  GHashTable *versions; /* ScChunkId → Version */
};

static void
version_free (gpointer data)
{
  Version *self = data;

  sc_version_manifest_unref (self->manifest);
  g_free (self);
}

LoadStreams *
load_streams_new (LoadStreamFunc func)
{
  LoadStreams *self = g_new0 (LoadStreams, 1);

  self->func = func;
  self->streams = g_ptr_array_new ();
  self->versions = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, NULL, version_free);
  return self;
}

static void
stop (Stream *stream)
{
  if (stream->streams != NULL)
    g_ptr_array_remove_fast (stream->streams->streams, stream);
  stream->streams = NULL;
  sc_receive_stop (stream->receive, FALSE); /* freed at its last event */
}

void
load_streams_free (LoadStreams *self)
{
  while (self->streams->len > 0)
    stop (self->streams->pdata[0]);
  g_ptr_array_unref (self->streams);
  g_hash_table_unref (self->versions);
  g_free (self);
}

/* versions */

static Version *
find_version (LoadStreams *self, const ScChunkId *id)
{
  return g_hash_table_lookup (self->versions, id);
}

ScVersionManifest *
load_streams_find_version (LoadStreams *self, const ScChunkId *id)
{
  const Version *version = find_version (self, id);

  return version != NULL ? version->manifest : NULL;
}

guint32
load_streams_get_n_chunks (LoadStreams *self, const ScChunkId *id)
{
  return find_version (self, id)->n_chunks;
}

void
load_streams_add_version (LoadStreams *self, ScVersionManifest *manifest, GPtrArray *templates)
{
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  Version *version = g_new0 (Version, 1);

  version->manifest = sc_version_manifest_ref (manifest);
  version->n_chunks = sc_chunk_index_size (chunks);
  g_hash_table_replace (self->versions, (gpointer) sc_version_manifest_get_id (version->manifest), version);
}

/* the stream: everything that comes is thrown away */

static gboolean
wants (gpointer object, const ScChunkId *id)
{
  g_atomic_int_inc (&((Stream *) object)->chunks);
  return FALSE;
}

static GArray *
list_wanted (gpointer object, guint max)
{
  return g_array_new (FALSE, FALSE, sizeof (ScChunkId));
}

static gboolean
put_frame (gpointer object, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding, const ScChunkId *reference,
           const guint8 *frame, gsize length, GError **error)
{
  return TRUE;
}

static gboolean
is_complete (gpointer object)
{
  return FALSE;
}

static void
tell (Stream *stream, const ScCastReport *report)
{
  g_autoptr (GList) seats = g_hash_table_get_keys (stream->seats);

  for (GList *seat = seats; seat != NULL && stream->streams != NULL; seat = seat->next)
    stream->streams->func (seat->data, stream->session, report);
}

static void
on_event (ScReceive *receive, const ScReceiveEvent *event, gpointer user_data)
{
  Stream *stream = user_data;

  switch (event->type) {
  case SC_RECEIVE_HEARD:
    stream->heard = TRUE;
    tell (stream, NULL);
    break;
  case SC_RECEIVE_REPORT:
    tell (stream, &event->report);
    break;
  case SC_RECEIVE_FAILED:
    g_warning ("the stream of session %" G_GUINT64_FORMAT ": %s", stream->session, event->error->message);
    break;
  case SC_RECEIVE_STOPPED:
    sc_receive_free (receive);
    g_hash_table_unref (stream->seats);
    g_free (stream);
    break;
  default: /* nothing is kept, so nothing is asked for */
    break;
  }
}

static Stream *
find_stream (LoadStreams *self, guint64 session)
{
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = self->streams->pdata[i];

    if (stream->session == session)
      return stream;
  }
  return NULL;
}

gboolean
load_streams_join (LoadStreams *self, const ScControlMessage *join, const char *interface_address, gpointer seat,
                   GError **error)
{
  Stream *stream = find_stream (self, join->session);

  if (stream == NULL) {
    ScChunkSink sink = { NULL, wants, list_wanted, put_frame, is_complete };

    stream = g_new0 (Stream, 1);
    sink.object = stream;
    stream->receive = sc_receive_new (join, interface_address, &sink, on_event, stream, error);
    if (stream->receive == NULL) {
      g_free (stream);
      return FALSE;
    }
    stream->streams = self;
    stream->session = join->session;
    stream->seats = g_hash_table_new (NULL, NULL);
    g_ptr_array_add (self->streams, stream);
  }
  g_hash_table_add (stream->seats, seat);
  if (stream->heard)
    self->func (seat, stream->session, NULL);
  return TRUE;
}

void
load_streams_leave (LoadStreams *self, gpointer seat)
{
  for (guint i = self->streams->len; i-- > 0;) {
    Stream *stream = self->streams->pdata[i];

    if (g_hash_table_remove (stream->seats, seat) && g_hash_table_size (stream->seats) == 0)
      stop (stream);
  }
}

void
load_streams_add_key (LoadStreams *self, guint64 session, const ScCastKey *key)
{
  Stream *stream = find_stream (self, session);

  if (stream != NULL)
    sc_receive_add_key (stream->receive, key);
}

guint64
load_streams_get_bytes (LoadStreams *self, guint64 session)
{
  Stream *stream = find_stream (self, session);

  return stream != NULL ? (guint64) g_atomic_int_get (&stream->chunks) * SC_CHUNK_SIZE : 0;
}
