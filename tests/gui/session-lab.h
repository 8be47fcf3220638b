/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* What an engine says of sessions in a lab where something goes wrong. All (transfer full). */

/* @n samples of half a second, as GET /v1/sessions/{id}/rates answers: with a time of loss, and a stall. */
ScJson *session_lab_rates (guint n);

/* As GET /v1/sessions/{id} answers: version 4 to Lab 1, seats "seat-7", "pc-07"; 30 GB for each of them. While it runs
 * pc-02 waits, pc-03 catches up, pc-17 has failed and pc-41 loses much; of one that is done pc-17 and pc-44 have failed
 * and pc-50 is busy.
 * @state: "sending", "paused", "done", "failed", "cancelled" */
ScJson *session_lab_session (guint64 id, guint n_seats, const char *state);

G_END_DECLS
