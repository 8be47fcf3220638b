/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-deploy-plan.h"

G_BEGIN_DECLS

typedef enum {
  SC_DEPLOY_NOW,
  SC_DEPLOY_AT,
  SC_DEPLOY_IN_WINDOW, /* rooms that have none: at once */
  SC_DEPLOY_REPEATEDLY,
} ScDeployMoment;

/* What is deployed when it is repeated. */
typedef enum {
  SC_DEPLOY_THIS,     /* the version that is chosen */
  SC_DEPLOY_NEWEST,   /* each time the one that is the newest then */
  SC_DEPLOY_ASSIGNED, /* each time what the seats are assigned then */
} ScDeployWhat;

typedef struct {
  ScDeployMoment moment;
  ScDeployWhat what;
  gint64 at;           /* µs since 1970 */
  guint8 days;         /* bit 0: Monday */
  guint minute;        /* after midnight, in sc_deploy_schedule_get_zone() */
  gboolean unreadable; /* what was typed is no time of the day */
} ScDeployWhen;

/* When a deploy that staff choose takes place. Pure functions; @rooms: ScRoomItem; @now: µs since 1970 */

/* Names of the rooms that the chosen seats are in, by name. (transfer full) (element-type utf8) */
GPtrArray *sc_deploy_schedule_list_rooms (ScDeployPlan *plan);
/* The time zone of what is repeated: that of the rooms' windows where they all have the same. Returns: (transfer none):
 * a room's; empty: the console's */
const char *sc_deploy_schedule_get_zone (ScDeployPlan *plan, ScItemList *rooms);
gboolean sc_deploy_schedule_is_complete (ScDeployPlan *plan, const ScDeployWhen *when, gint64 now);
/* The request to /v1/schedules. Returns: (transfer full) (nullable): NULL: nothing is to be planned */
ScJson *sc_deploy_schedule_to_body (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms);
/* That to /v1/sessions, of what takes place at once. Returns: (transfer full) (nullable): NULL: nothing does */
ScJson *sc_deploy_schedule_rest_to_body (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms);

G_END_DECLS
