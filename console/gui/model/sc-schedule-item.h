/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  guint64 id;
  const char *what;  /* "version", "newest", "assigned" */
  guint64 version;   /* of "version" */
  ScJson *templates; /* (nullable): names; NULL: all */
  const char *room;  /* empty: the seats that are in none */
  guint n_seats;     /* that are chosen; 0: the whole room */
  const char *kind;  /* "at", "window", "repeat" */
  gint64 at;         /* µs since 1970, of "at" */
  guint8 days;       /* of "repeat"; bit 0: Monday */
  guint minute;      /* after midnight in @zone */
  const char *zone;  /* empty: the console's */
  gboolean wake, power_off;
  const char *author;
  gint64 next;       /* µs since 1970; 0: none */
  const char *state; /* "planned", "done", "cancelled", "failed" */
  const char *error;
} ScScheduleInfo;

/* Sessions that staff have planned: one, or again and again. */
#define SC_TYPE_SCHEDULE_ITEM (sc_schedule_item_get_type ())
G_DECLARE_FINAL_TYPE (ScScheduleItem, sc_schedule_item, SC, SCHEDULE_ITEM, ScItem)

const ScScheduleInfo *sc_schedule_item_get_info (ScScheduleItem *self);

G_END_DECLS
