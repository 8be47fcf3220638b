/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-session-seat-item.h"
#include "console/gui/sessions/sc-rate-plot.h"
#include "console/gui/sessions/sc-session-row.h"
#include "console/gui/sessions/sc-session-table.h"
#include "console/gui/sessions/sc-session-view.h"
#include "console/gui/sessions/sc-sessions-page.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"
#include "tests/gui/session-lab.h"

#define N_SEATS 80u
#define GB ((json_int_t) 1000000000)

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *page, *window;
  ScSessionView *view;
  char *shown_seat; /* by win.show-seat */
} Fixture;

/* @session: (transfer full) */
static ScSessionItem *
put_session (Fixture *fixture, ScJson *session)
{
  ScSessionItem *item = sc_item_list_put (sc_console_get_sessions (fixture->console), session);

  json_decref (session);
  return item;
}

static void
change_seat_presence (Fixture *fixture, guint number, const char *presence, const char *template_state)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);
  g_autoptr (ScJson) json =
      json_pack ("{s:s, s:s, s:s, s:s, s:[{s:s, s:i, s:s, s:b}]}", "id", id, "name", id, "room", "Lab 1", "presence",
                 presence, "templates", "name", "Debian", "version", 3, "state", template_state, "busy", 0);

  sc_item_list_put (sc_console_get_seats (fixture->console), json);
}

/* the window's side */

static void
on_show_seat (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *fixture = data;

  g_free (fixture->shown_seat);
  fixture->shown_seat = g_variant_dup_string (parameter, NULL);
}

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (((Fixture *) data)->console) == SC_CONSOLE_CONNECTED;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->engine = fake_engine_new ();
  fixture->console = sc_console_new ();
  fake_engine_answer_json (fixture->engine, "GET", "/v1/sessions/12/rates", 200, session_lab_rates (300));
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture, "the connection");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_widget_destroy (fixture->window);
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
  g_free (fixture->shown_seat);
}

static gboolean
has_rates (gpointer data)
{
  Fixture *fixture = data;
  ScRatePlot *plot = gui_fixture_find (fixture->page, SC_TYPE_RATE_PLOT, NULL);

  return sc_rate_plot_get_series (plot) != NULL;
}

static void
show (Fixture *fixture, int width, int height)
{
  static const GActionEntry entries[] = { { "show-seat", on_show_seat, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  fixture->page = sc_sessions_page_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->page, width, height);
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), fixture);
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (actions));
  fixture->view = gui_fixture_find (fixture->page, SC_TYPE_SESSION_VIEW, NULL);
}

static GtkWidget *
find (Fixture *fixture, const char *name)
{
  GtkWidget *widget = gui_fixture_find (GTK_WIDGET (fixture->view), GTK_TYPE_WIDGET, name);

  if (widget == NULL)
    g_error ("nothing is called %s", name);
  return widget;
}

static const char *
text_of (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (GTK_LABEL (find (fixture, name)));
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in “%s”", part, text);
}

static GtkTreeModel *
table_of (Fixture *fixture)
{
  ScSessionTable *table = gui_fixture_find (fixture->page, SC_TYPE_SESSION_TABLE, NULL);

  return gtk_tree_view_get_model (sc_session_table_get_view (table));
}

/* The column of names is the third. */
static char *
name_in_row (GtkTreeModel *model, int row)
{
  GtkTreeIter iter;
  char *name = NULL;

  g_assert_true (gtk_tree_model_iter_nth_child (model, &iter, NULL, row));
  gtk_tree_model_get (model, &iter, 2, &name, -1);
  return name;
}

static void
assert_row (Fixture *fixture, int row, const char *name)
{
  g_autofree char *found = name_in_row (table_of (fixture), row);

  g_assert_cmpstr (found, ==, name);
}

/* Lets what comes late be shown: the view waits a tenth of a second for more. */
typedef struct {
  Fixture *fixture;
  const char *name, *text;
} Expected;

static gboolean
is_shown (gpointer data)
{
  Expected *expected = data;

  return strstr (text_of (expected->fixture, expected->name), expected->text) != NULL;
}

static void
wait_for_text (Fixture *fixture, const char *name, const char *text)
{
  Expected expected = { fixture, name, text };

  gui_fixture_wait (is_shown, &expected, text);
}

static void
test_running (Fixture *fixture, gconstpointer data)
{
  change_seat_presence (fixture, 2, "offline", "current");
  put_session (fixture, session_lab_session (12, N_SEATS, "sending"));
  show (fixture, 1024, 560);
  gui_fixture_wait (has_rates, fixture, "the rates");
  gui_fixture_settle ();
  g_assert_cmpstr (text_of (fixture, "title"), ==, "Version 4 to Lab 1");
  g_assert_cmpstr (text_of (fixture, "state"), ==, "Sending");
  assert_contains (text_of (fixture, "waits_for"), "pc-02 (offline)");
  assert_contains (text_of (fixture, "amount"), "of 30.0\xc2\xa0GB on each seat");
  assert_contains (text_of (fixture, "amount"), "0 of 80 seats done, 1 failed");
  g_assert_cmpstr (text_of (fixture, "rate"), ==, "481 Mbit/s");
  g_assert_cmpstr (text_of (fixture, "repair"), ==, "3 %");
  g_assert_cmpint (gtk_tree_model_iter_n_children (table_of (fixture), NULL), ==, (int) N_SEATS);
  assert_row (fixture, 0, "pc-02"); /* the worst first */
  assert_row (fixture, 1, "pc-17");
  assert_row (fixture, 2, "pc-03");
  assert_row (fixture, 4, "pc-01"); /* the others by name */
  g_assert_true (gtk_widget_get_mapped (find (fixture, "pause_button")));
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "pause_button")));
  g_assert_false (gtk_widget_get_mapped (find (fixture, "resume_button")));
  g_assert_false (gtk_widget_get_mapped (find (fixture, "save_button")));
  assert_contains (gtk_widget_get_tooltip_text (find (fixture, "cancel_button")), "half updated");
  gui_fixture_check_accessible (fixture->page);
  g_assert_cmpstr (text_of (fixture, "deltas"), ==, "Deltas: 197500 of 458000 frames, 2.2\xc2\xa0GB saved");
  assert_contains (text_of (fixture, "limit"), "Seats keep it from being faster");
  assert_contains (text_of (fixture, "demotions"), "pc-03, it needed more repairs than one seat may cost the others");
  gui_fixture_picture (fixture->window, "session-running");
}

static void
test_accessible_plot (Fixture *fixture, gconstpointer data)
{
  AtkObject *accessible = NULL;

  put_session (fixture, session_lab_session (12, 3, "sending"));
  show (fixture, 1024, 560);
  gui_fixture_wait (has_rates, fixture, "the rates");
  accessible = gtk_widget_get_accessible (gui_fixture_find (fixture->page, SC_TYPE_RATE_PLOT, NULL));
  g_assert_cmpstr (atk_object_get_name (accessible), ==, "Rate over time");
  assert_contains (atk_object_get_description (accessible), "Mbit/s, repair");
  assert_contains (atk_object_get_description (accessible), "the cap is 500 Mbit/s");
}

/* The rows, the selection and the scroll position survive what the engine says. */
static void
test_in_place (Fixture *fixture, gconstpointer data)
{
  ScSessionItem *session = put_session (fixture, session_lab_session (12, N_SEATS, "sending"));
  g_autoptr (ScJson) changed = NULL;
  GtkTreeView *view = NULL;
  GtkListBox *list = NULL;
  GtkListBoxRow *row = NULL;
  GtkTreeSelection *selection = NULL;
  g_autoptr (GtkTreePath) path = gtk_tree_path_new_from_indices (40, -1);
  g_autoptr (GtkTreePath) before = NULL;
  g_autoptr (GtkTreePath) after = NULL;
  g_autofree char *name = NULL;
  GtkTreeIter iter;

  show (fixture, 1024, 560);
  view = sc_session_table_get_view (gui_fixture_find (fixture->page, SC_TYPE_SESSION_TABLE, NULL));
  list = gui_fixture_find (fixture->page, GTK_TYPE_LIST_BOX, "list");
  row = gtk_list_box_get_selected_row (list);
  selection = gtk_tree_view_get_selection (view);
  name = name_in_row (table_of (fixture), 40);
  gtk_tree_selection_select_path (selection, path);
  gtk_tree_view_scroll_to_cell (view, path, NULL, TRUE, 0.5, 0);
  gui_fixture_settle ();
  g_assert_true (gtk_tree_view_get_visible_range (view, &before, NULL));

  changed = json_deep_copy (sc_item_get_json (SC_ITEM (session)));
  json_object_set_new (changed, "rate_bits_per_second", json_integer (321000000));
  json_object_set_new (json_array_get (json_object_get (changed, "seats"), 60), "done_bytes", json_integer (13 * GB));
  sc_item_list_put (sc_console_get_sessions (fixture->console), changed);
  wait_for_text (fixture, "rate", "321 Mbit/s");
  g_assert_true (gtk_list_box_get_selected_row (list) == row);
  g_assert_true (gtk_tree_selection_get_selected (selection, NULL, &iter));
  g_assert_true (gtk_tree_view_get_visible_range (view, &after, NULL));
  g_assert_cmpint (gtk_tree_path_compare (before, after), ==, 0);
  assert_row (fixture, 40, name);
}

static gboolean
asked (gpointer data)
{
  FakeEngine *engine = ((Expected *) data)->fixture->engine;

  return fake_engine_count (engine, "POST", ((Expected *) data)->text) > 0;
}

static void
test_requests (Fixture *fixture, gconstpointer data)
{
  Expected pause = { fixture, NULL, "/v1/sessions/12/pause" };
  Expected resume = { fixture, NULL, "/v1/sessions/12/resume" };
  Expected cancel = { fixture, NULL, "/v1/sessions/12/cancel" };

  put_session (fixture, session_lab_session (12, 5, "sending"));
  fake_engine_answer_json (fixture->engine, "POST", pause.text, 200, session_lab_session (12, 5, "paused"));
  fake_engine_answer_json (fixture->engine, "POST", resume.text, 200, session_lab_session (12, 5, "sending"));
  fake_engine_answer_json (fixture->engine, "POST", cancel.text, 200, session_lab_session (12, 5, "cancelled"));
  show (fixture, 1024, 560);
  fake_engine_hold (fixture->engine, "/v1/sessions/12/pause");
  gtk_button_clicked (GTK_BUTTON (find (fixture, "pause_button")));
  /* not twice, and nothing else meanwhile */
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "pause_button")));
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "cancel_button")));
  gui_fixture_wait (asked, &pause, "the request to pause");
  fake_engine_release (fixture->engine);
  wait_for_text (fixture, "state", "Paused");
  gui_fixture_picture (fixture->window, "session-paused");
  g_assert_true (gtk_widget_get_mapped (find (fixture, "resume_button")));
  gtk_button_clicked (GTK_BUTTON (find (fixture, "resume_button")));
  gui_fixture_wait (asked, &resume, "the request to resume");
  wait_for_text (fixture, "state", "Sending");
  gtk_button_clicked (GTK_BUTTON (find (fixture, "cancel_button")));
  gui_fixture_wait (asked, &cancel, "the request to cancel");
  wait_for_text (fixture, "state", "Cancelled");
  g_assert_false (gtk_widget_get_mapped (find (fixture, "cancel_button")));
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/sessions/12/"), ==, 3);
}

/* One that is refused leaves the buttons usable. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  Expected pause = { fixture, NULL, "/v1/sessions/12/pause" };

  put_session (fixture, session_lab_session (12, 5, "sending"));
  fake_engine_answer_error (fixture->engine, "POST", pause.text, 409, "state", "nothing is sent yet");
  show (fixture, 1024, 560);
  gtk_button_clicked (GTK_BUTTON (find (fixture, "pause_button")));
  gui_fixture_wait (asked, &pause, "the request to pause");
  while (!gtk_widget_is_sensitive (find (fixture, "pause_button")))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (text_of (fixture, "state"), ==, "Sending");
}

/* A view that goes while something is asked is not touched by the answer. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  Expected pause = { fixture, NULL, "/v1/sessions/12/pause" };

  put_session (fixture, session_lab_session (12, 5, "sending"));
  fake_engine_answer_json (fixture->engine, "POST", pause.text, 200, session_lab_session (12, 5, "paused"));
  show (fixture, 1024, 560);
  fake_engine_hold (fixture->engine, "/v1/sessions/12/pause");
  gtk_button_clicked (GTK_BUTTON (find (fixture, "pause_button")));
  gui_fixture_wait (asked, &pause, "the request to pause");
  g_clear_pointer (&fixture->window, gtk_widget_destroy);
  fake_engine_release (fixture->engine);
  gui_fixture_settle ();
}

static void
test_done (Fixture *fixture, gconstpointer data)
{
  put_session (fixture, session_lab_session (12, N_SEATS, "done"));
  show (fixture, 1024, 560);
  gui_fixture_wait (has_rates, fixture, "the rates");
  gui_fixture_settle ();
  assert_contains (text_of (fixture, "result"), "78 of 80 seats have version 4");
  assert_contains (text_of (fixture, "result"), "2 failed."); /* why, the list below says */
  g_assert_true (gtk_widget_get_mapped (find (fixture, "stragglers")));
  g_assert_false (gtk_widget_get_mapped (find (fixture, "progress_box")));
  g_assert_true (gtk_widget_get_mapped (find (fixture, "save_button")));
  g_assert_false (gtk_widget_get_mapped (find (fixture, "roll_back_button")));
  assert_row (fixture, 0, "pc-17");
  assert_row (fixture, 1, "pc-44");
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "session-done");
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  put_session (fixture, session_lab_session (12, 12, "failed"));
  show (fixture, 1024, 560);
  g_assert_cmpstr (text_of (fixture, "state"), ==, "Failed");
  g_assert_false (gtk_widget_get_mapped (find (fixture, "limit"))); /* nothing is sent any more */
  g_assert_false (gtk_widget_get_mapped (find (fixture, "demotions_box")));
  assert_contains (text_of (fixture, "result"), "0 of 12 seats have version 4; 12 failed");
  g_assert_true (gtk_widget_get_mapped (find (fixture, "stragglers")));
  gui_fixture_picture (fixture->window, "session-failed");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  change_seat_presence (fixture, 1, "online", "updating");
  change_seat_presence (fixture, 3, "online", "current");
  put_session (fixture, session_lab_session (12, 12, "cancelled"));
  show (fixture, 1024, 560);
  assert_contains (text_of (fixture, "advice"), "1 seat was left half updated: pc-01.");
  g_assert_true (gtk_widget_get_mapped (find (fixture, "roll_back_button")));
  /* seats tell a moment later what they have */
  change_seat_presence (fixture, 3, "online", "updating");
  wait_for_text (fixture, "advice", "2 seats were left half updated: pc-01, pc-03.");
  gui_fixture_picture (fixture->window, "session-cancelled");
}

static gboolean
has_seat (gpointer data)
{
  return ((Fixture *) data)->shown_seat != NULL;
}

static void
test_show_seat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkTreePath) first = gtk_tree_path_new_first ();
  GtkTreeView *view = NULL;

  put_session (fixture, session_lab_session (12, N_SEATS, "done"));
  show (fixture, 1024, 560);
  view = sc_session_table_get_view (gui_fixture_find (fixture->page, SC_TYPE_SESSION_TABLE, NULL));
  gtk_tree_view_row_activated (view, first, gtk_tree_view_get_column (view, 0));
  gui_fixture_wait (has_seat, fixture, "the seat");
  g_assert_cmpstr (fixture->shown_seat, ==, "seat-17");
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) ended = NULL;
  GtkListBox *list = NULL;
  ScSessionRow *first = NULL;

  show (fixture, 1024, 560);
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "sessions-empty");
  put_session (fixture, session_lab_session (9, 3, "failed"));
  put_session (fixture, session_lab_session (10, N_SEATS, "done"));
  put_session (fixture, session_lab_session (11, 4, "sending"));
  put_session (fixture, session_lab_session (12, 5, "cancelled"));
  gui_fixture_settle ();
  list = gui_fixture_find (fixture->page, GTK_TYPE_LIST_BOX, "list");
  first = SC_SESSION_ROW (gtk_list_box_get_row_at_index (list, 1));
  g_assert_cmpstr (sc_item_get_key (SC_ITEM (sc_session_row_get_session (first))), ==, "11");
  assert_contains (atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (first))), "Version 4 to Lab 1, Sending");
  /* until somebody chooses, what runs is shown */
  g_assert_cmpstr (sc_item_get_key (SC_ITEM (sc_session_view_get_session (fixture->view))), ==, "11");
  sc_sessions_page_show_session (SC_SESSIONS_PAGE (fixture->page), 10);
  g_assert_cmpstr (sc_item_get_key (SC_ITEM (sc_session_view_get_session (fixture->view))), ==, "10");
  gui_fixture_settle ();
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "sessions-list");

  /* one that ends moves to the past, its row stays the same, and so does what is selected */
  ended = session_lab_session (11, 4, "done");
  sc_item_list_put (sc_console_get_sessions (fixture->console), ended);
  gui_fixture_settle ();
  g_assert_cmpint (gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (first)), ==, 2);
  g_assert_cmpstr (sc_item_get_key (SC_ITEM (sc_session_view_get_session (fixture->view))), ==, "10");

  /* one that the list does not have yet is shown once it has */
  fake_engine_answer_json (fixture->engine, "GET", "/v1/sessions/5", 200, session_lab_session (5, 2, "done"));
  sc_sessions_page_show_session (SC_SESSIONS_PAGE (fixture->page), 5);
  while (!g_str_equal (sc_item_get_key (SC_ITEM (sc_session_view_get_session (fixture->view))), "5"))
    g_main_context_iteration (NULL, TRUE);
}

static guint
count_loads (Fixture *fixture)
{
  return fake_engine_count (fixture->engine, "GET", "/v1/sessions/12") -
         fake_engine_count (fixture->engine, "GET", "/v1/sessions/12/");
}

static gboolean
is_lost (gpointer data)
{
  return sc_console_get_state (((Fixture *) data)->console) == SC_CONSOLE_LOST;
}

static void
reconnect (Fixture *fixture)
{
  fake_engine_drop_listeners (fixture->engine);
  gui_fixture_wait (is_lost, fixture, "the loss of the connection");
  sc_console_retry (fixture->console);
  gui_fixture_wait (is_connected, fixture, "the connection");
}

/* A list of sessions leaves out their seats: who looks at one is told of them, also of what came while nobody listened.
 */
static void
test_loads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) summary = session_lab_session (12, 5, "paused");
  guint n = 0;

  json_object_del (summary, "seats");
  fake_engine_answer_json (fixture->engine, "GET", "/v1/sessions", 200, json_pack ("{s:[O]}", "sessions", summary));
  fake_engine_answer_json (fixture->engine, "GET", "/v1/sessions/12", 200, session_lab_session (12, 5, "paused"));
  show (fixture, 1024, 560);
  reconnect (fixture);
  wait_for_text (fixture, "amount", "0 of 5 seats done");
  n = count_loads (fixture);
  g_assert_cmpuint (n, >, 0);
  fake_engine_answer_json (fixture->engine, "GET", "/v1/sessions/12", 200, session_lab_session (12, 5, "done"));
  reconnect (fixture);
  wait_for_text (fixture, "state", "Done");
  g_assert_cmpuint (count_loads (fixture), >, n);
}

/* One a second while it runs, one at the end, then none. */
static void
test_rates_end (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  put_session (fixture, session_lab_session (12, 3, "done"));
  show (fixture, 1024, 560);
  gui_fixture_wait (has_rates, fixture, "the rates");
  n = fake_engine_count (fixture->engine, "GET", "/v1/sessions/12/rates");
  g_assert_cmpuint (n, ==, 1);
  /* shown again: nothing new is asked for */
  gtk_widget_hide (fixture->page);
  gtk_widget_show (fixture->page);
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "GET", "/v1/sessions/12/rates"), ==, n);
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  change_seat_presence (fixture, 2, "offline", "current");
  put_session (fixture, session_lab_session (8, 40, "failed"));
  put_session (fixture, session_lab_session (10, N_SEATS, "done"));
  put_session (fixture, session_lab_session (11, 12, "cancelled"));
  put_session (fixture, session_lab_session (12, N_SEATS, "sending"));
  show (fixture, 1440, 860);
  gui_fixture_wait (has_rates, fixture, "the rates");
  gui_fixture_settle ();
  gui_fixture_picture (fixture->window, "session-large");
  sc_sessions_page_show_session (SC_SESSIONS_PAGE (fixture->page), 10);
  gui_fixture_settle ();
  gui_fixture_picture (fixture->window, "session-large-done");
}

/* Every seat of many differs in each event: what that costs is told, not judged. */
static void
test_thousand (Fixture *fixture, gconstpointer data)
{
  ScSessionItem *session = put_session (fixture, session_lab_session (12, 1000, "sending"));
  gint64 longest = 0;

  show (fixture, 1440, 860);
  g_assert_cmpint (gtk_tree_model_iter_n_children (table_of (fixture), NULL), ==, 1000);
  for (guint round = 1; round <= 8; round++) {
    g_autoptr (ScJson) changed = json_deep_copy (sc_item_get_json (SC_ITEM (session)));
    gint64 end = g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND;

    for (guint i = 0; i < 1000; i++)
      json_object_set_new (json_array_get (json_object_get (changed, "seats"), i), "done_bytes",
                           json_integer ((json_int_t) (12 + round) * GB + i * 9000000));
    sc_item_list_put (sc_console_get_sessions (fixture->console), changed);
    while (g_get_monotonic_time () < end) {
      gint64 start = g_get_monotonic_time ();

      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
      longest = MAX (longest, g_get_monotonic_time () - start);
    }
  }
  g_assert_cmpint (gtk_tree_model_iter_n_children (table_of (fixture), NULL), ==, 1000);
  g_test_message ("1000 seats: the main loop was away for at most %.1f ms", (double) longest / 1000);
}

/* Names as long as people make them, in narrow room. */
static void
test_long_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) session = session_lab_session (12, 20, "sending");
  ScJson *seats = json_object_get (session, "seats");
  int width = 0;

  json_object_set_new (session, "room",
                       json_string ("Rechnerlabor für Betriebssysteme und verteilte Anwendungen, Gebäude 2, Raum 104"));
  for (gsize i = 0; i < json_array_size (seats); i++) {
    g_autofree char *name = g_strdup_printf ("arbeitsplatz-betriebssysteme-%02u.informatik.example.org", (guint) i);

    json_object_set_new (json_array_get (seats, i), "name", json_string (name));
  }
  sc_item_list_put (sc_console_get_sessions (fixture->console), session);
  show (fixture, 1024, 560);
  gui_fixture_wait (has_rates, fixture, "the rates");
  gui_fixture_settle ();
  gtk_widget_get_preferred_width (fixture->page, &width, NULL);
  g_assert_cmpint (width, <=, 1024);
  gui_fixture_picture (fixture->window, "session-long-names");
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/session-view/running", test_running);
  add ("/session-view/accessible-plot", test_accessible_plot);
  add ("/session-view/in-place", test_in_place);
  add ("/session-view/requests", test_requests);
  add ("/session-view/refused", test_refused);
  add ("/session-view/gone", test_gone);
  add ("/session-view/done", test_done);
  add ("/session-view/failed", test_failed);
  add ("/session-view/cancelled", test_cancelled);
  add ("/session-view/show-seat", test_show_seat);
  add ("/session-view/loads", test_loads);
  add ("/session-view/rates-end", test_rates_end);
  add ("/sessions-page/list", test_list);
  add ("/sessions-page/large", test_large);
  add ("/sessions-page/long-names", test_long_names);
  add ("/sessions-page/thousand", test_thousand);
  return g_test_run ();
}
