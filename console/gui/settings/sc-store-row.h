/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done with the store. */
typedef enum {
  SC_STORE_WORK_VERIFY,
  SC_STORE_WORK_GC,
  SC_STORE_WORK_REBUILD_INDEX,
} ScStoreWork;

/**
 * ScStoreRow:
 *
 * One kind of work on the store: what it is for, a button that starts it, how far it is with a button to cancel it, and
 * what came of the last one; whoever has started it.
 */
#define SC_TYPE_STORE_ROW (sc_store_row_get_type ())
G_DECLARE_FINAL_TYPE (ScStoreRow, sc_store_row, SC, STORE_ROW, GtkListBoxRow)

GtkWidget *sc_store_row_new (ScConsole *console, ScStoreWork work);

G_END_DECLS
