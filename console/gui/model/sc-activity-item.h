/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  guint64 id;
  gint64 time;              /* µs since 1970 */
  const char *who;          /* empty: the engine itself */
  const char *role;         /* the API's nick, of that person; empty */
  const char *address;      /* where from */
  const char *hash;         /* of the entry and all before it; empty before the log was chained */
  const char *action;       /* the API's nick: "deploy" */
  guint64 version, session; /* 0 where they do not apply */
  const char *room, *detail;
  ScJson *seats; /* (nullable): an array of names, the first few */
  guint64 n_seats;
  gboolean done;
  const char *error;
} ScActivityInfo;

/* Who did what; lists have the newest first. */
#define SC_TYPE_ACTIVITY_ITEM (sc_activity_item_get_type ())
G_DECLARE_FINAL_TYPE (ScActivityItem, sc_activity_item, SC, ACTIVITY_ITEM, ScItem)

const ScActivityInfo *sc_activity_item_get_info (ScActivityItem *self);

G_END_DECLS
