/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef enum {
  SC_PLANNED_SCHEDULED, /* staff have planned it: @schedule */
  SC_PLANNED_ASSIGNED,  /* an assignment asks for it, when the window opens */
  SC_PLANNED_RESUMED,   /* a session that was suspended goes on: @session */
  SC_PLANNED_GATHERED,  /* seats that came late wait for the window */
} ScPlannedItemKind;

typedef struct {
  ScPlannedItemKind kind;
  gint64 at;    /* µs since 1970 */
  gint64 until; /* when the window closes then; 0: never */
  const char *room;
  guint64 schedule, session; /* 0: none */
  guint64 version;           /* 0: the newest, or what is assigned then */
  ScJson *templates;         /* (nullable): names; NULL: all */
  guint seats;               /* that are known to take part by now */
} ScPlannedInfo;

/* Something that will come, once. */
#define SC_TYPE_PLANNED_ITEM (sc_planned_item_get_type ())
G_DECLARE_FINAL_TYPE (ScPlannedItem, sc_planned_item, SC, PLANNED_ITEM, ScItem)

const ScPlannedInfo *sc_planned_item_get_info (ScPlannedItem *self);

G_END_DECLS
