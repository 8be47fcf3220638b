/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-session-item.h"
#include "console/gui/model/sc-session-seat-item.h"

G_BEGIN_DECLS

/* How fast a session is, what keeps it from being faster, what deltas save, and what its seats cost it. Pure functions;
 * a char * is (transfer full), and empty when there is nothing to say. */

/* bits/s: "500 Mbit/s"; of 0: that there is no cap */
char *sc_rate_words_cap (guint64 rate_cap);
/* "1,975 of 3,044 frames, 22.1 MB saved": what is sent as what differs from chunks that the seats have */
char *sc_rate_words_deltas (ScSessionItem *session);
/* The same where it stands by itself: "Deltas: 1,975 of …" */
char *sc_rate_words_deltas_line (ScSessionItem *session);
/* A sentence: "The rate is limited by its cap." Empty while nothing is sent, or of an earlier engine */
const char *sc_rate_words_limit (ScSessionItem *session);
/* @reason: the API's nick of why a seat was taken off the stream */
const char *sc_rate_words_demotion (const char *reason);
/* Whom the session took off the stream, when and why, a line each, oldest first; @max: lines at most */
char *sc_rate_words_demotions (ScSessionItem *session, guint max);
/* What is counted of a seat, a line each: lost and dropped packets, repairs, what is not yet written, demotions */
char *sc_rate_words_figures (const ScSessionSeatInfo *seat);

G_END_DECLS
