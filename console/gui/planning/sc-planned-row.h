/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPlannedRow:
 *
 * Something that is planned: what, for whom, when, why; what staff have planned can be cancelled here.
 */
#define SC_TYPE_PLANNED_ROW (sc_planned_row_get_type ())
G_DECLARE_FINAL_TYPE (ScPlannedRow, sc_planned_row, SC, PLANNED_ROW, GtkListBoxRow)

/* @item: ScScheduleItem, or ScPlannedItem: one time of it */
GtkWidget *sc_planned_row_new (ScConsole *console, ScItem *item);
ScItem *sc_planned_row_get_item (ScPlannedRow *self); /* (transfer none) */
gint64 sc_planned_row_get_time (ScPlannedRow *self);  /* µs since 1970, to sort by; G_MAXINT64: none */

G_END_DECLS
