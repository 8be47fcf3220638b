/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-deploy-plan.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScTargetChooser:
 *
 * Whom a version is for: all rooms, some rooms, or the seats that were picked; the plan gets what the user chooses.
 */
#define SC_TYPE_TARGET_CHOOSER (sc_target_chooser_get_type ())
G_DECLARE_FINAL_TYPE (ScTargetChooser, sc_target_chooser, SC, TARGET_CHOOSER, GtkBox)

void sc_target_chooser_bind (ScTargetChooser *self, ScConsole *console, ScDeployPlan *plan);
/* Shows what the plan says. */
void sc_target_chooser_refresh (ScTargetChooser *self);

G_END_DECLS
