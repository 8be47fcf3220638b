/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/rooms/sc-room-list.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/rooms/sc-seat-panel.h"
#include "tests/gui/planning-lab.h"

#include <string.h>

typedef struct {
  PlanningLab lab;
  GtkWidget *page, *window;
} Fixture;

/* What the engine says of a seat that is behind. */
static void
put_seat (Fixture *fixture, guint number, const char *condition, const char *behind, const char *next, gboolean pinned)
{
  g_autoptr (ScJson) seat = gui_fixture_seat (number, "Lab 1", condition);

  json_object_set_new (seat, "pinned", json_boolean (pinned));
  json_object_set_new (seat, "assigned_templates", pinned ? json_pack ("[s]", "Debian 12") : json_null ());
  json_object_set_new (seat, "outlook",
                       json_pack ("{s:s, s:s, s:n, s:i}", "behind", behind, "next", next, "at", "schedule", 0));
  sc_item_list_put (sc_console_get_seats (fixture->lab.console), seat);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  planning_lab_begin (&fixture->lab);
  put_seat (fixture, 2, "offline", "offline", "return", FALSE);
  put_seat (fixture, 3, "behind", "late", "staff", TRUE);
  fake_engine_answer (
      fixture->lab.engine, "POST", "/v1/wake", 200,
      "{\"woken\":[\"seat-2\"],\"failed\":[{\"seat\":\"seat-6\",\"error\":\"its address is not known\"}]}");
  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/seats/seat-3/pin", 200,
                           gui_fixture_seat (3, "Lab 1", "behind"));
  fixture->page = sc_rooms_page_new (fixture->lab.console);
  fixture->window = gui_fixture_show (fixture->page, 1240, 760);
  sc_rooms_page_show_room (SC_ROOMS_PAGE (fixture->page), "Lab 1");
  gui_fixture_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  planning_lab_clear (&fixture->lab);
}

static gpointer
find (Fixture *fixture, const char *name)
{
  return gui_fixture_find (fixture->page, GTK_TYPE_WIDGET, name);
}

/* Of the panel: other parts of the page have labels and buttons of the same names. */
static gpointer
find_in_panel (Fixture *fixture, const char *name)
{
  return gui_fixture_find (gui_fixture_find (fixture->page, SC_TYPE_SEAT_PANEL, NULL), GTK_TYPE_WIDGET, name);
}

static void
show_seat (Fixture *fixture, const char *id)
{
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (fixture->page), id);
  gui_fixture_settle ();
}

static void
test_room (Fixture *fixture, gconstpointer data)
{
  const char *plan = gtk_label_get_text (find (fixture, "plan"));
  GtkListBox *rooms =
      gui_fixture_find (gui_fixture_find (fixture->page, SC_TYPE_ROOM_LIST, NULL), GTK_TYPE_LIST_BOX, "list");
  const char *row =
      atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (gtk_list_box_get_row_at_index (rooms, 1))));

  g_assert_true (g_str_has_prefix (plan, "Assigned: Version 4 · Maintenance window: Mon–Fri 18:00–06:00 Europe/Berlin, "
                                         "opens "));
  g_assert_true (g_str_has_suffix (plan, " · 2 seats pinned"));
  g_assert_true (g_str_has_prefix (row, "Lab 1, 4, "));
  g_assert_nonnull (strstr (row, " · opens "));
  sc_rooms_page_show_room (SC_ROOMS_PAGE (fixture->page), "Lab 2");
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "plan")), ==, "Assigned: Nothing · No maintenance window");
  sc_rooms_page_show_room (SC_ROOMS_PAGE (fixture->page), NULL);
  g_assert_false (gtk_widget_get_visible (find (fixture, "plan_line")));
}

static void
test_outlook (Fixture *fixture, gconstpointer data)
{
  show_seat (fixture, "seat-2");
  g_assert_cmpstr (gtk_label_get_text (find_in_panel (fixture, "outlook")), ==,
                   "It is off. Catches up when it is on again.");
  g_assert_false (gtk_widget_get_visible (find_in_panel (fixture, "pinned")));
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "behind-offline");
  show_seat (fixture, "seat-1");
  g_assert_false (gtk_widget_get_visible (find_in_panel (fixture, "outlook")));
}

static gboolean
is_unpinned (gpointer data)
{
  return !gtk_widget_get_visible (find_in_panel (data, "pinned"));
}

static void
test_pinned (Fixture *fixture, gconstpointer data)
{
  show_seat (fixture, "seat-3");
  g_assert_true (gtk_widget_get_visible (find_in_panel (fixture, "pinned")));
  g_assert_cmpstr (gtk_label_get_text (find_in_panel (fixture, "assigned")), ==, "Version 4, only Debian 12");
  g_assert_false (gtk_widget_get_visible (find_in_panel (fixture, "pin")));
  gui_fixture_picture (fixture->window, "behind-pinned");
  gtk_button_clicked (find_in_panel (fixture, "unpin"));
  gui_fixture_wait (is_unpinned, fixture, "the seat is unpinned");
  g_assert_cmpuint (
      sc_item_number_of (fake_engine_get_body (fixture->lab.engine, "POST", "/v1/seats/seat-3/pin"), "version"), ==, 0);
  g_assert_false (gtk_widget_get_visible (find_in_panel (fixture, "pinned")));
  g_assert_true (gtk_widget_get_visible (find_in_panel (fixture, "pin")));
}

/* Only those that are off are woken. */
static void
test_wake (Fixture *fixture, gconstpointer data)
{
  ScJson *ids = NULL;

  show_seat (fixture, "seat-1");
  g_assert_false (gtk_widget_get_sensitive (find_in_panel (fixture, "wake")));
  show_seat (fixture, "seat-2");
  gtk_button_clicked (find_in_panel (fixture, "wake"));
  planning_lab_wait_asked (&fixture->lab, "POST", "/v1/wake");
  ids = json_object_get (fake_engine_get_body (fixture->lab.engine, "POST", "/v1/wake"), "seats");
  g_assert_cmpuint (json_array_size (ids), ==, 1);
  g_assert_cmpstr (json_string_value (json_array_get (ids, 0)), ==, "seat-2");
}

/* The room's menu: all of it that are off, as the engine knows them. */
static void
test_wake_room (Fixture *fixture, gconstpointer data)
{
  GActionGroup *actions =
      gtk_widget_get_action_group (gui_fixture_find (fixture->page, SC_TYPE_ROOM_LIST, NULL), "rooms");

  g_assert_true (g_action_group_get_action_enabled (actions, "wake"));
  g_action_group_activate_action (actions, "wake", NULL);
  planning_lab_wait_asked (&fixture->lab, "POST", "/v1/wake");
  g_assert_cmpstr (sc_item_text_of (fake_engine_get_body (fixture->lab.engine, "POST", "/v1/wake"), "room"), ==,
                   "Lab 1");
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add ("/gui/behind/room", Fixture, NULL, set_up, test_room, tear_down);
  g_test_add ("/gui/behind/outlook", Fixture, NULL, set_up, test_outlook, tear_down);
  g_test_add ("/gui/behind/pinned", Fixture, NULL, set_up, test_pinned, tear_down);
  g_test_add ("/gui/behind/wake", Fixture, NULL, set_up, test_wake, tear_down);
  g_test_add ("/gui/behind/wake-room", Fixture, NULL, set_up, test_wake_room, tear_down);
  return g_test_run ();
}
