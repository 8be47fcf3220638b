/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-user-dialog.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-combo.h"
#include "console/gui/settings/sc-save-status.h"

#include <glib/gi18n-lib.h>

struct _ScUserDialog {
  GtkWindow parent;
  ScConsole *console;
  ScUserDialogKind kind;
  char *user; /* (nullable) */
  GCancellable *cancellable;
  gboolean sending;
  GtkHeaderBar *header;
  GtkWidget *save, *name_label, *role_label, *old_label, *mismatch;
  GtkEntry *name, *old, *password, *again;
  GtkComboBoxText *role;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScUserDialog, sc_user_dialog, GTK_TYPE_WINDOW)

static void
update (ScUserDialog *self)
{
  const char *password = gtk_entry_get_text (self->password), *again = gtk_entry_get_text (self->again);
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));
  const gboolean same = g_str_equal (password, again);
  gboolean complete = *password != '\0' && same;

  if (self->kind == SC_USER_DIALOG_ADD)
    complete = complete && *name != '\0';
  if (self->kind == SC_USER_DIALOG_OWN_PASSWORD)
    complete = complete && gtk_entry_get_text_length (self->old) > 0;
  gtk_widget_set_visible (self->mismatch, *again != '\0' && !same);
  gtk_widget_set_sensitive (self->save, complete && !self->sending);
}

static void
on_typed (ScUserDialog *self)
{
  sc_save_status_clear (self->status);
  update (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScUserDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->sending = FALSE;
  if (answer != NULL) {
    gtk_widget_destroy (GTK_WIDGET (self));
    return;
  }
  sc_save_status_show_error (self->status, error);
  update (self);
}

/* @body: (transfer full) */
static void
send (ScUserDialog *self, const char *path, ScJson *body)
{
  self->sending = TRUE;
  sc_save_status_show_saving (self->status);
  update (self);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_saved, g_object_ref (self));
  json_decref (body);
}

static void
on_save_clicked (ScUserDialog *self)
{
  const char *password = gtk_entry_get_text (self->password);
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));
  g_autofree char *path = NULL;

  switch (self->kind) {
  case SC_USER_DIALOG_ADD:
    send (self, "/v1/users",
          json_pack ("{s:s, s:s, s:s}", "name", name, "role", gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->role)),
                     "password", password));
    break;
  case SC_USER_DIALOG_PASSWORD:
    path = sc_client_path ("/v1/users/", self->user, "/change", NULL);
    send (self, path, json_pack ("{s:s}", "password", password));
    break;
  case SC_USER_DIALOG_OWN_PASSWORD:
    send (self, "/v1/me/password", json_pack ("{s:s, s:s}", "old", gtk_entry_get_text (self->old), "new", password));
    break;
  }
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Escape) {
    gtk_window_close (GTK_WINDOW (widget));
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS (sc_user_dialog_parent_class)->key_press_event (widget, event);
}

static void
sc_user_dialog_dispose (GObject *object)
{
  ScUserDialog *self = SC_USER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_user_dialog_parent_class)->dispose (object);
}

static void
sc_user_dialog_finalize (GObject *object)
{
  ScUserDialog *self = SC_USER_DIALOG (object);

  g_object_unref (self->cancellable);
  g_free (self->user);
  G_OBJECT_CLASS (sc_user_dialog_parent_class)->finalize (object);
}

static void
sc_user_dialog_class_init (ScUserDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_user_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_user_dialog_finalize;
  widget_class->key_press_event = on_key_press;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "userdialog");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-user-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, header);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, save);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, name_label);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, name);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, role_label);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, role);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, old_label);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, old);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, password);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, again);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, mismatch);
  gtk_widget_class_bind_template_child (widget_class, ScUserDialog, status);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

static void
sc_user_dialog_init (ScUserDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (ScMay may = SC_MAY_VIEW; may <= SC_MAY_ADMINISTER; may++)
    gtk_combo_box_text_append (self->role, sc_me_role_of (may), sc_me_role_words (sc_me_role_of (may)));
  sc_combo_set_name (GTK_COMBO_BOX (self->role), _ ("Role"));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->role), "operator");
  gtk_widget_grab_default (self->save);
}

static void
show_fields (ScUserDialog *self)
{
  const gboolean add = self->kind == SC_USER_DIALOG_ADD, own = self->kind == SC_USER_DIALOG_OWN_PASSWORD;
  g_autofree char *title = add   ? g_strdup (_ ("New user"))
                           : own ? g_strdup (_ ("Change your password"))
                                 : g_strdup_printf (_ ("Password of %s"), self->user);

  gtk_header_bar_set_title (self->header, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_widget_set_visible (self->name_label, add);
  gtk_widget_set_visible (GTK_WIDGET (self->name), add);
  gtk_widget_set_visible (self->role_label, add);
  gtk_widget_set_visible (GTK_WIDGET (self->role), add);
  gtk_widget_set_visible (self->old_label, own);
  gtk_widget_set_visible (GTK_WIDGET (self->old), own);
  gtk_widget_grab_focus (GTK_WIDGET (add ? self->name : own ? self->old : self->password));
}

GtkWidget *
sc_user_dialog_new (ScConsole *console, GtkWindow *parent, ScUserDialogKind kind, const char *user)
{
  ScUserDialog *self = g_object_new (SC_TYPE_USER_DIALOG, "transient-for", parent, NULL);

  self->console = g_object_ref (console);
  self->kind = kind;
  self->user = g_strdup (user);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self, G_CONNECT_SWAPPED);
  show_fields (self);
  update (self);
  return GTK_WIDGET (self);
}
