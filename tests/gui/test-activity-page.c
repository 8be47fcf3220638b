/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/activity/sc-activity-page.h"
#include "console/gui/activity/sc-activity-row.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

#define WIDTH 840
#define HEIGHT 540
#define LOADED 200u

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *page;
  GString *actions; /* of the window, that were activated */
} Fixture;

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *text = g_variant_print (parameter, FALSE);

  g_string_append_printf (fixture->actions, "%s %s;", g_action_get_name (G_ACTION (action)), text);
}

/* An act some hours ago. (transfer full) */
static ScJson *
entry (guint id, guint hours_ago, const char *who, const char *action, const char *error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_hours (now, -(int) hours_ago);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%dT%H:%M:%SZ");

  return json_pack ("{s:i, s:s, s:s, s:s, s:s, s:i, s:s, s:[], s:i, s:i, s:s, s:b, s:s}", "id", id, "time", time, "who",
                    who, "address", *who != '\0' ? "10.1.0.3" : "", "action", action, "version", 0, "room", "", "seats",
                    "n_seats", 0, "session", 0, "detail", "", "done", *error == '\0', "error", error);
}

static ScJson *
with (ScJson *json, const char *members)
{
  g_autoptr (ScJson) more = json_loads (members, 0, NULL);

  json_object_update (json, more);
  return json;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const GActionEntry actions[] = {
    { "show-session", on_action, "t" },
    { "show-version", on_action, "t" },
    { "show-seat", on_action, "s" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  fixture->engine = fake_engine_new ();
  fixture->actions = g_string_new (NULL);
  fixture->console = sc_console_new ();
  fake_engine_answer_json (fixture->engine, "GET", "/v1/seats", 200,
                           json_pack ("{s:[o]}", "seats", gui_fixture_seat (3, "Lab 1", "current")));
  if (data != NULL)
    fake_engine_answer_json (fixture->engine, "GET", "/v1/activity", 200, ((ScJson * (*) (void) ) data) ());
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "a connection");
  fixture->page = sc_activity_page_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->page, WIDTH, HEIGHT);
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), fixture);
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *) &fixture->page);
  gtk_widget_destroy (fixture->window);
  fake_engine_release (fixture->engine);
  gui_fixture_settle (); /* requests on their way are cancelled */
  g_assert_null (fixture->page);
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
  g_string_free (fixture->actions, TRUE);
}

static ScJson *
some_entries (void)
{
  return json_pack (
      "{s:[o,o,o,o,o,o,o,o,o]}", "entries",
      with (entry (20, 0, "", "session-end", ""),
            "{\"session\":12,\"version\":4,\"room\":\"Lab 1\",\"detail\":\"done\"}"),
      with (
          entry (19, 1, "anna@lab-pc", "deploy", ""),
          "{\"session\":12,\"version\":4,\"room\":\"Lab 1\",\"n_seats\":40,\"seats\":[\"pc-01\",\"pc-02\",\"pc-03\"]}"),
      with (entry (18, 1, "anna@lab-pc", "deploy", "no seat of those chosen is online: switch them on"),
            "{\"version\":4,\"room\":\"Lab 2\"}"),
      with (entry (17, 2, "Jürgen.Hinterberger-Oberstrasser@verwaltungsrechner.example.org", "publish", ""),
            "{\"detail\":\"/srv/templates\"}"),
      with (entry (16, 30, "", "publish-end", ""), "{\"version\":4,\"detail\":\"done\"}"),
      with (entry (15, 31, "anna@lab-pc", "verify", ""), "{\"seats\":[\"pc-03\"],\"n_seats\":1,\"room\":\"Lab 1\"}"),
      with (entry (14, 70, "bert@lab-pc", "room-assign", ""),
            "{\"seats\":[\"pc-07\",\"pc-08\"],\"n_seats\":2,\"room\":\"Lab 3\"}"),
      with (entry (13, 71, "bert@lab-pc", "settings", ""), "{\"detail\":\"rate_cap_bits_per_second=500000000\"}"),
      with (entry (12, 71, "bert@lab-pc", "room-rename", ""), "{\"room\":\"Lab 2\",\"detail\":\"Lab 3\"}"));
}

static ScJson *
many_entries (void)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < LOADED; i++)
    json_array_append_new (list, entry (1000 - i, i, "anna@lab-pc", "store-verify", ""));
  return json_pack ("{s:o}", "entries", list);
}

static gpointer
find (Fixture *fixture, const char *name)
{
  gpointer widget = gui_fixture_find (fixture->page, GTK_TYPE_WIDGET, name);

  g_assert_nonnull (widget);
  return widget;
}

static GtkWidget *
row_at (Fixture *fixture, guint index)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (find (fixture, "list"), (int) index));
}

static const char *
text_of (Fixture *fixture, guint index, const char *part)
{
  return gtk_label_get_text (gui_fixture_find (row_at (fixture, index), GTK_TYPE_LABEL, part));
}

static guint
count_rows (Fixture *fixture)
{
  g_autoptr (GList) rows = gtk_container_get_children (find (fixture, "list"));

  return g_list_length (rows);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (gtk_stack_get_visible_child_name (find (fixture, "stack")), ==, "empty");
  gui_fixture_picture (fixture->window, "activity-empty");
  gui_fixture_check_accessible (fixture->window);
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  static const char *const what[] = { "Session 12 is done",        "Deploy version 4 to Lab 1",
                                      "Deploy version 4 to Lab 2", "Publish /srv/templates",
                                      "Version 4 is published",    "Verify pc-03",
                                      "Move 2 seats to Lab 3",     "Limit the rate to 500 Mbit/s",
                                      "Rename room Lab 2 to Lab 3" };

  g_assert_cmpuint (count_rows (fixture), ==, G_N_ELEMENTS (what));
  for (guint i = 0; i < G_N_ELEMENTS (what); i++)
    g_assert_cmpstr (text_of (fixture, i, "what"), ==, what[i]);
  g_assert_cmpstr (text_of (fixture, 0, "who"), ==, "The console itself");
  g_assert_cmpstr (text_of (fixture, 1, "who"), ==, "anna@lab-pc (10.1.0.3)");
  g_assert_cmpstr (text_of (fixture, 1, "links"), ==, "Session 12 · Version 4 · pc-01 · pc-02 · pc-03 and 37 more");
  g_assert_false (gtk_widget_get_visible (gui_fixture_find (row_at (fixture, 1), GTK_TYPE_LABEL, "error")));
  g_assert_true (gtk_widget_get_visible (gui_fixture_find (row_at (fixture, 2), GTK_TYPE_LABEL, "error")));
  g_assert_cmpstr (text_of (fixture, 2, "error"), ==, "Not done: no seat of those chosen is online: switch them on");
  g_assert_nonnull (gtk_list_box_row_get_header (GTK_LIST_BOX_ROW (row_at (fixture, 0))));
  g_assert_null (gtk_list_box_row_get_header (GTK_LIST_BOX_ROW (row_at (fixture, 8))));
  gui_fixture_picture (fixture->window, "activity");
  gui_fixture_check_accessible (fixture->window);
}

static gboolean
has_session_3 (gpointer data)
{
  return g_str_equal (text_of (data, 0, "what"), "Session 3 is done: 1 of 4 seats failed");
}

/* A session that was done but for some seats was not refused. */
static void
test_done_but_for_some (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) json = with (entry (21, 0, "", "session-end", ""),
                                  "{\"type\":\"activity\",\"session\":3,\"detail\":\"done\",\"done\":true,"
                                  "\"error\":\"1 of 4 seats failed\"}");
  g_autofree char *text = sc_json_to_text (json);
  const char *icon = NULL;

  fake_engine_send_event (fixture->engine, text);
  gui_fixture_wait (has_session_3, fixture, "the new entry");
  g_assert_false (gtk_widget_get_visible (gui_fixture_find (row_at (fixture, 0), GTK_TYPE_LABEL, "error")));
  gtk_image_get_icon_name (gui_fixture_find (row_at (fixture, 0), GTK_TYPE_IMAGE, "icon"), &icon, NULL);
  g_assert_cmpstr (icon, ==, "dialog-warning-symbolic");
  g_assert_nonnull (strstr (atk_object_get_name (gtk_widget_get_accessible (row_at (fixture, 0))), "1 of 4 seats"));
}

static void
test_navigation (Fixture *fixture, gconstpointer data)
{
  GtkLabel *links = gui_fixture_find (row_at (fixture, 1), GTK_TYPE_LABEL, "links");
  gboolean handled = FALSE;

  sc_activity_row_open (SC_ACTIVITY_ROW (row_at (fixture, 1)));
  g_signal_emit_by_name (find (fixture, "list"), "row-activated", row_at (fixture, 4));
  g_signal_emit_by_name (find (fixture, "list"), "row-activated", row_at (fixture, 5));
  g_signal_emit_by_name (find (fixture, "list"), "row-activated", row_at (fixture, 7)); /* nowhere to go */
  g_assert_cmpstr (fixture->actions->str, ==, "show-session 12;show-version 4;show-seat 'seat-3';");
  g_string_truncate (fixture->actions, 0);
  g_signal_emit_by_name (links, "activate-link", "version:4", &handled);
  g_signal_emit_by_name (links, "activate-link", "seat:seat-3", &handled);
  g_assert_true (handled);
  g_assert_cmpstr (fixture->actions->str, ==, "show-version 4;show-seat 'seat-3';");
  /* only what is known is a link */
  g_assert_nonnull (strstr (gtk_label_get_label (links), "href=\"seat:seat-3\""));
  g_assert_null (strstr (gtk_label_get_label (links), "pc-01</a>"));
}

static void
search (Fixture *fixture, const char *text)
{
  gtk_entry_set_text (find (fixture, "search"), text);
  g_signal_emit_by_name (find (fixture, "search"), "search-changed");
  gui_fixture_settle ();
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  GActionGroup *actions = gtk_widget_get_action_group (fixture->page, "page");

  g_action_group_activate_action (actions, "search", NULL);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == find (fixture, "search"));
  search (fixture, "BERT");
  g_assert_cmpuint (count_rows (fixture), ==, 3);
  search (fixture, "lab 2");
  g_assert_cmpuint (count_rows (fixture), ==, 2);
  search (fixture, "pc-08");
  g_assert_cmpuint (count_rows (fixture), ==, 1);
  search (fixture, "jürgen");
  g_assert_cmpuint (count_rows (fixture), ==, 1);
  search (fixture, "nobody");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (find (fixture, "stack")), ==, "empty");
  gui_fixture_picture (fixture->window, "activity-not-found");
  search (fixture, "");
  g_assert_cmpuint (count_rows (fixture), ==, 9);
}

static gboolean
has_new (gpointer data)
{
  return g_str_equal (text_of (data, 0, "what"), "Add room Lab 9");
}

/* A new entry comes on top; what was there stays where and what it is. */
static void
test_event (Fixture *fixture, gconstpointer data)
{
  GtkWidget *first = row_at (fixture, 0);
  g_autoptr (ScJson) json =
      with (entry (21, 0, "anna@lab-pc", "room-create", ""), "{\"type\":\"activity\",\"room\":\"Lab 9\"}");
  g_autofree char *text = sc_json_to_text (json);

  gtk_widget_grab_focus (first);
  fake_engine_send_event (fixture->engine, text);
  gui_fixture_wait (has_new, fixture, "the new entry");
  g_assert_true (row_at (fixture, 1) == first);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == first);
}

static gboolean
is_idle (gpointer data)
{
  return !gtk_widget_get_visible (find (data, "spinner"));
}

static gboolean
is_lost (gpointer data)
{
  return sc_console_get_state (((Fixture *) data)->console) == SC_CONSOLE_LOST;
}

static gboolean
is_back (gpointer data)
{
  return sc_console_get_state (((Fixture *) data)->console) == SC_CONSOLE_CONNECTED;
}

static void
many_again (Fixture *fixture)
{
  fake_engine_answer_json (fixture->engine, "GET", "/v1/activity", 200, many_entries ());
}

static void
test_load_older (Fixture *fixture, gconstpointer data)
{
  g_assert_true (gtk_widget_get_visible (find (fixture, "more_box")));
  fake_engine_answer_error (fixture->engine, "GET", "/v1/activity", 500, "system", "the catalog is locked: try again");
  gtk_button_clicked (find (fixture, "more"));
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "more")));
  gui_fixture_wait (is_idle, fixture, "an answer");
  gui_fixture_settle ();
  g_assert_nonnull (strstr (gtk_label_get_text (find (fixture, "status")), "the catalog is locked"));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "more")));
  g_assert_cmpuint (count_rows (fixture), ==, LOADED);

  fake_engine_answer_json (fixture->engine, "GET", "/v1/activity", 200,
                           json_pack ("{s:[o]}", "entries", entry (800, 300, "anna@lab-pc", "publish", "")));
  gtk_button_clicked (find (fixture, "more"));
  gui_fixture_wait (is_idle, fixture, "an answer");
  gui_fixture_settle ();
  g_assert_cmpstr (fake_engine_get_query (fixture->engine, "GET", "/v1/activity"), ==, "before=801&max=200");
  g_assert_cmpuint (count_rows (fixture), ==, LOADED + 1);
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "status")), ==, "");
  g_assert_false (gtk_widget_get_visible (find (fixture, "more_box"))); /* that was all */
  gui_fixture_check_accessible (fixture->window);

  /* a connection that comes back brings the newest ones only: the older ones can be loaded again */
  many_again (fixture);
  fake_engine_drop_listeners (fixture->engine);
  gui_fixture_wait (is_lost, fixture, "a lost connection");
  gui_fixture_wait (is_back, fixture, "a connection");
  gui_fixture_settle ();
  g_assert_cmpuint (count_rows (fixture), ==, LOADED);
  g_assert_true (gtk_widget_get_visible (find (fixture, "more_box")));
}

#define add(name, func, entries) g_test_add (name, Fixture, entries, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/gui/activity-page/empty", test_empty, NULL);
  add ("/gui/activity-page/words", test_words, some_entries);
  add ("/gui/activity-page/navigation", test_navigation, some_entries);
  add ("/gui/activity-page/search", test_search, some_entries);
  add ("/gui/activity-page/event", test_event, some_entries);
  add ("/gui/activity-page/done-but-for-some", test_done_but_for_some, some_entries);
  add ("/gui/activity-page/load-older", test_load_older, many_entries);
  return g_test_run ();
}
