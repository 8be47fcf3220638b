/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive-ring.h"

struct _ScReceiveRing {
  GMutex mutex; /* guards all of it */
  GCond filled; /* the emptying thread waits for it */
  GCond given_back;
  ScDatagramBatch **full; /* a ring: n_full from first on */
  ScDatagramBatch **empty;
  guint max, first, n_full, n_empty, n_made;
  gboolean idle;    /* the emptying thread waits */
  gboolean starved; /* the filling thread waits */
  gboolean ended;
};

ScReceiveRing *
sc_receive_ring_new (guint max)
{
  ScReceiveRing *self = g_new0 (ScReceiveRing, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->filled);
  g_cond_init (&self->given_back);
  self->max = max;
  self->full = g_new0 (ScDatagramBatch *, max);
  self->empty = g_new0 (ScDatagramBatch *, max);
  return self;
}

void
sc_receive_ring_free (ScReceiveRing *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_full; i++)
    sc_datagram_batch_free (self->full[(self->first + i) % self->max]);
  for (guint i = 0; i < self->n_empty; i++)
    sc_datagram_batch_free (self->empty[i]);
  g_free (self->full);
  g_free (self->empty);
  g_cond_clear (&self->filled);
  g_cond_clear (&self->given_back);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

ScDatagramBatch *
sc_receive_ring_take_empty (ScReceiveRing *self, gint64 timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->starved = TRUE;
  while (self->n_empty == 0 && self->n_made == self->max && !self->ended)
    if (!g_cond_wait_until (&self->given_back, &self->mutex, deadline))
      break;
  self->starved = FALSE;
  if (self->ended)
    return NULL;
  if (self->n_empty > 0)
    return self->empty[--self->n_empty];
  if (self->n_made == self->max)
    return NULL;
  self->n_made++;
  return sc_datagram_batch_new ();
}

void
sc_receive_ring_push (ScReceiveRing *self, ScDatagramBatch *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->full[(self->first + self->n_full++) % self->max] = batch;
  if (self->idle)
    g_cond_signal (&self->filled);
}

gboolean
sc_receive_ring_is_idle (ScReceiveRing *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->idle && self->n_full == 0;
}

void
sc_receive_ring_end (ScReceiveRing *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->ended = TRUE;
  g_cond_signal (&self->filled);
  g_cond_signal (&self->given_back);
}

ScDatagramBatch *
sc_receive_ring_pop (ScReceiveRing *self, gint64 deadline, gboolean *ended)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  ScDatagramBatch *batch = NULL;
  gboolean in_time = TRUE;

  self->idle = TRUE;
  while (in_time && self->n_full == 0 && !self->ended) {
    if (deadline == G_MAXINT64)
      g_cond_wait (&self->filled, &self->mutex);
    else
      in_time = g_cond_wait_until (&self->filled, &self->mutex, deadline);
  }
  self->idle = FALSE;
  if (self->n_full > 0) {
    batch = self->full[self->first];
    self->first = (self->first + 1) % self->max;
    self->n_full--;
  }
  *ended = batch == NULL && self->ended;
  return batch;
}

void
sc_receive_ring_give_back (ScReceiveRing *self, ScDatagramBatch *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  sc_datagram_batch_clear (batch);
  self->empty[self->n_empty++] = batch;
  if (self->starved) /* a signal to nobody is a system call all the same */
    g_cond_signal (&self->given_back);
}
