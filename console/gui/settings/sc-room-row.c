/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-room-row.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/planning/sc-room-dialog.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

struct _ScRoomRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScRoomItem *item;
  char *room;
  guint n_seats;
  GCancellable *cancellable;
  GtkLabel *name, *seats, *plan;
  GtkWidget *edit, *rename, *remove, *rename_popover, *apply;
  GtkEntry *new_name;
  ScSaveStatus *status, *rename_status;
};

G_DEFINE_FINAL_TYPE (ScRoomRow, sc_room_row, GTK_TYPE_LIST_BOX_ROW)

/* The row itself goes when the engine says that the room is gone, or has another name. */
static void
finish (ScRoomRow *self, GAsyncResult *result, ScSaveStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (self->console, result, &error);

  if (answer != NULL)
    sc_save_status_show_saved (status);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sc_save_status_show_error (status, error);
}

static void
on_renamed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScRoomRow) self = data;

  if (self->console != NULL)
    finish (self, result, self->rename_status);
}

static void
on_rename_clicked (ScRoomRow *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->new_name)));
  g_autofree char *path = sc_client_path ("/v1/rooms/", self->room, "/rename", NULL);
  g_autoptr (ScJson) body = json_pack ("{s:s}", "name", name);

  if (*name == '\0' || g_str_equal (name, self->room))
    return;
  sc_save_status_show_saving (self->rename_status);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_renamed, g_object_ref (self));
}

static void
on_name_changed (ScRoomRow *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (self->new_name)));

  gtk_widget_set_sensitive (self->apply, *name != '\0' && !g_str_equal (name, self->room));
}

static void
on_rename_toggled (ScRoomRow *self)
{
  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->rename)))
    return;
  sc_save_status_clear (self->rename_status);
  gtk_entry_set_text (self->new_name, self->room);
}

/* Whoever may not change it sees it. */
static void
on_edit_clicked (ScRoomRow *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (sc_room_dialog_new (self->console, GTK_WINDOW (window), self->room)));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScRoomRow) self = data;

  if (self->console != NULL)
    finish (self, result, self->status);
}

static void
on_remove_clicked (ScRoomRow *self)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", self->room, "/delete", NULL);
  g_autoptr (ScJson) body = json_object ();

  sc_save_status_show_saving (self->status);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_removed, g_object_ref (self));
}

static void
sc_room_row_dispose (GObject *object)
{
  ScRoomRow *self = SC_ROOM_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->item);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_room_row_parent_class)->dispose (object);
}

static void
sc_room_row_finalize (GObject *object)
{
  ScRoomRow *self = SC_ROOM_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->room);
  G_OBJECT_CLASS (sc_room_row_parent_class)->finalize (object);
}

static void
sc_room_row_class_init (ScRoomRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_room_row_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_room_row_finalize;
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-room-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, name);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, seats);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, plan);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, edit);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, rename);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, remove);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, status);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, rename_popover);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, new_name);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, apply);
  gtk_widget_class_bind_template_child (widget_class, ScRoomRow, rename_status);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_rename_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_rename_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
}

static void
sc_room_row_init (ScRoomRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->n_seats = G_MAXUINT;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->rename), self->rename_popover);
}

static void
update_sensitivity (ScRoomRow *self)
{
  const gboolean may = sc_me_may (self->console, SC_MAY_OPERATE);
  const char *why_not = sc_me_why_not (self->console, SC_MAY_OPERATE);
  const char *hint = self->n_seats > 0 ? _ ("Move its seats to another room first") : _ ("Remove this room");

  gtk_widget_set_sensitive (self->rename, may);
  gtk_widget_set_sensitive (self->remove, may && self->n_seats == 0);
  gtk_widget_set_tooltip_text (self->rename, why_not);
  gtk_widget_set_tooltip_text (self->remove, why_not != NULL ? why_not : hint);
}

static void
show_plan (ScRoomRow *self)
{
  g_autofree char *plan = sc_plan_words_room (sc_room_item_get_info (self->item), g_get_real_time ());

  sc_label_set (self->plan, plan);
  gtk_widget_set_visible (GTK_WIDGET (self->plan), *plan != '\0');
  gtk_widget_set_visible (self->edit, *plan != '\0'); /* an earlier engine knows nothing of it */
}

GtkWidget *
sc_room_row_new (ScConsole *console, ScRoomItem *room)
{
  ScRoomRow *self = g_object_new (SC_TYPE_ROOM_ROW, NULL);
  g_autofree char *edit = NULL, *rename = NULL, *remove = NULL;

  self->console = g_object_ref (console);
  self->item = g_object_ref (room);
  self->room = g_strdup (sc_room_item_get_name (room));
  edit = g_strdup_printf (_ ("Assigned version, maintenance window and policies of %s"), self->room);
  rename = g_strdup_printf (_ ("Rename %s"), self->room);
  remove = g_strdup_printf (_ ("Remove %s"), self->room);
  sc_label_set (self->name, self->room);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), self->room);
  atk_object_set_name (gtk_widget_get_accessible (self->edit), edit);
  atk_object_set_name (gtk_widget_get_accessible (self->rename), rename);
  atk_object_set_name (gtk_widget_get_accessible (self->remove), remove);
  g_signal_connect_object (room, "changed", G_CALLBACK (show_plan), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update_sensitivity), self, G_CONNECT_SWAPPED);
  show_plan (self);
  return GTK_WIDGET (self);
}

void
sc_room_row_set_n_seats (ScRoomRow *self, guint n_seats)
{
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", n_seats), n_seats);

  if (n_seats == self->n_seats)
    return;
  self->n_seats = n_seats;
  sc_label_set (self->seats, n_seats > 0 ? text : _ ("No seats"));
  update_sensitivity (self);
}

const char *
sc_room_row_get_name (ScRoomRow *self)
{
  return self->room;
}
