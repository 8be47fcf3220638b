/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-panel.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice-area.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

#define WIDTH 330
#define HEIGHT 600

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *panel, *notices;
  GString *actions; /* of the window, that were activated */
} Fixture;

static const char seat_answer[] =
    "{\"id\":\"seat-1\",\"verify\":{\"state\":\"done\",\"ended\":\"2026-11-20T10:00:00Z\",\"code\":\"\",\"message\":"
    "\"\","
    "\"bytes\":48000000000,\"n_templates\":1,\"n_files\":2,\"files\":[{\"template\":\"Debian 12\","
    "\"path\":\"disk.vmdk\",\"missing\":false,\"damaged_chunks\":3},{\"template\":\"Debian 12\",\"path\":\"vm.nvram\","
    "\"missing\":true,\"damaged_chunks\":0}]}}";
static const char sessions_answer[] =
    "{\"sessions\":[{\"session\":{\"id\":12,\"version\":4,\"state\":\"done\",\"created\":\"2026-11-21T09:00:00Z\"},"
    "\"seat\":{\"id\":\"seat-1\",\"state\":\"done\",\"reason\":\"\",\"catch_up\":true,\"total_bytes\":12000000000,"
    "\"done_bytes\":12000000000}},{\"session\":{\"id\":9,\"version\":3,\"state\":\"failed\","
    "\"created\":\"2026-11-19T09:00:00Z\"},\"seat\":{\"id\":\"seat-1\",\"state\":\"failed\","
    "\"reason\":\"the disk is full: free 2.1 GB\",\"catch_up\":false,\"total_bytes\":9000000000,"
    "\"done_bytes\":4000000000}}]}";
static const char log_answer[] =
    "{\"entries\":[{\"time\":\"2026-11-21T09:04:00Z\",\"event\":\"done\",\"session\":12,\"version\":4,\"text\":\"\"},"
    "{\"time\":\"2026-11-21T09:00:00Z\",\"event\":\"receiving\",\"session\":12,\"version\":4,\"text\":\"\"},"
    "{\"time\":\"2026-11-21T08:00:00Z\",\"event\":\"connected\",\"session\":0,\"version\":0,\"text\":\"\"}]}";

/* All that a seat is asked for, whichever it is. */
static ScJson *
answer_seat (const char *path, ScJson *body, guint *status, gpointer data)
{
  const char *text = strstr (path, "/log") != NULL ? log_answer
                     : strstr (path, "/sessions")  ? sessions_answer
                                                   : seat_answer;

  return json_loads (text, 0, NULL);
}

static ScJson *
answer_order (const char *path, ScJson *body, guint *status, gpointer data)
{
  *status = 202;
  return json_object ();
}

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

  g_string_append_printf (fixture->actions, "%s%s", g_action_get_name (G_ACTION (action)), text);
}

static void
add_actions (Fixture *fixture)
{
  static const GActionEntry entries[] = {
    { "deploy", on_action, "(tsas)" },
    { "roll-back", on_action, "(tsas)" },
    { "show-session", on_action, "t" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), fixture);
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
}

static ScJson *
named (const char *key, ScJson *items)
{
  return json_pack ("{s:o}", key, items);
}

/* Twelve seats of all conditions in Lab 1, two offline ones in Lab 2; versions 1 to 4. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const conditions[] = { "current", "running", "failed",   "verifying", "busy",    "drifted",
                                            "behind",  "current", "updating", "unknown",   "current", "offline" };
  ScJson *seats = json_array (), *versions = json_array ();
  GtkWidget *overlay = gtk_overlay_new ();

  for (guint i = 1; i <= G_N_ELEMENTS (conditions); i++)
    json_array_append_new (seats, gui_fixture_seat (i, "Lab 1", conditions[i - 1]));
  json_array_append_new (seats, gui_fixture_seat (13, "Lab 2", "offline"));
  json_array_append_new (seats, gui_fixture_seat (14, "Lab 2", "offline"));
  for (int i = 4; i > 0; i--)
    json_array_append_new (versions, json_pack ("{s:i}", "number", i));
  fixture->engine = fake_engine_new ();
  fake_engine_answer_json (fixture->engine, "GET", "/v1/seats", 200, named ("seats", seats));
  fake_engine_answer_json (fixture->engine, "GET", "/v1/versions", 200, named ("versions", versions));
  fake_engine_answer (fixture->engine, "GET", "/v1/rooms", 200,
                      "{\"rooms\":[{\"name\":\"Lab 1\"},{\"name\":\"Lab 2\"},{\"name\":\"\"}]}");
  fake_engine_answer_with (fixture->engine, "GET", "/v1/seats/", answer_seat, NULL);
  fake_engine_answer_with (fixture->engine, "POST", "/v1/seats/", answer_order, NULL);
  fixture->console = sc_console_new ();
  fixture->actions = g_string_new (NULL);
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "a connection");
  fixture->panel = sc_seat_panel_new (fixture->console);
  fixture->notices = sc_notice_area_new ();
  gtk_widget_set_valign (fixture->notices, GTK_ALIGN_START);
  gtk_widget_show (fixture->notices);
  gtk_widget_show (fixture->panel);
  gtk_container_add (GTK_CONTAINER (overlay), fixture->panel);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), fixture->notices);
  fixture->window = gui_fixture_show (overlay, WIDTH, HEIGHT);
  add_actions (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->panel), (gpointer *) &fixture->panel);
  gtk_widget_destroy (fixture->window);
  fake_engine_release (fixture->engine);
  gui_fixture_settle (); /* requests on their way are cancelled */
  g_assert_null (fixture->panel);
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
  g_string_free (fixture->actions, TRUE);
}

/* @first to @last of the seats "seat-N" */
static void
select_seats (Fixture *fixture, guint first, guint last)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = first; i <= last; i++)
    g_ptr_array_add (ids, g_strdup_printf ("seat-%u", i));
  sc_seat_panel_set_seats (SC_SEAT_PANEL (fixture->panel), ids);
  gui_fixture_settle ();
}

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *widget = gui_fixture_find (fixture->panel, GTK_TYPE_WIDGET, name);

  g_assert_nonnull (widget);
  return widget;
}

static const char *
text_of (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, name)));
}

static GtkWidget *
row_of (Fixture *fixture, const char *list, guint index)
{
  return GTK_WIDGET (sc_fact_rows_at (GTK_LIST_BOX (find (fixture, list)), index));
}

/* What is said of a row to those who hear the screen: all of its texts. */
static const char *
row_text (Fixture *fixture, const char *list, guint index)
{
  return atk_object_get_name (gtk_widget_get_accessible (row_of (fixture, list, index)));
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” does not say “%s”", text, part);
}

static void
assert_insensitive (Fixture *fixture, const char *button, const char *reason)
{
  g_autofree char *tooltip = gtk_widget_get_tooltip_text (find (fixture, button));

  g_assert_false (gtk_widget_is_sensitive (find (fixture, button)));
  assert_contains (tooltip, reason);
}

static void
click (Fixture *fixture, const char *button)
{
  g_assert_true (gtk_widget_is_sensitive (find (fixture, button)));
  gtk_button_clicked (GTK_BUTTON (find (fixture, button)));
}

/* What the newest notice says. */
static const char *
notice_of (Fixture *fixture)
{
  GtkWidget *label = gui_fixture_find (fixture->notices, GTK_TYPE_LABEL, NULL);

  return label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

typedef struct {
  Fixture *fixture;
  const char *method, *path;
  guint n;
} Asked;

static gboolean
was_asked (gpointer data)
{
  Asked *asked = data;

  return fake_engine_count (asked->fixture->engine, asked->method, asked->path) >= asked->n;
}

static void
wait_asked (Fixture *fixture, const char *method, const char *path, guint n)
{
  Asked asked = { fixture, method, path, n };

  gui_fixture_wait (was_asked, &asked, path);
  gui_fixture_settle ();
}

static void
send_seat (Fixture *fixture, ScJson *seat)
{
  g_autoptr (ScJson) owned = seat;
  g_autofree char *text = NULL;

  json_object_set_new (seat, "type", json_string ("seat"));
  text = sc_json_to_text (seat);
  fake_engine_send_event (fixture->engine, text);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (find (fixture, "stack"))), ==, "none");
  gui_fixture_picture (fixture->window, "seat-panel-none");
  select_seats (fixture, 1, 1);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (find (fixture, "stack"))), ==, "seats");
  select_seats (fixture, 99, 99); /* one that the engine does not know */
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (find (fixture, "stack"))), ==, "none");
}

static void
test_one (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 1, 1);
  wait_asked (fixture, "GET", "/v1/seats/seat-1", 3);
  g_assert_cmpstr (text_of (fixture, "name"), ==, "pc-01");
  g_assert_cmpstr (text_of (fixture, "room"), ==, "Lab 1");
  g_assert_cmpstr (text_of (fixture, "version"), ==, "Version 4");
  assert_contains (text_of (fixture, "address"), "10.1.0.11");
  assert_contains (text_of (fixture, "back"), "3, 2");
  g_assert_true (gtk_label_get_selectable (GTK_LABEL (find (fixture, "address"))));
  assert_contains (row_text (fixture, "templates", 1), "Windows 11, since version 3");
  assert_contains (text_of (fixture, "verified"), "2 files of 1 template differ");
  assert_contains (row_text (fixture, "files", 1), "vm.nvram, Missing, Debian 12");
  assert_contains (row_text (fixture, "sessions", 1), "Version 3 (session 9)");
  assert_contains (row_text (fixture, "sessions", 1), "the disk is full");
  assert_contains (row_text (fixture, "log", 2), "Connected");
  g_assert_null (row_of (fixture, "log", 3));
  g_assert_false (gtk_widget_get_visible (find (fixture, "summary")));
  gui_fixture_picture (fixture->window, "seat-panel-one");
  gui_fixture_check_accessible (fixture->window);
}

static void
expand (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_EXPANDER (widget))
    gtk_expander_set_expanded (GTK_EXPANDER (widget), TRUE);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), expand, data);
}

/* Everything open, further down. */
static void
test_unfolded (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *scroll = NULL;

  select_seats (fixture, 1, 1);
  wait_asked (fixture, "GET", "/v1/seats/seat-1", 3);
  expand (fixture->panel, NULL);
  gui_fixture_settle ();
  scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (find (fixture, "scroller")));
  g_assert_cmpfloat (gtk_adjustment_get_upper (scroll), >, 2 * HEIGHT - 100);
  gui_fixture_check_accessible (fixture->window);
  gtk_adjustment_set_value (scroll, HEIGHT - 60);
  gui_fixture_picture (fixture->window, "seat-panel-lower");
  gtk_adjustment_set_value (scroll, gtk_adjustment_get_upper (scroll));
  gui_fixture_picture (fixture->window, "seat-panel-lowest");
}

/* Each condition says what it is, and the sentences are the words' own. */
static void
test_conditions (Fixture *fixture, gconstpointer data)
{
  static const struct {
    guint seat;
    const char *says, *picture;
  } cases[] = {
    { 2, "of", "seat-panel-running" },          { 3, "Failed", "seat-panel-failed" },
    { 4, "Verifying", "seat-panel-verifying" }, { 6, "Drifted", "seat-panel-drifted" },
    { 12, "Offline", "seat-panel-offline" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    select_seats (fixture, cases[i].seat, cases[i].seat);
    assert_contains (text_of (fixture, "detail"), cases[i].says);
    gui_fixture_picture (fixture->window, cases[i].picture);
  }
  select_seats (fixture, 2, 2);
  g_assert_true (gtk_widget_get_visible (find (fixture, "progress")));
  select_seats (fixture, 12, 12);
  g_assert_false (gtk_widget_get_visible (find (fixture, "progress")));
}

static void
test_sensitivity (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 12, 12);
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "deploy"))); /* it can be woken, or deployed to later */
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (find (fixture, "deploy")), "wake"));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "roll_back")));
  assert_insensitive (fixture, "verify", "pc-12 is offline");
  assert_insensitive (fixture, "catch_up", "pc-12 is offline");
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "move"))); /* needs nobody there */
  select_seats (fixture, 13, 14);
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "deploy")));
  select_seats (fixture, 1, 1);
  assert_insensitive (fixture, "catch_up", "pc-01 is current");
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "deploy")));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "verify")));
  g_assert_false (gtk_widget_get_visible (find (fixture, "stop_verifying")));
  select_seats (fixture, 4, 4);
  g_assert_false (gtk_widget_get_visible (find (fixture, "verify")));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "stop_verifying")));
  select_seats (fixture, 7, 7);
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "catch_up")));
  select_seats (fixture, 12, 14);
  assert_insensitive (fixture, "verify", "None of the 3 seats");
}

static gboolean
is_lost (gpointer data)
{
  return sc_console_get_state (data) != SC_CONSOLE_CONNECTED;
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 7, 7);
  fake_engine_hold (fixture->engine, "/v1"); /* it does not come back at once */
  fake_engine_drop_listeners (fixture->engine);
  gui_fixture_wait (is_lost, fixture->console, "a lost connection");
  gui_fixture_settle ();
  assert_insensitive (fixture, "deploy", "not connected");
  assert_insensitive (fixture, "catch_up", "not connected");
  assert_insensitive (fixture, "move", "not connected");
}

static void
test_orders (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 7, 7);
  click (fixture, "catch_up");
  wait_asked (fixture, "POST", "/v1/seats/seat-7/catch-up", 1);
  g_assert_cmpstr (notice_of (fixture), ==, "Told to catch up: pc-07");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/seats/seat-7/verify", 409, "state",
                            "its connection is closing");
  click (fixture, "verify");
  wait_asked (fixture, "POST", "/v1/seats/seat-7/verify", 1);
  select_seats (fixture, 4, 4);
  click (fixture, "stop_verifying");
  wait_asked (fixture, "POST", "/v1/seats/seat-4/verify/cancel", 1);
  click (fixture, "deploy");
  click (fixture, "roll_back");
  g_assert_cmpstr (fixture->actions->str, ==, "deploy(0, '', ['seat-4'])roll-back(0, '', ['seat-4'])");
}

static void
test_show_session (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 1, 1);
  wait_asked (fixture, "GET", "/v1/seats/seat-1", 3);
  g_signal_emit_by_name (find (fixture, "sessions"), "row-activated", row_of (fixture, "sessions", 1));
  g_assert_cmpstr (fixture->actions->str, ==, "show-session9");
}

/* Those that cannot be told are left out, the others are told one by one. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  select_seats (fixture, 1, 14);
  g_assert_cmpstr (text_of (fixture, "name"), ==, "14 seats");
  g_assert_false (gtk_widget_get_visible (find (fixture, "facts")));
  g_assert_false (gtk_widget_get_visible (find (fixture, "history")));
  g_assert_cmpstr (row_text (fixture, "conditions", 0), ==, "Failed, 1");
  g_assert_cmpstr (row_text (fixture, "conditions", 7), ==, "Current, 3");
  g_assert_cmpstr (row_text (fixture, "conditions", 9), ==, "Offline, 3");
  g_assert_null (row_of (fixture, "conditions", 10));
  g_assert_cmpstr (row_text (fixture, "rooms", 1), ==, "Lab 2, 2");
  gui_fixture_picture (fixture->window, "seat-panel-many");
  gui_fixture_check_accessible (fixture->window);
  fake_engine_answer_error (fixture->engine, "POST", "/v1/seats/seat-3/verify", 409, "busy", "it is being restarted");
  click (fixture, "verify");
  /* 14, without three offline, one that verifies and one that is updated */
  wait_asked (fixture, "POST", "/v1/seats/", 9);
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/seats/"), ==, 9);
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/seats/seat-12"), ==, 0);
  g_assert_cmpstr (notice_of (fixture), ==,
                   "Told to verify: 8 of 14 seats. pc-03: it is being restarted; pc-02 takes part in session 1; "
                   "pc-04 is verifying; and 3 more");
}

/* The popover is told of the seats that are selected when it opens. */
static void
test_move (Fixture *fixture, gconstpointer data)
{
  GtkWidget *popover = NULL;

  select_seats (fixture, 1, 2);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (fixture, "move")), TRUE);
  gui_fixture_settle ();
  popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (find (fixture, "move"))));
  g_assert_true (gtk_widget_get_visible (popover));
  assert_contains (gtk_label_get_text (gui_fixture_find (popover, GTK_TYPE_LABEL, "heading")), "2 seats");
}

static gboolean
is_applying (gpointer data)
{
  return strstr (text_of (data, "detail"), "Applying") != NULL;
}

/* Progress is shown without asking again; the state's change asks, and nothing jumps. */
static void
test_updates_in_place (Fixture *fixture, gconstpointer data)
{
  ScJson *seat = gui_fixture_seat (2, "Lab 1", "running");
  GtkAdjustment *scroll = NULL;
  GtkWidget *template_row = NULL;
  guint n = 0;

  select_seats (fixture, 2, 2);
  wait_asked (fixture, "GET", "/v1/seats/seat-2", 3);
  scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (find (fixture, "scroller")));
  gtk_adjustment_set_value (scroll, 120);
  gtk_widget_grab_focus (find (fixture, "move"));
  gtk_label_select_region (GTK_LABEL (find (fixture, "name")), 0, 3);
  gtk_widget_grab_focus (find (fixture, "deploy"));
  gui_fixture_settle ();
  gtk_adjustment_set_value (scroll, 120);
  template_row = row_of (fixture, "templates", 0);
  n = fake_engine_count (fixture->engine, "GET", "/v1/seats/seat-2");

  json_object_set_new (json_object_get (seat, "transfer"), "done_bytes", json_integer (777));
  send_seat (fixture, json_deep_copy (seat));
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "GET", "/v1/seats/seat-2"), ==, n);
  json_object_set_new (json_object_get (seat, "transfer"), "state", json_string ("applying"));
  send_seat (fixture, seat);
  gui_fixture_wait (is_applying, fixture, "the new state");
  wait_asked (fixture, "GET", "/v1/seats/seat-2", n + 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (scroll), ==, 120);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == find (fixture, "deploy"));
  g_assert_true (row_of (fixture, "templates", 0) == template_row);
}

static void
test_history_fails (Fixture *fixture, gconstpointer data)
{
  fake_engine_answer_error (fixture->engine, "GET", "/v1/seats/seat-1/log", 500, "system", "the catalog is locked");
  select_seats (fixture, 1, 1);
  wait_asked (fixture, "GET", "/v1/seats/seat-1", 3);
  assert_contains (text_of (fixture, "error"), "the catalog is locked");
  g_assert_true (gtk_widget_get_visible (find (fixture, "error")));
  select_seats (fixture, 3, 3);
  wait_asked (fixture, "GET", "/v1/seats/seat-3", 3);
  g_assert_false (gtk_widget_get_visible (find (fixture, "error")));
}

static gboolean
has_beside (gpointer data)
{
  return strstr (row_text (data, "templates", 2), "beside") != NULL;
}

/* What somebody has to look at comes first; files beside the templates have a name for people. */
static void
test_templates (Fixture *fixture, gconstpointer data)
{
  ScJson *seat = gui_fixture_seat (6, "Lab 1", "drifted");
  ScJson *templates = json_object_get (seat, "templates");

  json_object_set_new (json_array_get (templates, 0), "name", json_string ("Z"));
  json_object_set_new (json_array_get (templates, 1), "name", json_string ("."));
  json_object_set_new (json_array_get (templates, 2), "busy", json_true ());
  json_object_set_new (json_array_get (templates, 2), "state", json_string ("current"));
  json_array_append_new (templates, json_deep_copy (json_array_get (templates, 0)));
  json_array_remove (templates, 0); /* the drifted one is the last now */
  select_seats (fixture, 6, 6);
  send_seat (fixture, seat);
  gui_fixture_wait (has_beside, fixture, "the seat’s templates");
  assert_contains (row_text (fixture, "templates", 0), "In use");
  assert_contains (row_text (fixture, "templates", 1), "Drifted");
  assert_contains (row_text (fixture, "templates", 2), "Files beside the templates");
  assert_contains (text_of (fixture, "templates_title"), "3 templates");
}

static gboolean
has_volume (gpointer data)
{
  return gtk_widget_get_visible (find (data, "volume"));
}

/* Why it takes no updates stands beneath its space; nothing does where nothing is the matter. */
static void
test_volume (Fixture *fixture, gconstpointer data)
{
  ScJson *seat = gui_fixture_seat (2, "Lab 1", "current");

  json_object_set_new (seat, "volume",
                       json_pack ("{s:s, s:[s], s:[s], s:s}", "file_system", "NTFS", "traits", "forgets", "refused",
                                  "forgets", "reason", "Unified Write Filter protects D:"));
  select_seats (fixture, 2, 2);
  g_assert_false (has_volume (fixture));
  send_seat (fixture, seat);
  gui_fixture_wait (has_volume, fixture, "what is the matter with the seat’s disk");
  assert_contains (text_of (fixture, "volume"), "Takes no updates");
  assert_contains (text_of (fixture, "volume"), "Unified Write Filter protects D:");
  gui_fixture_picture (fixture->window, "seat-panel-volume");
  gui_fixture_check_accessible (fixture->window);
}

/* A very long name, long words: the panel does not grow. */
static void
test_long_texts (Fixture *fixture, gconstpointer data)
{
  ScJson *seat =
      gui_fixture_seat (1, "Rechnerraum des Fachbereichs Wirtschaftsinformatik, Erdgeschoss links", "failed");
  int width = 0;

  json_object_set_new (seat, "name", json_string ("wirtschaftsinformatik-arbeitsplatzrechner-0000000001.example.org"));
  json_object_set_new (json_object_get (seat, "transfer"), "reason",
                       json_string ("C:\\ProgramData\\Seatcast\\repository\\Windows-Server-2025\\disk-s001.vmdk cannot "
                                    "be written: the disk is full"));
  json_object_set_new (json_array_get (json_object_get (seat, "templates"), 0), "name",
                       json_string ("Windows-Server-2025-Datacenter-Desktop-Experience-Übungsumgebung"));
  send_seat (fixture, seat);
  select_seats (fixture, 1, 1);
  gui_fixture_settle ();
  gui_fixture_picture (fixture->window, "seat-panel-long");
  gtk_widget_get_preferred_width (fixture->panel, &width, NULL);
  g_assert_cmpint (width, <=, WIDTH + 10);
}

#define add(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/gui/seat-panel/nothing", test_nothing);
  add ("/gui/seat-panel/one", test_one);
  add ("/gui/seat-panel/unfolded", test_unfolded);
  add ("/gui/seat-panel/volume", test_volume);
  add ("/gui/seat-panel/conditions", test_conditions);
  add ("/gui/seat-panel/sensitivity", test_sensitivity);
  add ("/gui/seat-panel/lost", test_lost);
  add ("/gui/seat-panel/orders", test_orders);
  add ("/gui/seat-panel/show-session", test_show_session);
  add ("/gui/seat-panel/many", test_many);
  add ("/gui/seat-panel/move", test_move);
  add ("/gui/seat-panel/updates-in-place", test_updates_in_place);
  add ("/gui/seat-panel/history-fails", test_history_fails);
  add ("/gui/seat-panel/templates", test_templates);
  add ("/gui/seat-panel/long-texts", test_long_texts);
  return g_test_run ();
}
