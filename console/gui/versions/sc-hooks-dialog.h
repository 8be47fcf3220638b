/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScHooksDialog:
 *
 * Which programs seats run before and after they commit a version. Closes itself when that is saved; what is wrong is
 * said in it.
 *
 * Signals: "saved" (): the engine has them
 */
#define SC_TYPE_HOOKS_DIALOG (sc_hooks_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScHooksDialog, sc_hooks_dialog, SC, HOOKS_DIALOG, GtkWindow)

/* @hooks: (transfer none): as the engine has them now */
GtkWidget *sc_hooks_dialog_new (ScConsole *console, GtkWindow *parent, guint64 version, ScJson *hooks);

G_END_DECLS
