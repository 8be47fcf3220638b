/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-throttle.h"

#include "common/platform/sc-system.h"

struct _ScThrottle {
  ScThrottleWorld world;
  gpointer data;

  GMutex mutex;
  gboolean looks; /* looked at least once */
  gint64 looked;  /* when, µs */
  gboolean in_use;
  gint64 began; /* when the piece that is spent next began at the earliest, µs */
  gint64 due;   /* until when what was spent is paid for, µs */
};

static gboolean
system_is_in_use (gpointer data)
{
  return sc_system_is_in_use ();
}

static gint64
system_now (gpointer data)
{
  return g_get_monotonic_time ();
}

typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean woken;
} Sleeper;

static void
wake (GCancellable *cancellable, Sleeper *sleeper)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sleeper->mutex);
  sleeper->woken = TRUE;
  g_cond_signal (&sleeper->cond);
}

static void
system_sleep (gpointer data, gint64 microseconds, GCancellable *cancellable)
{
  gint64 end = g_get_monotonic_time () + microseconds;
  Sleeper sleeper = { 0 };
  g_mutex_init (&sleeper.mutex);
  g_cond_init (&sleeper.cond);
  gulong handler = cancellable == NULL ? 0 : g_cancellable_connect (cancellable, G_CALLBACK (wake), &sleeper, NULL);
  g_mutex_lock (&sleeper.mutex);
  while (!sleeper.woken && g_cond_wait_until (&sleeper.cond, &sleeper.mutex, end))
    continue;
  g_mutex_unlock (&sleeper.mutex);
  g_cancellable_disconnect (cancellable, handler); /* waits for wake() */
  g_cond_clear (&sleeper.cond);
  g_mutex_clear (&sleeper.mutex);
}

ScThrottle *
sc_throttle_new (void)
{
  return sc_throttle_new_with_world (&(ScThrottleWorld){ 0 }, NULL);
}

ScThrottle *
sc_throttle_new_with_world (const ScThrottleWorld *world, gpointer data)
{
  ScThrottle *self = g_new0 (ScThrottle, 1);
  self->world.is_in_use = world->is_in_use != NULL ? world->is_in_use : system_is_in_use;
  self->world.now = world->now != NULL ? world->now : system_now;
  self->world.sleep = world->sleep != NULL ? world->sleep : system_sleep;
  self->data = data;
  self->began = self->due = self->world.now (data);
  g_mutex_init (&self->mutex);
  return self;
}

void
sc_throttle_free (ScThrottle *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Looks when it is time to. The lock is given up meanwhile: looking may take seconds. Returns: whether the machine is
 * in use */
static gboolean
look (ScThrottle *self)
{
  gint64 now = self->world.now (self->data);
  if (self->looks && now - self->looked < SC_THROTTLE_LOOK)
    return self->in_use;
  self->looks = TRUE;
  self->looked = now; /* the other threads go by the last look until this one is done */
  g_mutex_unlock (&self->mutex);
  gboolean in_use = self->world.is_in_use (self->data);
  g_mutex_lock (&self->mutex);
  self->in_use = in_use;
  return in_use;
}

/* µs, rounded up: over many small pieces the fractions would add up to more than the rate */
static gint64
cost_of (guint64 bytes)
{
  guint64 rest = bytes % SC_THROTTLE_RATE * G_USEC_PER_SEC;
  return (gint64) (bytes / SC_THROTTLE_RATE * G_USEC_PER_SEC + (rest + SC_THROTTLE_RATE - 1) / SC_THROTTLE_RATE);
}

/* A piece costs its time from when it may have begun, which is when its predecessor was paid for or later: so a long
 * pause is credit for the one piece after it and no more. */
void
sc_throttle_spend (ScThrottle *self, guint64 bytes, GCancellable *cancellable)
{
  if (self == NULL)
    return;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->due = MAX (self->due, self->began) + cost_of (bytes);
  gint64 due = self->due;
  while (!g_cancellable_is_cancelled (cancellable)) {
    gboolean in_use = look (self);
    gint64 now = self->world.now (self->data);
    if (!in_use)
      self->due = MIN (self->due, now);
    if (!in_use || now >= due)
      break;
    gint64 wait = CLAMP (self->looked + SC_THROTTLE_LOOK - now, 0, due - now);
    g_mutex_unlock (&self->mutex);
    self->world.sleep (self->data, wait, cancellable);
    g_mutex_lock (&self->mutex);
  }
  self->began = self->world.now (self->data);
}

gboolean
sc_throttle_is_active (ScThrottle *self)
{
  if (self == NULL)
    return FALSE;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  /* work looks every SC_THROTTLE_LOOK: what is older tells of no work */
  return self->in_use && self->world.now (self->data) - self->looked < 2 * SC_THROTTLE_LOOK;
}
