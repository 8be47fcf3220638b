/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPlannedView:
 *
 * What is planned: as a list of schedules and of what else comes, and as a calendar with a list of the selected day.
 */
#define SC_TYPE_PLANNED_VIEW (sc_planned_view_get_type ())
G_DECLARE_FINAL_TYPE (ScPlannedView, sc_planned_view, SC, PLANNED_VIEW, GtkBox)

GtkWidget *sc_planned_view_new (ScConsole *console);

G_END_DECLS
