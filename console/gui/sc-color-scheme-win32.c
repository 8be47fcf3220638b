/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-color-scheme.h"

#include <gtk/gtk.h>
#include <windows.h>

#define KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize"
#define VALUE L"AppsUseLightTheme"
#define PROPERTY "gtk-application-prefer-dark-theme"

/* Windows tells of a change once, by an event; the next one is to be asked for again. */
typedef struct {
  GSource parent;
  GPollFD changed;
  HKEY key;
} RegistrySource;

static gboolean
ask_for_next (RegistrySource *self)
{
  return RegNotifyChangeKeyValue (self->key, FALSE, REG_NOTIFY_CHANGE_LAST_SET, (HANDLE) self->changed.fd, TRUE) ==
         ERROR_SUCCESS;
}

/* Settings > Personalisation > Colours > "Choose your default app mode" */
static void
apply (RegistrySource *self)
{
  DWORD light = 1;
  DWORD size = sizeof light;

  if (RegGetValueW (self->key, NULL, VALUE, RRF_RT_REG_DWORD, NULL, &light, &size) == ERROR_SUCCESS)
    g_object_set (gtk_settings_get_default (), PROPERTY, light == 0, NULL);
  else /* not chosen: as the user's settings of GTK say */
    gtk_settings_reset_property (gtk_settings_get_default (), PROPERTY);
}

static gboolean
registry_source_check (GSource *source)
{
  return WaitForSingleObject ((HANDLE) ((RegistrySource *) source)->changed.fd, 0) == WAIT_OBJECT_0;
}

static gboolean
registry_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RegistrySource *self = (RegistrySource *) source;

  ResetEvent ((HANDLE) self->changed.fd);
  if (!ask_for_next (self))
    return G_SOURCE_REMOVE;
  apply (self);
  return G_SOURCE_CONTINUE;
}

static void
registry_source_finalize (GSource *source)
{
  RegistrySource *self = (RegistrySource *) source;

  RegCloseKey (self->key);
  CloseHandle ((HANDLE) self->changed.fd);
}

static GSourceFuncs registry_source_functions = {
  .check = registry_source_check,
  .dispatch = registry_source_dispatch,
  .finalize = registry_source_finalize,
};

void
sc_color_scheme_follow (void)
{
  HANDLE changed = CreateEventW (NULL, TRUE, FALSE, NULL);
  HKEY key = NULL;
  g_autoptr (GSource) source = NULL;
  RegistrySource *self = NULL;

  if (changed == NULL)
    return;
  /* Windows Server and the first Windows 10 have no such key */
  if (RegCreateKeyExW (HKEY_CURRENT_USER, KEY, 0, NULL, 0, KEY_QUERY_VALUE | KEY_NOTIFY, NULL, &key, NULL) !=
      ERROR_SUCCESS) {
    CloseHandle (changed);
    return;
  }
  source = g_source_new (&registry_source_functions, sizeof (RegistrySource));
  self = (RegistrySource *) source;
  self->changed = (GPollFD){ .fd = (gintptr) changed, .events = G_IO_IN };
  self->key = key;
  apply (self);
  if (!ask_for_next (self))
    return;
  g_source_add_poll (source, &self->changed);
  g_source_attach (source, NULL); /* for as long as there are windows */
}
