/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-room-settings.h"

#include "console/gui/model/sc-filter-list.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-seat-census.h"
#include "console/gui/settings/sc-room-row.h"
#include "console/gui/settings/sc-save-status.h"

#include <glib/gi18n-lib.h>

struct _ScRoomSettings {
  GtkBin parent;
  ScConsole *console;
  ScFilterList *named; /* the rooms that have a name */
  ScSeatCensus *census;
  GCancellable *cancellable;
  GtkListBox *rooms;
  GtkWidget *rooms_frame, *add;
  GtkEntry *name;
  ScSaveStatus *add_status;
};

G_DEFINE_FINAL_TYPE (ScRoomSettings, sc_room_settings, GTK_TYPE_BIN)

static gboolean
has_name (ScItem *item, gpointer data)
{
  return *sc_item_get_key (item) != '\0';
}

static void
count_seats (ScRoomSettings *self)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->rooms, i)) != NULL; i++) {
    const char *room = sc_room_row_get_name (SC_ROOM_ROW (row));

    sc_room_row_set_n_seats (SC_ROOM_ROW (row), sc_seat_census_count (self->census, room, SC_SEATS_ALL));
  }
}

static void
update (ScRoomSettings *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));
  const gboolean may = sc_me_may (self->console, SC_MAY_OPERATE);

  gtk_widget_set_visible (self->rooms_frame, sc_filter_list_get_length (self->named) > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->name), may);
  gtk_widget_set_sensitive (self->add, may && *name != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), sc_me_why_not (self->console, SC_MAY_OPERATE));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScRoomSettings) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL) {
    sc_save_status_show_error (self->add_status, error);
    return;
  }
  sc_item_list_put (sc_console_get_rooms (self->console), answer);
  gtk_entry_set_text (self->name, "");
  sc_save_status_show_saved (self->add_status);
}

static void
on_add_clicked (ScRoomSettings *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->name)));
  g_autoptr (ScJson) body = json_pack ("{s:s}", "name", name);

  if (*name == '\0')
    return;
  sc_save_status_show_saving (self->add_status);
  sc_console_request_async (self->console, "POST", "/v1/rooms", body, self->cancellable, on_added, g_object_ref (self));
}

static void
sc_room_settings_dispose (GObject *object)
{
  ScRoomSettings *self = SC_ROOM_SETTINGS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->rooms != NULL)
    gtk_list_box_bind_model (self->rooms, NULL, NULL, NULL, NULL);
  self->rooms = NULL;
  g_clear_object (&self->named);
  g_clear_object (&self->census);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_room_settings_parent_class)->dispose (object);
}

static void
sc_room_settings_finalize (GObject *object)
{
  g_object_unref (SC_ROOM_SETTINGS (object)->cancellable);
  G_OBJECT_CLASS (sc_room_settings_parent_class)->finalize (object);
}

static void
sc_room_settings_class_init (ScRoomSettingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_room_settings_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_room_settings_finalize;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "roomsettings");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-room-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, ScRoomSettings, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScRoomSettings, rooms_frame);
  gtk_widget_class_bind_template_child (widget_class, ScRoomSettings, name);
  gtk_widget_class_bind_template_child (widget_class, ScRoomSettings, add);
  gtk_widget_class_bind_template_child (widget_class, ScRoomSettings, add_status);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
}

static void
sc_room_settings_init (ScRoomSettings *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  ScRoomSettings *self = data;
  GtkWidget *row = sc_room_row_new (self->console, item);

  sc_room_row_set_n_seats (SC_ROOM_ROW (row),
                           sc_seat_census_count (self->census, sc_item_get_key (item), SC_SEATS_ALL));
  return row;
}

void
sc_room_settings_set_console (ScRoomSettings *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  self->census = sc_seat_census_new (sc_console_get_seats (console));
  self->named = sc_filter_list_new (sc_console_get_rooms (console), has_name, NULL, NULL);
  gtk_list_box_bind_model (self->rooms, G_LIST_MODEL (self->named), create_row, self, NULL);
  g_signal_connect_object (self->census, "changed", G_CALLBACK (count_seats), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->named, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
