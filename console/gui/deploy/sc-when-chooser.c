/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-when-chooser.h"

#include "console/gui/planning/sc-day-toggles.h"
#include "console/gui/planning/sc-time-spin.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_MINUTE (22 * 60)

struct _ScWhenChooser {
  GtkBox parent;
  gboolean made;
  GtkToggleButton *now, *at, *window, *repeat, *newest, *assigned, *wake, *power_off;
  GtkWidget *at_box, *repeat_box, *date;
  GtkCalendar *calendar;
  ScTimeSpin *time, *repeat_time;
  ScDayToggles *days;
};

G_DEFINE_FINAL_TYPE (ScWhenChooser, sc_when_chooser, GTK_TYPE_BOX)

static guint signal_changed;

/* (transfer full) */
static GDateTime *
get_date (ScWhenChooser *self, int minute)
{
  guint year = 0, month = 0, day = 0;

  gtk_calendar_get_date (self->calendar, &year, &month, &day);
  return g_date_time_new_local ((int) year, (int) month + 1, (int) day, minute / 60, minute % 60, 0);
}

static void
on_changed (ScWhenChooser *self)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;

  if (!self->made)
    return;
  date = get_date (self, 0);
  text = sc_plan_words_day (date);
  gtk_button_set_label (GTK_BUTTON (self->date), text);
  gtk_widget_set_visible (self->at_box, gtk_toggle_button_get_active (self->at));
  gtk_widget_set_visible (self->repeat_box, gtk_toggle_button_get_active (self->repeat));
  g_signal_emit (self, signal_changed, 0);
}

static void
sc_when_chooser_class_init (ScWhenChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (SC_TYPE_DAY_TOGGLES);
  g_type_ensure (SC_TYPE_TIME_SPIN);
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-when-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, now);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, at);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, window);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, repeat);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, newest);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, assigned);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, wake);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, power_off);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, at_box);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, repeat_box);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, date);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, calendar);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, time);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, repeat_time);
  gtk_widget_class_bind_template_child (widget_class, ScWhenChooser, days);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

/* Tonight, or tomorrow night when it is late. */
static void
sc_when_chooser_init (ScWhenChooser *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) day = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  day = g_date_time_add_days (now, g_date_time_get_hour (now) * 60 >= DEFAULT_MINUTE - 60 ? 1 : 0);
  gtk_calendar_select_month (self->calendar, (guint) g_date_time_get_month (day) - 1,
                             (guint) g_date_time_get_year (day));
  gtk_calendar_select_day (self->calendar, (guint) g_date_time_get_day_of_month (day));
  sc_time_spin_set_minute (self->time, DEFAULT_MINUTE);
  sc_time_spin_set_minute (self->repeat_time, DEFAULT_MINUTE);
  self->made = TRUE;
  on_changed (self);
}

void
sc_when_chooser_get (ScWhenChooser *self, ScDeployWhen *when)
{
  g_autoptr (GDateTime) at = get_date (self, (int) sc_time_spin_get_minute (self->time));

  *when = (ScDeployWhen){
    .moment = gtk_toggle_button_get_active (self->at)       ? SC_DEPLOY_AT
              : gtk_toggle_button_get_active (self->window) ? SC_DEPLOY_IN_WINDOW
              : gtk_toggle_button_get_active (self->repeat) ? SC_DEPLOY_REPEATEDLY
                                                            : SC_DEPLOY_NOW,
    .at = at != NULL ? g_date_time_to_unix (at) * G_USEC_PER_SEC : 0,
    .days = sc_day_toggles_get_days (self->days),
    .minute = sc_time_spin_get_minute (self->repeat_time),
  };
  if (when->moment == SC_DEPLOY_REPEATEDLY)
    when->what = gtk_toggle_button_get_active (self->newest)     ? SC_DEPLOY_NEWEST
                 : gtk_toggle_button_get_active (self->assigned) ? SC_DEPLOY_ASSIGNED
                                                                 : SC_DEPLOY_THIS;
  when->unreadable = (when->moment == SC_DEPLOY_AT && !sc_time_spin_is_valid (self->time)) ||
                     (when->moment == SC_DEPLOY_REPEATEDLY && !sc_time_spin_is_valid (self->repeat_time));
}

gboolean
sc_when_chooser_wakes (ScWhenChooser *self)
{
  return gtk_toggle_button_get_active (self->wake);
}

gboolean
sc_when_chooser_powers_off (ScWhenChooser *self)
{
  return gtk_toggle_button_get_active (self->power_off);
}
