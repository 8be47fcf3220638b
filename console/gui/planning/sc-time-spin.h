/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A time of the day, "18:00", in steps of a quarter of an hour; others can be typed. Its value is the minutes after
 * midnight. */
#define SC_TYPE_TIME_SPIN (sc_time_spin_get_type ())
G_DECLARE_FINAL_TYPE (ScTimeSpin, sc_time_spin, SC, TIME_SPIN, GtkSpinButton)

void sc_time_spin_set_minute (ScTimeSpin *self, guint minute);
/* Whether what is shown is a time; where it is not it is kept, and marked. */
gboolean sc_time_spin_is_valid (ScTimeSpin *self);
guint sc_time_spin_get_minute (ScTimeSpin *self); /* also of what is just being typed */

G_END_DECLS
