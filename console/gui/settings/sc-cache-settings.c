/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-cache-settings.h"

#include "common/sc-error.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/settings/sc-cache-row.h"
#include "console/gui/settings/sc-save-status.h"

struct _ScCacheSettings {
  GtkBin parent;
  ScConsole *console;
  GCancellable *cancellable;
  GtkWidget *box, *frame;
  GtkListBox *caches;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScCacheSettings, sc_cache_settings, GTK_TYPE_BIN)

static void load (ScCacheSettings *self);

/* @caches: (nullable) */
static void
show_caches (ScCacheSettings *self, ScJson *caches)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->caches));

  for (GList *each = rows; each != NULL; each = each->next)
    gtk_widget_destroy (each->data);
  for (gsize i = 0; i < json_array_size (caches); i++) {
    GtkWidget *row = sc_cache_row_new (self->console, json_array_get (caches, i));

    g_signal_connect_object (row, "revoked", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
    gtk_container_add (GTK_CONTAINER (self->caches), row);
  }
  gtk_widget_set_visible (self->frame, json_array_size (caches) > 0);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScCacheSettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer != NULL) {
    sc_save_status_clear (self->status);
    show_caches (self, json_object_get (answer, "caches"));
  } else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    sc_save_status_show_error (self->status, error);
  /* an earlier engine does not know of them */
  gtk_widget_set_visible (self->box, !g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND));
}

/* Caches are asked for when they are to be seen. */
static void
load (ScCacheSettings *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && sc_me_may (self->console, SC_MAY_VIEW))
    sc_console_request_async (self->console, "GET", "/v1/caches", NULL, self->cancellable, on_loaded,
                              g_object_ref (self));
}

static void
on_forgotten (ScCacheSettings *self)
{
  show_caches (self, NULL);
}

static void
sc_cache_settings_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sc_cache_settings_parent_class)->map (widget);
  load (SC_CACHE_SETTINGS (widget));
}

static void
sc_cache_settings_dispose (GObject *object)
{
  ScCacheSettings *self = SC_CACHE_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_cache_settings_parent_class)->dispose (object);
}

static void
sc_cache_settings_finalize (GObject *object)
{
  g_object_unref (SC_CACHE_SETTINGS (object)->cancellable);
  G_OBJECT_CLASS (sc_cache_settings_parent_class)->finalize (object);
}

static void
sc_cache_settings_class_init (ScCacheSettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_cache_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_cache_settings_finalize;
  widget_class->map = sc_cache_settings_map;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-cache-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ScCacheSettings, box);
  gtk_widget_class_bind_template_child (widget_class, ScCacheSettings, frame);
  gtk_widget_class_bind_template_child (widget_class, ScCacheSettings, caches);
  gtk_widget_class_bind_template_child (widget_class, ScCacheSettings, status);
}

static void
sc_cache_settings_init (ScCacheSettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_cache_settings_set_console (ScCacheSettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (on_forgotten), self, G_CONNECT_SWAPPED);
  load (self);
}
