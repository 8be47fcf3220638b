/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-seats.h"
#include "console/gui/versions/sc-versions-page.h"
#include "tests/gui/versions-fixture.h"

#include <string.h>

static void
put_seats (VersionsFixture *self, guint n, const char *room)
{
  gui_fixture_put_seats (self->console, n, room);
}

static void
test_empty (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 0);
  g_assert_cmpstr (versions_fixture_page_name (&fixture, "stack"), ==, "empty");
  gui_fixture_check_accessible (fixture.page);
  gui_fixture_picture (fixture.window, "versions-empty");

  versions_fixture_event (&fixture, "version", versions_fixture_version (1));
  versions_fixture_wait_label (fixture.page, "title", "Security"); /* the first is a row's */
  g_assert_cmpstr (versions_fixture_page_name (&fixture, "stack"), ==, "history");
  versions_fixture_clear (&fixture);
}

static gboolean
has_page (gpointer data)
{
  return strcmp (versions_fixture_page_name (data, "stack"), "history") == 0;
}

/* Nothing is said of versions before the engine has said what there are. */
static void
test_unknown (void)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  GtkWidget *window = gui_fixture_show (sc_versions_page_new (console), 800, 500);
  VersionsFixture fixture = { .page = gtk_bin_get_child (GTK_BIN (window)), .window = window };

  g_assert_cmpstr (versions_fixture_page_name (&fixture, "stack"), ==, "offline");
  g_assert_false (
      g_action_group_get_action_enabled (gtk_widget_get_action_group (fixture.page, "versions"), "publish"));
  gtk_widget_destroy (window);
}

static void
test_history (void)
{
  VersionsFixture fixture;
  GtkListBox *history = NULL;

  versions_fixture_init (&fixture, 3);
  put_seats (&fixture, 20, "Lab 1");
  put_seats (&fixture, 0, "Lab 2");
  gui_fixture_wait (has_page, &fixture, "the history");
  history = gui_fixture_find (fixture.page, GTK_TYPE_LIST_BOX, "history");
  for (guint i = 0; i < 3; i++)
    g_assert_true (gtk_list_box_get_row_at_index (history, (int) i) ==
                   GTK_LIST_BOX_ROW (versions_fixture_row (&fixture, 3 - i)));
  g_assert_cmpstr (versions_fixture_label (versions_fixture_row (&fixture, 2), "title"), ==, "Debian 12.5");
  g_assert_nonnull (strstr (versions_fixture_label (versions_fixture_row (&fixture, 2), "facts"), "Anna Weber"));
  versions_fixture_wait_label (versions_fixture_row (&fixture, 1), "changes", "+1 template, 1 changed, 1 removed, 1.2");
  versions_fixture_wait_label (versions_fixture_row (&fixture, 3), "seats", "of 20 seats");
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/0/diff/1"), ==, 1);
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/2/diff/3"), ==, 1);
  g_assert_nonnull (strstr (atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (history))), "History"));
  g_assert_true (g_str_has_prefix (
      atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (versions_fixture_row (&fixture, 2)))),
      "Version 2, Debian 12.5, "));
  gui_fixture_check_accessible (fixture.page);
  gui_fixture_picture (fixture.window, "versions-history");
  versions_fixture_clear (&fixture);
}

static void
test_details (void)
{
  VersionsFixture fixture;
  GtkWidget *roll_back = NULL, *details = NULL;
  GtkTreeView *tree = NULL;
  GtkTreeModel *model = NULL;
  GtkTreeIter iter;
  g_autoptr (GtkTreePath) first = gtk_tree_path_new_first ();

  versions_fixture_init (&fixture, 4);
  put_seats (&fixture, 20, "Lab 1");
  details = gui_fixture_find (fixture.page, g_type_from_name ("ScVersionDetails"), NULL);
  roll_back = gui_fixture_find (details, GTK_TYPE_BUTTON, "roll_back");
  g_assert_cmpstr (versions_fixture_label (details, "title"), ==, "Version 4"); /* the newest at first */
  g_assert_false (gtk_widget_get_visible (roll_back));
  gtk_button_clicked (gui_fixture_find (details, GTK_TYPE_BUTTON, "deploy"));
  g_assert_cmpstr (fixture.activated, ==, "deploy (uint64 4, '', @as [])");

  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 1);
  g_assert_cmpstr (versions_fixture_label (details, "title"), ==, "Version 1");
  g_assert_true (gtk_widget_get_visible (roll_back));
  gtk_button_clicked (GTK_BUTTON (roll_back));
  g_assert_cmpstr (fixture.activated, ==, "roll-back (uint64 1, '', @as [])");
  g_assert_nonnull (strstr (versions_fixture_label (details, "note"), "the printer’s driver"));
  g_assert_cmpuint (strlen (versions_fixture_label (details, "manifest")), ==, 64);
  versions_fixture_wait_label (details, "brought", "+1 template");
  versions_fixture_wait_label (details, "rooms", "No seats");

  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 3);
  versions_fixture_wait_label (details, "rooms", "Lab 1: ");

  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 4);
  /* the files come when a template is opened; a failure is told there, and does not stay */
  tree = gui_fixture_find (details, GTK_TYPE_TREE_VIEW, "tree");
  model = gtk_tree_view_get_model (tree);
  g_assert_cmpint (gtk_tree_model_iter_n_children (model, NULL), ==, 3);
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/4"), ==, 0);
  fake_engine_answer_error (fixture.engine, "GET", "/v1/versions/4", 500, "system", "The store cannot be read");
  gtk_tree_view_expand_row (tree, first, FALSE);
  versions_fixture_wait_count (&fixture, "GET", "/v1/versions/4", 1);
  gui_fixture_settle ();
  for (guint i = 0; i < 2; i++) {
    g_autofree char *name = NULL;

    g_assert_true (gtk_tree_model_get_iter_from_string (model, &iter, "0:0"));
    gtk_tree_model_get (model, &iter, 0, &name, -1);
    g_assert_nonnull (strstr (name, i == 0 ? "The store cannot be read" : "disk.vmdk"));
    if (i == 1)
      break;
    fake_engine_answer_json (fixture.engine, "GET", "/v1/versions/4", 200,
                             json_pack ("{s:[{s:s, s:[{s:s, s:I, s:s}]}]}", "templates", "name", "Debian 12", "files",
                                        "path", "disk.vmdk", "size_bytes", 24 * VERSIONS_GB, "mtime",
                                        "2026-11-03T10:00:00.000000Z"));
    gtk_tree_view_collapse_all (tree);
    gtk_tree_view_expand_row (tree, first, FALSE);
    versions_fixture_wait_count (&fixture, "GET", "/v1/versions/4", 2);
    gui_fixture_settle ();
  }
  gtk_tree_view_expand_all (tree);
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/4"), ==, 2);
  gui_fixture_picture (fixture.window, "versions-details");
  versions_fixture_clear (&fixture);
}

static gboolean
has_five (gpointer data)
{
  return versions_fixture_row (data, 5) != NULL;
}

/* Rows, the selection and what is shown stay when events come. */
static void
test_in_place (void)
{
  VersionsFixture fixture;
  ScVersionRow *row = NULL;
  GtkListBox *history = NULL;

  versions_fixture_init (&fixture, 4);
  put_seats (&fixture, 20, "Lab 1");
  history = gui_fixture_find (fixture.page, GTK_TYPE_LIST_BOX, "history");
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 2);
  row = versions_fixture_row (&fixture, 2);
  versions_fixture_wait_label (versions_fixture_row (&fixture, 4), "seats", "of 20 seats");

  versions_fixture_event (&fixture, "version", versions_fixture_version (5));
  gui_fixture_wait (has_five, &fixture, "the new version");
  gui_fixture_settle ();
  g_assert_true (versions_fixture_row (&fixture, 2) == row);
  g_assert_true (gtk_list_box_get_selected_row (history) == GTK_LIST_BOX_ROW (row));
  g_assert_true (gtk_list_box_get_row_at_index (history, 0) == GTK_LIST_BOX_ROW (versions_fixture_row (&fixture, 5)));
  versions_fixture_wait_label (versions_fixture_row (&fixture, 5), "changes", "+1 template");

  for (guint i = 1; i <= 20; i++) { /* all come to version 4 */
    ScJson *seat = gui_fixture_seat (i, "Lab 1", "current");

    versions_fixture_event (&fixture, "seat", seat);
  }
  versions_fixture_wait_label (versions_fixture_row (&fixture, 4), "seats", "All 20 seats");
  g_assert_true (versions_fixture_row (&fixture, 2) == row);
  versions_fixture_clear (&fixture);
}

static gboolean
has_held (gpointer data)
{
  return fake_engine_count_held (data) > 0;
}

/* With 200 versions only what is in view is asked for, two at a time, and once. */
static void
test_lazy (void)
{
  VersionsFixture fixture;
  GtkScrolledWindow *scroller = NULL;
  GtkAdjustment *adjustment = NULL;
  guint seen = 0;

  versions_fixture_init (&fixture, 200);
  scroller = gui_fixture_find (fixture.page, GTK_TYPE_SCROLLED_WINDOW, "scroller");
  adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  versions_fixture_wait_label (versions_fixture_row (&fixture, 195), "changes", "+1 template");
  gui_fixture_settle ();
  seen = fake_engine_count (fixture.engine, "GET", "/v1/versions/");
  g_assert_cmpuint (seen, >=, 5);
  g_assert_cmpuint (seen, <=, 16);

  fake_engine_hold (fixture.engine, "/v1/versions/");
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / 2);
  gui_fixture_wait (has_held, fixture.engine, "a request");
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count_held (fixture.engine), ==, 2);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count_held (fixture.engine), ==, 2);
  fake_engine_release (fixture.engine);
  versions_fixture_wait_label (versions_fixture_row (&fixture, 1), "changes", "+1 template");
  gui_fixture_settle ();
  /* what was left behind unasked stays unasked */
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/"), <=, seen + 2 + 16);

  seen = fake_engine_count (fixture.engine, "GET", "/v1/versions/");
  gtk_adjustment_set_value (adjustment, 0);
  gui_fixture_settle ();
  gui_fixture_picture (fixture.window, "versions-many");
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/"), ==, seen);
  versions_fixture_clear (&fixture);
}

/* A version that is not known yet is selected as soon as it is. */
static void
test_awaited (void)
{
  VersionsFixture fixture;
  GtkWidget *details = NULL;

  versions_fixture_init (&fixture, 4);
  details = gui_fixture_find (fixture.page, g_type_from_name ("ScVersionDetails"), NULL);
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 5);
  versions_fixture_event (&fixture, "version", versions_fixture_version (5));
  versions_fixture_wait_label (details, "title", "Version 5");

  /* unless the user has gone on to another one meanwhile */
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 6);
  gtk_list_box_select_row (gui_fixture_find (fixture.page, GTK_TYPE_LIST_BOX, "history"),
                           GTK_LIST_BOX_ROW (versions_fixture_row (&fixture, 2)));
  versions_fixture_event (&fixture, "version", versions_fixture_version (6));
  versions_fixture_wait_label (fixture.page, "number", "6");
  gui_fixture_settle ();
  g_assert_cmpstr (versions_fixture_label (details, "title"), ==, "Version 2");
  versions_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/versions/empty", test_empty);
  g_test_add_func ("/versions/unknown", test_unknown);
  g_test_add_func ("/versions/history", test_history);
  g_test_add_func ("/versions/details", test_details);
  g_test_add_func ("/versions/in-place", test_in_place);
  g_test_add_func ("/versions/lazy", test_lazy);
  g_test_add_func ("/versions/awaited", test_awaited);
  return g_test_run ();
}
