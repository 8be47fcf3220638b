/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-hooks-dialog.h"
#include "console/gui/versions/sc-version-hooks.h"
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
  guint asked = 0; /* of everything else that is asked about version 4 */

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
  gui_fixture_settle ();
  asked = fake_engine_count (fixture.engine, "GET", "/v1/versions/4/hooks");
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/4"), ==, asked); /* not for the files */
  fake_engine_answer_error (fixture.engine, "GET", "/v1/versions/4", 500, "system", "The store cannot be read");
  gtk_tree_view_expand_row (tree, first, FALSE);
  versions_fixture_wait_count (&fixture, "GET", "/v1/versions/4", asked + 1);
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
    versions_fixture_wait_count (&fixture, "GET", "/v1/versions/4", asked + 2);
    gui_fixture_settle ();
  }
  gtk_tree_view_expand_all (tree);
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/4"), ==, asked + 2);
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

static const char hooks[] =
    "{\"hooks\":[{\"when\":\"before-commit\",\"os\":\"linux\",\"run\":[\"/bin/sh\",\"-c\",\"echo now\"],"
    "\"timeout_seconds\":30},{\"when\":\"after-commit\",\"os\":\"windows\",\"run\":[\"C:\\\\a b.exe\"],"
    "\"timeout_seconds\":600}],\"author\":\"carla\",\"changed\":\"2026-11-23T08:00:00Z\"}";

static GtkWidget *
get_hooks (VersionsFixture *fixture)
{
  return gui_fixture_find (fixture->page, SC_TYPE_VERSION_HOOKS, NULL);
}

/* (nullable) */
static GtkWidget *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *each = windows; each != NULL; each = each->next)
    if (SC_IS_HOOKS_DIALOG (each->data))
      return each->data;
  return NULL;
}

static gboolean
has_no_dialog (gpointer data)
{
  return find_dialog () == NULL;
}

static gboolean
is_refused (gpointer dialog)
{
  return strstr (gtk_label_get_text (
                     gui_fixture_find (gui_fixture_find (dialog, GTK_TYPE_WIDGET, "status"), GTK_TYPE_LABEL, "text")),
                 "Not saved: hook 1") != NULL;
}

static gboolean
shows_hooks (gpointer data)
{
  return gtk_widget_get_visible (gui_fixture_find (get_hooks (data), GTK_TYPE_WIDGET, "scroller"));
}

static void
answer_role (VersionsFixture *fixture, const char *role)
{
  g_autofree char *me = g_strdup_printf ("{\"user\":\"carla\",\"role\":\"%s\",\"expires\":\"\",\"local\":false}", role);

  fake_engine_answer (fixture->engine, "GET", "/v1/me", 200, me);
}

/* Shown to everybody; administrators change it, and what the engine says against it is said in the dialog. */
static void
test_hooks (void)
{
  VersionsFixture fixture;
  GtkWidget *dialog = NULL, *row = NULL;
  ScJson *sent = NULL;

  versions_fixture_init (&fixture, 2);
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/1/hooks", 200,
                      "{\"hooks\":[],\"author\":\"\",\"changed\":null}");
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 1);
  versions_fixture_wait_label (get_hooks (&fixture), "summary", "Seats run nothing");
  g_assert_false (shows_hooks (&fixture));
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/2/hooks", 200, hooks);
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 2);
  gui_fixture_wait (shows_hooks, &fixture, "the programs");
  g_assert_cmpstr (versions_fixture_label (get_hooks (&fixture), "summary"), ==,
                   "Seats run 2 programs around the commit");
  gui_fixture_settle ();
  gui_fixture_check_accessible (fixture.page);
  gui_fixture_picture (fixture.window, "versions-hooks");

  gtk_button_clicked (gui_fixture_find (get_hooks (&fixture), GTK_TYPE_BUTTON, "change"));
  dialog = find_dialog ();
  g_assert_nonnull (dialog);
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (gui_fixture_find (dialog, GTK_TYPE_LIST_BOX, "hooks"), 0));
  g_assert_cmpstr (gtk_entry_get_text (gui_fixture_find (row, GTK_TYPE_ENTRY, "program")), ==,
                   "/bin/sh -c \"echo now\"");
  gtk_button_clicked (gui_fixture_find (dialog, GTK_TYPE_BUTTON, "add"));
  gui_fixture_settle ();
  g_assert_false (gtk_widget_get_sensitive (gui_fixture_find (dialog, GTK_TYPE_BUTTON, "save"))); /* no program */
  gui_fixture_check_accessible (dialog);
  gui_fixture_picture (dialog, "hooks-dialog");
  gtk_button_clicked (gui_fixture_find (row, GTK_TYPE_BUTTON, "remove"));
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (gui_fixture_find (dialog, GTK_TYPE_LIST_BOX, "hooks"), 1));
  gtk_entry_set_text (gui_fixture_find (row, GTK_TYPE_ENTRY, "program"), "true \"a");
  g_assert_true (gtk_widget_get_visible (gui_fixture_find (row, GTK_TYPE_LABEL, "unclosed")));
  g_assert_false (gtk_widget_get_sensitive (gui_fixture_find (dialog, GTK_TYPE_BUTTON, "save")));
  gtk_entry_set_text (gui_fixture_find (row, GTK_TYPE_ENTRY, "program"), "true \"a b\"");
  fake_engine_answer_error (fixture.engine, "POST", "/v1/versions/2/hooks", 400, "invalid",
                            "hook 1: run: name the program by an absolute path");
  gtk_button_clicked (gui_fixture_find (dialog, GTK_TYPE_BUTTON, "save"));
  gui_fixture_wait (is_refused, dialog, "the refusal");
  gui_fixture_picture (dialog, "hooks-dialog-refused");
  sent = json_object_get (fake_engine_get_body (fixture.engine, "POST", "/v1/versions/2/hooks"), "hooks");
  g_assert_cmpuint (json_array_size (sent), ==, 2);
  g_assert_cmpstr (sc_item_text_of (json_array_get (sent, 0), "when"), ==, "after-commit");
  g_assert_cmpstr (sc_item_text_of (json_array_get (sent, 0), "os"), ==, "windows");
  g_assert_cmpuint (sc_item_number_of (json_array_get (sent, 0), "timeout_seconds"), ==, 600);
  g_assert_cmpuint (json_array_size (json_object_get (json_array_get (sent, 1), "run")), ==, 2);

  fake_engine_answer (fixture.engine, "POST", "/v1/versions/2/hooks", 200, hooks);
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/2/hooks", 200,
                      "{\"hooks\":[],\"author\":\"\",\"changed\":null}");
  gtk_button_clicked (gui_fixture_find (dialog, GTK_TYPE_BUTTON, "save"));
  gui_fixture_wait (has_no_dialog, NULL, "the dialog is closed");
  versions_fixture_wait_label (get_hooks (&fixture), "summary", "Seats run nothing"); /* as the engine has them now */
  versions_fixture_clear (&fixture);
}

static gboolean
may_not_change (gpointer data)
{
  GtkWidget *change = gui_fixture_find (get_hooks (data), GTK_TYPE_BUTTON, "change");

  return gtk_widget_get_visible (change) && !gtk_widget_get_sensitive (change);
}

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static void
test_hooks_role (void)
{
  VersionsFixture fixture;
  GtkWidget *change = NULL;

  versions_fixture_init (&fixture, 2);
  answer_role (&fixture, "operator");
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/2/hooks", 200, hooks);
  sc_console_connect (fixture.console, fake_engine_get_connection (fixture.engine));
  gui_fixture_wait (is_connected, fixture.console, "a connection");
  gui_fixture_wait (may_not_change, &fixture, "what seats run");
  change = gui_fixture_find (get_hooks (&fixture), GTK_TYPE_BUTTON, "change");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (change), ==, "Only administrators may do this");
  g_assert_true (shows_hooks (&fixture));
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
  g_test_add_func ("/versions/hooks", test_hooks);
  g_test_add_func ("/versions/hooks-role", test_hooks_role);
  return g_test_run ();
}
