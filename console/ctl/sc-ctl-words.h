/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* The API's objects as people read them. Pure functions of JSON; every text is (transfer full). */

/* Whether the list of sessions (nullable) has the session @id as paused. */
gboolean sc_ctl_session_is_paused (ScJson *sessions, guint64 id);
/* Done, cancelled, failed, planned, or (of a seat) busy: nothing of it changes any more. */
gboolean sc_ctl_session_is_over (ScJson *session);
/* How many of its seats are in @state. */
guint sc_ctl_session_count_seats (ScJson *session, const char *state);
/* Whether it ended as it should: every seat has the version, or goes on by itself with templates in use; or, in a dry
 * run, can take it. */
gboolean sc_ctl_session_went_well (ScJson *session);
/* µs from the order to the end; -1 while it runs */
GTimeSpan sc_ctl_session_get_span (ScJson *session);
/* "2.6 s"; empty while it runs */
char *sc_ctl_session_duration (ScJson *session);

/* Whether the seat takes part in a transfer now. */
gboolean sc_ctl_seat_is_busy (ScJson *seat);
/* What a member of staff wants to read first: a transfer that runs or went wrong, else whether the seat is there and
 * what it has. @sessions: (nullable): tells which are paused */
char *sc_ctl_seat_state (ScJson *seat, ScJson *sessions);
/* The templates whose update waits because they are in use: "Debian, Windows"; empty for none */
char *sc_ctl_seat_waits_for (ScJson *seat);
/* "3", "-" for none, "3 → 4" when another is assigned */
char *sc_ctl_seat_version (ScJson *seat);
/* What is the matter with its disk: "forgets, compresses", "forgets, not written to"; may be empty */
char *sc_ctl_seat_volume (ScJson *seat);
/* @volume: "volume" or "state_volume" of a seat: "NTFS: forgets (Unified Write Filter protects D:)" */
char *sc_ctl_volume_in_words (ScJson *volume);
/* How much of what a seat lacked is there: "–" when it lacked nothing, empty while that is not known. @transfer: a
 * seat's transfer, or a seat of a session */
char *sc_ctl_transfer_percent (ScJson *transfer);

/* Which of a session's seats it waits for: "pc-02 (offline), pc-03 (repairing 40 %)"; empty for none. @seats:
 * (nullable): the list of seats, that tells who is offline */
char *sc_ctl_session_awaited (ScJson *session, ScJson *seats);
/* Of a seat of a session that has said what it needs: "fits", "1.2 GB missing" */
char *sc_ctl_needs_verdict (ScJson *needs);
/* Of one way: "3 files, 1.2 GB"; empty for none */
char *sc_ctl_needs_way (ScJson *needs, const char *way);
/* What a verification found, in one line. */
char *sc_ctl_verify_result (ScJson *verify);
/* (nullable): what is left between two versions on the session's seats; NULL for nothing */
char *sc_ctl_session_half_updated (ScJson *session, ScJson *seats);

/* Of an entry of the activity. Who it was: "anna@office", where it says nothing the address, "console" for itself */
char *sc_ctl_activity_who (ScJson *entry);
/* What keeps a session from being faster. @nick: the API's "rate_limit" */
const char *sc_ctl_rate_limit_in_words (const char *nick);
/* (nullable): "1975 of 3044 frames, 22.1 MB saved"; NULL when no frame is sent as a delta */
char *sc_ctl_session_deltas (ScJson *session);
/* How a session's seat got what it received: "multicast", "catch-up", "multicast + catch-up"; empty: nothing came */
const char *sc_ctl_seat_by (ScJson *seat);
/* "version 12, room “Lab 1”, session 4", "pc-07, pc-08 and 3 more" */
char *sc_ctl_activity_what (ScJson *entry);
/* "done", or why not */
char *sc_ctl_activity_result (ScJson *entry);

/* "3 templates removed (a, b, c), 1 added, 2 changed"; empty when nothing differs */
char *sc_ctl_diff_changes (ScJson *diff);
/* Adds the names of templates that the later version does not have; once each. */
void sc_ctl_diff_add_removed (ScJson *diff, GPtrArray *names);
/* "a, b, c"; of more than @max only so many and "and 7 more". Control characters are shown as '?'. */
char *sc_ctl_names (GPtrArray *names, guint max);
/* The same of an array of texts. */
char *sc_ctl_names_of (ScJson *strings, guint max);

G_END_DECLS
