/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"

G_BEGIN_DECLS

/* What the API tells of a seat's past, in words. Pure functions; (transfer full) */

/* Of the API's Verify: "Today 14:05: every file is as it should be; 48.1 GB read" */
char *sc_seat_history_verification (ScJson *verify);
/* Of a VerifiedFile: "missing", "3 pieces" */
char *sc_seat_history_damage (ScJson *file);
/* "Session 12: version 4" */
char *sc_seat_history_session (ScJson *session, ScJson *seat);
/* Of a SessionSeat: "Done, 12.1 of 12.1 GB, by catch-up" */
char *sc_seat_history_outcome (ScJson *seat);
ScSeatCondition sc_seat_history_condition (ScJson *seat);
/* Of an entry of the seat's log: "Receiving version 4 in session 12" */
char *sc_seat_history_event (ScJson *entry);

G_END_DECLS
