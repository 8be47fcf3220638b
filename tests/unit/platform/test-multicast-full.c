/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-sender.h"

#include <errno.h>
#include <sys/socket.h>

#include "common/sc-error.h"

#define LOOPBACK "127.0.0.1"

static int code;      /* that each attempt fails with */
static guint n_sends; /* attempts */
static int flags_seen;

/* In place of the system's, whose buffers nobody can fill at will. */
ssize_t
send (int fd, const void *data, size_t length, int flags)
{
  n_sends++;
  flags_seen = flags;
  errno = code;
  return -1;
}

/* Nobody waits, nor tries again: the next one comes anyway. */
static void
test_dropped_where_there_is_no_room (void)
{
  static const int full[] = { EAGAIN, ENOBUFS };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScMulticastSender) sender = sc_multicast_sender_new ("239.255.0.3", 20000, LOOPBACK, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (full); i++) {
    code = full[i];
    g_assert_true (sc_multicast_sender_send_or_drop (sender, (const guint8 *) "1", 1, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (n_sends, ==, i + 1);
    g_assert_cmpint (flags_seen & MSG_DONTWAIT, !=, 0);
  }
}

static void
test_what_is_wrong_is_told (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScMulticastSender) sender = sc_multicast_sender_new ("239.255.0.3", 20000, LOOPBACK, &error);

  g_assert_no_error (error);
  code = EMSGSIZE;
  g_assert_false (sc_multicast_sender_send_or_drop (sender, (const guint8 *) "1", 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "MTU"));
  g_clear_error (&error);
  code = ENETDOWN;
  g_assert_false (sc_multicast_sender_send_or_drop (sender, (const guint8 *) "1", 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/multicast-full/dropped", test_dropped_where_there_is_no_room);
  g_test_add_func ("/platform/multicast-full/what-is-wrong-is-told", test_what_is_wrong_is_told);
  return g_test_run ();
}
