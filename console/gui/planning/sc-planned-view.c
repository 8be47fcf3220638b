/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-planned-view.h"

#include "console/gui/model/sc-planned-item.h"
#include "console/gui/model/sc-schedule-item.h"
#include "console/gui/planning/sc-month-grid.h"
#include "console/gui/planning/sc-planned-row.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

struct _ScPlannedView {
  GtkBox parent;
  ScConsole *console;
  ScItemList *month_entries; /* ScPlannedItem: what comes in the weeks that the calendar shows */
  GDateTime *loaded;         /* (nullable): the first day of these */
  GCancellable *cancellable; /* of what is being loaded */
  guint refresh_source;
  GtkStack *stack;
  GtkToggleButton *as_list, *as_calendar;
  GtkListBox *list, *day_list;
  GtkLabel *empty, *month, *day, *day_empty, *error;
  ScMonthGrid *grid;
};

G_DEFINE_FINAL_TYPE (ScPlannedView, sc_planned_view, GTK_TYPE_BOX)

/* rows */

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  const gint64 left = sc_planned_row_get_time (SC_PLANNED_ROW (a));
  const gint64 right = sc_planned_row_get_time (SC_PLANNED_ROW (b));

  return left != right ? (left < right ? -1 : 1)
                       : g_strcmp0 (sc_item_get_key (sc_planned_row_get_item (SC_PLANNED_ROW (a))),
                                    sc_item_get_key (sc_planned_row_get_item (SC_PLANNED_ROW (b))));
}

static void
drop_row (GtkWidget *row, gpointer wanted)
{
  if (!g_hash_table_remove (wanted, sc_planned_row_get_item (SC_PLANNED_ROW (row))))
    gtk_widget_destroy (row);
}

/* @wanted: (element-type ScItem): a set; those that have their row keep it */
static void
set_rows (ScPlannedView *self, GtkListBox *list, GHashTable *wanted)
{
  GHashTableIter iter;
  gpointer item = NULL;

  gtk_container_foreach (GTK_CONTAINER (list), drop_row, wanted);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    gtk_container_add (GTK_CONTAINER (list), sc_planned_row_new (self->console, item));
  gtk_list_box_invalidate_sort (list);
}

/* Schedules, once each however often they come, and what else comes. */
static void
refresh_list (ScPlannedView *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  ScItemList *schedules = sc_console_get_schedules (self->console), *planned = sc_console_get_planned (self->console);
  gboolean any = FALSE;

  for (guint i = 0; i < sc_item_list_get_length (schedules); i++)
    if (g_str_equal (sc_schedule_item_get_info (sc_item_list_at (schedules, i))->state, "planned"))
      g_hash_table_add (wanted, sc_item_list_at (schedules, i));
  for (guint i = 0; i < sc_item_list_get_length (planned); i++)
    if (sc_planned_item_get_info (sc_item_list_at (planned, i))->kind != SC_PLANNED_SCHEDULED)
      g_hash_table_add (wanted, sc_item_list_at (planned, i));
  any = g_hash_table_size (wanted) > 0;
  set_rows (self, self->list, wanted);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), !any);
  gtk_widget_set_visible (GTK_WIDGET (self->list), any);
}

static void
refresh_day (ScPlannedView *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  GDateTime *day = sc_month_grid_get_day (self->grid);
  g_autoptr (GDateTime) next = g_date_time_add_days (day, 1);
  g_autofree char *title = sc_plan_words_day (day);
  gboolean any = FALSE;

  for (guint i = 0; i < sc_item_list_get_length (self->month_entries); i++) {
    const gint64 at = sc_planned_item_get_info (sc_item_list_at (self->month_entries, i))->at / G_USEC_PER_SEC;

    if (at >= g_date_time_to_unix (day) && at < g_date_time_to_unix (next))
      g_hash_table_add (wanted, sc_item_list_at (self->month_entries, i));
  }
  any = g_hash_table_size (wanted) > 0;
  sc_label_set (self->day, title);
  set_rows (self, self->day_list, wanted);
  gtk_widget_set_visible (GTK_WIDGET (self->day_empty), !any);
  gtk_widget_set_visible (GTK_WIDGET (self->day_list), any);
}

/* the calendar */

static void
show_month (ScPlannedView *self)
{
  /* Translators: a month and its year, as strftime() */
  g_autofree char *month = g_date_time_format (sc_month_grid_get_day (self->grid), _ ("%B %Y"));

  sc_label_set (self->month, month);
  sc_month_grid_show (self->grid, self->month_entries);
  refresh_day (self);
}

static void
on_month_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScPlannedView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->console == NULL)
    return;
  if (answer != NULL)
    sc_item_list_put_all (self->month_entries, json_object_get (answer, "planned"));
  sc_label_set (self->error, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), error != NULL);
  show_month (self);
}

static char *
format_time (GDateTime *time)
{
  g_autoptr (GDateTime) utc = g_date_time_to_utc (time);

  return g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");
}

/* What comes, of the weeks that are shown. */
static void
load_month (ScPlannedView *self)
{
  GDateTime *first = sc_month_grid_get_first (self->grid);
  g_autoptr (GDateTime) end = g_date_time_add_days (first, SC_MONTH_GRID_DAYS);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *from = format_time (g_date_time_compare (first, now) > 0 ? first : now), *to = format_time (end);
  g_autofree char *path = g_strdup_printf ("/v1/planned?from=%s&to=%s", from, to);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->loaded, g_date_time_unref);
  self->loaded = first;
  if (g_date_time_compare (end, now) <= 0)
    sc_item_list_put_all (self->month_entries, NULL); /* all that is past has become a session */
  else
    sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_month_loaded,
                              g_object_ref (self));
  show_month (self);
}

static void
on_day_selected (ScPlannedView *self)
{
  g_autoptr (GDateTime) first = sc_month_grid_get_first (self->grid);

  if (self->console == NULL)
    return;
  if (self->loaded == NULL || !g_date_time_equal (first, self->loaded))
    load_month (self);
  else
    show_month (self);
}

static void
move_months (ScPlannedView *self, int n)
{
  g_autoptr (GDateTime) day = g_date_time_add_months (sc_month_grid_get_day (self->grid), n);

  sc_month_grid_select (self->grid, day);
}

static void
on_previous (ScPlannedView *self)
{
  move_months (self, -1);
}

static void
on_next (ScPlannedView *self)
{
  move_months (self, 1);
}

static void
on_today (ScPlannedView *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  sc_month_grid_select (self->grid, now);
}

static void
refresh (ScPlannedView *self)
{
  refresh_list (self);
  if (gtk_toggle_button_get_active (self->as_calendar))
    load_month (self);
}

static gboolean
on_refresh_due (gpointer data)
{
  ScPlannedView *self = data;

  self->refresh_source = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Once for all that changes together; what is not seen is brought up to date when it is. */
static void
on_changed (ScPlannedView *self)
{
  if (self->refresh_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_source = g_idle_add (on_refresh_due, self);
}

/* Each of the two says that it has changed. */
static void
on_view_toggled (ScPlannedView *self)
{
  const gboolean calendar = gtk_toggle_button_get_active (self->as_calendar);

  if (self->console == NULL || calendar == gtk_toggle_button_get_active (self->as_list))
    return;
  gtk_stack_set_visible_child_name (self->stack, calendar ? "calendar" : "list");
  refresh (self);
}

static void
sc_planned_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sc_planned_view_parent_class)->map (widget);
  on_changed (SC_PLANNED_VIEW (widget));
}

static void
sc_planned_view_dispose (GObject *object)
{
  ScPlannedView *self = SC_PLANNED_VIEW (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_planned_view_parent_class)->dispose (object);
}

static void
sc_planned_view_finalize (GObject *object)
{
  ScPlannedView *self = SC_PLANNED_VIEW (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->loaded, g_date_time_unref);
  g_object_unref (self->month_entries);
  G_OBJECT_CLASS (sc_planned_view_parent_class)->finalize (object);
}

static void
sc_planned_view_class_init (ScPlannedViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_planned_view_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_planned_view_finalize;
  widget_class->map = sc_planned_view_map;
  g_type_ensure (SC_TYPE_MONTH_GRID);
  gtk_widget_class_set_css_name (widget_class, "plannedview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-planned-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, stack);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, as_list);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, as_calendar);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, list);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, day_list);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, empty);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, month);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, day);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, day_empty);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, error);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedView, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_view_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_today);
  gtk_widget_class_bind_template_callback (widget_class, on_day_selected);
}

static void
sc_planned_view_init (ScPlannedView *self)
{
  self->month_entries = sc_item_list_new (SC_TYPE_PLANNED_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
  gtk_list_box_set_sort_func (self->day_list, compare_rows, NULL, NULL);
}

static void
watch (ScPlannedView *self, ScItemList *list)
{
  g_signal_connect_object (list, "items-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "item-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sc_planned_view_new (ScConsole *console)
{
  ScPlannedView *self = g_object_new (SC_TYPE_PLANNED_VIEW, NULL);

  self->console = g_object_ref (console);
  watch (self, sc_console_get_schedules (console));
  watch (self, sc_console_get_planned (console));
  refresh_list (self);
  show_month (self);
  return GTK_WIDGET (self);
}
