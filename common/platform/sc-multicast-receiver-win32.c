/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"

#include <gio/gnetworking.h>
#include <iphlpapi.h>
#include <mswsock.h>
#include <string.h>

#include "common/platform/sc-multicast-win32.h"
#include "common/platform/sc-multicast.h"
#include "common/platform/sc-nt.h"
#include "common/platform/sc-system.h"

#define RECEIVE_BATCH 64u /* messages before a caller may look after something else */
#define COALESCED_MAX (65535 - 8)
#define HEADERS 28u /* IPv4 and UDP */

struct _ScMulticastReceiver {
  SOCKET socket;
  HANDLE readable; /* an event, set as long as there may be datagrams */
  LPFN_WSARECVMSG receive;
  guint32 group;         /* network byte order */
  DWORD interface_index; /* where the group is ours */
  gboolean coalesces;    /* URO is on */
  gsize max_datagram;    /* bytes that the interface's MTU lets through unfragmented */
};

/* Returns: INVALID_SOCKET with WSAGetLastError() */
static SOCKET
open_receiver (guint32 group, guint16 port, guint32 interface_address)
{
  /* Windows binds to no group; what else comes in on this port is sorted out by is_ours() */
  struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = g_htons (port), .sin_addr.s_addr = INADDR_ANY };
  struct ip_mreq membership = { .imr_multiaddr.s_addr = group, .imr_interface.s_addr = interface_address };
  BOOL reset = FALSE;
  DWORD n;
  SOCKET socket = sc_multicast_open_socket ();
  if (socket == INVALID_SOCKET)
    return socket;
  /* No reasons to fail: a smaller buffer; and that somebody's ICMP message does not make receiving fail, which is so
   * anyway for a socket that never sends */
  /* Windows gives what is asked for, and memory only as it fills */
  sc_multicast_set_int (socket, SOL_SOCKET, SO_RCVBUF, (int) SC_MULTICAST_RECEIVE_BUFFER);
  WSAIoctl (socket, SIO_UDP_CONNRESET, &reset, sizeof reset, NULL, 0, &n, NULL, NULL);
  /* On Windows the loop is the receiver's matter */
  if (sc_multicast_set_int (socket, SOL_SOCKET, SO_REUSEADDR, 1) &&
      sc_multicast_set_int (socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1) &&
      sc_multicast_set_int (socket, IPPROTO_IP, IP_PKTINFO, 1) &&
      bind (socket, (const struct sockaddr *) &at, sizeof at) == 0 &&
      setsockopt (socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, (const char *) &membership, sizeof membership) == 0)
    return socket;
  return sc_multicast_close_socket (socket);
}

static LPFN_WSARECVMSG
find_receive (SOCKET socket)
{
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive = NULL;
  DWORD n;
  if (WSAIoctl (socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive, sizeof receive, &n, NULL, NULL) !=
      0)
    return NULL;
  return receive;
}

/* Returns: 0 when there is none */
static DWORD
find_interface_index (guint32 address)
{
  ULONG size = 0;
  g_autofree MIB_IPADDRTABLE *table = NULL;
  for (DWORD code = GetIpAddrTable (NULL, &size, FALSE); code == ERROR_INSUFFICIENT_BUFFER;
       code = GetIpAddrTable (table, &size, FALSE)) {
    g_free (table);
    table = g_malloc0 (size);
  }
  for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++)
    if (table->table[i].dwAddr == address)
      return table->table[i].dwIndex;
  return 0;
}

static gboolean
prepare_receiver (ScMulticastReceiver *self, guint32 interface_address)
{
  self->interface_index = find_interface_index (interface_address);
  if (self->interface_index == 0) {
    WSASetLastError (WSAEADDRNOTAVAIL);
    return FALSE;
  }
  self->receive = find_receive (self->socket);
  self->readable = WSACreateEvent ();
  return self->receive != NULL && self->readable != WSA_INVALID_EVENT &&
         WSAEventSelect (self->socket, self->readable, FD_READ) == 0; /* it makes the socket not block, too */
}

ScMulticastReceiver *
sc_multicast_receiver_new (const char *group, guint16 port, const char *interface_address, GError **error)
{
  guint32 to, through;
  if (!sc_multicast_parse_addresses (group, interface_address, &to, &through, error))
    return NULL;
  g_autoptr (ScMulticastReceiver) self = g_new0 (ScMulticastReceiver, 1);
  self->group = to;
  self->socket = open_receiver (to, port, through);
  if (self->socket == INVALID_SOCKET || !prepare_receiver (self, through)) {
    int code = WSAGetLastError ();
    g_autofree char *doing = g_strdup_printf ("join the multicast group %s, UDP port %u,", group, port);
    sc_multicast_set_interface_error (error, code, doing, interface_address);
    return NULL;
  }
  g_autoptr (ScInterface) interface_found = sc_system_find_interface (interface_address);
  self->max_datagram =
      interface_found != NULL && interface_found->mtu > HEADERS ? interface_found->mtu - HEADERS : G_MAXSIZE;
  /* Datagrams come singly where Windows has it not, and in Wine (error 10022) */
  self->coalesces = sc_multicast_set_int (self->socket, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, COALESCED_MAX);
  return g_steal_pointer (&self);
}

void
sc_multicast_receiver_free (ScMulticastReceiver *self)
{
  if (self == NULL)
    return;
  if (self->socket != INVALID_SOCKET)
    closesocket (self->socket);
  if (self->readable != NULL)
    CloseHandle (self->readable);
  g_free (self);
}

/* What the control messages of a received message say. */
typedef struct {
  gboolean ours; /* our group, on our interface: Windows gives whatever comes to the port */
  gsize segment; /* the size of the datagrams that URO put together; 0: it is one datagram */
} Origin;

static Origin
read_origin (const ScMulticastReceiver *self, WSAMSG *message)
{
  Origin origin = { 0 };
  for (WSACMSGHDR *control = WSA_CMSG_FIRSTHDR (message); control != NULL;
       control = WSA_CMSG_NXTHDR (message, control)) {
    IN_PKTINFO info;
    DWORD segment;
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO &&
        control->cmsg_len >= WSA_CMSG_LEN (sizeof info)) {
      memcpy (&info, WSA_CMSG_DATA (control), sizeof info);
      origin.ours = info.ipi_addr.s_addr == self->group && info.ipi_ifindex == self->interface_index;
    } else if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_COALESCED_INFO &&
               control->cmsg_len >= WSA_CMSG_LEN (sizeof segment)) {
      memcpy (&segment, WSA_CMSG_DATA (control), sizeof segment);
      origin.segment = segment;
    }
  }
  return origin;
}

/* @data: where @length bytes of @message have come to. Returns: whether they are for us, and were added */
static gboolean
deliver (ScMulticastReceiver *self, WSAMSG *message, const guint8 *data, gsize length, ScDatagramBatch *batch)
{
  Origin origin = read_origin (self, message);
  if (!origin.ours || (message->dwFlags & MSG_TRUNC) != 0)
    return FALSE;
  if (self->coalesces && origin.segment == 0 && length > self->max_datagram) {
    /* No sender of ours fragments, so this is a burst whose datagrams cannot be told apart: some drivers forget to say
     * the size (msquic's issue 4955, quinn's 2041). It counts as lost and is repaired. */
    g_message ("The network adapter's driver puts datagrams together wrongly; they are received one by one now");
    self->coalesces = FALSE;
    sc_multicast_set_int (self->socket, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 0);
    return FALSE;
  }
  sc_datagram_batch_add (batch, data, length, origin.segment);
  return TRUE;
}

typedef enum {
  TAKEN,   /* something was delivered */
  NOTHING, /* only what is not ours; there may be more */
  DRAINED, /* nothing, and nothing is left */
  FAILED,  /* WSAGetLastError() says why */
} Taken;

/* Delivers what has arrived, without waiting. */
static Taken
take (ScMulticastReceiver *self, ScDatagramBatch *batch)
{
  union {
    WSACMSGHDR align;
    char bytes[WSA_CMSG_SPACE (sizeof (IN_PKTINFO)) + WSA_CMSG_SPACE (sizeof (DWORD))];
  } control;
  gboolean delivered = FALSE;
  for (guint i = 0; i < RECEIVE_BATCH && sc_datagram_batch_get_room (batch) > 0; i++) {
    guint8 *data = batch->memory + batch->filled;
    struct sockaddr_in from;
    WSABUF slot = { .len = SC_DATAGRAM_SLOT, .buf = (char *) data };
    WSAMSG message = {
      .name = (struct sockaddr *) &from,
      .namelen = sizeof from,
      .lpBuffers = &slot,
      .dwBufferCount = 1,
      .Control = { .len = sizeof control, .buf = control.bytes },
    };
    DWORD length = 0;
    int code = self->receive (self->socket, &message, &length, NULL, NULL) == 0 ? 0 : WSAGetLastError ();
    /* WSAEMSGSIZE: larger than UDP allows, so not ours; the resets: somebody's ICMP message, and we never send */
    if (code == 0)
      delivered |= deliver (self, &message, data, length, batch);
    else if (code != WSAEMSGSIZE && code != WSAECONNRESET && code != WSAENETRESET)
      return delivered ? TAKEN : code == WSAEWOULDBLOCK ? DRAINED : FAILED;
  }
  return delivered ? TAKEN : NOTHING;
}

/* Waits for a datagram or @cancellable until @deadline (monotonic; < 0: for ever). Returns: FALSE with
 * WSAGetLastError() */
static gboolean
wait_until (ScMulticastReceiver *self, gint64 deadline, GCancellable *cancellable)
{
  GPollFD cancelled = { .fd = 0 };
  gboolean may_cancel = g_cancellable_make_pollfd (cancellable, &cancelled); /* its fd is the handle of an event */
  HANDLE handles[2] = { self->readable, (HANDLE) cancelled.fd };
  gint64 left = MAX (deadline - g_get_monotonic_time (), 0);
  DWORD ms = deadline < 0 ? INFINITE : (DWORD) MIN ((left + 999) / 1000, G_MAXINT32);
  DWORD result = WaitForMultipleObjects (may_cancel ? 2 : 1, handles, FALSE, ms);
  DWORD code = GetLastError ();
  if (may_cancel)
    g_cancellable_release_fd (cancellable);
  /* Before the datagrams are taken, so that one that arrives while they are sets it again */
  if (result == WAIT_OBJECT_0)
    WSAResetEvent (self->readable);
  WSASetLastError ((int) code);
  return result != WAIT_FAILED;
}

gboolean
sc_multicast_receiver_fill (ScMulticastReceiver *self, gint64 timeout, ScDatagramBatch *batch,
                            GCancellable *cancellable, GError **error)
{
  gint64 deadline = timeout < 0 ? -1 : g_get_monotonic_time () + timeout;
  for (gboolean last = FALSE;; last = deadline >= 0 && g_get_monotonic_time () >= deadline) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "Receiving was cancelled");
      return FALSE;
    }
    /* Looked for before waiting: in a running stream there is always something */
    Taken taken = take (self, batch);
    if (taken == TAKEN || (last && taken != FAILED))
      return TRUE;
    if (taken == FAILED || (taken == DRAINED && !wait_until (self, deadline, cancellable)))
      return sc_nt_set_error (error, (DWORD) WSAGetLastError (), SC_ERROR_SYSTEM,
                              "Cannot receive multicast; check that the interface is up");
  }
}

gsize
sc_multicast_receiver_get_buffer (ScMulticastReceiver *self)
{
  int size = 0, length = sizeof size;
  if (getsockopt (self->socket, SOL_SOCKET, SO_RCVBUF, (char *) &size, &length) != 0 || size < 0)
    return 0;
  return (gsize) size;
}

gint64
sc_multicast_receiver_get_pause (ScMulticastReceiver *self)
{
  return 0; /* a sleep may take 15 ms */
}

guint64
sc_multicast_receiver_get_dropped (ScMulticastReceiver *self)
{
  return 0;
}
