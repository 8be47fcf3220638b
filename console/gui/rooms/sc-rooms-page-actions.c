/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-me.h"
#include "console/gui/planning/sc-assign-dialog.h"
#include "console/gui/planning/sc-room-dialog.h"
#include "console/gui/rooms/sc-move-popover.h"
#include "console/gui/rooms/sc-rooms-page-private.h"
#include "console/gui/rooms/sc-seat-order.h"
#include "console/gui/rooms/sc-wake.h"
#include "console/gui/sc-navigate.h"

/* (element-type ScSeatItem) */
static GPtrArray *
dup_selected (ScRoomsPage *self)
{
  g_autoptr (GPtrArray) ids = sc_selection_dup_ids (self->selection);
  GPtrArray *seats = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < ids->len; i++) {
    gpointer seat = sc_item_list_find (sc_console_get_seats (self->console), g_ptr_array_index (ids, i));

    if (seat != NULL)
      g_ptr_array_add (seats, g_object_ref (seat));
  }
  return seats;
}

static void
give_order (ScRoomsPage *self, ScSeatOrder order)
{
  g_autoptr (GPtrArray) seats = dup_selected (self);

  sc_seat_order_give (GTK_WIDGET (self), self->console, order, seats, self->cancellable);
}

static void
verify (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  give_order (data, SC_SEAT_ORDER_VERIFY);
}

static void
catch_up (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  give_order (data, SC_SEAT_ORDER_CATCH_UP);
}

static void
wake (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  g_autoptr (GPtrArray) seats = dup_selected (self);

  sc_wake_seats (GTK_WIDGET (self), self->console, seats, self->cancellable);
}

static void
pin (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  g_autoptr (GPtrArray) seats = dup_selected (self);
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  if (seats->len > 0)
    gtk_window_present (GTK_WINDOW (sc_assign_dialog_new_for_seats (self->console, GTK_WINDOW (window), seats)));
}

static void
unpin (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  g_autoptr (GPtrArray) seats = dup_selected (self);

  sc_unpin_seats (GTK_WIDGET (self), self->console, seats, self->cancellable);
}

/* deploy and roll-back are the window's actions of the same names: the user picks the version, the seats are these. */
static void
open_deploy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  g_autoptr (GPtrArray) ids = sc_selection_dup_ids (self->selection);

  sc_navigate (GTK_WIDGET (self), g_action_get_name (G_ACTION (action)),
               g_variant_new ("(ts@as)", (guint64) 0, "",
                              g_variant_new_strv ((const char *const *) ids->pdata, (gssize) ids->len)));
}

/* Over the seat, but not of it: its tile goes when it is moved, and what belongs to the tile goes along. */
static void
point_at (ScRoomsPage *self, const char *id)
{
  GtkWidget *tile = sc_seat_map_get_tile (self->map, id);
  GtkWidget *over = self->stack;
  GdkRectangle area = { 0, 0, gtk_widget_get_allocated_width (over), gtk_widget_get_allocated_height (over) };

  gtk_popover_set_relative_to (GTK_POPOVER (self->move_popover), over);
  if (tile != NULL && gtk_widget_get_mapped (tile) &&
      gtk_widget_translate_coordinates (tile, over, 0, 0, &area.x, &area.y)) {
    area.width = gtk_widget_get_allocated_width (tile);
    area.height = gtk_widget_get_allocated_height (tile);
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->move_popover), &area);
}

static void
move (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  g_autoptr (GPtrArray) seats = dup_selected (self);
  g_autoptr (GPtrArray) ids = sc_selection_dup_ids (self->selection);

  if (self->move_popover == NULL)
    self->move_popover = sc_move_popover_new (self->console);
  point_at (self, g_ptr_array_index (ids, ids->len - 1));
  sc_move_popover_set_seats (SC_MOVE_POPOVER (self->move_popover), seats);
  gtk_popover_popup (GTK_POPOVER (self->move_popover));
}

static void
search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;

  gtk_widget_grab_focus (self->search);
}

static void
show_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  sc_rooms_page_show_all (data);
}

static void
set_panel (GSimpleAction *action, GVariant *state, gpointer data)
{
  ScRoomsPage *self = data;

  self->panel_wanted = g_variant_get_boolean (state);
  sc_rooms_page_refresh_panel (self);
}

/* The window's F9. */
static void
toggle_panel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;

  self->panel_wanted = !self->panel_wanted;
  sc_rooms_page_refresh_panel (self);
}

static void
set_view (GSimpleAction *action, GVariant *state, gpointer data)
{
  ScRoomsPage *self = data;

  g_simple_action_set_state (action, state);
  sc_rooms_page_set_view (self, g_str_equal (g_variant_get_string (state, NULL), "list"));
}

static void
set_editing (GSimpleAction *action, GVariant *state, gpointer data)
{
  sc_rooms_page_set_editing (data, g_variant_get_boolean (state));
}

static void
undo_move (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;

  sc_seat_map_undo (self->map);
}

static void
automatic_layout (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;

  sc_seat_map_clear_places (self->map);
}

static void
policy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScRoomsPage *self = data;
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  if (self->room != NULL && *self->room != '\0')
    gtk_window_present (GTK_WINDOW (sc_room_dialog_new (self->console, GTK_WINDOW (window), self->room)));
}

static const GActionEntry entries[] = {
  { "search", search },
  { "side-panel", toggle_panel },
  { "panel", NULL, NULL, "false", set_panel },
  { "view", NULL, "s", "'map'", set_view },
  { "edit-layout", NULL, NULL, "false", set_editing },
  { "undo-move", undo_move },
  { "automatic-layout", automatic_layout },
  { "show-all", show_all },
  { "policy", policy },
  { "deploy", open_deploy },
  { "roll-back", open_deploy },
  { "verify", verify },
  { "catch-up", catch_up },
  { "wake", wake },
  { "pin", pin },
  { "unpin", unpin },
  { "move", move },
};

void
sc_rooms_page_add_actions (ScRoomsPage *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "page", G_ACTION_GROUP (self->actions));
}

static void
enable (ScRoomsPage *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name)),
                               enabled);
}

void
sc_rooms_page_refresh_panel (ScRoomsPage *self)
{
  gboolean possible = !sc_seat_map_get_editing (self->map) && sc_selection_get_length (self->selection) > 0;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "panel");

  enable (self, "panel", possible);
  enable (self, "side-panel", possible);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (possible && self->panel_wanted));
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->panel_revealer), possible && self->panel_wanted);
}

static gboolean
can_order (GPtrArray *seats, ScSeatOrder order)
{
  for (guint i = 0; i < seats->len; i++) {
    g_autofree char *obstacle = sc_seat_order_obstacle (order, g_ptr_array_index (seats, i));

    if (obstacle == NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_off (const ScSeatInfo *info)
{
  return !info->online;
}

static gboolean
is_pinned (const ScSeatInfo *info)
{
  return info->pinned;
}

static guint
count_of (GPtrArray *seats, gboolean (*is_so) (const ScSeatInfo *))
{
  guint n = 0;

  for (guint i = 0; i < seats->len; i++)
    n += is_so (sc_seat_item_get_info (g_ptr_array_index (seats, i))) != FALSE;
  return n;
}

void
sc_rooms_page_refresh_actions (ScRoomsPage *self)
{
  g_autoptr (GPtrArray) seats = dup_selected (self);
  gboolean may = sc_me_why_not (self->console, SC_MAY_OPERATE) == NULL, some = may && seats->len > 0;
  gboolean editing = sc_seat_map_get_editing (self->map);
  gboolean can_edit = may && self->room != NULL && sc_filter_list_get_length (self->seats) > 0;

  enable (self, "deploy", some);
  enable (self, "roll-back", some);
  enable (self, "move", some);
  enable (self, "verify", some && can_order (seats, SC_SEAT_ORDER_VERIFY));
  enable (self, "catch-up", some && can_order (seats, SC_SEAT_ORDER_CATCH_UP));
  enable (self, "wake", some && count_of (seats, is_off) > 0);
  enable (self, "pin", some && sc_item_list_get_length (sc_console_get_versions (self->console)) > 0);
  enable (self, "unpin", some && count_of (seats, is_pinned) > 0);
  enable (self, "edit-layout", editing || can_edit);
  enable (self, "undo-move", sc_seat_map_can_undo (self->map));
}

void
sc_rooms_page_set_editing (ScRoomsPage *self, gboolean editing)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "edit-layout");

  if (editing) { /* all of the room's seats are to be seen: none may be put where another one stands */
    sc_rooms_page_show_all (self);
    g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "view", g_variant_new_string ("map"));
  }
  sc_seat_map_set_editing (self->map, editing);
  editing = sc_seat_map_get_editing (self->map);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (editing));
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->edit_bar), editing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->counters), !editing);
  gtk_widget_set_sensitive (self->search, !editing);
  enable (self, "view", !editing);
  sc_rooms_page_refresh_panel (self);
  sc_rooms_page_refresh_actions (self);
}
