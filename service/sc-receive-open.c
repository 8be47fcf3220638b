/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive-private.h"

/* The thread sc-open: splits bursts, opens datagrams, decodes blocks, reports. */

typedef struct {
  ScReceive *self;
  gint64 now;
} Opening;

static void
on_datagram (const guint8 *datagram, gsize length, gpointer user_data)
{
  Opening *opening = user_data;

  sc_cast_receiver_receive (opening->self->receiver, datagram, length, opening->now);
}

/* What was written leaves room for more. Returns: bytes that are not yet */
static guint64
take_released (ScReceive *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->written_mutex);

  for (guint i = 0; i < self->released->len; i++)
    sc_cast_receiver_release_block (self->receiver, g_array_index (self->released, guint32, i));
  g_array_set_size (self->released, 0);
  return self->backlog;
}

static void
pass_on (ScReceive *self, guint32 block, GBytes *bytes)
{
  g_mutex_lock (&self->written_mutex);
  self->backlog += g_bytes_get_size (bytes);
  g_mutex_unlock (&self->written_mutex);
  sc_receive_enqueue (self, SC_RECEIVE_ITEM_BLOCK, block, bytes);
}

static void
after_datagrams (ScReceive *self, gint64 now)
{
  ScCastReport report;
  guint32 block;
  GBytes *bytes;

  if (!self->heard && sc_cast_receiver_has_heard (self->receiver)) {
    self->heard = TRUE;
    sc_receive_post (self, SC_RECEIVE_HEARD, NULL, NULL);
  }
  while (sc_cast_receiver_take_block (self->receiver, &block, &bytes))
    pass_on (self, block, bytes);
  if (sc_cast_receiver_get_timeout (self->receiver, now) <= now) {
    guint64 backlog = take_released (self);
    guint64 dropped = sc_multicast_receiver_get_dropped (self->socket);

    while (sc_cast_receiver_poll_report (self->receiver, now, dropped, backlog, &report))
      sc_receive_post (self, SC_RECEIVE_REPORT, &report, NULL);
  }
  if (!self->ended && sc_cast_receiver_is_finished (self->receiver)) {
    self->ended = TRUE;
    sc_receive_enqueue (self, SC_RECEIVE_ITEM_ENDED, 0, NULL);
  }
}

/* @batch: (nullable): the time has come to report */
static gint64
open_batch (ScReceive *self, const ScDatagramBatch *batch)
{
  Opening opening = { .self = self, .now = g_get_monotonic_time () };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (batch != NULL && !g_atomic_int_get (&self->discard)) {
    take_released (self);
    sc_datagram_batch_foreach (batch, on_datagram, &opening);
  }
  after_datagrams (self, opening.now);
  return sc_cast_receiver_get_timeout (self->receiver, opening.now);
}

gpointer
sc_receive_open_main (gpointer data)
{
  ScReceive *self = data;
  gint64 deadline = G_MAXINT64;
  gboolean ended = FALSE;

  while (!ended) {
    ScDatagramBatch *batch = sc_receive_ring_pop (self->ring, deadline, &ended);

    deadline = open_batch (self, batch);
    if (batch != NULL)
      sc_receive_ring_give_back (self->ring, batch);
  }
  sc_receive_enqueue (self, SC_RECEIVE_ITEM_STOP, 0, NULL);
  return NULL;
}
