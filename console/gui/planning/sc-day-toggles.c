/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-day-toggles.h"

#include "console/gui/words/sc-plan-words.h"

#define N_DAYS 7u

struct _ScDayToggles {
  GtkBox parent;
  GtkToggleButton *days[N_DAYS];
};

G_DEFINE_FINAL_TYPE (ScDayToggles, sc_day_toggles, GTK_TYPE_BOX)

static guint signal_changed;

static void
on_toggled (ScDayToggles *self)
{
  g_signal_emit (self, signal_changed, 0);
}

static void
sc_day_toggles_class_init (ScDayTogglesClass *class)
{
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_day_toggles_init (ScDayToggles *self)
{
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "linked");
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "day-toggles");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  for (guint day = 0; day < N_DAYS; day++) {
    GtkWidget *button = gtk_toggle_button_new_with_label (sc_plan_words_weekday (day, FALSE));

    atk_object_set_name (gtk_widget_get_accessible (button), sc_plan_words_weekday (day, TRUE));
    gtk_widget_show (button);
    gtk_container_add (GTK_CONTAINER (self), button);
    g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_toggled), self);
    self->days[day] = GTK_TOGGLE_BUTTON (button);
  }
}

void
sc_day_toggles_set_days (ScDayToggles *self, guint8 days)
{
  for (guint day = 0; day < N_DAYS; day++)
    gtk_toggle_button_set_active (self->days[day], (days & (1u << day)) != 0);
}

guint8
sc_day_toggles_get_days (ScDayToggles *self)
{
  guint8 days = 0;

  for (guint day = 0; day < N_DAYS; day++)
    if (gtk_toggle_button_get_active (self->days[day]))
      days |= (guint8) (1u << day);
  return days;
}
