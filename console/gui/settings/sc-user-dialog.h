/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  SC_USER_DIALOG_ADD,
  SC_USER_DIALOG_PASSWORD,     /* another user's */
  SC_USER_DIALOG_OWN_PASSWORD, /* the old one is asked for, too */
} ScUserDialogKind;

/**
 * ScUserDialog:
 *
 * Adds a user, or changes a password. Closes itself when that is done; what is wrong is said in it.
 */
#define SC_TYPE_USER_DIALOG (sc_user_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScUserDialog, sc_user_dialog, SC, USER_DIALOG, GtkWindow)

/* @user: (nullable): whose password, with %SC_USER_DIALOG_PASSWORD */
GtkWidget *sc_user_dialog_new (ScConsole *console, GtkWindow *parent, ScUserDialogKind kind, const char *user);

G_END_DECLS
