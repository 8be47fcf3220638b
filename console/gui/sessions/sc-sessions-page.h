/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSessionsPage:
 *
 * What is planned, the sessions that run, then the past ones, newest first; beside the list what is selected.
 */
#define SC_TYPE_SESSIONS_PAGE (sc_sessions_page_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionsPage, sc_sessions_page, SC, SESSIONS_PAGE, GtkBin)

GtkWidget *sc_sessions_page_new (ScConsole *console);
/* Selects it, at once or as soon as it is known. */
void sc_sessions_page_show_session (ScSessionsPage *self, guint64 id);

G_END_DECLS
