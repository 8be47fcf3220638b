/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-outlet.h"

#define AT_ONCE 8u /* bursts a system call: half of the ring, so that the other half can be filled meanwhile */
#define WAKE_AT                                                                                                        \
  4u /* bursts that wait when the sending thread is woken without being asked: waking costs as much as sending */

struct _ScCastOutlet {
  ScCastOutletSend send;
  gpointer object;
  GDestroyNotify free_object;
  ScCastOutletReady ready;
  gpointer data;
  GThread *thread;

  ScCastBurst bursts[SC_CAST_OUTLET_BURSTS]; /* those from n_sent to n_committed are the sending thread's */
  guint n_committed;                         /* (atomic) ever; written by the filling thread */
  guint n_sent;                              /* (atomic) ever; written by the sending thread */
  gint wants_room;                           /* (atomic) the filling thread found it full */
  gint sleeping;                             /* (atomic) the sending thread found it empty */
  gint full;                                 /* (atomic) */
  gint failed;                               /* (atomic) */

  GMutex mutex;
  GCond cond;
  gboolean stop;   /* under the mutex, as is … */
  gboolean ending; /* once the ring is empty */
  GError *error;   /* and this */
};

static guint
count_waiting (ScCastOutlet *self)
{
  return (guint) g_atomic_int_get (&self->n_committed) - (guint) g_atomic_int_get (&self->n_sent);
}

/* ---- the sending thread ---- */

/* Returns: how many bursts there are; 0 when the thread is to end */
static guint
wait_for_bursts (ScCastOutlet *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint n = 0;

  /* Said before the ring is looked at: who commits looks the other way round, so one of the two sees the other. */
  g_atomic_int_set (&self->sleeping, TRUE);
  while (!self->stop && (n = count_waiting (self)) == 0 && !self->ending)
    g_cond_wait (&self->cond, &self->mutex);
  g_atomic_int_set (&self->sleeping, FALSE);
  return self->stop ? 0 : n;
}

static void
say_ready (ScCastOutlet *self)
{
  if (g_atomic_int_compare_and_exchange (&self->wants_room, TRUE, FALSE))
    self->ready (self->data);
}

static gpointer
send_thread (gpointer data)
{
  ScCastOutlet *self = data;
  guint waiting;

  while ((waiting = wait_for_bursts (self)) > 0) {
    ScMulticastBurst bursts[AT_ONCE];
    guint first = (guint) g_atomic_int_get (&self->n_sent), n = MIN (waiting, AT_ONCE);
    g_autoptr (GError) error = NULL;
    gboolean full = FALSE;

    for (guint i = 0; i < n; i++)
      bursts[i] = sc_cast_burst_get (&self->bursts[(first + i) % SC_CAST_OUTLET_BURSTS]);
    if (!self->send (self->object, bursts, n, &full, &error)) {
      g_mutex_lock (&self->mutex);
      self->error = g_steal_pointer (&error);
      g_mutex_unlock (&self->mutex);
      g_atomic_int_set (&self->failed, TRUE);
      self->ready (self->data);
      break;
    }
    g_atomic_int_set (&self->full, full);
    g_atomic_int_set (&self->n_sent, first + n);
    say_ready (self);
  }
  return NULL;
}

/* ---- the filling thread ---- */

ScCastBurst *
sc_cast_outlet_reserve (ScCastOutlet *self, guint limit)
{
  ScCastBurst *burst;

  limit = MIN (limit, SC_CAST_OUTLET_BURSTS);
  if (count_waiting (self) >= limit) {
    g_atomic_int_set (&self->wants_room, TRUE);
    if (count_waiting (self) >= limit)
      return NULL;
    g_atomic_int_set (&self->wants_room, FALSE);
  }
  burst = &self->bursts[(guint) g_atomic_int_get (&self->n_committed) % SC_CAST_OUTLET_BURSTS];
  sc_cast_burst_empty (burst);
  return burst;
}

void
sc_cast_outlet_commit (ScCastOutlet *self)
{
  guint next = (guint) g_atomic_int_get (&self->n_committed) + 1;

  g_atomic_int_set (&self->n_committed, next);
  if (count_waiting (self) >= WAKE_AT)
    sc_cast_outlet_flush (self);
}

void
sc_cast_outlet_flush (ScCastOutlet *self)
{
  if (!g_atomic_int_get (&self->sleeping) || count_waiting (self) == 0)
    return;
  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

gboolean
sc_cast_outlet_is_full (ScCastOutlet *self)
{
  return g_atomic_int_get (&self->full);
}

gboolean
sc_cast_outlet_check (ScCastOutlet *self, GError **error)
{
  if (!g_atomic_int_get (&self->failed))
    return TRUE;
  g_mutex_lock (&self->mutex);
  g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->mutex);
  return FALSE;
}

gboolean
sc_cast_outlet_drain (ScCastOutlet *self, GError **error)
{
  g_mutex_lock (&self->mutex);
  self->ending = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->thread, g_thread_join);
  return sc_cast_outlet_check (self, error);
}

/* ---- making and ending ---- */

ScCastOutlet *
sc_cast_outlet_new (ScCastOutletSend send, gpointer object, GDestroyNotify free_object, gsize datagram_size,
                    ScCastOutletReady ready, gpointer data)
{
  ScCastOutlet *self = g_new0 (ScCastOutlet, 1);

  self->send = send;
  self->object = object;
  self->free_object = free_object;
  self->ready = ready;
  self->data = data;
  for (guint i = 0; i < SC_CAST_OUTLET_BURSTS; i++)
    sc_cast_burst_init (&self->bursts[i], datagram_size);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("cast-send", send_thread, self);
  return self;
}

static gboolean
send_to_socket (gpointer socket, const ScMulticastBurst *bursts, guint n, gboolean *full, GError **error)
{
  *full = !sc_multicast_sender_has_room (socket);
  return sc_multicast_sender_send_bursts (socket, bursts, n, error);
}

static void
free_socket (gpointer socket)
{
  sc_multicast_sender_free (socket);
}

ScCastOutlet *
sc_cast_outlet_new_for_socket (ScMulticastSender *socket, gsize datagram_size, ScCastOutletReady ready, gpointer data)
{
  return sc_cast_outlet_new (send_to_socket, socket, free_socket, datagram_size, ready, data);
}

void
sc_cast_outlet_stop (ScCastOutlet *self)
{
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
sc_cast_outlet_free (ScCastOutlet *self)
{
  if (self == NULL)
    return;
  sc_cast_outlet_stop (self);
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->free_object != NULL)
    self->free_object (self->object);
  for (guint i = 0; i < SC_CAST_OUTLET_BURSTS; i++)
    sc_cast_burst_clear (&self->bursts[i]);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}
