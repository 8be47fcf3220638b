/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-assign-dialog.h"

#include "console/client/sc-client.h"
#include "console/gui/deploy/sc-version-chooser.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/planning/sc-template-chooser.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-style.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

struct _ScAssignDialog {
  GtkWindow parent;
  ScConsole *console;
  char *room;       /* (nullable) */
  GPtrArray *seats; /* (nullable) (element-type ScSeatItem) */
  guint next;       /* of the seats: the one that is being pinned */
  guint64 picked;
  gboolean sending;
  GCancellable *cancellable;
  GtkHeaderBar *header;
  GtkButton *apply;
  GtkLabel *whom, *consequence;
  ScVersionChooser *version;
  ScTemplateChooser *templates;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScAssignDialog, sc_assign_dialog, GTK_TYPE_WINDOW)

static char *
describe_consequence (ScAssignDialog *self)
{
  ScRoomItem *room = self->room != NULL ? sc_item_list_find (sc_console_get_rooms (self->console), self->room) : NULL;
  const ScRoomInfo *info = room != NULL ? sc_room_item_get_info (room) : NULL;
  g_autofree char *opens = NULL;

  if (info == NULL)
    return g_strdup (
        _ ("Pinned seats keep this version, whatever their room is assigned, until they are unpinned. They "
           "get it as soon as their room’s maintenance window allows."));
  if (info->window.days == 0)
    return g_strdup (_ ("The room has no maintenance window: a session brings it there at once."));
  if (info->window.open)
    return g_strdup (_ ("The room’s maintenance window is open: a session brings it there at once."));
  opens = sc_plan_words_time (info->window.opens, g_get_real_time ());
  if (*opens == '\0')
    return g_strdup (_ ("A session brings it there when the room’s maintenance window opens."));
  return g_strdup_printf (_ ("A session brings it there when the room’s maintenance window opens: %s."), opens);
}

static void
update (ScAssignDialog *self)
{
  const gboolean may = sc_me_may (self->console, SC_MAY_OPERATE);
  g_autofree char *consequence = describe_consequence (self);

  sc_version_chooser_show (self->version, self->picked, _ ("No version yet"));
  sc_label_set (self->consequence, consequence);
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply), may && self->picked != 0 && !self->sending &&
                                                          sc_template_chooser_is_complete (self->templates));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->apply), sc_me_why_not (self->console, SC_MAY_OPERATE));
}

static void
on_changed (ScAssignDialog *self)
{
  if (self->console == NULL)
    return;
  sc_save_status_clear (self->status);
  update (self);
}

static void
pick (ScAssignDialog *self, guint64 version)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, version);

  self->picked = version;
  sc_template_chooser_set_version (self->templates, sc_item_list_find (sc_console_get_versions (self->console), key));
  on_changed (self);
}

static void
on_version_picked (ScVersionChooser *chooser, guint64 version, ScAssignDialog *self)
{
  pick (self, version);
}

/* sending */

static void send (ScAssignDialog *self);

static void
tell_pinned (ScAssignDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u seat is pinned", "%u seats are pinned", self->seats->len), self->seats->len);

  if (parent != NULL)
    sc_notice_show (GTK_WIDGET (parent), text);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScAssignDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->sending = FALSE;
  if (answer == NULL) {
    sc_save_status_show_error (self->status, error);
    update (self);
    return;
  }
  sc_item_list_put (self->room != NULL ? sc_console_get_rooms (self->console) : sc_console_get_seats (self->console),
                    answer);
  if (self->room != NULL) {
    gtk_widget_destroy (GTK_WIDGET (self));
    return;
  }
  if (++self->next < self->seats->len) {
    send (self);
    return;
  }
  tell_pinned (self);
  gtk_widget_destroy (GTK_WIDGET (self));
}

/* The seats one after the other: what was done before one fails stays done, and is done again with the next try. */
static void
send (ScAssignDialog *self)
{
  g_autofree char *path =
      self->room != NULL
          ? sc_client_path ("/v1/rooms/", self->room, "/assign-version", NULL)
          : sc_client_path ("/v1/seats/", sc_item_get_key (self->seats->pdata[self->next]), "/pin", NULL);
  g_autoptr (ScJson) body = json_pack ("{s:I}", "version", (json_int_t) self->picked);
  ScJson *templates = sc_template_chooser_get_templates (self->templates);

  if (templates != NULL)
    json_object_set_new (body, "templates", templates);
  self->sending = TRUE;
  sc_save_status_show_saving (self->status);
  update (self);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_sent, g_object_ref (self));
}

static void
on_apply_clicked (ScAssignDialog *self)
{
  self->next = 0;
  send (self);
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (GTK_WIDGET_CLASS (sc_assign_dialog_parent_class)->key_press_event (widget, event))
    return GDK_EVENT_STOP;
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (GTK_WINDOW (widget));
  return GDK_EVENT_STOP;
}

static void
sc_assign_dialog_dispose (GObject *object)
{
  ScAssignDialog *self = SC_ASSIGN_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_assign_dialog_parent_class)->dispose (object);
}

static void
sc_assign_dialog_finalize (GObject *object)
{
  ScAssignDialog *self = SC_ASSIGN_DIALOG (object);

  g_object_unref (self->cancellable);
  g_free (self->room);
  G_OBJECT_CLASS (sc_assign_dialog_parent_class)->finalize (object);
}

static void
sc_assign_dialog_class_init (ScAssignDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_assign_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_assign_dialog_finalize;
  widget_class->key_press_event = on_key_press;
  g_type_ensure (SC_TYPE_VERSION_CHOOSER);
  g_type_ensure (SC_TYPE_TEMPLATE_CHOOSER);
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "assigndialog");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-assign-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, header);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, apply);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, whom);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, consequence);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, version);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, templates);
  gtk_widget_class_bind_template_child (widget_class, ScAssignDialog, status);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_apply_clicked);
}

static void
sc_assign_dialog_init (ScAssignDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  sc_style_set_class (GTK_WIDGET (self), "deploydialog", TRUE); /* its list of versions */
  gtk_widget_grab_default (GTK_WIDGET (self->apply));
}

static ScAssignDialog *
dialog_new (ScConsole *console, GtkWindow *parent, const char *title, const char *verb)
{
  ScAssignDialog *self = g_object_new (SC_TYPE_ASSIGN_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  self->console = g_object_ref (console);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_header_bar_set_title (self->header, title);
  gtk_button_set_label (self->apply, verb);
  sc_version_chooser_bind (self->version, sc_console_get_versions (console));
  g_signal_connect (self->version, "picked", G_CALLBACK (on_version_picked), self);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self, G_CONNECT_SWAPPED);
  return self;
}

/* What it is now; else the newest. */
static void
preselect (ScAssignDialog *self, guint64 version, ScJson *templates)
{
  ScVersionItem *newest = sc_item_list_at (sc_console_get_versions (self->console), 0);

  sc_template_chooser_set_templates (self->templates, templates);
  pick (self, version != 0 || newest == NULL ? version : sc_version_item_get_info (newest)->number);
}

GtkWidget *
sc_assign_dialog_new_for_room (ScConsole *console, GtkWindow *parent, const char *room)
{
  ScAssignDialog *self = dialog_new (console, parent, _ ("Assign version"), _ ("_Assign"));
  ScRoomItem *item = sc_item_list_find (sc_console_get_rooms (console), room);
  g_autofree char *whom = g_strdup_printf (_ ("What the seats of %s are to have:"), room);

  self->room = g_strdup (room);
  sc_label_set (self->whom, whom);
  preselect (self, 0, item != NULL ? sc_room_item_get_info (item)->templates : NULL);
  return GTK_WIDGET (self);
}

GtkWidget *
sc_assign_dialog_new_for_seats (ScConsole *console, GtkWindow *parent, GPtrArray *seats)
{
  ScAssignDialog *self = dialog_new (console, parent, _ ("Pin to version"), _ ("_Pin"));
  const ScSeatInfo *first = sc_seat_item_get_info (seats->pdata[0]);
  g_autofree char *number =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", seats->len), seats->len);
  g_autofree char *whom =
      g_strdup_printf (_ ("What %s is to have, whatever the room has:"), seats->len == 1 ? first->name : number);

  self->seats = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (self->seats, g_object_ref (seats->pdata[i]));
  sc_label_set (self->whom, whom);
  preselect (self, first->version, first->pinned ? first->assigned_templates : NULL);
  return GTK_WIDGET (self);
}
