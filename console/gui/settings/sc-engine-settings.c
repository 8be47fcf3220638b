/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-engine-settings.h"

#include "console/gui/model/sc-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-catch-up-settings.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define PAUSE_MS 700u /* of whoever turns the wheel, or types a number */
#define MBIT (1000 * 1000ull)
#define EXAMPLE_BYTES (10 * 1000ull * 1000 * 1000)

struct _ScEngineSettings {
  GtkBin parent;
  ScConsole *console;
  GCancellable *cancellable;
  guint pause_source; /* until the rate is saved */
  guint n_saving;     /* requests on their way */
  gboolean updating;  /* it is the engine that changes what is shown */
  GtkSpinButton *rate;
  GtkLabel *rate_example;
  ScSaveStatus *rate_status, *directory_status;
  ScCatchUpSettings *catch_up;
  GtkEntry *publish_directory;
  GtkWidget *choose;
  GtkToggleButton *rate_free;
  GtkLabel *directory, *store_size, *free_size;
  GtkLabel *url, *group, *port, *interface, *mtu;
};

G_DEFINE_FINAL_TYPE (ScEngineSettings, sc_engine_settings, GTK_TYPE_BIN)

static ScJson *
settings_of (ScEngineSettings *self)
{
  return sc_console_get_settings (self->console);
}

static void
show_rate_example (ScEngineSettings *self)
{
  const gboolean free = gtk_toggle_button_get_active (self->rate_free);
  const double rate = gtk_spin_button_get_value (self->rate) * (double) MBIT;
  g_autofree char *words = sc_words_rate ((guint64) rate);
  g_autofree char *size = sc_words_size (EXAMPLE_BYTES);
  g_autofree char *time = sc_words_duration ((gint64) ((double) EXAMPLE_BYTES * 8 / rate * G_USEC_PER_SEC));
  g_autofree char *text =
      g_strdup_printf (_ ("At %s, %s take at least %s, for one seat or for a whole room."), words, size, time);

  sc_label_set (self->rate_example, free ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->rate_example), !free);
  gtk_widget_set_sensitive (GTK_WIDGET (self->rate), !free && gtk_widget_get_sensitive (GTK_WIDGET (self->rate_free)));
}

static void
show_network (ScEngineSettings *self, ScJson *settings)
{
  const char *interface = sc_item_text_of (settings, "interface");
  g_autofree char *port = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (settings, "multicast_port"));
  g_autofree char *mtu = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (settings, "mtu"));
  g_autofree char *mtu_text = g_strdup_printf (_ ("%s bytes"), mtu);

  sc_label_set (self->url, sc_item_text_of (settings, "url"));
  sc_label_set (self->group, sc_item_text_of (settings, "multicast_group"));
  sc_label_set (self->port, port);
  sc_label_set (self->interface, *interface != '\0' ? interface : _ ("The one that faces a session’s seats"));
  sc_label_set (self->mtu, mtu_text);
}

static void
show_directories (ScEngineSettings *self, ScJson *settings)
{
  g_autofree char *store = sc_words_size (sc_item_number_of (settings, "store_bytes"));
  g_autofree char *free_text = sc_words_size (sc_item_number_of (settings, "free_bytes"));

  sc_label_set (self->directory, sc_item_text_of (settings, "directory"));
  sc_label_set (self->store_size, store);
  sc_label_set (self->free_size, free_text);
  if (!gtk_widget_has_focus (GTK_WIDGET (self->publish_directory)))
    gtk_entry_set_text (self->publish_directory, sc_item_text_of (settings, "publish_directory"));
}

/* A directory can be chosen where the console's disk is this machine's. */
static gboolean
is_local (ScEngineSettings *self)
{
  const ScConnection *connection = sc_console_get_connection (self->console);
  g_autoptr (GUri) uri = connection != NULL ? g_uri_parse (connection->url, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : "";
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address)) ||
         g_ascii_strcasecmp (host, g_get_host_name ()) == 0;
}

/* @rate: bits/s; 0: none, and the one that was shown last stays to go back to */
static void
show_rate (ScEngineSettings *self, guint64 rate)
{
  gtk_toggle_button_set_active (self->rate_free, rate == 0);
  if (rate != 0)
    gtk_spin_button_set_value (self->rate, (double) rate / (double) MBIT);
}

static void
update (ScEngineSettings *self)
{
  ScJson *settings = settings_of (self);
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER) && settings != NULL;
  const char *why_not = sc_me_why_not (self->console, SC_MAY_ADMINISTER);

  gtk_widget_set_sensitive (GTK_WIDGET (self->rate), may);
  gtk_widget_set_sensitive (GTK_WIDGET (self->rate_free), may);
  gtk_widget_set_sensitive (GTK_WIDGET (self->publish_directory), may);
  gtk_widget_set_sensitive (self->choose, may);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->rate), why_not);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->rate_free), why_not);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->publish_directory), why_not);
  gtk_widget_set_visible (self->choose, is_local (self));
  if (settings == NULL)
    return;
  self->updating = TRUE;
  if (self->pause_source == 0 && self->n_saving == 0)
    show_rate (self, sc_item_number_of (settings, "rate_cap_bits_per_second"));
  show_directories (self, settings);
  self->updating = FALSE;
  show_rate_example (self);
  show_network (self, settings);
}

typedef struct {
  ScEngineSettings *self;
  ScSaveStatus *status;
} Saving;

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Saving *saving = data;
  g_autoptr (ScEngineSettings) self = saving->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  self->n_saving--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL)
    sc_save_status_show_saved (saving->status);
  else
    sc_save_status_show_error (saving->status, error);
}

/* @value: (transfer full) */
static void
save (ScEngineSettings *self, const char *key, ScJson *value, ScSaveStatus *status)
{
  g_autoptr (ScJson) body = json_pack ("{s:o}", key, value);
  Saving *saving = g_new0 (Saving, 1);

  saving->self = g_object_ref (self);
  saving->status = status;
  self->n_saving++;
  sc_save_status_show_saving (status);
  sc_console_request_async (self->console, "POST", "/v1/settings", body, self->cancellable, on_saved, saving);
}

static void
save_rate (ScEngineSettings *self)
{
  guint64 rate = 0;

  g_clear_handle_id (&self->pause_source, g_source_remove);
  if (!gtk_toggle_button_get_active (self->rate_free))
    rate = (guint64) gtk_spin_button_get_value (self->rate) * MBIT;
  save (self, "rate_cap_bits_per_second", json_integer ((json_int_t) rate), self->rate_status);
}

static gboolean
on_pause_over (gpointer data)
{
  save_rate (data);
  return G_SOURCE_REMOVE;
}

static void
on_rate_changed (ScEngineSettings *self)
{
  show_rate_example (self);
  if (self->updating)
    return;
  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->pause_source = g_timeout_add (PAUSE_MS, on_pause_over, self);
}

static void
on_sizes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScEngineSettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (answer != NULL)
    show_directories (self, answer);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("the store’s size is not known anew: %s", error->message); /* what is shown stays */
}

/* Nobody tells when the store grows or shrinks. */
static void
refresh_sizes (ScEngineSettings *self)
{
  if (self->console != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED)
    sc_console_request_async (self->console, "GET", "/v1/settings", NULL, self->cancellable, on_sizes,
                              g_object_ref (self));
}

/* Whoever leaves the page does not wait for the pause. */
static void
on_unmap (ScEngineSettings *self)
{
  if (self->pause_source != 0)
    save_rate (self);
}

static void
save_directory (ScEngineSettings *self)
{
  const char *text = gtk_entry_get_text (self->publish_directory);

  if (settings_of (self) == NULL || g_str_equal (text, sc_item_text_of (settings_of (self), "publish_directory")))
    sc_save_status_clear (self->directory_status);
  else
    save (self, "publish_directory", json_string (text), self->directory_status);
}

static gboolean
on_directory_left (ScEngineSettings *self)
{
  save_directory (self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  ScEngineSettings *self = data;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  if (path != NULL) {
    gtk_entry_set_text (self->publish_directory, path);
    save_directory (self);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_choose_clicked (ScEngineSettings *self)
{
  GtkWidget *toplevel = gtk_widget_get_toplevel (GTK_WIDGET (self));
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Directory to publish from"), GTK_WINDOW (toplevel),
                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), _ ("_Cancel"));

  gtk_file_chooser_set_filename (GTK_FILE_CHOOSER (dialog), gtk_entry_get_text (self->publish_directory));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
sc_engine_settings_dispose (GObject *object)
{
  ScEngineSettings *self = SC_ENGINE_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_source, g_source_remove);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_engine_settings_parent_class)->dispose (object);
}

static void
sc_engine_settings_finalize (GObject *object)
{
  g_object_unref (SC_ENGINE_SETTINGS (object)->cancellable);
  G_OBJECT_CLASS (sc_engine_settings_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, rate);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, rate_example);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, rate_free);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, rate_status);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, catch_up);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, publish_directory);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, choose);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, directory_status);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, directory);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, store_size);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, free_size);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, url);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, group);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, port);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, interface);
  gtk_widget_class_bind_template_child (widget_class, ScEngineSettings, mtu);
}

static void
sc_engine_settings_class_init (ScEngineSettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_engine_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_engine_settings_finalize;
  g_type_ensure (SC_TYPE_CATCH_UP_SETTINGS);
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "enginesettings");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-engine-settings.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_unmap);
  gtk_widget_class_bind_template_callback (widget_class, refresh_sizes);
  gtk_widget_class_bind_template_callback (widget_class, save_directory);
  gtk_widget_class_bind_template_callback (widget_class, on_directory_left);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
}

static void
sc_engine_settings_init (ScEngineSettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_engine_settings_set_console (ScEngineSettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  sc_catch_up_settings_set_console (self->catch_up, console);
  g_signal_connect_object (console, "settings-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "operation-ended", G_CALLBACK (refresh_sizes), self, G_CONNECT_SWAPPED);
  update (self);
}
