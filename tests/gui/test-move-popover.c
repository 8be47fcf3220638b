/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-move-popover.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice-area.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *popover, *notices;
} Fixture;

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static gpointer
find (Fixture *fixture, const char *name)
{
  gpointer widget = gui_fixture_find (fixture->popover, GTK_TYPE_WIDGET, name);

  g_assert_nonnull (widget);
  return widget;
}

static void
show_for (Fixture *fixture, guint n_seats)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  for (guint i = 0; i < n_seats; i++)
    g_ptr_array_add (seats, sc_item_list_at (sc_console_get_seats (fixture->console), i));
  sc_move_popover_set_seats (SC_MOVE_POPOVER (fixture->popover), seats);
  gtk_popover_popup (GTK_POPOVER (fixture->popover));
  gui_fixture_settle ();
}

/* Two seats in Lab 1; Lab 2 is empty. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkWidget *overlay = gtk_overlay_new (), *button = gtk_button_new_with_label ("Move");

  fixture->engine = fake_engine_new ();
  fake_engine_answer (fixture->engine, "GET", "/v1/rooms", 200,
                      "{\"rooms\":[{\"name\":\"Lab 1\"},{\"name\":\"Lab 2\"},{\"name\":\"\"}]}");
  fake_engine_answer_json (fixture->engine, "GET", "/v1/seats", 200,
                           json_pack ("{s:[o, o]}", "seats", gui_fixture_seat (1, "Lab 1", "current"),
                                      gui_fixture_seat (2, "Lab 1", "current")));
  fake_engine_answer (fixture->engine, "POST", "/v1/rooms/assign", 200, "{\"seats\":[]}");
  fixture->console = sc_console_new ();
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "a connection");
  fixture->notices = sc_notice_area_new ();
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (overlay), button);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), fixture->notices);
  gtk_widget_show_all (overlay);
  fixture->popover = sc_move_popover_new (fixture->console);
  gtk_popover_set_relative_to (GTK_POPOVER (fixture->popover), button);
  fixture->window = gui_fixture_show (overlay, 360, 420);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
}

typedef struct {
  Fixture *fixture;
  guint n;
} Asked;

static gboolean
was_asked (gpointer data)
{
  Asked *asked = data;

  return fake_engine_count (asked->fixture->engine, "POST", "/v1/rooms/assign") >= asked->n;
}

static ScJson *
wait_assigned (Fixture *fixture, guint n)
{
  Asked asked = { fixture, n };

  gui_fixture_wait (was_asked, &asked, "the seats’ move");
  gui_fixture_settle ();
  return fake_engine_get_body (fixture->engine, "POST", "/v1/rooms/assign");
}

static void
activate (Fixture *fixture, const char *list, guint row)
{
  g_signal_emit_by_name (find (fixture, list), "row-activated", sc_fact_rows_at (find (fixture, list), row));
}

static void
test_room (Fixture *fixture, gconstpointer data)
{
  ScJson *body = NULL;
  GtkWidget *notice = NULL;

  show_for (fixture, 2);
  gui_fixture_check_accessible (fixture->popover);
  gui_fixture_picture (fixture->popover, "move-popover");
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "heading")), ==, "Move 2 seats to");
  g_assert_nonnull (strstr (
      atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (sc_fact_rows_at (find (fixture, "rooms"), 0)))),
      "Here now"));
  g_assert_null (sc_fact_rows_at (find (fixture, "rooms"), 2)); /* that without a name is none */
  activate (fixture, "rooms", 1);
  body = wait_assigned (fixture, 1);
  g_assert_cmpstr (json_string_value (json_object_get (body, "room")), ==, "Lab 2");
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (body, "seats"), 1)), ==, "seat-2");
  g_assert_false (gtk_widget_get_visible (fixture->popover));
  notice = gui_fixture_find (fixture->notices, GTK_TYPE_LABEL, NULL);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (notice)), ==, "Moved to Lab 2: 2 seats");
}

static void
test_own_room (Fixture *fixture, gconstpointer data)
{
  show_for (fixture, 1);
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "heading")), ==, "Move pc-01 to");
  activate (fixture, "own", 0);
  g_assert_true (json_is_null (json_object_get (wait_assigned (fixture, 1), "room")));
}

/* A room that somebody else has just made is as good as a new one. */
static void
test_new_room (Fixture *fixture, gconstpointer data)
{
  ScJson *body = NULL;

  show_for (fixture, 1);
  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms", 409, "exists", "there is a room “Lab 3” already");
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "create")));
  gtk_entry_set_text (find (fixture, "name"), "  ");
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "create")));
  gtk_entry_set_text (find (fixture, "name"), " Lab 3 ");
  gtk_button_clicked (find (fixture, "create"));
  body = wait_assigned (fixture, 1);
  g_assert_cmpstr (json_string_value (json_object_get (body, "room")), ==, "Lab 3");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/rooms");
  g_assert_cmpstr (json_string_value (json_object_get (body, "name")), ==, "Lab 3");
}

static void
test_fails (Fixture *fixture, gconstpointer data)
{
  show_for (fixture, 1);
  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms/assign", 404, "not-found", "there is no room “Lab 2”");
  activate (fixture, "rooms", 1);
  wait_assigned (fixture, 1);
  g_assert_true (gtk_widget_get_visible (find (fixture, "error")));
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "error")), ==, "there is no room “Lab 2”");
  g_assert_true (gtk_widget_get_visible (fixture->popover));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "content")));
  gui_fixture_picture (fixture->popover, "move-popover-failed");
}

#define add(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/gui/move-popover/room", test_room);
  add ("/gui/move-popover/own-room", test_own_room);
  add ("/gui/move-popover/new-room", test_new_room);
  add ("/gui/move-popover/fails", test_fails);
  return g_test_run ();
}
