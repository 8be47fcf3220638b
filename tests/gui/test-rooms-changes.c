/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-move-popover.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/rooms/sc-seat-tile.h"
#include "tests/gui/gui-fixture.h"

/* What becomes of the page of rooms while somebody else changes the rooms and the seats. */

typedef struct {
  ScConsole *console;
  GtkWidget *page, *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->console = sc_console_new ();
  gui_fixture_put_seats (fixture->console, 6, "Lab 1");
  fixture->page = sc_rooms_page_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->page, 1024, 600);
  sc_rooms_page_show_room (SC_ROOMS_PAGE (fixture->page), "Lab 1");
  gui_fixture_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  gui_fixture_settle ();
  g_object_unref (fixture->console);
}

static void
activate (Fixture *fixture, const char *group, const char *action)
{
  GtkWidget *list = gui_fixture_find (fixture->page, g_type_from_name ("ScRoomList"), NULL);
  GtkWidget *from = g_str_equal (group, "rooms") ? list : fixture->page;

  g_action_group_activate_action (gtk_widget_get_action_group (from, group), action, NULL);
  gui_fixture_settle ();
}

static GtkWidget *
get_popover (Fixture *fixture)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;
}

/* The popover stands over the tile of a seat that goes, as it does when it is moved to another room. */
static void
test_move_of_seat_that_goes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 2; i <= 3; i++) {
    g_autofree char *id = g_strdup_printf ("seat-%u", i);

    sc_rooms_page_show_seat (SC_ROOMS_PAGE (fixture->page), id);
    gui_fixture_settle ();
    activate (fixture, "page", "move");
    g_assert_nonnull (get_popover (fixture));
    sc_item_list_remove (sc_console_get_seats (fixture->console), id);
    gui_fixture_settle ();
  }
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (fixture->page), "seat-4");
  gui_fixture_settle ();
  activate (fixture, "page", "move");
  g_assert_true (SC_IS_MOVE_POPOVER (get_popover (fixture)));
}

/* The same over the row of a room. */
static void
test_rename_of_room_that_goes (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (ScJson) room = json_pack ("{s:s}", "name", "Lab 2");

    sc_item_list_put (sc_console_get_rooms (fixture->console), room);
    sc_rooms_page_show_room (SC_ROOMS_PAGE (fixture->page), "Lab 2");
    gui_fixture_settle ();
    activate (fixture, "rooms", "rename");
    g_assert_nonnull (get_popover (fixture));
    sc_item_list_remove (sc_console_get_rooms (fixture->console), "Lab 2");
    gui_fixture_settle ();
    g_assert_null (get_popover (fixture));
  }
  activate (fixture, "rooms", "add");
  g_assert_nonnull (get_popover (fixture));
}

/* Another console: nothing of the one before is left. */
static void
test_everything_goes (Fixture *fixture, gconstpointer data)
{
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (fixture->page), "seat-2");
  gui_fixture_settle ();
  activate (fixture, "page", "edit-layout");
  sc_item_list_put_all (sc_console_get_seats (fixture->console), NULL);
  sc_item_list_put_all (sc_console_get_rooms (fixture->console), NULL);
  gui_fixture_settle ();
  g_assert_null (gui_fixture_find (fixture->page, SC_TYPE_SEAT_TILE, NULL));
  gui_fixture_put_seats (fixture->console, 2, "Lab 1");
  gui_fixture_settle ();
  g_assert_nonnull (gui_fixture_find (fixture->page, SC_TYPE_SEAT_TILE, NULL));
}

#define add(path, func) g_test_add ("/rooms-changes/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("move-of-seat-that-goes", test_move_of_seat_that_goes);
  add ("rename-of-room-that-goes", test_rename_of_room_that_goes);
  add ("everything-goes", test_everything_goes);
  return g_test_run ();
}
