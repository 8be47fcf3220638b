/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScTokenDialog:
 *
 * Makes an enrolment token for a room, and shows it once, with what seats are installed by: command lines, the
 * connection file.
 */
#define SC_TYPE_TOKEN_DIALOG (sc_token_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScTokenDialog, sc_token_dialog, SC, TOKEN_DIALOG, GtkWindow)

/* @room: (nullable): that is suggested */
GtkWidget *sc_token_dialog_new (ScConsole *console, GtkWindow *parent, const char *room);

G_END_DECLS
