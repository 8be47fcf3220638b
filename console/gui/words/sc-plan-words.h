/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-deploy-schedule.h"
#include "console/gui/model/sc-planned-item.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-schedule-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-session-item.h"

G_BEGIN_DECLS

/*
 * What rooms should have, when, and what comes next, translated. Pure functions; a char * is (transfer full), and empty
 * when there is nothing to say. @now, and times: µs since 1970; told in the local time of whoever reads it.
 */

/* "today 18:00", "tomorrow 06:00", "Wed 25 Nov 22:00"; empty for 0 */
char *sc_plan_words_time (gint64 time, gint64 now);
char *sc_plan_words_day (GDateTime *day); /* "Wed 25 Nov 2026" */
/* "Mon–Fri", "Mon, Wed", "every day". @days: bit 0: Monday */
char *sc_plan_words_days (guint8 days);
const char *sc_plan_words_weekday (guint day, gboolean in_full); /* 0: Monday; "Mon", "Monday" */

char *sc_plan_words_window (const ScRoomWindow *window); /* "Mon–Fri 18:00–06:00 Europe/Berlin"; "at any time" */
/* "From 18:00 to 06:00 of the next day, Mon–Fri, in the time zone Europe/Berlin." */
char *sc_plan_words_window_sentence (const ScRoomWindow *window);
char *sc_plan_words_window_state (const ScRoomWindow *window, gint64 now); /* "open until 06:00", "opens today 18:00" */
/* The first opening after @now of a window that the engine does not know yet; 0: none, or its zone is not known. */
gint64 sc_plan_window_next_opening (const ScRoomWindow *window, gint64 now);

char *sc_plan_words_templates (ScJson *names); /* "Debian 12, Windows 11"; @names: (nullable) */
/* "Version 4", "Version 4: Debian 12, Windows 11", "Nothing" */
char *sc_plan_words_selection (guint64 version, ScJson *templates);
/* What the room is assigned and when its network may be used, in a line; empty for an earlier engine */
char *sc_plan_words_room (const ScRoomInfo *room, gint64 now);
const char *sc_plan_words_late (const char *late); /* of the API's nick */

/* Why the seat is behind, and what will happen next: "It is off. Catches up when it is on again." */
char *sc_plan_words_outlook (const ScSeatInfo *seat, gint64 now);
char *sc_plan_words_next (const ScSeatInfo *seat, gint64 now); /* what comes next only, for a table */

/* What a schedule brings: "Version 4 to Lab 1", "The newest version to Lab 1" */
char *sc_plan_words_schedule_title (const ScScheduleInfo *schedule);
/* "every Mon, Wed at 22:00", "tomorrow 22:00", "when the window opens: today 18:00" */
char *sc_plan_words_schedule_when (const ScScheduleInfo *schedule, gint64 now);
/* @schedule: (nullable): that it is of, as far as it is known */
char *sc_plan_words_title (const ScPlannedInfo *planned, const ScScheduleInfo *schedule);
char *sc_plan_words_when (const ScPlannedInfo *planned, gint64 now); /* "today 18:00, until tomorrow 06:00 at most" */
/* Why it comes: "Planned by anna", "Because it was assigned", … */
char *sc_plan_words_reason (const ScPlannedInfo *planned, const ScScheduleInfo *schedule);
const char *sc_plan_words_icon (ScPlannedItemKind kind);

/* When a deploy takes place that is being chosen, a line a room where they differ: "Lab 1: today 18:00". @rooms:
 * ScRoomItem */
char *sc_plan_words_deploy_when (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms, gint64 now);

/* Why a session is: "Planned", "By assignment", "For seats that were late"; empty for staff's own */
const char *sc_plan_words_origin (const ScSessionInfo *session);
/* Of a session that was suspended: "Paused until today 18:00 (maintenance window)" */
char *sc_plan_words_suspended (const ScSessionInfo *session, gint64 now);
/* Of the event: "Templates in use for 3 days on PC-07: Debian 12" */
char *sc_plan_words_reminder (ScJson *reminder, gint64 now);

G_END_DECLS
