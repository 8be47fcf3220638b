/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-time-spin.h"

#include "console/gui/model/sc-room-item.h"
#include "console/gui/sc-style.h"

#include <glib/gi18n-lib.h>

#define STEP 15.0 /* minutes */

struct _ScTimeSpin {
  GtkSpinButton parent;
  int set; /* the value that the text has shown */
};

G_DEFINE_FINAL_TYPE (ScTimeSpin, sc_time_spin, GTK_TYPE_SPIN_BUTTON)

/* "18", "18:30", "6:5"; no more than that, so that "2500" is not taken for 25 o'clock or midnight */
static gboolean
read_time (const char *text, guint *minute)
{
  guint hour = 0, minutes = 0;
  int end = 0; /* of the hour, or of the minutes where there are some */

  if (sscanf (text, " %2u %n:%2u %n", &hour, &end, &minutes, &end) < 1 || text[end] != '\0')
    return FALSE;
  *minute = hour * 60 + minutes;
  return hour <= 23 && minutes <= 59;
}

gboolean
sc_time_spin_is_valid (ScTimeSpin *self)
{
  guint minute = 0;

  return read_time (gtk_entry_get_text (GTK_ENTRY (self)), &minute);
}

/* GTK would replace what cannot be read by the value before: it stays, marked, until somebody mends it. */
static int
sc_time_spin_input (GtkSpinButton *button, double *value)
{
  guint minute = 0;

  if (read_time (gtk_entry_get_text (GTK_ENTRY (button)), &minute))
    *value = minute;
  else
    *value = gtk_spin_button_get_value (button);
  return TRUE;
}

static void
mark (ScTimeSpin *self)
{
  const gboolean valid = sc_time_spin_is_valid (self);

  sc_style_set_class (GTK_WIDGET (self), "error", !valid);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), valid ? NULL : _ ("A time of the day as HH:MM, as in 18:30"));
}

static int
sc_time_spin_output (GtkSpinButton *button)
{
  g_autofree char *text = sc_minute_to_text ((guint) gtk_spin_button_get_value_as_int (button));

  if (SC_TIME_SPIN (button)->set == gtk_spin_button_get_value_as_int (button) &&
      !sc_time_spin_is_valid (SC_TIME_SPIN (button)) && *gtk_entry_get_text (GTK_ENTRY (button)) != '\0')
    return TRUE; /* what was typed */
  SC_TIME_SPIN (button)->set = gtk_spin_button_get_value_as_int (button);
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
  g_signal_connect (self, "changed", G_CALLBACK (mark), NULL);
}

void
sc_time_spin_set_minute (ScTimeSpin *self, guint minute)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self), minute);
}

guint
sc_time_spin_get_minute (ScTimeSpin *self)
{
  guint minute = (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self)), typed = 0;

  return read_time (gtk_entry_get_text (GTK_ENTRY (self)), &typed) ? typed : minute;
}
