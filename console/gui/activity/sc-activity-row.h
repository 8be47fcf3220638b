/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-activity-item.h"
#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScActivityRow:
 *
 * One entry of the activity: what, by whom, when, and whether it worked; with links to the session, the version and the
 * seats it is about.
 */
#define SC_TYPE_ACTIVITY_ROW (sc_activity_row_get_type ())
G_DECLARE_FINAL_TYPE (ScActivityRow, sc_activity_row, SC, ACTIVITY_ROW, GtkListBoxRow)

GtkWidget *sc_activity_row_new (ScConsole *console, ScActivityItem *entry);
ScActivityItem *sc_activity_row_get_entry (ScActivityRow *self);
/* Goes to what the entry is about first: its session, else its version, else its seat. */
void sc_activity_row_open (ScActivityRow *self);

G_END_DECLS
