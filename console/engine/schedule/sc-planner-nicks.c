/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner.h"

static const char *const kind_nicks[] = {
  [SC_SCHEDULE_AT] = "at",
  [SC_SCHEDULE_WINDOW] = "window",
  [SC_SCHEDULE_REPEAT] = "repeat",
};

static const char *const behind_nicks[] = {
  [SC_BEHIND_NOT] = "not",           [SC_BEHIND_OFFLINE] = "offline", [SC_BEHIND_DUE] = "due",
  [SC_BEHIND_LATE] = "late",         [SC_BEHIND_BUSY] = "busy",       [SC_BEHIND_FAILED] = "failed",
  [SC_BEHIND_UPDATING] = "updating", [SC_BEHIND_DRIFTED] = "drifted", [SC_BEHIND_CANCELLED] = "cancelled",
};

static const char *const next_nicks[] = {
  [SC_NEXT_NOTHING] = "nothing", [SC_NEXT_SESSION] = "session", [SC_NEXT_CATCH_UP] = "catch-up",
  [SC_NEXT_RETURN] = "return",   [SC_NEXT_RELEASE] = "release", [SC_NEXT_STAFF] = "staff",
};

static const char *const planned_nicks[] = {
  [SC_PLANNED_SCHEDULE] = "schedule",
  [SC_PLANNED_DUE] = "due",
  [SC_PLANNED_RESUME] = "resume",
  [SC_PLANNED_GATHER] = "gather",
};

const char *
sc_schedule_kind_to_nick (ScScheduleKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_nicks), "at");
  return kind_nicks[kind];
}

gboolean
sc_schedule_kind_from_nick (const char *nick, ScScheduleKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_nicks); i++)
    if (g_strcmp0 (nick, kind_nicks[i]) == 0) {
      *kind = (ScScheduleKind) i;
      return TRUE;
    }
  return FALSE;
}

const char *
sc_behind_to_nick (ScBehind behind)
{
  g_return_val_if_fail ((guint) behind < G_N_ELEMENTS (behind_nicks), "not");
  return behind_nicks[behind];
}

const char *
sc_next_to_nick (ScNext next)
{
  g_return_val_if_fail ((guint) next < G_N_ELEMENTS (next_nicks), "nothing");
  return next_nicks[next];
}

const char *
sc_planned_kind_to_nick (ScPlannedKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (planned_nicks), "schedule");
  return planned_nicks[kind];
}
