/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"
#include "common/platform/sc-multicast-sender.h"

#include <unistd.h>

#define LOOPBACK "127.0.0.1"
#define STRIDE 2048u

static void
count (const guint8 *datagram, gsize length, gpointer user_data)
{
  (*(guint64 *) user_data)++;
}

/* Returns: how many datagrams were there */
static guint64
receive_all (ScMulticastReceiver *receiver)
{
  g_autoptr (GError) error = NULL;
  guint64 n = 0, before;

  do {
    before = n;
    g_assert_true (sc_multicast_receiver_receive (receiver, 0, NULL, count, &n, &error));
    g_assert_no_error (error);
  } while (n > before);
  return n;
}

/* Only where the system tells what it dropped. */
static void
test_dropped (void)
{
  g_autoptr (GError) error = NULL;
  /* of this process alone, as tests may run side by side */
  guint pid = (guint) getpid ();
  guint16 port = (guint16) (20000 + pid % 10000);
  g_autofree char *group = g_strdup_printf ("239.255.%u.3", pid % 250 + 1);
  g_autoptr (ScMulticastReceiver) receiver = sc_multicast_receiver_new (group, port, LOOPBACK, &error);
  g_assert_no_error (error);
  g_autoptr (ScMulticastSender) sender = sc_multicast_sender_new (group, port, LOOPBACK, &error);
  g_assert_no_error (error);
  gsize lengths[SC_MULTICAST_BATCH];
  g_autofree guint8 *data = g_malloc0 (STRIDE * SC_MULTICAST_BATCH);
  for (guint i = 0; i < SC_MULTICAST_BATCH; i++)
    lengths[i] = 1440;

  /* What came tells how large bursts are. 40,000 of 46 kB are far more than the largest buffer there can be. */
  guint64 n_sent = 0, n_received = 0;
  for (guint i = 0; i < 40000 && sc_multicast_receiver_get_dropped (receiver) < 100 * SC_MULTICAST_BATCH; i++) {
    g_assert_true (sc_multicast_sender_send (sender, data, STRIDE, lengths, SC_MULTICAST_BATCH, &error));
    g_assert_no_error (error);
    n_sent += SC_MULTICAST_BATCH;
    if (i == 0)
      n_received += receive_all (receiver);
  }
  n_received += receive_all (receiver);
  guint64 n_dropped = sc_multicast_receiver_get_dropped (receiver);
  g_assert_cmpuint (n_dropped, >, 0);
  /* datagrams, though the kernel counts bursts */
  g_assert_cmpuint (n_dropped, >=, (n_sent - n_received) * 9 / 10);
  g_assert_cmpuint (n_dropped, <=, (n_sent - n_received) * 11 / 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/multicast/dropped", test_dropped);
  return g_test_run ();
}
