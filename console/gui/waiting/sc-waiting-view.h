/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScWaitingView:
 *
 * The seats that wait for staff: one or many are approved or rejected; and where seats get what they enrol with.
 */
#define SC_TYPE_WAITING_VIEW (sc_waiting_view_get_type ())
G_DECLARE_FINAL_TYPE (ScWaitingView, sc_waiting_view, SC, WAITING_VIEW, GtkBin)

GtkWidget *sc_waiting_view_new (ScConsole *console);

G_END_DECLS
