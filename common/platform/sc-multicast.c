/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast.h"

#include <gio/gnetworking.h>
#include <string.h>

#include "common/platform/sc-multicast-sender.h"
#include "common/sc-error.h"

gboolean
sc_multicast_parse_addresses (const char *group, const char *interface_address, guint32 *group_out,
                              guint32 *interface_out, GError **error)
{
  if (inet_pton (AF_INET, group, group_out) != 1 || !IN_MULTICAST (g_ntohl (*group_out))) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” is not an IPv4 multicast group (224.0.0.0 to 239.255.255.255)", group);
    return FALSE;
  }
  if (inet_pton (AF_INET, interface_address, interface_out) != 1) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not the IPv4 address of an interface", interface_address);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_multicast_can_segment (const gsize *lengths, guint n)
{
  if (n < 2 || lengths[0] == 0 || lengths[n - 1] == 0 || lengths[n - 1] > lengths[0] ||
      lengths[0] > SC_MULTICAST_BURST_MAX / n)
    return FALSE;
  for (guint i = 1; i + 1 < n; i++)
    if (lengths[i] != lengths[0])
      return FALSE;
  return TRUE;
}

void
sc_multicast_set_too_large (gsize length, const char *interface_address, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
               "A datagram of %" G_GSIZE_FORMAT
               " bytes does not fit the MTU of the interface with the address %s: set a smaller packet "
               "size, or raise the MTU there and on every seat",
               length, interface_address);
}
