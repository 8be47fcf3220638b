/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-panel.h"

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/rooms/sc-seat-actions.h"
#include "console/gui/rooms/sc-seat-facts.h"
#include "console/gui/rooms/sc-seat-history.h"
#include "console/gui/rooms/sc-seat-summary.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MANY_INTERVAL_MS 200u /* a room of 80 in mid-session says 320 things a second */

struct _ScSeatPanel {
  GtkBin parent;
  ScConsole *console;
  GPtrArray *ids;      /* char *: as they were set */
  GPtrArray *seats;    /* ScSeatItem: those of them that are there, watched */
  guint update_source; /* of many seats */
  ScSeatCondition condition;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkLabel *name, *room, *detail, *outlook, *version, *assigned, *pinned;
  GtkImage *icon;
  GtkProgressBar *progress;
  GtkWidget *assigned_box;
  ScSeatActions *actions;
  ScSeatFacts *facts;
  ScSeatHistory *history;
  ScSeatSummary *summary;
};

G_DEFINE_FINAL_TYPE (ScSeatPanel, sc_seat_panel, GTK_TYPE_BIN)

static void on_seat_changed (ScSeatPanel *self);

static void
unwatch_seats (ScSeatPanel *self)
{
  for (guint i = 0; i < self->seats->len; i++)
    g_signal_handlers_disconnect_by_data (self->seats->pdata[i], self);
  g_ptr_array_set_size (self->seats, 0);
}

static void
sc_seat_panel_dispose (GObject *object)
{
  ScSeatPanel *self = SC_SEAT_PANEL (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  unwatch_seats (self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_seat_panel_parent_class)->dispose (object);
}

static void
sc_seat_panel_finalize (GObject *object)
{
  ScSeatPanel *self = SC_SEAT_PANEL (object);

  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->seats);
  G_OBJECT_CLASS (sc_seat_panel_parent_class)->finalize (object);
}

static void
sc_seat_panel_class_init (ScSeatPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_seat_panel_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_seat_panel_finalize;
  g_type_ensure (SC_TYPE_SEAT_ACTIONS);
  g_type_ensure (SC_TYPE_SEAT_FACTS);
  g_type_ensure (SC_TYPE_SEAT_HISTORY);
  g_type_ensure (SC_TYPE_SEAT_SUMMARY);
  gtk_widget_class_set_css_name (widget_class, "seatpanel");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-seat-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, name);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, room);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, icon);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, detail);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, progress);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, version);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, assigned);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, outlook);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, pinned);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, assigned_box);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, actions);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, facts);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, history);
  gtk_widget_class_bind_template_child (widget_class, ScSeatPanel, summary);
}

static void
sc_seat_panel_init (ScSeatPanel *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->seats = g_ptr_array_new_with_free_func (g_object_unref);
  self->condition = SC_N_CONDITIONS;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The icon and its colour. @condition: %SC_N_CONDITIONS: none */
static void
show_condition (ScSeatPanel *self, ScSeatCondition condition)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self->icon));

  gtk_widget_set_visible (GTK_WIDGET (self->icon), condition != SC_N_CONDITIONS);
  if (condition == self->condition)
    return;
  if (self->condition != SC_N_CONDITIONS)
    gtk_style_context_remove_class (context, sc_words_condition_class (self->condition));
  self->condition = condition;
  if (condition == SC_N_CONDITIONS)
    return;
  gtk_style_context_add_class (context, sc_words_condition_class (condition));
  gtk_image_set_from_icon_name (self->icon, sc_words_condition_icon (condition), GTK_ICON_SIZE_MENU);
}

static void
show_progress (ScSeatPanel *self, ScSeatItem *seat)
{
  double fraction = 0;
  const gboolean running = sc_seat_item_get_progress (seat, &fraction);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  if (running)
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
show_one (ScSeatPanel *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  g_autofree char *detail = sc_words_seat_detail (seat);
  g_autofree char *version = sc_words_version (info->version);
  g_autofree char *assigned = info->assigned_version != 0
                                  ? sc_plan_words_selection (info->assigned_version, info->assigned_templates)
                                  : sc_words_version (0);
  g_autofree char *outlook = sc_plan_words_outlook (info, g_get_real_time ());

  sc_label_set (self->name, info->name);
  sc_label_set (self->outlook, outlook);
  gtk_widget_set_visible (GTK_WIDGET (self->outlook), *outlook != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->pinned), info->pinned);
  sc_label_set (self->room, sc_words_room (info->room));
  show_condition (self, sc_seat_item_get_condition (seat));
  sc_label_set (self->detail, detail);
  show_progress (self, seat);
  sc_label_set (self->version, version);
  sc_label_set (self->assigned, assigned);
  sc_seat_facts_show (self->facts, seat);
  sc_seat_history_show (self->history, seat);
}

static void
show_many (ScSeatPanel *self)
{
  g_autofree char *title =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", self->seats->len), self->seats->len);

  sc_label_set (self->name, title);
  show_condition (self, SC_N_CONDITIONS);
  gtk_widget_hide (GTK_WIDGET (self->progress));
  gtk_widget_hide (GTK_WIDGET (self->outlook));
  sc_seat_summary_show (self->summary, self->seats);
  sc_seat_history_show (self->history, NULL);
}

static void
update (ScSeatPanel *self)
{
  const gboolean one = self->seats->len == 1;

  gtk_stack_set_visible_child_name (self->stack, self->seats->len == 0 ? "none" : "seats");
  if (self->seats->len == 0) {
    sc_seat_history_show (self->history, NULL);
    return;
  }
  if (one)
    show_one (self, self->seats->pdata[0]);
  else
    show_many (self);
  gtk_widget_set_visible (GTK_WIDGET (self->room), one);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), one);
  gtk_widget_set_visible (self->assigned_box, one);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), one);
  gtk_widget_set_visible (GTK_WIDGET (self->history), one);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), !one);
  sc_seat_actions_show (self->actions, self->seats);
}

static gboolean
on_update_time (gpointer data)
{
  ScSeatPanel *self = data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_seat_changed (ScSeatPanel *self)
{
  if (self->seats->len == 1)
    update (self);
  else if (self->update_source == 0)
    self->update_source = g_timeout_add (MANY_INTERVAL_MS, on_update_time, self);
}

/* Which of the seats are there. */
static void
find_seats (ScSeatPanel *self)
{
  ScItemList *list = sc_console_get_seats (self->console);

  unwatch_seats (self);
  for (guint i = 0; i < self->ids->len; i++) {
    ScSeatItem *seat = sc_item_list_find (list, self->ids->pdata[i]);

    if (seat == NULL)
      continue;
    g_signal_connect_swapped (seat, "changed", G_CALLBACK (on_seat_changed), self);
    g_ptr_array_add (self->seats, g_object_ref (seat));
  }
  update (self);
}

GtkWidget *
sc_seat_panel_new (ScConsole *console)
{
  ScSeatPanel *self = g_object_new (SC_TYPE_SEAT_PANEL, NULL);

  self->console = g_object_ref (console);
  sc_seat_actions_set_console (self->actions, console);
  sc_seat_history_set_console (self->history, console);
  g_signal_connect_object (sc_console_get_seats (console), "items-changed", G_CALLBACK (find_seats), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

static gboolean
are_the_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

void
sc_seat_panel_set_seats (ScSeatPanel *self, GPtrArray *ids)
{
  if (are_the_same (self->ids, ids))
    return;
  g_ptr_array_set_size (self->ids, 0);
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (self->ids, g_strdup (ids->pdata[i]));
  find_seats (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}
