/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-settings-page.h"

#include "console/gui/settings/sc-authority-settings.h"
#include "console/gui/settings/sc-cache-settings.h"
#include "console/gui/settings/sc-engine-settings.h"
#include "console/gui/settings/sc-room-settings.h"
#include "console/gui/settings/sc-store-row.h"
#include "console/gui/settings/sc-user-settings.h"

struct _ScSettingsPage {
  GtkBin parent;
  ScEngineSettings *engine;
  ScRoomSettings *rooms;
  ScUserSettings *users;
  ScAuthoritySettings *authority;
  ScCacheSettings *caches;
  GtkListBox *store;
};

G_DEFINE_FINAL_TYPE (ScSettingsPage, sc_settings_page, GTK_TYPE_BIN)

static void
sc_settings_page_class_init (ScSettingsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (SC_TYPE_AUTHORITY_SETTINGS);
  g_type_ensure (SC_TYPE_CACHE_SETTINGS);
  g_type_ensure (SC_TYPE_ENGINE_SETTINGS);
  g_type_ensure (SC_TYPE_USER_SETTINGS);
  g_type_ensure (SC_TYPE_ROOM_SETTINGS);
  gtk_widget_class_set_css_name (widget_class, "settingspage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-settings-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, engine);
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, users);
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, authority);
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, caches);
  gtk_widget_class_bind_template_child (widget_class, ScSettingsPage, store);
}

static void
sc_settings_page_init (ScSettingsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_settings_page_new (ScConsole *console)
{
  ScSettingsPage *self = g_object_new (SC_TYPE_SETTINGS_PAGE, NULL);

  sc_engine_settings_set_console (self->engine, console);
  sc_room_settings_set_console (self->rooms, console);
  sc_user_settings_set_console (self->users, console);
  sc_authority_settings_set_console (self->authority, console);
  sc_cache_settings_set_console (self->caches, console);
  for (ScStoreWork work = SC_STORE_WORK_VERIFY; work <= SC_STORE_WORK_REBUILD_INDEX; work++)
    gtk_container_add (GTK_CONTAINER (self->store), sc_store_row_new (console, work));
  return GTK_WIDGET (self);
}
