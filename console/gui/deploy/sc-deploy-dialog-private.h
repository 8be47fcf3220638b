/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/deploy/sc-deploy-dialog.h"
#include "console/gui/deploy/sc-deploy-table.h"
#include "console/gui/deploy/sc-target-chooser.h"
#include "console/gui/deploy/sc-version-chooser.h"
#include "console/gui/deploy/sc-when-chooser.h"
#include "console/gui/model/sc-deployer.h"
#include "console/gui/planning/sc-template-chooser.h"

G_BEGIN_DECLS

#define SC_DEPLOY_DIALOG_N_COUNTS 7 /* of the line of counts */

struct _ScDeployDialog {
  GtkWindow parent;
  GtkHeaderBar *header;
  GtkButton *deploy_button;
  GtkSpinner *spinner;
  GtkInfoBar *info_bar;
  GtkLabel *info_label;
  GtkScrolledWindow *outer, *choices;
  GtkBox *columns;
  GtkSeparator *separator;
  ScVersionChooser *version;
  ScTargetChooser *target;
  ScTemplateChooser *templates;
  ScWhenChooser *when;
  GtkLabel *when_text;
  GtkToggleButton *rate_default, *rate_own, *rate_free;
  GtkSpinButton *rate;
  GtkLabel *headline, *detail;
  GtkProgressBar *progress;
  GtkButton *again_button;
  GtkFlowBox *counts;
  ScDeployTable *table;

  GtkLabel *count_labels[SC_DEPLOY_DIALOG_N_COUNTS];
  ScConsole *console;
  ScDeployPlan *plan;
  ScDeployer *deployer;
  GCancellable *cancellable; /* of what tells the dialog that it is planned */
  guint turn_source;
  gboolean refreshing, planning;
};

/* sc-deploy-dialog.c */
void sc_deploy_dialog_refresh (ScDeployDialog *self);
void sc_deploy_dialog_show_refusal (ScDeployDialog *self, const GError *error);

/* sc-deploy-dialog-when.c: templates, and when it takes place */
void sc_deploy_dialog_on_templates_changed (ScDeployDialog *self);
void sc_deploy_dialog_on_when_changed (ScDeployDialog *self);
gboolean sc_deploy_dialog_is_planned (ScDeployDialog *self); /* not now, or not all of it */
gboolean sc_deploy_dialog_begins_now (ScDeployDialog *self); /* some of it does */
/* That which is chosen, and not another one each time. */
gboolean sc_deploy_dialog_takes_version (ScDeployDialog *self);
/* The version that is shown is one of those that have these templates. */
void sc_deploy_dialog_refresh_templates (ScDeployDialog *self);
void sc_deploy_dialog_refresh_when (ScDeployDialog *self);
gboolean sc_deploy_dialog_can_plan (ScDeployDialog *self);
/* Plans what is to be later, and then deploys what is to be at once. */
void sc_deploy_dialog_plan (ScDeployDialog *self);

G_END_DECLS
