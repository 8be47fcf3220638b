/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

G_BEGIN_DECLS

/* An engine with two rooms, one of which has a window, versions 1 to 4, and sessions that are planned; and a model that
 * is connected to it. */
typedef struct {
  FakeEngine *engine;
  ScConsole *console;
} PlanningLab;

void planning_lab_begin (PlanningLab *lab);
void planning_lab_clear (PlanningLab *lab);
/* Until it was asked for, and what is shown has followed. */
void planning_lab_wait_asked (PlanningLab *lab, const char *method, const char *path);
/* @when: seconds from now on. Returns: (transfer full): as the API tells times */
char *planning_lab_time (gint64 when);
/* A room as the API tells it; with a window, which is closed, on Monday to Friday from 18:00 to 06:00, or without. */
ScJson *planning_lab_room (const char *name, gboolean window, int version);
/* @when: its kind */
ScJson *planning_lab_schedule (int id, const char *room, const char *when, gint64 next);

G_END_DECLS
