/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The days of the week, a toggle button each. Signals: "changed" () */
#define SC_TYPE_DAY_TOGGLES (sc_day_toggles_get_type ())
G_DECLARE_FINAL_TYPE (ScDayToggles, sc_day_toggles, SC, DAY_TOGGLES, GtkBox)

/* @days: bit 0: Monday */
void sc_day_toggles_set_days (ScDayToggles *self, guint8 days);
guint8 sc_day_toggles_get_days (ScDayToggles *self);

G_END_DECLS
