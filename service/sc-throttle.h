/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScThrottle:
 *
 * Long reading (hashing, verifying) gives way to whoever sits at the machine: while it is in use, the work is held to
 * SC_THROTTLE_RATE, over any stretch of time and one piece of work more; otherwise nothing waits. Pieces are paid for
 * when they are done, time that was not used is not saved up. Clock, sleep and presence are given, so tests need no
 * time. Thread-safe; threads share the rate.
 */
typedef struct _ScThrottle ScThrottle;

#define SC_THROTTLE_RATE (32u * 1024 * 1024)      /* bytes/s while the machine is in use */
#define SC_THROTTLE_LOOK (5 * G_TIME_SPAN_SECOND) /* between looks at whether it is */

/* What is %NULL is the system's. Called from the threads that spend. */
typedef struct {
  gboolean (*is_in_use) (gpointer data);
  gint64 (*now) (gpointer data); /* µs, monotonic */
  /* returns early when @cancellable (nullable) is cancelled */
  void (*sleep) (gpointer data, gint64 microseconds, GCancellable *cancellable);
} ScThrottleWorld;

/* With the system's clock and sc_system_is_in_use(). */
ScThrottle *sc_throttle_new (void);
ScThrottle *sc_throttle_new_with_world (const ScThrottleWorld *world, gpointer data);
void sc_throttle_free (ScThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScThrottle, sc_throttle_free)

/* To be called after each piece of work; returns when the next may begin, or at once when @cancellable is cancelled.
 * A piece should be small (1 MiB): it is not held back itself. A %NULL throttle never waits. */
void sc_throttle_spend (ScThrottle *self, guint64 bytes, GCancellable *cancellable);
/* Whether work is going on and held to the rate now: to be shown. */
gboolean sc_throttle_is_active (ScThrottle *self);

G_END_DECLS
