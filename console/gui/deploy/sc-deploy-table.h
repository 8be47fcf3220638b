/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-deploy-plan.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScDeployTable:
 *
 * What a version takes on each seat that is chosen: those that cannot take it first. Rows are updated in place, so that
 * selection and scroll position survive the seats' answers. What is selected is explained below.
 */
#define SC_TYPE_DEPLOY_TABLE (sc_deploy_table_get_type ())
G_DECLARE_FINAL_TYPE (ScDeployTable, sc_deploy_table, SC, DEPLOY_TABLE, GtkBox)

void sc_deploy_table_bind (ScDeployTable *self, ScDeployPlan *plan);
/* Shows what the plan says. */
void sc_deploy_table_refresh (ScDeployTable *self);

G_END_DECLS
