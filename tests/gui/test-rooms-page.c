/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/rooms/sc-seat-counters.h"
#include "console/gui/rooms/sc-seat-map.h"
#include "tests/gui/gui-fixture.h"

static void
wait_for_census (void)
{
  g_usleep (120 * 1000);
  gui_fixture_settle ();
}

static void
test_page (void)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  GtkWidget *page = sc_rooms_page_new (console), *window = gui_fixture_show (page, 1024, 552);
  GtkStack *stack = gui_fixture_find (page, GTK_TYPE_STACK, "stack");
  ScSeatCounters *counters = gui_fixture_find (page, SC_TYPE_SEAT_COUNTERS, NULL);
  ScSeatMap *map = gui_fixture_find (page, SC_TYPE_SEAT_MAP, NULL);
  GtkRevealer *panel = gui_fixture_find (page, GTK_TYPE_REVEALER, "panel_revealer");
  GActionGroup *actions = gtk_widget_get_action_group (page, "page");
  g_autoptr (ScJson) other = gui_fixture_seat (90, "Lab 2", "failed");

  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "empty");
  gui_fixture_put_seats (console, 80, "Lab 1");
  gui_fixture_put_seats (console, 0, "Lab 2");
  sc_item_list_put (sc_console_get_seats (console), other);
  wait_for_census ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "map");
  g_assert_nonnull (sc_seat_map_get_tile (map, "seat-90"));
  g_assert_false (g_action_group_get_action_enabled (actions, "edit-layout"));
  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  gui_fixture_settle ();
  g_assert_null (sc_seat_map_get_tile (map, "seat-90"));
  g_assert_false (gtk_revealer_get_reveal_child (panel));
  g_assert_true (g_action_group_get_action_enabled (actions, "edit-layout"));
  sc_seat_counters_choose (counters, SC_SEATS_FAILED);
  gui_fixture_settle ();
  g_assert_nonnull (sc_seat_map_get_tile (map, "seat-5"));
  g_assert_null (sc_seat_map_get_tile (map, "seat-1"));
  /* another room's seat is shown in its room, whatever the filter */
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (page), "seat-90");
  gui_fixture_settle ();
  g_assert_nonnull (sc_seat_map_get_tile (map, "seat-90"));
  g_assert_true (gtk_revealer_get_reveal_child (panel));
  gtk_entry_set_text (gui_fixture_find (page, GTK_TYPE_SEARCH_ENTRY, NULL), "nothing is called that");
  g_usleep (200 * 1000); /* the entry waits for the next letter */
  gui_fixture_settle ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "empty");
  g_assert_false (gtk_revealer_get_reveal_child (panel)); /* what is hidden is not selected */
  g_action_group_activate_action (actions, "show-all", NULL);
  g_action_group_change_action_state (actions, "view", g_variant_new_string ("list"));
  gui_fixture_settle ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "list");
  gui_fixture_check_accessible (window);
  g_assert_cmpint (gtk_widget_get_allocated_width (window), ==, 1024); /* it fits */
  gtk_widget_destroy (window);
  gui_fixture_settle ();
  /* the room is remembered */
  page = sc_rooms_page_new (console);
  window = gui_fixture_show (page, 1024, 552);
  map = gui_fixture_find (page, SC_TYPE_SEAT_MAP, NULL);
  g_assert_null (sc_seat_map_get_tile (map, "seat-1"));
  g_assert_nonnull (sc_seat_map_get_tile (map, "seat-90"));
  gtk_widget_destroy (window);
}

static gboolean
get_panel_state (GActionGroup *actions)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (actions, "panel");

  return g_variant_get_boolean (state);
}

/* What stands above the map stays under the pointer when the panel comes, and the panel's toggle says what is. */
static void
test_panel (void)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  GtkWidget *page = sc_rooms_page_new (console), *window = gui_fixture_show (page, 1024, 552);
  GtkRevealer *panel = gui_fixture_find (page, GTK_TYPE_REVEALER, "panel_revealer");
  GtkWidget *above[] = { gui_fixture_find (page, GTK_TYPE_BOX, "tools"),
                         gui_fixture_find (page, SC_TYPE_SEAT_COUNTERS, NULL) };
  GActionGroup *actions = gtk_widget_get_action_group (page, "page");
  GtkAllocation before[G_N_ELEMENTS (above)], after;

  g_action_group_change_action_state (actions, "view", g_variant_new_string ("map"));
  gui_fixture_put_seats (console, 80, "Lab 1");
  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  wait_for_census ();
  g_assert_false (get_panel_state (actions));
  g_assert_false (g_action_group_get_action_enabled (actions, "panel"));
  for (guint i = 0; i < G_N_ELEMENTS (above); i++)
    gtk_widget_get_allocation (above[i], &before[i]);
  gui_fixture_picture (window, "rooms-panel-closed");
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (page), "seat-5");
  gui_fixture_settle ();
  g_assert_true (gtk_revealer_get_child_revealed (panel));
  g_assert_true (get_panel_state (actions));
  for (guint i = 0; i < G_N_ELEMENTS (above); i++) {
    gtk_widget_get_allocation (above[i], &after);
    g_assert_true (gdk_rectangle_equal (&before[i], &after));
  }
  gui_fixture_picture (window, "rooms-panel-open");
  g_action_group_activate_action (actions, "side-panel", NULL);
  g_assert_false (gtk_revealer_get_reveal_child (panel));
  g_assert_false (get_panel_state (actions));
  g_action_group_activate_action (actions, "panel", NULL);
  g_assert_true (gtk_revealer_get_reveal_child (panel));
  g_assert_true (get_panel_state (actions));
  gtk_widget_destroy (window);
  gui_fixture_settle ();
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/rooms-page/filters", test_page);
  g_test_add_func ("/rooms-page/panel", test_panel);
  return g_test_run ();
}
