/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-waiting-item.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/settings/sc-user-dialog.h"
#include "console/gui/waiting/sc-token-dialog.h"
#include "console/gui/waiting/sc-waiting-view.h"
#include "console/gui/words/sc-waiting-words.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *view;
} Fixture;

static const char waiting[] =
    "{\"waiting\":["
    "{\"id\":1,\"state\":\"pending\",\"reason\":\"the token has expired\",\"name\":\"pc-01\",\"room\":\"Lab 1\","
    "\"address\":\"10.1.0.1\",\"macs\":[\"52:54:00:00:00:01\"],\"machine\":\"m-1\",\"os\":\"Debian 12\","
    "\"service_version\":\"0.1.0\",\"requested\":\"2026-11-23T08:00:00Z\",\"asked\":\"2026-11-23T08:00:00Z\","
    "\"known\":null},"
    "{\"id\":2,\"state\":\"duplicate\",\"reason\":\"known by another key\",\"name\":\"pc-02\",\"room\":\"Lab 1\","
    "\"address\":\"10.1.0.2\",\"macs\":[\"52:54:00:00:00:02\"],\"machine\":\"m-2\",\"os\":\"Windows 11\","
    "\"service_version\":\"0.1.0\",\"requested\":\"2026-11-23T08:00:00Z\",\"asked\":\"2026-11-23T08:00:00Z\","
    "\"known\":{\"seat\":\"s-2\",\"name\":\"pc-02\",\"room\":\"Lab 1\",\"last_seen\":\"2026-11-20T08:00:00Z\","
    "\"online\":false,\"matched\":[\"machine\",\"mac\"]}},"
    "{\"id\":3,\"state\":\"duplicate\",\"reason\":\"known by another key\",\"name\":\"pc-03\",\"room\":\"Lab 1\","
    "\"address\":\"10.1.0.99\",\"macs\":[\"52:54:00:00:00:99\"],\"machine\":\"m-9\",\"os\":\"Debian 12\","
    "\"service_version\":\"0.1.0\",\"requested\":\"2026-11-23T08:00:00Z\",\"asked\":\"2026-11-23T08:00:00Z\","
    "\"known\":{\"seat\":\"s-3\",\"name\":\"pc-03\",\"room\":\"Lab 1\",\"last_seen\":\"2026-11-23T08:00:00Z\","
    "\"online\":true,\"matched\":[\"name\"]}}]}";

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *role = data;
  g_autofree char *me = g_strdup_printf (
      "{\"user\":\"anna\",\"role\":\"%s\",\"expires\":\"2026-11-23T22:00:00Z\",\"local\":false}", role);

  fixture->engine = fake_engine_new ();
  fake_engine_answer (fixture->engine, "GET", "/v1/me", 200, me);
  fake_engine_answer (fixture->engine, "GET", "/v1/rooms", 200,
                      "{\"rooms\":[{\"name\":\"Lab 1\"},{\"name\":\"Lab 2\"}]}");
  fake_engine_answer (fixture->engine, "GET", "/v1/waiting-seats", 200, waiting);
  fixture->console = sc_console_new ();
  sc_console_connect (fixture->console, fake_engine_get_connection (fixture->engine));
  gui_fixture_wait (is_connected, fixture->console, "a connection");
  fixture->view = sc_waiting_view_new (fixture->console);
  fixture->window = gui_fixture_show (fixture->view, 820, 552);
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
find (GtkWidget *root, const char *name)
{
  gpointer widget = gui_fixture_find (root, GTK_TYPE_WIDGET, name);

  g_assert_nonnull (widget);
  return widget;
}

static gboolean
is_empty (gpointer data)
{
  return sc_item_list_get_length (sc_console_get_waiting (data)) == 0;
}

/* The engine's event says only that something has changed; the list is asked for again. */
static void
nobody_waits_now (Fixture *fixture)
{
  fake_engine_answer (fixture->engine, "GET", "/v1/waiting-seats", 200, "{\"waiting\":[]}");
  fake_engine_send_event (fixture->engine, "{\"type\":\"waiting-seats-changed\",\"n\":0}");
  gui_fixture_wait (is_empty, fixture->console, "nobody waits");
  gui_fixture_settle ();
}

static gboolean
was_asked (gpointer data)
{
  return fake_engine_count (data, "POST", "/v1/waiting-seats/") > 0;
}

static void
test_approve_many (Fixture *fixture, gconstpointer data)
{
  ScJson *body = NULL;

  g_assert_false (gtk_widget_is_sensitive (find (fixture->view, "approve")));
  gui_fixture_check_accessible (fixture->window);
  gui_fixture_picture (fixture->window, "waiting");
  gtk_button_clicked (find (fixture->view, "select_all"));
  g_assert_true (gtk_widget_is_sensitive (find (fixture->view, "approve")));
  gtk_combo_box_set_active_id (gui_fixture_find (fixture->view, GTK_TYPE_COMBO_BOX, "room"), "Lab 2");
  fake_engine_answer (fixture->engine, "POST", "/v1/waiting-seats/approve", 200, "{\"done\":[1,2,3],\"failed\":[]}");
  gtk_button_clicked (find (fixture->view, "approve"));
  g_assert_false (gtk_widget_is_sensitive (find (fixture->view, "approve"))); /* not twice */
  gui_fixture_wait (was_asked, fixture->engine, "a request");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/waiting-seats/approve");
  g_assert_cmpuint (json_array_size (json_object_get (body, "ids")), ==, 3);
  g_assert_cmpint (json_integer_value (json_array_get (json_object_get (body, "ids"), 0)), ==,
                   2); /* duplicates first */
  g_assert_cmpstr (sc_item_text_of (body, "room"), ==, "Lab 2");
  nobody_waits_now (fixture);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (find (fixture->view, "stack")), ==, "empty");
  gui_fixture_picture (fixture->window, "waiting-empty");
}

static void
test_reject_one (Fixture *fixture, gconstpointer data)
{
  GtkListBox *list = find (fixture->view, "list");
  ScJson *body = NULL;

  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 1)); /* pc-03, who is online */
  fake_engine_answer (fixture->engine, "POST", "/v1/waiting-seats/reject", 200, "{\"done\":[3],\"failed\":[]}");
  gtk_button_clicked (find (fixture->view, "reject"));
  gui_fixture_wait (was_asked, fixture->engine, "a request");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/waiting-seats/reject");
  g_assert_cmpuint (json_array_size (json_object_get (body, "ids")), ==, 1);
  g_assert_cmpint (json_integer_value (json_array_get (json_object_get (body, "ids"), 0)), ==, 3);
  g_assert_null (json_object_get (body, "room"));
}

/* A viewer sees them, and is told why he cannot do more. */
static void
test_viewer (Fixture *fixture, gconstpointer data)
{
  gtk_button_clicked (find (fixture->view, "select_all"));
  g_assert_false (gtk_widget_is_sensitive (find (fixture->view, "approve")));
  g_assert_false (gtk_widget_is_sensitive (find (fixture->view, "reject")));
  g_assert_false (gtk_widget_is_sensitive (find (fixture->view, "add_token")));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find (fixture->view, "approve")), ==,
                   "Only operators and administrators may do this");
  g_assert_true (sc_me_may (fixture->console, SC_MAY_VIEW));
  g_assert_false (sc_me_may (fixture->console, SC_MAY_OPERATE));
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  ScItemList *list = sc_console_get_waiting (fixture->console);
  const gint64 now = G_GINT64_CONSTANT (1795507200) * G_USEC_PER_SEC; /* 2026-11-23, 08:00 UTC */
  g_autofree char *imaged = sc_waiting_words_why (sc_waiting_item_get_info (sc_item_list_at (list, 0)), now);
  g_autofree char *online = sc_waiting_words_why (sc_waiting_item_get_info (sc_item_list_at (list, 1)), now);
  g_autofree char *late = sc_waiting_words_why (sc_waiting_item_get_info (sc_item_list_at (list, 2)), now);

  g_assert_nonnull (strstr (imaged, "Known as pc-02 in Lab 1 (same machine number, same network card)"));
  g_assert_nonnull (strstr (imaged, "as after re-imaging"));
  g_assert_nonnull (strstr (online, "pc-03 in Lab 1 is online right now (same name)"));
  g_assert_cmpstr (late, ==, "the token has expired");
}

static gboolean
is_shown (gpointer stack)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (stack), "token") == 0;
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = sc_token_dialog_new (fixture->console, GTK_WINDOW (fixture->window), "Lab 1");
  ScJson *body = NULL;
  const char *command = NULL;

  gtk_widget_show (dialog);
  gui_fixture_settle ();
  gui_fixture_check_accessible (dialog);
  gui_fixture_picture (dialog, "token-new");
  gtk_spin_button_set_value (find (dialog, "seats"), 40);
  fake_engine_answer (
      fixture->engine, "POST", "/v1/enrol-tokens", 200,
      "{\"id\":1,\"token\":\"t0ken\",\"room\":\"Lab 1\",\"seats\":40,\"expires\":\"2026-11-24T08:00:00Z\"}");
  gtk_button_clicked (find (dialog, "create"));
  gui_fixture_wait (is_shown, find (dialog, "stack"), "the token");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/enrol-tokens");
  g_assert_cmpstr (sc_item_text_of (body, "room"), ==, "Lab 1");
  g_assert_cmpuint (sc_item_number_of (body, "seats"), ==, 40);
  g_assert_cmpuint (sc_item_number_of (body, "hours"), ==, 24);
  g_assert_false (sc_item_flag_of (body, "ask"));
  command = gtk_entry_get_text (find (dialog, "linux_command"));
  g_assert_true (g_str_has_prefix (command, "seatcast-service --enrol https://lab-console:8470 --token t0ken "));
  g_assert_nonnull (strstr (command, fake_engine_get_connection (fixture->engine)->fingerprint));
  g_assert_nonnull (strstr (gtk_entry_get_text (find (dialog, "windows_command")), "TOKEN=t0ken"));
  gui_fixture_check_accessible (dialog);
  gui_fixture_picture (dialog, "token");
  gtk_widget_destroy (dialog);
}

/* In the list of rooms they are the last row; the room that was looked at comes back. */
static void
test_in_rooms (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = sc_rooms_page_new (fixture->console), *window = gui_fixture_show (page, 1024, 552);
  GtkStack *side = find (page, "side");

  g_assert_cmpstr (gtk_stack_get_visible_child_name (side), ==, "seats");
  sc_rooms_page_show_waiting (SC_ROOMS_PAGE (page));
  gui_fixture_settle ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (side), ==, "waiting");
  g_assert_cmpint (gtk_widget_get_allocated_width (window), ==, 1024);
  gui_fixture_picture (window, "rooms-waiting");
  sc_rooms_page_show_room (SC_ROOMS_PAGE (page), "Lab 1");
  gui_fixture_settle ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (side), ==, "seats");
  gtk_widget_destroy (window);
}

static gboolean
has_asked_password (gpointer data)
{
  return fake_engine_count (data, "POST", "/v1/me/password") > 0;
}

static gboolean
is_gone (gpointer data)
{
  return *(GtkWidget **) data == NULL;
}

static void
test_own_password (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog =
      sc_user_dialog_new (fixture->console, GTK_WINDOW (fixture->window), SC_USER_DIALOG_OWN_PASSWORD, NULL);
  ScJson *body = NULL;

  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  gtk_widget_show (dialog);
  gtk_entry_set_text (find (dialog, "old"), "what it was");
  gtk_entry_set_text (find (dialog, "password"), "correct horse");
  gtk_entry_set_text (find (dialog, "again"), "correct house");
  gui_fixture_settle ();
  g_assert_true (gtk_widget_get_visible (find (dialog, "mismatch")));
  g_assert_false (gtk_widget_is_sensitive (find (dialog, "save")));
  gtk_entry_set_text (find (dialog, "again"), "correct horse");
  g_assert_true (gtk_widget_is_sensitive (find (dialog, "save")));
  gui_fixture_picture (dialog, "own-password");
  fake_engine_answer (fixture->engine, "POST", "/v1/me/password", 200, "{}");
  gtk_button_clicked (find (dialog, "save"));
  gui_fixture_wait (has_asked_password, fixture->engine, "a request");
  body = fake_engine_get_body (fixture->engine, "POST", "/v1/me/password");
  g_assert_cmpstr (sc_item_text_of (body, "old"), ==, "what it was");
  g_assert_cmpstr (sc_item_text_of (body, "new"), ==, "correct horse");
  gui_fixture_wait (is_gone, &dialog, "the dialog closes");
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
#define add(path, role, func) g_test_add ("/gui/waiting/" path, Fixture, role, set_up, func, tear_down)
  add ("approve-many", "operator", test_approve_many);
  add ("reject-one", "operator", test_reject_one);
  add ("viewer", "viewer", test_viewer);
  add ("words", "operator", test_words);
  add ("token", "operator", test_token);
  add ("in-rooms", "operator", test_in_rooms);
  add ("own-password", "operator", test_own_password);
#undef add
  return g_test_run ();
}
