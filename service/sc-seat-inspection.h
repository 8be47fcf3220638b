/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-volumes.h"

G_BEGIN_DECLS

/**
 * ScSeatInspection:
 *
 * One inspection of both volumes, on a thread of its own that nobody has to await. Thread-safe.
 */
typedef struct _ScSeatInspection ScSeatInspection;

/* What was found of a volume: one of these. */
typedef struct {
  ScVolume *volume; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} ScSeatFinding;

void sc_seat_finding_clear (ScSeatFinding *self);

/* Starts it. Errors: there can be no thread */
ScSeatInspection *sc_seat_inspection_start (const char *repository, const char *state, ScVolumeInspectFunc inspect,
                                            gboolean ask, GError **error);
/* Its thread, if it still runs, goes on without anybody. */
void sc_seat_inspection_unref (ScSeatInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatInspection, sc_seat_inspection_unref)

gboolean sc_seat_inspection_is_done (ScSeatInspection *self);
/* Waits up to @limit ms, or until it is given up. Once it is done: @findings (out) (transfer full): the repository's
 * and the state's. Returns: %FALSE: it is not done */
gboolean sc_seat_inspection_wait (ScSeatInspection *self, guint limit, ScSeatFinding findings[2]);
/* Nobody waits any longer. */
void sc_seat_inspection_give_up (ScSeatInspection *self);

G_END_DECLS
