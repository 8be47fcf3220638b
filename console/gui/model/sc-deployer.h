/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

G_BEGIN_DECLS

/**
 * ScDeployer:
 *
 * Asks the engine what a deploy takes (a dry run), and starts the deploy. One dry run at a time: while it runs it holds
 * its seats, so it is cancelled, and that waited for, before anything else begins. Main thread only; nothing blocks.
 *
 * Signals: "changed" (): what it is at, its session or its error differ; "started" (guint64): the deploy's session;
 * "refused" (const GError *): the deploy did not begin, and nothing is being asked any more
 */
#define SC_TYPE_DEPLOYER (sc_deployer_get_type ())
G_DECLARE_FINAL_TYPE (ScDeployer, sc_deployer, SC, DEPLOYER, GObject)

ScDeployer *sc_deployer_new (ScConsole *console);

/**
 * sc_deployer_ask:
 * @path, @body: of the dry run's request
 * @delay: ms until it is sent, from the last call on
 * @patient: whether a dry run that is going on may end first; else it is cancelled at once
 */
void sc_deployer_ask (ScDeployer *self, const char *path, ScJson *body, guint delay, gboolean patient);
/* Ends whatever is asked. */
void sc_deployer_stop (ScDeployer *self);
void sc_deployer_deploy (ScDeployer *self, const char *path, ScJson *body);

gboolean sc_deployer_is_deploying (ScDeployer *self);
/* (nullable) (transfer none): the last dry run's, with its seats; may still be going on. NULL once another one is asked
 * for that was not patient. */
ScSessionItem *sc_deployer_get_session (ScDeployer *self);
/* (nullable): why the last dry run did not come to its end */
const GError *sc_deployer_get_error (ScDeployer *self);

G_END_DECLS
