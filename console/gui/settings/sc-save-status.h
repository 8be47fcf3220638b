/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSaveStatus:
 *
 * What became of a change, beside what was changed: it is being saved, it is saved (which goes away), or it is not, and
 * why (which stays until the next try).
 */
#define SC_TYPE_SAVE_STATUS (sc_save_status_get_type ())
G_DECLARE_FINAL_TYPE (ScSaveStatus, sc_save_status, SC, SAVE_STATUS, GtkBox)

void sc_save_status_clear (ScSaveStatus *self);
void sc_save_status_show_saving (ScSaveStatus *self);
void sc_save_status_show_saved (ScSaveStatus *self);
void sc_save_status_show_error (ScSaveStatus *self, const GError *error);

G_END_DECLS
