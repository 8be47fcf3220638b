/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-deploy-plan.h"
#include "console/gui/model/sc-deploy-schedule.h"
#include "console/gui/model/sc-deployer.h"

G_BEGIN_DECLS

/* What a deploy would do, in words. Pure functions; a char * is (transfer full), and empty when there is nothing to
 * say.
 */

typedef enum {
  SC_DEPLOY_OUTLOOK_INCOMPLETE, /* something has to be chosen first */
  SC_DEPLOY_OUTLOOK_ASKING,
  SC_DEPLOY_OUTLOOK_SENDS,
  SC_DEPLOY_OUTLOOK_SENDS_NOTHING,
  SC_DEPLOY_OUTLOOK_IMPOSSIBLE, /* no seat can take it */
  SC_DEPLOY_OUTLOOK_FAILED,     /* the seats could not be asked */
} ScDeployOutlook;

ScDeployOutlook sc_deploy_words_get_outlook (ScDeployPlan *plan, ScDeployer *deployer);
/* What the eye shall find first: "Sends 12.4 GB in about 3 min 25 s" */
char *sc_deploy_words_headline (ScDeployPlan *plan, ScDeployer *deployer);
/* The line below: whom, how, or what to do */
char *sc_deploy_words_detail (ScDeployPlan *plan, ScDeployer *deployer);

/* What becomes of seats that are picked, beyond this deploy; empty where none are, or no version is named. */
char *sc_deploy_words_pinned (ScDeployPlan *plan, const ScDeployWhen *when);
/* "2 lack space, up to 3.2 GB"; empty when there is no such seat, or when the headline says it */
char *sc_deploy_words_count (const ScDeploySummary *summary, ScDeployVerdict verdict);
/* "3 wait for templates in use" */
char *sc_deploy_words_busy_count (const ScDeploySummary *summary);

char *sc_deploy_words_verdict (const ScDeploySeat *seat);     /* "Fits", "3.2 GB missing", "Offline: later" */
char *sc_deploy_words_explanation (const ScDeploySeat *seat); /* in a sentence or two, with what to do */
char *sc_deploy_words_ways (const ScDeploySeat *seat);        /* "In place, can be undone; New files" */
/* As sc_words_condition_icon() and sc_words_condition_class() */
const char *sc_deploy_words_icon (ScDeployVerdict verdict);
const char *sc_deploy_words_seat_icon (const ScDeploySeat *seat);
const char *sc_deploy_words_class (ScDeployVerdict verdict);

G_END_DECLS
