/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-session-item.h"
#include "console/gui/model/sc-session-seat-item.h"

G_BEGIN_DECLS

/* What a session's page and its report say. Pure functions; a char * is (transfer full), and empty when there is
 * nothing to say. */

/* Of a session's seats. */
typedef struct {
  guint all;
  guint done; /* also those that are @busy: they go on by themselves */
  guint busy;
  guint failed;
  guint cancelled;
  guint awaited;
} ScSessionCounts;
/* Returns: FALSE when nothing is known of its seats. Of a session whose seats were not loaded, what the engine counts.
 */
gboolean sc_session_words_count (ScSessionItem *session, ScSessionCounts *counts);
/* Whom it is for, in a sentence: "Lab 1", "80 seats" */
char *sc_session_words_target (ScSessionItem *session);

/* 0 to 1; what it lost of what was sent while it listened */
double sc_session_words_loss (const ScSessionSeatInfo *seat);
char *sc_session_words_loss_text (const ScSessionSeatInfo *seat); /* "0.4 %"; empty while nothing came */
/* How a seat's state looks; @online: whether it is */
ScSeatCondition sc_session_words_condition (const ScSessionSeatInfo *seat, gboolean online);
/* A name in the icon theme that stands by its state. */
const char *sc_session_words_seat_icon (const ScSessionSeatInfo *seat, gboolean online);
/* Its state in a word or two: "Repairing", "Offline" */
const char *sc_session_words_seat_state (ScSessionSeatItem *seat, gboolean online);
/* Whether the list of seats (ScSeatItem) says that it is there; TRUE when it does not know it */
gboolean sc_session_words_is_online (ScItemList *seats, const char *id);
const char *sc_session_words_icon (ScSessionItem *session);
/* The style class of its state: "running", "failed", … */
const char *sc_session_words_class (ScSessionItem *session);

char *sc_session_words_title (ScSessionItem *session);  /* "Version 4 to Lab 1" */
char *sc_session_words_amount (ScSessionItem *session); /* what a seat has of what it lacked: "12.1 of 30.0 GB" */
char *sc_session_words_waits_for (ScSessionItem *session,
                                  ScItemList *seats);    /* "pc-02 (offline), pc-03 (repairing 40 %)" */
char *sc_session_words_outcome (ScSessionItem *session); /* "78 done, 2 failed" */
char *sc_session_words_tally (ScSessionItem *session);   /* the same where there is little room: "78/80, 2 failed" */
char *sc_session_words_time_left (gint64 microseconds);  /* "about 3 min left"; empty for -1 */
char *sc_session_words_result (ScSessionItem *session);  /* "78 of 80 seats have version 4; 2 failed: …" */
char *sc_session_words_short_result (ScSessionItem *session);                    /* the same without the reasons */
char *sc_session_words_half_updated (ScSessionItem *session, ScItemList *seats); /* which seats, and what to do */
/* What is to be done about the seats that failed, by what @seats says of them now; empty for nothing. */
char *sc_session_words_advice (ScSessionItem *session, ScItemList *seats);

G_END_DECLS
