/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-own-names.h"

#include <gio/gio.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include <iphlpapi.h>

#define ADAPTERS_SIZE (32u * 1024u) /* what Microsoft advises to begin with */
#define ADAPTERS_ATTEMPTS 4u
#define NAME_MAX_CHARACTERS 256u

char *
sc_own_names_get_full (const char *host_name)
{
  gunichar2 name[NAME_MAX_CHARACTERS];
  DWORD length = G_N_ELEMENTS (name);

  if (!GetComputerNameExW (ComputerNameDnsFullyQualified, (LPWSTR) name, &length))
    return NULL;
  return g_utf16_to_utf8 (name, (glong) length, NULL, NULL, NULL);
}

static GInetAddress *
to_address (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in *) address)->sin_addr,
                                          G_SOCKET_FAMILY_IPV4);
  if (address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in6 *) address)->sin6_addr,
                                          G_SOCKET_FAMILY_IPV6);
  return NULL;
}

void
sc_own_names_add_addresses (GPtrArray *names)
{
  const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  g_autofree IP_ADAPTER_ADDRESSES *adapters = NULL;
  ULONG size = ADAPTERS_SIZE;
  ULONG code = ERROR_BUFFER_OVERFLOW;

  for (guint i = 0; code == ERROR_BUFFER_OVERFLOW && i < ADAPTERS_ATTEMPTS; i++) {
    g_free (adapters);
    adapters = g_malloc0 (size);
    code = GetAdaptersAddresses (AF_UNSPEC, flags, NULL, adapters, &size);
  }
  for (const IP_ADAPTER_ADDRESSES *adapter = code == ERROR_SUCCESS ? adapters : NULL; adapter != NULL;
       adapter = adapter->Next) {
    if (adapter->OperStatus != IfOperStatusUp)
      continue;
    for (const IP_ADAPTER_UNICAST_ADDRESS *i = adapter->FirstUnicastAddress; i != NULL; i = i->Next) {
      g_autoptr (GInetAddress) address = to_address (i->Address.lpSockaddr);
      g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

      if (address != NULL && !g_inet_address_get_is_link_local (address))
        sc_own_names_add (names, text);
    }
  }
}
