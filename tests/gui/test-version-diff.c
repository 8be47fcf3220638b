/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-diff.h"
#include "console/gui/versions/sc-version-picker.h"
#include "console/gui/versions/sc-versions-page.h"
#include "tests/gui/versions-fixture.h"

#include <string.h>

#define MANY_FILES 2000u

static GtkWidget *
find_diff (VersionsFixture *self)
{
  return gui_fixture_find (self->page, SC_TYPE_VERSION_DIFF, NULL);
}

static ScVersionPicker *
find_picker (VersionsFixture *self, const char *name)
{
  return gui_fixture_find (find_diff (self), SC_TYPE_VERSION_PICKER, name);
}

/* "Debian 12|Changed|24.0 GB": a row as it is shown; sizes without their odd blanks */
static char *
row_text (VersionsFixture *self, const char *tree, const char *path, guint n_columns)
{
  GtkTreeModel *model = gtk_tree_view_get_model (gui_fixture_find (find_diff (self), GTK_TYPE_TREE_VIEW, tree));
  GString *text = g_string_new (NULL);
  GtkTreeIter iter;

  g_assert_true (gtk_tree_model_get_iter_from_string (model, &iter, path));
  for (guint i = 0; i < n_columns; i++) {
    g_autofree char *cell = NULL;

    gtk_tree_model_get (model, &iter, i, &cell, -1);
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", cell);
  }
  g_string_replace (text, "\302\240", " ", 0);
  return g_string_free (text, FALSE);
}

#define assert_row(self, tree, path, n_columns, expected)                                                              \
  do {                                                                                                                 \
    g_autofree char *found = row_text (self, tree, path, n_columns);                                                   \
    g_assert_cmpstr (found, ==, expected);                                                                             \
  } while (FALSE)

static ScJson *
need (const char *room, guint seats, guint lacking, json_int_t bytes)
{
  return json_pack ("{s:s, s:i, s:i, s:I, s:I}", "room", room, "seats", seats, "seats_lacking", lacking,
                    "bytes_to_send", bytes, "largest_seat_bytes", bytes / 2);
}

static ScJson *
answer_needs (const char *path, ScJson *body, guint *status, gpointer data)
{
  ScJson *all = need ("", 44, 21, 3 * VERSIONS_GB);

  json_object_del (all, "room");
  return json_pack ("{s:[o, o, o], s:o}", "rooms", need ("", 4, 1, VERSIONS_GB),
                    need ("Lab 1", 20, 20, 2 * VERSIONS_GB), need ("Lab 2", 20, 0, 0), "all", all);
}

static void
answer_needs_of (VersionsFixture *self, guint version)
{
  g_autofree char *path = g_strdup_printf ("/v1/versions/%u/needs", version);

  fake_engine_answer_with (self->engine, "GET", path, answer_needs, NULL);
}

typedef struct {
  VersionsFixture *fixture;
  const char *page;
} Shown;

static gboolean
shows (gpointer data)
{
  const Shown *shown = data;

  return strcmp (versions_fixture_page_name (shown->fixture, "pane"), "diff") == 0 &&
         strcmp (
             gtk_stack_get_visible_child_name (gui_fixture_find (find_diff (shown->fixture), GTK_TYPE_STACK, "stack")),
             shown->page) == 0;
}

static void
wait_for (VersionsFixture *self, const char *page)
{
  Shown shown = { self, page };

  gui_fixture_wait (shows, &shown, page);
  gui_fixture_settle ();
}

static void
test_compare (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 4);
  answer_needs_of (&fixture, 4);
  answer_needs_of (&fixture, 3);
  fake_engine_hold (fixture.engine, "/v1/versions/");
  versions_fixture_activate (&fixture, "compare");
  wait_for (&fixture, "loading");
  gui_fixture_picture (fixture.window, "diff-loading");
  g_assert_cmpuint (sc_version_picker_get_number (find_picker (&fixture, "from")), ==, 3);
  g_assert_cmpuint (sc_version_picker_get_number (find_picker (&fixture, "to")), ==, 4);
  fake_engine_release (fixture.engine);
  wait_for (&fixture, "differences");
  versions_fixture_wait_label (find_diff (&fixture), "summary", "+1 template, 1 changed, 1 removed, 1.2");
  assert_row (&fixture, "tree", "0", 2, "Networking lab (three routers)|Added");
  assert_row (&fixture, "tree", "1", 2, "Debian 12|Changed");
  assert_row (&fixture, "tree", "1:0", 4, "disk.vmdk|Changed|document-edit-symbolic|23.0 GB → 24.0 GB");
  assert_row (&fixture, "tree", "1:1", 4, "old.nvram|Removed|list-remove-symbolic|8.0 kB");
  assert_row (&fixture, "tree", "2", 2, "CentOS 7|Removed");
  assert_row (&fixture, "needs_tree", "0", 4, "No room|1 of 4 seats|1.0 GB|500.0 MB");
  assert_row (&fixture, "needs_tree", "1", 4, "Lab 1|All 20 seats|2.0 GB|1.0 GB");
  assert_row (&fixture, "needs_tree", "2", 4, "Lab 2|No seats|–|–");
  assert_row (&fixture, "needs_tree", "3", 4, "All rooms|21 of 44 seats|3.0 GB|1.5 GB");
  gui_fixture_check_accessible (fixture.page);
  gtk_tree_view_expand_all (gui_fixture_find (find_diff (&fixture), GTK_TYPE_TREE_VIEW, "tree"));
  gui_fixture_picture (fixture.window, "diff");

  g_action_group_activate_action (gtk_widget_get_action_group (find_diff (&fixture), "diff"), "swap", NULL);
  versions_fixture_wait_count (&fixture, "GET", "/v1/versions/4/diff/3", 1);
  versions_fixture_wait_label (find_diff (&fixture), "needs_title", "Version 3");
  wait_for (&fixture, "differences");
  versions_fixture_activate (&fixture, "close-diff");
  g_assert_cmpstr (versions_fixture_page_name (&fixture, "pane"), ==, "details");
  versions_fixture_clear (&fixture);
}

static GtkWidget *
get_focus (VersionsFixture *self)
{
  return gtk_window_get_focus (GTK_WINDOW (self->window));
}

/* The focus is always in what is seen, and Escape goes back. */
static void
test_keys (void)
{
  VersionsFixture fixture;
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_KEY_PRESS);

  versions_fixture_init (&fixture, 2);
  answer_needs_of (&fixture, 2);
  versions_fixture_activate (&fixture, "compare");
  wait_for (&fixture, "differences");
  g_assert_true (gtk_widget_is_ancestor (get_focus (&fixture), find_diff (&fixture)));
  event->key.window = g_object_ref (gtk_widget_get_window (fixture.window));
  event->key.keyval = GDK_KEY_Escape;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  g_assert_true (gtk_window_propagate_key_event (GTK_WINDOW (fixture.window), &event->key));
  g_assert_cmpstr (versions_fixture_page_name (&fixture, "pane"), ==, "details");
  g_assert_false (gtk_widget_is_ancestor (get_focus (&fixture), find_diff (&fixture)));
  versions_fixture_clear (&fixture);
}

static void
test_same (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 3);
  answer_needs_of (&fixture, 3);
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/1/diff/3", 200,
                      "{\"from\":1,\"to\":3,\"templates\":[],\"chunks_to_send\":0,\"bytes_to_send\":0}");
  versions_fixture_activate (&fixture, "compare");
  wait_for (&fixture, "differences");
  sc_version_picker_set_number (find_picker (&fixture, "from"), 1); /* as the user does */
  versions_fixture_wait_label (find_diff (&fixture), "message", "same content");
  sc_version_picker_set_number (find_picker (&fixture, "from"), 3);
  versions_fixture_wait_label (find_diff (&fixture), "message", "Pick two versions");
  g_assert_cmpuint (fake_engine_count (fixture.engine, "GET", "/v1/versions/3/diff/3"), ==, 0);

  /* a new version is there to be picked; what is picked stays */
  versions_fixture_event (&fixture, "version", versions_fixture_version (4));
  versions_fixture_wait_label (fixture.page, "number", "4");
  g_assert_cmpuint (sc_version_picker_get_number (find_picker (&fixture, "to")), ==, 3);
  sc_version_picker_set_number (find_picker (&fixture, "to"), 4);
  g_assert_cmpuint (sc_version_picker_get_number (find_picker (&fixture, "to")), ==, 4);
  versions_fixture_clear (&fixture);
}

/* Errors are told in place, and trying again helps. */
static void
test_errors (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 2);
  fake_engine_answer_error (fixture.engine, "GET", "/v1/versions/1/diff/2", 500, "corrupt",
                            "Version 1’s manifest is damaged: run “seatcastctl store verify”");
  fake_engine_answer_error (fixture.engine, "GET", "/v1/versions/2/needs", 500, "system", "The disk cannot be read");
  versions_fixture_activate (&fixture, "compare");
  versions_fixture_wait_label (find_diff (&fixture), "error", "manifest is damaged");
  versions_fixture_wait_label (find_diff (&fixture), "needs_message", "The disk cannot be read");
  wait_for (&fixture, "error");
  gui_fixture_picture (fixture.window, "diff-error");
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/1/diff/2", 200,
                      "{\"templates\":[{\"name\":\".\",\"change\":\"added\",\"size_bytes\":10,\"files\":[]}],"
                      "\"bytes_to_send\":10}");
  fake_engine_answer (fixture.engine, "GET", "/v1/versions/2/needs", 200, "{\"rooms\":[],\"all\":{}}");
  g_action_group_activate_action (gtk_widget_get_action_group (find_diff (&fixture), "diff"), "retry", NULL);
  wait_for (&fixture, "differences");
  assert_row (&fixture, "tree", "0", 2, "Files beside the templates|Added");
  versions_fixture_wait_label (find_diff (&fixture), "needs_message", "no seats");
  versions_fixture_clear (&fixture);
}

static void
test_many (void)
{
  VersionsFixture fixture;
  ScJson *files = json_array ();
  GtkTreeModel *model = NULL;
  GtkTreeIter iter;

  for (guint i = 0; i < MANY_FILES; i++) {
    g_autofree char *path = g_strdup_printf ("snapshots/disk-%06u.vmdk", i);

    json_array_append_new (files, json_pack ("{s:s, s:s, s:I, s:I}", "path", path, "change", "changed", "size_bytes",
                                             VERSIONS_GB, "old_size_bytes", VERSIONS_GB));
  }
  versions_fixture_init (&fixture, 2);
  fake_engine_answer_json (fixture.engine, "GET", "/v1/versions/1/diff/2", 200,
                           json_pack ("{s:[{s:s, s:s, s:I, s:o}], s:I}", "templates", "name", "Debian 12", "change",
                                      "changed", "size_bytes", VERSIONS_GB, "files", files, "bytes_to_send",
                                      VERSIONS_GB));
  answer_needs_of (&fixture, 2);
  versions_fixture_activate (&fixture, "compare");
  wait_for (&fixture, "differences");
  model = gtk_tree_view_get_model (gui_fixture_find (find_diff (&fixture), GTK_TYPE_TREE_VIEW, "tree"));
  g_assert_true (gtk_tree_model_get_iter_first (model, &iter));
  g_assert_cmpint (gtk_tree_model_iter_n_children (model, &iter), ==, MANY_FILES);
  gui_fixture_picture (fixture.window, "diff-many");
  versions_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/version-diff/compare", test_compare);
  g_test_add_func ("/version-diff/keys", test_keys);
  g_test_add_func ("/version-diff/same", test_same);
  g_test_add_func ("/version-diff/errors", test_errors);
  g_test_add_func ("/version-diff/many", test_many);
  return g_test_run ();
}
