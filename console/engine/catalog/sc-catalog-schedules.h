/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/schedule/sc-planner.h"

G_BEGIN_DECLS

/* What a schedule brings. */
typedef enum {
  SC_SCHEDULE_VERSION,  /* the version that it names */
  SC_SCHEDULE_NEWEST,   /* the newest one there is then */
  SC_SCHEDULE_ASSIGNED, /* what is assigned already: seats that are behind or have drifted */
} ScScheduleWhat;
const char *sc_schedule_what_to_nick (ScScheduleWhat what); /* "version", "newest", "assigned" */
gboolean sc_schedule_what_from_nick (const char *nick, ScScheduleWhat *what);

typedef enum {
  SC_SCHEDULE_PLANNED,
  SC_SCHEDULE_DONE, /* it has come, for the last time */
  SC_SCHEDULE_CANCELLED,
  SC_SCHEDULE_FAILED, /* it has come, and could not be done */
} ScScheduleState;
const char *sc_schedule_state_to_nick (ScScheduleState state);

/* One session that is planned, once or again and again. A plain struct; strings are owned, times µs since 1970. */
typedef struct {
  guint64 id;
  ScScheduleWhat what;
  guint64 version;  /* of VERSION */
  char *templates;  /* sc_selection_templates_to_text() */
  char *room;       /* whose seats, or whose seats' window; empty: seats in no room */
  GPtrArray *seats; /* (owned) (element-type utf8): ids, of that room; empty: the whole room */
  ScScheduleKind kind;
  gint64 at;   /* of AT; of WINDOW: from when on */
  guint8 days; /* of REPEAT: bit 0: Monday */
  guint16 minute;
  char *zone;
  gboolean wake, power_off;
  gboolean rate_cap_set; /* else the console's holds */
  guint64 rate_cap;      /* bits/s on the wire; 0: as fast as the seats take it */
  char *author;
  gint64 created;
  gint64 next;          /* 0: none */
  gint64 last;          /* when it came last; 0: never */
  guint64 last_session; /* 0: none */
  ScScheduleState state;
  char *error; /* of the last time; empty */
} ScCatalogSchedule;
void sc_catalog_schedule_free (ScCatalogSchedule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogSchedule, sc_catalog_schedule_free)

/* Sets @schedule->id. */
gboolean sc_catalog_add_schedule (ScCatalog *self, ScCatalogSchedule *schedule, GError **error);
gboolean sc_catalog_save_schedule (ScCatalog *self, const ScCatalogSchedule *schedule, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND */
ScCatalogSchedule *sc_catalog_get_schedule (ScCatalog *self, guint64 id, GError **error);
/* Returns: (transfer full) (element-type ScCatalogSchedule): those that are planned by their next time, or else all,
 * newest first */
GPtrArray *sc_catalog_list_schedules (ScCatalog *self, gboolean planned, guint max, GError **error);
/* A room has another name. */
gboolean sc_catalog_rename_schedules (ScCatalog *self, const char *room, const char *name, GError **error);

G_END_DECLS
