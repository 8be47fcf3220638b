/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-listen.h"

#include "common/sc-error.h"

#include <string.h>

GInetSocketAddress *
sc_listen_parse (const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, 0, NULL);
  const char *colon = strrchr (text, ':');
  GSocketAddress *address = NULL;

  if (connectable != NULL && colon != NULL && g_ascii_isdigit (colon[1]))
    address = g_inet_socket_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)),
                                                     g_network_address_get_port (G_NETWORK_ADDRESS (connectable)));
  if (address == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not ADDRESS:PORT with an IP address, such as 0.0.0.0:8470",
                 text);
  return address != NULL ? G_INET_SOCKET_ADDRESS (address) : NULL;
}
