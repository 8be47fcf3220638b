/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-month-grid.h"
#include "console/gui/planning/sc-planned-row.h"
#include "console/gui/sc-window.h"
#include "console/gui/sessions/sc-sessions-page.h"
#include "console/gui/words/sc-plan-words.h"
#include "tests/gui/planning-lab.h"

#include <string.h>

typedef struct {
  PlanningLab lab;
  GtkWidget *page, *window;
  guint times; /* how much is planned */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  planning_lab_begin (&fixture->lab);
  fixture->page = sc_sessions_page_new (fixture->lab.console);
  fixture->window = gui_fixture_show (fixture->page, 1240, 700);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  planning_lab_clear (&fixture->lab);
}

/* Of the planned view: the page has a list, too. */
static gpointer
find (Fixture *fixture, const char *name)
{
  GtkWidget *side = gtk_paned_get_child2 (gui_fixture_find (fixture->page, GTK_TYPE_PANED, "paned"));

  return gui_fixture_find (gtk_stack_get_child_by_name (GTK_STACK (side), "planned"), GTK_TYPE_WIDGET, name);
}

static GtkWidget *
row_at (Fixture *fixture, const char *list, int index)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (find (fixture, list), index));
}

static const char *
name_of (GtkWidget *widget)
{
  return atk_object_get_name (gtk_widget_get_accessible (widget));
}

/* A schedule once, however often it comes; and what else comes. By time. */
static void
test_list (Fixture *fixture, gconstpointer data)
{
  GtkListBox *list = gui_fixture_find (fixture->page, GTK_TYPE_LIST_BOX, "list");

  g_assert_true (
      g_str_has_prefix (name_of (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0))), "Planned sessions, 4, Next: "));
  g_assert_true (g_str_has_prefix (name_of (row_at (fixture, "list", 0)), "Version 4 to 3 seats, Lab 1, "));
  g_assert_nonnull (strstr (name_of (row_at (fixture, "list", 0)), "For seats that came late"));
  g_assert_nonnull (strstr (name_of (row_at (fixture, "list", 1)), "Goes on where it was paused"));
  g_assert_true (g_str_has_prefix (name_of (row_at (fixture, "list", 2)), "Version 4 to Lab 2, "));
  g_assert_nonnull (strstr (name_of (row_at (fixture, "list", 2)), "Planned by anna · wakes seats that are off"));
  g_assert_true (
      g_str_has_prefix (name_of (row_at (fixture, "list", 3)), "Version 4 to Lab 1, Mon, Thu 22:00, next: "));
  g_assert_null (row_at (fixture, "list", 4));
  g_assert_false (gtk_widget_get_visible (gui_fixture_find (row_at (fixture, "list", 1), GTK_TYPE_WIDGET, "cancel")));
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "planned-list");
}

static gboolean
is_cancelled (gpointer data)
{
  return row_at (data, "list", 3) == NULL;
}

/* Nothing happens by the first click; and the row goes when the engine says so. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = row_at (fixture, "list", 2);
  GtkMenuButton *cancel = gui_fixture_find (row, GTK_TYPE_MENU_BUTTON, "cancel");
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (cancel));

  fake_engine_answer (fixture->lab.engine, "POST", "/v1/schedules/7/cancel", 200, "{}");
  gtk_button_clicked (GTK_BUTTON (cancel));
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->lab.engine, "POST", "/v1/schedules"), ==, 0);
  g_assert_true (g_str_has_prefix (gtk_label_get_text (gui_fixture_find (popover, GTK_TYPE_LABEL, "question")),
                                   "Version 4 to Lab 2\n"));
  gtk_button_clicked (gui_fixture_find (popover, GTK_TYPE_BUTTON, "confirm"));
  planning_lab_wait_asked (&fixture->lab, "POST", "/v1/schedules/7/cancel");
  g_assert_cmpuint (fake_engine_count (fixture->lab.engine, "POST", "/v1/schedules/7/cancel"), ==, 1);
  fake_engine_answer_json (fixture->lab.engine, "GET", "/v1/schedules", 200,
                           json_pack ("{s:[o]}", "schedules", planning_lab_schedule (8, "Lab 1", "repeat", 172800)));
  fake_engine_send_event (fixture->lab.engine, "{\"type\":\"schedules-changed\"}");
  gui_fixture_wait (is_cancelled, fixture, "the schedule is gone");
}

static gboolean
shows_planned_day (gpointer data)
{
  return gui_fixture_find (find (data, "grid"), GTK_TYPE_RADIO_BUTTON, NULL) != NULL &&
         row_at (data, "day_list", 0) != NULL;
}

static void
press (GtkWidget *widget, guint keyval)
{
  GdkEvent *event = gdk_event_new (GDK_KEY_PRESS);
  gboolean handled = FALSE;

  event->key.window = g_object_ref (gtk_widget_get_window (widget));
  event->key.keyval = keyval;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  g_signal_emit_by_name (widget, "key-press-event", event, &handled);
  g_assert_true (handled);
  gdk_event_free (event);
}

static void
test_calendar (Fixture *fixture, gconstpointer data)
{
  ScMonthGrid *grid = find (fixture, "grid");
  /* nothing else is planned near that day, whatever the hour is now */
  g_autoptr (GDateTime) now = g_date_time_new_now_local (), day = g_date_time_add_days (now, 5);
  g_autoptr (GDateTime) next = NULL;
  g_autofree char *title = sc_plan_words_day (day);

  gtk_toggle_button_set_active (find (fixture, "as_calendar"), TRUE);
  gui_fixture_settle ();
  sc_month_grid_select (grid, day);
  gui_fixture_wait (shows_planned_day, fixture, "what is planned in five days");
  g_assert_cmpstr (gtk_label_get_text (find (fixture, "day")), ==, title);
  planning_lab_wait_asked (&fixture->lab, "GET", "/v1/planned");
  g_assert_nonnull (strstr (fake_engine_get_query (fixture->lab.engine, "GET", "/v1/planned"), "to="));
  g_assert_true (g_str_has_prefix (name_of (row_at (fixture, "day_list", 0)), "Version 4 to Lab 1, "));
  gui_fixture_check_accessible (fixture->page);
  gui_fixture_picture (fixture->window, "planned-calendar");
  press (gui_fixture_find (GTK_WIDGET (grid), GTK_TYPE_RADIO_BUTTON, NULL), GDK_KEY_Page_Down);
  next = g_date_time_add_months (day, 1);
  g_assert_cmpint (g_date_time_get_month (sc_month_grid_get_day (grid)), ==, g_date_time_get_month (next));
  press (gui_fixture_find (GTK_WIDGET (grid), GTK_TYPE_RADIO_BUTTON, NULL), GDK_KEY_Home);
  g_assert_cmpint (g_date_time_get_day_of_week (sc_month_grid_get_day (grid)), ==, 1);
}

/* A month that is over has nothing to come, and nobody is asked. */
static void
test_past (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  gtk_toggle_button_set_active (find (fixture, "as_calendar"), TRUE);
  gui_fixture_settle ();
  n = fake_engine_count (fixture->lab.engine, "GET", "/v1/planned");
  for (guint i = 0; i < 3; i++)
    gtk_button_clicked (find (fixture, "previous"));
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->lab.engine, "GET", "/v1/planned"), <=, n + 1);
  g_assert_null (row_at (fixture, "day_list", 0));
  g_assert_true (gtk_widget_get_visible (find (fixture, "day_empty")));
}

static gboolean
shows_session (gpointer data)
{
  GtkWidget *side = gtk_paned_get_child2 (gui_fixture_find (((Fixture *) data)->page, GTK_TYPE_PANED, "paned"));

  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (side)), "session") == 0;
}

/* The first session that there is takes the place of what is planned, unless somebody looks at that. */
static void
test_first_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) session = gui_fixture_session (1, 3, "sending");

  g_assert_false (shows_session (fixture));
  sc_item_list_put (sc_console_get_sessions (fixture->lab.console), session);
  gui_fixture_settle ();
  g_assert_true (shows_session (fixture));
}

/* Asked for when the engine has not told of it yet. */
static void
test_wanted_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) session = gui_fixture_session (7, 3, "sending");

  fake_engine_answer_json (fixture->lab.engine, "GET", "/v1/sessions/7", 200, json_incref (session));
  sc_sessions_page_show_session (SC_SESSIONS_PAGE (fixture->page), 7);
  gui_fixture_wait (shows_session, fixture, "the session");
}

/* Fails for what is shown in less room than it needs: it was not laid out again when it changed. */
static void
check_room (GtkWidget *widget, gpointer data)
{
  int width = 0, height = 0;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_room, data);
  if (!GTK_IS_LABEL (widget))
    return;
  gtk_widget_get_preferred_width (widget, &width, NULL);
  width = MAX (width, gtk_widget_get_allocated_width (widget));
  gtk_widget_get_preferred_height_for_width (widget, width, &height, NULL);
  height -= gtk_widget_get_margin_top (widget) + gtk_widget_get_margin_bottom (widget);
  if (gtk_widget_get_allocated_width (widget) >= width && gtk_widget_get_allocated_height (widget) >= height)
    return;
  g_test_message ("“%s” has %d×%d, needs %d×%d", gtk_label_get_text (GTK_LABEL (widget)),
                  gtk_widget_get_allocated_width (widget), gtk_widget_get_allocated_height (widget), width, height);
  g_test_fail ();
}

static ScJson *
answer_more (const char *path, ScJson *body, guint *status, gpointer data)
{
  Fixture *fixture = data;
  ScJson *planned = json_array ();

  for (guint i = 0; i < 8 * fixture->times; i++) {
    g_autofree char *at = planning_lab_time ((i / 4 + 1) * 24 * 3600 + i);

    json_array_append_new (planned, json_pack ("{s:s, s:s, s:n, s:s, s:i, s:i, s:i, s:n, s:i}", "kind", "schedule",
                                               "at", at, "until", "room", i % 2 ? "Lab 1" : "Lab 2", "schedule", 8,
                                               "session", 0, "version", 4, "templates", "seats", 3));
  }
  return json_pack ("{s:o}", "planned", planned);
}

static void
change_plan (Fixture *fixture, guint times)
{
  guint n = fake_engine_count (fixture->lab.engine, "GET", "/v1/planned");

  fixture->times = times;
  fake_engine_send_event (fixture->lab.engine, "{\"type\":\"schedules-changed\"}");
  while (fake_engine_count (fixture->lab.engine, "GET", "/v1/planned") == n)
    g_main_context_iteration (NULL, TRUE);
  gui_fixture_settle ();
  gui_fixture_settle ();
}

static void
put_sessions (Fixture *fixture, guint first)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (ScJson) session = gui_fixture_session (first + i, 3, i % 2 ? "paused" : "done");

    json_object_set_new (session, "suspended", json_boolean (i % 2));
    sc_item_list_put (sc_console_get_sessions (fixture->lab.console), session);
    gui_fixture_settle ();
  }
}

/* What changes while another page of the window is shown is there in full when this one is. */
static void
test_changed_unseen (Fixture *fixture, gconstpointer data)
{
  const ScConnectorConfig config = { .connection_file = "/nowhere/connection" };
  g_autoptr (ScConnector) connector = sc_connector_new (fixture->lab.console, &config);
  GtkWidget *window = GTK_WIDGET (sc_window_new (NULL, fixture->lab.console, connector));
  GtkStack *pages = NULL;
  GtkListBox *list = NULL;

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_widget_show (window);
  gui_fixture_settle ();
  pages = gui_fixture_find (window, GTK_TYPE_STACK, "pages");
  fixture->page = gtk_stack_get_child_by_name (pages, "sessions");
  list = gui_fixture_find (fixture->page, GTK_TYPE_LIST_BOX, "list");
  gtk_stack_set_visible_child (pages, fixture->page);
  gui_fixture_settle ();
  gtk_toggle_button_set_active (find (fixture, "as_calendar"), TRUE);
  fake_engine_forget (fixture->lab.engine, "GET", "/v1/planned");
  fake_engine_answer_with (fixture->lab.engine, "GET", "/v1/planned", answer_more, fixture);
  change_plan (fixture, 0);
  for (guint times = 1; times < 5; times++) {
    gtk_stack_set_visible_child_name (pages, "rooms");
    gui_fixture_settle ();
    change_plan (fixture, times);
    put_sessions (fixture, 3 * times);
    gtk_stack_set_visible_child (pages, fixture->page);
    gui_fixture_settle ();
    check_room (fixture->page, NULL);
    gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 0));
    gui_fixture_settle ();
    check_room (fixture->page, NULL);
  }
  gui_fixture_picture (window, "planned-unseen");
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add ("/gui/planned/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/gui/planned/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/gui/planned/calendar", Fixture, NULL, set_up, test_calendar, tear_down);
  g_test_add ("/gui/planned/first-session", Fixture, NULL, set_up, test_first_session, tear_down);
  g_test_add ("/gui/planned/wanted-session", Fixture, NULL, set_up, test_wanted_session, tear_down);
  g_test_add ("/gui/planned/past", Fixture, NULL, set_up, test_past, tear_down);
  g_test_add ("/gui/planned/changed-unseen", Fixture, NULL, set_up, test_changed_unseen, tear_down);
  return g_test_run ();
}
