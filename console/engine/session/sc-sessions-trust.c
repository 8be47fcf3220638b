/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-sessions-private.h"

void
sc_sessions_set_signer (ScSessions *self, const ScOrderSigner *signer)
{
  self->signer = *signer;
}

void
sc_sessions_tell_trust_to (ScSessions *self, const char *seat)
{
  const ScAnchors *anchors = NULL;
  g_autoptr (ScControlMessage) message = NULL;
  gboolean renew = FALSE;

  if (self->signer.get_anchors != NULL)
    anchors = self->signer.get_anchors (self->signer.data, seat, &renew);
  if (anchors == NULL)
    return;
  message = sc_control_message_new (SC_CONTROL_TRUST, 0);
  message->trust.anchors = sc_anchors_copy (anchors);
  message->trust.renew = renew;
  sc_seat_hub_send (self->hub, seat, message);
}

void
sc_sessions_tell_trust (ScSessions *self)
{
  g_autoptr (GPtrArray) seats = sc_seat_hub_list_online (self->hub);

  for (guint i = 0; i < seats->len; i++)
    sc_sessions_tell_trust_to (self, g_ptr_array_index (seats, i));
}

void
sc_sessions_shut_out (ScSessions *self, const char *seat, const char *why)
{
  /* also from sessions that are done with it: it still has their key */
  for (guint i = 0; i < self->running->len; i++)
    sc_session_shut_out (g_ptr_array_index (self->running, i), seat, why);
}
