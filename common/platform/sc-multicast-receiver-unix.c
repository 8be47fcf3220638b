/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/platform/sc-multicast.h"
#include "common/sc-error.h"

/* 0.25 s of 1 Gbit/s. Without CAP_NET_ADMIN the system's own limit (net.core.rmem_max) cuts it. */
#define RECEIVE_BUFFER (32 * 1024 * 1024)
#define RECEIVE_BATCH 16u
#define RECEIVE_SLOT 65536u /* bytes: the largest burst that GRO makes */

struct _ScMulticastReceiver {
  int fd;
  guint8 *slots; /* RECEIVE_BATCH × RECEIVE_SLOT */
};

static gboolean
set_int (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

/* Returns: -1 with errno */
static int
open_receiver (struct in_addr group, guint16 port, struct in_addr interface)
{
  struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr = group };
  struct ip_mreqn membership = { .imr_multiaddr = group, .imr_address = interface };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (!set_int (fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER))
    set_int (fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER); /* cut to what is allowed; no reason to fail */
  set_int (fd, IPPROTO_UDP, UDP_GRO, 1);                 /* datagrams come singly where the kernel has it not */
  /* Bound to the group, so that other groups' datagrams on this port stay out; IP_MULTICAST_ALL off, so that the same
   * group on another interface, which somebody else here has joined, does too. */
  if (set_int (fd, SOL_SOCKET, SO_REUSEADDR, 1) && set_int (fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) &&
      bind (fd, (const struct sockaddr *) &at, sizeof at) == 0 &&
      setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) == 0)
    return fd;
  int saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return -1;
}

ScMulticastReceiver *
sc_multicast_receiver_new (const char *group, guint16 port, const char *interface_address, GError **error)
{
  struct in_addr to, through;
  if (!sc_multicast_parse_addresses (group, interface_address, &to.s_addr, &through.s_addr, error))
    return NULL;
  int fd = open_receiver (to, port, through);
  if (fd < 0) {
    int saved_errno = errno;
    g_autofree char *doing = g_strdup_printf ("join the multicast group %s, UDP port %u,", group, port);
    sc_multicast_set_interface_error (error, saved_errno, doing, interface_address);
    return NULL;
  }
  ScMulticastReceiver *self = g_new0 (ScMulticastReceiver, 1);
  self->fd = fd;
  self->slots = g_malloc_n (RECEIVE_BATCH, RECEIVE_SLOT);
  return self;
}

void
sc_multicast_receiver_free (ScMulticastReceiver *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->slots);
  g_free (self);
}

/* The size of the datagrams that GRO put together in @message, or its whole length. */
static gsize
segment_size (struct mmsghdr *message)
{
  struct msghdr *header = &message->msg_hdr;
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO &&
        control->cmsg_len >= CMSG_LEN (sizeof (int))) {
      int size;
      memcpy (&size, CMSG_DATA (control), sizeof size);
      if (size > 0)
        return (gsize) size;
    }
  return message->msg_len;
}

static void
deliver (const guint8 *data, struct mmsghdr *message, ScMulticastFunc func, gpointer user_data)
{
  gsize segment = segment_size (message);
  if ((message->msg_hdr.msg_flags & MSG_TRUNC) != 0)
    return; /* larger than UDP allows: not ours */
  gsize at = 0;
  do {
    func (data + at, MIN (segment, message->msg_len - at), user_data);
    at += segment;
  } while (at < message->msg_len); /* an empty datagram is one, too */
}

/* Takes what has arrived, without waiting. Returns: how many messages; -1 with errno */
static int
take (ScMulticastReceiver *self, ScMulticastFunc func, gpointer user_data)
{
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } controls[RECEIVE_BATCH];
  struct iovec parts[RECEIVE_BATCH];
  struct mmsghdr messages[RECEIVE_BATCH] = { 0 };
  for (guint i = 0; i < RECEIVE_BATCH; i++) {
    parts[i] = (struct iovec){ .iov_base = self->slots + i * RECEIVE_SLOT, .iov_len = RECEIVE_SLOT };
    messages[i].msg_hdr = (struct msghdr){
      .msg_iov = &parts[i],
      .msg_iovlen = 1,
      .msg_control = &controls[i],
      .msg_controllen = sizeof controls[i],
    };
  }
  int n = recvmmsg (self->fd, messages, RECEIVE_BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    deliver (parts[i].iov_base, &messages[i], func, user_data);
  return n;
}

/* Waits for a datagram or @cancellable until @deadline (monotonic; < 0: for ever). Returns: 0 when the time passed, -1
 * with errno */
static int
wait_until (ScMulticastReceiver *self, gint64 deadline, GCancellable *cancellable)
{
  GPollFD cancelled = { .fd = -1 };
  g_cancellable_make_pollfd (cancellable, &cancelled);
  struct pollfd fds[2] = { { .fd = self->fd, .events = POLLIN }, { .fd = cancelled.fd, .events = POLLIN } };
  gint64 left = MAX (deadline - g_get_monotonic_time (), 0);
  struct timespec time = { .tv_sec = left / G_USEC_PER_SEC, .tv_nsec = left % G_USEC_PER_SEC * 1000 };
  int result = ppoll (fds, 2, deadline < 0 ? NULL : &time, NULL);
  int saved_errno = errno;
  if (cancelled.fd >= 0)
    g_cancellable_release_fd (cancellable);
  errno = saved_errno;
  return result;
}

gboolean
sc_multicast_receiver_receive (ScMulticastReceiver *self, gint64 timeout, GCancellable *cancellable,
                               ScMulticastFunc func, gpointer user_data, GError **error)
{
  gint64 deadline = timeout < 0 ? -1 : g_get_monotonic_time () + timeout;
  for (;;) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "Receiving was cancelled");
      return FALSE;
    }
    /* Looked for before waiting: in a running stream there is always something, and one system call does */
    int result = take (self, func, user_data);
    if (result > 0)
      return TRUE;
    if (result < 0 && errno == EAGAIN)
      result = wait_until (self, deadline, cancellable);
    if (result == 0)
      return TRUE;
    if (result < 0 && errno != EINTR && errno != EAGAIN)
      return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM,
                                 "Cannot receive multicast; check that the interface is up");
  }
}

guint64
sc_multicast_receiver_get_dropped (ScMulticastReceiver *self)
{
  /* Asked of the socket, not read from SO_RXQ_OVFL messages, which tell of a drop only with the next datagram that
   * arrives. */
  guint32 counters[SK_MEMINFO_VARS] = { 0 };
  socklen_t size = sizeof counters;
  if (getsockopt (self->fd, SOL_SOCKET, SO_MEMINFO, counters, &size) != 0)
    return 0;
  return counters[SK_MEMINFO_DROPS];
}
