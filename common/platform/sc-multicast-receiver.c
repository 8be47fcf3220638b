/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"

gboolean
sc_multicast_receiver_receive (ScMulticastReceiver *self, gint64 timeout, GCancellable *cancellable,
                               ScDatagramFunc func, gpointer user_data, GError **error)
{
  g_autoptr (ScDatagramBatch) batch = sc_datagram_batch_new ();

  if (!sc_multicast_receiver_fill (self, timeout, batch, cancellable, error))
    return FALSE;
  sc_datagram_batch_foreach (batch, func, user_data);
  return TRUE;
}
