/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-connection-bar.h"

#include "console/gui/sc-engine-launcher.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CONNECTING_DELAY_MS 600u /* what takes less is not worth a word */

struct _ScConnectionBar {
  GtkInfoBar parent;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *detail;
  GtkWidget *start;
  GtkWidget *connect;
  GtkWidget *retry;
  ScConsole *console;
  ScConnector *connector;
  guint delay; /* until it is told that it connects */
  guint tick;  /* while the time that has passed is shown */
  gboolean delayed;
};

G_DEFINE_FINAL_TYPE (ScConnectionBar, sc_connection_bar, GTK_TYPE_INFO_BAR)

/* What the bar says; the buttons are flags. */
typedef struct {
  GtkMessageType type;
  char *title; /* NULL: there is nothing to say */
  char *detail;
  gboolean passing; /* is over in a moment, as a rule */
  gboolean counts;  /* has the time in it */
  gboolean start, connect, retry;
  gboolean sign_in; /* what connecting is about */
} Message;

static void
message_clear (Message *message)
{
  g_free (message->title);
  g_free (message->detail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Message, message_clear)

static void
sc_connection_bar_dispose (GObject *object)
{
  ScConnectionBar *self = SC_CONNECTION_BAR (object);

  g_clear_handle_id (&self->delay, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->console);
  g_clear_object (&self->connector);
  G_OBJECT_CLASS (sc_connection_bar_parent_class)->dispose (object);
}

static void
sc_connection_bar_class_init (ScConnectionBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_connection_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-connection-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, icon);
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, title);
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, detail);
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, start);
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, connect);
  gtk_widget_class_bind_template_child (widget_class, ScConnectionBar, retry);
}

static void
sc_connection_bar_init (ScConnectionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "cannot reach it" as a sentence of its own; one that begins with a name or an address keeps it. */
static char *
sentence_of (const char *message)
{
  gsize word = strspn (message, "abcdefghijklmnopqrstuvwxyz");
  gboolean is_word = word > 0 && message[word] == ' ';
  gboolean ended = g_str_has_suffix (message, ".") || g_str_has_suffix (message, "?");

  return g_strdup_printf ("%c%s%s", is_word ? g_ascii_toupper (message[0]) : message[0],
                          *message != '\0' ? message + 1 : "", ended ? "" : ".");
}

/* Where it is, as people say it: "lab-console:8470". */
static char *
place_of (ScConsole *console)
{
  const ScConnection *connection = sc_console_get_connection (console);
  const char *url = connection != NULL ? connection->url : "";

  return g_strdup (g_str_has_prefix (url, "https://") ? url + strlen ("https://") : url);
}

static char *
next_attempt_of (ScConsole *console)
{
  gint64 next = sc_console_get_next_attempt (console);
  gint64 seconds = (next - g_get_monotonic_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;

  if (next == 0 || seconds <= 0)
    return g_strdup (_ ("Trying now…"));
  return g_strdup_printf (_ ("Next attempt in %d s."), (int) seconds);
}

static void
tell_lost (ScConnectionBar *self, Message *message)
{
  gint64 contact = sc_console_get_last_contact (self->console);
  const GError *error = sc_console_get_error (self->console);
  g_autofree char *place = place_of (self->console);
  g_autofree char *next = next_attempt_of (self->console);
  g_autofree char *age = contact != 0 ? sc_words_age (g_get_monotonic_time () - contact) : NULL;
  g_autofree char *why = error != NULL ? sentence_of (error->message) : g_strdup ("");

  *message = (Message){ .type = GTK_MESSAGE_WARNING, .counts = TRUE, .retry = TRUE };
  if (self->connector != NULL && sc_connector_is_local_engine_down (self->connector)) {
    message->start = TRUE;
    message->title = g_strdup_printf (_ ("The engine on this machine, %s, does not run"), place);
    message->detail = g_strdup_printf (
        /* Translators: the first %s is a command */
        _ ("Start it again, for instance by “%s”, or have it started. %s"), sc_engine_launcher_service_command (),
        next);
  } else if (contact != 0) {
    /* Translators: the second %s is “5 minutes ago” or “just now” */
    message->title =
        g_strdup_printf (_ ("The connection to %s was lost %s: what is shown may be out of date"), place, age);
    message->detail = g_steal_pointer (&next);
  } else {
    message->connect = TRUE;
    message->title = g_strdup_printf (_ ("The console at %s does not answer"), place);
    message->detail = g_strdup_printf ("%s %s", why, next);
  }
}

static void
tell_console (ScConnectionBar *self, Message *message)
{
  const GError *error = sc_console_get_error (self->console);
  g_autofree char *place = place_of (self->console);
  g_autofree char *why = NULL;

  switch (sc_console_get_state (self->console)) {
  case SC_CONSOLE_CONNECTING:
    *message = (Message){ .type = GTK_MESSAGE_INFO, .passing = TRUE };
    message->title = g_strdup_printf (_ ("Connecting to %s…"), place);
    break;
  case SC_CONSOLE_LOST:
    tell_lost (self, message);
    break;
  case SC_CONSOLE_REFUSED:
    *message = (Message){ .type = GTK_MESSAGE_ERROR, .connect = TRUE, .sign_in = TRUE, .retry = TRUE };
    message->title = g_strdup_printf (_ ("The console at %s does not let you in"), place);
    why = error != NULL ? sentence_of (error->message) : g_strdup ("");
    message->detail =
        g_strdup_printf (_ ("%s\nPress “Sign in…” to see who answers there and to enter your password."), why);
    break;
  case SC_CONSOLE_IDLE:
  case SC_CONSOLE_CONNECTED:
  default:
    break;
  }
}

static void
tell_failed (ScConnectionBar *self, Message *message)
{
  const GError *error = sc_connector_get_error (self->connector);
  g_autofree char *why = sentence_of (error->message);
  g_autofree char *log = sc_connector_get_log (self->connector);

  *message = (Message){ .type = GTK_MESSAGE_ERROR, .connect = TRUE, .retry = TRUE };
  if (log == NULL) {
    message->title = g_strdup (_ ("There is no console to connect to"));
    message->detail = g_steal_pointer (&why);
  } else {
    message->title = g_strdup (_ ("The engine could not be started on this machine"));
    message->detail = g_strdup_printf (_ ("%s\nIts log is %s"), why, log);
  }
}

static void
tell (ScConnectionBar *self, Message *message)
{
  g_autofree char *log = self->connector != NULL ? sc_connector_get_log (self->connector) : NULL;

  switch (self->connector != NULL ? sc_connector_get_state (self->connector) : SC_CONNECTOR_IDLE) {
  case SC_CONNECTOR_LOOKING:
    *message = (Message){ .type = GTK_MESSAGE_INFO, .passing = TRUE };
    message->title = g_strdup (_ ("Connecting to the engine on this machine…"));
    break;
  case SC_CONNECTOR_STARTING:
    *message = (Message){ .type = GTK_MESSAGE_INFO, .passing = TRUE };
    message->title = g_strdup (_ ("Starting the engine on this machine…"));
    message->detail = g_strdup_printf (_ ("Its log is %s"), log);
    break;
  case SC_CONNECTOR_UNKNOWN:
    *message = (Message){ .type = GTK_MESSAGE_INFO, .connect = TRUE, .sign_in = TRUE };
    message->title =
        g_strdup_printf (_ ("You have not connected to %s before"), sc_connector_get_url (self->connector));
    message->detail = g_strdup (_ ("Its authority must be accepted once; then you sign in."));
    break;
  case SC_CONNECTOR_FAILED:
    tell_failed (self, message);
    break;
  case SC_CONNECTOR_IDLE:
  default:
    tell_console (self, message);
  }
}

static void update (ScConnectionBar *self);

static gboolean
on_tick (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_delay (gpointer data)
{
  ScConnectionBar *self = data;

  self->delay = 0;
  self->delayed = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

/* Whether what passes has lasted long enough to be told. */
static gboolean
is_due (ScConnectionBar *self, const Message *message)
{
  if (message->title == NULL || !message->passing) {
    g_clear_handle_id (&self->delay, g_source_remove);
    self->delayed = FALSE;
    return message->title != NULL;
  }
  if (!self->delayed && self->delay == 0)
    self->delay = g_timeout_add (CONNECTING_DELAY_MS, on_delay, self);
  return self->delayed;
}

static void
show_message (ScConnectionBar *self, const Message *message)
{
  gtk_info_bar_set_message_type (GTK_INFO_BAR (self), message->type);
  if (g_strcmp0 (gtk_label_get_text (self->title), message->title) != 0)
    gtk_label_set_text (self->title, message->title);
  if (g_strcmp0 (gtk_label_get_text (self->detail), message->detail) != 0)
    gtk_label_set_text (self->detail, message->detail != NULL ? message->detail : "");
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), message->title);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), message->detail != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), message->type != GTK_MESSAGE_INFO);
  gtk_widget_set_visible (self->start, message->start);
  gtk_widget_set_visible (self->connect, message->connect);
  gtk_button_set_label (GTK_BUTTON (self->connect), message->sign_in ? _ ("_Sign in…") : _ ("_Connect…"));
  gtk_widget_set_visible (self->retry, message->retry);
}

static void
update (ScConnectionBar *self)
{
  g_auto (Message) message = { 0 };
  gboolean due = FALSE;

  tell (self, &message);
  due = is_due (self, &message);
  if (due)
    show_message (self, &message);
  if (gtk_info_bar_get_revealed (GTK_INFO_BAR (self)) != due)
    gtk_info_bar_set_revealed (GTK_INFO_BAR (self), due);
  if (!message.counts)
    g_clear_handle_id (&self->tick, g_source_remove);
  else if (self->tick == 0)
    self->tick = g_timeout_add_seconds (1, on_tick, self);
}

void
sc_connection_bar_set_model (ScConnectionBar *self, ScConsole *console, ScConnector *connector)
{
  self->console = g_object_ref (console);
  g_set_object (&self->connector, connector);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  if (connector != NULL)
    g_signal_connect_object (connector, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
