/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScConnectDialog:
 *
 * Asks for a console by its address: shows who answers there, takes the token, tries both and remembers them
 * (sc_connection_file_for_url()). Consoles that are known need nothing but a click; a certificate that has changed is
 * shown beside the old one, and must be accepted deliberately.
 *
 * Signals: "chosen" (const ScConnection *): it works; the dialog closes itself
 */
#define SC_TYPE_CONNECT_DIALOG (sc_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScConnectDialog, sc_connect_dialog, SC, CONNECT_DIALOG, GtkWindow)

/* @url: (nullable): to begin with; @known: (nullable): what was trusted so far, whatever file it came from */
GtkWidget *sc_connect_dialog_new (GtkWindow *parent, const char *url, const ScConnection *known);

G_END_DECLS
