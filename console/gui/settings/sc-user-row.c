/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-user-row.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-combo.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/settings/sc-user-dialog.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScUserRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScUserItem *user;
  GCancellable *cancellable;
  GSimpleActionGroup *actions;
  gboolean updating;
  GtkLabel *name, *signed_in;
  GtkComboBoxText *role;
  GtkMenuButton *menu;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScUserRow, sc_user_row, GTK_TYPE_LIST_BOX_ROW)

static GMenuModel *
make_menu (const ScUserInfo *info)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _ ("Set _password…"), "user.password");
  g_menu_append (menu, info->disabled ? _ ("Let sign in _again") : _ ("Do not let _sign in"), "user.disable");
  g_menu_append (menu, _ ("_Remove"), "user.remove");
  return G_MENU_MODEL (menu);
}

static void
update (ScUserRow *self)
{
  const ScUserInfo *info = sc_user_item_get_info (self->user);
  g_autofree char *time = sc_words_time (info->signed_in);
  g_autofree char *signed_in = NULL;
  g_autofree char *menu_name = g_strdup_printf (_ ("What can be done with %s"), info->name);
  g_autofree char *role_name = g_strdup_printf (_ ("Role of %s"), info->name);
  g_autoptr (GMenuModel) menu = make_menu (info);

  if (info->disabled)
    signed_in = g_strdup (_ ("May not sign in"));
  else if (info->signed_in == 0)
    signed_in = g_strdup (_ ("Has not signed in yet"));
  else
    signed_in = g_strdup_printf (_ ("Signed in: %s"), time);
  self->updating = TRUE;
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->role), info->role);
  self->updating = FALSE;
  sc_label_set (self->name, info->name);
  sc_label_set (self->signed_in, signed_in);
  gtk_menu_button_set_menu_model (self->menu, menu);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->menu)), menu_name);
  sc_combo_set_name (GTK_COMBO_BOX (self->role), role_name);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), info->name);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScUserRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer != NULL)
    sc_save_status_show_saved (self->status);
  else
    sc_save_status_show_error (self->status, error);
  if (answer == NULL)
    update (self); /* the role as it is */
}

/* @body: (transfer full) */
static void
send (ScUserRow *self, const char *what, ScJson *body)
{
  g_autofree char *path = sc_client_path ("/v1/users/", sc_user_item_get_info (self->user)->name, what, NULL);

  sc_save_status_show_saving (self->status);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_changed, g_object_ref (self));
  json_decref (body);
}

static void
on_role_changed (ScUserRow *self)
{
  const char *role = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->role));

  if (!self->updating && role != NULL)
    send (self, "/change", json_pack ("{s:s}", "role", role));
}

static void
on_disable (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScUserRow *self = data;

  send (self, "/change", json_pack ("{s:b}", "disabled", !sc_user_item_get_info (self->user)->disabled));
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  send (data, "/delete", json_object ());
}

static void
on_password (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScUserRow *self = data;
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (sc_user_dialog_new (self->console, GTK_WINDOW (window), SC_USER_DIALOG_PASSWORD,
                                                      sc_user_item_get_info (self->user)->name)));
}

static const GActionEntry entries[] = {
  { "password", on_password },
  { "disable", on_disable },
  { "remove", on_remove },
};

static void
sc_user_row_dispose (GObject *object)
{
  ScUserRow *self = SC_USER_ROW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->user != NULL)
    g_signal_handlers_disconnect_by_data (self->user, self);
  g_clear_object (&self->user);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_user_row_parent_class)->dispose (object);
}

static void
sc_user_row_finalize (GObject *object)
{
  ScUserRow *self = SC_USER_ROW (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->actions);
  G_OBJECT_CLASS (sc_user_row_parent_class)->finalize (object);
}

static void
sc_user_row_class_init (ScUserRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_user_row_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_user_row_finalize;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-user-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScUserRow, name);
  gtk_widget_class_bind_template_child (widget_class, ScUserRow, signed_in);
  gtk_widget_class_bind_template_child (widget_class, ScUserRow, role);
  gtk_widget_class_bind_template_child (widget_class, ScUserRow, menu);
  gtk_widget_class_bind_template_child (widget_class, ScUserRow, status);
  gtk_widget_class_bind_template_callback (widget_class, on_role_changed);
}

static void
sc_user_row_init (ScUserRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "user", G_ACTION_GROUP (self->actions));
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (ScMay may = SC_MAY_VIEW; may <= SC_MAY_ADMINISTER; may++)
    gtk_combo_box_text_append (self->role, sc_me_role_of (may), sc_me_role_words (sc_me_role_of (may)));
}

GtkWidget *
sc_user_row_new (ScConsole *console, ScUserItem *user)
{
  ScUserRow *self = g_object_new (SC_TYPE_USER_ROW, NULL);

  self->console = g_object_ref (console);
  self->user = g_object_ref (user);
  g_signal_connect_swapped (user, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}
