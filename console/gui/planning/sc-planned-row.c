/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-planned-row.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-planned-item.h"
#include "console/gui/model/sc-schedule-item.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

struct _ScPlannedRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScItem *item;
  GCancellable *cancellable;
  GtkImage *icon;
  GtkLabel *title, *when, *reason, *question;
  GtkWidget *show, *cancel, *popover;
  GtkButton *confirm;
};

G_DEFINE_FINAL_TYPE (ScPlannedRow, sc_planned_row, GTK_TYPE_LIST_BOX_ROW)

/* (nullable) */
static const ScPlannedInfo *
planned_of (ScPlannedRow *self)
{
  return SC_IS_PLANNED_ITEM (self->item) ? sc_planned_item_get_info (SC_PLANNED_ITEM (self->item)) : NULL;
}

/* (nullable): the schedule, or that of what is planned, if it is known */
static const ScScheduleInfo *
schedule_of (ScPlannedRow *self)
{
  const ScPlannedInfo *planned = planned_of (self);
  g_autofree char *key = NULL;
  ScScheduleItem *item = NULL;

  if (planned == NULL)
    return sc_schedule_item_get_info (SC_SCHEDULE_ITEM (self->item));
  key = g_strdup_printf ("%" G_GUINT64_FORMAT, planned->schedule);
  item = sc_item_list_find (sc_console_get_schedules (self->console), key);
  return item != NULL ? sc_schedule_item_get_info (item) : NULL;
}

/* When it takes place next, of a schedule: that may be when a maintenance window opens, after its own time. */
static gint64
next_of (ScPlannedRow *self, const ScScheduleInfo *schedule)
{
  ScItemList *planned = sc_console_get_planned (self->console);

  for (guint i = 0; i < sc_item_list_get_length (planned); i++) {
    const ScPlannedInfo *info = sc_planned_item_get_info (sc_item_list_at (planned, i));

    if (info->schedule == schedule->id)
      return info->at; /* the first: they are by time */
  }
  return schedule->next;
}

static char *
describe_when (ScPlannedRow *self, const ScScheduleInfo *schedule)
{
  ScScheduleInfo really = *schedule;

  really.next = next_of (self, schedule);
  return sc_plan_words_schedule_when (&really, g_get_real_time ());
}

static void
show_options (GString *reason, const ScScheduleInfo *schedule)
{
  if (schedule->wake)
    g_string_append_printf (reason, " · %s", _ ("wakes seats that are off"));
  if (schedule->power_off)
    g_string_append_printf (reason, " · %s", _ ("powers off afterwards"));
}

static void
show_texts (ScPlannedRow *self)
{
  static const ScPlannedInfo none = { .kind = SC_PLANNED_SCHEDULED, .room = "" };
  const ScPlannedInfo *planned = planned_of (self);
  const ScScheduleInfo *schedule = schedule_of (self);
  const gint64 now = g_get_real_time ();
  g_autofree char *title =
      planned != NULL ? sc_plan_words_title (planned, schedule) : sc_plan_words_schedule_title (schedule);
  g_autofree char *when = planned != NULL ? sc_plan_words_when (planned, now) : describe_when (self, schedule);
  g_autofree char *why = sc_plan_words_reason (planned != NULL ? planned : &none, schedule);
  GString *reason = g_string_new (why);
  g_autofree char *text = NULL, *sentence = NULL;

  if (schedule != NULL)
    show_options (reason, schedule);
  text = g_string_free (reason, FALSE);
  gtk_image_set_from_icon_name (self->icon, sc_plan_words_icon (planned != NULL ? planned->kind : none.kind),
                                GTK_ICON_SIZE_MENU);
  sc_label_set (self->title, title);
  sc_label_set (self->when, when);
  sc_label_set (self->reason, text);
  sentence = g_strdup_printf ("%s, %s, %s", title, when, text);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

static void
show_question (ScPlannedRow *self, const ScScheduleInfo *schedule)
{
  const gboolean repeated = g_str_equal (schedule->kind, "repeat");
  g_autofree char *title = sc_plan_words_schedule_title (schedule);
  g_autofree char *when = describe_when (self, schedule);
  g_autofree char *text = g_strdup_printf ("%s\n%s", title, when);

  sc_label_set (self->question, text);
  gtk_button_set_label (self->confirm,
                        repeated ? _ ("_Cancel this one and all after it") : _ ("_Cancel this planned session"));
}

static void
update (ScPlannedRow *self)
{
  const ScPlannedInfo *planned = planned_of (self);
  const ScScheduleInfo *schedule = schedule_of (self);

  show_texts (self);
  gtk_widget_set_visible (self->cancel, schedule != NULL);
  gtk_widget_set_sensitive (self->cancel, sc_me_may (self->console, SC_MAY_OPERATE));
  gtk_widget_set_tooltip_text (self->cancel, sc_me_why_not (self->console, SC_MAY_OPERATE));
  gtk_widget_set_visible (self->show, planned != NULL && planned->session != 0);
  if (schedule != NULL)
    show_question (self, schedule);
}

static void
on_show_clicked (ScPlannedRow *self)
{
  sc_navigate (GTK_WIDGET (self), "show-session", g_variant_new_uint64 (planned_of (self)->session));
}

/* The row goes when the engine says that the schedule is gone. */
static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScPlannedRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (answer == NULL && !g_cancellable_is_cancelled (self->cancellable)) {
    sc_notice_show_error (GTK_WIDGET (self), _ ("The session stays planned"), error);
    update (self);
  }
}

static void
on_confirm_clicked (ScPlannedRow *self)
{
  const ScScheduleInfo *schedule = schedule_of (self);
  g_autofree char *path = NULL;
  g_autoptr (ScJson) body = json_object ();

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (schedule == NULL)
    return; /* somebody else was faster */
  path = g_strdup_printf ("/v1/schedules/%" G_GUINT64_FORMAT "/cancel", schedule->id);
  gtk_widget_set_sensitive (self->cancel, FALSE);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_cancelled, g_object_ref (self));
}

static void
sc_planned_row_dispose (GObject *object)
{
  ScPlannedRow *self = SC_PLANNED_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->item);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_planned_row_parent_class)->dispose (object);
}

static void
sc_planned_row_finalize (GObject *object)
{
  g_object_unref (SC_PLANNED_ROW (object)->cancellable);
  G_OBJECT_CLASS (sc_planned_row_parent_class)->finalize (object);
}

static void
sc_planned_row_class_init (ScPlannedRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_planned_row_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_planned_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-planned-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, when);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, reason);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, question);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, show);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, popover);
  gtk_widget_class_bind_template_child (widget_class, ScPlannedRow, confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_show_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm_clicked);
}

static void
sc_planned_row_init (ScPlannedRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_planned_row_new (ScConsole *console, ScItem *item)
{
  ScPlannedRow *self = g_object_new (SC_TYPE_PLANNED_ROW, NULL);

  self->console = g_object_ref (console);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* its schedule, or when that takes place, may come to be known later, or be gone */
  g_signal_connect_object (SC_IS_PLANNED_ITEM (item) ? sc_console_get_schedules (console)
                                                     : sc_console_get_planned (console),
                           "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

ScItem *
sc_planned_row_get_item (ScPlannedRow *self)
{
  return self->item;
}

gint64
sc_planned_row_get_time (ScPlannedRow *self)
{
  const ScPlannedInfo *planned = planned_of (self);
  const gint64 time = planned != NULL ? planned->at : next_of (self, schedule_of (self));

  return time != 0 ? time : G_MAXINT64;
}
