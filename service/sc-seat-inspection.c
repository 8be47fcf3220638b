/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-inspection.h"

/* The thread has a reference, too: it may come back when nobody wants to know any more. */
struct _ScSeatInspection {
  gatomicrefcount references;
  char *paths[2];
  ScVolumeInspectFunc inspect;
  gboolean ask;
  GMutex lock;
  GCond changed;
  gboolean done, given_up;
  ScSeatFinding findings[2];
};

void
sc_seat_finding_clear (ScSeatFinding *self)
{
  g_clear_pointer (&self->volume, sc_volume_free);
  g_clear_error (&self->error);
}

void
sc_seat_inspection_unref (ScSeatInspection *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < 2; i++) {
    g_free (self->paths[i]);
    sc_seat_finding_clear (&self->findings[i]);
  }
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static gpointer
inspection_thread (gpointer data)
{
  ScSeatInspection *self = data;
  ScSeatFinding findings[2] = { { NULL, NULL }, { NULL, NULL } };

  for (guint i = 0; i < 2; i++)
    findings[i].volume = self->inspect (self->paths[i], self->ask, &findings[i].error);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < 2; i++)
    self->findings[i] = findings[i];
  self->done = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  sc_seat_inspection_unref (self);
  return NULL;
}

ScSeatInspection *
sc_seat_inspection_start (const char *repository, const char *state, ScVolumeInspectFunc inspect, gboolean ask,
                          GError **error)
{
  ScSeatInspection *self = g_new0 (ScSeatInspection, 1);

  g_atomic_ref_count_init (&self->references);
  self->paths[0] = g_strdup (repository);
  self->paths[1] = g_strdup (state);
  self->inspect = inspect;
  self->ask = ask;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_atomic_ref_count_inc (&self->references);
  GThread *thread = g_thread_try_new ("inspection", inspection_thread, self, error);
  if (thread == NULL) {
    sc_seat_inspection_unref (self);
    sc_seat_inspection_unref (self);
    return NULL;
  }
  g_thread_unref (thread);
  return self;
}

gboolean
sc_seat_inspection_is_done (ScSeatInspection *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->done;
}

gboolean
sc_seat_inspection_wait (ScSeatInspection *self, guint limit, ScSeatFinding findings[2])
{
  gint64 end = g_get_monotonic_time () + (gint64) limit * 1000;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->done && !self->given_up && g_cond_wait_until (&self->changed, &self->lock, end))
    continue;
  if (!self->done)
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    findings[i] = self->findings[i];
    self->findings[i] = (ScSeatFinding){ NULL, NULL };
  }
  return TRUE;
}

void
sc_seat_inspection_give_up (ScSeatInspection *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->given_up = TRUE;
  g_cond_broadcast (&self->changed);
}
