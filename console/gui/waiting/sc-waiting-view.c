/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/waiting/sc-waiting-view.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/sc-combo.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice.h"
#include "console/gui/waiting/sc-token-dialog.h"
#include "console/gui/waiting/sc-waiting-row.h"

#include <glib/gi18n-lib.h>

#define AGES_SECONDS 60u /* after so long the ages that are shown are another minute */

struct _ScWaitingView {
  GtkBin parent;
  ScConsole *console;
  GCancellable *cancellable;
  guint ages;         /* source, while the list is seen */
  gboolean asking;    /* an answer is awaited */
  gboolean approving; /* that to an approval */
  GtkStack *stack;
  GtkListBox *list;
  GtkLabel *chosen;
  GtkComboBoxText *room;
  GtkWidget *approve, *reject, *select_all, *add_token;
};

G_DEFINE_FINAL_TYPE (ScWaitingView, sc_waiting_view, GTK_TYPE_BIN)

static guint
count_chosen (ScWaitingView *self)
{
  g_autoptr (GList) rows = gtk_list_box_get_selected_rows (self->list);

  return g_list_length (rows);
}

static void
update (ScWaitingView *self)
{
  const guint n = count_chosen (self);
  const guint n_waiting = sc_item_list_get_length (sc_console_get_waiting (self->console));
  const gboolean may = sc_me_may (self->console, SC_MAY_OPERATE) && !self->asking;
  const char *why_not = sc_me_why_not (self->console, SC_MAY_OPERATE);
  g_autofree char *chosen = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u of %u seat chosen", "%u of %u seats chosen", n_waiting), n, n_waiting);

  gtk_stack_set_visible_child_name (self->stack, n_waiting > 0 ? "list" : "empty");
  sc_label_set (self->chosen, chosen);
  gtk_widget_set_sensitive (self->approve, may && n > 0);
  gtk_widget_set_sensitive (self->reject, may && n > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->room), may && n > 0);
  gtk_widget_set_sensitive (self->add_token, sc_me_may (self->console, SC_MAY_OPERATE));
  gtk_widget_set_tooltip_text (self->approve, why_not);
  gtk_widget_set_tooltip_text (self->reject, why_not);
  gtk_widget_set_tooltip_text (self->add_token, why_not);
}

static void
fill_rooms (ScWaitingView *self)
{
  ScItemList *rooms = sc_console_get_rooms (self->console);
  g_autofree char *before = g_strdup (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->room)));

  gtk_combo_box_text_remove_all (self->room);
  gtk_combo_box_text_append (self->room, "", _ ("Room of the token"));
  for (guint i = 0; i < sc_item_list_get_length (rooms); i++) {
    const char *name = sc_room_item_get_name (sc_item_list_at (rooms, i));

    if (*name != '\0')
      gtk_combo_box_text_append (self->room, name, name);
  }
  if (before == NULL || !gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->room), before))
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->room), "");
}

/* Those that could not be, each with its reason. */
static void
tell_failures (ScWaitingView *self, ScJson *failed)
{
  const char *first = sc_item_text_of (json_array_get (failed, 0), "error");
  const guint n = (guint) json_array_size (failed);
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;

  if (n == 0)
    return;
  what = g_strdup_printf (
      self->approving
          ? g_dngettext (GETTEXT_PACKAGE, "%u seat could not be approved", "%u seats could not be approved", n)
          : g_dngettext (GETTEXT_PACKAGE, "%u seat could not be rejected", "%u seats could not be rejected", n),
      n);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, first);
  sc_notice_show_error (GTK_WIDGET (self), what, error);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScWaitingView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->asking = FALSE;
  if (answer == NULL)
    sc_notice_show_error (
        GTK_WIDGET (self),
        self->approving ? _ ("The seats could not be approved") : _ ("The seats could not be rejected"), error);
  else
    tell_failures (self, json_object_get (answer, "failed"));
  update (self);
}

static void
decide (ScWaitingView *self, gboolean approve)
{
  g_autoptr (GList) rows = gtk_list_box_get_selected_rows (self->list);
  g_autoptr (ScJson) body = json_pack ("{s:[]}", "ids");
  const char *room = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->room));

  for (GList *each = rows; each != NULL; each = each->next) {
    const ScWaitingInfo *info = sc_waiting_item_get_info (sc_waiting_row_get_item (each->data));

    json_array_append_new (json_object_get (body, "ids"), json_integer ((json_int_t) info->id));
  }
  if (approve && room != NULL && *room != '\0')
    json_object_set_new (body, "room", json_string (room));
  self->asking = TRUE;
  self->approving = approve;
  sc_console_request_async (self->console, "POST", approve ? "/v1/waiting-seats/approve" : "/v1/waiting-seats/reject",
                            body, self->cancellable, on_answered, g_object_ref (self));
  update (self);
}

static void
on_approve_clicked (ScWaitingView *self)
{
  decide (self, TRUE);
}

static void
on_reject_clicked (ScWaitingView *self)
{
  decide (self, FALSE);
}

static void
on_select_all_clicked (ScWaitingView *self)
{
  gtk_list_box_select_all (self->list);
}

static void
on_add_token_clicked (ScWaitingView *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  const char *room = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->room));

  gtk_window_present (GTK_WINDOW (sc_token_dialog_new (self->console, GTK_WINDOW (window), room)));
}

static gboolean
on_ages_due (gpointer data)
{
  ScWaitingView *self = data;
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    sc_waiting_row_update (SC_WAITING_ROW (row));
  return G_SOURCE_CONTINUE;
}

static void
sc_waiting_view_map (GtkWidget *widget)
{
  ScWaitingView *self = SC_WAITING_VIEW (widget);

  GTK_WIDGET_CLASS (sc_waiting_view_parent_class)->map (widget);
  on_ages_due (self);
  self->ages = g_timeout_add_seconds (AGES_SECONDS, on_ages_due, self);
}

static void
sc_waiting_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SC_WAITING_VIEW (widget)->ages, g_source_remove);
  GTK_WIDGET_CLASS (sc_waiting_view_parent_class)->unmap (widget);
}

static void
sc_waiting_view_dispose (GObject *object)
{
  ScWaitingView *self = SC_WAITING_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->ages, g_source_remove);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_waiting_view_parent_class)->dispose (object);
}

static void
sc_waiting_view_finalize (GObject *object)
{
  g_object_unref (SC_WAITING_VIEW (object)->cancellable);
  G_OBJECT_CLASS (sc_waiting_view_parent_class)->finalize (object);
}

static void
sc_waiting_view_class_init (ScWaitingViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_waiting_view_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_waiting_view_finalize;
  widget_class->map = sc_waiting_view_map;
  widget_class->unmap = sc_waiting_view_unmap;
  gtk_widget_class_set_css_name (widget_class, "waitingview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-waiting-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, stack);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, list);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, chosen);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, room);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, approve);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, reject);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, select_all);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingView, add_token);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_approve_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_reject_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_select_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_add_token_clicked);
}

static void
sc_waiting_view_init (ScWaitingView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  return sc_waiting_row_new (item);
}

GtkWidget *
sc_waiting_view_new (ScConsole *console)
{
  ScWaitingView *self = g_object_new (SC_TYPE_WAITING_VIEW, NULL);
  ScItemList *waiting = sc_console_get_waiting (console);

  self->console = g_object_ref (console);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (waiting), create_row, self, NULL);
  g_signal_connect_object (waiting, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sc_console_get_rooms (console), "items-changed", G_CALLBACK (fill_rooms), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  sc_combo_set_name (GTK_COMBO_BOX (self->room), _ ("Room that approved seats are put into"));
  fill_rooms (self);
  update (self);
  return GTK_WIDGET (self);
}
