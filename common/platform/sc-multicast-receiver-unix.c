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

#define FASTEST 1250u /* bytes/µs: 10 Gbit/s */
#define PAUSE_MIN 200 /* µs: a shorter one gains nothing */
#define PAUSE_MAX 4000

struct _ScMulticastReceiver {
  int fd;
  gsize n_bursts, n_datagrams; /* that came; atomic: whoever asks for drops may be another thread */
  guint32 dropped_bursts;      /* when it was asked last */
  guint64 dropped;
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
  /* Without CAP_NET_ADMIN the system's own limit (net.core.rmem_max) cuts it; no reason to fail */
  if (!set_int (fd, SOL_SOCKET, SO_RCVBUFFORCE, SC_MULTICAST_RECEIVE_BUFFER))
    set_int (fd, SOL_SOCKET, SO_RCVBUF, SC_MULTICAST_RECEIVE_BUFFER);
  set_int (fd, IPPROTO_UDP, UDP_GRO, 1); /* datagrams come singly where the kernel has it not */
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
  return self;
}

void
sc_multicast_receiver_free (ScMulticastReceiver *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self);
}

/* The size of the datagrams that GRO put together in @message; 0: it is one. */
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
  return 0;
}

/* Takes what has arrived, without waiting. Returns: how many messages; -1 with errno */
static int
take (ScMulticastReceiver *self, ScDatagramBatch *batch)
{
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } controls[SC_DATAGRAM_BATCH_SLOTS];
  struct iovec parts[SC_DATAGRAM_BATCH_SLOTS];
  struct mmsghdr messages[SC_DATAGRAM_BATCH_SLOTS] = { 0 };
  guint room = MIN (sc_datagram_batch_get_room (batch), SC_DATAGRAM_BATCH_SLOTS);
  for (guint i = 0; i < room; i++) {
    parts[i] = (struct iovec){ .iov_base = batch->memory + batch->filled + (gsize) i * SC_DATAGRAM_SLOT,
                               .iov_len = SC_DATAGRAM_SLOT };
    messages[i].msg_hdr = (struct msghdr){
      .msg_iov = &parts[i],
      .msg_iovlen = 1,
      .msg_control = &controls[i],
      .msg_controllen = sizeof controls[i],
    };
  }
  int n = recvmmsg (self->fd, messages, room, MSG_DONTWAIT, NULL);
  gsize n_datagrams = 0;
  for (int i = 0; i < n; i++) {
    gsize length = messages[i].msg_len, segment = segment_size (&messages[i]);

    n_datagrams += segment > 0 ? MAX ((length + segment - 1) / segment, 1) : 1;
    if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) == 0) /* else larger than UDP allows: not ours */
      sc_datagram_batch_add (batch, parts[i].iov_base, length, segment);
  }
  if (n > 0) {
    g_atomic_pointer_add (&self->n_bursts, n);
    g_atomic_pointer_add (&self->n_datagrams, n_datagrams);
  }
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
sc_multicast_receiver_fill (ScMulticastReceiver *self, gint64 timeout, ScDatagramBatch *batch,
                            GCancellable *cancellable, GError **error)
{
  gint64 deadline = timeout < 0 ? -1 : g_get_monotonic_time () + timeout;
  g_return_val_if_fail (sc_datagram_batch_get_room (batch) > 0, FALSE);
  for (;;) {
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "Receiving was cancelled");
      return FALSE;
    }
    /* Looked for before waiting: in a running stream there is always something, and one system call does */
    int result = take (self, batch);
    if (result > 0)
      return TRUE;
    if (result < 0 && errno == EAGAIN && timeout == 0)
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

gsize
sc_multicast_receiver_get_buffer (ScMulticastReceiver *self)
{
  int size = 0;
  socklen_t length = sizeof size;
  if (getsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &size, &length) != 0 || size < 0)
    return 0;
  return (gsize) size / 2; /* Linux doubles what it is asked for, for its own bookkeeping */
}

gint64
sc_multicast_receiver_get_pause (ScMulticastReceiver *self)
{
  /* In this time a link of 10 Gbit/s fills a quarter of the buffer */
  gint64 pause = (gint64) (sc_multicast_receiver_get_buffer (self) / FASTEST / 4);
  return pause < PAUSE_MIN ? 0 : MIN (pause, PAUSE_MAX);
}

guint64
sc_multicast_receiver_get_dropped (ScMulticastReceiver *self)
{
  /* Asked of the socket, not read from SO_RXQ_OVFL messages, which tell of a drop only with the next datagram that
   * arrives. */
  guint32 counters[SK_MEMINFO_VARS] = { 0 };
  socklen_t size = sizeof counters;
  if (getsockopt (self->fd, SOL_SOCKET, SO_MEMINFO, counters, &size) != 0)
    return self->dropped;
  /* The kernel counts bursts that it put together, and does not tell how large those were that it dropped: as large as
   * those that came. */
  gsize n_bursts = (gsize) g_atomic_pointer_get (&self->n_bursts);
  gsize n_datagrams = (gsize) g_atomic_pointer_get (&self->n_datagrams);
  guint64 more = (guint32) (counters[SK_MEMINFO_DROPS] - self->dropped_bursts); /* modulo 2³², as the counter */
  self->dropped_bursts = counters[SK_MEMINFO_DROPS];
  self->dropped += n_bursts > 0 ? more * n_datagrams / n_bursts : more;
  return self->dropped;
}
