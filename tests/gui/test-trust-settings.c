/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users, the authority and HTTP caches on the page Settings, the audit log's check on the page Activity. */
#include "console/gui/activity/sc-activity-page.h"
#include "console/gui/model/sc-user-item.h"
#include "console/gui/settings/sc-authority-settings.h"
#include "console/gui/settings/sc-cache-settings.h"
#include "console/gui/settings/sc-settings-page.h"
#include "console/gui/settings/sc-user-dialog.h"
#include "console/gui/settings/sc-user-row.h"
#include "console/gui/settings/sc-user-settings.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *page;
} Fixture;

static const char users[] = "{\"users\":["
                            "{\"name\":\"anna\",\"role\":\"operator\",\"disabled\":false,"
                            "\"created\":\"2026-11-01T08:00:00Z\",\"signed_in\":\"2026-11-23T08:00:00Z\"},"
                            "{\"name\":\"ben\",\"role\":\"viewer\",\"disabled\":true,"
                            "\"created\":\"2026-11-01T08:00:00Z\",\"signed_in\":\"\"}]}";

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *me =
      g_strdup_printf ("{\"user\":\"carla\",\"role\":\"%s\",\"expires\":\"\",\"local\":false}", (const char *) data);

  fixture->engine = fake_engine_new ();
  fake_engine_answer (fixture->engine, "GET", "/v1/me", 200, me);
  fake_engine_answer (fixture->engine, "GET", "/v1/users", 200, users);
  fixture->console = sc_console_new ();
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "a connection");
  fixture->page = sc_settings_page_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->page, 840, 560);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  gui_fixture_settle ();
  g_object_unref (fixture->console);
  fake_engine_free (fixture->engine);
}

static gpointer
find_in (GtkWidget *root, GType type, const char *name)
{
  gpointer widget = gui_fixture_find (root, type, name);

  g_assert_nonnull (widget);
  return widget;
}

static gpointer
row_at (Fixture *fixture, int position)
{
  GtkWidget *settings = find_in (fixture->page, SC_TYPE_USER_SETTINGS, NULL);

  return gtk_list_box_get_row_at_index (find_in (settings, GTK_TYPE_LIST_BOX, "users"), position);
}

/* The picture of what is below @widget. */
static void
take_picture (Fixture *fixture, GtkWidget *widget, const char *name)
{
  GtkScrolledWindow *scrolled = find_in (fixture->page, GTK_TYPE_SCROLLED_WINDOW, NULL);
  int y = 0;

  gtk_widget_translate_coordinates (widget, gtk_bin_get_child (GTK_BIN (scrolled)), 0, 0, NULL, &y);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (scrolled), y - 24);
  gui_fixture_settle ();
  gui_fixture_picture (fixture->window, name);
}

static gboolean
has_users (gpointer data)
{
  return row_at (data, 1) != NULL;
}

static gboolean
has_changed (gpointer data)
{
  return fake_engine_count (data, "POST", "/v1/users/anna/change") > 0;
}

static void
test_users (Fixture *fixture, gconstpointer data)
{
  GtkWidget *anna = NULL;
  ScJson *body = NULL;

  gui_fixture_wait (has_users, fixture, "the users");
  gui_fixture_settle ();
  anna = row_at (fixture, 0);
  g_assert_cmpstr (gtk_label_get_text (find_in (anna, GTK_TYPE_LABEL, "name")), ==, "anna");
  g_assert_true (g_str_has_prefix (gtk_label_get_text (find_in (anna, GTK_TYPE_LABEL, "signed_in")), "Signed in"));
  g_assert_cmpstr (gtk_label_get_text (find_in (row_at (fixture, 1), GTK_TYPE_LABEL, "signed_in")), ==,
                   "May not sign in");
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", "/v1/users"), ==, 0); /* showing changes nothing */
  gui_fixture_check_accessible (fixture->window);
  take_picture (fixture, find_in (fixture->page, SC_TYPE_USER_SETTINGS, NULL), "trust-settings");

  fake_engine_answer (fixture->engine, "POST", "/v1/users/anna/change", 200, "{}");
  gtk_combo_box_set_active_id (find_in (anna, GTK_TYPE_COMBO_BOX, "role"), "administrator");
  gui_fixture_wait (has_changed, fixture->engine, "a request");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/users/anna/change");
  g_assert_cmpuint (json_object_size (body), ==, 1);
  g_assert_cmpstr (sc_item_text_of (body, "role"), ==, "administrator");
}

static gboolean
says_why (gpointer status)
{
  return gtk_widget_get_visible (status);
}

/* What the engine refuses is said, and the role is shown as it is. */
static void
test_role_refused (Fixture *fixture, gconstpointer data)
{
  GtkWidget *anna = NULL, *role = NULL;

  gui_fixture_wait (has_users, fixture, "the users");
  anna = row_at (fixture, 0);
  role = find_in (anna, GTK_TYPE_COMBO_BOX, "role");
  fake_engine_answer_error (fixture->engine, "POST", "/v1/users/anna/change", 409, "state", "not now");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (role), "viewer");
  gui_fixture_wait (has_changed, fixture->engine, "a request");
  gui_fixture_wait (says_why, find_in (anna, GTK_TYPE_WIDGET, "status"), "why not");
  gui_fixture_settle ();
  g_assert_cmpstr (gtk_combo_box_get_active_id (GTK_COMBO_BOX (role)), ==, "operator");
}

static gboolean
was_added (gpointer data)
{
  return fake_engine_count (data, "POST", "/v1/users") > 0;
}

static void
test_add_user (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = sc_user_dialog_new (fixture->console, GTK_WINDOW (fixture->window), SC_USER_DIALOG_ADD, NULL);
  ScJson *body = NULL;

  gtk_widget_show (dialog);
  gtk_entry_set_text (find_in (dialog, GTK_TYPE_ENTRY, "name"), " dora ");
  gtk_entry_set_text (find_in (dialog, GTK_TYPE_ENTRY, "password"), "correct horse");
  g_assert_false (gtk_widget_is_sensitive (find_in (dialog, GTK_TYPE_BUTTON, "save")));
  gtk_entry_set_text (find_in (dialog, GTK_TYPE_ENTRY, "again"), "correct horse");
  gtk_combo_box_set_active_id (find_in (dialog, GTK_TYPE_COMBO_BOX, "role"), "viewer");
  gui_fixture_settle ();
  gui_fixture_check_accessible (dialog);
  gui_fixture_picture (dialog, "user-new");
  fake_engine_answer (fixture->engine, "POST", "/v1/users", 200, "{}");
  gtk_button_clicked (find_in (dialog, GTK_TYPE_BUTTON, "save"));
  gui_fixture_wait (was_added, fixture->engine, "a request");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/users");
  g_assert_cmpstr (sc_item_text_of (body, "name"), ==, "dora");
  g_assert_cmpstr (sc_item_text_of (body, "role"), ==, "viewer");
  g_assert_cmpstr (sc_item_text_of (body, "password"), ==, "correct horse");
}

/* An operator is not shown who may sign in, nor is the engine asked. */
static void
test_operator (Fixture *fixture, gconstpointer data)
{
  GtkWidget *settings = find_in (fixture->page, SC_TYPE_USER_SETTINGS, NULL);
  GtkWidget *authority = find_in (fixture->page, SC_TYPE_AUTHORITY_SETTINGS, NULL);

  gui_fixture_settle ();
  g_assert_cmpuint (fake_engine_count (fixture->engine, "GET", "/v1/users"), ==, 0);
  g_assert_false (gtk_widget_is_sensitive (find_in (settings, GTK_TYPE_BUTTON, "add")));
  g_assert_false (gtk_widget_is_sensitive (find_in (authority, GTK_TYPE_BUTTON, "begin")));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_in (settings, GTK_TYPE_BUTTON, "add")), ==,
                   "Only administrators may do this");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_in (fixture->page, GTK_TYPE_CHECK_BUTTON, "rate_free")), ==,
                   "Only administrators may do this");
}

static gboolean
has_rotated (gpointer data)
{
  return fake_engine_count (data, "POST", "/v1/ca/rotate") > 0;
}

static gboolean
shows_finish (gpointer authority)
{
  return gtk_widget_get_visible (find_in (authority, GTK_TYPE_BUTTON, "finish"));
}

static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  GtkWidget *authority = find_in (fixture->page, SC_TYPE_AUTHORITY_SETTINGS, NULL);
  const char *words = NULL;

  gui_fixture_settle ();
  g_assert_false (shows_finish (authority));
  fake_engine_answer (fixture->engine, "POST", "/v1/ca/rotate", 200, "{}");
  fake_engine_answer (fixture->engine, "GET", "/v1/ca", 200,
                      "{\"fingerprint\":\"00\",\"expires\":\"2046-11-23T00:00:00Z\",\"console\":{\"names\":[],"
                      "\"expires\":\"2027-12-25T00:00:00Z\"},\"rotation\":{\"fingerprint\":\"11\","
                      "\"started\":\"2026-11-23T08:00:00Z\",\"moved\":41,\"total\":43,"
                      "\"waiting\":[\"pc-07\",\"pc-12\"]}}");
  gtk_button_clicked (find_in (authority, GTK_TYPE_BUTTON, "begin"));
  gui_fixture_wait (has_rotated, fixture->engine, "a request");
  g_assert_cmpstr (sc_item_text_of (fake_engine_get_body (fixture->engine, "POST", "/v1/ca/rotate"), "action"), ==,
                   "begin");
  gui_fixture_wait (shows_finish, authority, "the change");
  words = gtk_label_get_text (find_in (authority, GTK_TYPE_LABEL, "rotation"));
  g_assert_true (g_str_has_prefix (words, "41 of 43 seats have certificates of the new authority."));
  g_assert_nonnull (strstr (words, "pc-07, pc-12"));
  take_picture (fixture, find_in (fixture->page, SC_TYPE_USER_SETTINGS, NULL), "trust-settings-rotation");
}

static gboolean
has_result (gpointer label)
{
  return gtk_widget_get_visible (label);
}

static void
test_audit (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = sc_activity_page_new (fixture->console), *window = gui_fixture_show (page, 1024, 552);
  GtkWidget *result = find_in (page, GTK_TYPE_LABEL, "result");

  fake_engine_answer (fixture->engine, "GET", "/v1/audit/verify", 200,
                      "{\"entries\":120,\"head\":\"ab\",\"intact\":true,\"first_bad\":null}");
  gtk_button_clicked (find_in (page, GTK_TYPE_BUTTON, "check"));
  gui_fixture_wait (has_result, result, "a result");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (result)), ==, "The log is whole: 120 entries");
  fake_engine_answer (fixture->engine, "GET", "/v1/audit/verify", 200,
                      "{\"entries\":120,\"head\":\"ab\",\"intact\":false,\"first_bad\":17}");
  gtk_button_clicked (find_in (page, GTK_TYPE_BUTTON, "check"));
  g_assert_false (has_result (result)); /* not what it was before */
  gui_fixture_wait (has_result, result, "a result");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (result)), ==,
                   "Somebody has changed the log: entry 17 is not what was written");
  gui_fixture_picture (window, "activity-verify");
  gtk_widget_destroy (window);
}

static const char caches[] =
    "{\"caches\":[{\"name\":\"building-2\",\"names\":[\"cache-2.example.org\",\"10.2.0.4\"],\"state\":\"good\","
    "\"created\":\"2026-11-01T08:00:00Z\",\"expires\":\"2027-12-03T08:00:00Z\",\"revoked\":null},"
    "{\"name\":\"old\",\"names\":[\"old.example.org\"],\"state\":\"%s\",\"created\":\"2025-11-01T08:00:00Z\","
    "\"expires\":\"2026-12-03T08:00:00Z\",\"revoked\":%s}]}";

static void
answer_caches (Fixture *fixture, const char *state, const char *revoked)
{
  g_autofree char *text = g_strdup_printf (caches, state, revoked);

  fake_engine_answer (fixture->engine, "GET", "/v1/caches", 200, text);
}

/* (nullable) */
static GtkWidget *
cache_at (Fixture *fixture, int position)
{
  GtkWidget *settings = find_in (fixture->page, SC_TYPE_CACHE_SETTINGS, NULL);

  return GTK_WIDGET (gtk_list_box_get_row_at_index (find_in (settings, GTK_TYPE_LIST_BOX, "caches"), position));
}

static gboolean
has_caches (gpointer data)
{
  return cache_at (data, 1) != NULL;
}

static gboolean
is_revoked (gpointer data)
{
  return g_str_has_prefix (gtk_label_get_text (find_in (cache_at (data, 1), GTK_TYPE_LABEL, "state")), "Revoked: ");
}

static gboolean
was_refused (gpointer data)
{
  GtkWidget *status = find_in (cache_at (data, 1), GTK_TYPE_WIDGET, "status");

  return strstr (gtk_label_get_text (find_in (status, GTK_TYPE_LABEL, "text")), "not now") != NULL;
}

static void
press_revoke (Fixture *fixture)
{
  GtkWidget *row = cache_at (fixture, 1);
  GtkMenuButton *button = find_in (row, GTK_TYPE_MENU_BUTTON, "revoke");
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (button));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  gui_fixture_settle ();
  gui_fixture_check_accessible (popover);
  gtk_button_clicked (find_in (popover, GTK_TYPE_BUTTON, "confirm"));
}

static void
test_caches (Fixture *fixture, gconstpointer data)
{
  const char *const path = "/v1/caches/old/revoke";

  answer_caches (fixture, "good", "null");
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (has_caches, fixture, "the caches");
  g_assert_cmpstr (gtk_label_get_text (find_in (cache_at (fixture, 0), GTK_TYPE_LABEL, "hosts")), ==,
                   "cache-2.example.org, 10.2.0.4");
  g_assert_true (
      g_str_has_prefix (gtk_label_get_text (find_in (cache_at (fixture, 0), GTK_TYPE_LABEL, "state")), "Good until: "));
  fake_engine_answer_error (fixture->engine, "POST", path, 409, "state", "not now");
  press_revoke (fixture);
  gui_fixture_wait (was_refused, fixture, "the refusal");
  fake_engine_answer (fixture->engine, "POST", path, 200, "{}");
  answer_caches (fixture, "revoked", "\"2026-11-23T08:00:00Z\"");
  press_revoke (fixture);
  gui_fixture_wait (is_revoked, fixture, "the end of the cache");
  g_assert_cmpuint (fake_engine_count (fixture->engine, "POST", path), ==, 2);
  g_assert_false (gtk_widget_get_visible (find_in (cache_at (fixture, 1), GTK_TYPE_MENU_BUTTON, "revoke")));
  gui_fixture_settle ();
  take_picture (fixture, find_in (fixture->page, SC_TYPE_CACHE_SETTINGS, NULL), "settings-caches");
}

/* Everybody sees them; only administrators revoke. */
static void
test_caches_operator (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = NULL;

  answer_caches (fixture, "expired", "null");
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (has_caches, fixture, "the caches");
  button = find_in (cache_at (fixture, 1), GTK_TYPE_MENU_BUTTON, "revoke");
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Only administrators may do this");
  g_assert_true (
      g_str_has_prefix (gtk_label_get_text (find_in (cache_at (fixture, 1), GTK_TYPE_LABEL, "state")), "Expired: "));
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
#define add(path, role, func) g_test_add ("/gui/trust-settings/" path, Fixture, role, set_up, func, tear_down)
  add ("users", "administrator", test_users);
  add ("role-refused", "administrator", test_role_refused);
  add ("add-user", "administrator", test_add_user);
  add ("operator", "operator", test_operator);
  add ("rotation", "administrator", test_rotation);
  add ("audit", "administrator", test_audit);
  add ("caches", "administrator", test_caches);
  add ("caches-operator", "operator", test_caches_operator);
#undef add
  return g_test_run ();
}
