/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-rooms-page-private.h"

#include "console/gui/model/sc-room-item.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (ScRoomsPage, sc_rooms_page, GTK_TYPE_BIN)

static gboolean
lets_through (ScItem *item, gpointer data)
{
  ScRoomsPage *self = data;
  ScSeatItem *seat = SC_SEAT_ITEM (item);

  if (self->room != NULL && !g_str_equal (sc_seat_item_get_info (seat)->room, self->room))
    return FALSE;
  if (!sc_seat_item_counts_as (seat, sc_seat_counters_get_choice (self->counters)))
    return FALSE;
  return *self->search_text == '\0' || sc_seat_item_matches (seat, self->search_text);
}

/* What is not seen is not selected: nobody deploys to what a search hides. */
static void
drop_hidden (ScRoomsPage *self)
{
  g_autoptr (GPtrArray) ids = sc_selection_dup_ids (self->selection);

  for (guint i = 0; i < ids->len; i++)
    if (sc_seat_map_get_tile (self->map, g_ptr_array_index (ids, i)) == NULL)
      sc_selection_remove (self->selection, g_ptr_array_index (ids, i));
}

static void
set_empty (ScRoomsPage *self, const char *icon, const char *title, const char *text, gboolean can_show_all)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (self->empty_icon), icon, GTK_ICON_SIZE_DIALOG);
  gtk_label_set_text (GTK_LABEL (self->empty_title), title);
  gtk_label_set_text (GTK_LABEL (self->empty_text), text);
  gtk_widget_set_visible (self->empty_button, can_show_all);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "empty");
}

static void
refresh_content (ScRoomsPage *self)
{
  if (sc_filter_list_get_length (self->seats) > 0)
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), self->memory.list ? "list" : "map");
  else if (sc_item_list_get_length (sc_console_get_seats (self->console)) == 0)
    set_empty (
        self, "sc-seat-symbolic", _ ("No seats yet"),
        _ ("A seat appears here by itself as soon as the Seatcast service runs on a workstation and has enrolled: "
           "“Seats waiting” makes the token for that."),
        FALSE);
  else if (sc_seat_census_count (self->census, self->room, SC_SEATS_ALL) == 0)
    set_empty (self, "sc-room-symbolic", _ ("Nobody sits here yet"),
               _ ("To move seats into this room, select them in “All rooms” and choose “Move to room…”."), FALSE);
  else
    set_empty (self, "edit-find-symbolic", _ ("No seat matches"),
               _ ("Other seats of this room are hidden by the search or by the counter that is chosen above."), TRUE);
}

static gboolean
on_check_due (gpointer data)
{
  ScRoomsPage *self = data;

  self->check_source = 0;
  drop_hidden (self);
  refresh_content (self);
  sc_rooms_page_refresh_actions (self);
  return G_SOURCE_REMOVE;
}

static void
check_soon (ScRoomsPage *self)
{
  if (self->check_source == 0)
    self->check_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_check_due, self, NULL);
}

static void
scroll_to_top (GtkWidget *scrolled)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));

  gtk_adjustment_set_value (adjustment, 0);
}

static void
refilter (ScRoomsPage *self)
{
  sc_filter_list_refilter (self->seats);
  check_soon (self);
}

/* What the room is assigned, and when its network may be used. */
static void
show_plan (ScRoomsPage *self)
{
  ScRoomItem *room = self->room != NULL && *self->room != '\0'
                         ? sc_item_list_find (sc_console_get_rooms (self->console), self->room)
                         : NULL;
  g_autofree char *plan =
      room != NULL ? sc_plan_words_room (sc_room_item_get_info (room), g_get_real_time ()) : g_strdup ("");

  sc_label_set (GTK_LABEL (self->plan), plan);
  gtk_widget_set_visible (self->plan_line, *plan != '\0');
}

static void
on_room_changed (ScRoomsPage *self)
{
  sc_rooms_page_set_editing (self, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->side),
                                    sc_room_list_is_waiting (self->rooms) ? "waiting" : "seats");
  if (sc_room_list_is_waiting (self->rooms))
    return;
  g_free (self->room);
  self->room = g_strdup (sc_room_list_get_room (self->rooms));
  show_plan (self);
  sc_seat_counters_set_room (self->counters, self->room);
  sc_seat_counters_choose (self->counters, SC_SEATS_ALL);
  sc_seat_map_set_room (self->map, self->room);
  sc_seat_table_show_rooms (self->table, self->room == NULL);
  refilter (self);
  scroll_to_top (self->map_place);
  scroll_to_top (self->table_place);
  if (sc_item_list_get_length (sc_console_get_rooms (self->console)) == 0)
    return; /* the engine has not told its rooms yet: that is nobody's choice */
  g_free (self->memory.room);
  self->memory.room = g_strdup (self->room);
  sc_rooms_memory_save (&self->memory);
}

static void
on_search_changed (ScRoomsPage *self)
{
  g_free (self->search_text);
  self->search_text = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->search))));
  refilter (self);
}

/* Enter goes on to what was found. */
static void
on_search_activate (ScRoomsPage *self)
{
  gtk_widget_child_focus (self->stack, GTK_DIR_TAB_FORWARD);
}

static void
on_stop_search (ScRoomsPage *self)
{
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  on_search_activate (self);
}

static void
on_selection_changed (ScRoomsPage *self)
{
  g_autoptr (GPtrArray) ids = sc_selection_dup_ids (self->selection);

  if (ids->len > 0) /* while the panel goes away it shows what it did */
    sc_seat_panel_set_seats (SC_SEAT_PANEL (self->panel), ids);
  sc_rooms_page_refresh_panel (self);
  sc_rooms_page_refresh_actions (self);
}

static void
want_panel (ScRoomsPage *self)
{
  self->panel_wanted = TRUE;
  sc_rooms_page_refresh_panel (self);
}

static void
on_seat_activated (ScRoomsPage *self)
{
  if (sc_seat_map_get_editing (self->map))
    return;
  want_panel (self);
  gtk_widget_child_focus (self->panel, GTK_DIR_TAB_FORWARD);
}

void
sc_rooms_page_set_view (ScRoomsPage *self, gboolean list)
{
  self->memory.list = list;
  refresh_content (self);
  sc_rooms_memory_save (&self->memory);
}

void
sc_rooms_page_show_all (ScRoomsPage *self)
{
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  on_search_changed (self); /* the entry's own signal comes later */
  sc_seat_counters_choose (self->counters, SC_SEATS_ALL);
}

static void
sc_rooms_page_destroy (GtkWidget *widget)
{
  ScRoomsPage *self = SC_ROOMS_PAGE (widget);

  g_clear_handle_id (&self->check_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->seats != NULL)
    g_signal_handlers_disconnect_by_data (self->seats, self);
  if (self->rooms != NULL)
    g_signal_handlers_disconnect_by_data (self->rooms, self);
  self->rooms = NULL;
  g_clear_pointer (&self->move_popover, gtk_widget_destroy);
  GTK_WIDGET_CLASS (sc_rooms_page_parent_class)->destroy (widget);
  g_clear_object (&self->seats); /* its function asks the counters, which are gone now */
}

static void
sc_rooms_page_finalize (GObject *object)
{
  ScRoomsPage *self = SC_ROOMS_PAGE (object);

  g_clear_object (&self->console);
  g_clear_object (&self->census);
  g_clear_object (&self->selection);
  g_clear_object (&self->actions);
  g_clear_object (&self->cancellable);
  sc_rooms_memory_clear (&self->memory);
  g_free (self->room);
  g_free (self->search_text);
  G_OBJECT_CLASS (sc_rooms_page_parent_class)->finalize (object);
}

static void
sc_rooms_page_class_init (ScRoomsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_rooms_page_finalize;
  widget_class->destroy = sc_rooms_page_destroy;
  gtk_widget_class_set_css_name (widget_class, "roomspage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-rooms-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, rooms_place);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, side);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, search);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, counters_place);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, edit_bar);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, plan_line);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, plan);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, map_place);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, table_place);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, empty_icon);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, empty_title);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, empty_text);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, panel_revealer);
  gtk_widget_class_bind_template_child (widget_class, ScRoomsPage, panel_place);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
}

static void
sc_rooms_page_init (ScRoomsPage *self)
{
  self->selection = sc_selection_new ();
  self->cancellable = g_cancellable_new ();
  self->search_text = g_strdup ("");
  self->panel_wanted = TRUE;
  sc_rooms_memory_load (&self->memory);
  gtk_widget_init_template (GTK_WIDGET (self));
  sc_rooms_page_add_actions (self);
}

static void
put (GtkWidget *place, GtkWidget *child)
{
  gtk_widget_set_hexpand (child, TRUE);
  gtk_widget_set_vexpand (child, GTK_IS_SCROLLED_WINDOW (place) || GTK_IS_ORIENTABLE (child));
  gtk_widget_show (child);
  gtk_container_add (GTK_CONTAINER (place), child);
}

static void
make_children (ScRoomsPage *self)
{
  self->rooms = SC_ROOM_LIST (sc_room_list_new (self->console, self->census));
  put (self->rooms_place, GTK_WIDGET (self->rooms));
  self->waiting = sc_waiting_view_new (self->console);
  gtk_widget_show (self->waiting);
  gtk_stack_add_named (GTK_STACK (self->side), self->waiting, "waiting");
  self->counters = SC_SEAT_COUNTERS (sc_seat_counters_new (self->census));
  put (self->counters_place, GTK_WIDGET (self->counters));
  self->seats = sc_filter_list_new (sc_console_get_seats (self->console), lets_through, self, NULL);
  self->map = SC_SEAT_MAP (sc_seat_map_new (self->console, self->seats, self->selection));
  put (self->map_place, GTK_WIDGET (self->map));
  self->table = SC_SEAT_TABLE (sc_seat_table_new (self->seats, self->selection));
  put (self->table_place, GTK_WIDGET (self->table));
  self->panel = sc_seat_panel_new (self->console);
  gtk_widget_show (self->panel);
  gtk_container_add (GTK_CONTAINER (self->panel_place), self->panel);
}

GtkWidget *
sc_rooms_page_new (ScConsole *console)
{
  ScRoomsPage *self = g_object_new (SC_TYPE_ROOMS_PAGE, NULL);
  gboolean list = self->memory.list;

  self->console = g_object_ref (console);
  self->census = sc_seat_census_new (sc_console_get_seats (console));
  make_children (self);
  g_signal_connect_swapped (self->rooms, "changed", G_CALLBACK (on_room_changed), self);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (sc_rooms_page_refresh_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sc_console_get_rooms (console), "item-changed", G_CALLBACK (show_plan), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->counters, "changed", G_CALLBACK (refilter), self);
  g_signal_connect_swapped (self->selection, "changed", G_CALLBACK (on_selection_changed), self);
  g_signal_connect_swapped (self->seats, "items-changed", G_CALLBACK (check_soon), self);
  g_signal_connect_swapped (self->map, "seat-activated", G_CALLBACK (on_seat_activated), self);
  g_signal_connect_swapped (self->map, "places-changed", G_CALLBACK (sc_rooms_page_refresh_actions), self);
  g_signal_connect_swapped (self->table, "seat-activated", G_CALLBACK (on_seat_activated), self);
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "view",
                                      g_variant_new_string (list ? "list" : "map"));
  sc_room_list_set_room (self->rooms, self->memory.room);
  check_soon (self);
  return GTK_WIDGET (self);
}

void
sc_rooms_page_show_room (ScRoomsPage *self, const char *room)
{
  sc_room_list_set_room (self->rooms, room);
}

const char *
sc_rooms_page_get_room (ScRoomsPage *self)
{
  const char *room = sc_room_list_get_room (self->rooms);

  return room != NULL && *room != '\0' && sc_seat_census_count (self->census, room, SC_SEATS_ALL) > 0 ? room : NULL;
}

void
sc_rooms_page_show_waiting (ScRoomsPage *self)
{
  sc_room_list_show_waiting (self->rooms);
}

void
sc_rooms_page_show_seat (ScRoomsPage *self, const char *id)
{
  ScSeatItem *seat = sc_item_list_find (sc_console_get_seats (self->console), id);

  if (seat == NULL)
    return;
  if (sc_room_list_is_waiting (self->rooms))
    sc_room_list_set_room (self->rooms, self->room);
  if (self->room != NULL && !g_str_equal (sc_seat_item_get_info (seat)->room, self->room))
    sc_room_list_set_room (self->rooms, sc_seat_item_get_info (seat)->room);
  if (!lets_through (SC_ITEM (seat), self))
    sc_rooms_page_show_all (self);
  refresh_content (self);
  want_panel (self);
  if (self->memory.list)
    sc_seat_table_show_seat (self->table, id);
  else
    sc_seat_map_show_seat (self->map, id);
}
