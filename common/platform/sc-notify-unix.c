/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-notify.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

/* One datagram to the socket that the manager names; a leading @ is an abstract one. */
static void
notify (const char *state, const char *status)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) message = g_string_new (state);

  if (path == NULL || *path == '\0')
    return;
  if (status != NULL) {
    gsize start = message->len + strlen ("\nSTATUS=");

    g_string_append_printf (message, "\nSTATUS=%s", status);
    g_strdelimit (message->str + start, "\r\n", ' '); /* a line is a variable of the protocol */
  }
  if (*path == '@')
    address = g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    address = g_unix_socket_address_new (path);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket == NULL || g_socket_send_to (socket, address, message->str, message->len, NULL, &error) < 0)
    g_warning ("Cannot tell the service manager (NOTIFY_SOCKET %s) “%s”: %s", path, state, error->message);
}

void
sc_notify_ready (const char *status)
{
  notify ("READY=1", status);
}

void
sc_notify_stopping (const char *status)
{
  notify ("STOPPING=1", status);
}
