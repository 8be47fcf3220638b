/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-user-settings.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/settings/sc-user-dialog.h"
#include "console/gui/settings/sc-user-row.h"

struct _ScUserSettings {
  GtkBin parent;
  ScConsole *console;
  ScItemList *list; /* ScUserItem */
  GCancellable *cancellable;
  GtkListBox *users;
  GtkWidget *frame, *add;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScUserSettings, sc_user_settings, GTK_TYPE_BIN)

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScUserSettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer != NULL) {
    sc_save_status_clear (self->status);
    sc_item_list_put_all (self->list, json_object_get (answer, "users"));
  } else
    sc_save_status_show_error (self->status, error);
  gtk_widget_set_visible (self->frame, sc_item_list_get_length (self->list) > 0);
}

/* Users are asked for when they are to be seen, and only by who may see them. */
static void
load (ScUserSettings *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && sc_me_may (self->console, SC_MAY_ADMINISTER))
    sc_console_request_async (self->console, "GET", "/v1/users", NULL, self->cancellable, on_loaded,
                              g_object_ref (self));
}

static void
on_state_changed (ScUserSettings *self)
{
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER);

  gtk_widget_set_sensitive (GTK_WIDGET (self->users), may);
  gtk_widget_set_sensitive (self->add, may);
  gtk_widget_set_tooltip_text (self->add, sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  if (sc_me_why_not (self->console, SC_MAY_ADMINISTER) != NULL)
    sc_item_list_put_all (self->list, NULL);
  load (self);
}

static void
on_add_clicked (ScUserSettings *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (sc_user_dialog_new (self->console, GTK_WINDOW (window), SC_USER_DIALOG_ADD, NULL)));
}

static void
sc_user_settings_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sc_user_settings_parent_class)->map (widget);
  load (SC_USER_SETTINGS (widget));
}

static void
sc_user_settings_dispose (GObject *object)
{
  ScUserSettings *self = SC_USER_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->users != NULL)
    gtk_list_box_bind_model (self->users, NULL, NULL, NULL, NULL);
  self->users = NULL;
  g_clear_object (&self->list);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_user_settings_parent_class)->dispose (object);
}

static void
sc_user_settings_finalize (GObject *object)
{
  g_object_unref (SC_USER_SETTINGS (object)->cancellable);
  G_OBJECT_CLASS (sc_user_settings_parent_class)->finalize (object);
}

static void
sc_user_settings_class_init (ScUserSettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_user_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_user_settings_finalize;
  widget_class->map = sc_user_settings_map;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "usersettings");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-user-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ScUserSettings, users);
  gtk_widget_class_bind_template_child (widget_class, ScUserSettings, frame);
  gtk_widget_class_bind_template_child (widget_class, ScUserSettings, add);
  gtk_widget_class_bind_template_child (widget_class, ScUserSettings, status);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
}

static void
sc_user_settings_init (ScUserSettings *self)
{
  self->cancellable = g_cancellable_new ();
  self->list = sc_item_list_new (SC_TYPE_USER_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  ScUserSettings *self = data;

  return sc_user_row_new (self->console, item);
}

void
sc_user_settings_set_console (ScUserSettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  gtk_list_box_bind_model (self->users, G_LIST_MODEL (self->list), create_row, self, NULL);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "users-changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  on_state_changed (self);
}
