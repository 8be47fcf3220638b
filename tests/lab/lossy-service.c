/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * seatcast-service-lossy: the service with a bad network and a slow disk, for the lab only. The linker puts the
 * functions below between the service and the system (--wrap), so that the service itself has nothing of this.
 *
 *   SEATCAST_LAB_LOSS       share of datagrams that are lost, 0 … 1. After UDP GRO: each by itself, whereas a packet
 *                           filter sees, and loses, whole bursts
 *   SEATCAST_LAB_SEED       of the loss; the n-th datagram's fate depends on it and on n alone
 *   SEATCAST_LAB_DISK_RATE  bytes/s that all writes to files take together; 0 or unset: as fast as the disk
 *
 * A value that cannot be read ends the program: a test that believes in a loss that there is not would prove nothing.
 */
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_BATCH 1024u

int __real_recvmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout);
int __wrap_recvmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout);
ssize_t __real_pwrite64 (int fd, const void *data, size_t length, off_t offset);
ssize_t __wrap_pwrite64 (int fd, const void *data, size_t length, off_t offset);
ssize_t __real_pwritev64 (int fd, const struct iovec *parts, int n, off_t offset);
ssize_t __wrap_pwritev64 (int fd, const struct iovec *parts, int n, off_t offset);

typedef struct {
  guint64 threshold; /* a datagram is lost when its number's hash is below; of 2⁶⁴ */
  guint64 seed;
  guint64 disk_rate; /* bytes/s, 0: no limit */
} Conditions;

static double
read_number (const char *name, double max)
{
  const char *text = g_getenv (name);
  char *end;
  if (text == NULL || *text == '\0')
    return 0;
  double value = g_ascii_strtod (text, &end);
  if (*end != '\0' || !(value >= 0 && value <= max)) {
    fprintf (stderr, "%s is “%s”; it has to be a number from 0 to %g\n", name, text, max);
    _exit (2);
  }
  return value;
}

static const Conditions *
get_conditions (void)
{
  static Conditions conditions;
  static gsize known;
  if (g_once_init_enter (&known)) {
    double loss = read_number ("SEATCAST_LAB_LOSS", 1);
    conditions.threshold = loss >= 1 ? G_MAXUINT64 : (guint64) (loss * 0x1p64);
    conditions.seed = (guint64) read_number ("SEATCAST_LAB_SEED", 0x1p52);
    conditions.disk_rate = (guint64) read_number ("SEATCAST_LAB_DISK_RATE", 0x1p52);
    g_once_init_leave (&known, 1);
  }
  return &conditions;
}

__attribute__ ((constructor)) static void
read_conditions (void)
{
  get_conditions ();
}

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), by its counter. */
static guint64
hash (guint64 seed, guint64 number)
{
  guint64 z = (seed << 32) + number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static gboolean
is_lost (const Conditions *conditions)
{
  static guint64 counter;
  guint64 number = __atomic_add_fetch (&counter, 1, __ATOMIC_RELAXED);
  return hash (conditions->seed, number) < conditions->threshold;
}

/* The size of the datagrams that GRO put together in @message. */
static gsize
get_segment (struct mmsghdr *message)
{
  struct msghdr *header = &message->msg_hdr;
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
      int size;
      memcpy (&size, CMSG_DATA (control), sizeof size);
      if (size > 0)
        return (gsize) size;
    }
  return MAX (message->msg_len, 1);
}

/* Takes lost datagrams out of @message; those behind them move up. Returns: FALSE when none is left */
static gboolean
lose_some (const Conditions *conditions, struct mmsghdr *message)
{
  guint8 *data = message->msg_hdr.msg_iov[0].iov_base;
  gsize segment = get_segment (message), length = message->msg_len, kept = 0;
  for (gsize at = 0; at < length; at += segment) {
    gsize size = MIN (segment, length - at);
    if (is_lost (conditions))
      continue;
    if (kept != at)
      memmove (data + kept, data + at, size);
    kept += size;
  }
  message->msg_len = (unsigned) kept;
  return kept > 0;
}

/* @from becomes what is in @to, which keeps its own memory. */
static void
move_message (struct mmsghdr *to, const struct mmsghdr *from)
{
  memcpy (to->msg_hdr.msg_iov[0].iov_base, from->msg_hdr.msg_iov[0].iov_base, from->msg_len);
  if (from->msg_hdr.msg_controllen > 0)
    memcpy (to->msg_hdr.msg_control, from->msg_hdr.msg_control, from->msg_hdr.msg_controllen);
  to->msg_hdr.msg_controllen = from->msg_hdr.msg_controllen;
  to->msg_hdr.msg_flags = from->msg_hdr.msg_flags;
  to->msg_len = from->msg_len;
}

int
__wrap_recvmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout)
{
  const Conditions *conditions = get_conditions ();
  gsize room[MAX_BATCH]; /* for control messages, which the kernel overwrites with what it took of it */
  int kept = 0, received;
  if (conditions->threshold == 0)
    return __real_recvmmsg (fd, messages, n, flags, timeout);

  n = MIN (n, MAX_BATCH);
  for (unsigned i = 0; i < n; i++) {
    g_assert (messages[i].msg_hdr.msg_iovlen == 1 && messages[i].msg_hdr.msg_name == NULL);
    room[i] = messages[i].msg_hdr.msg_controllen;
  }
  do {
    received = __real_recvmmsg (fd, messages, n, flags, timeout);
    for (int i = 0; i < received; i++)
      if (lose_some (conditions, &messages[i])) {
        if (kept != i)
          move_message (&messages[kept], &messages[i]);
        kept++;
      }
    /* as the caller had made them, since it is not told that they were used */
    for (int i = kept; i < received; i++)
      messages[i].msg_hdr.msg_controllen = room[i];
  } while (received > 0 && kept == 0);
  return received > 0 ? kept : received;
}

/* Until the disk would have taken @length bytes more. */
static void
wait_for_disk (gsize length)
{
  static GMutex mutex;
  static gint64 free_at; /* monotonic µs: it has written what it was given before */
  const Conditions *conditions = get_conditions ();
  if (conditions->disk_rate == 0)
    return;
  g_mutex_lock (&mutex);
  gint64 now = g_get_monotonic_time ();
  free_at = MAX (free_at, now) + (gint64) ((double) length * G_USEC_PER_SEC / (double) conditions->disk_rate);
  gint64 wait = free_at - now;
  g_mutex_unlock (&mutex);
  g_usleep ((gulong) wait);
}

ssize_t
__wrap_pwrite64 (int fd, const void *data, size_t length, off_t offset)
{
  wait_for_disk (length);
  return __real_pwrite64 (fd, data, length, offset);
}

ssize_t
__wrap_pwritev64 (int fd, const struct iovec *parts, int n, off_t offset)
{
  gsize length = 0;
  for (int i = 0; i < n; i++)
    length += parts[i].iov_len;
  wait_for_disk (length);
  return __real_pwritev64 (fd, parts, n, offset);
}
