/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-room-list.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/planning/sc-assign-dialog.h"
#include "console/gui/planning/sc-room-dialog.h"
#include "console/gui/rooms/sc-room-health.h"
#include "console/gui/rooms/sc-wake.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScRoomList {
  GtkBox parent_instance;
  ScConsole *console;
  ScSeatCensus *census;
  char *wanted;     /* (nullable): what somebody has chosen */
  char *shown;      /* (nullable): that, if it is there */
  GPtrArray *rooms; /* (owned strings; nullable elements): what each row shows */
  GSimpleActionGroup *actions;
  GCancellable *cancellable;
  char *renaming; /* (nullable): what the popover is for; NULL: a new room */
  gboolean syncing;
  GtkListBox *list;
  GtkWidget *add, *more, *popover, *popover_title, *popover_entry, *popover_button, *popover_error;
  GMenuModel *menu;
};

G_DEFINE_FINAL_TYPE (ScRoomList, sc_room_list, GTK_TYPE_BOX)

static guint changed_signal;

/* The row of the seats that wait for staff; no room is called so. */
static const char waiting_key[] = "\001";

/* (nullable): NULL: all rooms */
static const char *
selected_key (ScRoomList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  guint position = row != NULL ? (guint) gtk_list_box_row_get_index (row) : 0;

  return position < self->rooms->len ? g_ptr_array_index (self->rooms, position) : NULL;
}

/* Rows */

static int
find_row (ScRoomList *self, const char *room)
{
  for (guint i = 0; i < self->rooms->len; i++)
    if (g_strcmp0 (g_ptr_array_index (self->rooms, i), room) == 0)
      return (int) i;
  return 0; /* all rooms */
}

static void
show_waiting (ScRoomList *self, ScFactRow *row)
{
  const guint n = sc_item_list_get_length (sc_console_get_waiting (self->console));
  g_autofree char *number = g_strdup_printf ("%u", n);

  sc_fact_row_set_icon (row, n > 0 ? "dialog-question-symbolic" : "sc-seat-symbolic", n > 0 ? "warning" : NULL);
  sc_fact_row_set_texts (row, _ ("Seats waiting"), n > 0 ? _ ("To be approved") : _ ("None"), number);
}

static void
show_row (ScRoomList *self, guint position)
{
  const char *room = g_ptr_array_index (self->rooms, position);
  ScFactRow *row = sc_fact_rows_at (self->list, position);

  if (g_strcmp0 (room, waiting_key) == 0) {
    show_waiting (self, row);
    return;
  }
  ScRoomItem *item =
      room != NULL && *room != '\0' ? sc_item_list_find (sc_console_get_rooms (self->console), room) : NULL;
  g_autofree char *words = sc_room_health_words (self->census, room);
  g_autofree char *window =
      item != NULL ? sc_plan_words_window_state (&sc_room_item_get_info (item)->window, g_get_real_time ()) : NULL;
  g_autofree char *health =
      window != NULL && *window != '\0' ? g_strdup_printf ("%s · %s", words, window) : g_steal_pointer (&words);
  g_autofree char *seats = g_strdup_printf ("%u", sc_seat_census_count (self->census, room, SC_SEATS_ALL));
  const char *title = room == NULL ? _ ("All rooms") : sc_words_room (room);

  sc_fact_row_set_icon (row, sc_room_health_icon (self->census, room), sc_room_health_class (self->census, room));
  sc_fact_row_set_texts (row, title, health, seats);
}

static void
enable (ScRoomList *self, const char *action, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), action)),
                               enabled);
}

static void
refresh_actions (ScRoomList *self)
{
  const char *room = sc_room_list_get_room (self);
  gboolean is_waiting = sc_room_list_is_waiting (self);
  gboolean is_room = room != NULL && *room != '\0';
  gboolean may = sc_me_why_not (self->console, SC_MAY_OPERATE) == NULL;
  ScRoomItem *item = is_room ? sc_item_list_find (sc_console_get_rooms (self->console), room) : NULL;
  gboolean knows = item != NULL && *sc_room_item_get_info (item)->late != '\0'; /* an earlier engine does not */
  guint n_seats = sc_seat_census_count (self->census, room, SC_SEATS_ALL);

  enable (self, "add", may);
  enable (self, "rename", may && is_room);
  enable (self, "remove", may && is_room && n_seats == 0);
  enable (self, "assign", may && knows && sc_item_list_get_length (sc_console_get_versions (self->console)) > 0);
  enable (self, "policy", knows);
  enable (self, "wake", may && knows && sc_seat_census_count (self->census, room, SC_SEATS_OFFLINE) > 0);
  enable (self, "deploy", may && n_seats > 0 && !is_waiting);
}

static void
refresh_rows (ScRoomList *self)
{
  for (guint i = 0; i < self->rooms->len; i++)
    show_row (self, i);
  refresh_actions (self);
}

static void
note_shown (ScRoomList *self)
{
  if (g_strcmp0 (self->shown, selected_key (self)) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (selected_key (self));
  g_signal_emit (self, changed_signal, 0);
}

/* The rows are those of the rooms again; the room that is shown stays, if it is still there. */
static void
rebuild (ScRoomList *self)
{
  ScItemList *rooms = sc_console_get_rooms (self->console);
  g_ptr_array_set_size (self->rooms, 0);
  g_ptr_array_add (self->rooms, NULL);
  for (guint i = 0; i < sc_item_list_get_length (rooms); i++)
    if (*sc_item_get_key (sc_item_list_at (rooms, i)) != '\0')
      g_ptr_array_add (self->rooms, g_strdup (sc_item_get_key (sc_item_list_at (rooms, i))));
  if (sc_seat_census_count (self->census, "", SC_SEATS_ALL) > 0)
    g_ptr_array_add (self->rooms, g_strdup (""));
  g_ptr_array_add (self->rooms, g_strdup (waiting_key));
  if (self->renaming != NULL && find_row (self, self->renaming) == 0)
    gtk_widget_hide (self->popover); /* its row shows another room now */
  self->syncing = TRUE;
  sc_fact_rows_resize (self->list, self->rooms->len);
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, find_row (self, self->wanted)));
  self->syncing = FALSE;
  refresh_rows (self);
  note_shown (self);
}

static void
on_census_changed (ScSeatCensus *census, ScRoomList *self)
{
  gboolean shows_none = find_row (self, "") != 0;

  if ((sc_seat_census_count (census, "", SC_SEATS_ALL) > 0) != shows_none)
    rebuild (self);
  else
    refresh_rows (self);
}

static void
on_row_selected (ScRoomList *self, GtkListBoxRow *row)
{
  const char *room = selected_key (self);

  /* a list that gets the focus selects again what is selected: nobody has chosen that */
  if (self->syncing || row == NULL || g_strcmp0 (room, self->shown) == 0)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (room);
  refresh_actions (self);
  note_shown (self);
}

/* Requests */

typedef struct {
  ScRoomList *self;
  char *name; /* the room's, afterwards */
  gboolean named;
} Change;

static void
change_free (Change *change)
{
  g_object_unref (change->self);
  g_free (change->name);
  g_free (change);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Change) change = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScRoomList *self = change->self;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer == NULL && change->named) {
    gtk_label_set_text (GTK_LABEL (self->popover_error), error->message);
    gtk_widget_show (self->popover_error);
  } else if (answer == NULL) {
    g_autofree char *what = g_strdup_printf (_ ("%s cannot be removed"), change->name);

    sc_notice_show_error (GTK_WIDGET (self), what, error);
  } else if (change->named) {
    gtk_popover_popdown (GTK_POPOVER (self->popover));
    sc_room_list_set_room (self, change->name);
  }
}

/* @body: (transfer full) */
static void
send (ScRoomList *self, const char *path, ScJson *body, const char *name, gboolean named)
{
  Change *change = g_new0 (Change, 1);

  change->self = g_object_ref (self);
  change->name = g_strdup (name);
  change->named = named;
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_changed, change);
  json_decref (body);
}

static void
on_name_changed (ScRoomList *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->popover_entry))));

  gtk_widget_set_sensitive (self->popover_button, *name != '\0' && g_strcmp0 (name, self->renaming) != 0);
  gtk_widget_hide (self->popover_error);
}

static void
on_name_given (ScRoomList *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->popover_entry))));
  g_autofree char *path = NULL;

  if (!gtk_widget_get_sensitive (self->popover_button))
    return;
  path =
      self->renaming != NULL ? sc_client_path ("/v1/rooms/", self->renaming, "/rename", NULL) : g_strdup ("/v1/rooms");
  send (self, path, json_pack ("{s:s}", "name", name), name, TRUE);
}

/* @room: (nullable): to be renamed; NULL: a new one */
static void
ask_name (ScRoomList *self, GtkWidget *over, const char *room)
{
  g_free (self->renaming);
  self->renaming = g_strdup (room);
  gtk_popover_set_relative_to (GTK_POPOVER (self->popover), over);
  gtk_label_set_text_with_mnemonic (GTK_LABEL (self->popover_title),
                                    room != NULL ? _ ("_Name of the room") : _ ("_Name of the new room"));
  gtk_button_set_label (GTK_BUTTON (self->popover_button), room != NULL ? _ ("_Rename") : _ ("_Add"));
  gtk_entry_set_text (GTK_ENTRY (self->popover_entry), room != NULL ? room : "");
  on_name_changed (self);
  gtk_popover_popup (GTK_POPOVER (self->popover));
  gtk_widget_grab_focus (self->popover_entry);
}

static void
add_room (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;

  ask_name (self, self->add, NULL);
}

static void
rename_room (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;

  ask_name (self, GTK_WIDGET (gtk_list_box_get_selected_row (self->list)), sc_room_list_get_room (self));
}

static void
remove_room (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;
  const char *room = sc_room_list_get_room (self);
  g_autofree char *path = sc_client_path ("/v1/rooms/", room, "/delete", NULL);

  send (self, path, json_object (), room, FALSE);
}

/* To a room by its name; those that are in none one by one. */
static void
deploy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;
  const char *room = sc_room_list_get_room (self);
  ScItemList *seats = sc_console_get_seats (self->console);
  GVariantBuilder ids;

  g_variant_builder_init (&ids, G_VARIANT_TYPE ("as"));
  for (guint i = 0; room != NULL && *room == '\0' && i < sc_item_list_get_length (seats); i++) {
    ScSeatItem *seat = sc_item_list_at (seats, i);

    if (*sc_seat_item_get_info (seat)->room == '\0')
      g_variant_builder_add (&ids, "s", sc_item_get_key (SC_ITEM (seat)));
  }
  sc_navigate (GTK_WIDGET (self), "deploy", g_variant_new ("(tsas)", (guint64) 0, room != NULL ? room : "", &ids));
}

static void
assign (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (
      GTK_WINDOW (sc_assign_dialog_new_for_room (self->console, GTK_WINDOW (window), sc_room_list_get_room (self))));
}

static void
policy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (
      GTK_WINDOW (sc_room_dialog_new (self->console, GTK_WINDOW (window), sc_room_list_get_room (self))));
}

static void
wake (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomList *self = data;

  sc_wake_room (GTK_WIDGET (self), self->console, sc_room_list_get_room (self), self->cancellable);
}

static const GActionEntry entries[] = {
  { "add", add_room },  { "rename", rename_room }, { "remove", remove_room }, { "deploy", deploy },
  { "assign", assign }, { "policy", policy },      { "wake", wake },
};

/* Keys and the menu */

static gboolean
on_key_press (ScRoomList *self, GdkEventKey *event)
{
  const char *action = event->keyval == GDK_KEY_F2                                             ? "rename"
                       : event->keyval == GDK_KEY_Delete || event->keyval == GDK_KEY_KP_Delete ? "remove"
                                                                                               : NULL;

  if (action == NULL || !g_action_group_get_action_enabled (G_ACTION_GROUP (self->actions), action))
    return GDK_EVENT_PROPAGATE;
  g_action_group_activate_action (G_ACTION_GROUP (self->actions), action, NULL);
  return GDK_EVENT_STOP;
}

static void
popup_menu (ScRoomList *self, const GdkEvent *event, GtkWidget *row)
{
  GtkWidget *menu = gtk_menu_new_from_model (self->menu);

  gtk_menu_attach_to_widget (GTK_MENU (menu), GTK_WIDGET (self), NULL);
  g_signal_connect (menu, "selection-done", G_CALLBACK (gtk_widget_destroy), NULL);
  if (event != NULL)
    gtk_menu_popup_at_pointer (GTK_MENU (menu), event);
  else
    gtk_menu_popup_at_widget (GTK_MENU (menu), row, GDK_GRAVITY_SOUTH_WEST, GDK_GRAVITY_NORTH_WEST, NULL);
}

static gboolean
on_button_press (ScRoomList *self, GdkEventButton *event)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) event->y);

  if (row == NULL || !gdk_event_triggers_context_menu ((GdkEvent *) event))
    return GDK_EVENT_PROPAGATE;
  gtk_list_box_select_row (self->list, row);
  popup_menu (self, (GdkEvent *) event, NULL);
  return GDK_EVENT_STOP;
}

static gboolean
on_popup_menu (ScRoomList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row != NULL)
    popup_menu (self, NULL, GTK_WIDGET (row));
  return row != NULL;
}

static void
sc_room_list_destroy (GtkWidget *widget)
{
  ScRoomList *self = SC_ROOM_LIST (widget);

  g_cancellable_cancel (self->cancellable);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (sc_console_get_rooms (self->console), self);
  if (self->census != NULL)
    g_signal_handlers_disconnect_by_data (self->census, self);
  g_clear_object (&self->console);
  g_clear_object (&self->census);
  GTK_WIDGET_CLASS (sc_room_list_parent_class)->destroy (widget);
}

static void
sc_room_list_finalize (GObject *object)
{
  ScRoomList *self = SC_ROOM_LIST (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->actions);
  g_ptr_array_unref (self->rooms);
  g_free (self->wanted);
  g_free (self->shown);
  g_free (self->renaming);
  G_OBJECT_CLASS (sc_room_list_parent_class)->finalize (object);
}

static void
sc_room_list_class_init (ScRoomListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_room_list_finalize;
  widget_class->destroy = sc_room_list_destroy;
  changed_signal = g_signal_new ("changed", SC_TYPE_ROOM_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "roomlist");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-room-list.ui");
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, list);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, add);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, more);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, menu);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, popover);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, popover_title);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, popover_entry);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, popover_button);
  gtk_widget_class_bind_template_child (widget_class, ScRoomList, popover_error);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_key_press);
  gtk_widget_class_bind_template_callback (widget_class, on_button_press);
  gtk_widget_class_bind_template_callback (widget_class, on_popup_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_name_given);
}

static void
sc_room_list_init (ScRoomList *self)
{
  self->rooms = g_ptr_array_new_with_free_func (g_free);
  self->cancellable = g_cancellable_new ();
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "rooms", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_room_list_new (ScConsole *console, ScSeatCensus *census)
{
  ScRoomList *self = g_object_new (SC_TYPE_ROOM_LIST, NULL);

  self->console = g_object_ref (console);
  self->census = g_object_ref (census);
  g_signal_connect_swapped (sc_console_get_rooms (console), "items-changed", G_CALLBACK (rebuild), self);
  g_signal_connect_swapped (sc_console_get_rooms (console), "item-changed", G_CALLBACK (refresh_rows), self);
  g_signal_connect (census, "changed", G_CALLBACK (on_census_changed), self);
  g_signal_connect_object (sc_console_get_waiting (console), "items-changed", G_CALLBACK (refresh_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (refresh_actions), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return GTK_WIDGET (self);
}

const char *
sc_room_list_get_room (ScRoomList *self)
{
  return sc_room_list_is_waiting (self) ? NULL : selected_key (self);
}

gboolean
sc_room_list_is_waiting (ScRoomList *self)
{
  return g_strcmp0 (selected_key (self), waiting_key) == 0;
}

void
sc_room_list_show_waiting (ScRoomList *self)
{
  sc_room_list_set_room (self, waiting_key);
}

void
sc_room_list_set_room (ScRoomList *self, const char *room)
{
  g_autofree char *wanted = g_strdup (room);

  g_free (self->wanted);
  self->wanted = g_steal_pointer (&wanted);
  rebuild (self);
}
