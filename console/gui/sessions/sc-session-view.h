/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSessionView:
 *
 * One session: how it stands and what it waits for, how fast it sends, its seats; what can be done with it, and after
 * its end what came of it. Everything follows the session in place.
 */
#define SC_TYPE_SESSION_VIEW (sc_session_view_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionView, sc_session_view, SC, SESSION_VIEW, GtkBin)

GtkWidget *sc_session_view_new (ScConsole *console);
/* @session: (nullable): nothing is shown. Its details are loaded if they are not known. */
void sc_session_view_set_session (ScSessionView *self, ScSessionItem *session);
ScSessionItem *sc_session_view_get_session (ScSessionView *self); /* (nullable) (transfer none) */

G_END_DECLS
