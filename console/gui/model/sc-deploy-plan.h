/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-filter-list.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-session-item.h"
#include "console/gui/model/sc-session-seat-item.h"

G_BEGIN_DECLS

typedef enum {
  SC_DEPLOY_TO_ALL,
  SC_DEPLOY_TO_ROOMS, /* one or several */
  SC_DEPLOY_TO_SEATS, /* those that were picked */
} ScDeployTarget;

/* What is known of a chosen seat. */
typedef enum {
  SC_DEPLOY_SEAT_UNKNOWN, /* it was not asked */
  SC_DEPLOY_SEAT_ASKED,   /* its answer is awaited */
  SC_DEPLOY_SEAT_FITS,    /* it can take the version */
  SC_DEPLOY_SEAT_HAS_IT,  /* it has the version already */
  SC_DEPLOY_SEAT_NO_SPACE,
  SC_DEPLOY_SEAT_REFUSED, /* it cannot take part for another reason */
  SC_DEPLOY_SEAT_OFF,
  SC_DEPLOY_SEAT_PINNED, /* it keeps what it is pinned to: a deploy to its room leaves it out */
  SC_N_DEPLOY_VERDICTS
} ScDeployVerdict;

/* Sizes are bytes; texts belong to the session, until the plan's next "changed". */
typedef struct {
  ScDeployVerdict verdict;
  gboolean answered; /* what follows is known: */
  guint64 lacks, local, peak, free, missing;
  ScJson *ways;       /* (nullable): the API's, by nick */
  ScJson *busy;       /* (nullable): names of templates that are in use */
  const char *reason; /* of a refusal; may be empty */
} ScDeploySeat;

typedef struct {
  guint n_seats, n_online;
  guint n[SC_N_DEPLOY_VERDICTS];
  guint n_busy;    /* seats that can take it, but for templates in use */
  guint n_lacking; /* seats that can take it and lack something */
  guint64 missing; /* bytes, of the seat that misses most */
  gboolean planned;
  guint64 content_bytes, wire_bytes; /* of the stream; 0 when nothing is sent */
  gint64 duration;                   /* µs, at the rate cap; 0: unknown */
} ScDeploySummary;

/**
 * ScDeployPlan:
 *
 * What staff choose in *Deploy version* (or *Roll back*), what that means for each seat, and the request that it makes.
 * It asks nobody: ScDeployer does, and hands over the dry run's session.
 *
 * Signals: "request-changed" (): another choice was made, so the dry run's session was forgotten: the seats have to be
 * asked anew; "seats-changed" (): of the chosen seats one was switched on or off, or has another version; "changed" ():
 * anything differs that is shown
 */
#define SC_TYPE_DEPLOY_PLAN (sc_deploy_plan_get_type ())
G_DECLARE_FINAL_TYPE (ScDeployPlan, sc_deploy_plan, SC, DEPLOY_PLAN, GObject)

/* @seats: ScSeatItem */
ScDeployPlan *sc_deploy_plan_new (ScItemList *seats);

void sc_deploy_plan_set_rolling_back (ScDeployPlan *self, gboolean rolling_back);
gboolean sc_deploy_plan_is_rolling_back (ScDeployPlan *self);
/* @version: 0: the engine finds the one to roll back to */
void sc_deploy_plan_pick_version (ScDeployPlan *self, guint64 version);
/* The one that was picked or found; 0: none yet */
guint64 sc_deploy_plan_get_version (ScDeployPlan *self);
void sc_deploy_plan_set_target (ScDeployPlan *self, ScDeployTarget target);
ScDeployTarget sc_deploy_plan_get_target (ScDeployPlan *self);
/* Whether the room is one of those for %SC_DEPLOY_TO_ROOMS; "" is that of the seats in none. */
void sc_deploy_plan_set_room (ScDeployPlan *self, const char *room, gboolean chosen);
gboolean sc_deploy_plan_has_room (ScDeployPlan *self, const char *room);
/* The same for %SC_DEPLOY_TO_SEATS. @id: of a seat */
void sc_deploy_plan_set_seat (ScDeployPlan *self, const char *id, gboolean chosen);
gboolean sc_deploy_plan_has_seat (ScDeployPlan *self, const char *id);
/* @own: whether it has a cap of its own, else the engine's default; @rate_cap: that cap in bits/s on the wire, 0: as
 * fast as the seats take it. The seats need not be asked anew. */
void sc_deploy_plan_set_rate_cap (ScDeployPlan *self, gboolean own, guint64 rate_cap);

/* @templates: (nullable): names; NULL: all of the version's */
void sc_deploy_plan_set_templates (ScDeployPlan *self, ScJson *templates);
/* What is done to the seats before and after. They need not be asked anew. */
void sc_deploy_plan_set_power (ScDeployPlan *self, gboolean wake, gboolean power_off);
gboolean sc_deploy_plan_wakes (ScDeployPlan *self);

/* (transfer none): the seats that are chosen, ScSeatItem */
ScFilterList *sc_deploy_plan_get_seats (ScDeployPlan *self);
/* @session: (nullable): the dry run's; to be told again whenever it has changed */
void sc_deploy_plan_set_session (ScDeployPlan *self, ScSessionItem *session);
void sc_deploy_plan_judge (ScDeployPlan *self, ScSeatItem *seat, ScDeploySeat *result);
void sc_deploy_plan_sum_up (ScDeployPlan *self, ScDeploySummary *summary);
/* Whether there is a version, and a seat that can take it for all that is known; one that is off when it is woken. */
gboolean sc_deploy_plan_can_deploy (ScDeployPlan *self);
/* Whether there is anything to ask: a version (or one to be found), and a seat that is on. */
gboolean sc_deploy_plan_can_ask (ScDeployPlan *self);
const char *sc_deploy_plan_get_path (ScDeployPlan *self);
/* Returns: (transfer full): the request's body */
ScJson *sc_deploy_plan_to_body (ScDeployPlan *self, gboolean dry_run);

G_END_DECLS
