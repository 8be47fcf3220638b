/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-room-row.h"
#include "console/gui/settings/sc-settings-page.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

#define WIDTH 840
#define HEIGHT 560

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *page;
} Fixture;

static gboolean
is_loaded (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED && sc_console_get_settings (data) != NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->engine = fake_engine_new ();
  fake_engine_answer (fixture->engine, "GET", "/v1/rooms", 200,
                      "{\"rooms\":[{\"name\":\"Lab 1\"},{\"name\":\"Lab 2\"},{\"name\":\"\"}]}");
  fake_engine_answer_json (fixture->engine, "GET", "/v1/seats", 200,
                           json_pack ("{s:[o, o]}", "seats", gui_fixture_seat (1, "Lab 1", "current"),
                                      gui_fixture_seat (2, "Lab 1", "current")));
  fixture->console = sc_console_new ();
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_loaded, fixture->console, "a connection");
  fixture->page = sc_settings_page_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->page, WIDTH, HEIGHT);
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
}

static gpointer
find_in (GtkWidget *root, const char *name)
{
  gpointer widget = gui_fixture_find (root, GTK_TYPE_WIDGET, name);

  g_assert_nonnull (widget);
  return widget;
}

static gpointer
find (Fixture *fixture, const char *name)
{
  return find_in (fixture->page, name);
}

static void
assert_says (GtkWidget *label, const char *part)
{
  if (strstr (gtk_label_get_text (GTK_LABEL (label)), part) == NULL)
    g_error ("“%s” does not say “%s”", gtk_label_get_text (GTK_LABEL (label)), part);
}

/* The text of the ScSaveStatus @name. */
static GtkWidget *
status (GtkWidget *root, const char *name)
{
  return find_in (find_in (root, name), "text");
}

typedef struct {
  Fixture *fixture;
  const char *path;
  guint n;
} Asked;

static gboolean
was_asked (gpointer data)
{
  Asked *asked = data;

  return fake_engine_count (asked->fixture->engine, "POST", asked->path) >= asked->n;
}

static void
wait_asked (Fixture *fixture, const char *path, guint n)
{
  Asked asked = { fixture, path, n };

  gui_fixture_wait (was_asked, &asked, path);
  gui_fixture_settle ();
}

static ScJson *
body (Fixture *fixture, const char *path, const char *key)
{
  return json_object_get (fake_engine_get_body (fixture->engine, "POST", path), key);
}

static void
scroll_to (Fixture *fixture, const char *name)
{
  GtkScrolledWindow *scroller = gui_fixture_find (fixture->page, GTK_TYPE_SCROLLED_WINDOW, NULL);
  int y = 0;

  gtk_widget_translate_coordinates (find (fixture, name), gtk_bin_get_child (GTK_BIN (scroller)), 0, 0, NULL, &y);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (scroller), MAX (y - 40, 0));
  gui_fixture_settle ();
}

static void
test_shown (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (gtk_spin_button_get_value (find (fixture, "rate")), ==, 500);
  assert_says (find (fixture, "rate_example"), "2 min 40 s");
  g_assert_cmpstr (gtk_entry_get_text (find (fixture, "publish_directory")), ==, "/srv/templates");
  assert_says (find (fixture, "directory"), "/var/lib/seatcast");
  assert_says (find (fixture, "store_size"), "1.0\u00a0GB");
  assert_says (find (fixture, "group"), "239.255.70.1");
  assert_says (find (fixture, "interface"), "faces");
  g_assert_true (gtk_label_get_selectable (find (fixture, "url")));
  g_assert_true (gtk_widget_get_visible (find (fixture, "choose"))); /* the engine is on this machine */
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1"), ==, 0);
  gui_fixture_picture (fixture->window, "settings");
  scroll_to (fixture, "directory");
  gui_fixture_picture (fixture->window, "settings-network");
  gui_fixture_check_accessible (fixture->window);
}

static void
test_rate (Fixture *fixture, gconstpointer data)
{
  gtk_spin_button_set_value (find (fixture, "rate"), 400);
  gtk_spin_button_set_value (find (fixture, "rate"), 800);
  assert_says (find (fixture, "rate_example"), "1 min 40 s");
  wait_asked (fixture, "/v1/settings", 1);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "rate_cap_bits_per_second")), ==, 800000000);
  g_assert_null (body (fixture, "/v1/settings", "publish_directory"));
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/settings"), ==, 1); /* one for both steps */
  assert_says (status (fixture->page, "rate_status"), "Saved");

  fake_engine_answer_error (fixture->engine, "POST", "/v1/settings", 400, "invalid", "choose at most 400000 Mbit/s");
  gtk_spin_button_set_value (find (fixture, "rate"), 900);
  wait_asked (fixture, "/v1/settings", 2);
  assert_says (status (fixture->page, "rate_status"), "Not saved: choose at most 400000 Mbit/s");
  gui_fixture_picture (fixture->window, "settings-not-saved");
}

/* Without a highest rate, which is asked for as 0; the one of before is what is gone back to. */
static void
test_no_rate (Fixture *fixture, gconstpointer data)
{
  gtk_toggle_button_set_active (find (fixture, "rate_free"), TRUE);
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "rate")));
  wait_asked (fixture, "/v1/settings", 1);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "rate_cap_bits_per_second")), ==, 0);
  assert_says (status (fixture->page, "rate_status"), "Saved");
  gui_fixture_picture (fixture->window, "settings-no-rate");
  gtk_toggle_button_set_active (find (fixture, "rate_free"), FALSE);
  g_assert_true (gtk_widget_get_sensitive (find (fixture, "rate")));
  wait_asked (fixture, "/v1/settings", 2);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "rate_cap_bits_per_second")), ==, 500000000);
}

/* A rate of its own, and none: then it is a quarter of the sessions'. */
static void
test_catch_up (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (gtk_spin_button_get_value (find (fixture, "catch_up_rate")), ==, 0);
  g_assert_cmpfloat (gtk_spin_button_get_value (find (fixture, "catch_up_seats")), ==, 4);
  assert_says (find (fixture, "catch_up_text"), "A quarter of the highest rate of sessions: 125");
  gtk_spin_button_set_value (find (fixture, "catch_up_rate"), 80);
  gtk_spin_button_set_value (find (fixture, "catch_up_seats"), 12);
  assert_says (find (fixture, "catch_up_text"), "For all seats together");
  wait_asked (fixture, "/v1/settings", 1);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "catch_up_rate_bits_per_second")), ==, 80000000);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "catch_up_seats")), ==, 12);
  g_assert_null (body (fixture, "/v1/settings", "rate_cap_bits_per_second"));
  assert_says (status (fixture->page, "catch_up_status"), "Saved");

  fake_engine_answer_error (fixture->engine, "POST", "/v1/settings", 400, "invalid", "not that");
  gtk_spin_button_set_value (find (fixture, "catch_up_rate"), 0);
  wait_asked (fixture, "/v1/settings", 2);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "catch_up_rate_bits_per_second")), ==, 0);
  g_assert_null (body (fixture, "/v1/settings", "catch_up_seats"));
  assert_says (status (fixture->page, "catch_up_status"), "Not saved: not that");
}

static gboolean
shows_80 (gpointer data)
{
  return gtk_spin_button_get_value (find (data, "catch_up_rate")) == 80;
}

/* What somebody else sets shows up, and is not saved again. */
static void
test_catch_up_event (Fixture *fixture, gconstpointer data)
{
  fake_engine_send_event (fixture->engine, "{\"type\":\"settings\",\"rate_cap_bits_per_second\":500000000,"
                                           "\"catch_up_rate_bits_per_second\":80000000,\"catch_up_seats\":2}");
  gui_fixture_wait (shows_80, fixture, "the new rate");
  g_assert_cmpfloat (gtk_spin_button_get_value (find (fixture, "catch_up_seats")), ==, 2);
  gtk_widget_hide (fixture->page); /* which saves what was changed */
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/settings"), ==, 0);
}

static gboolean
shows_free (gpointer data)
{
  return gtk_toggle_button_get_active (find (data, "rate_free"));
}

/* Somebody else takes the highest rate away: nothing is saved again, and catch-up has a rate all the same. */
static void
test_no_rate_event (Fixture *fixture, gconstpointer data)
{
  fake_engine_send_event (fixture->engine, "{\"type\":\"settings\",\"rate_cap_bits_per_second\":0,"
                                           "\"catch_up_rate_bits_per_second\":250000000,\"catch_up_seats\":4}");
  gui_fixture_wait (shows_free, fixture, "that there is no highest rate");
  gui_fixture_settle ();
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "rate")));
  g_assert_false (gtk_widget_get_visible (find (fixture, "rate_example")));
  g_assert_cmpfloat (gtk_spin_button_get_value (find (fixture, "catch_up_rate")), ==, 0);
  assert_says (find (fixture, "catch_up_text"), "250 Mbit/s, for all seats together: sessions have no highest rate");
  gui_fixture_picture (fixture->window, "settings-free");
  gtk_widget_hide (fixture->page); /* which saves what was changed */
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/settings"), ==, 0);
}

static gboolean
shows_700 (gpointer data)
{
  return gtk_spin_button_get_value (find (data, "rate")) == 700;
}

/* What somebody else sets shows up, and is not saved again. */
static void
test_event (Fixture *fixture, gconstpointer data)
{
  gtk_widget_grab_focus (find (fixture, "publish_directory"));
  gtk_entry_set_text (find (fixture, "publish_directory"), "/srv/half typ");
  fake_engine_send_event (fixture->engine, "{\"type\":\"settings\",\"rate_cap_bits_per_second\":700000000,"
                                           "\"publish_directory\":\"/other\",\"directory\":\"/d\"}");
  gui_fixture_wait (shows_700, fixture, "the new rate");
  g_assert_cmpstr (gtk_entry_get_text (find (fixture, "publish_directory")), ==, "/srv/half typ");
  gtk_spin_button_set_value (find (fixture, "rate"), 600);
  wait_asked (fixture, "/v1/settings", 1);
  g_assert_cmpint (json_integer_value (body (fixture, "/v1/settings", "rate_cap_bits_per_second")), ==, 600000000);
}

static void
test_publish_directory (Fixture *fixture, gconstpointer data)
{
  gtk_entry_set_text (find (fixture, "publish_directory"), "relative");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/settings", 400, "invalid", "name an absolute path");
  g_signal_emit_by_name (find (fixture, "publish_directory"), "activate");
  wait_asked (fixture, "/v1/settings", 1);
  g_assert_cmpstr (json_string_value (body (fixture, "/v1/settings", "publish_directory")), ==, "relative");
  assert_says (status (fixture->page, "directory_status"), "name an absolute path");
  gtk_entry_set_text (find (fixture, "publish_directory"), "/srv/templates"); /* as it was: nothing to save */
  g_signal_emit_by_name (find (fixture, "publish_directory"), "activate");
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/settings"), ==, 1);
  g_assert_false (gtk_widget_get_visible (find (fixture, "directory_status")));
}

static GtkWidget *
room_row (Fixture *fixture, int index)
{
  return GTK_WIDGET (
      gtk_list_box_get_row_at_index (gui_fixture_find (fixture->page, GTK_TYPE_LIST_BOX, "rooms"), index));
}

/* The new rooms are named "name", as is a row's label. */
static GtkEntry *
new_room (Fixture *fixture)
{
  GtkEntry *entry = gui_fixture_find (fixture->page, GTK_TYPE_ENTRY, "name");

  g_assert_nonnull (entry);
  return entry;
}

static void
test_rooms (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (sc_room_row_get_name (SC_ROOM_ROW (room_row (fixture, 0))), ==, "Lab 1");
  assert_says (find_in (room_row (fixture, 0), "seats"), "2 seats");
  assert_says (find_in (room_row (fixture, 1), "seats"), "No seats");
  g_assert_null (room_row (fixture, 2)); /* that without a name is none */
  g_assert_false (gtk_widget_is_sensitive (find_in (room_row (fixture, 0), "remove")));
  g_assert_true (gtk_widget_is_sensitive (find_in (room_row (fixture, 1), "remove")));
  scroll_to (fixture, "rooms");
  gui_fixture_picture (fixture->window, "settings-rooms");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms/Lab 2/delete", 409, "state", "it has 3 seats");
  gtk_button_clicked (find_in (room_row (fixture, 1), "remove"));
  wait_asked (fixture, "/v1/rooms/Lab 2/delete", 1);
  assert_says (status (room_row (fixture, 1), "status"), "it has 3 seats");
}

static gboolean
has_one_room (gpointer data)
{
  return room_row (data, 1) == NULL;
}

static void
test_room_goes (Fixture *fixture, gconstpointer data)
{
  GtkWidget *first = room_row (fixture, 0);

  fake_engine_send_event (fixture->engine, "{\"type\":\"room\",\"name\":\"Lab 2\",\"deleted\":true}");
  gui_fixture_wait (has_one_room, fixture, "the room’s end");
  g_assert_true (room_row (fixture, 0) == first);
}

static void
test_add_room (Fixture *fixture, gconstpointer data)
{
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "add")));
  gtk_entry_set_text (new_room (fixture), "Lab 1");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms", 409, "exists", "there is a room “Lab 1” already");
  gtk_button_clicked (find (fixture, "add"));
  wait_asked (fixture, "/v1/rooms", 1);
  assert_says (status (fixture->page, "add_status"), "Lab 1");
  g_assert_cmpstr (gtk_entry_get_text (new_room (fixture)), ==, "Lab 1");

  fake_engine_answer (fixture->engine, "POST", "/v1/rooms", 201, "{\"name\":\"Lab 3\"}");
  gtk_entry_set_text (new_room (fixture), "Lab 3");
  gtk_button_clicked (find (fixture, "add"));
  wait_asked (fixture, "/v1/rooms", 2);
  g_assert_cmpstr (json_string_value (body (fixture, "/v1/rooms", "name")), ==, "Lab 3");
  g_assert_cmpstr (sc_room_row_get_name (SC_ROOM_ROW (room_row (fixture, 2))), ==, "Lab 3");
  g_assert_cmpstr (gtk_entry_get_text (new_room (fixture)), ==, "");
}

static void
test_rename_room (Fixture *fixture, gconstpointer data)
{
  GtkMenuButton *rename = find_in (room_row (fixture, 0), "rename");
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (rename));

  scroll_to (fixture, "store");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (rename), TRUE);
  gui_fixture_settle ();
  gui_fixture_check_accessible (popover);
  g_assert_cmpstr (gtk_entry_get_text (find_in (popover, "new_name")), ==, "Lab 1");
  g_assert_false (gtk_widget_is_sensitive (find_in (popover, "apply")));
  gtk_entry_set_text (find_in (popover, "new_name"), "Lab 2");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/rooms/Lab 1/rename", 409, "exists", "Lab 2 is taken");
  gtk_button_clicked (find_in (popover, "apply"));
  wait_asked (fixture, "/v1/rooms/Lab 1/rename", 1);
  g_assert_cmpstr (json_string_value (body (fixture, "/v1/rooms/Lab 1/rename", "name")), ==, "Lab 2");
  assert_says (status (popover, "rename_status"), "Lab 2 is taken");
  g_assert_true (gtk_widget_get_visible (popover));
  gui_fixture_picture (popover, "settings-rename");
}

static GtkWidget *
store_row (Fixture *fixture, int index)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (find (fixture, "store"), index));
}

static gboolean
has_result (gpointer data)
{
  return gtk_widget_get_visible (find_in (store_row (data, 0), "result_box"));
}

static void
test_store (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = store_row (fixture, 0);

  g_assert_false (gtk_widget_get_visible (find_in (row, "progress_box")));
  g_assert_false (gtk_widget_get_visible (find_in (row, "result_box")));
  fake_engine_answer (fixture->engine, "POST", "/v1/store/verify", 202,
                      "{\"id\":7,\"kind\":\"verify\",\"state\":\"running\",\"phase\":\"verify\",\"item\":\"\","
                      "\"done_bytes\":12000000000,\"total_bytes\":30000000000,\"result\":null,\"error\":null}");
  fake_engine_answer (fixture->engine, "POST", "/v1/operations/7/cancel", 200,
                      "{\"id\":7,\"kind\":\"verify\",\"state\":\"running\",\"phase\":\"verify\",\"item\":\"\","
                      "\"done_bytes\":13000000000,\"total_bytes\":30000000000,\"result\":null,\"error\":null}");
  gtk_widget_grab_focus (find_in (row, "start"));
  gtk_button_clicked (find_in (row, "start"));
  wait_asked (fixture, "/v1/store/verify", 1);
  assert_says (find_in (row, "amount"), "12.0\u00a0GB of 30.0\u00a0GB");
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (find_in (row, "progress")), ==, 0.4);
  g_assert_false (gtk_widget_get_visible (find_in (row, "start")));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == find_in (row, "cancel"));
  scroll_to (fixture, "store");
  gui_fixture_picture (fixture->window, "settings-store-running");
  gui_fixture_check_accessible (fixture->window);
  gtk_button_clicked (find_in (row, "cancel"));
  wait_asked (fixture, "/v1/operations/7/cancel", 1);

  fake_engine_send_event (
      fixture->engine, "{\"type\":\"operation\",\"id\":7,\"kind\":\"verify\",\"state\":\"done\",\"phase\":\"\","
                       "\"item\":\"\",\"done_bytes\":0,\"total_bytes\":0,\"error\":null,\"result\":{\"entries\":1204,"
                       "\"bytes\":30000000000,\"damaged\":2,\"problems\":[\"pack 3 at 4096: the checksum is wrong\","
                       "\"version 4 lacks a chunk: publish it again\"],\"freed_bytes\":0,\"versions\":4}}");
  gui_fixture_wait (has_result, fixture, "the result");
  assert_says (find_in (row, "result"), "2 of 1204 entries are damaged");
  assert_says (find_in (row, "result"), "pack 3 at 4096");
  g_assert_true (gtk_widget_get_visible (find_in (row, "start")));
  gui_fixture_settle ();
  scroll_to (fixture, "add_status");
  scroll_to (fixture, "store");
  gui_fixture_picture (fixture->window, "settings-store-damaged");
}

static gboolean
runs (gpointer data)
{
  return gtk_widget_get_visible (find_in (store_row (data, 1), "progress_box"));
}

static gboolean
has_freed (gpointer data)
{
  return gtk_widget_get_visible (find_in (store_row (data, 1), "result_box"));
}

static gboolean
is_later (gpointer end)
{
  return g_get_monotonic_time () > *(gint64 *) end;
}

/* Work of which nobody knows how long it takes moves its bar; once it is over nothing wakes us any more. */
static void
test_store_at_rest (Fixture *fixture, gconstpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (fixture->window);
  gint64 end, frame;

  fake_engine_send_event (fixture->engine,
                          "{\"type\":\"operation\",\"id\":8,\"kind\":\"gc\",\"state\":\"running\",\"total_bytes\":0}");
  gui_fixture_wait (runs, fixture, "the work");
  gui_fixture_settle ();
  fake_engine_send_event (fixture->engine, "{\"type\":\"operation\",\"id\":8,\"kind\":\"gc\",\"state\":\"done\","
                                           "\"total_bytes\":0,\"result\":{\"freed_bytes\":0,\"problems\":[]}}");
  gui_fixture_wait (has_freed, fixture, "the result");
  end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  gui_fixture_wait (is_later, &end, "a second"); /* what moves until it is hidden has come to rest */
  frame = gdk_frame_clock_get_frame_counter (clock);
  end = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 2;
  gui_fixture_wait (is_later, &end, "half a second");
  g_assert_cmpint (gdk_frame_clock_get_frame_counter (clock) - frame, <, 10);
}

static gboolean
has_shrunk (gpointer data)
{
  return strstr (gtk_label_get_text (find (data, "store_size")), "400") != NULL;
}

/* The end of any work on the store asks for its size. */
static void
test_store_size (Fixture *fixture, gconstpointer data)
{
  fake_engine_send_event (fixture->engine, "{\"type\":\"operation\",\"id\":9,\"kind\":\"gc\",\"state\":\"running\"}");
  fake_engine_answer (fixture->engine, "GET", "/v1/settings", 200,
                      "{\"store_bytes\":400000000,\"free_bytes\":300000000000,\"directory\":\"/var/lib/seatcast\"}");
  fake_engine_send_event (fixture->engine, "{\"type\":\"operation\",\"id\":9,\"kind\":\"gc\",\"state\":\"done\"}");
  gui_fixture_wait (has_shrunk, fixture, "the new size");
}

static void
test_store_refused (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = store_row (fixture, 1);

  fake_engine_answer_error (fixture->engine, "POST", "/v1/store/gc", 409, "busy", "a publish runs: wait for its end");
  gtk_button_clicked (find_in (row, "start"));
  wait_asked (fixture, "/v1/store/gc", 1);
  assert_says (find_in (row, "result"), "Not started: a publish runs: wait for its end");
  fake_engine_answer (fixture->engine, "POST", "/v1/store/gc", 202,
                      "{\"id\":8,\"kind\":\"gc\",\"state\":\"done\",\"done_bytes\":0,\"total_bytes\":0,\"error\":null,"
                      "\"result\":{\"entries\":9,\"bytes\":9,\"damaged\":0,\"problems\":[],\"freed_bytes\":2500000000,"
                      "\"versions\":4}}");
  gtk_button_clicked (find_in (row, "start"));
  wait_asked (fixture, "/v1/store/gc", 2);
  assert_says (find_in (row, "result"), "2.5\u00a0GB are free again.");
}

static gboolean
is_lost (gpointer data)
{
  return sc_console_get_state (data) != SC_CONSOLE_CONNECTED;
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  fake_engine_hold (fixture->engine, "/v1");
  fake_engine_drop_listeners (fixture->engine);
  gui_fixture_wait (is_lost, fixture->console, "a lost connection");
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "rate")));
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "publish_directory")));
  g_assert_false (gtk_widget_is_sensitive (find_in (room_row (fixture, 0), "rename")));
  g_assert_false (gtk_widget_is_sensitive (find_in (store_row (fixture, 2), "start")));
  assert_says (find (fixture, "directory"), "/var/lib/seatcast"); /* what was known last */
}

#define add(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/gui/settings-page/shown", test_shown);
  add ("/gui/settings-page/rate", test_rate);
  add ("/gui/settings-page/no-rate", test_no_rate);
  add ("/gui/settings-page/no-rate-event", test_no_rate_event);
  add ("/gui/settings-page/event", test_event);
  add ("/gui/settings-page/catch-up", test_catch_up);
  add ("/gui/settings-page/catch-up-event", test_catch_up_event);
  add ("/gui/settings-page/publish-directory", test_publish_directory);
  add ("/gui/settings-page/rooms", test_rooms);
  add ("/gui/settings-page/room-goes", test_room_goes);
  add ("/gui/settings-page/add-room", test_add_room);
  add ("/gui/settings-page/rename-room", test_rename_room);
  add ("/gui/settings-page/store", test_store);
  add ("/gui/settings-page/store-at-rest", test_store_at_rest);
  add ("/gui/settings-page/store-size", test_store_size);
  add ("/gui/settings-page/store-refused", test_store_refused);
  add ("/gui/settings-page/lost", test_lost);
  return g_test_run ();
}
