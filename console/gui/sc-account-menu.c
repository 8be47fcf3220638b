/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-account-menu.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/sc-notice.h"
#include "console/gui/settings/sc-user-dialog.h"

#include <glib/gi18n-lib.h>

typedef struct {
  GtkWindow *window; /* (unowned): it lives as long as this */
  ScConsole *console;
  GMenu *section;
} Account;

static void
account_free (gpointer data)
{
  Account *self = data;

  g_signal_handlers_disconnect_by_data (self->console, self);
  g_object_unref (self->console);
  g_object_unref (self->section);
  g_free (self);
}

static void
update (Account *self)
{
  g_autofree char *who = NULL;
  g_autoptr (GMenu) items = g_menu_new ();

  g_menu_remove_all (self->section);
  if (*sc_me_get_user (self->console) == '\0')
    return;
  /* Translators: the name of a user, his role */
  who =
      g_strdup_printf (_ ("%s, %s"), sc_me_get_user (self->console), sc_me_role_words (sc_me_get_role (self->console)));
  g_menu_append (items, _ ("Change _password…"), "win.change-password");
  g_menu_append (items, _ ("Sign _out"), "win.sign-out");
  g_menu_append_section (self->section, who, G_MENU_MODEL (items));
}

static void
on_change_password (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Account *self = data;

  gtk_window_present (GTK_WINDOW (sc_user_dialog_new (self->console, self->window, SC_USER_DIALOG_OWN_PASSWORD, NULL)));
}

/* The engine ends the connection then, and the window says that the user is not signed in. */
static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) window = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (answer == NULL)
    sc_notice_show_error (window, _ ("You could not be signed out"), error);
}

static void
on_sign_out (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Account *self = data;
  g_autoptr (ScJson) body = json_object ();

  sc_console_request_async (self->console, "POST", "/v1/sign-out", body, NULL, on_signed_out,
                            g_object_ref (self->window));
}

static const GActionEntry entries[] = {
  { "change-password", on_change_password },
  { "sign-out", on_sign_out },
};

void
sc_account_menu_init (GtkApplicationWindow *window, ScConsole *console, GMenu *section)
{
  Account *self = g_new0 (Account, 1);

  self->window = GTK_WINDOW (window);
  self->console = g_object_ref (console);
  self->section = g_object_ref (section);
  g_object_set_data_full (G_OBJECT (window), "account", self, account_free);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (update), self);
  update (self);
}
