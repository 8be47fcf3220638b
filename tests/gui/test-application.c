/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-application.h"
#include "console/gui/sc-notice-area.h"
#include "console/gui/sc-window.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

#include <string.h>

#define TIMEOUT (20 * G_TIME_SPAN_SECOND)

#define wait_for(condition)                                                                                            \
  do {                                                                                                                 \
    for (gint64 end = g_get_monotonic_time () + TIMEOUT; !(condition);) {                                              \
      g_assert_cmpint (g_get_monotonic_time (), <, end);                                                               \
      if (!g_main_context_iteration (NULL, FALSE))                                                                     \
        g_usleep (1000);                                                                                               \
    }                                                                                                                  \
  } while (FALSE)

static const char notifications_xml[] =
    "<node><interface name='org.freedesktop.Notifications'><method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/>"
    "</method></interface></node>";

/* A desktop that keeps what it is asked to show. */
typedef struct {
  GDBusConnection *bus;
  gboolean owned;
  guint n;
  char *title;
  char *body;
} Desktop;

static void
on_notify (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method,
           GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Desktop *desktop = user_data;

  g_free (desktop->title);
  g_free (desktop->body);
  g_variant_get (parameters, "(susssasa{sv}i)", NULL, NULL, NULL, &desktop->title, &desktop->body, NULL, NULL, NULL);
  desktop->n++;
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", desktop->n));
}

static void
on_owned (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ((Desktop *) user_data)->owned = TRUE;
}

static void
desktop_start (Desktop *desktop)
{
  static const GDBusInterfaceVTable functions = { on_notify };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (notifications_xml, NULL);
  g_autoptr (GError) error = NULL;

  desktop->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (desktop->bus, "/org/freedesktop/Notifications", node->interfaces[0], &functions,
                                     desktop, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (desktop->bus, "org.freedesktop.Notifications", 0, on_owned, NULL, desktop, NULL);
  wait_for (desktop->owned);
}

/* Runs beside the application, whose main loop it borrows: the steps of a test, one after the other. */
typedef struct {
  ScApplication *application;
  FakeEngine *engine;
  Desktop desktop;
} Fixture;

static ScWindow *
window_of (Fixture *fixture)
{
  return SC_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (fixture->application)));
}

static void
send_session (Fixture *fixture, guint64 id, const char *state)
{
  g_autoptr (ScJson) session = gui_fixture_session (id, 20, state);
  g_autofree char *path = g_strdup_printf ("/v1/sessions/%" G_GUINT64_FORMAT, id);
  g_autofree char *text = NULL;

  fake_engine_answer_json (fixture->engine, "GET", path, 200, json_deep_copy (session));
  json_object_set_new (session, "type", json_string ("session"));
  text = sc_json_to_text (session);
  fake_engine_send_event (fixture->engine, text);
}

static gboolean
notice_says (Fixture *fixture, const char *words)
{
  ScNoticeArea *area = sc_notice_area_find (GTK_WIDGET (window_of (fixture)));
  GtkLabel *label = gui_fixture_find (GTK_WIDGET (area), GTK_TYPE_LABEL, NULL);

  return label != NULL && strstr (gtk_label_get_text (label), words) != NULL;
}

static gboolean
on_session_story (gpointer user_data)
{
  Fixture *fixture = user_data;
  ScWindow *window = window_of (fixture);
  ScConsole *console = sc_window_get_console (window);
  GtkWidget *elsewhere = NULL;

  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED && fake_engine_has_listener (fixture->engine));
  wait_for (gtk_window_is_active (GTK_WINDOW (window)));
  send_session (fixture, 6, "sending");
  send_session (fixture, 6, "done");
  wait_for (notice_says (fixture, "Version 4"));
  g_assert_cmpuint (fixture->desktop.n, ==, 0);

  elsewhere = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  gtk_widget_show (elsewhere);
  gui_fixture_settle ();
  gtk_window_present (GTK_WINDOW (elsewhere));
  wait_for (!gtk_window_is_active (GTK_WINDOW (window)));
  send_session (fixture, 7, "sending");
  send_session (fixture, 7, "failed");
  wait_for (fixture->desktop.n == 1);
  g_assert_cmpstr (fixture->desktop.title, ==, "Version 4: deployment failed");
  g_assert_true (g_str_has_prefix (fixture->desktop.body, "Lab 1"));

  g_action_group_activate_action (
      G_ACTION_GROUP (fixture->application), "show-session",
      g_variant_new ("(ut)", gtk_application_window_get_id (GTK_APPLICATION_WINDOW (window)), (guint64) 7));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (gui_fixture_find (GTK_WIDGET (window), GTK_TYPE_STACK, "pages")),
                   ==, "sessions");
  gtk_widget_destroy (elsewhere);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
on_window_added (GtkApplication *application, GtkWindow *window, gpointer fixture)
{
  if (SC_IS_WINDOW (window))
    g_idle_add (on_session_story, fixture);
}

static void
test_notifications (void)
{
  static Fixture fixture; /* the desktop outlives the application, as desktops do */
  g_autofree char *file = g_build_filename (g_get_user_config_dir (), "test-connection", NULL);
  char *arguments[] = { (char *) "seatcast-console", (char *) "--connection", file, NULL };

  fixture.engine = fake_engine_new ();
  desktop_start (&fixture.desktop);
  g_assert_true (sc_connection_save (fake_engine_get_connection (fixture.engine), file, NULL));
  fixture.application = sc_application_new ();
  g_signal_connect (fixture.application, "window-added", G_CALLBACK (on_window_added), &fixture);
  g_assert_cmpint (g_application_run (G_APPLICATION (fixture.application), 3, arguments), ==, 0);
  g_assert_cmpuint (fixture.desktop.n, ==, 1);
  g_object_unref (fixture.application);
  fake_engine_free (fixture.engine);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/application/notifications", test_notifications);
  return g_test_run ();
}
