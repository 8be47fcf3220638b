/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/schedule/sc-planner.h"

G_BEGIN_DECLS

#define SECONDS G_TIME_SPAN_SECOND
#define MINUTES G_TIME_SPAN_MINUTE
#define HOURS G_TIME_SPAN_HOUR
#define DAYS G_TIME_SPAN_DAY

/* A planner, what it is told, and what it orders, as text: "start 1 a b missed c; go-back a 3". Nothing comes about by
 * itself. It is Monday, 2026-11-23, 12:00 UTC at first. */
typedef struct {
  ScPlanner *planner;
  gint64 real, now;
  GString *orders;
  gboolean refuse;  /* orders cannot be done */
  GPtrArray *seats; /* (element-type ScPlannerSeat) (owned) */
  gboolean fetches; /* also write set_fetch */
  gint64 wait;      /* what the planner said last */
} World;

World *world_new (void);
void world_free (World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* @window: (nullable) as sc_window_parse() */
void world_room (World *self, const char *name, const char *window, ScLatePolicy late);
/* One that is on, is to have @version (0: nothing), and does not; known by now. (transfer none) */
ScPlannerSeat *world_seat (World *self, const char *id, const char *room, guint64 version);
void world_want (World *self, ScPlannerSeat *seat, guint64 version);
ScPlannerSeat *world_get (World *self, const char *id);
void world_tell (World *self, const ScPlannerSeat *seat);
/* Session @id of @version holds @seats ("a b"), and they say so. */
void world_session (World *self, guint64 id, guint64 version, const char *seats, gboolean suspended);
void world_end_session (World *self, guint64 id);
/* @duration passes; the planner is called when it said it must be, and at the end. */
void world_run (World *self, gint64 duration);
/* To the next @time of day ("18:00") UTC. */
void world_run_until (World *self, const char *time);
/* What was ordered since the last time. */
#define world_expect(self, expected)                                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    World *_world = (self);                                                                                            \
    g_assert_cmpstr (_world->orders->str, ==, (expected));                                                             \
    g_string_truncate (_world->orders, 0);                                                                             \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
