/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast.h"

#include "common/platform/sc-multicast-win32.h"
#include "common/platform/sc-nt.h"

gboolean
sc_multicast_set_int (SOCKET socket, int level, int option, int value)
{
  return setsockopt (socket, level, option, (const char *) &value, sizeof value) == 0;
}

void
sc_multicast_set_interface_error (GError **error, int code, const char *doing, const char *interface_address)
{
  sc_nt_set_error (error, (DWORD) code, SC_ERROR_SYSTEM,
                   "Cannot %s on the interface with the address %s (is it up, and is that its address?)", doing,
                   interface_address);
}

SOCKET
sc_multicast_open_socket (void)
{
  g_networking_init (); /* WSAStartup(), once */
  return WSASocketW (AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

SOCKET
sc_multicast_close_socket (SOCKET socket)
{
  int code = WSAGetLastError ();
  closesocket (socket);
  WSASetLastError (code);
  return INVALID_SOCKET;
}
