/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-session-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSessionTable:
 *
 * The seats of a session as a table that can be sorted; its rows are updated in place. A row that is clicked shows the
 * seat (win.show-seat).
 */
#define SC_TYPE_SESSION_TABLE (sc_session_table_get_type ())
G_DECLARE_FINAL_TYPE (ScSessionTable, sc_session_table, SC, SESSION_TABLE, GtkScrolledWindow)

/* Takes over what the session says now. @session: (nullable); @seats: the console's (ScSeatItem), that know who is
 * offline; @stragglers: as of sc_session_find_stragglers(): they stand first while nobody sorts otherwise */
void sc_session_table_update (ScSessionTable *self, ScSessionItem *session, ScItemList *seats, GPtrArray *stragglers);
GtkTreeView *sc_session_table_get_view (ScSessionTable *self); /* (transfer none) */

G_END_DECLS
