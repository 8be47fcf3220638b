/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScMonthGrid:
 *
 * A month, six weeks from a Monday on, with what is planned on each day. One day is selected: by a click, or by the
 * arrow keys, Home and End of a week, and Page Up and Down for months.
 *
 * Signals: "day-selected" (): another day, or month
 */
#define SC_TYPE_MONTH_GRID (sc_month_grid_get_type ())
G_DECLARE_FINAL_TYPE (ScMonthGrid, sc_month_grid, SC, MONTH_GRID, GtkGrid)

#define SC_MONTH_GRID_DAYS 42u

/* @day: shown with its month, and selected */
void sc_month_grid_select (ScMonthGrid *self, GDateTime *day);
GDateTime *sc_month_grid_get_day (ScMonthGrid *self);   /* (transfer none): its beginning, local */
GDateTime *sc_month_grid_get_first (ScMonthGrid *self); /* (transfer full): the first that is shown */
/* @entries: ScPlannedItem, by time; read now */
void sc_month_grid_show (ScMonthGrid *self, ScItemList *entries);

G_END_DECLS
