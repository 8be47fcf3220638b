/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-color-scheme.h"

#include <gtk/gtk.h>

#define SCHEMA "org.gnome.desktop.interface"
#define KEY "color-scheme"
#define PROPERTY "gtk-application-prefer-dark-theme"

static void
apply (GSettings *settings)
{
  g_autofree char *scheme = g_settings_get_string (settings, KEY);

  /* no preference: as the user's settings of GTK say */
  if (g_str_equal (scheme, "prefer-dark"))
    g_object_set (gtk_settings_get_default (), PROPERTY, TRUE, NULL);
  else
    gtk_settings_reset_property (gtk_settings_get_default (), PROPERTY);
}

void
sc_color_scheme_follow (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  g_autoptr (GSettings) settings = NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, KEY))
    return;
  settings = g_settings_new (SCHEMA);
  g_signal_connect (settings, "changed::" KEY, G_CALLBACK (apply), NULL);
  apply (settings);
  /* as long as there are windows */
  g_object_set_data_full (G_OBJECT (gtk_settings_get_default ()), KEY, g_steal_pointer (&settings), g_object_unref);
}
