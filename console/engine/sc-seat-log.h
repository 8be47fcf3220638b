/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/**
 * ScSeatLog:
 *
 * Writes down what happens to each seat: connected, disconnected, the states of its transfers in sessions and outside,
 * verified, drifted, moved to another room. Only changes: never each message of progress. Lines are gathered and
 * written together, at most 500 ms later. Dry runs are not in it. Main thread only.
 */
typedef struct _ScSeatLog ScSeatLog;

/* All outlive the log. */
ScSeatLog *sc_seat_log_new (ScCatalog *catalog, ScSeatHub *hub, ScSessions *sessions);
/* Writes what is left. */
void sc_seat_log_free (ScSeatLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatLog, sc_seat_log_free)
/* A connection of the seat was refused. @address: from where; @why: for people */
void sc_seat_log_refused (ScSeatLog *self, const char *seat, const char *address, const char *why);
/* Writes what is gathered, before it is read. */
void sc_seat_log_flush (ScSeatLog *self);

G_END_DECLS
