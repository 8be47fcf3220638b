/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPage:
 *
 * A page of the window. A page may insert an action group "page" into itself; the window's Ctrl+F activates its action
 * "search", F9 its "side-panel".
 */
typedef struct {
  const char *name;  /* of the page in the window's stack; Ctrl+1 … in the table's order */
  const char *title; /* to be translated */
  GtkWidget *(*create) (ScConsole *console);
  const char *show_action;                          /* (nullable): of the window, with the thing to show */
  void (*show) (GtkWidget *page, GVariant *target); /* (nullable): what @show_action does once the page is seen */
} ScPage;

extern const ScPage sc_pages[];
extern const guint sc_n_pages;

/* The seats that wait for staff, on the page "rooms". */
void sc_pages_show_waiting (GtkWidget *rooms);
/* Opens what deploys, or rolls back to, a version; @target: (tsas) as win.deploy's. @page: that which is shown: a
 * deploy of nothing in particular is proposed for the room that is looked at */
void sc_pages_deploy (GtkWindow *window, ScConsole *console, GtkWidget *page, GVariant *target, gboolean roll_back);

G_END_DECLS
