/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/platform/sc-multicast.h"
#include "common/sc-error.h"

/* A lab is one broadcast domain, and a stream that escapes it would flood the site: routers do not forward a TTL of 1.
 */
#define MULTICAST_TTL 1
/* Little: what lies in the socket has left the sender's pacing and stands before a repair that is wanted now. Enough:
 * 0.8 ms of 10 Gbit/s. Without CAP_NET_ADMIN the system's own limit (net.core.wmem_max) cuts it. */
#define SEND_BUFFER (1024 * 1024)
#define BURSTS_AT_ONCE 8u
#define NO_BUFFERS_PAUSE 1000 /* µs */
#define NO_BUFFERS_RETRIES 1000u

struct _ScMulticastSender {
  int fd;
  gboolean segment; /* UDP GSO has not failed yet */
  char *group;
  char *interface_address;
};

static gboolean
set_int (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

static int
open_sender (struct in_addr group, guint16 port, struct in_addr interface)
{
  struct ip_mreqn through = { .imr_address = interface };
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr = group };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  /* IP_MULTICAST_LOOP: seats may run on the console's own machine. IP_PMTUDISC_DO: a datagram is never fragmented. */
  if (setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &through, sizeof through) == 0 &&
      set_int (fd, IPPROTO_IP, IP_MULTICAST_TTL, MULTICAST_TTL) && set_int (fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) &&
      set_int (fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO) &&
      (set_int (fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER) || set_int (fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)) &&
      connect (fd, (const struct sockaddr *) &to, sizeof to) == 0)
    return fd;
  int saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return -1;
}

/* Once in a program's life: each session has a socket, and all have the same limit. */
static void
tell_small_buffer (int fd)
{
  static gint told;
  int size = 0;
  socklen_t length = sizeof size;
  /* Linux gives, and says, twice of what is asked for */
  if (getsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, &length) != 0 || size / 2 >= SEND_BUFFER ||
      !g_atomic_int_compare_and_exchange (&told, FALSE, TRUE))
    return;
  g_message (
      "The buffer for sending multicast has %d bytes of the %d it should have: at 10 Gbit/s the sender may stall; "
      "raise net.core.wmem_max with sysctl, or let the program have CAP_NET_ADMIN",
      size / 2, SEND_BUFFER);
}

ScMulticastSender *
sc_multicast_sender_new (const char *group, guint16 port, const char *interface_address, GError **error)
{
  struct in_addr to, through;
  if (!sc_multicast_parse_addresses (group, interface_address, &to.s_addr, &through.s_addr, error))
    return NULL;
  int fd = open_sender (to, port, through);
  if (fd < 0) {
    sc_multicast_set_interface_error (error, errno, "send multicast", interface_address);
    return NULL;
  }
  tell_small_buffer (fd);
  ScMulticastSender *self = g_new0 (ScMulticastSender, 1);
  self->fd = fd;
  self->segment = TRUE;
  self->group = g_strdup (group);
  self->interface_address = g_strdup (interface_address);
  return self;
}

void
sc_multicast_sender_free (ScMulticastSender *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->group);
  g_free (self->interface_address);
  g_free (self);
}

static gboolean
set_send_error (ScMulticastSender *self, int saved_errno, gsize length, GError **error)
{
  if (saved_errno == EMSGSIZE)
    sc_multicast_set_too_large (length, self->interface_address, error);
  else
    sc_error_set_errno (
        error, saved_errno, SC_ERROR_SYSTEM,
        "Cannot send to the group %s on the interface with the address %s; check that it is up and that no firewall "
        "forbids it",
        self->group, self->interface_address);
  return FALSE;
}

/* The driver's queue is full for a moment; nothing wakes a sender then, so wait a little. Returns: FALSE when it stays
 * so */
static gboolean
wait_for_buffers (guint *retries)
{
  if (++*retries > NO_BUFFERS_RETRIES) {
    errno = ENOBUFS;
    return FALSE;
  }
  g_usleep (NO_BUFFERS_PAUSE);
  return TRUE;
}

/* sendmmsg() until all @n have gone. Returns: FALSE with errno; *@sent tells how many did go */
static gboolean
send_all (int fd, struct mmsghdr *messages, guint n, guint *sent)
{
  guint retries = 0;
  for (*sent = 0; *sent < n;) {
    int result = sendmmsg (fd, messages + *sent, n - *sent, 0);
    if (result > 0) {
      *sent += (guint) result;
      retries = 0;
    } else if (result < 0 && errno == ENOBUFS) {
      if (!wait_for_buffers (&retries))
        return FALSE;
    } else if (result < 0 && errno != EINTR) {
      return FALSE;
    }
  }
  return TRUE;
}

/* The control message by which the kernel, or the network card, cuts one message into datagrams. */
typedef union {
  struct cmsghdr align;
  char bytes[CMSG_SPACE (sizeof (guint16))];
} Cut;

/* @size: bytes of each datagram; the last one may be shorter */
static void
add_cut (struct msghdr *message, Cut *cut, gsize size)
{
  guint16 value = (guint16) size;
  struct cmsghdr *header;
  memset (cut, 0, sizeof *cut);
  message->msg_control = cut;
  message->msg_controllen = sizeof *cut;
  header = CMSG_FIRSTHDR (message);
  header->cmsg_level = IPPROTO_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN (sizeof value);
  memcpy (CMSG_DATA (header), &value, sizeof value);
}

/* An old kernel, or an interface without checksum offload. EINVAL may also mean datagrams beyond the MTU, of which
 * sending one by one gives the plain error. */
static gboolean
is_cutting_refused (int code)
{
  return code == EIO || code == EINVAL || code == EOPNOTSUPP || code == ENOPROTOOPT || code == EMSGSIZE;
}

/* Up to SC_MULTICAST_BATCH datagrams. */
static gboolean
send_batch (ScMulticastSender *self, const guint8 *datagrams, gsize stride, const gsize *lengths, guint n,
            GError **error)
{
  struct iovec parts[SC_MULTICAST_BATCH];
  struct mmsghdr messages[SC_MULTICAST_BATCH] = { 0 };
  guint sent;
  for (guint i = 0; i < n; i++) {
    parts[i] = (struct iovec){ .iov_base = (guint8 *) datagrams + i * stride, .iov_len = lengths[i] };
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  if (self->segment && sc_multicast_can_segment (lengths, n)) {
    struct mmsghdr whole = { .msg_hdr = { .msg_iov = parts, .msg_iovlen = n } };
    Cut cut;
    add_cut (&whole.msg_hdr, &cut, lengths[0]);
    if (send_all (self->fd, &whole, 1, &sent))
      return TRUE;
    if (!is_cutting_refused (errno))
      return set_send_error (self, errno, lengths[0], error);
    self->segment = FALSE;
  }
  return send_all (self->fd, messages, n, &sent) || set_send_error (self, errno, lengths[sent], error);
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
  struct pollfd room = { .fd = self->fd, .events = POLLOUT };
  return poll (&room, 1, 0) > 0 && (room.revents & POLLOUT) != 0;
}

gboolean
sc_multicast_sender_send_or_drop (ScMulticastSender *self, const guint8 *datagram, gsize length, GError **error)
{
  if (send (self->fd, datagram, length, MSG_DONTWAIT) >= 0 || errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
    return TRUE;
  return set_send_error (self, errno, length, error);
}

static gboolean
send_one_by_one (ScMulticastSender *self, const ScMulticastBurst *burst, GError **error)
{
  for (gsize at = 0; at < burst->length;) {
    struct iovec parts[SC_MULTICAST_BURST_DATAGRAMS];
    struct mmsghdr messages[SC_MULTICAST_BURST_DATAGRAMS] = { 0 };
    guint n, sent;
    for (n = 0; at < burst->length && n < SC_MULTICAST_BURST_DATAGRAMS; n++) {
      parts[n] = (struct iovec){ .iov_base = (guint8 *) burst->data + at,
                                 .iov_len = MIN (burst->datagram_size, burst->length - at) };
      messages[n].msg_hdr.msg_iov = &parts[n];
      messages[n].msg_hdr.msg_iovlen = 1;
      at += parts[n].iov_len;
    }
    if (!send_all (self->fd, messages, n, &sent))
      return set_send_error (self, errno, parts[sent].iov_len, error);
  }
  return TRUE;
}

/* Up to BURSTS_AT_ONCE, cut by the kernel. Returns: how many of them went; fewer with errno */
static guint
send_cut (ScMulticastSender *self, const ScMulticastBurst *bursts, guint n)
{
  struct iovec parts[BURSTS_AT_ONCE];
  struct mmsghdr messages[BURSTS_AT_ONCE] = { 0 };
  Cut cuts[BURSTS_AT_ONCE];
  guint sent;
  for (guint i = 0; i < n; i++) {
    parts[i] = (struct iovec){ .iov_base = (guint8 *) bursts[i].data, .iov_len = bursts[i].length };
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    if (bursts[i].length > bursts[i].datagram_size)
      add_cut (&messages[i].msg_hdr, &cuts[i], bursts[i].datagram_size);
  }
  send_all (self->fd, messages, n, &sent);
  return sent;
}

gboolean
sc_multicast_sender_send_bursts (ScMulticastSender *self, const ScMulticastBurst *bursts, guint n, GError **error)
{
  for (guint i = 0; i < n;) {
    guint wanted = MIN (n - i, BURSTS_AT_ONCE);
    guint sent = self->segment ? send_cut (self, bursts + i, wanted) : 0;
    int code = errno;
    i += sent;
    if (sent == wanted)
      continue;
    if (self->segment && !is_cutting_refused (code))
      return set_send_error (self, code, bursts[i].datagram_size, error);
    self->segment = FALSE;
    if (!send_one_by_one (self, &bursts[i++], error))
      return FALSE;
  }
  return TRUE;
}
