/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-catch-up-settings.h"

#include "console/gui/model/sc-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define PAUSE_MS 700u /* of whoever turns the wheel, or types a number */
#define MBIT (1000 * 1000ull)
#define SHARE 4u                                    /* of the highest rate of sessions, where no rate is set */
#define ASSUMED_CAP G_GUINT64_CONSTANT (1000000000) /* bits/s: the engine's, where there is none */

struct _ScCatchUpSettings {
  GtkBin parent;
  ScConsole *console;
  GCancellable *cancellable;
  guint pause_source; /* until what was changed is saved */
  ScJson *changed;    /* what is to be saved then */
  guint n_saving;     /* requests on their way */
  gboolean updating;  /* it is the engine that changes what is shown */
  GtkSpinButton *catch_up_rate, *catch_up_seats;
  GtkLabel *catch_up_text;
  ScSaveStatus *catch_up_status;
};

G_DEFINE_FINAL_TYPE (ScCatchUpSettings, sc_catch_up_settings, GTK_TYPE_BIN)

/* What catch-up has where no rate is set. */
static guint64
common_rate (ScCatchUpSettings *self)
{
  ScJson *settings = sc_console_get_settings (self->console);

  guint64 cap = settings != NULL ? sc_item_number_of (settings, "rate_cap_bits_per_second") : 0;

  return settings == NULL ? 0 : (cap != 0 ? cap : ASSUMED_CAP) / SHARE;
}

static gboolean
has_cap (ScCatchUpSettings *self)
{
  ScJson *settings = sc_console_get_settings (self->console);

  return settings == NULL || sc_item_number_of (settings, "rate_cap_bits_per_second") != 0;
}

static void
show_text (ScCatchUpSettings *self)
{
  g_autofree char *rate = sc_words_rate (common_rate (self));
  g_autofree char *text = NULL;

  if (gtk_spin_button_get_value_as_int (self->catch_up_rate) != 0)
    text = g_strdup (_ ("For all seats together that fetch by themselves what they lack. 0: a quarter of the highest "
                        "rate of all sessions."));
  else if (has_cap (self))
    /* Translators: a rate: "125 Mbit/s" */
    text = g_strdup_printf (_ ("A quarter of the highest rate of sessions: %s, for all seats together."), rate);
  else
    /* Translators: a rate: "250 Mbit/s" */
    text = g_strdup_printf (_ ("%s, for all seats together: sessions have no highest rate."), rate);
  sc_label_set (self->catch_up_text, text);
}

/* The engine tells the rate that holds, and not where it is from. */
static void
show_values (ScCatchUpSettings *self, ScJson *settings)
{
  const guint64 rate = sc_item_number_of (settings, "catch_up_rate_bits_per_second");

  self->updating = TRUE;
  gtk_spin_button_set_value (self->catch_up_rate, rate == common_rate (self) ? 0 : (double) MAX (rate / MBIT, 1));
  gtk_spin_button_set_value (self->catch_up_seats, (double) sc_item_number_of (settings, "catch_up_seats"));
  self->updating = FALSE;
}

static void
update (ScCatchUpSettings *self)
{
  ScJson *settings = sc_console_get_settings (self->console);
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER) && settings != NULL;
  GtkWidget *controls[] = { GTK_WIDGET (self->catch_up_rate), GTK_WIDGET (self->catch_up_seats) };

  for (guint i = 0; i < G_N_ELEMENTS (controls); i++) {
    gtk_widget_set_sensitive (controls[i], may);
    gtk_widget_set_tooltip_text (controls[i], sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  }
  /* an earlier engine does not know of it */
  gtk_widget_set_visible (GTK_WIDGET (self), json_object_get (settings, "catch_up_seats") != NULL);
  if (settings != NULL && self->pause_source == 0 && self->n_saving == 0)
    show_values (self, settings);
  show_text (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScCatchUpSettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  self->n_saving--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL)
    sc_save_status_show_saved (self->catch_up_status);
  else
    sc_save_status_show_error (self->catch_up_status, error);
}

static void
save (ScCatchUpSettings *self)
{
  g_autoptr (ScJson) body = g_steal_pointer (&self->changed);

  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->changed = json_object ();
  self->n_saving++;
  sc_save_status_show_saving (self->catch_up_status);
  sc_console_request_async (self->console, "POST", "/v1/settings", body, self->cancellable, on_saved,
                            g_object_ref (self));
}

static gboolean
on_pause_over (gpointer data)
{
  save (data);
  return G_SOURCE_REMOVE;
}

static void
change (ScCatchUpSettings *self, const char *key, guint64 value)
{
  show_text (self);
  if (self->updating)
    return;
  json_object_set_new (self->changed, key, json_integer ((json_int_t) value));
  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->pause_source = g_timeout_add (PAUSE_MS, on_pause_over, self);
}

static void
on_rate_changed (ScCatchUpSettings *self)
{
  change (self, "catch_up_rate_bits_per_second",
          (guint64) gtk_spin_button_get_value_as_int (self->catch_up_rate) * MBIT);
}

static void
on_seats_changed (ScCatchUpSettings *self)
{
  change (self, "catch_up_seats", (guint64) gtk_spin_button_get_value_as_int (self->catch_up_seats));
}

/* Whoever leaves the page does not wait for the pause. */
static void
on_unmap (ScCatchUpSettings *self)
{
  if (self->pause_source != 0)
    save (self);
}

static void
sc_catch_up_settings_dispose (GObject *object)
{
  ScCatchUpSettings *self = SC_CATCH_UP_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_source, g_source_remove);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_catch_up_settings_parent_class)->dispose (object);
}

static void
sc_catch_up_settings_finalize (GObject *object)
{
  ScCatchUpSettings *self = SC_CATCH_UP_SETTINGS (object);

  g_object_unref (self->cancellable);
  json_decref (self->changed);
  G_OBJECT_CLASS (sc_catch_up_settings_parent_class)->finalize (object);
}

static void
sc_catch_up_settings_class_init (ScCatchUpSettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_catch_up_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_catch_up_settings_finalize;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-catch-up-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ScCatchUpSettings, catch_up_rate);
  gtk_widget_class_bind_template_child (widget_class, ScCatchUpSettings, catch_up_seats);
  gtk_widget_class_bind_template_child (widget_class, ScCatchUpSettings, catch_up_text);
  gtk_widget_class_bind_template_child (widget_class, ScCatchUpSettings, catch_up_status);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_seats_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_unmap);
}

static void
sc_catch_up_settings_init (ScCatchUpSettings *self)
{
  self->cancellable = g_cancellable_new ();
  self->changed = json_object ();
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->updating = FALSE;
}

void
sc_catch_up_settings_set_console (ScCatchUpSettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "settings-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
