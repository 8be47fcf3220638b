/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-prelude.h"

#include "common/cast/sc-cast-receiver.h"
#include "common/platform/sc-multicast-receiver.h"
#include "common/sc-error.h"

#define MAX_WAIT (G_USEC_PER_SEC / 4)

/* All but @context, @func and @cancellable are the thread's once it runs. */
struct _ScPrelude {
  ScSeatState *state;
  ScMulticastReceiver *socket;
  GArray *manifests; /* ScChunkId */
  GArray *sizes;     /* guint32; empty: probes */
  GByteArray *lacks;
  ScCastLayout layout;
  ScCastSealer *sealer;     /* (nullable): probes */
  guint32 payload;          /* of the largest one */
  ScCastReceiver *receiver; /* (nullable): manifests */
  guint8 *content;          /* (nullable): layout.plan_length bytes of them */
  gboolean heard, kept;
  GCancellable *cancellable;
  GThread *thread;
  GMainContext *context;
  ScPreludeFunc func;
  gpointer user_data;
};

typedef struct {
  ScPrelude *self;
  ScPreludeEvent event;
} Posted;

static gboolean
deliver (gpointer data)
{
  Posted *posted = data;

  posted->self->func (posted->self, &posted->event, posted->self->user_data);
  return G_SOURCE_REMOVE;
}

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  g_clear_pointer (&posted->event.lacks, g_bytes_unref);
  g_free (posted);
}

/* Events arrive in the order in which they were posted: equal priority, one context. @event's lacks: (transfer full) */
static void
post (ScPrelude *self, const ScPreludeEvent *event)
{
  Posted *posted = g_new (Posted, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  posted->self = self;
  posted->event = *event;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, posted, posted_free);
  g_source_attach (source, self->context);
}

/* ---- the thread ---- */

static gboolean
is_lacking (const ScPrelude *self, guint index)
{
  return (self->lacks->data[index / 8] & 1u << index % 8) != 0;
}

/* A damaged one counts as kept: that is found when it is read, and then it comes by HTTPS. */
static void
find_lacking (ScPrelude *self)
{
  for (guint i = 0; i < self->manifests->len; i++)
    if (!sc_seat_state_has_manifest (self->state, &g_array_index (self->manifests, ScChunkId, i)))
      self->lacks->data[i / 8] |= (guint8) (1u << i % 8);
  post (self,
        &(ScPreludeEvent){ .type = SC_PRELUDE_LISTENING, .lacks = g_bytes_new (self->lacks->data, self->lacks->len) });
}

static void
take_probe (ScPrelude *self, const guint8 *datagram, gsize length)
{
  guint8 payload[SC_CAST_SYMBOL_SIZE_MAX];
  ScCastHeader header;
  gsize size;

  if (length > sizeof payload + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE ||
      !sc_cast_sealer_open (self->sealer, datagram, length, &header, payload, &size) ||
      header.type != SC_CAST_PACKET_PROBE || size <= self->payload)
    return;
  self->payload = (guint32) size;
  post (self, &(ScPreludeEvent){ .type = SC_PRELUDE_HEARD, .payload = self->payload });
}

static void
on_datagram (const guint8 *datagram, gsize length, gpointer user_data)
{
  ScPrelude *self = user_data;

  if (self->receiver != NULL)
    sc_cast_receiver_receive (self->receiver, datagram, length, g_get_monotonic_time ());
  else
    take_probe (self, datagram, length);
}

/* What did not come whole has another hash. */
static void
keep_manifests (ScPrelude *self)
{
  gsize offset = 0;

  self->kept = TRUE;
  for (guint i = 0; i < self->sizes->len; i++) {
    gsize size = g_array_index (self->sizes, guint32, i);
    g_autoptr (GBytes) bytes = g_bytes_new_static (self->content + offset, size);
    g_autoptr (GError) error = NULL;

    offset += size;
    if (is_lacking (self, i) &&
        !sc_seat_state_save_manifest (self->state, &g_array_index (self->manifests, ScChunkId, i), bytes, &error))
      g_message ("A manifest is left to HTTPS: %s", error->message);
  }
}

static void
after_datagrams (ScPrelude *self)
{
  ScPreludeEvent event = { .type = SC_PRELUDE_REPORT };
  GBytes *bytes;
  guint32 block;

  if (!self->heard && sc_cast_receiver_has_heard (self->receiver)) {
    self->heard = TRUE;
    post (self, &(ScPreludeEvent){ .type = SC_PRELUDE_HEARD });
  }
  while (sc_cast_receiver_take_block (self->receiver, &block, &bytes)) {
    memcpy (self->content + sc_cast_layout_block_offset (&self->layout, block, NULL), g_bytes_get_data (bytes, NULL),
            g_bytes_get_size (bytes));
    g_bytes_unref (bytes);
    sc_cast_receiver_release_block (self->receiver, block);
  }
  while (sc_cast_receiver_poll_report (self->receiver, g_get_monotonic_time (),
                                       sc_multicast_receiver_get_dropped (self->socket), 0, &event.report))
    post (self, &event);
  /* at once: PREPARE finds them then */
  if (!self->kept && sc_cast_receiver_is_finished (self->receiver))
    keep_manifests (self);
}

static gpointer
run (gpointer data)
{
  ScPrelude *self = data;
  gboolean ok = TRUE;

  find_lacking (self);
  while (ok && !g_cancellable_is_cancelled (self->cancellable)) {
    g_autoptr (GError) error = NULL;
    gint64 now = g_get_monotonic_time ();
    gint64 timeout = self->receiver != NULL ? sc_cast_receiver_get_timeout (self->receiver, now) : G_MAXINT64;
    gint64 wait = timeout <= now ? 0 : MIN (timeout - now, MAX_WAIT);

    ok = sc_multicast_receiver_receive (self->socket, wait, self->cancellable, on_datagram, self, &error);
    if (self->receiver != NULL)
      after_datagrams (self);
    if (!ok && !g_cancellable_is_cancelled (self->cancellable))
      g_warning ("Listening before the session failed: %s", error->message);
  }
  if (self->receiver != NULL && self->heard && !self->kept)
    keep_manifests (self);
  post (self, &(ScPreludeEvent){ .type = SC_PRELUDE_STOPPED });
  return NULL;
}

/* ---- the main thread ---- */

ScPrelude *
sc_prelude_new (const ScControlMessage *listen, const char *interface_address, ScSeatState *state, ScPreludeFunc func,
                gpointer user_data, GError **error)
{
  g_autoptr (ScMulticastReceiver) socket =
      sc_multicast_receiver_new (listen->listen.group, listen->listen.port, interface_address, error);
  gboolean stream = listen->listen.what == SC_LISTEN_MANIFESTS;
  g_autofree guint8 *content = stream ? g_try_malloc0 (listen->listen.layout.plan_length) : NULL;
  ScPrelude *self;

  if (socket == NULL)
    return NULL;
  if (stream && content == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM, "There is no memory for the manifests that are sent");
    return NULL;
  }
  self = g_new0 (ScPrelude, 1);
  self->state = state;
  self->socket = g_steal_pointer (&socket);
  self->manifests = g_array_ref (listen->listen.manifests);
  self->sizes = g_array_ref (listen->listen.sizes);
  self->lacks = g_byte_array_new ();
  g_byte_array_set_size (self->lacks, (self->manifests->len + 7) / 8);
  if (self->lacks->len > 0)
    memset (self->lacks->data, 0, self->lacks->len);
  self->layout = listen->listen.layout;
  self->content = g_steal_pointer (&content);
  if (stream)
    self->receiver = sc_cast_receiver_new (&self->layout, &listen->listen.key, 0, g_get_monotonic_time ());
  else
    self->sealer = sc_cast_sealer_new (&listen->listen.key);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  self->thread = g_thread_new ("sc-prelude", run, self);
  return self;
}

void
sc_prelude_stop (ScPrelude *self)
{
  g_cancellable_cancel (self->cancellable);
}

void
sc_prelude_free (ScPrelude *self)
{
  g_thread_join (self->thread);
  sc_multicast_receiver_free (self->socket);
  sc_cast_receiver_free (self->receiver);
  sc_cast_sealer_free (self->sealer);
  g_array_unref (self->manifests);
  g_array_unref (self->sizes);
  g_byte_array_unref (self->lacks);
  g_free (self->content);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}
