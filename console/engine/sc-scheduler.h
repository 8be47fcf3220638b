/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/**
 * ScScheduler:
 *
 * Drives ScPlanner: tells it what the catalog, the hub and the sessions say, and does what it orders. Also wakes seats
 * and powers them off. Main thread only.
 */
#define SC_TYPE_SCHEDULER (sc_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (ScScheduler, sc_scheduler, SC, SCHEDULER, GObject)

/* Signals: "schedules-changed": also by time; "seat-changed" (const char *seat): its desired state, or what comes next
 * for it; "room-changed" (const char *room); "reminder" (const char *seat, gint64 since): its templates are in use
 * past the room's deadline, since µs since 1970; "schedule-failed" (const ScCatalogSchedule *): it has come, and could
 * not be done: its error says why */
ScScheduler *sc_scheduler_new (ScStore *store, ScCatalog *catalog, ScSeatHub *hub, ScSessions *sessions);
/* For tests: µs since 1970, and µs monotonic. Before sc_scheduler_start(). */
typedef gint64 (*ScSchedulerClock) (gpointer data);
void sc_scheduler_set_clocks (ScScheduler *self, ScSchedulerClock real, ScSchedulerClock now, gpointer data);
/* Takes up what the catalog says; after sc_sessions_resume_all(). */
void sc_scheduler_start (ScScheduler *self);
/* Somebody has changed seats, rooms or settings in the catalog past this object: rooms moved, renamed, removed. */
void sc_scheduler_look (ScScheduler *self);

/* As sc_catalog_assign() and _pin(), and has it done. */
gboolean sc_scheduler_assign (ScScheduler *self, const char *room, ScSelection *selection, ScDue due, GError **error);
gboolean sc_scheduler_pin (ScScheduler *self, const char *seat, ScSelection *selection, ScDue due, GError **error);
gboolean sc_scheduler_set_policy (ScScheduler *self, const char *room, const ScRoomPolicy *policy, GError **error);

/* Sets id, created, next. Errors: %SC_ERROR_NOT_FOUND version, template, room, seat; %SC_ERROR_INVALID a time that is
 * past, a zone, a window where the room has none */
gboolean sc_scheduler_add (ScScheduler *self, ScCatalogSchedule *schedule, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND; %SC_ERROR_STATE: it is not planned any more */
gboolean sc_scheduler_cancel (ScScheduler *self, guint64 schedule, GError **error);

/* As sc_planner_list() and _get_outlook(), of now. */
GPtrArray *sc_scheduler_list_planned (ScScheduler *self, gint64 from, gint64 to, guint max);
void sc_scheduler_get_outlook (ScScheduler *self, const char *seat, ScOutlook *outlook);

/* Sends magic packets for the seats (@seats: ids). Returns: (transfer full) (element-type utf8): why one was not woken,
 * as long as @seats, NULL where packets were sent */
GPtrArray *sc_scheduler_wake (ScScheduler *self, GPtrArray *seats);

G_END_DECLS
