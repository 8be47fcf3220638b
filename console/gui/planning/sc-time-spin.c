/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-time-spin.h"

#include "console/gui/model/sc-room-item.h"

#define STEP 15.0 /* minutes */

struct _ScTimeSpin {
  GtkSpinButton parent;
};

G_DEFINE_FINAL_TYPE (ScTimeSpin, sc_time_spin, GTK_TYPE_SPIN_BUTTON)

/* "18", "18:30", "6:5" */
static int
sc_time_spin_input (GtkSpinButton *button, double *value)
{
  guint hour = 0, minute = 0;
  int n = sscanf (gtk_entry_get_text (GTK_ENTRY (button)), "%2u:%2u", &hour, &minute);

  if (n < 1 || hour > 23 || minute > 59)
    return GTK_INPUT_ERROR;
  *value = hour * 60 + minute;
  return TRUE;
}

static int
sc_time_spin_output (GtkSpinButton *button)
{
  g_autofree char *text = sc_minute_to_text ((guint) gtk_spin_button_get_value_as_int (button));

  if (g_strcmp0 (gtk_entry_get_text (GTK_ENTRY (button)), text) != 0)
    gtk_entry_set_text (GTK_ENTRY (button), text);
  return TRUE;
}

static void
sc_time_spin_class_init (ScTimeSpinClass *class)
{
  GTK_SPIN_BUTTON_CLASS (class)->input = sc_time_spin_input;
  GTK_SPIN_BUTTON_CLASS (class)->output = sc_time_spin_output;
}

static void
sc_time_spin_init (ScTimeSpin *self)
{
  GtkAdjustment *adjustment = gtk_adjustment_new (0, 0, SC_DAY_MINUTES - 1, STEP, 60, 0);

  gtk_spin_button_configure (GTK_SPIN_BUTTON (self), adjustment, STEP, 0);
  gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (self), TRUE);
  gtk_entry_set_width_chars (GTK_ENTRY (self), 5);
  gtk_entry_set_activates_default (GTK_ENTRY (self), TRUE);
}

void
sc_time_spin_set_minute (ScTimeSpin *self, guint minute)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self), minute);
}

guint
sc_time_spin_get_minute (ScTimeSpin *self)
{
  gtk_spin_button_update (GTK_SPIN_BUTTON (self));
  return (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self));
}
