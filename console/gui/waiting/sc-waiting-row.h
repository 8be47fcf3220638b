/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-waiting-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A seat that waits for staff, and what tells it from others. Follows its item. */
#define SC_TYPE_WAITING_ROW (sc_waiting_row_get_type ())
G_DECLARE_FINAL_TYPE (ScWaitingRow, sc_waiting_row, SC, WAITING_ROW, GtkListBoxRow)

GtkWidget *sc_waiting_row_new (ScWaitingItem *item);
ScWaitingItem *sc_waiting_row_get_item (ScWaitingRow *self);
/* The ages that it shows are of now again. */
void sc_waiting_row_update (ScWaitingRow *self);

G_END_DECLS
