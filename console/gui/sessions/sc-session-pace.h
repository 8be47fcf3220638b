/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SC_SESSION_PACE_SAMPLES 64u

/**
 * ScSessionPace:
 *
 * How long something will still take, by how far it came lately. Pure: the time is the caller's. All zero is a new one.
 */
typedef struct {
  struct {
    gint64 time;     /* monotonic µs */
    double fraction; /* 0 to 1 */
  } samples[SC_SESSION_PACE_SAMPLES];
  guint n, next;
} ScSessionPace;

/* Forgets what was before, as after a pause. */
void sc_session_pace_reset (ScSessionPace *self);
/* @fraction: how much is done; when it falls, what was before is forgotten */
void sc_session_pace_add (ScSessionPace *self, gint64 now, double fraction);
/* Returns: µs, rounded to what can be told (10 s, minutes, 5 minutes); -1 when nothing can be told: it has just begun,
 * or nothing has moved lately */
gint64 sc_session_pace_get_left (const ScSessionPace *self, gint64 now);

G_END_DECLS
