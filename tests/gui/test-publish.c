/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-publish-dialog.h"
#include "console/gui/versions/sc-publish-row.h"
#include "console/gui/versions/sc-versions-page.h"
#include "tests/gui/versions-fixture.h"

#include <string.h>

static ScPublishDialog *
find_dialog (void)
{
  ScPublishDialog *found = NULL;
  GList *windows = gtk_window_list_toplevels ();

  for (GList *i = windows; i != NULL; i = i->next)
    if (SC_IS_PUBLISH_DIALOG (i->data))
      found = i->data;
  g_list_free (windows);
  return found;
}

static ScPublishDialog *
open_dialog (VersionsFixture *self)
{
  versions_fixture_activate (self, "publish");
  gui_fixture_settle ();
  g_assert_nonnull (find_dialog ());
  return find_dialog ();
}

static gboolean
is_closed (gpointer data)
{
  return find_dialog () == NULL;
}

static const char *
entry (ScPublishDialog *dialog, const char *name)
{
  return gtk_entry_get_text (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY, name));
}

static GtkTextBuffer *
note_of (ScPublishDialog *dialog)
{
  return gtk_text_view_get_buffer (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_TEXT_VIEW, "note_view"));
}

/* Publishes as operation @id, and waits until its row is there. */
static void
begin (VersionsFixture *self, guint id)
{
  ScPublishDialog *dialog = open_dialog (self);

  fake_engine_answer_json (self->engine, "POST", "/v1/versions", 202, versions_fixture_publish (id, "running", 0));
  gtk_text_buffer_set_text (note_of (dialog), "  CAD 2027\nand its licences\n", -1);
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  gui_fixture_wait (is_closed, NULL, "the dialog closes");
}

static ScPublishRow *
find_row (VersionsFixture *self)
{
  return gui_fixture_find (self->page, SC_TYPE_PUBLISH_ROW, NULL);
}

static gboolean
has_row (gpointer data)
{
  return find_row (data) != NULL;
}

static gboolean
has_no_row (gpointer data)
{
  return find_row (data) == NULL;
}

static gboolean
is_shown (VersionsFixture *self, const char *name)
{
  return gtk_widget_get_visible (gui_fixture_find (GTK_WIDGET (find_row (self)), GTK_TYPE_WIDGET, name));
}

static gboolean
can_publish (VersionsFixture *self)
{
  return g_action_group_get_action_enabled (gtk_widget_get_action_group (self->page, "versions"), "publish");
}

static void
test_dialog (void)
{
  VersionsFixture fixture;
  ScPublishDialog *dialog = NULL;
  GtkWidget *publish = NULL;

  versions_fixture_init (&fixture, 0);
  dialog = open_dialog (&fixture);
  publish = gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "publish");
  g_assert_cmpstr (entry (dialog, "directory"), ==, "/srv/templates"); /* of the settings */
  g_assert_cmpstr (entry (dialog, "author"), !=, "");
  g_assert_nonnull (strstr (versions_fixture_label (dialog, "place"), "lab-console"));
  g_assert_false (gtk_widget_get_visible (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "choose")));
  g_assert_false (gtk_widget_get_sensitive (publish)); /* without a note */
  gtk_text_buffer_set_text (note_of (dialog), " \n ", -1);
  g_assert_false (gtk_widget_get_sensitive (publish));
  gtk_text_buffer_set_text (note_of (dialog), "CAD 2027", -1);
  g_assert_true (gtk_widget_get_sensitive (publish));
  gtk_entry_set_text (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY, "directory"), " ");
  g_assert_false (gtk_widget_get_sensitive (publish));
  gtk_entry_set_text (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY, "directory"), "templates");
  gui_fixture_check_accessible (GTK_WIDGET (dialog));

  /* what the engine has against it is told where one can mend it */
  fake_engine_answer_error (fixture.engine, "POST", "/v1/versions", 400, "invalid",
                            "“templates” is not an absolute path: name the directory as the console's machine sees it");
  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  versions_fixture_wait_label (dialog, "error", "not an absolute path");
  g_assert_true (find_dialog () == dialog);
  g_assert_true (gtk_widget_get_sensitive (publish));
  gui_fixture_picture (GTK_WIDGET (dialog), "publish-error");
  g_assert_null (find_row (&fixture));

  gtk_dialog_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_assert_null (find_dialog ());
  versions_fixture_clear (&fixture);
}

static void
test_publish (void)
{
  VersionsFixture fixture;
  g_autoptr (ScJson) result = json_pack ("{s:i, s:s, s:I, s:I, s:i, s:I, s:I}", "version", 5, "id", "00", "size_bytes",
                                         96 * VERSIONS_GB, "read_bytes", 30 * VERSIONS_GB, "new_chunks", 20000,
                                         "new_bytes", 12 * VERSIONS_GB / 10, "stored_bytes", VERSIONS_GB);
  ScJson *body = NULL, *done = NULL;
  GtkProgressBar *bar = NULL;

  versions_fixture_init (&fixture, 4);
  begin (&fixture, 7);
  body = fake_engine_get_body (fixture.engine, "POST", "/v1/versions");
  g_assert_cmpstr (json_string_value (json_object_get (body, "directory")), ==, "/srv/templates");
  g_assert_cmpstr (json_string_value (json_object_get (body, "note")), ==, "CAD 2027\nand its licences");
  g_assert_cmpstr (json_string_value (json_object_get (body, "author")), !=, "");
  g_assert_true (has_row (&fixture));
  g_assert_false (can_publish (&fixture)); /* one at a time */

  versions_fixture_event (&fixture, "operation", versions_fixture_publish (7, "running", 12));
  versions_fixture_wait_label (find_row (&fixture), "detail", "Reading Debian 12/disk.vmdk, 12.0");
  bar = gui_fixture_find (GTK_WIDGET (find_row (&fixture)), GTK_TYPE_PROGRESS_BAR, NULL);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (bar), 0.4, 0.001);
  g_assert_true (is_shown (&fixture, "cancel"));
  g_assert_false (is_shown (&fixture, "close"));
  gui_fixture_check_accessible (fixture.page);
  gui_fixture_picture (fixture.window, "publish-running");

  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 2);
  done = versions_fixture_publish (7, "done", 30);
  json_object_set (done, "result", result);
  versions_fixture_event (&fixture, "operation", done);
  versions_fixture_wait_label (find_row (&fixture), "title", "Version 5: 1.2");
  versions_fixture_event (&fixture, "version", versions_fixture_version (5));
  versions_fixture_wait_label (find_row (&fixture), "title", "Version 5: 3 templates, 1.2");
  versions_fixture_wait_label (gui_fixture_find (fixture.page, g_type_from_name ("ScVersionDetails"), NULL), "title",
                               "Version 5");
  g_assert_false (is_shown (&fixture, "cancel"));
  g_assert_false (is_shown (&fixture, "retry"));
  g_assert_true (can_publish (&fixture));
  gui_fixture_picture (fixture.window, "publish-done");
  gtk_button_clicked (gui_fixture_find (GTK_WIDGET (find_row (&fixture)), GTK_TYPE_BUTTON, "close"));
  g_assert_null (find_row (&fixture));
  versions_fixture_clear (&fixture);
}

/* Whether it was worth remembering the engine knows, once it is published: it tells. */
static void
test_another_directory (void)
{
  VersionsFixture fixture;
  ScJson *body = NULL;
  ScPublishDialog *dialog = NULL;

  versions_fixture_init (&fixture, 1);
  dialog = open_dialog (&fixture);
  gtk_entry_set_text (gui_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY, "directory"), "/srv/other");
  begin (&fixture, 3);
  body = fake_engine_get_body (fixture.engine, "POST", "/v1/versions");
  g_assert_cmpstr (json_string_value (json_object_get (body, "directory")), ==, "/srv/other");
  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture.engine, "POST", "/v1/settings"), ==, 0);
  versions_fixture_clear (&fixture);
}

static void
test_failure (void)
{
  VersionsFixture fixture;
  ScJson *scanning = NULL, *failed = NULL;

  versions_fixture_init (&fixture, 2);
  begin (&fixture, 7);
  scanning = versions_fixture_publish (7, "running", 0);
  json_object_set_new (scanning, "phase", json_string ("scanning"));
  json_object_set_new (scanning, "total_bytes", json_integer (0));
  versions_fixture_event (&fixture, "operation", scanning);
  versions_fixture_wait_label (find_row (&fixture), "detail", "Looking through the directory…");
  failed = versions_fixture_publish (7, "failed", 12);
  json_object_set_new (failed, "error",
                       json_pack ("{s:s, s:s}", "code", "changed", "message",
                                  "Debian 12/disk.vmdk changed while it was read: shut the machine down and publish "
                                  "again"));
  versions_fixture_event (&fixture, "operation", failed);
  versions_fixture_wait_label (find_row (&fixture), "detail", "shut the machine down");
  g_assert_true (is_shown (&fixture, "close"));
  gui_fixture_settle (); /* nothing moves any more */
  gui_fixture_picture (fixture.window, "publish-failed");

  gtk_button_clicked (gui_fixture_find (GTK_WIDGET (find_row (&fixture)), GTK_TYPE_BUTTON, "retry"));
  gui_fixture_settle ();
  g_assert_null (find_row (&fixture));
  g_assert_nonnull (find_dialog ());
  {
    GtkTextIter start, end;
    g_autofree char *note = NULL;

    gtk_text_buffer_get_bounds (note_of (find_dialog ()), &start, &end);
    note = gtk_text_buffer_get_text (note_of (find_dialog ()), &start, &end, FALSE);
    g_assert_cmpstr (note, ==, "CAD 2027\nand its licences");
  }
  versions_fixture_clear (&fixture);
  g_assert_null (find_dialog ());
}

static void
test_cancel (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 2);
  fake_engine_answer (fixture.engine, "POST", "/v1/operations/7/cancel", 200, "{}");
  begin (&fixture, 7);
  gtk_button_clicked (gui_fixture_find (GTK_WIDGET (find_row (&fixture)), GTK_TYPE_BUTTON, "cancel"));
  versions_fixture_wait_label (find_row (&fixture), "title", "Cancelling…");
  versions_fixture_wait_count (&fixture, "POST", "/v1/operations/7/cancel", 1);
  versions_fixture_event (&fixture, "operation", versions_fixture_publish (7, "cancelled", 12));
  versions_fixture_wait_label (find_row (&fixture), "title", "Publishing was cancelled");
  g_assert_true (is_shown (&fixture, "retry"));
  versions_fixture_clear (&fixture);
}

static gboolean
has_third_version (gpointer data)
{
  return versions_fixture_row (data, 3) != NULL;
}

/* What somebody else publishes is seen while it runs, can be cancelled, and does not take the selection. */
static void
test_of_others (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 2);
  sc_versions_page_show_version (SC_VERSIONS_PAGE (fixture.page), 1);
  versions_fixture_event (&fixture, "operation", versions_fixture_publish (9, "running", 3));
  gui_fixture_wait (has_row, &fixture, "the row");
  g_assert_true (is_shown (&fixture, "cancel"));
  versions_fixture_event (&fixture, "version", versions_fixture_version (3));
  versions_fixture_event (&fixture, "operation", versions_fixture_publish (9, "done", 30));
  gui_fixture_wait (has_no_row, &fixture, "the row goes");
  gui_fixture_wait (has_third_version, &fixture, "the version");
  g_assert_cmpstr (
      versions_fixture_label (gui_fixture_find (fixture.page, g_type_from_name ("ScVersionDetails"), NULL), "title"),
      ==, "Version 1");

  /* nor is anything else that the engine does a publish */
  {
    ScJson *verify = versions_fixture_publish (10, "running", 3);

    json_object_set_new (verify, "kind", json_string ("verify"));
    versions_fixture_event (&fixture, "operation", verify);
    versions_fixture_event (&fixture, "version", versions_fixture_version (4));
    versions_fixture_wait_label (fixture.page, "number", "4");
    g_assert_null (find_row (&fixture));
  }
  versions_fixture_clear (&fixture);
}

/* An engine that was started anew knows nothing of what it did before. */
static void
test_lost (void)
{
  VersionsFixture fixture;

  versions_fixture_init (&fixture, 2);
  begin (&fixture, 7);
  fake_engine_drop_listeners (fixture.engine);
  versions_fixture_wait_label (find_row (&fixture), "title", "No version was published");
  g_assert_true (is_shown (&fixture, "retry"));
  g_assert_nonnull (strstr (versions_fixture_label (find_row (&fixture), "detail"), "started anew"));
  versions_fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/publish/dialog", test_dialog);
  g_test_add_func ("/publish/publish", test_publish);
  g_test_add_func ("/publish/another-directory", test_another_directory);
  g_test_add_func ("/publish/failure", test_failure);
  g_test_add_func ("/publish/cancel", test_cancel);
  g_test_add_func ("/publish/of-others", test_of_others);
  g_test_add_func ("/publish/lost", test_lost);
  return g_test_run ();
}
