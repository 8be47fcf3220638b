/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-wake.h"

#include <gio/gio.h>
#include <string.h>

#include "common/sc-error.h"

#define MAC "02:fc:00:a1:B2:03"
#define LOOPBACK "127.0.0.1"

static const guint8 mac[6] = { 0x02, 0xfc, 0x00, 0xa1, 0xb2, 0x03 };

/* *@at: where it receives, in text. */
static GSocket *
make_receiver (const char *address, char **at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (address);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (ip, 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, any_port, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (socket, 10);
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *at = g_strdup_printf ("%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

static void
assert_magic (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) from = NULL;
  guint8 packet[1500];
  gssize length = g_socket_receive_from (socket, &from, (gchar *) packet, sizeof packet, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (length, ==, 6 + 16 * 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (packet[i], ==, 0xff);
  for (guint i = 0; i < 16; i++)
    g_assert_cmpmem (packet + 6 + i * 6, 6, mac, 6);
  g_autofree char *address =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)));
  g_assert_cmpstr (address, ==, LOOPBACK); /* from the interface that was named */
}

static void
test_packet (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  g_autoptr (GSocket) receiver = make_receiver (LOOPBACK, &port);
  g_autofree char *destination = g_strconcat (LOOPBACK ":", port, NULL);
  g_assert_true (sc_system_wake (MAC, LOOPBACK, destination, &error));
  g_assert_no_error (error);
  assert_magic (receiver);
  g_assert_true (sc_system_wake ("02-FC-00-a1-b2-03", LOOPBACK, destination, &error));
  g_assert_no_error (error);
  assert_magic (receiver);
}

/* A subnet's broadcast address, which a socket must be allowed to send to. */
static void
test_broadcast (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  g_autoptr (GSocket) receiver = make_receiver ("0.0.0.0", &port);
  g_autofree char *destination = g_strconcat ("127.255.255.255:", port, NULL);
  g_assert_true (sc_system_wake (MAC, LOOPBACK, destination, &error));
  g_assert_no_error (error);
  assert_magic (receiver);
  g_assert_true (sc_system_wake (MAC, LOOPBACK, NULL, &error)); /* to port 9, where nobody listens */
  g_assert_no_error (error);
}

static void
assert_fails (const char *text, const char *interface_address, const char *destination, ScError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_test_message ("%s from %s to %s", text, interface_address, destination);
  g_assert_false (sc_system_wake (text, interface_address, destination, &error));
  g_assert_error (error, SC_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_bad_arguments (void)
{
  static const char *const bad[] = { "",
                                     "02",
                                     "02:fc:00:a1:b2",
                                     "02:fc:00:a1:b2:",
                                     "02:fc:00:a1:b2:03:04",
                                     "02:fc:00:a1:b2:0",
                                     "02:fc:00:a1:b2:0g",
                                     "02fc00a1b203",
                                     "00:00:00:00:00:00",
                                     "ff:ff:ff:ff:ff:ff",
                                     "03:fc:00:a1:b2:03" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_fails (bad[i], LOOPBACK, NULL, SC_ERROR_INVALID, "MAC address");
  assert_fails (MAC, "eth0", NULL, SC_ERROR_INVALID, "eth0");
  assert_fails (MAC, "::1", NULL, SC_ERROR_INVALID, "::1");
  assert_fails (MAC, LOOPBACK, "localhost", SC_ERROR_INVALID, "localhost");
  assert_fails (MAC, LOOPBACK, "192.0.2.255:70000", SC_ERROR_INVALID, "70000");
  assert_fails (MAC, "192.0.2.77", NULL, SC_ERROR_SYSTEM, "192.0.2.77"); /* RFC 5737: nobody's */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/wake/packet", test_packet);
  g_test_add_func ("/platform/wake/broadcast", test_broadcast);
  g_test_add_func ("/platform/wake/bad-arguments", test_bad_arguments);
  return g_test_run ();
}
