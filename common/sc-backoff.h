/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Waiting before a new attempt: exponential with full jitter, so that the seats of a whole building, which lose the
 * console in the same second, do not come back in the same second.
 */
typedef struct {
  guint base;    /* ms: the shortest wait */
  guint max;     /* ms: the longest */
  guint attempt; /* failures in a row so far */
} ScBackoff;

#define SC_BACKOFF_BASE 500u
#define SC_BACKOFF_MAX 30000u
#define SC_BACKOFF_INIT                                                                                                \
  {                                                                                                                    \
    .base = SC_BACKOFF_BASE, .max = SC_BACKOFF_MAX                                                                     \
  }

/* @random: in [0, 1). Returns: ms to wait, at least base and below min (max, base × 2^(attempt + 1)); counts the
 * attempt */
guint sc_backoff_next (ScBackoff *self, double random);
void sc_backoff_reset (ScBackoff *self);

/* Calls @func once after @delay ms in the thread's default main context, or as soon as @cancellable (nullable) is
 * cancelled. Returns: (transfer full): destroy and unref it to be called no more */
GSource *sc_backoff_wait (guint delay, GCancellable *cancellable, GSourceFunc func, gpointer user_data);

G_END_DECLS
