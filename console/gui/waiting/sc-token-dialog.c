/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/waiting/sc-token-dialog.h"

#include "console/gui/model/sc-room-item.h"
#include "console/gui/sc-combo.h"
#include "console/gui/settings/sc-save-status.h"

#include <glib/gi18n-lib.h>

struct _ScTokenDialog {
  GtkWindow parent;
  ScConsole *console;
  GCancellable *cancellable;
  ScConnection *connection; /* (nullable): what seats enrol with, once it is made */
  GtkStack *stack;
  GtkComboBoxText *room;
  GtkSpinButton *seats, *hours;
  GtkToggleButton *ask;
  GtkWidget *create;
  ScSaveStatus *status, *file_status;
  GtkLabel *explanation;
  GtkEntry *linux_command, *windows_command;
};

G_DEFINE_FINAL_TYPE (ScTokenDialog, sc_token_dialog, GTK_TYPE_WINDOW)

static char *
dup_room (ScTokenDialog *self)
{
  return g_strstrip (gtk_combo_box_text_get_active_text (self->room));
}

static void
update (ScTokenDialog *self)
{
  g_autofree char *room = dup_room (self);

  gtk_widget_set_sensitive (self->create, *room != '\0');
  sc_save_status_clear (self->status);
}

/* @answer: the API's, of which the token is told this once */
static void
show_token (ScTokenDialog *self, ScJson *answer)
{
  const char *url = sc_item_text_of (sc_console_get_settings (self->console), "url");
  const ScConnection *own = sc_console_get_connection (self->console);
  const char *token = sc_item_text_of (answer, "token");
  const guint seats = (guint) sc_item_number_of (answer, "seats");
  g_autofree char *room = g_strdup (sc_item_text_of (answer, "room"));
  g_autofree char *explanation = g_strdup_printf (
      /* Translators: %u seats; the room */
      g_dngettext (GETTEXT_PACKAGE, "For %u seat of %s. The token is shown only now: it is not kept.",
                   "For %u seats of %s. The token is shown only now: it is not kept.", seats),
      seats, room);
  g_autofree char *linux_command = NULL, *windows_command = NULL;

  self->connection = sc_connection_new (*url != '\0' ? url : own->url, token, own->fingerprint);
  linux_command = g_strdup_printf ("seatcast-service --enrol %s --token %s --ca-fingerprint %s", self->connection->url,
                                   token, own->fingerprint);
  windows_command = g_strdup_printf ("msiexec /i seatcast-service.msi /qn CONSOLE=%s TOKEN=%s CAFP=%s "
                                     "TEMPLATES=D:\\Templates",
                                     self->connection->url, token, own->fingerprint);
  gtk_label_set_text (self->explanation, explanation);
  gtk_entry_set_text (self->linux_command, linux_command);
  gtk_entry_set_text (self->windows_command, windows_command);
  gtk_stack_set_visible_child_name (self->stack, "token");
  gtk_widget_hide (self->create);
  gtk_widget_grab_focus (GTK_WIDGET (self->linux_command));
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScTokenDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_widget_set_sensitive (self->create, TRUE);
  if (answer != NULL)
    show_token (self, answer);
  else
    sc_save_status_show_error (self->status, error);
}

static void
on_create_clicked (ScTokenDialog *self)
{
  g_autofree char *room = dup_room (self);
  g_autoptr (ScJson) body = json_pack ("{s:s, s:I, s:I, s:b}", "room", room, "seats",
                                       (json_int_t) gtk_spin_button_get_value_as_int (self->seats), "hours",
                                       (json_int_t) gtk_spin_button_get_value_as_int (self->hours), "ask",
                                       gtk_toggle_button_get_active (self->ask));

  if (!gtk_widget_get_sensitive (self->create))
    return;
  gtk_widget_set_sensitive (self->create, FALSE);
  sc_save_status_show_saving (self->status);
  sc_console_request_async (self->console, "POST", "/v1/enrol-tokens", body, self->cancellable, on_created,
                            g_object_ref (self));
}

static void
copy (ScTokenDialog *self, GtkEntry *entry)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          gtk_entry_get_text (entry), -1);
}

static void
on_copy_linux (ScTokenDialog *self)
{
  copy (self, self->linux_command);
}

static void
on_copy_windows (ScTokenDialog *self)
{
  copy (self, self->windows_command);
}

static void
on_file_chosen (GtkNativeDialog *chooser, int response, gpointer data)
{
  ScTokenDialog *self = data;
  g_autofree char *path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL) {
    if (sc_connection_save (self->connection, path, &error))
      sc_save_status_show_saved (self->file_status);
    else
      sc_save_status_show_error (self->file_status, error);
  }
  gtk_native_dialog_destroy (chooser);
}

static void
on_save_clicked (ScTokenDialog *self)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Save the seats’ connection file"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "connection");
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_file_chosen), self, 0);
  g_object_set_data_full (G_OBJECT (self), "chooser", chooser, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Escape) {
    gtk_window_close (GTK_WINDOW (widget));
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS (sc_token_dialog_parent_class)->key_press_event (widget, event);
}

static void
sc_token_dialog_dispose (GObject *object)
{
  ScTokenDialog *self = SC_TOKEN_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->connection, sc_connection_free);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_token_dialog_parent_class)->dispose (object);
}

static void
sc_token_dialog_finalize (GObject *object)
{
  g_object_unref (SC_TOKEN_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (sc_token_dialog_parent_class)->finalize (object);
}

static void
sc_token_dialog_class_init (ScTokenDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_token_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_token_dialog_finalize;
  widget_class->key_press_event = on_key_press;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "tokendialog");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-token-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, room);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, seats);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, hours);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, ask);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, create);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, status);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, file_status);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, explanation);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, linux_command);
  gtk_widget_class_bind_template_child (widget_class, ScTokenDialog, windows_command);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_create_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_linux);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_windows);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

static void
sc_token_dialog_init (ScTokenDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_default (self->create);
}

GtkWidget *
sc_token_dialog_new (ScConsole *console, GtkWindow *parent, const char *room)
{
  ScTokenDialog *self = g_object_new (SC_TYPE_TOKEN_DIALOG, "transient-for", parent, NULL);
  ScItemList *rooms = sc_console_get_rooms (console);
  GtkWidget *entry = gtk_bin_get_child (GTK_BIN (self->room));

  self->console = g_object_ref (console);
  for (guint i = 0; i < sc_item_list_get_length (rooms); i++) {
    const char *name = sc_room_item_get_name (sc_item_list_at (rooms, i));

    if (*name != '\0')
      gtk_combo_box_text_append_text (self->room, name);
  }
  sc_combo_set_name (GTK_COMBO_BOX (self->room), _ ("Room"));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_text (GTK_ENTRY (entry), room != NULL ? room : "");
  g_signal_connect_object (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_widget_grab_focus (entry);
  return GTK_WIDGET (self);
}
