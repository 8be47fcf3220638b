/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"

#include <string.h>

#include "common/sc-error.h"

/* A bus of our own on which the test plays logind. */
typedef struct {
  const char *class;
  const char *type;
  gboolean active;
  gboolean idle;
  gboolean remote;
} Session;

typedef struct {
  GTestDBus *daemon;
  GDBusConnection *connection;
  guint objects[8];
  guint n_objects;
  guint name;
  const Session *sessions; /* up to one without a class */
  gboolean silent;         /* never answers */
  gboolean refuses;        /* answers with an error */
  const char *power_error; /* (nullable): what PowerOff is answered with */
  guint n_power_offs;
} Logind;

static const char interfaces[] =
    "<node>"
    " <interface name='org.freedesktop.login1.Manager'>"
    "  <method name='ListSessions'><arg type='a(susso)' direction='out'/></method>"
    "  <method name='PowerOff'><arg type='b' direction='in'/></method>"
    " </interface>"
    " <interface name='org.freedesktop.login1.Session'>"
    "  <property name='Active' type='b' access='read'/><property name='IdleHint' type='b' access='read'/>"
    "  <property name='Remote' type='b' access='read'/><property name='Class' type='s' access='read'/>"
    "  <property name='Type' type='s' access='read'/>"
    " </interface>"
    "</node>";

static void
on_power_off (Logind *self, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  gboolean interactive;
  g_variant_get (parameters, "(b)", &interactive);
  g_assert_false (interactive);
  self->n_power_offs++;
  if (self->power_error != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, self->power_error, "says the test");
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Logind *self = data;
  GVariantBuilder builder;
  if (strcmp (method, "PowerOff") == 0) {
    on_power_off (self, parameters, invocation);
    return;
  }
  if (self->silent) {
    g_object_unref (invocation);
    return;
  }
  if (self->refuses) {
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.AccessDenied", "no");
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(susso)"));
  /* one that has ended since the list was made */
  g_variant_builder_add (&builder, "(susso)", "gone", 1u, "nobody", "", "/org/freedesktop/login1/session/gone");
  for (guint i = 0; self->sessions != NULL && self->sessions[i].class != NULL; i++) {
    g_autofree char *id = g_strdup_printf ("c%u", i);
    g_autofree char *object = g_strdup_printf ("/org/freedesktop/login1/session/c%u", i);
    g_variant_builder_add (&builder, "(susso)", id, 1000 + i, "student", "seat0", object);
  }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(susso))", &builder));
}

static GVariant *
on_property (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
             const char *property, GError **error, gpointer data)
{
  const Session *session = data;
  if (strcmp (property, "Class") == 0)
    return g_variant_new_string (session->class);
  if (strcmp (property, "Type") == 0)
    return g_variant_new_string (session->type);
  return g_variant_new_boolean (strcmp (property, "Active") == 0     ? session->active
                                : strcmp (property, "IdleHint") == 0 ? session->idle
                                                                     : session->remote);
}

static void export(Logind *self, const char *path, GDBusInterfaceInfo *info, const GDBusInterfaceVTable *table,
                   gpointer data)
{
  g_autoptr (GError) error = NULL;
  self->objects[self->n_objects++] =
      g_dbus_connection_register_object (self->connection, path, info, table, data, NULL, &error);
  g_assert_no_error (error);
}

static void
on_name (GDBusConnection *connection, const char *name, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
logind_start (Logind *self, const Session *sessions)
{
  static const GDBusInterfaceVTable manager = { .method_call = on_call };
  static const GDBusInterfaceVTable session = { .get_property = on_property };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interfaces, &error);
  gboolean has_name = FALSE;
  g_assert_no_error (error);
  self->connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->daemon),
                                                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                                 G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                             NULL, NULL, &error);
  g_assert_no_error (error);
  self->sessions = sessions;
  export(self, "/org/freedesktop/login1", node->interfaces[0], &manager, self);
  for (guint i = 0; sessions != NULL && sessions[i].class != NULL; i++) {
    g_autofree char *path = g_strdup_printf ("/org/freedesktop/login1/session/c%u", i);
    export(self, path, node->interfaces[1], &session, (gpointer) &sessions[i]);
  }
  self->name = g_bus_own_name_on_connection (self->connection, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_NONE,
                                             on_name, NULL, &has_name, NULL);
  while (!has_name)
    g_main_context_iteration (NULL, TRUE);
}

static void
logind_stop (Logind *self)
{
  for (guint i = 0; i < self->n_objects; i++)
    g_dbus_connection_unregister_object (self->connection, self->objects[i]);
  g_bus_unown_name (self->name);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  *self = (Logind){ .daemon = self->daemon };
}

static gpointer
ask (gpointer data)
{
  gboolean in_use = sc_system_is_in_use ();
  g_atomic_int_set ((gint *) data, 1);
  g_main_context_wakeup (NULL);
  return GINT_TO_POINTER (in_use);
}

/* The question blocks; logind answers on this thread meanwhile. */
static gboolean
is_in_use (void)
{
  gint done = 0;
  GThread *thread = g_thread_new ("ask", ask, &done);
  while (!g_atomic_int_get (&done))
    g_main_context_iteration (NULL, TRUE);
  return GPOINTER_TO_INT (g_thread_join (thread));
}

static gboolean
is_in_use_with (Logind *self, const Session *sessions)
{
  logind_start (self, sessions);
  gboolean in_use = is_in_use ();
  logind_stop (self);
  return in_use;
}

static const Session nobody[] = { { NULL } };
static const Session student[] = { { "user", "x11", .active = TRUE }, { NULL } };
static const Session text_console[] = { { "user", "tty", .active = TRUE }, { NULL } };
static const Session remote_desktop[] = { { "user", "wayland", .active = TRUE, .remote = TRUE }, { NULL } };
static const Session away[] = { { "user", "x11", .active = TRUE, .idle = TRUE }, { NULL } };
static const Session switched_away[] = { { "user", "x11", .active = FALSE }, { NULL } };
static const Session login_screen[] = { { "greeter", "wayland", .active = TRUE }, { NULL } };
static const Session administrator[] = { { "user", "tty", .active = TRUE, .remote = TRUE }, { NULL } };
static const Session several[] = { { "user", "tty", .active = TRUE, .remote = TRUE },
                                   { "greeter", "x11", .active = FALSE },
                                   { "user", "x11", .active = TRUE },
                                   { NULL } };

static void
test_sessions (Logind *self, gconstpointer data)
{
  g_assert_true (is_in_use_with (self, student));
  g_assert_true (is_in_use_with (self, text_console));
  g_assert_true (is_in_use_with (self, remote_desktop));
  g_assert_true (is_in_use_with (self, several));
  g_assert_false (is_in_use_with (self, nobody));
  g_assert_false (is_in_use_with (self, away));
  g_assert_false (is_in_use_with (self, switched_away));
  g_assert_false (is_in_use_with (self, login_screen));
  g_assert_false (is_in_use_with (self, administrator));
}

static void
test_comes_and_goes (Logind *self, gconstpointer data)
{
  Session session[] = { { "user", "x11", .active = TRUE }, { NULL } };
  logind_start (self, session);
  g_assert_true (is_in_use ());
  session[0].idle = TRUE;
  g_assert_false (is_in_use ());
  session[0].idle = FALSE;
  g_assert_true (is_in_use ());
  logind_stop (self);
}

static void
test_no_answer (Logind *self, gconstpointer data)
{
  g_assert_false (is_in_use ()); /* nobody has the name */
  logind_start (self, student);
  self->refuses = TRUE;
  g_assert_false (is_in_use ());
  self->refuses = FALSE;
  self->silent = TRUE;
  g_assert_false (is_in_use ());
  self->silent = FALSE;
  g_assert_true (is_in_use ());
  logind_stop (self);
}

typedef struct {
  gint done;
  gboolean users;
  GError *error;
} Users;

static gpointer
ask_for_users (gpointer data)
{
  Users *self = data;
  sc_system_has_users (&self->users, &self->error);
  g_atomic_int_set (&self->done, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* (out) error: (nullable): it is not told */
static gboolean
has_users (GError **error)
{
  Users call = { .users = TRUE };
  GThread *thread = g_thread_new ("ask", ask_for_users, &call);
  while (!g_atomic_int_get (&call.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  if (call.error != NULL)
    g_propagate_error (error, call.error);
  return call.users;
}

static gboolean
has_users_with (Logind *self, const Session *sessions)
{
  g_autoptr (GError) error = NULL;
  logind_start (self, sessions);
  gboolean users = has_users (&error);
  logind_stop (self);
  g_assert_no_error (error);
  return users;
}

/* Sharper than whether it is in use: who is away has left something open. */
static void
test_users (Logind *self, gconstpointer data)
{
  static const Session *const some[] = { student, text_console, remote_desktop, several, away, switched_away };
  static const Session *const none[] = { nobody, login_screen, administrator };
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) refused = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (some); i++)
    g_assert_true (has_users_with (self, some[i]));
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (has_users_with (self, none[i]));
  has_users (&unknown); /* nobody has the name */
  g_assert_error (unknown, SC_ERROR, SC_ERROR_SYSTEM);
  logind_start (self, nobody);
  self->refuses = TRUE;
  has_users (&refused);
  g_assert_error (refused, SC_ERROR, SC_ERROR_SYSTEM);
  logind_stop (self);
}

typedef struct {
  gint done;
  GError *error;
} PowerOff;

static gpointer
power_off (gpointer data)
{
  PowerOff *self = data;
  gboolean taken = sc_system_power_off (&self->error);
  g_atomic_int_set (&self->done, 1);
  g_main_context_wakeup (NULL);
  return GINT_TO_POINTER (taken);
}

/* (transfer full) (nullable): why it was not */
static GError *
try_to_power_off (Logind *self)
{
  /* never the bus of the machine that runs the tests */
  g_assert_cmpstr (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"), ==, g_test_dbus_get_bus_address (self->daemon));
  PowerOff call = { 0 };
  GThread *thread = g_thread_new ("power-off", power_off, &call);
  while (!g_atomic_int_get (&call.done))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, call.error == NULL);
  return call.error;
}

static void
assert_no_power_off (Logind *self, ScError code, const char *part)
{
  g_autoptr (GError) error = try_to_power_off (self);
  g_assert_error (error, SC_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_null (strstr (error->message, "GDBus.Error"));
}

static void
test_power_off (Logind *self, gconstpointer data)
{
  assert_no_power_off (self, SC_ERROR_SYSTEM, "systemd-logind"); /* nobody has the name */
  logind_start (self, student);
  g_autoptr (GError) error = try_to_power_off (self);
  g_assert_no_error (error);
  g_assert_cmpuint (self->n_power_offs, ==, 1);
  self->power_error = "org.freedesktop.DBus.Error.AccessDenied";
  assert_no_power_off (self, SC_ERROR_DENIED, "polkit");
  self->power_error = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
  assert_no_power_off (self, SC_ERROR_DENIED, "says the test");
  self->power_error = "org.freedesktop.login1.BlockedByInhibitorLock";
  assert_no_power_off (self, SC_ERROR_BUSY, "systemd-inhibit");
  self->power_error = "org.freedesktop.DBus.Error.Failed";
  assert_no_power_off (self, SC_ERROR_SYSTEM, "says the test");
  logind_stop (self);
}

static void
test_no_bus (Logind *self, gconstpointer data)
{
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_assert_false (is_in_use ());
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "rubbish", TRUE);
  g_assert_false (is_in_use ());
}

static void
set_up (Logind *self, gconstpointer data)
{
  self->daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->daemon), TRUE);
}

static void
tear_down (Logind *self, gconstpointer data)
{
  g_unsetenv ("DBUS_SYSTEM_BUS_ADDRESS");
  g_test_dbus_stop (self->daemon);
  g_object_unref (self->daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/platform/in-use/sessions", Logind, NULL, set_up, test_sessions, tear_down);
  g_test_add ("/platform/in-use/comes-and-goes", Logind, NULL, set_up, test_comes_and_goes, tear_down);
  g_test_add ("/platform/in-use/no-answer", Logind, NULL, set_up, test_no_answer, tear_down);
  g_test_add ("/platform/in-use/users", Logind, NULL, set_up, test_users, tear_down);
  g_test_add ("/platform/power-off", Logind, NULL, set_up, test_power_off, tear_down);
  g_test_add ("/platform/in-use/no-bus", Logind, NULL, set_up, test_no_bus, tear_down);
  return g_test_run ();
}
