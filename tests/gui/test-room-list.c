/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-room-list.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  ScRoomList *list;
  GtkWidget *window;
  GActionGroup *actions;
  guint n_changed;
} Fixture;

static gboolean
is_connected (gpointer console)
{
  return sc_console_get_state (console) == SC_CONSOLE_CONNECTED;
}

static void
count_change (ScRoomList *list, Fixture *fixture)
{
  fixture->n_changed++;
}

static void
wait_for_census (void)
{
  g_usleep (120 * 1000);
  gui_fixture_settle ();
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatCensus) census = NULL;

  fixture->engine = fake_engine_new ();
  fake_engine_answer_json (fixture->engine, "GET", "/v1/seats", 200,
                           json_pack ("{s:[o]}", "seats", gui_fixture_seat (1, "Lab 10", "failed")));
  fake_engine_answer (fixture->engine, "GET", "/v1/rooms", 200,
                      "{\"rooms\": [{\"name\": \"Lab 10\"}, {\"name\": \"Lab 2\"}]}");
  fixture->console = sc_console_new ();
  census = sc_seat_census_new (sc_console_get_seats (fixture->console));
  fixture->list = SC_ROOM_LIST (sc_room_list_new (fixture->console, census));
  fixture->actions = gtk_widget_get_action_group (GTK_WIDGET (fixture->list), "rooms");
  g_signal_connect (fixture->list, "changed", G_CALLBACK (count_change), fixture);
  sc_room_list_set_room (fixture->list, "Lab 2"); /* before anything is known of it */
  fixture->window = gui_fixture_show (GTK_WIDGET (fixture->list), 220, 400);
  g_assert_null (sc_room_list_get_room (fixture->list));
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "the console is connected");
  wait_for_census ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
}

static const char *
get_row_name (Fixture *fixture, int position)
{
  GtkListBox *list = gui_fixture_find (GTK_WIDGET (fixture->list), GTK_TYPE_LIST_BOX, NULL);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, position);

  return row != NULL ? atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (row))) : NULL;
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) stray = gui_fixture_seat (2, "", "current");

  g_assert_cmpstr (sc_room_list_get_room (fixture->list), ==, "Lab 2"); /* as soon as it was there */
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_true (g_str_has_prefix (get_row_name (fixture, 0), "All rooms"));
  g_assert_true (g_str_has_prefix (get_row_name (fixture, 1), "Lab 2")); /* before Lab 10 */
  g_assert_nonnull (strstr (get_row_name (fixture, 2), "1 failed"));
  g_assert_cmpstr (get_row_name (fixture, 3), ==, "Seats waiting, 0, None");
  g_assert_null (get_row_name (fixture, 4));
  sc_item_list_put (sc_console_get_seats (fixture->console), stray);
  wait_for_census ();
  g_assert_true (g_str_has_prefix (get_row_name (fixture, 3), "No room"));
  g_assert_cmpstr (sc_room_list_get_room (fixture->list), ==, "Lab 2");
  /* it goes: all rooms are shown */
  sc_item_list_remove (sc_console_get_rooms (fixture->console), "Lab 2");
  g_assert_null (sc_room_list_get_room (fixture->list));
  g_assert_cmpuint (fixture->n_changed, ==, 2);
  gui_fixture_check_accessible (fixture->window);
}

/* The entry has the focus when the popover opens. */
static GtkWidget *
find_entry (Fixture *fixture)
{
  GtkWidget *found = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  g_assert_true (GTK_IS_ENTRY (found));
  return found;
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry = NULL;
  ScJson *body = NULL;

  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms", 409, "exists", "there is a room “Lab 3”");
  g_action_group_activate_action (fixture->actions, "add", NULL);
  gui_fixture_settle ();
  entry = find_entry (fixture);
  g_signal_emit_by_name (entry, "activate");
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/rooms"), ==, 0); /* without a name */
  gtk_entry_set_text (GTK_ENTRY (entry), "  Lab 3 ");
  g_signal_emit_by_name (entry, "activate");
  gui_fixture_settle ();
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/rooms");
  g_assert_cmpstr (json_string_value (json_object_get (body, "name")), ==, "Lab 3");
  g_assert_true (gtk_widget_is_visible (entry)); /* it did not work: the popover says why */
  fake_engine_answer (fixture->engine, "POST", "/v1/rooms", 201, "{\"name\": \"Lab 3\"}");
  g_signal_emit_by_name (entry, "activate");
  gui_fixture_settle ();
  fake_engine_send_event (fixture->engine, "{\"type\": \"room\", \"name\": \"Lab 3\"}");
  gui_fixture_settle ();
  g_assert_cmpstr (sc_room_list_get_room (fixture->list), ==, "Lab 3"); /* the new room is shown */
}

static void
test_rename_remove (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry = NULL;
  ScJson *body = NULL;

  g_assert_true (g_action_group_get_action_enabled (fixture->actions, "remove")); /* Lab 2 is empty */
  sc_room_list_set_room (fixture->list, "Lab 10");
  g_assert_false (g_action_group_get_action_enabled (fixture->actions, "remove"));
  g_assert_true (g_action_group_get_action_enabled (fixture->actions, "rename"));
  sc_room_list_set_room (fixture->list, NULL);
  g_assert_false (g_action_group_get_action_enabled (fixture->actions, "rename"));
  sc_room_list_set_room (fixture->list, "Lab 2");
  fake_engine_answer (fixture->engine, "POST", "/v1/rooms/Lab 2/rename", 200, "{\"name\": \"Lab 3\"}");
  g_action_group_activate_action (fixture->actions, "rename", NULL);
  gui_fixture_settle ();
  entry = find_entry (fixture);
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (entry)), ==, "Lab 2");
  gtk_entry_set_text (GTK_ENTRY (entry), "Lab 3");
  g_signal_emit_by_name (entry, "activate");
  gui_fixture_settle ();
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/rooms/Lab 2/rename");
  g_assert_cmpstr (json_string_value (json_object_get (body, "name")), ==, "Lab 3");
  fake_engine_send_event (fixture->engine, "{\"type\": \"room\", \"name\": \"Lab 2\", \"deleted\": true}");
  fake_engine_send_event (fixture->engine, "{\"type\": \"room\", \"name\": \"Lab 3\"}");
  gui_fixture_settle ();
  g_assert_cmpstr (sc_room_list_get_room (fixture->list), ==, "Lab 3");
  fake_engine_answer (fixture->engine, "POST", "/v1/rooms/Lab 3/delete", 200, "{}");
  g_action_group_activate_action (fixture->actions, "remove", NULL);
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/rooms/Lab 3/delete"), ==, 1);
}

static void
note_target (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  char **told = data;

  *told = g_variant_print (parameter, FALSE);
}

static void
test_deploy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSimpleActionGroup) window_actions = g_simple_action_group_new ();
  const GActionEntry entry = { "deploy", note_target, "(tsas)" };
  g_autoptr (ScJson) stray = gui_fixture_seat (2, "", "current");
  g_autofree char *room = NULL, *strays = NULL;
  char *told = NULL;

  g_action_map_add_action_entries (G_ACTION_MAP (window_actions), &entry, 1, &told);
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (window_actions));
  g_assert_false (g_action_group_get_action_enabled (fixture->actions, "deploy")); /* nobody is in Lab 2 */
  sc_room_list_set_room (fixture->list, "Lab 10");
  g_action_group_activate_action (fixture->actions, "deploy", NULL);
  room = g_steal_pointer (&told);
  g_assert_cmpstr (room, ==, "(0, 'Lab 10', [])");
  sc_item_list_put (sc_console_get_seats (fixture->console), stray);
  wait_for_census ();
  sc_room_list_set_room (fixture->list, "");
  g_action_group_activate_action (fixture->actions, "deploy", NULL);
  strays = g_steal_pointer (&told);
  g_assert_cmpstr (strays, ==, "(0, '', ['seat-2'])");
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add ("/room-list/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/room-list/add", Fixture, NULL, set_up, test_add, tear_down);
  g_test_add ("/room-list/rename-remove", Fixture, NULL, set_up, test_rename_remove, tear_down);
  g_test_add ("/room-list/deploy", Fixture, NULL, set_up, test_deploy, tear_down);
  return g_test_run ();
}
