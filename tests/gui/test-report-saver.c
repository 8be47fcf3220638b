/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-report-saver.h"
#include "tests/gui/gui-fixture.h"
#include "tests/gui/session-lab.h"

#include <glib/gstdio.h>

/* The file chooser's name and filter decide what is written. */
typedef struct {
  char *directory;
  ScItemList *sessions;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("seatcast-saver-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->sessions = sc_item_list_new (SC_TYPE_SESSION_ITEM);
  fixture->window = gui_fixture_show (gtk_label_new ("Session"), 600, 400);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  g_object_unref (fixture->sessions);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->directory);
}

static ScSessionReport *
make_report (Fixture *fixture)
{
  g_autoptr (ScJson) json = session_lab_session (12, 5, "done");
  ScSessionReportContext context = { .now = g_get_real_time () };

  return sc_session_report_new (sc_item_list_put (fixture->sessions, json), &context);
}

/* (nullable) */
static GtkWidget *
find_chooser (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (GTK_IS_FILE_CHOOSER_DIALOG (item->data) && gtk_widget_get_mapped (item->data))
      return item->data;
  return NULL;
}

static gboolean
has_chooser (gpointer data)
{
  return find_chooser () != NULL;
}

static gboolean
has_no_chooser (gpointer data)
{
  return find_chooser () == NULL;
}

static gboolean
exists (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* The folder is read in the background before a name in it counts. */
static gboolean
has_file (gpointer path)
{
  g_autofree char *name = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (find_chooser ()));

  return g_strcmp0 (name, path) == 0;
}

static GtkFileChooser *
ask (Fixture *fixture)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  sc_report_saver_ask (fixture->window, make_report (fixture), cancellable);
  gui_fixture_wait (has_chooser, NULL, "the file chooser");
  return GTK_FILE_CHOOSER (find_chooser ());
}

static void
pick (Fixture *fixture, GtkFileChooser *chooser, const char *name, const char *beginning)
{
  g_autofree char *path = g_build_filename (fixture->directory, name, NULL);
  g_autofree char *text = NULL;

  gtk_file_chooser_set_current_folder (chooser, fixture->directory);
  gui_fixture_wait (has_file, path, "the folder");
  gtk_dialog_response (GTK_DIALOG (chooser), GTK_RESPONSE_ACCEPT);
  gui_fixture_wait (exists, path, "the report");
  gui_fixture_settle ();
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, beginning));
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_html (Fixture *fixture, gconstpointer data)
{
  pick (fixture, ask (fixture), "Seatcast session 12, version 4.html", "<!DOCTYPE html>");
}

static void
test_pdf (Fixture *fixture, gconstpointer data)
{
  GtkFileChooser *chooser = ask (fixture);
  GSList *filters = gtk_file_chooser_list_filters (chooser);

  /* the filter gives the name its ending */
  gtk_file_chooser_set_filter (chooser, g_slist_nth_data (filters, 1));
  g_slist_free (filters);
  pick (fixture, chooser, "Seatcast session 12, version 4.pdf", "%PDF-");
}

static void
test_dismissed (Fixture *fixture, gconstpointer data)
{
  gtk_dialog_response (GTK_DIALOG (ask (fixture)), GTK_RESPONSE_CANCEL);
  gui_fixture_wait (has_no_chooser, NULL, "the end of the file chooser");
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("/report-saver/html", test_html);
  add ("/report-saver/pdf", test_pdf);
  add ("/report-saver/dismissed", test_dismissed);
  return g_test_run ();
}
