/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScDeployDialog:
 *
 * *Deploy version* and *Roll back*: which version, to whom, how fast, and what will happen then, seat by seat, asked of
 * the seats themselves while the user chooses. Nothing happens before *Deploy version* is pressed; then the dialog
 * closes and the parent shows the session (win.show-session). It may also take place later: at a time, when the rooms'
 * maintenance windows open, again and again; then it is planned.
 */
#define SC_TYPE_DEPLOY_DIALOG (sc_deploy_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScDeployDialog, sc_deploy_dialog, SC, DEPLOY_DIALOG, GtkWindow)

/* Not shown yet. @parent: (nullable) */
GtkWidget *sc_deploy_dialog_new (ScConsole *console, GtkWindow *parent);

/**
 * sc_deploy_dialog_set_request:
 * @version: 0: the newest, or when rolling back the newest earlier one that was deployed
 * @room: (nullable): or "": not given
 * @seat_ids: (nullable): or empty: not given; goes before @room
 *
 * What is preselected; the user may change all of it.
 */
void sc_deploy_dialog_set_request (ScDeployDialog *self, gboolean roll_back, guint64 version, const char *room,
                                   const char *const *seat_ids);

G_END_DECLS
