/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-session-item.h"

G_BEGIN_DECLS

/*
 * The model in the words of docs/words.md, translated, as people read it. Pure functions; a char * is (transfer full),
 * a const char * lives for ever.
 */

char *sc_words_size (guint64 bytes);                  /* "12.1 GB" */
char *sc_words_size_of (guint64 done, guint64 total); /* "12.1 of 30.0 GB" */
char *sc_words_rate (guint64 bits_per_second);        /* "480 Mbit/s" */
char *sc_words_percent (double fraction);             /* "45 %" */
char *sc_words_duration (gint64 microseconds);        /* "2 min 5 s" */
char *sc_words_age (gint64 microseconds);             /* "just now", "5 minutes ago" */
char *sc_words_time (gint64 time);       /* µs since 1970, local: "Today 14:05", "21 Nov 2026 14:05"; empty for 0 */
char *sc_words_version (guint64 number); /* "Version 3", "No version" */
/* The name, or what “.” stands for: files that are in no template's directory. */
const char *sc_words_template (const char *name);
const char *sc_words_room (const char *room); /* the name, or "No room" */

/* "Current", "Being updated", "Offline" … */
const char *sc_words_condition (ScSeatCondition condition);
/* "Current", "Behind", "Receiving", "Offline" … in a word or two */
const char *sc_words_seat_state (ScSeatItem *seat);
/* The same with what one needs to act on it: "Receiving Debian, 12.1 of 30 MB", "Failed: the disk is full" */
char *sc_words_seat_detail (ScSeatItem *seat);
/* "3", "–" for none, "3 → 4" when another is assigned, "→ 4" when it has none, or is between two */
char *sc_words_seat_version (ScSeatItem *seat);
/* A name in the icon theme (resources/icons), for a state that is never shown by colour alone */
const char *sc_words_condition_icon (ScSeatCondition condition);
/* The style class of a tile, a cell, a counter: "failed", "running", … */
const char *sc_words_condition_class (ScSeatCondition condition);
/* The whole seat in one sentence, for those who hear the screen: "pc-07, Current, Version 3" */
char *sc_words_seat_sentence (ScSeatItem *seat);
/* What is the matter with the disks that it writes to, a sentence a line; may be empty */
char *sc_words_seat_volumes (ScSeatItem *seat);
const char *sc_words_counter (ScSeatCounter counter); /* "Online", "Low space" */

const char *sc_words_transfer_state (ScTransferState state);
const char *sc_words_session_state (ScSessionItemState state);
/* Of a way nick ("new", "clone", "undo", "forward"): "in place, can be undone" */
const char *sc_words_way (const char *way);

G_END_DECLS
