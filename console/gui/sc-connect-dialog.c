/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-connect-dialog.h"

#include "common/sc-error.h"
#include "console/client/sc-client.h"
#include "console/client/sc-connection-file.h"
#include "console/gui/model/sc-item.h"
#include "console/gui/sc-connector.h"
#include "console/gui/sc-style.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define TYPING_MS 600u  /* who types an address pauses for less */
#define GROUP_DIGITS 4u /* of a fingerprint, as people compare it */
#define LINE_GROUPS 8u

struct _ScConnectDialog {
  GtkWindow parent;
  GtkWidget *known_box;
  GtkListBox *known;
  GtkEntry *address;
  GtkLabel *certificate;
  GtkLabel *certificate_hint;
  GtkWidget *old_box;
  GtkLabel *old_certificate;
  GtkToggleButton *accept;
  GtkEntry *user, *password;
  GtkLabel *hint;
  GtkWidget *connect;
  GtkSpinner *spinner;

  ScConnection *trusted;    /* (nullable): so far, by the window */
  gboolean at_once;         /* a known console was picked: no more is asked if its authority is as it was */
  gboolean is_over;         /* the remembered token does not hold any more */
  ScConnection *remembered; /* (nullable): of the address that is entered */
  char *fingerprint;        /* (nullable): of who answers there */
  GError *error;            /* (nullable): why there is no fingerprint */
  ScClient *client;         /* (nullable): it is being tried */
  guint typing;             /* source */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (ScConnectDialog, sc_connect_dialog, GTK_TYPE_WINDOW)

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
url_of (ScConnectDialog *self)
{
  return sc_connector_url_of_text (gtk_entry_get_text (self->address));
}

/* "1f2e 3d4c …" in two lines; empty for none. @fingerprint: (nullable) */
static char *
readable (const char *fingerprint)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; fingerprint != NULL && fingerprint[i] != '\0'; i++) {
    if (i > 0 && i % (GROUP_DIGITS * LINE_GROUPS) == 0)
      g_string_append_c (text, '\n');
    else if (i > 0 && i % GROUP_DIGITS == 0)
      g_string_append_c (text, ' ');
    g_string_append_c (text, fingerprint[i]);
  }
  return g_string_free (text, FALSE);
}

static gboolean
has_changed (ScConnectDialog *self)
{
  return self->remembered != NULL && self->fingerprint != NULL &&
         strcmp (self->remembered->fingerprint, self->fingerprint) != 0;
}

static gboolean
has_password (ScConnectDialog *self)
{
  return gtk_entry_get_text_length (self->user) > 0 && gtk_entry_get_text_length (self->password) > 0;
}

/* From the last time: the console says whether that is over. */
static gboolean
may_be_signed_in (ScConnectDialog *self)
{
  return self->remembered != NULL && *self->remembered->token != '\0' && !self->is_over && !has_changed (self);
}

static void
show_certificate (ScConnectDialog *self)
{
  g_autofree char *groups = readable (self->fingerprint);
  g_autofree char *old = readable (self->remembered != NULL ? self->remembered->fingerprint : NULL);
  gboolean warns = has_changed (self) || self->error != NULL;
  const char *hint = NULL;

  if (self->error != NULL)
    hint = self->error->message;
  else if (self->fingerprint == NULL)
    hint = _ ("Shown when the address is entered");
  else if (has_changed (self))
    hint = _ ("This is another authority than the last time. Somebody may be listening, unless the console has changed "
              "it: compare it with what “seatcastctl ca fingerprint” says on the console.");
  else if (self->remembered != NULL)
    hint = _ ("The same as the last time");
  else
    hint = _ ("Compare it with what “seatcastctl ca fingerprint” says on the console: so you know who answers.");
  gtk_label_set_text (self->certificate, groups);
  gtk_widget_set_visible (GTK_WIDGET (self->certificate), self->fingerprint != NULL);
  gtk_label_set_text (self->certificate_hint, hint);
  gtk_label_set_text (self->old_certificate, old);
  gtk_widget_set_visible (self->old_box, has_changed (self));
  sc_style_swap_class (GTK_WIDGET (self->certificate_hint), warns ? "dim-label" : "warning",
                       warns ? "warning" : "dim-label");
}

static void
update (ScConnectDialog *self)
{
  gboolean accepted = self->fingerprint != NULL && (!has_changed (self) || gtk_toggle_button_get_active (self->accept));

  show_certificate (self);
  gtk_widget_set_sensitive (self->connect,
                            accepted && self->client == NULL && (has_password (self) || may_be_signed_in (self)));
  g_object_set (self->spinner, "active", self->client != NULL, NULL);
}

static void
set_hint (ScConnectDialog *self, const char *text, gboolean is_error)
{
  gtk_label_set_text (self->hint, text);
  sc_style_swap_class (GTK_WIDGET (self->hint), is_error ? "dim-label" : "error", is_error ? "error" : "dim-label");
}

static void
show_usual_hint (ScConnectDialog *self)
{
  set_hint (self,
            may_be_signed_in (self) && !has_password (self)
                ? _ ("You have signed in before: without a password it is tried whether that still holds.")
                : _ ("As an administrator of the console has given them to you."),
            FALSE);
}

static void
on_fingerprint (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScConnectDialog *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *fingerprint = sc_client_fetch_fingerprint_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the dialog may be gone */
  self->fingerprint = g_steal_pointer (&fingerprint);
  self->error = g_steal_pointer (&error);
  update (self);
  if (self->at_once && gtk_widget_get_sensitive (self->connect))
    gtk_button_clicked (GTK_BUTTON (self->connect));
}

static gboolean
on_typed (gpointer data)
{
  ScConnectDialog *self = data;
  g_autofree char *url = url_of (self);

  self->typing = 0;
  if (url == NULL)
    return G_SOURCE_REMOVE;
  sc_client_fetch_fingerprint_async (url, self->cancellable, on_fingerprint, self);
  return G_SOURCE_REMOVE;
}

static void
forget (ScConnectDialog *self)
{
  g_clear_handle_id (&self->typing, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->remembered, sc_connection_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_error (&self->error);
}

static void
on_address_changed (ScConnectDialog *self)
{
  g_autofree char *url = url_of (self);
  g_autofree char *path = url != NULL ? sc_connection_file_for_url (url) : NULL;

  forget (self);
  self->cancellable = g_cancellable_new ();
  self->at_once = FALSE;
  self->is_over = FALSE;
  gtk_toggle_button_set_active (self->accept, FALSE);
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    self->remembered = sc_connection_load (path, NULL);
  if (self->remembered == NULL && self->trusted != NULL && g_strcmp0 (url, self->trusted->url) == 0)
    self->remembered = sc_connection_new (url, self->trusted->token, self->trusted->fingerprint);
  if (url != NULL)
    self->typing = g_timeout_add (TYPING_MS, on_typed, self);
  show_usual_hint (self);
  update (self);
}

static void
on_sign_in_changed (ScConnectDialog *self)
{
  show_usual_hint (self);
  update (self);
}

static void
remember (ScConnectDialog *self, const ScConnection *connection)
{
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    g_warning ("cannot make %s: %s", directory, g_strerror (errno));
  else if (!sc_connection_save (connection, path, &error))
    g_warning ("the console is not remembered: %s", error->message);
}

/* @token: of an answer to signing in; empty: the connection's own still holds */
static void
use (ScConnectDialog *self, const ScConnection *tried, const char *token)
{
  g_autoptr (ScConnection) connection =
      sc_connection_new (tried->url, *token != '\0' ? token : tried->token, tried->fingerprint);

  remember (self, connection);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, connection);
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScConnectDialog *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_client_request_finish (SC_CLIENT (source), result, &error);
  g_autoptr (ScClient) client = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the dialog may be gone */
  client = g_steal_pointer (&self->client);
  if (answer == NULL && !has_password (self) && g_error_matches (error, SC_ERROR, SC_ERROR_DENIED)) {
    self->is_over = TRUE;
    update (self);
    set_hint (self, _ ("You are not signed in any more: enter your password."), FALSE);
    gtk_widget_grab_focus (GTK_WIDGET (self->password));
  } else if (answer == NULL) {
    update (self);
    set_hint (self, error->message, TRUE);
  } else
    use (self, sc_client_get_connection (client), sc_item_text_of (answer, "token"));
}

static void
on_connect_clicked (ScConnectDialog *self)
{
  g_autofree char *url = url_of (self);
  g_autofree char *user = g_strstrip (g_strdup (gtk_entry_get_text (self->user)));
  g_autoptr (ScConnection) connection = NULL;
  g_autoptr (ScJson) body = NULL;

  if (url == NULL || self->fingerprint == NULL)
    return;
  connection = sc_connection_new (url, has_password (self) ? "" : self->remembered->token, self->fingerprint);
  self->client = sc_client_new (connection, "seatcast-console");
  if (has_password (self)) {
    body = json_pack ("{s:s, s:s}", "user", user, "password", gtk_entry_get_text (self->password));
    sc_client_request_async (self->client, "POST", "/v1/sign-in", body, self->cancellable, on_tried, self);
  } else {
    sc_client_request_async (self->client, "GET", "/v1/me", NULL, self->cancellable, on_tried, self);
  }
  update (self);
}

static void
on_known_activated (ScConnectDialog *self, GtkListBoxRow *row)
{
  const char *url = gtk_label_get_text (GTK_LABEL (gtk_bin_get_child (GTK_BIN (row))));

  if (g_str_equal (gtk_entry_get_text (self->address), url))
    on_address_changed (self); /* again: somebody may answer there now */
  else
    gtk_entry_set_text (self->address, url);
  self->at_once = TRUE;
}

static void
fill_known (ScConnectDialog *self)
{
  g_autofree char *any = sc_connection_file_for_url ("any");
  g_autofree char *path = g_path_get_dirname (any);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *url = g_uri_unescape_string (name, NULL);
    GtkWidget *label = NULL;

    if (url == NULL || !g_utf8_validate (url, -1, NULL))
      continue;
    label = gtk_label_new (url);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    g_object_set (label, "margin", 8, NULL);
    gtk_container_add (GTK_CONTAINER (self->known), label);
    gtk_widget_show_all (GTK_WIDGET (self->known));
    gtk_widget_show (self->known_box);
  }
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Escape) {
    gtk_window_close (GTK_WINDOW (widget));
    return GDK_EVENT_STOP;
  }
  return GTK_WIDGET_CLASS (sc_connect_dialog_parent_class)->key_press_event (widget, event);
}

static void
sc_connect_dialog_dispose (GObject *object)
{
  ScConnectDialog *self = SC_CONNECT_DIALOG (object);

  forget (self);
  g_clear_pointer (&self->trusted, sc_connection_free);
  G_OBJECT_CLASS (sc_connect_dialog_parent_class)->dispose (object);
}

static void
sc_connect_dialog_class_init (ScConnectDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_connect_dialog_dispose;
  widget_class->key_press_event = on_key_press;
  gtk_widget_class_set_css_name (widget_class, "connectdialog");
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, known_box);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, known);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, address);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, certificate_hint);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, old_box);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, old_certificate);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, accept);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, user);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, password);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, connect);
  gtk_widget_class_bind_template_child (widget_class, ScConnectDialog, spinner);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_connect_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_known_activated);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
sc_connect_dialog_init (ScConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_default (self->connect);
}

GtkWidget *
sc_connect_dialog_new (GtkWindow *parent, const char *url, const ScConnection *known)
{
  ScConnectDialog *self = g_object_new (SC_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);

  if (known != NULL)
    self->trusted = sc_connection_new (known->url, known->token, known->fingerprint);
  fill_known (self);
  show_usual_hint (self);
  update (self);
  if (url != NULL)
    gtk_entry_set_text (self->address, url);
  gtk_entry_set_text (self->user, g_get_user_name ());
  gtk_widget_grab_focus (GTK_WIDGET (url != NULL ? self->password : self->address));
  return GTK_WIDGET (self);
}
