/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gnetworking.h>

/* What the sending and the receiving half have in common on Windows. */

G_BEGIN_DECLS

/* UDP's options since Windows 10 2004, missing in mingw's headers of Debian 12 (Microsoft: "IPPROTO_UDP socket
 * options"). */
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_COALESCED_INFO 3
#endif

/* A UDP socket that no child inherits. Returns: INVALID_SOCKET with WSAGetLastError() */
SOCKET sc_multicast_open_socket (void);
/* closesocket() that keeps the error. Returns: INVALID_SOCKET */
SOCKET sc_multicast_close_socket (SOCKET socket);
gboolean sc_multicast_set_int (SOCKET socket, int level, int option, int value);

G_END_DECLS
