/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/client/sc-connection-file.h"
#include "console/gui/model/sc-item.h"
#include "console/gui/sc-application.h"
#include "console/gui/sc-connect-dialog.h"
#include "console/gui/sc-connection-bar.h"
#include "console/gui/sc-notice-area.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-pages.h"
#include "console/gui/sc-window.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define TIMEOUT (20 * G_TIME_SPAN_SECOND)
#define OTHER_FINGERPRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define wait_for(condition)                                                                                            \
  do {                                                                                                                 \
    for (gint64 end = g_get_monotonic_time () + TIMEOUT; !(condition);) {                                              \
      g_assert_cmpint (g_get_monotonic_time (), <, end);                                                               \
      if (!g_main_context_iteration (NULL, FALSE))                                                                     \
        g_usleep (1000);                                                                                               \
    }                                                                                                                  \
  } while (FALSE)

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  ScConnector *connector;
  ScWindow *window;
  GtkInfoBar *bar;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const ScConnectorConfig config = { .connection_file = "/nowhere/connection" };

  fixture->engine = fake_engine_new ();
  fake_engine_answer (fixture->engine, "GET", "/v1", 200,
                      "{\"name\": \"lab-console\", \"version\": \"0.1.0\", \"api\": 1}");
  fixture->console = sc_console_new ();
  fixture->connector = sc_connector_new (fixture->console, &config);
  fixture->window = sc_window_new (NULL, fixture->console, fixture->connector);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1024, 600);
  gtk_widget_show (GTK_WIDGET (fixture->window));
  fixture->bar = gui_fixture_find (GTK_WIDGET (fixture->window), SC_TYPE_CONNECTION_BAR, NULL);
  gui_fixture_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (GTK_WIDGET (fixture->window));
  g_clear_object (&fixture->connector);
  g_clear_object (&fixture->console);
  fake_engine_free (fixture->engine);
}

static gpointer
child (gpointer root, GType type, const char *name)
{
  gpointer found = gui_fixture_find (GTK_WIDGET (root), type, name);

  g_assert_nonnull (found);
  return found;
}

/* What the bar says; NULL while it says nothing. */
static const char *
told (Fixture *fixture)
{
  return gtk_info_bar_get_revealed (fixture->bar) ? gtk_label_get_text (child (fixture->bar, GTK_TYPE_LABEL, "title"))
                                                  : NULL;
}

static gboolean
tells (Fixture *fixture, const char *words)
{
  return told (fixture) != NULL && strstr (told (fixture), words) != NULL;
}

static gboolean
offers (Fixture *fixture, const char *button)
{
  return gtk_widget_get_visible (child (fixture->bar, GTK_TYPE_BUTTON, button));
}

static gboolean
is_stale (Fixture *fixture)
{
  GtkWidget *pages = child (fixture->window, GTK_TYPE_STACK, "pages");

  return gtk_style_context_has_class (gtk_widget_get_style_context (pages), "stale");
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (fixture->window), action));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), action, NULL);
}

static const char *
shown (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (child (fixture->window, GTK_TYPE_STACK, "content"));
}

static void
connect_to (Fixture *fixture, const ScConnection *connection)
{
  sc_connector_connect (fixture->connector, connection);
}

static void
test_connection (Fixture *fixture, gconstpointer data)
{
  g_assert_null (told (fixture));
  g_assert_cmpstr (shown (fixture), ==, "nothing");
  g_assert_false (is_enabled (fixture, "deploy"));

  fake_engine_hold (fixture->engine, "/v1");
  connect_to (fixture, fake_engine_get_connection (fixture->engine));
  wait_for (tells (fixture, "Connecting to 127.0.0.1:"));
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-connecting");
  fake_engine_release (fixture->engine);
  wait_for (sc_console_get_state (fixture->console) == SC_CONSOLE_CONNECTED);
  g_assert_null (told (fixture));
  g_assert_cmpstr (shown (fixture), ==, "pages");
  g_assert_false (is_stale (fixture));
  g_assert_true (is_enabled (fixture, "deploy"));
  g_assert_true (is_enabled (fixture, "roll-back"));
  g_assert_false (is_enabled (fixture, "retry"));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, "lab-console – Seatcast");
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window");

  fake_engine_hold (fixture->engine, "/v1");
  fake_engine_drop_listeners (fixture->engine);
  wait_for (tells (fixture, "was lost just now: what is shown may be out of date"));
  g_assert_cmpint (gtk_info_bar_get_message_type (fixture->bar), ==, GTK_MESSAGE_WARNING);
  g_assert_true (offers (fixture, "retry"));
  g_assert_false (offers (fixture, "connect"));
  g_assert_true (is_stale (fixture));
  g_assert_cmpstr (shown (fixture), ==, "pages");
  g_assert_false (is_enabled (fixture, "deploy"));
  gui_fixture_check_accessible (GTK_WIDGET (fixture->bar));
  gui_fixture_check_accessible (gtk_window_get_titlebar (GTK_WINDOW (fixture->window)));
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-lost");

  fake_engine_release (fixture->engine);
  activate (fixture, "retry");
  wait_for (sc_console_get_state (fixture->console) == SC_CONSOLE_CONNECTED);
  g_assert_null (told (fixture));
  g_assert_false (is_stale (fixture));
}

static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScConnection) nobody = sc_connection_new ("https://127.0.0.1:9", "token", OTHER_FINGERPRINT);

  connect_to (fixture, nobody);
  wait_for (tells (fixture, "The engine on this machine, 127.0.0.1:9, does not run"));
  g_assert_true (offers (fixture, "start"));
  g_assert_true (offers (fixture, "retry"));
  g_assert_cmpstr (shown (fixture), ==, "nothing");
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-engine-down");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  const ScConnection *connection = fake_engine_get_connection (fixture->engine);
  g_autoptr (ScConnection) wrong = sc_connection_new (connection->url, connection->token, OTHER_FINGERPRINT);

  connect_to (fixture, wrong);
  wait_for (tells (fixture, "does not let you in"));
  g_assert_cmpint (gtk_info_bar_get_message_type (fixture->bar), ==, GTK_MESSAGE_ERROR);
  g_assert_true (offers (fixture, "connect"));
  g_assert_true (offers (fixture, "retry"));
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-refused");
}

static void
test_no_console (Fixture *fixture, gconstpointer data)
{
  sc_connector_start (fixture->connector);
  g_assert_true (tells (fixture, "There is no console to connect to"));
  g_assert_nonnull (strstr (gtk_label_get_text (child (fixture->bar, GTK_TYPE_LABEL, "detail")), "/nowhere"));
  g_assert_true (offers (fixture, "connect"));
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-no-console");
}

/* An engine that is not ready for long is waited for, and one that ends tells why. */
static void
test_starting (Fixture *fixture, gconstpointer data)
{
  g_autofree char *program = g_build_filename (g_get_user_cache_dir (), "slow-consoled", NULL);
  g_autofree char *go_on = g_strconcat (program, ".go", NULL);
  g_autofree char *script = g_strdup_printf (
      "#!/bin/sh\nuntil [ -e '%s' ]; do sleep 0.05; done\necho 'seatcast-consoled: the disk is full' >&2\nexit 1\n",
      go_on);
  const ScConnectorConfig config = { .program = program };
  g_autoptr (ScConnector) connector = sc_connector_new (fixture->console, &config);
  ScWindow *window = sc_window_new (NULL, fixture->console, connector);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  gtk_widget_show (GTK_WIDGET (window));
  fixture->bar = gui_fixture_find (GTK_WIDGET (window), SC_TYPE_CONNECTION_BAR, NULL);
  sc_connector_start_engine (connector);
  wait_for (tells (fixture, "Starting the engine on this machine…"));
  gui_fixture_picture (GTK_WIDGET (window), "window-starting");

  g_assert_true (g_file_set_contents (go_on, "", 0, NULL));
  wait_for (tells (fixture, "The engine could not be started on this machine"));
  g_assert_true (
      g_str_has_prefix (gtk_label_get_text (child (fixture->bar, GTK_TYPE_LABEL, "detail")), "The disk is full."));
  g_assert_true (offers (fixture, "retry"));
  gui_fixture_picture (GTK_WIDGET (window), "window-not-started");
  gtk_widget_destroy (GTK_WIDGET (window));
}

static guint
n_notices (Fixture *fixture)
{
  ScNoticeArea *area = sc_notice_area_find (GTK_WIDGET (fixture->window));
  g_autoptr (GList) notices = gtk_container_get_children (GTK_CONTAINER (area));

  return g_list_length (notices);
}

static void
test_notices (Fixture *fixture, gconstpointer data)
{
  GtkWidget *from = child (fixture->window, GTK_TYPE_STACK, "pages");
  g_autoptr (GtkWidget) nowhere = g_object_ref_sink (gtk_label_new (NULL));
  g_autoptr (GError) cancelled = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE,
                                          "12 GB are missing on the disk of pc-17, where "
                                          "only 3 GB are free besides the reserve");
  ScNoticeArea *area = sc_notice_area_find (from);

  sc_notice_show (nowhere, "This is heard by nobody");
  sc_notice_show_error (from, "The seat pc-17 cannot be verified", cancelled);
  g_assert_cmpuint (n_notices (fixture), ==, 0);
  sc_notice_show (from, "pc-17 was moved to Lab 2");
  sc_notice_show (from, "pc-17 was moved to Lab 2");
  g_assert_cmpuint (n_notices (fixture), ==, 1);
  sc_notice_show_error (from, "The seat pc-17 cannot be brought to version 4", error);
  g_assert_cmpuint (n_notices (fixture), ==, 2);
  gui_fixture_picture (GTK_WIDGET (fixture->window), "window-notices");
  sc_notice_show (from, "pc-18 was moved to Lab 2");
  sc_notice_show (from, "pc-19 was moved to Lab 2");
  g_assert_cmpuint (n_notices (fixture), ==, 3);

  gui_fixture_settle ();
  gtk_button_clicked (child (area, GTK_TYPE_BUTTON, NULL));
  wait_for (n_notices (fixture) == 2);

  sc_notice_area_show (area, "This goes away by itself", 1);
  g_assert_cmpuint (n_notices (fixture), ==, 3);
  wait_for (n_notices (fixture) == 2);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  GtkStack *pages = child (fixture->window, GTK_TYPE_STACK, "pages");

  g_assert_cmpuint (sc_n_pages, >, 1);
  for (guint i = 0; i < sc_n_pages; i++) {
    g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-page",
                                    g_variant_new_string (sc_pages[i].name));
    g_assert_cmpstr (gtk_stack_get_visible_child_name (pages), ==, sc_pages[i].name);
    if (sc_pages[i].show_action != NULL)
      g_assert_true (g_action_group_has_action (G_ACTION_GROUP (fixture->window), sc_pages[i].show_action));
  }
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-page", g_variant_new_string ("no such"));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (pages), ==, sc_pages[sc_n_pages - 1].name);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer count)
{
  (*(guint *) count)++;
}

static void
test_page_actions (Fixture *fixture, gconstpointer data)
{
  const GActionEntry entries[] = { { "search", on_search } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkStack *pages = child (fixture->window, GTK_TYPE_STACK, "pages");
  guint count = 0;

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, &count);
  gtk_widget_insert_action_group (gtk_stack_get_visible_child (pages), "page", G_ACTION_GROUP (group));
  activate (fixture, "search");
  activate (fixture, "side-panel"); /* the page has none */
  g_assert_cmpuint (count, ==, 1);
}

static void
test_remembers (Fixture *fixture, gconstpointer data)
{
  const char *last = sc_pages[sc_n_pages - 1].name;
  ScWindow *next = NULL;
  int width = 0;
  int height = 0;

  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "show-page", g_variant_new_string (last));
  gtk_window_resize (GTK_WINDOW (fixture->window), 1111, 666);
  gtk_window_get_size (GTK_WINDOW (fixture->window), &width, &height);
  wait_for (
      (gui_fixture_settle (), gtk_window_get_size (GTK_WINDOW (fixture->window), &width, &height), width == 1111));
  gtk_widget_hide (GTK_WIDGET (fixture->window));

  next = sc_window_new (NULL, fixture->console, NULL);
  gtk_window_get_default_size (GTK_WINDOW (next), &width, &height);
  g_assert_cmpint (width, ==, 1111);
  g_assert_cmpint (height, ==, 666);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (child (next, GTK_TYPE_STACK, "pages")), ==, last);
  gtk_widget_destroy (GTK_WIDGET (next));
}

/* Every key of the application does something that exists. */
static void
test_accelerators (void)
{
  g_autoptr (ScApplication) application = sc_application_new ();
  g_autoptr (ScConsole) console = sc_console_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  ScWindow *window = NULL;
  guint n_window_actions = 0;

  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  g_assert_no_error (error);
  window = sc_window_new (GTK_APPLICATION (application), console, NULL);
  names = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    GActionGroup *group = NULL;
    const GVariantType *type = NULL;

    g_assert_true (g_action_parse_detailed_name (names[i], &name, &target, &error));
    group = g_str_has_prefix (name, "win.") ? G_ACTION_GROUP (window) : G_ACTION_GROUP (application);
    n_window_actions += g_str_has_prefix (name, "win.");
    g_test_message ("%s", names[i]);
    g_assert_true (g_action_group_has_action (group, name + strlen ("win.")));
    type = g_action_group_get_action_parameter_type (group, name + strlen ("win."));
    g_assert_true (type == NULL ? target == NULL : target != NULL && g_variant_is_of_type (target, type));
  }
  g_assert_cmpuint (n_window_actions, >=, 11);
  g_assert_nonnull (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window)));
  gtk_widget_destroy (GTK_WIDGET (window));
}

static void
on_chosen (ScConnectDialog *dialog, const ScConnection *connection, gpointer url)
{
  *(char **) url = g_strdup (connection->url);
}

static gboolean
may_connect (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (child (dialog, GTK_TYPE_BUTTON, "connect"));
}

static void
type (GtkWidget *dialog, const char *entry, const char *text)
{
  gtk_entry_set_text (child (dialog, GTK_TYPE_ENTRY, entry), text);
}

static void
test_connect_dialog (Fixture *fixture, gconstpointer data)
{
  const ScConnection *connection = fake_engine_get_connection (fixture->engine);
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *spaced = g_strdup_printf (" %s/ ", connection->url);
  g_autofree char *url = NULL;
  g_autoptr (ScConnection) kept = NULL;
  GtkWidget *dialog = sc_connect_dialog_new (GTK_WINDOW (fixture->window), NULL, NULL);
  GStatBuf status;

  g_signal_connect (dialog, "chosen", G_CALLBACK (on_chosen), &url);
  gtk_widget_show (dialog);
  g_assert_false (gtk_widget_get_visible (child (dialog, GTK_TYPE_BOX, "known_box")));
  type (dialog, "address", "no address at all");
  type (dialog, "user", "anna");
  type (dialog, "password", "long and secret");
  g_assert_false (may_connect (dialog));
  type (dialog, "address", spaced);
  wait_for (may_connect (dialog));
  g_assert_cmpuint (fake_engine_count (fixture->engine, "GET", "/"), ==, 0); /* nothing is told to strangers */
  gui_fixture_check_accessible (dialog);
  gui_fixture_picture (dialog, "connect");

  fake_engine_answer_error (fixture->engine, "POST", "/v1/sign-in", 401, "denied", "the password is wrong");
  gtk_button_clicked (child (dialog, GTK_TYPE_BUTTON, "connect"));
  g_assert_false (may_connect (dialog));
  wait_for (may_connect (dialog));
  g_assert_nonnull (strstr (gtk_label_get_text (child (dialog, GTK_TYPE_LABEL, "hint")), "the password is wrong"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  gui_fixture_picture (dialog, "connect-denied");

  fake_engine_answer_json (fixture->engine, "POST", "/v1/sign-in", 200,
                           json_pack ("{s:s, s:s, s:s, s:s}", "token", connection->token, "user", "anna", "role",
                                      "operator", "expires", "2026-11-23T22:00:00Z"));
  gtk_button_clicked (child (dialog, GTK_TYPE_BUTTON, "connect"));
  wait_for (url != NULL);
  g_assert_cmpstr (sc_item_text_of (fake_engine_get_body (fixture->engine, "POST", "/v1/sign-in"), "user"), ==, "anna");
  g_assert_cmpstr (sc_item_text_of (fake_engine_get_body (fixture->engine, "POST", "/v1/sign-in"), "password"), ==,
                   "long and secret");
  g_assert_cmpstr (url, ==, connection->url);
  kept = sc_connection_load (path, NULL);
  g_assert_cmpstr (kept->token, ==, connection->token);
  g_assert_cmpstr (kept->fingerprint, ==, connection->fingerprint);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_changed_certificate (Fixture *fixture, gconstpointer data)
{
  const ScConnection *connection = fake_engine_get_connection (fixture->engine);
  g_autoptr (ScConnection) before = sc_connection_new (connection->url, connection->token, OTHER_FINGERPRINT);
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *url = NULL;
  g_autoptr (ScConnection) kept = NULL;
  GtkWidget *dialog = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (sc_connection_save (before, path, NULL));
  dialog = sc_connect_dialog_new (GTK_WINDOW (fixture->window), connection->url, NULL);
  g_signal_connect (dialog, "chosen", G_CALLBACK (on_chosen), &url);
  gtk_widget_show (dialog);
  g_assert_true (gtk_widget_get_visible (child (dialog, GTK_TYPE_BOX, "known_box")));
  wait_for (gtk_widget_get_visible (child (dialog, GTK_TYPE_BOX, "old_box")));
  g_assert_true (
      g_str_has_prefix (gtk_label_get_text (child (dialog, GTK_TYPE_LABEL, "old_certificate")), "0011 2233"));
  g_assert_false (may_connect (dialog));
  gui_fixture_picture (dialog, "connect-changed");

  gtk_toggle_button_set_active (child (dialog, GTK_TYPE_CHECK_BUTTON, "accept"), TRUE);
  g_assert_false (may_connect (dialog)); /* what the other one gave is not told to this one */
  type (dialog, "password", "long and secret");
  g_assert_true (may_connect (dialog));
  fake_engine_answer_json (fixture->engine, "POST", "/v1/sign-in", 200,
                           json_pack ("{s:s}", "token", connection->token));
  gtk_button_clicked (child (dialog, GTK_TYPE_BUTTON, "connect"));
  wait_for (url != NULL);
  kept = sc_connection_load (path, NULL);
  g_assert_cmpstr (kept->fingerprint, ==, connection->fingerprint);
  g_assert_cmpstr (kept->token, ==, connection->token);
}

/* A known console that is as it was needs no more than being picked; one that was trusted by a connection file, and
 * shows another certificate, is treated as one that has changed. */
static void
test_known_consoles (Fixture *fixture, gconstpointer data)
{
  const ScConnection *connection = fake_engine_get_connection (fixture->engine);
  g_autoptr (ScConnection) before = sc_connection_new (connection->url, connection->token, OTHER_FINGERPRINT);
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *url = NULL;
  GtkWidget *dialog = sc_connect_dialog_new (GTK_WINDOW (fixture->window), connection->url, before);

  gtk_widget_show (dialog);
  wait_for (gtk_widget_get_visible (child (dialog, GTK_TYPE_BOX, "old_box")));
  g_assert_false (may_connect (dialog));
  gtk_widget_destroy (dialog);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (sc_connection_save (connection, path, NULL));
  dialog = sc_connect_dialog_new (GTK_WINDOW (fixture->window), NULL, NULL);
  g_signal_connect (dialog, "chosen", G_CALLBACK (on_chosen), &url);
  gtk_widget_show (dialog);
  gtk_widget_activate (GTK_WIDGET (gtk_list_box_get_row_at_index (child (dialog, GTK_TYPE_LIST_BOX, "known"), 0)));
  wait_for (url != NULL);
  g_assert_cmpstr (url, ==, connection->url);
}

/* To pick it is not to accept its new certificate; and it can be picked again, once somebody answers there. */
static void
test_known_console_changed (Fixture *fixture, gconstpointer data)
{
  const ScConnection *connection = fake_engine_get_connection (fixture->engine);
  g_autoptr (ScConnection) before = sc_connection_new (connection->url, connection->token, OTHER_FINGERPRINT);
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *url = NULL;
  GtkWidget *dialog = NULL;
  GtkWidget *row = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (sc_connection_save (before, path, NULL));
  dialog = sc_connect_dialog_new (GTK_WINDOW (fixture->window), NULL, NULL);
  g_signal_connect (dialog, "chosen", G_CALLBACK (on_chosen), &url);
  gtk_widget_show (dialog);
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (child (dialog, GTK_TYPE_LIST_BOX, "known"), 0));
  gtk_widget_activate (row);
  wait_for (gtk_widget_get_visible (child (dialog, GTK_TYPE_BOX, "old_box")));
  gui_fixture_settle ();
  g_assert_false (may_connect (dialog));
  g_assert_cmpuint (fake_engine_count (fixture->engine, "GET", "/v1"), ==, 0); /* and has got no token */
  g_assert_null (url);

  g_assert_true (sc_connection_save (connection, path, NULL));
  gtk_widget_activate (row);
  wait_for (url != NULL);
}

/* The user's files that a test leaves would be the next one's. */
static void
forget (void)
{
  g_autofree char *any = sc_connection_file_for_url ("any");
  g_autofree char *path = g_path_get_dirname (any);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_assert_cmpint (g_unlink (file), ==, 0);
  }
}

static void
set_up_fresh (Fixture *fixture, gconstpointer data)
{
  forget ();
  set_up (fixture, data);
}

#define add(path, func) g_test_add ("/window/" path, Fixture, NULL, set_up_fresh, func, tear_down)

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  add ("connection", test_connection);
  add ("no-answer", test_no_answer);
  add ("refused", test_refused);
  add ("no-console", test_no_console);
  add ("starting", test_starting);
  add ("notices", test_notices);
  add ("pages", test_pages);
  add ("page-actions", test_page_actions);
  add ("remembers", test_remembers);
  add ("connect-dialog", test_connect_dialog);
  add ("changed-certificate", test_changed_certificate);
  add ("known-consoles", test_known_consoles);
  add ("known-console-changed", test_known_console_changed);
  g_test_add_func ("/window/accelerators", test_accelerators);
  return g_test_run ();
}
