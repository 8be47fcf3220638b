/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-receive-private.h"

/* 24 MiB of datagrams that came and are not opened yet. */
#define RING_BATCHES (24u * 1024 * 1024 / (SC_DATAGRAM_BATCH_SLOTS * SC_DATAGRAM_SLOT))

typedef struct {
  ScReceive *self;
  ScReceiveEvent event;
} Posted;

static void
item_free (gpointer data)
{
  ScReceiveItem *item = data;
  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item);
}

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
  g_clear_error (&posted->event.error);
  g_free (posted);
}

/* Takes over @error. Events arrive in the order in which they were posted: equal priority, one context. */
void
sc_receive_post (ScReceive *self, ScReceiveEventType type, const ScCastReport *report, GError *error)
{
  Posted *posted = g_new0 (Posted, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  posted->self = self;
  posted->event.type = type;
  if (report != NULL)
    posted->event.report = *report;
  posted->event.error = error;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, posted, posted_free);
  g_source_attach (source, self->context);
}

void
sc_receive_enqueue (ScReceive *self, ScReceiveItemKind kind, guint32 block, GBytes *bytes)
{
  ScReceiveItem *item = g_new (ScReceiveItem, 1);
  *item = (ScReceiveItem){ .kind = kind, .block = block, .bytes = bytes };
  g_async_queue_push (self->queue, item);
}

void
sc_receive_ask_for_plan (ScReceive *self)
{
  self->plan_asked = TRUE;
  sc_receive_post (self, SC_RECEIVE_NEED_PLAN, NULL, NULL);
}

ScReceive *
sc_receive_new (const ScControlMessage *join, const char *interface_address, const ScChunkSink *sink,
                ScReceiveFunc func, gpointer user_data, GError **error)
{
  if (!sc_cast_layout_check (&join->join.layout, error))
    return NULL;
  g_autoptr (ScMulticastReceiver) socket =
      sc_multicast_receiver_new (join->join.group, join->join.port, interface_address, error);
  if (socket == NULL)
    return NULL;
  gsize buffer = sc_multicast_receiver_get_buffer (socket);
  if (buffer < SC_MULTICAST_RECEIVE_BUFFER)
    g_message ("The socket's receive buffer is %" G_GSIZE_FORMAT " KiB instead of %u: at high rates datagrams may be "
               "dropped and are sent again; raise net.core.rmem_max to %u",
               buffer / 1024, SC_MULTICAST_RECEIVE_BUFFER / 1024, SC_MULTICAST_RECEIVE_BUFFER);
  ScReceive *self = g_new0 (ScReceive, 1);
  g_autoptr (ScFrameAssembler) assembler =
      sc_frame_assembler_new (&join->join.layout, &join->join.plan, &sc_receive_frame_funcs, self, error);
  if (assembler == NULL) {
    g_free (self);
    return NULL;
  }
  g_mutex_init (&self->mutex);
  g_mutex_init (&self->written_mutex);
  self->released = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->ring = sc_receive_ring_new (RING_BATCHES);
  self->socket = g_steal_pointer (&socket);
  self->assembler = g_steal_pointer (&assembler);
  self->receiver =
      sc_cast_receiver_new (&join->join.layout, &join->join.key, join->join.first_window, g_get_monotonic_time ());
  self->queue = g_async_queue_new_full (item_free);
  self->coder = sc_frame_coder_new ();
  self->sink = *sink;
  self->plan_id = join->join.plan;
  self->writing = TRUE;
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  if (join->join.first_window > 0)
    sc_receive_ask_for_plan (self);
  self->write_thread = g_thread_new ("sc-write", sc_receive_write_main, self);
  self->open_thread = g_thread_new ("sc-open", sc_receive_open_main, self);
  self->socket_thread = g_thread_new ("sc-receive", sc_receive_socket_main, self);
  return self;
}

void
sc_receive_free (ScReceive *self)
{
  g_thread_join (self->socket_thread);
  g_thread_join (self->open_thread);
  g_thread_join (self->write_thread);
  sc_multicast_receiver_free (self->socket);
  sc_frame_assembler_free (self->assembler);
  sc_cast_receiver_free (self->receiver);
  sc_receive_ring_free (self->ring);
  g_array_unref (self->released);
  sc_frame_coder_free (self->coder);
  g_async_queue_unref (self->queue);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->written_mutex);
  g_free (self);
}

void
sc_receive_add_key (ScReceive *self, const ScCastKey *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_cast_receiver_add_key (self->receiver, key);
}

void
sc_receive_set_plan (ScReceive *self, GBytes *plan)
{
  sc_receive_enqueue (self, SC_RECEIVE_ITEM_PLAN, 0, g_bytes_ref (plan));
}

void
sc_receive_stop (ScReceive *self, gboolean write_rest)
{
  if (!write_rest)
    g_atomic_int_set (&self->discard, TRUE);
  g_cancellable_cancel (self->cancellable);
}

const ScChunkId *
sc_receive_get_plan_id (ScReceive *self)
{
  return &self->plan_id;
}
