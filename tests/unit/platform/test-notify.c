/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-notify.h"
#include "tests/unit/platform/test-dir.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

/* A service manager: the socket that NOTIFY_SOCKET names. */
static GSocket *
listen_at (GSocketAddress *address, const char *name)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  g_setenv ("NOTIFY_SOCKET", name, TRUE);
  return socket;
}

static void
assert_heard (GSocket *socket, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char buffer[512] = "";
  gssize length = g_socket_receive (socket, buffer, sizeof buffer - 1, NULL, &error);

  if (expected == NULL) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpint (length, ==, strlen (expected));
  g_assert_cmpstr (buffer, ==, expected);
}

static void
test_a_socket_of_the_file_system (void)
{
  test_auto_dir directory = test_dir_make ();
  g_autofree char *path = g_build_filename (directory, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = listen_at (address, path);

  sc_notify_ready ("Listening on https://console:8470");
  assert_heard (socket, "READY=1\nSTATUS=Listening on https://console:8470");
  sc_notify_ready (NULL);
  assert_heard (socket, "READY=1");
  sc_notify_stopping ("Ending");
  assert_heard (socket, "STOPPING=1\nSTATUS=Ending");
  assert_heard (socket, NULL);
}

static void
test_an_abstract_socket (void)
{
  g_autofree char *name = g_strdup_printf ("@seatcast-test-%s", g_get_prgname ());
  g_autofree char *random = g_strdup_printf ("%s-%08x", name, g_random_int ());
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new_with_type (random + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (GSocket) socket = listen_at (address, random);

  sc_notify_ready (NULL);
  assert_heard (socket, "READY=1");
}

/* A line is a variable: a name with a line end must not say something of its own. */
static void
test_a_status_stays_one_line (void)
{
  test_auto_dir directory = test_dir_make ();
  g_autofree char *path = g_build_filename (directory, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = listen_at (address, path);

  sc_notify_ready ("the directory a\nMAINPID=1\rb");
  assert_heard (socket, "READY=1\nSTATUS=the directory a MAINPID=1 b");
}

static void
test_nobody_listens (void)
{
  g_unsetenv ("NOTIFY_SOCKET");
  sc_notify_ready ("nobody hears it"); /* and no warning, which would end the test */
  g_setenv ("NOTIFY_SOCKET", "", TRUE);
  sc_notify_ready (NULL);
  g_setenv ("NOTIFY_SOCKET", "/nonexistent/notify", TRUE);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "Cannot tell the service manager*READY=1*");
  sc_notify_ready (NULL);
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notify/a-socket-of-the-file-system", test_a_socket_of_the_file_system);
  g_test_add_func ("/notify/an-abstract-socket", test_an_abstract_socket);
  g_test_add_func ("/notify/a-status-stays-one-line", test_a_status_stays_one_line);
  g_test_add_func ("/notify/nobody-listens", test_nobody_listens);
  return g_test_run ();
}
