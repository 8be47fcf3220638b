/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"
#include "common/platform/sc-multicast-sender.h"

#include <unistd.h>

#define LOOPBACK "127.0.0.1"
#define STRIDE 2048u

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

  /* 40,000 bursts of 46 kB are far more than the largest buffer there can be */
  for (guint i = 0; i < 40000 && sc_multicast_receiver_get_dropped (receiver) == 0; i++)
    g_assert_true (sc_multicast_sender_send (sender, data, STRIDE, lengths, SC_MULTICAST_BATCH, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sc_multicast_receiver_get_dropped (receiver), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/multicast/dropped", test_dropped);
  return g_test_run ();
}
