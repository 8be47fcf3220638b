/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScActivityPage:
 *
 * Who did what, and when: newest first, searched in what is loaded; older entries are loaded when they are asked for.
 */
#define SC_TYPE_ACTIVITY_PAGE (sc_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (ScActivityPage, sc_activity_page, SC, ACTIVITY_PAGE, GtkBox)

GtkWidget *sc_activity_page_new (ScConsole *console);

G_END_DECLS
