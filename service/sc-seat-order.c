/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-order.h"

#include "common/sc-error.h"

static gboolean
take_number (const ScControlMessage *order, ScSeatState *state, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint64 last = 0;

  if (sc_seat_state_take_order (state, order->version.order, &last, &local))
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_DENIED))
    g_set_error (
        error, SC_ERROR, SC_ERROR_DENIED,
        "The order has the number %" G_GUINT64_FORMAT ", and this seat has taken %" G_GUINT64_FORMAT
        " before: it is an old one, sent again, or the console's clock and its data were set back: set its clock",
        order->version.order, last);
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&local),
                                "The order is not done, as it cannot be noted down that it was taken: ");
  return FALSE;
}

/* What it cannot run as it is meant it must not bring about. */
static gboolean
check_hooks (const ScControlMessage *order, GError **error)
{
  g_autoptr (GPtrArray) hooks = sc_hooks_parse (order->version.hooks, error);

  if (hooks != NULL)
    return TRUE;
  g_prefix_error (error, "What version %" G_GUINT64_FORMAT " has seats run is not understood here (update Seatcast): ",
                  order->version.version);
  return FALSE;
}

gboolean
sc_seat_order_take (const ScControlMessage *order, ScSeatIdentity *identity, ScSeatState *state, GError **error)
{
  const ScAnchors *anchors = sc_seat_identity_get_anchors (identity);
  const char *seat = sc_seat_identity_get_seat (identity);

  if (!sc_signature_is_of_version (&order->version.signature, anchors->signing_keys, anchors->n_signing_keys,
                                   order->version.version, &order->version.manifest)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "Version %" G_GUINT64_FORMAT
                 " is not signed by a key that this seat trusts: sign it at the console (“seatcastctl version sign”)",
                 order->version.version);
    return FALSE;
  }
  if (!sc_signature_is_of_order (&order->version.order_signature, anchors->signing_keys, anchors->n_signing_keys, seat,
                                 order->version.order, order->version.version, &order->version.manifest,
                                 order->version.hooks)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "The order to bring this seat to version %" G_GUINT64_FORMAT
                 " is not signed for this seat by a key that it trusts",
                 order->version.version);
    return FALSE;
  }
  if (!check_hooks (order, error))
    return FALSE;
  return take_number (order, state, error);
}
