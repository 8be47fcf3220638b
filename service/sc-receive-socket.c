/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive-private.h"

/* The thread sc-receive: nothing but the socket. Whatever takes time is behind the ring. */

#define MAX_WAIT (G_USEC_PER_SEC / 4)
#define SHORTEST 1000           /* µs */
#define GATHERED (128u * 1024u) /* bytes that are worth being woken for */

/* Waits for datagrams, then takes what has come until the batch is full, or nothing is left, or little is and the next
 * thread has nothing to do. @emptied: (out): whether the socket held less than there was room for */
static gboolean
fill (ScReceive *self, ScDatagramBatch *batch, gboolean *emptied, GError **error)
{
  gint64 timeout = MAX_WAIT;
  guint n_taken;

  do {
    guint n_before = batch->n_bursts, room = sc_datagram_batch_get_room (batch);

    if (!sc_multicast_receiver_fill (self->socket, timeout, batch, self->cancellable, error))
      return FALSE;
    n_taken = batch->n_bursts - n_before;
    *emptied = n_taken < room;
    timeout = 0;
  } while (n_taken > 0 && sc_datagram_batch_get_room (batch) > 0 &&
           (!*emptied || !sc_receive_ring_is_idle (self->ring)));
  return TRUE;
}

/* µs: for how long datagrams may gather after @batch: the slower they come, the longer. */
static gint64
next_pause (gint64 pause, gint64 longest, const ScDatagramBatch *batch)
{
  gint64 wanted = batch->filled < GATHERED ? pause * 2 : pause / 2;

  return CLAMP (wanted, MIN (SHORTEST, longest), longest);
}

gpointer
sc_receive_socket_main (gpointer data)
{
  ScReceive *self = data;
  gint64 longest = sc_multicast_receiver_get_pause (self->socket), pause = 0;
  gboolean ok = TRUE;
  GPollFD held;
  gboolean holds = g_cancellable_make_pollfd (self->cancellable, &held); /* else each wait makes and closes one */

  while (ok && !g_cancellable_is_cancelled (self->cancellable)) {
    ScDatagramBatch *batch = sc_receive_ring_take_empty (self->ring, MAX_WAIT);
    g_autoptr (GError) error = NULL;

    if (batch == NULL) /* what comes in the meantime stays in the socket's buffer */
      continue;
    gboolean emptied = FALSE;
    ok = fill (self, batch, &emptied, &error);
    /* In a running stream more is about to come: it is fetched together with what follows it */
    emptied = emptied && batch->n_bursts > 0;
    pause = next_pause (pause, longest, batch);
    sc_receive_ring_push (self->ring, batch);
    if (ok && emptied && pause > 0)
      g_usleep ((gulong) pause);
    if (!ok && !g_cancellable_is_cancelled (self->cancellable))
      sc_receive_post (self, SC_RECEIVE_FAILED, NULL, g_steal_pointer (&error));
  }
  if (holds)
    g_cancellable_release_fd (self->cancellable);
  sc_receive_ring_end (self->ring);
  return NULL;
}
