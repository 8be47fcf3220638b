/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-sender.h"

#include <gio/gnetworking.h>
#include <mswsock.h>
#include <string.h>

#include "common/platform/sc-multicast-win32.h"
#include "common/platform/sc-multicast.h"
#include "common/platform/sc-nt.h"

/* The same as on Unix, for the same reasons: routers do not forward a TTL of 1; what lies in the socket has left the
 * sender's pacing. */
#define MULTICAST_TTL 1
#define SEND_BUFFER (1024 * 1024)
#define NO_BUFFERS_PAUSE 1000 /* µs */
#define NO_BUFFERS_RETRIES 1000u

struct _ScMulticastSender {
  SOCKET socket;
  gboolean segment; /* the system has USO, and it has not failed yet */
  char *group;
  char *interface_address;
};

static SOCKET
open_sender (guint32 group, guint16 port, guint32 interface_address)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = g_htons (port), .sin_addr.s_addr = group };
  SOCKET socket = sc_multicast_open_socket ();
  if (socket == INVALID_SOCKET)
    return socket;
  if (setsockopt (socket, IPPROTO_IP, IP_MULTICAST_IF, (const char *) &interface_address, sizeof interface_address) ==
          0 &&
      sc_multicast_set_int (socket, IPPROTO_IP, IP_MULTICAST_TTL, MULTICAST_TTL) &&
      sc_multicast_set_int (socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1) &&
      sc_multicast_set_int (socket, IPPROTO_IP, IP_DONTFRAGMENT, 1) &&
      sc_multicast_set_int (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER) &&
      connect (socket, (const struct sockaddr *) &to, sizeof to) == 0)
    return socket;
  return sc_multicast_close_socket (socket);
}

ScMulticastSender *
sc_multicast_sender_new (const char *group, guint16 port, const char *interface_address, GError **error)
{
  guint32 to, through;
  DWORD segment;
  int size = sizeof segment;
  if (!sc_multicast_parse_addresses (group, interface_address, &to, &through, error))
    return NULL;
  SOCKET socket = open_sender (to, port, through);
  if (socket == INVALID_SOCKET) {
    sc_multicast_set_interface_error (error, WSAGetLastError (), "send multicast", interface_address);
    return NULL;
  }
  ScMulticastSender *self = g_new0 (ScMulticastSender, 1);
  self->socket = socket;
  self->segment = getsockopt (socket, IPPROTO_UDP, UDP_SEND_MSG_SIZE, (char *) &segment, &size) == 0;
  self->group = g_strdup (group);
  self->interface_address = g_strdup (interface_address);
  return self;
}

void
sc_multicast_sender_free (ScMulticastSender *self)
{
  if (self == NULL)
    return;
  closesocket (self->socket);
  g_free (self->group);
  g_free (self->interface_address);
  g_free (self);
}

static gboolean
set_send_error (ScMulticastSender *self, int code, gsize length, GError **error)
{
  if (code == WSAEMSGSIZE)
    sc_multicast_set_too_large (length, self->interface_address, error);
  else
    sc_nt_set_error (
        error, (DWORD) code, SC_ERROR_SYSTEM,
        "Cannot send to the group %s on the interface with the address %s; check that it is up and that no firewall "
        "forbids it",
        self->group, self->interface_address);
  return FALSE;
}

/* Returns: 0 or an error code */
static int
send_message (SOCKET socket, WSAMSG *message)
{
  int code = WSAENOBUFS;
  for (guint retries = 0; code == WSAENOBUFS && retries <= NO_BUFFERS_RETRIES; retries++) {
    DWORD sent;
    if (retries > 0) /* the driver's queue is full for a moment, and nothing wakes a sender then */
      g_usleep (NO_BUFFERS_PAUSE);
    code = WSASendMsg (socket, message, 0, &sent, NULL, NULL) == 0 ? 0 : WSAGetLastError ();
  }
  return code;
}

/* One message that the system, or the network card, cuts into datagrams of @segment bytes (the last one may be
 * shorter). */
static int
send_segmented (SOCKET socket, WSABUF *parts, guint n, gsize segment)
{
  union {
    WSACMSGHDR header;
    char bytes[WSA_CMSG_SPACE (sizeof (DWORD))];
  } control = { 0 };
  WSAMSG message = {
    .lpBuffers = parts,
    .dwBufferCount = n,
    .Control = { .len = sizeof control, .buf = control.bytes },
  };
  DWORD size = (DWORD) segment;
  control.header.cmsg_level = IPPROTO_UDP;
  control.header.cmsg_type = UDP_SEND_MSG_SIZE;
  control.header.cmsg_len = WSA_CMSG_LEN (sizeof size);
  memcpy (WSA_CMSG_DATA (&control.header), &size, sizeof size);
  return send_message (socket, &message);
}

/* Up to SC_MULTICAST_BATCH datagrams. */
static gboolean
send_batch (ScMulticastSender *self, const guint8 *datagrams, gsize stride, const gsize *lengths, guint n,
            GError **error)
{
  WSABUF parts[SC_MULTICAST_BATCH];
  for (guint i = 0; i < n; i++)
    parts[i] = (WSABUF){ .buf = (char *) datagrams + i * stride, .len = (ULONG) lengths[i] };
  if (self->segment && sc_multicast_can_segment (lengths, n)) {
    if (send_segmented (self->socket, parts, n, lengths[0]) == 0)
      return TRUE;
    self->segment = FALSE; /* whatever it was, the plain way works or gives the plain error */
  }
  for (guint i = 0; i < n; i++) {
    WSAMSG message = { .lpBuffers = &parts[i], .dwBufferCount = 1 };
    int code = send_message (self->socket, &message);
    if (code != 0)
      return set_send_error (self, code, lengths[i], error);
  }
  return TRUE;
}

gboolean
sc_multicast_sender_send (ScMulticastSender *self, const guint8 *datagrams, gsize stride, const gsize *lengths, guint n,
                          GError **error)
{
  for (guint i = 0; i < n; i += SC_MULTICAST_BATCH)
    if (!send_batch (self, datagrams + i * stride, stride, lengths + i, MIN (n - i, SC_MULTICAST_BATCH), error))
      return FALSE;
  return TRUE;
}

gboolean
sc_multicast_sender_has_room (ScMulticastSender *self)
{
  WSAPOLLFD poll = { .fd = self->socket, .events = POLLWRNORM };
  return WSAPoll (&poll, 1, 0) > 0 && (poll.revents & POLLWRNORM) != 0;
}

gboolean
sc_multicast_sender_send_or_drop (ScMulticastSender *self, const guint8 *datagram, gsize length, GError **error)
{
  WSABUF part = { .buf = (char *) datagram, .len = (ULONG) length };
  DWORD sent;
  int code;
  /* a socket is blocking or not as a whole, so it is asked first: nobody else sends through it meanwhile */
  if (!sc_multicast_sender_has_room (self) || WSASend (self->socket, &part, 1, &sent, 0, NULL, NULL) == 0)
    return TRUE;
  code = WSAGetLastError ();
  return code == WSAENOBUFS || code == WSAEWOULDBLOCK || set_send_error (self, code, length, error);
}

gboolean
sc_multicast_sender_send_bursts (ScMulticastSender *self, const ScMulticastBurst *bursts, guint n, GError **error)
{
  for (guint i = 0; i < n; i++) {
    const ScMulticastBurst *burst = &bursts[i];
    WSABUF whole = { .buf = (char *) burst->data, .len = (ULONG) burst->length };
    if (self->segment && burst->length > burst->datagram_size) {
      if (send_segmented (self->socket, &whole, 1, burst->datagram_size) == 0)
        continue;
      self->segment = FALSE; /* whatever it was, the plain way works or gives the plain error */
    }
    for (gsize at = 0; at < burst->length; at += burst->datagram_size) {
      gsize length = MIN (burst->datagram_size, burst->length - at);
      WSABUF part = { .buf = (char *) burst->data + at, .len = (ULONG) length };
      WSAMSG message = { .lpBuffers = &part, .dwBufferCount = 1 };
      int code = send_message (self->socket, &message);
      if (code != 0)
        return set_send_error (self, code, length, error);
    }
  }
  return TRUE;
}
