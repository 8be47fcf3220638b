/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-history.h"

#include "console/client/sc-client.h"
#include "console/gui/words/sc-seat-history-words.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/words/sc-version-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_LOG 100u
#define MAX_FILES 50u /* of those that differ; more are counted */

struct _ScSeatHistory {
  GtkBin parent;
  ScConsole *console;
  char *seat; /* (nullable): the id of the one that is shown */
  char *presence;
  ScTransferState state;
  GCancellable *cancellable; /* (nullable): of the requests for this seat */
  GtkLabel *verified, *more_files, *no_sessions, *no_log, *error;
  GtkListBox *files, *sessions, *log;
};

G_DEFINE_FINAL_TYPE (ScSeatHistory, sc_seat_history, GTK_TYPE_BIN)

static void
stop_loading (ScSeatHistory *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_session_activated (ScSeatHistory *self, GtkListBoxRow *row)
{
  guint64 *id = g_object_get_data (G_OBJECT (row), "session");

  sc_navigate (GTK_WIDGET (self), "show-session", g_variant_new_uint64 (*id));
}

static void
sc_seat_history_dispose (GObject *object)
{
  ScSeatHistory *self = SC_SEAT_HISTORY (object);

  stop_loading (self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_seat_history_parent_class)->dispose (object);
}

static void
sc_seat_history_finalize (GObject *object)
{
  ScSeatHistory *self = SC_SEAT_HISTORY (object);

  g_free (self->seat);
  g_free (self->presence);
  G_OBJECT_CLASS (sc_seat_history_parent_class)->finalize (object);
}

static void
sc_seat_history_class_init (ScSeatHistoryClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_seat_history_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_seat_history_finalize;
  gtk_widget_class_set_css_name (widget_class, "seathistory");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-seat-history.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, verified);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, files);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, more_files);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, sessions);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, no_sessions);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, log);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, no_log);
  gtk_widget_class_bind_template_child (widget_class, ScSeatHistory, error);
  gtk_widget_class_bind_template_callback (widget_class, on_session_activated);
}

static void
sc_seat_history_init (ScSeatHistory *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* A list in its frame, or what is said when it is empty. */
static void
show_list (GtkListBox *list, GtkLabel *empty, guint n)
{
  sc_fact_rows_resize (list, n);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (list)), n > 0);
  if (empty != NULL)
    gtk_widget_set_visible (GTK_WIDGET (empty), n == 0);
}

static void
show_verification (ScSeatHistory *self, ScJson *verify)
{
  ScJson *files = json_object_get (verify, "files");
  const guint n = (guint) MIN (json_array_size (files), MAX_FILES);
  const guint64 n_files = sc_item_number_of (verify, "n_files");
  g_autofree char *text = sc_seat_history_verification (verify);

  sc_label_set (self->verified, text);
  show_list (self->files, NULL, n);
  for (guint i = 0; i < n; i++) {
    ScJson *file = json_array_get (files, i);
    g_autofree char *damage = sc_seat_history_damage (file);

    sc_fact_row_set_texts (sc_fact_rows_at (self->files, i), sc_item_text_of (file, "path"),
                           sc_words_template (sc_item_text_of (file, "template")), damage);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->more_files), n_files > n && n > 0);
  if (n_files > n) {
    g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, n_files - n);
    g_autofree char *more = g_strdup_printf (_ ("… and %s more"), count);

    sc_label_set (self->more_files, more);
  }
}

/* "Today 14:05 · Done, 12.0 GB of 12.0 GB" */
static char *
with_time (ScJson *object, const char *key, const char *text)
{
  g_autofree char *time = sc_words_time (sc_item_time_of (object, key));

  return g_strconcat (time, *text != '\0' ? " · " : "", text, NULL);
}

static void
show_session (ScFactRow *row, ScJson *entry)
{
  ScJson *session = json_object_get (entry, "session");
  ScJson *seat = json_object_get (entry, "seat");
  g_autofree guint64 *id = g_memdup2 (&(guint64){ sc_item_number_of (session, "id") }, sizeof (guint64));
  g_autofree char *title = sc_seat_history_session (session, seat);
  g_autofree char *outcome = sc_seat_history_outcome (seat);
  g_autofree char *subtitle = with_time (session, "created", outcome);
  const ScSeatCondition condition = sc_seat_history_condition (seat);

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  sc_fact_row_set_icon (row, sc_words_condition_icon (condition), sc_words_condition_class (condition));
  sc_fact_row_set_texts (row, title, subtitle, "");
  g_object_set_data_full (G_OBJECT (row), "session", g_steal_pointer (&id), g_free);
}

static void
show_sessions (ScSeatHistory *self, ScJson *sessions)
{
  const guint n = (guint) json_array_size (sessions);

  show_list (self->sessions, self->no_sessions, n);
  for (guint i = 0; i < n; i++)
    show_session (sc_fact_rows_at (self->sessions, i), json_array_get (sessions, i));
}

static void
show_log (ScSeatHistory *self, ScJson *entries)
{
  const guint n = (guint) json_array_size (entries);

  show_list (self->log, self->no_log, n);
  for (guint i = 0; i < n; i++) {
    ScJson *entry = json_array_get (entries, i);
    g_autofree char *title = sc_seat_history_event (entry);
    g_autofree char *subtitle = with_time (entry, "time", sc_item_text_of (entry, "text"));

    sc_fact_row_set_texts (sc_fact_rows_at (self->log, i), title, subtitle, "");
  }
}

static void
show_error (ScSeatHistory *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = g_strdup_printf (_ ("This may be out of date: %s"), error->message);
  sc_label_set (self->error, text);
  gtk_widget_show (GTK_WIDGET (self->error));
}

/* Each answer is taken over as it comes. @show: what to do with its member @key */
static void
take_answer (GObject *source, GAsyncResult *result, gpointer data, const char *key,
             void (*show) (ScSeatHistory *, ScJson *))
{
  g_autoptr (ScSeatHistory) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (answer == NULL)
    show_error (self, error);
  else
    show (self, json_object_get (answer, key));
}

static void
on_seat (GObject *source, GAsyncResult *result, gpointer data)
{
  take_answer (source, result, data, "verify", show_verification);
}

static void
on_sessions (GObject *source, GAsyncResult *result, gpointer data)
{
  take_answer (source, result, data, "sessions", show_sessions);
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer data)
{
  take_answer (source, result, data, "entries", show_log);
}

static void
load (ScSeatHistory *self, const char *after, GAsyncReadyCallback callback)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", self->seat, after, NULL);

  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, callback, g_object_ref (self));
}

static void
reload (ScSeatHistory *self)
{
  g_autofree char *log = g_strdup_printf ("/log?max=%u", MAX_LOG);

  stop_loading (self);
  if (self->seat == NULL || sc_console_get_state (self->console) != SC_CONSOLE_CONNECTED)
    return;
  self->cancellable = g_cancellable_new ();
  gtk_widget_hide (GTK_WIDGET (self->error));
  load (self, "", on_seat);
  load (self, "/sessions", on_sessions);
  load (self, log, on_log);
}

void
sc_seat_history_set_console (ScSeatHistory *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
}

/* Nothing of the seat before may be taken for this one's. */
static void
forget (ScSeatHistory *self)
{
  sc_label_set (self->verified, "");
  show_list (self->files, NULL, 0);
  gtk_widget_hide (GTK_WIDGET (self->more_files));
  gtk_widget_hide (GTK_WIDGET (self->error));
  show_list (self->sessions, self->no_sessions, 0);
  show_list (self->log, self->no_log, 0);
  gtk_widget_hide (GTK_WIDGET (self->no_sessions));
  gtk_widget_hide (GTK_WIDGET (self->no_log));
}

void
sc_seat_history_show (ScSeatHistory *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = seat != NULL ? sc_seat_item_get_info (seat) : NULL;
  const char *id = info != NULL ? info->id : NULL;
  const gboolean other = g_strcmp0 (id, self->seat) != 0;

  if (!other &&
      (info == NULL || (g_strcmp0 (info->presence, self->presence) == 0 && info->transfer.state == self->state)))
    return;
  if (other)
    forget (self);
  g_free (self->seat);
  g_free (self->presence);
  self->seat = g_strdup (id);
  self->presence = info != NULL ? g_strdup (info->presence) : NULL;
  self->state = info != NULL ? info->transfer.state : SC_TRANSFER_IDLE;
  reload (self);
}
