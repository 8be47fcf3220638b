/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive-private.h"

/* The thread sc-receive: nothing but the socket. Whatever takes time is behind the ring. */

#define MAX_WAIT (G_USEC_PER_SEC / 4)

/* Waits for datagrams, then takes what has come until the batch is full or the next thread has nothing to do. */
static gboolean
fill (ScReceive *self, ScDatagramBatch *batch, GError **error)
{
  guint n_before;

  if (!sc_multicast_receiver_fill (self->socket, MAX_WAIT, batch, self->cancellable, error))
    return FALSE;
  do {
    n_before = batch->n_bursts;
    if (n_before == 0 || sc_datagram_batch_get_room (batch) == 0 || sc_receive_ring_is_idle (self->ring))
      break;
    if (!sc_multicast_receiver_fill (self->socket, 0, batch, self->cancellable, error))
      return FALSE;
  } while (batch->n_bursts > n_before);
  return TRUE;
}

gpointer
sc_receive_socket_main (gpointer data)
{
  ScReceive *self = data;
  gboolean ok = TRUE;

  while (ok && !g_cancellable_is_cancelled (self->cancellable)) {
    ScDatagramBatch *batch = sc_receive_ring_take_empty (self->ring, MAX_WAIT);
    g_autoptr (GError) error = NULL;

    if (batch == NULL) /* what comes in the meantime stays in the socket's buffer */
      continue;
    ok = fill (self, batch, &error);
    sc_receive_ring_push (self->ring, batch);
    if (!ok && !g_cancellable_is_cancelled (self->cancellable))
      sc_receive_post (self, SC_RECEIVE_FAILED, NULL, g_steal_pointer (&error));
  }
  sc_receive_ring_end (self->ring);
  return NULL;
}
