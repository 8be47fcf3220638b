/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-month-grid.h"

#include "console/gui/model/sc-planned-item.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define WEEK 7
#define MAX_LINES 2u /* of what is planned, in a day */

typedef struct {
  GtkWidget *button;
  GtkLabel *number, *lines;
} Day;

struct _ScMonthGrid {
  GtkGrid parent;
  GDateTime *selected;
  Day days[SC_MONTH_GRID_DAYS];
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (ScMonthGrid, sc_month_grid, GTK_TYPE_GRID)

static guint signal_day_selected;

static GDateTime *
begin_day (GDateTime *time)
{
  return g_date_time_new_local (g_date_time_get_year (time), g_date_time_get_month (time),
                                g_date_time_get_day_of_month (time), 0, 0, 0);
}

GDateTime *
sc_month_grid_get_first (ScMonthGrid *self)
{
  g_autoptr (GDateTime) first =
      g_date_time_new_local (g_date_time_get_year (self->selected), g_date_time_get_month (self->selected), 1, 0, 0, 0);

  return g_date_time_add_days (first, 1 - g_date_time_get_day_of_week (first));
}

static gboolean
is_same_day (GDateTime *a, GDateTime *b)
{
  return g_date_time_get_year (a) == g_date_time_get_year (b) &&
         g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

static void
show_days (ScMonthGrid *self)
{
  g_autoptr (GDateTime) first = sc_month_grid_get_first (self);
  g_autoptr (GDateTime) today = g_date_time_new_now_local ();

  self->refreshing = TRUE;
  for (guint i = 0; i < SC_MONTH_GRID_DAYS; i++) {
    g_autoptr (GDateTime) day = g_date_time_add_days (first, (int) i);
    g_autofree char *number = g_strdup_printf ("%d", g_date_time_get_day_of_month (day));
    const gboolean other = g_date_time_get_month (day) != g_date_time_get_month (self->selected);

    gtk_label_set_text (self->days[i].number, number);
    sc_style_set_class (self->days[i].button, "other-month", other);
    sc_style_set_class (self->days[i].button, "today", is_same_day (day, today));
    if (is_same_day (day, self->selected))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->days[i].button), TRUE);
  }
  self->refreshing = FALSE;
}

void
sc_month_grid_select (ScMonthGrid *self, GDateTime *day)
{
  g_autoptr (GDateTime) begin = begin_day (day);

  if (is_same_day (begin, self->selected))
    return;
  g_date_time_unref (self->selected);
  self->selected = g_steal_pointer (&begin);
  show_days (self);
  g_signal_emit (self, signal_day_selected, 0);
}

GDateTime *
sc_month_grid_get_day (ScMonthGrid *self)
{
  return self->selected;
}

static void
on_day_toggled (GtkToggleButton *button, ScMonthGrid *self)
{
  g_autoptr (GDateTime) first = NULL, day = NULL;

  if (self->refreshing || !gtk_toggle_button_get_active (button))
    return;
  first = sc_month_grid_get_first (self);
  day = g_date_time_add_days (first, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "day")));
  sc_month_grid_select (self, day);
}

/* Returns: (transfer full) (nullable): where a key leads */
static GDateTime *
find_target (ScMonthGrid *self, guint key)
{
  const int weekday = g_date_time_get_day_of_week (self->selected);

  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    return g_date_time_add_days (self->selected, -1);
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    return g_date_time_add_days (self->selected, 1);
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    return g_date_time_add_days (self->selected, -WEEK);
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    return g_date_time_add_days (self->selected, WEEK);
  case GDK_KEY_Home:
    return g_date_time_add_days (self->selected, 1 - weekday);
  case GDK_KEY_End:
    return g_date_time_add_days (self->selected, WEEK - weekday);
  case GDK_KEY_Page_Up:
    return g_date_time_add_months (self->selected, -1);
  case GDK_KEY_Page_Down:
    return g_date_time_add_months (self->selected, 1);
  default:
    return NULL;
  }
}

static gboolean
on_key_press (GtkWidget *button, GdkEventKey *event, ScMonthGrid *self)
{
  g_autoptr (GDateTime) target =
      (event->state & gtk_accelerator_get_default_mod_mask ()) == 0 ? find_target (self, event->keyval) : NULL;

  if (target == NULL)
    return GDK_EVENT_PROPAGATE;
  sc_month_grid_select (self, target);
  for (guint i = 0; i < SC_MONTH_GRID_DAYS; i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->days[i].button)))
      gtk_widget_grab_focus (self->days[i].button);
  return GDK_EVENT_STOP;
}

static void
sc_month_grid_finalize (GObject *object)
{
  g_date_time_unref (SC_MONTH_GRID (object)->selected);
  G_OBJECT_CLASS (sc_month_grid_parent_class)->finalize (object);
}

static void
sc_month_grid_class_init (ScMonthGridClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_month_grid_finalize;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "monthgrid");
  signal_day_selected =
      g_signal_new ("day-selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_day (ScMonthGrid *self, guint i)
{
  Day *day = &self->days[i];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  day->button = gtk_radio_button_new_from_widget (i > 0 ? GTK_RADIO_BUTTON (self->days[0].button) : NULL);
  day->number = GTK_LABEL (gtk_label_new (""));
  day->lines = GTK_LABEL (gtk_label_new (""));
  gtk_toggle_button_set_mode (GTK_TOGGLE_BUTTON (day->button), FALSE);
  gtk_label_set_xalign (day->number, 0);
  gtk_label_set_xalign (day->lines, 0);
  gtk_label_set_ellipsize (day->lines, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (day->lines, 4);
  sc_style_set_class (GTK_WIDGET (day->number), "day-number", TRUE);
  sc_style_set_class (GTK_WIDGET (day->lines), "day-lines", TRUE);
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (day->number));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (day->lines));
  gtk_container_add (GTK_CONTAINER (day->button), box);
  gtk_widget_set_hexpand (day->button, TRUE);
  gtk_widget_set_vexpand (day->button, TRUE);
  gtk_widget_show_all (day->button);
  g_object_set_data (G_OBJECT (day->button), "day", GINT_TO_POINTER (i));
  g_signal_connect (day->button, "toggled", G_CALLBACK (on_day_toggled), self);
  g_signal_connect (day->button, "key-press-event", G_CALLBACK (on_key_press), self);
  gtk_grid_attach (GTK_GRID (self), day->button, (int) i % WEEK, 1 + (int) i / WEEK, 1, 1);
}

static void
sc_month_grid_init (ScMonthGrid *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  self->selected = begin_day (now);
  self->refreshing = TRUE;
  gtk_grid_set_column_homogeneous (GTK_GRID (self), TRUE);
  for (guint day = 0; day < WEEK; day++) {
    GtkWidget *title = gtk_label_new (sc_plan_words_weekday (day, FALSE));

    sc_style_set_class (title, "dim-label", TRUE);
    sc_style_set_class (title, "small", TRUE);
    gtk_widget_show (title);
    gtk_grid_attach (GTK_GRID (self), title, (int) day, 0, 1, 1);
  }
  for (guint i = 0; i < SC_MONTH_GRID_DAYS; i++)
    add_day (self, i);
  self->refreshing = FALSE;
  show_days (self);
}

/* showing */

static gboolean
is_on (const ScPlannedInfo *info, GDateTime *day, GDateTime *next)
{
  return info->at >= g_date_time_to_unix (day) * G_USEC_PER_SEC &&
         info->at < g_date_time_to_unix (next) * G_USEC_PER_SEC;
}

/* "22:00 Lab 1" */
static char *
make_line (const ScPlannedInfo *info)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (info->at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, "%H:%M");

  return g_strdup_printf ("%s %s", time, sc_words_room (info->room));
}

static void
show_day (ScMonthGrid *self, guint i, GDateTime *day, GDateTime *next, ScItemList *entries)
{
  GString *lines = g_string_new (NULL), *name = g_string_new (NULL);
  g_autofree char *date = sc_plan_words_day (day), *text = NULL, *full = NULL;
  guint n = 0;

  for (guint k = 0; k < sc_item_list_get_length (entries); k++) {
    const ScPlannedInfo *info = sc_planned_item_get_info (sc_item_list_at (entries, k));
    g_autofree char *line = NULL;

    if (!is_on (info, day, next))
      continue;
    line = make_line (info);
    if (n++ < MAX_LINES)
      g_string_append_printf (lines, "%s%s", n > 1 ? "\n" : "", line);
    g_string_append_printf (name, "; %s", line);
  }
  if (n > MAX_LINES)
    g_string_append_printf (lines, "\n+%u", n - MAX_LINES);
  g_string_prepend (name, date);
  text = g_string_free (lines, FALSE);
  full = g_string_free (name, FALSE);
  gtk_label_set_text (self->days[i].lines, text);
  sc_style_set_class (self->days[i].button, "planned", n > 0);
  gtk_widget_set_tooltip_text (self->days[i].button, n > 0 ? full : NULL);
  atk_object_set_name (gtk_widget_get_accessible (self->days[i].button), full);
}

void
sc_month_grid_show (ScMonthGrid *self, ScItemList *entries)
{
  g_autoptr (GDateTime) day = sc_month_grid_get_first (self);

  for (guint i = 0; i < SC_MONTH_GRID_DAYS; i++) {
    GDateTime *next = g_date_time_add_days (day, 1);

    show_day (self, i, day, next, entries);
    g_date_time_unref (day);
    day = next;
  }
}
