/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScHookRow:
 *
 * A program that seats run, to be edited: when, on which system, the line, how long it may take.
 *
 * Signals: "changed" (): something else is chosen or typed; "removed" (): it is to go
 */
#define SC_TYPE_HOOK_ROW (sc_hook_row_get_type ())
G_DECLARE_FINAL_TYPE (ScHookRow, sc_hook_row, SC, HOOK_ROW, GtkListBoxRow)

/* @hook: (nullable): as the API shows it; NULL: a new one */
GtkWidget *sc_hook_row_new (ScJson *hook);
/* (transfer full) (nullable): as the API takes it; NULL: it names no program, or a quote is not closed, as it shows */
ScJson *sc_hook_row_get_hook (ScHookRow *self);

G_END_DECLS
