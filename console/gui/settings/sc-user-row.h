/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-user-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One user: the role, and what else can be changed. Follows its item. */
#define SC_TYPE_USER_ROW (sc_user_row_get_type ())
G_DECLARE_FINAL_TYPE (ScUserRow, sc_user_row, SC, USER_ROW, GtkListBoxRow)

GtkWidget *sc_user_row_new (ScConsole *console, ScUserItem *user);

G_END_DECLS
