/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-authority-settings.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScAuthoritySettings {
  GtkBin parent;
  ScConsole *console;
  ScJson *authority; /* (nullable): as the engine said last */
  GCancellable *cancellable;
  GtkLabel *fingerprint, *expires, *certificate, *rotation;
  GtkWidget *copy, *begin, *finish, *cancel;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScAuthoritySettings, sc_authority_settings, GTK_TYPE_BIN)

/* "41 of 43 seats have moved. Still to come: pc-07, pc-12." */
static char *
progress_of (ScJson *rotation)
{
  const guint moved = (guint) sc_item_number_of (rotation, "moved"),
              total = (guint) sc_item_number_of (rotation, "total");
  ScJson *waiting = json_object_get (rotation, "waiting");
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *count =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u seat has a certificate of the new authority.",
                                    "%u of %u seats have certificates of the new authority.", total),
                       moved, total);

  for (gsize i = 0; i < json_array_size (waiting); i++) {
    const char *name = json_string_value (json_array_get (waiting, i));

    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name != NULL ? name : "");
  }
  if (names->len == 0)
    return g_strdup_printf (_ ("%s The change can be finished."), count);
  /* Translators: a sentence on how many, names of seats */
  return g_strdup_printf (_ ("%s These would have to enrol again if it were finished now: %s"), count, names->str);
}

static void
show_rotation (ScAuthoritySettings *self)
{
  ScJson *rotation = json_object_get (self->authority, "rotation");
  const gboolean rotates = json_is_object (rotation);
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER);
  const char *why_not = sc_me_why_not (self->console, SC_MAY_ADMINISTER);
  g_autofree char *words =
      rotates
          ? progress_of (rotation)
          : g_strdup (_ ("Whoever trusts this fingerprint trusts the console. Change the authority when somebody may "
                         "have its key; seats that are on follow by themselves."));

  gtk_widget_set_visible (self->begin, !rotates);
  gtk_widget_set_visible (self->finish, rotates);
  gtk_widget_set_visible (self->cancel, rotates);
  gtk_widget_set_sensitive (self->begin, may);
  gtk_widget_set_sensitive (self->finish, may);
  gtk_widget_set_sensitive (self->cancel, may);
  gtk_widget_set_tooltip_text (self->begin, why_not);
  sc_label_set (self->rotation, words);
}

static void
update (ScAuthoritySettings *self)
{
  g_autofree char *expires = sc_words_time (sc_item_time_of (self->authority, "expires"));
  ScJson *console = json_object_get (self->authority, "console");
  g_autofree char *end = sc_words_time (sc_item_time_of (console, "expires"));
  /* Translators: a time */
  g_autofree char *certificate = g_strdup_printf (_ ("Until %s; it renews itself"), end);

  gtk_widget_set_visible (GTK_WIDGET (self), self->authority != NULL);
  sc_label_set (self->fingerprint, sc_item_text_of (self->authority, "fingerprint"));
  sc_label_set (self->expires, expires);
  sc_label_set (self->certificate, certificate);
  show_rotation (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScAuthoritySettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable) || answer == NULL)
    return; /* an engine that does not answer is told of above the pages */
  g_clear_pointer (&self->authority, json_decref);
  self->authority = g_steal_pointer (&answer);
  update (self);
}

static void
load (ScAuthoritySettings *self)
{
  if (sc_me_may (self->console, SC_MAY_VIEW))
    sc_console_request_async (self->console, "GET", "/v1/ca", NULL, self->cancellable, on_loaded, g_object_ref (self));
  update (self);
}

static void
on_forgotten (ScAuthoritySettings *self)
{
  g_clear_pointer (&self->authority, json_decref);
  update (self);
}

static void
on_rotated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScAuthoritySettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer != NULL)
    sc_save_status_show_saved (self->status);
  else
    sc_save_status_show_error (self->status, error);
  load (self);
}

static void
rotate (ScAuthoritySettings *self, const char *action)
{
  g_autoptr (ScJson) body = json_pack ("{s:s}", "action", action);

  sc_save_status_show_saving (self->status);
  sc_console_request_async (self->console, "POST", "/v1/ca/rotate", body, self->cancellable, on_rotated,
                            g_object_ref (self));
}

static void
on_begin_clicked (ScAuthoritySettings *self)
{
  rotate (self, "begin");
}

static void
on_finish_clicked (ScAuthoritySettings *self)
{
  rotate (self, "finish");
}

static void
on_cancel_clicked (ScAuthoritySettings *self)
{
  rotate (self, "cancel");
}

static void
on_copy_clicked (ScAuthoritySettings *self)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          gtk_label_get_text (self->fingerprint), -1);
}

static void
sc_authority_settings_dispose (GObject *object)
{
  ScAuthoritySettings *self = SC_AUTHORITY_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_authority_settings_parent_class)->dispose (object);
}

static void
sc_authority_settings_finalize (GObject *object)
{
  ScAuthoritySettings *self = SC_AUTHORITY_SETTINGS (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->authority, json_decref);
  G_OBJECT_CLASS (sc_authority_settings_parent_class)->finalize (object);
}

static void
sc_authority_settings_class_init (ScAuthoritySettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_authority_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_authority_settings_finalize;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "authoritysettings");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-authority-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, expires);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, certificate);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, rotation);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, copy);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, begin);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, finish);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, cancel);
  gtk_widget_class_bind_template_child (widget_class, ScAuthoritySettings, status);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_begin_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_finish_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
sc_authority_settings_init (ScAuthoritySettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_authority_settings_set_console (ScAuthoritySettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "authority-changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (on_forgotten), self, G_CONNECT_SWAPPED);
  load (self);
}
