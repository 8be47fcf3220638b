/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/rooms/sc-seat-map.h"
#include "console/gui/rooms/sc-seat-table.h"
#include "console/gui/rooms/sc-seat-tile.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

typedef struct {
  ScConsole *console;
  ScSelection *selection;
  ScFilterList *seats;
  ScSeatMap *map;
  GtkWidget *window;
} Fixture;

/* @n seats in "Lab 1", shown 1,000 pixels wide */
static void
set_up (Fixture *fixture, gconstpointer n)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  fixture->console = sc_console_new ();
  gui_fixture_put_seats (fixture->console, GPOINTER_TO_UINT (n), "Lab 1");
  fixture->seats = sc_filter_list_new (sc_console_get_seats (fixture->console), NULL, NULL, NULL);
  fixture->selection = sc_selection_new ();
  fixture->map = SC_SEAT_MAP (sc_seat_map_new (fixture->console, fixture->seats, fixture->selection));
  sc_seat_map_set_room (fixture->map, "Lab 1");
  gtk_widget_show (GTK_WIDGET (fixture->map));
  gtk_container_add (GTK_CONTAINER (scrolled), GTK_WIDGET (fixture->map));
  fixture->window = gui_fixture_show (scrolled, 1000, 600);
}

static void
tear_down (Fixture *fixture, gconstpointer n)
{
  gtk_widget_destroy (fixture->window);
  gui_fixture_settle ();
  g_object_unref (fixture->seats);
  g_object_unref (fixture->selection);
  g_object_unref (fixture->console);
}

static GdkRectangle
area_of (Fixture *fixture, const char *id)
{
  GdkRectangle area;

  gtk_widget_get_allocation (sc_seat_map_get_tile (fixture->map, id), &area);
  return area;
}

static void
press_key (Fixture *fixture, guint key, GdkModifierType modifiers)
{
  GdkEvent *event = gdk_event_new (GDK_KEY_PRESS);

  event->key.window = g_object_ref (gtk_widget_get_window (fixture->window));
  event->key.keyval = key;
  event->key.state = modifiers;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  gtk_widget_event (GTK_WIDGET (fixture->map), event);
  gdk_event_free (event);
}

static void
send_button (Fixture *fixture, GdkEventType type, double x, double y, GdkModifierType modifiers)
{
  GdkEvent *event = gdk_event_new (type);

  event->button.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->map)));
  event->button.x = x;
  event->button.y = y;
  event->button.button = GDK_BUTTON_PRIMARY;
  event->button.state = modifiers;
  gdk_event_set_device (event, gdk_seat_get_pointer (gdk_display_get_default_seat (gdk_display_get_default ())));
  gtk_widget_event (GTK_WIDGET (fixture->map), event);
  gdk_event_free (event);
}

static void
send_motion (Fixture *fixture, double x, double y)
{
  GdkEvent *event = gdk_event_new (GDK_MOTION_NOTIFY);

  event->motion.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->map)));
  event->motion.x = x;
  event->motion.y = y;
  event->motion.state = GDK_BUTTON1_MASK;
  gdk_event_set_device (event, gdk_seat_get_pointer (gdk_display_get_default_seat (gdk_display_get_default ())));
  gtk_widget_event (GTK_WIDGET (fixture->map), event);
  gdk_event_free (event);
}

static void
click (Fixture *fixture, const char *id, GdkModifierType modifiers)
{
  GdkRectangle area = area_of (fixture, id);

  send_button (fixture, GDK_BUTTON_PRESS, area.x + 5, area.y + 5, modifiers);
  send_button (fixture, GDK_BUTTON_RELEASE, area.x + 5, area.y + 5, modifiers);
}

static void
assert_selected (Fixture *fixture, const char *id)
{
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 1);
  g_assert_true (sc_selection_contains (fixture->selection, id));
}

static void
test_layout (Fixture *fixture, gconstpointer n)
{
  GdkRectangle first = area_of (fixture, "seat-1"), other;

  g_assert_cmpuint (sc_filter_list_get_length (fixture->seats), ==, GPOINTER_TO_UINT (n));
  for (guint i = 2; i <= GPOINTER_TO_UINT (n); i++) {
    g_autofree char *before = g_strdup_printf ("seat-%u", i - 1), *id = g_strdup_printf ("seat-%u", i);
    GdkRectangle left = area_of (fixture, before);

    other = area_of (fixture, id); /* pc-2 before pc-10, row by row */
    g_assert_true (other.y > left.y ? other.x == first.x : other.y == left.y && other.x > left.x);
    g_assert_cmpint (other.x + other.width, <=, 1000);
  }
  gui_fixture_check_accessible (fixture->window);
}

static void
test_keys (Fixture *fixture, gconstpointer n)
{
  GdkRectangle first = area_of (fixture, "seat-1");
  guint columns = 1;

  while (TRUE) {
    g_autofree char *id = g_strdup_printf ("seat-%u", columns + 1);

    if (area_of (fixture, id).y != first.y)
      break;
    columns++;
  }
  gtk_widget_child_focus (GTK_WIDGET (fixture->map), GTK_DIR_TAB_FORWARD);
  press_key (fixture, GDK_KEY_Right, 0);
  assert_selected (fixture, "seat-2");
  press_key (fixture, GDK_KEY_Down, 0);
  {
    g_autofree char *below = g_strdup_printf ("seat-%u", columns + 2);

    assert_selected (fixture, below);
  }
  press_key (fixture, GDK_KEY_Up, 0);
  press_key (fixture, GDK_KEY_Right, GDK_SHIFT_MASK);
  press_key (fixture, GDK_KEY_Down, GDK_SHIFT_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 4); /* a rectangle */
  press_key (fixture, GDK_KEY_End, GDK_CONTROL_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 4); /* only the cursor moves */
  press_key (fixture, GDK_KEY_space, GDK_CONTROL_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 5);
  g_assert_true (sc_selection_contains (fixture->selection, "seat-80"));
  press_key (fixture, GDK_KEY_a, GDK_CONTROL_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 80);
  press_key (fixture, GDK_KEY_Escape, 0);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 0);
  press_key (fixture, GDK_KEY_Home, 0);
  assert_selected (fixture, "seat-1");
  press_key (fixture, GDK_KEY_Page_Down, 0);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 1);
  g_assert_false (sc_selection_contains (fixture->selection, "seat-1"));
}

static void
test_mouse (Fixture *fixture, gconstpointer n)
{
  GdkRectangle first = area_of (fixture, "seat-1"), second = area_of (fixture, "seat-2");

  click (fixture, "seat-3", 0);
  assert_selected (fixture, "seat-3");
  click (fixture, "seat-5", GDK_CONTROL_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 2);
  click (fixture, "seat-3", 0);
  click (fixture, "seat-5", GDK_SHIFT_MASK);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 3);
  /* a rubber band, from the margin */
  send_button (fixture, GDK_BUTTON_PRESS, 1, 1, 0);
  send_motion (fixture, second.x + 10, first.y + 10);
  send_motion (fixture, second.x + 12, first.y + 12);
  send_button (fixture, GDK_BUTTON_RELEASE, second.x + 12, first.y + 12, 0);
  g_assert_cmpuint (sc_selection_get_length (fixture->selection), ==, 2);
  g_assert_true (sc_selection_contains (fixture->selection, "seat-2"));
}

static void
count_children (AtkObject *map, guint position, gpointer child, guint *n)
{
  (*n)++;
}

static void
test_updates (Fixture *fixture, gconstpointer n)
{
  GtkWidget *tile = sc_seat_map_get_tile (fixture->map, "seat-1");
  g_autoptr (ScJson) failed = gui_fixture_seat (1, "Lab 1", "failed");
  GtkStyleContext *style = gtk_widget_get_style_context (tile);
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (fixture->map));
  guint n_told = 0;

  g_assert_cmpint (atk_object_get_n_accessible_children (accessible), ==, 80);
  g_signal_connect (accessible, "children-changed::remove", G_CALLBACK (count_children), &n_told);
  click (fixture, "seat-1", 0);
  sc_item_list_put (sc_console_get_seats (fixture->console), failed);
  gui_fixture_settle ();
  g_assert_true (sc_seat_map_get_tile (fixture->map, "seat-1") == tile);
  g_assert_true (gtk_style_context_has_class (style, "failed"));
  g_assert_false (gtk_style_context_has_class (style, "current"));
  g_assert_nonnull (strstr (atk_object_get_name (gtk_widget_get_accessible (tile)), "Failed"));
  assert_selected (fixture, "seat-1");
  g_assert_true ((gtk_widget_get_state_flags (tile) & GTK_STATE_FLAG_SELECTED) != 0);
  sc_item_list_remove (sc_console_get_seats (fixture->console), "seat-2");
  gui_fixture_settle ();
  g_assert_null (sc_seat_map_get_tile (fixture->map, "seat-2"));
  g_assert_cmpuint (n_told, ==, 1); /* those who hear the screen know */
  g_signal_handlers_disconnect_by_data (accessible, &n_told);
  assert_selected (fixture, "seat-1");
}

/* Editing, against an engine that records */

static gboolean
is_connected (gpointer console)
{
  return sc_console_get_state (console) == SC_CONSOLE_CONNECTED;
}

static gboolean
has_asked (gpointer engine)
{
  return fake_engine_count (engine, "POST", "/v1/rooms/Lab 1/places") > 0;
}

static ScJson *
find_place (ScJson *body, const char *id)
{
  gsize i = 0;
  ScJson *place = NULL;

  json_array_foreach (json_object_get (body, "places"), i,
                      place) if (g_str_equal (json_string_value (json_object_get (place, "seat")), id)) return place;
  return NULL;
}

static void
connect_to (Fixture *fixture, FakeEngine *engine)
{
  ScJson *seats = json_array ();

  for (guint i = 1; i <= 80; i++)
    json_array_append_new (seats, gui_fixture_seat (i, "Lab 1", "current"));
  fake_engine_answer_json (engine, "GET", "/v1/seats", 200, json_pack ("{s:o}", "seats", seats));
  fake_engine_answer (engine, "GET", "/v1/rooms", 200, "{\"rooms\": [{\"name\": \"Lab 1\"}]}");
  fake_engine_answer (engine, "POST", "/v1/rooms/Lab 1/places", 200, "{}");
  sc_console_connect (fixture->console, fake_engine_get_connection (engine));
  gui_fixture_wait (is_connected, fixture->console, "the console is connected");
  gui_fixture_settle ();
}

static void
test_drag (Fixture *fixture, gconstpointer n)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  GdkRectangle first, third;
  ScJson *body = NULL;

  connect_to (fixture, engine);
  first = area_of (fixture, "seat-1");
  third = area_of (fixture, "seat-3");
  sc_seat_map_set_editing (fixture->map, TRUE);
  gui_fixture_settle ();
  /* Escape takes it back */
  send_button (fixture, GDK_BUTTON_PRESS, first.x + 5, first.y + 5, 0);
  send_motion (fixture, first.x + 60, first.y + 5);
  press_key (fixture, GDK_KEY_Escape, 0);
  send_button (fixture, GDK_BUTTON_RELEASE, third.x + 9, third.y + 5, 0);
  g_assert_false (has_asked (engine));
  send_button (fixture, GDK_BUTTON_PRESS, first.x + 5, first.y + 5, 0);
  send_motion (fixture, first.x + 60, first.y + 5);
  send_motion (fixture, third.x + 9, third.y + 5);
  send_button (fixture, GDK_BUTTON_RELEASE, third.x + 9, third.y + 5, 0);
  gui_fixture_wait (has_asked, engine, "the places are sent");
  gui_fixture_settle ();
  body = fake_engine_get_body (engine, "POST", "/v1/rooms/Lab 1/places");
  g_assert_cmpint (json_integer_value (json_object_get (find_place (body, "seat-1"), "column")), ==, 2);
  g_assert_cmpint (json_integer_value (json_object_get (find_place (body, "seat-3"), "column")), ==, 0);
  g_assert_cmpuint (json_array_size (json_object_get (body, "places")), ==, 80); /* what was seen stays */
  g_assert_false (json_is_true (json_object_get (body, "clear")));
  g_assert_cmpint (area_of (fixture, "seat-1").x, >, area_of (fixture, "seat-2").x);
  /* back: no seat was placed before */
  press_key (fixture, GDK_KEY_z, GDK_CONTROL_MASK);
  gui_fixture_settle ();
  gui_fixture_settle ();
  body = fake_engine_get_body (engine, "POST", "/v1/rooms/Lab 1/places");
  g_assert_cmpuint (json_array_size (json_object_get (body, "places")), ==, 0);
  g_assert_true (json_is_true (json_object_get (body, "clear")));
  g_assert_cmpint (area_of (fixture, "seat-1").x, <, area_of (fixture, "seat-2").x);
  g_assert_false (sc_seat_map_can_undo (fixture->map));
}

static void
test_move_keys (Fixture *fixture, gconstpointer n)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  ScJson *body = NULL;

  connect_to (fixture, engine);
  sc_seat_map_set_editing (fixture->map, TRUE);
  gui_fixture_settle ();
  sc_seat_map_show_seat (fixture->map, "seat-1");
  fake_engine_hold (engine, "/v1/rooms/Lab 1/places");
  press_key (fixture, GDK_KEY_Down, GDK_CONTROL_MASK);
  press_key (fixture, GDK_KEY_Down, GDK_CONTROL_MASK); /* before the first one is answered */
  press_key (fixture, GDK_KEY_Right, GDK_CONTROL_MASK);
  press_key (fixture, GDK_KEY_Up, GDK_CONTROL_MASK);
  press_key (fixture, GDK_KEY_Up, GDK_CONTROL_MASK);
  press_key (fixture, GDK_KEY_Up, GDK_CONTROL_MASK); /* at the edge */
  gui_fixture_settle ();
  fake_engine_release (engine);
  gui_fixture_settle ();
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (engine, "POST", "/v1/rooms/Lab 1/places"), ==, 2); /* the first and the last */
  body = fake_engine_get_body (engine, "POST", "/v1/rooms/Lab 1/places");
  g_assert_cmpint (json_integer_value (json_object_get (find_place (body, "seat-1"), "column")), ==, 1);
  g_assert_cmpint (json_integer_value (json_object_get (find_place (body, "seat-1"), "row")), ==, 0);
}

/* What could not be saved is shown where the engine has it. */
static void
test_not_saved (Fixture *fixture, gconstpointer n)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();

  connect_to (fixture, engine);
  fake_engine_answer_error (engine, "POST", "/v1/rooms/Lab 1/places", 409, "busy", "somebody else moves seats");
  sc_seat_map_set_editing (fixture->map, TRUE);
  gui_fixture_settle ();
  sc_seat_map_show_seat (fixture->map, "seat-1");
  g_assert_true (sc_seat_map_move_selected (fixture->map, 1, 0));
  gui_fixture_wait (has_asked, engine, "the places are sent");
  gui_fixture_settle ();
  g_assert_cmpint (area_of (fixture, "seat-1").x, <, area_of (fixture, "seat-2").x);
  g_assert_false (sc_seat_map_can_undo (fixture->map));
}

/* The layout is edited on the page */

/* Where a seat is seen, in cells. */
static void
assert_cell (Fixture *fixture, const char *id, guint column, guint row)
{
  GdkRectangle area = area_of (fixture, id);

  g_assert_cmpuint ((guint) (area.x - 12) / (guint) (area.width + 8), ==, column);
  g_assert_cmpuint ((guint) (area.y - 12) / (guint) (area.height + 8), ==, row);
}

static guint
count_columns (Fixture *fixture)
{
  guint columns = 1;

  for (; columns < 80; columns++) {
    g_autofree char *id = g_strdup_printf ("seat-%u", columns + 1);

    if (area_of (fixture, id).y != area_of (fixture, "seat-1").y)
      break;
  }
  return columns;
}

static void
assert_rows_of (Fixture *fixture, guint columns)
{
  for (guint i = 0; i < 80; i++) {
    g_autofree char *id = g_strdup_printf ("seat-%u", i + 1);

    assert_cell (fixture, id, i % columns, i / columns);
  }
}

static gboolean
is_narrow (gpointer window)
{
  return gtk_widget_get_allocated_width (window) == 840;
}

/* What is not touched stays where it was seen when editing began: the panel goes, the window is made narrower. */
static void
test_edit_page (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = sc_console_new ();
  GtkWidget *page = sc_rooms_page_new (console);
  Fixture fixture = { console, NULL, NULL, gui_fixture_find (page, SC_TYPE_SEAT_MAP, NULL),
                      gui_fixture_show (page, 1024, 552) };
  GtkRevealer *panel = gui_fixture_find (page, GTK_TYPE_REVEALER, "panel_revealer");
  GActionGroup *actions = gtk_widget_get_action_group (page, "page");
  guint columns, rows;
  GdkRectangle area;
  ScJson *body = NULL;

  connect_to (&fixture, engine);
  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  sc_rooms_page_show_seat (SC_ROOMS_PAGE (page), "seat-1");
  gui_fixture_settle ();
  g_assert_true (gtk_revealer_get_reveal_child (panel));
  columns = count_columns (&fixture);
  rows = (80 + columns - 1) / columns;
  assert_rows_of (&fixture, columns);
  g_action_group_activate_action (actions, "edit-layout", NULL);
  gui_fixture_settle ();
  g_assert_false (gtk_revealer_get_reveal_child (panel));
  g_assert_false (g_action_group_get_action_enabled (actions, "panel"));
  g_assert_false (g_action_group_get_action_enabled (actions, "side-panel"));
  assert_rows_of (&fixture, columns);
  gui_fixture_picture (fixture.window, "rooms-editing");
  click (&fixture, "seat-3", 0);
  press_key (&fixture, GDK_KEY_Return, 0);
  gui_fixture_settle ();
  g_assert_false (gtk_revealer_get_reveal_child (panel));
  gtk_window_resize (GTK_WINDOW (fixture.window), 840, 552);
  gui_fixture_wait (is_narrow, fixture.window, "the window is narrow");
  gui_fixture_settle ();
  assert_rows_of (&fixture, columns);
  area = area_of (&fixture, "seat-3");
  send_button (&fixture, GDK_BUTTON_PRESS, area.x + 5, area.y + 5, 0);
  send_motion (&fixture, area.x + 60, area.y + 5);
  send_motion (&fixture, area.x + 5, area.y + 5 + (int) rows * (area.height + 8));
  send_button (&fixture, GDK_BUTTON_RELEASE, area.x + 5, area.y + 5 + (int) rows * (area.height + 8), 0);
  gui_fixture_wait (has_asked, engine, "the places are sent");
  gui_fixture_settle ();
  body = fake_engine_get_body (engine, "POST", "/v1/rooms/Lab 1/places");
  g_assert_cmpuint (json_array_size (json_object_get (body, "places")), ==, 80);
  for (guint i = 0; i < 80; i++) {
    g_autofree char *id = g_strdup_printf ("seat-%u", i + 1);
    ScJson *place = find_place (body, id);
    guint row = i == 2 ? rows : i / columns;

    g_assert_cmpint (json_integer_value (json_object_get (place, "column")), ==, i % columns);
    g_assert_cmpint (json_integer_value (json_object_get (place, "row")), ==, row);
    assert_cell (&fixture, id, i % columns, row);
  }
  gui_fixture_picture (fixture.window, "rooms-editing-narrow");
  g_action_group_activate_action (actions, "edit-layout", NULL);
  gui_fixture_settle ();
  g_assert_true (gtk_revealer_get_reveal_child (panel)); /* as it was */
  gtk_widget_destroy (fixture.window);
  gui_fixture_settle ();
}

/* The map may be shown for the first time when its editing begins. */
static void
test_edit_from_list (void)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  GtkWidget *page = sc_rooms_page_new (console);
  Fixture fixture = { console, NULL, NULL, gui_fixture_find (page, SC_TYPE_SEAT_MAP, NULL), NULL };
  GActionGroup *actions = gtk_widget_get_action_group (page, "page");

  g_action_group_change_action_state (actions, "view", g_variant_new_string ("list"));
  gui_fixture_put_seats (console, 80, "Lab 1");
  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  fixture.window = gui_fixture_show (page, 1024, 552);
  g_action_group_activate_action (actions, "edit-layout", NULL);
  gui_fixture_settle ();
  g_assert_cmpuint (count_columns (&fixture), >, 3);
  assert_rows_of (&fixture, count_columns (&fixture));
  gtk_widget_destroy (fixture.window);
  gui_fixture_settle ();
}

static void
test_table (Fixture *fixture, gconstpointer n)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkWidget *table = sc_seat_table_new (fixture->seats, fixture->selection), *window = NULL;
  GtkTreeView *view = GTK_TREE_VIEW (table);
  GtkTreeModel *model = gtk_tree_view_get_model (view);
  g_autoptr (GtkTreePath) path = gtk_tree_path_new_first ();
  g_autoptr (ScSeatItem) seat = NULL;
  g_autoptr (ScJson) failed = gui_fixture_seat (80, "Lab 1", "failed");
  GtkTreeIter iter;

  gtk_widget_show (table);
  gtk_container_add (GTK_CONTAINER (scrolled), table);
  window = gui_fixture_show (scrolled, 1000, 500);
  g_assert_cmpint (gtk_tree_model_iter_n_children (model, NULL), ==, 80);
  sc_selection_set_one (fixture->selection, "seat-80");
  g_assert_cmpint (gtk_tree_selection_count_selected_rows (gtk_tree_view_get_selection (view)), ==, 1);
  /* by state, worst first: a seat that fails now comes to the front, and stays selected */
  gtk_tree_sortable_set_sort_column_id (GTK_TREE_SORTABLE (model), 2, GTK_SORT_ASCENDING);
  for (guint i = 5; i <= 65; i += 20) {
    g_autofree char *id = g_strdup_printf ("seat-%u", i);

    sc_item_list_remove (sc_console_get_seats (fixture->console), id);
  }
  sc_item_list_put (sc_console_get_seats (fixture->console), failed);
  gui_fixture_settle ();
  g_assert_true (gtk_tree_model_get_iter (model, &iter, path));
  gtk_tree_model_get (model, &iter, 0, &seat, -1);
  g_assert_cmpstr (sc_item_get_key (SC_ITEM (seat)), ==, "seat-80");
  assert_selected (fixture, "seat-80");
  gtk_tree_view_set_cursor (view, path, NULL, FALSE);
  assert_selected (fixture, "seat-80");
  g_assert_true (sc_seat_table_show_seat (SC_SEAT_TABLE (table), "seat-1"));
  assert_selected (fixture, "seat-1");
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
#define ADD(path, n, func) g_test_add (path, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  ADD ("/seat-map/layout/1", 1u, test_layout);
  ADD ("/seat-map/layout/80", 80u, test_layout);
  ADD ("/seat-map/layout/1000", 1000u, test_layout);
  ADD ("/seat-map/keys", 80u, test_keys);
  ADD ("/seat-map/mouse", 80u, test_mouse);
  ADD ("/seat-map/updates", 80u, test_updates);
  ADD ("/seat-map/drag", 0u, test_drag);
  ADD ("/seat-map/move-keys", 0u, test_move_keys);
  ADD ("/seat-map/not-saved", 0u, test_not_saved);
  ADD ("/seat-map/table", 80u, test_table);
  g_test_add_func ("/seat-map/edit-page", test_edit_page);
  g_test_add_func ("/seat-map/edit-from-list", test_edit_from_list);
  return g_test_run ();
}
