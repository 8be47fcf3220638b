/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScCatchUpPacer:
 *
 * When the answers that seats catch up with may go: no more of them together than a rate, and to a room than its own
 * (the virtual scheduling of the generic cell rate algorithm, ITU-T I.371 annex A, without tolerance: an answer goes
 * when those before it would have been sent at that rate, so a burst is one answer). Of the seats that wait the one
 * goes first that was served longest ago, so that no seat waits for another one's whole update. No sockets, no clock of
 * its own; times are µs of any clock that does not go back. Not thread-safe.
 */
typedef struct _ScCatchUpPacer ScCatchUpPacer;

/* @rate: bits/s */
ScCatchUpPacer *sc_catch_up_pacer_new (guint64 rate, gint64 now);
void sc_catch_up_pacer_free (ScCatchUpPacer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatchUpPacer, sc_catch_up_pacer_free)

void sc_catch_up_pacer_set_rate (ScCatchUpPacer *self, guint64 rate, gint64 now);
/* @rate: bits/s; 0: that of all is the room's only one */
void sc_catch_up_pacer_set_room_rate (ScCatchUpPacer *self, const char *room, guint64 rate, gint64 now);

/* An answer of @bytes for the seat waits from now on. Returns: its ticket, never 0 */
guint64 sc_catch_up_pacer_add (ScCatchUpPacer *self, const char *seat, const char *room, guint64 bytes);
/* It does not wait any more, and uses nothing. One that is not known counts for nothing. */
void sc_catch_up_pacer_remove (ScCatchUpPacer *self, guint64 ticket);
/* The next answer that may go now. Returns: its ticket; 0: none may */
guint64 sc_catch_up_pacer_peek (const ScCatchUpPacer *self, gint64 now);
/* The same, which does not wait any more, and goes. */
guint64 sc_catch_up_pacer_take (ScCatchUpPacer *self, gint64 now);
/* When sc_catch_up_pacer_take() is to be asked next; G_MAXINT64: not before something is added */
gint64 sc_catch_up_pacer_get_timeout (const ScCatchUpPacer *self);
guint sc_catch_up_pacer_count (const ScCatchUpPacer *self); /* of those that wait */

G_END_DECLS
