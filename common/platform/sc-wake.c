/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-wake.h"

#include <gio/gio.h>
#include <string.h>

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#define MAC_SIZE 6u
#define REPEATS 16u
#define PACKET_SIZE (MAC_SIZE + REPEATS * MAC_SIZE)
#define DISCARD_PORT 9
#define LIMITED_BROADCAST "255.255.255.255"

static gboolean
parse_mac (const char *text, guint8 *mac)
{
  static const guint8 none[MAC_SIZE] = { 0 };
  for (guint i = 0; i < MAC_SIZE; i++, text += 3) {
    if (!g_ascii_isxdigit (text[0]) || !g_ascii_isxdigit (text[1]))
      return FALSE;
    mac[i] = (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
    if (i + 1 == MAC_SIZE ? text[2] != '\0' : text[2] != ':' && text[2] != '-')
      return FALSE;
  }
  return (mac[0] & 1) == 0 && memcmp (mac, none, MAC_SIZE) != 0; /* a group's address is no machine's */
}

/* (transfer full) (nullable): an IPv4 address, maybe with a port; no name is looked up */
static GSocketAddress *
parse_address (const char *text, guint16 default_port)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, default_port, NULL);
  if (parsed == NULL)
    return NULL;
  GNetworkAddress *address = G_NETWORK_ADDRESS (parsed);
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (g_network_address_get_hostname (address));
  if (ip == NULL || g_inet_address_get_family (ip) != G_SOCKET_FAMILY_IPV4)
    return NULL;
  return g_inet_socket_address_new (ip, g_network_address_get_port (address));
}

/* Bound to the interface's address: that is how both systems choose the interface for a limited broadcast. */
static gboolean
send_packet (const guint8 *packet, GSocketAddress *from, GSocketAddress *to, GError **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (socket == NULL)
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_broadcast (socket, TRUE);
  return g_socket_bind (socket, from, FALSE, error) &&
         g_socket_send_to (socket, to, (const gchar *) packet, PACKET_SIZE, NULL, error) >= 0;
}

gboolean
sc_system_wake (const char *mac, const char *interface_address, const char *destination, GError **error)
{
  g_autoptr (GInetAddress) local = g_inet_address_new_from_string (interface_address);
  g_autoptr (GSocketAddress) to = parse_address (destination != NULL ? destination : LIMITED_BROADCAST, DISCARD_PORT);
  g_autoptr (GError) failure = NULL;
  guint8 packet[PACKET_SIZE];
  memset (packet, 0xff, MAC_SIZE);
  if (!parse_mac (mac, packet + MAC_SIZE)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not the MAC address of a network card (02:fc:00:00:00:01)",
                 mac);
    return FALSE;
  }
  if (local == NULL || g_inet_address_get_family (local) != G_SOCKET_FAMILY_IPV4) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not the IPv4 address of an interface", interface_address);
    return FALSE;
  }
  if (to == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not an IPv4 address to send a wake packet to",
                 destination);
    return FALSE;
  }
  /* Not left to bind(): Wine binds to any address, and sends from another */
  g_autoptr (ScInterface) interface_found = sc_system_find_interface (interface_address);
  if (interface_found == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
                 "Cannot send the packet that wakes %s: no interface of this machine that is up has the address %s",
                 mac, interface_address);
    return FALSE;
  }
  for (guint i = 1; i < REPEATS; i++)
    memcpy (packet + MAC_SIZE + i * MAC_SIZE, packet + MAC_SIZE, MAC_SIZE);
  g_autoptr (GSocketAddress) from = g_inet_socket_address_new (local, 0);
  if (send_packet (packet, from, to, &failure))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
               "Cannot send the packet that wakes %s on the interface with the address %s: %s", mac, interface_address,
               failure->message);
  return FALSE;
}
