/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-save-status.h"

#include "console/gui/sc-style.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define SECONDS_SHOWN 5u

struct _ScSaveStatus {
  GtkBox parent;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *text;
  guint timeout; /* until it goes away; 0: it stays */
};

G_DEFINE_FINAL_TYPE (ScSaveStatus, sc_save_status, GTK_TYPE_BOX)

static void
sc_save_status_dispose (GObject *object)
{
  g_clear_handle_id (&SC_SAVE_STATUS (object)->timeout, g_source_remove);
  G_OBJECT_CLASS (sc_save_status_parent_class)->dispose (object);
}

static void
sc_save_status_class_init (ScSaveStatusClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_save_status_dispose;
  gtk_widget_class_set_css_name (widget_class, "savestatus");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-save-status.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSaveStatus, spinner);
  gtk_widget_class_bind_template_child (widget_class, ScSaveStatus, icon);
  gtk_widget_class_bind_template_child (widget_class, ScSaveStatus, text);
}

static void
sc_save_status_init (ScSaveStatus *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show (ScSaveStatus *self, const char *icon, const char *text, gboolean failed)
{
  const gboolean spinning = icon == NULL && *text != '\0';

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_object_set (self->spinner, "visible", spinning, "active", spinning, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (self->icon, icon, GTK_ICON_SIZE_MENU);
  gtk_label_set_text (self->text, text);
  sc_style_set_class (GTK_WIDGET (self), "error", failed);
  gtk_widget_set_visible (GTK_WIDGET (self), *text != '\0');
}

void
sc_save_status_clear (ScSaveStatus *self)
{
  show (self, NULL, "", FALSE);
}

void
sc_save_status_show_saving (ScSaveStatus *self)
{
  show (self, NULL, _ ("Saving…"), FALSE);
}

static gboolean
on_shown_long_enough (gpointer data)
{
  ScSaveStatus *self = data;

  self->timeout = 0;
  sc_save_status_clear (self);
  return G_SOURCE_REMOVE;
}

void
sc_save_status_show_saved (ScSaveStatus *self)
{
  show (self, "object-select-symbolic", _ ("Saved"), FALSE);
  self->timeout = g_timeout_add_seconds (SECONDS_SHOWN, on_shown_long_enough, self);
}

void
sc_save_status_show_error (ScSaveStatus *self, const GError *error)
{
  g_autofree char *text = g_strdup_printf (_ ("Not saved: %s"), error->message);

  show (self, sc_words_condition_icon (SC_CONDITION_FAILED), text, TRUE);
}
